//! The report model: the data that every renderer receives.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::WrittenRows;
use crate::compare::{Compared, SliceScore};
use crate::corpus::{Dataset, DatasetInfo, GoldPlaces};
use crate::document::{Annotations, Answer, Document, Layer, Reference, Value};
use crate::gate::GateFinding;
use crate::judge::{Correction, VerdictAgreement};
use crate::metric::MetricName;
use crate::runner::Timings;
use crate::score::{LayerScores, Scores, Status, System, headline_figure};
use crate::text::{REPORTED, cut, shown_name};
use crate::withheld;

/// The report on one dataset.
#[derive(Debug, Clone)]
pub struct Report {
    /// The name of the dataset.
    pub dataset: String,
    /// The metadata of the dataset: title, description, licence, source.
    pub info: DatasetInfo,
    /// The documents whose text is known, by id, for the context of items.
    pub texts: BTreeMap<String, Document>,
    /// The golden annotations by document id, for the pages that show documents; empty if the
    /// documents were streamed.
    pub gold: BTreeMap<String, GoldDocument>,
    /// The ids of all documents; empty if the documents were streamed rather than loaded.
    pub documents: BTreeSet<String>,
    /// The number of documents if they were streamed rather than loaded; otherwise 0.
    pub unlisted: usize,
    /// The extractors, in the order of the configuration.
    pub extractors: Vec<ExtractorReport>,
    /// The inter-annotator figures, as an upper bound for extractors; empty with fewer than two
    /// passes.
    pub ceiling: BTreeMap<MetricName, f64>,
    /// The number of annotation passes behind the ceiling, and of the documents that they share.
    pub passes: (usize, usize),
    /// Whether the texts of the documents were withheld by [`Report::withhold_texts`].
    pub is_confidential: bool,
    /// Whether the report is of a run, whose files lie beside each other.
    pub is_of_run: bool,
    /// Why the run is of a part of the documents, one sentence a line; `None` if it is of all.
    pub sample: Option<String>,
}

/// The golden annotations of one document, with what pages about it show beside them.
#[derive(Debug, Clone, Default)]
pub struct GoldDocument {
    /// The annotations.
    pub annotations: Annotations,
    /// The metadata.
    pub meta: BTreeMap<String, Value>,
    /// Where the labels stand in the golden file, if they were read from one.
    pub places: Option<GoldPlaces>,
}

/// The results of one extractor in a report.
#[derive(Debug, Clone)]
pub struct ExtractorReport {
    /// The name of the extractor.
    pub name: String,
    /// The status of each document, with the message if it has no answer, which is cut to 300
    /// characters.
    pub ends: BTreeMap<String, (Status, Option<String>)>,
    /// The documents that were answered with an empty summary; empty if summaries were not scored.
    pub empty_summaries: BTreeSet<String>,
    /// The other documents that were answered without any layer, and count as empty.
    pub without_layers: BTreeSet<String>,
    /// The scores of the extractor.
    pub scores: Scores,
    /// The agreement of the verdicts on key points with manual ones, if there are any.
    pub agreement: Option<VerdictAgreement>,
    /// The figures that manual verdicts on key points correct, if there are any.
    pub correction: Option<Correction>,
    /// The gate's verdict against the accepted baseline, if there is a baseline.
    pub verdict: Option<String>,
    /// The figures behind the verdict; `None` if there is no baseline, or if it cannot be compared.
    pub baseline: Option<AgainstBaseline>,
    /// The number of requests for each document.
    pub repeats: usize,
    /// The share of the variance of each headline figure that lies within documents; empty unless
    /// documents were requested several times.
    pub within: BTreeMap<MetricName, Option<f64>>,
    /// The latency, throughput and cost of the extractor, if requested. Timings differ between
    /// machines, so reports omit them by default.
    pub timings: Option<Timings>,
    /// The predicted annotations by document id, for the pages that show documents; of repeats, the
    /// first.
    pub predicted: BTreeMap<String, Annotations>,
    /// The headline figures on slices of the documents; empty unless requested.
    pub slices: Vec<SliceScore>,
    /// The rows of the extractor's items, if they were rendered while documents were counted.
    pub rows: Option<Arc<dyn WrittenRows>>,
    /// The number of documents by status if they were streamed rather than loaded; otherwise empty,
    /// and `ends` has every document.
    pub unlisted: BTreeMap<Status, usize>,
}

/// An extractor against its accepted baseline. Both are scored with the current golden files.
#[derive(Debug, Clone, Default)]
pub struct AgainstBaseline {
    /// The headline figure of every layer; above [`Self::MOST_DOCUMENTS`] documents only those that
    /// a rule of the gate is about.
    pub headlines: Vec<Compared>,
    /// What the rules of the gate say about the extractor; empty if none is about it.
    pub findings: Vec<GateFinding>,
    /// The number of documents that only the run or only the baseline has. The headline figures
    /// here leave them out.
    pub left_out: usize,
    /// How the golden labels changed since the baseline was accepted; `None` if they did not, or if
    /// that is not known.
    pub labels: Option<LabelChange>,
}

