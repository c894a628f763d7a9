//! Computes the figures that ROUGE-1.5.5 prints over all documents from those of single documents.

use std::collections::BTreeMap;

use super::bootstrap::{BootstrapEstimate, estimates};
use super::hits::Hits;
use crate::metric::corpus::{Corpus, Formula};
use crate::metric::options::Counting;
use crate::metric::{Arithmetic, Name, Options, OverDocuments, Statistic, StatisticKey, Statistics};
use crate::stats::Interval;

/// The averages and confidence intervals of ROUGE-1.5.5.
pub struct Printed;

const SHARES: [&str; 3] = ["recall", "precision", "f1"];
const COUNTS: [&str; 3] = ["reference_count", "summary_count", "hit_count"];

impl Arithmetic for Printed {
    fn stats(&self, _: &Statistic, options: &Options) -> Vec<Name> {
        match options.summaries.rouge155.counting {
            Counting::Counts => COUNTS.map(Name::from).to_vec(),
            _ => vec!["precision".into(), "recall".into(), "f1".into()],
        }
    }

    /// Returns the figure of a single document; for several documents, see
    /// [`Printed::of_documents`].
    fn value(&self, statistics: &Statistics, key: &StatisticKey, stat: &str) -> Option<f64> {
        match statistics.get(key)? {
            Statistic::Corpus(sums) => of_sums(sums, stat),
            statistic => statistic.value(stat),
        }
    }

    fn value_of_document(&self, statistics: &Statistics, key: &StatisticKey, stat: &str) -> Option<f64> {
        self.value(statistics, key, stat)
    }

    fn is_of_single_sums(&self) -> bool {
        false
    }

    fn of_documents(
        &self,
        documents: &[(&str, &Statistics)],
        options: &Options,
    ) -> BTreeMap<(StatisticKey, Name), OverDocuments> {
        let options = &options.summaries.rouge155;
        let mut documents: Vec<&(&str, &Statistics)> =
            documents.iter().filter(|(_, statistics)| !statistics.is_empty()).collect();
        let Some((_, first)) = documents.first() else { return BTreeMap::new() };
        let keys: Vec<StatisticKey> = first.iter().map(|(key, _)| key.clone()).collect();
        documents.sort_by(|(a, _), (b, _)| name_of(a).cmp(name_of(b)));
        let rows: Vec<f64> =
            documents.iter().flat_map(|(_, statistics)| keys.iter().flat_map(|key| row(statistics, key))).collect();
        let (width, count) = (3 * keys.len(), documents.len() as f64);
        let stats = if options.counting == Counting::Counts { COUNTS } else { SHARES };
        let figures: Vec<OverDocuments> = match options.counting {
            Counting::Documents => {
                let mean = |sums: &mut [f64]| sums.iter_mut().for_each(|sum| *sum /= count);
                let all = estimates(&rows, width, options.resamples, options.confidence, mean);
                all.into_iter().map(OverDocuments::from).collect()
            }
            Counting::Tokens => {
                let shares = |sums: &mut [f64]| {
                    for sums in sums.as_chunks_mut().0 {
                        let &mut [references, summary, hits] = sums;
                        let found = Hits { references, summary, hits }.exact(options.alpha);
                        *sums = [found.recall, found.precision, found.f1];
                    }
                };
                let all = estimates(&rows, width, options.resamples, options.confidence, shares);
                all.into_iter().map(OverDocuments::from).collect()
            }
            Counting::Counts => {
                let mut sums = vec![0.0; width];
                for row in rows.chunks_exact(width) {
                    sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
                }
                sums.into_iter().map(|sum| OverDocuments { value: sum.trunc(), interval: None }).collect()
            }
        };
        let names = keys.iter().flat_map(|key| stats.map(|stat| (key.clone(), Name::from(stat))));
        names.zip(figures).collect()
    }
}

/// Returns the name of an evaluation: the document id, a dot and the system name. Evaluations are
/// processed in the order of these names.
fn name_of(id: &str) -> impl Iterator<Item = u8> {
    id.bytes().chain(*b".X")
}

impl From<BootstrapEstimate> for OverDocuments {
    fn from(BootstrapEstimate { average, low, high }: BootstrapEstimate) -> Self {
        Self { value: average, interval: Some(Interval { low, high }) }
    }
}

/// Returns the contribution of a document under a key: recall, precision and F, or the counts that
/// they are computed from.
fn row(statistics: &Statistics, key: &StatisticKey) -> [f64; 3] {
    match statistics.get(key) {
        Some(Statistic::Mean { precision, recall, f1, .. }) => [*recall, *precision, *f1],
        Some(Statistic::Corpus(Corpus { sums, .. })) if sums.len() == 3 => [sums[0], sums[1], sums[2]],
        _ => [0.0; 3],
    }
}

fn of_sums(sums: &Corpus, stat: &str) -> Option<f64> {
    let (Formula::Hits { alpha }, &[references, summary, hits]) = (sums.formula, sums.sums.as_slice()) else {
        return None;
    };
    let found = Hits { references, summary, hits }.exact(alpha);
    Some(match stat {
        "reference_count" => references,
        "summary_count" => summary,
        "hit_count" => hits,
        "recall" => found.recall,
        "precision" => found.precision,
        _ => found.f1,
    })
}
