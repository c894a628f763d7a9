//! Options of ROUGE-1.5.5.

use std::path::PathBuf;
use std::sync::Arc;

use serde::de::Error;
use serde::{Deserialize, Deserializer};

use crate::metric::rouge155::Rouge155Variant;
use crate::metric::signature::{AVERAGE, LEVEL, Signature};
use crate::text::exceptions::{Exceptions, StopList};

/// The options of ROUGE-1.5.5 under longer names. The defaults are those of the Document
/// Understanding Conferences, `-n 4 -w 1.2 -2 4 -u -m -c 95 -r 1000 -f A -p 0.5 -t 0`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rouge155Options {
    /// `-n`: ROUGE-N from 1 to this, at most 9; 0 for none.
    pub longest_ngram: u8,
    /// Whether ROUGE-L is computed; `-x` disables it.
    pub lcs: bool,
    /// `-w`: the exponent of ROUGE-W, usually 1.2; 0 for no ROUGE-W.
    pub weight: f64,
    /// `-2` with `-u` or `-U`: ROUGE-S, ROUGE-SU, or both.
    pub skip_bigrams: SkipBigrams,
    /// `-2`: the largest number of tokens between the two tokens of a skip-bigram; negative for no
    /// limit.
    pub gap: i32,
    /// `-m`: whether tokens of more than three letters are stemmed.
    pub stem: bool,
    /// `-l` and `-b`: the length to which references and summaries are truncated.
    pub length: LengthLimit,
    /// `-f`: how several references are combined.
    pub formula: ReferenceFormula,
    /// `-p`: the weight of precision in F, 0 to 1.
    pub alpha: f64,
    /// `-t`: what is averaged.
    pub counting: Counting,
    /// `-c`: the level of the intervals in percent, 0 to 100.
    pub confidence: f64,
    /// `-r`: the number of bootstrap samples, at least 1. Averages depend on them, too.
    pub resamples: u32,
    /// The folder of WordNet's exception lists, looked up before stemming; relative to the folder
    /// of the options file.
    pub wordnet_exceptions: Option<PathBuf>,
    /// `-s`: a file of stop words, one per line; relative to the folder of the options file.
    pub stop_words: Option<PathBuf>,
    /// The exceptions read from `wordnet_exceptions`.
    #[serde(skip)]
    pub exceptions: Option<Arc<Exceptions>>,
    /// The stop words read from `stop_words`.
    #[serde(skip)]
    pub stop_list: Option<Arc<StopList>>,
    /// Whether `-s` was given, so that stop words are required.
    #[serde(skip)]
    pub needs_stop_words: bool,
}

/// Which skip-bigrams are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SkipBigrams {
    /// None.
    None,
    /// ROUGE-S.
    S,
    /// ROUGE-SU.
    Su,
    /// ROUGE-S and ROUGE-SU.
    Both,
}

/// The length to which a text is truncated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LengthLimit {
    /// No truncation.
    All,
    /// The number of words, separated by white space.
    Words(u32),
    /// The number of bytes, not counting line breaks.
    Bytes(u32),
}

/// How several references are combined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum ReferenceFormula {
    /// Counts are summed over references.
    A,
    /// The reference with the best recall is used.
    B,
}

/// What is averaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Counting {
    /// `-t 0`: the figures of documents are averaged.
    Documents,
    /// `-t 1`: figures are computed from counts summed over documents.
    Tokens,
    /// `-t 2`: counts are reported without figures and intervals.
    Counts,
}

impl Default for Rouge155Options {
    fn default() -> Self {
        Self { longest_ngram: 4, weight: 1.2, skip_bigrams: SkipBigrams::Su, stem: true, ..Self::unasked() }
    }
}

impl Rouge155Options {
    /// Returns the defaults of the program itself.
    pub(super) fn unasked() -> Self {
        Self {
            longest_ngram: 0,
            lcs: true,
            weight: 0.0,
            skip_bigrams: SkipBigrams::None,
            gap: 4,
            stem: false,
            length: LengthLimit::All,
            formula: ReferenceFormula::A,
            alpha: 0.5,
            counting: Counting::Documents,
            confidence: 95.0,
            resamples: 1000,
            wordnet_exceptions: None,
            stop_words: None,
            exceptions: None,
            stop_list: None,
            needs_stop_words: false,
        }
    }

    /// Returns the kinds that are computed, in the order in which the program prints them.
    pub fn kinds(&self) -> Vec<Rouge155Variant> {
        let skip = |is: [SkipBigrams; 2], kind: Rouge155Variant| is.contains(&self.skip_bigrams).then_some(kind);
        let ngrams = (1..=self.longest_ngram).map(Rouge155Variant::N);
        let lcs =
            self.lcs.then_some(Rouge155Variant::L).into_iter().chain((self.weight > 0.0).then_some(Rouge155Variant::W));
        let pairs = [
            skip([SkipBigrams::S, SkipBigrams::Both], Rouge155Variant::S(self.gap)),
            skip([SkipBigrams::Su, SkipBigrams::Both], Rouge155Variant::Su(self.gap)),
        ];
        ngrams.chain(lcs).chain(pairs.into_iter().flatten()).collect()
    }

