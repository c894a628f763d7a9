//! Chooses among the annotators of an export, for the formats whose files contain the work of
//! several.

use std::collections::BTreeSet;

use super::definition::Input;
use super::export::Annotators;
use crate::error::Diagnostic;

/// The names of an annotator: the one for reports first, then others by which it may be chosen.
pub(super) type Names = Vec<String>;

/// Whose annotations are read from a file.
pub(super) struct AnnotatorChoice {
    choice: Annotators,
    /// The names by which annotators may be chosen.
    aliases: BTreeSet<String>,
    /// The annotators of the first document that has several.
    several: Option<BTreeSet<String>>,
    /// The number of documents that have several annotations.
    conflicts: usize,
}

impl AnnotatorChoice {
    /// Collects the annotators of a file, given the names of each annotator of each document.
    pub fn new(input: &Input<'_>, documents: &[Vec<Names>]) -> Self {
        let first = |names: &Names| names.first().cloned().unwrap_or_else(|| UNNAMED.to_owned());
        let mut several = documents.iter().filter(|annotators| annotators.len() > 1).peekable();
        Self {
            choice: input.export.annotators.clone(),
            aliases: documents.iter().flatten().flatten().cloned().collect(),
            several: several.peek().map(|annotators| annotators.iter().map(first).collect()),
            conflicts: several.count(),
        }
    }

    /// Returns whether an annotator's work is read, and then the annotator if several are read.
    pub fn select(&self, names: &Names) -> Option<Option<String>> {
        match &self.choice {
            Annotators::Only => Some(None),
            Annotators::Named(name) => names.contains(name).then_some(None),
            Annotators::All => Some(Some(names.first().cloned().unwrap_or_else(|| UNNAMED.to_owned()))),
        }
    }

    /// Returns the diagnostic for a name that no annotator has.
    pub fn unknown(&self, input: &Input<'_>) -> Option<Diagnostic> {
        let Annotators::Named(name) = &self.choice else { return None };
        if self.aliases.contains(name) {
            return None;
        }
        let diagnostic = Diagnostic::new(format!("there is no annotator {name:?} in it")).in_file(input.file);
        Some(diagnostic.at((1, 1)).help_with_nearest(name, self.aliases.iter().map(String::as_str)))
    }

    /// Returns the diagnostic for a name that no annotator has, or for documents with several
    /// annotators of which none is chosen.
    pub fn diagnostic(&self, input: &Input<'_>) -> Option<Diagnostic> {
        if let (Annotators::Only, Some(several)) = (&self.choice, &self.several) {
            let names: Vec<&str> = several.iter().map(String::as_str).collect();
            let message = format!(
                "documents that were annotated more than once: {}, the first by {}",
                self.conflicts,
                names.join(", ")
            );
            return Some(Diagnostic::new(message).in_file(input.file).at((1, 1)).help(SEVERAL));
        }
        self.unknown(input)
    }
}

/// The name of annotators whose names the file does not state.
const UNNAMED: &str = "unnamed";

/// How to choose among several annotators.
pub(super) const SEVERAL: &str =
    "name one with `--annotator NAME` (`--pred-annotator` for predictions), or compare them with `karat agree FILE`";
