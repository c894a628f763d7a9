//! Counts the documents of one portion on one thread. Portions are independent, so they can be
//! counted in parallel and added in any order.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use super::accumulator::DocumentContribution;
use super::counts::SystemCounts;
use super::engine::Engine;
use super::fast_totals::FastTotals;
use super::fingerprint::fingerprint;
use super::packed::PackedItem;
use super::totals::{KeptDocument, Totals};
use super::{Answer, Example, Examples, Formulas, ItemBlock, Rendered, Status, SummaryTexts};
use crate::align;
use crate::document::{Annotations, Entity, Layer, Reference, Span, Tags};
use crate::guard::guarded;
use crate::metric::options::Dropped;
use crate::metric::{
    Case, Class, LayerGroups, Outcome, PlainCounter, PlainOutcome, Statistics, TagTable, Tagged, plain_items, readable,
};

/// The id of a document with its golden file and its answer, if there is one.
pub type DocumentPair<'d> = (&'d str, &'d Reference, Option<&'d Answer>);

/// Counts documents on one thread.
pub struct Portion<'e, 's> {
    engine: &'e Engine<'s>,
    totals: Totals,
    fast: Option<FastTotals>,
}

/// Two token files with the same tokens, and the table by which a metric group interprets their
/// tags.
pub struct TaggedFiles<'t> {
    /// The golden and the predicted tags; sentences and opening tags are set for each document.
    pub sides: [Tags; 2],
    /// The interpretation of the tags.
    pub table: &'t TagTable,
}

impl<'e, 's> Portion<'e, 's> {
    pub(super) fn new(engine: &'e Engine<'s>) -> Self {
        let counts = engine.wanted.as_ref().map(|wanted| SystemCounts::new("", wanted.clone()));
        Self { engine, totals: Totals { counts, ..Totals::default() }, fast: None }
    }

    /// Counts a document that is independent of all others.
    pub fn document(&mut self, id: &str, reference: &Reference, answer: Option<&Answer>) {
        self.cluster(&[(id, reference, answer)]);
    }

    /// Counts the documents of a cluster, which is independent of all other documents.
    pub fn cluster(&mut self, documents: &[DocumentPair<'_>]) {
        let mut by_layer: BTreeMap<Layer, Vec<CountedLayer<'_>>> = BTreeMap::new();
        for document in documents {
            for (layer, counted) in self.count(*document) {
                by_layer.entry(layer).or_default().push(counted);
            }
        }
        for (layer, counted) in by_layer {
            let totals = self.totals.layer(self.engine, &layer, counted[0].groups);
            let parts: Vec<DocumentContribution<'_>> = counted.iter().map(CountedLayer::part).collect();
            match parts.as_slice() {
                _ if !self.engine.adds_up => {}
                [alone] => totals.accumulator.add(alone),
                together => totals.accumulator.add_cluster(together),
            }
            for document in counted {
                let CountedLayer { id, status, message, gold, outcome, rendered, .. } = document;
                if !outcome.warnings.is_empty() {
                    totals.warnings.push((id.to_owned(), outcome.warnings));
                }
                totals.rendered.extend(rendered.map(|rendered| (id.to_owned(), rendered)));
                if self.engine.keeps_documents() {
                    let Outcome { mut statistics, items, facts, .. } = outcome;
                    if self.engine.sink.is_some() {
                        // For single documents only whole-layer figures are written.
                        statistics.drop_labels();
                    }
                    let (items, facts) = if self.engine.sink.is_some() { Default::default() } else { (items, facts) };
                    let sums = statistics.into_iter().collect();
                    let document = KeptDocument { status, message, gold, sums, items, facts };
                    totals.documents.insert(id.to_owned(), document);
                }
            }
        }
    }

    /// Counts every layer of a document. A panic of a metric costs this document only: it then
    /// counts as one that failed.
    fn count<'d>(&mut self, (id, reference, answer): DocumentPair<'d>) -> Vec<(Layer, CountedLayer<'d>)> {
        match guarded(|| self.layers(id, reference, answer)) {
            Ok(layers) => self.add_document((id, reference, answer), layers),
            Err(panic) => {
                self.totals.predicted.extend(answer.into_iter().flat_map(|answer| answer.annotations.layers()));
                let failed = Answer::without(Status::Failed, format!("scoring it {panic}"));
                let failed = (id, reference, Some(&failed));
                // If the golden annotations alone make it panic, no figure has the document.
                let layers = guarded(|| self.layers(id, reference, failed.2)).unwrap_or_default();
                self.add_document(failed, layers)
            }
        }
    }

