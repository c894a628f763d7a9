//! The metric group of key points: plain and weighted recall, nugget scores, and pyramid scores,
//! from one judgement per key point.
//!
//! Judgements come from the matcher, or from the prediction if a person or a judge gave them. Every
//! judgement names the sentence that supports the key point. Plain and weighted recall are the
//! nugget recall of TREC's question answering track (Voorhees 2003).

use super::matching::{Ground, PredictedUnit, PreparedKeyPoint, units, units_of};
use super::{nuggets, pyramid};
use crate::document::{Annotations, KeyPoint, KeyPointVerdict, Layer, LayerSet, Support};
use crate::metric::item::{Class, Item, Side};
use crate::metric::options::KeyPointOptions;
use crate::metric::signature::{AVERAGE, EMPTY, Signature};
use crate::metric::{Case, Headline, MetricGroup, Name, Options, Outcome, Statistic, StatisticKey};
use crate::text::{sentence, stopwords};

/// Content units.
pub struct KeyPoints;

/// How the source of verdicts begins if it is a judge.
const JUDGE: &str = "judge:";
const PYRAMID: [&str; 2] = ["pyramid", "pyramid_modified"];

impl MetricGroup for KeyPoints {
    fn scores(&self, layer: &Layer) -> bool {
        *layer == Layer::KeyPoints
    }

    /// A summary answers the layer as well as a list of key points does.
    fn is_answered_by(&self, _: &Layer, declared: &LayerSet) -> bool {
        declared.contains(&Layer::KeyPoints) || declared.contains(&Layer::Summaries)
    }

    fn gold_items(&self, _: &Layer, gold: &Annotations, _: &Options) -> Option<u64> {
        Some(gold.key_points.as_ref()?.len() as u64)
    }

    fn metrics(&self, _: &Options) -> Vec<Name> {
        let forms = nuggets::FORMS.iter().map(|(name, ..)| *name);
        ["", "weighted"].into_iter().chain(forms).chain(PYRAMID).map(Name::from).collect()
    }

    fn signature(&self, metric: &str, options: &Options) -> Signature {
        let chosen = &options.key_points;
        let signature = verdict_signature(chosen);
        let weighted = |signature: Signature| signature.with("weight", "weight");
        let signature = match metric {
            "" => signature.with("weight", "none"),
            "weighted" => weighted(signature),
            "pyramid" => weighted(signature).with("size", "carried").with(AVERAGE, "documents"),
            "pyramid_modified" => weighted(signature).and(size_signature(chosen)).with(AVERAGE, "documents"),
            form => {
                let vital = signature.with("vital", format!("weight>={}", chosen.vital)).with(AVERAGE, "documents");
                let okay = if form.ends_with("okay") { vital.with("okay", "1/2") } else { vital };
                okay.with("partial", if form.starts_with("strict") { "0" } else { "1/2" })
            }
        };
        signature.open(EMPTY, "null")
    }

    fn headline(&self) -> Option<Headline> {
        Some(Headline::new("", "recall"))
    }

    fn caution(&self, options: &Options) -> Option<String> {
        let chosen = &options.key_points;
        let judge = chosen.given.as_ref().filter(|given| given.starts_with(JUDGE))?;
        Some(format!(
            "key points are uncalibrated: their figures rest on the verdicts of {judge}, and their intervals leave out its \
             errors, which hand-made verdicts on some documents (`karat score --hand-verdicts`) measure"
        ))
    }

    fn count(&self, _: &Layer, case: &Case<'_>) -> Outcome {
        let options = &case.options.key_points;
        let points: Vec<&KeyPoint> = case.gold.key_points.iter().flatten().collect();
        let targets: Vec<PreparedKeyPoint> =
            points.iter().map(|point| PreparedKeyPoint::new(point, case.document)).collect();
        let verdicts = verdicts(&points, &targets, case);
        let mut outcome = Outcome::default();
        for (point, (verdict, _)) in points.iter().zip(&verdicts) {
            let hit = u64::from(verdict.support == Support::Full);
            let weight = u64::from(point.weight);
            outcome.statistics.add(StatisticKey::whole(""), Statistic::Recall { hits: hit, possible: 1 });
            outcome
                .statistics
                .add(StatisticKey::whole("weighted"), Statistic::Recall { hits: hit * weight, possible: weight });
        }
        let mut add = |metric: &'static str, score: Option<f64>| {
            if let Some(sum) = score {
                // The modified pyramid score has no upper bound.
                let statistic = if metric == PYRAMID[1] {
                    Statistic::Amount { sum, documents: 1 }
                } else {
                    Statistic::Average { sum, documents: 1 }
                };
                outcome.statistics.add(StatisticKey::whole(metric), statistic);
            }
        };
        let supports = || points.iter().zip(&verdicts).map(|(point, (verdict, _))| (point.weight, verdict.support));
        let rated: Vec<(bool, Support)> =
            supports().map(|(weight, support)| (weight >= options.vital, support)).collect();
        for (form, ..) in nuggets::FORMS {
            add(form, nuggets::score(&rated, form));
        }
        let units: Vec<(u32, bool)> = supports().map(|(weight, support)| (weight, support == Support::Full)).collect();
        add(PYRAMID[0], pyramid::original(&units));
        add(PYRAMID[1], pyramid::modified(&units, size(&points, &targets, case)));
        outcome.items =
            points.iter().zip(verdicts).map(|(point, (verdict, ground))| item(point, verdict, ground)).collect();
        outcome
    }
}

