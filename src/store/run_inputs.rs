//! Whether the extractors, documents and golden files of a run are still the current ones. Hashes
//! decide and not times, since a checkout gives every file a new time.
//!
//! `run.json` has a hash of every part of an extractor's fingerprint that is known without starting
//! its program, so that a later command names what changed. What this machine lacks, such as the
//! interpreter of a program or an environment variable, is reported as unknown rather than changed.

use std::collections::BTreeMap;
use std::path::Path;

use super::manifest::{DatasetHashes, documents_sha256, golden_sha256};
use super::run_reader::Run;
use crate::corpus::{Dataset, Shard};
use crate::extractor::Extractor;
use crate::format::{sha256, sha256_of_file};
use crate::runner::PlannedExtractor;

/// Number of hexadecimal digits of a part's hash in `run.json`.
const DIGITS: usize = 16;
/// The largest number of files of an extractor that `run.json` lists one by one.
const MOST_FILES: usize = 50;
/// The part of an extractor that has no others.
const WHOLE: &str = "fingerprint";
/// Parts that depend on the programs of a machine.
const OF_MACHINE: [&str; 2] = ["program", "interpreter"];
/// Values that stand for what cannot be read here.
const UNKNOWN: [&str; 2] = ["unset", "unreadable"];

/// The hashes of what an extractor's answers depend on, by the name of the part.
pub(super) type InputHashes = BTreeMap<String, String>;

/// How the inputs of a run differ from the current ones, as phrases.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InputChanges {
    /// What changed since the run.
    pub changed: Vec<String>,
    /// What cannot be compared on this machine.
    pub unknown: Vec<String>,
}

impl InputChanges {
    /// Adds the changes of other inputs.
    pub fn add(&mut self, other: Self) {
        self.changed.extend(other.changed);
        self.unknown.extend(other.unknown);
    }
}

fn short(value: &str) -> String {
    let mut hash = sha256(value);
    hash.truncate(DIGITS);
    hash
}

/// Returns the hashes of the parts of an extractor on a dataset.
pub(super) fn input_hashes(planned: &PlannedExtractor, built: &dyn Extractor) -> InputHashes {
    let (files, mut others): (Vec<_>, Vec<_>) =
        built.inputs().into_iter().partition(|(part, _)| part.starts_with("file "));
    if files.len() > MOST_FILES {
        let all: String = files.into_iter().map(|(part, value)| format!("{part}\0{value}\0")).collect();
        others.push(("files".to_owned(), all));
    } else {
        others.extend(files);
    }
    others.extend(planned.locate.map(|locate| ("locate".to_owned(), format!("{locate:?}"))));
    if planned.repeats != 1 && built.repeats().is_none() {
        others.push(("repeats".to_owned(), planned.repeats.to_string()));
    }
    // Redacted values and names of variables do not tell a secret; its hash is cut.
    others.into_iter().map(|(part, value)| (part, short(&value))).collect()
}

/// Whether hashes say no more than the fingerprint itself.
pub(super) fn is_fingerprint_alone(hashes: &InputHashes) -> bool {
    hashes.keys().eq([WHOLE])
}

fn compare(then: &InputHashes, now: &InputHashes, extractor: &str) -> InputChanges {
    let lacks_program = then.contains_key("program") && !now.contains_key("program");
    let unknown_here = |part: &str| match now.get(part) {
        None => lacks_program || OF_MACHINE.contains(&part),
        Some(hash) => UNKNOWN.iter().any(|value| short(value) == *hash),
    };
    let (mut changed, mut unknown) = (Vec::new(), Vec::new());
    let parts: std::collections::BTreeSet<&String> = then.keys().chain(now.keys()).collect();
    for part in parts.into_iter().filter(|part| then.get(*part) != now.get(*part)) {
        let list = if unknown_here(part) { &mut unknown } else { &mut changed };
        list.push(if part == WHOLE { String::new() } else { format!("`{part}`") });
    }
    let phrase = |parts: Vec<String>| -> Vec<String> {
        let more = parts.len().saturating_sub(3);
        let mut named: Vec<String> = parts.iter().take(3).filter(|part| !part.is_empty()).cloned().collect();
        if more > 0 {
            named.push(format!("and {more} more"));
        }
        let named = if named.is_empty() { String::new() } else { format!(" ({})", named.join(", ")) };
        if parts.is_empty() { Vec::new() } else { vec![format!("the extractor {extractor:?}{named}")] }
    };
    InputChanges { changed: phrase(changed), unknown: phrase(unknown) }
}

