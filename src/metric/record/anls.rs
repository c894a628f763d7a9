//! ANLS*: the similarity of two JSON trees, 0 to 1 (Peer et al. 2024), as computed by the package
//! anls_star 1.0.1.
//!
//! Leaves are compared by edit similarity in lower case, which counts as 0 below one half; objects
//! are compared key by key, lists by the best assignment of their items; different types have
//! similarity 0. The sum over leaves is divided by the number of leaves that either side has. An
//! absent key equals null, an empty text, list or object.
//!
//! The best assignment of two lists compares each item of one with each of the other, and so the
//! items of lists within them. If there are more than [`MOST_CELLS`] such pairs, or more
//! comparisons than [`are_comparable`] allows, items that are written alike are paired first, and
//! the rest by the best assignment or, if it is still too long, in order.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rapidfuzz::distance::levenshtein;

use super::key::alternatives;
use crate::align::{are_comparable, cheapest};
use crate::document::{Fields, Number, Value};

/// A tree with its leaves prepared for comparison.
pub(crate) enum Tree<'a> {
    None,
    Leaf(Leaf<'a>),
    List(Vec<Tree<'a>>),
    Object(Vec<(&'a str, Tree<'a>)>),
    /// Alternatives; only in golden files.
    OneOf(Vec<Tree<'a>>),
}

pub(crate) struct Leaf<'a> {
    value: &'a Value,
    text: Vec<char>,
}

impl<'a> Tree<'a> {
    /// Prepares a golden tree, in which `{"one_of": [...]}` contains alternatives, or a predicted
    /// one.
    pub fn new(value: &'a Value, is_gold: bool) -> Self {
        match value {
            Value::Null => Self::None,
            Value::Array(items) => Self::List(items.iter().map(|item| Self::new(item, is_gold)).collect()),
            Value::Object(fields) => match alternatives(value).filter(|_| is_gold) {
                Some(items) => Self::OneOf(items.iter().map(|item| Self::new(item, is_gold)).collect()),
                None => Self::object(fields, is_gold),
            },
            leaf => Self::Leaf(Leaf { value: leaf, text: folded(&python_text(leaf)) }),
        }
    }

    /// Prepares the tree of the fields of an object.
    pub fn object(fields: &'a Fields, is_gold: bool) -> Self {
        Self::Object(fields.iter().map(|(key, value)| (key.as_str(), Self::new(value, is_gold))).collect())
    }

    /// Returns the number of leaves; an empty list or object has none.
    fn len(&self) -> usize {
        match self {
            Self::None | Self::Leaf(_) => 1,
            Self::List(items) => items.iter().map(Self::len).sum(),
            Self::Object(fields) => fields.iter().map(|(_, value)| value.len()).sum(),
            Self::OneOf(items) => items.iter().map(Self::len).max().unwrap_or(0),
        }
    }

    /// Returns the number of items of lists in the tree, at any depth.
    fn items(&self) -> u64 {
        match self {
            Self::None | Self::Leaf(_) => 0,
            Self::List(items) => items.iter().map(Self::size).sum(),
            Self::Object(fields) => fields.iter().map(|(_, value)| value.items()).sum(),
            Self::OneOf(items) => items.iter().map(Self::items).sum(),
        }
    }

    /// Returns what the tree, as an item of a list, adds to the number of comparisons.
    fn size(&self) -> u64 {
        1 + self.items()
    }

    /// Returns whether two trees are written alike, without values that count as absent. In two
    /// lists of such trees each best assignment pairs trees with similarity 1.
    fn is_identical(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Leaf(one), Self::Leaf(other)) => one.value == other.value && one.value.as_str() != Some(""),
            (Self::List(items), Self::List(others)) => {
                !items.is_empty()
                    && items.len() == others.len()
                    && items.iter().zip(others).all(|(one, other)| one.is_identical(other))
            }
            (Self::Object(fields), Self::Object(others)) => {
                let is_same =
                    |(one, other): (&(&str, Self), &(&str, Self))| one.0 == other.0 && one.1.is_identical(&other.1);
                !fields.is_empty() && fields.len() == others.len() && fields.iter().zip(others).all(is_same)
            }
            _ => false,
        }
    }

    /// Appends the tree as text, so that trees with equal texts are alike.
    fn write(&self, text: &mut String) {
        let list = |items: &[Self], text: &mut String| {
            for item in items {
                item.write(text);
                text.push(',');
            }
        };
        match self {
            Self::None => text.push_str("null"),
            Self::Leaf(leaf) => text.push_str(&leaf.value.to_string()),
            Self::List(items) => {
                text.push('[');
                list(items, text);
                text.push(']');
            }
            Self::Object(fields) => {
                text.push('{');
                for (key, value) in fields {
                    text.push_str(&Value::from(*key).to_string());
                    text.push(':');
                    value.write(text);
                    text.push(',');
                }
                text.push('}');
            }
            Self::OneOf(items) => {
                text.push('(');
                list(items, text);
                text.push(')');
            }
        }
    }

    /// Returns whether the tree counts as absent.
    fn is_nothing(&self) -> bool {
        match self {
            Self::None => true,
            Self::Leaf(leaf) => leaf.value.as_str() == Some(""),
            Self::List(items) => items.is_empty(),
            Self::Object(fields) => fields.is_empty(),
            Self::OneOf(_) => false,
        }
    }
}

