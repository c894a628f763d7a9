//! Errors in the input. A [`Diagnostic`] states what is wrong, where it is (file, line, column,
//! document), and what to do about it. Readers collect diagnostics instead of stopping at the
//! first, so that a user sees all errors of an input in one run.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::positions::Positions;
use crate::withheld::quotations;

/// The error type of the library.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The command line, the configuration or the data are invalid. Contains every diagnostic that
    /// was found.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Input(Vec<Diagnostic>),
    /// The selection of datasets and extractors leaves nothing to run.
    #[error("{0}")]
    NothingSelected(Diagnostic),
    /// A run lacks answers that the command needs. Contains a diagnostic for each part of the run.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Incomplete(Vec<Diagnostic>),
}

impl Error {
    /// Returns the diagnostics, of which there is at least one.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        match self {
            Self::Input(diagnostics) | Self::Incomplete(diagnostics) => diagnostics,
            Self::NothingSelected(diagnostic) => std::slice::from_ref(diagnostic),
        }
    }
}

impl From<Diagnostic> for Error {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Input(vec![diagnostic])
    }
}

/// What could be read in spite of errors, and the diagnostics of the rest. For callers that use
/// incomplete data, such as a search for further errors; others call [`Self::into_result`].
#[derive(Debug, Clone, Default)]
pub struct Recovered<T> {
    /// What could be read.
    pub value: T,
    /// The diagnostics of what could not be read. If there are none, the value is complete.
    pub diagnostics: Vec<Diagnostic>,
}

impl<T> Recovered<T> {
    /// Returns the value if it is complete.
    ///
    /// # Errors
    /// Fails with the diagnostics if there are any.
    pub fn into_result(self) -> Result<T, Vec<Diagnostic>> {
        if self.diagnostics.is_empty() { Ok(self.value) } else { Err(self.diagnostics) }
    }

    /// Moves the diagnostics to the end of a list, and returns the value.
    pub fn report_to(mut self, list: &mut Vec<Diagnostic>) -> T {
        list.append(&mut self.diagnostics);
        self.value
    }
}

/// A description of one error in the input.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Diagnostic {
    /// What is wrong.
    pub message: String,
    /// The path of the file, as the user gave it.
    pub file: Option<PathBuf>,
    /// Line and column, from 1; the column counts code points.
    pub position: Option<(usize, usize)>,
    /// The id of the document that is concerned.
    pub document: Option<String>,
    /// The line of the file, and the byte range of it that is wrong.
    pub excerpt: Option<(String, Range<usize>)>,
    /// How to correct the error.
    pub help: Option<String>,
}

