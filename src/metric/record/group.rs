//! The metric group of records.
//!
//! The records of one layer are paired optimally by the weight of their equal values. Every value
//! of every pair, and every value of unpaired records, is then one outcome. Values are the leaves:
//! of nested objects by path, of lists one by one, of lists of objects by the best pairs of these.
//! A wrong value counts against precision and recall. A field that is null or absent on both sides
//! is correctly absent.

use std::sync::Arc;

use super::anls::{self, Tree};
use super::canonical::{CanonicalRecord, canonical, first_span};
use super::count::{CountedItems, FieldRating, Rooted};
use super::schema::Schema;
use super::tree::{FieldRule, Trees};
use crate::document::{Annotations, Layer, Record};
use crate::metric::json_value;
use crate::metric::options::{Comparator, Empty, FieldOptions, RecordOptions};
use crate::metric::signature::{EMPTY, RESERVED, Signature, escaped};
use crate::metric::{Case, Counts, Headline, MetricGroup, Name, Options, Outcome, Statistic, StatisticKey, Statistics};

/// Objects with fields.
pub struct Records;

/// The metric over every value, each field, and whole records.
const FIELDS: &str = "";
/// The metric over values by weight.
const BY_WEIGHT: &str = "by_weight";
/// The fraction of gold records that are entirely correct.
const ACCURACY: &str = "accuracy";
/// ANLS* of the records of a document.
const ANLS: &str = "anls";
/// The fraction of predicted records that satisfy the schema.
const SCHEMA_VALID: &str = "schema_valid";

impl MetricGroup for Records {
    fn scores(&self, layer: &Layer) -> bool {
        matches!(layer, Layer::Records(_))
    }

    fn gold_items(&self, layer: &Layer, gold: &Annotations, _: &Options) -> Option<u64> {
        Some(records(layer, gold)?.len() as u64)
    }

    fn metrics(&self, _: &Options) -> Vec<Name> {
        [FIELDS, BY_WEIGHT, ACCURACY, ANLS, SCHEMA_VALID].map(Name::from).to_vec()
    }

    fn signature(&self, metric: &str, options: &Options) -> Signature {
        // One signature serves all layers, since the name of a metric does not contain the layer.
        let signature = match metric {
            ANLS => Signature::of("anls_star-1.0.1").with("order", "sorted"),
            SCHEMA_VALID => Signature::of("records").with("schema", schemas(options)),
            _ => {
                let (part, whole) = json_value::SAME_SPAN;
                let signature = Signature::of("records").with("align", "karat-records-1").with("text", "nfkc-casefold");
                let signature = signature.with("place", format!("iou>={part}/{whole}")).with("list", "multiset");
                let is_value = options.records.values().any(|records| records.empty == Empty::Value);
                let signature = signature.with("empty_text", if is_value { "value" } else { "absent" });
                add_chosen(signature, options)
            }
        };
        signature.open(EMPTY, "null")
    }

    fn headline(&self) -> Option<Headline> {
        Some(Headline::new(FIELDS, "f1"))
    }

    fn count(&self, layer: &Layer, case: &Case<'_>) -> Outcome {
        let default = RecordOptions::default();
        let options = options_of(layer, case.options).unwrap_or(&default);
        let gold = canonical(records(layer, case.gold).unwrap_or_default(), options);
        let predicted = canonical(records(layer, case.predicted).unwrap_or_default(), options);
        let mut trees = Trees::new(options);
        let declared = declared(options, &mut trees);
        let left = rooted(&gold, &mut trees, true);
        let right = rooted(&predicted, &mut trees, false);
        let mut found = CountedItems::default();
        let hits = found.records(&left, &right, &declared);
        let mut statistics = statistics(&found, options);
        statistics.add(StatisticKey::whole(ACCURACY), Statistic::Share { hits, whole: gold.len() as u64 });
        let (anls, warning) = alike(&gold, &predicted);
        statistics.add(StatisticKey::whole(ANLS), Statistic::Average { sum: anls, documents: 1 });
        let mut warnings = std::mem::take(&mut found.warnings);
        warnings.extend(warning);
        if let Some(schema) = &options.loaded {
            let (valid, warning) = valid(schema, layer, records(layer, case.predicted).unwrap_or_default());
            statistics.add(
                StatisticKey::whole(SCHEMA_VALID),
                Statistic::Share { hits: valid, whole: predicted.len() as u64 },
            );
            warnings.extend(warning);
        }
        Outcome { statistics, items: found.items, warnings, ..Outcome::default() }
    }
}

fn records<'a>(layer: &Layer, annotations: &'a Annotations) -> Option<&'a [Record]> {
    match layer {
        Layer::Records(name) => annotations.records_of(name),
        _ => None,
    }
}

