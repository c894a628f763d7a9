//! The units of annotation layers on which coefficients are computed.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::ratings::GroupedRatings;
use super::sentences::join_same_sentences;
use super::stacked::rows;
use crate::document::{Annotations, Annotator, Entity, Layer, Region};
use crate::metric::folded_phrase as folded;

/// The identity of a unit: start, end and fragments of a span, or a normalised phrase.
pub(super) type UnitKey<'a> = (u32, u32, &'a [(u32, u32)], Cow<'a, str>);

/// The rating of a unit by an annotator who labelled the layer and did not mark the unit. It counts
/// like any label.
pub(super) const NOT_MARKED: &str = "";

/// The rating of a marked unit in a layer without labels.
const MARKED: &str = "marked";

/// The units of a layer with every annotator's rating: the label, [`NOT_MARKED`], or `None` if the
/// annotator did not label the layer in the document.
///
/// A unit is a distinct span that at least one annotator marked. A span to which an annotator gave
/// several labels has several units, such that each of its labels is that of one unit (see
/// [`rows`]). Key sentences that F1 pairs are one unit. Spans that no annotator marked cannot be
/// counted, so agreement on them is left out, and coefficients are conservative.
pub(super) fn units<'a>(annotators: &'a [Annotator], layer: &Layer) -> GroupedRatings<&'a str> {
    let mut ratings = GroupedRatings::new(annotators.len());
    let ids: BTreeSet<&String> = annotators.iter().flat_map(|annotator| annotator.documents.keys()).collect();
    let (mut marks, mut row) = (Vec::new(), Vec::new());
    for id in ids {
        let files = || annotators.iter().map(|annotator| annotator.documents.get(id));
        let ignored: Vec<&Region> = files().flatten().flat_map(|file| &file.gold.ignore).collect();
        marks.clear();
        let not_marked: Vec<Option<&str>> = files()
            .enumerate()
            .map(|(annotator, file)| {
                let of_annotator = marks_of(&file?.gold, layer, &ignored)?;
                marks.extend(of_annotator.into_iter().map(|(key, label)| (key, annotator, label)));
                Some(NOT_MARKED)
            })
            .collect();
        marks.sort_unstable();
        marks.dedup();
        if *layer == Layer::KeySentences {
            join_same_sentences(&mut marks, annotators.len());
            marks.sort_unstable();
        }
        for span in marks.chunk_by(|one, other| one.0 == other.0) {
            if span.windows(2).any(|two| two[0].1 == two[1].1) {
                let labels = span.iter().map(|(_, annotator, label)| (*label, *annotator)).collect();
                rows(labels, &not_marked).into_iter().flatten().for_each(|label| ratings.push(label));
                continue;
            }
            row.clone_from(&not_marked);
            span.iter().for_each(|(_, annotator, label)| row[*annotator] = Some(*label));
            row.drain(..).for_each(|label| ratings.push(label));
        }
        ratings.end_document();
    }
    ratings
}

/// The spans or phrases that an annotator marked in a layer, with labels; `None` if the layer was
/// not labelled.
fn marks_of<'a>(
    annotations: &'a Annotations,
    layer: &Layer,
    ignored: &[&Region],
) -> Option<Vec<(UnitKey<'a>, &'a str)>> {
    let marks = match layer {
        Layer::Entities => {
            let counts = |entity: &&Entity| {
                !entity.optional && !ignored.iter().any(|region| region.touches(entity.start, entity.end))
            };
            let key = |entity: &'a Entity| (entity.start, entity.end, &*entity.fragments, Cow::Borrowed(""));
            let entities = annotations.entities.as_ref()?.iter().filter(counts);
            entities.map(|entity| (key(entity), &*entity.label)).collect()
        }
        Layer::KeySentences => {
            let spans = annotations.key_sentences.as_ref()?.iter();
            spans.map(|span| ((span.start, span.end, [].as_slice(), Cow::Borrowed("")), MARKED)).collect()
        }
        Layer::Keyphrases => {
            let phrases = annotations.keyphrases.as_ref()?.iter();
            phrases.map(|phrase| ((0, 0, [].as_slice(), Cow::Owned(folded(phrase))), MARKED)).collect()
        }
        _ => return None,
    };
    Some(marks)
}

#[cfg(test)]
mod tests {
    use super::{NOT_MARKED, units};
    use crate::document::{Annotations, Annotator, Entity, Layer, Reference, Span};

    /// Start offsets of entities with their labels; `None` if the layer is absent.
    type Labelled<'l> = Option<&'l [(u32, &'l str)]>;

    fn annotator(documents: &[(&str, Labelled<'_>)]) -> Annotator {
        let entity = |&(start, label): &(u32, &str)| Entity::new(Span::new(start, start + 3), label);
        let reference = |entities: Labelled<'_>| Reference {
            gold: Annotations {
                entities: entities.map(|all| all.iter().map(entity).collect()),
                ..Annotations::default()
            },
            ..Reference::default()
        };
        let documents = documents.iter().map(|(id, entities)| ((*id).to_owned(), reference(*entities))).collect();
        Annotator { name: "a".to_owned(), file: "a".into(), documents }
    }

    #[test]
    fn a_unit_is_what_someone_marked() {
        let one =
            annotator(&[("d", Some(&[(0, "P"), (9, "X"), (9, "Q")])), ("e", Some(&[])), ("f", Some(&[(5, "P")]))]);
        let other = annotator(&[("d", Some(&[(0, "P"), (20, "R")])), ("e", Some(&[])), ("f", None)]);
        let annotators = [one, other];
        let ratings = units(&annotators, &Layer::Entities);
        let names = ratings.values();
        let name = |index: u32| names.iter().find(|(_, other)| *other == index).map(|(name, _)| **name);
        let found: Vec<Vec<Vec<Option<&str>>>> = ratings
            .documents()
            .map(|units| units.map(|unit| unit.iter().map(|rating| rating.and_then(name)).collect()).collect())
            .collect();
        let of_d = vec![
            vec![Some("P"), Some("P")],
            vec![Some("Q"), Some(NOT_MARKED)],
            vec![Some("X"), Some(NOT_MARKED)],
            vec![Some(NOT_MARKED), Some("R")],
        ];
        assert_eq!(found, [of_d, vec![vec![Some("P"), None]]]);
    }
}
