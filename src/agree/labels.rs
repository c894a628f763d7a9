//! Coefficients of each label against all others.
//!
//! Every unit counts: if two annotators both choose another label, they agree on this one, too. A
//! label occurs in few units, and most documents lack it, so computing each label from scratch
//! would be slow. The statistics therefore start from units in which every rating is another label,
//! and are corrected in the units with the label. Documents without the label that have the same
//! number of units, rated by the same annotators, give the same jackknife value, which is computed
//! once.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::ratings::GroupedRatings;
use crate::stats::agreement::{AgreementStatistics, Estimate, LeaveOneOut, NominalStatistics, Rating};

/// Index of all other labels.
const OTHER: u32 = 0;
/// Index of the label.
const LABEL: u32 = 1;

/// Number of units of a document by the set of annotators who rated them. All ratings are
/// [`OTHER`].
type Shape = BTreeMap<Vec<Rating>, i64>;

/// Ratings, with the statistics that all labels share.
pub(super) struct AgainstOthers<'r> {
    ratings: &'r GroupedRatings<&'r str>,
    /// The distinct shapes, with the number of documents of each.
    shapes: Vec<(Shape, u64)>,
    /// By unit, the index of its document and the index of the document's shape.
    documents: Vec<(u32, u32)>,
    /// By the index of a label, the indices of the units with that label.
    units: Vec<Vec<u32>>,
    /// Statistics of all units with every rating set to [`OTHER`].
    others: NominalStatistics,
}

impl<'r> AgainstOthers<'r> {
    pub fn new(ratings: &'r GroupedRatings<&'r str>) -> Self {
        let (mut shapes, mut indices) = (Vec::<(Shape, u64)>::new(), FxHashMap::<Shape, u32>::default());
        let mut documents = Vec::new();
        let mut row = Vec::new();
        for (document, units) in (0..).zip(ratings.documents()) {
            let (mut shape, size) = (Shape::new(), units.len());
            for unit in units {
                row.clear();
                row.extend(unit.iter().map(|rating| rating.map(|_| OTHER)));
                match shape.get_mut(&row) {
                    Some(times) => *times += 1,
                    None => drop(shape.insert(row.clone(), 1)),
                }
            }
            let index = *indices.entry(shape).or_insert_with_key(|shape| {
                shapes.push((shape.clone(), 0));
                shapes.len() as u32 - 1
            });
            shapes[index as usize].1 += 1;
            documents.extend(std::iter::repeat_n((document, index), size));
        }
        let mut units = vec![Vec::new(); ratings.values().len()];
        for (index, unit) in (0..).zip(ratings.units()) {
            for label in unit.iter().flatten() {
                let units: &mut Vec<u32> = &mut units[*label as usize];
                if units.last() != Some(&index) {
                    units.push(index);
                }
            }
        }
        let mut others = NominalStatistics::new(ratings.annotators(), 2);
        for (shape, documents) in &shapes {
            shape.iter().for_each(|(unit, times)| others.add(unit, times * *documents as i64));
        }
        Self { ratings, shapes, documents, units, others }
    }

