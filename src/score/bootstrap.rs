//! BCa bootstrap intervals of all figures, from stored sums: no document is scored again.

use std::collections::BTreeMap;

use super::{Formulas, RowLayout, Scores, Settings, System, SystemCounts, Wanted, count_system};
use crate::document::Reference;
use crate::metric::{MetricName, Statistics};
use crate::parallel;
use crate::stats::{Bootstrap, ClusterMatrix, Interval, bca};
use crate::work;

/// The number of resamples in one unit of parallel work.
const CHUNK: u64 = 256;

/// Settings of the bootstrap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resampling {
    /// The number of resamples.
    pub resamples: u64,
    /// The seed of the random number generator.
    pub seed: u64,
}

/// Replaces the interval of every figure with its BCa interval from a bootstrap over clusters
/// (Efron 1987). Figures over rankings have no interval, because rankings are not sums, and neither
/// have figures that no resample can change.
pub fn bootstrap(
    scores: &mut Scores,
    references: &BTreeMap<String, Reference>,
    system: &System,
    settings: &Settings,
    resampling: Resampling,
) {
    let plain = settings.figures_only();
    bootstrap_counts(scores, &count_system(references, system, &plain, &Wanted::All), settings, resampling);
}

/// Replaces the intervals of scores as [`bootstrap`] does, from the counts of the system.
pub fn bootstrap_counts(scores: &mut Scores, counts: &SystemCounts, settings: &Settings, resampling: Resampling) {
    for of_layer in counts.layers() {
        let Some(layer) = scores.layers.iter_mut().find(|layer| layer.layer == *of_layer.layer()) else { continue };
        let Some(formulas) = of_layer.formulas(settings) else { continue };
        let names: Vec<&MetricName> = layer.figures.iter().map(|figure| &figure.name).collect();
        let clusters: Vec<Statistics> =
            counts.clusters(of_layer, None).iter().map(|rows| of_layer.statistics(rows, |_| true)).collect();
        let intervals = intervals(formulas, &clusters, &names, settings.confidence, resampling);
        for (figure, interval) in layer.figures.iter_mut().zip(intervals) {
            figure.interval = interval;
        }
    }
}

fn intervals(
    formulas: Formulas<'_>,
    clusters: &[Statistics],
    names: &[&MetricName],
    confidence: f64,
    Resampling { resamples, seed }: Resampling,
) -> Vec<Option<Interval>> {
    if clusters.len() < 2 {
        return vec![None; names.len()];
    }
    let columns = RowLayout::of(clusters);
    let mut rows = ClusterMatrix::new(columns.width());
    clusters.iter().for_each(|statistics| rows.push(&columns.row(statistics)));
    let values = |statistics: &mut Statistics, sums: &[f64]| -> Vec<Option<f64>> {
        columns.fill(statistics, sums);
        names.iter().map(|name| formulas.value(statistics, name)).collect()
    };
    let total = rows.total();
    let estimates = values(&mut columns.statistics(), &total);
    let mut statistics = columns.statistics();
    let without: Vec<Vec<Option<f64>>> = (0..rows.len())
        .map(|at| {
            let left: Vec<f64> = total.iter().zip(rows.row(at)).map(|(all, part)| all - part).collect();
            values(&mut statistics, &left)
        })
        .collect();
    let bootstrap = Bootstrap::new(&rows, seed);
    let chunks: Vec<u64> = (0..resamples).step_by(CHUNK as usize).collect();
    let drawn: Vec<Vec<Vec<Option<f64>>>> = parallel::map(chunks, |first| {
        let (mut statistics, mut drawn) = (columns.statistics(), Vec::new());
        let numbers = first..(first + CHUNK).min(resamples);
        bootstrap.sums(numbers.clone(), |_, sums| drawn.push(values(&mut statistics, sums)));
        work::RESAMPLES.add(numbers.end - numbers.start);
        drawn
    });
    let interval = |at: usize| {
        let of = |rows: &mut dyn Iterator<Item = &Vec<Option<f64>>>| -> Vec<f64> {
            rows.filter_map(|row| row[at]).collect()
        };
        let mut resampled = of(&mut drawn.iter().flatten());
        bca(estimates[at]?, &mut resampled, &of(&mut without.iter()), confidence)
    };
    parallel::map(0..names.len(), interval)
}
