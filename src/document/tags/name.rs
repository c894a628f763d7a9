//! A tag, split into prefix and label in the ways of the tools that karat reproduces. The parts are
//! computed once for each distinct tag.

use std::sync::Arc;

/// A tag of a token file, with its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagName {
    /// The tag as it was written.
    pub text: Arc<str>,
    /// Its first character if that is one of `B I O E S U L .`, else `?`.
    pub prefix: u8,
    /// The label as seqeval's default mode reads it: the text after the first hyphen that follows
    /// the first character, or else all text after the first character; `_` if that is empty.
    pub label: Arc<str>,
    /// The label as seqeval's strict mode reads it: the text after the first character, without
    /// hyphens at its ends; `_` if that is empty.
    pub strict_label: Arc<str>,
    /// The text before the first hyphen, as conlleval reads it: one of `B I O E . [ ]`, else `?`.
    pub conll_prefix: u8,
    /// The text after the first hyphen, as conlleval reads it: empty if there is no hyphen, and for
    /// `0`.
    pub conll_label: Arc<str>,
    /// The whole tag, as conlleval reads it.
    pub conll_text: Arc<str>,
}

impl TagName {
    /// Splits a tag into its parts.
    pub fn new(text: &str) -> Self {
        let mut chars = text.chars();
        let first = chars.next().unwrap_or('?');
        let rest = chars.as_str();
        let or_blank = |label: &str| Arc::from(if label.is_empty() { "_" } else { label });
        let known = |c: char, among: &str| if among.contains(c) { c as u8 } else { b'?' };
        let (before, label) = text.split_once('-').unwrap_or((text, ""));
        let label = if label == "0" { "" } else { label };
        let conll_prefix = match before {
            "B" | "I" | "O" | "E" | "." | "[" | "]" => before.as_bytes()[0],
            _ => b'?',
        };
        Self {
            text: Arc::from(text),
            prefix: known(first, "BIOESUL."),
            label: or_blank(rest.split_once('-').map_or(rest, |(_, label)| label)),
            strict_label: or_blank(rest.trim_matches('-')),
            conll_prefix,
            conll_label: Arc::from(label),
            conll_text: if label.is_empty() { Arc::from(before) } else { Arc::from(text) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::TagName;

    #[test]
    fn tools_read_one_tag_in_three_ways() {
        let read = |text: &str| {
            let name = TagName::new(text);
            let parts = (name.label.to_string(), name.strict_label.to_string(), name.conll_label.to_string());
            (name.prefix as char, name.conll_prefix as char, parts.0, parts.1, parts.2)
        };
        let expect = |p, c, a: &str, b: &str, d: &str| (p, c, a.to_owned(), b.to_owned(), d.to_owned());
        assert_eq!(read("B-PER"), expect('B', 'B', "PER", "PER", "PER"));
        assert_eq!(read("O"), expect('O', 'O', "_", "_", ""));
        assert_eq!(read("I-"), expect('I', 'I', "_", "_", ""));
        assert_eq!(read("BPER"), expect('B', '?', "PER", "PER", ""));
        assert_eq!(read("B-PER-X-"), expect('B', 'B', "PER-X-", "PER-X", "PER-X-"));
        assert_eq!(read("BOB-PER"), expect('B', '?', "PER", "OB-PER", "PER"));
        assert_eq!(read("É-0"), expect('?', '?', "0", "0", ""));
    }
}
