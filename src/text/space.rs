//! White space as defined by Python's `str.split` and `str.strip`: that of Unicode, and the four
//! separators of ASCII (U+001C to U+001F).
//!
//! Reference implementations in Python split texts by it, so figures that must equal theirs need
//! it.

/// Whether Python's `str.isspace` is true for a character.
pub fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}')
}

/// The non-empty pieces between white space, as by Python's `str.split()`.
pub fn split(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(is_space);
        let end = end_of_word(rest);
        let (word, more) = rest.split_at(end);
        rest = more;
        (end > 0).then_some(word)
    })
}

/// The text without white space at its end, as by Python's `str.rstrip()`.
pub fn trim_end(text: &str) -> &str {
    text.trim_end_matches(is_space)
}

/// Byte offset of the first white space. For ASCII text, which is the most frequent, only bytes are
/// examined.
fn end_of_word(text: &str) -> usize {
    let is_end = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, 0x0b | 0x1c..=0x1f) || !byte.is_ascii();
    match text.bytes().position(|byte| is_end(&byte)) {
        None => text.len(),
        Some(at) if text.as_bytes()[at].is_ascii() => at,
        Some(at) => text[at..].find(is_space).map_or(text.len(), |more| at + more),
    }
}

#[cfg(test)]
mod tests {
    use super::{split, trim_end};

    #[test]
    fn cuts_as_python_does() {
        let words = |text| split(text).collect::<Vec<_>>();
        assert_eq!(
            words(" a\u{1c}b\u{1f}c\u{85}d\u{a0}e\u{3000}é\u{2028}日 本\t"),
            ["a", "b", "c", "d", "e", "é", "日", "本"]
        );
        assert_eq!(words("a\u{200b}b \u{feff}"), ["a\u{200b}b", "\u{feff}"]);
        assert!(words(" \u{1d}\n").is_empty());
        assert_eq!(trim_end(" a \u{1e}\n"), " a");
    }
}
