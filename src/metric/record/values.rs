//! Numbers the values of records, so that records with something in common are found without
//! comparing each two.

use std::collections::BTreeMap;

use super::key::Key;
use super::tree::{TreeEntry, TreeLeaf, ValueTree};
use crate::align::{RecordValues, text_cells};
use crate::metric::options::Comparator;

/// Something that two values of one field have in common if they may be equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Feature<'n> {
    /// The prepared value itself, which equal values have in common.
    Same(&'n Key),
    /// A word that both contain.
    Word(&'n str),
    /// A comparator under which different values may be equal.
    Inexact,
}

/// The numbering of the values of two lists.
#[derive(Default)]
struct Numbers<'n> {
    of_features: BTreeMap<(&'n str, Feature<'n>), u32>,
    /// The spans among the values, each with its side and record.
    spans: Vec<((u64, u64), usize, usize)>,
    is_inexact: bool,
}

/// Returns the numbered values of two lists of objects.
pub(super) fn of_objects(gold: &[&[TreeEntry<'_>]], predicted: &[&[TreeEntry<'_>]]) -> RecordValues {
    of_lists(
        &gold.iter().map(|entries| leaves_of(entries)).collect::<Vec<_>>(),
        &predicted.iter().map(|entries| leaves_of(entries)).collect::<Vec<_>>(),
    )
}

/// Returns the numbered values of two lists of single values.
pub(super) fn of_leaves(gold: &[&TreeLeaf<'_>], predicted: &[&TreeLeaf<'_>]) -> RecordValues {
    of_lists(
        &gold.iter().map(|leaf| vec![*leaf]).collect::<Vec<_>>(),
        &predicted.iter().map(|leaf| vec![*leaf]).collect::<Vec<_>>(),
    )
}

/// Returns the numbered values of two lists of records, given the values of each record.
fn of_lists(gold: &[Vec<&TreeLeaf<'_>>], predicted: &[Vec<&TreeLeaf<'_>>]) -> RecordValues {
    let mut numbers = Numbers::default();
    let mut lists: [Vec<Vec<u32>>; 2] = [
        gold.iter().enumerate().map(|(at, leaves)| numbers.record(leaves, 0, at)).collect(),
        predicted.iter().enumerate().map(|(at, leaves)| numbers.record(leaves, 1, at)).collect(),
    ];
    let next = numbers.of_features.len() as u32;
    let spans: Vec<(u64, u64)> = numbers.spans.iter().map(|(span, ..)| *span).collect();
    for (cells, (_, side, at)) in text_cells(&spans, next).into_iter().zip(&numbers.spans) {
        lists[*side][*at].extend(cells);
    }
    lists.iter_mut().flatten().for_each(|record| record.sort_unstable());
    let weight = |leaves: &Vec<&TreeLeaf<'_>>| leaves.iter().map(|leaf| u64::from(leaf.field.options.weight)).sum();
    let of_equals = (!numbers.is_inexact).then(|| gold.iter().map(weight).collect());
    let [gold, predicted] = lists;
    RecordValues { gold, predicted, of_equals }
}

impl<'n> Numbers<'n> {
    /// Returns the numbers of a record's values, except for its spans.
    fn record(&mut self, leaves: &[&'n TreeLeaf<'_>], side: usize, at: usize) -> Vec<u32> {
        let mut found = Vec::new();
        for leaf in leaves {
            self.is_inexact |= !leaf.key.is_plain(leaf.field.options.compare);
            self.key(&leaf.field.path, &leaf.key, leaf.field.options.compare, (side, at), &mut found);
        }
        found
    }

    fn key(&mut self, path: &'n str, key: &'n Key, compare: Comparator, of: (usize, usize), found: &mut Vec<u32>) {
        match key {
            Key::OneOf(keys) => return keys.iter().for_each(|key| self.key(path, key, compare, of, found)),
            Key::NumberOrText(number, text) => {
                self.key(path, number, compare, of, found);
                return self.key(path, text, compare, of, found);
            }
            Key::Span((start, end)) => self.spans.push(((*start, *end), of.0, of.1)),
            // Words are the same words in the same number, or have one in common.
            Key::Words(words) if !matches!(compare, Comparator::TokenF1 { threshold: 0 }) => {
                found.extend(words.iter().map(|word| self.number(path, Feature::Word(word))));
            }
            key if !key.is_plain(compare) => found.push(self.number(path, Feature::Inexact)),
            _ => {}
        }
        found.push(self.number(path, Feature::Same(key)));
    }

    fn number(&mut self, path: &'n str, what: Feature<'n>) -> u32 {
        let next = self.of_features.len() as u32;
        *self.of_features.entry((path, what)).or_insert(next)
    }
}

/// Returns the values of an object, nested ones included.
fn leaves_of<'n, 'a>(entries: &'n [TreeEntry<'a>]) -> Vec<&'n TreeLeaf<'a>> {
    fn add<'n, 'a>(node: &'n ValueTree<'a>, leaves: &mut Vec<&'n TreeLeaf<'a>>) {
        match node {
            ValueTree::Absent => {}
            ValueTree::Leaf(leaf) => leaves.push(leaf),
            ValueTree::Object(entries) => entries.iter().for_each(|entry| add(&entry.node, leaves)),
            ValueTree::List(items) => items.iter().for_each(|item| add(item, leaves)),
        }
    }
    let mut leaves = Vec::new();
    entries.iter().for_each(|entry| add(&entry.node, &mut leaves));
    leaves
}
