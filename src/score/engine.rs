//! The scoring engine: counts documents, adds up the counts, and computes the figures.
//!
//! Documents are counted in [`Portion`]s, each on one thread, in any order, whether they are loaded
//! or streamed. Counts are integers, and floating-point values are sorted by document id before
//! they are added. The scores therefore do not depend on the source, the number of threads, or the
//! order of the input.
//!
//! A metric group that alone scores entities may have a fast path for documents that contain only
//! plain spans or tags. Only
//! [`Engine::plain_counter`] and [`Engine::tag_counter`] decide whether it applies.

use std::collections::{BTreeMap, BTreeSet};

use super::accumulator::Accumulator;
use super::counts::SystemCounts;
use super::portion::Portion;
use super::sums::Sums;
use super::totals::{KeptDocument, Totals};
use super::wanted::Wanted;
use super::{DocumentScores, Formulas, ItemSink, LayerScores, Scores, Settings, System};
use crate::document::{Layer, LayerSet, Reference};
use crate::metric::options::Dropped;
use crate::metric::{LayerGroups, MetricName, PlainCounter, Statistics, Tagged, incomplete};
use crate::parallel;
use crate::work;

/// Counts documents and adds them up under one set of settings.
pub struct Engine<'s> {
    pub(super) settings: &'s Settings,
    /// The number of repeats of every document.
    pub(super) repeats: usize,
    /// If set, only these layers are counted.
    pub(super) layers: Option<LayerSet>,
    /// Whether documents arrive cluster by cluster, in the order of the cluster names.
    pub(super) is_ordered: bool,
    /// The metrics whose sums are kept for every document, for comparisons.
    pub(super) wanted: Option<Wanted>,
    /// Whether sums over all documents are computed, from which scores are derived.
    pub(super) adds_up: bool,
    /// If set, receives the items of every document, which are then not kept.
    pub(super) sink: Option<&'s dyn ItemSink>,
    pub(super) totals: Totals,
}

impl<'s> Engine<'s> {
    /// Returns an engine that has counted no documents.
    ///
    /// # Panics
    /// Panics if two metric groups of the settings count the same metric.
    pub fn new(settings: &'s Settings) -> Self {
        LayerGroups::assert_distinct(settings.metric_groups(), &settings.options);
        Self {
            settings,
            repeats: 1,
            layers: None,
            is_ordered: false,
            wanted: None,
            adds_up: true,
            sink: None,
            totals: Totals::default(),
        }
    }

    /// Returns an engine that keeps the sums of every document for the metrics in `wanted`, and
    /// item outcomes if the settings request documents. It computes no scores.
    pub fn counting(settings: &'s Settings, wanted: Wanted) -> Self {
        Self { wanted: Some(wanted), adds_up: false, ..Self::new(settings) }
    }

    /// Returns an engine that keeps the sums of every document for the metrics in `wanted`, and
    /// also computes scores.
    pub fn counting_and_scoring(settings: &'s Settings, wanted: Wanted) -> Self {
        Self { adds_up: true, ..Self::counting(settings, wanted) }
    }

    /// Returns whether the figures and items of every document are kept.
    pub(super) fn keeps_documents(&self) -> bool {
        self.settings.documents && self.wanted.is_none()
    }

    /// Returns the sums of every document, sorted by document id, under the name of the system.
    pub fn into_counts(self, name: &str) -> SystemCounts {
        let (repeats, wanted) = (self.repeats, self.wanted.unwrap_or_default());
        let mut counts = self.totals.counts.unwrap_or_else(|| SystemCounts::new("", wanted)).in_order();
        counts.name = name.to_owned();
        counts.repeats = repeats;
        counts
    }

    /// Returns the scores of a system that declares these layers, and the sums of every document.
    pub fn finish_with_counts(mut self, name: &str, declared: &LayerSet) -> (Scores, SystemCounts) {
        let (settings, repeats, wanted) = (self.settings, self.repeats, self.wanted.clone());
        let counts = self.totals.counts.take();
        let scores = self.finish(declared);
        let kept = Engine { repeats, wanted, ..Engine::new(settings) };
        let mut counts = Engine { totals: Totals { counts, ..Totals::default() }, ..kept }.into_counts(name);
        counts.keep_declared(declared, settings);
        (scores, counts)
    }

    /// Returns whether the texts of items are kept or shown.
    pub(super) fn needs_texts(&self) -> bool {
        self.settings.examples || (self.settings.documents && self.wanted.is_some())
    }

