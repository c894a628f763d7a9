//! Notes on reading: what a reader assumed, and what it left out. They are no errors; commands
//! print them, so that no file is read differently than its user expects without a word.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Collects notes. Clones share their notes, so that a reader that runs deep inside of a command
/// reports to the command.
#[derive(Debug, Clone, Default)]
pub struct Notes(Arc<Mutex<BTreeMap<(PathBuf, String), Note>>>);

/// A kind of note, with what it adds to its words.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Note {
    /// A note on the parts of a file: the number of times that it was made, and its first example.
    Counted { count: usize, example: String },
    /// A sentence about a whole file.
    Sentence { is_warning: bool },
    /// What a reader did as it should, for those who ask for details.
    Detail,
}

/// A note as it is printed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NoteLine {
    /// Whether a figure may be wrong because of what the note says.
    pub is_warning: bool,
    /// The line, which begins with the path of the file.
    pub text: String,
}

impl fmt::Display for NoteLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", if self.is_warning { "warning" } else { "note" }, self.text)
    }
}

impl Notes {
    /// Makes a note on a file. Notes with the same words are counted, and the first example is
    /// kept.
    pub fn add(&self, file: &Path, what: impl Into<String>, example: impl Into<String>) {
        let mut notes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let note = notes.entry((file.to_owned(), what.into()));
        let note = note.or_insert_with(|| Note::Counted { count: 0, example: example.into() });
        if let Note::Counted { count, .. } = note {
            *count += 1;
        }
    }

    /// Makes a note on a whole file, in one sentence. Equal sentences are kept once, since a file
    /// may be read twice.
    pub fn state(&self, file: &Path, sentence: impl Into<String>) {
        self.add_sentence(file, sentence.into(), false);
    }

    /// Makes a note like [`Notes::state`] because of which a figure may be wrong.
    pub fn warn(&self, file: &Path, sentence: impl Into<String>) {
        self.add_sentence(file, sentence.into(), true);
    }

    /// Records what a reader did, for those who ask for details. It is no note.
    pub fn explain(&self, file: &Path, sentence: impl Into<String>) {
        let mut notes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        notes.insert((file.to_owned(), sentence.into()), Note::Detail);
    }

    /// Returns the details, one line each: `FILE: SENTENCE`.
    pub fn details(&self) -> Vec<String> {
        let notes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let details = notes.iter().filter(|(_, note)| **note == Note::Detail);
        details.map(|((file, what), _)| format!("{}: {what}", file.display())).collect()
    }

    fn add_sentence(&self, file: &Path, sentence: String, is_warning: bool) {
        let mut notes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        notes.insert((file.to_owned(), sentence), Note::Sentence { is_warning });
    }

    /// Returns one line for each note, in order of files and words: `FILE: SENTENCE`, or, for notes
    /// that are counted, `FILE: what it says: COUNT, first EXAMPLE`.
    pub fn lines(&self) -> Vec<String> {
        self.note_lines().into_iter().map(|line| line.text).collect()
    }

    /// Returns the lines like [`Notes::lines`], each with whether it is a warning.
    pub fn note_lines(&self) -> Vec<NoteLine> {
        let notes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let line = |((file, what), note): (&(PathBuf, String), &Note)| {
            let file = file.display();
            match note {
                Note::Detail => None,
                Note::Sentence { is_warning } => {
                    Some(NoteLine { is_warning: *is_warning, text: format!("{file}: {what}") })
                }
                Note::Counted { count, example } => {
                    let example = if example.is_empty() { String::new() } else { format!(", first {example}") };
                    Some(NoteLine { is_warning: false, text: format!("{file}: {what}: {count}{example}") })
                }
            }
        };
        notes.iter().filter_map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Notes;

    #[test]
    fn notes_are_counted_and_keep_the_first_example() {
        let notes = Notes::default();
        let file = Path::new("a.json");
        notes.clone().add(file, "tasks left out", "task 2");
        notes.add(file, "tasks left out", "task 3");
        notes.add(file, "other things", "");
        notes.state(file, "read as rows");
        let lines = ["a.json: other things: 1", "a.json: read as rows", "a.json: tasks left out: 2, first task 2"];
        assert_eq!(notes.lines(), lines);
    }

    #[test]
    fn sentences_are_kept_once_with_their_level() {
        let notes = Notes::default();
        let file = Path::new("a.conll");
        for _ in 0..2 {
            notes.state(file, "line 1 is read as a header");
            notes.warn(file, "the tag \"X\" is in no tagging scheme");
        }
        let lines: Vec<String> = notes.note_lines().iter().map(ToString::to_string).collect();
        let expected =
            ["note: a.conll: line 1 is read as a header", "warning: a.conll: the tag \"X\" is in no tagging scheme"];
        assert_eq!(lines, expected);
    }
}
