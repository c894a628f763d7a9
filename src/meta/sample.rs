//! Resamples of systems and documents.

use super::grid::Grid;
use crate::stats::{Draws, Purpose};

/// What is drawn anew, or exchanged: what the next study would have others of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// Systems; the documents stay.
    Systems,
    /// Documents; the systems stay.
    Documents,
    /// Both.
    Both,
}

impl Over {
    /// Its name in files and options.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Systems => "systems",
            Self::Documents => "documents",
            Self::Both => "both",
        }
    }
}

/// A choice of systems and documents, with repetition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// The systems.
    pub systems: Vec<usize>,
    /// The documents, each with how often it was drawn.
    pub documents: Vec<(usize, usize)>,
}

impl Sample {
    /// Every system and document, once.
    pub fn all(grid: &Grid) -> Self {
        Self { systems: (0..grid.systems).collect(), documents: (0..grid.documents).map(|at| (at, 1)).collect() }
    }

    /// Draws as many as there are, with replacement: first systems, then documents (BOOT-SYSTEMS, BOOT-INPUTS and BOOT-BOTH of
    /// Deutsch, Dror and Roth 2021).
    pub fn draw(grid: &Grid, over: Over, seed: u64, number: u64) -> Self {
        let mut draws = Draws::new(seed, Purpose::Bootstrap, number, grid.systems + grid.documents);
        let mut sample = Self::all(grid);
        if over != Over::Documents {
            sample.systems.iter_mut().for_each(|system| *system = draws.below(grid.systems));
            sample.systems.sort_unstable();
        }
        if over != Over::Systems {
            let mut times = vec![0; grid.documents];
            (0..grid.documents).for_each(|_| times[draws.below(grid.documents)] += 1);
            sample.documents = times.into_iter().enumerate().filter(|(_, times)| *times > 0).collect();
        }
        sample
    }
}

#[cfg(test)]
mod tests {
    use super::{Over, Sample};
    use crate::meta::Grid;

    #[test]
    fn as_many_as_there_are() {
        let grid = Grid::new(5, 7, vec![true; 35]);
        let all = Sample::all(&grid);
        for number in 0..50 {
            for over in [Over::Systems, Over::Documents, Over::Both] {
                let sample = Sample::draw(&grid, over, 1, number);
                assert_eq!(sample.systems.len(), 5);
                assert_eq!(sample.documents.iter().map(|(_, times)| times).sum::<usize>(), 7);
                assert!(over != Over::Documents || sample.systems == all.systems);
                assert!(over != Over::Systems || sample.documents == all.documents);
            }
        }
        assert_ne!(Sample::draw(&grid, Over::Both, 1, 0), Sample::draw(&grid, Over::Both, 1, 1));
        assert_ne!(Sample::draw(&grid, Over::Both, 1, 0), Sample::draw(&grid, Over::Both, 2, 0));
    }
}