impl Run {
    /// Compares an extractor on a dataset with the one that the run asked.
    pub fn extractor_changes(&self, dataset: &str, planned: &PlannedExtractor) -> InputChanges {
        let (Some(entry), Some(built)) = (self.extractor(&planned.name), planned.on.get(dataset)) else {
            return InputChanges::default();
        };
        let now = input_hashes(planned, built.as_ref());
        let of_fingerprint = || {
            let fingerprint = entry.fingerprints.get(dataset).filter(|_| is_fingerprint_alone(&now))?;
            Some([(WHOLE.to_owned(), short(fingerprint))].into())
        };
        match entry.inputs.get(dataset).cloned().or_else(of_fingerprint) {
            Some(then) => compare(&then, &now, &planned.name),
            None => {
                let unknown = vec![format!("the extractor {:?} (`run.json` does not list its parts)", planned.name)];
                InputChanges { unknown, ..InputChanges::default() }
            }
        }
    }

    /// Compares the documents of a dataset with those of the run. `file` is their path, which
    /// matters for a run that streamed them.
    pub fn document_changes(&self, dataset: &Dataset, file: &Path) -> InputChanges {
        self.dataset_changes(dataset, file, "documents", documents_sha256, |hashes| &hashes.documents_sha256)
    }

    /// Compares the golden files of a dataset with those of the run. `file` is their path, which
    /// matters for a run that streamed them.
    pub fn golden_changes(&self, dataset: &Dataset, file: &Path) -> InputChanges {
        self.dataset_changes(dataset, file, "golden files", golden_sha256, |hashes| &hashes.golden_sha256)
    }

    fn dataset_changes(
        &self,
        dataset: &Dataset,
        file: &Path,
        what: &str,
        hash: fn(&Dataset) -> String,
        recorded: fn(&DatasetHashes) -> &String,
    ) -> InputChanges {
        let phrase = vec![format!("the {what} of {}", dataset.name)];
        let unknown = InputChanges { unknown: phrase.clone(), ..InputChanges::default() };
        let environment = self.environment();
        let Some(then) = self.dataset_hashes(&dataset.name).map(recorded).filter(|then| !then.is_empty()) else {
            return unknown;
        };
        let is_sample = environment.until_decided.as_ref().is_some_and(|run| !run.sample.is_whole());
        if environment.is_partial || is_sample {
            return unknown;
        }
        let now = match environment.shard.as_deref().and_then(|shard| shard.parse::<Shard>().ok()) {
            Some(shard) => hash(&shard.cut(dataset.clone())),
            None => hash(dataset),
        };
        // A run that streamed its documents has the hashes of whole files.
        if *then == now || file.is_file() && sha256_of_file(file).is_ok_and(|now| now == *then) {
            return InputChanges::default();
        }
        InputChanges { changed: phrase, ..InputChanges::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::{InputHashes, compare, short};

    fn hashes(parts: &[(&str, &str)]) -> InputHashes {
        parts.iter().map(|(part, value)| ((*part).to_owned(), short(value))).collect()
    }

    #[test]
    fn changed_parts_are_named_and_absent_programs_are_unknown() {
        let then = hashes(&[("program", "a"), ("interpreter", "3"), ("file x.py", "1"), ("variable KEY", "s")]);
        let changes = |now: &[(&str, &str)]| {
            let found = compare(&then, &hashes(now), "x");
            (found.changed.concat(), found.unknown.concat())
        };
        let of = |changed: &str, unknown: &str| (changed.to_owned(), unknown.to_owned());
        let same = [("program", "a"), ("interpreter", "3"), ("file x.py", "1"), ("variable KEY", "s")];
        assert_eq!(changes(&same), of("", ""));
        let edited = [("program", "a"), ("interpreter", "3"), ("file x.py", "2"), ("variable KEY", "unset")];
        assert_eq!(changes(&edited), of("the extractor \"x\" (`file x.py`)", "the extractor \"x\" (`variable KEY`)"));
        let elsewhere = [("file x.py", "1"), ("variable KEY", "s")];
        assert_eq!(changes(&elsewhere), of("", "the extractor \"x\" (`interpreter`, `program`)"));
        let gone = [("program", "a"), ("interpreter", "3"), ("variable KEY", "s")];
        assert_eq!(changes(&gone), of("the extractor \"x\" (`file x.py`)", ""));
    }
}
