//! Removal of differences that are due to rounding.

/// Tolerance for rounding, relative to the largest number that values were computed from.
const ROUNDING: f64 = 1e-12;

/// Makes values equal that differ only by rounding: in ascending order, a value that exceeds the
/// one before it by at most 1e-12 of `most` is replaced by it. `most` is the absolute value of the
/// largest number that the values were computed from; the values themselves may be far smaller if
/// positive and negative numbers cancel.
///
/// Means of the same numbers in another order differ in their last bits, which rank coefficients
/// would take for an order.
pub fn settle(values: &mut [f64], most: f64) {
    let mut order: Vec<u32> = (0..values.len() as u32).collect();
    order.sort_unstable_by(|a, b| values[*a as usize].total_cmp(&values[*b as usize]));
    for pair in 1..order.len() {
        let (before, at) = (order[pair - 1] as usize, order[pair] as usize);
        if values[at] - values[before] <= ROUNDING * most {
            values[at] = values[before];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::settle;

    #[test]
    fn rounding_is_no_difference() {
        let (one, other) = ((0.1 + 0.2) + 0.3, 0.1 + (0.2 + 0.3));
        assert!(one != other);
        let mut values = [one, 2.0, other, -1.0];
        settle(&mut values, 2.0);
        assert_eq!(values, [other, 2.0, other, -1.0]);
        // Rounding errors that remain when 1 and -1 cancel.
        let mut values = [1e-17, -1e-17];
        settle(&mut values, 1.0);
        assert_eq!(values, [-1e-17, -1e-17]);
    }

    #[test]
    fn what_differs_stays() {
        let mut values = [1.0, 1.0 + 1e-9, 0.0, -1e-9];
        settle(&mut values, 1.0);
        assert_eq!(values, [1.0, 1.0 + 1e-9, 0.0, -1e-9]);
        settle(&mut [], 0.0);
    }
}
