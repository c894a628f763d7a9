//! What can be wrong with the input: what it is, where, and what to do about it.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Anything that keeps the library from giving an answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The command, the configuration or the data are at fault: every fault that was found, in one go.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Input(Vec<Diagnostic>),
    /// Nothing is left to do after selecting.
    #[error("{0}")]
    NothingSelected(Diagnostic),
}

impl Error {
    /// The faults, at least one.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        match self {
            Self::Input(diagnostics) => diagnostics,
            Self::NothingSelected(diagnostic) => std::slice::from_ref(diagnostic),
        }
    }
}

impl From<Diagnostic> for Error {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Input(vec![diagnostic])
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Diagnostic {
    /// What is wrong.
    pub message: String,
    /// The file, as the user named it.
    pub file: Option<PathBuf>,
    /// Line and column, from 1; the column counts code points.
    pub position: Option<(usize, usize)>,
    /// The document it concerns.
    pub document: Option<String>,
    /// The line itself, and the bytes of it that are at fault.
    pub excerpt: Option<(String, Range<usize>)>,
    /// What to do.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A fault with nothing but its message, which begins in lower case and has no full stop.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), ..Self::default() }
    }

    /// Names the file.
    #[must_use]
    pub fn in_file(mut self, file: impl Into<PathBuf>) -> Self {
        self.file = Some(file.into());
        self
    }

    /// Names line and column.
    #[must_use]
    pub fn at(mut self, position: (usize, usize)) -> Self {
        self.position = Some(position);
        self
    }

    /// Names line and column of a stretch of a text, and shows the line where it is short enough to be read.
    #[must_use]
    pub fn at_bytes(mut self, text: &str, bytes: Range<usize>) -> Self {
        const LONGEST: usize = 240;
        let start = text.floor_char_boundary(bytes.start.min(text.len()));
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        let line = text[line_start..line_end].trim_end_matches('\r');
        self.position = Some(position_of(text, start));
        if line.len() <= LONGEST {
            // A carriage return at the line's end may be what is at fault, and is not shown.
            let last = line_start + line.len();
            let end = text.floor_char_boundary(bytes.end.clamp(start.min(last), last));
            self.excerpt = Some((line.to_owned(), start.min(last) - line_start..end - line_start));
        }
        self
    }

    /// Names the document.
    #[must_use]
    pub fn of_document(mut self, id: impl Into<String>) -> Self {
        self.document = Some(id.into());
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Proposes the nearest of the known names, or lists them all where none is near.
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

    /// An error of the TOML parser, with the nearest known key where a key is unknown.
    pub fn toml(text: &str, error: &toml::de::Error) -> Self {
        let message = error.message();
        let diagnostic = match message.strip_prefix("unknown field `").and_then(|rest| rest.split_once('`')) {
            Some((key, rest)) => {
                let known = rest.split('`').skip(1).step_by(2);
                Self::new(format!("unknown key `{key}`")).help_with_nearest(key, known)
            }
            None if toml::de::DeTable::parse(text).is_ok() => Self::new(message),
            None => Self::new(format!("broken TOML: {message}")),
        };
        match error.span() {
            Some(span) => diagnostic.at_bytes(text, span),
            None => diagnostic,
        }
    }

    /// An input or output error on a file.
    pub fn io(doing: &str, file: &Path, error: &std::io::Error) -> Self {
        Self::new(format!("cannot {doing}: {}", plain(error))).in_file(file)
    }
}

/// The system's words without Rust's "(os error 2)".
fn plain(error: &std::io::Error) -> String {
    let text = error.to_string();
    let bare = text.rfind(" (os error").map_or(text.as_str(), |at| &text[..at]);
    let mut chars = bare.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

/// Line and column of a byte, from 1; the column counts code points.
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
