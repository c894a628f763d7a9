//! From texts to counts.

use super::Kind;
use super::hits::{Hits, round};
use super::lcs;
use super::reading::{Reader, Reading};
use super::skip;
use super::weighted::Weighted;
use crate::metric::options::{Formula, Rouge155Options};
use crate::metric::rouge::lcs::Index;
use crate::metric::rouge::ngram::Ngrams;

/// Counts what a summary and its references have in common, one pool of counts a kind, in the order asked for.
///
/// Of several references, formula A adds up the counts of all, the summary's once a reference; formula B takes those of the
/// one with the best recall, the first of equals, where that of n-grams and skip-bigrams is rounded to five decimals first.
/// Where there are no references, or none with tokens, nothing is hit.
///
/// # Panics
/// On `Kind::N(0)`.
pub fn count(kinds: &[Kind], references: &[&str], summary: &str, options: &Rouge155Options) -> Vec<Hits> {
    let texts: Vec<Vec<u8>> =
        [summary].iter().chain(references).map(|text| text.to_ascii_lowercase().into_bytes()).collect();
    let mut reader = Reader::new(options);
    let mut readings: Vec<Reading> = texts.iter().map(|text| reader.read(text)).collect();
    let references = readings.split_off(1);
    let [summary] = &readings[..] else { return vec![Hits::default(); kinds.len()] };
    let texts = Texts { vocabulary: reader.size(), summary, references: &references, options };
    let by_n = texts.ngrams(kinds);
    let count = |kind: &Kind| match *kind {
        Kind::N(n) => by_n[usize::from(n) - 1],
        Kind::L => texts.plain(),
        Kind::W => texts.weighted(),
        Kind::S(gap) => texts.skip(gap, false),
        Kind::Su(gap) => texts.skip(gap, true),
    };
    kinds.iter().map(count).collect()
}

struct Texts<'a> {
    vocabulary: usize,
    summary: &'a Reading,
    references: &'a [Reading],
    options: &'a Rouge155Options,
}

impl Texts<'_> {
    /// The counts by n, from 1 up to the greatest n asked for.
    fn ngrams(&self, kinds: &[Kind]) -> Vec<Hits> {
        let most = kinds.iter().map(|kind| if let Kind::N(n) = *kind { usize::from(n) } else { 0 }).max().unwrap_or(0);
        let references: Vec<&[u32]> = self.references.iter().map(|reading| reading.tokens.ids.as_slice()).collect();
        let mut ngrams = Ngrams::unigrams(self.vocabulary, &self.summary.tokens.ids, &references);
        let mut by_n = Vec::with_capacity(most);
        while by_n.len() < most {
            if by_n.len() == ngrams.n() {
                ngrams.grow();
            }
            let summary = ngrams.in_hypothesis();
            let all = ngrams.in_references().into_iter().map(|(all, hits)| Hits::new(all, summary, hits));
            by_n.push(self.pool(all.map(by_rounded_recall)));
        }
        by_n
    }

    fn skip(&self, gap: i32, alone: bool) -> Hits {
        let pairs = |reading: &Reading| skip::pairs(&reading.tokens.ids, gap, alone);
        let summary = pairs(self.summary);
        let all = self.references.iter().map(|reading| {
            let reference = pairs(reading);
            Hits::new(reference.len(), summary.len(), skip::shared(&reference, &summary))
        });
        self.pool(all.map(by_rounded_recall))
    }

    fn plain(&self) -> Hits {
        let mut index = Index::new(self.vocabulary);
        let all = self.references.iter().map(|reading| {
            let (all, hits) = lcs::plain(&mut index, self.vocabulary, reading, self.summary);
            let score = if all > 0 { hits as f64 / all as f64 } else { 0.0 };
            (Hits::new(all, self.summary.tokens.ids.len(), hits), score)
        });
        self.pool(all)
    }

    fn weighted(&self) -> Hits {
        let mut table = Weighted::new(self.options.weight);
        let summary = (self.summary.tokens.ids.len() as f64).powf(self.options.weight);
        let all = self.references.iter().map(|reading| {
            let found = lcs::weighted(&mut table, self.vocabulary, reading, self.summary);
            (Hits { references: found.reference, summary, hits: found.hits }, found.score)
        });
        self.pool(all)
    }

    /// Joins references, given with what the best one is chosen by.
    fn pool(&self, references: impl Iterator<Item = (Hits, f64)>) -> Hits {
        match self.options.formula {
            Formula::A => references.fold(Hits::default(), |mut sum, (hits, _)| {
                sum += hits;
                sum
            }),
            Formula::B => references
                .reduce(|best, other| if other.1 > best.1 { other } else { best })
                .map(|(hits, _)| hits)
                .unwrap_or_default(),
        }
    }
}

fn by_rounded_recall(hits: Hits) -> (Hits, f64) {
    (hits, if hits.references > 0.0 { round(hits.hits / hits.references) } else { 0.0 })
}
