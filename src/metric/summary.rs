//! Summaries: ROUGE-1, 2, L and Lsum in mode `rouge_score-0.1.2`, averaged over documents.

use super::rouge::{Kind, Prf, Scorer};
use super::{Case, Family, Name, Options, Outcome, Slot, SlotKey, Tally};
use crate::document::{Annotations, Layer};

/// Free-text summaries. Several golden ones are several references; of the predicted ones the first is scored.
pub struct Summaries;

const KINDS: [(&str, Kind); 4] =
    [("rouge1", Kind::N(1)), ("rouge2", Kind::N(2)), ("rougeL", Kind::L), ("rougeLsum", Kind::Lsum)];

impl Family for Summaries {
    fn scores(&self, layer: &Layer) -> bool {
        *layer == Layer::Summaries
    }

    fn gold_items(&self, _: &Layer, gold: &Annotations, _: &Options) -> Option<u64> {
        Some(gold.summaries.as_ref()?.len() as u64)
    }

    fn metrics(&self, _: &Options) -> Vec<Name> {
        KINDS.iter().map(|(name, _)| (*name).into()).collect()
    }

    fn signature(&self, metric: &str, _: &Options) -> String {
        format!("{metric}|mode:{}|references:best-f1", Scorer::default().signature())
    }

    fn count(&self, _: &Layer, case: &Case<'_>) -> Outcome {
        let references: Vec<&str> = case.gold.summaries.iter().flatten().map(String::as_str).collect();
        let hypothesis = case.predicted.summaries.iter().flatten().next().map_or("", String::as_str);
        let mut tally = Tally::default();
        if references.is_empty() {
            return Outcome::default();
        }
        let scorer = Scorer::default();
        let scores = scorer.score(&KINDS.map(|(_, kind)| kind), &references, hypothesis);
        for ((name, _), Prf { precision, recall, f1 }) in KINDS.into_iter().zip(scores) {
            tally.add(SlotKey::whole(name), Slot::Mean { precision, recall, f1, documents: 1 });
        }
        let emptied = |what: &str| format!("the tokenizer `{}` leaves nothing of {what}", scorer.tokenizer);
        let mut warnings = Vec::new();
        if scorer.empties(hypothesis) {
            warnings.push(emptied("the summary"));
        }
        if references.iter().any(|reference| scorer.empties(reference)) {
            warnings.push(emptied("a reference"));
        }
        Outcome { tally, items: Vec::new(), warnings }
    }
}