/// Returns the signature of the source of judgements.
fn verdict_signature(options: &KeyPointOptions) -> Signature {
    let signature = Signature::of("key_points");
    match &options.given {
        Some(given) => {
            let signature = signature.with("verdicts", given.clone());
            if given.starts_with(JUDGE) { signature.with("calibration", "none") } else { signature }
        }
        None => {
            let partial = options.partial.map_or_else(|| "none".into(), |share| Name::from(share.to_string()));
            let overlap = signature.with("verdicts", "alias,pattern,overlap").and(words(options));
            overlap.with("in-part", partial)
        }
    }
}

/// Returns the signature of how references are matched, whatever the source of the judgements.
fn size_signature(options: &KeyPointOptions) -> Signature {
    let size = |size: Name| Signature::default().with("size", size);
    match options.references {
        Some(references) => size(format!("weights/{references}").into()),
        None if options.given.is_none() => size("carried-by-references".into()),
        None => size("carried-by-references".into()).and(words(options)),
    }
}

/// Returns the signature of the word overlap.
fn words(options: &KeyPointOptions) -> Signature {
    let signature = Signature::default().with("tok", "unicode").with("stem", "porter-nltk");
    let signature = signature.with("stop", stopwords::LIST).with("sent", sentence::RULE);
    signature.with("carries", options.threshold.to_string())
}

/// Returns one judgement per key point, with its ground.
fn verdicts(points: &[&KeyPoint], targets: &[PreparedKeyPoint], case: &Case<'_>) -> Vec<(KeyPointVerdict, String)> {
    let options = &case.options.key_points;
    if let Some(given) = &options.given {
        // A source such as "file:..." or "judge:...".
        let source = given.split(':').next().unwrap_or_default();
        let nothing = KeyPointVerdict { support: Support::Not, sentence: None };
        let of = |(place, point): (usize, &&KeyPoint)| {
            let given = case.predicted.verdicts.as_ref().and_then(|given| given.get(&point.name(place)));
            (given.unwrap_or(&nothing).clone(), source.to_owned())
        };
        return points.iter().enumerate().map(of).collect();
    }
    let units = units(case.predicted);
    let find = |target: &PreparedKeyPoint| {
        let found = target.find(&units, options);
        let ground = match found.ground {
            Ground::Alias => "alias".to_owned(),
            Ground::Pattern => "pattern".to_owned(),
            Ground::Overlap(shared, all) => format!("overlap {shared}/{all}"),
        };
        (found.verdict, ground)
    };
    targets.iter().map(find).collect()
}

/// Returns the mean number of units of a reference: the sum of weights divided by the number of
/// references, if weights count references; otherwise the mean number of key points that the
/// matcher finds in the golden summaries; all key points if it finds none or there are no golden
/// summaries.
fn size(points: &[&KeyPoint], targets: &[PreparedKeyPoint], case: &Case<'_>) -> f64 {
    let options = &case.options.key_points;
    if let Some(references) = options.references {
        let weights: u64 = points.iter().map(|point| u64::from(point.weight)).sum();
        return weights as f64 / f64::from(references);
    }
    let carried = |summary: &String| {
        let units: Vec<PredictedUnit<'_>> = units_of(summary);
        let is_carried = |target: &&PreparedKeyPoint| target.find(&units, options).verdict.support == Support::Full;
        targets.iter().filter(is_carried).count()
    };
    let sizes: Vec<usize> = case.gold.summaries.iter().flatten().map(carried).collect();
    match sizes.iter().sum::<usize>() {
        0 => points.len() as f64,
        all => all as f64 / sizes.len() as f64,
    }
}

