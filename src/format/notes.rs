//! Notes on how files were read. A reader that assumes something, such as which column contains
//! the tags, adds a note in one sentence; the command line prints the notes beside the result.

use std::fmt;
use std::path::Path;
use std::sync::Mutex;

/// A note on a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Whether a figure may be wrong because of what the note says.
    pub is_warning: bool,
    /// The sentence, with the path of the file.
    pub message: String,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = if self.is_warning { "warning" } else { "note" };
        write!(f, "{level}: {}", self.message)
    }
}

/// Collects the notes of all files of a command. Files are read in parallel and sometimes twice, so
/// equal notes are kept once.
#[derive(Debug, Default)]
pub struct Notes(Mutex<Vec<Note>>);

impl Notes {
    /// Adds a note on a file.
    pub fn note(&self, file: &Path, message: &str) {
        self.add(Note { is_warning: false, message: format!("{}: {message}", file.display()) });
    }

    /// Adds a warning about a file.
    pub fn warn(&self, file: &Path, message: &str) {
        self.add(Note { is_warning: true, message: format!("{}: {message}", file.display()) });
    }

    fn add(&self, note: Note) {
        if let Ok(mut notes) = self.0.lock()
            && !notes.contains(&note)
        {
            notes.push(note);
        }
    }

    /// Removes and returns the notes, sorted, so that their order does not depend on which file was
    /// read first.
    pub fn take(&self) -> Vec<Note> {
        let mut notes = self.0.lock().map(|mut notes| std::mem::take(&mut *notes)).unwrap_or_default();
        notes.sort_by(|a, b| a.message.cmp(&b.message));
        notes
    }
}
