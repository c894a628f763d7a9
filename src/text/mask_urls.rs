//! The copy of a text that the extractors' rules read.
//!
//! Web and e-mail addresses are no prose: a year in a link is no date. The copy overwrites them, byte for byte, with a
//! filler that no rule matches, so that every range found in the copy is a range of the text. A line break inside a
//! sentence (one that a lower-case letter follows) becomes a blank.

use std::sync::LazyLock;

use regex::Regex;

static NO_PROSE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\bhttps?://[^\s<>]+|\bwww\.[^\s<>]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+").expect("a constant")
});

/// What stands where something was overwritten.
const FILLER: &str = "|";

/// The copy: as long as the text, with the same character boundaries outside of what was overwritten.
pub fn readable(text: &str) -> String {
    let mut copy = String::with_capacity(text.len());
    let mut end = 0;
    for found in NO_PROSE.find_iter(text) {
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
