//! GATE's Annotation Diff and the micro summary of its Corpus Quality Assurance
//! (`gate.util.AnnotationDiffer`).
//!
//! A label is an annotation type, and types are compared separately, so annotations of different
//! labels are never paired. Within a type, every key that is coextensive with a response (worth 3)
//! or overlaps it (worth 2) is a possible pairing. Its score is its worth minus that of all
//! pairings it excludes. Pairings are taken by descending score, the last of equal ones first: GATE
//! sorts ascending by score alone and reverses the list.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::entities;
use super::{Preset, PresetDifference, Reasons};
use crate::align::OverlapIndex;
use crate::document::{Annotations, Entity, Layer};
use crate::metric::signature::{BETA, EMPTY, Signature};
use crate::metric::{
    Arithmetic, Average, Case, Class, Counts, Headline, MetricGroup, MetricName, Name, Options, Outcome, Statistic,
    StatisticKey, Statistics,
};

pub(super) const PRESETS: &[Preset] = &[Preset {
    name: "gate",
    about: "GATE Annotation Diff and Corpus Quality Assurance: strict, lenient and their average, type by type",
    parity: "src/preset/gate.rs",
    metric_groups: &[&Gate],
    reasons: &Gate,
}];

struct Gate;

const METRICS: [&str; 3] = ["strict", "lenient", "average"];

const COEXTENSIVE: i64 = 3;
const OVERLAPPING: i64 = 2;

impl MetricGroup for Gate {
    fn scores(&self, layer: &Layer) -> bool {
        *layer == Layer::Entities
    }

    fn gold_items(&self, _: &Layer, gold: &Annotations, _: &Options) -> Option<u64> {
        entities::gold_items(gold)
    }

    fn metrics(&self, _: &Options) -> Vec<Name> {
        METRICS.iter().map(|name| (*name).into()).collect()
    }

    fn signature(&self, metric: &str, _: &Options) -> Signature {
        let signature = Signature::preset("gate-annotation-diff").with("scheme", metric.to_owned());
        signature.open(BETA, "1").with(EMPTY, "1")
    }

    fn headline(&self) -> Option<Headline> {
        Some(Headline::new("strict", "f1"))
    }

    fn arithmetic(&self) -> &dyn Arithmetic {
        self
    }

    fn count(&self, _: &Layer, case: &Case<'_>) -> Outcome {
        let keys: Vec<&Entity> = entities::of(case.gold).iter().collect();
        let responses: Vec<&Entity> = entities::of(case.predicted).iter().collect();
        let mut types: BTreeMap<&str, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
        for (at, key) in keys.iter().enumerate() {
            types.entry(&key.label).or_default().0.push(at);
        }
        for (at, response) in responses.iter().enumerate() {
            types.entry(&response.label).or_default().1.push(at);
        }
        let (mut statistics, mut whole, mut all) = (Statistics::default(), Counts::default(), Vec::new());
        for (label, (k, r)) in types {
            let spans = |places: &[usize], of: &[&Entity]| -> Vec<(u32, u32)> {
                places.iter().map(|&at| (of[at].start, of[at].end)).collect()
            };
            let pairs = pair(&spans(&k, &keys), &spans(&r, &responses));
            let correct = pairs.iter().filter(|pair| pair.2).count() as u64;
            let partial = pairs.len() as u64 - correct;
            let (missed, spurious) = ((k.len() - pairs.len()) as u64, (r.len() - pairs.len()) as u64);
            let counts = Counts { correct, partial, missed, spurious, incorrect: 0 };
            whole += counts;
            add(&mut statistics, counts, Some(&Arc::from(label)));
            let class = |exact| if exact { Class::Correct } else { Class::Misbounded };
            all.extend(pairs.into_iter().map(|(i, j, exact)| (k[i], r[j], class(exact))));
        }
        add(&mut statistics, whole, None);
        Outcome { statistics, items: entities::items(case, &keys, &responses, &all), ..Outcome::default() }
    }
}

