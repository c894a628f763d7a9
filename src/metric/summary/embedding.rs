//! Similarity by word vectors, if the user configures a model: `summary.embedding` and
//! `summary.cosine`.

use super::{SummaryMetric, Texts};
use crate::metric::rouge::Prf;
use crate::metric::{Name, Options, Outcome, Signature, Statistic, StatisticKey};

/// Greedy matching of words, and the cosine of whole texts; with several references, each uses the
/// best one.
pub struct Embedding;

const GREEDY: &str = "embedding";
const COSINE: &str = "cosine";

impl Embedding {
    /// The metrics that need a model.
    pub const NAMES: [&str; 2] = [GREEDY, COSINE];
}

impl SummaryMetric for Embedding {
    fn names(&self, _: &Options) -> Vec<Name> {
        Self::NAMES.map(Name::from).into()
    }

    fn is_usual(&self, options: &Options) -> bool {
        options.summaries.embedder.is_some()
    }

    fn signature(&self, name: &str, options: &Options) -> Signature {
        let model = options.summaries.embedder.as_ref().map_or("none", |embedder| embedder.signature());
        let signature = Signature::of(name.to_owned()).with("model", model.to_owned());
        if name != GREEDY {
            return signature.with("references", "best");
        }
        signature.flag("greedy").with("tok", "unicode").with("idf", "no").with("references", "best-f1")
    }

    fn count(&self, texts: &Texts<'_>, options: &Options, wanted: &dyn Fn(&str) -> bool, outcome: &mut Outcome) {
        let Some(embedder) = &options.summaries.embedder else { return };
        if texts.references.is_empty() {
            return;
        }
        if wanted(GREEDY) {
            let scores = texts.references.iter().map(|reference| embedder.greedy(reference, texts.hypothesis));
            let best = scores.reduce(|best, score| if score.f1 > best.f1 { score } else { best });
            let Prf { precision, recall, f1 } = best.unwrap_or_default();
            outcome
                .statistics
                .add(StatisticKey::whole(GREEDY), Statistic::Mean { precision, recall, f1, documents: 1 });
        }
        if wanted(COSINE) {
            let cosines = texts.references.iter().map(|reference| embedder.cosine(reference, texts.hypothesis));
            let sum = cosines.fold(f64::NEG_INFINITY, f64::max);
            outcome.statistics.add(StatisticKey::whole(COSINE), Statistic::Average { sum, documents: 1 });
        }
    }
}
