//! Counts every document of loaded answers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::counts::SystemCounts;
use super::engine::{Asked, scored_layers};
use super::fingerprint::{fingerprint, is_plain};
use super::layer_counts::LayerCounts;
use super::packed::{Outcome, Text};
use super::relabel::relabel;
use super::wanted::Wanted;
use super::{Answer, Settings, Status, Subject};
use crate::align;
use crate::document::{Annotations, Document, Entity, Layer, Reference};
use crate::metric::{Family, Name, PlainOutcomes, PlainSum, PlainTally};

/// Documents that one thread counts in one go.
const CHUNK: usize = 1_024;

/// Counts one system's answers document by document; of the metrics that are wanted. What became of
/// single items is kept if the settings want documents.
pub fn count_system(
    references: &BTreeMap<String, Reference>,
    subject: &Subject,
    settings: &Settings,
    wanted: &Wanted,
) -> SystemCounts {
    let answers = &subject.answers;
    let relabelled = relabel(references, subject, &settings.options.labels);
    let (mapped, subject) =
        relabelled.as_ref().map_or((references, subject), |mapped| (&mapped.references, &mapped.subject));
    let plain = Settings { examples: false, ..settings.clone() };
    let asked = Asked { subject, repeats: subject.repeats(), settings: &plain };
    let layers = scored_layers(mapped, subject, settings);
    let documents: Vec<(&String, &Reference)> = mapped.iter().collect();
    let count = |chunk: &[(&String, &Reference)]| {
        let mut counts = SystemCounts::new("", wanted.clone());
        let first = counts.documents().len() as u32;
        for (id, _) in chunk {
            let answer = answers.get(*id);
            let status = answer.map_or(Status::Missing, |answer| answer.end().0);
            counts.document(id, status, fingerprint(answer));
        }
        for (layer, family) in &layers {
            let of_layer = counts.layer_mut(layer, *family);
            let mut fast = FastPath::new(&asked, layer, *family, chunk);
            for (number, (id, reference)) in (first..).zip(chunk) {
                if !fast.as_mut().is_some_and(|fast| fast.count(number, id, reference, of_layer)) {
                    count_document(&asked, (layer, *family), number, (id, reference), of_layer);
                }
            }
        }
        counts
    };
    let mut counts = SystemCounts::new(subject.name.clone(), wanted.clone());
    let parts: Vec<SystemCounts> = documents.par_chunks(CHUNK).map(count).collect();
    parts.into_iter().for_each(|part| counts.merge(part));
    counts.repeats = asked.repeats;
    counts.cluster(references, &settings.cluster);
    counts
}

fn count_document(
    asked: &Asked<'_>,
    (layer, family): (&Layer, &dyn Family),
    number: u32,
    (id, reference): (&str, &Reference),
    counts: &mut LayerCounts,
) {
    let Some(counted) = asked.count(id, reference, layer, family) else { return };
    let covered = |(start, end): (u32, u32)| reference.document.as_ref()?.slice(start, end);
    let outcomes: Vec<Outcome<'_>> =
        counted.outcome.items.iter().filter_map(|item| Outcome::of(item, covered)).collect();
    counts.push(number, counted.gold, &counted.outcome.tally, outcomes.into_iter());
}

/// The fast path for documents of nothing but plain entities.
struct FastPath<'a> {
    asked: &'a Asked<'a>,
    sum: PlainSum,
    outcomes: PlainOutcomes,
    metrics: Vec<Name>,
    /// The labels of the chunk, sorted, and their indexes.
    labels: Vec<Arc<str>>,
    ranks: FxHashMap<&'a str, u32>,
    tally: PlainTally,
    found: Vec<crate::metric::PlainOutcome>,
}

impl<'a> FastPath<'a> {
    /// For a chunk of documents; `None` if the layer has no fast path.
    fn new(
        asked: &'a Asked<'a>,
        layer: &Layer,
        family: &dyn Family,
        chunk: &[(&'a String, &'a Reference)],
    ) -> Option<Self> {
        let options = &asked.settings.options;
        if *layer != Layer::Entities || asked.repeats > 1 {
            return None;
        }
        let (sum, outcomes) = (family.plain(options)?, family.plain_outcomes(options)?);
        let golden = chunk.iter().map(|(_, reference)| &reference.gold);
        let predicted = chunk.iter().filter_map(|(id, _)| Some(&asked.subject.answers.get(*id)?.annotations));
        let mut names: BTreeSet<&str> = BTreeSet::new();
        let mut last = "";
        for entity in golden.chain(predicted).flat_map(|annotations| annotations.entities.iter().flatten()) {
            if entity.label != last {
                last = &entity.label;
                names.insert(last);
            }
        }
        Some(Self {
            asked,
            sum,
            outcomes,
            metrics: family.metrics(options),
            labels: names.iter().map(|name| Arc::from(*name)).collect(),
            ranks: names.into_iter().zip(0..).collect(),
            tally: PlainTally::default(),
            found: Vec::new(),
        })
    }