/// Adds the counts. A partial match is wrong under strict, correct under lenient, and half correct
/// under average.
fn add(statistics: &mut Statistics, counts: Counts, label: Option<&Arc<str>>) {
    for metric in METRICS {
        let counts = match metric {
            "strict" => Counts { incorrect: counts.partial, partial: 0, ..counts },
            "lenient" => Counts { correct: counts.correct + counts.partial, partial: 0, ..counts },
            _ => counts,
        };
        let key = label.map_or_else(|| StatisticKey::whole(metric), |label| StatisticKey::labelled(metric, label));
        statistics.add(key, Statistic::matches(counts));
    }
}

/// Returns the pairings of one type: indices of key and response, and whether they are coextensive.
fn pair(keys: &[(u32, u32)], responses: &[(u32, u32)]) -> Vec<(usize, usize, bool)> {
    let index = OverlapIndex::new(responses.iter().copied().zip(0..));
    let mut choices: Vec<(usize, usize, i64)> = Vec::new();
    for (i, key) in keys.iter().enumerate() {
        let worth = |j: usize| if responses[j] == *key { COEXTENSIVE } else { OVERLAPPING };
        choices.extend(index.overlapping(*key).map(|j| (i, j, worth(j))));
    }
    let (mut of_key, mut of_response) = (vec![0; keys.len()], vec![0; responses.len()]);
    for &(i, j, worth) in &choices {
        of_key[i] += worth;
        of_response[j] += worth;
    }
    let score = |&(i, j, worth): &(usize, usize, i64)| 3 * worth - of_key[i] - of_response[j];
    choices.sort_by_key(|choice| (score(choice), choice.0, choice.1));
    let (mut used_keys, mut used_responses) = (vec![false; keys.len()], vec![false; responses.len()]);
    let mut pairs = Vec::new();
    for (i, j, worth) in choices.into_iter().rev() {
        if !used_keys[i] && !used_responses[j] {
            (used_keys[i], used_responses[j]) = (true, true);
            pairs.push((i, j, worth == COEXTENSIVE));
        }
    }
    pairs
}

impl Arithmetic for Gate {
    fn stats(&self, _: &Statistic, _: &Options) -> Vec<Name> {
        vec!["precision".into(), "recall".into(), "f1".into()]
    }

    fn value(&self, statistics: &Statistics, key: &StatisticKey, stat: &str) -> Option<f64> {
        if key.metric != "average" {
            let Statistic::Matches { counts, predicted, .. } = statistics.get(key)? else { return None };
            return Some(ratio(counts, *predicted, stat));
        }
        let of = |metric: &'static str| StatisticKey { metric: metric.into(), ..key.clone() };
        let (strict, lenient) =
            (self.value(statistics, &of("strict"), stat)?, self.value(statistics, &of("lenient"), stat)?);
        Some((lenient + strict) / 2.0)
    }

    /// The micro summary is the whole-layer figure; the tool's macro summary averages values
    /// rounded for display and is not reproduced.
    fn averages(&self) -> &'static [Average] {
        &[]
    }
}

/// Returns precision or recall: recall is 1 without keys, and precision is 1 without responses.
fn ratio(counts: &Counts, responses: u64, stat: &str) -> f64 {
    let share = |whole: u64| if whole == 0 { 1.0 } else { counts.correct as f64 / whole as f64 };
    let (precision, recall) = (share(responses), share(counts.possible()));
    match stat {
        "precision" => precision,
        "recall" => recall,
        _ => {
            let f = 2.0 * precision * recall / (precision + recall);
            if f.is_nan() { 0.0 } else { f }
        }
    }
}