fn options_of<'o>(layer: &Layer, options: &'o Options) -> Option<&'o RecordOptions> {
    match layer {
        Layer::Records(name) => options.records.get(&**name),
        _ => None,
    }
}

/// Returns the values that both sides gave to the fields of a layer's records, which are paired as
/// for F1. For agreement, records are also paired that have no value in common, if each side has
/// one record, or if every record has one field.
pub(crate) fn field_ratings(layer: &Layer, case: &Case<'_>) -> Vec<FieldRating> {
    let default = RecordOptions::default();
    let options = options_of(layer, case.options).unwrap_or(&default);
    let mut trees = Trees::new(options);
    let gold = canonical(records(layer, case.gold).unwrap_or_default(), options);
    let predicted = canonical(records(layer, case.predicted).unwrap_or_default(), options);
    let left = rooted(&gold, &mut trees, true);
    let right = rooted(&predicted, &mut trees, false);
    let mut found = CountedItems::with_ratings();
    found.records(&left, &right, &[]);
    found.ratings.unwrap_or_default()
}

fn rooted<'a>(records: &'a [CanonicalRecord<'_>], trees: &mut Trees<'_>, is_gold: bool) -> Vec<Rooted<'a>> {
    let root = |CanonicalRecord { index, record }: &'a CanonicalRecord<'_>| Rooted {
        index: u32::try_from(*index).ok(),
        entries: trees.record(record, is_gold),
        span: first_span(record),
    };
    records.iter().map(root).collect()
}

/// Returns the fields that a record is expected to have: those of the options and of the schema.
fn declared(options: &RecordOptions, trees: &mut Trees<'_>) -> Vec<Arc<FieldRule>> {
    let first = |path: &'_ String| path.split('.').next().unwrap_or_default().to_owned();
    let mut names: Vec<String> = options.fields.keys().map(first).collect();
    names.extend(options.loaded.iter().flat_map(|schema| schema.fields()).map(str::to_owned));
    names.sort_unstable();
    names.dedup();
    names.iter().map(|name| trees.field(name)).filter(|field| field.options.weight > 0).collect()
}

fn statistics(found: &CountedItems, options: &RecordOptions) -> Statistics {
    let mut statistics = Statistics::default();
    let (mut whole, mut nothing) = (Counts::default(), 0);
    let mut shares = [0_u64; 3];
    for (path, field) in &found.fields {
        statistics.add(
            StatisticKey::labelled(FIELDS, path),
            Statistic::Fields { counts: field.counts, absent: field.absent },
        );
        whole += field.counts;
        nothing += field.absent;
        let Counts { correct, incorrect, missed, spurious, .. } = field.counts;
        for (sum, values) in
            shares.iter_mut().zip([correct, correct + incorrect + spurious, correct + incorrect + missed])
        {
            *sum += values * u64::from(field.weight);
        }
    }
    statistics.add(StatisticKey::whole(FIELDS), Statistic::Fields { counts: whole, absent: nothing });
    if options.fields.values().any(|field| field.weight != FieldOptions::ONE) {
        // Thousandths are integers, and so are their sums.
        let [correct, predicted, gold] = shares.map(|sum| sum as f64);
        statistics.add(
            StatisticKey::whole(BY_WEIGHT),
            Statistic::Shares { precision: (correct, predicted), recall: (correct, gold) },
        );
    }
    statistics
}

fn alike(gold: &[CanonicalRecord<'_>], predicted: &[CanonicalRecord<'_>]) -> (f64, Option<String>) {
    anls::score(&forest(gold, true), &forest(predicted, false))
}

