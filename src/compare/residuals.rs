//! The first-order contribution (residual) of each cluster to the difference of each figure. From
//! residuals follow the standard errors of differences and the exact variance of the difference
//! under random swaps of the systems.
//!
//! The residual of a count is linear in it, so every figure has a gradient with respect to the sums
//! that it depends on. A single pass over the counts of each cluster therefore serves all figures,
//! and costs time proportional to the counts of the cluster and the figures that depend on them.

use std::collections::{BTreeMap, BTreeSet};

use super::pairs::Pairs;
use crate::metric::{MetricName, Statistic, StatisticKey, Statistics};
use crate::parallel;
use crate::score::key_of;
use crate::stats::{FEW, Spread};

/// The number of clusters in one unit of parallel work. Sums are added chunk by chunk, so that they
/// do not depend on the number of threads.
const CHUNK: usize = 1_024;

/// The accumulated residuals of the difference of one figure.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct ResidualSums {
    /// The sum of squares of the residuals of the difference, and the number of clusters that have
    /// one.
    pub spread: Spread,
    /// The sum of squares of the residuals whose sign a swap flips: the variance of the difference
    /// under random swaps.
    pub flips: f64,
    /// The residuals of the difference by cluster, if there are at most [`FEW`] clusters.
    pub few: Vec<f64>,
}

/// How a figure responds to a change of one sum. A label whose figure is undefined for a system
/// does not contribute to the averages of that system.
enum Sensitivity<'f> {
    /// By a gradient over the components of the sum: evaluated at the totals of its own system, and
    /// at those of both systems pooled.
    Linear { figure: u32, under: RequiredCount, own: Option<[f64; 4]>, pooled: [f64; 4] },
    /// By the residual of the statistic, times a weight evaluated at the totals of its own system,
    /// and at those of both systems pooled.
    Direct { figure: u32, stat: &'f str, own: Option<f64>, pooled: Option<f64> },
}

/// Which counts a cluster must contain to have a residual.
#[derive(Clone, Copy)]
enum RequiredCount {
    Predicted,
    Gold,
    Either,
}

/// Returns the accumulated residuals of every figure, in one pass; computes [`ResidualSums::flips`]
/// only if `has_flips` is true.
pub(super) fn parts(pairs: &Pairs<'_>, names: &[&MetricName], has_flips: bool) -> Vec<ResidualSums> {
    let pool = pairs.pool();
    let is_slow = |name: &MetricName| {
        let is_corpus = name.average.is_none() && pool.get(&key_of(name)).is_some_and(|sum| sum.corpus().is_some());
        is_corpus || !pairs.formulas.groups.is_of_single_sums()
    };
    let walked: Vec<(u32, &MetricName)> =
        (0..).zip(names).filter(|(_, name)| !is_slow(name)).map(|(at, name)| (at, *name)).collect();
    let mut found = walk(pairs, &pool, &walked, (names.len(), has_flips));
    let slow: Vec<usize> = (0..names.len()).filter(|at| is_slow(names[*at])).collect();
    if !slow.is_empty() {
        let is_of_several = !pairs.formulas.groups.is_of_single_sums();
        let is_meant = |key: &StatisticKey| is_of_several || pool.get(key).is_some_and(|sum| sum.corpus().is_some());
        let all_of = [0, 1].map(|side| statistics(pairs, side, is_meant));
        let parts: Vec<ResidualSums> = parallel::map(&slow, |at| of_statistics(pairs, &pool, &all_of, names[*at]));
        slow.into_iter().zip(parts).for_each(|(at, parts)| found[at] = parts);
    }
    found
}

/// Returns the sums of every cluster of a system whose keys satisfy `is_meant`.
fn statistics(pairs: &Pairs<'_>, side: usize, is_meant: impl Fn(&StatisticKey) -> bool + Sync) -> Vec<Statistics> {
    parallel::map(0..pairs.clusters(), |cluster| pairs.sides[side].statistics(cluster, &is_meant))
}

