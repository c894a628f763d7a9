//! Pairwise scores: each annotator is scored against each other one as if that one were gold.
//! Swapping the two swaps precision and recall and keeps F1 (Hripcsak and Rothschild 2005).

use std::collections::{BTreeMap, BTreeSet};

use crate::document::{Annotations, Annotator, Layer, LayerSet, Reference};
use crate::metric::{Case, Item, MetricGroup, MetricName, Name};
use crate::parallel;
use crate::score::{Answer, Figure, Scores, Settings, System, score};

/// The scores of a pair of annotators.
#[derive(Debug, Clone)]
pub struct Pairwise {
    /// Name of the annotator taken as gold.
    pub first: String,
    /// Name of the annotator taken as predicted.
    pub second: String,
    /// All figures, without documents and items.
    pub scores: Scores,
}

/// Scores every pair of annotators on the layers that both labelled in a document.
pub fn pairwise(annotators: &[Annotator], settings: &Settings) -> Vec<Pairwise> {
    let mut pairs = Vec::new();
    for (at, first) in annotators.iter().enumerate() {
        for second in &annotators[at + 1..] {
            pairs.push(Pairwise {
                first: first.name.clone(),
                second: second.name.clone(),
                scores: score_pair(first, second, settings),
            });
        }
    }
    pairs
}

/// Calls `visit` with the items of each layer and document that both annotators labelled, and with
/// the document's id, as if `first` were gold. Documents come in the order of their ids.
///
/// Only the items are computed, for 1024 documents at a time, so that memory does not grow with the
/// number of documents.
pub fn for_each_item(
    first: &Annotator,
    second: &Annotator,
    settings: &Settings,
    mut visit: impl FnMut(&Layer, &str, &[Item]),
) {
    let items = |group: &dyn MetricGroup, layer: &Layer, case: &Case<'_>| group.count(layer, case).items;
    for_each_count(first, second, settings, items, |layer, id, items| visit(layer, id, &items));
}

/// Calls `visit` with what `count` returns for each layer and document that both annotators
/// labelled, as [`for_each_item`] does with the items.
pub(super) fn for_each_count<T: Send>(
    first: &Annotator,
    second: &Annotator,
    settings: &Settings,
    count: impl Fn(&dyn MetricGroup, &Layer, &Case<'_>) -> T + Sync,
    mut visit: impl FnMut(&Layer, &str, T),
) {
    let pair = AnnotatorPair::new(first, second);
    let ids: Vec<&String> = first.documents.keys().collect();
    for portion in ids.chunks(PORTION) {
        let counted: Vec<Vec<(Layer, T)>> = parallel::map(portion, |id| pair.count(id, settings, &count));
        for (id, layers) in portion.iter().zip(counted) {
            layers.into_iter().for_each(|(layer, counted)| visit(&layer, id, counted));
        }
    }
}

/// Returns the documents that both annotators labelled: the first annotator's as golden files, the
/// second one's as a system, with the layers that both labelled.
pub fn as_gold_and_system(first: &Annotator, second: &Annotator) -> (BTreeMap<String, Reference>, System) {
    AnnotatorPair::new(first, second).system()
}

/// Number of documents whose items are in memory at the same time.
const PORTION: usize = 1024;

/// Scores the second annotator against the first. If F1 depends on the direction, as at a cut-off
/// of a ranked list, it becomes the mean of both directions; so does a recall without a precision.
fn score_pair(first: &Annotator, second: &Annotator, settings: &Settings) -> Scores {
    let settings = Settings { documents: false, examples: false, ..settings.clone() };
    let mut scores = AnnotatorPair::new(first, second).score(&settings);
    let back = AnnotatorPair::new(second, first).score(&settings);
    let other: BTreeMap<&MetricName, Option<f64>> = back.figures().map(|figure| (&figure.name, figure.value)).collect();
    let with_f1 = with_f1(back.figures());
    for figure in scores.layers.iter_mut().flat_map(|layer| &mut layer.figures) {
        let is_shared = is_shared(&figure.name, &with_f1);
        if let (true, Some(one), Some(&Some(other))) = (is_shared, figure.value, other.get(&figure.name)) {
            figure.value = Some(f64::midpoint(one, other));
        }
    }
    scores
}

/// The metrics that have a figure `f1`.
fn with_f1<'f>(figures: impl Iterator<Item = &'f Figure>) -> BTreeSet<(Layer, Name)> {
    figures.filter(|figure| figure.name.stat == "f1").map(|figure| metric(&figure.name)).collect()
}

