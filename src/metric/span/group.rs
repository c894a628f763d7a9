//! The metric group of entities.

use super::arithmetic::WithBeta;
use super::classify::classify;
use super::matching::{Matching, is_ignored};
use super::scheme::{MatchingScheme, schemes};
use super::{coverage, document_macro, plain, ranking, scheme};
use crate::document::{Annotations, Entity, Layer};
use crate::metric::signature::{BETA, EMPTY, Signature};
use crate::metric::{
    Arithmetic, CONFIDENCE, Case, Headline, MetricGroup, Name, Options, Outcome, PlainCounter, Statistics, confidence,
};

/// Labelled spans.
pub struct Spans;

impl MetricGroup for Spans {
    fn scores(&self, layer: &Layer) -> bool {
        *layer == Layer::Entities
    }

    fn gold_items(&self, _: &Layer, gold: &Annotations, _: &Options) -> Option<u64> {
        let counted = |entity: &&Entity| !entity.optional && !is_ignored(entity, &gold.ignore);
        Some(gold.entities.as_ref()?.iter().filter(counted).count() as u64)
    }

    fn metrics(&self, options: &Options) -> Vec<Name> {
        let of_pairs = schemes(options).into_iter().map(MatchingScheme::name);
        let of_shares = coverage::metrics(options).into_iter().map(|(name, _)| name);
        let of_documents = document_macro::metrics(options);
        of_pairs.chain(of_shares).chain(of_documents).chain([CONFIDENCE.into()]).collect()
    }

    fn signature(&self, metric: &str, options: &Options) -> Signature {
        let signature = Signature::of("spans").with("align", "karat-1");
        if metric == CONFIDENCE {
            return confidence::sign(signature, Some(options.confidence.scheme.as_str()), &options.confidence);
        }
        let signature = signature.with("scheme", metric.to_owned()).and(scheme::choices(metric, options));
        signature.open(BETA, "1").open(EMPTY, "null")
    }

    fn headline(&self) -> Option<Headline> {
        Some(Headline::new("strict", "f1"))
    }

    fn arithmetic(&self) -> &dyn Arithmetic {
        &WithBeta
    }

    fn count(&self, _: &Layer, case: &Case<'_>) -> Outcome {
        let matching = Matching::new(case);
        Outcome { items: classify(case, &matching), ..sum(case, &matching) }
    }

    fn sum(&self, _: &Layer, case: &Case<'_>) -> Outcome {
        sum(case, &Matching::new(case))
    }

    fn plain(&self, options: &Options) -> Option<&dyn PlainCounter> {
        (*options == Options::default()).then_some(&plain::PlainSpans)
    }
}

/// Counts everything except the items.
fn sum(case: &Case<'_>, matching: &Matching<'_>) -> Outcome {
    let mut statistics = Statistics::default();
    for scheme in schemes(case.options) {
        scheme.count(matching, case.options, &mut statistics);
    }
    ranking::count(matching, case.options, &mut statistics);
    coverage::count(matching, case.options, &mut statistics);
    document_macro::count(case.options, &mut statistics);
    Outcome { statistics, ..Outcome::default() }
}
