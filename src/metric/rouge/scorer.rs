//! From texts to figures.

use super::lcs::{Index, Pattern};
use super::ngram::Ngrams;
use super::tokens::{Interner, Tokens};
use super::{Kind, Prf};
use crate::text::Tokenizer;

/// The program whose figures these are, for signatures.
pub const MODE: &str = "rouge_score-0.1.2";

/// Scores a hypothesis against references. The default is that of rouge-score 0.1.2: its own tokenizer, no stemming.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Scorer {
    /// Whether tokens of more than three characters are Porter-stemmed.
    pub stem: bool,
    /// How texts are cut into tokens; any other than [`Tokenizer::RougeScore`] gives figures that no other program has.
    pub tokenizer: Tokenizer,
}

impl Scorer {
    /// One score a kind, in the order asked for; of several references, each kind takes the one with the best F1, the
    /// first of equals. Each text is tokenized once.
    ///
    /// Where there are no references at all, which rouge-score 0.1.2 refuses, every score is 0; so it is where a text
    /// has no tokens, or none of the length a kind asks for.
    ///
    /// # Panics
    /// On `Kind::N(0)`.
    pub fn score(&self, kinds: &[Kind], references: &[&str], hypothesis: &str) -> Vec<Prf> {
        let mut interner = Interner::new(self.tokenizer, self.stem);
        let hypothesis = interner.tokens(hypothesis);
        let references: Vec<Tokens> = references.iter().map(|text| interner.tokens(text)).collect();
        let texts = Texts { vocabulary: interner.size(), hypothesis, references };
        let by_n = texts.ngrams(kinds);
        let mut index = Index::new(texts.vocabulary);
        let score = |kind: &Kind| match *kind {
            Kind::N(n) => by_n[usize::from(n) - 1],
            Kind::L => texts.best(|reference| texts.lcs(&mut index, reference)),
            Kind::Lsum => texts.best(|reference| texts.union_lcs(&mut index, reference)),
        };
        kinds.iter().map(score).collect()
    }

    /// What the figures depend on: `rouge_score-0.1.2|tok:rouge_score|stem:no`.
    pub fn signature(&self) -> String {
        format!("{MODE}|tok:{}|stem:{}", self.tokenizer, if self.stem { "yes" } else { "no" })
    }

    /// Whether the tokenizer leaves nothing of a text that has more than white space, so that its scores are 0
    /// whatever it says. The user should be told.
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
    /// The n-gram scores from n = 1 up to the greatest n asked for.
    fn ngrams(&self, kinds: &[Kind]) -> Vec<Prf> {
        let most = kinds.iter().map(|kind| if let Kind::N(n) = *kind { usize::from(n) } else { 0 }).max().unwrap_or(0);
        let references: Vec<&[u32]> = self.references.iter().map(|reference| reference.ids.as_slice()).collect();
        let mut ngrams = Ngrams::unigrams(self.vocabulary, &self.hypothesis.ids, &references);
        let mut by_n = Vec::with_capacity(most);
        while by_n.len() < most {
            if by_n.len() == ngrams.n() {
                ngrams.grow();
            }
            let in_hypothesis = ngrams.in_hypothesis();
            let in_references = ngrams.in_references();
            by_n.push(first_best(
                in_references.into_iter().map(|(all, hits)| Prf::from_counts(hits, in_hypothesis, all)),
            ));
        }
        by_n
    }

    fn best(&self, score: impl FnMut(&Tokens) -> Prf) -> Prf {
        first_best(self.references.iter().map(score))
    }

    /// ROUGE-L: the longest common subsequence of the whole texts.
    fn lcs(&self, index: &mut Index, reference: &Tokens) -> Prf {
        let length = index.length(&self.hypothesis.ids, &reference.ids);
        Prf::from_counts(length, self.hypothesis.ids.len(), reference.ids.len())
    }

    /// ROUGE-Lsum: for every line of the reference, the tokens that are in a longest common subsequence with any line of
    /// the hypothesis. No token counts more often than either text has it.
    fn union_lcs(&self, index: &mut Index, reference: &Tokens) -> Prf {
        let mut left = vec![0_u32; self.vocabulary];
        for &token in &self.hypothesis.ids {
            left[token as usize] += 1;
        }
        let mut hits = 0;
        let mut marks = Vec::new();
        for line in reference.lines() {
            marks.clear();
            marks.resize(line.len(), false);
            let mut pattern = Pattern::new(line, index);
            self.hypothesis.lines().for_each(|text| pattern.mark(text, &mut marks));
            for (&token, _) in line.iter().zip(&marks).filter(|&(_, &marked)| marked) {
                let left = &mut left[token as usize];
                hits += usize::from(*left > 0);
                *left = left.saturating_sub(1);
            }
        }
        Prf::from_counts(hits, self.hypothesis.ids.len(), reference.ids.len())
    }
}

/// The first of those with the best F1; 0 where there are none.
fn first_best(scores: impl Iterator<Item = Prf>) -> Prf {
    scores.reduce(|best, score| if score.f1 > best.f1 { score } else { best }).unwrap_or_default()
}
