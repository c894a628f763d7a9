//! The statistics, called from standard input: what `stats.py` and `correction.py` compare with
//! their peers.
//!
//! One JSON object a line, `call` and what the call needs; one JSON value a line comes back.
//!
//! ```sh
//! echo '{"call": "sign", "wins": 7, "losses": 2}' | cargo run --example statistics
//! ```

use std::io::{self, BufRead, Write};

use karat::stats::agreement::{KappaWeights, weighted_kappa};
use karat::stats::correction::{
    JudgeAccuracy, Linearised, Sums, Tuning, correct, rogan_gladen, rogan_gladen_interval, unit_level_ppi,
};
use karat::stats::{
    Bootstrap, ClusterMatrix, Design, Interval, PairedDifference, Randomisation, amount_t, bca, benjamini_hochberg,
    binomial_test, holm, jackknife, mean_t, p_value, percentile, share_logit_t, sign_test, wilcoxon,
};
use serde::Deserialize;
use serde_json::{Value, json};

/// Ratios are given as pairs: a numerator and a denominator a cluster.
type Pairs = Vec<[f64; 2]>;

#[derive(Deserialize)]
#[serde(tag = "call", rename_all = "snake_case")]
enum Call {
    Binomial {
        hits: u64,
        trials: u64,
        p: f64,
    },
    Sign {
        wins: u64,
        losses: u64,
    },
    Wilcoxon {
        differences: Vec<f64>,
    },
    Adjust {
        p: Vec<f64>,
    },
    Bca {
        estimate: f64,
        resampled: Vec<f64>,
        without: Vec<f64>,
        confidence: f64,
    },
    Percentile {
        values: Vec<f64>,
        confidence: f64,
    },
    Means {
        base: Vec<f64>,
        candidate: Vec<f64>,
        confidence: f64,
        alpha: f64,
    },
    Ratios {
        base: Pairs,
        candidate: Pairs,
        confidence: f64,
        alpha: f64,
    },
    Power {
        error: f64,
        clusters: usize,
        alpha: f64,
        power: f64,
        effect: f64,
    },
    Share {
        hits: usize,
        trials: usize,
        confidence: f64,
    },
    Mean {
        values: Vec<f64>,
        confidence: f64,
    },
    Ratio {
        pairs: Pairs,
        confidence: f64,
    },
    Bootstrap {
        rows: Vec<Vec<f64>>,
        seed: u64,
        from: u64,
        to: u64,
    },
    BootstrapRatio {
        pairs: Pairs,
        seed: u64,
        resamples: u64,
        confidence: f64,
    },
    Randomise {
        base: Vec<Vec<f64>>,
        candidate: Vec<Vec<f64>>,
        seed: u64,
        drawn: u64,
    },
    /// Units by the judge and by hand, and others by the judge alone.
    UnitLevel {
        labelled: Pairs,
        judged_only: Vec<f64>,
        confidence: f64,
    },
    /// Sums of documents: of the judge alone, and of labelled documents by the judge and by hand.
    Clustered {
        judged_only: Pairs,
        judged: Pairs,
        hand: Pairs,
        confidence: f64,
    },
    RoganGladen {
        labelled: Vec<[bool; 2]>,
        judged_only: Vec<bool>,
        confidence: f64,
    },
    WeightedKappa {
        table: Vec<Vec<u64>>,
    },
}

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let call: Call = serde_json::from_str(&line?)?;
        writeln!(out, "{}", answer(call))?;
    }
    Ok(())
}

