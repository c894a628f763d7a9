//! The items that one system gets right and the other does not.

use std::collections::{BTreeMap, BTreeSet};

use crate::metric::{Class, Item, Side};
use crate::score::DocumentTally;

/// What became of an item between base and candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// A gold item that only the base got right.
    Lost,
    /// A prediction that answers nothing, and that the base did not make.
    NewlySpurious,
    /// A gold item that only the candidate got right.
    Gained,
    /// A prediction that answers nothing, and that only the base made.
    NoLongerSpurious,
}

impl Change {
    /// The name in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::NewlySpurious => "newly_spurious",
            Self::Gained => "gained",
            Self::NoLongerSpurious => "no_longer_spurious",
        }
    }

    /// Whether it is for the worse.
    pub fn is_worse(self) -> bool {
        matches!(self, Self::Lost | Self::NewlySpurious)
    }
}

/// One item that changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Flip {
    /// How.
    pub change: Change,
    /// The gold item, or the prediction that answers nothing.
    pub side: Side,
    /// Of a gold item, what became of it under the system that does not have it right.
    pub class: Option<Class>,
}

/// What changed in one document.
#[derive(Debug, Clone, PartialEq)]
pub struct DocumentFlips {
    /// Its id.
    pub id: String,
    /// In text order, losses first.
    pub flips: Vec<Flip>,
}

impl DocumentFlips {
    /// How many items changed so.
    pub fn count(&self, change: Change) -> usize {
        self.flips.iter().filter(|flip| flip.change == change).count()
    }

    /// Changes for the worse less those for the better.
    pub fn net(&self) -> i64 {
        self.flips.iter().map(|flip| if flip.change.is_worse() { 1 } else { -1 }).sum()
    }
}

/// The documents in which something changed, worst first; equals in the order of their ids.
pub(super) fn flips(base: &[DocumentTally], candidate: &[DocumentTally]) -> Vec<DocumentFlips> {
    let of_document = |(one, other): (&DocumentTally, &DocumentTally)| {
        let flips = of_items(&one.items, &other.items);
        (!flips.is_empty()).then(|| DocumentFlips { id: one.id.clone(), flips })
    };
    let mut changed: Vec<DocumentFlips> = base.iter().zip(candidate).filter_map(of_document).collect();
    changed.sort_by_key(|document| (-document.net(), -(document.count(Change::Lost) as i64)));
    changed
}

/// What tells an item from the others of its document: place, label and text; equal ones are numbered.
type Key = (What, usize);
type What = (Option<(u32, u32)>, String, String);

fn of_items(base: &[Item], candidate: &[Item]) -> Vec<Flip> {
    let (gold_before, gold_after) = (gold(base), gold(candidate));
    let mut flips = Vec::new();
    for (key, (side, before)) in &gold_before {
        let Some((_, after)) = gold_after.get(key) else { continue };
        let (was_right, is_right) = (*before == Class::Correct, *after == Class::Correct);
        let change = match (was_right, is_right) {
            (true, false) => (Change::Lost, *after),
            (false, true) => (Change::Gained, *before),
            _ => continue,
        };
        flips.push(Flip { change: change.0, side: (*side).clone(), class: Some(change.1) });
    }
    let (spurious_before, spurious_after) = (spurious(base), spurious(candidate));
    let mut note = |change, found: &BTreeMap<Key, &Side>, others: &BTreeMap<Key, &Side>| {
        let known: BTreeSet<&Key> = others.keys().collect();
        let new = found.iter().filter(|(key, _)| !known.contains(key));
        flips.extend(new.map(|(_, side)| Flip { change, side: (*side).clone(), class: None }));
    };
    note(Change::NewlySpurious, &spurious_after, &spurious_before);
    note(Change::NoLongerSpurious, &spurious_before, &spurious_after);
    flips.sort_by_key(|flip| (flip.change, flip.side.span));
    flips
}

/// Gold items with what became of them.
fn gold(items: &[Item]) -> BTreeMap<Key, (&Side, Class)> {
    numbered(items.iter().filter_map(|item| Some((item.gold.as_ref()?, item.class))), |(side, _)| side)
}

/// Predictions that answer nothing.
fn spurious(items: &[Item]) -> BTreeMap<Key, &Side> {
    numbered(items.iter().filter(|item| item.gold.is_none()).filter_map(|item| item.predicted.as_ref()), |side| side)
}

fn numbered<'i, T>(found: impl Iterator<Item = T>, side: impl Fn(&T) -> &'i Side) -> BTreeMap<Key, T> {
    let mut known = BTreeMap::new();
    let mut seen: BTreeMap<What, usize> = BTreeMap::new();
    for one in found {
        let Side { span, label, text } = side(&one).clone();
        let what = (span, label, text);
        let number = seen.entry(what.clone()).or_default();
        known.insert((what, *number), one);
        *number += 1;
    }
    known
}

#[cfg(test)]
mod tests {
    use super::{Change, of_items};
    use crate::metric::{Class, Item, Side};

    fn side(start: u32, text: &str) -> Side {
        Side { span: Some((start, start + 3)), label: "A".to_owned(), text: text.to_owned() }
    }

    #[test]
    fn what_one_has_and_the_other_has_not() {
        let right = |start, text| Item::pair(Class::Correct, side(start, text), side(start, text));
        let base = [right(0, "Ada"), Item::missed(side(4, "Bob")), Item::spurious(Class::Spurious, side(8, "the"))];
        let candidate = [
            Item::missed(side(0, "Ada")),
            right(4, "Bob"),
            Item::spurious(Class::Spurious, side(8, "the")),
            Item::spurious(Class::Spurious, side(12, "new")),
        ];
        let flips = of_items(&base, &candidate);
        let found: Vec<_> = flips.iter().map(|flip| (flip.change, flip.side.text.as_str(), flip.class)).collect();
        assert_eq!(
            found,
            [
                (Change::Lost, "Ada", Some(Class::Missed)),
                (Change::NewlySpurious, "new", None),
                (Change::Gained, "Bob", Some(Class::Missed)),
            ]
        );
        assert!(of_items(&base, &base).is_empty());
    }

    #[test]
    fn equal_items_are_told_apart_by_number() {
        let twice = [Item::spurious(Class::Spurious, side(0, "x")), Item::spurious(Class::Duplicate, side(0, "x"))];
        let flips = of_items(&twice[..1], &twice);
        assert_eq!(flips.len(), 1);
        assert_eq!(flips[0].change, Change::NewlySpurious);
    }
}