    /// Returns the signature of one kind.
    pub fn signature(&self, kind: Rouge155Variant) -> Signature {
        let mut signature = Signature::of(kind.to_string()).with("mode", "ROUGE-1.5.5");
        if kind == Rouge155Variant::W {
            signature = signature.with("weight", self.weight.to_string());
        }
        signature = match (self.stem, &self.exceptions) {
            (false, _) => signature.with("stem", "no"),
            (true, None) => signature.with("stem", "porter-perl").with("exc", "none"),
            (true, Some(exceptions)) => {
                signature.with("stem", "porter-perl").with("exc", format!("wordnet-{}", exceptions.fingerprint()))
            }
        };
        let stop = self.stop_list.as_ref().map_or("no", |list| list.fingerprint()).to_owned();
        let length = match self.length {
            LengthLimit::All => "all".to_owned(),
            LengthLimit::Words(most) => format!("{most}-words"),
            LengthLimit::Bytes(most) => format!("{most}-bytes"),
        };
        let references = match self.formula {
            ReferenceFormula::A => "A-pooled",
            ReferenceFormula::B => "B-best-recall",
        };
        let counting = match self.counting {
            Counting::Documents => "documents",
            Counting::Tokens => "tokens",
            Counting::Counts => "counts",
        };
        signature
            .with("stop", stop)
            .with("length", length)
            .with("references", references)
            .with("alpha", self.alpha.to_string())
            .with(AVERAGE, counting)
            .with(LEVEL, self.confidence.to_string())
            .with("resamples", self.resamples.to_string())
    }

    /// Returns a diagnostic if the options are invalid.
    pub(super) fn diagnostic(&self) -> Option<String> {
        let share = |name: &str, value: f64, most: f64| {
            (!(0.0..=most).contains(&value)).then(|| format!("`{name}` must be between 0 and {most}, and is {value}"))
        };
        if self.longest_ngram > 9 {
            return Some(format!("`longest_ngram` must be between 0 and 9, and is {}", self.longest_ngram));
        }
        if self.resamples == 0 {
            return Some("`resamples` must be at least 1".to_owned());
        }
        if matches!(self.length, LengthLimit::Words(0) | LengthLimit::Bytes(0)) {
            return Some("a `length` of 0 leaves nothing; leave it out to read all".to_owned());
        }
        share("alpha", self.alpha, 1.0)
            .or_else(|| share("confidence", self.confidence, 100.0))
            .or_else(|| share("weight", self.weight, 100.0))
    }
}

pub(super) fn checked<'de, D: Deserializer<'de>>(value: D) -> Result<Rouge155Options, D::Error> {
    let options = Rouge155Options::deserialize(value)?;
    options.diagnostic().map_or(Ok(options), |diagnostic| Err(D::Error::custom(diagnostic)))
}

#[cfg(test)]
mod tests {
    use super::{LengthLimit, Rouge155Options, Rouge155Variant};
    use crate::metric::Options;

    fn read(table: &str) -> Result<Rouge155Options, String> {
        let options = toml::from_str::<Options>(&format!("[summaries.rouge155]\n{table}"));
        options.map(|options| options.summaries.rouge155).map_err(|error| error.message().to_owned())
    }

    #[test]
    fn the_default_is_that_of_the_conferences() {
        let names: Vec<String> = read("").unwrap().kinds().iter().map(ToString::to_string).collect();
        assert_eq!(names, ["rouge1", "rouge2", "rouge3", "rouge4", "rougeL", "rougeW", "rougeSU4"]);
        assert_eq!(read("").unwrap(), Rouge155Options::default());
        assert_eq!(
            Rouge155Options::default().signature(Rouge155Variant::W).to_string(),
            "rougeW|mode:ROUGE-1.5.5|weight:1.2|stem:porter-perl|exc:none|stop:no|length:all|references:A-pooled|\
             alpha:0.5|average:documents|ci:95|resamples:1000"
        );
    }

    #[test]
    fn a_table_is_read_and_checked() {
        let options = read("longest_ngram = 0\nlcs = false\nweight = 0\nskip_bigrams = 'both'\ngap = -1").unwrap();
        assert_eq!(options.kinds(), [Rouge155Variant::S(-1), Rouge155Variant::Su(-1)]);
        assert_eq!(read("length = { words = 100 }").unwrap().length, LengthLimit::Words(100));
        for (table, message) in [
            ("alpha = 1.5", "`alpha` must be between 0 and 1, and is 1.5"),
            ("confidence = -1", "`confidence` must be between 0 and 100, and is -1"),
            ("longest_ngram = 10", "`longest_ngram` must be between 0 and 9, and is 10"),
            ("resamples = 0", "`resamples` must be at least 1"),
            ("weight = nan", "`weight` must be between 0 and 100, and is NaN"),
            ("length = { bytes = 0 }", "a `length` of 0 leaves nothing; leave it out to read all"),
        ] {
            assert_eq!(read(table), Err(message.to_owned()));
        }
        assert!(read("stemm = true").unwrap_err().contains("unknown field"));
    }
}
