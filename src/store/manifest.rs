//! `run.json`, the manifest of a run: which extractors ran on which documents, in which
//! environment, and with which outcome. It is the only file of a finished run that contains times,
//! so that the others can be compared byte by byte.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Read};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::run_inputs::{InputHashes, input_hashes, is_fingerprint_alone};
use crate::corpus::{Dataset, add_document};
use crate::error::Diagnostic;
use crate::extractor::Usage;
use crate::format::{Digest, sha256_and_lines, to_line};
use crate::gate::{GateFinding, GateOutcome, GateSample};
use crate::metric::Signature;
use crate::runner::{Account, Answers, Plan, Streamed, Timings, milliseconds};
use crate::score::{Scores, Status, System, headline_figure};

const SCHEMA: &str = "karat.run/1";

/// The environment of a run, as the caller provides it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Environment {
    /// When the run began, as an RFC 3339 timestamp.
    pub started: String,
    /// When the run ended, as an RFC 3339 timestamp.
    pub ended: String,
    /// The Git commit that was checked out.
    pub git_commit: Option<String>,
    /// SHA-256 of the configuration file.
    pub configuration_sha256: String,
    /// The number of threads.
    pub jobs: usize,
    /// Which shard of the documents was run, if the run was sharded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shard: Option<String>,
    /// Whether only documents were run that `--limit` or `--document` selected.
    #[serde(rename = "partial", skip_serializing_if = "is_false")]
    pub is_partial: bool,
    /// The options that selected among datasets, extractors or documents; empty if the run had all
    /// that the configuration runs by default.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub selected_by: Vec<String>,
    /// The sample of a run that stops once the rules of the gate are decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until_decided: Option<SampledRun>,
}

/// A run that takes the documents in random order and stops once the rules of the gate are decided.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SampledRun {
    /// The seed and the sizes of the samples.
    #[serde(flatten)]
    pub sample: GateSample,
    /// The verdicts of the rules.
    pub decisions: Vec<SampleDecision>,
}

/// The verdict of a rule on a sample.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SampleDecision {
    /// The name of the dataset.
    pub dataset: String,
    /// The name of the extractor.
    pub extractor: String,
    /// The name of the figure.
    pub metric: String,
    /// The slice; `None` for all documents.
    pub slice: Option<String>,
    /// The verdict.
    pub verdict: String,
    /// The number of documents, or clusters, after which the verdict was fixed.
    pub documents: usize,
    /// The level of the bound that decides that the rule passes; `None` unless a sequence judged
    /// it.
    pub alpha: Option<f64>,
    /// The tuning parameter of the sequence.
    pub rho: Option<f64>,
}

impl SampledRun {
    /// Returns what a run until its rules are decided records of the outcome; `None` for another
    /// outcome.
    pub fn of(outcome: &GateOutcome) -> Option<Self> {
        let sample = outcome.basis.as_ref()?.sample.clone()?;
        let decision = |finding: &GateFinding| SampleDecision {
            dataset: finding.dataset.clone(),
            extractor: finding.extractor.clone(),
            metric: finding.metric.clone(),
            slice: finding.slice.clone(),
            verdict: finding.verdict.to_string(),
            documents: finding.documents,
            alpha: finding.sequence.map(|sequence| sequence.alpha_pass),
            rho: finding.sequence.map(|sequence| sequence.rho),
        };
        Some(Self { sample, decisions: outcome.findings.iter().map(decision).collect() })
    }
}

/// The content of `run.json` in the schema `karat.run/1`. Reading ignores unknown fields and leaves
/// missing ones empty.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Manifest {
    schema: String,
    karat: String,
    platform: Platform,
    #[serde(flatten)]
    pub(super) environment: Environment,
    pub(super) datasets: BTreeMap<String, DatasetHashes>,
    /// The name of the predictions with texts in the project's `.karat/texts`, if a dataset is
    /// confidential. The run folder has no texts then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) texts: Option<String>,
    /// The extractors of the run, by name.
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
pub(super) struct DatasetHashes {
    pub documents: usize,
    /// SHA-256 over the ids, texts and metadata; of the file if documents were streamed.
    pub documents_sha256: String,
    /// SHA-256 over the golden annotations; of the file if documents were streamed.
    pub golden_sha256: String,
}