    /// Returns the settings.
    pub fn settings(&self) -> &'s Settings {
        self.settings
    }

    /// Returns the metric groups that count a layer, or `None` if the layer is not to be counted.
    pub(super) fn groups(&self, layer: &Layer) -> Option<LayerGroups> {
        let groups = self.settings.groups_of(layer)?;
        let is_wanted = self.settings.layers.as_ref().is_none_or(|layers| layers.contains(layer))
            && self.layers.as_ref().is_none_or(|layers| layers.contains(layer));
        is_wanted.then_some(groups)
    }

    /// Returns the fast path for documents with only plain spans, if it supports everything that
    /// the settings request.
    pub fn plain_counter(&self) -> Option<&'static dyn PlainCounter> {
        let is_mapped = !self.settings.options.labels.map.is_empty();
        let groups = self.groups(&Layer::Entities).filter(|_| !self.keeps_documents() && !is_mapped)?;
        groups.only()?.plain(&self.settings.options)
    }

    /// Returns the fast path for documents with only tags, if it supports everything that the
    /// settings request.
    pub fn tag_counter(&self) -> Option<&'static dyn Tagged> {
        let Settings { documents, items, examples, .. } = self.settings;
        let wants_items = *documents || *items || *examples || self.wanted.is_some();
        let group = self.groups(&Layer::Entities).filter(|_| !wants_items)?.only()?;
        group.tagged().filter(|_| group.arithmetic().is_of_single_sums() && self.settings.options.labels.map.is_empty())
    }

    /// Returns an empty accumulator for the metric groups of a layer.
    pub(super) fn accumulator(&self, groups: LayerGroups) -> Accumulator {
        if self.is_ordered { Accumulator::new(groups) } else { Accumulator::in_any_order(groups) }
    }

    /// Returns an empty portion, to count documents on one thread.
    pub fn portion(&self) -> Portion<'_, 's> {
        Portion::new(self)
    }

    /// Adds the documents of a finished portion. If the source is ordered, portions must be added
    /// in that order.
    pub fn add(&mut self, portion: Totals) {
        self.totals.merge(portion, self.sink);
    }

    /// Counts loaded documents.
    pub(super) fn count<'r>(
        &mut self,
        references: impl Iterator<Item = (&'r String, &'r Reference)> + Clone,
        system: &System,
    ) {
        self.is_ordered = true;
        self.repeats = system.repeats();
        self.layers = Some(scored_layers(references.clone(), &system.declared, self));
        let clusters = self.settings.cluster.groups(references);
        for batch in clusters.chunks(PORTION * BATCH) {
            let count = |clusters: &[Vec<(&String, &Reference)>]| {
                let mut portion = self.portion();
                for cluster in clusters {
                    let documents: Vec<_> = cluster
                        .iter()
                        .map(|(id, reference)| (id.as_str(), *reference, system.answers.get(*id)))
                        .collect();
                    portion.cluster(&documents);
                    work::DOCUMENTS.add(documents.len() as u64);
                }
                portion.finish()
            };
            let portions: Vec<Totals> = parallel::map(batch.chunks(PORTION).collect::<Vec<_>>(), count);
            portions.into_iter().for_each(|portion| self.add(portion));
        }
    }

    /// Returns the layers of the counted golden files, and those of the predictions.
    pub fn layers(&self) -> (&LayerSet, &LayerSet) {
        (&self.totals.golden, &self.totals.predicted)
    }

    /// Returns the scores of a system that declares these layers.
    pub fn finish(self, declared: &LayerSet) -> Scores {
        let Self { settings, repeats, totals, sink, .. } = self;
        let Totals { layers, statuses, ends, empty_summaries, without_layers, dropped, .. } = totals;
        let mut scores = Scores { statuses, ends, without_layers, ..Scores::default() };
        for (layer, counted) in layers {
            let groups = settings.groups_of(&layer).filter(|groups| groups.is_answered_by(&layer, declared));
            let Some(groups) = groups else { continue };
            let mut accumulated = counted.accumulator;
            accumulated.put_in_order();
            let formulas = Formulas { groups, settings };
            let sums = Sums::new(formulas, &layer, accumulated, repeats);
            let (figures, ranking) = (sums.figures(), sums.ranking());
            let cautions: Vec<String> = groups.cautions(&settings.options).collect();
            let warnings = super::warnings::lines(counted.warnings);
            let unranked = ranking.as_ref().and_then(|ranked| incomplete(&ranked.ranking));
            let mut document_metrics =
                if counted.documents.is_empty() { Vec::new() } else { sums.names_in_documents() };
            if sink.is_some() {
                document_metrics.retain(MetricName::is_whole);
            }
            let documents = counted.documents.into_iter().map(|(id, document)| {
                let KeptDocument { status, message, gold, sums: of_document, items, facts } = document;
                let values = sums.values_in(&document_metrics, &Statistics::from_iter(of_document));
                (id, DocumentScores { status, message, gold, values, items, facts })
            });
            let documents = documents.collect();
            let mut examples = counted.examples;
            let headline = formulas.headline(&layer);
            let has_headline = figures.iter().any(|figure| headline.as_ref() == Some(&figure.name));
            examples.finish(has_headline);
            scores.layers.push(LayerScores {
                headline,
                figures,
                document_metrics,
                documents,
                items: counted.items,
                examples,
                ranking,
                warnings: cautions.into_iter().chain(unranked).chain(warnings).collect(),
                layer,
            });
        }
        if scores.layers.iter().any(|scores| scores.layer == Layer::Summaries) {
            scores.empty_summaries = empty_summaries;
        }
        let [gold, predicted] = &dropped;
        if let (Some(warning), Some(layer)) = (dropped_labels(gold, predicted), scores.layers.first_mut()) {
            layer.warnings.insert(0, warning);
        }
        scores
    }
}

