//! How much of what varies does so within documents that were asked about again.

use super::summary::{mean, variance};

/// Of the variance of a figure, the share that lies within documents: 0 to 1. `repeats` has a row a repeat, with the figure
/// over each document; documents that it is not defined for in every repeat are left out. `None` where nothing varies, and with
/// fewer than two documents or repeats.
///
/// The components of a one-way layout with random effects: the mean variance inside, and the variance of the documents' means
/// less the share of the former that is in it (Searle, Casella and McCulloch, Variance Components, 1992, section 3.6).
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
        // Variances inside of .02, means .2, .5, .8 of variance .09: .02 / (.02 + .09 - .01).
        let share = within_share(&rows([[0.1, 0.4, 0.7], [0.3, 0.6, 0.9]])).unwrap();
        assert!((share - 0.2).abs() < 1e-12);
    }
}