/// The largest number of pairs of items of two lists among which the best assignment is searched:
/// 512 items with as many.
const MOST_CELLS: usize = 1 << 18;

/// The result of comparing a golden tree with a predicted one.
#[derive(Default)]
struct Match {
    leaves: Vec<f64>,
    length: usize,
    /// Whether the chosen gold alternative equals the prediction.
    is_equal: bool,
    /// Whether the chosen gold alternative counts as absent.
    is_nothing: bool,
    /// Whether lists were too long for the best assignment.
    is_bounded: bool,
}

impl Match {
    fn none(gold: &Tree<'_>, predicted: &Tree<'_>) -> Self {
        let length = gold.len().max(predicted.len());
        Self { leaves: vec![0.0], length, is_equal: false, is_nothing: gold.is_nothing(), is_bounded: false }
    }

    fn mean(&self) -> f64 {
        // A sum from left to right, on which the last digit depends.
        if self.length == 0 { 1.0 } else { self.leaves.iter().fold(0.0, |sum, leaf| sum + leaf) / self.length as f64 }
    }
}

/// Returns the score of a predicted tree, 0 to 1, and a warning if lists were too long for the best
/// assignment.
pub(crate) fn score(gold: &Tree<'_>, predicted: &Tree<'_>) -> (f64, Option<String>) {
    const BOUNDED: &str = "lists are so long that ANLS* pairs the items that are written alike first: it may be \
        lower than with the best pairs";
    let found = compare(gold, predicted);
    (found.mean(), found.is_bounded.then(|| BOUNDED.to_owned()))
}

fn compare(gold: &Tree<'_>, predicted: &Tree<'_>) -> Match {
    match (gold, predicted) {
        (Tree::OneOf(items), _) => one_of(items, predicted),
        (Tree::None, other) => {
            let earns = other.is_nothing();
            let length = other.len().max(1);
            Match { leaves: vec![earns.into()], length, is_equal: earns, is_nothing: true, is_bounded: false }
        }
        (Tree::Leaf(one), Tree::Leaf(other)) => Match {
            leaves: vec![similarity(&one.text, &other.text)],
            length: 1,
            is_equal: is_equal(one.value, other.value),
            is_nothing: gold.is_nothing(),
            is_bounded: false,
        },
        (Tree::List(items), Tree::List(others)) => lists(items, others),
        (Tree::Object(fields), Tree::Object(others)) => objects(fields, others),
        _ => Match::none(gold, predicted),
    }
}

