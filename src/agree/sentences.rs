//! Key sentences that count as the same.
//!
//! F1 counts two spans as the same sentence if they share at least half of what they cover, and
//! pairs them one to one. Coefficients use the same pairs, so that a pair agrees in both or in
//! neither. Of more than two annotators, the pairs of every two are joined to units with at most
//! one sentence of each annotator, those with the largest overlap first.

use super::units::UnitKey;
use crate::document::Span;
use crate::metric::same_sentences;

/// A pair of spans that count as the same sentence, as indices in the marks of a document.
struct SamePair {
    /// Shared code points, and those that the spans cover together.
    shared: u64,
    covered: u64,
    marks: [usize; 2],
}

/// Replaces the key of each mark, which consists of its key, its annotator and its label, by one
/// that the sentences of a unit share. The marks must be sorted and distinct.
pub(super) fn join_same_sentences(marks: &mut [(UnitKey<'_>, usize, &str)], annotators: usize) {
    let spans: Vec<Span> = marks.iter().map(|((start, end, ..), ..)| Span::new(*start, *end)).collect();
    let mut of_annotators: Vec<Vec<usize>> = vec![Vec::new(); annotators];
    marks.iter().enumerate().for_each(|(at, (_, annotator, _))| of_annotators[*annotator].push(at));
    let mut pairs = Vec::new();
    for (first, one) in of_annotators.iter().enumerate() {
        let one_spans: Vec<&Span> = one.iter().map(|at| &spans[*at]).collect();
        for other in &of_annotators[first + 1..] {
            let other_spans: Vec<&Span> = other.iter().map(|at| &spans[*at]).collect();
            let same = same_sentences(&one_spans, &other_spans).into_iter();
            pairs.extend(same.map(|(a, b)| same_pair(&spans, [one[a], other[b]])));
        }
    }
    // A larger overlap is a larger proportion of shared code points.
    pairs.sort_by(|a, b| (b.shared * a.covered).cmp(&(a.shared * b.covered)).then(a.marks.cmp(&b.marks)));
    let mut units: Vec<Vec<usize>> = (0..marks.len()).map(|at| vec![at]).collect();
    let mut unit_of: Vec<usize> = (0..marks.len()).collect();
    for SamePair { marks: [one, other], .. } in pairs {
        let (one, other) = (unit_of[one], unit_of[other]);
        let annotator = |at: &usize| marks[*at].1;
        let is_apart = |at: &usize| units[other].iter().all(|with| annotator(with) != annotator(at));
        if one != other && units[one].iter().all(is_apart) {
            let joined = std::mem::take(&mut units[other]);
            joined.iter().for_each(|at| unit_of[*at] = one);
            units[one].extend(joined);
        }
    }
    // The span of one of them would not do: one annotator may have marked it beside another span
    // that is in the unit.
    for ((key, ..), unit) in marks.iter_mut().zip(unit_of) {
        (key.0, key.1) = (unit as u32, 0);
    }
}

fn same_pair(spans: &[Span], marks: [usize; 2]) -> SamePair {
    let [one, other] = marks.map(|at| &spans[at]);
    let covered = one.end.max(other.end) - one.start.min(other.start);
    SamePair { shared: one.overlap(other).into(), covered: covered.into(), marks }
}
