//! BRATEval 0.3.2 (`CompareEntities`): one rule for spans, then one for types; the first prediction
//! that satisfies both is paired with a gold entity and removed.
//!
//! "First" is the iteration order of the Java hash map of ids, on both sides. A match counts for
//! the gold type, whatever the predicted type; an unmatched prediction is a false positive of its
//! own type. The type of a matched prediction has a row even if nothing counts for it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use rapidfuzz::distance::levenshtein;

use super::{Preset, PresetDifference, Reasons, entities, java_map};
use crate::align::OverlapIndex;
use crate::document::{Annotations, Entity, Layer};
use crate::metric::{
    Arithmetic, Average, Case, Class, Counts, Headline, MetricGroup, MetricName, Name, Options, Outcome, Signature,
    Statistic, StatisticKey, Statistics,
};

/// How spans must match.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Span {
    Exact,
    Overlap,
    Approx,
}

/// The similarity threshold used for `-s approx`, as in the tool's own examples.
const THRESHOLD: f64 = 0.8;

/// The metric of exact spans with the same label.
const STRICT: &str = "strict";

struct Brateval {
    metric: &'static str,
    span: Span,
    exact_type: bool,
}

const EXACT_EXACT: Brateval = Brateval { metric: STRICT, span: Span::Exact, exact_type: true };
const EXACT_INEXACT: Brateval = Brateval { metric: "exact", span: Span::Exact, exact_type: false };
const OVERLAP_EXACT: Brateval = Brateval { metric: "type", span: Span::Overlap, exact_type: true };
const OVERLAP_INEXACT: Brateval = Brateval { metric: "overlap", span: Span::Overlap, exact_type: false };
const APPROX_EXACT: Brateval = Brateval { metric: "approx", span: Span::Approx, exact_type: true };
const APPROX_INEXACT: Brateval = Brateval { metric: "approx-inexact", span: Span::Approx, exact_type: false };

pub(super) const PRESETS: &[Preset] = &[
    Preset {
        name: "brateval-exact-exact",
        about: "BRATEval 0.3.2, exact spans and types",
        parity: "src/preset/brateval.rs",
        metric_groups: &[&EXACT_EXACT],
        reasons: &EXACT_EXACT,
    },
    Preset {
        name: "brateval-exact-inexact",
        about: "BRATEval 0.3.2, exact spans, any type (-t inexact)",
        parity: "src/preset/brateval.rs",
        metric_groups: &[&EXACT_INEXACT],
        reasons: &EXACT_INEXACT,
    },
    Preset {
        name: "brateval-overlap-exact",
        about: "BRATEval 0.3.2, overlapping spans (-s overlap), exact types",
        parity: "src/preset/brateval.rs",
        metric_groups: &[&OVERLAP_EXACT],
        reasons: &OVERLAP_EXACT,
    },
    Preset {
        name: "brateval-overlap-inexact",
        about: "BRATEval 0.3.2, overlapping spans, any type",
        parity: "src/preset/brateval.rs",
        metric_groups: &[&OVERLAP_INEXACT],
        reasons: &OVERLAP_INEXACT,
    },
    Preset {
        name: "brateval-approx-exact",
        about: "BRATEval 0.3.2, overlapping spans with similar texts (-s approx 0.8), exact types",
        parity: "src/preset/brateval.rs",
        metric_groups: &[&APPROX_EXACT],
        reasons: &APPROX_EXACT,
    },
    Preset {
        name: "brateval-approx-inexact",
        about: "BRATEval 0.3.2, overlapping spans with similar texts, any type",
        parity: "src/preset/brateval.rs",
        metric_groups: &[&APPROX_INEXACT],
        reasons: &APPROX_INEXACT,
    },
];

impl MetricGroup for Brateval {
    fn scores(&self, layer: &Layer) -> bool {
        *layer == Layer::Entities
    }

    fn gold_items(&self, _: &Layer, gold: &Annotations, _: &Options) -> Option<u64> {
        entities::gold_items(gold)
    }

