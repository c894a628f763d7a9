//! The similarity of two items that are not equal: whether they are versions of one item, so that
//! one decision is about both. 0 means that they are not.

use std::collections::BTreeSet;

use crate::document::{Cluster, Entity, KeyPoint, Record};

/// The similarity of equal spans, which is above that of any spans that merely overlap.
const SAME_SPAN: u64 = 1 << 40;

/// Returns the number of code points that two entities share; equal spans and equal labels come
/// first.
pub(super) fn entities(one: &Entity, other: &Entity) -> u64 {
    let shared: u64 = parts(one).iter().map(|a| parts(other).iter().map(|b| overlap(*a, *b)).sum::<u64>()).sum();
    if shared == 0 {
        return 0;
    }
    let is_same = parts(one) == parts(other);
    2 * shared + u64::from(one.label == other.label) + if is_same { SAME_SPAN } else { 0 }
}

fn parts(entity: &Entity) -> Vec<(u32, u32)> {
    if entity.fragments.is_empty() { vec![(entity.start, entity.end)] } else { entity.fragments.clone() }
}

/// Returns the number of code points that two ranges share.
pub(super) fn overlap(one: (u32, u32), other: (u32, u32)) -> u64 {
    u64::from(one.1.min(other.1).saturating_sub(one.0.max(other.0)))
}

/// Returns the share of equal fields among all fields of two records, in thousandths.
pub(super) fn records(one: &Record, other: &Record) -> u64 {
    let equal = one.iter().filter(|(name, value)| other.get(name) == Some(*value)).count();
    let all = one.len() + other.iter().filter(|(name, _)| !one.contains_key(name)).count();
    share(equal, all)
}

/// Returns the similarity of two key points: equal texts first, then the code points that their
/// evidence shares.
pub(super) fn key_points(one: &KeyPoint, other: &KeyPoint) -> u64 {
    if one.text.to_lowercase() == other.text.to_lowercase() {
        return SAME_SPAN;
    }
    let pairs = one.evidence.iter().flat_map(|a| other.evidence.iter().map(move |b| u64::from(a.overlap(b))));
    pairs.sum()
}

/// Returns the share of equal words among all words of two phrases, in thousandths, if it is at
/// least a third.
pub(super) fn phrases(one: &str, other: &str) -> u64 {
    let (one, other) = (one.to_lowercase(), other.to_lowercase());
    let words = |text: &'_ str| text.split_whitespace().map(str::to_owned).collect::<BTreeSet<_>>();
    let (one, other) = (words(&one), words(&other));
    let share = share(one.intersection(&other).count(), one.union(&other).count());
    if share >= 333 { share } else { 0 }
}

/// Returns the number of mentions that two clusters share.
pub(super) fn clusters(one: &Cluster, other: &Cluster) -> u64 {
    let spans: BTreeSet<(u32, u32)> = one.mentions.iter().map(|span| (span.start, span.end)).collect();
    other.mentions.iter().filter(|span| spans.contains(&(span.start, span.end))).count() as u64
}

fn share(part: usize, whole: usize) -> u64 {
    (part * 1000).checked_div(whole).unwrap_or(0) as u64
}
