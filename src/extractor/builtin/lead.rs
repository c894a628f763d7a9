//! The lead baseline: the first sentences of a document as its summary.
//!
//! It is the standard baseline for news summarisation, and few systems beat it.

use serde::{Deserialize, Serialize};

use super::BaselineExtractor;
use super::extract::{annotations, check_count, sentences};
use crate::document::{Annotations, Document, Layer};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LeadOptions {
    /// Number of sentences of the summary.
    sentences: usize,
    /// Number of key sentences.
    key_sentences: usize,
    /// Minimum number of words of a sentence, to skip datelines, headlines and by-lines. Ignored if
    /// all sentences are shorter.
    min_words: usize,
}

impl Default for LeadOptions {
    fn default() -> Self {
        Self { sentences: 3, key_sentences: 5, min_words: 8 }
    }
}

pub struct Lead(LeadOptions);

impl BaselineExtractor for Lead {
    type Options = LeadOptions;

    const NAME: &'static str = "lead";
    const ABOUT: &'static str = "the first sentences, as summary and key sentences";
    const REVISION: u32 = 2;
    const LAYERS: &'static [Layer] = &[Layer::KeySentences, Layer::Summaries];

    fn new(options: LeadOptions) -> Result<Self, String> {
        check_count("sentences", options.sentences)?;
        check_count("key_sentences", options.key_sentences)?;
        Ok(Self(options))
    }

    fn annotate(&self, document: &Document) -> Annotations {
        let all = sentences(document.text(), self.0.min_words);
        let first = |count: usize| &all[..count.min(all.len())];
        annotations(document, first(self.0.sentences), first(self.0.key_sentences))
    }
}

#[cfg(test)]
mod tests {
    use super::{Lead, LeadOptions};
    use crate::document::Document;
    use crate::extractor::builtin::BaselineExtractor;

    #[test]
    fn passes_over_short_lines_and_joins_wrapped_ones() {
        let text = "A headline\r\n\r\nÉva said that it\r\nwould rain all day. Short one. It rained on all of the days after that.";
        let options = LeadOptions { sentences: 1, key_sentences: 2, min_words: 5 };
        let annotations = Lead::new(options).unwrap().annotate(&Document::new("d", text));
        assert_eq!(annotations.summaries.unwrap(), ["Éva said that it would rain all day."]);
        let key = annotations.key_sentences.unwrap();
        assert_eq!(key[1].text.as_deref(), Some("It rained on all of the days after that."));
    }

    #[test]
    fn short_texts_and_none() {
        let lead = Lead::new(LeadOptions::default()).unwrap();
        let summaries = |text: &str| lead.annotate(&Document::new("d", text)).summaries.unwrap();
        assert_eq!(summaries("Привет. Пока."), ["Привет.\nПока."]);
        assert!(summaries(" \r\n ").is_empty());
        assert_eq!(
            Lead::new(LeadOptions { sentences: 0, ..LeadOptions::default() }).err().unwrap(),
            "`sentences` is 0: at least 1 is needed"
        );
    }
}
