//! RAKE: keyphrases from word co-occurrence inside phrases.
//!
//! Stuart Rose, Dave Engel, Nick Cramer and Wendy Cowley, “Automatic Keyword Extraction from
//! Individual Documents”, in Text Mining: Applications and Theory, 2010. Stop words and punctuation
//! cut the text into candidate phrases. The score of a word is its degree (the sum of the lengths
//! of its phrases) divided by its frequency, and the score of a phrase is the sum over its words.
//! The paper also joins phrases over an inner stop word. That is left out: it needs a pair of
//! phrases that occurs twice, which is rare in short documents.

use rustc_hash::FxHashMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::BaselineExtractor;
use super::extract::check_count;
use crate::document::{Annotations, Document, Layer};
use crate::text::readable;
use crate::text::sentence;
use crate::text::words::{is_stop_word, words};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RakeOptions {
    /// Maximum number of keyphrases.
    count: usize,
    /// Maximum number of words of a phrase.
    max_words: usize,
    /// Minimum frequency of a phrase in the document.
    min_frequency: usize,
}

impl Default for RakeOptions {
    fn default() -> Self {
        Self { count: 10, max_words: 4, min_frequency: 1 }
    }
}

pub struct Rake(RakeOptions);

impl BaselineExtractor for Rake {
    type Options = RakeOptions;

    const NAME: &'static str = "rake";
    const ABOUT: &'static str = "keyphrases by the co-occurrence of words between stop words";
    const REVISION: u32 = 1;
    const LAYERS: &'static [Layer] = &[Layer::Keyphrases];

    fn new(options: RakeOptions) -> Result<Self, String> {
        check_count("count", options.count)?;
        check_count("max_words", options.max_words)?;
        check_count("min_frequency", options.min_frequency)?;
        Ok(Self(options))
    }

    fn annotate(&self, document: &Document) -> Annotations {
        let text = readable(document.text());
        let mut phrases = ranked(&text);
        phrases.retain(|phrase| phrase.words <= self.0.max_words && phrase.frequency >= self.0.min_frequency);
        phrases.truncate(self.0.count);
        let surface = |phrase: Phrase| text[phrase.range].split_whitespace().collect::<Vec<_>>().join(" ");
        Annotations { keyphrases: Some(phrases.into_iter().map(surface).collect()), ..Annotations::default() }
    }
}

struct Phrase {
    /// Byte range of the first occurrence.
    range: Range<usize>,
    words: usize,
    frequency: usize,
    score: f64,
}

/// All phrases in descending order of score; ties are in text order.
fn ranked(text: &str) -> Vec<Phrase> {
    let candidates: Vec<Vec<Range<usize>>> =
        sentence::split(text).into_iter().flat_map(|range| candidates(text, range)).collect();
    let key = |word: &Range<usize>| text[word.clone()].to_lowercase();
    let mut counts: FxHashMap<String, (usize, usize)> = FxHashMap::default();
    for phrase in &candidates {
        for word in phrase {
            let (frequency, degree) = counts.entry(key(word)).or_default();
            *frequency += 1;
            *degree += phrase.len();
        }
    }
    let mut seen: FxHashMap<Vec<String>, usize> = FxHashMap::default();
    let mut phrases: Vec<Phrase> = Vec::new();
    for phrase in &candidates {
        let words: Vec<String> = phrase.iter().map(key).collect();
        let score = words.iter().map(|word| counts[word].1 as f64 / counts[word].0 as f64).sum();
        let index = *seen.entry(words).or_insert(phrases.len());
        match phrases.get_mut(index) {
            Some(known) => known.frequency += 1,
            None => {
                let range = phrase[0].start..phrase[phrase.len() - 1].end;
                phrases.push(Phrase { range, words: phrase.len(), frequency: 1, score });
            }
        }
    }
    phrases.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.range.start.cmp(&b.range.start)));
    phrases
}

/// The candidate phrases of a sentence: words with only white space between them, none of which is
/// a stop word or a bare number.
fn candidates(text: &str, sentence: Range<usize>) -> Vec<Vec<Range<usize>>> {
    let mut phrases: Vec<Vec<Range<usize>>> = Vec::new();
    let mut last_end = None;
    for word in words(text, sentence) {
        let surface = &text[word.range.clone()];
        if is_stop_word(surface) || !surface.contains(char::is_alphabetic) {
            last_end = None;
            continue;
        }
        let joins = last_end.is_some_and(|end: usize| text[end..word.range.start].chars().all(char::is_whitespace));
        last_end = Some(word.range.end);
        match phrases.last_mut() {
            Some(phrase) if joins => phrase.push(word.range),
            _ => phrases.push(vec![word.range]),
        }
    }
    phrases
}

#[cfg(test)]
mod tests {
    use super::{Rake, RakeOptions};
    use crate::document::Document;
    use crate::extractor::builtin::BaselineExtractor;

    fn phrases(text: &str, options: RakeOptions) -> Vec<String> {
        Rake::new(options).unwrap().annotate(&Document::new("d", text)).keyphrases.unwrap()
    }

    #[test]
    fn degree_over_frequency_as_in_the_paper() {
        // linear: degree 6, frequency 2; constraints: 2 and 1; systems: 3 and 2.
        let text = "Linear Diophantine equations of systems, linear\r\nconstraints équations and systems of mice.";
        let expected = ["Linear Diophantine equations", "linear constraints équations", "systems", "mice"];
        assert_eq!(phrases(text, RakeOptions::default()), expected);
    }

    #[test]
    fn options_cut_the_list() {
        let text = "Grey cats chase. Grey cats chase. Мыши и коты. 2022 of 15";
        assert_eq!(phrases(text, RakeOptions { count: 1, ..RakeOptions::default() }), ["Grey cats chase"]);
        assert_eq!(phrases(text, RakeOptions { max_words: 2, ..RakeOptions::default() }), ["Мыши и коты"][..0]);
        assert_eq!(phrases(text, RakeOptions { min_frequency: 2, ..RakeOptions::default() }), ["Grey cats chase"]);
        assert!(Rake::new(RakeOptions { count: 0, ..RakeOptions::default() }).err().unwrap().starts_with("`count`"));
    }

    #[test]
    fn nothing_in_nothing_out() {
        assert!(phrases("", RakeOptions::default()).is_empty());
        assert!(phrases("?! “…” [12] the of", RakeOptions::default()).is_empty());
    }
}
