//! Key sentences: precision, recall and F1 of the chosen sentences.
//!
//! Sentence splitters differ by a footnote mark or a bullet, so two spans are the same sentence where they share at least
//! half of their union. Pairs come from the one alignment of [`crate::align`].

use super::item::{Class, Item, Side};
use super::value::{SAME_PLACE, is_same_place};
use super::{Case, Counts, Family, Outcome, Slot, SlotKey, Tally};
use crate::align::{self, align};
use crate::document::{Annotations, Layer, Span};

/// Sentences of the best extractive summary.
pub struct KeySentences;

impl Family for KeySentences {
    fn scores(&self, layer: &Layer) -> bool {
        *layer == Layer::KeySentences
    }

    fn gold_items(&self, _: &Layer, gold: &Annotations) -> Option<u64> {
        Some(gold.key_sentences.as_ref()?.len() as u64)
    }

    fn signature(&self, _: &str) -> String {
        format!("key_sentences|align:karat-1|place:iou>={}/{}|empty:null", SAME_PLACE.0, SAME_PLACE.1)
    }

    fn count(&self, _: &Layer, case: &Case<'_>) -> Outcome {
        let gold = case.gold.key_sentences.as_deref().unwrap_or_default();
        let predicted = case.predicted.key_sentences.as_deref().unwrap_or_default();
        let items = |spans: &[Span]| spans.iter().map(|s| align::Item::new(s.start, s.end, 0)).collect::<Vec<_>>();
        let alignment = align(&items(gold), &items(predicted));
        let place = |span: &Span| (u64::from(span.start), u64::from(span.end));
        let side = |span: &Span| side(case, span);

        let mut counts = Counts::default();
        let mut found = Vec::new();
        for pair in &alignment.pairs {
            let (g, p) = (&gold[pair.gold], &predicted[pair.predicted]);
            if is_same_place(place(g), place(p)) {
                counts.correct += 1;
                found.push(Item::pair(Class::Correct, side(g), side(p)));
            } else {
                counts.incorrect += 1;
                found.push(Item::pair(Class::Misbounded, side(g), side(p)));
            }
        }
        counts.missed = alignment.missed.len() as u64;
        counts.spurious = alignment.spurious.len() as u64;
        found.extend(alignment.missed.iter().map(|&g| Item::missed(side(&gold[g]))));
        found.extend(alignment.spurious.iter().map(|&p| Item::spurious(Class::Spurious, side(&predicted[p]))));
        found.sort_by_key(Item::place);
        let mut tally = Tally::default();
        tally.add(SlotKey::whole(""), Slot::matches(counts));
        Outcome { tally, items: found, warnings: Vec::new() }
    }
}

fn side(case: &Case<'_>, span: &Span) -> Side {
    let covered = || case.document.and_then(|d| d.slice(span.start, span.end)).map(str::to_owned);
    let text = span.text.clone().or_else(covered).unwrap_or_default();
    Side { span: Some((span.start, span.end)), label: String::new(), text }
}
