//! Preset `anls-star`: the package anls_star 1.0.1, applied to the list of gold records of a
//! document and the predicted list.

use super::{Preset, PresetDifference, Reasons};
use crate::document::{Annotations, Layer, Record};
use crate::metric::record_tree::{Tree, score, texts_alike};
use crate::metric::{Case, MetricGroup, MetricName, Name, Options, Outcome, Signature, Statistic, StatisticKey};

pub(super) const PRESETS: &[Preset] = &[Preset {
    name: "anls-star",
    about: "anls_star 1.0.1: ANLS* of the records of a document",
    parity: "tests/parity/anls_star.py",
    metric_groups: &[&AnlsStar],
    reasons: &AnlsStar,
}];

struct AnlsStar;

/// The only metric.
const ANLS: &str = "anls";

impl MetricGroup for AnlsStar {
    fn scores(&self, layer: &Layer) -> bool {
        matches!(layer, Layer::Records(_))
    }

    fn gold_items(&self, layer: &Layer, gold: &Annotations, _: &Options) -> Option<u64> {
        Some(records(layer, gold)?.len() as u64)
    }

    fn metrics(&self, _: &Options) -> Vec<Name> {
        vec![ANLS.into()]
    }

    fn signature(&self, _: &str, _: &Options) -> Signature {
        Signature::preset("anls_star-1.0.1").with("munkres", "3.0.0")
    }

    fn count(&self, layer: &Layer, case: &Case<'_>) -> Outcome {
        let forest = |annotations, is_gold| {
            let records = records(layer, annotations).unwrap_or_default();
            Tree::List(records.iter().map(|record| Tree::object(record, is_gold)).collect())
        };
        let (sum, warning) = score(&forest(case.gold, true), &forest(case.predicted, false));
        let mut outcome = Outcome { warnings: warning.into_iter().collect(), ..Outcome::default() };
        outcome.statistics.add(StatisticKey::whole(ANLS), Statistic::Average { sum, documents: 1 });
        outcome
    }
}

impl Reasons for AnlsStar {
    /// The tool counts no items, so this describes what a value contributes to its sum.
    fn of_item(&self, difference: &PresetDifference<'_>) -> String {
        let pair = difference.karat.and_then(|item| item.gold.as_ref().zip(item.predicted.as_ref()));
        match pair {
            Some((gold, predicted)) => {
                let alike = texts_alike(&gold.text, &predicted.text);
                if alike == 0.0 {
                    "anls-star counts no values: the similarity of these two is below .50, which scores 0".to_owned()
                } else {
                    format!("anls-star counts no values: these two score their similarity, {alike:.2}")
                }
            }
            None => "anls-star counts no values: one without a partner adds to what the sum is divided by".to_owned(),
        }
    }

    fn of_figure(&self, _: &MetricName) -> Option<&'static str> {
        Some("the records of a document are one list to anls-star, without karat's alignment by place")
    }
}

fn records<'a>(layer: &Layer, annotations: &'a Annotations) -> Option<&'a [Record]> {
    match layer {
        Layer::Records(name) => annotations.records_of(name),
        _ => None,
    }
}
