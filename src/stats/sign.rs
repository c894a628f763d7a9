//! The exact sign test, which on pass-or-fail documents is McNemar's exact test (1947).

use super::binomial_test;

/// The two-sided p-value of `wins` against `losses` among the documents on which two systems
/// differ. Documents on which they do not differ are left out.
///
/// 1 if there are none.
pub fn sign_test(wins: u64, losses: u64) -> f64 {
    binomial_test(wins, wins + losses, 0.5)
}

#[cfg(test)]
mod tests {
    use super::sign_test;

    /// Reference values of statsmodels 0.15.0 (`mcnemar([[10, wins], [losses, 10]],
    /// exact=True).pvalue`).
    #[test]
    fn as_the_exact_test_of_mcnemar() {
        let printed = [
            (7, 2, 0.179_687_5),
            (12, 3, 0.035_156_25),
            (30, 50, 0.032_992_618_426_476_19),
            (1, 0, 1.0),
            (4, 4, 1.0),
            (0, 0, 1.0),
        ];
        for (wins, losses, p) in printed {
            assert!((sign_test(wins, losses) - p).abs() < 1e-12, "{wins} to {losses}");
            assert_eq!(sign_test(wins, losses), sign_test(losses, wins));
        }
    }
}
