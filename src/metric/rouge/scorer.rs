//! The ROUGE scorer: computes figures from texts.

use super::lcs::{Index, Pattern};
use super::lexicon::Lexicon;
use super::lines_by_token::LinesByToken;
use super::ngram::Ngrams;
use super::tokens::Tokens;
use super::{Prf, RougeVariant};
use crate::metric::Signature;
use crate::text::{Stemmer, Tokenizer};

/// The name and version of the reproduced package, for signatures.
pub const MODE: &str = "rouge_score-0.1.2";

/// Scores a hypothesis against references. The default reproduces rouge-score 0.1.2: its own
/// tokenizer, no stemming.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Scorer {
    /// The stemmer; rouge-score 0.1.2 supports [`Stemmer::None`] and [`Stemmer::Porter`].
    pub stemmer: Stemmer,
    /// The tokenizer; with any other than [`Tokenizer::RougeScore`] figures are comparable with no
    /// other program.
    pub tokenizer: Tokenizer,
}

impl Scorer {
    /// Returns one score per kind, in the order of `kinds`. If there are several references, each
    /// kind takes the first one with the best F1. Each text is tokenized once.
    ///
    /// Without references, which rouge-score 0.1.2 refuses, every score is 0; so is the score if a
    /// text has no tokens, or none of the requested n-gram length.
    ///
    /// # Panics
    /// Panics for `RougeVariant::N(0)`.
    pub fn score(&self, kinds: &[RougeVariant], references: &[&str], hypothesis: &str) -> Vec<Prf> {
        let texts = Lexicon::with(self.tokenizer, self.stemmer, |lexicon| {
            let hypothesis = lexicon.tokens(hypothesis);
            let references: Vec<Tokens> = references.iter().map(|text| lexicon.tokens(text)).collect();
            Texts { vocabulary: lexicon.size(), hypothesis, references }
        });
        let by_n = texts.ngrams(kinds);
        let mut index = Index::new(texts.vocabulary);
        let score = |kind: &RougeVariant| match *kind {
            RougeVariant::N(n) => by_n[usize::from(n) - 1],
            RougeVariant::L => texts.best(|reference| texts.lcs(&mut index, reference)),
            RougeVariant::Lsum => texts.best(|reference| texts.union_lcs(&mut index, reference)),
        };
        kinds.iter().map(score).collect()
    }

    /// Returns the signature: `rouge_score-0.1.2|tok:rouge_score|stem:no`.
    pub fn signature(&self) -> Signature {
        Signature::of(MODE).and(self.choices())
    }

    /// Returns the fields of the signature that depend on options.
    pub(crate) fn choices(&self) -> Signature {
        Signature::default().with("tok", self.tokenizer.to_string()).with("stem", self.stemmer.to_string())
    }

    /// Returns whether the tokenizer leaves nothing of a text that contains more than white space,
    /// so that its scores are 0 whatever its content. Warn the user in this case.
    pub fn empties(&self, text: &str) -> bool {
        self.tokenizer.empties(text)
    }
}

/// The tokens of one hypothesis and its references.
struct Texts {
    vocabulary: usize,
    hypothesis: Tokens,
    references: Vec<Tokens>,
}

impl Texts {
    /// Returns the n-gram scores from n = 1 up to the largest requested n.
    fn ngrams(&self, kinds: &[RougeVariant]) -> Vec<Prf> {
        let most =
            kinds.iter().map(|kind| if let RougeVariant::N(n) = *kind { usize::from(n) } else { 0 }).max().unwrap_or(0);
        let references: Vec<&[u32]> = self.references.iter().map(|reference| reference.ids.as_slice()).collect();
        Ngrams::by_n(self.vocabulary, &self.hypothesis.ids, &references, most, |in_hypothesis, in_references| {
            first_best(in_references.into_iter().map(|(all, hits)| Prf::from_counts(hits, in_hypothesis, all)))
        })
    }

