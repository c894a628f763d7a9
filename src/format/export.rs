//! The parts of an annotation tool's export that are read: an export can contain the work of
//! several annotators, predictions of models beside it, and several texts a task.

use std::collections::BTreeMap;

/// What annotations are read for. Exports of annotation tools contain golden annotations and
/// predictions in one file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Purpose {
    /// Unknown: annotations are read, or predictions if the file contains no annotation at all.
    #[default]
    Any,
    /// As golden annotations: predictions in the file are never read.
    Gold,
    /// As predictions: annotations are read only if a task has no prediction.
    Predictions,
}

impl Purpose {
    /// Returns the option of the command line that maps the fields of files with this purpose.
    pub fn map_option(self) -> &'static str {
        match self {
            Self::Any => "--map",
            Self::Gold => "--gold-map",
            Self::Predictions => "--pred-map",
        }
    }
}

/// Whose annotations are read, if an export contains those of several annotators.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Annotators {
    /// The annotations of the only annotator of each document; several annotators are an error.
    #[default]
    Only,
    /// The annotations of a named annotator, or the predictions of a named model.
    Named(String),
    /// The annotations of all annotators: the reader returns an entry for each annotator.
    All,
}

/// The parts of an export that are read.
#[derive(Debug, Clone, Default)]
pub struct Export {
    /// What the annotations are read for.
    pub purpose: Purpose,
    /// Whose annotations are read.
    pub annotators: Annotators,
    /// The key of the text in a task's data, which the user or the labelling configuration names.
    pub text_key: Option<String>,
    /// The names of labels by their numbers, for exports that contain numbers only.
    pub label_names: BTreeMap<String, String>,
}
