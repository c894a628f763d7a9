//! Determines the kind of error of each entity.

use super::breaks::{Breaks, both_ways, is_piece};
use crate::align::{LabelledSpan, Pair};
use crate::metric::item::Detail;

/// The kind of error of each pair, missed gold entity and spurious prediction of a matching.
pub(super) struct Details {
    /// `None` if the pair is correct.
    pub pairs: Vec<Option<Detail>>,
    pub missed: Vec<Detail>,
    pub spurious: Vec<Detail>,
}

/// Two sides and their alignment, as indices into the sides.
#[derive(Clone, Copy)]
pub(super) struct Aligned<'a> {
    pub gold: &'a [LabelledSpan],
    pub predicted: &'a [LabelledSpan],
    pub pairs: &'a [Pair],
    pub missed: &'a [usize],
    pub spurious: &'a [usize],
}

pub(super) fn details(aligned: Aligned<'_>) -> Details {
    let breaks = OpenBreaks::new(aligned);
    let pair = |pair: &Pair| {
        let (gold, predicted) = (&aligned.gold[pair.gold], &aligned.predicted[pair.predicted]);
        match (pair.exact, pair.same_label) {
            (true, true) => None,
            (true, false) => Some(Detail::Label),
            _ if breaks.is_split(pair.gold) && is_piece(predicted, gold) => Some(Detail::Split),
            _ if breaks.is_merging(pair.predicted) && is_piece(gold, predicted) => Some(Detail::Merged),
            (false, true) => Some(off(gold, predicted)),
            (false, false) => Some(Detail::Both),
        }
    };
    let choose = |is_split: bool, is_merged: bool, otherwise: Detail| match (is_split, is_merged) {
        (true, _) => Detail::Split,
        (_, true) => Detail::Merged,
        _ => otherwise,
    };
    let missed = |&g: &usize| choose(breaks.is_split(g), breaks.is_merged(g), Detail::Missed);
    let spurious = |&p: &usize| choose(breaks.is_piece_of_split(p), breaks.is_merging(p), Detail::Spurious);
    Details {
        pairs: aligned.pairs.iter().map(pair).collect(),
        missed: aligned.missed.iter().map(missed).collect(),
        spurious: aligned.spurious.iter().map(spurious).collect(),
    }
}

/// Returns the kind of boundary error of a prediction.
fn off(gold: &LabelledSpan, predicted: &LabelledSpan) -> Detail {
    let shared = gold.shared(predicted);
    match (shared == gold.length(), shared == predicted.length()) {
        (true, false) => Detail::TooLong,
        (false, true) => Detail::TooShort,
        _ => Detail::Shifted,
    }
}

/// The splits and merges among the entities without an exact match. A gold entity is split if
/// predictions break it, and merged if it is a piece of a prediction.
struct OpenBreaks {
    /// The place of each gold entity in the breaks, if it has no exact match.
    gold: Vec<Option<usize>>,
    predicted: Vec<Option<usize>>,
    split: Breaks,
    merged: Breaks,
}

impl OpenBreaks {
    fn new(aligned: Aligned<'_>) -> Self {
        let open = || aligned.pairs.iter().filter(|pair| !pair.exact);
        let mut gold: Vec<usize> = open().map(|pair| pair.gold).chain(aligned.missed.iter().copied()).collect();
        let mut predicted: Vec<usize> =
            open().map(|pair| pair.predicted).chain(aligned.spurious.iter().copied()).collect();
        if gold.is_empty() || predicted.is_empty() {
            (gold, predicted) = (Vec::new(), Vec::new());
        }
        let items =
            |of: &[LabelledSpan], indices: &[usize]| indices.iter().map(|&at| of[at].clone()).collect::<Vec<_>>();
        let [split, merged] = both_ways(&items(aligned.gold, &gold), &items(aligned.predicted, &predicted));
        let places = |count: usize, indices: &[usize]| {
            let mut places = vec![None; count];
            indices.iter().enumerate().for_each(|(place, &at)| places[at] = Some(place));
            places
        };
        Self {
            gold: places(aligned.gold.len(), &gold),
            predicted: places(aligned.predicted.len(), &predicted),
            split,
            merged,
        }
    }

    fn is_split(&self, g: usize) -> bool {
        self.gold[g].is_some_and(|place| self.split.broken[place])
    }

    fn is_merged(&self, g: usize) -> bool {
        self.gold[g].is_some_and(|place| self.merged.pieces[place])
    }

    fn is_merging(&self, p: usize) -> bool {
        self.predicted[p].is_some_and(|place| self.merged.broken[place])
    }

    fn is_piece_of_split(&self, p: usize) -> bool {
        self.predicted[p].is_some_and(|place| self.split.pieces[place])
    }
}