    /// Counts every layer of a document, without adding anything up.
    fn layers<'d>(&self, id: &'d str, reference: &Reference, answer: Option<&Answer>) -> DocumentLayers<'d> {
        let engine = self.engine;
        let (status, message) = Answer::end_after(answer, engine.repeats);
        let mut dropped: [Dropped; 2] = Default::default();
        let labels = &engine.settings.options.labels;
        let mapped = labels.apply(&reference.gold).map(|(gold, of_gold)| {
            dropped[0].merge(of_gold);
            gold
        });
        let golden = mapped.as_ref().unwrap_or(&reference.gold);
        let answers: Vec<Option<&Answer>> =
            answer.into_iter().flat_map(Answer::each).map(|answer| Some(answer).filter(is_there)).collect();
        let mapped: Vec<Option<Annotations>> = answers
            .iter()
            .map(|answer| {
                let (annotations, of_answer) = labels.apply(&(*answer)?.annotations)?;
                dropped[1].merge(of_answer);
                Some(annotations)
            })
            .collect();
        let predicted: Vec<Option<&Annotations>> = answers
            .iter()
            .zip(&mapped)
            .map(|(answer, mapped)| mapped.as_ref().or(answer.map(|answer| &answer.annotations)))
            .collect();
        let mut counted = Vec::new();
        for layer in reference.gold.layers() {
            let Some(groups) = engine.groups(&layer) else { continue };
            let gold = readable(golden, groups.first());
            let Some(gold_items) = groups.first().gold_items(&layer, &gold, &engine.settings.options) else { continue };
            let case =
                Counter { engine, id, reference, golden, gold: &gold, predicted: &predicted, groups, layer: &layer };
            let document = case.count(status, message.clone(), gold_items, &self.totals);
            counted.push((layer.clone(), document));
        }
        DocumentLayers { counted, dropped }
    }

    /// Adds the counted layers of a document to the totals.
    fn add_document<'d>(
        &mut self,
        (id, reference, answer): DocumentPair<'_>,
        DocumentLayers { counted, dropped }: DocumentLayers<'d>,
    ) -> Vec<(Layer, CountedLayer<'d>)> {
        let engine = self.engine;
        let (status, message) = Answer::end_after(answer, engine.repeats);
        *self.totals.statuses.entry(status).or_default() += 1;
        let has_answer = answer.is_some_and(|answer| answer.each().any(|answer| is_there(&answer)));
        let ended = (status, has_answer);
        let number = self.totals.counts.as_mut().map(|counts| counts.document(id, ended, fingerprint(answer)));
        let layers = reference.gold.layers();
        self.totals.predicted.extend(answer.into_iter().flat_map(|answer| answer.annotations.layers()));
        if status == Status::Ok && reference.gold.summaries.is_some() && answer.is_some_and(Answer::has_empty_summary) {
            self.totals.empty_summaries.insert(id.to_owned());
        } else if status == Status::Ok && answer.is_some_and(|answer| answer.annotations.layers().is_empty()) {
            self.totals.without_layers.insert(id.to_owned());
        }
        if status != Status::Ok {
            self.totals.ends.insert(id.to_owned(), (status, message));
        }
        self.totals.dropped.iter_mut().zip(dropped).for_each(|(sum, dropped)| sum.merge(dropped));
        self.totals.golden.extend(layers);
        for (layer, document) in &counted {
            let totals = self.totals.layer(engine, layer, document.groups);
            if engine.settings.items {
                totals.items.add(layer, &document.outcome.items);
            }
            if let (Some(counts), Some(number)) = (&mut self.totals.counts, number) {
                // If documents stay loaded, texts are taken from the document later.
                let kept = reference.document.as_ref().filter(|_| engine.is_ordered);
                let covered = |(start, end): (u32, u32)| kept?.slice(start, end);
                let outcomes: Vec<PackedItem<'_>> =
                    document.outcome.items.iter().filter_map(|item| PackedItem::of(item, covered)).collect();
                let counts = counts.layer_mut(layer, document.groups);
                counts.push(number, document.gold, &document.outcome.statistics, outcomes.into_iter());
            }
        }
        if engine.settings.examples {
            self.choose(Some((reference, answer)), &counted);
        }
        counted
    }

    /// Selects the examples of a document.
    fn choose(&mut self, read: Option<(&Reference, Option<&Answer>)>, counted: &[(Layer, CountedLayer<'_>)]) {
        let text = read.and_then(|(reference, _)| reference.document.as_ref());
        let points = counted.iter().find(|(layer, _)| *layer == Layer::KeyPoints);
        let points = points.map_or(&[][..], |(_, document)| &document.outcome.items);
        for (layer, document) in counted {
            let CountedLayer { id, status, value, outcome, ngrams, .. } = document;
            let so_far = self.engine.totals.layers.get(layer).map(|totals| &totals.examples);
            let Some(totals) = self.totals.layers.get_mut(layer) else { continue };
            let here = &mut totals.examples;
            let admits =
                |here: &Examples, admits: &dyn Fn(&Examples) -> bool| admits(here) && so_far.is_none_or(admits);
            let example = || Example {
                id: (*id).to_owned(),
                value: *value,
                status: *status,
                items: outcome.items.clone(),
                facts: outcome.facts.clone(),
                ngrams: ngrams.clone(),
                key_points: points.to_vec(),
                summary: read.filter(|_| *layer == Layer::Summaries).and_then(summary_texts),
            };
            if admits(here, &|examples| examples.admits_lowest(*value, id)) {
                here.add_lowest(example());
            }
            let has_words = *status == Status::Ok && !(ngrams.is_empty() && outcome.facts.is_empty());
            if has_words && admits(here, &|examples| examples.admits_summary(*value, id)) {
                here.add_summary(example());
            }
            for class in Class::ALL.into_iter().filter(|class| *class != Class::Correct) {
                let mut items = outcome.items.iter().filter(|item| item.class == class).peekable();
                if items.peek().is_some() && admits(here, &|examples| examples.admits_error(class, id)) {
                    items.for_each(|item| here.add_error(id, item, text));
                }
            }
            if *layer == Layer::KeyPoints && admits(here, &|examples| examples.admits_verdicts(id)) {
                here.add_verdicts(id, &outcome.items);
            }
            let is_kept = admits(here, &|examples| examples.admits_invented(id));
            here.add_invented(id, &outcome.facts, is_kept);
        }
    }

    /// Counts an answered document with only plain spans. Label numbers are indices into `labels`,
    /// which must be the same for all documents of a portion. `answer` is the fingerprint of the
    /// answer, used if the sums of every document are kept.
    pub fn plain(
        &mut self,
        counter: &dyn PlainCounter,
        (id, answer): (&str, u128),
        sides: [&[align::LabelledSpan]; 2],
        labels: &[Arc<str>],
    ) {
        let [gold, predicted] = sides;
        let settings = self.engine.settings;
        let keeps_outcomes = settings.documents && self.engine.wanted.is_some();
        let wants_outcomes = settings.items || settings.examples || keeps_outcomes;
        let Some(mut fast) = self.fast.take().or_else(|| FastTotals::new(self.engine, labels)) else { return };
        fast.outcomes.clear();
        let outcomes = wants_outcomes.then_some(&mut fast.outcomes);
        if let Err(panic) = guarded(|| counter.count(gold, predicted, &mut fast.statistics, outcomes)) {
            self.fast = Some(fast);
            return self.fail_plain(id, &panic, gold, labels);
        }
        if let Some(counts) = &mut self.totals.counts {
            let number = counts.document(id, (Status::Ok, true), answer);
            let outcomes = if keeps_outcomes { fast.outcomes_in_order(sides) } else { Vec::new() };
            let counts = counts.layer_mut(&Layer::Entities, fast.groups);
            counts.push_plain(number, gold.len() as u64, &fast.statistics, &fast.names, outcomes.into_iter());
        }
        if settings.items {
            fast.items.add(&fast.outcomes, sides);
        }
        self.add_fast(&fast, id, gold.len() as u64);
        if !fast.statistics.warnings.is_empty() {
            let warnings = std::mem::take(&mut fast.statistics.warnings);
            self.totals.layer(self.engine, &Layer::Entities, fast.groups).warnings.push((id.to_owned(), warnings));
        }
        if settings.examples {
            self.choose_plain(&fast, id, sides);
        }
        self.fast = Some(fast);
    }

    /// Counts a document with only plain spans as one that failed, since a fast path panicked on
    /// it.
    fn fail_plain(&mut self, id: &str, panic: &str, gold: &[align::LabelledSpan], labels: &[Arc<str>]) {
        let entity = |item: &align::LabelledSpan| {
            Entity::new(Span::new(item.start, item.end), labels[item.label as usize].to_string())
        };
        let gold = Annotations { entities: Some(gold.iter().map(entity).collect()), ..Annotations::default() };
        let failed = Answer::without(Status::Failed, format!("scoring it {panic}"));
        self.document(id, &Reference { gold, ..Reference::default() }, Some(&failed));
    }

    /// Counts an answered document with only tags. Returns `false` if the files must be loaded
    /// instead.
    pub fn tagged(&mut self, counter: &dyn Tagged, files: &TaggedFiles<'_>, labels: &[Arc<str>]) -> bool {
        let Some(mut fast) = self.fast.take().or_else(|| FastTotals::new(self.engine, labels)) else { return false };
        let [gold, predicted] = &files.sides;
        let count = guarded(|| counter.sum(gold, predicted, files.table, &mut fast.statistics));
        let Ok(Some(count)) = count else { return false };
        // Nothing is kept for single documents, so no id is needed.
        self.add_fast(&fast, "", count);
        self.fast = Some(fast);
        true
    }

    /// Adds the sums of an answered document that a fast path counted.
    fn add_fast(&mut self, fast: &FastTotals, id: &str, gold: u64) {
        let totals = self.totals.layer(self.engine, &Layer::Entities, fast.groups);
        if self.engine.adds_up {
            totals.accumulator.add_plain(id, &fast.statistics, &fast.names, gold);
        }
        *self.totals.statuses.entry(Status::Ok).or_default() += 1;
    }

    /// Selects the examples of the document that a fast path counted last. Its items are built only
    /// if one of them is an example.
    fn choose_plain(&mut self, fast: &FastTotals, id: &str, [gold, predicted]: [&[align::LabelledSpan]; 2]) {
        let value = fast.headline(self.engine);
        let totals = [&self.engine.totals, &self.totals].map(|totals| totals.layers.get(&Layer::Entities));
        let admits =
            |admits: &dyn Fn(&Examples) -> bool| totals.iter().flatten().all(|totals| admits(&totals.examples));
        let shows = |outcome: &PlainOutcome| {
            outcome.class != Class::Correct && admits(&|examples| examples.admits_error(outcome.class, id))
        };
        if !fast.outcomes.iter().any(shows) && !admits(&|examples| examples.admits_lowest(value, id)) {
            return;
        }
        let items = plain_items(gold, predicted, &fast.names.labels, &fast.outcomes);
        let counted = CountedLayer {
            id,
            groups: fast.groups,
            status: Status::Ok,
            has_answer: true,
            message: None,
            gold: gold.len() as u64,
            outcome: Outcome { items, ..Outcome::default() },
            value,
            ngrams: Vec::new(),
            rendered: None,
        };
        self.choose(None, &[(Layer::Entities, counted)]);
    }

    /// Returns the sums of the portion.
    pub fn finish(mut self) -> Totals {
        if let Some(fast) = self.fast.take() {
            let totals = self.totals.layer(self.engine, &Layer::Entities, fast.groups);
            totals.items.merge(fast.items.named(&fast.names.labels));
            self.totals.golden.insert(Layer::Entities);
            self.totals.predicted.insert(Layer::Entities);
        }
        self.totals
    }
}

/// The counted layers of a document, and what the label map dropped from both sides.
#[derive(Default)]
struct DocumentLayers<'d> {
    counted: Vec<(Layer, CountedLayer<'d>)>,
    dropped: [Dropped; 2],
}

/// Returns the summary of an answer beside the first reference.
fn summary_texts((reference, answer): (&Reference, Option<&Answer>)) -> Option<SummaryTexts> {
    let references = reference.gold.summaries.as_ref()?;
    let candidate = answer?.annotations.summaries.as_ref()?.first()?.clone();
    Some(SummaryTexts { candidate, reference: references.first()?.clone(), references: references.len() })
}

/// Whether an answer is to be scored.
fn is_there(answer: &&Answer) -> bool {
    matches!(answer.status, Status::Ok | Status::Extra)
}

/// One layer of one document while it is counted.
struct CountedLayer<'d> {
    id: &'d str,
    groups: LayerGroups,
    status: Status,
    /// Whether any repeat was answered.
    has_answer: bool,
    message: Option<String>,
    gold: u64,
    outcome: Outcome,
    /// The headline figure of this document alone, if examples are selected by it.
    value: Option<f64>,
    ngrams: Vec<crate::metric::summary::Ngram>,
    rendered: Option<Rendered>,
}

