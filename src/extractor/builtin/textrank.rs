//! TextRank: sentences ranked by their centrality in a similarity graph.
//!
//! Rada Mihalcea and Paul Tarau, “TextRank: Bringing Order into Texts”, EMNLP 2004. The weight of
//! the edge between two sentences is the number of content words that they share, divided by the
//! sum of the logarithms of their lengths. The weighted graph is ranked by PageRank. Words are
//! compared in lower case, without stemming and without stop words.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::BaselineExtractor;
use super::extract::{annotations, check_count, sentences};
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
    const REVISION: u32 = 1;
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
        let ranks = self.ranks(&similarities(text, &all));
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

/// Adjacency lists in text order: the index of each neighbour and the weight of the edge.
type Graph = Vec<Vec<(usize, f64)>>;

fn similarities(text: &str, sentences: &[Range<usize>]) -> Graph {
    let contents: Vec<BTreeSet<String>> = sentences.iter().map(|range| content_words(text, range)).collect();
    let lengths: Vec<f64> = contents.iter().map(|words| ln(words.len())).collect();
    let mut sentences_of: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
    for (index, words) in contents.iter().enumerate() {
        for word in words {
            sentences_of.entry(word).or_default().push(index);
        }
    }
    let mut graph: Graph = vec![Vec::new(); sentences.len()];
    for (a, words) in contents.iter().enumerate() {
        let mut shared: BTreeMap<usize, usize> = BTreeMap::new();
        for &b in words.iter().flat_map(|word| &sentences_of[word.as_str()]).filter(|&&b| b > a) {
            *shared.entry(b).or_default() += 1;
        }
        for (b, count) in shared {
            let length = lengths[a] + lengths[b];
            if length > 0.0 {
                let weight = count as f64 / length;
                graph[a].push((b, weight));
                graph[b].push((a, weight));
            }
        }
    }
    graph
}

fn content_words(text: &str, range: &Range<usize>) -> BTreeSet<String> {
    let all = words(text, range.clone()).into_iter().map(|word| &text[word.range]);
    all.filter(|word| word.contains(char::is_alphabetic) && !is_stop_word(word)).map(str::to_lowercase).collect()
}

/// Natural logarithm of a count by a series of exactly rounded operations. The platform's own
/// function may differ in the last bit, which can change the order of two sentences.
fn ln(count: usize) -> f64 {
    if count < 2 {
        return 0.0;
    }
    let exponent = count.ilog2();
    let mantissa = count as f64 / (1_u64 << exponent) as f64;
    let ratio = (mantissa - 1.0) / (mantissa + 1.0);
    let square = ratio * ratio;
    let mut power = ratio;
    let mut sum = 0.0;
    for odd in (1..60).step_by(2) {
        sum += power / f64::from(odd);
        power *= square;
    }
    f64::from(exponent) * std::f64::consts::LN_2 + 2.0 * sum
}

impl TextRank {
    fn ranks(&self, graph: &Graph) -> Vec<f64> {
        let TextRankOptions { damping, iterations, tolerance, .. } = self.0;
        let outgoing: Vec<f64> = graph.iter().map(|links| links.iter().map(|(_, weight)| weight).sum()).collect();
        let mut ranks = vec![1.0; graph.len()];
        for _ in 0..iterations {
            let next: Vec<f64> = graph
                .iter()
                .map(|links| {
                    let votes: f64 = links.iter().map(|&(from, weight)| weight / outgoing[from] * ranks[from]).sum();
                    (1.0 - damping) + damping * votes
                })
                .collect();
            let moved = ranks.iter().zip(&next).fold(0.0, |most: f64, (old, new)| most.max((old - new).abs()));
            ranks = next;
            if moved <= tolerance {
                break;
            }
        }
        ranks
    }
}

#[cfg(test)]
mod tests {
    use super::{TextRank, TextRankOptions, ln};
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
    fn the_logarithm_is_right() {
        for count in 1..2000 {
            assert!((ln(count) - (count as f64).ln()).abs() < 1e-14 * 10.0, "{count}");
        }
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
