//! What was rated: the units that coefficients are computed on.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::{Annotations, Annotator, Entity, Layer, Region};
use crate::metric::folded_phrase as folded;

/// What some annotator marked: start, end, fragments; or a phrase as it is compared.
type Place = (u32, u32, Vec<(u32, u32)>, String);

/// The units of one document: for each, every annotator's label; `Some("")` is "not marked", `None` "did not label this
/// layer".
pub(super) type Units = Vec<Vec<Option<String>>>;

/// The units of a layer by document. A unit is a distinct stretch that at least one annotator marked; there is no count of
/// stretches that nobody marked, so chance agreement on nothing is left out and coefficients are on the strict side.
pub(super) fn units(annotators: &[Annotator], layer: &Layer) -> BTreeMap<String, Units> {
    let ids: BTreeSet<&String> = annotators.iter().flat_map(|annotator| annotator.documents.keys()).collect();
    let of = |id: &String| {
        let files = annotators.iter().filter_map(|annotator| annotator.documents.get(id));
        let ignored: Vec<Region> = files.flat_map(|file| file.gold.ignore.clone()).collect();
        let marks: Vec<Option<BTreeMap<Place, String>>> =
            annotators.iter().map(|annotator| marks(&annotator.documents.get(id)?.gold, layer, &ignored)).collect();
        let places: BTreeSet<&Place> = marks.iter().flatten().flat_map(BTreeMap::keys).collect();
        let unit = |place: &Place| {
            let rating = |marks: &Option<BTreeMap<Place, String>>| {
                marks.as_ref().map(|marks| marks.get(place).cloned().unwrap_or_default())
            };
            marks.iter().map(rating).collect()
        };
        places.into_iter().map(unit).collect()
    };
    ids.into_iter().map(|id| (id.clone(), of(id))).collect()
}

/// What one annotator marked in a layer; `None` where the layer was not labelled. Of two labels on one stretch the first
/// by name counts.
fn marks(annotations: &Annotations, layer: &Layer, ignored: &[Region]) -> Option<BTreeMap<Place, String>> {
    let mut marks = BTreeMap::new();
    match layer {
        Layer::Entities => {
            let counts = |entity: &&Entity| {
                !entity.optional && !ignored.iter().any(|region| region.touches(entity.start, entity.end))
            };
            let mut entities: Vec<_> = annotations.entities.as_ref()?.iter().filter(counts).collect();
            entities.sort_by(|a, b| b.label.cmp(&a.label));
            for entity in entities {
                marks.insert((entity.start, entity.end, entity.fragments.clone(), String::new()), entity.label.clone());
            }
        }
        Layer::KeySentences => {
            for span in annotations.key_sentences.as_ref()? {
                marks.insert((span.start, span.end, Vec::new(), String::new()), "marked".to_owned());
            }
        }
        Layer::Keyphrases => {
            for phrase in annotations.keyphrases.as_ref()? {
                marks.insert((0, 0, Vec::new(), folded(phrase)), "marked".to_owned());
            }
        }
        _ => return None,
    }
    Some(marks)
}
