//! Relations with resolved arguments, and their comparison.

use std::sync::Arc;

use crate::document::Relation;
use crate::metric::options::RelationOptions;
use crate::metric::target::{Target, Targets};
use crate::metric::{Class, Side};
use crate::stats::confidence::Confidence;

/// A relation with resolved arguments.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ResolvedRelation<'a> {
    pub label: &'a str,
    pub head: Arc<Target<'a>>,
    pub tail: Arc<Target<'a>>,
    pub is_symmetric: bool,
    /// Of duplicates, the most confident comes first.
    pub sure: Confidence,
}

/// The comparison of a gold and a predicted relation whose arguments overlap.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RelationComparison {
    /// Type, boundaries and labels of the arguments are equal.
    pub strict: bool,
    /// Type and boundaries of the arguments are equal.
    pub boundaries: bool,
    /// The boundaries of the arguments are equal.
    pub pair: bool,
    /// The types are equal.
    pub same_type: bool,
    /// The number of arguments with equal boundaries.
    pub exact: u8,
}

impl RelationComparison {
    /// Returns the value of a pair: criteria are ordered lexicographically, so no number of lesser
    /// agreements outweighs a greater one.
    pub fn gain(self) -> i128 {
        let levels = [self.strict, self.boundaries, self.pair, self.same_type, true];
        let sum = levels.into_iter().fold(0, |sum, level| (sum << 20) + i128::from(level));
        (sum << 20) + i128::from(self.exact)
    }

    pub fn class(self) -> Class {
        match (self.pair, self.same_type) {
            _ if self.strict => Class::Correct,
            (true, _) => Class::Mislabelled,
            (false, true) => Class::Misbounded,
            (false, false) => Class::MislabelledMisbounded,
        }
    }
}

impl<'a> ResolvedRelation<'a> {
    pub fn new(relation: &'a Relation, targets: &Targets<'a>, options: &RelationOptions) -> Self {
        let is_symmetric = options.symmetric.contains(&relation.label);
        let (mut head, mut tail) = (targets.find(&relation.head), targets.find(&relation.tail));
        if is_symmetric && tail < head {
            std::mem::swap(&mut head, &mut tail);
        }
        let sure = Confidence::new(relation.confidence);
        Self { label: &relation.label, head, tail, is_symmetric, sure }
    }

    pub fn is_ignored(&self) -> bool {
        self.head.ignored || self.tail.ignored
    }

    pub fn is_optional(&self) -> bool {
        self.head.optional || self.tail.optional
    }

    /// Returns everything that distinguishes two relations, except their spelling.
    pub fn content(&self) -> impl Ord + use<'_, 'a> {
        (self.label, self.head.content(), self.tail.content())
    }

    /// Compares a gold relation with a predicted one; if either type is symmetric, in the better of
    /// both directions.
    pub fn compare(&self, predicted: &Self) -> Option<RelationComparison> {
        let straight = self.judge(&predicted.head, &predicted.tail, predicted);
        let may_turn = self.is_symmetric || predicted.is_symmetric;
        let turned = may_turn.then(|| self.judge(&predicted.tail, &predicted.head, predicted)).flatten();
        straight.max(turned)
    }

    fn judge(&self, head: &Target<'_>, tail: &Target<'_>, predicted: &Self) -> Option<RelationComparison> {
        let (head, tail) = (self.head.compare(head), self.tail.compare(tail));
        let same_type = self.label == predicted.label;
        let pair = head.same_place && tail.same_place;
        (head.overlapping && tail.overlapping).then(|| RelationComparison {
            strict: same_type && head.same && tail.same,
            boundaries: same_type && pair,
            pair,
            same_type,
            exact: u8::from(head.same_place) + u8::from(tail.same_place),
        })
    }

    /// Returns the relation as one side of an item, with the labels of the arguments if these are
    /// wrong.
    pub fn side(&self, with_labels: bool) -> Side {
        let of = |target: &Target<'_>| {
            if with_labels { format!("{} [{}]", target.text, target.label()) } else { target.text.clone() }
        };
        let arrow = if self.is_symmetric { "-" } else { "->" };
        let ranges: Vec<_> = [&self.head, &self.tail].into_iter().filter_map(|target| target.range()).collect();
        let start = ranges.iter().map(|range| range.0).min();
        let end = ranges.iter().map(|range| range.1).max();
        Side {
            span: start.zip(end),
            label: self.label.to_owned(),
            text: format!("{} -{}{arrow} {}", of(&self.head), self.label, of(&self.tail)),
        }
    }
}