fn item(point: &KeyPoint, verdict: KeyPointVerdict, ground: String) -> Item {
    let gold = Side {
        span: point.evidence.first().map(|span| (span.start, span.end)),
        label: point.id.clone().unwrap_or_default(),
        text: point.text.clone(),
    };
    let class = match verdict.support {
        Support::Full => Class::Correct,
        Support::Partial => Class::Partial,
        Support::Not => Class::Missed,
    };
    Item { class, evidence: verdict.sentence, ground: Some(ground), ..Item::missed(gold) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::KeyPoints;
    use crate::document::{Annotations, KeyPoint, KeyPointVerdict, Layer, Span, Support};
    use crate::metric::options::KeyPointOptions;
    use crate::metric::{Case, Class, MetricGroup, Options, Outcome, Statistic, StatisticKey};

    fn point(text: &str, weight: u32, evidence: &str) -> KeyPoint {
        let span = Span { text: Some(evidence.to_owned()), ..Span::new(0, 1) };
        KeyPoint { text: text.to_owned(), weight, evidence: vec![span], ..KeyPoint::default() }
    }

    fn gold() -> Annotations {
        Annotations {
            key_points: Some(vec![
                point("The bridge over the Drina collapsed.", 3, "it fell into the water"),
                point("Nobody was hurt.", 2, "There were no casualties at the bridge"),
                point("Repairs will take two years.", 1, "reopening is planned for 2027"),
            ]),
            ..Annotations::default()
        }
    }

    fn count(gold: &Annotations, predicted: &Annotations, key_points: KeyPointOptions) -> Outcome {
        let options = Options { key_points, ..Options::default() };
        KeyPoints.count(&Layer::KeyPoints, &Case { document: None, gold, predicted, options: &options })
    }

    fn average(outcome: &Outcome, metric: &'static str) -> Option<f64> {
        match outcome.statistics.get(&StatisticKey::whole(metric)) {
            Some(Statistic::Average { sum, documents: 1 } | Statistic::Amount { sum, documents: 1 }) => Some(*sum),
            None => None,
            other => panic!("{other:?}"),
        }
    }

    const SUMMARY: &str = "The Drina bridge collapsed on Monday. No casualties were found at the bridge.";

    #[test]
    fn own_words_or_evidence_carry_a_point() {
        let predicted = Annotations { summaries: Some(vec![SUMMARY.to_owned()]), ..Annotations::default() };
        let outcome = count(&gold(), &predicted, KeyPointOptions::default());
        assert_eq!(outcome.statistics.get(&StatisticKey::whole("")), Some(&Statistic::Recall { hits: 2, possible: 3 }));
        assert_eq!(
            outcome.statistics.get(&StatisticKey::whole("weighted")),
            Some(&Statistic::Recall { hits: 5, possible: 6 })
        );
        assert_eq!(outcome.items[0].evidence.as_deref(), Some("The Drina bridge collapsed on Monday."));
        assert_eq!(outcome.items[0].ground.as_deref(), Some("overlap 3/3"));
        assert_eq!(outcome.items[2].class, Class::Missed);
        assert_eq!((average(&outcome, "vital"), average(&outcome, "all")), (Some(1.0), Some(2.0 / 3.0)));
        // Vital 2 of 2 halves, okay 1 of 2: (1 + .5) / (1 + .5 + .5).
        assert_eq!(average(&outcome, "vital_okay"), Some(0.75));
        // Two are supported, 3 + 2; without golden summaries the modified size is all three, 6.
        assert_eq!((average(&outcome, "pyramid"), average(&outcome, "pyramid_modified")), (Some(1.0), Some(5.0 / 6.0)));
    }

    #[test]
    fn the_modified_size_is_that_of_the_references() {
        let mut gold = gold();
        gold.summaries = Some(vec!["The bridge over the Drina collapsed.".to_owned(), SUMMARY.to_owned()]);
        let predicted = Annotations { summaries: Some(vec![SUMMARY.to_owned()]), ..Annotations::default() };
        // One and two units: 1.5, so two, which weigh 5.
        let outcome = count(&gold, &predicted, KeyPointOptions::default());
        assert_eq!(average(&outcome, "pyramid_modified"), Some(1.0));
        // Weights that count six references: 6 / 6 = one unit, which weighs 3.
        let counted = KeyPointOptions { references: Some(6), ..KeyPointOptions::default() };
        assert_eq!(average(&count(&gold, &predicted, counted), "pyramid_modified"), Some(5.0 / 3.0));
    }

    #[test]
    fn given_verdicts_stand_in_for_matching() {
        let verdict =
            |support, sentence: Option<&str>| KeyPointVerdict { support, sentence: sentence.map(str::to_owned) };
        let given = BTreeMap::from([
            ("#1".to_owned(), verdict(Support::Partial, Some("It fell."))),
            ("#3".to_owned(), verdict(Support::Full, None)),
        ]);
        let predicted = Annotations { verdicts: Some(given), ..Annotations::default() };
        let given = KeyPointOptions { given: Some("judge:x".to_owned()), ..KeyPointOptions::default() };
        let outcome = count(&gold(), &predicted, given);
        let classes: Vec<Class> = outcome.items.iter().map(|item| item.class).collect();
        assert_eq!(classes, [Class::Partial, Class::Missed, Class::Correct]);
        assert_eq!(outcome.items[0].evidence.as_deref(), Some("It fell."));
        assert_eq!(outcome.items[0].ground.as_deref(), Some("judge"));
        assert_eq!(outcome.statistics.get(&StatisticKey::whole("")), Some(&Statistic::Recall { hits: 1, possible: 3 }));
        assert_eq!((average(&outcome, "vital"), average(&outcome, "strict_vital")), (Some(0.5), Some(0.0)));
        // The supported one has weight 1, and the best one has 3.
        assert_eq!(average(&outcome, "pyramid"), Some(1.0 / 3.0));
    }

    #[test]
    fn without_key_points_there_is_nothing() {
        let gold = Annotations { key_points: Some(Vec::new()), ..Annotations::default() };
        let outcome = count(&gold, &Annotations::default(), KeyPointOptions::default());
        assert!(outcome.statistics.iter().next().is_none() && outcome.items.is_empty());
    }
}
