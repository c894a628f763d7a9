//! Approximate randomisation test (Yeh 2000) of all figures at once, from sufficient statistics
//! alone: no metric is recomputed from texts.
//!
//! The cost of an assignment depends on the statistics in which the systems differ. Sums that are
//! equal for both systems in every cluster never change under a swap, and values that depend on
//! these alone are computed once. Sums that differ in a few clusters only, as those of rare labels
//! do, take few values, which are computed once for all assignments ([`SwapTable`]).

use std::collections::{BTreeMap, BTreeSet};

use super::pairs::Pairs;
use crate::metric::{Average, MetricName, Statistic, StatisticKey, Statistics};
use crate::parallel;
use crate::score::{Formulas, key_of};
use crate::stats::{Differing, Randomisation, is_as_far, p_of};

/// The number of assignments in one unit of parallel work.
const CHUNK: u64 = 256;

/// Returns the two-sided p-values of figures under swaps of the two systems within clusters, and
/// whether all assignments were enumerated. An undefined value counts as 0.
pub(super) fn p_values(pairs: &Pairs<'_>, names: &[&MetricName], seed: u64, assignments: u64) -> (Vec<f64>, bool) {
    let (layout, columns) = Layout::of(pairs);
    let totals = layout.totals();
    let randomisation = Randomisation::of_columns(pairs.clusters(), columns, totals, seed, assignments);
    let plan = Plan::new(pairs.formulas, names, &layout);
    let begin = || [0, 1].map(|side| State::new(&plan, &layout, side));
    let observed = plan.differences(&begin());
    let all = randomisation.assignments();
    let chunks: Vec<u64> = (0..all).step_by(CHUNK as usize).collect();
    // The number of assignments whose difference is at least as far from 0 as the observed one.
    let as_far: Vec<u64> = parallel::map_reduce(
        chunks,
        |first| {
            let mut states = begin();
            let mut as_far = vec![0_u64; names.len()];
            let mut bits = Vec::new();
            randomisation.sums(first..(first + CHUNK).min(all), |number, one, other| {
                randomisation.flip(number, &mut bits);
                for (state, sums) in states.iter_mut().zip([one, other]) {
                    state.set(&plan, &layout, sums, &bits);
                }
                let found = plan.differences(&states);
                for ((count, found), observed) in as_far.iter_mut().zip(found).zip(&observed) {
                    *count += u64::from(is_as_far(found, *observed));
                }
            });
            as_far
        },
        || vec![0; names.len()],
        |one, other| one.iter().zip(other).map(|(a, b)| a + b).collect(),
    );
    let is_exact = randomisation.is_exact();
    (as_far.into_iter().map(|count| p_of(count, all, is_exact)).collect(), is_exact)
}

/// Every sum that either system has, in the order of the keys. Rankings are not sums of numbers and
/// are left out.
struct Layout(Vec<Sum>);

struct Sum {
    key: StatisticKey,
    /// The totals over all clusters, of base and candidate.
    totals: [Statistic; 2],
    /// The index of its first column, if the systems differ in some cluster.
    first: Option<usize>,
    /// Its values under all swaps, if the systems differ in few clusters; it then has no columns.
    table: Option<SwapTable>,
}

/// The values of a sum under all swaps of the few clusters in which the systems differ.
struct SwapTable {
    clusters: Vec<u32>,
    /// The sums of base and candidate, by the pattern of swapped clusters: the first cluster is the
    /// lowest bit.
    statistics: Vec<[Statistic; 2]>,
}

impl SwapTable {
    /// The most clusters of a table: there are 2 to the power of this number of values.
    const MOST: usize = 6;

