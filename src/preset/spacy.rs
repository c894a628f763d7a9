//! spaCy 3.8's `Scorer` on `doc.ents`: sets of (label, start, end), undefined if nothing was
//! scored.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::entities;
use super::{Preset, PresetDifference, Reasons};
use crate::document::{Annotations, Entity, Layer, Tags};
use crate::metric::{
    Arithmetic, Average, Case, Class, Counts, Headline, Item, MetricGroup, MetricName, Name, Options, Outcome,
    Signature, Statistic, StatisticKey, Statistics,
};

pub(super) const PRESETS: &[Preset] = &[Preset {
    name: "spacy",
    about: "spaCy 3.8 Scorer (ents): sets of exact spans with labels; undefined where there is nothing",
    parity: "tests/parity/spacy.py",
    metric_groups: &[&Spacy],
    reasons: &Spacy,
}];

struct Spacy;

/// The keys that the scorer compares, each with the first entity that has it.
type EntitySet<'a> = BTreeMap<(u32, u32, &'a str), &'a Entity>;

fn set<'a>(entities: impl Iterator<Item = &'a Entity>) -> EntitySet<'a> {
    let mut set = EntitySet::new();
    for entity in entities {
        set.entry((entity.start, entity.end, entity.label.as_str())).or_insert(entity);
    }
    set
}

/// Returns whether a prediction begins and ends at token boundaries of the gold document, if its
/// tokens are known.
fn is_aligned(tokens: Option<&[(u32, u32)]>, entity: &Entity) -> bool {
    let Some(tokens) = tokens else { return true };
    let starts = tokens.binary_search_by_key(&entity.start, |place| place.0).is_ok();
    starts && tokens.binary_search_by_key(&entity.end, |place| place.1).is_ok()
}

impl MetricGroup for Spacy {
    fn scores(&self, layer: &Layer) -> bool {
        *layer == Layer::Entities
    }

    fn gold_items(&self, _: &Layer, gold: &Annotations, _: &Options) -> Option<u64> {
        gold.entities.as_ref().map(|entities| set(entities.iter()).len() as u64)
    }

    fn metrics(&self, _: &Options) -> Vec<Name> {
        vec!["strict".into()]
    }

    fn signature(&self, metric: &str, _: &Options) -> Signature {
        Signature::preset("spacy-3.8").with("scheme", metric.to_owned())
    }

    fn headline(&self) -> Option<Headline> {
        Some(Headline::new("strict", "f1"))
    }

    fn arithmetic(&self) -> &dyn Arithmetic {
        self
    }

    fn count(&self, _: &Layer, case: &Case<'_>) -> Outcome {
        let gold = set(entities::of(case.gold).iter());
        let named = entities::of(case.predicted);
        let tokens = case.gold.tags.as_ref().map(Tags::ranges);
        let predicted = set(named.iter().filter(|entity| is_aligned(tokens.as_deref(), entity)));
        // A label is reported even if all its predictions were dropped.
        let mut labels: BTreeMap<&str, Counts> =
            named.iter().map(|entity| (entity.label.as_str(), Counts::default())).collect();
        let mut whole = Counts::default();
        let mut items = Vec::new();
        for (key, entity) in &gold {
            let found = predicted.get(key);
            let one = Counts { correct: found.is_some().into(), missed: found.is_none().into(), ..Counts::default() };
            *labels.entry(key.2).or_default() += one;
            whole += one;
            let side = entities::side(case, entity);
            items.push(match found {
                Some(found) => Item::pair(Class::Correct, side, entities::side(case, found)),
                None => Item::missed(side),
            });
        }
        for (key, entity) in predicted.iter().filter(|(key, _)| !gold.contains_key(*key)) {
            let one = Counts { spurious: 1, ..Counts::default() };
            *labels.entry(key.2).or_default() += one;
            whole += one;
            items.push(Item::spurious(Class::Spurious, entities::side(case, entity)));
        }
        items.sort_by(|a, b| a.span().cmp(&b.span()).then(a.class.cmp(&b.class)));
        let mut statistics = Statistics::default();
        statistics.add(StatisticKey::whole("strict"), Statistic::matches(whole));
        for (label, counts) in labels {
            statistics.add(StatisticKey::labelled("strict", &Arc::from(label)), Statistic::matches(counts));
        }
        Outcome { statistics, items, ..Outcome::default() }
    }
}

