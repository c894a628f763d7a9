//! The standard normal distribution.
//!
//! The error function of statrs 0.19 has errors of up to 5e-11 between 0.5 and 0.75, so the
//! incomplete gamma function is used instead, whose relative error is at most 2e-14.

use std::f64::consts::SQRT_2;

use statrs::function::erf::erfc_inv;
use statrs::function::gamma::gamma_ur;

/// The probability that a standard normal variable exceeds `z`.
pub(super) fn normal_tail(z: f64) -> f64 {
    let square = z * z / 2.0;
    // The function is undefined if the square underflows, and beyond the range of doubles.
    let beyond = if square < f64::MIN_POSITIVE {
        0.5
    } else if square > 750.0 {
        0.0
    } else {
        gamma_ur(0.5, square) / 2.0
    };
    if z < 0.0 { 1.0 - beyond } else { beyond }
}

/// The quantile of order `share`, 0 to 1.
pub(super) fn normal_quantile(share: f64) -> f64 {
    -SQRT_2 * erfc_inv(2.0 * share)
}

#[cfg(test)]
mod tests {
    use super::{normal_quantile, normal_tail};

    /// Reference values of scipy 1.17.1 (`stats.norm.sf` and `stats.norm.ppf`).
    #[test]
    fn as_scipy_has_it() {
        let tails = [
            (-1.5, 0.933_192_798_731_141_9),
            (0.0, 0.5),
            (0.71, 0.238_852_068_089_986_7),
            (3.0, 0.001_349_898_031_630_093_3),
            (12.0, 1.776_482_112_077_653e-33),
        ];
        for (z, p) in tails {
            assert!((normal_tail(z) - p).abs() <= 1e-13 * p, "{z}: {}", normal_tail(z));
        }
        for (share, z) in [
            (1e-6, -4.753_424_308_822_899),
            (0.025, -1.959_963_984_540_054_5),
            (0.5, 0.0),
            (0.8, 0.841_621_233_572_914_3),
        ] {
            assert!((normal_quantile(share) - z).abs() < 1e-14, "{share}: {}", normal_quantile(share));
        }
        assert_eq!((normal_tail(f64::INFINITY), normal_tail(f64::NEG_INFINITY), normal_tail(1e-200)), (0.0, 1.0, 0.5));
    }
}
