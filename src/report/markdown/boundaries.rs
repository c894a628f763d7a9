//! The kinds of boundary error of the best extractor of entities.

use super::super::Report;
use super::super::model::best;
use super::inert;
use crate::document::Layer;
use crate::metric::Detail;

/// The kinds of boundary error, in the order in which they are named.
const KINDS: [(Detail, &str); 6] = [
    (Detail::TooLong, "too long"),
    (Detail::TooShort, "too short"),
    (Detail::Shifted, "shifted"),
    (Detail::Both, "with another label as well"),
    (Detail::Split, "split"),
    (Detail::Merged, "merged"),
];

/// Returns a sentence with the number of errors of each kind; empty if no such error occurs.
pub(super) fn sentence(report: &Report, layer: &Layer) -> String {
    let Some((extractor, scores)) = best(report, layer).filter(|_| *layer == Layer::Entities) else {
        return String::new();
    };
    let kinds = KINDS.iter().map(|(detail, name)| (*detail, scores.items.of_detail(*detail), *name));
    let kinds: Vec<_> = kinds.filter(|(_, count, _)| *count > 0).collect();
    if kinds.is_empty() {
        return String::new();
    }
    let breaks = kinds.iter().any(|(detail, ..)| matches!(detail, Detail::Split | Detail::Merged));
    let note = if breaks { " Splits are counted by their pieces, mergers by their parts." } else { "" };
    let kinds: Vec<String> = kinds.iter().map(|(_, count, name)| format!("{count} {name}")).collect();
    format!(" Boundaries of {} that are wrong: {}.{note}", inert::name(&extractor.name), kinds.join(", "))
}
