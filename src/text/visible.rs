//! Makes visible the characters that a terminal interprets or does not show: control characters,
//! line breaks, bidirectional marks and other format characters.
//!
//! The notation is that of Rust and of the messages that quote text: `\n`, `\u{202e}`. It is for
//! reading and not reversible, since backslashes stay single; JSON and CSV have the text itself.

use std::borrow::Cow;

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// Longest name of a label, record, document, extractor or dataset in tables and lines for readers,
/// in characters.
const LONGEST_NAME: usize = 120;
/// Longest message in a cell of a table, in characters.
const LONGEST_TEXT: usize = 500;
/// Number of characters at the end of a name that are kept if it is cut.
const NAME_END: usize = 30;

/// Returns whether a character is shown by its notation. The joiners U+200C and U+200D are not:
/// words of Persian and of Indic scripts and emoji are written with them.
pub fn is_hidden(char: char) -> bool {
    if char.is_ascii() {
        return char.is_ascii_control();
    }
    match char.general_category() {
        GeneralCategory::Control | GeneralCategory::LineSeparator | GeneralCategory::ParagraphSeparator => true,
        GeneralCategory::Format => !matches!(char, '\u{200c}' | '\u{200d}') && !is_sign(char),
        _ => false,
    }
}

/// Returns whether a format character has a glyph: the signs that Arabic, Syriac and Kaithi write
/// around numbers.
fn is_sign(char: char) -> bool {
    matches!(
        char,
        '\u{600}'..='\u{605}' | '\u{6dd}' | '\u{70f}' | '\u{890}' | '\u{891}' | '\u{8e2}' | '\u{110bd}' | '\u{110cd}'
    )
}

/// Returns a text on one line, with the notation of each character that a terminal interprets or
/// does not show.
pub fn visible(text: &str) -> Cow<'_, str> {
    replaced(text, |_| false)
}

/// Like [`visible`], but keeps the line breaks `\n` of a text that consists of lines.
pub fn visible_lines(text: &str) -> Cow<'_, str> {
    replaced(text, |char| char == '\n')
}

/// Like [`visible`], but keeps tabs.
pub fn visible_with_tabs(text: &str) -> Cow<'_, str> {
    replaced(text, |char| char == '\t')
}

fn replaced(text: &str, is_kept: impl Fn(char) -> bool) -> Cow<'_, str> {
    let is_replaced = |char: char| is_hidden(char) && !is_kept(char);
    if !text.contains(is_replaced) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for char in text.chars() {
        if is_replaced(char) {
            shown.extend(char.escape_default());
        } else {
            shown.push(char);
        }
    }
    Cow::Owned(shown)
}

/// Returns a text of a document on one line: its white space and its controls become spaces where
/// they only lay out the text, and other hidden characters are shown by their notation.
pub fn visible_prose(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(
        visible(&text.replace(['\n', '\r', '\t', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'], " "))
            .into_owned(),
    )
}

/// Returns a name on one line, with hidden characters shown, of at most 120 characters. The middle
/// is cut, since names of metrics end with their statistic.
pub fn shown_name(name: &str) -> Cow<'_, str> {
    cut_middle(visible(name), LONGEST_NAME)
}

/// Returns a message on one line, with hidden characters shown, of at most 500 characters.
pub fn shown_text(text: &str) -> Cow<'_, str> {
    cut_middle(visible(text), LONGEST_TEXT)
}

/// Returns a text of at most `longest` characters, of which the middle is replaced by an ellipsis.
fn cut_middle(text: Cow<'_, str>, longest: usize) -> Cow<'_, str> {
    // A character has at least one byte.
    if text.len() <= longest || text.chars().nth(longest).is_none() {
        return text;
    }
    let head = longest.saturating_sub(NAME_END + 1);
    let at = |index: usize| text.char_indices().nth(index).map_or(text.len(), |(byte, _)| byte);
    let tail = text.char_indices().rev().nth(NAME_END - 1).map_or(0, |(byte, _)| byte);
    Cow::Owned(format!("{}…{}", &text[..at(head)], &text[tail..]))
}

#[cfg(test)]
mod tests {
    use super::{shown_name, visible, visible_lines, visible_prose};

    #[test]
    fn hidden_characters_have_a_notation() {
        assert_eq!(visible("a\r\n\tb\0\u{1b}[31m\u{9b}"), r"a\r\n\tb\u{0}\u{1b}[31m\u{9b}");
        assert_eq!(visible("\u{202e}\u{2066}\u{200b}\u{feff}\u{2028}"), r"\u{202e}\u{2066}\u{200b}\u{feff}\u{2028}");
        assert_eq!(visible("می\u{200c}خواهم 👩\u{200d}🚀 \\ ä"), "می\u{200c}خواهم 👩\u{200d}🚀 \\ ä");
        assert_eq!(visible_lines("a\nb\r\n"), "a\nb\\r\n");
        assert_eq!(visible_prose("a\nb\u{7}\u{202e}"), r"a b\u{7}\u{202e}");
    }

    #[test]
    fn a_long_name_keeps_both_ends() {
        let name = format!("entities.strict[{}].f1", "x".repeat(5000));
        let shown = shown_name(&name);
        assert_eq!(shown.chars().count(), 120);
        assert!(shown.starts_with("entities.strict[xxx") && shown.contains('…') && shown.ends_with("xxx].f1"));
        assert_eq!(shown_name(&"ä".repeat(120)), "ä".repeat(120));
        assert_eq!(shown_name(&"\0".repeat(119)).chars().count(), 120);
    }
}