impl AgainstBaseline {
    /// The most documents of a run whose headline figures are all compared with the baseline.
    pub const MOST_DOCUMENTS: usize = 1_000;
}

/// How the golden labels of a dataset changed since a baseline was accepted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LabelChange {
    /// Whether the labels differ for certain.
    pub is_certain: bool,
    /// The corrections since then, as far as they are known, as a phrase.
    pub corrections: String,
}

impl LabelChange {
    /// Returns a sentence for each different change, without a full stop, given the changes since
    /// the baselines of extractors were accepted.
    pub fn sentences(dataset: &str, changes: &[(&str, &Self)]) -> Vec<String> {
        let mut alike: BTreeMap<&Self, Vec<&str>> = BTreeMap::new();
        for (extractor, change) in changes {
            alike.entry(change).or_default().push(extractor);
        }
        let sentence = |(Self { is_certain, corrections }, extractors): (&Self, Vec<&str>)| {
            let changed = if *is_certain { "changed" } else { "may have changed" };
            let baselines = match extractors.as_slice() {
                [one] => format!("baseline of {} was", shown_name(one)),
                _ => {
                    let names: Vec<_> = extractors.iter().map(|name| shown_name(name)).collect();
                    format!("baselines of {} were", names.join(", "))
                }
            };
            format!("the golden labels of {dataset:?} {changed} since the {baselines} accepted: {corrections}")
        };
        alike.into_iter().map(sentence).collect()
    }
}

impl Report {
    /// Returns a report without extractors.
    pub fn new(dataset: &Dataset) -> Self {
        let texts = dataset.documents().map(|document| (document.id().to_owned(), document.clone()));
        Self {
            dataset: dataset.name.clone(),
            info: dataset.info.clone(),
            texts: texts.collect(),
            gold: BTreeMap::new(),
            documents: dataset.references.keys().cloned().collect(),
            unlisted: 0,
            extractors: Vec::new(),
            ceiling: BTreeMap::new(),
            passes: (dataset.annotators.len(), dataset.annotators.first().map_or(0, |pass| pass.documents.len())),
            is_confidential: false,
            is_of_run: false,
            sample: None,
        }
    }

    /// Returns a report on references of no named dataset, without extractors.
    pub fn of_references(references: &BTreeMap<String, Reference>) -> Self {
        let texts = references.iter().filter_map(|(id, reference)| Some((id.clone(), reference.document.clone()?)));
        let documents = references.keys().cloned().collect();
        Self { texts: texts.collect(), documents, ..Self::new(&Dataset::default()) }
    }

    /// Keeps the golden annotations, for the pages that show documents, with the places of their
    /// labels by document id, as far as they are known.
    pub fn add_gold(&mut self, references: &BTreeMap<String, Reference>, mut places: BTreeMap<String, GoldPlaces>) {
        let gold = references.iter().map(|(id, Reference { gold, meta, .. })| {
            let document = GoldDocument { annotations: gold.clone(), meta: meta.clone(), places: places.remove(id) };
            (id.clone(), document)
        });
        self.gold = gold.collect();
    }

    /// Removes the texts of the documents and what may quote them. Offsets, labels, ids and figures
    /// remain. Rows that were rendered while documents were counted must already be without texts.
    pub fn withhold_texts(&mut self) {
        self.is_confidential = true;
        self.texts = BTreeMap::new();
        for gold in self.gold.values_mut() {
            (gold.annotations, gold.meta) = Default::default();
        }
        for extractor in &mut self.extractors {
            extractor.predicted.clear();
            // Their names are values of the metadata.
            extractor.slices.clear();
            let findings = extractor.baseline.iter_mut().flat_map(|baseline| &mut baseline.findings);
            findings.filter_map(|finding| finding.slice.as_mut()).for_each(|slice| "a slice".clone_into(slice));
            let ends = extractor.ends.values_mut().filter_map(|(_, message)| message.as_mut());
            ends.for_each(|message| *message = withheld::failure(message));
            extractor.scores.withhold_texts();
        }
    }

    /// Returns the ceiling of a figure if it bounds the figure: if the passes differ, and no
    /// extractor is above them. Amounts, such as the density of a summary, and error rates have
    /// no bound.
    pub fn bound(&self, name: &MetricName) -> Option<f64> {
        let ceiling = *self.ceiling.get(name)?;
        let is_share = matches!(&*name.stat, "precision" | "recall" | "f1");
        let figures = self.extractors.iter().flat_map(|extractor| extractor.scores.figures());
        let highest = figures.filter(|figure| figure.name == *name).filter_map(|figure| figure.value);
        (is_share && ceiling < 1.0 && highest.fold(0.0, f64::max) <= ceiling).then_some(ceiling)
    }

