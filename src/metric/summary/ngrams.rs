//! A few distinctive unigrams and bigrams of the summaries of a document, shown to readers of
//! single documents.

use rustc_hash::FxHashSet;

use super::Texts;
use crate::text::{Stemmer, Tokenizer, stopwords};

/// The outcome of an n-gram.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// The summary and the reference contain it.
    Matched,
    /// Only the reference contains it.
    Missed,
    /// The summary contains it, but no reference; the source contains it or is unknown.
    Extra,
    /// The summary contains it, but neither a reference nor the source.
    Invented,
}

impl Fate {
    /// Every outcome, in the order of the reports.
    pub const ALL: [Self; 4] = [Self::Matched, Self::Missed, Self::Extra, Self::Invented];

    /// Returns the name used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Matched => "matched",
            Self::Missed => "missed",
            Self::Extra => "extra",
            Self::Invented => "invented",
        }
    }
}

/// One or two consecutive words, folded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ngram {
    /// Its outcome.
    pub fate: Fate,
    /// The words, separated by a space.
    pub text: String,
}

/// The maximum number of n-grams of each outcome.
const MOST: usize = 8;

/// Returns the most distinctive n-grams: pairs of content words before single ones, longer ones
/// before shorter ones; a word of a listed pair is not listed again. Fabricated ones list words
/// first, since a new pair may only rephrase. They are compared with the first reference that
/// shares most words with the summary.
pub(super) fn ngrams(texts: &Texts<'_>) -> Vec<Ngram> {
    let tokens = |text: &str| Tokenizer::Unicode.tokens(text, Stemmer::None);
    let summary = tokens(texts.hypothesis);
    let references: Vec<Vec<String>> = texts.references.iter().map(|text| tokens(text)).collect();
    let source = texts.source.map(|source| tokens(source.text()));
    let Some(best) = references.iter().rev().max_by(|a, b| likeness(&summary, a).total_cmp(&likeness(&summary, b)))
    else {
        return Vec::new();
    };
    let of_source = [1, 2].map(|n| source.as_deref().map(|source| distinct(source, n)));
    let of_summary = [1, 2].map(|n| distinct(&summary, n));
    let of_references =
        [1, 2].map(|n| references.iter().flat_map(|tokens| distinct(tokens, n)).collect::<FxHashSet<_>>());
    let mut chosen = Vec::new();
    for fate in Fate::ALL {
        let from = if matches!(fate, Fate::Matched | Fate::Missed) { best } else { &summary };
        let pick = |n: usize| {
            let (summary, references, source) = (&of_summary[n - 1], &of_references[n - 1], &of_source[n - 1]);
            let is_known = |ngram: &[String]| source.as_ref().is_none_or(|source| source.contains(ngram));
            let belongs = |ngram: &[String]| match fate {
                Fate::Matched => summary.contains(ngram),
                Fate::Missed => !summary.contains(ngram),
                Fate::Extra => !references.contains(ngram) && is_known(ngram),
                Fate::Invented => !references.contains(ngram) && !is_known(ngram),
            };
            let mut seen: FxHashSet<&[String]> = FxHashSet::default();
            let new = from.windows(n).filter(|ngram| ngram.iter().all(|word| is_content(word)) && belongs(ngram));
            let mut found: Vec<&[String]> = new.filter(|ngram| seen.insert(*ngram)).collect();
            // A stable sort: equally long ones stay in the order of the text.
            found.sort_by_key(|ngram| std::cmp::Reverse(ngram.iter().map(String::len).sum::<usize>()));
            found
        };
        let (words, pairs) = (pick(1), pick(2));
        let order = if fate == Fate::Invented { [words, pairs] } else { [pairs, words] };
        let mut shown: Vec<&[String]> = Vec::new();
        for ngram in order.into_iter().flatten() {
            let is_shown = ngram.iter().any(|word| shown.iter().any(|other| other.contains(word)));
            if shown.len() < MOST && !is_shown {
                shown.push(ngram);
            }
        }
        chosen.extend(shown.into_iter().map(|ngram| Ngram { fate, text: ngram.join(" ") }));
    }
    chosen
}

fn distinct(tokens: &[String], n: usize) -> FxHashSet<&[String]> {
    tokens.windows(n).collect()
}

fn is_content(word: &str) -> bool {
    !stopwords::is_stopword(word)
}

/// Returns the F1 over distinct words.
fn likeness(a: &[String], b: &[String]) -> f64 {
    let (a, b): (FxHashSet<&String>, FxHashSet<&String>) = (a.iter().collect(), b.iter().collect());
    2.0 * a.intersection(&b).count() as f64 / (a.len() + b.len()).max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::{Fate, ngrams};
    use crate::document::{Annotations, Document};
    use crate::metric::summary::Texts;

    fn of(texts: &Texts<'_>, fate: Fate) -> Vec<String> {
        ngrams(texts).into_iter().filter(|ngram| ngram.fate == fate).map(|ngram| ngram.text).collect()
    }

    #[test]
    fn pairs_come_before_words_and_invented_words_first() {
        let gold = Annotations::default();
        let source = Document::new("d", "The stone bridge over the river collapsed on Monday, engineers said.");
        let mut texts = Texts {
            references: vec!["Nothing alike.", "A stone bridge over the river collapsed, and nobody was hurt."],
            hypothesis: "Engineers said the stone bridge exploded Monday.",
            source: Some(&source),
            gold: &gold,
            predicted: &gold,
        };
        assert_eq!(of(&texts, Fate::Matched), ["stone bridge"]);
        assert_eq!(of(&texts, Fate::Missed), ["river collapsed", "nobody", "hurt"]);
        assert_eq!(of(&texts, Fate::Extra), ["engineers said", "monday"]);
        assert_eq!(of(&texts, Fate::Invented), ["exploded"]);
        texts.source = None;
        // As long as `exploded monday`, and before it.
        assert_eq!(of(&texts, Fate::Extra), ["bridge exploded", "engineers said", "monday"]);
        assert!(of(&texts, Fate::Invented).is_empty());
        texts.references.clear();
        assert!(ngrams(&texts).is_empty());
    }
}
