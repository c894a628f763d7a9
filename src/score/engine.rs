//! Counts every document, sums, and derives the figures with their intervals.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use rayon::prelude::*;

use super::accumulator::{Accumulator, Part};
use super::formulas::Formulas;
use super::relabel::relabel;
use super::sums::Sums;
use super::{Answer, ClusterBy, DocumentScores, LayerScores, Scores, Status, Subject};
use crate::document::{Annotations, Layer, LayerSet, Reference};
use crate::error::Fault;
use crate::metric::summary::Ngram;
use crate::metric::{Case, FAMILIES, Family, Options, Outcome, incomplete};
use crate::preset::Preset;

/// What a user may ask of the scores.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Score only these layers.
    pub layers: Option<LayerSet>,
    /// Level of the intervals.
    pub confidence: f64,
    /// What 0 divided by 0 is; undefined by default.
    pub zero_division: Option<f64>,
    /// Whether documents carry the figures of every label, too.
    pub labels_per_document: bool,
    /// How things are scored.
    pub options: Options,
    /// Whether every document's own figures and items are wanted; scores are the same without, and cost less.
    pub documents: bool,
    /// Whether documents carry a few telling n-grams of their summaries, too.
    pub examples: bool,
    /// Another tool to stand in for: only what it scores is scored, in its way.
    pub preset: Option<&'static Preset>,
    /// What is independent of what, for intervals.
    pub cluster: ClusterBy,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            layers: None,
            confidence: 0.95,
            zero_division: None,
            labels_per_document: false,
            options: Options::default(),
            documents: true,
            examples: false,
            preset: None,
            cluster: ClusterBy::default(),
        }
    }
}

/// What is refused, by a preset as the tool that it stands in for does: of the golden files, then of the predictions, then of
/// both together.
pub fn refusals(references: &BTreeMap<String, Reference>, subject: &Subject, settings: &Settings) -> Vec<Fault> {
    let families = settings.preset.map_or(FAMILIES, |preset| preset.families);
    let golden = references.values().map(|reference| &reference.gold);
    let predicted = subject.answers.values().flat_map(Answer::each).map(|answer| &answer.annotations);
    let refused = |annotations: &Annotations| {
        families.iter().flat_map(|family| family.refuses(annotations, &settings.options)).collect::<Vec<_>>()
    };
    let together = |family: &&dyn Family| family.refuses_together(references, &subject.answers, &settings.options);
    golden.chain(predicted).flat_map(refused).chain(families.iter().flat_map(together)).collect()
}

/// Annotations with entities for a family that knows no tags.
fn readable<'a>(annotations: &'a Annotations, family: &dyn Family) -> Cow<'a, Annotations> {
    if family.reads_tags() || annotations.tags.is_none() || annotations.entities.is_some() {
        return Cow::Borrowed(annotations);
    }
    let mut decoded = annotations.clone();
    decoded.decode_tags();
    Cow::Owned(decoded)
}

/// Scores one extractor's answers against the golden files. A document that the subject does not mention counts as
/// missing. The same for every number of threads: documents are summed in the order of their ids.
pub fn score(references: &BTreeMap<String, Reference>, subject: &Subject, settings: &Settings) -> Scores {
    let relabelled = relabel(references, subject, &settings.options.labels);
    let (references, subject) =
        relabelled.as_ref().map_or((references, subject), |mapped| (&mapped.references, &mapped.subject));
    let layers = scored_layers(references, subject, settings).into_iter();
    let layers = layers.map(|(layer, family)| score_layer(references, subject, settings, layer, family));
    let mut scores = Scores { layers: layers.collect() };
    let warning = relabelled.as_ref().and_then(|mapped| mapped.warning.clone());
    if let (Some(warning), Some(layer)) = (warning, scores.layers.first_mut()) {
        layer.warnings.insert(0, warning);
    }
    scores
}

