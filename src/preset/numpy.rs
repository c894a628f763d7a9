//! Summation in the order in which NumPy adds, on which the last digit of an average depends.

/// Returns the sum of an array as `numpy.sum` computes it: pairwise above 128 numbers, with eight
/// accumulators from eight numbers on.
pub(super) fn sum(values: &[f64]) -> f64 {
    match values.len() {
        0..8 => values.iter().sum(),
        8..=128 => {
            let (blocks, rest) = values.as_chunks::<8>();
            let mut lanes = blocks[0];
            for block in &blocks[1..] {
                for (lane, value) in lanes.iter_mut().zip(block) {
                    *lane += value;
                }
            }
            let [a, b, c, d, e, f, g, h] = lanes;
            rest.iter().fold(((a + b) + (c + d)) + ((e + f) + (g + h)), |sum, value| sum + value)
        }
        length => {
            let half = length / 2;
            let (left, right) = values.split_at(half - half % 8);
            sum(left) + sum(right)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::sum;

    /// NumPy 2.3 printed the second; adding from left to right gives another last digit.
    #[test]
    fn adds_in_the_order_of_numpy() {
        let thirds: Vec<f64> = (1..=200).map(|n| 1.0 / f64::from(n)).collect();
        assert_ne!(sum(&thirds), thirds.iter().sum::<f64>());
        assert_eq!(sum(&thirds), NUMPY);
        assert_eq!(sum(&[0.1, 0.2, 0.3]), 0.1 + 0.2 + 0.3);
    }

    const NUMPY: f64 = 5.878030948121444;
}