/// Scores the answers of one system against the golden files. A document without an answer counts
/// as missing.
pub fn score(references: &BTreeMap<String, Reference>, system: &System, settings: &Settings) -> Scores {
    score_documents(references.iter(), system, settings)
}

/// Scores the answers of one system on the documents with these ids. A document without an answer
/// counts as missing.
pub fn score_slice(
    references: &BTreeMap<String, Reference>,
    ids: &BTreeSet<String>,
    system: &System,
    settings: &Settings,
) -> Scores {
    score_documents(references.iter().filter(|(id, _)| ids.contains(*id)), system, settings)
}

fn score_documents<'r>(
    references: impl Iterator<Item = (&'r String, &'r Reference)> + Clone,
    system: &System,
    settings: &Settings,
) -> Scores {
    let mut engine = Engine::new(settings);
    engine.count(references, system);
    engine.finish(&system.declared)
}

/// Scores the answers of one system against the golden files, and passes the items of every
/// document to `sink` as soon as they are counted instead of keeping them.
pub fn score_into(
    references: &BTreeMap<String, Reference>,
    system: &System,
    settings: &Settings,
    sink: &dyn ItemSink,
) -> Scores {
    let mut engine = Engine { sink: Some(sink), ..Engine::new(settings) };
    engine.count(references.iter(), system);
    engine.finish(&system.declared)
}

/// Returns the layers that are annotated, requested and answered.
fn scored_layers<'r>(
    references: impl Iterator<Item = (&'r String, &'r Reference)>,
    declared: &LayerSet,
    engine: &Engine<'_>,
) -> LayerSet {
    let annotated: BTreeSet<Layer> = references.flat_map(|(_, reference)| reference.gold.layers()).collect();
    let is_scored = |layer: &Layer| engine.groups(layer).is_some_and(|groups| groups.is_answered_by(layer, declared));
    annotated.into_iter().filter(is_scored).collect()
}

/// Describes the labels that a label map dropped from the scored documents; `None` if it dropped
/// none.
fn dropped_labels(gold: &Dropped, predicted: &Dropped) -> Option<String> {
    let labels: BTreeSet<&String> = gold.labels.keys().chain(predicted.labels.keys()).collect();
    if labels.is_empty() {
        return None;
    }
    let count = |side: &Dropped, label: &String| side.labels.get(label).copied().unwrap_or(0);
    let each: Vec<String> = labels
        .into_iter()
        .map(|label| format!("{label} ({} gold, {} predicted)", count(gold, label), count(predicted, label)))
        .collect();
    let mut text = format!("`labels.map` leaves out {}", each.join(", "));
    let references = gold.references + predicted.references;
    if references > 0 {
        text.push_str(&format!(", and {references} relations or arguments of events that refer to these"));
    }
    Some(text)
}

/// The number of clusters in one portion.
const PORTION: usize = 64;

