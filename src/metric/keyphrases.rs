//! Keyphrases: precision, recall and F1 over all phrases and at cut-offs, separately for phrases
//! present in the text and absent from it, as sums over documents and as means.
//!
//! Both sides are normalised (NFKC, case, punctuation, white space), every word is Porter-stemmed,
//! and duplicates are removed. The divisor of precision at k is min(k, predictions) or k (Chen et
//! al. 2020: a list that is too short is padded with wrong phrases), by option; `@M` takes all
//! predictions (Yuan et al. 2020, "One size does not fit all"). A phrase is present if its stems
//! occur consecutively in those of the document (Meng et al. 2017).

use std::collections::{BTreeMap, BTreeSet};

use super::item::{Class, Item, Side};
use super::json_value::normalise;
use super::options::PrecisionAt;
use super::{
    ALL_PREDICTIONS, Case, Counts, Headline, MetricGroup, Name, Options, Outcome, Statistic, StatisticKey, Statistics,
};
use crate::document::{Annotations, Layer};
use crate::metric::signature::{AVERAGE, EMPTY, Signature};
use crate::text::porter;

/// Ranked noun phrases.
pub struct Keyphrases;

/// The kinds of phrases (all, present in the text, absent from it), with the names of their means
/// over documents.
const KINDS: [(&str, &str); 3] = [("", "macro"), ("present", "present.macro"), ("absent", "absent.macro")];

/// A phrase: its normalised form for comparison, and its text.
type Phrase<'a> = (String, &'a str);

impl MetricGroup for Keyphrases {
    fn scores(&self, layer: &Layer) -> bool {
        *layer == Layer::Keyphrases
    }

    fn gold_items(&self, _: &Layer, gold: &Annotations, _: &Options) -> Option<u64> {
        Some(distinct(gold.keyphrases.as_deref()?).len() as u64)
    }

    fn metrics(&self, _: &Options) -> Vec<Name> {
        KINDS.iter().flat_map(|(sums, means)| [(*sums).into(), (*means).into()]).collect()
    }

    fn signature(&self, metric: &str, options: &Options) -> Signature {
        let mut signature = Signature::of("keyphrases").with("text", "nfkc-casefold").with("stem", "porter-nltk");
        if metric.starts_with("present") || metric.starts_with("absent") {
            signature = signature.with("present", "stems-in-a-row");
        }
        signature = signature.with("k", options.keyphrases.precision.as_str());
        if metric.ends_with("macro") {
            signature = signature.with(AVERAGE, "documents-with-gold");
        }
        signature.open(EMPTY, "null")
    }

    fn headline(&self) -> Option<Headline> {
        Some(Headline { at: 10, ..Headline::new("", "f1") })
    }

    fn count(&self, _: &Layer, case: &Case<'_>) -> Outcome {
        let gold = distinct(case.gold.keyphrases.as_deref().unwrap_or_default());
        let predicted = distinct(case.predicted.keyphrases.as_deref().unwrap_or_default());
        let mut statistics = Statistics::default();
        add(&mut statistics, KINDS[0], &gold, &predicted, case.options);
        if let Some(document) = case.document {
            let text = format!(" {} ", folded_phrase(document.text()));
            let is_present = |(key, _): &&Phrase<'_>| text.contains(&format!(" {key} "));
            let (gold_there, gold_not): (Vec<_>, Vec<_>) = gold.iter().partition(is_present);
            let (there, not): (Vec<_>, Vec<_>) = predicted.iter().partition(is_present);
            add(&mut statistics, KINDS[1], &gold_there, &there, case.options);
            add(&mut statistics, KINDS[2], &gold_not, &not, case.options);
        }
        Outcome { statistics, items: items(&gold, &predicted, case), ..Outcome::default() }
    }
}

