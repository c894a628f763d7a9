//! Splits a command line that is given as one string, as in `--judge`.
//!
//! Shell syntax differs between platforms, so karat does not call a shell.

/// Splits a command into words as a POSIX shell does, by the crate shlex. Variables and patterns
/// are not expanded.
///
/// # Errors
/// Fails if a quotation mark is not closed, the line ends with a backslash, or there is no word.
pub fn split_words(line: &str) -> Result<Vec<String>, String> {
    let Some(words) = shlex::split(line) else {
        // The character that completes the line is the one that is missing.
        let missing = ['\\', '\'', '"'].into_iter().find(|end| shlex::split(&format!("{line}{end}")).is_some());
        return Err(match missing {
            Some(quote @ ('\'' | '"')) => format!("a {quote} is not closed"),
            _ => "it ends with a backslash".to_owned(),
        });
    };
    match words.first() {
        Some(program) if !program.trim().is_empty() => Ok(words),
        _ => Err("name a program, with its arguments".to_owned()),
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
        assert_eq!(words(r#"judge "C:\new" # a comment"#), r"judge|C:\new");
    }

    #[test]
    fn what_is_no_command_is_refused() {
        assert!(split_words("a 'b").unwrap_err().contains("' is not closed"));
        assert!(split_words(" ").unwrap_err().contains("name a program"));
        assert!(split_words("''").unwrap_err().contains("name a program"));
        assert!(split_words(r#"a "b\" 'c'"#).unwrap_err().contains("\" is not closed"));
        assert!(split_words("a\\").unwrap_err().contains("backslash"));
        assert!(split_words("a \"b\\").unwrap_err().contains("backslash"));
    }
}
