//! What the history records of a run that has just ended.

use super::super::{Manifest, RunGap};
use crate::format::sha256;
use crate::history::{RecordedFigure, RecordedResult, RecordedRun, RunSource, Statuses, rounded};
use crate::report::Report;
use crate::score::{Figure, Scores, headline_figure};

/// What the manifest of a run does not have.
#[derive(Debug, Clone, Default)]
pub struct RunFacts {
    /// The id of the run.
    pub id: String,
    /// How the run was made.
    pub source: RunSource,
    /// The Git branch that was checked out.
    pub branch: Option<String>,
    /// Whether tracked files other than reports differed from the commit.
    pub is_dirty: Option<bool>,
    /// The profile of the run.
    pub profile: Option<String>,
    /// Whether the run was interrupted.
    pub is_interrupted: bool,
}

/// Returns the record of a run. It has figures, counts, hashes and names, and no text of a
/// document, whether or not the documents are confidential.
pub fn recorded_run(manifest: &Manifest, reports: &[Report], facts: RunFacts) -> RecordedRun {
    let environment = &manifest.environment;
    let gap = if facts.is_interrupted { Some(RunGap::Interrupted) } else { environment.gap() };
    let results = reports.iter().flat_map(|report| {
        report.extractors.iter().map(|extractor| result(manifest, &report.dataset, &extractor.name, &extractor.scores))
    });
    RecordedRun {
        run: facts.id,
        source: facts.source,
        started: environment.started.clone(),
        ended: Some(environment.ended.clone()),
        karat: Some(env!("CARGO_PKG_VERSION").to_owned()),
        commit: environment.git_commit.clone(),
        branch: facts.branch,
        dirty: facts.is_dirty,
        profile: facts.profile,
        gap: gap.map(|gap| gap.part()),
        configuration_sha256: Some(environment.configuration_sha256.clone()),
        manifest_sha256: Some(sha256(manifest.to_json())),
        results: results.collect(),
    }
}

fn result(manifest: &Manifest, dataset: &str, extractor: &str, scores: &Scores) -> RecordedResult {
    let counts = manifest.extractors.get(extractor).and_then(|entry| entry.datasets.get(dataset));
    let statuses = counts.map(|counts| Statuses {
        documents: counts.documents as u64,
        ok: counts.ok as u64,
        failed: counts.failed as u64,
        timed_out: counts.timed_out as u64,
        skipped: counts.skipped as u64,
        missing: counts.missing as u64,
    });
    let hashes = manifest.datasets.get(dataset);
    let headlines: Vec<_> = scores.layers.iter().filter_map(headline_figure).map(|figure| &figure.name).collect();
    RecordedResult {
        dataset: dataset.to_owned(),
        extractor: extractor.to_owned(),
        statuses,
        documents: hashes.map(|hashes| format!("sha256:{}", hashes.documents_sha256)),
        golden: hashes.map(|hashes| format!("sha256:{}", hashes.golden_sha256)),
        figures: scores.figures().map(|of| figure(of, headlines.contains(&&of.name))).collect(),
    }
}

fn figure(figure: &Figure, is_headline: bool) -> RecordedFigure {
    RecordedFigure {
        metric: figure.name.unlabelled().to_string(),
        label: figure.name.label.as_deref().map(str::to_owned),
        value: figure.value.map(rounded),
        low: figure.interval.map(|interval| rounded(interval.low)),
        high: figure.interval.map(|interval| rounded(interval.high)),
        gold: Some(figure.gold),
        documents: Some(figure.documents.into()),
        answered: Some(figure.documents_answered.into()),
        signature: Some(figure.signature.to_string()),
        headline: is_headline,
    }
}
