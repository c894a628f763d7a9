//! Counts the units that a summary and its references share.

use super::Rouge155Variant;
use super::hits::{Hits, round};
use super::lcs;
use super::reading::{ReadText, Reader};
use super::skip;
use super::weighted::WeightedLcs;
use crate::metric::options::{ReferenceFormula, Rouge155Options};
use crate::metric::rouge::lcs::Index;
use crate::metric::rouge::ngram::Ngrams;

/// Returns the counts of each kind, in the order of `kinds`.
///
/// If there are several references, formula A sums the counts of all, and counts the summary once
/// per reference. Formula B takes those of the first reference with the best recall, which for
/// n-grams and skip-bigrams is first rounded to five decimals. Without references, or references
/// with tokens, there are no hits.
///
/// # Panics
/// Panics for `Rouge155Variant::N(0)`.
pub fn count(kinds: &[Rouge155Variant], references: &[&str], summary: &str, options: &Rouge155Options) -> Vec<Hits> {
    let texts: Vec<Vec<u8>> =
        [summary].iter().chain(references).map(|text| text.to_ascii_lowercase().into_bytes()).collect();
    let mut reader = Reader::new(options);
    let mut readings: Vec<ReadText> = texts.iter().map(|text| reader.read(text)).collect();
    let references = readings.split_off(1);
    let [summary] = &readings[..] else { return vec![Hits::default(); kinds.len()] };
    let texts = Texts { vocabulary: reader.size(), summary, references: &references, options };
    let by_n = texts.ngrams(kinds);
    let count = |kind: &Rouge155Variant| match *kind {
        Rouge155Variant::N(n) => by_n[usize::from(n) - 1],
        Rouge155Variant::L => texts.plain(),
        Rouge155Variant::W => texts.weighted(),
        Rouge155Variant::S(gap) => texts.skip(gap, false),
        Rouge155Variant::Su(gap) => texts.skip(gap, true),
    };
    kinds.iter().map(count).collect()
}

struct Texts<'a> {
    vocabulary: usize,
    summary: &'a ReadText,
    references: &'a [ReadText],
    options: &'a Rouge155Options,
}

impl Texts<'_> {
    /// Returns the counts by n, from 1 up to the largest requested n.
    fn ngrams(&self, kinds: &[Rouge155Variant]) -> Vec<Hits> {
        let most = kinds
            .iter()
            .map(|kind| if let Rouge155Variant::N(n) = *kind { usize::from(n) } else { 0 })
            .max()
            .unwrap_or(0);
        let references: Vec<&[u32]> = self.references.iter().map(|reading| reading.tokens.ids.as_slice()).collect();
        Ngrams::by_n(self.vocabulary, &self.summary.tokens.ids, &references, most, |summary, in_references| {
            let all = in_references.into_iter().map(|(all, hits)| Hits::new(all, summary, hits));
            self.pool(all.map(by_rounded_recall))
        })
    }

    fn skip(&self, gap: i32, alone: bool) -> Hits {
        let pairs = |reading: &ReadText| skip::pairs(&reading.tokens.ids, gap, alone);
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
        let mut table = WeightedLcs::new(self.options.weight);
        let summary = (self.summary.tokens.ids.len() as f64).powf(self.options.weight);
        let all = self.references.iter().map(|reading| {
            let found = lcs::weighted(&mut table, self.vocabulary, reading, self.summary);
            (Hits { references: found.reference, summary, hits: found.hits }, found.score)
        });
        self.pool(all)
    }

    /// Combines the counts of references, each given with the criterion for the best one.
    fn pool(&self, references: impl Iterator<Item = (Hits, f64)>) -> Hits {
        match self.options.formula {
            ReferenceFormula::A => references.fold(Hits::default(), |mut sum, (hits, _)| {
                sum += hits;
                sum
            }),
            ReferenceFormula::B => references
                .reduce(|best, other| if other.1 > best.1 { other } else { best })
                .map(|(hits, _)| hits)
                .unwrap_or_default(),
        }
    }
}