/// Whether a figure should not depend on the direction: an F1, or any figure of a metric without an
/// F1.
fn is_shared(name: &MetricName, with_f1: &BTreeSet<(Layer, Name)>) -> bool {
    name.stat == "f1" || !with_f1.contains(&metric(name))
}

fn metric(name: &MetricName) -> (Layer, Name) {
    (name.layer.clone(), name.metric.clone())
}

/// Two annotators; the first is taken as gold.
struct AnnotatorPair<'a> {
    first: &'a Annotator,
    second: &'a Annotator,
    /// Layers that both labelled in at least one document.
    declared: LayerSet,
}

impl<'a> AnnotatorPair<'a> {
    fn new(first: &'a Annotator, second: &'a Annotator) -> Self {
        let both = first.documents.iter().filter_map(|(id, one)| Some((one, second.documents.get(id)?)));
        let declared = both.flat_map(|(one, other)| shared_layers(&one.gold, &other.gold)).collect();
        Self { first, second, declared }
    }

    /// A document's annotations as gold and as predicted; `None` if one annotator lacks the
    /// document.
    fn document(&self, id: &str) -> Option<(Reference, Annotations)> {
        let (one, other) = (self.first.documents.get(id)?, self.second.documents.get(id)?);
        let mut gold = without_optional(only(&one.gold, &shared_layers(&one.gold, &other.gold)));
        // A region that either annotator ignores is ignored.
        gold.ignore.extend(&other.gold.ignore);
        let predicted = without_confidence(without_optional(other.gold.clone()));
        Some((Reference { document: one.document.clone(), gold, ..Reference::default() }, predicted))
    }

    /// Returns the documents of both annotators, as golden files and as a system.
    fn system(&self) -> (BTreeMap<String, Reference>, System) {
        let (mut references, mut answers) = (BTreeMap::new(), BTreeMap::new());
        for id in self.first.documents.keys() {
            let Some((reference, predicted)) = self.document(id) else { continue };
            references.insert(id.clone(), reference);
            answers.insert(id.clone(), Answer::ok(predicted));
        }
        (references, System { name: self.second.name.clone(), declared: self.declared.clone(), answers })
    }

    /// Scores all documents.
    fn score(&self, settings: &Settings) -> Scores {
        let (references, system) = self.system();
        score(&references, &system, settings)
    }

