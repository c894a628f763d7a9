//! The exact binomial test.

use std::f64::consts::TAU;

/// Relative tolerance within which a count is as unlikely as the observed one, as in R and scipy.
const ROUNDING: f64 = 1.0 + 1e-7;

/// The two-sided p-value of `hits` successes in `trials` trials with success probability `p`, 0 to
/// 1: the probability of all counts that are at most as likely as the observed one (the method of
/// small p-values, as in R's `binom.test` and scipy's `binomtest`).
///
/// 1 if there are no trials. `hits` must be at most `trials`.
pub fn binomial_test(hits: u64, trials: u64, p: f64) -> f64 {
    debug_assert!(hits <= trials && (0.0..=1.0).contains(&p), "{hits} of {trials}, {p}");
    let expected = p * trials as f64;
    if hits as f64 == expected {
        return 1.0;
    }
    if p <= 0.0 || p >= 1.0 {
        return 0.0;
    }
    // From here on the observed count is below the expected one.
    let low_side = (hits as f64) < expected;
    let (hits, chance) = if low_side { (hits, (p, 1.0 - p)) } else { (trials - hits, (1.0 - p, p)) };
    let most = density(hits, trials, chance) * ROUNDING;
    // Above the expected count the density falls, so bisection finds the first count that is
    // unlikely enough.
    let (mut low, mut high) = ((chance.0 * trials as f64).ceil() as u64, trials + 1);
    while low < high {
        let middle = u64::midpoint(low, high);
        if density(middle, trials, chance) <= most {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    let above = if low > trials { 0.0 } else { tail(trials - low, trials, (chance.1, chance.0)) };
    (tail(hits, trials, chance) + above).min(1.0)
}

/// The probability of at most `hits` successes, which must be at most the expected count, as a sum
/// of decreasing terms. `p` and `q` are the probabilities of success and failure.
fn tail(hits: u64, trials: u64, (p, q): (f64, f64)) -> f64 {
    let (mut term, mut sum) = (density(hits, trials, (p, q)), 0.0);
    for count in (0..=hits).rev() {
        sum += term;
        if term <= f64::EPSILON * 1e-3 * sum {
            break;
        }
        term *= count as f64 / (trials - count + 1) as f64 * (q / p);
    }
    sum
}

/// The probability of exactly `hits` successes by the saddle-point expansion (Loader 2000), which
/// is accurate for large factorials.
fn density(hits: u64, trials: u64, (p, q): (f64, f64)) -> f64 {
    let (n, x) = (trials as f64, hits as f64);
    let power = |p: f64, q: f64| (n * if p < 0.5 { p.ln() } else { (-q).ln_1p() }).exp();
    if hits == 0 {
        return power(q, p);
    }
    if hits == trials {
        return power(p, q);
    }
    let rest = n - x;
    let log = stirling(n) - stirling(x) - stirling(rest) - deviance(x, n * p) - deviance(rest, n * q);
    log.exp() * (n / (TAU * x * rest)).sqrt()
}

/// The error of Stirling's formula: `ln(n!) - ln(sqrt(2 pi n) (n/e)^n)`.
fn stirling(n: f64) -> f64 {
    if n < 16.0 {
        let factorial: f64 = (2..=n as u32).map(f64::from).product();
        return factorial.ln() - 0.5 * (TAU * n).ln() - n * n.ln() + n;
    }
    let square = n * n;
    (1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1260.0 - (1.0 / 1680.0 - 1.0 / 1188.0 / square) / square) / square) / square)
        / n
}

/// `x ln(x/m) + m - x`, accurate also if x and m are close.
fn deviance(x: f64, m: f64) -> f64 {
    if (x - m).abs() >= 0.1 * (x + m) {
        return x * (x / m).ln() + m - x;
    }
    let v = (x - m) / (x + m);
    let mut sum = (x - m) * v;
    let mut power = 2.0 * x * v;
    for odd in (3..).step_by(2) {
        power *= v * v;
        let more = sum + power / f64::from(odd);
        if more == sum {
            break;
        }
        sum = more;
    }
    sum
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::binomial_test;

    /// Reference values of scipy 1.17.1 (`stats.binomtest(hits, trials, p).pvalue`). For a million
    /// trials scipy is wrong from the twelfth digit on (checked by summation with fifty digits).
    #[test]
    fn as_scipy_has_it() {
        let printed = [
            (3, 15, 0.1, 0.184_061_069_106_391_06),
            (1, 12, 0.5, 0.006_347_656_25),
            (7, 10, 0.9, 0.070_190_826_399_999_96),
            (0, 5, 0.3, 0.331_150_000_000_000_06),
            (5, 5, 0.5, 0.0625),
            (480, 1000, 0.5, 0.217_448_293_204_141_5),
            (499, 1000, 0.5, 0.974_774_981_821_639_5),
            (40, 1_000_000, 2e-5, 7.013_401_659_436_477e-05),
            (2, 5, 1e-20, 1.000_000_000_000_000_3e-39),
        ];
        for (hits, trials, p, expected) in printed {
            let found = binomial_test(hits, trials, p);
            assert!((found - expected).abs() <= 1e-11 * expected, "{hits} of {trials}, {p}: {found}");
        }
    }

    #[test]
    fn what_is_certain_leaves_no_room() {
        assert_eq!((binomial_test(0, 3, 0.0), binomial_test(1, 3, 0.0)), (1.0, 0.0));
        assert_eq!((binomial_test(3, 3, 1.0), binomial_test(1, 3, 1.0)), (1.0, 0.0));
        assert_eq!(binomial_test(0, 0, 0.3), 1.0);
    }

    proptest! {
        #[test]
        fn hits_and_misses_may_be_exchanged(hits in 0_u64..300, misses in 0_u64..300, eighths in 0_u32..9) {
            let p = f64::from(eighths) / 8.0;
            let found = binomial_test(hits, hits + misses, p);
            prop_assert!((0.0..=1.0).contains(&found));
            prop_assert!((found - binomial_test(misses, hits + misses, 1.0 - p)).abs() < 1e-12);
        }
    }
}
