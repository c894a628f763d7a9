//! The nugget scores of TREC 2024's RAG track (Pradeep et al. 2024, "Initial Nugget Evaluation
//! Results for the TREC 2024 RAG Track with the AutoNuggetizer Framework"; Pradeep et al. 2025,
//! "The Great Nugget Recall"), as nuggetizer computes them.
//!
//! A key point is vital from a configured weight, and okay below it. The scores of a document are
//! the mean credit of its vital points (`vital`), of all points (`all`), and of all points where
//! okay ones have half the weight (`vital_okay`, the papers' weighted score). The strict forms give
//! no credit for partial support.

use crate::document::Support;

/// The forms in report order: name, whether partial support has no credit, and the weights of a
/// vital and an okay point in halves.
pub(super) const FORMS: [(&str, bool, u64, u64); 6] = [
    ("strict_vital", true, 2, 0),
    ("vital", false, 2, 0),
    ("strict_all", true, 2, 2),
    ("all", false, 2, 2),
    ("strict_vital_okay", true, 2, 1),
    ("vital_okay", false, 2, 1),
];

/// Returns the score of one document in one form, 0 to 1; `None` if no point counts. Points are
/// given as (is vital, support).
pub(super) fn score(points: &[(bool, Support)], form: &str) -> Option<f64> {
    let &(_, strict, vital, okay) = FORMS.iter().find(|(name, ..)| *name == form)?;
    let (mut earned, mut possible) = (0, 0);
    for (is_vital, support) in points {
        let weight = if *is_vital { vital } else { okay };
        let credit = if strict && *support == Support::Partial { 0 } else { support.credit2() };
        earned += weight * credit;
        possible += weight * 2;
    }
    (possible > 0).then(|| earned as f64 / possible as f64)
}

#[cfg(test)]
mod tests {
    use super::{FORMS, score};
    use crate::document::Support::{Full, Not, Partial};

    /// Computed by hand: vital full, partial and none; okay full, partial.
    #[test]
    fn five_points() {
        let points = [(true, Full), (true, Partial), (true, Not), (false, Full), (false, Partial)];
        let expected = [1.0 / 3.0, 1.5 / 3.0, 2.0 / 5.0, 3.0 / 5.0, 1.5 / 4.0, 2.25 / 4.0];
        for ((form, ..), expected) in FORMS.iter().zip(expected) {
            assert_eq!(score(&points, form), Some(expected), "{form}");
        }
    }

    #[test]
    fn without_a_vital_point_there_is_no_vital_score() {
        assert_eq!(score(&[(false, Full)], "vital"), None);
        assert_eq!(score(&[(false, Full)], "vital_okay"), Some(1.0));
        assert_eq!(score(&[], "all"), None);
    }
}
