//! Whether intervals and gates keep what they promise: what a model of extractors is known to be
//! worth, against what karat makes of samples from it.
//!
//! Documents differ in difficulty, so that the entities of one are not independent of each other.
//! Every simulation draws a corpus, and runs the code that users run. Ends with exit code 1 where a
//! figure is outside its bounds.
//!
//! ```sh
//! cargo run --release --example calibration
//! ```

mod judged;

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::ops::RangeInclusive;
use std::process::ExitCode;

use karat::compare::{CompareSettings, compare};
use karat::document::{Annotations, Entity, Layer, Reference, Span};
use karat::gate::{GateCase, GateVerdict, Rule, Spent, judge};
use karat::score::{Answer, Resampling, Scores, Settings, System, bootstrap, score};
use karat::stats::{Draws, RandomUse};
use rayon::prelude::*;

const SEED: u64 = 1;
/// More numbers than any simulation draws.
const DRAWS: usize = 1 << 18;
const SIZES: [usize; 4] = [10, 20, 60, 200];
const SCORINGS: u64 = 2_000;
const BOOTSTRAPS: u64 = 500;
const RESAMPLES: u64 = 1_000;
const COMPARISONS: u64 = 500;
/// Documents that a gate judges, each with the row of random numbers of its simulations.
const GATED: [(usize, usize); 6] = [(6, 4), (8, 5), (12, 6), (20, 1), (60, 2), (200, 3)];
/// Of corpora in which all documents move alike.
const UNIFORM: u64 = 100;
/// The least number of documents that a gate decides on.
const DECIDED: usize = 5;
const MARGIN: f64 = 0.01;
/// Items of a document in [`Corpus::moved_alike`].
const ITEMS: usize = 10;
/// What a gate may fail of the changes that do nothing.
const FALSE_FAILURES: f64 = 0.07;
/// What is asked of intervals from [`ENOUGH`] documents on.
const COVERAGE: RangeInclusive<f64> = 0.93..=0.97;
const ENOUGH: usize = 20;

/// Entities a document, and their mean.
const ENTITIES: RangeInclusive<usize> = 3..=11;
const MEAN_ENTITIES: f64 = 7.0;
/// Places a document where something that is no entity may be taken for one.
const DECOYS: usize = 7;
/// Labels with their share of entities and decoys, in tenths, and with how much easier they are
/// than the mean, in log odds.
const LABELS: [(&str, usize, f64); 3] = [("PERSON", 5, 0.4), ("PLACE", 3, 0.0), ("WORK", 2, -0.6)];
/// Log odds that an entity is found where it is, and that a decoy is taken, in a document of
/// middling difficulty.
const FOUND: f64 = 2.2;
const TAKEN: f64 = -3.0;
/// What one more of a document's ease, itself log odds, adds to the former and takes from the
/// latter.
const SLOPE: f64 = 0.7;
/// Of what is not found, the share that is predicted with another end; the rest is missed.
const MISBOUNDED: f64 = 0.5;
/// How often the candidate fares as the base does: in the ease of a document, and in an entity or a
/// decoy.
const ALIKE: f64 = 0.35;

fn odds(share: f64) -> f64 {
    (share / (1.0 - share)).ln()
}

