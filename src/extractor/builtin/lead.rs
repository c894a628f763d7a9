//! The first sentences: the baseline that news summarizers are measured against.

use serde::{Deserialize, Serialize};

use super::Baseline;
use crate::document::{Annotations, Document, Layer};
use crate::text::sentence;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// Sentences of the summary.
    sentences: usize,
    /// Key sentences.
    key_sentences: usize,
    /// Shorter sentences (in words) are passed over: datelines, headlines, by-lines.
    min_words: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { sentences: 3, key_sentences: 5, min_words: 8 }
    }
}

pub struct Lead(Options);

impl Baseline for Lead {
    type Options = Options;

    const NAME: &'static str = "lead";
    const ABOUT: &'static str = "the first sentences, as summary and key sentences";
    const REVISION: u32 = 1;
    const LAYERS: &'static [Layer] = &[Layer::KeySentences, Layer::Summaries];

    fn new(options: Options) -> Result<Self, String> {
        Ok(Self(options))
    }

    fn annotate(&self, document: &Document) -> Annotations {
        let text = document.text();
        let all = sentence::split(text);
        let full = all.iter().filter(|range| text[(*range).clone()].split_whitespace().count() >= self.0.min_words);
        let sentences: Vec<_> = full.cloned().collect();
        let summary: Vec<&str> = sentences.iter().take(self.0.sentences).map(|range| &text[range.clone()]).collect();
        let key_sentences = sentences.iter().take(self.0.key_sentences);
        Annotations {
            key_sentences: Some(key_sentences.map(|range| document.span(range.clone())).collect()),
            // One sentence a line: ROUGE-Lsum splits on line breaks.
            summaries: Some(vec![summary.join("\n")]),
            ..Annotations::default()
        }
    }
}
