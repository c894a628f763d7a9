//! The verdicts that were scored beside those made by hand, unit by unit.

use std::collections::BTreeMap;

use super::VerdictFile;
use super::compare::verdict_of;
use crate::document::{KeyPoint, Layer, Reference, Status, Support};
use crate::metric::Item;
use crate::score::Scores;

/// A key point with the verdict that was scored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JudgedUnit {
    /// The name of the key point.
    pub name: String,
    /// Its weight.
    pub weight: u32,
    /// The verdict that was scored.
    pub used: Support,
    /// The hand-made verdict, if there is one.
    pub hand: Option<Support>,
}

/// The key points of all documents.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JudgedUnits {
    /// The key points of each answered document.
    pub documents: BTreeMap<String, Vec<JudgedUnit>>,
    /// The number of key points of the documents without an answer, which support nothing, and the
    /// sum of their weights.
    pub unanswered: [u64; 2],
}

impl JudgedUnits {
    /// Collects the key points of scores, which must include their documents. Returns `None` if no
    /// key points were scored.
    pub fn of(scores: &Scores, references: &BTreeMap<String, Reference>, hand: &VerdictFile) -> Option<Self> {
        let layer = scores.layers.iter().find(|layer| layer.layer == Layer::KeyPoints)?;
        let mut units = Self::default();
        for (id, document) in &layer.documents {
            let points = references.get(id)?.gold.key_points.iter().flatten();
            if document.status != Status::Ok {
                for point in points {
                    units.unanswered[0] += 1;
                    units.unanswered[1] += u64::from(point.weight);
                }
                continue;
            }
            let by_hand = hand.verdicts.get(id);
            let unit = |((index, point), item): ((usize, &KeyPoint), &Item)| {
                let name = point.name(index);
                let hand = by_hand.and_then(|verdicts| verdicts.get(&name)).map(|verdict| verdict.support);
                JudgedUnit { name, weight: point.weight, used: verdict_of(item), hand }
            };
            units.documents.insert(id.clone(), points.enumerate().zip(&document.items).map(unit).collect());
        }
        Some(units)
    }

    /// The units with hand-made verdicts: the document, the unit, the scored and the hand-made
    /// verdict.
    pub fn labelled(&self) -> impl Iterator<Item = (&str, &JudgedUnit, [Support; 2])> {
        self.documents
            .iter()
            .flat_map(|(id, units)| units.iter().filter_map(|unit| Some((id.as_str(), unit, [unit.used, unit.hand?]))))
    }
}