fn share(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

/// The chance that a system which is better by `shift` finds an entity.
fn found(ease: f64, label: usize, shift: f64) -> f64 {
    share(FOUND + LABELS[label].2 + SLOPE * ease + shift)
}

fn taken(ease: f64) -> f64 {
    share(TAKEN - SLOPE * ease)
}

/// What figures are worth under the model.
struct Truth {
    precision: f64,
    recall: f64,
    f1: f64,
    macro_f1: f64,
    rouge1: f64,
}

impl Truth {
    /// By the midpoint rule over the ease of documents.
    fn of(shift: f64) -> Self {
        const STEPS: u32 = 10_000;
        let mean = |chance: &dyn Fn(f64) -> f64| {
            let at = |step: u32| chance(odds((f64::from(step) + 0.5) / f64::from(STEPS)));
            (0..STEPS).map(at).sum::<f64>() / f64::from(STEPS)
        };
        let decoys = DECOYS as f64 * mean(&taken);
        // Right ones, predictions and gold items a document, by label.
        let sums: Vec<[f64; 3]> = (0..LABELS.len())
            .map(|label| {
                let part = LABELS[label].1 as f64 / 10.0;
                let (gold, right) = (part * MEAN_ENTITIES, mean(&|ease| found(ease, label, shift)));
                [gold * right, gold * (right + (1.0 - right) * MISBOUNDED) + part * decoys, gold]
            })
            .collect();
        let total = |at: usize| sums.iter().map(|sums| sums[at]).sum::<f64>();
        let f1 = |[right, predicted, gold]: [f64; 3]| 2.0 * right / (predicted + gold);
        Self {
            precision: total(0) / total(1),
            recall: total(0) / total(2),
            f1: f1([total(0), total(1), total(2)]),
            macro_f1: sums.iter().map(|sums| f1(*sums)).sum::<f64>() / LABELS.len() as f64,
            rouge1: mean(&|ease| found(ease, 1, shift)),
        }
    }

    /// How much worse a system must be for its F1 to be less by `drop`.
    fn shift_for(drop: f64) -> f64 {
        let (mut low, mut high, goal) = (-5.0, 0.0, Self::of(0.0).f1 - drop);
        for _ in 0..40 {
            let middle = f64::midpoint(low, high);
            if Self::of(middle).f1 < goal { low = middle } else { high = middle }
        }
        high
    }
}

/// Random numbers of one simulation.
struct Chance(Draws);

impl Chance {
    /// Those of simulation `number` of a table's row; no other has them.
    fn new(row: usize, number: u64) -> Self {
        Self(Draws::new(SEED, RandomUse::Bootstrap, ((row as u64) << 32) + number, DRAWS))
    }

    /// Above 0 and below 1.
    fn number(&mut self) -> f64 {
        ((self.0.bits() >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
    }

    /// For base and candidate: each by itself as [`Self::number`], and often the same.
    fn twins(&mut self) -> [f64; 2] {
        let (one, other, coin) = (self.number(), self.number(), self.number());
        [one, if coin < ALIKE { one } else { other }]
    }

    fn entities(&mut self) -> usize {
        ENTITIES.start() + self.0.below(ENTITIES.end() - ENTITIES.start() + 1)
    }

    fn below(&mut self, bound: usize) -> usize {
        self.0.below(bound)
    }

    fn label(&mut self) -> usize {
        let mut left = self.0.below(10);
        let is_it = |(_, tenths, _): &(&str, usize, f64)| {
            let is_it = left < *tenths;
            left = left.saturating_sub(*tenths);
            is_it
        };
        LABELS.iter().position(is_it).unwrap_or(0)
    }
}

/// A corpus with the answers of two systems.
struct Corpus {
    references: BTreeMap<String, Reference>,
    systems: [System; 2],
}

impl Corpus {
    /// So many documents, each as `document` draws it: gold, base, candidate.
    fn draw(documents: usize, layer: &Layer, mut document: impl FnMut() -> [Annotations; 3]) -> Self {
        let system =
            |name: &str| System { name: name.to_owned(), declared: [layer.clone()].into(), answers: BTreeMap::new() };
        let (mut references, mut systems) = (BTreeMap::new(), ["base", "candidate"].map(system));
        for number in 0..documents {
            let id = format!("{number:03}");
            let [gold, base, candidate] = document();
            references.insert(id.clone(), Reference { gold, ..Reference::default() });
            for (system, answer) in systems.iter_mut().zip([base, candidate]) {
                system.answers.insert(id.clone(), Answer::ok(answer));
            }
        }
        Self { references, systems }
    }

    /// Entities; the candidate is better by `shift`.
    fn of_entities(documents: usize, chance: &mut Chance, shift: f64) -> Self {
        Self::draw(documents, &Layer::Entities, || {
            let eases = chance.twins().map(odds);
            let mut sides = [const { Vec::new() }; 3];
            let entities = chance.entities();
            for at in 0..entities + DECOYS {
                let (label, luck, start) = (chance.label(), chance.twins(), 20 * at as u32);
                let entity = |length: u32| Entity::new(Span::new(start, start + length), LABELS[label].0);
                if at < entities {
                    sides[0].push(entity(5));
                }
                for (system, shift) in [0.0, shift].into_iter().enumerate() {
                    let (ease, luck) = (eases[system], luck[system]);
                    let right = found(ease, label, shift);
                    let length = match at < entities {
                        true if luck < right => 5,
                        true if luck < right + (1.0 - right) * MISBOUNDED => 6,
                        false if luck < taken(ease) => 5,
                        _ => continue,
                    };
                    sides[system + 1].push(entity(length));
                }
            }
            sides.map(|entities| Annotations { entities: Some(entities), ..Annotations::default() })
        })
    }

    /// Summaries, of which every word is the reference's or another.
    fn of_summaries(documents: usize, chance: &mut Chance) -> Self {
        Self::draw(documents, &Layer::Summaries, || {
            let ease = odds(chance.number());
            let words: Vec<[String; 2]> = (0..chance.entities())
                .map(|at| {
                    let is_right = chance.number() < found(ease, 1, 0.0);
                    [format!("w{at}"), format!("{}{at}", if is_right { 'w' } else { 'x' })]
                })
                .collect();
            [0, 1, 1].map(|side| {
                let text: Vec<&str> = words.iter().map(|word| word[side].as_str()).collect();
                Annotations { summaries: Some(vec![text.join(" ")]), ..Annotations::default() }
            })
        })
    }

    /// Documents of [`ITEMS`] items each, of which the candidate has one less right than the base,
    /// or one more, in every document. What is not right is predicted wrongly.
    fn moved_alike(documents: usize, layer: &Layer, chance: &mut Chance, is_gain: bool) -> Self {
        Self::draw(documents, layer, || {
            let fewer = chance.below(ITEMS);
            let [base, candidate] = if is_gain { [fewer, fewer + 1] } else { [fewer + 1, fewer] };
            [ITEMS, base, candidate].map(|right| match layer {
                Layer::Entities => {
                    let entity = |at: usize| {
                        let start = 20 * at as u32;
                        Entity::new(Span::new(start, start + if at < right { 5 } else { 6 }), "PERSON")
                    };
                    let entities = (0..ITEMS).map(entity).collect();
                    Annotations { entities: Some(entities), ..Annotations::default() }
                }
                _ => {
                    let word = |at: usize| format!("{}{at}", if at < right { 'w' } else { 'x' });
                    let words: Vec<String> = (0..ITEMS).map(word).collect();
                    Annotations { summaries: Some(vec![words.join(" ")]), ..Annotations::default() }
                }
            })
        })
    }
}

fn settings() -> Settings {
    Settings::default().figures_only()
}

/// Whether the interval of each figure holds what it is worth; one that is not there holds nothing.
fn covers<const N: usize>(scores: &Scores, figures: [(&str, f64); N]) -> [u64; N] {
    figures.map(|(name, worth)| {
        let figure =
            scores.figures().find(|figure| figure.name.to_string() == name).unwrap_or_else(|| panic!("no {name}"));
        u64::from(figure.interval.is_some_and(|interval| (interval.low..=interval.high).contains(&worth)))
    })
}

/// How many of the simulations of a row have each property.
fn count<const N: usize>(row: usize, simulations: u64, run: impl Fn(&mut Chance) -> [u64; N] + Sync) -> [f64; N] {
    let add = |one: [u64; N], other: [u64; N]| std::array::from_fn(|at| one[at] + other[at]);
    let counts =
        (0..simulations).into_par_iter().map(|number| run(&mut Chance::new(row, number))).reduce(|| [0; N], add);
    counts.map(|count| count as f64 / simulations as f64)
}

/// The Monte Carlo standard error of a share.
fn error(share: f64, simulations: u64) -> f64 {
    (share * (1.0 - share) / simulations as f64).sqrt()
}

/// Shares of intervals that hold the true value: precision, recall, F1, macro F1, ROUGE-1, and F1
/// by BCa.
fn coverage(out: &mut impl Write, truth: &Truth, diagnostics: &mut Vec<String>) -> io::Result<()> {
    writeln!(out, "| documents | precision | recall | F1 | macro F1 | ROUGE-1 (mean) | F1, BCa |")?;
    writeln!(out, "| ---: | ---: | ---: | ---: | ---: | ---: | ---: |")?;
    let mut of_summaries = settings();
    let rouge1 = vec!["rouge1".to_owned()];
    of_summaries.options.summaries.metrics.clone_from(&rouge1);
    of_summaries.options.summaries.only = rouge1;
    let f1 = ("entities.strict.f1", truth.f1);
    let ratios = [("entities.strict.precision", truth.precision), ("entities.strict.recall", truth.recall), f1];
    let [precision, recall, _] = ratios;
    for (at, documents) in SIZES.into_iter().enumerate() {
        let entities = count(at, SCORINGS, |chance| {
            let Corpus { references, systems } = Corpus::of_entities(documents, chance, 0.0);
            let scores = score(&references, &systems[0], &settings());
            covers(&scores, [precision, recall, f1, ("entities.strict.macro.f1", truth.macro_f1)])
        });
        let means = count(10 + at, SCORINGS, |chance| {
            let Corpus { references, systems } = Corpus::of_summaries(documents, chance);
            covers(&score(&references, &systems[0], &of_summaries), [("summary.rouge1.f1", truth.rouge1)])
        });
        let drawn = count(20 + at, BOOTSTRAPS, |chance| {
            let Corpus { references, systems } = Corpus::of_entities(documents, chance, 0.0);
            let mut scores = score(&references, &systems[0], &settings());
            // Only what is looked at is drawn.
            scores.layers.iter_mut().for_each(|layer| layer.figures.retain(|figure| figure.name.to_string() == f1.0));
            let resampling = Resampling { resamples: RESAMPLES, seed: SEED };
            bootstrap(&mut scores, &references, &systems[0], &settings(), resampling);
            covers(&scores, [f1])
        });
        let formulas = [entities.as_slice(), &means].concat();
        for (share, what) in formulas.iter().zip(["precision", "recall", "F1", "macro F1", "ROUGE-1"]) {
            if documents >= ENOUGH && !COVERAGE.contains(share) {
                diagnostics.push(format!("{what} at {documents} documents: coverage {share:.4}"));
            }
        }
        let cells: Vec<String> = formulas.iter().chain(&drawn).map(|share| format!("{share:.3}")).collect();
        writeln!(out, "| {documents} | {} |", cells.join(" | "))?;
    }
    Ok(())
}

/// What a gate makes of one change: pass, fail, inconclusive, and the standard error.
fn gate(corpus: &Corpus, metric: &str, settings: &Settings) -> ([u64; 3], f64) {
    let Corpus { references, systems: [base, candidate] } = corpus;
    let asked = CompareSettings { assignments: 0, ..CompareSettings::default() };
    let comparison = compare(references, base, candidate, settings, &asked).expect("documents are clusters");
    let rule = Rule { metric: Some(metric.to_owned()), margin: Some(MARGIN), ..Rule::default() };
    let case = GateCase {
        dataset: "simulated",
        extractor: "candidate",
        slice: None,
        comparison: Some(&comparison),
        scores: &Scores::default(),
        documents: references.len(),
        failed: 0,
        spent: Spent::default(),
    };
    let findings = judge(&[(&rule, case)]);
    let [finding] = findings.as_slice() else { panic!("one rule on one figure") };
    let verdicts = [GateVerdict::Pass, GateVerdict::Fail, GateVerdict::Inconclusive];
    let difference = comparison.figures().find(|figure| figure.name.to_string() == metric);
    let error = difference.and_then(|figure| figure.difference?.error).expect("more than one document");
    (verdicts.map(|verdict| u64::from(finding.verdict == verdict)), error)
}

/// Shares of verdicts on changes whose true effect is known.
fn verdicts(out: &mut impl Write, diagnostics: &mut Vec<String>) -> io::Result<()> {
    writeln!(out, "| true change | documents | mean SE | pass | fail | inconclusive |")?;
    writeln!(out, "| ---: | ---: | ---: | ---: | ---: | ---: |")?;
    for (kind, drop) in [0.0, 0.05].into_iter().enumerate() {
        let shift = if drop > 0.0 { Truth::shift_for(drop) } else { 0.0 };
        for (documents, row) in GATED {
            let row = 100 * (kind + 1) + row;
            let judged: Vec<([u64; 3], f64)> = (0..COMPARISONS)
                .into_par_iter()
                .map(|number| Corpus::of_entities(documents, &mut Chance::new(row, number), shift))
                .map(|corpus| gate(&corpus, "entities.strict.f1", &settings()))
                .collect();
            let many = COMPARISONS as f64;
            let [pass, fail, neither] =
                [0, 1, 2].map(|verdict| judged.iter().map(|(of, _)| of[verdict]).sum::<u64>() as f64 / many);
            let mean = judged.iter().map(|(_, error)| error).sum::<f64>() / many;
            writeln!(out, "| {:.2} | {documents} | {mean:.4} | {pass:.3} | {fail:.3} | {neither:.3} |", 0.0 - drop)?;
            let is_in_bounds = match drop {
                0.0 => fail <= FALSE_FAILURES,
                _ => documents < 200 || (fail >= 0.8 && (0.016..=0.018).contains(&mean)),
            };
            if !is_in_bounds {
                let change = 0.0 - drop;
                diagnostics
                    .push(format!("a change of {change:.2} at {documents} documents: fail {fail:.4}, SE {mean:.4}"));
            }
        }
    }
    Ok(())
}

/// Verdicts on corpora in which every document falls, or rises, by the same amount.
fn uniform_verdicts(out: &mut impl Write, diagnostics: &mut Vec<String>) -> io::Result<()> {
    writeln!(out, "| figure | change | documents | pass | fail | inconclusive |")?;
    writeln!(out, "| --- | ---: | ---: | ---: | ---: | ---: |")?;
    for (kind, (metric, layer)) in
        [("entities.strict.f1", Layer::Entities), ("summary.rouge1.f1", Layer::Summaries)].into_iter().enumerate()
    {
        for (direction, is_gain) in [false, true].into_iter().enumerate() {
            for (at, documents) in [DECIDED - 1].into_iter().chain(GATED.map(|(size, _)| size)).enumerate() {
                let row = 1_000 + 100 * kind + 10 * direction + at;
                let [pass, fail, neither] = count(row, UNIFORM, |chance| {
                    let corpus = Corpus::moved_alike(documents, &layer, chance, is_gain);
                    gate(&corpus, metric, &settings()).0
                });
                let change = if is_gain { "+0.10" } else { "-0.10" };
                writeln!(out, "| {metric} | {change} | {documents} | {pass:.3} | {fail:.3} | {neither:.3} |")?;
                let right = match (documents < DECIDED, is_gain) {
                    (true, _) => neither,
                    (false, true) => pass,
                    (false, false) => fail,
                };
                if right < 1.0 {
                    diagnostics.push(format!("{metric} {change} in all of {documents} documents: right in {right:.3}"));
                }
            }
        }
    }
    Ok(())
}

fn main() -> io::Result<ExitCode> {
    let (mut out, mut diagnostics) = (io::stdout().lock(), Vec::new());
    let truth = Truth::of(0.0);
    let Truth { precision, recall, f1, macro_f1, rouge1 } = truth;
    writeln!(
        out,
        "seed {SEED}; true values: precision {precision:.4}, recall {recall:.4}, F1 {f1:.4}, macro F1 {macro_f1:.4}, \
         ROUGE-1 {rouge1:.4}\n\ncoverage of 95 % intervals: {SCORINGS} simulations a figure (Monte Carlo SE {:.4}), {BOOTSTRAPS} for BCa \
         of {RESAMPLES} resamples ({:.4})\n",
        error(0.95, SCORINGS),
        error(0.95, BOOTSTRAPS)
    )?;
    coverage(&mut out, &truth, &mut diagnostics)?;
    writeln!(
        out,
        "\ngate on F1, margin {MARGIN}, confidence 0.95: {COMPARISONS} simulations a row (Monte Carlo SE {:.4} at .05, at most {:.4})\n",
        error(0.05, COMPARISONS),
        error(0.5, COMPARISONS)
    )?;
    verdicts(&mut out, &mut diagnostics)?;
    writeln!(out, "\nthe same gate where all documents move alike: {UNIFORM} simulations a row\n")?;
    uniform_verdicts(&mut out, &mut diagnostics)?;
    judged::coverage(&mut out, &mut diagnostics)?;
    for diagnostic in &diagnostics {
        writeln!(out, "\noutside its bounds: {diagnostic}")?;
    }
    Ok(if diagnostics.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
