//! Aligns hypothesis and reference by backtracking through the edit distances.

use super::geometry::Geometry;

/// The edit distances between the prefixes of two texts.
pub(super) trait Distances {
    /// Returns the band within which distances exist.
    fn geometry(&self) -> &Geometry;

    /// Returns the distance between the first `row` words of the hypothesis and the first `column`
    /// words of the reference, for cells within the band.
    fn at(&self, row: usize, column: usize) -> u32;
}

/// A minimal sequence of edits that turns the hypothesis into the reference.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Trace {
    /// For every word of the reference, the number of words of the hypothesis up to the aligned one
    /// or, if it is not aligned, up to the one after which it is missing.
    pub(super) behind: Vec<usize>,
    /// The number of wrong words among the first words of the hypothesis, by number of words.
    pub(super) wrong: Vec<u32>,
    /// The number of words without an equal partner among the first words of the reference.
    pub(super) unanswered: Vec<u32>,
}

impl Trace {
    /// Reads the alignment. Of several minimal ones, it is the one that, from the end, prefers
    /// matches and substitutions over deletions of hypothesis words, and deletions over insertions.
    pub(super) fn read(&mut self, distances: &impl Distances, hypothesis: &[u32], reference: &[u32]) {
        let geometry = distances.geometry();
        let (mut i, mut j) = (hypothesis.len(), reference.len());
        self.behind.clear();
        self.behind.resize(j, 0);
        for (counts, length) in [(&mut self.wrong, i), (&mut self.unanswered, j)] {
            counts.clear();
            counts.resize(length + 1, 0);
        }
        let mut here = distances.at(i, j);
        while i > 0 || j > 0 {
            let change = |i: usize, j: usize| u32::from(hypothesis[i - 1] != reference[j - 1]);
            let cell = |i: usize, j: usize| geometry.has(i, j).then(|| distances.at(i, j));
            let kept = (i > 0 && j > 0).then(|| cell(i - 1, j - 1)).flatten();
            if let Some(before) = kept.filter(|before| before + change(i, j) == here) {
                let wrong = change(i, j);
                self.behind[j - 1] = i;
                self.wrong[i] = wrong;
                self.unanswered[j] = wrong;
                (i, j, here) = (i - 1, j - 1, before);
            } else if i > 0 && cell(i - 1, j).is_some_and(|before| before + 1 == here) {
                self.wrong[i] = 1;
                (i, here) = (i - 1, here - 1);
            } else {
                self.behind[j - 1] = i;
                self.unanswered[j] = 1;
                (j, here) = (j - 1, here - 1);
            }
        }
        for counts in [&mut self.wrong, &mut self.unanswered] {
            let mut sum = 0;
            for count in counts.iter_mut() {
                sum += *count;
                *count = sum;
            }
        }
    }
}