/// Returns the match of the best alternative; of equal scores, one that equals the prediction, then
/// the first.
fn one_of(items: &[Tree<'_>], predicted: &Tree<'_>) -> Match {
    let (mut best, mut is_bounded): (Option<(f64, Match)>, bool) = (None, false);
    for item in items {
        let found = compare(item, predicted);
        is_bounded |= found.is_bounded;
        let mean = found.mean();
        let is_better = best.as_ref().is_none_or(|(best, of)| (mean, found.is_equal) > (*best, of.is_equal));
        if is_better {
            best = Some((mean, found));
        }
    }
    Match { is_bounded, ..best.map(|(_, found)| found).unwrap_or_default() }
}

fn lists(gold: &[Tree<'_>], predicted: &[Tree<'_>]) -> Match {
    let is_identical =
        gold.len() == predicted.len() && gold.iter().zip(predicted).all(|(item, other)| item.is_identical(other));
    let is_bounded = !is_identical && are_too_long(gold, predicted);
    let mut pairs = if is_identical {
        gold.iter().zip(predicted).enumerate().map(|(at, (item, other))| (at, at, compare(item, other))).collect()
    } else if is_bounded {
        bounded_pairs(gold, predicted)
    } else {
        best_pairs(&gold.iter().collect::<Vec<_>>(), &predicted.iter().collect::<Vec<_>>())
    };
    pairs.sort_unstable_by_key(|&(row, column, _)| (row, column));
    let mut found =
        Match { is_equal: gold.len() == predicted.len(), is_nothing: gold.is_empty(), is_bounded, ..Match::default() };
    let (mut is_paired, mut is_answer) = (vec![false; gold.len()], vec![false; predicted.len()]);
    for (row, column, cell) in pairs {
        (is_paired[row], is_answer[column]) = (true, true);
        found.leaves.extend(cell.leaves);
        found.length += cell.length;
        found.is_equal &= cell.is_equal;
        found.is_bounded |= cell.is_bounded;
    }
    found.length += gold.iter().zip(is_paired).filter(|(_, paired)| !paired).map(|(item, _)| item.len()).sum::<usize>();
    let alone = predicted.iter().zip(is_answer).filter(|(_, answer)| !answer);
    found.length += alone.map(|(item, _)| item.len()).sum::<usize>();
    found
}

/// Returns whether two lists have too many items, or too many in lists within them, to compare each
/// item of one with each of the other.
fn are_too_long<'t, 'a: 't>(
    gold: impl IntoIterator<Item = &'t Tree<'a>>,
    predicted: impl IntoIterator<Item = &'t Tree<'a>>,
) -> bool {
    let gold: Vec<u64> = gold.into_iter().map(Tree::size).collect();
    let predicted: Vec<u64> = predicted.into_iter().map(Tree::size).collect();
    gold.len().saturating_mul(predicted.len()) > MOST_CELLS || !are_comparable(&gold, &predicted)
}

/// Two items of lists by their indices, and their match.
type PairedItems = (usize, usize, Match);

/// Returns the pairs of the best assignment of two lists.
fn best_pairs(gold: &[&Tree<'_>], predicted: &[&Tree<'_>]) -> Vec<PairedItems> {
    let mut cells: Vec<Vec<Match>> =
        gold.iter().map(|item| predicted.iter().map(|other| compare(item, other)).collect()).collect();
    let gain = |cell: &Match| if cell.is_equal { cell.mean().next_up() } else { cell.mean() };
    let gains: Vec<Vec<f64>> = cells.iter().map(|row| row.iter().map(gain).collect()).collect();
    let most = gains.iter().flatten().copied().fold(f64::NEG_INFINITY, f64::max);
    let costs: Vec<Vec<f64>> = gains.iter().map(|row| row.iter().map(|gain| most - gain).collect()).collect();
    let pairs = cheapest(&costs).into_iter();
    pairs.map(|(row, column)| (row, column, std::mem::take(&mut cells[row][column]))).collect()
}

