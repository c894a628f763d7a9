//! The figures of every repeat separately, to measure how much an extractor varies between runs.

use std::collections::BTreeMap;

use super::{Formulas, Settings, System, SystemCounts, Wanted, count_system};
use crate::document::Reference;
use crate::metric::MetricName;
use crate::stats::within_share;

/// A figure in one repeat.
#[derive(Debug, Clone, PartialEq)]
pub struct InRepeat {
    /// The value over all documents.
    pub value: Option<f64>,
    /// The value over each annotated document, in the order of the document ids.
    pub documents: Vec<Option<f64>>,
}

/// Returns the wanted figures, each in every repeat, from the counts of each repeat.
pub(crate) fn in_repeats(
    repeats: &[SystemCounts],
    settings: &Settings,
    is_wanted: impl Fn(Formulas<'_>, &MetricName) -> bool,
) -> BTreeMap<MetricName, Vec<InRepeat>> {
    let mut found: BTreeMap<MetricName, Vec<InRepeat>> = BTreeMap::new();
    for counts in repeats {
        for layer in counts.layers() {
            let Some(formulas) = layer.formulas(settings) else { continue };
            let rows: Vec<u32> = (0..layer.len() as u32).collect();
            let total = layer.total(rows.iter());
            let names = formulas.names(layer.layer(), &total);
            let names: Vec<MetricName> = names.into_iter().filter(|name| is_wanted(formulas, name)).collect();
            let mut documents: Vec<Vec<Option<f64>>> = vec![Vec::with_capacity(rows.len()); names.len()];
            for row in rows {
                let statistics = layer.statistics(&[row], |_| true);
                for (documents, name) in documents.iter_mut().zip(&names) {
                    documents.push(formulas.value_of_document(&statistics, name));
                }
            }
            for (name, documents) in names.into_iter().zip(documents) {
                let value = formulas.value(&total, &name);
                found.entry(name).or_default().push(InRepeat { value, documents });
            }
        }
    }
    found
}

/// Returns the fraction of the variance of each headline figure that lies within documents, 0 to 1;
/// empty without repeats.
pub fn within_documents(
    references: &BTreeMap<String, Reference>,
    system: &System,
    settings: &Settings,
) -> BTreeMap<MetricName, Option<f64>> {
    let count = system.repeats();
    if count < 2 {
        return BTreeMap::new();
    }
    let plain = settings.figures_only();
    let of = |number| count_system(references, &system.repeat(number), &plain, &Wanted::Headlines);
    let repeats: Vec<SystemCounts> = (0..count).map(of).collect();
    let share = |rows: Vec<InRepeat>| {
        let rows: Vec<_> = rows.into_iter().map(|row| row.documents).collect();
        within_share(&rows)
    };
    let figures = in_repeats(&repeats, settings, |formulas, name| formulas.is_headline(name)).into_iter();
    figures.map(|(name, rows)| (name, share(rows))).collect()
}