    /// Returns the table of a sum, given the differences of its numbers; `None` if it has too many
    /// values, or if its numbers are no counts, so that the order of an addition would matter.
    fn of([base, candidate]: &[Statistic; 2], entries: &[Differing]) -> Option<Self> {
        let is_count = base.parts().is_some() && candidate.parts().is_some();
        let (first, second) = (base.numbers()?, candidate.numbers()?);
        let differ = entries.iter().flatten().map(|(cluster, _)| *cluster);
        let clusters: BTreeSet<u32> = differ.take(first.len() * Self::MOST + 1).collect();
        if !is_count || clusters.len() > Self::MOST || entries.iter().any(|entries| entries.len() > Self::MOST) {
            return None;
        }
        let clusters: Vec<u32> = clusters.into_iter().collect();
        let statistics = (0..1_usize << clusters.len()).map(|pattern| {
            let is_swapped = |cluster: &u32| clusters.binary_search(cluster).is_ok_and(|at| pattern >> at & 1 == 1);
            let (mut one, mut other) = (first.clone(), second.clone());
            for (number, entries) in entries.iter().enumerate() {
                let swapped = entries.iter().filter(|(cluster, _)| is_swapped(cluster));
                let moved: f64 = swapped.map(|(_, difference)| difference).sum();
                one[number] += moved;
                other[number] -= moved;
            }
            let (mut of_base, mut of_candidate) = (base.clone(), candidate.clone());
            of_base.set_numbers(&one);
            of_candidate.set_numbers(&other);
            [of_base, of_candidate]
        });
        let statistics = statistics.collect();
        Some(Self { clusters, statistics })
    }

    /// Returns the pattern of an assignment, given the clusters that it swaps.
    fn pattern(&self, bits: &[u64]) -> usize {
        let bit = |cluster: u32| (bits[cluster as usize / 64] >> (cluster % 64) & 1) as usize;
        self.clusters.iter().enumerate().fold(0, |pattern, (at, cluster)| pattern | bit(*cluster) << at)
    }
}

impl Layout {
    /// Returns the layout and, for each column, the clusters in which the systems differ.
    fn of(pairs: &Pairs<'_>) -> (Self, Vec<Differing>) {
        let mut sums: Vec<Sum> = Vec::new();
        let mut indices: Vec<Option<usize>> = Vec::new();
        for key in &pairs.keys {
            let known = pairs.totals.each_ref().map(|total| total.get(key));
            let any = known[0].or(known[1]).and_then(|statistic| Some((statistic, statistic.numbers()?.len())));
            indices.push(any.map(|_| sums.len()));
            sums.extend(any.map(|(statistic, width)| {
                let mut nothing = statistic.clone();
                nothing.set_numbers(&vec![0.0; width]);
                let totals = known.map(|statistic| statistic.unwrap_or(&nothing).clone());
                Sum { key: key.clone(), totals, first: None, table: None }
            }));
        }
        let mut entries: Vec<Vec<Differing>> = vec![Vec::new(); sums.len()];
        let mut moved: BTreeMap<usize, Vec<[f64; 2]>> = BTreeMap::new();
        for cluster in 0..pairs.clusters() {
            moved.clear();
            for (side, sums) in pairs.sides.iter().enumerate() {
                sums.sums(cluster, |key, statistic| {
                    let (Some(index), Some(numbers)) = (indices[key], statistic.numbers()) else { return };
                    let moved = moved.entry(index).or_insert_with(|| vec![[0.0; 2]; numbers.len()]);
                    moved.iter_mut().zip(numbers).for_each(|(moved, number)| moved[side] += number);
                });
            }
            for (index, moved) in &moved {
                entries[*index].resize(moved.len(), Differing::new());
                for (entries, [one, other]) in entries[*index].iter_mut().zip(moved) {
                    entries.extend((one != other).then(|| (cluster as u32, other - one)));
                }
            }
        }
        let mut columns = Vec::new();
        for (sum, entries) in sums.iter_mut().zip(entries) {
            if entries.iter().all(Vec::is_empty) {
                continue;
            }
            sum.table = SwapTable::of(&sum.totals, &entries);
            if sum.table.is_none() {
                sum.first = Some(columns.len());
                columns.extend(entries);
            }
        }
        (Self(sums), columns)
    }

    /// Returns the totals of both systems in the columns.
    fn totals(&self) -> [Vec<f64>; 2] {
        let moving = || self.0.iter().filter(|sum| sum.first.is_some());
        [0, 1].map(|side| moving().flat_map(|sum| sum.totals[side].numbers().unwrap_or_default()).collect())
    }
}