/// Accumulates the residuals of a figure that depends on more than one sum, or on a corpus formula.
fn of_statistics(
    pairs: &Pairs<'_>,
    pool: &Statistics,
    [base, candidate]: &[Vec<Statistics>; 2],
    name: &MetricName,
) -> ResidualSums {
    let formulas = pairs.formulas;
    let of_base = formulas.residuals(&pairs.totals[0], base.iter(), name);
    let of_candidate = formulas.residuals(&pairs.totals[1], candidate.iter(), name);
    let mut parts = ResidualSums::default();
    for (one, other) in of_base.into_iter().zip(of_candidate).filter(|both| *both != (None, None)) {
        parts.spread.clusters += 1;
        let residual = other.unwrap_or(0.0) - one.unwrap_or(0.0);
        parts.spread.squares += residual.powi(2);
        if pairs.clusters() <= FEW {
            parts.few.push(residual);
        }
    }
    let pooled = formulas.residuals(pool, base.iter().chain(candidate), name);
    let (of_base, of_candidate) = pooled.split_at(base.len());
    for (one, other) in of_base.iter().zip(of_candidate) {
        // The pooled totals are twice the mean totals, so residuals are half of those at the mean.
        parts.flips += (2.0 * (other.unwrap_or(0.0) - one.unwrap_or(0.0))).powi(2);
    }
    parts
}

/// Returns the sums that a figure depends on, with their weights.
fn weights(pairs: &Pairs<'_>, total: &Statistics, name: &MetricName) -> BTreeMap<StatisticKey, f64> {
    let Some(average) = name.average else { return [(key_of(name), 1.0)].into() };
    let weights = pairs.formulas.weights(total, name, average);
    let whole: f64 = weights.iter().map(|(_, weight, _)| weight).sum();
    weights.into_iter().map(|(key, weight, _)| (key, weight / whole)).collect()
}

/// Returns the sensitivities to every sum of a system, by the index of its key.
fn effects<'f>(
    pairs: &Pairs<'_>,
    side: usize,
    pool: &Statistics,
    figures: &[(u32, &'f MetricName)],
) -> Vec<Vec<Sensitivity<'f>>> {
    let mut effects: Vec<Vec<Sensitivity<'f>>> = pairs.keys.iter().map(|_| Vec::new()).collect();
    let total = &pairs.totals[side];
    for (figure, name) in figures {
        let (own, pooled) = (weights(pairs, total, name), weights(pairs, pool, name));
        // A label may have a figure for one system and none for both pooled: if one system is
        // credited with predictions of a label that no gold item has, and the other is not.
        let keys: BTreeSet<&StatisticKey> = own.keys().chain(pooled.keys()).collect();
        for key in keys {
            let (Some(all), Ok(at)) = (pool.get(key), pairs.keys.binary_search(key)) else { continue };
            let own = own.get(key).copied();
            let pooled = pooled.get(key).copied();
            effects[at].push(if all.parts().is_some() {
                let under = match &*name.stat {
                    "precision" => RequiredCount::Predicted,
                    "recall" => RequiredCount::Gold,
                    _ => RequiredCount::Either,
                };
                let of_own =
                    own.zip(total.get(key)).map(|(weight, statistic)| scaled(statistic.gradient(&name.stat), weight));
                let pooled = pooled.map_or([0.0; 4], |weight| scaled(all.gradient(&name.stat), 2.0 * weight));
                Sensitivity::Linear { figure: *figure, under, own: of_own, pooled }
            } else {
                Sensitivity::Direct {
                    figure: *figure,
                    stat: &name.stat,
                    own,
                    pooled: pooled.map(|weight| 2.0 * weight),
                }
            });
        }
    }
    effects
}

fn scaled(gradient: [f64; 4], weight: f64) -> [f64; 4] {
    gradient.map(|part| part * weight)
}

/// The contribution of one cluster to one figure.
#[derive(Clone, Copy, Default)]
struct ClusterResidual {
    sides: [f64; 2],
    pooled: [f64; 2],
    is_touched: bool,
    has_residual: bool,
}