    fn best(&self, score: impl FnMut(&Tokens) -> Prf) -> Prf {
        first_best(self.references.iter().map(score))
    }

    /// Returns ROUGE-L: the longest common subsequence of the whole texts.
    fn lcs(&self, index: &mut Index, reference: &Tokens) -> Prf {
        let length = index.length(&self.hypothesis.ids, &reference.ids);
        Prf::from_counts(length, self.hypothesis.ids.len(), reference.ids.len())
    }

    /// Returns ROUGE-Lsum: for every line of the reference, the tokens in a longest common
    /// subsequence with any line of the hypothesis. No token counts more often than it occurs in
    /// either text; in the reference this holds because each position is marked once.
    fn union_lcs(&self, index: &mut Index, reference: &Tokens) -> Prf {
        if reference.lines().len() <= 1 && self.hypothesis.lines().len() <= 1 {
            return self.lcs(index, reference);
        }
        let mut left = vec![0_u32; self.vocabulary];
        for &token in &self.hypothesis.ids {
            left[token as usize] += 1;
        }
        let mut texts = LinesByToken::new(self.vocabulary, self.hypothesis.lines());
        let mut hits = 0;
        let mut marks = Vec::new();
        for line in reference.lines() {
            marks.clear();
            marks.resize(line.len(), false);
            let mut pattern = Pattern::new(line, index);
            texts.visit_sharing(line, |text| pattern.mark(text, &mut marks));
            for (&token, _) in line.iter().zip(&marks).filter(|&(_, &marked)| marked) {
                let left = &mut left[token as usize];
                hits += usize::from(*left > 0);
                *left = left.saturating_sub(1);
            }
        }
        Prf::from_counts(hits, self.hypothesis.ids.len(), reference.ids.len())
    }
}