    fn metrics(&self, _: &Options) -> Vec<Name> {
        vec![self.metric.into()]
    }

    fn signature(&self, metric: &str, _: &Options) -> Signature {
        let signature = Signature::preset("brateval-0.3.2").with("scheme", metric.to_owned());
        if self.span == Span::Approx { signature.with("similarity", "0.8") } else { signature }
    }

    fn headline(&self) -> Option<Headline> {
        (self.metric == STRICT).then_some(Headline::new(STRICT, "f1"))
    }

    fn arithmetic(&self) -> &dyn Arithmetic {
        self
    }

    fn count(&self, _: &Layer, case: &Case<'_>) -> Outcome {
        let (gold, predicted) = (walk(entities::of(case.gold)), walk(entities::of(case.predicted)));
        let index = OverlapIndex::new(predicted.iter().map(|entity| (entity.start, entity.end)).zip(0..));
        let mut free = vec![true; predicted.len()];
        let mut pairs = Vec::new();
        let mut labels: BTreeMap<&str, Counts> = BTreeMap::new();
        let mut textless = false;
        for (g, entity) in gold.iter().enumerate() {
            let candidates = index.overlapping((entity.start, entity.end)).filter(|&p| free[p]);
            let matching = candidates.filter(|&p| self.matches(case, entity, predicted[p], &mut textless));
            let counts = labels.entry(&entity.label).or_default();
            match matching.min() {
                Some(p) => {
                    free[p] = false;
                    counts.correct += 1;
                    pairs.push((g, p, Class::Correct));
                    // The tool prints a row for the type of a matched prediction, whatever it
                    // counts.
                    labels.entry(&predicted[p].label).or_default();
                }
                None => counts.missed += 1,
            }
        }
        for p in (0..predicted.len()).filter(|&p| free[p]) {
            labels.entry(&predicted[p].label).or_default().spurious += 1;
        }
        let (mut statistics, mut whole) = (Statistics::default(), Counts::default());
        for (label, counts) in labels {
            whole += counts;
            statistics.add(StatisticKey::labelled(self.metric, &Arc::from(label)), Statistic::matches(counts));
        }
        statistics.add(StatisticKey::whole(self.metric), Statistic::matches(whole));
        let warning = "texts of entities are not known, but BRATEval compares them: provide the documents";
        let warnings = if textless { vec![warning.to_owned()] } else { Vec::new() };
        Outcome { statistics, items: entities::items(case, &gold, &predicted, &pairs), warnings, ..Outcome::default() }
    }
}

/// Returns entities in the iteration order of the tool. An entity without an id gets brat's
/// default: T and its number.
fn walk(entities: &[Entity]) -> Vec<&Entity> {
    let id = |(at, entity): (usize, &Entity)| entity.id.clone().unwrap_or_else(|| format!("T{}", at + 1));
    let ids: Vec<String> = entities.iter().enumerate().map(id).collect();
    java_map::order(&ids).into_iter().map(|at| &entities[at]).collect()
}

fn parts(entity: &Entity) -> Cow<'_, [(u32, u32)]> {
    if entity.fragments.is_empty() {
        Cow::Owned(vec![(entity.start, entity.end)])
    } else {
        Cow::Borrowed(&entity.fragments)
    }
}

impl Brateval {
    fn matches(&self, case: &Case<'_>, gold: &Entity, predicted: &Entity, textless: &mut bool) -> bool {
        if self.exact_type && gold.label != predicted.label {
            return false;
        }
        let (of_gold, of_predicted) = (parts(gold), parts(predicted));
        // Every part of the gold entity is one of the prediction's, which may have more.
        if of_gold.iter().all(|part| of_predicted.contains(part)) {
            return true;
        }
        let overlap = || of_gold.iter().any(|a| of_predicted.iter().any(|b| a.0 < b.1 && b.0 < a.1));
        match self.span {
            Span::Exact => false,
            Span::Overlap => overlap(),
            Span::Approx => overlap() && is_similar(case, gold, predicted, textless),
        }
    }
}

