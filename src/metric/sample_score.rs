//! The scores of samples that another harness computed. Nothing is counted here: the readers of
//! [`crate::sample_scores`] make the sums, so that comparisons, gates and power analysis treat them
//! like karat's own figures.

use super::{Case, Headline, MetricGroup, Options, Outcome, Signature};
use crate::document::{Annotations, Layer};

/// The metrics of another harness, each of which is a layer by itself, so that each figure rests on
/// the samples that have it.
pub(super) struct SampleScores;

impl MetricGroup for SampleScores {
    fn scores(&self, layer: &Layer) -> bool {
        matches!(layer, Layer::Scores(_))
    }

    fn gold_items(&self, _layer: &Layer, _gold: &Annotations, _options: &Options) -> Option<u64> {
        None
    }

    fn signature(&self, _metric: &str, _options: &Options) -> Signature {
        Signature::of("sample_scores")
    }

    fn headline(&self) -> Option<Headline> {
        Some(Headline::new("", ""))
    }

    fn count(&self, _layer: &Layer, _case: &Case<'_>) -> Outcome {
        Outcome::default()
    }
}
