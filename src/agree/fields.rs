//! Agreement on fields of records. The units are the fields, or the elements of list fields, of
//! records that are aligned with each other.

use std::collections::BTreeMap;

use super::pairwise::for_each_item;
use super::ratings::GroupedRatings;
use crate::document::{Annotator, Layer, LayerSet};
use crate::metric::{Class, Item, Side};
use crate::score::Settings;

/// The units of every field of every record layer, with the values of two annotators; a missing
/// value is empty. Two values are equal if they score as correct.
pub(super) fn units(
    first: &Annotator,
    second: &Annotator,
    settings: &Settings,
) -> BTreeMap<(String, String), GroupedRatings<String>> {
    let mut fields: BTreeMap<(String, String), GroupedRatings<String>> = BTreeMap::new();
    let records = first.documents.values().flat_map(|reference| &reference.gold.records).flat_map(BTreeMap::keys);
    let layers: LayerSet = records.map(|name| Layer::Records(name.clone().into())).collect();
    let is_wanted = |layer: &Layer| settings.layers.as_ref().is_none_or(|layers| layers.contains(layer));
    let layers: LayerSet = layers.into_iter().filter(is_wanted).collect();
    if layers.is_empty() {
        return fields;
    }
    let settings = Settings { layers: Some(layers), ..settings.clone() };
    for_each_item(first, second, &settings, |layer, _, items| {
        let mut by_field: BTreeMap<&str, Vec<&Item>> = BTreeMap::new();
        for item in items {
            let Some(side) = item.gold.as_ref().or(item.predicted.as_ref()) else { continue };
            by_field.entry(&side.label).or_default().push(item);
        }
        for (field, items) in by_field {
            let ratings = fields.entry((layer.to_string(), field.to_owned())).or_insert_with(|| GroupedRatings::new(2));
            items.into_iter().flat_map(unit).for_each(|value| ratings.push(Some(value)));
            ratings.end_document();
        }
    });
    fields
}

fn unit(item: &Item) -> [String; 2] {
    let text = |side: Option<&Side>| side.map_or_else(String::new, |side| side.text.to_lowercase());
    let first = text(item.gold.as_ref());
    let second = if item.class == Class::Correct { first.clone() } else { text(item.predicted.as_ref()) };
    [first, second]
}
