//! `run.json`: what was run, on what, by what, and how it ended. The only file of a run with times
//! in it.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::corpus::Dataset;
use crate::document::Document;
use crate::error::Diagnostic;
use crate::extractor::Usage;
use crate::format::{Digest, sha256_and_lines, to_line};
use crate::metric::Signature;
use crate::runner::{Account, Answers, Plan, Streamed, Timings, milliseconds};
use crate::score::{Scores, Status, System, is_whole};

const SCHEMA: &str = "karat.run/1";

/// What only the caller knows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Environment {
    /// When the run began, in RFC 3339.
    pub started: String,
    /// When it ended.
    pub ended: String,
    /// The commit that was checked out.
    pub git_commit: Option<String>,
    /// SHA-256 of the configuration file.
    pub configuration_sha256: String,
    /// Threads.
    pub jobs: usize,
    /// Which part of the documents, where the run was shared out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shard: Option<String>,
}

/// `karat.run/1`, as it is written and read. Unknown fields are ignored, and missing ones are
/// empty.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Manifest {
    schema: String,
    karat: String,
    platform: Platform,
    #[serde(flatten)]
    pub(super) environment: Environment,
    datasets: BTreeMap<String, DatasetEntry>,
    /// What is known of each extractor.
    pub extractors: BTreeMap<String, ExtractorEntry>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Platform {
    os: String,
    arch: String,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct DatasetEntry {
    documents: usize,
    /// SHA-256 over the ids and texts.
    documents_sha256: String,
    /// SHA-256 over the golden annotations.
    golden_sha256: String,
}

/// What a run says of one extractor, mostly by dataset.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ExtractorEntry {
    fingerprints: BTreeMap<String, String>,
    /// The layers that it fills.
    pub layers: BTreeMap<String, Vec<String>>,
    /// How often it was asked about every document.
    #[serde(default = "once")]
    pub repeats: usize,
    #[serde(flatten)]
    counts: Counts,
    /// How many documents of each dataset ended how.
    pub datasets: BTreeMap<String, Counts>,
    /// How long its requests took, summed up.
    pub milliseconds: BTreeMap<String, f64>,
    /// The name and version that it gave itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub introduction: Option<String>,
    /// The files of its predictions; empty in runs of an older karat.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub predictions: BTreeMap<String, PredictionsFile>,
    /// How each figure over a whole layer was computed; empty in runs of an older karat.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub signatures: BTreeMap<String, BTreeMap<String, Signature>>,
    /// What it reports itself that it took.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub usage: BTreeMap<String, Usage>,
    timings: BTreeMap<String, Timings>,
    /// Notes by dataset and document.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub notes: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

fn once() -> usize {
    1
}

/// A file of predictions as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PredictionsFile {
    /// SHA-256 of its content.
    pub sha256: String,
    /// Its number of lines.
    pub lines: usize,
}

impl PredictionsFile {
    /// Describes the content of a file.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn read(content: impl Read) -> io::Result<Self> {
        let (sha256, lines) = sha256_and_lines(content)?;
        Ok(Self { sha256, lines })
    }
}

impl ExtractorEntry {
    fn count(&mut self, dataset: &str, counts: Counts, layers: Vec<String>) {
        self.counts.add(counts);
        self.datasets.insert(dataset.to_owned(), counts);
        self.layers.insert(dataset.to_owned(), layers);
    }

    /// What is known of it, whatever it took.
    fn account(&mut self, dataset: &str, account: &Account) {
        self.introduction.clone_from(&account.introduction);
        if !account.notes.is_empty() {
            self.notes.insert(dataset.to_owned(), account.notes.clone());
        }
    }

    /// What it took.
    fn take(&mut self, dataset: &str, account: &Account) {
        self.milliseconds.insert(dataset.to_owned(), milliseconds(account.latencies.sum()));
        self.usage.extend(account.usage.map(|usage| (dataset.to_owned(), usage)));
        if !account.is_merged {
            self.timings.insert(dataset.to_owned(), Timings::of(account));
        }
    }
}

/// How many documents ended how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// All.
    pub documents: usize,
    /// Answered.
    pub ok: usize,
    /// Ended in an error.
    pub failed: usize,
    /// Took too long.
    pub timed_out: usize,
    /// Not asked.
    pub skipped: usize,
    /// Not in the file of predictions.
    pub missing: usize,
}

impl Counts {
    /// Counts answers.
    pub fn of(system: &System) -> Self {
        let mut counts = Self::default();
        for answer in system.answers.values() {
            counts.documents += 1;
            match answer.end().0 {
                Status::Ok => counts.ok += 1,
                Status::Failed => counts.failed += 1,
                Status::TimedOut => counts.timed_out += 1,
                Status::Skipped => counts.skipped += 1,
                Status::Missing => counts.missing += 1,
                // A run asks about documents that there are.
                Status::Extra => {}
            }
        }
        counts
    }

    fn add(&mut self, other: Self) {
        self.documents += other.documents;
        self.ok += other.ok;
        self.failed += other.failed;
        self.timed_out += other.timed_out;
        self.skipped += other.skipped;
        self.missing += other.missing;
    }
}

