//! Ranks predictions by their confidence.

use super::matching::Matching;
use super::scheme::MatchingScheme;
use crate::metric::options::RightUnder;
use crate::metric::{Options, Ranked, Statistics};

/// Counts a document.
pub(super) fn count(matching: &Matching<'_>, options: &Options, statistics: &mut Statistics) {
    let scheme = match options.confidence.scheme {
        RightUnder::Strict => MatchingScheme::Strict,
        RightUnder::Exact => MatchingScheme::Exact,
        RightUnder::Partial => MatchingScheme::Partial,
        RightUnder::Type => MatchingScheme::Type,
    };
    let mut ranked = Ranked::new(&options.confidence);
    for g in 0..matching.gold_items.len() {
        ranked.expect(Some(&matching.labels[matching.gold_label(g)]));
    }
    let mut predict = |p: usize, right: bool, same_label: bool| {
        let label = &matching.labels[matching.predicted_label(p)];
        ranked.predict(Some(label), matching.predicted[p].confidence, right, same_label);
    };
    for pair in &matching.pairs {
        predict(pair.predicted, scheme.is_right(matching, options, pair), pair.same_label);
    }
    matching.spurious.iter().for_each(|&p| predict(p, false, false));
    ranked.add_to(statistics);
}
