//! Relations with their arguments looked up, and how two of them compare.

use crate::document::Relation;
use crate::metric::options::RelationOptions;
use crate::metric::target::{Target, Targets};
use crate::metric::{Class, Side};
use crate::stats::confidence::Confidence;

/// A relation with its arguments.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Resolved<'a> {
    pub label: &'a str,
    pub head: Target<'a>,
    pub tail: Target<'a>,
    pub is_symmetric: bool,
    /// Of copies the surest comes first.
    pub sure: Confidence,
}

/// What a gold and a predicted relation have in common; at the least, arguments that overlap.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Verdict {
    /// Same type, boundaries and labels of arguments.
    pub strict: bool,
    /// Same type and boundaries of arguments.
    pub boundaries: bool,
    /// Same boundaries of arguments.
    pub pair: bool,
    /// Same type.
    pub same_type: bool,
    /// How many arguments have the same boundaries.
    pub exact: u8,
}

impl Verdict {
    /// What a pair is worth: any number of lesser things is worth less than one greater thing.
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

impl<'a> Resolved<'a> {
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

    /// Everything but how it is spelt.
    pub fn content(&self) -> impl Ord + use<'_, 'a> {
        (self.label, self.head.content(), self.tail.content())
    }

    /// Compares a gold relation with a predicted one; of two ways round the better, where the type of either has no direction.
    pub fn compare(&self, predicted: &Self) -> Option<Verdict> {
        let straight = self.judge(&predicted.head, &predicted.tail, predicted);
        let may_turn = self.is_symmetric || predicted.is_symmetric;
        let turned = may_turn.then(|| self.judge(&predicted.tail, &predicted.head, predicted)).flatten();
        straight.max(turned)
    }

    fn judge(&self, head: &Target<'_>, tail: &Target<'_>, predicted: &Self) -> Option<Verdict> {
        let (head, tail) = (self.head.compare(head), self.tail.compare(tail));
        let same_type = self.label == predicted.label;
        let pair = head.same_place && tail.same_place;
        (head.overlapping && tail.overlapping).then(|| Verdict {
            strict: same_type && head.same && tail.same,
            boundaries: same_type && pair,
            pair,
            same_type,
            exact: u8::from(head.same_place) + u8::from(tail.same_place),
        })
    }

    /// For reports; with the arguments' labels where these are what is wrong.
    pub fn side(&self, with_labels: bool) -> Side {
        let of = |target: &Target<'_>| {
            if with_labels { format!("{} [{}]", target.text, target.label()) } else { target.text.clone() }
        };
        let arrow = if self.is_symmetric { "-" } else { "->" };
        let ranges: Vec<_> = [&self.head, &self.tail].into_iter().filter_map(Target::range).collect();
        let start = ranges.iter().map(|range| range.0).min();
        let end = ranges.iter().map(|range| range.1).max();
        Side {
            span: start.zip(end),
            label: self.label.to_owned(),
            text: format!("{} -{}{arrow} {}", of(&self.head), self.label, of(&self.tail)),
        }
    }
}
