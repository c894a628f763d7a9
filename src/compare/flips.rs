//! Items that one of the two systems gets right and the other does not, by document.

use super::pairs::Pairs;
use crate::document::Document;
use crate::metric::{Class, Side};
use crate::parallel;
use crate::score::{PackedItem, SystemCounts, Text};

/// How the outcome of an item changed between base and candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// A gold item that only the base got right.
    Lost,
    /// A spurious prediction that only the candidate made.
    NewlySpurious,
    /// A gold item that only the candidate got right.
    Gained,
    /// A spurious prediction that only the base made.
    NoLongerSpurious,
}

impl Change {
    /// Returns the name used in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::NewlySpurious => "newly_spurious",
            Self::Gained => "gained",
            Self::NoLongerSpurious => "no_longer_spurious",
        }
    }

    /// Returns whether the change makes the candidate worse.
    pub fn is_worse(self) -> bool {
        matches!(self, Self::Lost | Self::NewlySpurious)
    }
}

/// One changed item.
#[derive(Debug, Clone, PartialEq)]
pub struct Flip {
    /// How its outcome changed.
    pub change: Change,
    /// The gold item or the spurious prediction.
    pub side: Side,
    /// For a gold item, its outcome class under the system that got it wrong; `None` for
    /// predictions.
    pub class: Option<Class>,
}

/// The changed items of one document.
#[derive(Debug, Clone, PartialEq)]
pub struct DocumentFlips {
    /// The document id.
    pub id: String,
    /// The changed items by kind of change, losses first, then in text order.
    pub flips: Vec<Flip>,
}

impl DocumentFlips {
    /// Returns the number of items with this change.
    pub fn count(&self, change: Change) -> usize {
        self.flips.iter().filter(|flip| flip.change == change).count()
    }

    /// Returns the number of changes for the worse minus the number of changes for the better.
    pub fn net(&self) -> i64 {
        self.flips.iter().map(|flip| if flip.change.is_worse() { 1 } else { -1 }).sum()
    }
}

/// Returns the documents with changed items, worst first; ties are in order of document id. `texts`
/// contains the documents whose text is known.
pub(super) fn flips<'t>(
    [base, candidate]: [&SystemCounts; 2],
    pairs: &Pairs<'_>,
    texts: &(dyn Fn(&str) -> Option<&'t Document> + Sync),
) -> Vec<DocumentFlips> {
    let [one, other] = &pairs.sides;
    let of_cluster = |cluster: usize| {
        let rows = one.rows(cluster).iter().zip(other.rows(cluster));
        rows.filter_map(|(row, other_row)| {
            let (before, after) = (one.counts.document(*row), other.counts.document(*other_row));
            let (before, after) = (&base.documents()[before as usize], &candidate.documents()[after as usize]);
            if before.answer == after.answer {
                return None;
            }
            let flips = of_items(one.counts.outcomes(*row), other.counts.outcomes(*other_row), texts(&before.id));
            (!flips.is_empty()).then(|| DocumentFlips { id: before.id.to_string(), flips })
        })
        .collect::<Vec<_>>()
    };
    let mut changed: Vec<DocumentFlips> =
        parallel::map(0..pairs.clusters(), of_cluster).into_iter().flatten().collect();
    changed.sort_by(|a, b| a.id.cmp(&b.id));
    changed.sort_by_cached_key(|document| (-document.net(), -(document.count(Change::Lost) as i64)));
    changed
}

/// Identifies an item within its document: span, label and text, and a number that distinguishes
/// items for which all three are equal.
type ItemKey<'a> = (ItemContent<'a>, usize);
type ItemContent<'a> = (Option<(u32, u32)>, &'a str, Text<'a>);

fn of_items<'a>(
    base: impl Iterator<Item = PackedItem<'a>>,
    candidate: impl Iterator<Item = PackedItem<'a>>,
    document: Option<&Document>,
) -> Vec<Flip> {
    let [(gold_before, spurious_before), (gold_after, spurious_after)] =
        [base.collect::<Vec<_>>(), candidate.collect()].map(|outcomes| {
            let (gold, spurious): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(|outcome| outcome.is_gold);
            (numbered(gold), numbered(spurious))
        });
    let side = |(span, label, text): &ItemContent<'a>| {
        let covered = || document.zip(*span).and_then(|(document, (start, end))| document.slice(start, end));
        let text = match text {
            Text::None => "",
            Text::Covered => covered().unwrap_or_default(),
            Text::Own(text) => text,
        };
        Side { span: *span, label: (*label).to_owned(), text: text.to_owned() }
    };
    let mut flips = Vec::new();
    for (key, before) in &gold_before {
        let Some(after) = found(&gold_after, key) else { continue };
        let (was_right, is_right) = (*before == Class::Correct, after == Class::Correct);
        let change = match (was_right, is_right) {
            (true, false) => (Change::Lost, after),
            (false, true) => (Change::Gained, *before),
            _ => continue,
        };
        flips.push(Flip { change: change.0, side: side(&key.0), class: Some(change.1) });
    }
    let mut note = |change, made: &[(ItemKey<'a>, Class)], others: &[(ItemKey<'a>, Class)]| {
        let new = made.iter().filter(|(key, _)| found(others, key).is_none());
        flips.extend(new.map(|(key, _)| Flip { change, side: side(&key.0), class: None }));
    };
    note(Change::NewlySpurious, &spurious_after, &spurious_before);
    note(Change::NoLongerSpurious, &spurious_before, &spurious_after);
    flips.sort_by_key(|flip| (flip.change, flip.side.span));
    flips
}

/// Returns the items in the order of their keys.
fn numbered(outcomes: Vec<PackedItem<'_>>) -> Vec<(ItemKey<'_>, Class)> {
    let mut items: Vec<(ItemKey<'_>, Class)> =
        outcomes.into_iter().map(|item| (((item.span, item.label, item.text), 0), item.class)).collect();
    items.sort_by(|a, b| a.0.cmp(&b.0));
    for at in 1..items.len() {
        if items[at].0.0 == items[at - 1].0.0 {
            items[at].0.1 = items[at - 1].0.1 + 1;
        }
    }
    items
}

fn found(items: &[(ItemKey<'_>, Class)], key: &ItemKey<'_>) -> Option<Class> {
    items.binary_search_by(|(other, _)| other.cmp(key)).ok().map(|at| items[at].1)
}

#[cfg(test)]
mod tests {
    use super::{Change, Flip};
    use crate::metric::{Class, Item, Side};
    use crate::score::PackedItem;

    fn of_items(base: &[Item], candidate: &[Item]) -> Vec<Flip> {
        let outcomes = |items| <[Item]>::iter(items).filter_map(|item| PackedItem::of(item, |_| None));
        super::of_items(outcomes(base), outcomes(candidate), None)
    }

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
    fn equal_items_are_distinguished_by_number() {
        let twice = [Item::spurious(Class::Spurious, side(0, "x")), Item::spurious(Class::Duplicate, side(0, "x"))];
        let flips = of_items(&twice[..1], &twice);
        assert_eq!(flips.len(), 1);
        assert_eq!(flips[0].change, Change::NewlySpurious);
    }
}
