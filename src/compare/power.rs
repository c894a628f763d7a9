//! Power analysis: which differences a number of clusters can detect, and how many clusters a
//! difference of a given size needs.

use std::collections::BTreeMap;

use super::comparison::{ALPHA, POWER};
use super::{Compared, Comparison};
use crate::document::Reference;
use crate::metric::{MetricName, Statistics};
use crate::score::{Settings, System, Wanted, count_system};
use crate::stats::{Design, PairedDifference};

/// The power curve of one figure.
#[derive(Debug, Clone, PartialEq)]
pub struct PowerCurve {
    /// The name of the figure.
    pub name: MetricName,
    /// The value of the figure; the candidate's if two systems are compared.
    pub value: Option<f64>,
    /// The number of clusters at hand.
    pub clusters: usize,
    /// The standard error of the difference with this number of clusters.
    pub error: f64,
    /// The smallest difference that is detected with a power of 80 % in a one-sided test at 5 %.
    pub detectable: f64,
    /// The required number of clusters and the power, for every requested effect size.
    pub effects: Vec<Effect>,
    /// The detectable difference and the power for each effect, by number of clusters.
    pub curve: Vec<Point>,
}

/// An effect size: a difference to be detected.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effect {
    /// The size of the difference, in the units of the figure.
    pub effect: f64,
    /// The number of clusters that detects it with a power of 80 %; `None` if the number is
    /// impractically large.
    pub needed: Option<usize>,
    /// The power with the clusters at hand, 0 to 1.
    pub power: f64,
}

/// One point of a power curve.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// The number of clusters.
    pub clusters: usize,
    /// The detectable difference.
    pub detectable: f64,
    /// The power for each effect, 0 to 1.
    pub powers: Vec<f64>,
}

/// The numbers of clusters shown in a curve, beside the number at hand.
const SIZES: [usize; 9] = [10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000];

/// Returns the power curves of the deciding figures of a comparison.
pub fn power_of_comparison(comparison: &Comparison, effects: &[f64]) -> Vec<PowerCurve> {
    let deciding = comparison.figures().filter(|figure| figure.decides);
    deciding
        .filter_map(|figure: &Compared| curve(figure.name.clone(), figure.candidate, &figure.difference?, effects))
        .collect()
}

/// Returns power curves for a single system, compared with a hypothetical system of equal variance.
/// `correlation` is the correlation of their errors by document, from 0 (independent) to below 1.
pub fn power_of_one(
    references: &BTreeMap<String, Reference>,
    system: &System,
    settings: &Settings,
    metrics: &[String],
    correlation: f64,
    effects: &[f64],
) -> Vec<PowerCurve> {
    let mut curves = Vec::new();
    let plain = settings.figures_only();
    let wanted = if metrics.is_empty() { Wanted::Headlines } else { Wanted::named(metrics, settings) };
    let counts = count_system(references, system, &plain, &wanted);
    for layer in counts.layers() {
        let Some(formulas) = layer.formulas(settings) else { continue };
        let clusters: Vec<Statistics> =
            counts.clusters(layer, None).iter().map(|rows| layer.statistics(rows, |_| true)).collect();
        let mut total = Statistics::default();
        clusters.iter().for_each(|statistics| total.merge(statistics));
        let is_wanted = |name: &MetricName| {
            if metrics.is_empty() { formulas.is_headline(name) } else { metrics.contains(&name.to_string()) }
        };
        for name in formulas.names(layer.layer(), &total).into_iter().filter(is_wanted) {
            let residuals: Vec<f64> =
                formulas.residuals(&total, clusters.iter(), &name).into_iter().flatten().collect();
            let mut difference = PairedDifference::new(0.0, &residuals);
            // The variance of the difference of two correlated figures with equal variance.
            difference.error = difference.error.map(|error| error * (2.0 * (1.0 - correlation)).sqrt());
            let value = formulas.value(&total, &name);
            curves.extend(curve(name, value, &difference, effects));
        }
    }
    curves
}

fn curve(name: MetricName, value: Option<f64>, difference: &PairedDifference, effects: &[f64]) -> Option<PowerCurve> {
    let design = Design::new(difference, ALPHA)?;
    let mut sizes = SIZES.to_vec();
    sizes.push(difference.clusters);
    sizes.sort_unstable();
    sizes.dedup();
    let point = |clusters: usize| Point {
        clusters,
        detectable: design.detectable_with(clusters, POWER),
        powers: effects.iter().map(|effect| design.power(*effect, clusters)).collect(),
    };
    let effect = |effect: &f64| Effect {
        effect: *effect,
        needed: design.clusters_for(*effect, POWER),
        power: design.power(*effect, difference.clusters),
    };
    Some(PowerCurve {
        name,
        value,
        clusters: difference.clusters,
        error: difference.error?,
        detectable: design.minimum_detectable_effect(POWER),
        effects: effects.iter().map(effect).collect(),
        curve: sizes.into_iter().map(point).collect(),
    })
}