/// The number of portions that are counted before they are added up, which bounds memory use.
const BATCH: usize = 64;

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Settings, score};
    use crate::document::{Annotations, Entity, Layer, Reference, Span};
    use crate::score::{Answer, Scores, Status, System};

    fn annotations(spans: &[(u32, &str)]) -> Annotations {
        let entity = |&(start, label): &(u32, &str)| Entity::new(Span::new(start, start + 3), label);
        Annotations { entities: Some(spans.iter().map(entity).collect()), ..Annotations::default() }
    }

    fn scores(documents: &[(&str, Annotations, Answer)], settings: &Settings) -> Scores {
        let reference = |gold: &Annotations| Reference { gold: gold.clone(), ..Reference::default() };
        let references = documents.iter().map(|(id, gold, _)| ((*id).to_owned(), reference(gold))).collect();
        let answers: BTreeMap<_, _> =
            documents.iter().map(|(id, _, answer)| ((*id).to_owned(), answer.clone())).collect();
        let system = System { name: "x".to_owned(), declared: [Layer::Entities].into(), answers };
        score(&references, &system, settings)
    }

    fn value(scores: &Scores, name: &str) -> Option<f64> {
        scores.figures().find(|figure| figure.name.to_string() == name).unwrap_or_else(|| panic!("{name}")).value
    }

    /// seqeval 1.2.2 prints micro F1 .4, macro .25, weighted .333 for gold A, B, C against A, D.
    #[test]
    fn averages_are_those_of_seqeval() {
        let gold = annotations(&[(0, "A"), (10, "B"), (20, "C")]);
        let predicted = annotations(&[(0, "A"), (30, "D")]);
        let scores = scores(&[("d", gold, Answer::ok(predicted))], &Settings::default());
        assert_eq!(value(&scores, "entities.strict.f1"), Some(0.4));
        assert_eq!(value(&scores, "entities.strict.macro.f1"), Some(0.25));
        assert_eq!(value(&scores, "entities.strict.weighted.f1"), Some(1.0 / 3.0));
        assert_eq!(value(&scores, "entities.strict[D].recall"), None);
        assert_eq!(value(&scores, "entities.strict[D].f1"), Some(0.0));
        assert_eq!(value(&scores, "entities.strict[B].precision"), None);
    }

    #[test]
    fn an_undefined_figure_is_null_by_default() {
        let empty = || ("d", annotations(&[]), Answer::ok(annotations(&[])));
        assert_eq!(value(&scores(&[empty()], &Settings::default()), "entities.strict.f1"), None);
        let settings = Settings { zero_division: Some(0.0), ..Settings::default() };
        let figures = scores(&[empty()], &settings);
        assert_eq!(value(&figures, "entities.strict.f1"), Some(0.0));
        assert!(figures.figures().all(|figure| figure.signature.get("empty") == Some("0")));
    }

    #[test]
    fn a_failed_document_counts_as_empty_and_the_answered_ones_stand_beside() {
        let gold = annotations(&[(0, "A"), (10, "A")]);
        let failed = Answer::without(Status::Failed, "no");
        let documents = [("a", gold.clone(), Answer::ok(gold.clone())), ("b", gold, failed)];
        let scores = scores(&documents, &Settings::default());
        let recall = scores.figures().find(|figure| figure.name.to_string() == "entities.strict.recall").unwrap();
        assert_eq!((recall.value, recall.answered), (Some(0.5), Some(1.0)));
        assert_eq!((recall.documents, recall.documents_answered, recall.gold), (2, 1, 4));
        assert_eq!(scores.layers[0].documents["b"].message.as_deref(), Some("no"));
    }

    #[test]
    fn a_missing_document_is_scored_and_an_undeclared_layer_is_not() {
        let gold = annotations(&[(0, "A")]);
        let references: BTreeMap<_, _> = [("a".to_owned(), Reference { gold, ..Reference::default() })].into();
        let mut system = System { name: "x".to_owned(), declared: [Layer::Entities].into(), answers: BTreeMap::new() };
        let scores = score(&references, &system, &Settings::default());
        assert_eq!(value(&scores, "entities.strict.recall"), Some(0.0));
        assert_eq!(scores.layers[0].documents["a"].status, Status::Missing);
        system.declared = [Layer::Keyphrases].into();
        assert!(score(&references, &system, &Settings::default()).layers.is_empty());
    }
}
