//! Whether runs that stop once they are decided keep their error rates, and how many documents they
//! save: simulated differences of a mean (as of ROUGE) and of a ratio of sums (as of F1), judged
//! after every document.
//!
//! Rare losses and gains are simulated, too: a candidate that loses a share of the documents
//! entirely, which is the margin, and one that gains on a share what it loses on the others. A
//! sample with few of them has too small a standard deviation. Of these rows, what the sequence
//! decides wrongly is checked against its half of the level; the ordinary test of all documents,
//! which is the other half, is a t test and keeps its level only if there are enough of the rare
//! documents.
//!
//! Beside the confidence sequence it judges by the ordinary interval after every document, which is
//! what the sequence is there to replace. Ends with exit code 1 where a share is outside its
//! bounds.
//!
//! ```sh
//! cargo run --release --example until_decided        # 400 runs a row
//! cargo run --release --example until_decided 2000
//! ```

use std::env;
use std::io::{self, Write};
use std::process::ExitCode;

use karat::gate::{GateVerdict, SequenceBounds};
use karat::stats::{ConfidenceSequence, Draws, PairedDifference, RandomUse, Spread};
use rayon::prelude::*;

const SEED: u64 = 1;
/// The number of runs of a row unless an argument gives another.
const RUNS: u64 = 400;
const DOCUMENTS: usize = 1_000;
const MARGIN: f64 = 0.02;
const ALPHA: f64 = 0.05;
/// More numbers than any simulated run draws.
const DRAWS: usize = 1 << 17;
/// The mean number of entities of a document, and of chances for a spurious prediction.
const ENTITIES: f64 = 7.0;
const CHANCES: usize = 7;
/// The probability that an entity is found, and that a chance is taken.
const FOUND: f64 = 0.85;
const TAKEN: f64 = 0.1;
/// The share of outcomes that both systems have in common.
const ALIKE: f64 = 0.6;
/// The shares of rare losses and gains.
const RARE: [f64; 3] = [0.02, 0.05, 0.1];
/// The share of rare documents from which the t test of all documents is checked as well.
const ENOUGH: f64 = 0.1;

/// The figure whose difference is judged.
#[derive(Debug, Clone, Copy)]
enum FigureKind {
    Mean,
    Ratio,
    RareLosses,
    RareGains,
}

/// The numerators and denominators of a document: those of the candidate, then those of the base.
type Document = [f64; 4];

struct Chance(Draws);

