//! The credit of a pair under each scheme.
//!
//! | scheme | correct | half a credit |
//! |---|---|---|
//! | strict | same boundaries and label | |
//! | exact | same boundaries | |
//! | partial | same boundaries | overlapping |
//! | type | same label, overlapping | |
//! | iouX | shared code points at least X of those covered by either, same label | |
//! | iouX-boundaries | shared code points at least X of those covered by either, any label | |
//! | toleranceN | no boundary off by more than N code points, same label | |
//! | hierarchy | same boundaries and label | same boundaries, a label above or below |
//!
//! The first four are those of nervaluate 1.2.1, with an optimal assignment instead of its greedy
//! one, so that results do not depend on order.

use super::matching::Matching;
use crate::align::{LabelledSpan, Pair};
use crate::metric::{Counts, Name, Options, Signature, Statistic, StatisticKey, Statistics};

/// The credit of a pair under a scheme.
enum PairCredit {
    Correct,
    Partial,
    Incorrect,
}

/// A scheme for judging pairs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum MatchingScheme {
    Strict,
    Exact,
    Partial,
    Type,
    /// The IoU threshold, and whether labels must be equal.
    Iou(f64, bool),
    Tolerance(u32),
    Hierarchy,
}

/// Returns the default schemes, followed by those enabled by options.
pub(super) fn schemes(options: &Options) -> Vec<MatchingScheme> {
    let mut schemes =
        vec![MatchingScheme::Strict, MatchingScheme::Exact, MatchingScheme::Partial, MatchingScheme::Type];
    for &share in &options.spans.iou {
        schemes.extend([MatchingScheme::Iou(share, true), MatchingScheme::Iou(share, false)]);
    }
    schemes.extend(options.spans.tolerance.iter().map(|&most| MatchingScheme::Tolerance(most)));
    if !options.labels.parents.is_empty() {
        schemes.push(MatchingScheme::Hierarchy);
    }
    schemes
}

/// Returns the part of a metric's signature beyond its name.
pub(super) fn choices(metric: &str, options: &Options) -> Signature {
    let signature = Signature::default();
    if metric != "hierarchy" {
        return signature;
    }
    signature.with("kin", "1/2").with("parents", options.labels.kinship())
}

impl MatchingScheme {
    pub fn name(self) -> Name {
        match self {
            Self::Strict => "strict".into(),
            Self::Exact => "exact".into(),
            Self::Partial => "partial".into(),
            Self::Type => "type".into(),
            Self::Iou(share, true) => format!("iou{share}").into(),
            Self::Iou(share, false) => format!("iou{share}-boundaries").into(),
            Self::Tolerance(most) => format!("tolerance{most}").into(),
            Self::Hierarchy => "hierarchy".into(),
        }
    }

    /// Returns whether a pair earns full credit.
    pub fn is_right(self, matching: &Matching<'_>, options: &Options, pair: &Pair) -> bool {
        matches!(self.judge(matching, options, pair), PairCredit::Correct)
    }

    fn judge(self, matching: &Matching<'_>, options: &Options, pair: &Pair) -> PairCredit {
        let (gold, predicted) = (&matching.gold_items[pair.gold], &matching.predicted_items[pair.predicted]);
        let is_correct = match self {
            Self::Strict => pair.exact && pair.same_label,
            Self::Exact => pair.exact,
            Self::Partial if !pair.exact => return PairCredit::Partial,
            Self::Partial => true,
            Self::Type => pair.same_label,
            Self::Iou(share, labelled) => (pair.same_label || !labelled) && iou(gold, predicted) >= share,
            Self::Tolerance(most) => pair.same_label && is_near(gold, predicted, most),
            Self::Hierarchy if pair.exact && !pair.same_label => {
                let name = |item: &LabelledSpan| &*matching.labels[item.label as usize];
                if options.labels.are_related(name(gold), name(predicted)) {
                    return PairCredit::Partial;
                }
                false
            }
            Self::Hierarchy => pair.exact && pair.same_label,
        };
        if is_correct { PairCredit::Correct } else { PairCredit::Incorrect }
    }

    /// Counts a document.
    pub fn count(self, matching: &Matching<'_>, options: &Options, statistics: &mut Statistics) {
        let mut by_label = vec![(Counts::default(), 0, 0); matching.labels.len()];
        for pair in &matching.pairs {
            let (g, p) = (matching.gold_label(pair.gold), matching.predicted_label(pair.predicted));
            let credit = match self.judge(matching, options, pair) {
                PairCredit::Correct => (&mut by_label[g].0.correct, 2),
                PairCredit::Partial => (&mut by_label[g].0.partial, 1),
                PairCredit::Incorrect => (&mut by_label[g].0.incorrect, 0),
            };
            *credit.0 += 1;
            by_label[p].1 += credit.1;
            by_label[p].2 += 1;
        }
        for &g in &matching.missed {
            by_label[matching.gold_label(g)].0.missed += 1;
        }
        for &p in &matching.spurious {
            by_label[matching.predicted_label(p)].0.spurious += 1;
            by_label[matching.predicted_label(p)].2 += 1;
        }
        let name = self.name();
        let mut whole = Counts::default();
        for (label, (counts, credit2, predicted)) in matching.labels.iter().zip(by_label) {
            whole += counts;
            statistics
                .add(StatisticKey::labelled(name.clone(), label), Statistic::Matches { counts, credit2, predicted });
        }
        statistics.add(StatisticKey::whole(name), Statistic::matches(whole));
    }
}

/// Returns the code points that both cover divided by those that either covers, 0 to 1. A single
/// rounded division, so that 3 of 5 is 0.6.
fn iou(a: &LabelledSpan, b: &LabelledSpan) -> f64 {
    let shared = a.shared(b);
    shared as f64 / (a.length() + b.length() - shared) as f64
}

/// Returns whether each boundary of one is near the same boundary of the other.
fn is_near(a: &LabelledSpan, b: &LabelledSpan, most: u32) -> bool {
    let near = |(a, b): ((u32, u32), (u32, u32))| a.0.abs_diff(b.0) <= most && a.1.abs_diff(b.1) <= most;
    a.fragments.len() == b.fragments.len() && a.parts().zip(b.parts()).all(near)
}
