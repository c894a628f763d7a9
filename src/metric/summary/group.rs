//! The metric group of summaries, composed of several metrics.

use std::collections::BTreeMap;

use super::ngrams::ngrams;
use super::{Ngram, SummaryMetric, Texts};
use crate::document::{Annotations, Answer, Layer, Reference};
use crate::error::Diagnostic;
use crate::metric::{Arithmetic, Case, Direction, Headline, MetricGroup, Name, Options, Outcome, Signature};

/// Free-text summaries. Several golden summaries are several references; of several predicted ones
/// the first is scored.
pub struct SummaryMetricGroup {
    /// The metrics that it can compute.
    pub parts: &'static [&'static dyn SummaryMetric],
    /// The metrics that it computes by default.
    pub usual: Usual,
    /// The arithmetic that turns sums into figures.
    pub arithmetic: &'static dyn Arithmetic,
}

/// The metrics computed by default. Requested ones are in [`SummaryOptions::metrics`].
///
/// [`SummaryOptions::metrics`]: crate::metric::options::SummaryOptions::metrics
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Usual {
    /// All metrics.
    All,
    /// The metrics with these names, and those that are default ones under the options.
    These(&'static [&'static str]),
}

impl SummaryMetricGroup {
    fn wants(&self, part: &dyn SummaryMetric, name: &str, options: &Options) -> bool {
        let is_usual = match self.usual {
            Usual::All => true,
            Usual::These(names) => names.contains(&name) || part.is_usual(options),
        };
        (is_usual && !options.summaries.leaves_out(name)) || options.summaries.asks_for(name)
    }
}

impl MetricGroup for SummaryMetricGroup {
    fn scores(&self, layer: &Layer) -> bool {
        *layer == Layer::Summaries
    }

    fn gold_items(&self, _: &Layer, gold: &Annotations, _: &Options) -> Option<u64> {
        Some(gold.summaries.as_ref()?.len() as u64)
    }

    fn metrics(&self, options: &Options) -> Vec<Name> {
        self.parts.iter().flat_map(|part| part.names(options)).collect()
    }

    fn signature(&self, metric: &str, options: &Options) -> Signature {
        let part = self.parts.iter().find(|part| part.names(options).iter().any(|name| name == metric));
        part.map(|part| part.signature(metric, options)).unwrap_or_default()
    }

    fn direction(&self, metric: &str) -> Direction {
        let directions = self.parts.iter().map(|part| part.direction(metric));
        directions.into_iter().find(|direction| *direction != Direction::Higher).unwrap_or_default()
    }

    fn headline(&self) -> Option<Headline> {
        self.parts.iter().find_map(|part| part.headline())
    }

    fn arithmetic(&self) -> &dyn Arithmetic {
        self.arithmetic
    }

    fn number_in_common(&self, gold: &Annotations, options: &Options) -> Option<usize> {
        self.parts.iter().find_map(|part| part.number_in_common(gold, options))
    }

    fn refuses_together(
        &self,
        references: &BTreeMap<String, Reference>,
        _: &BTreeMap<String, Answer>,
        options: &Options,
    ) -> Vec<Diagnostic> {
        self.parts.iter().flat_map(|part| part.refuses_together(references, options)).collect()
    }

    fn ngrams(&self, case: &Case<'_>) -> Vec<Ngram> {
        ngrams(&Texts::of(case))
    }

    fn count(&self, _: &Layer, case: &Case<'_>) -> Outcome {
        let texts = Texts::of(case);
        let mut outcome = Outcome::default();
        if case.gold.summaries.iter().flatten().any(|reference| reference.trim().is_empty()) {
            outcome.warnings.push("a reference is empty".to_owned());
        }
        for part in self.parts {
            part.count(&texts, case.options, &|name| self.wants(*part, name, case.options), &mut outcome);
        }
        outcome
    }
}
