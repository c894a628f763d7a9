//! Extractiveness: how much of a summary is copied from its source, by the statistics of Newsroom.

use super::{SummaryMetric, Texts};
use crate::metric::signature::{EMPTY, Signature};
use crate::metric::source::{fragments, intern, novel};
use crate::metric::{Direction, Name, Options, Outcome, Statistic, StatisticKey};
use crate::text::{Stemmer, Tokenizer};

/// Coverage, density and compression (Grusky, Naaman and Artzi 2018), and the fractions of n-grams
/// that the source does not contain.
pub struct Extractive;

/// The tokenizer.
const TOKENIZER: Tokenizer = Tokenizer::Unicode;
/// The metrics of novel n-grams, by n.
const NOVEL: [(&str, usize); 4] = [("novel1", 1), ("novel2", 2), ("novel3", 3), ("novel4", 4)];
const COVERAGE: &str = "coverage";
const DENSITY: &str = "density";
const COMPRESSION: &str = "compression";

impl SummaryMetric for Extractive {
    fn names(&self, _: &Options) -> Vec<Name> {
        let novel = NOVEL.iter().map(|(name, _)| (*name).into());
        [COVERAGE, DENSITY, COMPRESSION].map(Name::from).into_iter().chain(novel).collect()
    }

    fn signature(&self, name: &str, _: &Options) -> Signature {
        let signature = Signature::of(name.to_owned());
        let signature = match name {
            COVERAGE | DENSITY => signature.with("newsroom", "greedy"),
            COMPRESSION => signature.with("newsroom", "source/summary"),
            _ => signature.flag("sets"),
        };
        signature.with("tok", TOKENIZER.to_string()).with("mean", "documents").open(EMPTY, "null")
    }

    fn direction(&self, name: &str) -> Direction {
        let is_novel = NOVEL.iter().any(|(novel, _)| *novel == name);
        let is_own = is_novel || [COVERAGE, DENSITY, COMPRESSION].contains(&name);
        if is_own { Direction::Descriptive } else { Direction::Higher }
    }

    fn count(&self, texts: &Texts<'_>, options: &Options, wanted: &dyn Fn(&str) -> bool, outcome: &mut Outcome) {
        let Some(source) = texts.source.filter(|_| self.names(options).iter().any(|name| wanted(name))) else { return };
        let tokens = |text: &str| TOKENIZER.tokens(text, Stemmer::None);
        let [summary, source] = intern([&tokens(texts.hypothesis), &tokens(source.text())]);
        let documents = u64::from(!summary.is_empty());
        let length = summary.len().max(1) as f64;
        let statistics = &mut outcome.statistics;
        if wanted(COVERAGE) || wanted(DENSITY) {
            let fragments = fragments(&summary, &source);
            let sum = |power: u32| fragments.iter().map(|fragment| fragment.length.pow(power)).sum::<usize>() as f64;
            if wanted(COVERAGE) {
                statistics.add(StatisticKey::whole(COVERAGE), Statistic::Average { sum: sum(1) / length, documents });
            }
            if wanted(DENSITY) {
                statistics.add(StatisticKey::whole(DENSITY), Statistic::Amount { sum: sum(2) / length, documents });
            }
        }
        if wanted(COMPRESSION) {
            let sum = if documents > 0 { source.len() as f64 / length } else { 0.0 };
            statistics.add(StatisticKey::whole(COMPRESSION), Statistic::Amount { sum, documents });
        }
        for (name, n) in NOVEL.into_iter().filter(|(name, _)| wanted(name)) {
            let (new, all) = novel(&summary, &source, n);
            let (sum, documents) = if all > 0 { (new as f64 / all as f64, 1) } else { (0.0, 0) };
            statistics.add(StatisticKey::whole(name), Statistic::Average { sum, documents });
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Extractive;
    use crate::document::{Annotations, Document};
    use crate::metric::summary::{SummaryMetric, Texts};
    use crate::metric::{Options, Outcome, Statistic, StatisticKey};

    fn values(summary: &str, source: &str) -> [Option<f64>; 7] {
        let (gold, document) = (Annotations::default(), Document::new("d", source));
        let texts = Texts {
            references: Vec::new(),
            hypothesis: summary,
            source: Some(&document),
            gold: &gold,
            predicted: &gold,
        };
        let mut outcome = Outcome::default();
        Extractive.count(&texts, &Options::default(), &|_| true, &mut outcome);
        ["coverage", "density", "compression", "novel1", "novel2", "novel3", "novel4"].map(|name| {
            match outcome.statistics.get(&StatisticKey::whole(name)) {
                Some(Statistic::Average { sum, documents: 1 } | Statistic::Amount { sum, documents: 1 }) => Some(*sum),
                Some(Statistic::Average { .. } | Statistic::Amount { .. }) => None,
                other => panic!("{name}: {other:?}"),
            }
        })
    }

    /// The fragments are `the cat` and `mat`; `dog` is new.
    #[test]
    fn fragments_and_novelty() {
        let found = values("The cat, dog mat.", "The cat sat on the mat; the end");
        assert_eq!(found, [0.75, 1.25, 2.0, 0.25, 2.0 / 3.0, 1.0, 1.0].map(Some));
        assert_eq!(values("…", "The cat"), [None; 7]);
        assert_eq!(values("a b", "")[..3], [0.0, 0.0, 0.0].map(Some));
        assert_eq!(values("a", "a b")[4], None);
    }

    proptest! {
        #[test]
        fn a_verbatim_lead_is_covered_by_one_fragment(
            words in prop::collection::vec("[a-d]{1,2}", 1..40),
            cut in 1..40_usize,
        ) {
            let cut = cut.min(words.len());
            let [coverage, density, compression, new, ..] = values(&words[..cut].join(" "), &words.join(" "));
            prop_assert_eq!(coverage, Some(1.0));
            prop_assert_eq!(density, Some(cut as f64));
            prop_assert_eq!(compression, Some(words.len() as f64 / cut as f64));
            prop_assert_eq!(new, Some(0.0));
        }

        #[test]
        fn shares_are_shares(summary in "[a-e ]{0,60}", source in "[a-e ]{0,90}") {
            let [coverage, density, _, shares @ ..] = values(&summary, &source);
            for share in [coverage].into_iter().chain(shares).flatten() {
                prop_assert!((0.0..=1.0).contains(&share));
            }
            if let (Some(coverage), Some(density)) = (coverage, density) {
                prop_assert!(density >= coverage);
            }
        }
    }
}
