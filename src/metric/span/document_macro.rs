//! Precision, recall and F1 averaged over documents, as the HIPE scorer 2022 reports beside the
//! sums: documents of any length count alike. A document without predictions has no precision, one
//! without gold entities no recall, and one without either of both no F1; it is left out of the
//! average of that figure.

use super::scheme::MatchingScheme;
use crate::metric::{Name, Options, Statistic, StatisticKey, Statistics};

/// HIPE's regimes: strict, and fuzzy, which is `type`.
const SCHEMES: [MatchingScheme; 2] = [MatchingScheme::Strict, MatchingScheme::Type];

fn name(scheme: MatchingScheme, stat: &str) -> Name {
    format!("document-macro-{}-{stat}", scheme.name()).into()
}

/// Returns the names of the metrics.
pub(super) fn metrics(options: &Options) -> Vec<Name> {
    let schemes = SCHEMES.iter().filter(|_| options.spans.document_macro);
    schemes.flat_map(|scheme| ["precision", "recall", "f1"].map(|stat| name(*scheme, stat))).collect()
}

/// Counts a document, whose sums by scheme are already in `statistics`.
pub(super) fn count(options: &Options, statistics: &mut Statistics) {
    for scheme in SCHEMES.into_iter().filter(|_| options.spans.document_macro) {
        let Some(Statistic::Matches { counts, predicted, .. }) = statistics.get(&StatisticKey::whole(scheme.name()))
        else {
            continue;
        };
        let (correct, predicted, gold) = (counts.correct as f64, *predicted, counts.possible());
        let figures = [
            ("precision", predicted > 0, correct / predicted as f64),
            ("recall", gold > 0, correct / gold as f64),
            ("f1", predicted > 0 && gold > 0, 2.0 * correct / (predicted + gold) as f64),
        ];
        for (stat, is_defined, value) in figures {
            let average = match is_defined {
                true => Statistic::Average { sum: value, documents: 1 },
                false => Statistic::Average { sum: 0.0, documents: 0 },
            };
            statistics.add(StatisticKey::whole(name(scheme, stat)), average);
        }
    }
}