/// The manifest's entry of one extractor. Most fields are maps by dataset.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ExtractorEntry {
    pub(super) fingerprints: BTreeMap<String, String>,
    /// The hashes of the parts of the fingerprint that are known without starting a program, if
    /// there are several. Runs of older versions of karat have none.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) inputs: BTreeMap<String, InputHashes>,
    /// The layers that the extractor fills.
    pub layers: BTreeMap<String, Vec<String>>,
    /// The datasets on which it never declared its layers, since it did not start; `layers` has all
    /// golden ones then.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub undeclared: BTreeSet<String>,
    /// How often the extractor was asked about every document.
    #[serde(default = "once")]
    pub repeats: usize,
    #[serde(flatten)]
    counts: StatusCounts,
    /// The numbers of documents of each dataset by status.
    pub datasets: BTreeMap<String, StatusCounts>,
    /// The total latency of its requests, in milliseconds, those of cached answers included.
    /// Nothing if none was measured.
    pub milliseconds: BTreeMap<String, f64>,
    /// The number of answers in `milliseconds`. Runs of older versions of karat do not have it:
    /// they measured every answer that was not cached.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub timed: BTreeMap<String, u64>,
    /// The name and version that the extractor reported in its handshake.
    #[serde(rename = "introduction", skip_serializing_if = "Option::is_none")]
    pub reported_version: Option<String>,
    /// The files of its predictions. Runs of older versions of karat have none.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub predictions: BTreeMap<String, PredictionsFile>,
    /// How each figure over a whole layer was computed. Runs of older versions of karat have none.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub signatures: BTreeMap<String, BTreeMap<String, Signature>>,
    /// The headline figure of each layer, by the figure's name. Runs of older versions of karat
    /// have none.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub headlines: BTreeMap<String, BTreeMap<String, Option<f64>>>,
    /// The usage that the extractor reported: tokens and cost.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub usage: BTreeMap<String, Usage>,
    timings: BTreeMap<String, Timings>,
    /// The numbers of documents that were answered with an empty summary, by dataset.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub empty_summaries: BTreeMap<String, usize>,
    /// The extractor's notes, by dataset and document.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub notes: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it by reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}

fn once() -> usize {
    1
}

/// The checksum of a file of predictions, as the run wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PredictionsFile {
    /// SHA-256 of the file's content.
    pub sha256: String,
    /// The number of lines.
    pub lines: usize,
}

impl PredictionsFile {
    /// Computes the checksum of a file's content.
    ///
    /// # Errors
    /// Fails if the content cannot be read.
    pub fn read(content: impl Read) -> io::Result<Self> {
        let (sha256, lines) = sha256_and_lines(content)?;
        Ok(Self { sha256, lines })
    }
}

impl ExtractorEntry {
    /// The number of answers whose latency is known.
    pub fn timed_answers(&self, dataset: &str) -> u64 {
        self.timed.get(dataset).copied().unwrap_or_else(|| {
            let documents = self.datasets.get(dataset).map_or(0, |counts| counts.documents);
            let cached = self.timings.get(dataset).map_or(0, |timings| timings.cached.into());
            ((documents * self.repeats) as u64).saturating_sub(cached)
        })
    }

    fn count(&mut self, dataset: &str, counts: StatusCounts, layers: Vec<String>) {
        self.counts.add(counts);
        self.datasets.insert(dataset.to_owned(), counts);
        self.layers.insert(dataset.to_owned(), layers);
    }

