//! Fields of records as ratings: units are the fields, or elements of lists, of records that were paired.

use std::collections::BTreeMap;

use super::Pairwise;
use crate::document::Layer;
use crate::metric::{Class, Item};

/// Units of one field by document: both annotators' values, `""` where one has none.
pub(super) type FieldUnits = BTreeMap<String, Vec<Vec<Option<String>>>>;

/// The units of every field of every records layer of a pair of annotators. A value counts as the same where it scores as the
/// same.
pub(super) fn units(pair: &Pairwise) -> BTreeMap<(String, String), FieldUnits> {
    let mut fields: BTreeMap<(String, String), FieldUnits> = BTreeMap::new();
    for layer in pair.scores.layers.iter().filter(|layer| matches!(layer.layer, Layer::Records(_))) {
        for (id, document) in &layer.documents {
            for item in &document.items {
                let Some(side) = item.gold.as_ref().or(item.predicted.as_ref()) else { continue };
                let field = fields.entry((layer.layer.to_string(), side.label.clone())).or_default();
                field.entry(id.clone()).or_default().push(unit(item));
            }
        }
    }
    fields
}

fn unit(item: &Item) -> Vec<Option<String>> {
    let text = |side: Option<&crate::metric::Side>| side.map_or_else(String::new, |side| side.text.to_lowercase());
    let first = text(item.gold.as_ref());
    let second = if item.class == Class::Correct { first.clone() } else { text(item.predicted.as_ref()) };
    vec![Some(first), Some(second)]
}
