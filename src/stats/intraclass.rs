//! The intraclass decomposition of variance: how much lies within documents that were run
//! repeatedly.

use super::summary::{mean, variance};

/// The proportion of the variance of a figure that lies within documents, 0 to 1: one minus the
/// intraclass correlation. `repeats` has one row per repeat, with the figure for each document.
/// Documents with an undefined figure in some repeat are left out. `None` if there is no variance,
/// or with fewer than two documents or repeats.
///
/// The variance components are those of a one-way random-effects layout: the mean variance within
/// documents, and the variance of the documents' means minus the part of it that is due to the
/// former (Searle, Casella and McCulloch, Variance Components, 1992, section 3.6).
pub fn within_share(repeats: &[Vec<Option<f64>>]) -> Option<f64> {
    let documents = repeats.first()?.len();
    let of = |at: usize| repeats.iter().map(|row| row.get(at).copied().flatten()).collect::<Option<Vec<f64>>>();
    let by_document: Vec<Vec<f64>> = (0..documents).filter_map(of).collect();
    let inside: Vec<f64> = by_document.iter().filter_map(|values| variance(values)).collect();
    let means: Vec<f64> = by_document.iter().filter_map(|values| mean(values)).collect();
    let inside = mean(&inside)?;
    let between = (variance(&means)? - inside / repeats.len() as f64).max(0.0);
    (inside + between > 0.0).then(|| inside / (inside + between))
}

#[cfg(test)]
mod tests {
    use super::within_share;

    #[test]
    fn variance_lies_within_documents_or_between_them() {
        let rows = |of: [[f64; 3]; 2]| of.map(|values| values.map(Some).to_vec());
        assert_eq!(within_share(&rows([[0.1, 0.5, 0.9], [0.1, 0.5, 0.9]])), Some(0.0));
        assert_eq!(within_share(&rows([[0.1, 0.1, 0.1], [0.3, 0.3, 0.3]])), Some(1.0));
        assert_eq!(within_share(&rows([[0.5; 3], [0.5; 3]])), None);
        assert_eq!(within_share(&rows([[0.1, 0.4, 0.7], [0.3, 0.6, 0.9]])[..1]), None);
        // Variances within documents of .02; means .2, .5, .8 of variance .09: .02 / (.02 + .09 -
        // .01).
        let share = within_share(&rows([[0.1, 0.4, 0.7], [0.3, 0.6, 0.9]])).unwrap();
        assert!((share - 0.2).abs() < 1e-12);
    }
}
