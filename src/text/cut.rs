//! Lengths of messages from outside: a message is cut before it is written, so that a program that
//! puts a whole document into its error message does not fill reports with it.

use std::borrow::Cow;

/// Longest message in reports and on the terminal, in characters: enough for a server's message of
/// 300 characters, with what karat says about it.
pub const REPORTED: usize = 600;
/// Longest message in files of predictions, in characters.
pub const STORED: usize = 2000;

/// Returns a text of at most `longest` characters. If it is cut, the last one is an ellipsis.
/// Secrets must be replaced before, since half a secret is not recognised.
pub fn cut(text: &str, longest: usize) -> Cow<'_, str> {
    match text.char_indices().nth(longest) {
        None => Cow::Borrowed(text),
        Some(_) => {
            let mut kept: String = text.chars().take(longest.saturating_sub(1)).collect();
            kept.truncate(kept.trim_end().len());
            kept.push('…');
            Cow::Owned(kept)
        }
    }
}

/// Returns a text of at most `longest` characters, or its first whole words and an ellipsis.
pub fn beginning(text: &str, longest: usize) -> Cow<'_, str> {
    match whole_words(text, longest) {
        None => Cow::Borrowed(text),
        Some(words) => Cow::Owned(format!("{words}…")),
    }
}

/// Returns the whole words among the first `longest` characters of a longer text; `None` for
/// others.
fn whole_words(text: &str, longest: usize) -> Option<&str> {
    let (end, _) = text.char_indices().nth(longest)?;
    let cut = &text[..end];
    Some(cut.rfind(' ').map_or(cut, |at| &cut[..at]).trim_end())
}

#[cfg(test)]
mod tests {
    use super::{beginning, cut};

    #[test]
    fn a_cut_text_ends_with_an_ellipsis() {
        assert_eq!(cut("äöü", 3), "äöü");
        assert_eq!(cut("äöüß", 3), "äö…");
        assert_eq!(cut("ä  öüß", 4), "ä…");
    }

    #[test]
    fn a_beginning_ends_between_words() {
        assert_eq!(beginning("one two three", 9), "one two…");
        assert_eq!(beginning("one two", 9), "one two");
        assert_eq!(beginning("one-two-three", 9), "one-two-t…");
    }
}