/// Adds the sums of one kind of phrases, and the values of the document if it has gold phrases of
/// this kind.
fn add<'a, T>(
    statistics: &mut Statistics,
    (sums, means): (&'static str, &'static str),
    gold: &'a [T],
    predicted: &'a [T],
    options: &Options,
) where
    T: std::borrow::Borrow<Phrase<'a>> + 'a,
{
    let options = &options.keyphrases;
    let wanted: BTreeSet<&str> = gold.iter().map(|phrase| phrase.borrow().0.as_str()).collect();
    // The whole list is reported under two names: without a cut-off, and as `@M`, as in the
    // literature.
    let whole = (sums.is_empty()).then_some(0);
    for at in whole.into_iter().chain(options.k.iter().copied()).chain([ALL_PREDICTIONS]) {
        let most = if at == 0 || at == ALL_PREDICTIONS { predicted.len() } else { at as usize };
        let considered = match options.precision {
            PrecisionAt::Min => predicted.len().min(most),
            PrecisionAt::Pad => most,
        };
        let hits = predicted.iter().take(most).filter(|phrase| wanted.contains((*phrase).borrow().0.as_str())).count();
        let counts = Counts {
            correct: hits as u64,
            missed: (gold.len() - hits) as u64,
            spurious: (considered - hits) as u64,
            ..Counts::default()
        };
        let statistic = Statistic::matches(counts);
        if !gold.is_empty() && at > 0 {
            statistics.add(StatisticKey { metric: means.into(), at, label: None }, mean(&statistic));
        }
        statistics.add(StatisticKey { metric: sums.into(), at, label: None }, statistic);
    }
}

/// Returns the values of one document; a precision without predictions counts as 0.
fn mean(statistic: &Statistic) -> Statistic {
    let of = |stat: &str| statistic.value(stat).unwrap_or(0.0);
    Statistic::Mean { precision: of("precision"), recall: of("recall"), f1: of("f1"), documents: 1 }
}

fn items(gold: &[Phrase<'_>], predicted: &[Phrase<'_>], case: &Case<'_>) -> Vec<Item> {
    let wanted: BTreeSet<&str> = gold.iter().map(|(key, _)| key.as_str()).collect();
    let answers: BTreeMap<&str, &str> = predicted.iter().map(|(key, phrase)| (key.as_str(), *phrase)).collect();
    let side = |text: &str| Side { span: first_span(case, text), text: text.to_owned(), ..Side::default() };
    let mut items = Vec::new();
    for (key, phrase) in gold {
        items.push(match answers.get(key.as_str()) {
            Some(other) => Item::pair(Class::Correct, side(phrase), side(other)),
            None => Item::missed(side(phrase)),
        });
    }
    let spurious = predicted.iter().filter(|(key, _)| !wanted.contains(key.as_str()));
    items.extend(spurious.map(|(_, phrase)| Item::spurious(Class::Spurious, side(phrase))));
    items
}

/// Returns the first occurrence of a phrase as written.
fn first_span(case: &Case<'_>, phrase: &str) -> Option<(u32, u32)> {
    let document = case.document?;
    let at = document.text().find(phrase)?;
    let span = document.span(at..at + phrase.len());
    Some((span.start, span.end))
}

/// Returns the distinct phrases with their normalised forms, in order.
fn distinct(phrases: &[String]) -> Vec<Phrase<'_>> {
    let mut seen = BTreeSet::new();
    let keyed = phrases.iter().map(|phrase| (folded_phrase(phrase), phrase.as_str()));
    keyed.filter(|(key, _)| !key.is_empty() && seen.insert(key.clone())).collect()
}

