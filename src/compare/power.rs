//! What so many documents can find, and how many it takes.

use std::collections::BTreeMap;

use super::comparison::{ALPHA, POWER};
use super::{Compared, Comparison};
use crate::document::Reference;
use crate::metric::{MetricName, Statistics};
use crate::score::{Settings, System, Wanted, count_system, is_headline};
use crate::stats::{Design, PairedDifference};

/// What comparisons of one figure can find.
#[derive(Debug, Clone, PartialEq)]
pub struct PowerCurve {
    /// The figure.
    pub name: MetricName,
    /// Its value, of the candidate where two systems are known.
    pub value: Option<f64>,
    /// Clusters at hand.
    pub clusters: usize,
    /// The standard error of the difference with these.
    pub error: f64,
    /// The smallest difference that is found with a power of 80 %, one-sided at 5 %.
    pub detectable: f64,
    /// For every effect that was asked for, how many clusters it takes, and the power with those at hand.
    pub effects: Vec<Effect>,
    /// By number of clusters, the detectable difference, and the power for each effect.
    pub curve: Vec<Point>,
}

/// A difference that is to be found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effect {
    /// Its size.
    pub effect: f64,
    /// The clusters that find it with a power of 80 %; `None` where nobody labels so many.
    pub needed: Option<usize>,
    /// The power with the clusters at hand.
    pub power: f64,
}

/// One point of a curve.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// Clusters.
    pub clusters: usize,
    /// The detectable difference.
    pub detectable: f64,
    /// The power for each effect.
    pub powers: Vec<f64>,
}

/// The numbers of clusters that a curve shows, beside the one at hand.
const SIZES: [usize; 9] = [10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000];

/// The curves of a comparison's figures that decide.
pub fn power_of_comparison(comparison: &Comparison, effects: &[f64]) -> Vec<PowerCurve> {
    let deciding = comparison.figures().filter(|figure| figure.decides);
    deciding
        .filter_map(|figure: &Compared| curve(figure.name.clone(), figure.candidate, &figure.difference?, effects))
        .collect()
}

/// The same where there is but one system: another like it is taken to err on the same documents as far as `correlation` says, from
/// 0 (what one finds hard says nothing of the other) to below 1.
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
            if metrics.is_empty() { is_headline(name) } else { metrics.contains(&name.to_string()) }
        };
        for name in formulas.names(layer.layer(), &total).into_iter().filter(is_wanted) {
            let residuals: Vec<f64> =
                formulas.residuals(&total, clusters.iter(), &name).into_iter().flatten().collect();
            let mut difference = PairedDifference::new(0.0, &residuals);
            // The variance of a difference of two such figures.
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
