//! Counts of predictions by confidence, which can be added up.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

/// Counts of right and wrong predictions by confidence, and of gold items. Counts are integers, so
/// sums over documents are exact and do not depend on their order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ranking {
    /// Number of right and of all predictions, by a key that sorts like the confidences.
    levels: BTreeMap<u64, (u64, u64)>,
    right: u64,
    ranked: u64,
    unranked: u64,
    gold: u64,
}

/// The predictions with one confidence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ConfidenceGroup {
    /// The confidence.
    pub confidence: f64,
    /// Number of right predictions.
    pub right: u64,
    /// Number of all predictions.
    pub all: u64,
}

impl ConfidenceGroup {
    /// Number of wrong predictions.
    pub fn wrong(&self) -> u64 {
        self.all - self.right
    }
}

impl Ranking {
    /// A ranking with the given numbers of gold items and of predictions without a confidence.
    pub fn without_confidence(gold: u64, predictions: u64) -> Self {
        Self { gold, unranked: predictions, ..Self::default() }
    }

    /// A ranking of predictions that are grouped already, with the numbers of predictions without a
    /// confidence and of gold items.
    pub fn of_levels(levels: impl IntoIterator<Item = ConfidenceGroup>, unranked: u64, gold: u64) -> Self {
        let mut ranking = Self::without_confidence(gold, unranked);
        for ConfidenceGroup { confidence, right, all } in levels {
            let level = ranking.levels.entry(key(confidence)).or_default();
            level.0 += right;
            level.1 += all;
            ranking.right += right;
            ranking.ranked += all;
        }
        ranking
    }

    /// Adds a prediction. One without a confidence, or whose confidence is not a number, is counted
    /// separately.
    pub fn predict(&mut self, confidence: Option<f64>, right: bool) {
        match confidence.filter(|confidence| !confidence.is_nan()) {
            Some(confidence) => {
                let level = self.levels.entry(key(confidence)).or_default();
                level.0 += u64::from(right);
                level.1 += 1;
                self.right += u64::from(right);
                self.ranked += 1;
            }
            None => self.unranked += 1,
        }
    }

    /// Adds gold items, found or not: the denominator of recall.
    pub fn expect(&mut self, gold: u64) {
        self.gold += gold;
    }

    /// The levels in descending order of confidence.
    pub fn levels(&self) -> impl DoubleEndedIterator<Item = ConfidenceGroup> + '_ {
        let level =
            |(key, &(right, all)): (&u64, &(u64, u64))| ConfidenceGroup { confidence: confidence(*key), right, all };
        self.levels.iter().rev().map(level)
    }

    /// Number of right predictions with a confidence.
    pub fn right(&self) -> u64 {
        self.right
    }

    /// Number of predictions with a confidence.
    pub fn ranked(&self) -> u64 {
        self.ranked
    }

    /// Number of predictions without a confidence.
    pub fn unranked(&self) -> u64 {
        self.unranked
    }

    /// Number of gold items.
    pub fn gold(&self) -> u64 {
        self.gold
    }

    /// Whether there are predictions and all of them have a confidence. Figures over a part of the
    /// predictions would be misleading.
    pub fn is_whole(&self) -> bool {
        self.ranked > 0 && self.unranked == 0
    }
}

impl AddAssign<&Self> for Ranking {
    fn add_assign(&mut self, other: &Self) {
        for (key, (right, all)) in &other.levels {
            let level = self.levels.entry(*key).or_default();
            level.0 += right;
            level.1 += all;
        }
        self.right += other.right;
        self.ranked += other.ranked;
        self.unranked += other.unranked;
        self.gold += other.gold;
    }
}

/// A sort key for an optional confidence: descending, with missing ones last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Confidence(Reverse<Option<u64>>);

impl Confidence {
    /// The key of a prediction. A confidence that is not a number counts as missing.
    pub fn new(confidence: Option<f64>) -> Self {
        Self(Reverse(confidence.filter(|confidence| !confidence.is_nan()).map(key)))
    }

    /// The confidence.
    pub fn confidence(self) -> Option<f64> {
        self.0.0.map(confidence)
    }
}

const SIGN: u64 = 1 << 63;

/// An integer that sorts like the confidence; 0 and -0 have the same key.
fn key(confidence: f64) -> u64 {
    let bits = (confidence + 0.0).to_bits();
    if bits & SIGN == 0 { bits | SIGN } else { !bits }
}

fn confidence(key: u64) -> f64 {
    f64::from_bits(if key & SIGN == 0 { !key } else { key & !SIGN })
}

#[cfg(test)]
mod tests {
    use super::{Confidence, Ranking, confidence, key};

    #[test]
    fn keys_sort_as_confidences_do_and_lead_back() {
        let sorted =
            [f64::NEG_INFINITY, -1.5, -f64::MIN_POSITIVE, 0.0, f64::MIN_POSITIVE, 0.1, 0.5, 1.0, f64::INFINITY];
        assert!(sorted.windows(2).all(|pair| key(pair[0]) < key(pair[1])));
        assert!(sorted.iter().all(|&value| confidence(key(value)).to_bits() == value.to_bits()));
        assert_eq!(key(0.0), key(-0.0));
    }

    #[test]
    fn the_surest_come_first_and_those_without_a_confidence_last() {
        let mut sorted = [None, Some(0.2), Some(1.0), Some(0.9), Some(f64::NAN)].map(Confidence::new);
        sorted.sort_unstable();
        assert_eq!(sorted.map(Confidence::confidence), [Some(1.0), Some(0.9), Some(0.2), None, None]);
    }

    #[test]
    fn sums_do_not_depend_on_the_order() {
        let predictions =
            [(Some(0.5), true), (None, false), (Some(0.1), false), (Some(0.5), false), (Some(f64::NAN), true)];
        let single = predictions.map(|(confidence, right)| {
            let mut ranking = Ranking::default();
            ranking.predict(confidence, right);
            ranking.expect(2);
            ranking
        });
        let (mut there, mut back) = (Ranking::default(), Ranking::default());
        single.iter().for_each(|ranking| there += ranking);
        single.iter().rev().for_each(|ranking| back += ranking);
        assert_eq!(there, back);
        assert_eq!((there.right(), there.ranked(), there.unranked(), there.gold()), (1, 3, 2, 10));
        let levels: Vec<_> = there.levels().map(|level| (level.confidence, level.right, level.wrong())).collect();
        assert_eq!(levels, [(0.5, 1, 1), (0.1, 0, 1)]);
        assert!(!there.is_whole());
    }
}
