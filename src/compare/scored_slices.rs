//! The headline figures of one system on slices of the documents, for reports.

use std::collections::{BTreeMap, BTreeSet};

use super::SliceBy;
use super::slices::slices;
use crate::document::Reference;
use crate::score::{Figure, Settings, System, as_text, headline_figure, score_slice};

/// The most values of a field that cuts documents into slices.
const MOST_VALUES: usize = 12;
/// The most fields: the documents are counted once more for each of them.
const MOST_FIELDS: usize = 4;

/// A headline figure on one slice.
#[derive(Debug, Clone, PartialEq)]
pub struct SliceScore {
    /// The name of the slice, such as `meta.kind=interview`.
    pub slice: String,
    /// The figure.
    pub figure: Figure,
}

/// Returns the headline figures on the slices by each metadata field that all documents have and
/// that has 2 to 12 values; only by the first four such fields.
pub fn score_slices(references: &BTreeMap<String, Reference>, system: &System, settings: &Settings) -> Vec<SliceScore> {
    let settings = Settings { documents: false, items: false, examples: false, ..settings.clone() };
    let mut found = Vec::new();
    for field in fields(references).into_iter().take(MOST_FIELDS) {
        for (slice, ids) in slices(references, &SliceBy::Meta(field)).unwrap_or_default() {
            let scores = score_slice(references, &ids, system, &settings);
            let figures = scores.layers.iter().filter_map(headline_figure).cloned();
            found.extend(figures.map(|figure| SliceScore { slice: slice.clone(), figure }));
        }
    }
    found
}

/// Returns the fields that cut the documents into a few slices.
fn fields(references: &BTreeMap<String, Reference>) -> Vec<String> {
    let mut values: BTreeMap<&str, (usize, BTreeSet<String>)> = BTreeMap::new();
    for (field, value) in references.values().flat_map(|reference| &reference.meta) {
        let (count, different) = values.entry(field).or_default();
        *count += 1;
        if different.len() <= MOST_VALUES {
            different.insert(as_text(value));
        }
    }
    let cuts = |(count, different): &(usize, BTreeSet<String>)| {
        *count == references.len() && (2..=MOST_VALUES).contains(&different.len())
    };
    values.into_iter().filter(|(_, counted)| cuts(counted)).map(|(field, _)| field.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::score_slices;
    use crate::document::{Annotations, Answer, Entity, Layer, Reference, Span, json};
    use crate::score::{Settings, System};

    #[test]
    fn a_field_with_few_values_cuts_slices() {
        let gold = Annotations { entities: Some(vec![Entity::new(Span::new(0, 1), "A")]), ..Annotations::default() };
        let reference = |at: usize| {
            let kind = if at < 2 { "letter" } else { "report" };
            let meta = BTreeMap::from([("kind".to_owned(), json!(kind)), ("number".to_owned(), json!(at))]);
            (format!("d{at:02}"), Reference { gold: gold.clone(), meta, ..Reference::default() })
        };
        let references: BTreeMap<_, _> = (0..20).map(reference).collect();
        let right = |id: &&String| id.as_str() < "d02";
        let answers = references
            .keys()
            .map(|id| (id.clone(), Answer::ok(if right(&id) { gold.clone() } else { Annotations::default() })));
        let system = System { name: "x".to_owned(), declared: [Layer::Entities].into(), answers: answers.collect() };
        let found = score_slices(&references, &system, &Settings::default());
        let shown: Vec<_> =
            found.iter().map(|one| (one.slice.as_str(), one.figure.documents, one.figure.value)).collect();
        assert_eq!(shown, [("meta.kind=letter", 2, Some(1.0)), ("meta.kind=report", 18, Some(0.0))]);
    }
}
