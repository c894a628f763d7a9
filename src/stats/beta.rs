//! Quantiles of the beta distribution.

use statrs::function::beta::{beta_reg, ln_beta};

use super::newton::solve;

/// The quantile of order `share`, 0 to 1, of the beta distribution with parameters `a` and `b`,
/// both above 0.
///
/// The quantile function of statrs 0.19 is not used, because it does not terminate if a parameter
/// is some millions.
pub(super) fn beta_quantile(a: f64, b: f64, share: f64) -> f64 {
    let scale = ln_beta(a, b);
    let step = |x: f64| {
        let density = ((a - 1.0) * x.ln() + (b - 1.0) * (-x).ln_1p() - scale).exp();
        (share - beta_reg(a, b, x)) / density
    };
    solve(a / (a + b), (0.0, 1.0), step)
}

#[cfg(test)]
mod tests {
    use super::beta_quantile;

    /// Reference values of scipy 1.17.1 (`stats.beta.ppf`).
    #[test]
    fn as_scipy_has_it() {
        let printed = [
            (5.0, 1.0, 0.025, 0.478_176_249_895_018_5),
            (1.0, 1.0, 0.5, 0.5),
            (2.5, 7.5, 0.9, 0.431_066_332_514_247_2),
            (1.0, 400.0, 0.975, 0.009_179_804_583_665_26),
            (300.0, 200.0, 0.05, 0.563_767_599_487_785_8),
        ];
        for (a, b, share, x) in printed {
            assert!((beta_quantile(a, b, share) - x).abs() < 1e-12, "{a} {b} {share}");
        }
    }
}
