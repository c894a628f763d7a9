//! TextRank: sentences ranked by their centrality in a similarity graph.
//!
//! Rada Mihalcea and Paul Tarau, “TextRank: Bringing Order into Texts”, EMNLP 2004. The weight of
//! the edge between two sentences is the number of content words that they share, divided by the
//! sum of the logarithms of their lengths. The weighted graph is ranked by PageRank. Words are
//! compared in lower case, without stemming and without stop words.

use std::collections::BTreeSet;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::BaselineExtractor;
use super::extract::{annotations, check_count, sentences};
use super::sentence_graph::SentenceGraph;
use crate::document::{Annotations, Document, Layer};
use crate::text::words::{is_stop_word, words};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TextRankOptions {
    /// Number of sentences of the summary.
    sentences: usize,
    /// Number of key sentences.
    key_sentences: usize,
    /// Minimum number of words of a sentence. Ignored if all sentences are shorter.
    min_words: usize,
    /// Damping factor of PageRank, from 0 (inclusive) to 1 (exclusive).
    damping: f64,
    /// Maximum number of iterations.
    iterations: usize,
    /// The iteration stops when no rank changes by more than this.
    tolerance: f64,
}

impl Default for TextRankOptions {
    fn default() -> Self {
        Self { sentences: 3, key_sentences: 5, min_words: 8, damping: 0.85, iterations: 100, tolerance: 1e-6 }
    }
}

pub struct TextRank(TextRankOptions);

impl BaselineExtractor for TextRank {
    type Options = TextRankOptions;

    const NAME: &'static str = "textrank";
    const ABOUT: &'static str = "the most central sentences by graph ranking, as summary and key sentences";
    const REVISION: u32 = 2;
    const LAYERS: &'static [Layer] = &[Layer::KeySentences, Layer::Summaries];

    fn new(options: TextRankOptions) -> Result<Self, String> {
        check_count("sentences", options.sentences)?;
        check_count("key_sentences", options.key_sentences)?;
        check_count("iterations", options.iterations)?;
        if !(0.0..1.0).contains(&options.damping) {
            return Err(format!("`damping` is {}: it must be at least 0 and below 1", options.damping));
        }
        if !(options.tolerance >= 0.0 && options.tolerance.is_finite()) {
            return Err(format!("`tolerance` is {}: it must be a number of at least 0", options.tolerance));
        }
        Ok(Self(options))
    }

    fn annotate(&self, document: &Document) -> Annotations {
        let text = document.text();
        let all = sentences(text, self.0.min_words);
        let contents: Vec<BTreeSet<String>> = all.iter().map(|range| content_words(text, range)).collect();
        let ranks = self.ranks(&SentenceGraph::new(&contents));
        let mut order: Vec<usize> = (0..all.len()).collect();
        order.sort_by(|&a, &b| ranks[b].total_cmp(&ranks[a]).then(a.cmp(&b)));
        // A sentence that the text repeats has the same high rank each time; it is selected once.
        let mut seen = BTreeSet::new();
        order.retain(|&index| seen.insert(&text[all[index].clone()]));
        let best = |count: usize| {
            let mut chosen = order[..count.min(order.len())].to_vec();
            chosen.sort_unstable();
            chosen.into_iter().map(|index| all[index].clone()).collect::<Vec<_>>()
        };
        annotations(document, &best(self.0.sentences), &best(self.0.key_sentences))
    }
}

fn content_words(text: &str, range: &Range<usize>) -> BTreeSet<String> {
    let all = words(text, range.clone()).into_iter().map(|word| &text[word.range]);
    all.filter(|word| word.contains(char::is_alphabetic) && !is_stop_word(word)).map(str::to_lowercase).collect()
}

impl TextRank {
    /// Returns the PageRank of each sentence, rounded so that sentences with the same links have
    /// equal ranks whatever the order of their words.
    fn ranks(&self, graph: &SentenceGraph) -> Vec<f64> {
        const DECIMALS: f64 = 1e9;
        let TextRankOptions { damping, iterations, tolerance, .. } = self.0;
        let outgoing = graph.sums_of_neighbours(&vec![1.0; graph.len()]);
        let mut ranks = vec![1.0; graph.len()];
        for _ in 0..iterations {
            let votes: Vec<f64> = ranks
                .iter()
                .zip(&outgoing)
                .map(|(rank, outgoing)| if *outgoing > 0.0 { rank / outgoing } else { 0.0 })
                .collect();
            let next: Vec<f64> =
                graph.sums_of_neighbours(&votes).iter().map(|votes| (1.0 - damping) + damping * votes).collect();
            let moved = ranks.iter().zip(&next).fold(0.0, |most: f64, (old, new)| most.max((old - new).abs()));
            ranks = next;
            if moved <= tolerance {
                break;
            }
        }
        ranks.into_iter().map(|rank| (rank * DECIMALS).round() / DECIMALS).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{TextRank, TextRankOptions};
    use crate::document::Document;
    use crate::extractor::builtin::BaselineExtractor;

    fn options() -> TextRankOptions {
        TextRankOptions { sentences: 2, key_sentences: 1, min_words: 2, ..TextRankOptions::default() }
    }

    #[test]
    fn the_central_sentences_come_in_text_order() {
        let text = "Cats chase grey mice.\r\nÉclairs taste wonderful. Grey cats like warm milk; mice like cheese. Mice fear cats.";
        let annotations = TextRank::new(options()).unwrap().annotate(&Document::new("d", text));
        let key = annotations.key_sentences.unwrap();
        assert_eq!(key[0].text.as_deref(), Some("Cats chase grey mice."));
        assert_eq!(
            annotations.summaries.unwrap(),
            ["Cats chase grey mice.\nGrey cats like warm milk; mice like cheese."]
        );
    }

    #[test]
    fn unlinked_sentences_rank_equal_and_the_first_go_first() {
        let annotations =
            TextRank::new(options()).unwrap().annotate(&Document::new("d", "Один два. Три четыре. Пять шесть."));
        assert_eq!(annotations.summaries.unwrap(), ["Один два.\nТри четыре."]);
    }

    #[test]
    fn nothing_in_nothing_out() {
        for text in ["", "\r\n", "?! … “”"] {
            let annotations = TextRank::new(options()).unwrap().annotate(&Document::new("d", text));
            assert!(annotations.summaries.is_some() && annotations.key_sentences.is_some());
        }
    }

    #[test]
    fn useless_options_are_refused() {
        for damping in [1.0, -0.1, f64::NAN] {
            assert!(
                TextRank::new(TextRankOptions { damping, ..TextRankOptions::default() })
                    .err()
                    .unwrap()
                    .starts_with("`damping`")
            );
        }
        assert!(TextRank::new(TextRankOptions { tolerance: f64::NAN, ..TextRankOptions::default() }).is_err());
    }
}
