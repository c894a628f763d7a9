//! BLEU, chrF, chrF++ and TER at corpus level, over all documents together.

use std::collections::BTreeMap;

use super::{SummaryMetric, Texts};
use crate::document::{Annotations, Reference};
use crate::error::Diagnostic;
use crate::metric::corpus::{Corpus, Formula};
use crate::metric::options::ChrfOptions;
use crate::metric::{Direction, Name, Options, Outcome, Signature, Statistic, StatisticKey};

/// The metrics of sacreBLEU 2.6.0.
pub struct Sacrebleu {
    /// Whether all documents must have the same number of references, unless options allow
    /// different numbers.
    refuses_unequal: bool,
}

impl Sacrebleu {
    /// Accepts any numbers of references.
    pub const LENIENT: Self = Self { refuses_unequal: false };
    /// Requires equal numbers of references, as sacreBLEU does unless some are undefined.
    pub const STRICT: Self = Self { refuses_unequal: true };

    fn expects_equal(&self, options: &Options) -> bool {
        self.refuses_unequal && !options.summaries.variable_references
    }
}

const BLEU: &str = "bleu";
const CHRF: &str = "chrf";
const CHRF_WORDS: &str = "chrf++";
const TER: &str = "ter";

impl SummaryMetric for Sacrebleu {
    fn names(&self, _: &Options) -> Vec<Name> {
        [BLEU, CHRF, CHRF_WORDS, TER].map(Name::from).to_vec()
    }

    /// Returns the signature with a question mark for the number of references, which is known only
    /// after all documents.
    fn signature(&self, name: &str, options: &Options) -> Signature {
        let options = &options.summaries;
        match name {
            BLEU => options.bleu.signature(),
            TER => options.ter.signature(),
            _ => options.chrf.signature(name == CHRF_WORDS),
        }
    }

    fn direction(&self, name: &str) -> Direction {
        if name == TER { Direction::Lower } else { Direction::Higher }
    }

    fn number_in_common(&self, gold: &Annotations, options: &Options) -> Option<usize> {
        gold.summaries.as_ref().filter(|_| self.expects_equal(options)).map(Vec::len)
    }

    fn refuses_together(&self, references: &BTreeMap<String, Reference>, options: &Options) -> Vec<Diagnostic> {
        if self.expects_equal(options) { unequal(references) } else { Vec::new() }
    }

    fn count(&self, texts: &Texts<'_>, options: &Options, wanted: &dyn Fn(&str) -> bool, outcome: &mut Outcome) {
        let Texts { references, hypothesis, .. } = texts;
        if references.is_empty() {
            return;
        }
        let options = &options.summaries;
        let mut add = |name: &'static str, formula, counts: &[f64]| {
            let sums = Corpus::of_document(formula, references.len(), counts);
            outcome.statistics.add(StatisticKey::whole(name), Statistic::Corpus(sums));
        };
        if wanted(BLEU) {
            add(BLEU, Formula::Bleu(options.bleu), &options.bleu.count(references, hypothesis));
        }
        if wanted(CHRF) || wanted(CHRF_WORDS) {
            // If only chrF is requested, words are not counted.
            let orders = if wanted(CHRF_WORDS) { options.chrf } else { ChrfOptions { word_order: 0, ..options.chrf } };
            let counts = orders.count(references, hypothesis);
            for (name, counts) in [CHRF, CHRF_WORDS].into_iter().zip(&counts).filter(|(name, _)| wanted(name)) {
                add(name, Formula::Chrf(options.chrf), counts);
            }
        }
        if wanted(TER) {
            add(TER, Formula::Ter(options.ter), &options.ter.count(references, hypothesis));
        }
    }
}

/// Returns diagnostics for documents whose number of golden summaries differs from the most
/// frequent one, or from the higher one of ties.
fn unequal(references: &BTreeMap<String, Reference>) -> Vec<Diagnostic> {
    let count = |reference: &Reference| reference.gold.summaries.as_ref().map(Vec::len);
    let counts: Vec<(&String, usize)> = references.iter().filter_map(|(id, one)| Some((id, count(one)?))).collect();
    let mut by_count: BTreeMap<usize, usize> = BTreeMap::new();
    for (_, count) in &counts {
        *by_count.entry(*count).or_default() += 1;
    }
    let Some((&usual, _)) = by_count.iter().max_by_key(|(_, documents)| **documents) else { return Vec::new() };
    let diagnostic = |(id, count): &(&String, usize)| {
        Diagnostic {
        message: format!("{count} golden {} where most documents have {usual}", summaries(*count)),
        document: Some((*id).clone()),
        help: Some(
            "sacreBLEU expects as many references for every document; set `variable_references = true` under `[summaries]` \
             to score them as they are"
                .to_owned(),
        ),
        ..Diagnostic::default()
    }
    };
    counts.iter().filter(|(_, count)| *count != usual).map(diagnostic).collect()
}

fn summaries(count: usize) -> &'static str {
    if count == 1 { "summary" } else { "summaries" }
}
