//! Cohen's kappa of ordered values, in which near disagreements count less than far ones.

/// How much a disagreement counts by the distance of the two values in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KappaWeights {
    /// As the distance.
    Linear,
    /// As the square of the distance.
    Quadratic,
}

/// Weighted kappa (Cohen 1968) of two annotators, from the square table of their values in order,
/// row-major: `1 - observed / expected` weighted disagreement, as scikit-learn's
/// `cohen_kappa_score(weights=...)` computes it. At most 1; `None` if the expected disagreement is
/// 0, since both use the same single value, or there are no units.
///
/// # Panics
/// Panics if the table is not square.
pub fn weighted_kappa(table: &[Vec<u64>], weights: KappaWeights) -> Option<f64> {
    assert!(table.iter().all(|row| row.len() == table.len()), "the table is square");
    let rows: Vec<u64> = table.iter().map(|row| row.iter().sum()).collect();
    let columns: Vec<u64> = (0..table.len()).map(|at| table.iter().map(|row| row[at]).sum()).collect();
    let all: u64 = rows.iter().sum();
    let (mut observed, mut expected) = (0_u128, 0_u128);
    for (at, row) in table.iter().enumerate() {
        for (other, count) in row.iter().enumerate() {
            let distance = at.abs_diff(other) as u128;
            let weight = if weights == KappaWeights::Linear { distance } else { distance * distance };
            observed += weight * u128::from(*count);
            expected += weight * u128::from(rows[at]) * u128::from(columns[other]);
        }
    }
    (expected > 0).then(|| 1.0 - (observed * u128::from(all)) as f64 / expected as f64)
}

#[cfg(test)]
mod tests {
    use super::{KappaWeights, weighted_kappa};

    /// By hand, of (0, 0, 1, 1, 2, 2, 2, 0) and (0, 1, 1, 2, 2, 2, 0, 0): disagreements of 1, 1 and
    /// 2 are expected to be 60 (linear) and 96 (quadratic) in 64.
    #[test]
    fn near_disagreements_count_less() {
        let table = [vec![2, 1, 0], vec![0, 1, 1], vec![1, 0, 2]];
        let linear = weighted_kappa(&table, KappaWeights::Linear).unwrap();
        let quadratic = weighted_kappa(&table, KappaWeights::Quadratic).unwrap();
        assert!((linear - 7.0 / 15.0).abs() < 1e-15, "{linear}");
        assert!((quadratic - 0.5).abs() < 1e-15, "{quadratic}");
    }

    #[test]
    fn one_value_alone_leaves_no_chance_to_correct_for() {
        assert_eq!(weighted_kappa(&[vec![3, 0], vec![0, 0]], KappaWeights::Linear), None);
        assert_eq!(weighted_kappa(&[], KappaWeights::Quadratic), None);
    }
}