fn by_rounded_recall(hits: Hits) -> (Hits, f64) {
    (hits, if hits.references > 0.0 { round(hits.hits / hits.references) } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Rouge155Variant, count};
    use crate::metric::options::Rouge155Options;

    /// Returns recall, precision and F of everything that the arguments request, by name.
    fn figures(arguments: &str, references: &[&str], summary: &str) -> Vec<(String, [f64; 3])> {
        let options: Rouge155Options = arguments.parse().unwrap();
        let kinds = options.kinds();
        let hits = count(&kinds, references, summary, &options);
        let figure = |(kind, hits): (&Rouge155Variant, crate::metric::rouge155::Hits)| {
            let prf = hits.rounded(options.alpha, (*kind == Rouge155Variant::W).then_some(options.weight));
            (kind.to_string(), [prf.recall, prf.precision, prf.f1])
        };
        kinds.iter().zip(hits).map(figure).collect()
    }

    fn assert_figures(arguments: &str, references: &[&str], summary: &str, expected: &[(&str, [f64; 3])]) {
        let expected: Vec<_> = expected.iter().map(|(name, figures)| ((*name).to_owned(), *figures)).collect();
        assert_eq!(figures(arguments, references, summary), expected, "{arguments}");
    }

    // Every number below was printed by ROUGE-1.5.5.pl.

    #[test]
    fn counts_are_added_up_over_references_or_those_of_the_best_one() {
        let references = ["the cat sat on the mat", "a feline rested happily"];
        assert_figures(
            "-n 2 -w 1.2 -2 4 -U",
            &references,
            "the cat rested",
            &[
                ("rouge1", [0.3, 0.5, 0.375]),
                ("rouge2", [0.125, 0.25, 0.16667]),
                ("rougeL", [0.3, 0.5, 0.375]),
                ("rougeW", [0.21758, 0.50563, 0.30424]),
                ("rougeS4", [0.04762, 0.16667, 0.07408]),
                ("rougeSU4", [0.10345, 0.3, 0.15385]),
            ],
        );
        assert_figures("-x -n 1 -f B", &references, "the cat rested", &[("rouge1", [0.33333, 0.66667, 0.44444])]);
    }

    #[test]
    fn a_text_of_one_token_has_no_skip_bigrams() {
        assert_figures("-x -2 -1 -U", &["hello"], "hello", &[("rougeS*", [0.0; 3]), ("rougeSU*", [0.0; 3])]);
    }

    /// The program fails with a division by 0 if the reference is empty; here there are no hits.
    #[test]
    fn an_empty_reference_gives_nothing() {
        for (name, figures) in figures("-n 1 -w 1.2 -2 4 -U", &[""], "a b") {
            assert_eq!(figures, [0.0; 3], "{name}");
        }
    }

    proptest! {
        #[test]
        fn figures_lie_between_0_and_1_and_one_reference_is_the_best(
            references in prop::collection::vec("[a-e \n]{0,60}|\\PC{0,60}", 1..4),
            summary in "[a-e \n]{0,60}|\\PC{0,60}",
            limit in prop_oneof![Just(""), Just("-l 4"), Just("-b 9")],
        ) {
            let references: Vec<&str> = references.iter().map(String::as_str).collect();
            let arguments = |formula: &str| format!("-n 3 -w 1.2 -2 2 -U -m {limit} -f {formula}");
            for formula in ["A", "B"] {
                for (name, figures) in figures(&arguments(formula), &references, &summary) {
                    for value in figures {
                        prop_assert!((0.0..=1.0).contains(&value), "{} {:?}", name, figures);
                    }
                }
            }
            let (first, _) = references.split_at(1);
            prop_assert_eq!(figures(&arguments("A"), first, &summary), figures(&arguments("B"), first, &summary));
        }

        #[test]
        fn a_text_equals_itself(text in "[a-c]( [a-c]|\n[a-c]){2,30}") {
            for (name, figures) in figures("-n 2 -2 3 -U", &[&text], &text) {
                prop_assert_eq!(figures, [1.0; 3], "{}", name);
            }
        }
    }
}
