//! Values prepared for comparison once, although each is compared with several others.

use std::collections::BTreeSet;

use rapidfuzz::distance::levenshtein;

use super::date::Date;
use super::number::Decimal;
use crate::document::{Number, Value};
use crate::metric::json_value::{self, CodePoints, normalise};
use crate::metric::options::Comparator;

/// A value as prepared for a comparator.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Key {
    Text(String),
    Number(Decimal),
    Date(Date),
    Span(CodePoints),
    /// In lower case, with white space collapsed.
    Characters(Vec<char>),
    /// Folded and sorted.
    Words(Vec<String>),
    /// A number: compared with numbers by value, and with texts as this text.
    NumberOrText(Box<Key>, Box<Key>),
    Set(BTreeSet<Key>),
    OneOf(Vec<Key>),
    /// Among alternatives: an absent value is also correct.
    Nothing,
    /// The JSON as written.
    Literal(String),
}

/// Returns the alternatives of a golden value `{"one_of": [...]}`.
pub(crate) fn alternatives(value: &Value) -> Option<&[Value]> {
    let fields = value.as_object().filter(|fields| fields.len() == 1)?;
    fields.get("one_of")?.as_array().filter(|items| !items.is_empty()).map(Vec::as_slice)
}

impl Key {
    pub fn new(value: &Value, compare: Comparator, is_gold: bool) -> Self {
        let one_of = |items: &[Value]| Self::OneOf(items.iter().map(|item| Self::new(item, compare, false)).collect());
        if let Some(items) = alternatives(value).filter(|_| is_gold) {
            return one_of(items);
        }
        match (compare, value) {
            (_, Value::Null) => Self::Nothing,
            (Comparator::OneOf, Value::Array(items)) if is_gold => one_of(items),
            (Comparator::Set, Value::Array(items)) => Self::Set(items.iter().map(by_type).collect()),
            (Comparator::Set, single) => Self::Set([by_type(single)].into()),
            (Comparator::Default | Comparator::OneOf | Comparator::Span { .. }, _) => by_type(value),
            (_, Value::Array(_) | Value::Object(_)) if value.span().is_none() => literal(value),
            (Comparator::Exact, Value::String(text)) => Self::Text(text.clone()),
            (Comparator::Exact, Value::Number(number)) => of_number(number),
            (Comparator::Exact, _) => literal(value),
            (Comparator::Casefold, Value::Number(number)) => of_number(number),
            (Comparator::Casefold, _) => Self::Text(casefold(&value.shown())),
            (Comparator::Normalised, _) => Self::Text(normalise(&text(value))),
            (Comparator::Number { .. }, Value::Number(number)) => of_number(number),
            (Comparator::Number { .. }, _) => written(value, Decimal::written, Self::Number),
            (Comparator::Date { day_first }, _) => written(value, |text| Date::written(text, day_first), Self::Date),
            (Comparator::Edit { .. } | Comparator::TokenF1 { .. }, Value::Number(number)) => {
                let text = Value::String(text(value));
                Self::NumberOrText(Box::new(of_number(number)), Box::new(Self::new(&text, compare, is_gold)))
            }
            (Comparator::Edit { .. }, _) => Self::Characters(characters(&value.shown())),
            (Comparator::TokenF1 { .. }, _) => {
                let mut words: Vec<String> = normalise(&value.shown()).split_whitespace().map(str::to_owned).collect();
                words.sort_unstable();
                Self::Words(words)
            }
        }
    }

    /// Returns whether an absent prediction is correct.
    pub fn allows_nothing(&self) -> bool {
        matches!(self, Self::OneOf(keys) if keys.contains(&Self::Nothing))
    }

