//! `run.json`: what was run, on what, by what, and how it ended. The only file of a run with times in it.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::corpus::Dataset;
use crate::document::{Document, Reference};
use crate::extractor::Usage;
use crate::format::{sha256, to_line};
use crate::runner::{Account, Answers, Plan, Streamed, Timings, milliseconds};
use crate::score::{Status, Subject};

/// What only the caller knows.
#[derive(Debug, Clone, Default, Serialize)]
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

/// `karat.run/1`.
#[derive(Debug, Clone, Serialize)]
pub struct Manifest {
    schema: &'static str,
    karat: &'static str,
    platform: Platform,
    #[serde(flatten)]
    environment: Environment,
    datasets: BTreeMap<String, DatasetEntry>,
    extractors: BTreeMap<String, ExtractorEntry>,
}

#[derive(Debug, Clone, Serialize)]
struct Platform {
    os: &'static str,
    arch: &'static str,
}

#[derive(Debug, Clone, Serialize)]
struct DatasetEntry {
    documents: usize,
    /// SHA-256 over the ids and texts.
    documents_sha256: String,
    /// SHA-256 over the golden annotations.
    golden_sha256: String,
}

#[derive(Debug, Clone, Default, Serialize)]
struct ExtractorEntry {
    fingerprints: BTreeMap<String, String>,
    /// The layers that it fills, by dataset.
    layers: BTreeMap<String, Vec<String>>,
    /// How often it was asked about every document.
    repeats: usize,
    #[serde(flatten)]
    counts: Counts,
    datasets: BTreeMap<String, Counts>,
    milliseconds: BTreeMap<String, f64>,
    /// How it introduced itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    introduction: Option<String>,
    /// What it says itself that it took.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    usage: BTreeMap<String, Usage>,
    timings: BTreeMap<String, Timings>,
    /// By dataset and document.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    notes: BTreeMap<String, BTreeMap<String, Vec<String>>>,
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
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
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
    pub fn of(subject: &Subject) -> Self {
        let mut counts = Self::default();
        for answer in subject.answers.values() {
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
    let text = |reference: &Reference| reference.document.as_ref().map_or("", Document::text).to_owned();
    let texts = dataset.references.iter().map(|(id, reference)| format!("{id}\0{}\0", text(reference)));
    sha256(texts.collect::<String>())
}

impl Manifest {
    /// Describes a run.
    pub fn new(plan: &Plan, answers: &Answers, environment: Environment) -> Self {
        let datasets = plan.datasets.iter().map(|(dataset, _)| {
            let golden: String =
                dataset.references.iter().map(|(id, reference)| to_line(id, &reference.gold)).collect();
            let entry = DatasetEntry {
                documents: dataset.references.len(),
                documents_sha256: documents_sha256(dataset),
                golden_sha256: sha256(golden),
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
        for (dataset, subjects) in &answers.subjects {
            for subject in subjects {
                let layers = subject.declared.iter().map(ToString::to_string).collect();
                extractors.entry(subject.name.clone()).or_default().count(dataset, Counts::of(subject), layers);
            }
        }
        for ((extractor, dataset), account) in &answers.accounts {
            let entry = extractors.entry(extractor.clone()).or_default();
            entry.account(dataset, account);
            entry.take(dataset, account);
        }
        Self {
            schema: "karat.run/1",
            karat: env!("CARGO_PKG_VERSION"),
            platform: Platform { os: std::env::consts::OS, arch: std::env::consts::ARCH },
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

    /// The file's content.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("a manifest is plain data");
        text.push('\n');
        text
    }
}
