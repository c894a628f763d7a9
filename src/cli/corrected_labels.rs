//! How the golden labels changed since a baseline was accepted: both sides of a comparison are
//! scored with the current labels, so that a corrected label moves the figures of the baseline,
//! too. The corrections since are read from the log that `karat view` writes.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use karat::corpus::{Dataset, shown_path};
use karat::document::Document;
use karat::edit::{LoggedCorrection, read_log};
use karat::error::Diagnostic;
use karat::report::LabelChange;
use karat::store::{AcceptedLabels, Baseline};
use karat::text::shown_name;

use super::beside_golden::log_of_corrections;
use super::{output, texts};

/// The maximum number of corrections that are described.
const MOST: usize = 3;

/// The golden files of a dataset, with the log of their corrections.
pub(super) struct GoldenLog {
    /// The path as messages and reports show it.
    name: String,
    file: PathBuf,
    /// The content; empty if there is no log.
    content: io::Result<Vec<u8>>,
}

impl GoldenLog {
    /// Reads the log of golden files, which are a folder or one file. `home` is the folder of the
    /// configuration.
    pub fn read(golden: &Path, home: &Path) -> Self {
        let file = log_of_corrections(golden);
        let content = match fs::read(&file) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
            read => read,
        };
        Self { name: shown_path(&file, home), file, content }
    }

    /// Returns the state of the golden labels, as a new baseline records it. Fails if the log
    /// cannot be read.
    pub fn state(&self, dataset: &Dataset) -> Result<AcceptedLabels, Diagnostic> {
        let unreadable = |error| Diagnostic::io("read the log of corrections", &self.file, error);
        Ok(AcceptedLabels::of(dataset, self.content.as_ref().map_err(unreadable)?))
    }

    /// Returns how the golden labels changed since a baseline was accepted; `None` if they did not,
    /// or if nothing suggests it.
    pub fn since(&self, baseline: &Baseline, dataset: &Dataset) -> Option<LabelChange> {
        let name = &self.name;
        let change = |is_certain: bool, corrections: String| Some(LabelChange { is_certain, corrections });
        if baseline.golden.as_ref().is_some_and(|then| then.are_those_of(dataset)) {
            return None;
        }
        let content = match &self.content {
            Ok(content) => content,
            Err(error) => return change(baseline.golden.is_some(), format!("{name} cannot be read: {error}")),
        };
        let read = match read_log(&self.file, content) {
            Ok(read) => read,
            Err(error) => {
                let line = error.position.map_or(0, |(line, _)| line);
                let what = format!("{name}, line {line}: {}", error.message);
                return change(baseline.golden.is_some(), what);
            }
        };
        let of_dataset: Vec<&LoggedCorrection> =
            read.iter().filter(|one| dataset.references.contains_key(&one.document)).collect();
        let Some(then) = &baseline.golden else {
            let standing = of_dataset.iter().filter(|one| one.undone.is_none()).count();
            let counted = count(standing);
            let what = "which of them came later is not known: the baseline was accepted before they were counted";
            return if standing == 0 { None } else { change(false, format!("{counted} in {name}; {what}")) };
        };
        if !then.is_continued_by(content) {
            let what = "is not the log of that time with lines added, so that the corrections since are not known";
            return change(true, format!("{name} {what}"));
        }
        let is_new = |line: usize| line > then.log_lines;
        let moved: Vec<&LoggedCorrection> =
            of_dataset.into_iter().filter(|one| is_new(one.line) != one.undone.is_some_and(is_new)).collect();
        if moved.is_empty() {
            return change(true, format!("there are no corrections since in {name}"));
        }
        let words = |one: &&LoggedCorrection| {
            let taken_back = if one.undone.is_some() { ", taken back" } else { "" };
            format!("{}: {}{taken_back}", shown_name(&one.document), one.to_words(quoted(dataset, &one.document)))
        };
        let mut shown: Vec<String> = moved.iter().take(MOST).map(words).collect();
        let more = moved.len().saturating_sub(MOST);
        if more > 0 {
            shown.push(format!("and {more} more"));
        }
        change(true, format!("{} in {name} ({})", count(moved.len()), shown.join("; ")))
    }
}

fn count(corrections: usize) -> String {
    if corrections == 1 { "1 correction".to_owned() } else { format!("{corrections} corrections") }
}

/// Returns a document whose text may be quoted: not one of a confidential dataset, and not one of a
/// sealed split, whose labels are not looked at.
fn quoted<'d>(dataset: &'d Dataset, id: &str) -> Option<&'d Document> {
    let is_withheld = dataset.is_confidential || !texts::are_quoted() || dataset.info.sealed_split(id).is_some();
    if is_withheld { None } else { dataset.references.get(id)?.document.as_ref() }
}

/// How golden labels changed since several baselines were accepted.
#[derive(Default)]
pub(super) struct LabelChanges(Vec<(String, String, LabelChange)>);

impl LabelChanges {
    /// Adds the change since the baseline of an extractor on a dataset, if there is one.
    pub fn add(&mut self, dataset: &str, extractor: &str, change: Option<LabelChange>) {
        self.0.extend(change.map(|change| (dataset.to_owned(), extractor.to_owned(), change)));
    }

    /// Prints a note on each different change of each dataset.
    pub fn note(&self) {
        for of_dataset in self.0.chunk_by(|(one, _, _), (other, _, _)| one == other) {
            let changes: Vec<(&str, &LabelChange)> =
                of_dataset.iter().map(|(_, extractor, change)| (extractor.as_str(), change)).collect();
            note(&LabelChange::sentences(&of_dataset[0].0, &changes));
        }
    }
}

/// Prints sentences about changed golden labels.
pub(super) fn note(sentences: &[String]) {
    sentences.iter().for_each(|sentence| output::note(&format!("note: {sentence}\n")));
}