    /// Counts a document if it is plain.
    fn count(&mut self, number: u32, id: &str, reference: &Reference, counts: &mut LayerCounts) -> bool {
        let answer = self.asked.subject.answers.get(id);
        let answered = answer.filter(|answer| matches!(answer.status, Status::Ok | Status::Extra));
        let Some(gold) = self.items(&reference.gold) else { return false };
        let predicted = match answered {
            Some(Answer { annotations, .. }) if annotations.entities.is_some() || annotations.tags.is_some() => {
                self.items(annotations)
            }
            _ => Some(Vec::new()),
        };
        let Some(predicted) = predicted else { return false };
        (self.sum)(&gold, &predicted, &mut self.tally);
        self.found.clear();
        if self.asked.settings.documents {
            (self.outcomes)(&gold, &predicted, &mut self.found);
        }
        let document = reference.document.as_ref();
        let outcomes = self.found.iter().map(|outcome| {
            let align::Item { start, end, label, .. } =
                if outcome.is_gold { &gold[outcome.item] } else { &predicted[outcome.item] };
            Outcome {
                class: outcome.class,
                is_gold: outcome.is_gold,
                span: Some((*start, *end)),
                label: &self.labels[*label as usize],
                text: covered(document, *start, *end),
            }
        });
        let names = (self.metrics.as_slice(), self.labels.as_slice());
        counts.push_plain(number, gold.len() as u64, &self.tally, names, outcomes);
        true
    }

    fn items(&self, annotations: &Annotations) -> Option<Vec<align::Item>> {
        let item = |entity: &Entity| {
            is_plain(entity).then(|| align::Item::new(entity.start, entity.end, self.ranks[entity.label.as_str()]))
        };
        let is_plain = annotations.ignore.is_empty() && annotations.tags.is_none();
        annotations.entities.as_ref().filter(|_| is_plain)?.iter().map(item).collect()
    }
}

fn covered(document: Option<&Document>, start: u32, end: u32) -> Text<'static> {
    match document.and_then(|document| document.slice(start, end)) {
        None | Some("") => Text::None,
        Some(_) => Text::Covered,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::count_system;
    use crate::document::{Annotations, Entity, Layer, Reference, Span};
    use crate::score::packed::Outcome;
    use crate::score::wanted::Wanted;
    use crate::score::{Answer, Settings, Status, Subject, SystemCounts};

    fn annotations(spans: &[(u32, u32, &str)], confidence: Option<f64>) -> Annotations {
        let entity = |&(start, end, label): &(u32, u32, &str)| Entity {
            confidence,
            ..Entity::new(Span::new(start, end), label)
        };
        Annotations { entities: Some(spans.iter().map(entity).collect()), ..Annotations::default() }
    }

    /// 3,000 documents of all kinds of errors, in chunks of different labels, and one that failed.
    fn loaded(confidence: Option<f64>) -> (BTreeMap<String, Reference>, Subject) {
        let labels = ["A", "B", "C", "D", "E", "F", "G"];
        let label = |at: u32| labels[at as usize % (3 + at as usize / 1000).min(7)];
        let (mut references, mut answers) = (BTreeMap::new(), BTreeMap::new());
        for at in 0..3_000_u32 {
            let id = format!("d{at:04}");
            let gold = [(0, 4, label(at)), (6, 9, label(at + 1)), (20, 30, label(at * 7)), (20, 30, label(at * 7))];
            let found =
                [(0, 4 + at % 2, label(at)), (6, 9, label(at + at % 3)), (20, 30, label(at * 7)), (40, 44, "Z")];
            references.insert(id.clone(), Reference { gold: annotations(&gold, None), ..Reference::default() });
            let answer = match at % 100 {
                99 => Answer::without(Status::Failed, "no"),
                _ => Answer::ok(annotations(&found, confidence)),
            };
            answers.insert(id, answer);
        }
        (references, Subject { name: "x".to_owned(), declared: [Layer::Entities].into(), answers })
    }

    fn all(counts: &SystemCounts) -> Vec<(String, crate::metric::Tally, Vec<Outcome<'_>>)> {
        let layer = counts.layer(&Layer::Entities).unwrap();
        let row = |row: u32| {
            let id = counts.documents()[layer.document(row) as usize].id.to_string();
            let tally = layer.tally(&[row], |key| key.metric != crate::metric::CONFIDENCE);
            (id, tally, layer.outcomes(row).collect())
        };
        (0..layer.len() as u32).map(row).collect()
    }

    /// A confidence takes a document off the fast path and changes no other sum.
    #[test]
    fn the_fast_path_counts_what_the_general_one_does() {
        let ((references, plain), (_, general)) = (loaded(None), loaded(Some(0.5)));
        let settings = Settings::default();
        let [fast, slow] =
            [&plain, &general].map(|subject| count_system(&references, subject, &settings, &Wanted::All));
        let (fast, slow) = (all(&fast), all(&slow));
        assert_eq!(fast.len(), 3_000);
        for (one, other) in fast.iter().zip(&slow) {
            assert_eq!(one, other);
        }
    }

    #[test]
    fn parts_in_any_order_are_the_whole() {
        let (references, subject) = loaded(None);
        let settings = Settings::default();
        let of = |from: usize, to: usize| {
            let part = references.iter().skip(from).take(to - from).map(|(id, one)| (id.clone(), one.clone()));
            count_system(&part.collect(), &subject, &settings, &Wanted::All)
        };
        let whole = of(0, 3_000);
        let mut parts = of(2_000, 3_000);
        parts.merge(of(0, 500));
        parts.merge(of(500, 2_000));
        let parts = parts.in_order();
        assert_eq!(all(&parts), all(&whole));
        assert_eq!(parts.unanswered(None), 30);
    }

    #[test]
    fn sums_that_are_not_wanted_are_not_kept() {
        let (references, subject) = loaded(None);
        let settings = Settings::default();
        let wanted = Wanted::named(&["entities.exact.f1".to_owned()], &settings);
        let counts = count_system(&references, &subject, &settings, &wanted);
        let keys = counts.layer(&Layer::Entities).unwrap().keys();
        assert!(keys.len() > 7 && keys.iter().all(|key| key.metric == "exact"), "{keys:?}");
    }
}
