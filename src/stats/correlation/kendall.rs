//! Kendall's tau-b (1945), which corrects for ties in both lists.
//!
//! `(C - D) / sqrt((P - Tx) (P - Ty))`: the number of concordant pairs `C` minus discordant pairs
//! `D`, over the number of pairs `P` without those that are tied in x and in y. `D` is counted as
//! the inversions of a merge sort (Knight 1966).

/// Length below which comparing all pairs is faster than sorting.
const SHORT: usize = 40;

/// Kendall's tau-b of two lists of equal length, in O(n log n).
///
/// `None` for fewer than two pairs, if one list is constant, or if a number is not finite.
pub fn kendall(x: &[f64], y: &[f64]) -> Option<f64> {
    if x.len() != y.len() || x.iter().chain(y).any(|value| !value.is_finite()) {
        return None;
    }
    let pairs = if x.len() < SHORT { by_pairs(x, y) } else { by_sorting(x, y) };
    let (x, y) = (pairs.untied_in_x as f64, pairs.untied_in_y as f64);
    (x > 0.0 && y > 0.0).then(|| (pairs.concordant_less_discordant as f64 / x.sqrt() / y.sqrt()).clamp(-1.0, 1.0))
}

/// Counts of pairs.
#[derive(Debug, PartialEq)]
struct Pairs {
    concordant_less_discordant: i64,
    untied_in_x: i64,
    untied_in_y: i64,
}

fn by_pairs(x: &[f64], y: &[f64]) -> Pairs {
    let sign = |a: f64, b: f64| i64::from(a > b) - i64::from(a < b);
    let mut pairs = Pairs { concordant_less_discordant: 0, untied_in_x: 0, untied_in_y: 0 };
    for at in 1..x.len() {
        for before in 0..at {
            let (in_x, in_y) = (sign(x[at], x[before]), sign(y[at], y[before]));
            pairs.concordant_less_discordant += in_x * in_y;
            pairs.untied_in_x += in_x * in_x;
            pairs.untied_in_y += in_y * in_y;
        }
    }
    pairs
}

fn by_sorting(x: &[f64], y: &[f64]) -> Pairs {
    let mut points: Vec<(f64, f64)> = x.iter().copied().zip(y.iter().copied()).collect();
    points.sort_unstable_by(|a, b| compare(a.0, b.0).then(compare(a.1, b.1)));
    let all = choose_two(points.len());
    let tied_in_x = tied(&points, |a, b| a.0 == b.0);
    let tied_in_both = tied(&points, |a, b| a == b);
    let mut in_y: Vec<f64> = points.iter().map(|point| point.1).collect();
    let discordant = inversions(&mut in_y, &mut vec![0.0; points.len()]);
    let tied_in_y = tied(&in_y, |a, b| a == b);
    let concordant = all - tied_in_x - tied_in_y + tied_in_both - discordant;
    Pairs {
        concordant_less_discordant: concordant - discordant,
        untied_in_x: all - tied_in_x,
        untied_in_y: all - tied_in_y,
    }
}

/// The order of finite numbers, in which 0 and -0 are equal.
fn compare(a: f64, b: f64) -> std::cmp::Ordering {
    a.partial_cmp(&b).unwrap_or(std::cmp::Ordering::Equal)
}

fn choose_two(n: usize) -> i64 {
    let n = n as i64;
    n * (n - 1) / 2
}

/// Number of pairs of equal items in a sorted list.
fn tied<T>(sorted: &[T], same: impl Fn(&T, &T) -> bool) -> i64 {
    sorted.chunk_by(|a, b| same(a, b)).map(|equal| choose_two(equal.len())).sum()
}

/// Sorts the values, and returns the number of pairs that were in descending order.
fn inversions(values: &mut [f64], room: &mut [f64]) -> i64 {
    let middle = values.len() / 2;
    if middle == 0 {
        return 0;
    }
    let (left, right) = values.split_at_mut(middle);
    let mut count = inversions(left, room) + inversions(right, room);
    let (mut i, mut j) = (0, 0);
    for statistic in &mut room[..left.len() + right.len()] {
        if j == right.len() || (i < left.len() && left[i] <= right[j]) {
            *statistic = left[i];
            i += 1;
        } else {
            *statistic = right[j];
            j += 1;
            // The value moves before all that remain of the left half.
            count += (left.len() - i) as i64;
        }
    }
    let length = values.len();
    values.copy_from_slice(&room[..length]);
    count
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{by_pairs, by_sorting, kendall};

    /// Reference values of scipy 1.17.1 (`stats.kendalltau`).
    #[test]
    fn as_scipy_has_it() {
        let near = |x: &[f64], y: &[f64], tau: f64| assert!((kendall(x, y).unwrap() - tau).abs() < 1e-15, "{x:?}");
        near(&[12.0, 2.0, 1.0, 12.0, 2.0], &[1.0, 4.0, 7.0, 1.0, 0.0], -0.471_404_520_791_031_6);
        near(&[0.1, 0.4, 0.4, 0.9], &[3.0, 1.0, 2.0, 2.0], -0.4);
    }

    #[test]
    fn undefined_where_a_side_is_constant_or_not_finite() {
        assert_eq!(kendall(&[1.0, 1.0], &[1.0, 2.0]), None);
        assert_eq!(kendall(&[1.0; 100], &[1.0; 100]), None);
        assert_eq!(kendall(&[1.0], &[1.0]), None);
        assert_eq!(kendall(&[], &[]), None);
        assert_eq!(kendall(&[1.0, f64::NAN], &[1.0, 2.0]), None);
    }

    proptest! {
        #[test]
        fn both_ways_of_counting_agree(points in prop::collection::vec((0..12_u8, 0..9_u8), 0..90)) {
            let (x, y): (Vec<f64>, Vec<f64>) =
                points.iter().map(|(x, y)| (f64::from(*x) - 3.0, -0.0 * f64::from(*y) + f64::from(*y))).unzip();
            prop_assert_eq!(by_pairs(&x, &y), by_sorting(&x, &y));
        }
    }
}
