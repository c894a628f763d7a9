//! Ranks, and Spearman's rank correlation (1904).

use super::pearson;

/// Ranks from 1, in ascending order of the values; ties get the mean of their ranks.
pub fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<u32> = (0..values.len() as u32).collect();
    order.sort_unstable_by(|a, b| values[*a as usize].total_cmp(&values[*b as usize]));
    let mut ranks = vec![0.0; values.len()];
    let mut before = 0;
    for equal in order.chunk_by(|a, b| values[*a as usize] == values[*b as usize]) {
        // The mean of the ranks from before + 1 to before + equal.len().
        let rank = before as f64 + (equal.len() + 1) as f64 / 2.0;
        equal.iter().for_each(|at| ranks[*at as usize] = rank);
        before += equal.len();
    }
    ranks
}

/// Spearman's rho of two lists of equal length: [`pearson()`] of their [`ranks`].
///
/// `None` for fewer than two pairs, if one list is constant, or if a number is not finite.
pub fn spearman(x: &[f64], y: &[f64]) -> Option<f64> {
    if x.iter().chain(y).any(|value| !value.is_finite()) {
        return None;
    }
    pearson(&ranks(x), &ranks(y))
}

#[cfg(test)]
mod tests {
    use super::{ranks, spearman};

    #[test]
    fn equal_values_share_their_ranks() {
        assert_eq!(ranks(&[3.0, 1.0, 3.0, 2.0]), [3.5, 1.0, 3.5, 2.0]);
        assert_eq!(ranks(&[0.0, -0.0, -1.0]), [2.5, 2.5, 1.0]);
        assert!(ranks(&[]).is_empty());
    }

    /// Reference values of scipy 1.17.1 (`stats.spearmanr`).
    #[test]
    fn as_scipy_has_it() {
        let near = |x: &[f64], y: &[f64], rho: f64| assert!((spearman(x, y).unwrap() - rho).abs() < 1e-15, "{x:?}");
        near(&[1.0, 2.0, 3.0, 4.0, 5.0], &[5.0, 6.0, 7.0, 8.0, 7.0], 0.820_782_681_668_123_3);
        near(&[0.1, 0.4, 0.4, 0.9], &[3.0, 1.0, 2.0, 2.0], -0.5);
    }

    #[test]
    fn undefined_where_a_side_is_constant_or_not_finite() {
        assert_eq!(spearman(&[1.0, 1.0], &[1.0, 2.0]), None);
        assert_eq!(spearman(&[1.0, f64::NAN], &[1.0, 2.0]), None);
        assert_eq!(spearman(&[1.0, f64::INFINITY], &[1.0, 2.0]), None);
    }
}