    /// Returns a sentence for each way in which golden labels changed since baselines were
    /// accepted.
    pub fn label_changes(&self) -> Vec<String> {
        let changes: Vec<(&str, &LabelChange)> = self
            .extractors
            .iter()
            .filter_map(|extractor| Some((extractor.name.as_str(), extractor.baseline.as_ref()?.labels.as_ref()?)))
            .collect();
        LabelChange::sentences(&self.dataset, &changes)
    }

    /// Returns the number of documents.
    pub fn size(&self) -> usize {
        self.documents.len().max(self.unlisted)
    }

    /// Whether every extractor answered every document.
    pub fn is_complete(&self) -> bool {
        let is_answered = |extractor: &ExtractorReport| {
            extractor.ends.values().all(|(status, _)| *status == Status::Ok)
                && extractor.unlisted.iter().all(|(status, count)| *status == Status::Ok || *count == 0)
        };
        self.extractors.iter().all(is_answered)
    }

    /// Returns the layers on which at least one extractor was scored, in report order.
    pub fn layers(&self) -> BTreeSet<&Layer> {
        self.extractors.iter().flat_map(|extractor| &extractor.scores.layers).map(|scores| &scores.layer).collect()
    }

    /// Returns the extractors that were scored on a layer, with their scores on it.
    pub fn on_layer<'r>(&'r self, layer: &Layer) -> Vec<(&'r ExtractorReport, &'r LayerScores)> {
        let scores = |extractor: &'r ExtractorReport| {
            let of_layer = extractor.scores.layers.iter().find(|scores| scores.layer == *layer);
            of_layer.map(|scores| (extractor, scores))
        };
        self.extractors.iter().filter_map(scores).collect()
    }
}

impl ExtractorReport {
    /// Returns the results of a system whose documents were loaded. A document is missing if the
    /// answers lack it, or lack one of its repeats.
    pub fn new(system: &System, documents: &BTreeSet<String>, scores: Scores) -> Self {
        let repeats = system.repeats();
        let end = |id: &String| cut_message(Answer::end_after(system.answers.get(id), repeats));
        let ends = documents.iter().map(|id| (id.clone(), end(id))).collect();
        Self { ends, repeats, unlisted: BTreeMap::new(), ..Self::unlisted(system.name.clone(), scores) }
    }

    /// Returns the results of a system whose documents were streamed. Its `ends` has only the
    /// documents without an answer and those with an empty summary.
    pub fn unlisted(name: String, mut scores: Scores) -> Self {
        let counts = std::mem::take(&mut scores.statuses).into_iter();
        let (ends, empty_summaries) = (std::mem::take(&mut scores.ends), std::mem::take(&mut scores.empty_summaries));
        let without_layers = std::mem::take(&mut scores.without_layers);
        let mut ends: BTreeMap<_, _> = ends.into_iter().map(|(id, end)| (id, cut_message(end))).collect();
        ends.extend(empty_summaries.iter().map(|id| (id.clone(), (Status::Ok, None))));
        Self {
            name,
            ends,
            empty_summaries,
            without_layers,
            scores,
            agreement: None,
            correction: None,
            verdict: None,
            baseline: None,
            repeats: 1,
            within: BTreeMap::new(),
            timings: None,
            predicted: BTreeMap::new(),
            slices: Vec::new(),
            rows: None,
            unlisted: counts.map(|(status, count)| (status, count as usize)).collect(),
        }
    }

    /// Sets the status of documents that were left out to skipped, with the reason.
    pub fn leave_out(&mut self, left_out: BTreeMap<String, &'static str>) {
        let skipped = |(id, reason): (String, &str)| (id, (Status::Skipped, Some(reason.to_owned())));
        self.ends.extend(left_out.into_iter().map(skipped));
    }

    /// Returns the number of requested documents. Answers to documents that were not requested are
    /// excluded.
    pub fn asked(&self) -> usize {
        let all = if self.unlisted.is_empty() { self.ends.len() } else { self.unlisted.values().sum() };
        all - self.count(Status::Extra)
    }

    /// Returns the number of documents with a status.
    pub fn count(&self, status: Status) -> usize {
        if self.unlisted.is_empty() {
            return self.ends.values().filter(|(end, _)| *end == status).count();
        }
        self.unlisted.get(&status).copied().unwrap_or(0)
    }
}

/// Returns the extractor with the highest headline figure on a layer; the first one if several are
/// equal.
pub fn best<'r>(report: &'r Report, layer: &Layer) -> Option<(&'r ExtractorReport, &'r LayerScores)> {
    let value = |scores: &LayerScores| headline_figure(scores).and_then(|figure| figure.value).unwrap_or(-1.0);
    report.on_layer(layer).into_iter().rev().max_by(|(_, a), (_, b)| value(a).total_cmp(&value(b)))
}

/// Cuts the message of a document that was not answered.
pub fn cut_message((status, message): (Status, Option<String>)) -> (Status, Option<String>) {
    (status, message.map(|message| cut(&message, REPORTED).into_owned()))
}