/// Returns whether the texts, in UTF-16 units, are within the allowed edit distance. The tool
/// truncates the number after its own floating-point subtraction, so that at 0.8 five units allow
/// no edit and ten units one.
fn is_similar(case: &Case<'_>, gold: &Entity, predicted: &Entity, textless: &mut bool) -> bool {
    let (Some(a), Some(b)) = (entities::text_of(case, gold), entities::text_of(case, predicted)) else {
        *textless = true;
        return false;
    };
    let (a, b): (Vec<u16>, Vec<u16>) = (a.encode_utf16().collect(), b.encode_utf16().collect());
    let longer = a.len().max(b.len());
    let most = ((1.0 - THRESHOLD) * longer as f64).floor();
    let distance = levenshtein::distance(a, b) as f64;
    distance <= most && 1.0 - distance / longer as f64 >= THRESHOLD
}

impl Arithmetic for Brateval {
    fn stats(&self, _: &Statistic, _: &Options) -> Vec<Name> {
        vec!["precision".into(), "recall".into(), "f1".into()]
    }

    /// The tool prints these with four decimals.
    fn value(&self, statistics: &Statistics, key: &StatisticKey, stat: &str) -> Option<f64> {
        let Statistic::Matches { counts, predicted, .. } = statistics.get(key)? else { return None };
        let share = |whole: u64| if whole > 0 { counts.correct as f64 / whole as f64 } else { 0.0 };
        let (precision, recall) = (share(*predicted), share(counts.possible()));
        Some(match stat {
            "precision" => precision,
            "recall" => recall,
            _ if precision + recall > 0.0 => (2.0 * precision * recall) / (precision + recall),
            _ => 0.0,
        })
    }

    fn averages(&self) -> &'static [Average] {
        &[]
    }
}

impl Reasons for Brateval {
    fn of_item(&self, difference: &PresetDifference<'_>) -> String {
        let pair =
            |item: Option<&crate::metric::Item>| item.and_then(|item| item.gold.clone().zip(item.predicted.clone()));
        if let Some((gold, predicted)) = pair(difference.preset) {
            let relation = match (self.span, gold.span == predicted.span) {
                (_, true) => "the same span",
                (Span::Approx, _) => "an overlap with similar texts",
                _ => "an overlap",
            };
            return if gold.label == predicted.label {
                format!("BRATEval: {relation} is a match here, and the first one in the order of its hash map is taken")
            } else {
                format!("BRATEval: {relation} is a match here whatever the types, and counts for the gold type")
            };
        }
        match pair(difference.karat) {
            Some((gold, predicted)) if self.exact_type && gold.label != predicted.label => {
                "BRATEval: types must be the same here: one false negative and one false positive".to_owned()
            }
            Some((gold, predicted)) if self.span == Span::Exact && gold.span != predicted.span => {
                "BRATEval: spans must be the same here: one false negative and one false positive".to_owned()
            }
            Some(_) if self.span == Span::Approx => {
                "BRATEval: the texts are not similar enough here, or another pair came first in its hash map".to_owned()
            }
            _ => "BRATEval: another pair came first in the order of its hash map".to_owned(),
        }
    }

    fn of_figure(&self, name: &MetricName) -> Option<&'static str> {
        (name.label.is_some() && !self.exact_type).then_some("a match counts only for the gold type")
    }
}

#[cfg(test)]
mod tests {
    use super::{APPROX_EXACT, Brateval, EXACT_EXACT, EXACT_INEXACT, OVERLAP_EXACT, OVERLAP_INEXACT};
    use crate::document::{Annotations, Document, Entity, Layer, Span};
    use crate::metric::{Case, Counts, MetricGroup, Options, Statistic, StatisticKey};

    const TEXT: &str = "aspirin tablets and aspirine drops";

