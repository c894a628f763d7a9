//! The units of a span to which annotators gave several labels.
//!
//! Every label of the span is in exactly one unit, which is rated with that label by all annotators
//! who gave it. Annotators who gave different labels share a unit as far as possible, as they do on
//! a span with one label each: `{A, B}` against `{A, C}` is the units A/A and B/C. The result
//! depends on the labels alone and not on the order of the annotators.

use std::cmp::Reverse;

/// Returns the ratings of the units of a span, unit by unit, from its distinct labels with their
/// annotators. `not_marked` is a unit that no annotator marked.
///
/// The labels that most annotators share come first; of these, the first in alphabetical order.
/// Each takes the first unit that none of its annotators has rated.
pub(super) fn rows<'a>(mut labels: Vec<(&'a str, usize)>, not_marked: &[Option<&'a str>]) -> Vec<Vec<Option<&'a str>>> {
    labels.sort_unstable();
    let mut by_label: Vec<&[(&str, usize)]> = labels.chunk_by(|one, other| one.0 == other.0).collect();
    by_label.sort_by_key(|labels| Reverse(labels.len()));
    let mut rows: Vec<Vec<Option<&str>>> = Vec::new();
    // Whether an annotator has rated a unit.
    let mut rated: Vec<Vec<bool>> = Vec::new();
    // The first unit that an annotator has not rated.
    let mut next = vec![0; not_marked.len()];
    for labels in by_label {
        let annotators = || labels.iter().map(|(_, annotator)| *annotator);
        let first = annotators().map(|annotator| next[annotator]).max().unwrap_or_default();
        let is_free = |rated: &Vec<bool>| annotators().all(|annotator| !rated[annotator]);
        let unit = (first..rows.len()).find(|unit| is_free(&rated[*unit])).unwrap_or(rows.len());
        if unit == rows.len() {
            rows.push(not_marked.to_vec());
            rated.push(vec![false; not_marked.len()]);
        }
        for (label, annotator) in labels {
            rows[unit][*annotator] = Some(*label);
            rated[unit][*annotator] = true;
            while rated.get(next[*annotator]).is_some_and(|rated| rated[*annotator]) {
                next[*annotator] += 1;
            }
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::rows;

    /// The units of the labels of each annotator; `-` is a unit that an annotator did not mark.
    fn units(annotators: &[&[&'static str]]) -> Vec<String> {
        let labels = annotators.iter().enumerate();
        let labels = labels.flat_map(|(at, labels)| labels.iter().map(move |label| (*label, at))).collect();
        let rows = rows(labels, &vec![Some("-"); annotators.len()]);
        rows.into_iter().map(|row| row.into_iter().flatten().collect()).collect()
    }

    #[test]
    fn each_label_is_that_of_one_unit() {
        assert_eq!(units(&[&["A", "P"], &["P"]]), ["PP", "A-"]);
        assert_eq!(units(&[&["A", "O"], &["A", "L"]]), ["AA", "OL"]);
        assert_eq!(units(&[&["A", "B", "C"], &["D"]]), ["AD", "B-", "C-"]);
        assert_eq!(units(&[&["A", "B"], &["A", "C"], &["B", "C"]]), ["AA-", "B-B", "-CC"]);
        assert_eq!(units(&[&["A", "B"], &["A"], &["C"]]), ["AAC", "B--"]);
    }

    #[test]
    fn the_order_of_annotators_changes_no_unit() {
        let swapped =
            |units: Vec<String>| -> Vec<String> { units.iter().map(|unit| unit.chars().rev().collect()).collect() };
        let (one, other) = (["B", "D", "E"], ["A", "C", "E"]);
        assert_eq!(units(&[&one, &other]), ["EE", "BA", "DC"]);
        assert_eq!(units(&[&one, &other]), swapped(units(&[&other, &one])));
    }
}
