//! Records by field: correct, wrong, missed, fabricated.
//!
//! Records of one layer are paired optimally by how many of their fields agree; then every field of every pair, and every
//! field of the records that stay single, is one outcome, or one for each element where it is a list. A wrong value counts
//! against precision and recall. What counts as the same value is told by the value: places `{"start", "end"}` by overlap
//! (shared at least half of the union), texts normalised (NFKC, case, punctuation, white space), numbers by value, lists
//! as multisets. A field that is null or absent on both sides is rightly absent and counts nowhere.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use super::item::{Class, Item, Side};
use super::value;
use super::{Case, Counts, Family, Options, Outcome, Slot, SlotKey, Tally};
use crate::align::{Similarity, align_records};
use crate::document::{Annotations, Layer, Record};

/// Objects with fields.
pub struct Records;

impl Family for Records {
    fn scores(&self, layer: &Layer) -> bool {
        matches!(layer, Layer::Records(_))
    }

    fn gold_items(&self, layer: &Layer, gold: &Annotations, _: &Options) -> Option<u64> {
        Some(records(layer, gold)?.len() as u64)
    }

    fn signature(&self, _: &str, _: &Options) -> String {
        let (part, whole) = value::SAME_PLACE;
        format!("records|align:karat-records-1|text:nfkc-casefold|place:iou>={part}/{whole}|list:multiset|empty:null")
    }

    fn count(&self, layer: &Layer, case: &Case<'_>) -> Outcome {
        let gold = sorted(records(layer, case.gold).unwrap_or_default());
        let predicted = sorted(records(layer, case.predicted).unwrap_or_default());
        let pairs = align_records(gold.len(), predicted.len(), |g, p| similarity(gold[g], predicted[p]));
        let mut found = Found::default();
        let mut answered = vec![false; predicted.len()];
        let mut next = pairs.iter().copied().peekable();
        for (g, record) in gold.iter().enumerate() {
            let answer = next.next_if(|pair| pair.0 == g).map(|(_, p)| p);
            if let Some(p) = answer {
                answered[p] = true;
            }
            found.compare(Some(record), answer.map(|p| predicted[p]));
        }
        for (record, _) in predicted.iter().zip(answered).filter(|(_, answered)| !answered) {
            found.compare(None, Some(record));
        }
        found.finish()
    }
}

fn records<'a>(layer: &Layer, annotations: &'a Annotations) -> Option<&'a [Record]> {
    match layer {
        Layer::Records(name) => annotations.records_of(name),
        _ => None,
    }
}

/// In order of their places, then of their content: an order that no input order can change.
fn sorted(records: &[Record]) -> Vec<&Record> {
    let mut sorted: Vec<&Record> = records.iter().collect();
    sorted.sort_by_cached_key(|record| (first_place(record), Value::Object((*record).clone()).to_string()));
    sorted
}

/// The first place that a record names.
fn first_place(record: &Record) -> Option<value::Place> {
    record.values().filter_map(value::place).min()
}

fn similarity(gold: &Record, predicted: &Record) -> Similarity {
    let mut alike = Similarity::default();
    for (field, value) in gold {
        let Some(other) = predicted.get(field).filter(|other| !other.is_null()) else { continue };
        if let (Some(a), Some(b)) = (value::place(value), value::place(other)) {
            alike.shared = alike.shared.saturating_add(u32::try_from(value::shared(a, b)).unwrap_or(u32::MAX));
        }
        alike.agreeing += u32::try_from(leaves(Some(value), Some(other)).0.len()).unwrap_or(u32::MAX);
    }
    alike
}

type Leaves<'a> = (Vec<(&'a Value, &'a Value)>, Vec<&'a Value>, Vec<&'a Value>);

/// The elements that agree, those of the gold value alone, and those of the prediction alone.
fn leaves<'a>(gold: Option<&'a Value>, predicted: Option<&'a Value>) -> Leaves<'a> {
    let (gold, predicted) = (elements(gold), elements(predicted));
    // Places may each be the same as several others, so even lists are paired optimally.
    let same = |g: usize, p: usize| Similarity { agreeing: value::is_same(gold[g], predicted[p]).into(), shared: 0 };
    let pairs = align_records(gold.len(), predicted.len(), same);
    let left = |items: &[&'a Value], taken: &dyn Fn(usize) -> bool| {
        items.iter().enumerate().filter(|(at, _)| !taken(*at)).map(|(_, item)| *item).collect::<Vec<_>>()
    };
    let agreeing = pairs.iter().map(|&(g, p)| (gold[g], predicted[p])).collect();
    let missed = left(&gold, &|at| pairs.iter().any(|pair| pair.0 == at));
    (agreeing, missed, left(&predicted, &|at| pairs.iter().any(|pair| pair.1 == at)))
}

