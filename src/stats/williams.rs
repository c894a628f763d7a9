//! Williams' test of two dependent correlations that share a variable (Williams 1959, in the form
//! that Steiger 1980 recommends), which Graham and Baldwin 2014 use to compare metrics by their
//! correlation with human ratings.

use statrs::function::beta::beta_reg;

/// The result of the test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Williams {
    /// The statistic; positive if the first correlation is larger.
    pub t: f64,
    /// Degrees of freedom: n - 3.
    pub df: f64,
    /// The two-sided p-value.
    pub p: f64,
    /// The one-sided p-value for the alternative that the first correlation is larger.
    pub p_greater: f64,
    /// The one-sided p-value for the alternative that the first correlation is smaller.
    pub p_less: f64,
}

/// Tests whether `first`, the correlation of one metric with the ratings, equals `second`, that of
/// another metric. `between` is the correlation of the metrics with each other; all are over the
/// same `n` observations.
///
/// `t = (first - second) sqrt((n - 1)(1 + between) / (2 (n - 1)/(n - 3) D + m^2 (1 - between)^3))`
/// with the determinant `D` of the correlation matrix of the three variables and the mean `m` of
/// the first two correlations; Student's t with n - 3 degrees of freedom. `None` for fewer than
/// four observations, or if the metrics are equal or opposite.
pub fn williams(first: f64, second: f64, between: f64, n: usize) -> Option<Williams> {
    if n < 4 || 1.0 - between.abs() <= 1e-12 {
        return None;
    }
    let trials = n as f64;
    let df = trials - 3.0;
    let determinant = 1.0 - first * first - second * second - between * between + 2.0 * first * second * between;
    let mean = f64::midpoint(first, second);
    let below = 2.0 * (trials - 1.0) / df * determinant + mean * mean * (1.0 - between).powi(3);
    let t = (first - second) * ((trials - 1.0) * (1.0 + between) / below).sqrt();
    if !t.is_finite() {
        return None;
    }
    let p = beta_reg(df / 2.0, 0.5, df / (df + t * t));
    let (near, far) = (p / 2.0, 1.0 - p / 2.0);
    let (p_greater, p_less) = if t > 0.0 { (near, far) } else { (far, near) };
    Some(Williams { t, df, p, p_greater, p_less })
}

#[cfg(test)]
mod tests {
    use super::williams;

    /// Reference values of numpy 2.4.6 (the determinant by `linalg.det`) and scipy 1.17.1
    /// (`stats.t.sf`).
    #[test]
    fn of_an_example() {
        let found = williams(0.5, 0.4, 0.6, 103).unwrap();
        assert!((found.t - 1.295_927_088_619_201_8).abs() < 1e-12, "{found:?}");
        assert!((found.p - 0.197_983_740_559_804_94).abs() < 1e-12, "{found:?}");
        let back = williams(0.4, 0.5, 0.6, 103).unwrap();
        assert_eq!((back.t, back.p, back.p_greater, back.p_less), (-found.t, found.p, found.p_less, found.p_greater));
        assert!((found.p_greater + found.p_less - 1.0).abs() < 1e-15 && found.p_greater < 0.5);
    }

    #[test]
    fn equal_correlations_do_not_differ() {
        let found = williams(0.5, 0.5, 0.2, 10).unwrap();
        assert_eq!((found.t, found.p, found.p_greater, found.p_less), (0.0, 1.0, 0.5, 0.5));
    }

    #[test]
    fn nothing_to_compare() {
        assert_eq!(williams(0.5, 0.4, 0.6, 3), None);
        assert_eq!(williams(0.5, 0.5, 1.0, 100), None);
        assert_eq!(williams(0.5, -0.5, -1.0, 100), None);
    }
}