fn walk(
    pairs: &Pairs<'_>,
    pool: &Statistics,
    figures: &[(u32, &MetricName)],
    (count, has_flips): (usize, bool),
) -> Vec<ResidualSums> {
    let effects = [0, 1].map(|side| effects(pairs, side, pool, figures));
    let statistics = |total: &Statistics| pairs.keys.iter().map(|key| total.get(key).cloned()).collect::<Vec<_>>();
    let (totals, pool) = (pairs.totals.each_ref().map(statistics), statistics(pool));
    let chunks: Vec<usize> = (0..pairs.clusters()).step_by(CHUNK).collect();
    let of_chunk = |first: usize| {
        let mut parts = vec![ResidualSums::default(); count];
        let mut moved = vec![ClusterResidual::default(); count];
        let mut touched: Vec<u32> = Vec::new();
        for cluster in first..(first + CHUNK).min(pairs.clusters()) {
            for (side, effects) in effects.iter().enumerate() {
                pairs.sides[side].sums(cluster, |key, statistic| {
                    let parts = statistic.parts().map(|parts| parts.map(|part| part as f64));
                    for effect in &effects[key] {
                        let (figure, own, of_pool) = match effect {
                            Sensitivity::Linear { figure, under, own, pooled } => {
                                let Some(parts) = &parts else { continue };
                                let is_counted = match under {
                                    RequiredCount::Predicted => parts[1] > 0.0,
                                    RequiredCount::Gold => parts[3] > 0.0,
                                    RequiredCount::Either => parts[1] > 0.0 || parts[3] > 0.0,
                                };
                                if !is_counted {
                                    continue;
                                }
                                let of_pool = if has_flips { product(pooled, parts) } else { 0.0 };
                                (*figure, own.as_ref().map(|own| product(own, parts)), of_pool)
                            }
                            Sensitivity::Direct { figure, stat, own, pooled } => {
                                let of = |total: &Option<Statistic>| total.as_ref()?.residual(&statistic, stat);
                                let own = own.zip(of(&totals[side][key])).map(|(weight, part)| weight * part);
                                let of_pool = pooled.zip(of(&pool[key])).map(|(weight, part)| weight * part);
                                if own.or(of_pool).is_none() {
                                    continue;
                                }
                                (*figure, own, of_pool.unwrap_or_default())
                            }
                        };
                        let moved = &mut moved[figure as usize];
                        if !moved.is_touched {
                            moved.is_touched = true;
                            touched.push(figure);
                        }
                        moved.has_residual |= own.is_some();
                        moved.sides[side] += own.unwrap_or(0.0);
                        moved.pooled[side] += of_pool;
                    }
                });
            }
            for figure in touched.drain(..) {
                let ClusterResidual { sides, pooled, has_residual, .. } = std::mem::take(&mut moved[figure as usize]);
                let parts = &mut parts[figure as usize];
                parts.spread.clusters += usize::from(has_residual);
                parts.spread.squares += (sides[1] - sides[0]).powi(2);
                if has_residual && pairs.clusters() <= FEW {
                    parts.few.push(sides[1] - sides[0]);
                }
                parts.flips += (pooled[1] - pooled[0]).powi(2);
            }
        }
        parts
    };
    let of_chunks: Vec<Vec<ResidualSums>> = parallel::map(chunks, of_chunk);
    let mut sums = vec![ResidualSums::default(); count];
    for parts in of_chunks {
        for (sum, more) in sums.iter_mut().zip(parts) {
            sum.spread.clusters += more.spread.clusters;
            sum.spread.squares += more.spread.squares;
            sum.flips += more.flips;
            sum.few.extend(more.few);
        }
    }
    sums
}

