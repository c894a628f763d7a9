//! chrF and chrF++ (M. Popović, "chrF: character n-gram F-score for automatic MT evaluation", WMT
//! 2015, and "chrF++: words helping character n-grams", WMT 2017).

use rustc_hash::FxHashMap;

use super::suffixes::{Sorting, Suffixes};
use super::{VERSION, bytes};
use crate::metric::options::ChrfOptions;
use crate::metric::signature::{NREFS, Signature};
use crate::text::Vocabulary;
use crate::text::space::{is_space, split};

/// Replaces a ratio with a zero denominator.
const EPSILON: f64 = 1e-16;

/// A text prepared for comparison: its characters and its words as numbers.
struct Rows {
    characters: Vec<u32>,
    words: Vec<u32>,
}

/// Numbers characters with small integers, so that n-grams stay short; ASCII characters have their
/// codes.
#[derive(Default)]
struct Alphabet {
    others: FxHashMap<char, u32>,
}

impl Alphabet {
    fn number(&mut self, c: char) -> u32 {
        if c.is_ascii() {
            return c as u32 + 1;
        }
        let next = self.others.len() as u32 + 129;
        *self.others.entry(c).or_insert(next)
    }

    fn most(&self) -> u32 {
        self.others.len() as u32 + 128
    }
}

impl ChrfOptions {
    /// Returns the counts of one summary for chrF and for chrF++, against the first reference with
    /// the highest F: by order, the n-grams of the summary, of the reference, and of both;
    /// characters first, then words. Orders for which the reference is too short count no n-grams
    /// of the summary.
    pub fn count(&self, references: &[&str], hypothesis: &str) -> [Vec<f64>; 2] {
        let mut alphabet = Alphabet::default();
        let room = if self.word_order > 0 { bytes(references, hypothesis) } else { 0 };
        let mut vocabulary = Vocabulary::for_bytes(room);
        let hypothesis = self.rows(hypothesis, &mut alphabet, &mut vocabulary);
        let references: Vec<Rows> =
            references.iter().map(|text| self.rows(text, &mut alphabet, &mut vocabulary)).collect();
        let by_character = Sorting::new(self.char_order, alphabet.most());
        let by_word = Sorting::new(self.word_order, vocabulary.len() as u32);
        let characters = by_character.sort(&hypothesis.characters);
        let words = by_word.sort(&hypothesis.words);
        let mut best = [(-1.0, Vec::new()), (-1.0, Vec::new())];
        for reference in &references {
            let row = &reference.characters;
            let mut counts = counts(self.char_order, (&characters, hypothesis.characters.len()), row, by_character);
            self.keep(&mut best[0], &counts);
            counts.extend(self::counts(self.word_order, (&words, hypothesis.words.len()), &reference.words, by_word));
            self.keep(&mut best[1], &counts);
        }
        best.map(|(_, counts)| counts)
    }

    /// Returns the figure for counts or their sums over many summaries, 0 to 100.
    pub fn score(&self, sums: &[f64]) -> f64 {
        let factor = f64::from(self.beta) * f64::from(self.beta);
        let (mut score, mut orders, mut precisions, mut recalls) = (0.0, 0.0, 0.0, 0.0);
        let (counts, _) = sums.as_chunks::<3>();
        for &[summary, reference, shared] in counts {
            let precision = if summary > 0.0 { shared / summary } else { EPSILON };
            let recall = if reference > 0.0 { shared / reference } else { EPSILON };
            let whole = factor * precision + recall;
            score += if whole > 0.0 { (1.0 + factor) * precision * recall / whole } else { EPSILON };
            if summary > 0.0 && reference > 0.0 {
                precisions += precision;
                recalls += recall;
                orders += 1.0;
            }
        }
        if self.eps_smoothing {
            return 100.0 * score / counts.len() as f64;
        }
        if orders == 0.0 || precisions + recalls == 0.0 {
            return 0.0;
        }
        let (precision, recall) = (precisions / orders, recalls / orders);
        100.0 * ((1.0 + factor) * precision * recall / (factor * precision + recall))
    }

    /// Returns sacreBLEU's signature, preceded by the name of the score, which contains beta; with
    /// words for chrF++.
    pub fn signature(&self, with_words: bool) -> Signature {
        let yes = |is: bool| if is { "yes" } else { "no" };
        let words = if with_words { self.word_order } else { 0 };
        Signature::of(format!("chrF{}{}", self.beta, "+".repeat(words)))
            .open(NREFS, "?")
            .with("case", if self.lowercase { "lc" } else { "mixed" })
            .with("eff", yes(!self.eps_smoothing))
            .with("nc", self.char_order.to_string())
            .with("nw", words.to_string())
            .with("space", yes(self.whitespace))
            .with("version", VERSION)
    }

