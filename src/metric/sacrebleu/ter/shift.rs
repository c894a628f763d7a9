//! Shifts: moves of word sequences to their position in the reference, at the cost of one edit.
//!
//! Which shifts are tried, and which is made, is Tercom's heuristic; figures depend on all of it,
//! including its limits.

use super::band::Band;
use super::geometry::Geometry;
use super::matrix::Matrix;
use super::trace::Trace;

/// The longest sequence that is moved, in words.
const LONGEST: usize = 10;
/// The largest distance between the sequence and its counterpart, in words.
const FARTHEST: usize = 50;
/// The maximum number of shifts tried in all rounds; the best shift of the round that reaches it is
/// not made.
const MOST_TRIED: usize = 1_000;

/// Returns the number of edits that turn a hypothesis into a reference: shifts, deletions,
/// insertions and substitutions. Words are numbers; those of the hypothesis are lowest.
pub(super) fn edits(hypothesis: &[u32], reference: &[u32]) -> u32 {
    let (Some(last), false) = (hypothesis.iter().max(), reference.is_empty()) else {
        return hypothesis.len().max(reference.len()) as u32;
    };
    let kinds = *last as usize + 1;
    let search = Search { reference, places: Places::new(reference, kinds) };
    match Band::new(hypothesis.len(), reference, kinds) {
        Some(band) => search.run(hypothesis, band),
        None => search.run(hypothesis, Matrix::new(Geometry::new(hypothesis.len(), reference.len()), reference)),
    }
}

/// The positions in the reference of each word of the hypothesis.
struct Places {
    /// The positions, word by word, in ascending order.
    places: Vec<u32>,
    /// The index at which the positions of each word begin, followed by the end of the last.
    starts: Vec<u32>,
}

impl Places {
    fn new(reference: &[u32], kinds: usize) -> Self {
        let known = || reference.iter().map(|word| *word as usize).enumerate().filter(|(_, word)| *word < kinds);
        let mut starts = vec![0; kinds + 1];
        known().for_each(|(_, word)| starts[word + 1] += 1);
        for word in 0..kinds {
            starts[word + 1] += starts[word];
        }
        let (mut places, mut next) = (vec![0; starts[kinds] as usize], starts.clone());
        for (place, word) in known() {
            places[next[word] as usize] = place as u32;
            next[word] += 1;
        }
        Self { places, starts }
    }

    fn of(&self, word: u32) -> impl Iterator<Item = usize> {
        let (start, end) = (self.starts[word as usize], self.starts[word as usize + 1]);
        self.places[start as usize..end as usize].iter().map(|place| *place as usize)
    }
}

/// A move of a word sequence; the greater one is preferred.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Shift {
    /// The decrease of the edit distance.
    gain: i64,
    length: usize,
    start: std::cmp::Reverse<usize>,
    /// The index in the current hypothesis before which it is inserted.
    target: std::cmp::Reverse<usize>,
}

struct Search<'a> {
    reference: &'a [u32],
    places: Places,
}

impl Search<'_> {
    fn run(&self, hypothesis: &[u32], mut distances: impl Shifted) -> u32 {
        let mut words = hypothesis.to_vec();
        let (mut shifts, mut tried, mut trace) = (0, 0, Trace::default());
        loop {
            let distance = distances.fill(&words);
            trace.read(&distances, &words, self.reference);
            let best = self.best(&words, distance, &mut distances, &trace, &mut tried);
            match best {
                Some(shift) if tried < MOST_TRIED && shift.gain > 0 => {
                    shift.moved().apply(&mut words);
                    shifts += 1;
                }
                _ => return shifts + distance,
            }
        }
    }

    fn best(
        &self,
        words: &[u32],
        distance: u32,
        distances: &mut impl Shifted,
        trace: &Trace,
        tried: &mut usize,
    ) -> Option<Shift> {
        let mut best: Option<Shift> = None;
        for (start, word) in words.iter().enumerate() {
            for place in self.places.of(*word) {
                if place.abs_diff(start) > FARTHEST {
                    continue;
                }
                let alike = words[start..].iter().zip(&self.reference[place..]).take(LONGEST);
                let longest = alike.take_while(|(one, other)| one == other).count();
                for length in 1..=longest {
                    // A sequence is not moved if it is already correct, if its target is correct,
                    // or within itself.
                    let is_right = trace.wrong[start + length] == trace.wrong[start];
                    let is_answered = trace.unanswered[place + length] == trace.unanswered[place];
                    if is_right || is_answered || (start + 1..=start + length).contains(&trace.behind[place]) {
                        continue;
                    }
                    let mut previous = None;
                    for before in place..=place + length {
                        let target = before.checked_sub(1).map_or(0, |before| trace.behind[before]);
                        if previous == Some(target) {
                            continue;
                        }
                        previous = Some(target);
                        let mut shift = Shift {
                            gain: 0,
                            length,
                            start: std::cmp::Reverse(start),
                            target: std::cmp::Reverse(target),
                        };
                        shift.gain = i64::from(distance) - i64::from(distances.after(words, &shift.moved()));
                        *tried += 1;
                        best = best.max(Some(shift));
                    }
                    if *tried >= MOST_TRIED {
                        // The best shift found is not used any more.
                        return None;
                    }
                }
            }
        }
        best
    }
}

impl Shift {
    /// A target within the sequence counts from its end.
    fn moved(&self) -> Moved {
        let (start, target, length) = (self.start.0, self.target.0, self.length);
        if target < start {
            Moved { start: target, middle: start, end: start + length }
        } else if target > start + length {
            Moved { start, middle: start + length, end: target }
        } else {
            Moved { start, middle: start + length, end: length + target }
        }
    }
}

/// An exchange of two adjacent sequences: `start` to `middle`, and `middle` to `end`.
#[derive(Debug, Clone, Copy)]
struct Moved {
    start: usize,
    middle: usize,
    end: usize,
}

impl Moved {
    fn apply(self, words: &mut [u32]) {
        let end = self.end.min(words.len());
        words[self.start..end].rotate_left(self.middle - self.start);
    }
}

/// Edit distances that can be updated for a hypothesis with moved words.
trait Shifted: super::trace::Distances {
    /// Computes all distances of a hypothesis; returns the last one.
    fn fill(&mut self, words: &[u32]) -> u32;

    /// Returns the distance after a move of words of the filled hypothesis.
    fn after(&mut self, words: &[u32], moved: &Moved) -> u32;
}

impl Shifted for Band {
    fn fill(&mut self, words: &[u32]) -> u32 {
        self.fill(words)
    }

    fn after(&mut self, words: &[u32], moved: &Moved) -> u32 {
        let end = moved.end.min(words.len());
        let (first, second) = (&words[moved.middle..end], &words[moved.start..moved.middle]);
        self.changed(words, moved.start, first.iter().chain(second).copied())
    }
}

impl Shifted for Matrix<'_> {
    fn fill(&mut self, words: &[u32]) -> u32 {
        self.fill(words)
    }

    fn after(&mut self, words: &[u32], moved: &Moved) -> u32 {
        let mut words = words.to_vec();
        moved.apply(&mut words);
        self.fill(&words)
    }
}