/// How figures are computed from sums.
struct Plan<'a> {
    formulas: Formulas<'a>,
    names: &'a [&'a MetricName],
    /// The values of 0 divided by 0 of each figure: inside an average, and of the figure itself.
    by_zero: Vec<[Option<f64>; 2]>,
    /// The plan for karat's own formulas; `None` if the arithmetic of another tool computes each
    /// figure from all sums.
    karat: Option<KaratPlan<'a>>,
}

/// Evaluation plan for karat's own formulas: values that several figures depend on are computed
/// once.
struct KaratPlan<'a> {
    /// The index of the sum, and the name of the statistic, of each value.
    values: Vec<(usize, &'a str)>,
    /// The indices of values whose sums change under swaps and have no table.
    moving: Vec<usize>,
    /// The values of the sums that have a table.
    tabled: Vec<TabledValues>,
    /// The indices of the values of each figure: one value, or one for every label that it averages
    /// over.
    figures: Vec<Vec<usize>>,
}

/// The values that depend on a sum with a table.
struct TabledValues {
    /// The index of the sum.
    sum: usize,
    /// The indices of its values.
    values: Vec<usize>,
    /// Its values for base and candidate, by the pattern of swapped clusters.
    by_pattern: Vec<[Vec<Option<f64>>; 2]>,
}

impl<'a> Plan<'a> {
    fn new(formulas: Formulas<'a>, names: &'a [&'a MetricName], layout: &Layout) -> Self {
        let is_karat = formulas.groups.is_karat();
        // Looking the arithmetic of a metric up takes longer than computing a value.
        let by_zero = |name: &&MetricName| [formulas.zero_division(&name.metric), formulas.or_by_zero(None, name)];
        let by_zero = names.iter().map(by_zero).collect();
        Self { formulas, names, by_zero, karat: is_karat.then(|| KaratPlan::new(names, layout)) }
    }

    /// Returns the difference of every figure.
    fn differences(&self, [base, candidate]: &[State; 2]) -> Vec<f64> {
        let value = |state: &State, at: usize| self.value(state, at).unwrap_or(0.0);
        (0..self.names.len()).map(|at| value(candidate, at) - value(base, at)).collect()
    }

    fn value(&self, state: &State, at: usize) -> Option<f64> {
        let name = self.names[at];
        let (karat, statistics, values) = match (&self.karat, &state.sums) {
            (Some(karat), StateSums::Karat { statistics, values, .. }) => (karat, statistics, values),
            (_, StateSums::Other(statistics)) => return self.formulas.value(statistics, name),
            (None, StateSums::Karat { .. }) => return None,
        };
        let figure = &karat.figures[at];
        let exact = match name.average {
            None => figure.first().and_then(|value| values[*value]),
            Some(average) => {
                let [zero_division, _] = self.by_zero[at];
                let (mut whole, mut sum) = (0.0, 0.0);
                for number in figure {
                    let Some(value) = values[*number].or(zero_division) else { continue };
                    let statistic = &statistics[karat.values[*number].0];
                    let weight = if average == Average::Macro { 1.0 } else { statistic.support() as f64 };
                    whole += weight;
                    sum += weight * value;
                }
                (whole > 0.0).then(|| sum / whole)
            }
        };
        exact.or(self.by_zero[at][1])
    }
}

impl<'a> KaratPlan<'a> {
    fn new(names: &'a [&'a MetricName], Layout(sums): &Layout) -> Self {
        let mut numbers: BTreeMap<(usize, &str), usize> = BTreeMap::new();
        let mut values: Vec<(usize, &'a str)> = Vec::new();
        let mut labels: BTreeMap<(&str, u32), Vec<usize>> = BTreeMap::new();
        for (at, Sum { key, .. }) in sums.iter().enumerate().filter(|(_, sum)| sum.key.label.is_some()) {
            labels.entry((&key.metric, key.at)).or_default().push(at);
        }
        let mut figures = Vec::new();
        for name in names {
            let alone = sums.binary_search_by(|sum| sum.key.cmp(&key_of(name))).ok();
            let rests_on = match name.average {
                None => alone.as_slice(),
                Some(_) => labels.get(&(&*name.metric, name.at)).map_or(&[][..], Vec::as_slice),
            };
            let number = |sum: &usize| {
                *numbers.entry((*sum, &*name.stat)).or_insert_with(|| {
                    values.push((*sum, &*name.stat));
                    values.len() - 1
                })
            };
            figures.push(rests_on.iter().map(number).collect());
        }
        let moving = (0..values.len()).filter(|at| sums[values[*at].0].first.is_some()).collect();
        let mut of_sums: Vec<Vec<usize>> = vec![Vec::new(); sums.len()];
        values.iter().enumerate().for_each(|(at, (sum, _))| of_sums[*sum].push(at));
        let tabled = sums.iter().zip(of_sums).enumerate().filter_map(|(sum, (of_sum, own))| {
            let table = of_sum.table.as_ref()?;
            let of_side = |statistic: &Statistic| own.iter().map(|at| statistic.value(values[*at].1)).collect();
            let by_pattern = table.statistics.iter().map(|sides| sides.each_ref().map(of_side)).collect();
            Some(TabledValues { sum, values: own, by_pattern })
        });
        let tabled = tabled.collect();
        Self { values, moving, tabled, figures }
    }
}

/// The sums of one system, base (0) or candidate (1), under an assignment.
struct State {
    side: usize,
    sums: StateSums,
}

enum StateSums {
    Karat {
        statistics: Vec<Statistic>,
        values: Vec<Option<f64>>,
        /// The pattern of swapped clusters of each tabled sum.
        patterns: Vec<usize>,
    },
    Other(Statistics),
}

impl State {
    /// Returns the observed sums of a system.
    fn new(plan: &Plan<'_>, Layout(sums): &Layout, side: usize) -> Self {
        let sums = match &plan.karat {
            Some(karat) => {
                let value = |(sum, stat): &(usize, &str)| sums[*sum].totals[side].value(stat);
                let values = karat.values.iter().map(value).collect();
                let statistics = sums.iter().map(|sum| sum.totals[side].clone()).collect();
                StateSums::Karat { statistics, values, patterns: vec![0; karat.tabled.len()] }
            }
            None => {
                let mut statistics = Statistics::default();
                sums.iter().for_each(|sum| statistics.add(sum.key.clone(), sum.totals[side].clone()));
                StateSums::Other(statistics)
            }
        };
        Self { side, sums }
    }