    /// Adds the handshake and the notes of an extractor, which do not depend on how long it took.
    fn account(&mut self, dataset: &str, account: &Account) {
        self.reported_version.clone_from(&account.reported_version);
        if account.is_undeclared {
            self.undeclared.insert(dataset.to_owned());
        }
        if !account.notes.is_empty() {
            self.notes.insert(dataset.to_owned(), account.notes.clone());
        }
    }

    /// Adds the latency, usage and timings of an extractor on a dataset.
    fn take(&mut self, dataset: &str, account: &Account) {
        if account.timed > 0 {
            self.milliseconds.insert(dataset.to_owned(), milliseconds(account.latencies.sum()));
            self.timed.insert(dataset.to_owned(), account.timed);
        }
        self.usage.extend(account.usage.map(|usage| (dataset.to_owned(), usage)));
        if !account.is_merged {
            self.timings.insert(dataset.to_owned(), Timings::of(account));
        }
    }
}

/// The numbers of documents by status.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StatusCounts {
    /// All documents.
    pub documents: usize,
    /// Documents that were answered.
    pub ok: usize,
    /// Documents on which the extractor failed.
    pub failed: usize,
    /// Documents on which the extractor timed out.
    pub timed_out: usize,
    /// Documents about which the extractor was not asked.
    pub skipped: usize,
    /// Documents that are missing from the file of predictions.
    pub missing: usize,
}

impl StatusCounts {
    /// The number of documents that were not answered.
    pub fn unanswered(&self) -> usize {
        self.documents.saturating_sub(self.ok)
    }

    /// Lists the statuses of the documents that were not answered, as in "2 failed, 1 timed out".
    pub fn reasons(&self) -> String {
        let counts = [
            (self.failed, "failed"),
            (self.timed_out, "timed out"),
            (self.skipped, "skipped"),
            (self.missing, "missing"),
        ];
        let counts = counts.into_iter().filter(|(count, _)| *count > 0);
        counts.map(|(count, status)| format!("{count} {status}")).collect::<Vec<_>>().join(", ")
    }