    /// Coefficients of a label, given by its index.
    pub fn leave_one_out<'e>(
        &self,
        label: u32,
        estimates: &'e [Estimate<NominalStatistics>],
    ) -> LeaveOneOut<'e, NominalStatistics> {
        let units = &self.units[label as usize];
        let mut statistics = self.others.clone();
        let mut corrections = Vec::new();
        units.iter().for_each(|unit| self.correct(*unit, label, &mut corrections));
        rows(&corrections, self.ratings.annotators()).for_each(|(unit, times)| statistics.add(unit, times));
        let mut leave_one_out = LeaveOneOut::new(statistics, estimates);
        let mut without: Vec<u64> = self.shapes.iter().map(|(_, documents)| *documents).collect();
        for units in units.chunk_by(|one, other| self.documents[*one as usize].0 == self.documents[*other as usize].0) {
            let shape = self.documents[units[0] as usize].1 as usize;
            corrections.clear();
            units.iter().for_each(|unit| self.correct(*unit, label, &mut corrections));
            let corrected = rows(&corrections, self.ratings.annotators());
            leave_one_out.leave_out(self.shape(shape).chain(corrected), 1);
            without[shape] -= 1;
        }
        for (shape, documents) in without.into_iter().enumerate().filter(|(_, documents)| *documents > 0) {
            leave_one_out.leave_out(self.shape(shape), documents);
        }
        leave_one_out
    }

    fn shape(&self, index: usize) -> impl Iterator<Item = (&[Rating], i64)> + Clone {
        self.shapes[index].0.iter().map(|(unit, times)| (unit.as_slice(), *times))
    }

    /// Appends a unit twice: without the label, to be removed, and with it, to be added.
    fn correct(&self, unit: u32, label: u32, corrections: &mut Vec<Rating>) {
        let unit = self.ratings.unit(unit as usize);
        corrections.extend(unit.iter().map(|rating| rating.map(|_| OTHER)));
        corrections.extend(unit.iter().map(|rating| rating.map(|other| if other == label { LABEL } else { OTHER })));
    }
}

/// Pairs of units, of which the first is removed (-1) and the second added (+1).
fn rows(corrections: &[Rating], annotators: usize) -> impl Iterator<Item = (&[Rating], i64)> + Clone {
    corrections.chunks_exact(annotators).zip([-1, 1].into_iter().cycle())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::AgainstOthers;
    use crate::agree::coefficients::{OF_NAMES, leave_one_out};
    use crate::agree::ratings::GroupedRatings;
    use crate::stats::agreement::NominalStatistics;

    type Documents = Vec<Vec<Vec<Option<&'static str>>>>;

    fn documents() -> impl Strategy<Value = Documents> {
        let rating = prop::option::weighted(0.9, prop::sample::select(vec!["", "A", "B", "C", "D", "E"]));
        (2..4_usize).prop_flat_map(move |annotators| {
            let unit = prop::collection::vec(rating.clone(), annotators);
            prop::collection::vec(prop::collection::vec(unit, 0..5), 1..12)
        })
    }

    fn ratings<V: Eq + std::hash::Hash + Ord>(
        documents: &Documents,
        value: impl Fn(&'static str) -> V,
    ) -> GroupedRatings<V> {
        let annotators = documents.iter().flatten().next().map_or(2, Vec::len);
        let mut ratings = GroupedRatings::new(annotators);
        for document in documents {
            document.iter().flatten().for_each(|rating| ratings.push(rating.map(&value)));
            ratings.end_document();
        }
        ratings
    }

    fn near(found: Option<f64>, expected: Option<f64>) -> bool {
        found.zip(expected).map_or(found == expected, |(found, expected)| (found - expected).abs() < 1e-9)
    }

    proptest! {
        /// A label has the coefficients of a copy of the ratings in which all other labels are
        /// merged.
        #[test]
        fn labels_are_rated_as_in_a_copy_with_two_values(documents in documents()) {
            let names = ratings(&documents, |name| name);
            let against_others = AgainstOthers::new(&names);
            for (label, index) in names.values() {
                let copy = ratings(&documents, |name| name == *label);
                let statistics = NominalStatistics::new(copy.annotators(), copy.values().len());
                let expected = leave_one_out(&copy, statistics, &OF_NAMES).finish(0.95);
                let found = against_others.leave_one_out(index, &OF_NAMES).finish(0.95);
                for (found, expected) in found.into_iter().zip(expected) {
                    prop_assert!(near(found.value, expected.value), "{label}: {found:?} {expected:?}");
                    let (low, high) = (found.interval.map(|i| i.low), found.interval.map(|i| i.high));
                    prop_assert!(near(low, expected.interval.map(|i| i.low)), "{label}: {found:?} {expected:?}");
                    prop_assert!(near(high, expected.interval.map(|i| i.high)), "{label}: {found:?} {expected:?}");
                }
            }
        }
    }
}