    /// Sets the sums that an assignment gives: from the numbers of the columns, and from the bits
    /// of the clusters that it swaps.
    fn set(&mut self, plan: &Plan<'_>, Layout(sums): &Layout, numbers: &[f64], bits: &[u64]) {
        let side = self.side;
        let set = |statistic: &mut Statistic, sum: &Sum| {
            sum.first.into_iter().for_each(|at| statistic.set_numbers(&numbers[at..]));
        };
        match &mut self.sums {
            StateSums::Karat { statistics, values, patterns } => {
                statistics.iter_mut().zip(sums).for_each(|(statistic, sum)| set(statistic, sum));
                let Some(karat) = &plan.karat else { return };
                for at in &karat.moving {
                    let (sum, stat) = karat.values[*at];
                    values[*at] = statistics[sum].value(stat);
                }
                for (known, tabled) in patterns.iter_mut().zip(&karat.tabled) {
                    let Some(table) = &sums[tabled.sum].table else { continue };
                    let pattern = table.pattern(bits);
                    if std::mem::replace(known, pattern) != pattern {
                        statistics[tabled.sum].clone_from(&table.statistics[pattern][side]);
                        let found = &tabled.by_pattern[pattern][side];
                        tabled.values.iter().zip(found).for_each(|(at, value)| values[*at] = *value);
                    }
                }
            }
            StateSums::Other(statistics) => {
                for ((_, statistic), sum) in statistics.iter_mut().zip(sums) {
                    set(statistic, sum);
                    if let Some(table) = &sum.table {
                        statistic.clone_from(&table.statistics[table.pattern(bits)][side]);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Layout, p_values};
    use crate::compare::pairs::Pairs;
    use crate::compare::residuals::parts;
    use crate::document::{Annotations, Entity, Layer, Reference, Span};
    use crate::metric::{CONFIDENCE, MetricName, Statistics};
    use crate::score::{Answer, Settings, System, Wanted, count_system};
    use crate::stats::{Draws, RandomUse, Randomisation, is_as_far, p_of, sign_flip_p};

    const LABELS: [&str; 3] = ["A", "B", "C"];
    const DOCUMENTS: usize = 2_500;

    /// Generates documents of one to six entities and as many words. Each system gets most of them
    /// right, and the candidate gets slightly more right.
    fn corpus(seed: u64, better: usize) -> (BTreeMap<String, Reference>, [System; 2]) {
        let mut chance = Draws::new(seed, RandomUse::Bootstrap, 0, 1 << 20);
        let layers = [Layer::Entities, Layer::Summaries];
        let system = || System { name: "x".to_owned(), declared: layers.clone().into(), answers: BTreeMap::new() };
        let (mut references, mut systems) = (BTreeMap::new(), [system(), system()]);
        for at in 0..DOCUMENTS {
            let mut sides = [const { (Vec::new(), Vec::new()) }; 3];
            for item in 0..1 + chance.below(6) as u32 {
                let label = LABELS[chance.below(6).saturating_sub(3)];
                for (side, (entities, words)) in sides.iter_mut().enumerate() {
                    let luck = chance.below(1_000) + if side == 2 { better } else { 0 };
                    let is_right = side == 0 || luck >= 200;
                    if is_right || luck >= 100 {
                        let start = 10 * item;
                        entities.push(Entity::new(Span::new(start, start + if is_right { 4 } else { 5 }), label));
                    }
                    words.push(format!("{}{item}", if is_right { 'w' } else { 'x' }));
                }
            }
            let [gold, base, candidate] = sides.map(|(entities, words)| Annotations {
                entities: Some(entities),
                summaries: Some(vec![words.join(" ")]),
                ..Annotations::default()
            });
            let id = format!("{at:04}");
            references.insert(id.clone(), Reference { gold, ..Reference::default() });
            for (system, answer) in systems.iter_mut().zip([base, candidate]) {
                system.answers.insert(id.clone(), Answer::ok(answer));
            }
        }
        (references, systems)
    }

    /// The p-values are those of computing every figure anew from the documents that each
    /// assignment swaps, for rare labels, which have tables, and for common ones, which have
    /// columns.
    #[test]
    fn tables_give_the_values_of_the_swapped_documents() {
        let entities = |at: usize, shift: usize| {
            let label = |item: usize| match (at + item + shift) % 4 {
                0 => format!("rare {}", (7 * at + 3 * item + shift) % 30),
                other => LABELS[other - 1].to_owned(),
            };
            let entity = |item: usize| {
                let start = 10 * item as u32;
                Entity::new(Span::new(start, start + 4 + u32::from((at * item + shift) % 5 == 1)), label(item))
            };
            Annotations { entities: Some((0..5).map(entity).collect()), ..Annotations::default() }
        };
        let (mut references, mut answers) = (BTreeMap::new(), [BTreeMap::new(), BTreeMap::new()]);
        for at in 0..40 {
            let id = format!("{at:02}");
            references.insert(id.clone(), Reference { gold: entities(at, 0), ..Reference::default() });
            answers[0].insert(id.clone(), Answer::ok(entities(at, usize::from(at % 3 == 0))));
            answers[1].insert(id.clone(), Answer::ok(entities(at, usize::from(at % 5 == 0))));
        }
        let settings = Settings { documents: false, ..Settings::default() };
        let [base, candidate] = answers.map(|answers| {
            let system = System { name: "x".to_owned(), declared: [Layer::Entities].into(), answers };
            count_system(&references, &system, &settings, &Wanted::All)
        });
        let counts = base.layers().next().unwrap();
        let pairs = Pairs::new([&base, &candidate], counts, &settings, None).unwrap();
        let (layout, columns) = Layout::of(&pairs);
        let tables = layout.0.iter().filter(|sum| sum.table.is_some()).count();
        assert!(tables > 20 && !columns.is_empty(), "{tables} tables, {} columns", columns.len());
        let names: Vec<MetricName> = pairs.formulas.names(counts.layer(), &pairs.pool());
        let names: Vec<&MetricName> = names.iter().filter(|name| name.metric != CONFIDENCE).collect();
        let (found, _) = p_values(&pairs, &names, 3, 199);
        let randomisation = Randomisation::of_columns(pairs.clusters(), Vec::new(), [Vec::new(), Vec::new()], 3, 199);
        let clusters = [0, 1].map(|side| {
            let of = |cluster| pairs.sides[side].statistics(cluster, |_| true);
            (0..pairs.clusters()).map(of).collect::<Vec<Statistics>>()
        });
        let differences = |bits: &[u64]| -> Vec<f64> {
            let [one, other] = [0, 1].map(|side| {
                let mut sums = Statistics::default();
                for cluster in 0..pairs.clusters() {
                    let is_swapped = bits[cluster / 64] >> (cluster % 64) & 1 == 1;
                    sums.merge(&clusters[side ^ usize::from(is_swapped)][cluster]);
                }
                sums
            });
            let value = |sums: &Statistics, name: &MetricName| pairs.formulas.value(sums, name).unwrap_or(0.0);
            names.iter().map(|name| value(&other, name) - value(&one, name)).collect()
        };
        let observed = differences(&[0]);
        let mut as_far = vec![0; names.len()];
        let mut bits = Vec::new();
        for number in 0..randomisation.assignments() {
            randomisation.flip(number, &mut bits);
            for ((count, found), observed) in as_far.iter_mut().zip(differences(&bits)).zip(&observed) {
                *count += u64::from(is_as_far(found, *observed));
            }
        }
        for ((name, found), count) in names.iter().zip(found).zip(as_far) {
            assert_eq!(found, p_of(count, randomisation.assignments(), false), "{name}");
        }
    }

    /// The p-values of the normal limit agree with those of 2,999 drawn assignments, within four
    /// standard errors of the sampling plus a small tolerance for the approximation.
    #[test]
    fn the_normal_limit_is_that_of_drawn_assignments() {
        let mut settings = Settings { documents: false, ..Settings::default() };
        settings.options.summaries.metrics = vec!["rouge1".to_owned()];
        let named = [
            "entities.strict.precision",
            "entities.strict.recall",
            "entities.strict.f1",
            "entities.strict.macro.f1",
            "entities.strict[B].f1",
            "summary.rouge1.f1",
        ];
        let wanted = Wanted::named(&named.map(str::to_owned), &settings);
        let (mut seen, mut compared) = (Vec::new(), 0);
        for (seed, better) in [(1, 0), (2, 10)] {
            let (references, systems) = corpus(seed, better);
            let [base, candidate] =
                systems.each_ref().map(|system| count_system(&references, system, &settings, &wanted));
            for layer in base.layers() {
                let pairs = Pairs::new([&base, &candidate], layer, &settings, None).unwrap();
                let names: Vec<MetricName> = pairs.formulas.names(layer.layer(), &pairs.pool());
                let names: Vec<&MetricName> =
                    names.iter().filter(|name| named.contains(&name.to_string().as_str())).collect();
                let (drawn, is_exact) = p_values(&pairs, &names, 0, 2_999);
                assert!(!is_exact && pairs.clusters() == DOCUMENTS);
                for ((name, drawn), parts) in names.iter().zip(drawn).zip(parts(&pairs, &names, true)) {
                    let [one, other] = [0, 1].map(|side| pairs.formulas.value(&pairs.totals[side], name).unwrap());
                    let limit = sign_flip_p(other - one, parts.flips);
                    let error = (limit * (1.0 - limit) / 2_999.0).sqrt();
                    assert!((limit - drawn).abs() <= 4.0 * error + 0.001, "{name}: {limit} and {drawn}");
                    seen.push(limit);
                    compared += 1;
                }
            }
        }
        assert_eq!(compared, 2 * named.len());
        assert!(seen.iter().any(|p| *p < 0.05) && seen.iter().any(|p| *p > 0.3), "{seen:?}");
    }
}
