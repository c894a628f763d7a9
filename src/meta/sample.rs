//! Bootstrap resamples of systems and documents.

use super::grid::Grid;
use crate::stats::{Draws, RandomUse};

/// The unit that is resampled or exchanged. It should be the one that a replication would replace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// Systems; the documents are fixed.
    Systems,
    /// Documents; the systems are fixed.
    Documents,
    /// Systems and documents.
    Both,
}

impl Over {
    /// The name in files and options.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Systems => "systems",
            Self::Documents => "documents",
            Self::Both => "both",
        }
    }
}

/// A multiset of systems and documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// Indices of the systems, in ascending order, with repetition.
    pub systems: Vec<usize>,
    /// Index of each document, with its multiplicity.
    pub documents: Vec<(usize, usize)>,
}

impl Sample {
    /// The original sample: every system and document once.
    pub fn all(grid: &Grid) -> Self {
        Self { systems: (0..grid.systems).collect(), documents: (0..grid.documents).map(|at| (at, 1)).collect() }
    }

    /// Draws systems, then documents, with replacement, as many as there are (BOOT-SYSTEMS,
    /// BOOT-INPUTS and BOOT-BOTH of Deutsch, Dror and Roth 2021).
    pub fn draw(grid: &Grid, over: Over, seed: u64, number: u64) -> Self {
        let mut draws = Draws::new(seed, RandomUse::Bootstrap, number, grid.systems + grid.documents);
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
