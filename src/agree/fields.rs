//! Agreement on fields of records. The units are the fields, or the elements of list fields, of
//! records that are aligned with each other.

use std::collections::BTreeMap;

use super::pairwise::for_each_count;
use super::ratings::GroupedRatings;
use crate::document::{Annotator, Layer, LayerSet};
use crate::metric::{FieldRating, Key, field_ratings};
use crate::score::Settings;

/// The record layers that any of the annotators labelled and the settings select.
pub(super) fn layers(annotators: &[Annotator], settings: &Settings) -> LayerSet {
    let references = annotators.iter().flat_map(|annotator| annotator.documents.values());
    let records = references.flat_map(|reference| &reference.gold.records).flat_map(BTreeMap::keys);
    let layers: LayerSet = records.map(|name| Layer::Records(name.clone().into())).collect();
    let is_wanted = |layer: &Layer| settings.layers.as_ref().is_none_or(|layers| layers.contains(layer));
    layers.into_iter().filter(is_wanted).collect()
}

/// The units of every field of every record layer, with the values of two annotators. Two values
/// are equal if they score as correct.
pub(super) fn units(
    annotators: &[Annotator; 2],
    settings: &Settings,
) -> BTreeMap<(String, String), GroupedRatings<Key>> {
    let mut fields: BTreeMap<(String, String), GroupedRatings<Key>> = BTreeMap::new();
    let layers = layers(annotators, settings);
    if layers.is_empty() {
        return fields;
    }
    let settings = Settings { layers: Some(layers), ..settings.clone() };
    let [first, second] = annotators;
    for_each_count(
        first,
        second,
        &settings,
        |_, layer, case| field_ratings(layer, case),
        |layer, _, ratings| {
            let mut by_field: BTreeMap<&str, Vec<&FieldRating>> = BTreeMap::new();
            ratings.iter().for_each(|rating| by_field.entry(&rating.field).or_default().push(rating));
            for (field, ratings) in by_field {
                let units =
                    fields.entry((layer.to_string(), field.to_owned())).or_insert_with(|| GroupedRatings::new(2));
                let values = ratings.iter().flat_map(|rating| &rating.values);
                values.for_each(|value| units.push(Some(value.clone())));
                units.end_document();
            }
        },
    );
    fields
}
