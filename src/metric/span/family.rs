//! The family.

use super::arithmetic::WithBeta;
use super::classify::classify;
use super::matching::{Matching, is_ignored};
use super::scheme::{Scheme, schemes};
use super::{coverage, plain, ranking, scheme};
use crate::document::{Annotations, Entity, Layer};
use crate::metric::{
    Arithmetic, CONFIDENCE, Case, Family, Name, Options, Outcome, PlainOutcomes, PlainSum, Tally, confidence,
};

/// Labelled spans.
pub struct Spans;

impl Family for Spans {
    fn scores(&self, layer: &Layer) -> bool {
        *layer == Layer::Entities
    }

    fn gold_items(&self, _: &Layer, gold: &Annotations, _: &Options) -> Option<u64> {
        let counted = |entity: &&Entity| !entity.optional && !is_ignored(entity, &gold.ignore);
        Some(gold.entities.as_ref()?.iter().filter(counted).count() as u64)
    }

    fn metrics(&self, options: &Options) -> Vec<Name> {
        let of_pairs = schemes(options).into_iter().map(Scheme::name);
        let of_shares = coverage::metrics(options).into_iter().map(|(name, _)| name);
        of_pairs.chain(of_shares).chain([CONFIDENCE.into()]).collect()
    }

    fn signature(&self, metric: &str, options: &Options) -> String {
        if metric == CONFIDENCE {
            let scheme = options.confidence.scheme.as_str();
            return confidence::signature("spans|align:karat-1", Some(scheme), &options.confidence);
        }
        let choices = scheme::choices(metric, options);
        format!("spans|align:karat-1|scheme:{metric}{choices}|beta:1|empty:null")
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

    fn plain(&self, options: &Options) -> Option<PlainSum> {
        (*options == Options::default()).then_some(plain::sum)
    }

    fn plain_outcomes(&self, options: &Options) -> Option<PlainOutcomes> {
        (*options == Options::default()).then_some(plain::outcomes)
    }
}

/// Everything but the items.
fn sum(case: &Case<'_>, matching: &Matching<'_>) -> Outcome {
    let mut tally = Tally::default();
    for scheme in schemes(case.options) {
        scheme.count(matching, case.options, &mut tally);
    }
    ranking::count(matching, case.options, &mut tally);
    coverage::count(matching, case.options, &mut tally);
    Outcome { tally, ..Outcome::default() }
}