fn elements(value: Option<&Value>) -> Vec<&Value> {
    match value {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(items)) => items.iter().filter(|item| !item.is_null()).collect(),
        Some(single) => vec![single],
    }
}

#[derive(Default)]
struct Found {
    tally: Tally,
    items: Vec<Item>,
}

impl Found {
    fn compare(&mut self, gold: Option<&Record>, predicted: Option<&Record>) {
        let fields: BTreeSet<&String> = gold.into_iter().chain(predicted).flat_map(|record| record.keys()).collect();
        for field in fields {
            let (g, p) = (gold.and_then(|r| r.get(field)), predicted.and_then(|r| r.get(field)));
            if value::is_absent(g) && value::is_absent(p) {
                continue;
            }
            let places = (gold.and_then(first_place), predicted.and_then(first_place));
            self.compare_field(&Arc::from(field.as_str()), (g, p), places);
        }
    }

    /// Compares a field of two records, which stand at `places` where their values say nothing of their own.
    fn compare_field(
        &mut self,
        field: &Arc<str>,
        (gold, predicted): (Option<&Value>, Option<&Value>),
        places: (Option<value::Place>, Option<value::Place>),
    ) {
        let (agreeing, mut missed, mut spurious) = leaves(gold, predicted);
        let is_list = [gold, predicted].iter().flatten().any(|value| value.is_array());
        // A single value that differs is one wrong value; elements of a list come and go on their own.
        let wrong =
            if is_list || missed.is_empty() || spurious.is_empty() { None } else { missed.pop().zip(spurious.pop()) };
        let counts = Counts {
            correct: agreeing.len() as u64,
            incorrect: u64::from(wrong.is_some()),
            partial: 0,
            missed: missed.len() as u64,
            spurious: spurious.len() as u64,
        };
        self.tally.add(SlotKey::labelled("", field), Slot::matches(counts));
        self.tally.add(SlotKey::whole(""), Slot::matches(counts));
        let of_gold = |value: &Value| side(field, value, places.0);
        let of_predicted = |value: &Value| side(field, value, places.1);
        self.items.extend(agreeing.iter().map(|(g, p)| Item::pair(Class::Correct, of_gold(g), of_predicted(p))));
        self.items.extend(wrong.map(|(g, p)| Item::pair(Class::WrongValue, of_gold(g), of_predicted(p))));
        self.items.extend(missed.iter().map(|g| Item::missed(of_gold(g))));
        self.items.extend(spurious.iter().map(|p| Item::spurious(Class::Spurious, of_predicted(p))));
    }

    fn finish(self) -> Outcome {
        Outcome { tally: self.tally, items: self.items, warnings: Vec::new() }
    }
}

/// A value with its place, or else with its record's.
fn side(field: &str, value: &Value, of_record: Option<value::Place>) -> Side {
    let place =
        value::place(value).or(of_record).and_then(|(start, end)| Some((start.try_into().ok()?, end.try_into().ok()?)));
    Side { span: place, label: field.to_owned(), text: value::show(value) }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::{Value, json};

    use super::Records;
    use crate::document::{Annotations, Layer};
    use crate::metric::{Case, Counts, Family, Options, Outcome, Slot, SlotKey};

    fn annotations(records: &Value) -> Annotations {
        serde_json::from_value(json!({"records": {"statements": records}})).unwrap()
    }

    fn count(gold: &Value, predicted: &Value) -> Outcome {
        let (gold, predicted) = (annotations(gold), annotations(predicted));
        let case = Case { document: None, gold: &gold, predicted: &predicted, options: &Options::default() };
        Records.count(&Layer::records("statements"), &case)
    }

    fn counts(outcome: &Outcome, field: Option<&str>) -> Counts {
        match outcome.tally.get(&SlotKey { metric: "".into(), at: 0, label: field.map(Arc::from) }) {
            Some(Slot::Matches { counts, .. }) => *counts,
            other => panic!("{field:?}: {other:?}"),
        }
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
        // Strangers in every field are no pair: one fabricated, two missed.
        assert_eq!(counts(&outcome, None), Counts { missed: 2, spurious: 1, ..Counts::default() });
    }

    #[test]
    fn order_of_records_changes_nothing() {
        let (a, b) = (json!({"speaker": "Ada", "day": 1}), json!({"speaker": "Ada", "day": 2}));
        let one = count(&json!([a, b]), &json!([b, a]));
        let other = count(&json!([b, a]), &json!([b, a]));
        assert_eq!(one, other);
        assert_eq!(counts(&one, None).correct, 4);
    }
}
