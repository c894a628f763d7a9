//! Metrics of summaries, put together.

use std::collections::BTreeMap;

use super::ngrams::ngrams;
use super::{Ngram, SummaryMetric, Texts};
use crate::document::{Annotations, Answer, Layer, Reference};
use crate::error::Diagnostic;
use crate::metric::{Arithmetic, Case, MetricGroup, Name, Options, Outcome, Signature};

/// Free-text summaries. Several golden ones are several references; of the predicted ones the first is scored.
pub struct SummaryMetricGroup {
    /// What it can compute.
    pub parts: &'static [&'static dyn SummaryMetric],
    /// What it computes unasked.
    pub usual: Usual,
    /// How sums become figures.
    pub arithmetic: &'static dyn Arithmetic,
}

/// What is computed unasked. What is asked for stands in [`SummaryOptions::metrics`].
///
/// [`SummaryOptions::metrics`]: crate::metric::options::SummaryOptions::metrics
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Usual {
    /// Everything.
    All,
    /// The metrics of these names, and the parts that are usual under the options.
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
        for part in self.parts {
            part.count(&texts, case.options, &|name| self.wants(*part, name, case.options), &mut outcome);
        }
        outcome
    }
}
