//! A row of a table of counts, and sums as its columns.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::metric::corpus::{Corpus, Formula};
use crate::metric::{Counts, Options, Statistic};
use crate::stats::confidence::{ConfidenceGroup, Ranking};

/// The counts of one document under one metric and label. A document without any counted layer has
/// one row without a layer. Texts are borrowed, since rows repeat most of them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountRow<'r> {
    /// The id of the document.
    #[serde(borrow)]
    pub document: Cow<'r, str>,
    /// The status of the answer: `ok`, `failed`, `timed_out`, `skipped`, `missing` or `extra`.
    #[serde(borrow)]
    pub status: Cow<'r, str>,
    /// Whether any repeat was answered.
    pub answered: bool,
    /// A fingerprint of the answer, 32 hexadecimal digits.
    #[serde(borrow)]
    pub answer: Cow<'r, str>,
    /// A fingerprint of the golden annotations, 32 hexadecimal digits.
    #[serde(borrow)]
    pub golden: Cow<'r, str>,
    /// The cluster of the document; none if it is a cluster by itself.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<Cow<'r, str>>,
    /// The layer.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub layer: Option<Cow<'r, str>>,
    /// Whether the answer has the layer.
    pub has_layer: bool,
    /// The number of golden items of the document in the layer, the same in each of its rows.
    pub gold: u64,
    /// The metric; empty if the layer has only one.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub metric: Option<Cow<'r, str>>,
    /// The cut-off of a ranked list; 0 for the whole list.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub cutoff: u32,
    /// The label or field; none for the whole layer.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Cow<'r, str>>,
    /// What the sums are, see `docs/scale.md`.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Cow<'r, str>>,
    /// The outcomes of items or fields, if the kind has them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correct: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incorrect: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partial: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missed: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spurious: Option<u64>,
    /// The other sums, in the order that the kind has.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub sums: Cow<'r, [f64]>,
}