/// Returns pairs of two long lists: items that are written alike, and then the rest.
fn bounded_pairs(gold: &[Tree<'_>], predicted: &[Tree<'_>]) -> Vec<PairedItems> {
    let written = |item: &Tree<'_>| {
        let mut text = String::new();
        item.write(&mut text);
        text
    };
    let mut waiting: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (column, item) in predicted.iter().enumerate().rev() {
        waiting.entry(written(item)).or_default().push(column);
    }
    let (mut rows, mut is_left, mut pairs) = (Vec::new(), vec![true; predicted.len()], Vec::new());
    for (row, item) in gold.iter().enumerate() {
        match waiting.get_mut(&written(item)).and_then(Vec::pop) {
            Some(column) => {
                is_left[column] = false;
                pairs.push((row, column, compare(item, &predicted[column])));
            }
            None => rows.push(row),
        }
    }
    let columns: Vec<usize> = (0..predicted.len()).filter(|&column| is_left[column]).collect();
    let left_gold: Vec<&Tree<'_>> = rows.iter().map(|&row| &gold[row]).collect();
    let left_predicted: Vec<&Tree<'_>> = columns.iter().map(|&column| &predicted[column]).collect();
    if are_too_long(left_gold.iter().copied(), left_predicted.iter().copied()) {
        let in_order = rows.into_iter().zip(columns);
        pairs.extend(in_order.map(|(row, column)| (row, column, compare(&gold[row], &predicted[column]))));
    } else {
        let rest = best_pairs(&left_gold, &left_predicted);
        pairs.extend(rest.into_iter().map(|(row, column, found)| (rows[row], columns[column], found)));
    }
    pairs
}

fn objects(gold: &[(&str, Tree<'_>)], predicted: &[(&str, Tree<'_>)]) -> Match {
    // Fields are in the order of their names.
    let find = |fields: &[(&str, Tree<'_>)], key: &str| fields.binary_search_by(|(other, _)| (*other).cmp(key)).ok();
    let mut found = Match { is_equal: true, ..Match::default() };
    let mut chosen = 0;
    for (key, value) in gold {
        let other = find(predicted, key).map(|at| &predicted[at].1);
        let part = compare(value, other.unwrap_or(&Tree::None));
        let is_left_out = part.is_nothing && other.is_none();
        chosen += usize::from(!is_left_out);
        found.is_equal &= if other.is_none() { is_left_out } else { part.is_equal };
        found.length += part.length;
        found.leaves.extend(part.leaves);
        found.is_bounded |= part.is_bounded;
    }
    for (_, value) in predicted.iter().filter(|(key, _)| find(gold, key).is_none()) {
        found.length += value.len().max(1);
        found.is_equal = false;
        // An absent value scores nothing, although its key adds to the divisor.
        if !value.is_nothing() {
            found.leaves.push(0.0);
            chosen += 1;
        }
    }
    found.is_nothing = chosen == 0;
    found
}

/// Returns 1 minus the edit distance divided by the longer length; 0 below one half.
fn similarity(one: &[char], other: &[char]) -> f64 {
    let longer = one.len().max(other.len());
    if one == other {
        return 1.0;
    }
    if one.len().abs_diff(other.len()) > longer / 2 {
        return 0.0;
    }
    let most = levenshtein::Args::default().score_cutoff(longer / 2);
    match levenshtein::distance_with_args(one.iter().copied(), other.iter().copied(), &most) {
        Some(distance) => 1.0 - distance as f64 / longer as f64,
        None => 0.0,
    }
}

/// Returns the similarity of two values as written.
pub(crate) fn texts_alike(one: &str, other: &str) -> f64 {
    similarity(&folded(one), &folded(other))
}

/// Returns the text in lower case, with single spaces between words.
pub(crate) fn folded(text: &str) -> Vec<char> {
    let lower = text.to_lowercase();
    let mut folded = Vec::with_capacity(lower.len());
    for word in lower.split(is_python_space).filter(|word| !word.is_empty()) {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.extend(word.chars());
    }
    folded
}

/// Returns whether Python treats the character as white space, which includes four legacy
/// separators.
pub(crate) fn is_python_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

/// Formats a leaf as Python's `str` does.
pub(crate) fn python_text(leaf: &Value) -> Cow<'_, str> {
    match leaf {
        Value::String(text) => Cow::Borrowed(text),
        Value::Bool(flag) => Cow::Borrowed(if *flag { "True" } else { "False" }),
        Value::Number(number) => Cow::Owned(match number.as_f64().filter(|_| !number.is_integer()) {
            Some(float) => python_float(float),
            None => python_integer(number.to_string()),
        }),
        other => Cow::Owned(other.to_string()),
    }
}

/// Formats a float with the shortest digits that round-trip; with an exponent below 0.0001 and from
/// 1e16 on.
fn python_float(value: f64) -> String {
    let scientific = format!("{value:e}");
    let Some((digits, exponent)) = scientific.split_once('e') else { return scientific };
    let power: i32 = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&power) {
        let plain = format!("{value}");
        return if plain.contains('.') { plain } else { plain + ".0" };
    }
    format!("{digits}e{}{:02}", if power < 0 { '-' } else { '+' }, power.abs())
}

