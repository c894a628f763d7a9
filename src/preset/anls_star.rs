//! Preset `anls-star`: the package anls_star 1.0.1, of a document's list of records against the predicted list.

use super::{Preset, Silent};
use crate::document::{Annotations, Layer, Record};
use crate::metric::record_tree::{Tree, score};
use crate::metric::{Case, Family, Name, Options, Outcome, Slot, SlotKey};

pub(super) const PRESET: Preset = Preset {
    name: "anls-star",
    about: "anls_star 1.0.1: ANLS* of the records of a document",
    families: &[&AnlsStar],
    reasons: &Silent,
};

struct AnlsStar;

/// The only metric.
const ANLS: &str = "anls";

impl Family for AnlsStar {
    fn scores(&self, layer: &Layer) -> bool {
        matches!(layer, Layer::Records(_))
    }

    fn gold_items(&self, layer: &Layer, gold: &Annotations, _: &Options) -> Option<u64> {
        Some(records(layer, gold)?.len() as u64)
    }

    fn metrics(&self, _: &Options) -> Vec<Name> {
        vec![ANLS.into()]
    }

    fn signature(&self, _: &str, _: &Options) -> String {
        "preset:anls_star-1.0.1|munkres:3.0.0".to_owned()
    }

    fn count(&self, layer: &Layer, case: &Case<'_>) -> Outcome {
        let forest = |annotations, is_gold| {
            let records = records(layer, annotations).unwrap_or_default();
            Tree::List(records.iter().map(|record| Tree::object(record, is_gold)).collect())
        };
        let sum = score(&forest(case.gold, true), &forest(case.predicted, false));
        let mut outcome = Outcome::default();
        outcome.tally.add(SlotKey::whole(ANLS), Slot::Average { sum, documents: 1 });
        outcome
    }
}

fn records<'a>(layer: &Layer, annotations: &'a Annotations) -> Option<&'a [Record]> {
    match layer {
        Layer::Records(name) => annotations.records_of(name),
        _ => None,
    }
}
