//! Correlations of metrics with ratings, their confidence intervals, and tests of metrics against
//! each other.

use std::collections::BTreeSet;

use super::grid::Grid;
use super::join::RatedScores;
use super::level::{Correlated, Level, correlate};
use super::permutation::{Permutation, permutation_test};
use super::result::{Dimension, MetricComparison, MetricCorrelation};
use super::sample::Sample;
use super::settings::{Compare, MetaSettings};
use crate::parallel;
use crate::stats::correlation::Coefficient;
use crate::stats::{Interval, holm, percentile, williams};

/// Largest number of metrics for which all pairs are compared by default: 45 pairs.
pub const MOST_METRICS: usize = 10;

/// Computes how well each metric agrees with the ratings of one dimension, and which metrics agree
/// better than others.
///
/// The result does not depend on the number of threads.
pub fn evaluate(judged: &RatedScores, settings: &MetaSettings) -> Dimension {
    let study = Study { judged, settings, all: Sample::all(&judged.grid) };
    let found: Vec<Vec<Correlated>> =
        judged.metrics.iter().map(|(_, scores)| study.correlate(&study.all, scores, &judged.ratings)).collect();
    let resampled = study.resample();
    let mut figures = Vec::new();
    for (metric, (name, _)) in judged.metrics.iter().enumerate() {
        for (at, (level, coefficient)) in study.kinds().enumerate() {
            let values = resampled.iter().filter_map(|resample| resample[metric][at]);
            let (interval, resamples_undefined) = study.interval(values.collect());
            let (metric, correlated) = (name.clone(), found[metric][at]);
            let interval = correlated.value.and(interval);
            figures.push(MetricCorrelation { metric, level, coefficient, correlated, interval, resamples_undefined });
        }
    }
    let mut comparisons: Vec<MetricComparison> =
        study.pairs().into_iter().flat_map(|pair| study.compare(pair, &found, &resampled)).collect();
    correct(&mut comparisons);
    Dimension { name: judged.name.clone(), numbers: judged.numbers, figures, comparisons }
}

struct Study<'a> {
    judged: &'a RatedScores,
    settings: &'a MetaSettings,
    all: Sample,
}

/// The value of each metric (outer index) at each level and coefficient (inner index).
type Resample = Vec<Vec<Option<f64>>>;

