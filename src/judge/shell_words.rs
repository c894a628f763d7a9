//! Splits a command line that is given as one string, as in `--judge`.
//!
//! Shell syntax differs between platforms, so karat does not call a shell.

/// Splits a command into words at white space outside single and double quotation marks. A
/// backslash outside single quotation marks escapes the next character. Variables and patterns are
/// not expanded.
///
/// # Errors
/// Fails if a quotation mark is not closed, the line ends with a backslash, or there is no word.
pub fn split_words(line: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (None | Some('"'), '\\') => match chars.next() {
                Some(next) => word.get_or_insert_default().push(next),
                None => return Err("it ends with a backslash".to_owned()),
            },
            (Some(_), _) => word.get_or_insert_default().push(c),
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, _) if c.is_whitespace() => words.extend(word.take()),
            (None, _) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    match (quote, words.first()) {
        (Some(open), _) => Err(format!("a {open} is not closed")),
        (None, Some(program)) if !program.trim().is_empty() => Ok(words),
        (None, _) => Err("name a program, with its arguments".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::split_words;

    #[test]
    fn quotes_hold_words_together() {
        let words = |line: &str| split_words(line).unwrap().join("|");
        assert_eq!(words("  python3 judge.py  --model x "), "python3|judge.py|--model|x");
        assert_eq!(words(r#"a 'b "c' "d 'e\"" f\ g ''"#), r#"a|b "c|d 'e"|f g|"#);
        assert_eq!(words(r"'a\b'"), r"a\b");
    }

    #[test]
    fn what_is_no_command_is_refused() {
        assert!(split_words("a 'b").unwrap_err().contains("' is not closed"));
        assert!(split_words(" ").unwrap_err().contains("name a program"));
        assert!(split_words("''").unwrap_err().contains("name a program"));
        assert!(split_words("a\\").unwrap_err().contains("backslash"));
    }
}
