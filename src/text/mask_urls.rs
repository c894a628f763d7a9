//! Masks URLs and e-mail addresses for the rules of extractors.
//!
//! Addresses are not prose: a year in a URL is not a date. The masked copy overwrites them, byte
//! for byte, with a filler that no rule matches, so that every byte range of the copy is a range of
//! the text. A line break inside a sentence (one that a lower-case letter follows) becomes a space.

use std::sync::LazyLock;

use regex::Regex;

static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\bhttps?://[^\s<>]+|\bwww\.[^\s<>]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+").expect("a constant")
});

/// The filler for masked bytes.
const FILLER: &str = "|";

/// Returns the masked copy. It has the length of the text, and the same character boundaries
/// outside of masked ranges.
pub fn readable(text: &str) -> String {
    let mut copy = String::with_capacity(text.len());
    let mut end = 0;
    for found in ADDRESS.find_iter(text) {
        push_prose(&mut copy, &text[end..found.start()]);
        copy.push_str(&FILLER.repeat(found.len()));
        end = found.end();
    }
    push_prose(&mut copy, &text[end..]);
    copy
}

fn push_prose(copy: &mut String, prose: &str) {
    let mut chars = prose.chars().peekable();
    while let Some(c) = chars.next() {
        let is_wrap = match c {
            '\n' => chars.peek().is_some_and(|next| next.is_lowercase()),
            '\r' => chars.peek() == Some(&'\n') && chars.clone().nth(1).is_some_and(char::is_lowercase),
            _ => false,
        };
        copy.push(if is_wrap { ' ' } else { c });
    }
}

#[cfg(test)]
mod tests {
    use super::readable;

    #[test]
    fn overwrites_what_is_no_prose_and_keeps_the_length() {
        let text = "See https://é.org, a@b.org.[12] It\r\nwent\non.\nNext";
        let copy = readable(text);
        assert_eq!(copy, "See ||||||||||||||| |||||||.[12] It\r went on.\nNext".replace("\r ", "  "));
        assert_eq!(copy.len(), text.len());
    }
}
