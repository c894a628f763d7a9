//! Agreement between annotators.

use super::super::Agreement;
use super::{Table, document, name, sentence, with_interval};

/// Returns a table for each pair of annotators, and one of the coefficients.
pub(in crate::report) fn agreement(agreement: &Agreement) -> String {
    let mut tables = Vec::new();
    for pair in &agreement.pairs {
        let caption = format!(
            "Agreement of {} and {}. In brackets: 95\\,\\% intervals, clustered by document.",
            name(&pair.first),
            name(&pair.second)
        );
        let mut table = Table::new(caption, 1, ["Metric", "F1", "Items", "Documents"]);
        let figures =
            || pair.scores.figures().filter(|figure| figure.name.stat == "f1" && figure.name.average.is_none());
        for figure in figures() {
            let second = figure.predicted.map_or_else(|| "--".to_owned(), |predicted| predicted.to_string());
            table.row([
                name(&figure.name.to_string()),
                with_interval(figure.value, figure.interval),
                format!("{}/{second}", figure.gold),
                figure.documents.to_string(),
            ]);
        }
        table.signatures(figures());
        tables.push(table);
    }
    if !agreement.coefficients.is_empty() {
        let caption = "Agreement above chance. In brackets: 95\\,\\% intervals.".to_owned();
        let mut table = Table::new(caption, 2, ["Units", "Coefficient", "Value", "Number of units"]);
        for of in &agreement.coefficients {
            let label = of.label.as_ref().map(|label| format!("[{label}]")).unwrap_or_default();
            for coefficient in &of.coefficients {
                table.row([
                    name(&format!("{}{label}", of.what)),
                    name(coefficient.name),
                    with_interval(coefficient.value, coefficient.interval),
                    of.units.to_string(),
                ]);
            }
        }
        table.notes.extend(agreement.not_computed_note().map(|note| sentence(&note)));
        tables.push(table);
    }
    document(&tables)
}