/// Normalises a phrase or a text for comparison: folded, every word stemmed.
pub fn folded_phrase(phrase: &str) -> String {
    normalise(phrase).split(' ').map(porter::stem).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::Keyphrases;
    use crate::document::{Annotations, Document, Layer};
    use crate::metric::options::{KeyphraseOptions, PrecisionAt};
    use crate::metric::{ALL_PREDICTIONS, Case, Counts, MetricGroup, Options, Outcome, Statistic, StatisticKey};

    fn annotations(phrases: &[&str]) -> Annotations {
        let phrases = phrases.iter().map(|phrase| (*phrase).to_owned()).collect();
        Annotations { keyphrases: Some(phrases), ..Annotations::default() }
    }

    fn count(gold: &[&str], predicted: &[&str], text: Option<&str>, keyphrases: KeyphraseOptions) -> Outcome {
        let (gold, predicted) = (annotations(gold), annotations(predicted));
        let document = text.map(|text| Document::new("d", text));
        let options = Options { keyphrases, ..Options::default() };
        let case = Case { document: document.as_ref(), gold: &gold, predicted: &predicted, options: &options };
        Keyphrases.count(&Layer::Keyphrases, &case)
    }

    fn counts(outcome: &Outcome, metric: &'static str, at: u32) -> Counts {
        match outcome.statistics.get(&StatisticKey { metric: metric.into(), at, label: None }) {
            Some(Statistic::Matches { counts, .. }) => *counts,
            other => panic!("{other:?}"),
        }
    }

    fn of(correct: u64, missed: u64, spurious: u64) -> Counts {
        Counts { correct, missed, spurious, ..Counts::default() }
    }

    #[test]
    fn stems_match_and_repeats_count_once() {
        let predicted = ["security guarantee", "SECURITY GUARANTEES", "veto", "", "x1", "x2", "peace deals"];
        let gold = ["Security guarantees", "peace deal"];
        let outcome = count(&gold, &predicted, None, KeyphraseOptions::default());
        for at in [0, 5, ALL_PREDICTIONS] {
            assert_eq!(counts(&outcome, "", at), of(2, 0, 3));
        }
        assert_eq!(outcome.items.len(), 5);
        // Without a text it is unknown which phrases are present.
        assert!(outcome.statistics.iter().all(|(key, _)| !key.metric.contains("sent")));
    }

    #[test]
    fn present_is_what_stands_in_the_text_stemmed_and_in_a_row() {
        let text = "They demanded security guarantees; a deal on peace was far.";
        let gold = ["security guarantee", "peace deal", "war"];
        let predicted = ["far", "guaranteed securities", "wars", "Security-Guarantees"];
        let outcome = count(&gold, &predicted, Some(text), KeyphraseOptions::default());
        assert_eq!(counts(&outcome, "present", 5), of(1, 0, 1));
        assert_eq!(counts(&outcome, "absent", 5), of(1, 1, 1));
        assert_eq!(counts(&outcome, "", 5), of(2, 1, 2));
        // A word does not match inside another word.
        let outcome = count(&["ace"], &[], Some("peace"), KeyphraseOptions::default());
        assert_eq!(counts(&outcome, "absent", 5), of(0, 1, 0));
    }

    #[test]
    fn a_padded_list_has_k_phrases() {
        let padded = KeyphraseOptions { precision: PrecisionAt::Pad, ..KeyphraseOptions::default() };
        let outcome = count(&["a b", "c d"], &["a b"], None, padded);
        assert_eq!(counts(&outcome, "", 5), of(1, 1, 4));
        assert_eq!(counts(&outcome, "", ALL_PREDICTIONS), of(1, 1, 0));
        // P 1/5, R 1/2: F1 2/7.
        let mean = outcome.statistics.get(&StatisticKey { metric: "macro".into(), at: 5, label: None });
        assert_eq!(mean, Some(&Statistic::Mean { precision: 0.2, recall: 0.5, f1: 2.0 / 7.0, documents: 1 }));
    }

    #[test]
    fn a_document_without_gold_phrases_has_no_part_in_the_mean() {
        let outcome = count(&[], &["a"], Some("a"), KeyphraseOptions::default());
        assert!(outcome.statistics.iter().all(|(key, _)| !key.metric.ends_with("macro")));
        assert_eq!(counts(&outcome, "present", 10), of(0, 0, 1));
        let unanswered = count(&["a"], &[], None, KeyphraseOptions::default());
        let mean = unanswered.statistics.get(&StatisticKey { metric: "macro".into(), at: 5, label: None });
        assert_eq!(mean, Some(&Statistic::Mean { precision: 0.0, recall: 0.0, f1: 0.0, documents: 1 }));
    }
}
