//! Figures of simulated judges, corrected by hand-made verdicts on some of the documents.

use std::collections::BTreeMap;
use std::io::{self, Write};

use karat::document::Support;
use karat::judge::{ENOUGH_DOCUMENTS, JudgedUnit, JudgedUnits, correct};
use karat::stats::correction::{Linearised, Method, Sums, Tuning, unit_level_ppi};
use karat::stats::{Interval, share_logit_t};

use super::{COVERAGE, Chance, count, odds, share};

const DOCUMENTS: usize = 200;
const LABELLED: [usize; 3] = [10, 20, 40];
const SIMULATIONS: u64 = 2_000;
const FIGURE: &str = "key_points.recall";
/// Log odds that a key point is supported in a document of middling ease.
const SUPPORTED: f64 = 0.4;
/// What one more of a document's ease, itself log odds, adds.
const SLOPE: f64 = 0.8;

/// A judge, by the log odds that it calls an unsupported and a supported key point supported, and
/// by what one more of a document's ease adds to either.
const JUDGES: [(&str, [f64; 2], f64); 5] = [
    ("good", [-3.0, 3.0], 0.0),
    ("lenient", [-0.5, 3.0], 0.0),
    ("strict", [-4.0, 0.7], 0.0),
    ("noisy", [-1.0, 1.0], 0.0),
    ("lenient on easy documents", [-0.8, 1.5], 1.2),
];

/// What the recall is worth: by the midpoint rule over the ease of documents.
fn truth() -> f64 {
    const STEPS: u32 = 10_000;
    let at = |step: u32| share(SUPPORTED + SLOPE * odds((f64::from(step) + 0.5) / f64::from(STEPS)));
    (0..STEPS).map(at).sum::<f64>() / f64::from(STEPS)
}

/// Documents of 2 to 10 key points, of which the first `labelled` have hand-made verdicts.
fn units(chance: &mut Chance, (_, odds_of, slope): (&str, [f64; 2], f64), labelled: usize) -> JudgedUnits {
    let document = |at: usize| {
        let ease = odds(chance.number());
        let unit = |place: usize, chance: &mut Chance| {
            let verdict = |is_supported: bool| if is_supported { Support::Full } else { Support::Not };
            let hand = chance.number() < share(SUPPORTED + SLOPE * ease);
            let used = chance.number() < share(odds_of[usize::from(hand)] + slope * ease);
            let hand = (at < labelled).then_some(verdict(hand));
            JudgedUnit { name: format!("K{place}"), weight: 1, used: verdict(used), hand }
        };
        let points = 2 + chance.below(9);
        (format!("{at:03}"), (0..points).map(|place| unit(place, chance)).collect())
    };
    JudgedUnits { documents: (0..DOCUMENTS).map(document).collect::<BTreeMap<_, Vec<_>>>(), unanswered: [0, 0] }
}

/// The interval without any correction, of the verdicts that `of` takes.
fn uncorrected(units: &JudgedUnits, of: impl Fn(&JudgedUnit) -> Option<Support>) -> Option<Interval> {
    let sums = |document: &Vec<JudgedUnit>| {
        let verdicts: Vec<Support> = document.iter().filter_map(&of).collect();
        let supported = verdicts.iter().filter(|support| **support == Support::Full).count();
        Sums { numerator: supported as f64, denominator: verdicts.len() as f64 }
    };
    let sums: Vec<Sums> = units.documents.values().map(sums).filter(|sums| sums.denominator > 0.0).collect();
    let ratio = Linearised::ratio(&sums)?;
    share_logit_t(ratio.value, &ratio.residuals, 0.0, 0.95)
}

/// The interval of PPI++ that takes key points as independent.
fn by_units(units: &JudgedUnits) -> Option<Interval> {
    let value = |support: Support| f64::from(u8::from(support == Support::Full));
    let (mut labelled, mut others) = (Vec::new(), Vec::new());
    for unit in units.documents.values().flatten() {
        match unit.hand {
            Some(hand) => labelled.push([value(unit.used), value(hand)]),
            None => others.push(value(unit.used)),
        }
    }
    Some(unit_level_ppi(&labelled, &others, Tuning::LeastVariance, 0.95)?.interval)
}

/// Writes how often the intervals of judged figures hold the true value.
pub(super) fn coverage(out: &mut impl Write, diagnostics: &mut Vec<String>) -> io::Result<()> {
    let truth = truth();
    writeln!(
        out,
        "\ncoverage of 95 % intervals of judged recall (true value {truth:.4}), {DOCUMENTS} documents: {SIMULATIONS} simulations a row\n"
    )?;
    writeln!(
        out,
        "| judge | labelled documents | judge alone | labels alone | ppi | ppi++ | ppi++ by units | rogan-gladen | width of ppi++ / of labels |"
    )?;
    writeln!(out, "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")?;
    for (kind, judge) in JUDGES.into_iter().enumerate() {
        for (at, labelled) in LABELLED.into_iter().enumerate() {
            let shares = count(2_000 + 10 * kind + at, SIMULATIONS, |chance| {
                let units = units(chance, judge, labelled);
                let corrected = |method| {
                    let correction = correct(&units, method, str::to_owned, 0.95);
                    correction.figures[FIGURE].corrected.as_ref().ok().and_then(|corrected| corrected.interval)
                };
                let by_hand = uncorrected(&units, |unit| unit.hand);
                let tuned = corrected(Method::PpiPlusPlus);
                let holds = |interval: Option<Interval>| {
                    u64::from(interval.is_some_and(|interval| (interval.low..=interval.high).contains(&truth)))
                };
                // In millionths, since simulations are counted.
                let width = |interval: Option<Interval>| {
                    interval.map_or(0, |interval| (1e6 * (interval.high - interval.low)).round() as u64)
                };
                [
                    holds(uncorrected(&units, |unit| Some(unit.used))),
                    holds(by_hand),
                    holds(corrected(Method::Ppi)),
                    holds(tuned),
                    holds(by_units(&units)),
                    holds(corrected(Method::RoganGladen)),
                    width(tuned),
                    width(by_hand),
                ]
            });
            for (name, share) in [("ppi", shares[2]), ("ppi++", shares[3])] {
                if labelled >= ENOUGH_DOCUMENTS && !COVERAGE.contains(&share) {
                    diagnostics.push(format!("{name}, {} judge, {labelled} labelled: coverage {share:.4}", judge.0));
                }
            }
            let cells: Vec<String> = shares[..6].iter().map(|share| format!("{share:.3}")).collect();
            writeln!(out, "| {} | {labelled} | {} | {:.2} |", judge.0, cells.join(" | "), shares[6] / shares[7])?;
        }
    }
    Ok(())
}