    /// What `count` returns for each layer of one document.
    fn count<T>(
        &self,
        id: &str,
        settings: &Settings,
        count: impl Fn(&dyn MetricGroup, &Layer, &Case<'_>) -> T,
    ) -> Vec<(Layer, T)> {
        let Some((Reference { document, mut gold, .. }, mut predicted)) = self.document(id) else { return Vec::new() };
        let options = &settings.options;
        for side in [&mut gold, &mut predicted] {
            if let Some((mapped, _)) = options.labels.apply(side) {
                *side = mapped;
            }
        }
        let case = Case { document: document.as_ref(), gold: &gold, predicted: &predicted, options };
        let is_wanted = |layer: &Layer| settings.layers.as_ref().is_none_or(|layers| layers.contains(layer));
        let scored = gold.layers().into_iter().filter(is_wanted).filter_map(|layer| {
            // Items are those of the first group of a layer.
            let group = settings.groups_of(&layer)?.first();
            if !group.is_answered_by(&layer, &self.declared) {
                return None;
            }
            group.gold_items(&layer, &gold, options)?;
            let counted = count(group, &layer, &case);
            Some((layer, counted))
        });
        scored.collect()
    }
}

/// The layers that both annotators labelled.
fn shared_layers(one: &Annotations, other: &Annotations) -> LayerSet {
    one.layers().intersection(&other.layers()).cloned().collect()
}

/// Removes optional entities, and the relations and event arguments that refer to them, since they
/// are not errors whichever annotator marks them.
fn without_optional(mut annotations: Annotations) -> Annotations {
    let entities = annotations.entities.iter_mut().flatten();
    let optional: BTreeSet<String> =
        entities.filter(|entity| entity.optional).filter_map(|entity| entity.id.clone()).collect();
    if let Some(entities) = &mut annotations.entities {
        entities.retain(|entity| !entity.optional);
    }
    if let Some(relations) = &mut annotations.relations {
        relations.retain(|relation| !optional.contains(&relation.head) && !optional.contains(&relation.tail));
    }
    for event in annotations.events.iter_mut().flatten() {
        event.arguments.retain(|argument| !optional.contains(&argument.target));
    }
    annotations
}

/// Removes confidences, which do not affect agreement.
fn without_confidence(mut annotations: Annotations) -> Annotations {
    annotations.entities.iter_mut().flatten().for_each(|entity| entity.confidence = None);
    annotations.relations.iter_mut().flatten().for_each(|relation| relation.confidence = None);
    annotations.events.iter_mut().flatten().for_each(|event| event.confidence = None);
    annotations.key_sentences.iter_mut().flatten().for_each(|span| span.confidence = None);
    annotations
}

/// The annotations of the layers in a set.
fn only(annotations: &Annotations, layers: &LayerSet) -> Annotations {
    let has = |layer: Layer| layers.contains(&layer);
    let records = annotations.records.as_ref().map(|records| {
        let kept = records.iter().filter(|(name, _)| has(Layer::Records((*name).clone().into())));
        kept.map(|(name, records)| (name.clone(), records.clone())).collect()
    });
    Annotations {
        entities: kept(&annotations.entities, has(Layer::Entities)),
        relations: kept(&annotations.relations, has(Layer::Relations)),
        events: kept(&annotations.events, has(Layer::Events)),
        coreference: kept(&annotations.coreference, has(Layer::Coreference)),
        records,
        key_points: kept(&annotations.key_points, has(Layer::KeyPoints)),
        key_sentences: kept(&annotations.key_sentences, has(Layer::KeySentences)),
        summaries: kept(&annotations.summaries, has(Layer::Summaries)),
        keyphrases: kept(&annotations.keyphrases, has(Layer::Keyphrases)),
        ignore: annotations.ignore.clone(),
        ..Annotations::default()
    }
}

/// A copy of a layer if `is_wanted`.
fn kept<T: Clone>(layer: &Option<Vec<T>>, is_wanted: bool) -> Option<Vec<T>> {
    layer.as_ref().filter(|_| is_wanted).cloned()
}

/// The human ceiling: the mean over the pairs of annotators of every F1, and of every recall
/// without an F1. A system that exceeds it has probably learned the habits of one annotator.
pub fn ceiling(pairs: &[Pairwise]) -> BTreeMap<MetricName, f64> {
    let mut sums: BTreeMap<MetricName, (f64, f64)> = BTreeMap::new();
    let with_f1 = with_f1(pairs.iter().flat_map(|pair| pair.scores.figures()));
    for figure in pairs.iter().flat_map(|pair| pair.scores.figures()) {
        let is_shared = is_shared(&figure.name, &with_f1);
        if let Some(value) = figure.value.filter(|_| is_shared) {
            let sum = sums.entry(figure.name.clone()).or_default();
            *sum = (sum.0 + value, sum.1 + 1.0);
        }
    }
    sums.into_iter().map(|(name, (sum, pairs))| (name, sum / pairs)).collect()
}

#[cfg(test)]
mod tests {
    use super::{PORTION, for_each_item};
    use crate::document::{Annotations, Annotator, Layer, Reference};
    use crate::metric::Class;
    use crate::score::Settings;

    /// An annotator with one keyphrase in every document; the second one has another keyphrase in
    /// every third document.
    fn annotator(name: &str) -> Annotator {
        let reference = |number: usize| {
            let phrase = if name == "second" && number.is_multiple_of(3) { "war" } else { "peace" };
            let gold = Annotations { keyphrases: Some(vec![phrase.to_owned()]), ..Annotations::default() };
            (format!("{number:05}"), Reference { gold, ..Reference::default() })
        };
        Annotator { name: name.to_owned(), file: name.into(), documents: (0..PORTION + 10).map(reference).collect() }
    }

    #[test]
    fn every_document_is_visited_once_in_order() {
        let mut visited = Vec::new();
        for_each_item(&annotator("first"), &annotator("second"), &Settings::default(), |layer, id, items| {
            assert_eq!(*layer, Layer::Keyphrases);
            let is_right = items.iter().all(|item| item.class == Class::Correct);
            assert_eq!(is_right, !id.parse::<usize>().unwrap().is_multiple_of(3), "{id}");
            visited.push(id.to_owned());
        });
        let expected: Vec<String> = (0..PORTION + 10).map(|number| format!("{number:05}")).collect();
        assert_eq!(visited, expected);
    }
}