impl Arithmetic for Spacy {
    fn stats(&self, _: &Statistic, _: &Options) -> Vec<Name> {
        vec!["precision".into(), "recall".into(), "f1".into()]
    }

    /// Adds the tool's 1e-100 to every denominator. Returns `None` if nothing was scored.
    fn value(&self, statistics: &Statistics, key: &StatisticKey, stat: &str) -> Option<f64> {
        let Statistic::Matches { counts: whole, .. } = statistics.get(&StatisticKey::whole("strict"))? else {
            return None;
        };
        if whole.possible() + whole.spurious == 0 {
            return None;
        }
        let Statistic::Matches { counts, .. } = statistics.get(key)? else { return None };
        let hits = counts.correct as f64;
        let precision = hits / ((counts.correct + counts.spurious) as f64 + 1e-100);
        let recall = hits / (counts.possible() as f64 + 1e-100);
        Some(match stat {
            "precision" => precision,
            "recall" => recall,
            _ => 2.0 * ((precision * recall) / (precision + recall + 1e-100)),
        })
    }

    /// The tool has no averages.
    fn averages(&self) -> &'static [Average] {
        &[]
    }
}

impl Reasons for Spacy {
    fn of_item(&self, difference: &PresetDifference<'_>) -> String {
        let side = difference.predicted.or(difference.gold);
        let copies: BTreeSet<_> = difference.items.iter().filter_map(|item| item.predicted.as_ref()).map(key).collect();
        let counted = difference.predicted.is_none_or(|side| copies.contains(&key(side)));
        match (difference.preset, side) {
            (None, Some(side)) if !counted => {
                format!(
                    "{} does not begin and end where tokens of the gold document do: spaCy drops it",
                    entities::name(side)
                )
            }
            (None, _) => "a copy: spaCy compares sets, which contain every element once".to_owned(),
            _ => {
                "spaCy pairs nothing but equal spans with equal labels: what overlaps is missed and spurious".to_owned()
            }
        }
    }

    fn of_figure(&self, _: &MetricName) -> Option<&'static str> {
        None
    }
}

fn key(side: &crate::metric::Side) -> (Option<(u32, u32)>, &str) {
    (side.span, side.label.as_str())
}

#[cfg(test)]
mod tests {
    use super::Spacy;
    use crate::document::{Annotations, Entity, Layer, Span};
    use crate::metric::{Arithmetic, Case, MetricGroup, Options, StatisticKey};

    fn annotations(spans: &[(u32, u32, &str)]) -> Annotations {
        let entities = spans.iter().map(|&(start, end, label)| Entity::new(Span::new(start, end), label)).collect();
        Annotations { entities: Some(entities), ..Annotations::default() }
    }

    fn precision(gold: &Annotations, predicted: &Annotations) -> Option<f64> {
        let case = Case { document: None, gold, predicted, options: &Options::default() };
        let statistics = Spacy.count(&Layer::Entities, &case).statistics;
        Spacy.value(&statistics, &StatisticKey::whole("strict"), "precision")
    }

    /// `Scorer.score_spans` of spaCy 3.8.18 gives 1.0 for tokens "Ada" and "left", gold (0, 3) and
    /// predictions (0, 3), (4, 6) of a document with finer tokenization.
    #[test]
    fn predictions_beside_the_tokens_are_dropped() {
        let mut gold = annotations(&[(0, 3, "A")]);
        let predicted = annotations(&[(0, 3, "A"), (4, 6, "A")]);
        assert_eq!(precision(&gold, &predicted), Some(0.5));
        let lines = "abc O\nabcd O\n";
        gold.tags = crate::format::tokens::read(std::path::Path::new("x"), lines).value.remove(0).annotations.tags;
        assert_eq!(precision(&gold, &predicted), Some(1.0));
    }

    #[test]
    fn nothing_is_undefined_and_copies_are_one() {
        assert_eq!(precision(&annotations(&[]), &annotations(&[])), None);
        assert_eq!(precision(&annotations(&[(0, 3, "A")]), &annotations(&[(0, 3, "A"), (0, 3, "A")])), Some(1.0));
    }
}