fn is_empty(sums: &[f64]) -> bool {
    sums.is_empty()
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl CountRow<'_> {
    /// Returns the columns of the document alone.
    pub fn of_document(&self) -> CountRow<'static> {
        let owned = |text: &str| Cow::Owned(text.to_owned());
        CountRow {
            document: owned(&self.document),
            status: owned(&self.status),
            answered: self.answered,
            answer: owned(&self.answer),
            golden: owned(&self.golden),
            cluster: self.cluster.as_deref().map(owned),
            ..CountRow::default()
        }
    }

    /// Whether the columns of the document are those of another row.
    pub fn is_of_document(&self, row: &CountRow<'_>) -> bool {
        (&self.document, &self.status, self.answered) == (&row.document, &row.status, row.answered)
            && (&self.answer, &self.golden, &self.cluster) == (&row.answer, &row.golden, &row.cluster)
    }

    /// Sets the columns of a sum.
    pub fn set(&mut self, statistic: &Statistic) {
        let mut outcomes = None;
        let (kind, sums) = match statistic {
            Statistic::Matches { counts, credit2, predicted } => {
                outcomes = Some(*counts);
                ("matches", vec![*credit2 as f64, *predicted as f64])
            }
            Statistic::Fields { counts, absent } => {
                outcomes = Some(*counts);
                ("fields", vec![*absent as f64])
            }
            Statistic::Share { hits, whole } => ("share", vec![*hits as f64, *whole as f64]),
            Statistic::Recall { hits, possible } => ("recall", vec![*hits as f64, *possible as f64]),
            Statistic::Mean { precision, recall, f1, documents } => {
                ("mean", vec![*precision, *recall, *f1, *documents as f64])
            }
            Statistic::Shares { precision, recall } => ("shares", vec![precision.0, precision.1, recall.0, recall.1]),
            Statistic::Average { sum, documents } => ("average", vec![*sum, *documents as f64]),
            Statistic::Amount { sum, documents } => ("amount", vec![*sum, *documents as f64]),
            Statistic::Score { numerator, denominator, .. } => ("score", vec![*numerator, *denominator]),
            Statistic::Ranking { ranking, bins } => {
                let head = [f64::from(*bins), ranking.gold() as f64, ranking.unranked() as f64];
                let levels =
                    ranking.levels().flat_map(|level| [level.confidence, level.right as f64, level.all as f64]);
                ("ranking", head.into_iter().chain(levels).collect())
            }
            Statistic::Corpus(Corpus { formula, sums }) => match formula {
                Formula::Bleu(_) => ("bleu", sums.clone()),
                Formula::Chrf(_) => ("chrf", sums.clone()),
                Formula::Ter(_) => ("ter", sums.clone()),
                Formula::WordErrors => ("word_errors", sums.clone()),
                Formula::Hits { alpha } => ("hits", std::iter::once(*alpha).chain(sums.iter().copied()).collect()),
            },
        };
        self.kind = Some(kind.into());
        self.sums = sums.into();
        self.correct = outcomes.map(|counts| counts.correct);
        self.incorrect = outcomes.map(|counts| counts.incorrect);
        self.partial = outcomes.map(|counts| counts.partial);
        self.missed = outcomes.map(|counts| counts.missed);
        self.spurious = outcomes.map(|counts| counts.spurious);
    }

    /// Returns the sum of the row under the options with which it was counted; `None` if the
    /// columns do not belong to its kind.
    pub fn statistic(&self, options: &Options) -> Option<Statistic> {
        let whole = |number: f64| (number >= 0.0 && number.fract() == 0.0 && number <= MOST).then_some(number as u64);
        let outcomes = || {
            let Self { correct, incorrect, partial, missed, spurious, .. } = *self;
            Some(Counts {
                correct: correct?,
                incorrect: incorrect?,
                partial: partial?,
                missed: missed?,
                spurious: spurious?,
            })
        };
        let corpus = |formula, sums: &[f64]| Statistic::Corpus(Corpus { formula, sums: sums.to_vec() });
        if self.sums.iter().any(|sum| sum.is_nan()) {
            return None;
        }
        Some(match (self.kind.as_deref()?, &*self.sums) {
            ("matches", &[credit2, predicted]) => {
                Statistic::Matches { counts: outcomes()?, credit2: whole(credit2)?, predicted: whole(predicted)? }
            }
            ("fields", &[absent]) => Statistic::Fields { counts: outcomes()?, absent: whole(absent)? },
            ("share", &[hits, all]) => Statistic::Share { hits: whole(hits)?, whole: whole(all)? },
            ("recall", &[hits, possible]) => Statistic::Recall { hits: whole(hits)?, possible: whole(possible)? },
            ("mean", &[precision, recall, f1, documents]) => {
                Statistic::Mean { precision, recall, f1, documents: whole(documents)? }
            }
            ("shares", &[a, b, c, d]) => Statistic::Shares { precision: (a, b), recall: (c, d) },
            ("average", &[sum, documents]) => Statistic::Average { sum, documents: whole(documents)? },
            ("amount", &[sum, documents]) => Statistic::Amount { sum, documents: whole(documents)? },
            ("ranking", [bins, gold, unranked, levels @ ..]) => {
                let (levels, rest) = levels.as_chunks::<3>();
                if !rest.is_empty() {
                    return None;
                }
                let level = |&[confidence, right, all]: &[f64; 3]| {
                    let (right, all) = (whole(right)?, whole(all)?);
                    (right <= all).then_some(ConfidenceGroup { confidence, right, all })
                };
                let levels: Vec<ConfidenceGroup> = levels.iter().map(level).collect::<Option<_>>()?;
                let ranking = Ranking::of_levels(levels, whole(*unranked)?, whole(*gold)?);
                Statistic::Ranking { ranking, bins: u32::try_from(whole(*bins)?).ok()? }
            }
            ("bleu", sums) => corpus(Formula::Bleu(options.summaries.bleu), sums),
            ("chrf", sums) => corpus(Formula::Chrf(options.summaries.chrf), sums),
            ("ter", sums) => corpus(Formula::Ter(options.summaries.ter), sums),
            ("word_errors", sums) => corpus(Formula::WordErrors, sums),
            ("hits", [alpha, sums @ ..]) => corpus(Formula::Hits { alpha: *alpha }, sums),
            _ => return None,
        })
    }
}

/// The largest number of which all smaller whole numbers are exact.
const MOST: f64 = 9_007_199_254_740_992.0;