/// The layers that are annotated, asked for and answered, with what scores them.
pub(super) fn scored_layers(
    references: &BTreeMap<String, Reference>,
    subject: &Subject,
    settings: &Settings,
) -> Vec<(Layer, &'static dyn Family)> {
    let annotated: BTreeSet<Layer> = references.values().flat_map(|reference| reference.gold.layers()).collect();
    let wanted = |layer: &Layer| settings.layers.as_ref().is_none_or(|layers| layers.contains(layer));
    let families = settings.preset.map_or(FAMILIES, |preset| preset.families);
    let scored = annotated.into_iter().filter(wanted).filter_map(|layer| {
        let family = *families.iter().find(|family| family.scores(&layer))?;
        family.is_answered_by(&layer, &subject.declared).then_some((layer, family))
    });
    scored.collect()
}

/// One document, counted.
pub(super) struct Counted<'a> {
    pub id: &'a str,
    pub status: Status,
    message: Option<String>,
    pub gold: u64,
    pub outcome: Outcome,
    ngrams: Vec<Ngram>,
}

impl Counted<'_> {
    fn part(&self) -> Part<'_> {
        let tally = &self.outcome.tally;
        Part { id: self.id, tally, is_answered: self.status == Status::Ok, gold: self.gold }
    }
}

fn score_layer(
    references: &BTreeMap<String, Reference>,
    subject: &Subject,
    settings: &Settings,
    layer: Layer,
    family: &dyn Family,
) -> LayerScores {
    let clusters = settings.cluster.groups(references);
    let asked = Asked { subject, repeats: subject.repeats(), settings };
    // Chunks of a fixed size, so that the order of adding is the same for every number of threads.
    let chunks: Vec<(Accumulator, Vec<Counted<'_>>)> = clusters
        .par_chunks(CHUNK)
        .map(|chunk| {
            let mut accumulator = Accumulator::new(family.arithmetic());
            let mut counted = Vec::new();
            for cluster in chunk {
                let documents = cluster.iter().filter_map(|(id, reference)| asked.count(id, reference, &layer, family));
                let documents: Vec<Counted<'_>> = documents.collect();
                let parts: Vec<Part<'_>> = documents.iter().map(Counted::part).collect();
                match parts.as_slice() {
                    [] => {}
                    [alone] => accumulator.add(alone),
                    together => accumulator.add_cluster(together),
                }
                let is_shown = |document: &Counted<'_>| settings.documents || !document.outcome.warnings.is_empty();
                counted.extend(documents.into_iter().filter(is_shown));
            }
            (accumulator, counted)
        })
        .collect();
    let (mut accumulator, mut counted) = (Accumulator::new(family.arithmetic()), Vec::new());
    for (more, documents) in chunks {
        accumulator.merge(more);
        counted.extend(documents);
    }

    let sums = Sums::new(Formulas { family, settings }, &layer, accumulator, asked.repeats);
    let figures = sums.figures();
    let warnings = counted.iter().flat_map(|document| {
        document.outcome.warnings.iter().map(|warning| format!("document {:?}: {warning}", document.id))
    });
    let ranking = sums.ranking();
    let incomplete = ranking.as_ref().and_then(|ranked| incomplete(&ranked.ranking));
    let warnings = incomplete.into_iter().chain(warnings).collect();
    counted.retain(|_| settings.documents);
    let documents = counted
        .into_iter()
        .map(|document| {
            let scores = DocumentScores {
                status: document.status,
                message: document.message,
                gold: document.gold,
                figures: sums.values_in(&document.outcome.tally),
                items: document.outcome.items,
                facts: document.outcome.facts,
                ngrams: document.ngrams,
            };
            (document.id.to_owned(), scores)
        })
        .collect();
    LayerScores { layer, figures, documents, ranking, warnings }
}

/// Who answers, and how often every document was asked about.
pub(super) struct Asked<'a> {
    pub subject: &'a Subject,
    pub repeats: usize,
    pub settings: &'a Settings,
}

