//! Agreement coefficients with jackknife intervals that leave out one document at a time.

use super::{AgreementStatistics, Rating};
use crate::stats::{Interval, jackknife_of_groups};

/// The range of every coefficient, which rounding must not leave.
const RANGE: (f64, f64) = (-1.0, 1.0);

/// A coefficient with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AgreementCoefficient {
    /// Its name, such as `cohen_kappa`.
    pub name: &'static str,
    /// The value, from -1 to 1; `None` if it is undefined.
    pub value: Option<f64>,
    /// The confidence interval clustered by document. `None` if the value is undefined without some
    /// document, or if no document changes it.
    pub interval: Option<Interval>,
}

/// The name of a coefficient, and the function that computes it from statistics.
pub type Estimate<S> = (&'static str, fn(&S) -> Option<f64>);

/// Coefficients of all units, and their values without each document.
#[derive(Debug)]
pub struct LeaveOneOut<'e, S> {
    statistics: S,
    estimates: &'e [Estimate<S>],
    values: Vec<Option<f64>>,
    /// For each coefficient, the values without a document, each with the number of documents that
    /// it holds for; `None` once one of them is undefined.
    without: Vec<Option<Vec<(f64, u64)>>>,
}

impl<'e, S: AgreementStatistics> LeaveOneOut<'e, S> {
    /// Computes the coefficients of all units.
    pub fn new(statistics: S, estimates: &'e [Estimate<S>]) -> Self {
        let in_range = |value: f64| value.clamp(RANGE.0, RANGE.1);
        let values = estimates.iter().map(|(_, estimate)| estimate(&statistics).map(in_range)).collect();
        Self { statistics, estimates, values, without: vec![Some(Vec::new()); estimates.len()] }
    }