impl Chance {
    /// A number from 0 to 1.
    fn number(&mut self) -> f64 {
        (self.0.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn document(&mut self, kind: FigureKind, loss: f64) -> Document {
        match kind {
            FigureKind::Mean => {
                let base = 0.3 + 0.3 * self.number();
                let is_changed = self.number() < 0.5;
                let change = 0.6 * self.number() - 0.3;
                [base + if is_changed { change } else { 0.0 } - loss, 1.0, base, 1.0]
            }
            FigureKind::Ratio => {
                let entities = 3 + self.0.below(9);
                let ease = FOUND - 0.15 + 0.3 * self.number();
                let (mut right, mut predicted) = ([0.0; 2], [0.0; 2]);
                for item in 0..entities + CHANCES {
                    let (one, other, coin) = (self.number(), self.number(), self.number());
                    for (side, number) in [if coin < ALIKE { other } else { one }, other].into_iter().enumerate() {
                        let is_entity = item < entities;
                        let share = if is_entity { ease - if side == 0 { loss } else { 0.0 } } else { TAKEN };
                        let is_predicted = f64::from(u8::from(number < share));
                        predicted[side] += is_predicted;
                        right[side] += if is_entity { is_predicted } else { 0.0 };
                    }
                }
                let gold = entities as f64;
                [2.0 * right[0], predicted[0] + gold, 2.0 * right[1], predicted[1] + gold]
            }
            FigureKind::RareLosses => [if self.number() < loss { 0.0 } else { 1.0 }, 1.0, 1.0, 1.0],
            FigureKind::RareGains => {
                let candidate = if self.number() < loss { 1.0 } else { 0.0 };
                [candidate, 1.0, loss, 1.0]
            }
        }
    }
}

/// Returns what the candidate must lose for its figure to fall by `drop`.
fn loss_for(kind: FigureKind, drop: f64) -> f64 {
    match kind {
        FigureKind::Mean | FigureKind::RareLosses | FigureKind::RareGains => drop,
        FigureKind::Ratio => {
            let others = ENTITIES + CHANCES as f64 * TAKEN;
            let right = ENTITIES * FOUND;
            let goal = 2.0 * right / (right + others) - drop;
            FOUND - goal * others / (2.0 - goal) / ENTITIES
        }
    }
}

/// Sums from which the difference and its standard error follow after every document.
#[derive(Default)]
struct Sums {
    count: usize,
    totals: Document,
    products: [[f64; 4]; 4],
}

impl Sums {
    fn add(&mut self, document: &Document) {
        self.count += 1;
        for (row, a) in document.iter().enumerate() {
            self.totals[row] += a;
            for (column, b) in document.iter().enumerate() {
                self.products[row][column] += a * b;
            }
        }
    }

    fn difference(&self) -> PairedDifference {
        let [n1, d1, n0, d0] = self.totals;
        // The gradient of the difference of the two ratios, whose products with documents are their
        // residuals.
        let gradient = [1.0 / d1, -n1 / (d1 * d1), -1.0 / d0, n0 / (d0 * d0)];
        let row = |(products, a): (&[f64; 4], &f64)| {
            a * products.iter().zip(&gradient).map(|(product, b)| product * b).sum::<f64>()
        };
        let squares = self.products.iter().zip(&gradient).map(row).sum::<f64>().max(0.0);
        PairedDifference::new(n1 / d1 - n0 / d0, Spread { clusters: self.count, squares })
    }
}

/// One simulated run.
struct Run {
    verdict: GateVerdict,
    documents: usize,
    /// Whether the sequence decided.
    is_by_sequence: bool,
    /// Whether an ordinary interval fails after any document.
    is_failed_by_peeking: bool,
}

fn run(kind: FigureKind, (loss, margin): (f64, f64), row: u64, number: u64) -> Run {
    let mut chance = Chance(Draws::new(SEED, RandomUse::Bootstrap, (row << 32) + number, DRAWS));
    let (mut sums, mut decided, mut is_failed_by_peeking) = (Sums::default(), None, false);
    for count in 1..=DOCUMENTS {
        sums.add(&chance.document(kind, loss));
        if count < ConfidenceSequence::LEAST {
            continue;
        }
        let difference = sums.difference();
        let Some(error) = difference.error else { continue };
        is_failed_by_peeking |= difference.upper(ALPHA).is_some_and(|upper| upper < 0.0);
        let bounds = SequenceBounds::new(count, DOCUMENTS, ALPHA, 1);
        let verdict = bounds.verdict(difference.delta, error * (count as f64).sqrt(), 1.0, margin);
        if decided.is_none() && verdict != GateVerdict::Inconclusive {
            decided = Some((verdict, count));
        }
    }
    // What the sequence left open is judged once, at what is left of the level.
    let last = || {
        let difference = sums.difference();
        let verdict = if difference.lower(ALPHA / 2.0).is_some_and(|lower| lower > -margin) {
            GateVerdict::Pass
        } else if difference.upper(ALPHA / 2.0).is_some_and(|upper| upper < 0.0) {
            GateVerdict::Fail
        } else {
            GateVerdict::Inconclusive
        };
        (verdict, DOCUMENTS)
    };
    let is_by_sequence = decided.is_some();
    let (verdict, documents) = decided.unwrap_or_else(last);
    Run { verdict, documents, is_by_sequence, is_failed_by_peeking }
}

/// Returns the share of runs.
fn share(runs: &[Run], is_meant: impl Fn(&Run) -> bool) -> f64 {
    runs.iter().filter(|run| is_meant(run)).count() as f64 / runs.len() as f64
}

fn main() -> io::Result<ExitCode> {
    let (mut out, mut diagnostics) = (io::stdout().lock(), Vec::new());
    let count = env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(RUNS);
    writeln!(
        out,
        "{count} runs a row of up to {DOCUMENTS} documents, margin {MARGIN}, confidence .95, judged after every document\n"
    )?;
    writeln!(out, "| figure | true change | pass | fail | inconclusive | documents saved | fails by peeking |")?;
    writeln!(out, "| --- | ---: | ---: | ---: | ---: | ---: | ---: |")?;
    for (at, kind) in [FigureKind::Mean, FigureKind::Ratio].into_iter().enumerate() {
        for times in 0..3_u32 {
            let drop = f64::from(times) * MARGIN;
            let (loss, row) = (loss_for(kind, drop), (10 * at) as u64 + u64::from(times));
            let runs: Vec<Run> =
                (0..count).into_par_iter().map(|number| run(kind, (loss, MARGIN), row, number)).collect();
            let [pass, fail, open] = [GateVerdict::Pass, GateVerdict::Fail, GateVerdict::Inconclusive]
                .map(|verdict| share(&runs, |run| run.verdict == verdict));
            let documents = runs.iter().map(|run| run.documents).sum::<usize>() as f64;
            let saved = 1.0 - documents / (runs.len() * DOCUMENTS) as f64;
            let peeking = share(&runs, |run| run.is_failed_by_peeking);
            let change = 0.0 - drop;
            writeln!(
                out,
                "| {kind:?} | {change:.2} | {pass:.3} | {fail:.3} | {open:.3} | {saved:.2} | {peeking:.3} |"
            )?;
            let is_right = match times {
                0 => fail <= ALPHA && peeking > 0.2,
                1 => pass <= ALPHA,
                _ => pass <= ALPHA && fail >= 0.8,
            };
            if !is_right {
                diagnostics.push(format!("{kind:?} {change:.2}: pass {pass:.3}, fail {fail:.3}, peeking {peeking:.3}"));
            }
        }
    }
    writeln!(out, "\n| figure | share | wrong by the sequence | wrong in all |\n| --- | ---: | ---: | ---: |")?;
    for (at, kind) in [FigureKind::RareLosses, FigureKind::RareGains].into_iter().enumerate() {
        for (times, rare) in RARE.into_iter().enumerate() {
            let row = (100 + 10 * at + times) as u64;
            let (margin, wrong) = match kind {
                FigureKind::RareLosses => (rare, GateVerdict::Pass),
                _ => (MARGIN, GateVerdict::Fail),
            };
            let runs: Vec<Run> =
                (0..count).into_par_iter().map(|number| run(kind, (rare, margin), row, number)).collect();
            let in_all = share(&runs, |run| run.verdict == wrong);
            let by_sequence = share(&runs, |run| run.verdict == wrong && run.is_by_sequence);
            writeln!(out, "| {kind:?} | {rare:.2} | {by_sequence:.4} | {in_all:.4} |")?;
            if by_sequence > ALPHA / 2.0 || (rare >= ENOUGH && in_all > ALPHA) {
                diagnostics.push(format!("{kind:?} {rare:.2}: {by_sequence:.4} by the sequence, {in_all:.4} in all"));
            }
        }
    }
    for diagnostic in &diagnostics {
        writeln!(out, "\noutside its bounds: {diagnostic}")?;
    }
    Ok(if diagnostics.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
