//! The outcome of each value of two records, and why karat may count it differently.

use super::measure::Field;
use super::record::{is_there, present};
use crate::document::{Record, Value};
use crate::metric::record_tree::side;
use crate::metric::{Class, Item};
use crate::preset::{PresetDifference, Reasons};

/// Returns the items of a field of two compared records, as [`super::record::confusion`] counts
/// them.
pub(super) fn of_field(field: &Field, gold: &Record, predicted: &Record, in_list: bool) -> Vec<Item> {
    let there = |record: &'_ Record| record.get(&field.name).filter(|value| is_there(value, in_list)).cloned();
    let (g, p) = (there(gold), there(predicted));
    let name = |record: &Record, value: &Value| side(record, &field.name, value);
    let pair = |a: &Value, b: &Value, alike: f64, is_match: bool| {
        let class = if is_match { Class::Correct } else { Class::WrongValue };
        let evidence = format!(
            "stickler's similarity of the values is {alike:.2}; values count as equal from {:.2}",
            field.threshold
        );
        Item { evidence: Some(evidence), ..Item::pair(class, name(gold, a), name(predicted, b)) }
    };
    let all = |value: Option<Value>| match value {
        Some(Value::Array(items)) => items,
        other => other.into_iter().collect(),
    };
    match (g, p) {
        (Some(Value::Array(golds)), Some(Value::Array(others))) => {
            let (mut answered, mut used) = (vec![false; golds.len()], vec![false; others.len()]);
            let mut items = Vec::new();
            for (row, column, alike) in field.pairs(&golds, &others) {
                (answered[row], used[column]) = (true, true);
                items.push(pair(&golds[row], &others[column], alike, field.is_match(alike)));
            }
            let missed = golds.iter().zip(answered).filter(|(_, answered)| !answered);
            items.extend(missed.map(|(value, _)| Item::missed(name(gold, value))));
            let more = others.iter().zip(used).filter(|(_, used)| !used);
            items.extend(more.map(|(value, _)| Item::spurious(Class::Spurious, name(predicted, value))));
            items
        }
        (Some(a), Some(b)) if a.is_array() || b.is_array() => {
            let evidence = "a list beside a value is one wrong value to stickler".to_owned();
            let both = Item::pair(Class::WrongValue, name(gold, &a), name(predicted, &b));
            vec![Item { evidence: Some(evidence), ..both }]
        }
        (Some(a), Some(b)) => {
            let alike = field.similarity(&a, &b);
            vec![pair(&a, &b, alike, alike >= field.threshold)]
        }
        (g, p) => {
            let missed = all(g).into_iter().map(|value| Item::missed(name(gold, &value)));
            let more = all(p).into_iter().map(|value| Item::spurious(Class::Spurious, name(predicted, &value)));
            missed.chain(more).collect()
        }
    }
}

/// The reasons why a value is counted differently.
pub(super) struct OfValues;

impl Reasons for OfValues {
    fn of_item(&self, difference: &PresetDifference<'_>) -> String {
        let Some(item) = difference.preset else {
            let side = difference.gold.or(difference.predicted);
            if side.is_some_and(|side| side.label.contains('.')) {
                return "stickler compares a nested value whole, by its text".to_owned();
            }
            let is_empty =
                side.is_some_and(|side| present(Some(&Value::String(side.text.trim().to_owned()))).is_none());
            return if is_empty {
                "an empty text, list or object is as good as absent to stickler".to_owned()
            } else {
                "of several records stickler compares only the fields of pairs with a similarity of at least .70"
                    .to_owned()
            };
        };
        item.evidence.clone().unwrap_or_else(|| match item.class {
            Class::Missed => {
                "stickler has no value beside it: it pairs records by the similarity of all fields".to_owned()
            }
            _ => "stickler has no gold value beside it: it pairs records by the similarity of all fields".to_owned(),
        })
    }

    fn of_figure(&self, _: &crate::metric::MetricName) -> Option<&'static str> {
        Some("recall leaves wrong values out, and 0 divided by 0 is 0")
    }
}
