//! The metric group of entities.

use super::arithmetic::WithBeta;
use super::breaks::takes_whole_ranges;
use super::classify::classify;
use super::matching::{Matching, is_ignored};
use super::scheme::{MatchingScheme, schemes};
use super::{coverage, document_macro, plain, ranking, scheme, text};
use crate::document::{Annotations, Entity, Layer};
use crate::metric::signature::{BETA, EMPTY, Signature};
use crate::metric::{
    Arithmetic, CONFIDENCE, Case, Counts, Headline, MetricGroup, Name, Options, Outcome, PlainCounter, Statistic,
    StatisticKey, Statistics, confidence,
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
        let of_texts = text::metrics(options);
        of_pairs.chain(of_shares).chain(of_documents).chain(of_texts).chain([CONFIDENCE.into()]).collect()
    }

    fn signature(&self, metric: &str, options: &Options) -> Signature {
        if text::is_of_texts(metric) {
            let unit = if metric == "text" { "multiset" } else { "set" };
            return Signature::of("spans").with("texts", unit).open(BETA, "1").open(EMPTY, "null");
        }
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
        if case.options.spans.undefined.lacks_offsets {
            return Outcome { items: text::items(case), ..sum_of_texts(case) };
        }
        let matching = Matching::new(case);
        Outcome { items: classify(case, &matching), ..sum(case, &matching) }
    }

    fn sum(&self, _: &Layer, case: &Case<'_>) -> Outcome {
        if case.options.spans.undefined.lacks_offsets {
            return sum_of_texts(case);
        }
        sum(case, &Matching::new(case))
    }

    fn plain(&self, options: &Options) -> Option<&dyn PlainCounter> {
        (*options == Options::default()).then_some(&plain::PlainSpans)
    }
}

/// Counts what needs no offsets. The schemes of pairs are reported as undefined, unless 0 divided
/// by 0 has a value.
fn sum_of_texts(case: &Case<'_>) -> Outcome {
    let mut statistics = Statistics::default();
    text::count(case, &mut statistics);
    if !case.options.spans.undefined.is_left_out {
        for scheme in schemes(case.options) {
            statistics.add(StatisticKey::whole(scheme.name()), Statistic::matches(Counts::default()));
        }
        document_macro::count(case.options, &mut statistics);
    }
    Outcome { statistics, ..Outcome::default() }
}

/// Counts everything except the items.
fn sum(case: &Case<'_>, matching: &Matching<'_>) -> Outcome {
    let mut statistics = Statistics::default();
    text::count(case, &mut statistics);
    for scheme in schemes(case.options) {
        scheme.count(matching, case.options, &mut statistics);
    }
    ranking::count(matching, case.options, &mut statistics);
    coverage::count(matching, case.options, &mut statistics);
    document_macro::count(case.options, &mut statistics);
    let has_choices = |entity: &Entity| entity.optional || !entity.alternatives.is_empty();
    let is_plain = !case.gold.entities.iter().flatten().any(has_choices);
    let greedy = matching.is_greedy.then(|| if is_plain { GREEDY } else { GREEDY_WITH_CHOICES }.to_owned());
    let takes_whole_ranges = takes_whole_ranges(&matching.gold_items, &matching.predicted_items);
    let whole_ranges = takes_whole_ranges.then(|| WHOLE_RANGES.to_owned());
    let warnings = duplicates(&matching.gold).into_iter().chain(greedy).chain(whole_ranges).collect();
    Outcome { statistics, warnings, ..Outcome::default() }
}

/// The warning about a document whose discontinuous entities are not compared by their fragments.
const WHOLE_RANGES: &str = "too many entities overlap each other to compare discontinuous ones by their fragments: \
    `coverage` and the kinds of errors take them from their first to their last code point";

/// The warning about a document whose alignment is not the optimum.
pub(super) const GREEDY: &str = "too many entities overlap each other to find the best pairs: they are paired greedily, by their \
    ends; the figures of exact boundaries are unchanged, but those of overlaps may be lower than with the best pairs";

/// The warning about such a document if golden entities are optional or have alternatives, so that
/// the rule is not the optimum for exact boundaries either.
const GREEDY_WITH_CHOICES: &str = "too many entities overlap each other to find the best pairs: they are paired \
    greedily, by their ends, and the figures may be lower than with the best pairs";

/// Returns a warning if golden entities are there twice: a prediction can match only one of them.
fn duplicates(gold: &[&Entity]) -> Option<String> {
    let mut spans: Vec<_> =
        gold.iter().map(|entity| (entity.start, entity.end, entity.label.as_str(), &entity.fragments)).collect();
    spans.sort_unstable();
    let copies: Vec<_> = spans.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[1]).collect();
    let (start, end, label, _) = copies.first()?;
    let more = if copies.len() > 1 { format!(", and {} more", copies.len() - 1) } else { String::new() };
    Some(format!("the golden label {label} at {start}..{end} is there twice{more}: one of the two is always missed"))
}
