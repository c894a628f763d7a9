//! The exact sign-flip test for few clusters, and the confidence bounds that follow from it. The t
//! distribution promises too much for a dozen documents, and nothing at all if they all moved
//! alike.
//!
//! The test takes the differences of the clusters, `d_c`, and asks how many of the `2^G` ways to
//! flip their signs give a mean at least as extreme as the observed one. Flipping the signs of a
//! subset S leaves the mean no smaller if and only if the mean of S is at most 0, so that a bound
//! at level alpha is an order statistic of the means of all non-empty subsets (Hartigan 1969).

/// The largest number of clusters that the exact test enumerates: 2^13 = 8,192 sign patterns.
pub const FEW: usize = 13;

/// The differences of at most [`FEW`] clusters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FewClusters {
    values: [f64; FEW],
    count: usize,
}

impl FewClusters {
    /// Stores the differences of the clusters; `None` if there are none, or more than [`FEW`].
    pub fn new(differences: &[f64]) -> Option<Self> {
        let count = differences.len();
        let mut values = [0.0; FEW];
        (1..=FEW).contains(&count).then(|| {
            values[..count].copy_from_slice(differences);
            Self { values, count }
        })
    }

    /// Returns the one-sided lower confidence bound of the mean; `None` if there are too few
    /// clusters to bound it at this level (below 5 at 5 %).
    pub fn lower(&self, alpha: f64) -> Option<f64> {
        self.smallest_mean(alpha, 1.0)
    }

    /// Returns the one-sided upper confidence bound of the mean; `None` if there are too few
    /// clusters to bound it at this level.
    pub fn upper(&self, alpha: f64) -> Option<f64> {
        self.smallest_mean(alpha, -1.0).map(|bound| 0.0 - bound)
    }

    /// Returns the one-sided p-value of a mean below 0, from 2^-G to 1.
    pub fn p_below(&self) -> f64 {
        self.p(1.0)
    }

    /// Returns the one-sided p-value of a mean above 0, from 2^-G to 1.
    pub fn p_above(&self) -> f64 {
        self.p(-1.0)
    }

    /// Returns the mean of rank `floor(alpha * 2^G)` among the means of all non-empty subsets of
    /// the differences times `sign`.
    fn smallest_mean(&self, alpha: f64, sign: f64) -> Option<f64> {
        let patterns = f64::from(1_u32 << self.count);
        let rank = (alpha * patterns + ROUNDING).floor() as usize;
        let mut means: Vec<f64> = self.subsets().map(|(sum, count)| sign * sum / count as f64).collect();
        let rank = rank.min(means.len());
        if rank == 0 {
            return None;
        }
        let (_, bound, _) = means.select_nth_unstable_by(rank - 1, f64::total_cmp);
        // A bound that is 0 but for rounding must not decide on the side of a difference.
        Some(if bound.abs() <= ROUNDING * self.largest() { 0.0 } else { *bound })
    }

    fn p(&self, sign: f64) -> f64 {
        let least = -ROUNDING * self.largest();
        let as_extreme = self.subsets().filter(|(sum, _)| sign * sum >= least).count();
        // The empty subset is the observed signs.
        (1 + as_extreme) as f64 / f64::from(1_u32 << self.count)
    }

    /// Returns the largest size of a difference.
    fn largest(&self) -> f64 {
        self.values[..self.count].iter().fold(0.0, |most, value| most.max(value.abs()))
    }

    /// Iterates over the non-empty subsets as their sums and sizes.
    fn subsets(&self) -> impl Iterator<Item = (f64, u32)> {
        let values = self.values;
        (1_u32..1 << self.count).map(move |subset| {
            let members = values.iter().enumerate().filter(|(at, _)| subset >> at & 1 == 1);
            (members.map(|(_, value)| value).sum(), subset.count_ones())
        })
    }
}

/// Relative size of a sum that is 0 but for rounding.
const ROUNDING: f64 = 1e-12;

#[cfg(test)]
mod tests {
    use super::FewClusters;

    fn few(values: &[f64]) -> FewClusters {
        FewClusters::new(values).unwrap()
    }

    /// By hand: of 32 sign patterns of five clusters, 5 % allows one, so the bound is the smallest
    /// mean of a subset, which is the smallest value.
    #[test]
    fn five_clusters_are_bounded_by_their_extremes() {
        let found = few(&[0.1, -0.2, 0.3, 0.05, 0.4]);
        assert_eq!((found.lower(0.05), found.upper(0.05)), (Some(-0.2), Some(0.4)));
        assert_eq!(few(&[0.1, 0.2, 0.3, 0.4]).lower(0.05), None);
    }

    /// scipy 1.17.1: `stats.permutation_test((x,), np.mean, permutation_type="samples",
    /// alternative="less", n_resamples=np.inf)` on these values gives 0.171875 (11 of 64), and
    /// "greater" 0.875 (56 of 64).
    #[test]
    fn p_values_count_sign_patterns() {
        let found = few(&[-0.5, -0.25, 0.125, -0.375, 0.25, -0.0625]);
        let by_hand = |is_extreme: fn(f64, f64) -> bool| {
            let values = [-0.5, -0.25, 0.125, -0.375, 0.25, -0.0625];
            let observed: f64 = values.iter().sum();
            let sum = |signs: u32| -> f64 {
                values.iter().enumerate().map(|(at, value)| if signs >> at & 1 == 1 { -value } else { *value }).sum()
            };
            (0..64).filter(|signs| is_extreme(sum(*signs), observed)).count() as f64 / 64.0
        };
        assert_eq!(found.p_below(), by_hand(|sum, observed| sum <= observed));
        assert_eq!(found.p_above(), by_hand(|sum, observed| sum >= observed));
        assert_eq!((found.p_below(), found.p_above()), (0.171_875, 0.875));
    }

    #[test]
    fn a_uniform_shift_is_bounded_by_itself() {
        let found = few(&[-1.0; 12]);
        assert_eq!((found.lower(0.05), found.upper(0.05)), (Some(-1.0), Some(-1.0)));
        assert_eq!((found.p_below(), found.p_above()), (1.0 / 4096.0, 1.0));
    }

    /// Seven clusters fell by a third, up to rounding, and one rose by as much. From above, the
    /// rise alone has a mean of 1/3, and the rise with one of seven falls a mean of 0, which is the
    /// sixth.
    #[test]
    fn a_bound_of_zero_is_exact() {
        let third = 1.0_f64 / 3.0;
        let mut differences = [-third.next_up(); 8];
        differences[3] = third;
        assert_eq!(few(&differences).upper(0.025), Some(0.0));
    }

    /// The bound is the value at which the p-value crosses the level.
    #[test]
    fn bounds_invert_the_test() {
        let values = [0.31, -0.12, 0.05, 0.27, -0.33, 0.41, 0.08];
        let lower = few(&values).lower(0.05).unwrap();
        let p_above = |mean: f64| few(&values.map(|value| value - mean)).p_above();
        assert!(p_above(lower + 1e-6) > 0.05 && p_above(lower - 1e-6) <= 0.05);
    }
}
