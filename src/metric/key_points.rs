//! Key points: how many of the facts that a summary should carry it does carry.
//!
//! Deterministic, no judge: a key point is carried by a sentence of the summary (or by a predicted key point) that has at
//! least a declared share of the content words of the key point itself or of one piece of its evidence; stemmed, stop
//! words left out, each word counted once. The sentence that carried it is named with every verdict. Plain recall, and
//! recall weighted by the key points' weights (the nugget recall of TREC's question answering track, Voorhees 2003).

use std::collections::BTreeSet;

use super::item::{Class, Item, Side};
use super::{Case, Family, Name, Options, Outcome, Slot, SlotKey};
use crate::document::{Annotations, KeyPoint, Layer, LayerSet};
use crate::text::{sentence, stopwords, token};

/// Content units.
pub struct KeyPoints;

/// The share of content words that carries a key point, as a fraction.
const CARRIES: (usize, usize) = (7, 10);

impl Family for KeyPoints {
    fn scores(&self, layer: &Layer) -> bool {
        *layer == Layer::KeyPoints
    }

    /// A summary answers as well as a list of key points does.
    fn is_answered_by(&self, _: &Layer, declared: &LayerSet) -> bool {
        declared.contains(&Layer::KeyPoints) || declared.contains(&Layer::Summaries)
    }

    fn gold_items(&self, _: &Layer, gold: &Annotations, _: &Options) -> Option<u64> {
        Some(gold.key_points.as_ref()?.len() as u64)
    }

    fn metrics(&self, _: &Options) -> Vec<Name> {
        vec!["".into(), "weighted".into()]
    }

    fn signature(&self, metric: &str, _: &Options) -> String {
        let weight = if metric.is_empty() { "none" } else { "weight" };
        format!(
            "key_points|tok:words|stem:porter-nltk|stop:{}|sent:{}|carries:{}/{}|weight:{weight}|empty:null",
            stopwords::LIST,
            sentence::RULE,
            CARRIES.0,
            CARRIES.1
        )
    }

    fn count(&self, _: &Layer, case: &Case<'_>) -> Outcome {
        let units = units(case.predicted);
        let mut outcome = Outcome::default();
        for point in case.gold.key_points.iter().flatten() {
            let carrier = carrier(point, &units, case);
            let hit = u64::from(carrier.is_some());
            let weight = u64::from(point.weight);
            outcome.tally.add(SlotKey::whole(""), Slot::Recall { hits: hit, possible: 1 });
            outcome.tally.add(SlotKey::whole("weighted"), Slot::Recall { hits: hit * weight, possible: weight });
            outcome.items.push(item(point, carrier));
        }
        outcome
    }
}

/// A stretch of the prediction with its content words.
struct Unit<'a> {
    text: &'a str,
    stems: BTreeSet<String>,
}

fn units(predicted: &Annotations) -> Vec<Unit<'_>> {
    let summary = predicted.summaries.iter().flatten().next().map_or("", String::as_str);
    let sentences = sentence::split(summary).into_iter().map(|range| &summary[range]);
    let points = predicted.key_points.iter().flatten().map(|point| point.text.as_str());
    sentences.chain(points).map(|text| Unit { text, stems: stems(text) }).collect()
}

fn stems(text: &str) -> BTreeSet<String> {
    token::content_stems(text).into_iter().collect()
}

/// The unit that covers most of the key point or of a piece of its evidence, the first of equals, if it covers enough.
fn carrier<'a>(point: &KeyPoint, units: &'a [Unit<'a>], case: &Case<'_>) -> Option<&'a str> {
    let evidence = point.evidence.iter().filter_map(|span| {
        let stored = span.text.as_deref();
        stored.or_else(|| case.document.and_then(|document| document.slice(span.start, span.end)))
    });
    let targets: Vec<BTreeSet<String>> =
        [point.text.as_str()].into_iter().chain(evidence).map(stems).filter(|target| !target.is_empty()).collect();
    let mut best: Option<(usize, usize, &str)> = None;
    for unit in units {
        for target in &targets {
            let (shared, all) = (target.intersection(&unit.stems).count(), target.len());
            let is_better = best.is_none_or(|(s, a, _)| shared * a > s * all);
            if shared * CARRIES.1 >= all * CARRIES.0 && is_better {
                best = Some((shared, all, unit.text));
            }
        }
    }
    best.map(|(_, _, text)| text)
}

fn item(point: &KeyPoint, carrier: Option<&str>) -> Item {
    let gold = Side {
        span: point.evidence.first().map(|span| (span.start, span.end)),
        label: point.id.clone().unwrap_or_default(),
        text: point.text.clone(),
    };
    match carrier {
        Some(text) => Item { class: Class::Correct, evidence: Some(text.to_owned()), ..Item::missed(gold) },
        None => Item::missed(gold),
    }
}

#[cfg(test)]
mod tests {
    use super::KeyPoints;
    use crate::document::{Annotations, KeyPoint, Layer, Span};
    use crate::metric::{Case, Class, Family, Options, Slot, SlotKey};

    fn point(text: &str, weight: u32, evidence: &str) -> KeyPoint {
        let span = Span { text: Some(evidence.to_owned()), ..Span::new(0, 1) };
        KeyPoint { text: text.to_owned(), weight, evidence: vec![span], ..KeyPoint::default() }
    }

    #[test]
    fn own_words_or_evidence_carry_a_point() {
        let gold = Annotations {
            key_points: Some(vec![
                point("The bridge over the Drina collapsed.", 3, "it fell into the water"),
                point("Nobody was hurt.", 2, "There were no casualties at the bridge"),
                point("Repairs will take two years.", 1, "reopening is planned for 2027"),
            ]),
            ..Annotations::default()
        };
        let summary = "The Drina bridge collapsed on Monday. No casualties were found at the bridge.";
        let predicted = Annotations { summaries: Some(vec![summary.to_owned()]), ..Annotations::default() };
        let case = Case { document: None, gold: &gold, predicted: &predicted, options: &Options::default() };
        let outcome = KeyPoints.count(&Layer::KeyPoints, &case);
        assert_eq!(outcome.tally.get(&SlotKey::whole("")), Some(&Slot::Recall { hits: 2, possible: 3 }));
        assert_eq!(outcome.tally.get(&SlotKey::whole("weighted")), Some(&Slot::Recall { hits: 5, possible: 6 }));
        assert_eq!(outcome.items[0].evidence.as_deref(), Some("The Drina bridge collapsed on Monday."));
        assert_eq!(outcome.items[2].class, Class::Missed);
    }
}