impl Study<'_> {
    fn grid(&self) -> &Grid {
        &self.judged.grid
    }

    fn kinds(&self) -> impl Iterator<Item = (Level, Coefficient)> {
        let coefficients = &self.settings.coefficients;
        self.settings
            .levels
            .iter()
            .flat_map(move |level| coefficients.iter().map(move |coefficient| (*level, *coefficient)))
    }

    fn correlate(&self, sample: &Sample, x: &[f64], y: &[f64]) -> Vec<Correlated> {
        correlate(self.grid(), sample, (x, y), &self.settings.levels, &self.settings.coefficients)
    }

    /// The correlations of all metrics in every resample, in the order of the resamples.
    fn resample(&self) -> Vec<Resample> {
        let one = |number: u32| {
            let sample = Sample::draw(self.grid(), self.settings.bootstrap, self.settings.seed, number.into());
            let of = |scores: &Vec<f64>| self.correlate(&sample, scores, &self.judged.ratings);
            let values = |scores| of(scores).into_iter().map(|found| found.value).collect();
            self.judged.metrics.iter().map(|(_, scores)| values(scores)).collect()
        };
        parallel::map(0..self.settings.resamples, one)
    }

    /// The percentile interval of resampled values, and the number of undefined ones. There is no
    /// interval if fewer than half of the resamples are defined.
    fn interval(&self, mut values: Vec<f64>) -> (Option<Interval>, u32) {
        let undefined = self.settings.resamples - values.len() as u32;
        let enough = values.len() as u32 * 2 >= self.settings.resamples;
        (enough.then(|| percentile(&mut values, self.settings.confidence)).flatten(), undefined)
    }

    /// The pairs of metrics to compare, by index.
    fn pairs(&self) -> Vec<(usize, usize)> {
        let metrics = self.judged.metrics.len();
        let all = || (0..metrics).flat_map(|first| (first + 1..metrics).map(move |second| (first, second))).collect();
        let number = |name: &String| self.judged.metrics.iter().position(|(metric, _)| metric == name);
        match &self.settings.compare {
            Compare::Unasked if metrics > MOST_METRICS => Vec::new(),
            Compare::Unasked | Compare::All => all(),
            Compare::Nothing => Vec::new(),
            Compare::Pairs(pairs) => {
                pairs.iter().filter_map(|(first, second)| Some((number(first)?, number(second)?))).collect()
            }
        }
    }

    /// Compares one pair of metrics at every level and by every coefficient.
    fn compare(
        &self,
        pair: (usize, usize),
        found: &[Vec<Correlated>],
        resampled: &[Resample],
    ) -> Vec<MetricComparison> {
        let ((first, one), (second, other)) = (&self.judged.metrics[pair.0], &self.judged.metrics[pair.1]);
        let between = self.correlate(&self.all, one, other);
        let ratings = &self.judged.ratings;
        let difference = |a: Option<f64>, b: Option<f64>| a.zip(b).map(|(a, b)| a - b);
        let differences = |one: &[f64], other: &[f64]| {
            let (one, other) = (self.correlate(&self.all, one, ratings), self.correlate(&self.all, other, ratings));
            one.iter().zip(&other).map(|(one, other)| difference(one.value, other.value)).collect::<Vec<_>>()
        };
        let MetaSettings { permute: over, permutations, seed, .. } = *self.settings;
        let permuted = if permutations == 0 {
            vec![None; between.len()]
        } else {
            permutation_test(self.grid(), (one, other), &Permutation { over, permutations, seed }, differences)
        };
        let compare = |(at, (level, coefficient)): (usize, (Level, Coefficient))| {
            let (a, b): (Correlated, Correlated) = (found[pair.0][at], found[pair.1][at]);
            let values = resampled.iter().filter_map(|resample| difference(resample[pair.0][at], resample[pair.1][at]));
            let trials = if level == Level::Summary { self.grid().most_systems() } else { a.n };
            let three = a.value.zip(b.value).zip(between[at].value);
            MetricComparison {
                first: first.clone(),
                second: second.clone(),
                level,
                coefficient,
                difference: difference(a.value, b.value),
                interval: difference(a.value, b.value).and(self.interval(values.collect()).0),
                between: between[at].value,
                williams: three.and_then(|((a, b), between)| williams(a, b, between, trials)),
                williams_holm: None,
                permuted: difference(a.value, b.value).and(permuted[at]),
                permuted_holm: None,
            }
        };
        self.kinds().enumerate().map(compare).collect()
    }
}

/// Applies Holm's correction over all pairs of one level and coefficient, separately for each test.
fn correct(comparisons: &mut [MetricComparison]) {
    let kinds: BTreeSet<_> = comparisons.iter().map(|found| (found.level, found.coefficient)).collect();
    for kind in kinds {
        let mut group: Vec<&mut MetricComparison> =
            comparisons.iter_mut().filter(|found| (found.level, found.coefficient) == kind).collect();
        adjust(&mut group, |found| found.williams.map(|test| test.p), |found, p| found.williams_holm = Some(p));
        adjust(&mut group, |found| found.permuted.map(|test| test.p), |found, p| found.permuted_holm = Some(p));
    }
}

fn adjust(
    group: &mut [&mut MetricComparison],
    p: fn(&MetricComparison) -> Option<f64>,
    set: fn(&mut MetricComparison, f64),
) {
    let tested: Vec<usize> = (0..group.len()).filter(|at| p(group[*at]).is_some()).collect();
    let values: Vec<f64> = tested.iter().filter_map(|at| p(group[*at])).collect();
    for (at, p) in tested.into_iter().zip(holm(&values)) {
        set(group[at], p);
    }
}
