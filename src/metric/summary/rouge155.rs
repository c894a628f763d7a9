//! ROUGE in mode `ROUGE-1.5.5`.

use super::{SummaryMetric, Texts};
use crate::metric::corpus::{Corpus, Formula};
use crate::metric::options::Counting;
use crate::metric::rouge::Prf;
use crate::metric::rouge155::{Rouge155Variant, count};
use crate::metric::{Headline, Name, Options, Outcome, Signature, Statistic, StatisticKey};
use crate::text::Tokenizer;

/// ROUGE-N, L, W, S and SU as the perl program ROUGE-1.5.5 computes them.
pub struct Rouge155;

impl SummaryMetric for Rouge155 {
    fn names(&self, options: &Options) -> Vec<Name> {
        options.summaries.rouge155.kinds().iter().map(|kind| kind.to_string().into()).collect()
    }

    fn signature(&self, name: &str, options: &Options) -> Signature {
        let options = &options.summaries.rouge155;
        let kind = options.kinds().into_iter().find(|kind| kind.to_string() == name);
        kind.map(|kind| options.signature(kind)).unwrap_or_default()
    }

    fn headline(&self) -> Option<Headline> {
        Some(Headline::new("rouge1", "f1"))
    }

    fn count(&self, texts: &Texts<'_>, options: &Options, wanted: &dyn Fn(&str) -> bool, outcome: &mut Outcome) {
        let options = &options.summaries.rouge155;
        let kinds: Vec<Rouge155Variant> =
            options.kinds().into_iter().filter(|kind| wanted(&kind.to_string())).collect();
        if kinds.is_empty() || texts.references.is_empty() {
            return;
        }
        let alpha = options.alpha;
        for (kind, hits) in kinds.iter().zip(count(&kinds, &texts.references, texts.hypothesis, options)) {
            let statistic = match options.counting {
                Counting::Documents => {
                    let weight = (*kind == Rouge155Variant::W).then_some(options.weight);
                    let Prf { precision, recall, f1 } = hits.rounded(alpha, weight);
                    Statistic::Mean { precision, recall, f1, documents: 1 }
                }
                Counting::Tokens | Counting::Counts => {
                    let sums = vec![hits.references, hits.summary, hits.hits];
                    Statistic::Corpus(Corpus { formula: Formula::Hits { alpha }, sums })
                }
            };
            outcome.statistics.add(StatisticKey::whole(kind.to_string()), statistic);
        }
        let emptied = |what: &str| format!("the tokenizer `{}` leaves nothing of {what}", Tokenizer::Rouge155);
        if Tokenizer::Rouge155.empties(texts.hypothesis) {
            outcome.warnings.push(emptied("the summary"));
        }
        if texts.references.iter().any(|reference| Tokenizer::Rouge155.empties(reference)) {
            outcome.warnings.push(emptied("a reference"));
        }
    }
}
