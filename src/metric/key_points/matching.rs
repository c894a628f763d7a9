//! Matches key points to predicted sentences without a judge.
//!
//! A unit of the prediction is a sentence of its summary, or a predicted key point. The first rule
//! that applies decides, and within it the first unit: the unit contains one of the aliases of the
//! key point, word for word, folded; one of the patterns matches it; or it has at least a threshold
//! fraction of the content words of the key point or of one piece of its evidence, where each word
//! counts once and the unit with the largest fraction wins.

use std::collections::BTreeSet;

use regex::Regex;

use crate::document::{Annotations, Document, KeyPoint, KeyPointVerdict, Support};
use crate::metric::options::KeyPointOptions;
use crate::text::{Stemmer, Tokenizer, sentence, token};

/// A sentence or key point of the prediction.
pub(super) struct PredictedUnit<'a> {
    text: &'a str,
    /// Its words, folded.
    words: Vec<String>,
    /// Its content words, stemmed.
    stems: BTreeSet<String>,
}

impl<'a> PredictedUnit<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, words: Tokenizer::Unicode.tokens(text, Stemmer::None), stems: stems(text) }
    }
}

/// Returns the sentences of a text.
pub(super) fn units_of(text: &str) -> Vec<PredictedUnit<'_>> {
    sentence::split(text).into_iter().map(|range| PredictedUnit::new(&text[range])).collect()
}

/// Returns the sentences of the predicted summary, and the predicted key points.
pub(super) fn units(predicted: &Annotations) -> Vec<PredictedUnit<'_>> {
    let summary = predicted.summaries.iter().flatten().next().map_or("", String::as_str);
    let points = predicted.key_points.iter().flatten().map(|point| PredictedUnit::new(&point.text));
    units_of(summary).into_iter().chain(points).collect()
}

fn stems(text: &str) -> BTreeSet<String> {
    token::content_stems(text).into_iter().collect()
}

/// The ground of a judgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ground {
    /// The unit contains an alias.
    Alias,
    /// A pattern matches the unit.
    Pattern,
    /// The best overlap: shared content words, and all content words of the wording.
    Overlap(usize, usize),
}

/// A judgement of the matcher.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Match {
    pub verdict: KeyPointVerdict,
    pub ground: Ground,
}

/// A key point prepared for matching.
pub(super) struct PreparedKeyPoint {
    aliases: Vec<Vec<String>>,
    patterns: Vec<Regex>,
    /// The stemmed content words of the key point, and of each piece of its evidence.
    wordings: Vec<BTreeSet<String>>,
}

impl PreparedKeyPoint {
    /// Prepares a key point. Evidence without a text of its own is taken from the document, if it
    /// is known. A pattern that is not a regular expression, for which golden files are checked,
    /// matches nothing.
    pub fn new(point: &KeyPoint, document: Option<&Document>) -> Self {
        let evidence = point.evidence.iter().filter_map(|span| {
            let stored = span.text.as_deref();
            stored.or_else(|| document.and_then(|document| document.slice(span.start, span.end)))
        });
        let wordings = [point.text.as_str()].into_iter().chain(evidence).map(stems);
        let aliases = point.aliases.iter().map(|alias| Tokenizer::Unicode.tokens(alias, Stemmer::None));
        Self {
            aliases: aliases.filter(|words| !words.is_empty()).collect(),
            patterns: point.patterns.iter().filter_map(|pattern| Regex::new(pattern).ok()).collect(),
            wordings: wordings.filter(|words| !words.is_empty()).collect(),
        }
    }

