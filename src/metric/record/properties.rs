//! Property tests: invariants that hold for all records and options.

use proptest::collection::{btree_map, vec};
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};
use serde_json::{Value, json};

use super::Records;
use super::group::tests::without_indices;
use crate::document::{Annotations, Layer};
use crate::metric::options::{Comparator, FieldOptions, RecordOptions};
use crate::metric::{Case, MetricGroup, Options, Outcome, Statistic, StatisticKey};

const NAMES: [&str; 4] = ["a", "b", "c", "d"];

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        1 => Just(Value::Null),
        4 => "[ab ,-]{0,3}".prop_map(Value::from),
        2 => (0..4).prop_map(Value::from),
        1 => prop_oneof![Just(json!("2025-08-20")), Just(json!("August 20, 2025")), Just(json!("1,000")), Just(json!(true))],
        2 => (0..6_u32, 1..5_u32).prop_map(|(start, length)| json!({"start": start, "end": start + length})),
    ]
}

fn record() -> impl Strategy<Value = Value> {
    let value = scalar().prop_recursive(3, 12, 4, |inner| {
        let object = btree_map(proptest::sample::select(&NAMES[..]), inner.clone(), 0..4);
        prop_oneof![vec(inner, 0..4).prop_map(Value::from), object.prop_map(|fields| json!(fields))]
    });
    btree_map(proptest::sample::select(&NAMES[..]), value, 0..5).prop_map(|fields| json!(fields))
}

fn options() -> impl Strategy<Value = Options> {
    let compare = prop_oneof![
        Just(Comparator::Default),
        Just(Comparator::Exact),
        Just(Comparator::Casefold),
        Just(Comparator::Normalised),
        (0..3_i32).prop_map(|absolute| Comparator::Number { absolute: absolute.into(), relative: 0.0 }),
        Just(Comparator::Date { day_first: None }),
        Just(Comparator::Edit { threshold: 500_000 }),
        Just(Comparator::TokenF1 { threshold: 400_000 }),
        Just(Comparator::Set),
        Just(Comparator::Span { threshold: 300_000 }),
    ];
    let path = prop_oneof![Just("a"), Just("b"), Just("c"), Just("a.b"), Just("c.d")].prop_map(str::to_owned);
    let field = (compare, proptest::sample::select(vec![0_u32, 500, 1000, 2000]))
        .prop_map(|(compare, weight)| FieldOptions { compare, weight, ..FieldOptions::default() });
    btree_map(path, field, 0..4).prop_map(|fields| {
        let records = RecordOptions { fields, ..RecordOptions::default() };
        Options { records: [("r".to_owned(), records)].into(), ..Options::default() }
    })
}

fn count(gold: &[Value], predicted: &[Value], options: &Options) -> Outcome {
    let annotations =
        |records: &[Value]| -> Annotations { serde_json::from_value(json!({"records": {"r": records}})).unwrap() };
    let (gold, predicted) = (annotations(gold), annotations(predicted));
    Records.count(&Layer::records("r"), &Case { document: None, gold: &gold, predicted: &predicted, options })
}

fn moved(values: &[Value], by: usize) -> Vec<Value> {
    let inner = |value: &Value| match value {
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), moved_value(value, by))).collect(),
        other => other.clone(),
    };
    let mut moved: Vec<Value> = values.iter().map(inner).collect();
    if !moved.is_empty() {
        moved.reverse();
        let by = by % moved.len();
        moved.rotate_left(by);
    }
    moved
}

fn moved_value(value: &Value, by: usize) -> Value {
    match value {
        Value::Array(items) => moved(items, by).into(),
        Value::Object(_) => moved(std::slice::from_ref(value), by).remove(0),
        other => other.clone(),
    }
}

/// Returns the number of values in a record, by the definition.
fn leaves(value: &Value, path: &str, options: &RecordOptions) -> u64 {
    let above = path.rmatch_indices('.').map(|(at, _)| &path[..at]);
    let field = [path].into_iter().chain(above).find_map(|path| options.fields.get(path)).copied().unwrap_or_default();
    if field.weight == 0 && !path.is_empty() {
        return 0;
    }
    match value {
        Value::Null => 0,
        Value::String(text) if text.is_empty() => 0,
        Value::Array(items) if items.is_empty() => 0,
        Value::Array(_) if field.compare == Comparator::Set => 1,
        Value::Array(items) => {
            items.iter().map(|item| if item.is_array() { 1 } else { leaves(item, path, options) }).sum()
        }
        Value::Object(fields) if !(fields.contains_key("start") && fields.contains_key("end")) => {
            let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
            fields.iter().map(|(name, value)| leaves(value, &below(name), options)).sum()
        }
        _ => 1,
    }
}

fn whole(outcome: &Outcome) -> (crate::metric::Counts, u64) {
    match outcome.statistics.get(&StatisticKey::whole("")) {
        Some(Statistic::Fields { counts, absent }) => (*counts, *absent),
        other => panic!("{other:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(80))]

    #[test]
    fn order_changes_nothing(gold in vec(record(), 0..4), predicted in vec(record(), 0..4), by in any::<(u8, u8)>(), options in options()) {
        let one = count(&gold, &predicted, &options);
        let other = count(&moved(&gold, by.0.into()), &moved(&predicted, by.1.into()), &options);
        prop_assert_eq!(without_indices(one), without_indices(other));
    }

    #[test]
    fn every_value_counts_once(gold in vec(record(), 0..4), predicted in vec(record(), 0..4), options in options()) {
        let outcome = count(&gold, &predicted, &options);
        let (counts, _) = whole(&outcome);
        let all = |records: &[Value]| records.iter().map(|record| leaves(record, "", &options.records["r"])).sum::<u64>();
        prop_assert_eq!(counts.possible(), all(&gold));
        prop_assert_eq!(counts.predicted(), all(&predicted));
        let (mut sum, mut absent) = (crate::metric::Counts::default(), 0);
        for (key, statistic) in outcome.statistics.iter().filter(|(key, _)| key.metric.is_empty()) {
            if let (Some(_), Statistic::Fields { counts, absent: none }) = (&key.label, statistic) {
                sum += *counts;
                absent += none;
            }
        }
        prop_assert_eq!((sum, absent), whole(&outcome));
    }

    #[test]
    fn what_is_identical_is_right(gold in vec(record(), 0..4), options in options()) {
        let outcome = count(&gold, &gold, &options);
        let (counts, _) = whole(&outcome);
        prop_assert_eq!(counts.correct, counts.possible());
        prop_assert_eq!(counts.correct, counts.predicted());
        let records = gold.len() as u64;
        prop_assert_eq!(outcome.statistics.get(&StatisticKey::whole("accuracy")), Some(&Statistic::Share { hits: records, whole: records }));
        match outcome.statistics.get(&StatisticKey::whole("anls")) {
            Some(Statistic::Average { sum, .. }) => prop_assert!(*sum == 1.0, "{}", sum),
            other => panic!("{other:?}"),
        }
    }
}