    /// Returns whether a predicted value is equal to this golden one under a comparator.
    pub fn is_same(&self, predicted: &Self, compare: Comparator) -> bool {
        match (self, predicted, compare) {
            (Self::OneOf(keys), _, _) => keys.iter().any(|key| key.is_same(predicted, compare)),
            (Self::NumberOrText(a, _), Self::NumberOrText(b, _), _) => a == b,
            (Self::NumberOrText(_, text), other, _) => text.is_same(other, compare),
            (other, Self::NumberOrText(_, text), _) => other.is_same(text, compare),
            (Self::Span(a), Self::Span(b), Comparator::Span { threshold }) => {
                let shared = json_value::shared(*a, *b);
                let union = a.1.max(b.1).saturating_sub(a.0.min(b.0));
                shared > 0 && reaches(shared, union, threshold)
            }
            (Self::Span(a), Self::Span(b), _) => json_value::is_same_span(*a, *b),
            (Self::Number(a), Self::Number(b), Comparator::Number { absolute, relative }) => {
                a.is_near(b, &Decimal::of(absolute), &Decimal::of(relative))
            }
            (Self::Characters(a), Self::Characters(b), Comparator::Edit { threshold }) => {
                let longer = a.len().max(b.len()) as u64;
                let distance = levenshtein::distance(a.iter().copied(), b.iter().copied()) as u64;
                longer == 0 || reaches(longer - distance, longer, threshold)
            }
            (Self::Words(a), Self::Words(b), Comparator::TokenF1 { threshold }) => {
                let both = (a.len() + b.len()) as u64;
                if both == 0 { true } else { reaches(2 * common(a, b), both, threshold) }
            }
            (a, b, _) => a == b,
        }
    }

    /// Returns whether the comparator's equality is equality of keys, and therefore transitive.
    pub fn is_plain(&self, compare: Comparator) -> bool {
        match self {
            Self::Span(_) | Self::Characters(_) | Self::Words(_) | Self::NumberOrText(..) | Self::OneOf(_) => false,
            Self::Number(_) => {
                !matches!(compare, Comparator::Number { absolute, relative } if absolute > 0.0 || relative > 0.0)
            }
            _ => true,
        }
    }

    /// Returns the number of code points that two values share, if they are spans.
    pub fn shared(&self, other: &Self) -> u32 {
        match (self, other) {
            (Self::Span(a), Self::Span(b)) => json_value::shared(*a, *b).try_into().unwrap_or(u32::MAX),
            _ => 0,
        }
    }
}

/// Returns whether the fraction `part / whole` reaches a threshold in millionths.
fn reaches(part: u64, whole: u64, threshold: u32) -> bool {
    u128::from(part) * 1_000_000 >= u128::from(whole) * u128::from(threshold)
}

/// Returns the size of the multiset intersection of two sorted lists.
fn common(a: &[String], b: &[String]) -> u64 {
    let (mut at, mut to, mut found) = (0, 0, 0);
    while at < a.len() && to < b.len() {
        match a[at].cmp(&b[to]) {
            std::cmp::Ordering::Less => at += 1,
            std::cmp::Ordering::Greater => to += 1,
            std::cmp::Ordering::Equal => (at, to, found) = (at + 1, to + 1, found + 1),
        }
    }
    found
}

/// Prepares a value for the comparison detected from the value itself.
fn by_type(value: &Value) -> Key {
    match value {
        Value::String(text) => Key::Text(normalise(text)),
        Value::Number(number) => of_number(number),
        Value::Null => Key::Nothing,
        other => other.span().map_or_else(|| literal(other), Key::Span),
    }
}

fn of_number(number: &Number) -> Key {
    Decimal::plain(&number.to_string()).map_or_else(|| Key::Literal(number.to_string()), Key::Number)
}

fn literal(value: &Value) -> Key {
    Key::Literal(json_value::canonical_json(value))
}

/// Returns a value as text comparators see it.
fn text(value: &Value) -> String {
    match value {
        Value::Number(number) => json_value::number_text(number),
        other => other.shown(),
    }
}

/// Parses a value as a number or a date; other values are compared as texts.
fn written<T>(value: &Value, read: impl Fn(&str) -> Option<T>, key: impl Fn(T) -> Key) -> Key {
    let text = text(value);
    read(&text).map_or_else(|| Key::Text(normalise(&text)), key)
}