#[inline]
fn product(a: &[f64; 4], b: &[f64; 4]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2] + a[3] * b[3]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde_json::json;

    use super::{Pairs, ResidualSums, of_statistics, parts, statistics};
    use crate::document::{Annotations, Entity, Record, Reference, Span};
    use crate::metric::MetricName;
    use crate::score::{Answer, ClusterBy, Settings, System, Wanted, count_system};

    const LABELS: [&str; 4] = ["A", "B", "C", "D"];

    /// A gold document or a prediction of it: the end offsets of its entities, their labels, and
    /// the words of its summary.
    type TestAnnotations = Vec<(u32, usize, u8)>;

    fn annotations(side: &TestAnnotations) -> Annotations {
        let entity = |(at, (length, label, _)): (usize, &(u32, usize, u8))| {
            Entity::new(Span::new(10 * at as u32, 10 * at as u32 + 1 + length), LABELS[*label])
        };
        let words: Vec<String> = side.iter().map(|(_, _, word)| format!("word{word}")).collect();
        let record: Record = side
            .iter()
            .map(|(length, label, _)| (LABELS[*label].to_owned(), json!(length.to_string()).into()))
            .collect();
        Annotations {
            entities: Some(side.iter().enumerate().map(entity).collect()),
            summaries: Some(vec![words.join(" ")]),
            records: Some([("facts".to_owned(), vec![record])].into()),
            ..Annotations::default()
        }
    }

    fn side() -> impl Strategy<Value = TestAnnotations> {
        prop::collection::vec((0..3_u32, 0..LABELS.len(), 0..6_u8), 0..6)
    }

    /// Asserts that the single pass over all figures gives the same residuals as computing them
    /// figure by figure, for entities, records, and summaries with BLEU.
    fn compare(documents: &[[TestAnnotations; 3]], is_clustered: bool, is_repeated: bool) -> Result<(), TestCaseError> {
        let mut settings = Settings { documents: false, ..Settings::default() };
        settings.options.summaries.metrics.push("bleu".to_owned());
        if is_clustered {
            settings.cluster = ClusterBy::Meta("source".to_owned());
        }
        let (mut references, mut answers) = (BTreeMap::new(), [BTreeMap::new(), BTreeMap::new()]);
        for (at, [gold, base, candidate]) in documents.iter().enumerate() {
            let meta = BTreeMap::from([("source".to_owned(), json!(at % 5).into())]);
            references.insert(format!("{at}"), Reference { gold: annotations(gold), meta, ..Reference::default() });
            for (answers, side) in answers.iter_mut().zip([base, candidate]) {
                answers.insert(format!("{at}"), Answer::ok(annotations(side)));
            }
            if is_repeated && let Some(answer) = answers[1].get_mut(&format!("{at}")) {
                answer.repeats.push(Answer::ok(annotations(base)));
            }
        }
        let declared = annotations(&Vec::new()).layers();
        let systems = answers.map(|answers| System { name: "x".to_owned(), declared: declared.clone(), answers });
        let [base, candidate] =
            systems.each_ref().map(|system| count_system(&references, system, &settings, &Wanted::All));
        for layer in base.layers() {
            let pairs = Pairs::new([&base, &candidate], layer, &settings, None).unwrap();
            let pool = pairs.pool();
            let names: Vec<MetricName> = pairs.formulas.names(layer.layer(), &pool);
            let names: Vec<&MetricName> = names.iter().collect();
            let all = [0, 1].map(|side| statistics(&pairs, side, |_| true));
            for (name, found) in names.iter().zip(parts(&pairs, &names, true)) {
                let expected: ResidualSums = of_statistics(&pairs, &pool, &all, name);
                // A weighted average without gold items is undefined, and so are its residuals.
                let is_near = |one: f64, other: f64| {
                    (one.is_nan() && other.is_nan()) || (one - other).abs() <= 1e-12 * (1.0 + other.abs())
                };
                prop_assert_eq!(found.spread.clusters, expected.spread.clusters, "{}", name);
                prop_assert!(is_near(found.spread.squares, expected.spread.squares), "{name}: {found:?}, {expected:?}");
                prop_assert!(is_near(found.flips, expected.flips), "{name}: {found:?}, {expected:?}");
            }
        }
        Ok(())
    }

    /// One of two predictions of a label that no gold item has is credited, the other is not: the
    /// label then has an F1 for one system and none for both pooled.
    #[test]
    fn a_label_with_a_figure_for_one_system_alone() {
        let documents = [[vec![(0, 0, 0)], vec![(0, 3, 0)], vec![(0, 0, 0)]], [vec![], vec![], vec![(0, 3, 0)]]];
        compare(&documents, false, false).unwrap();
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

        /// For independent documents and for clusters, and for systems with equal and with
        /// different numbers of repeats.
        #[test]
        fn a_walk_gives_the_residuals_of_every_figure(
            documents in prop::collection::vec([side(), side(), side()], 2..12),
            is_clustered: bool,
            is_repeated: bool,
        ) {
            compare(&documents, is_clustered, is_repeated)?;
        }
    }
}