    /// Returns the judgement for these units.
    pub fn find(&self, units: &[PredictedUnit<'_>], options: &KeyPointOptions) -> Match {
        let full =
            |unit: &PredictedUnit<'_>| KeyPointVerdict { support: Support::Full, sentence: Some(unit.text.to_owned()) };
        let has_alias = |unit: &&PredictedUnit<'_>| self.aliases.iter().any(|alias| contains(&unit.words, alias));
        if let Some(unit) = units.iter().find(has_alias) {
            return Match { verdict: full(unit), ground: Ground::Alias };
        }
        let fits_pattern = |unit: &&PredictedUnit<'_>| self.patterns.iter().any(|pattern| pattern.is_match(unit.text));
        if let Some(unit) = units.iter().find(fits_pattern) {
            return Match { verdict: full(unit), ground: Ground::Pattern };
        }
        self.by_overlap(units, options)
    }

    /// Judges by the unit with the largest fraction of a wording; the first of equals.
    fn by_overlap(&self, units: &[PredictedUnit<'_>], options: &KeyPointOptions) -> Match {
        let mut best: Option<(usize, usize, &str)> = None;
        for unit in units {
            for wording in &self.wordings {
                let (shared, all) = (wording.intersection(&unit.stems).count(), wording.len());
                if best.is_none_or(|(s, a, _)| shared * a > s * all) {
                    best = Some((shared, all, unit.text));
                }
            }
        }
        let (shared, all, text) = best.unwrap_or((0, self.wordings.first().map_or(0, BTreeSet::len), ""));
        // The quotient is rounded like the threshold, so 7 of 10 equals 0.7.
        let share = if all == 0 { 0.0 } else { shared as f64 / all as f64 };
        let support = match options.partial {
            _ if share >= options.threshold => Support::Full,
            Some(partial) if share >= partial => Support::Partial,
            _ => Support::Not,
        };
        let sentence = (support != Support::Not).then(|| text.to_owned());
        Match { verdict: KeyPointVerdict { support, sentence }, ground: Ground::Overlap(shared, all) }
    }
}

/// Returns whether `words` contains `phrase` consecutively.
fn contains(words: &[String], phrase: &[String]) -> bool {
    words.windows(phrase.len()).any(|window| window == phrase)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    use super::{Ground, Match, PreparedKeyPoint, units_of};
    use crate::document::{KeyPoint, Support};
    use crate::metric::options::KeyPointOptions;

    fn point(aliases: &[&str], patterns: &[&str]) -> KeyPoint {
        let own = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
        KeyPoint {
            text: "The bridge over the river Drina collapsed on Monday.".to_owned(),
            aliases: own(aliases),
            patterns: own(patterns),
            ..KeyPoint::default()
        }
    }

    fn found(point: &KeyPoint, summary: &str, options: &KeyPointOptions) -> Match {
        PreparedKeyPoint::new(point, None).find(&units_of(summary), options)
    }

    #[test]
    fn an_alias_goes_before_a_pattern_and_a_pattern_before_words() {
        let summary = "The river Drina bridge collapsed Monday. It FELL-INTO the water. Nobody stood on it.";
        let options = KeyPointOptions::default();
        let by = |aliases: &[&str], patterns: &[&str]| {
            let Match { verdict, ground } = found(&point(aliases, patterns), summary, &options);
            (ground, verdict.sentence.unwrap_or_default())
        };
        assert_eq!(by(&["fell into"], &["(?i)nobody"]), (Ground::Alias, "It FELL-INTO the water.".to_owned()));
        assert_eq!(by(&["ell into"], &["(?i)nobody"]), (Ground::Pattern, "Nobody stood on it.".to_owned()));
        let first = "The river Drina bridge collapsed Monday.".to_owned();
        assert_eq!(by(&["ell into"], &["nobody"]), (Ground::Overlap(5, 5), first));
    }

    #[test]
    fn between_the_thresholds_it_is_carried_in_part() {
        // bridg, river, drina, collaps, monday: three of five.
        let summary = "A bridge collapsed near the river.";
        let strict = KeyPointOptions::default();
        let lenient = KeyPointOptions { partial: Some(0.6), ..KeyPointOptions::default() };
        let point = point(&[], &[]);
        let missed = found(&point, summary, &strict);
        assert_eq!((missed.verdict.support, missed.ground), (Support::Not, Ground::Overlap(3, 5)));
        assert_eq!(missed.verdict.sentence, None);
        let partial = found(&point, summary, &lenient);
        assert_eq!((partial.verdict.support, partial.verdict.sentence.as_deref()), (Support::Partial, Some(summary)));
    }

    #[test]
    fn nothing_capabilities_nothing() {
        let blank = KeyPoint { text: "It is.".to_owned(), ..KeyPoint::default() };
        for (point, summary) in [(point(&[], &[]), ""), (blank, "It is.")] {
            assert_eq!(found(&point, summary, &KeyPointOptions::default()).verdict.support, Support::Not);
        }
    }

    proptest! {
        /// More sentences never lower a judgement, and a text supports itself.
        #[test]
        fn more_sentences_never_carry_less(text in "[a-z]{4,8}( [a-z]{4,8}){0,5}", more in any::<String>()) {
            let point = KeyPoint { text: text.clone(), ..KeyPoint::default() };
            let options = KeyPointOptions { partial: Some(0.3), ..KeyPointOptions::default() };
            let alone = found(&point, &text, &options).verdict.support;
            let together = found(&point, &format!("{text}.\n\n{more}"), &options).verdict.support;
            prop_assert!(together >= alone);
            let alias = KeyPoint { aliases: vec![text.clone()], ..KeyPoint::default() };
            prop_assert_eq!(found(&alias, &text, &options).ground, Ground::Alias);
        }
    }
}
