//! Twenty worked errors: what the best extractor of each layer got wrong, with the text around it.

use std::collections::BTreeMap;

use super::super::context::around;
use super::super::model::headline_figure;
use super::super::{ExtractorReport, Report};
use super::table::{Align, Table, escape, excerpt};
use crate::document::Layer;
use crate::metric::{Class, Item, Side};
use crate::score::LayerScores;

/// How many are shown.
const MOST: usize = 20;
/// Longest text in a cell, in code points.
const LONGEST: usize = 100;

/// An error and where it was made.
struct Error<'r> {
    extractor: &'r str,
    layer: &'r Layer,
    document: &'r str,
    item: &'r Item,
}

pub(super) fn section(report: &Report) -> String {
    let queues: Vec<Vec<Error<'_>>> = report
        .layers()
        .into_iter()
        .filter_map(|layer| best(report, layer))
        .flat_map(|(extractor, scores)| by_class(extractor, scores))
        .collect();
    let all: usize = queues.iter().map(Vec::len).sum();
    let chosen = in_turn(queues);
    if chosen.is_empty() {
        return String::new();
    }
    let mut table = Table::new([
        ("#", Align::Right),
        ("layer", Align::Left),
        ("extractor", Align::Left),
        ("document", Align::Left),
        ("class", Align::Left),
        ("gold", Align::Left),
        ("predicted", Align::Left),
        ("in context", Align::Left),
    ]);
    for (number, error) in chosen.iter().enumerate() {
        table.row([
            (number + 1).to_string(),
            escape(&error.layer.to_string()),
            escape(error.extractor),
            escape(error.document),
            escape(error.item.class.as_str()),
            side(error.item.gold.as_ref()),
            side(error.item.predicted.as_ref()),
            context(report, error),
        ]);
    }
    format!(
        "## Worked errors\n\n{} of {all} errors of the best extractor of each layer, each class in turn; \
         `alignment.csv` has every item.\n\n{}",
        chosen.len(),
        table.render()
    )
}

/// The extractor with the highest headline figure; the first of equals.
fn best<'r>(report: &'r Report, layer: &Layer) -> Option<(&'r ExtractorReport, &'r LayerScores)> {
    let value = |scores: &LayerScores| headline_figure(scores).and_then(|figure| figure.value).unwrap_or(-1.0);
    report.on_layer(layer).into_iter().rev().max_by(|(_, a), (_, b)| value(a).total_cmp(&value(b)))
}

fn by_class<'r>(extractor: &'r ExtractorReport, scores: &'r LayerScores) -> Vec<Vec<Error<'r>>> {
    let mut classes: BTreeMap<Class, Vec<Error<'r>>> = BTreeMap::new();
    for (id, document) in &scores.documents {
        for item in document.items.iter().filter(|item| item.class != Class::Correct) {
            let error = Error { extractor: &extractor.name, layer: &scores.layer, document: id, item };
            classes.entry(item.class).or_default().push(error);
        }
    }
    classes.into_values().collect()
}

/// One from each queue, round by round, until there are enough; in the order of the queues.
fn in_turn(queues: Vec<Vec<Error<'_>>>) -> Vec<Error<'_>> {
    let mut shares = vec![0; queues.len()];
    let mut left = MOST;
    while left > 0 {
        let open: Vec<usize> = (0..queues.len()).filter(|&at| shares[at] < queues[at].len()).take(left).collect();
        if open.is_empty() {
            break;
        }
        left -= open.len();
        for at in open {
            shares[at] += 1;
        }
    }
    queues.into_iter().zip(shares).flat_map(|(queue, share)| queue.into_iter().take(share)).collect()
}

fn side(side: Option<&Side>) -> String {
    let Some(side) = side else { return "–".to_owned() };
    let text = excerpt(&side.text, LONGEST);
    if side.label.is_empty() { text } else { format!("{} **{}**", text, escape(&side.label)) }
}

fn context(report: &Report, error: &Error<'_>) -> String {
    let place = error.item.place();
    let found = place.and_then(|place| around(report.texts.get(error.document)?, place));
    found.map_or_else(
        || "–".to_owned(),
        |context| {
            format!("{}**{}**{}", escape(&context.before), excerpt(&context.stretch, LONGEST), escape(&context.after))
        },
    )
}
