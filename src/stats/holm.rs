//! Holm's correction for multiple tests (1979), which controls the family-wise error rate.

/// Holm's adjusted p-values, in the order of `p`: the smallest p-value times n, the next times n -
/// 1, and so on, made monotone from the smallest up and at most 1.
pub fn holm(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|a, b| p[*a].total_cmp(&p[*b]));
    let mut adjusted = vec![0.0; p.len()];
    let mut least = 0.0_f64;
    for (rank, at) in order.into_iter().enumerate() {
        least = least.max((p.len() - rank) as f64 * p[at]).min(1.0);
        adjusted[at] = least;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::holm;

    #[test]
    fn by_hand() {
        assert_eq!(holm(&[0.0625, 0.5, 0.03125, 0.125]), [0.1875, 0.5, 0.125, 0.25]);
        assert_eq!(holm(&[0.25, 0.25, 0.25]), [0.75, 0.75, 0.75]);
        assert_eq!(holm(&[0.75, 0.5]), [1.0, 1.0]);
        assert!(holm(&[]).is_empty());
    }
}
