//! Lengths of messages from outside: a message is cut before it is written, so that a program that
//! puts a whole document into its error message does not fill reports with it.

use std::borrow::Cow;

/// Longest message in reports and on the terminal, in characters.
pub const REPORTED: usize = 300;
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

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn a_cut_text_ends_with_an_ellipsis() {
        assert_eq!(cut("äöü", 3), "äöü");
        assert_eq!(cut("äöüß", 3), "äö…");
        assert_eq!(cut("ä  öüß", 4), "ä…");
    }
}