impl<'a> Asked<'a> {
    /// Counts one document; nothing, where it was not annotated. Repeats are added up: they are averaged within the document,
    /// since every document has as many.
    pub fn count<'d>(
        &self,
        id: &'d str,
        reference: &'d Reference,
        layer: &Layer,
        family: &dyn Family,
    ) -> Option<Counted<'d>> {
        let Self { subject, repeats, settings } = self;
        let golden = readable(&reference.gold, family);
        let gold = family.gold_items(layer, &golden, &settings.options)?;
        let answer = subject.answers.get(id);
        let (status, message) = answer.map_or((Status::Missing, Some(NO_PREDICTION.to_owned())), Answer::end);
        let mut answers = answer.into_iter().flat_map(Answer::each);
        let mut predicted = || {
            let answer = answers.next().filter(|answer| matches!(answer.status, Status::Ok | Status::Extra));
            readable(answer.map_or(&*NOTHING, |answer| &answer.annotations), family)
        };
        let first = predicted();
        let options = &settings.options;
        let case = Case { document: reference.document.as_ref(), gold: &golden, predicted: &first, options };
        let mut outcome = if settings.documents { family.count(layer, &case) } else { family.sum(layer, &case) };
        let ngrams = if settings.examples { family.ngrams(&case) } else { Vec::new() };
        for _ in 1..*repeats {
            let more = predicted();
            outcome.tally.merge(&family.sum(layer, &Case { predicted: &more, ..case }).tally);
        }
        Some(Counted { id, status, message, gold, outcome, ngrams })
    }
}

/// What a document without an answer has.
static NOTHING: LazyLock<Annotations> = LazyLock::new(Annotations::default);

/// Documents that one thread counts in one go.
const CHUNK: usize = 64;

/// Why a document that the subject does not mention has no answer.
const NO_PREDICTION: &str = "there is no prediction for it";

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Settings, score};
    use crate::document::{Annotations, Entity, Layer, Reference, Span};
    use crate::score::{Answer, Scores, Status, Subject};

    fn annotations(spans: &[(u32, &str)]) -> Annotations {
        let entity = |&(start, label): &(u32, &str)| Entity::new(Span::new(start, start + 3), label);
        Annotations { entities: Some(spans.iter().map(entity).collect()), ..Annotations::default() }
    }

    fn scores(documents: &[(&str, Annotations, Answer)], settings: &Settings) -> Scores {
        let reference = |gold: &Annotations| Reference { gold: gold.clone(), ..Reference::default() };
        let references = documents.iter().map(|(id, gold, _)| ((*id).to_owned(), reference(gold))).collect();
        let answers: BTreeMap<_, _> =
            documents.iter().map(|(id, _, answer)| ((*id).to_owned(), answer.clone())).collect();
        let subject = Subject { name: "x".to_owned(), declared: [Layer::Entities].into(), answers };
        score(&references, &subject, settings)
    }

    fn value(scores: &Scores, name: &str) -> Option<f64> {
        scores.figures().find(|figure| figure.name.to_string() == name).unwrap_or_else(|| panic!("{name}")).value
    }

    /// seqeval 1.2.2 prints micro F .4, macro .25, weighted .333 for gold A, B, C against A, D.
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
    fn an_undefined_figure_is_null_unless_told_otherwise() {
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
        let mut subject =
            Subject { name: "x".to_owned(), declared: [Layer::Entities].into(), answers: BTreeMap::new() };
        let scores = score(&references, &subject, &Settings::default());
        assert_eq!(value(&scores, "entities.strict.recall"), Some(0.0));
        assert_eq!(scores.layers[0].documents["a"].status, Status::Missing);
        subject.declared = [Layer::Keyphrases].into();
        assert!(score(&references, &subject, &Settings::default()).layers.is_empty());
    }
}
