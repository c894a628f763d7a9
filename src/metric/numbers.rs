//! Conversion of statistics to vectors of numbers and back, so that many of them are added fast.

use super::corpus::Corpus;
use super::{Counts, Statistic};

impl Statistic {
    /// Returns the numbers of the statistic, in an order that depends only on its kind; `None` for
    /// rankings, which are not sums of numbers.
    pub fn numbers(&self) -> Option<Vec<f64>> {
        let outcomes = |counts: &Counts| {
            [counts.correct, counts.incorrect, counts.partial, counts.missed, counts.spurious].map(|count| count as f64)
        };
        Some(match self {
            Self::Matches { counts, credit2, predicted } => {
                [&outcomes(counts)[..], &[*credit2 as f64, *predicted as f64]].concat()
            }
            Self::Fields { counts, absent } => [&outcomes(counts)[..], &[*absent as f64]].concat(),
            Self::Share { hits: part, whole } | Self::Recall { hits: part, possible: whole } => {
                vec![*part as f64, *whole as f64]
            }
            Self::Mean { precision, recall, f1, documents } => vec![*precision, *recall, *f1, *documents as f64],
            Self::Shares { precision, recall } => vec![precision.0, precision.1, recall.0, recall.1],
            Self::Average { sum, documents } | Self::Amount { sum, documents } => vec![*sum, *documents as f64],
            Self::Corpus(corpus) => corpus.sums.clone(),
            Self::Ranking { .. } => return None,
        })
    }

    /// Replaces the numbers of the statistic, in the order of [`Self::numbers`]. Counts are rounded
    /// to integers.
    ///
    /// # Panics
    /// Panics if there are fewer numbers than the statistic has.
    pub fn set_numbers(&mut self, numbers: &[f64]) {
        let whole = |at: usize| numbers[at] as u64;
        let outcomes = || Counts {
            correct: whole(0),
            incorrect: whole(1),
            partial: whole(2),
            missed: whole(3),
            spurious: whole(4),
        };
        match self {
            Self::Matches { counts, credit2, predicted } => {
                (*counts, *credit2, *predicted) = (outcomes(), whole(5), whole(6));
            }
            Self::Fields { counts, absent } => (*counts, *absent) = (outcomes(), whole(5)),
            Self::Share { hits: part, whole: all } | Self::Recall { hits: part, possible: all } => {
                (*part, *all) = (whole(0), whole(1));
            }
            Self::Mean { precision, recall, f1, documents } => {
                (*precision, *recall, *f1, *documents) = (numbers[0], numbers[1], numbers[2], whole(3));
            }
            Self::Shares { precision, recall } => {
                (*precision, *recall) = ((numbers[0], numbers[1]), (numbers[2], numbers[3]));
            }
            Self::Average { sum, documents } | Self::Amount { sum, documents } => {
                (*sum, *documents) = (numbers[0], whole(1));
            }
            Self::Corpus(Corpus { sums, .. }) => {
                let length = sums.len();
                sums.copy_from_slice(&numbers[..length]);
            }
            Self::Ranking { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::metric::corpus::{Corpus, Formula};
    use crate::metric::{Counts, Statistic};

    #[test]
    fn numbers_make_the_same_sum_again() {
        let counts = Counts { correct: 1, incorrect: 2, partial: 3, missed: 4, spurious: 5 };
        let statistics = [
            Statistic::matches(counts),
            Statistic::Fields { counts, absent: 6 },
            Statistic::Share { hits: 1, whole: 2 },
            Statistic::Recall { hits: 1, possible: 2 },
            Statistic::Mean { precision: 0.25, recall: 0.5, f1: 0.75, documents: 3 },
            Statistic::Shares { precision: (0.5, 1.0), recall: (1.5, 2.0) },
            Statistic::Average { sum: 0.5, documents: 1 },
            Statistic::Amount { sum: 7.5, documents: 2 },
            Statistic::Corpus(Corpus { formula: Formula::WordErrors, sums: vec![1.0, 2.0] }),
        ];
        for statistic in statistics {
            let numbers = statistic.numbers().unwrap();
            let mut other = statistic.clone();
            other.set_numbers(&vec![0.0; numbers.len()]);
            assert_ne!(other, statistic);
            other.set_numbers(&numbers);
            assert_eq!(other, statistic);
        }
    }
}