    /// Computes the coefficients without one document, given by its units with their
    /// multiplicities. `documents` is the number of documents with the same units, for all of which
    /// the result holds.
    pub fn leave_out<'u>(&mut self, document: impl Iterator<Item = (&'u [Rating], i64)> + Clone, documents: u64) {
        document.clone().for_each(|(unit, times)| self.statistics.add(unit, -times));
        for ((_, estimate), without) in self.estimates.iter().zip(&mut self.without) {
            let Some(values) = without else { continue };
            match estimate(&self.statistics) {
                Some(value) => values.push((value, documents)),
                None => *without = None,
            }
        }
        document.for_each(|(unit, times)| self.statistics.add(unit, times));
    }

    /// The coefficients with their intervals at a confidence level between 0 and 1.
    pub fn finish(self, confidence: f64) -> Vec<AgreementCoefficient> {
        let estimated = self.estimates.iter().zip(self.values).zip(self.without);
        estimated
            .map(|(((name, _), value), without)| {
                let interval = value
                    .zip(without)
                    .and_then(|(value, without)| jackknife_of_groups(value, &without, RANGE, confidence));
                AgreementCoefficient { name, value, interval }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Estimate, LeaveOneOut};
    use crate::stats::agreement::{
        AgreementStatistics, NominalStatistics, NumericStatistics, Rating, Ratings, Scale, indexed,
    };

    /// Coefficients computed directly from their definitions, as an oracle.
    mod naive {
        use super::{Ratings, Scale};

        fn values(ratings: &Ratings) -> Vec<f64> {
            let mut values: Vec<f64> = ratings.iter().flatten().flatten().copied().collect();
            values.sort_by(f64::total_cmp);
            values.dedup();
            values
        }

        fn counts(unit: &[Option<f64>], values: &[f64]) -> Vec<f64> {
            let count = |value: &f64| unit.iter().flatten().filter(|rating| *rating == value).count() as f64;
            values.iter().map(count).collect()
        }

        fn above_chance(observed: f64, expected: f64) -> Option<f64> {
            (expected < 1.0 - 1e-12).then(|| (observed - expected) / (1.0 - expected))
        }

        fn agreeing(counts: &[f64], raters: f64) -> f64 {
            counts.iter().map(|count| count * (count - 1.0)).sum::<f64>() / (raters * (raters - 1.0))
        }

        pub fn of_two(ratings: &Ratings, chance: impl Fn(f64, f64) -> f64) -> Option<f64> {
            let annotators = ratings.first()?.len();
            let mut of_pairs = Vec::new();
            for first in 0..annotators {
                for second in first + 1..annotators {
                    let pairs: Vec<(f64, f64)> =
                        ratings.iter().filter_map(|unit| unit[first].zip(unit[second])).collect();
                    let share = |is: &dyn Fn(&(f64, f64)) -> bool| {
                        pairs.iter().filter(|pair| is(pair)).count() as f64 / pairs.len() as f64
                    };
                    let of = |value: f64| chance(share(&|pair| pair.0 == value), share(&|pair| pair.1 == value));
                    let expected = values(ratings).into_iter().map(of).sum();
                    let agreeing = share(&|pair| pair.0 == pair.1);
                    of_pairs.extend((!pairs.is_empty()).then(|| above_chance(agreeing, expected)).flatten());
                }
            }
            (!of_pairs.is_empty()).then(|| of_pairs.iter().sum::<f64>() / of_pairs.len() as f64)
        }

        pub fn fleiss_kappa(ratings: &Ratings) -> Option<f64> {
            let whole: Vec<_> = ratings.iter().filter(|unit| unit.iter().all(Option::is_some)).collect();
            let (raters, units, values) = (whole.first()?.len() as f64, whole.len() as f64, values(ratings));
            let of_units: Vec<Vec<f64>> = whole.iter().map(|unit| counts(unit, &values)).collect();
            let observed = of_units.iter().map(|counts| agreeing(counts, raters)).sum::<f64>() / units;
            let share = |at: usize| of_units.iter().map(|counts| counts[at]).sum::<f64>() / (units * raters);
            above_chance(observed, (0..values.len()).map(|at| share(at).powi(2)).sum())
        }

        pub fn gwet_ac1(ratings: &Ratings) -> Option<f64> {
            let values = values(ratings);
            let of_units: Vec<Vec<f64>> = ratings.iter().map(|unit| counts(unit, &values)).collect();
            let raters = |counts: &[f64]| counts.iter().sum::<f64>();
            let twice: Vec<_> = of_units.iter().filter(|counts| raters(counts) > 1.0).collect();
            if twice.is_empty() || values.len() < 2 {
                return None;
            }
            let observed =
                twice.iter().map(|counts| agreeing(counts, raters(counts))).sum::<f64>() / twice.len() as f64;
            let rated: Vec<_> = of_units.iter().filter(|counts| raters(counts) > 0.0).collect();
            let share =
                |at: usize| rated.iter().map(|counts| counts[at] / raters(counts)).sum::<f64>() / rated.len() as f64;
            let spread: f64 = (0..values.len()).map(|at| share(at) * (1.0 - share(at))).sum();
            above_chance(observed, spread / (values.len() as f64 - 1.0))
        }

        pub fn alpha(ratings: &Ratings, scale: Scale) -> Option<f64> {
            let values = values(ratings);
            let of_units = ratings.iter().map(|unit| counts(unit, &values));
            let of_units: Vec<Vec<f64>> = of_units.filter(|counts| counts.iter().sum::<f64>() > 1.0).collect();
            let total = |at: usize| of_units.iter().map(|counts| counts[at]).sum::<f64>();
            let totals: Vec<f64> = (0..values.len()).map(total).collect();
            let distance = |one: usize, other: usize| match scale {
                Scale::Nominal => f64::from(u8::from(one != other)),
                Scale::Ordinal => {
                    let between: f64 = totals[one.min(other)..=one.max(other)].iter().sum();
                    (between - f64::midpoint(totals[one], totals[other])).powi(2)
                }
                Scale::Interval => (values[one] - values[other]).powi(2),
                Scale::Ratio if values[one] + values[other] == 0.0 => 0.0,
                Scale::Ratio => ((values[one] - values[other]) / (values[one] + values[other])).powi(2),
            };
            let (mut observed, mut expected) = (0.0, 0.0);
            for one in 0..values.len() {
                for other in 0..values.len() {
                    let together = |counts: &Vec<f64>| {
                        let same = f64::from(u8::from(one == other));
                        counts[one] * (counts[other] - same) / (counts.iter().sum::<f64>() - 1.0)
                    };
                    observed += of_units.iter().map(together).sum::<f64>() * distance(one, other);
                    expected += totals[one] * totals[other] * distance(one, other);
                }
            }
            (expected > 1e-12).then(|| 1.0 - (totals.iter().sum::<f64>() - 1.0) * observed / expected)
        }
    }

    type Naive = Box<dyn Fn(&Ratings) -> Option<f64>>;

    /// Whether values without each document equal those of a copy without it.
    fn compare<S: AgreementStatistics>(
        documents: &[Vec<Vec<Option<f64>>>],
        statistics: impl Fn(&Ratings) -> S,
        estimates: Vec<(Estimate<S>, Naive)>,
    ) -> Result<(), TestCaseError> {
        let (estimates, naive): (Vec<_>, Vec<_>) = estimates.into_iter().unzip();
        let all = documents.concat();
        let units: Vec<Vec<Rating>> = indexed(&all).1;
        let mut rest = units.as_slice();
        let mut leave_one_out = LeaveOneOut::new(statistics(&all), &estimates);
        for document in documents {
            let (own, after) = rest.split_at(document.len());
            leave_one_out.leave_out(own.iter().map(|unit| (unit.as_slice(), 1)), 1);
            rest = after;
        }
        let near = |found: Option<f64>, expected: Option<f64>| match (found, expected) {
            (Some(found), Some(expected)) => (found - expected).abs() < 1e-11,
            (found, expected) => found == expected,
        };
        for (number, ((name, _), naive)) in estimates.iter().zip(&naive).enumerate() {
            let value = leave_one_out.values[number];
            prop_assert!(near(value, naive(&all)), "{name}: {value:?}, not {:?}", naive(&all));
            let copies = (0..documents.len()).map(|left_out| {
                let kept = documents.iter().enumerate().filter(|(at, _)| *at != left_out);
                naive(&kept.flat_map(|(_, units)| units.clone()).collect::<Vec<_>>())
            });
            match (&leave_one_out.without[number], copies.collect::<Option<Vec<f64>>>()) {
                (Some(found), Some(expected)) => {
                    prop_assert_eq!(found.len(), expected.len());
                    for ((found, documents), expected) in found.iter().zip(&expected) {
                        prop_assert!(near(Some(*found), Some(*expected)), "{}: {} {}", name, found, expected);
                        prop_assert_eq!(*documents, 1);
                    }
                }
                (found, expected) => prop_assert!(found.is_none() && expected.is_none(), "{name}: {found:?}"),
            }
        }
        // All removed units were added again.
        let again: Vec<Option<f64>> =
            estimates.iter().map(|(_, estimate)| estimate(&leave_one_out.statistics)).collect();
        let again: Vec<Option<f64>> =
            again.into_iter().map(|value| value.map(|value| value.clamp(-1.0, 1.0))).collect();
        prop_assert_eq!(&again, &leave_one_out.values);
        for coefficient in leave_one_out.finish(0.95) {
            let ends = coefficient.interval.map(|interval| [interval.low, interval.high]);
            let ascending = [-1.0].into_iter().chain(ends.into_iter().flatten()).chain([1.0]);
            prop_assert!(ascending.is_sorted(), "{coefficient:?}");
            prop_assert!(coefficient.value.is_none_or(|value| (-1.0..=1.0).contains(&value)), "{coefficient:?}");
        }
        Ok(())
    }

    fn documents() -> impl Strategy<Value = Vec<Vec<Vec<Option<f64>>>>> {
        let rating = prop::option::weighted(0.85, prop::sample::select(vec![1.0, 2.0, 3.0, 7.0, 20.0]));
        (2..5_usize).prop_flat_map(move |annotators| {
            let unit = prop::collection::vec(rating.clone(), annotators);
            prop::collection::vec(prop::collection::vec(unit, 0..5), 1..8)
        })
    }

    proptest! {
        #[test]
        fn names_without_a_document_are_those_of_a_copy(documents in documents()) {
            let statistics = |ratings: &Ratings| {
                let (values, units) = indexed(ratings);
                let mut statistics = NominalStatistics::new(ratings.first().map_or(0, Vec::len), values.len());
                units.iter().for_each(|unit| statistics.add(unit, 1));
                statistics
            };
            let midpoint = |a: f64, b: f64| f64::midpoint(a, b).powi(2);
            compare(&documents, statistics, vec![
                (("cohen_kappa", NominalStatistics::cohen_kappa), Box::new(|ratings| naive::of_two(ratings, |a, b| a * b))),
                (("scott_pi", NominalStatistics::scott_pi), Box::new(move |ratings| naive::of_two(ratings, midpoint))),
                (("fleiss_kappa", NominalStatistics::fleiss_kappa), Box::new(naive::fleiss_kappa)),
                (("gwet_ac1", NominalStatistics::gwet_ac1), Box::new(naive::gwet_ac1)),
                (("krippendorff_alpha", NominalStatistics::krippendorff_alpha), Box::new(|ratings| naive::alpha(ratings, Scale::Nominal))),
            ])?;
        }

        #[test]
        fn numbers_without_a_document_are_those_of_a_copy(documents in documents()) {
            let statistics = |ratings: &Ratings| {
                let (values, units) = indexed(ratings);
                let mut statistics = NumericStatistics::new(values);
                units.iter().for_each(|unit| statistics.add(unit, 1));
                statistics
            };
            compare(&documents, statistics, vec![
                (("nominal", |of| of.krippendorff_alpha(Scale::Nominal)), Box::new(|ratings| naive::alpha(ratings, Scale::Nominal))),
                (("ordinal", |of| of.krippendorff_alpha(Scale::Ordinal)), Box::new(|ratings| naive::alpha(ratings, Scale::Ordinal))),
                (("interval", |of| of.krippendorff_alpha(Scale::Interval)), Box::new(|ratings| naive::alpha(ratings, Scale::Interval))),
                (("ratio", |of| of.krippendorff_alpha(Scale::Ratio)), Box::new(|ratings| naive::alpha(ratings, Scale::Ratio))),
            ])?;
        }

        /// Adding a unit several times at once equals adding it repeatedly.
        #[test]
        fn several_at_once_are_one_after_another(documents in documents(), times in 1..4_i64) {
            let all = documents.concat();
            let (values, units) = indexed(&all);
            let annotators = all.first().map_or(0, Vec::len);
            let (mut at_once, mut in_turn) =
                (NominalStatistics::new(annotators, values.len()), NominalStatistics::new(annotators, values.len()));
            for unit in &units {
                at_once.add(unit, times);
                (0..times).for_each(|_| in_turn.add(unit, 1));
            }
            prop_assert_eq!(format!("{at_once:?}"), format!("{in_turn:?}"));
        }
    }
}