fn answer(call: Call) -> Value {
    match call {
        Call::Binomial { hits, trials, p } => json!({ "p": binomial_test(hits, trials, p) }),
        Call::Sign { wins, losses } => json!({ "p": sign_test(wins, losses) }),
        Call::Wilcoxon { differences } => wilcoxon(&differences)
            .map_or(Value::Null, |test| json!({ "statistic": test.statistic, "p": test.p, "exact": test.exact })),
        Call::Adjust { p } => json!({ "holm": holm(&p), "benjamini_hochberg": benjamini_hochberg(&p) }),
        Call::Bca { estimate, mut resampled, without, confidence } => {
            ends(bca(estimate, &mut resampled, &without, confidence))
        }
        Call::Percentile { mut values, confidence } => ends(percentile(&mut values, confidence)),
        Call::Means { base, candidate, confidence, alpha } => {
            let x: Vec<f64> = candidate.iter().zip(&base).map(|(b, a)| b - a).collect();
            let delta = mean(&x);
            let residuals: Vec<f64> = x.iter().map(|x| (x - delta) / count(&base)).collect();
            compared(PairedDifference::new(delta, &residuals), confidence, alpha)
        }
        Call::Ratios { base, candidate, confidence, alpha } => {
            let delta = ratio(&candidate) - ratio(&base);
            let x: Vec<f64> = residuals(&candidate).iter().zip(residuals(&base)).map(|(b, a)| b - a).collect();
            compared(PairedDifference::new(delta, &x), confidence, alpha)
        }
        Call::Power { error, clusters, alpha, power, effect } => {
            let difference = PairedDifference { delta: 0.0, error: Some(error), clusters, few: None };
            Design::new(&difference, alpha).map_or(Value::Null, |design| {
                json!({
                    "detectable": design.minimum_detectable_effect(power),
                    "power": design.power(effect, clusters),
                    "clusters": design.clusters_for(effect, power),
                })
            })
        }
        Call::Share { hits, trials, confidence } => {
            ends(mean_t(hits as f64 / trials as f64, &vec![0.0; trials], 0.0, confidence))
        }
        Call::Mean { values, confidence } => {
            let (estimate, clusters) = (mean(&values), count(&values));
            let residuals: Vec<f64> = values.iter().map(|value| (value - estimate) / clusters).collect();
            let without: Vec<f64> =
                values.iter().map(|value| (clusters * estimate - value) / (clusters - 1.0)).collect();
            let everywhere = (f64::NEG_INFINITY, f64::INFINITY);
            json!({
                "mean": ends(mean_t(estimate, &residuals, 0.0, confidence)),
                "amount": ends(amount_t(estimate, &residuals, confidence)),
                "jackknife": ends(jackknife(estimate, &without, everywhere, confidence)),
            })
        }
        Call::Ratio { pairs, confidence } => ends(share_logit_t(ratio(&pairs), &residuals(&pairs), 0.0, confidence)),
        Call::Bootstrap { rows, seed, from, to } => {
            let mut all = Vec::new();
            Bootstrap::new(&rows_of(&rows), seed).sums(from..to, |_, sums| all.push(sums.to_vec()));
            json!(all)
        }
        Call::BootstrapRatio { pairs, seed, resamples, confidence } => {
            let rows = rows_of(&pairs);
            let mut resampled = Vec::new();
            Bootstrap::new(&rows, seed).sums(0..resamples, |_, sums| resampled.push(sums[0] / sums[1]));
            let total = rows.total();
            let without: Vec<f64> = pairs.iter().map(|[n, d]| (total[0] - n) / (total[1] - d)).collect();
            ends(bca(total[0] / total[1], &mut resampled, &without, confidence))
        }
        Call::Randomise { base, candidate, seed, drawn } => randomised(&base, &candidate, seed, drawn),
        Call::UnitLevel { labelled, judged_only, confidence } => {
            json!([Tuning::Full, Tuning::LeastVariance].map(|tuning| {
                let found = unit_level_ppi(&labelled, &judged_only, tuning, confidence);
                found.map(|found| [found.value, found.interval.low, found.interval.high, found.lambda])
            }))
        }
        Call::Clustered { judged_only, judged, hand, confidence } => {
            json!([Tuning::Full, Tuning::LeastVariance].map(|tuning| {
                let (only, judged, hand) = (linearised(&judged_only), linearised(&judged)?, linearised(&hand)?);
                let found = correct(only.as_ref(), [&judged, &hand], tuning, confidence)?;
                Some((found.value, ends(found.interval), found.standard_error, found.lambda))
            }))
        }
        Call::RoganGladen { labelled, judged_only, confidence } => {
            let mut accuracy = JudgeAccuracy::default();
            labelled.iter().for_each(|[judged, hand]| accuracy.add(*judged, *hand));
            let positive = judged_only.iter().filter(|judged| **judged).count() as f64;
            let (share, units) = (positive / judged_only.len() as f64, judged_only.len() as u64);
            json!([rogan_gladen(&accuracy, share), ends(rogan_gladen_interval(&accuracy, share, units, confidence))])
        }
        Call::WeightedKappa { table } => {
            json!([KappaWeights::Linear, KappaWeights::Quadratic].map(|weights| weighted_kappa(&table, weights)))
        }
    }
}

/// The difference of the sums of the first column, and of the ratios of the first two.
fn randomised(base: &[Vec<f64>], candidate: &[Vec<f64>], seed: u64, drawn: u64) -> Value {
    let (base, candidate) = (rows_of(base), rows_of(candidate));
    let statistics: [fn(&[f64]) -> f64; 2] = [|sums| sums[0], |sums| sums[0] / sums[1]];
    let (one, other) = (base.total(), candidate.total());
    let test = Randomisation::new(&base, &candidate, seed, drawn);
    let p = statistics.map(|statistic| {
        let mut differences = Vec::new();
        test.sums(0..test.assignments(), |_, one, other| differences.push(statistic(other) - statistic(one)));
        p_value(statistic(&other) - statistic(&one), differences.into_iter(), test.is_exact())
    });
    json!({ "sum": p[0], "ratio": p[1], "exact": test.is_exact(), "assignments": test.assignments() })
}

fn compared(difference: PairedDifference, confidence: f64, alpha: f64) -> Value {
    json!({
        "delta": difference.delta,
        "error": difference.error,
        "interval": ends(difference.interval(confidence)),
        "lower": difference.lower(alpha),
        "upper": difference.upper(alpha),
    })
}

fn linearised(pairs: &Pairs) -> Option<Linearised> {
    let sums: Vec<Sums> = pairs
        .iter()
        .map(|[numerator, denominator]| Sums { numerator: *numerator, denominator: *denominator })
        .collect();
    Linearised::ratio(&sums)
}

fn ends(interval: Option<Interval>) -> Value {
    interval.map_or(Value::Null, |interval| json!([interval.low, interval.high]))
}

fn rows_of<R: AsRef<[f64]>>(rows: &[R]) -> ClusterMatrix {
    let mut all = ClusterMatrix::new(rows.first().map_or(0, |row| row.as_ref().len()));
    rows.iter().for_each(|row| all.push(row.as_ref()));
    all
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / count(values)
}

fn count(values: &[f64]) -> f64 {
    values.len() as f64
}

fn ratio(pairs: &[[f64; 2]]) -> f64 {
    pairs.iter().map(|[n, _]| n).sum::<f64>() / below(pairs)
}

fn below(pairs: &[[f64; 2]]) -> f64 {
    pairs.iter().map(|[_, d]| d).sum()
}

/// What each cluster adds to the error of a ratio.
fn residuals(pairs: &[[f64; 2]]) -> Vec<f64> {
    let (ratio, below) = (ratio(pairs), below(pairs));
    pairs.iter().map(|[n, d]| (n - ratio * d) / below).collect()
}