impl Reasons for Gate {
    fn of_item(&self, difference: &PresetDifference<'_>) -> String {
        let pair = difference.karat.and_then(|item| item.gold.as_ref().zip(item.predicted.as_ref()));
        match (pair, difference.preset) {
            (Some((gold, predicted)), _) if gold.label != predicted.label => {
                "GATE compares one annotation type at a time: a wrong label is missed in one and spurious in the other"
                    .to_owned()
            }
            (_, Some(preset)) if preset.gold.is_some() && preset.predicted.is_some() => {
                "GATE takes pairings by their worth less that of all they exclude, and another one came first"
                    .to_owned()
            }
            _ => "GATE gave its partner to another pairing, whose worth less that of all it excludes was higher"
                .to_owned(),
        }
    }

    fn of_figure(&self, _: &MetricName) -> Option<&'static str> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{Gate, pair};
    use crate::document::{Annotations, Entity, Layer, Span};
    use crate::metric::{Arithmetic, Case, MetricGroup, Options, StatisticKey};

    fn value(gold: &[(u32, u32, &str)], predicted: &[(u32, u32, &str)], metric: &'static str, stat: &str) -> f64 {
        let annotations = |spans: &[(u32, u32, &str)]| Annotations {
            entities: Some(spans.iter().map(|&(s, e, label)| Entity::new(Span::new(s, e), label)).collect()),
            ..Annotations::default()
        };
        let (gold, predicted) = (annotations(gold), annotations(predicted));
        let case = Case { document: None, gold: &gold, predicted: &predicted, options: &Options::default() };
        let statistics = Gate.count(&Layer::Entities, &case).statistics;
        Gate.value(&statistics, &StatisticKey::whole(metric), stat).unwrap()
    }

    /// Worked by hand from the definitions: one of three keys is found, one partially, one not; two
    /// of four responses are spurious.
    #[test]
    fn strict_lenient_and_their_average() {
        let gold = [(0, 5, "A"), (10, 15, "A"), (20, 25, "A")];
        let predicted = [(0, 5, "A"), (12, 18, "A"), (30, 31, "A"), (40, 41, "B")];
        assert_eq!(value(&gold, &predicted, "strict", "precision"), 0.25);
        assert_eq!(value(&gold, &predicted, "strict", "recall"), 1.0 / 3.0);
        assert_eq!(value(&gold, &predicted, "lenient", "precision"), 0.5);
        assert_eq!(value(&gold, &predicted, "lenient", "recall"), 2.0 / 3.0);
        assert_eq!(value(&gold, &predicted, "average", "precision"), 0.375);
        let f = |p: f64, r: f64| 2.0 * p * r / (p + r);
        assert_eq!(value(&gold, &predicted, "average", "f1"), f64::midpoint(f(0.25, 1.0 / 3.0), f(0.5, 2.0 / 3.0)));
    }

    #[test]
    fn nothing_against_nothing_is_perfect() {
        for metric in ["strict", "lenient", "average"] {
            for stat in ["precision", "recall", "f1"] {
                assert_eq!(value(&[], &[], metric, stat), 1.0);
            }
        }
        assert_eq!(value(&[(0, 1, "A")], &[], "strict", "precision"), 1.0);
        assert_eq!(value(&[(0, 1, "A")], &[], "strict", "f1"), 0.0);
    }

    #[test]
    fn labels_never_meet() {
        assert_eq!(value(&[(0, 5, "A")], &[(0, 5, "B")], "lenient", "f1"), 0.0);
    }

    /// Each of the two keys overlaps both responses. Every pairing is worth 2 and excludes two
    /// others, so all four score -2, and the last in the list is taken.
    #[test]
    fn of_equal_pairings_the_last_is_taken() {
        assert_eq!(pair(&[(0, 6), (4, 10)], &[(1, 7), (3, 9)]), [(1, 1, false), (0, 0, false)]);
    }

    /// The coextensive pairing excludes two others and scores no better than they do (3 - 2 - 2, 2
    /// - 3 and 2 - 3), so it is lost: two partial matches instead of a correct one.
    #[test]
    fn a_coextensive_pairing_pays_for_what_it_excludes() {
        assert_eq!(pair(&[(0, 5), (3, 9)], &[(0, 5), (1, 2)]), [(1, 0, false), (0, 1, false)]);
    }
}
