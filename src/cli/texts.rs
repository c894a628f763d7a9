//! Whether the texts of documents are withheld, by `--no-text` or by `text = false` for a dataset
//! of karat.toml. Reports withhold those of confidential datasets; messages are about files that
//! may belong to any dataset, so that they quote no text if there is a confidential one.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use karat::config::Config;
use karat::error::Diagnostic;
use karat::withheld::{failure, quotations, warning};

use super::call;

/// Whether `--no-text` was given.
static NO_TEXT: AtomicBool = AtomicBool::new(false);
/// Whether messages may quote texts.
static ARE_QUOTED: AtomicBool = AtomicBool::new(true);
/// The names in karat.toml, which messages may quote.
static NAMES: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Withholds all texts, as `--no-text` asks for.
pub(super) fn withhold() {
    NO_TEXT.store(true, Ordering::Relaxed);
    ARE_QUOTED.store(false, Ordering::Relaxed);
}

/// Whether `--no-text` was given.
pub(super) fn are_withheld() -> bool {
    NO_TEXT.load(Ordering::Relaxed)
}

/// Makes the datasets of a configuration confidential if `--no-text` was given. From now on,
/// messages quote no texts if a dataset is confidential.
pub(super) fn apply(config: &mut Config) {
    if are_withheld() {
        config.withhold_texts();
    }
    if config.datasets.values().any(|dataset| dataset.is_confidential) {
        ARE_QUOTED.store(false, Ordering::Relaxed);
    }
    let extractors = config.extractors.iter().map(|extractor| &extractor.name);
    let names = config.datasets.keys().chain(config.profiles.keys()).chain(extractors).cloned();
    NAMES.lock().unwrap_or_else(PoisonError::into_inner).extend(names);
}

/// Whether messages may quote texts.
pub(super) fn are_quoted() -> bool {
    ARE_QUOTED.load(Ordering::Relaxed)
}

/// Returns a diagnostic as it may be printed.
pub(super) fn of_diagnostic(diagnostic: &Diagnostic) -> Diagnostic {
    if are_quoted() {
        return diagnostic.clone();
    }
    diagnostic.clone().without_texts(&is_name)
}

/// Returns a note of a reader of files as it may be printed.
pub(super) fn of_note(note: String) -> String {
    if are_quoted() { note } else { quotations(&note, &is_name) }
}

/// Returns a warning about documents as it may be printed.
pub(super) fn of_warning(line: &str) -> String {
    if are_quoted() { line.to_owned() } else { warning(line) }
}

/// Returns the message about a document that was not answered as it may be printed.
pub(super) fn of_failure(message: &str) -> String {
    if are_quoted() { message.to_owned() } else { failure(message) }
}

/// Whether a word is a name in karat.toml, or one that the user typed.
fn is_name(word: &str) -> bool {
    NAMES.lock().unwrap_or_else(PoisonError::into_inner).contains(word)
        || call::words().iter().skip(1).any(|argument| argument == word)
}
