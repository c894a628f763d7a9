//! Computes the figures of stickler-eval from records.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::items;
use super::measure::Field;
use super::record::{Confusion, confusion, similarity};
use crate::align::cheapest;
use crate::document::{Annotations, Layer, Record};
use crate::metric::options::{FieldOptions, RecordOptions};
use crate::metric::{
    Arithmetic, Average, Case, Counts, Headline, Item, MetricGroup, Name, Options, Outcome, Signature, Statistic,
    StatisticKey, Statistics,
};
use crate::preset::Preset;

pub(crate) const PRESETS: &[Preset] = &[Preset {
    name: "stickler",
    about: "stickler-eval 1.0.0: flat records, leaves of `aggregate`; recall leaves wrong values out",
    parity: "tests/parity/stickler.py",
    metric_groups: &[&Stickler],
    reasons: &items::OfValues,
}];

struct Stickler;

/// The metric over leaf values.
const LEAVES: &str = "";
/// The accuracy of leaf values: (TP + TN) / all.
const ACCURACY: &str = "accuracy";
/// The similarity from which two records of a list match.
const MATCH: f64 = 0.7;

impl MetricGroup for Stickler {
    fn scores(&self, layer: &Layer) -> bool {
        matches!(layer, Layer::Records(_))
    }

    fn gold_items(&self, layer: &Layer, gold: &Annotations, _: &Options) -> Option<u64> {
        Some(records(layer, gold)?.len() as u64)
    }

    fn metrics(&self, _: &Options) -> Vec<Name> {
        vec![LEAVES.into(), ACCURACY.into()]
    }

    fn signature(&self, _: &str, options: &Options) -> Signature {
        let signature = Signature::preset("stickler-eval-1.0.0").with("match", MATCH.to_string());
        let fields = options.records.iter().flat_map(|(name, records)| {
            records.fields.iter().map(move |(path, field)| format!("{name}.{path}={field}"))
        });
        fields.fold(signature, Signature::flag)
    }

    fn headline(&self) -> Option<Headline> {
        Some(Headline::new(LEAVES, "f1"))
    }

    fn arithmetic(&self) -> &dyn Arithmetic {
        &SticklerArithmetic
    }

    fn count(&self, layer: &Layer, case: &Case<'_>) -> Outcome {
        let gold = records(layer, case.gold).unwrap_or_default();
        let predicted = records(layer, case.predicted).unwrap_or_default();
        let options = match layer {
            Layer::Records(name) => case.options.records.get(&**name),
            _ => None,
        };
        let fields = fields(options, gold, predicted);
        let mut sums = RecordSums::default();
        let nothing = Record::new();
        match (gold, predicted) {
            ([], []) => sums.whole.tn += 1,
            ([], [_]) | ([_], []) | ([_], [_]) => {
                let (one, other) = (gold.first().unwrap_or(&nothing), predicted.first().unwrap_or(&nothing));
                sums.record(&fields, one, other, false);
            }
            _ => sums.list(&fields, gold, predicted),
        }
        sums.outcome()
    }
}

fn records<'a>(layer: &Layer, annotations: &'a Annotations) -> Option<&'a [Record]> {
    match layer {
        Layer::Records(name) => annotations.records_of(name),
        _ => None,
    }
}

/// Returns the fields that the options declare, and those that any record of the document has.
fn fields(options: Option<&RecordOptions>, gold: &[Record], predicted: &[Record]) -> Vec<Field> {
    let mut fields: BTreeMap<&str, FieldOptions> = BTreeMap::new();
    for name in gold.iter().chain(predicted).flat_map(Record::keys) {
        fields.entry(name).or_default();
    }
    // Nested models are not supported, so a path into one declares nothing.
    let declared = options.iter().flat_map(|options| &options.fields).filter(|(name, _)| !name.contains('.'));
    for (name, chosen) in declared {
        fields.insert(name, *chosen);
    }
    fields.into_iter().map(|(name, options)| Field::new(name, options)).collect()
}

#[derive(Default)]
struct RecordSums {
    whole: Confusion,
    fields: BTreeMap<String, Confusion>,
    items: Vec<Item>,
}

