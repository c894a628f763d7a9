//! Length of a summary, whether it is within limits, and its repetition. These metrics need neither
//! a reference nor a source.

use super::{SummaryMetric, Texts};
use crate::metric::signature::{EMPTY, Signature};
use crate::metric::source::{intern, repeated};
use crate::metric::{Direction, Name, Options, Outcome, Statistic, StatisticKey};
use crate::text::{Stemmer, Tokenizer, sentence};

/// Words, sentences, repetition, and the fraction of summaries within the limits.
pub struct Length;

const TOKENIZER: Tokenizer = Tokenizer::Unicode;
const WORDS: &str = "words";
const SENTENCES: &str = "sentences";
const REPETITION: &str = "repetition";
const WITHIN: &str = "within_length";
/// The n-gram order of repetition.
const NGRAM: usize = 3;

impl SummaryMetric for Length {
    fn names(&self, options: &Options) -> Vec<Name> {
        let within = options.summaries.source.has_limits().then_some(WITHIN);
        [WORDS, SENTENCES, REPETITION].into_iter().chain(within).map(Name::from).collect()
    }

    fn signature(&self, name: &str, options: &Options) -> Signature {
        let signature = Signature::of(name.to_owned());
        let tokenizer = TOKENIZER.to_string();
        let signature = match name {
            WORDS => signature.with("tok", tokenizer),
            SENTENCES => signature.with("sent", sentence::RULE),
            REPETITION => signature.with("sets", format!("{NGRAM}-grams")).with("tok", tokenizer),
            _ => {
                let limits = signature.with("limits", options.summaries.source.limits()).with("tok", tokenizer);
                return limits.with("sent", sentence::RULE).with(EMPTY, "outside");
            }
        };
        signature.with("mean", "documents").open(EMPTY, "null")
    }

    fn direction(&self, name: &str) -> Direction {
        match name {
            REPETITION => Direction::Lower,
            WORDS | SENTENCES => Direction::Descriptive,
            _ => Direction::Higher,
        }
    }

    fn count(&self, texts: &Texts<'_>, options: &Options, wanted: &dyn Fn(&str) -> bool, outcome: &mut Outcome) {
        if !self.names(options).iter().any(|name| wanted(name)) {
            return;
        }
        let summary = texts.hypothesis;
        let [tokens] = intern([&TOKENIZER.tokens(summary, Stemmer::None)]);
        let (words, sentences) = (tokens.len() as u64, sentence::split(summary).len() as u64);
        let documents = u64::from(words > 0);
        let mut add = |name: &'static str, statistic| {
            if wanted(name) {
                outcome.statistics.add(StatisticKey::whole(name), statistic);
            }
        };
        add(WORDS, Statistic::Amount { sum: words as f64, documents });
        add(SENTENCES, Statistic::Amount { sum: (sentences * documents) as f64, documents });
        let (again, all) = repeated(&tokens, NGRAM);
        let share = if all > 0 { again as f64 / all as f64 } else { 0.0 };
        add(REPETITION, Statistic::Average { sum: share, documents: u64::from(all > 0) });
        let limits = &options.summaries.source;
        if limits.has_limits() {
            let characters = summary.trim().chars().count() as u64;
            let fits = limits.words.allow(words)
                && limits.sentences.allow(sentences)
                && limits.characters.allow(characters)
                && words > 0;
            add(WITHIN, Statistic::Share { hits: u64::from(fits), whole: 1 });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Length;
    use crate::document::Annotations;
    use crate::metric::summary::{SummaryMetric, Texts};
    use crate::metric::{Options, Outcome, Statistic, StatisticKey};

    fn statistics(summary: &str, options: &str) -> Outcome {
        let options: Options = toml::from_str(options).unwrap();
        let gold = Annotations::default();
        let texts = Texts { references: Vec::new(), hypothesis: summary, source: None, gold: &gold, predicted: &gold };
        let mut outcome = Outcome::default();
        Length.count(&texts, &options, &|_| true, &mut outcome);
        outcome
    }

    #[test]
    fn lengths_and_repetition() {
        let outcome = statistics("It is so. It is so. It is.", "");
        let get = |name: &str| outcome.statistics.get(&StatisticKey::whole(name.to_owned())).cloned();
        assert_eq!(get("words"), Some(Statistic::Amount { sum: 8.0, documents: 1 }));
        assert_eq!(get("sentences"), Some(Statistic::Amount { sum: 3.0, documents: 1 }));
        // Of `it is so`, `is so it` and `so it is` all three come back.
        assert_eq!(get("repetition"), Some(Statistic::Average { sum: 1.0, documents: 1 }));
        assert_eq!(get("within_length"), None);
    }

    #[test]
    fn limits_are_on_words_sentences_and_characters() {
        let fits = |summary: &str, limits: &str| {
            let outcome = statistics(summary, &format!("[summaries.source]\n{limits}"));
            outcome.statistics.get(&StatisticKey::whole("within_length")).cloned()
        };
        let yes = Some(Statistic::Share { hits: 1, whole: 1 });
        let no = Some(Statistic::Share { hits: 0, whole: 1 });
        assert_eq!(fits("One two three.", "words = { min = 3, max = 3 }"), yes);
        assert_eq!(fits("One two three.", "words = { max = 2 }"), no);
        assert_eq!(fits(" Oné. Two. ", "characters = { max = 9 }\nsentences = { min = 2 }"), yes);
        assert_eq!(fits("Oné. Two..", "characters = { max = 9 }"), no);
        assert_eq!(fits("", "words = { max = 2 }"), no);
        assert_eq!(fits("One", ""), None);
    }
}
