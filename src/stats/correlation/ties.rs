//! Values that are equal but for rounding.

/// How far apart two values may be, as a share of the largest number they were computed from, to be the same but for rounding.
const ROUNDING: f64 = 1e-12;

/// Makes values equal that differ by rounding alone: sorted, each that is nearer than 1e-12 of `most` to the one before it
/// takes that one's value. `most` is the size of the largest number that the values were computed from; the values
/// themselves may be far smaller, where positive and negative numbers cancel out.
///
/// Means of the same numbers in another order differ in their last bits, and coefficients of ranks would see an order there.
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
        // What is left when 1 and -1 cancel out.
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
