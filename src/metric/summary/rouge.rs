//! ROUGE in mode `rouge_score-0.1.2`, averaged over documents.

use std::borrow::Cow;

use super::{SummaryMetric, Texts};
use crate::metric::options::Sentences;
use crate::metric::rouge::{MODE, Prf, RougeVariant, Scorer};
use crate::metric::{Headline, Name, Options, Outcome, Signature, Statistic, StatisticKey};
use crate::text::{Stemmer, Tokenizer};

/// ROUGE-1 to 9, L and Lsum as rouge-score 0.1.2 computes them.
pub struct Rouge {
    /// A scorer that options do not change; if `None`, it is built from the options.
    fixed: Option<Scorer>,
}

impl Rouge {
    /// Uses the tokenizer and the stemmer of the options.
    pub const AS_CHOSEN: Self = Self { fixed: None };
    /// Reproduces the package with `use_stemmer=True`.
    pub const STEMMED: Self =
        Self { fixed: Some(Scorer { stemmer: Stemmer::Porter, tokenizer: Tokenizer::RougeScore }) };
    /// Reproduces the package with `use_stemmer=False`.
    pub const UNSTEMMED: Self =
        Self { fixed: Some(Scorer { stemmer: Stemmer::None, tokenizer: Tokenizer::RougeScore }) };

    fn sentences(&self, options: &Options) -> Sentences {
        if self.fixed.is_some() { Sentences::Lines } else { options.summaries.sentences }
    }

    fn scorer(&self, options: &Options) -> Scorer {
        let chosen = &options.summaries;
        self.fixed.unwrap_or(Scorer { stemmer: chosen.stemmer, tokenizer: chosen.tokenizer })
    }
}

impl SummaryMetric for Rouge {
    fn names(&self, _: &Options) -> Vec<Name> {
        RougeVariant::ALL.iter().map(|kind| kind.name().into()).collect()
    }

    fn signature(&self, name: &str, options: &Options) -> Signature {
        let mut signature = Signature::of(name.to_owned()).with("mode", MODE).and(self.scorer(options).choices());
        if name == RougeVariant::Lsum.name() {
            signature = signature.with("sent", self.sentences(options).rule());
        }
        signature.with("references", "best-f1")
    }

    fn headline(&self) -> Option<Headline> {
        Some(Headline::new("rouge1", "f1"))
    }

    fn count(&self, texts: &Texts<'_>, options: &Options, wanted: &dyn Fn(&str) -> bool, outcome: &mut Outcome) {
        let kinds: Vec<RougeVariant> = RougeVariant::ALL.into_iter().filter(|kind| wanted(kind.name())).collect();
        if kinds.is_empty() || texts.references.is_empty() {
            return;
        }
        let scorer = self.scorer(options);
        // Line breaks only separate tokens, so the sentence rule affects only Lsum.
        let rule = self.sentences(options);
        let references: Vec<Cow<'_, str>> = texts.references.iter().map(|reference| rule.lines(reference)).collect();
        let references: Vec<&str> = references.iter().map(AsRef::as_ref).collect();
        let scores = scorer.score(&kinds, &references, &rule.lines(texts.hypothesis));
        for (kind, Prf { precision, recall, f1 }) in kinds.iter().zip(scores) {
            outcome
                .statistics
                .add(StatisticKey::whole(kind.name()), Statistic::Mean { precision, recall, f1, documents: 1 });
        }
        let is_chosen = self.fixed.is_none() && scorer.tokenizer != Tokenizer::Unicode;
        let help = if is_chosen { " (`--tokenizer unicode` keeps words of every script)" } else { "" };
        let emptied = |what: &str| format!("the tokenizer `{}` leaves nothing of {what}{help}", scorer.tokenizer);
        if scorer.empties(texts.hypothesis) {
            outcome.warnings.push(emptied("the summary"));
        }
        if texts.references.iter().any(|reference| scorer.empties(reference)) {
            outcome.warnings.push(emptied("a reference"));
        }
    }
}