/// Returns the first score with the best F1; 0 if there are none.
fn first_best(scores: impl Iterator<Item = Prf>) -> Prf {
    scores.reduce(|best, score| if score.f1 > best.f1 { score } else { best }).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Prf, RougeVariant, Scorer, Stemmer, Tokenizer};

    const PLAIN: Scorer = Scorer { stemmer: Stemmer::None, tokenizer: Tokenizer::RougeScore };
    const STEMMED: Scorer = Scorer { stemmer: Stemmer::Porter, tokenizer: Tokenizer::RougeScore };

    /// Returns precision, recall and F1 of one kind.
    fn score(scorer: Scorer, kind: RougeVariant, references: &[&str], hypothesis: &str) -> [f64; 3] {
        let prf = scorer.score(&[kind], references, hypothesis)[0];
        [prf.precision, prf.recall, prf.f1]
    }

    // Every number below was printed by rouge_score 0.1.2.

    #[test]
    fn lsum_takes_lines_for_sentences() {
        let (reference, hypothesis) = ("a b c d\ne f g", "e f g\na b c d");
        assert_eq!(score(PLAIN, RougeVariant::L, &[reference], hypothesis), [0.5714285714285714; 3]);
        assert_eq!(score(PLAIN, RougeVariant::Lsum, &[reference], hypothesis), [1.0; 3]);
        assert_eq!(score(PLAIN, RougeVariant::N(2), &[reference], hypothesis), [0.8333333333333334; 3]);
        assert_eq!(score(PLAIN, RougeVariant::N(3), &[reference], hypothesis), [0.6; 3]);
        // A full stop ends no sentence, and neither does a carriage return.
        assert_eq!(score(PLAIN, RougeVariant::Lsum, &["a b c d. e f g"], "e f g.\ra b c d"), [0.5714285714285714; 3]);
    }

    #[test]
    fn lsum_joins_subsequences_and_counts_no_token_twice() {
        let (reference, hypothesis) = ("a b a b\nb a", "b a b\na a b b");
        assert_eq!(
            score(PLAIN, RougeVariant::L, &[reference], hypothesis),
            [0.7142857142857143, 0.8333333333333334, 0.7692307692307692]
        );
        assert_eq!(
            score(PLAIN, RougeVariant::Lsum, &[reference], hypothesis),
            [0.8571428571428571, 1.0, 0.923076923076923]
        );
        assert_eq!(score(PLAIN, RougeVariant::N(3), &[reference], hypothesis), [0.6, 0.75, 0.6666666666666665]);
        // Both lines of the reference have the token, the hypothesis has it once.
        assert_eq!(score(PLAIN, RougeVariant::Lsum, &["a\na"], "a"), [1.0, 0.5, 0.6666666666666666]);
    }

    #[test]
    fn empty_texts_and_texts_shorter_than_n_score_nothing() {
        for kind in RougeVariant::ALL {
            for (reference, hypothesis) in [("", ""), ("", "a"), ("a", ""), ("\n\n", "\n"), ("日本語 の", "日本語 の")]
            {
                assert_eq!(score(PLAIN, kind, &[reference], hypothesis), [0.0; 3], "{kind}");
            }
            assert_eq!(score(PLAIN, kind, &[], "a"), [0.0; 3], "{kind}");
        }
        assert_eq!(score(PLAIN, RougeVariant::N(1), &["hello"], "hello"), [1.0; 3]);
        assert_eq!(score(PLAIN, RougeVariant::N(2), &["hello"], "hello"), [0.0; 3]);
        assert_eq!(score(PLAIN, RougeVariant::L, &["café"], "caf"), [1.0; 3]);
    }

    #[test]
    fn texts_without_tokens_are_reported() {
        assert!(PLAIN.empties("日本語 の") && !PLAIN.empties(" \n") && !PLAIN.empties("café"));
        let words = Scorer { tokenizer: Tokenizer::Unicode, ..PLAIN };
        assert!(!words.empties("日本語 の"));
        assert_eq!(score(words, RougeVariant::N(2), &["日本語 の"], "日本語 の"), [1.0; 3]);
        assert_eq!(score(words, RougeVariant::N(1), &["café"], "caf"), [0.0; 3]);
    }

    #[test]
    fn the_best_reference_counts_for_each_kind() {
        let references = ["the cat sat on the mat", "a feline rested happily"];
        let best = [0.6666666666666666, 0.3333333333333333, 0.4444444444444444];
        assert_eq!(score(PLAIN, RougeVariant::N(1), &references, "the cat rested"), best);
        assert_eq!(score(PLAIN, RougeVariant::N(2), &references, "the cat rested"), [0.5, 0.2, 0.28571428571428575]);
        assert_eq!(score(PLAIN, RougeVariant::L, &references, "the cat rested"), best);
        assert_eq!(score(PLAIN, RougeVariant::Lsum, &references, "the cat rested"), best);
        assert_eq!(PLAIN.score(&[RougeVariant::N(3)], &references, "the cat rested"), [Prf::default()]);
    }

    /// 2 * 3 / (4 + 11) and 2 * 1 / (4 + 1) are both 0.4, but the first is a bit less in floats.
    #[test]
    fn equal_f_is_decided_in_floats_and_then_by_order() {
        let [longer, shorter] = ["a b c 1 2 3 4 5 6 7 8", "a"];
        assert_eq!(score(PLAIN, RougeVariant::N(1), &[longer, shorter], "a b c d"), [0.25, 1.0, 0.4]);
        assert_eq!(score(PLAIN, RougeVariant::N(1), &[longer], "a b c d")[2], 0.39999999999999997);
        // 1 of 2 in a reference of 2, 2 of 2 in one of 6: a tie in floats too, and the first
        // counts.
        let [even, uneven] = ["a x", "a b 1 2 3 4"];
        assert_eq!(score(PLAIN, RougeVariant::N(1), &[even, uneven], "a b"), [0.5; 3]);
        assert_eq!(score(PLAIN, RougeVariant::N(1), &[uneven, even], "a b"), [1.0, 0.3333333333333333, 0.5]);
    }

    #[test]
    fn stemming_joins_forms_of_a_word() {
        assert_eq!(
            score(PLAIN, RougeVariant::N(1), &["dying flies agreed"], "die flies agree"),
            [0.3333333333333333; 3]
        );
        assert_eq!(score(STEMMED, RougeVariant::N(2), &["dying flies agreed"], "die flies agree"), [1.0; 3]);
    }

    #[test]
    fn the_signature_names_what_figures_depend_on() {
        assert_eq!(PLAIN.signature().to_string(), "rouge_score-0.1.2|tok:rouge_score|stem:no");
        let other = Scorer { stemmer: Stemmer::Porter, tokenizer: Tokenizer::Unicode };
        assert_eq!(other.signature().to_string(), "rouge_score-0.1.2|tok:unicode|stem:porter-nltk");
    }

    /// The lines of a long hypothesis are found by an index, and their order has no influence.
    #[test]
    fn lsum_of_many_lines() {
        let line = |at: usize| format!("a{at} b{at} c{at}");
        let text = |of: &mut dyn Iterator<Item = usize>| of.map(line).collect::<Vec<_>>().join("\n");
        let reference = text(&mut (0..1_000));
        let shuffled = text(&mut (0..1_000).map(|at| at * 7 % 1_000));
        assert_eq!(score(PLAIN, RougeVariant::Lsum, &[&reference], &shuffled), [1.0; 3]);
        let half = text(&mut (0..500).rev());
        assert_eq!(score(PLAIN, RougeVariant::Lsum, &[&reference], &half), [1.0, 0.5, 0.6666666666666666]);
    }

    proptest! {
        #[test]
        fn swapping_the_texts_swaps_precision_and_recall(a in "[a-e \n]{0,90}", b in "[a-e \n]{0,90}") {
            for kind in [RougeVariant::N(1), RougeVariant::N(2), RougeVariant::N(3), RougeVariant::N(9), RougeVariant::L] {
                let [precision, recall, f1] = score(PLAIN, kind, &[&a], &b);
                prop_assert_eq!(score(PLAIN, kind, &[&b], &a), [recall, precision, f1]);
            }
        }

        #[test]
        fn a_text_scores_1_against_itself_or_0_where_it_is_too_short(text in "[a-cA-C0é \n.]{0,60}", stem: bool) {
            let scorer = if stem { STEMMED } else { PLAIN };
            let tokens = scorer.tokenizer.tokens(&text, scorer.stemmer).len();
            for kind in RougeVariant::ALL {
                let least = if let RougeVariant::N(n) = kind { usize::from(n) } else { 1 };
                let expected = if tokens >= least { 1.0 } else { 0.0 };
                prop_assert_eq!(score(scorer, kind, &[&text], &text), [expected; 3]);
            }
        }

        #[test]
        fn scores_lie_between_0_and_1_and_do_not_depend_on_the_kinds_asked_for(
            references in prop::collection::vec("[a-e \n]{0,60}|\\PC{0,60}", 0..4),
            hypothesis in "[a-e \n]{0,60}|\\PC{0,60}",
        ) {
            let references: Vec<&str> = references.iter().map(String::as_str).collect();
            let all = STEMMED.score(&RougeVariant::ALL, &references, &hypothesis);
            for (kind, prf) in RougeVariant::ALL.into_iter().zip(all) {
                for value in [prf.precision, prf.recall, prf.f1] {
                    prop_assert!((0.0..=1.0).contains(&value), "{} {:?}", kind, prf);
                }
                prop_assert!(prf.f1 <= prf.precision.max(prf.recall) + 1e-15);
                prop_assert_eq!(STEMMED.score(&[kind], &references, &hypothesis), [prf]);
            }
        }

        #[test]
        fn lsum_of_single_lines_is_l(a in "[a-e ]{0,200}", b in "[a-e ]{0,200}") {
            prop_assert_eq!(score(PLAIN, RougeVariant::Lsum, &[&a], &b), score(PLAIN, RougeVariant::L, &[&a], &b));
        }
    }
}
