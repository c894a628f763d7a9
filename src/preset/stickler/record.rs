//! Comparison of two records, field by field.

use super::measure::Field;
use crate::document::{Record, Value};
use crate::metric::record_tree::is_python_space;

/// The confusion counts of the package.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Confusion {
    /// True positives: equal values.
    pub tp: u64,
    /// False discoveries: different values.
    pub fd: u64,
    /// False alarms: predicted values without a gold value.
    pub fa: u64,
    /// False negatives: gold values without a prediction.
    pub fn_: u64,
    /// True negatives: absent on both sides.
    pub tn: u64,
}

impl Confusion {
    pub fn add(&mut self, other: Self) {
        self.tp += other.tp;
        self.fd += other.fd;
        self.fa += other.fa;
        self.fn_ += other.fn_;
        self.tn += other.tn;
    }
}

/// Returns the counts of a field: a list counts its items, an empty list counts as absent. In
/// records of lists, a text of only white space counts as absent, too.
pub(super) fn confusion(field: &Field, gold: Option<&Value>, predicted: Option<&Value>, in_list: bool) -> Confusion {
    let one = Confusion::default();
    let is_there = |value: &&Value| is_there(value, in_list);
    let (g, p) = (gold.filter(is_there), predicted.filter(is_there));
    let length = |value: Option<&Value>| value.map_or(0, |value| value.as_array().map_or(1, Vec::len)) as u64;
    match (g, p) {
        (None, None) => Confusion { tn: 1, ..one },
        (None, _) => Confusion { fa: length(p), ..one },
        (_, None) => Confusion { fn_: length(g), ..one },
        (Some(Value::Array(items)), Some(Value::Array(others))) => {
            let pairs = field.pairs(items, others);
            let tp = pairs.iter().filter(|(.., alike)| field.is_match(*alike)).count() as u64;
            let paired = pairs.len() as u64;
            Confusion { tp, fd: paired - tp, fa: length(p) - paired, fn_: length(g) - paired, ..one }
        }
        (Some(Value::Array(_)), _) | (_, Some(Value::Array(_))) => Confusion { fd: 1, ..one },
        (Some(a), Some(b)) if field.similarity(a, b) >= field.threshold => Confusion { tp: 1, ..one },
        _ => Confusion { fd: 1, ..one },
    }
}

/// Returns whether a value counts as present.
pub(super) fn is_there(value: &Value, in_list: bool) -> bool {
    let is_blank = in_list && value.as_str().is_some_and(|text| text.chars().all(is_python_space));
    present(Some(value)).is_some() && !is_blank
}

/// Returns the similarity of two records: the weighted mean over their fields, except those that
/// neither has.
pub(super) fn similarity(fields: &[Field], gold: &Record, predicted: &Record) -> f64 {
    let (mut total, mut weights, mut compared) = (0.0, 0.0, false);
    for field in fields {
        let (g, p) = (present(gold.get(&field.name)), present(predicted.get(&field.name)));
        let alike = match (g, p) {
            (None, None) => continue,
            (Some(Value::Array(items)), Some(Value::Array(others))) => {
                let pairs = field.pairs(items, others);
                let mean = pairs.iter().fold(0.0, |sum, (.., alike)| sum + alike) / pairs.len() as f64;
                mean * (pairs.len() as f64 / items.len().max(others.len()) as f64)
            }
            (Some(Value::Array(_)), _) | (_, Some(Value::Array(_))) => 0.0,
            (Some(a), Some(b)) => field.similarity(a, b),
            _ => 0.0,
        };
        compared = true;
        total += alike * field.weight;
        weights += field.weight;
    }
    if weights > 0.0 {
        total / weights
    } else if compared {
        0.0
    } else {
        1.0
    }
}

/// Returns a value unless it is null or an empty text, list or object.
pub(super) fn present(value: Option<&Value>) -> Option<&Value> {
    value.filter(|value| match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        Value::Bool(_) | Value::Number(_) => true,
    })
}