impl RecordSums {
    fn record(&mut self, fields: &[Field], gold: &Record, predicted: &Record, in_list: bool) {
        for field in fields {
            let counts = confusion(field, gold.get(&field.name), predicted.get(&field.name), in_list);
            self.whole.add(counts);
            self.fields.entry(field.name.clone()).or_default().add(counts);
            self.items.extend(items::of_field(field, gold, predicted, in_list));
        }
    }

    /// Compares the records of lists: those that match are compared by field; if none matches, each
    /// counts once; other unmatched records are not counted.
    fn list(&mut self, fields: &[Field], gold: &[Record], predicted: &[Record]) {
        let alike: Vec<Vec<f64>> =
            gold.iter().map(|one| predicted.iter().map(|other| similarity(fields, one, other)).collect()).collect();
        let costs: Vec<Vec<f64>> = alike.iter().map(|row| row.iter().map(|alike| 1.0 - alike).collect()).collect();
        let pairs = cheapest(&costs);
        let matches: Vec<_> = pairs.iter().filter(|&&(row, column)| alike[row][column] >= MATCH).collect();
        for &&(row, column) in &matches {
            self.record(fields, &gold[row], &predicted[column], true);
        }
        if matches.is_empty() {
            let paired = pairs.len();
            self.whole.add(Confusion {
                fd: paired as u64,
                fa: (predicted.len() - paired) as u64,
                fn_: (gold.len() - paired) as u64,
                ..Confusion::default()
            });
        }
    }

    fn outcome(mut self) -> Outcome {
        let mut items = std::mem::take(&mut self.items);
        items.sort_by(|a, b| a.span().cmp(&b.span()).then(a.class.cmp(&b.class)));
        Outcome { statistics: self.statistics(), items, ..Outcome::default() }
    }

    fn statistics(self) -> Statistics {
        let mut statistics = Statistics::default();
        let mut add = |label: Option<Arc<str>>, counts: Confusion| {
            let key = |metric: &'static str| StatisticKey { metric: metric.into(), at: 0, label: label.clone() };
            statistics.add(key(LEAVES), leaves(counts));
            let Confusion { tp, fd, fa, fn_, tn } = counts;
            statistics.add(key(ACCURACY), Statistic::Share { hits: tp + tn, whole: tp + tn + fd + fa + fn_ });
        };
        add(None, self.whole);
        for (name, counts) in self.fields {
            add(Some(name.into()), counts);
        }
        statistics
    }
}

/// Returns the statistic of leaf values. A wrong value counts only as a false positive, so recall
/// ignores it.
fn leaves(counts: Confusion) -> Statistic {
    let counts =
        Counts { correct: counts.tp, missed: counts.fn_, spurious: counts.fd + counts.fa, ..Counts::default() };
    Statistic::matches(counts)
}

/// The arithmetic of the package: ratios are 0 if the denominator is zero.
struct SticklerArithmetic;

impl Arithmetic for SticklerArithmetic {
    fn stats(&self, statistic: &Statistic, _: &Options) -> Vec<Name> {
        let names: &[&'static str] = match statistic {
            Statistic::Matches { .. } => &["precision", "recall", "f1"],
            _ => &[""],
        };
        names.iter().map(|name| (*name).into()).collect()
    }

    fn value(&self, statistics: &Statistics, key: &StatisticKey, stat: &str) -> Option<f64> {
        let ratio = |part: u64, whole: u64| if whole == 0 { 0.0 } else { part as f64 / whole as f64 };
        match (statistics.get(key)?, stat) {
            (Statistic::Share { hits, whole }, _) => Some(ratio(*hits, *whole)),
            (Statistic::Matches { counts, predicted, .. }, stat) => {
                let precision = ratio(counts.correct, *predicted);
                let recall = ratio(counts.correct, counts.possible());
                Some(match stat {
                    "precision" => precision,
                    "recall" => recall,
                    _ if precision + recall > 0.0 => 2.0 * (precision * recall) / (precision + recall),
                    _ => 0.0,
                })
            }
            _ => None,
        }
    }

    fn averages(&self) -> &'static [Average] {
        &[]
    }
}