    fn keep(&self, best: &mut (f64, Vec<f64>), counts: &[f64]) {
        let score = self.score(counts);
        if score > best.0 {
            *best = (score, counts.to_vec());
        }
    }

    fn rows(&self, text: &str, alphabet: &mut Alphabet, vocabulary: &mut Vocabulary) -> Rows {
        let lower;
        let text = if self.lowercase {
            lower = text.to_lowercase();
            &lower
        } else {
            text
        };
        let mut characters = Vec::with_capacity(text.len());
        if text.is_ascii() {
            let kept = text.bytes().filter(|byte| self.whitespace || !is_space(char::from(*byte)));
            characters.extend(kept.map(|byte| u32::from(byte) + 1));
        } else {
            let kept = text.chars().filter(|c| self.whitespace || !is_space(*c));
            characters.extend(kept.map(|c| alphabet.number(c)));
        }
        let mut words = Vec::new();
        if self.word_order > 0 {
            let mut take = |word: &str| words.push(vocabulary.number(word) + 1);
            split(text).for_each(|word| without_mark(word).into_iter().flatten().for_each(&mut take));
        }
        Rows { characters, words }
    }
}

fn counts(order: usize, (summary, length): (&Suffixes<'_>, usize), other: &[u32], sorting: Sorting) -> Vec<f64> {
    let mut counts = vec![0.0; 3 * order];
    let totals = sorting.totals(summary, &sorting.sort(other));
    let (triples, _) = counts.as_chunks_mut::<3>();
    for (less, ([of_summary, of_reference, shared], total)) in triples.iter_mut().zip(totals).enumerate() {
        *shared = total as f64;
        if other.len() > less {
            *of_summary = length.saturating_sub(less) as f64;
            *of_reference = (other.len() - less) as f64;
        }
    }
    counts
}

/// Splits an ASCII punctuation mark off the end or else the beginning of a word with several
/// characters; never from both.
fn without_mark(word: &str) -> [Option<&str>; 2] {
    let is_mark = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_punctuation);
    let bytes = word.as_bytes();
    if bytes.len() == 1 {
        [Some(word), None]
    } else if is_mark(bytes.last()) {
        let (word, mark) = word.split_at(word.len() - 1);
        [Some(word), Some(mark)]
    } else if is_mark(bytes.first()) {
        let (mark, word) = word.split_at(1);
        [Some(mark), Some(word)]
    } else {
        [Some(word), None]
    }
}

#[cfg(test)]
mod tests {
    use super::without_mark;
    use crate::metric::options::ChrfOptions;

    const MAT: &str = "The cat sat on the mat.";
    const SITTING: &str = "A cat was sitting on the mat.";

    fn scores(options: ChrfOptions, references: &[&str], hypothesis: &str) -> [f64; 2] {
        options.count(references, hypothesis).map(|counts| options.score(&counts))
    }

    fn assert_near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 5e-6, "{found} is not {expected}");
    }

    /// Expected values printed by sacreBLEU 2.6.0.
    #[test]
    fn probes() {
        let options = ChrfOptions::default();
        let [chrf, chrf_words] = scores(options, &[SITTING], MAT);
        assert_near(chrf, 39.784_85);
        assert_near(chrf_words, 43.388_42);
        assert_near(scores(ChrfOptions { lowercase: true, ..options }, &[SITTING], MAT)[0], 40.542_50);
        assert_near(scores(ChrfOptions { whitespace: true, ..options }, &[SITTING], MAT)[0], 49.152_79);
        assert_near(scores(ChrfOptions { eps_smoothing: true, ..options }, &[SITTING], MAT)[0], 39.781_17);
        assert_eq!(scores(options, &[MAT], ""), [0.0; 2]);
        assert_eq!(scores(options, &[""], ""), [0.0; 2]);
        assert_eq!(scores(options, &["x", MAT], MAT), [100.0; 2]);
    }

    #[test]
    fn one_mark_a_word() {
        assert_eq!(without_mark("(hi)"), [Some("(hi"), Some(")")]);
        assert_eq!(without_mark("(hi"), [Some("("), Some("hi")]);
        assert_eq!(without_mark("«hi»"), [Some("«hi»"), None]);
        assert_eq!(without_mark("."), [Some("."), None]);
        assert_eq!(without_mark("é."), [Some("é"), Some(".")]);
    }

    #[test]
    fn signatures_are_those_of_sacrebleu() {
        let options = ChrfOptions::default();
        let rest = "|nrefs:?|case:mixed|eff:yes|nc:6|nw:";
        assert_eq!(options.signature(false).to_string(), format!("chrF2{rest}0|space:no|version:2.6.0"));
        assert_eq!(options.signature(true).to_string(), format!("chrF2++{rest}2|space:no|version:2.6.0"));
    }
}
