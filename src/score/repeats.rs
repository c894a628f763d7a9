//! The figures of every repeat by itself: what says how far an extractor moves by itself.

use std::collections::BTreeMap;

use super::{DocumentTally, Settings, Subject, is_headline, tallies};
use crate::document::Reference;
use crate::metric::{MetricName, Tally};
use crate::stats::within_share;

/// A figure in one repeat.
#[derive(Debug, Clone, PartialEq)]
pub struct InRepeat {
    /// Over all documents.
    pub value: Option<f64>,
    /// Over each of the documents that were annotated, in the order of their ids.
    pub documents: Vec<Option<f64>>,
}

/// The wanted figures, each in every repeat.
pub fn in_repeats(
    references: &BTreeMap<String, Reference>,
    repeats: &[Subject],
    settings: &Settings,
    is_wanted: impl Fn(&MetricName) -> bool,
) -> BTreeMap<MetricName, Vec<InRepeat>> {
    let plain = settings.figures_only();
    let mut found: BTreeMap<MetricName, Vec<InRepeat>> = BTreeMap::new();
    for subject in repeats {
        for layer in tallies(references, subject, &plain) {
            let mut total = Tally::default();
            layer.documents.iter().for_each(|document| total.merge(&document.tally));
            for name in layer.formulas.names(&layer.layer, &total).into_iter().filter(|name| is_wanted(name)) {
                let value = |document: &DocumentTally| layer.formulas.value_of_document(&document.tally, &name);
                let documents = layer.documents.iter().map(value).collect();
                let value = layer.formulas.value(&total, &name);
                found.entry(name).or_default().push(InRepeat { value, documents });
            }
        }
    }
    found
}

/// Of the variance of each headline figure, the share that lies within documents; nothing without repeats.
pub fn within_documents(
    references: &BTreeMap<String, Reference>,
    subject: &Subject,
    settings: &Settings,
) -> BTreeMap<MetricName, Option<f64>> {
    let count = subject.repeats();
    if count < 2 {
        return BTreeMap::new();
    }
    let repeats: Vec<Subject> = (0..count).map(|number| subject.repeat(number)).collect();
    let share = |rows: Vec<InRepeat>| {
        let rows: Vec<_> = rows.into_iter().map(|row| row.documents).collect();
        within_share(&rows)
    };
    let figures = in_repeats(references, &repeats, settings, is_headline).into_iter();
    figures.map(|(name, rows)| (name, share(rows))).collect()
}
