//! Text as a terminal may receive it: without control characters other than the line breaks that
//! karat writes itself, each in the notation of its format.

use std::borrow::Cow;
use std::fmt::Write;

use karat::text::{is_hidden, visible, visible_lines, visible_with_tabs};

/// Returns JSON in which the characters that JSON may contain as they are, but a terminal would
/// obey or hide, are escaped. The value stays the same.
pub(super) fn json_on_terminal(text: &str) -> Cow<'_, str> {
    let is_escaped = |char: char| char != '\n' && is_hidden(char);
    if !text.contains(is_escaped) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for char in text.chars() {
        if is_escaped(char) {
            for unit in char.encode_utf16(&mut [0; 2]) {
                let _ = write!(shown, "\\u{unit:04x}");
            }
        } else {
            shown.push(char);
        }
    }
    Cow::Owned(shown)
}

/// Returns CSV with control characters made visible, line breaks within quoted cells included.
pub(super) fn csv_on_terminal(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    // A doubled quote within a cell leaves it and enters it again.
    for (at, part) in text.split('"').enumerate() {
        if at > 0 {
            shown.push('"');
        }
        shown.push_str(&if at % 2 == 0 { visible_lines(part) } else { visible(part) });
    }
    Cow::Owned(shown)
}

/// Returns a text file with control characters made visible other than line breaks and tabs.
pub(super) fn file_on_terminal(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.split('\n').map(visible_with_tabs).collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    use super::{csv_on_terminal, file_on_terminal, json_on_terminal};

    #[test]
    fn json_keeps_its_value() {
        let value = serde_json::json!({"a\u{1b}\u{9b}": "\u{202e}\u{e0041}\n\u{7f}"});
        let text = format!("{value:#}\n");
        let shown = json_on_terminal(&text);
        assert!(shown.chars().all(|char| char == '\n' || char.is_ascii() && !char.is_ascii_control()), "{shown}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), value);
    }

    #[test]
    fn csv_has_a_line_a_row() {
        assert_eq!(csv_on_terminal("a,b\n\"x\n\"\"\u{1b}[0m\ny\",2\n"), "a,b\n\"x\\n\"\"\\u{1b}[0m\\ny\",2\n");
        assert_eq!(csv_on_terminal("a\u{9b}b\n"), "a\\u{9b}b\n");
    }

    #[test]
    fn files_keep_their_lines_and_columns() {
        assert_eq!(file_on_terminal("a\tb\u{1b}\n\r\n"), "a\tb\\u{1b}\n\\r\n");
    }
}
