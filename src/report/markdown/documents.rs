//! The documents that score worst, layer by layer.

use super::super::model::is_headline;
use super::super::{Report, three_places};
use super::table::{Align, Table, escape};
use crate::metric::Class;

/// Rows in the table.
const MOST: usize = 20;

pub(super) fn section(report: &Report) -> String {
    let mut rows = Vec::new();
    for extractor in &report.extractors {
        for layer in &extractor.scores.layers {
            for (id, document) in &layer.documents {
                let headline = document.figures.iter().find(|(name, _)| is_headline(name));
                if let Some((name, Some(value))) = headline {
                    let count = |wanted: fn(Class) -> bool| {
                        document.items.iter().filter(|item| wanted(item.class)).count().to_string()
                    };
                    let cells = [
                        escape(id),
                        escape(&extractor.name),
                        format!("`{name}`"),
                        three_places(Some(*value)),
                        document.gold.to_string(),
                        count(|class| class == Class::Correct),
                        count(Class::is_wrong),
                        count(|class| class == Class::Missed),
                        count(|class| matches!(class, Class::Spurious | Class::Duplicate)),
                        document.status.to_string(),
                    ];
                    rows.push((*value, cells));
                }
            }
        }
    }
    if rows.is_empty() {
        return String::new();
    }
    let all = rows.len();
    rows.sort_by(|(a, one), (b, other)| a.total_cmp(b).then_with(|| one.cmp(other)));
    let mut table = Table::new([
        ("document", Align::Left),
        ("extractor", Align::Left),
        ("metric", Align::Left),
        ("value", Align::Right),
        ("gold", Align::Right),
        ("correct", Align::Right),
        ("wrong", Align::Right),
        ("missed", Align::Right),
        ("spurious", Align::Right),
        ("status", Align::Left),
    ]);
    for (_, cells) in rows.into_iter().take(MOST) {
        table.row(cells);
    }
    let shown =
        if all > MOST { format!("The {MOST} lowest of {all}; `documents.csv` has all.\n\n") } else { String::new() };
    format!("## Worst documents\n\n{shown}{}", table.render())
}