/// Compares leaves as Python's `==` does: numbers and booleans by value.
fn is_equal(one: &Value, other: &Value) -> bool {
    let number = |value: &Value| match value {
        Value::Bool(flag) => Some(Number::from(i64::from(*flag))),
        Value::Number(number) => Some(number.clone()),
        _ => None,
    };
    // An integer beyond 2^53 equals only the float of exactly the same value.
    let whole = |number: &Number| match number.as_f64().filter(|_| !number.is_integer()) {
        Some(float) => (float.fract() == 0.0).then(|| python_integer(format!("{float:.0}"))),
        None => Some(python_integer(number.to_string())),
    };
    match (number(one), number(other)) {
        (Some(a), Some(b)) => match (whole(&a), whole(&b)) {
            (None, None) => a.as_f64() == b.as_f64(),
            (a, b) => a == b,
        },
        (None, None) => one == other,
        _ => false,
    }
}

/// Python's integers have no negative zero.
fn python_integer(digits: String) -> String {
    if digits == "-0" { "0".to_owned() } else { digits }
}

#[cfg(test)]
mod tests {
    use super::{Tree, python_float, score};
    use crate::document::{Value, json};

    fn anls(gold: &Value, predicted: &Value) -> f64 {
        score(&Tree::new(gold, true), &Tree::new(predicted, false)).0
    }

    #[test]
    fn long_lists_are_paired_by_what_is_written_alike_and_then_in_order() {
        let list = |from: u32| Value::Array((from..from + 600).map(|at| Value::from(format!("item {at}"))).collect());
        assert_eq!(anls(&list(0), &list(0)), 1.0);
        // 590 of 600 items are equal; the others are paired as well as possible.
        let shifted = anls(&list(0), &list(10));
        assert!((590.0 / 600.0..1.0).contains(&shifted), "{shifted}");
        let (gold, predicted) = (list(0), list(5_000));
        let (score, warning) = score(&Tree::new(&gold, true), &Tree::new(&predicted, false));
        assert!(warning.is_some() && (0.5..1.0).contains(&score), "{score}");
    }

    /// Expected values printed by anls_star 1.0.1.
    #[test]
    fn scores_of_the_package() {
        let gold = json!({"a": {"one_of": ["hello", "world"]}, "b": ["this", "is", "a", "test"]});
        assert_eq!(anls(&gold, &json!({"a": "hello!", "b": ["a", "test", "this", "be"]})), 0.766_666_666_666_666_7);
        assert_eq!(anls(&json!({"a": "x"}), &json!({"a": "x", "b": null})), 0.5);
        assert_eq!(anls(&json!({"a": "x", "b": null}), &json!({"a": "x"})), 1.0);
        assert_eq!(anls(&json!([]), &json!([])), 1.0);
        assert_eq!(anls(&json!("abcd"), &json!("abxy")), 0.5);
        assert_eq!(anls(&json!("abcd"), &json!("axyz")), 0.0);
        assert_eq!(anls(&json!(10), &json!(10.0)), 0.5);
    }

    #[test]
    fn floats_as_python_writes_them() {
        let written = [1.0, 1e16, 1e15, 1e-4, 1e-5, 1.5e-7, 123.25].map(python_float);
        assert_eq!(written, ["1.0", "1e+16", "1000000000000000.0", "0.0001", "1e-05", "1.5e-07", "123.25"]);
    }
}