    fn annotations(spans: &[(u32, u32, &str)]) -> Annotations {
        let entities = spans.iter().map(|&(start, end, label)| Entity::new(Span::new(start, end), label)).collect();
        Annotations { entities: Some(entities), ..Annotations::default() }
    }

    /// Returns true positives, false positives and false negatives, of a label or of all.
    fn counts(group: &Brateval, gold: &Annotations, predicted: &Annotations, label: Option<&str>) -> (u64, u64, u64) {
        let document = Document::new("d", TEXT);
        let case = Case { document: Some(&document), gold, predicted, options: &Options::default() };
        let statistics = group.count(&Layer::Entities, &case).statistics;
        let key = StatisticKey { label: label.map(Into::into), ..StatisticKey::whole(group.metric) };
        match statistics.get(&key) {
            Some(Statistic::Matches { counts: Counts { correct, missed, spurious, .. }, .. }) => {
                (*correct, *spurious, *missed)
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn spans_and_types_have_a_rule_each() {
        let gold = annotations(&[(0, 7, "DRUG"), (20, 28, "DRUG")]);
        let predicted = annotations(&[(0, 15, "DRUG"), (20, 28, "FORM")]);
        assert_eq!(counts(&EXACT_EXACT, &gold, &predicted, None), (0, 2, 2));
        assert_eq!(counts(&EXACT_INEXACT, &gold, &predicted, None), (1, 1, 1));
        assert_eq!(counts(&OVERLAP_EXACT, &gold, &predicted, None), (1, 1, 1));
        assert_eq!(counts(&OVERLAP_INEXACT, &gold, &predicted, None), (2, 0, 0));
        assert_eq!(counts(&OVERLAP_INEXACT, &gold, &predicted, Some("DRUG")), (2, 0, 0));
        assert_eq!(counts(&OVERLAP_INEXACT, &gold, &predicted, Some("FORM")), (0, 0, 0));
    }

    #[test]
    fn touching_spans_do_not_overlap() {
        let (gold, predicted) = (annotations(&[(0, 7, "A")]), annotations(&[(7, 9, "A")]));
        assert_eq!(counts(&OVERLAP_EXACT, &gold, &predicted, None), (0, 1, 1));
    }

    /// Of ten units one edit is allowed, since 1.0 - 0.8 falls short of 0.2.
    #[test]
    fn similarity_is_cut_off_as_the_tool_does() {
        let gold = annotations(&[(20, 30, "A")]);
        assert_eq!(counts(&APPROX_EXACT, &gold, &annotations(&[(20, 29, "A")]), None), (1, 0, 0));
        assert_eq!(counts(&APPROX_EXACT, &gold, &annotations(&[(20, 28, "A")]), None), (0, 1, 1));
    }

    /// The hash map iterates T4 before T1, so the fourth prediction is found first, although the
    /// first fits better.
    #[test]
    fn the_first_match_of_the_hash_map_is_taken() {
        let gold = annotations(&[(0, 7, "A")]);
        let predicted = annotations(&[(0, 7, "A"), (30, 31, "A"), (31, 32, "A"), (5, 12, "A")]);
        let case = Case { document: None, gold: &gold, predicted: &predicted, options: &Options::default() };
        let items = OVERLAP_EXACT.count(&Layer::Entities, &case).items;
        let pair = items.iter().find(|item| item.gold.is_some()).unwrap();
        assert_eq!(pair.predicted.as_ref().unwrap().span, Some((5, 12)));
    }

    /// A prediction that contains all parts of the gold entity, and more, matches its span.
    #[test]
    fn parts_are_looked_for_in_one_direction() {
        let mut predicted = annotations(&[(0, 19, "A")]);
        predicted.entities.as_mut().unwrap()[0].fragments = vec![(0, 7), (16, 19)];
        let gold = annotations(&[(0, 7, "A")]);
        assert_eq!(counts(&EXACT_EXACT, &gold, &predicted, None), (1, 0, 0));
        assert_eq!(counts(&EXACT_EXACT, &predicted, &gold, None), (0, 1, 1));
    }
}
