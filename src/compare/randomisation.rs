//! The randomisation test of every figure at once, from sums alone: no metric is computed anew from texts.

use rayon::prelude::*;

use super::CompareSettings;
use super::pairs::Pair;
use crate::metric::{MetricName, Tally};
use crate::score::{Columns, Formulas};
use crate::stats::{Randomisation, Rows, is_as_far, p_of};

/// Assignments that one thread draws in one go.
const CHUNK: u64 = 256;

/// The two-sided p-values of figures; `None` below two clusters. An undefined side counts as 0.
pub(super) fn p_values(
    formulas: Formulas<'_>,
    columns: &Columns,
    pairs: &[Pair],
    names: &[&MetricName],
    asked: &CompareSettings,
) -> Vec<Option<f64>> {
    if pairs.len() < 2 || asked.assignments == 0 {
        return vec![None; names.len()];
    }
    let (mut base, mut candidate) = (Rows::new(columns.width()), Rows::new(columns.width()));
    for pair in pairs {
        base.push(&columns.row(&pair.base));
        candidate.push(&columns.row(&pair.candidate));
    }
    let randomisation = Randomisation::new(&base, &candidate, asked.seed, asked.assignments);
    let differences = |tallies: &mut [Tally; 2], sums: [&[f64]; 2]| -> Vec<f64> {
        for (tally, sums) in tallies.iter_mut().zip(sums) {
            columns.fill(tally, sums);
        }
        let value = |side: usize, name: &MetricName| formulas.value(&tallies[side], name).unwrap_or(0.0);
        names.iter().map(|name| value(1, name) - value(0, name)).collect()
    };
    let mut tallies = [columns.tally(), columns.tally()];
    let observed = differences(&mut tallies, [&base.total(), &candidate.total()]);
    let all = randomisation.assignments();
    let chunks: Vec<u64> = (0..all).step_by(CHUNK as usize).collect();
    // How often each difference is as far from 0 as the observed one.
    let as_far: Vec<u64> = chunks
        .into_par_iter()
        .map(|first| {
            let mut tallies = [columns.tally(), columns.tally()];
            let mut as_far = vec![0_u64; names.len()];
            randomisation.sums(first..(first + CHUNK).min(all), |_, one, other| {
                let found = differences(&mut tallies, [one, other]);
                for ((count, found), observed) in as_far.iter_mut().zip(found).zip(&observed) {
                    *count += u64::from(is_as_far(found, *observed));
                }
            });
            as_far
        })
        .reduce(|| vec![0; names.len()], |one, other| one.iter().zip(other).map(|(a, b)| a + b).collect());
    as_far.into_iter().map(|count| Some(p_of(count, all, randomisation.is_exact()))).collect()
}