    /// Counts the answers of a system by status.
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
                // A run asks only about documents of the dataset, so nothing is extra.
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

/// Returns the SHA-256 over the ids, texts and metadata of a dataset.
pub(super) fn documents_sha256(dataset: &Dataset) -> String {
    let mut digest = Digest::default();
    for (id, reference) in &dataset.references {
        add_document(&mut digest, id, reference.document.as_ref());
    }
    digest.finish().0
}

/// Returns the SHA-256 over the golden annotations of a dataset.
pub(super) fn golden_sha256(dataset: &Dataset) -> String {
    let mut digest = Digest::default();
    dataset.references.iter().for_each(|(id, reference)| digest.add(to_line(id, &reference.gold)));
    digest.finish().0
}

impl Manifest {
    /// Builds the manifest of a run.
    pub fn new(plan: &Plan, answers: &Answers, environment: Environment) -> Self {
        let datasets = plan.datasets.iter().map(|(dataset, _)| {
            let entry = DatasetHashes {
                documents: dataset.references.len(),
                documents_sha256: documents_sha256(dataset),
                golden_sha256: golden_sha256(dataset),
            };
            (dataset.name.clone(), entry)
        });
        let mut extractors: BTreeMap<String, ExtractorEntry> = BTreeMap::new();
        for extractor in &plan.extractors {
            let entry = extractors.entry(extractor.name.clone()).or_default();
            entry.repeats = extractor.repeats;
            let prints = extractor.on.iter().map(|(dataset, built)| (dataset.clone(), built.fingerprint()));
            entry.fingerprints.extend(prints);
            let inputs = extractor.on.iter().map(|(on, built)| (on.clone(), input_hashes(extractor, built.as_ref())));
            entry.inputs.extend(inputs.filter(|(_, hashes)| !is_fingerprint_alone(hashes)));
        }
        for (dataset, systems) in &answers.systems {
            for system in systems {
                let layers = system.declared.iter().map(ToString::to_string).collect();
                extractors.entry(system.name.clone()).or_default().count(dataset, StatusCounts::of(system), layers);
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
            texts: None,
            extractors,
        }
    }

    /// Sets the entry of a dataset whose documents were streamed rather than loaded.
    pub fn set_files(&mut self, dataset: &str, documents: usize, documents_sha256: String, golden_sha256: String) {
        self.datasets.insert(dataset.to_owned(), DatasetHashes { documents, documents_sha256, golden_sha256 });
    }

    /// Sets the outcome of an extractor on documents that were streamed rather than loaded.
    pub fn set_streamed(&mut self, extractor: &str, dataset: &str, streamed: &Streamed, layers: &[String]) {
        let of = |status: Status| streamed.counts.get(&status).copied().unwrap_or(0);
        let counts = StatusCounts {
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
        // A resumed run measured only some of the documents, so its totals would be too small.
        if !streamed.is_resumed {
            entry.take(dataset, &streamed.account);
        }
    }

    /// Sets the name of the predictions with texts in the project's `.karat/texts`.
    pub(super) fn set_texts(&mut self, id: &str) {
        self.texts = Some(id.to_owned());
    }

    /// Sets the checksum of an extractor's file of predictions on a dataset.
    pub fn set_predictions(&mut self, extractor: &str, dataset: &str, file: PredictionsFile) {
        self.extractors.entry(extractor.to_owned()).or_default().predictions.insert(dataset.to_owned(), file);
    }

    /// Sets how the figures of an extractor on a dataset were computed, and the headline figures.
    pub(super) fn set_signatures(&mut self, extractor: &str, dataset: &str, scores: &Scores) {
        let whole = scores.figures().filter(|figure| figure.name.is_whole());
        let signatures = whole.map(|figure| (figure.name.to_string(), figure.signature.clone())).collect();
        let headlines = scores.layers.iter().filter_map(headline_figure);
        let headlines = headlines.map(|figure| (figure.name.to_string(), figure.value)).collect();
        let entry = self.extractors.entry(extractor.to_owned()).or_default();
        entry.signatures.insert(dataset.to_owned(), signatures);
        entry.headlines.insert(dataset.to_owned(), headlines);
    }

    /// Sets the number of documents that an extractor answered with an empty summary.
    pub(super) fn set_empty_summaries(&mut self, extractor: &str, dataset: &str, count: usize) {
        if count > 0 {
            let entry = self.extractors.entry(extractor.to_owned()).or_default();
            entry.empty_summaries.insert(dataset.to_owned(), count);
        }
    }

    /// Reads the manifest of a run.
    ///
    /// # Errors
    /// Fails if the file cannot be read, or has another schema. Minor versions (`karat.run/1.2`)
    /// only add fields.
    pub fn read(file: &Path) -> Result<Self, Diagnostic> {
        #[derive(Deserialize)]
        struct Head {
            schema: String,
        }
        let bytes = fs::read(file).map_err(|error| Diagnostic::io("read this", file, &error))?;
        let broken = |error: serde_json::Error| {
            let words = crate::plain_words::plain_words(&error.to_string());
            Diagnostic::new(format!("this is not a `{SCHEMA}`: {words}"))
                .in_file(file)
                .at((error.line().max(1), error.column().max(1)))
        };
        let Head { schema } = serde_json::from_slice(&bytes).map_err(broken)?;
        if schema.strip_prefix(SCHEMA).is_none_or(|minor| !minor.is_empty() && !minor.starts_with('.')) {
            let diagnostic =
                Diagnostic::new(format!("its schema is `{schema}`, but this version of karat reads `{SCHEMA}`"))
                    .in_file(file);
            return Err(
                diagnostic.help("read it with the version of karat that wrote it, or repeat the run with this version")
            );
        }
        serde_json::from_slice(&bytes).map_err(broken)
    }

    /// Returns the content of the file.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("a manifest is plain data");
        text.push('\n');
        text
    }
}
