//! METEOR, averaged over documents.

use super::{SummaryMetric, Texts};
use crate::metric::{Name, Options, Outcome, Signature, Statistic, StatisticKey};

/// METEOR's exact and stem stages.
pub struct Meteor;

const METEOR: &str = "meteor";

impl SummaryMetric for Meteor {
    fn names(&self, _: &Options) -> Vec<Name> {
        vec![METEOR.into()]
    }

    fn signature(&self, _: &str, options: &Options) -> Signature {
        options.summaries.meteor.signature()
    }

    fn count(&self, texts: &Texts<'_>, options: &Options, wanted: &dyn Fn(&str) -> bool, outcome: &mut Outcome) {
        if wanted(METEOR) && !texts.references.is_empty() {
            let sum = options.summaries.meteor.score(&texts.references, texts.hypothesis);
            outcome.statistics.add(StatisticKey::whole(METEOR), Statistic::Average { sum, documents: 1 });
        }
    }
}
