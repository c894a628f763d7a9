//! Keyphrases: precision, recall and F1 over all of them, and at a cut-off.
//!
//! Both sides are normalised (NFKC, case, punctuation, white space), every word is Porter-stemmed, and of phrases that
//! are then equal the first stays. Precision at k divides by min(k, predictions), the convention of most recent papers
//! (Yuan et al. 2020, "One size does not fit all"); no list is padded to k. Counts are summed over documents.

use std::collections::BTreeSet;

use super::item::{Class, Item, Side};
use super::value::normalise;
use super::{Case, Counts, Family, Options, Outcome, Slot, SlotKey, Tally};
use crate::document::{Annotations, Layer};
use crate::text::porter;

/// Ranked noun phrases.
pub struct Keyphrases;

const CUT_OFFS: [u32; 2] = [5, 10];

impl Family for Keyphrases {
    fn scores(&self, layer: &Layer) -> bool {
        *layer == Layer::Keyphrases
    }

    fn gold_items(&self, _: &Layer, gold: &Annotations, _: &Options) -> Option<u64> {
        Some(distinct(gold.keyphrases.as_deref()?).len() as u64)
    }

    fn signature(&self, _: &str, _: &Options) -> String {
        "keyphrases|text:nfkc-casefold|stem:porter-nltk|k:min(k,predictions)|empty:null".to_owned()
    }

    fn count(&self, _: &Layer, case: &Case<'_>) -> Outcome {
        let gold = distinct(case.gold.keyphrases.as_deref().unwrap_or_default());
        let predicted = distinct(case.predicted.keyphrases.as_deref().unwrap_or_default());
        let wanted: BTreeSet<&str> = gold.iter().map(|(key, _)| key.as_str()).collect();
        let mut tally = Tally::default();
        for at in [0].into_iter().chain(CUT_OFFS) {
            let most = if at == 0 { predicted.len() } else { at as usize };
            let considered = predicted.len().min(most);
            let hits = predicted.iter().take(most).filter(|(key, _)| wanted.contains(key.as_str())).count();
            let counts = Counts {
                correct: hits as u64,
                missed: (gold.len() - hits) as u64,
                spurious: (considered - hits) as u64,
                ..Counts::default()
            };
            tally.add(SlotKey { metric: "".into(), at, label: None }, Slot::matches(counts));
        }
        let side = |text: &str| Side { span: first_place(case, text), text: text.to_owned(), ..Side::default() };
        let mut items = Vec::new();
        for (key, phrase) in &gold {
            let answer = predicted.iter().find(|(other, _)| other == key);
            items.push(match answer {
                Some((_, other)) => Item::pair(Class::Correct, side(phrase), side(other)),
                None => Item::missed(side(phrase)),
            });
        }
        let spurious = predicted.iter().filter(|(key, _)| !wanted.contains(key.as_str()));
        items.extend(spurious.map(|(_, phrase)| Item::spurious(Class::Spurious, side(phrase))));
        Outcome { tally, items, ..Outcome::default() }
    }
}

/// Where a phrase first occurs as it is written.
fn first_place(case: &Case<'_>, phrase: &str) -> Option<(u32, u32)> {
    let document = case.document?;
    let at = document.text().find(phrase)?;
    let span = document.span(at..at + phrase.len());
    Some((span.start, span.end))
}

/// The phrases with what they are compared by, without repeats, in order.
fn distinct(phrases: &[String]) -> Vec<(String, &str)> {
    let mut seen = BTreeSet::new();
    let keyed = phrases.iter().map(|phrase| (folded_phrase(phrase), phrase.as_str()));
    keyed.filter(|(key, _)| !key.is_empty() && seen.insert(key.clone())).collect()
}

/// A phrase as it is compared with others: folded, every word stemmed.
pub fn folded_phrase(phrase: &str) -> String {
    normalise(phrase).split(' ').map(porter::stem).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::Keyphrases;
    use crate::document::{Annotations, Layer};
    use crate::metric::{Case, Counts, Family, Options, Slot, SlotKey};

    fn annotations(phrases: &[&str]) -> Annotations {
        let phrases = phrases.iter().map(|phrase| (*phrase).to_owned()).collect();
        Annotations { keyphrases: Some(phrases), ..Annotations::default() }
    }

    #[test]
    fn stems_match_and_repeats_count_once() {
        let gold = annotations(&["Security guarantees", "peace deal"]);
        let predicted =
            annotations(&["security guarantee", "SECURITY GUARANTEES", "veto", "", "x1", "x2", "peace deals"]);
        let case = Case { document: None, gold: &gold, predicted: &predicted, options: &Options::default() };
        let outcome = Keyphrases.count(&Layer::Keyphrases, &case);
        let counts = |at| match outcome.tally.get(&SlotKey { metric: "".into(), at, label: None }) {
            Some(Slot::Matches { counts, .. }) => *counts,
            other => panic!("{other:?}"),
        };
        assert_eq!(counts(0), Counts { correct: 2, spurious: 3, ..Counts::default() });
        assert_eq!(counts(5), Counts { correct: 2, spurious: 3, ..Counts::default() });
        assert_eq!(outcome.items.len(), 5);
    }
}
