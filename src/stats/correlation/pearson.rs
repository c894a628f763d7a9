//! Pearson's product-moment correlation (1895).

/// Pearson's r of two lists of equal length, computed in two passes as sums of products of
/// deviations from the means.
///
/// `None` for fewer than two pairs, if one list is constant, or if a number is not finite.
pub fn pearson(x: &[f64], y: &[f64]) -> Option<f64> {
    if !is_varied(x) || !is_varied(y) || x.len() != y.len() {
        return None;
    }
    // Two points lie on a line exactly; rounding must not change that.
    if let ([a, b], [c, d]) = (x, y) {
        return Some(if (a < b) == (c < d) { 1.0 } else { -1.0 });
    }
    let (x_unit, y_unit) = (unit(x), unit(y));
    let (x_mean, y_mean) = (mean(x, x_unit), mean(y, y_unit));
    let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
    for (a, b) in x.iter().zip(y) {
        let (a, b) = (a * x_unit - x_mean, b * y_unit - y_mean);
        (xx, yy, xy) = (xx + a * a, yy + b * b, xy + a * b);
    }
    (xx > 0.0 && yy > 0.0).then(|| (xy / xx.sqrt() / yy.sqrt()).clamp(-1.0, 1.0))
}

/// Whether all values are finite and at least two differ.
fn is_varied(values: &[f64]) -> bool {
    values.iter().all(|value| value.is_finite()) && values.iter().any(|value| *value != values[0])
}

/// A scale factor that prevents overflow and underflow of squares; 1 except for extreme values.
fn unit(values: &[f64]) -> f64 {
    let most = values.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
    // A power of two, so that only values that are tiny beside the largest are rounded.
    if (1e-100..1e100).contains(&most) { 1.0 } else { 2.0_f64.powi(-(most.log2() as i32).clamp(-1000, 1000)) }
}

fn mean(values: &[f64], unit: f64) -> f64 {
    values.iter().map(|value| value * unit).sum::<f64>() / values.len() as f64
}

#[cfg(test)]
mod tests {
    use super::pearson;

    /// Reference values of scipy 1.17.1 (`stats.pearsonr`).
    #[test]
    fn as_scipy_has_it() {
        let near = |x: &[f64], y: &[f64], r: f64| assert!((pearson(x, y).unwrap() - r).abs() < 1e-15, "{x:?}");
        near(&[1.0, 2.0, 3.0, 4.0, 5.0], &[2.0, 1.0, 4.0, 3.0, 5.0], 0.8);
        near(&[0.1, 0.4, 0.4, 0.9], &[3.0, 1.0, 2.0, 2.0], -0.369_274_472_937_998_25);
        near(&[1e9, 1e9 + 1.0, 1e9 + 2.0], &[1.0, 3.0, 2.0], 0.5);
    }

    #[test]
    fn undefined_where_a_side_is_constant_or_not_finite() {
        assert_eq!(pearson(&[0.1, 0.1, 0.1], &[1.0, 2.0, 3.0]), None);
        assert_eq!(pearson(&[1.0, 2.0], &[0.0, -0.0]), None);
        assert_eq!(pearson(&[1.0], &[1.0]), None);
        assert_eq!(pearson(&[], &[]), None);
        assert_eq!(pearson(&[1.0, f64::NAN, 2.0], &[1.0, 2.0, 3.0]), None);
        assert_eq!(pearson(&[1.0, f64::INFINITY, 2.0], &[1.0, 2.0, 3.0]), None);
    }

    #[test]
    fn extreme_values_neither_overflow_nor_vanish() {
        for unit in [f64::MAX / 4.0, 1e200, 1e-200, 1e-310] {
            let x: Vec<f64> = [1.0, 2.0, 3.0, 4.0].iter().map(|value| value * unit).collect();
            let found = pearson(&x, &[1.0, 2.0, 4.0, 3.0]).unwrap();
            assert!((found - 0.8).abs() < 1e-12, "{unit}: {found}");
        }
    }
}