fn casefold(text: &str) -> String {
    // To upper case first, so that "ß" becomes "ss".
    text.to_uppercase().to_lowercase()
}

fn characters(text: &str) -> Vec<char> {
    text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ").chars().collect()
}

#[cfg(test)]
mod tests {
    use super::Key;
    use crate::document::{Value, json};
    use crate::metric::options::Comparator as C;

    fn same(compare: C, gold: &Value, predicted: &Value) -> bool {
        Key::new(gold, compare, true).is_same(&Key::new(predicted, compare, false), compare)
    }

    #[test]
    fn the_default_depends_on_the_value() {
        let equal = |gold: &Value, predicted: &Value| same(C::Default, gold, predicted);
        assert!(equal(&json!("road to nowhere"), &json!("“Road to  nowhere”")));
        assert!(!equal(&json!("Putin"), &json!("Vladimir Putin")) && !equal(&json!("C++"), &json!("C#")));
        assert!(!equal(&json!("-5"), &json!("5")) && !equal(&json!("—"), &json!("?!")));
        assert!(
            equal(&json!(10), &json!(10.0)) && !equal(&json!(10), &json!("10")) && !equal(&json!(true), &json!("true"))
        );
        let span = |start: u32, end: u32| json!({"start": start, "end": end});
        assert!(equal(&span(0, 10), &span(0, 5)) && !equal(&span(0, 10), &span(0, 4)));
    }

    #[test]
    fn each_comparator_has_its_own_idea() {
        assert!(!same(C::Exact, &json!("Ada"), &json!("ada")) && same(C::Exact, &json!(1), &json!(1.0)));
        assert!(
            same(C::Casefold, &json!("STRASSE"), &json!("straße")) && !same(C::Casefold, &json!("a,b"), &json!("a b"))
        );
        assert!(same(C::Normalised, &json!("10"), &json!(10)));
        let number = C::Number { absolute: 0.0, relative: 0.0 };
        assert!(same(number, &json!(10), &json!("10.00")) && same(number, &json!("1,000"), &json!(1000)));
        assert!(same(number, &json!("N/A"), &json!("n/a")) && !same(number, &json!("10 kg"), &json!(10)));
        let date = C::Date { day_first: None };
        assert!(same(date, &json!("2025-08-20"), &json!("August 20, 2025")));
        assert!(!same(date, &json!("2025-08-20"), &json!("2025-08-21")));
        let edit = C::Edit { threshold: 550_000 };
        assert!(same(edit, &json!("aaaaaaaaaaabbbbbbbbb"), &json!("aaaaaaaaaaaccccccccc")));
        assert!(!same(edit, &json!("aaaaaaaaaabbbbbbbbbb"), &json!("aaaaaaaaaacccccccccc")));
        let tokens = C::TokenF1 { threshold: 500_000 };
        assert!(
            same(tokens, &json!("the big cat"), &json!("Cat, the"))
                && !same(tokens, &json!("a b c"), &json!("c d e f"))
        );
        assert!(
            same(C::Set, &json!(["b", "A", "a"]), &json!(["a", "b"]))
                && !same(C::Set, &json!(["a"]), &json!(["a", "b"]))
        );
        let span = C::Span { threshold: 900_000 };
        assert!(!same(span, &json!({"start": 0, "end": 10}), &json!({"start": 0, "end": 8})));
    }

    #[test]
    fn alternatives_stand_in_the_gold() {
        let gold = json!({"one_of": ["UK", "United Kingdom", null]});
        assert!(same(C::Default, &gold, &json!("united kingdom")) && !same(C::Default, &gold, &json!("GB")));
        assert!(Key::new(&gold, C::Default, true).allows_nothing());
        assert!(
            same(C::OneOf, &json!(["UK", "GB"]), &json!("gb")) && !same(C::OneOf, &json!(["UK"]), &json!(["UK", "x"]))
        );
    }
}