/// Over the ids and texts.
pub(super) fn documents_sha256(dataset: &Dataset) -> String {
    let mut digest = Digest::default();
    for (id, reference) in &dataset.references {
        let text = reference.document.as_ref().map_or("", Document::text);
        for part in [id.as_str(), "\0", text, "\0"] {
            digest.add(part);
        }
    }
    digest.finish().0
}

impl Manifest {
    /// Describes a run.
    pub fn new(plan: &Plan, answers: &Answers, environment: Environment) -> Self {
        let datasets = plan.datasets.iter().map(|(dataset, _)| {
            let mut golden = Digest::default();
            dataset.references.iter().for_each(|(id, reference)| golden.add(to_line(id, &reference.gold)));
            let entry = DatasetEntry {
                documents: dataset.references.len(),
                documents_sha256: documents_sha256(dataset),
                golden_sha256: golden.finish().0,
            };
            (dataset.name.clone(), entry)
        });
        let mut extractors: BTreeMap<String, ExtractorEntry> = BTreeMap::new();
        for extractor in &plan.extractors {
            let entry = extractors.entry(extractor.name.clone()).or_default();
            entry.repeats = extractor.repeats;
            let prints = extractor.on.iter().map(|(dataset, built)| (dataset.clone(), built.fingerprint()));
            entry.fingerprints.extend(prints);
        }
        for (dataset, systems) in &answers.systems {
            for system in systems {
                let layers = system.declared.iter().map(ToString::to_string).collect();
                extractors.entry(system.name.clone()).or_default().count(dataset, Counts::of(system), layers);
            }
        }
        for ((extractor, dataset), account) in &answers.accounts {
            let entry = extractors.entry(extractor.clone()).or_default();
            entry.account(dataset, account);
            entry.take(dataset, account);
        }
        Self {
            schema: SCHEMA.to_owned(),
            karat: env!("CARGO_PKG_VERSION").to_owned(),
            platform: Platform { os: std::env::consts::OS.to_owned(), arch: std::env::consts::ARCH.to_owned() },
            environment,
            datasets: datasets.collect(),
            extractors,
        }
    }

    /// Says what a dataset's files are, whose documents were not loaded.
    pub fn set_files(&mut self, dataset: &str, documents: usize, documents_sha256: String, golden_sha256: String) {
        self.datasets.insert(dataset.to_owned(), DatasetEntry { documents, documents_sha256, golden_sha256 });
    }

    /// Says what became of documents that were not loaded.
    pub fn set_streamed(&mut self, extractor: &str, dataset: &str, streamed: &Streamed, layers: &[String]) {
        let of = |status: Status| streamed.counts.get(&status).copied().unwrap_or(0);
        let counts = Counts {
            documents: streamed.documents(),
            ok: of(Status::Ok),
            failed: of(Status::Failed),
            timed_out: of(Status::TimedOut),
            skipped: of(Status::Skipped),
            missing: of(Status::Missing),
        };
        let entry = self.extractors.entry(extractor.to_owned()).or_default();
        entry.count(dataset, counts, layers.to_vec());
        entry.account(dataset, &streamed.account);
        // What a part of the documents took must not pass for what all did.
        if !streamed.is_resumed {
            entry.take(dataset, &streamed.account);
        }
    }

    /// Adds the file of an extractor's predictions on a dataset.
    pub fn set_predictions(&mut self, extractor: &str, dataset: &str, file: PredictionsFile) {
        self.extractors.entry(extractor.to_owned()).or_default().predictions.insert(dataset.to_owned(), file);
    }

    /// Adds how the figures of an extractor on a dataset were computed.
    pub(super) fn set_signatures(&mut self, extractor: &str, dataset: &str, scores: &Scores) {
        let whole = scores.figures().filter(|figure| is_whole(&figure.name));
        let signatures = whole.map(|figure| (figure.name.to_string(), figure.signature.clone())).collect();
        self.extractors.entry(extractor.to_owned()).or_default().signatures.insert(dataset.to_owned(), signatures);
    }

    /// Reads the manifest of a run.
    ///
    /// # Errors
    /// If it cannot be read, or has another schema. Minor versions (`karat.run/1.2`) only add
    /// fields.
    pub fn read(file: &Path) -> Result<Self, Diagnostic> {
        #[derive(Deserialize)]
        struct Head {
            schema: String,
        }
        let bytes = fs::read(file).map_err(|error| Diagnostic::io("read this", file, &error))?;
        let broken =
            |error: serde_json::Error| Diagnostic::new(format!("this is no `{SCHEMA}`: {error}")).in_file(file);
        let Head { schema } = serde_json::from_slice(&bytes).map_err(broken)?;
        if schema.strip_prefix(SCHEMA).is_none_or(|minor| !minor.is_empty() && !minor.starts_with('.')) {
            let diagnostic =
                Diagnostic::new(format!("its schema is `{schema}`, and this karat reads `{SCHEMA}`")).in_file(file);
            return Err(diagnostic.help("read it with the karat that wrote it, or make the run again with this one"));
        }
        serde_json::from_slice(&bytes).map_err(broken)
    }

    /// The file's content.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("a manifest is plain data");
        text.push('\n');
        text
    }
}