impl CountedLayer<'_> {
    fn part(&self) -> DocumentContribution<'_> {
        let statistics = &self.outcome.statistics;
        let (is_answered, has_answer) = (self.status == Status::Ok, self.has_answer);
        DocumentContribution { id: self.id, statistics, is_answered, has_answer, gold: self.gold }
    }
}

/// The input for counting one layer of one document.
struct Counter<'c, 'd, 's> {
    engine: &'c Engine<'s>,
    id: &'d str,
    reference: &'c Reference,
    /// The golden annotations as they were loaded, and as the first group reads them.
    golden: &'c Annotations,
    gold: &'c Annotations,
    /// The answers, in the order of the repeats; `None` for a repeat that failed.
    predicted: &'c [Option<&'c Annotations>],
    groups: LayerGroups,
    layer: &'c Layer,
}

impl<'d> Counter<'_, 'd, '_> {
    /// Counts the layer. Repeats are summed; a missing repeat counts as an empty answer, except for
    /// figures that rest on answers.
    fn count(self, status: Status, message: Option<String>, gold: u64, here: &Totals) -> CountedLayer<'d> {
        let Self { engine, id, reference, groups, layer, .. } = self;
        let settings = engine.settings;
        let predicted = |repeat: usize| self.predicted.get(repeat).copied().flatten().unwrap_or(&NOTHING);
        let first = readable(predicted(0), groups.first());
        let document = reference.document.as_ref();
        let case = Case { document, gold: self.gold, predicted: &first, options: &settings.options };
        let wants_items = settings.documents || settings.items || settings.examples || engine.sink.is_some();
        let mut outcome = groups.count(layer, &case, [self.golden, predicted(0)], wants_items);
        let leave_out = |repeat: usize, statistics: &mut Statistics| {
            if self.predicted.get(repeat).copied().flatten().is_none() {
                statistics.retain(|metric| !groups.rests_on_answers(metric, &settings.options));
            }
        };
        leave_out(0, &mut outcome.statistics);
        let formulas = Formulas { groups, settings };
        let headline = formulas.headline(layer).filter(|_| settings.examples);
        let value = headline.and_then(|name| formulas.value_of_document(&outcome.statistics, &name));
        let is_shown = settings.examples && *layer == Layer::Summaries && status == Status::Ok;
        let so_far = [&engine.totals, here].map(|totals| totals.layers.get(layer));
        let mut known = so_far.into_iter().flatten().map(|totals| &totals.examples);
        let is_shown = is_shown && known.all(|examples| examples.admits_summary(value, id));
        let ngrams = if is_shown { groups.ngrams(&case) } else { Vec::new() };
        for repeat in 1..engine.repeats {
            let more = readable(predicted(repeat), groups.first());
            let case = Case { predicted: &more, ..case };
            let mut more = groups.count(layer, &case, [self.golden, predicted(repeat)], false);
            leave_out(repeat, &mut more.statistics);
            outcome.statistics.merge(&more.statistics);
        }
        let rendered = engine
            .sink
            .map(|sink| sink.render(&ItemBlock { id, layer, document, items: &outcome.items, facts: &outcome.facts }));
        let has_answer = self.predicted.iter().any(Option::is_some);
        CountedLayer { id, groups, status, has_answer, message, gold, outcome, value, ngrams, rendered }
    }
}

/// The annotations of a document that was not answered.
static NOTHING: LazyLock<Annotations> = LazyLock::new(Annotations::default);
