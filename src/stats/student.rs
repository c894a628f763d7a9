//! Student's t distribution with G - 1 degrees of freedom, for G clusters.
//!
//! The implementation of statrs 0.19 is not used: from about fourteen million degrees of freedom
//! its quantile function does not terminate, and the search for a sample size gets there.

use std::f64::consts::PI;

use statrs::function::beta::beta_reg;
use statrs::function::gamma::ln_gamma;

use super::newton::solve;
use super::normal::{normal_quantile, normal_tail};

/// Degrees of freedom from which the truncated series is exact to the last digit, and logarithms of
/// the gamma function begin to lose digits.
const SERIES_DF: f64 = 10_000.0;

/// The quantile of order `share`, 0 to 1, for at least two clusters.
pub(super) fn t_quantile(clusters: usize, share: f64) -> f64 {
    let df = clusters as f64 - 1.0;
    let tail = share.min(1.0 - share);
    let side = if share < 0.5 { -1.0 } else { 1.0 };
    if tail >= 0.5 {
        return 0.0;
    }
    if tail <= 0.0 {
        return side * f64::INFINITY;
    }
    let z = -normal_quantile(tail);
    let s = z * z;
    // Abramowitz and Stegun 1964, 26.7.5.
    let terms = [
        1.0,
        (s + 1.0) / 4.0,
        ((5.0 * s + 16.0) * s + 3.0) / 96.0,
        (((3.0 * s + 19.0) * s + 17.0) * s - 15.0) / 384.0,
        ((((79.0 * s + 776.0) * s + 1482.0) * s - 1920.0) * s - 945.0) / 92_160.0,
    ];
    if df >= SERIES_DF {
        return side * z * terms.iter().rev().fold(0.0, |sum, term| sum / df + term);
    }
    // Newton's method on the logarithm of the tail, which is almost linear there. The tails are
    // heavier than normal ones, so the solution is above z.
    let step = |t: f64| {
        let beyond = upper_tail(df, t);
        (beyond / tail).ln() * beyond / density(df, t)
    };
    side * solve(z, (z, f64::INFINITY), step)
}

/// The cumulative distribution function at `t`, for at least two clusters.
pub(super) fn t_cdf(clusters: usize, t: f64) -> f64 {
    let tail = upper_tail(clusters as f64 - 1.0, t.abs());
    if t < 0.0 { tail } else { 1.0 - tail }
}

/// The probability that the variable exceeds `t`, which must be at least 0.
fn upper_tail(df: f64, t: f64) -> f64 {
    if df < SERIES_DF && t < 1.0 {
        // The complementary form: for small t, the argument of the usual form is too close to 1 to
        // be exact.
        return f64::midpoint(1.0, -beta_reg(0.5, df / 2.0, t * t / (df + t * t)));
    }
    if df < SERIES_DF {
        return beta_reg(df / 2.0, 0.5, df / (df + t * t)) / 2.0;
    }
    // The normal quantile of the same probability, by the inverse of the series in `t_quantile`.
    let s = t * t;
    let terms = [
        1.0,
        -(s + 1.0) / 4.0,
        ((13.0 * s + 8.0) * s + 3.0) / 96.0,
        -(((35.0 * s + 19.0) * s + 1.0) * s - 15.0) / 384.0,
    ];
    normal_tail(t * terms.iter().rev().fold(0.0, |sum, term| sum / df + term))
}

fn density(df: f64, t: f64) -> f64 {
    let half = f64::midpoint(df, 1.0);
    (ln_gamma(half) - ln_gamma(df / 2.0) - half * (t * t / df).ln_1p()).exp() / (df * PI).sqrt()
}

#[cfg(test)]
mod tests {
    use super::{t_cdf, t_quantile};

    /// Reference values of scipy 1.17.1 (`stats.t.ppf`).
    #[test]
    fn quantiles_as_scipy_has_them() {
        let printed = [
            (1, 0.975, 12.706_204_736_174_694),
            (2, 0.9995, 31.599_054_576_445_365),
            (3, 0.6, 0.276_670_662_332_689_8),
            (29, 0.95, 1.699_127_026_533_497_2),
            (49, 0.2, -0.849_018_398_538_077),
            (8_749, 0.99, 2.326_774_177_400_345_4),
            (12_000, 0.9995, 3.291_337_723_890_613_6),
        ];
        for (df, share, t) in printed {
            let found = t_quantile(df + 1, share);
            assert!((found - t).abs() < 1e-11 * t.abs(), "{df} {share}: {found}");
        }
        assert_eq!(
            (t_quantile(5, 0.5), t_quantile(5, 1.0), t_quantile(5, 0.0)),
            (0.0, f64::INFINITY, f64::NEG_INFINITY)
        );
    }

    /// Reference values of scipy 1.17.1 (`stats.t.cdf`).
    #[test]
    fn probabilities_as_scipy_has_them() {
        let printed = [
            (1, 2.0, 0.852_416_382_349_566_7),
            (9, -1.3, 0.112_953_186_336_524_67),
            (9_999, 2.5, 0.993_782_389_429_989_9),
            (30_000, -3.0, 0.001_351_006_235_634_966_5),
            (20_000, 0.1, 0.539_827_336_127_591_6),
            (5_774, 0.000_2, 0.500_079_785_000_979_2),
            (7, -0.999, 0.175_534_119_177_224_87),
        ];
        for (df, t, p) in printed {
            assert!((t_cdf(df + 1, t) - p).abs() < 1e-11, "{df} {t}: {}", t_cdf(df + 1, t));
        }
    }

    /// The quantile function terminates for every number of clusters, and inverts the distribution.
    #[test]
    fn every_number_of_clusters_has_its_quantile() {
        for clusters in (2..20_000).step_by(7) {
            for share in [0.55, 0.9, 0.95, 0.975, 0.9999] {
                let t = t_quantile(clusters, share);
                assert!((t_cdf(clusters, t) - share).abs() < 1e-11, "{clusters} {share}");
            }
        }
    }
}
