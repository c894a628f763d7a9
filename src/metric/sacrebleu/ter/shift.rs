//! Shifts: runs of words moved to where the reference has them, at the cost of one edit.
//!
//! Which shifts are tried, and which of them is made, is Tercom's heuristic; the figure depends on all of it, limits included.

use super::band::Band;
use super::geometry::Geometry;
use super::matrix::Matrix;
use super::trace::Trace;

/// The longest run that is moved, in words.
const LONGEST: usize = 10;
/// How far apart the run and its counterpart may be.
const FARTHEST: usize = 50;
/// After so many shifts were tried, those of all rounds counted, the best of the round is no longer made.
const MOST_TRIED: usize = 1_000;

/// How many edits turn a hypothesis into a reference: shifts, and words dropped, added and changed. Words are numbers, low
/// ones those of the hypothesis.
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

/// Where the reference has each word of the hypothesis.
struct Places {
    /// Word by word, in order.
    places: Vec<u32>,
    /// Where the places of each word begin, and behind them where the last ones end.
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

/// A way to move a run of words; the greater one is preferred.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Shift {
    /// By how much it lessens the edit distance.
    gain: i64,
    length: usize,
    start: std::cmp::Reverse<usize>,
    /// Before which word it goes, counted in the hypothesis as it is.
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
                    // Nothing is moved that is right where it is, nor to where all is right, nor within itself.
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
                        // What was found is not used any more.
                        return None;
                    }
                }
            }
        }
        best
    }
}

impl Shift {
    /// A target within the run means as many places farther.
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

/// Two neighbouring runs change places: what stands from `start` to `middle`, and from there to `end`.
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

/// Distances that can be had of a hypothesis whose words were moved.
trait Shifted: super::trace::Distances {
    /// Computes all of a hypothesis; returns the distance.
    fn fill(&mut self, words: &[u32]) -> u32;

    /// The distance after a move of the words that were filled in.
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
