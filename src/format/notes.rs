//! Notes on reading: what a reader assumed, and what it left out. They are no errors; commands
//! print them, so that no file is read differently than its user expects without a word.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Collects notes. Clones share their notes, so that a reader that runs deep inside of a command
/// reports to the command.
#[derive(Debug, Clone, Default)]
pub struct Notes(Arc<Mutex<BTreeMap<(PathBuf, String), Note>>>);

/// The number of times that a note was made, and its first example.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Note {
    count: usize,
    example: String,
}

impl Notes {
    /// Makes a note on a file. Notes with the same words are counted, and the first example is
    /// kept.
    pub fn add(&self, file: &Path, what: impl Into<String>, example: impl Into<String>) {
        let mut notes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let note = notes.entry((file.to_owned(), what.into()));
        note.or_insert_with(|| Note { count: 0, example: example.into() }).count += 1;
    }

    /// Returns one line for each note, in order of files and words:
    /// `FILE: what it says: COUNT, first EXAMPLE`.
    pub fn lines(&self) -> Vec<String> {
        let notes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let line = |((file, what), Note { count, example }): (&(PathBuf, String), &Note)| {
            let example = if example.is_empty() { String::new() } else { format!(", first {example}") };
            format!("{}: {what}: {count}{example}", file.display())
        };
        notes.iter().map(line).collect()
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
        assert_eq!(notes.lines(), ["a.json: other things: 1", "a.json: tasks left out: 2, first task 2"]);
    }
}