fn forest<'a>(records: &'a [CanonicalRecord<'_>], is_gold: bool) -> Tree<'a> {
    Tree::List(records.iter().map(|one| Tree::object(&one.record, is_gold)).collect())
}

/// Returns the number of records that satisfy the schema, and the location of the first violation.
fn valid(schema: &Schema, layer: &Layer, records: &[Record]) -> (u64, Option<String>) {
    let mut broken = records.iter().enumerate().filter_map(|(at, record)| {
        let violation = schema.violations(record).into_iter().next()?;
        Some(format!("/{}/{at}{}: {}", layer.to_string().replace('.', "/"), violation.pointer(), violation.message))
    });
    let Some(first) = broken.next() else { return (records.len() as u64, None) };
    let count = 1 + broken.count();
    let warning = format!("{count} of {} records of `{layer}` break the schema, first at {first}", records.len());
    ((records.len() - count) as u64, Some(warning))
}

/// Appends the options that differ from the defaults, by layer.
fn add_chosen(mut signature: Signature, options: &Options) -> Signature {
    for (layer, records) in options.records.iter().filter(|(_, records)| !records.fields.is_empty()) {
        let one = |(path, field): (&String, &FieldOptions)| format!("{}={field}", escaped(path, &[',', '=']));
        let fields = records.fields.iter().map(one).collect::<Vec<_>>().join(",");
        // A layer may have the name of a signature field.
        let is_taken = signature.get(layer).is_some() || RESERVED.contains(&layer.as_str());
        let name = if is_taken { format!("records.{layer}") } else { layer.clone() };
        signature = signature.with(name, fields);
    }
    let is_textual =
        |field: &FieldOptions| matches!(field.compare, Comparator::Edit { .. } | Comparator::TokenF1 { .. });
    let has_textual = options.records.values().any(|records| records.fields.values().any(is_textual));
    if has_textual { signature.with("numbers", "by-value") } else { signature }
}

fn schemas(options: &Options) -> String {
    let hashes = options.records.iter().filter_map(|(name, records)| {
        records.loaded.as_ref().map(|schema| format!("{}={}", escaped(name, &[',', '=']), schema.fingerprint()))
    });
    hashes.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::Arc;

    use serde_json::{Value, json};

    use super::Records;
    use crate::document::{Annotations, Layer};
    use crate::metric::{Case, Counts, MetricGroup, Options, Outcome, Side, Statistic, StatisticKey};

    fn annotations(records: &Value) -> Annotations {
        serde_json::from_value(json!({"records": {"statements": records}})).unwrap()
    }

    fn count(gold: &Value, predicted: &Value) -> Outcome {
        let (gold, predicted) = (annotations(gold), annotations(predicted));
        let case = Case { document: None, gold: &gold, predicted: &predicted, options: &Options::default() };
        Records.count(&Layer::records("statements"), &case)
    }

    /// The outcome without the indices of records, which depend on their order.
    pub(in super::super) fn without_indices(mut outcome: Outcome) -> Outcome {
        outcome.items.iter_mut().for_each(|item| item.records = [None; 2]);
        outcome
    }

    fn counts(outcome: &Outcome, field: Option<&str>) -> Counts {
        match outcome.statistics.get(&StatisticKey { metric: "".into(), at: 0, label: field.map(Arc::from) }) {
            Some(Statistic::Fields { counts, .. }) => *counts,
            other => panic!("{field:?}: {other:?}"),
        }
    }

    #[test]
    fn items_name_the_records_that_are_compared() {
        let outcome = count(
            &json!([{"item": "pens", "price": 1}, {"item": "cups", "price": 4}]),
            &json!([{"item": "cups"}, {"item": "mats"}, {"item": "pens", "price": 2}]),
        );
        let of = |text: &str| {
            let is_of = |side: &Option<Side>| side.as_ref().is_some_and(|side| side.text == text);
            let item = outcome.items.iter().find(|item| is_of(&item.gold) || is_of(&item.predicted));
            item.unwrap_or_else(|| panic!("no {text}")).records
        };
        assert_eq!([of("pens"), of("1"), of("2")], [[Some(0), Some(2)]; 3]);
        // A value without a partner, in records that have one.
        assert_eq!([of("cups"), of("4")], [[Some(1), Some(0)]; 2]);
        assert_eq!(of("mats"), [None, Some(1)]);
    }

    #[test]
    fn five_outcomes_a_field() {
        let outcome = count(
            &json!([{"speaker": "Ada", "date": "2025-08-20", "place": null, "quotes": ["a b", "c"], "cue": {"start": 0, "end": 4}}]),
            &json!([{"speaker": "ADA", "date": "2025-08-21", "place": "Rome", "quotes": ["A, b"], "cue": {"start": 2, "end": 4}}]),
        );
        assert_eq!(counts(&outcome, Some("speaker")), Counts { correct: 1, ..Counts::default() });
        assert_eq!(counts(&outcome, Some("date")), Counts { incorrect: 1, ..Counts::default() });
        assert_eq!(counts(&outcome, Some("place")), Counts { spurious: 1, ..Counts::default() });
        assert_eq!(counts(&outcome, Some("quotes")), Counts { correct: 1, missed: 1, ..Counts::default() });
        assert_eq!(counts(&outcome, Some("cue")), Counts { correct: 1, ..Counts::default() });
        assert_eq!(counts(&outcome, None), Counts { correct: 3, incorrect: 1, missed: 1, spurious: 1, partial: 0 });
    }

    #[test]
    fn single_records_count_all_their_fields() {
        let outcome = count(&json!([{"speaker": "Ada", "date": null}, {"speaker": "Bo"}]), &json!([{"speaker": "Cy"}]));
        // Records without any equal value are not paired: one fabricated, two missed.
        assert_eq!(counts(&outcome, None), Counts { missed: 2, spurious: 1, ..Counts::default() });
    }

    #[test]
    fn order_of_records_changes_nothing() {
        let (a, b) = (json!({"speaker": "Ada", "day": 1}), json!({"speaker": "Ada", "day": 2}));
        let one = count(&json!([a, b]), &json!([b, a]));
        let other = count(&json!([b, a]), &json!([b, a]));
        assert_eq!(without_indices(one.clone()), without_indices(other));
        assert_eq!(counts(&one, None).correct, 4);
    }

    fn share(outcome: &Outcome, metric: &'static str) -> (u64, u64) {
        match outcome.statistics.get(&StatisticKey::whole(metric)) {
            Some(Statistic::Share { hits, whole }) => (*hits, *whole),
            other => panic!("{metric}: {other:?}"),
        }
    }

    fn absent(outcome: &Outcome, field: &str) -> u64 {
        match outcome.statistics.get(&StatisticKey { metric: "".into(), at: 0, label: Some(field.into()) }) {
            Some(Statistic::Fields { absent, .. }) => *absent,
            other => panic!("{field}: {other:?}"),
        }
    }

    #[test]
    fn values_of_objects_and_of_lists_of_objects_count_by_path() {
        let outcome = count(
            &json!([{"name": "Ada", "home": {"city": "Rome", "zip": null},
                     "items": [{"what": "pen", "price": 1}, {"what": "ink", "price": 2}, {"what": "pad", "price": 3}]}]),
            &json!([{"name": "Ada", "home": {"city": "Oslo"},
                     "items": [{"what": "ink", "price": 2}, {"what": "pen", "price": 9}]}]),
        );
        assert_eq!(counts(&outcome, Some("home.city")), Counts { incorrect: 1, ..Counts::default() });
        assert_eq!(absent(&outcome, "home.zip"), 1);
        assert_eq!(counts(&outcome, Some("items.what")), Counts { correct: 2, missed: 1, ..Counts::default() });
        assert_eq!(
            counts(&outcome, Some("items.price")),
            Counts { correct: 1, incorrect: 1, missed: 1, ..Counts::default() }
        );
        assert_eq!(share(&outcome, "accuracy"), (0, 1));
    }

    #[test]
    fn an_object_in_the_place_of_a_text_is_missed_and_made_up() {
        let outcome = count(&json!([{"a": "x", "b": {"c": 1, "d": 2}}]), &json!([{"a": "x", "b": "1 2"}]));
        assert_eq!(counts(&outcome, None), Counts { correct: 1, missed: 2, spurious: 1, ..Counts::default() });
    }

    #[test]
    fn records_are_right_as_a_whole_or_not() {
        let outcome = count(
            &json!([{"a": 1, "b": null}, {"a": 2, "b": 3}, {"a": null}]),
            &json!([{"a": 1}, {"a": 2, "b": 4}, {}]),
        );
        assert_eq!(share(&outcome, "accuracy"), (2, 3));
        assert_eq!((absent(&outcome, "a"), absent(&outcome, "b")), (1, 1));
    }

    #[test]
    fn nothing_may_be_an_alternative() {
        let gold = json!([{"a": 1, "b": {"one_of": ["x", null]}}]);
        let outcome = count(&gold, &json!([{"a": 1}]));
        assert_eq!((counts(&outcome, None), absent(&outcome, "b")), (Counts { correct: 1, ..Counts::default() }, 1));
        let outcome = count(&gold, &json!([{"a": 1, "b": "y"}]));
        assert_eq!(counts(&outcome, Some("b")), Counts { incorrect: 1, ..Counts::default() });
    }

    #[test]
    fn a_layer_and_a_field_with_one_name_are_distinguished() {
        let options = |layer: &str| -> Options {
            toml::from_str(&format!(
                "[records.{layer}.fields]\n\"a,b\" = {{compare = \"exact\"}}\nc = {{compare = \"exact\"}}\n"
            ))
            .unwrap()
        };
        let signature = |layer: &str| Records.signature("", &options(layer));
        assert!(
            signature("statements")
                .to_string()
                .ends_with("|list:multiset|empty_text:absent|statements:a\\,b=exact,c=exact|empty:null")
        );
        for layer in ["empty", "ci", "list"] {
            assert_eq!(signature(layer).get(&format!("records.{layer}")), Some("a\\,b=exact,c=exact"));
            assert_eq!(signature(layer).get("empty"), Some("null"));
        }
    }
}
