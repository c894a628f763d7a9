//! Text for readers, with the colours and links that a terminal may get. Its parts know where they
//! come from: free text is made inert when it is printed, so that no markup ever comes from data.

use karat::text::{visible, visible_lines, without_workflow_commands};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use std::path::Path;

use super::tone::Tone;
use super::wrap::wrap_words;

/// A text in parts.
#[derive(Debug, Clone, Default)]
pub(super) struct StyledText(Vec<Part>);

#[derive(Debug, Clone)]
enum Part {
    /// Text that may contain anything.
    Free(String),
    /// A word of karat's own with its tone.
    Toned(Tone, String),
    /// A table, whose cells are inert, with its escape sequences.
    Table(String),
    /// A path, with the address that it opens.
    Link { text: String, address: String },
}

impl From<String> for StyledText {
    fn from(text: String) -> Self {
        Self(vec![Part::Free(text)])
    }
}

impl From<&str> for StyledText {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl FromIterator<StyledText> for StyledText {
    fn from_iter<I: IntoIterator<Item = Self>>(texts: I) -> Self {
        Self(texts.into_iter().flat_map(|text| text.0).collect())
    }
}

impl StyledText {
    /// Creates the text of a table, which must be inert.
    pub fn table(text: String) -> Self {
        Self(vec![Part::Table(text)])
    }

    /// Creates a word with the colour of a tone, if it has one.
    pub fn toned(word: &str, tone: Option<Tone>) -> Self {
        tone.map_or_else(|| Self::from(word), |tone| Self(vec![Part::Toned(tone, word.to_owned())]))
    }

    /// Creates the name of a file, which a terminal that supports links opens.
    pub fn link(path: &Path) -> Self {
        let text = path.display().to_string();
        let full = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let address = format!("file://{}", utf8_percent_encode(&full.to_string_lossy(), &NOT_IN_ADDRESS));
        Self(vec![Part::Link { text, address }])
    }

    /// Appends a text.
    pub fn push(&mut self, text: impl Into<Self>) {
        self.0.extend(text.into().0);
    }

    /// Returns the texts one after the other, with a blank line between two.
    pub fn joined(texts: impl IntoIterator<Item = Self>) -> Self {
        let mut joined = Self::default();
        for text in texts {
            if !joined.0.is_empty() {
                joined.push("\n");
            }
            joined.push(text);
        }
        joined
    }

    /// Returns the text without colours and links, on lines of any length. It is inert.
    pub fn plain(&self) -> String {
        let plain: String = self.0.iter().map(Part::text).collect();
        without_workflow_commands(&visible_lines(&plain)).into_owned()
    }

    /// Returns the text for a terminal. Free text is broken into lines of `width` columns, if that
    /// is known; paths are kept in one piece.
    pub fn for_terminal(&self, width: Option<usize>, has_colours: bool, has_links: bool) -> String {
        let mut shown = String::new();
        for part in &self.0 {
            match part {
                Part::Free(text) => {
                    let clean = visible_lines(text);
                    let clean = without_workflow_commands(&clean);
                    let lines = clean.split('\n').map(|line| match width {
                        Some(width) => {
                            let indent = line.len() - line.trim_start_matches(' ').len() + 2;
                            wrap_words(line, width, indent).join("\n")
                        }
                        None => line.to_owned(),
                    });
                    shown.push_str(&lines.collect::<Vec<_>>().join("\n"));
                }
                Part::Toned(tone, word) if has_colours => {
                    let [before, after] = tone.escapes();
                    shown.extend([&before, &*visible(word), &after]);
                }
                Part::Toned(_, word) => shown.push_str(&visible(word)),
                Part::Table(text) => shown.push_str(text),
                Part::Link { text, address } if has_links => {
                    let text = visible(text);
                    shown.push_str(&format!("\u{1b}]8;;{address}\u{1b}\\{text}\u{1b}]8;;\u{1b}\\"));
                }
                Part::Link { text, .. } => shown.push_str(&visible(text)),
            }
        }
        shown
    }
}

impl Part {
    fn text(&self) -> &str {
        match self {
            Self::Free(text) | Self::Toned(_, text) | Self::Table(text) | Self::Link { text, .. } => text,
        }
    }
}

/// The characters that are no part of an address as they are.
const NOT_IN_ADDRESS: AsciiSet =
    CONTROLS.add(b' ').add(b'"').add(b'#').add(b'%').add(b'<').add(b'>').add(b'?').add(b'`').add(b'{').add(b'}');

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::StyledText;
    use crate::cli::tone::Tone;

    #[test]
    fn markup_never_comes_from_data() {
        let mut text = StyledText::from("\u{1b}[31m\u{2061}red\u{2060}\n");
        text.push(StyledText::toned("fail\u{1b}[0m", Some(Tone::Bad)));
        text.push(StyledText::link(Path::new("/a b/\u{1b}]8;;x\u{7}")));
        let shown = text.for_terminal(Some(80), true, true);
        assert_eq!(
            shown,
            "\\u{1b}[31m\\u{2061}red\\u{2060}\n\u{1b}[31mfail\\u{1b}[0m\u{1b}[0m\
             \u{1b}]8;;file:///a%20b/%1B]8;;x%07\u{1b}\\/a b/\\u{1b}]8;;x\\u{7}\u{1b}]8;;\u{1b}\\"
        );
        let plain = "\\u{1b}[31m\\u{2061}red\\u{2060}\nfail\\u{1b}[0m/a b/\\u{1b}]8;;x\\u{7}";
        assert_eq!(text.for_terminal(Some(80), false, false), plain);
        assert_eq!(text.plain(), plain);
    }

    #[test]
    fn lines_of_text_fit_and_paths_stay_whole() {
        let text = StyledText::from("  one two three\nreport: a/long/path/to/a/report.md\n");
        assert_eq!(
            text.for_terminal(Some(10), false, false),
            "  one two\nthree\nreport:\n  a/long/path/to/a/report.md\n"
        );
        assert_eq!(text.for_terminal(None, false, false), text.plain());
    }
}