impl Diagnostic {
    /// Creates a diagnostic with a message only. By convention the message begins in lower case and
    /// has no full stop.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), ..Self::default() }
    }

    /// Sets the file.
    #[must_use]
    pub fn in_file(mut self, file: impl Into<PathBuf>) -> Self {
        self.file = Some(file.into());
        self
    }

    /// Sets line and column, counted from 1.
    #[must_use]
    pub fn at(mut self, position: (usize, usize)) -> Self {
        self.position = Some(position);
        self
    }

    /// Sets line and column to the start of a byte range of the text, and the excerpt to its line
    /// if that has at most 240 bytes.
    #[must_use]
    pub fn at_bytes(self, text: &str, bytes: Range<usize>) -> Self {
        let start = text.floor_char_boundary(bytes.start.min(text.len()));
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        self.at_line(text, position_of(text, start), line_start..line_end, bytes)
    }

    /// Sets line, column and excerpt to a byte range of a text, like [`Self::at_bytes`], by an
    /// index of its positions, which takes less time if many errors are located in one text.
    #[must_use]
    pub fn at_bytes_of(self, text: &str, positions: &Positions, bytes: Range<usize>) -> Self {
        let start = text.floor_char_boundary(bytes.start.min(text.len()));
        let (position, line) = positions.find(text, start);
        self.at_line(text, position, line, bytes)
    }

    fn at_line(mut self, text: &str, position: (usize, usize), line: Range<usize>, bytes: Range<usize>) -> Self {
        const LONGEST: usize = 240;
        let start = text.floor_char_boundary(bytes.start.min(text.len()));
        let line_start = line.start;
        let line = text[line].trim_end_matches('\r');
        self.position = Some(position);
        if line.len() <= LONGEST {
            // A carriage return at the end of the line may be the error, and is not shown.
            let last = line_start + line.len();
            let end = text.floor_char_boundary(bytes.end.clamp(start.min(last), last));
            self.excerpt = Some((line.to_owned(), start.min(last) - line_start..end - line_start));
        }
        self
    }

    /// Sets the id of the document.
    #[must_use]
    pub fn of_document(mut self, id: impl Into<String>) -> Self {
        self.document = Some(id.into());
        self
    }

    /// Sets the help: how to correct the error.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Sets the help to the nearest of the known names, or to a list of all of them if none is
    /// near.
    #[must_use]
    pub fn help_with_nearest<'a>(self, name: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let known: Vec<&str> = known.into_iter().collect();
        match crate::nearest::nearest(name, known.iter().copied()) {
            Some(near) => self.help(format!("did you mean `{near}`?")),
            None if known.is_empty() => self,
            None => self
                .help(format!("there are {}", known.iter().map(|k| format!("`{k}`")).collect::<Vec<_>>().join(", "))),
        }
    }

    /// Returns the diagnostic without the line of the file and without what its message and help
    /// quote, unless `is_name` holds for it.
    #[must_use]
    pub fn without_texts(self, is_name: &dyn Fn(&str) -> bool) -> Self {
        let is_name = |word: &str| is_name(word) || self.document.as_deref() == Some(word);
        let message = quotations(&self.message, &is_name);
        let help = self.help.as_deref().map(|help| quotations(help, &is_name));
        Self { message, help, excerpt: None, ..self }
    }

    /// Converts an error of the TOML parser. For an unknown key, the help proposes the nearest
    /// known key.
    pub fn toml(text: &str, error: &toml::de::Error) -> Self {
        let message = error.message();
        let diagnostic = match message.strip_prefix("unknown field `").and_then(|rest| rest.split_once('`')) {
            Some((key, rest)) => {
                let known = rest.split('`').skip(1).step_by(2);
                Self::new(format!("unknown key `{key}`")).help_with_nearest(key, known)
            }
            None if toml::de::DeTable::parse(text).is_ok() => Self::new(crate::plain_words::plain_words(message)),
            None => Self::new(format!("broken TOML: {message}")),
        };
        match error.span() {
            Some(span) => diagnostic.at_bytes(text, span),
            None => diagnostic,
        }
    }

    /// Converts an I/O error on a file. `doing` completes the message "cannot ...".
    pub fn io(doing: &str, file: &Path, error: &std::io::Error) -> Self {
        Self::new(format!("cannot {doing}: {}", system_message(error))).in_file(file)
    }
}

/// Returns the operating system's message in lower case, without the suffix "(os error 2)" that
/// Rust appends.
fn system_message(error: &std::io::Error) -> String {
    let text = error.to_string();
    let bare = text.rfind(" (os error").map_or(text.as_str(), |at| &text[..at]);
    let mut chars = bare.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

/// Returns line and column of a byte offset, counted from 1; the column counts code points.
pub fn position_of(text: &str, byte: usize) -> (usize, usize) {
    let before = &text[..byte];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{}", file.display())?;
            if let Some((line, column)) = self.position {
                write!(f, ":{line}:{column}")?;
            }
            f.write_str(": ")?;
        }
        if let Some(document) = &self.document {
            write!(f, "document {document:?}: ")?;
        }
        f.write_str(&self.message)?;
        if let Some(help) = &self.help {
            write!(f, " ({help})")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Diagnostic;

    #[test]
    fn a_diagnostic_at_a_carriage_return_is_placed() {
        let text = "ab\rc\r\r\nd";
        for start in 0..=text.len() {
            for end in start..=text.len() {
                let diagnostic = Diagnostic::new("x").at_bytes(text, start..end);
                let (line, bytes) = diagnostic.excerpt.unwrap();
                assert!(bytes.start <= bytes.end && bytes.end <= line.len(), "{start}..{end}");
            }
        }
    }
}
