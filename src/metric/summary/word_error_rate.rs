//! The word error rate at corpus level: sums over documents, then one ratio.

use super::{SummaryMetric, Texts};
use crate::metric::corpus::{Corpus, Formula};
use crate::metric::{Direction, Name, Options, Outcome, Signature, Statistic, StatisticKey};

/// The word error rate: insertions, deletions and substitutions divided by the words of the
/// reference.
pub struct EditDistance;

const EDIT_DISTANCE: &str = "edit_distance";

impl SummaryMetric for EditDistance {
    fn names(&self, _: &Options) -> Vec<Name> {
        vec![EDIT_DISTANCE.into()]
    }

    fn signature(&self, _: &str, options: &Options) -> Signature {
        options.summaries.edit_distance.signature()
    }

    fn direction(&self, name: &str) -> Direction {
        if name == EDIT_DISTANCE { Direction::Lower } else { Direction::Higher }
    }

    fn count(&self, texts: &Texts<'_>, options: &Options, wanted: &dyn Fn(&str) -> bool, outcome: &mut Outcome) {
        if wanted(EDIT_DISTANCE) && !texts.references.is_empty() {
            let sums = options.summaries.edit_distance.count(&texts.references, texts.hypothesis);
            outcome.statistics.add(
                StatisticKey::whole(EDIT_DISTANCE),
                Statistic::Corpus(Corpus { formula: Formula::WordErrors, sums }),
            );
        }
    }
}
