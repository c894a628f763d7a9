//! What every renderer is given.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::WrittenRows;
use crate::corpus::{Dataset, DatasetInfo};
use crate::document::{Answer, Document, Layer};
use crate::judge::VerdictAgreement;
use crate::metric::MetricName;
use crate::runner::Timings;
use crate::score::{LayerScores, Scores, Status, System, headline_figure};

/// One dataset's report.
#[derive(Debug, Clone)]
pub struct Report {
    /// The dataset's name.
    pub dataset: String,
    /// What is known of it.
    pub info: DatasetInfo,
    /// The documents whose text is known, for context.
    pub texts: BTreeMap<String, Document>,
    /// Ids of all documents.
    pub documents: BTreeSet<String>,
    /// Documents that are not among these, since they were not loaded.
    pub unlisted: usize,
    /// In the order of the configuration.
    pub extractors: Vec<ExtractorReport>,
    /// What annotators reach when scored against each other, where there are two passes or more.
    pub ceiling: BTreeMap<MetricName, f64>,
    /// How many passes the ceiling comes from, and how many documents they share.
    pub passes: (usize, usize),
}

/// One extractor's part.
#[derive(Debug, Clone)]
pub struct ExtractorReport {
    /// Its name.
    pub name: String,
    /// How each document ended, and why it was not answered.
    pub ends: BTreeMap<String, (Status, Option<String>)>,
    /// Documents that were answered, with a summary that says nothing; none where summaries were
    /// not scored.
    pub empty_summaries: BTreeSet<String>,
    /// What it scored.
    pub scores: Scores,
    /// How well its verdicts on key points agree with hand-made ones, where there are such.
    pub agreement: Option<VerdictAgreement>,
    /// The verdict of the rules about it against the accepted baseline, where there is one.
    pub verdict: Option<String>,
    /// How often it was asked about every document.
    pub repeats: usize,
    /// Of the variance of each headline figure, the share that lies within documents, where it was
    /// asked more than once.
    pub within: BTreeMap<MetricName, Option<f64>>,
    /// What it took, where that is asked for: it is not the same on every machine.
    pub timings: Option<Timings>,
    /// The rows of its items, if these were put aside while documents were counted.
    pub rows: Option<Arc<dyn WrittenRows>>,
    /// How many documents ended how, where they are not all in `ends` since they were not loaded.
    pub unlisted: BTreeMap<Status, usize>,
}

impl Report {
    /// A report without extractors.
    pub fn new(dataset: &Dataset) -> Self {
        let texts = dataset.documents().map(|document| (document.id().to_owned(), document.clone()));
        Self {
            dataset: dataset.name.clone(),
            info: dataset.info.clone(),
            texts: texts.collect(),
            documents: dataset.references.keys().cloned().collect(),
            unlisted: 0,
            extractors: Vec::new(),
            ceiling: BTreeMap::new(),
            passes: (dataset.annotators.len(), dataset.annotators.first().map_or(0, |pass| pass.documents.len())),
        }
    }

    /// How many documents there are.
    pub fn size(&self) -> usize {
        self.documents.len().max(self.unlisted)
    }

    /// The layers that any extractor was scored on, in report order.
    pub fn layers(&self) -> BTreeSet<&Layer> {
        self.extractors.iter().flat_map(|extractor| &extractor.scores.layers).map(|scores| &scores.layer).collect()
    }

    /// The extractors that were scored on a layer, with their scores.
    pub fn on_layer<'r>(&'r self, layer: &Layer) -> Vec<(&'r ExtractorReport, &'r LayerScores)> {
        let scores = |extractor: &'r ExtractorReport| {
            let of_layer = extractor.scores.layers.iter().find(|scores| scores.layer == *layer);
            of_layer.map(|scores| (extractor, scores))
        };
        self.extractors.iter().filter_map(scores).collect()
    }
}

impl ExtractorReport {
    /// From the answers and what they scored. A document is missing if the answers do not have it,
    /// or lack a repeat of it.
    pub fn new(system: &System, documents: &BTreeSet<String>, scores: Scores) -> Self {
        let repeats = system.repeats();
        let end = |id: &String| Answer::end_after(system.answers.get(id), repeats);
        let ends = documents.iter().map(|id| (id.clone(), end(id))).collect();
        Self { ends, repeats, unlisted: BTreeMap::new(), ..Self::unlisted(system.name.clone(), scores) }
    }

    /// Of documents that were not loaded: only those that were not answered, or with an empty
    /// summary, are known by name.
    pub fn unlisted(name: String, mut scores: Scores) -> Self {
        let counts = std::mem::take(&mut scores.statuses).into_iter();
        let (mut ends, empty_summaries) =
            (std::mem::take(&mut scores.ends), std::mem::take(&mut scores.empty_summaries));
        ends.extend(empty_summaries.iter().map(|id| (id.clone(), (Status::Ok, None))));
        Self {
            name,
            ends,
            empty_summaries,
            scores,
            agreement: None,
            verdict: None,
            repeats: 1,
            within: BTreeMap::new(),
            timings: None,
            rows: None,
            unlisted: counts.map(|(status, count)| (status, count as usize)).collect(),
        }
    }

    /// Notes documents that were left out, with the reason.
    pub fn leave_out(&mut self, left_out: BTreeMap<String, &'static str>) {
        let skipped = |(id, reason): (String, &str)| (id, (Status::Skipped, Some(reason.to_owned())));
        self.ends.extend(left_out.into_iter().map(skipped));
    }

    /// How many documents there were to answer: documents that were not requested are excluded.
    pub fn asked(&self) -> usize {
        let all = if self.unlisted.is_empty() { self.ends.len() } else { self.unlisted.values().sum() };
        all - self.count(Status::Extra)
    }

    /// How many documents ended so.
    pub fn count(&self, status: Status) -> usize {
        if self.unlisted.is_empty() {
            return self.ends.values().filter(|(end, _)| *end == status).count();
        }
        self.unlisted.get(&status).copied().unwrap_or(0)
    }
}

/// The extractor with the highest headline figure; the first of equals.
pub fn best<'r>(report: &'r Report, layer: &Layer) -> Option<(&'r ExtractorReport, &'r LayerScores)> {
    let value = |scores: &LayerScores| headline_figure(scores).and_then(|figure| figure.value).unwrap_or(-1.0);
    report.on_layer(layer).into_iter().rev().max_by(|(_, a), (_, b)| value(a).total_cmp(&value(b)))
}
