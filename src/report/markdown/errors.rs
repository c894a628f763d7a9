//! The section of worked errors: at most 20 errors of the best extractor of each layer, with their
//! context.

use super::super::context::around;
use super::super::model::best;
use super::super::{ExtractorReport, Report};
use super::inert;
use super::interleave::alternating;
use crate::document::Layer;
use crate::metric::{Class, Item, Side};
use crate::score::{FirstDocuments, LayerScores};
use crate::text::shown_name;

/// The maximum number of errors shown.
const MOST: usize = 20;
/// The maximum length of text in a cell, in code points.
const LONGEST: usize = 100;

/// An error with its extractor, layer and document.
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
    let layers = report.layers().into_iter().filter_map(|layer| best(report, layer));
    let all: u64 = layers.map(|(_, scores)| scores.items.wrong()).sum();
    let chosen = in_turn(queues);
    if chosen.is_empty() {
        return String::new();
    }
    let entries: Vec<String> = (1..).zip(&chosen).map(|(number, error)| entry(report, number, error)).collect();
    format!(
        "## Worked errors\n\n{} of {all} errors of the best extractor of each layer, each class in turn; \
         `alignment.csv` has every item.\n\n{}",
        chosen.len(),
        entries.join("\n")
    )
}

/// Returns the entry of one error: its kind, extractor and document, then the gold and predicted
/// sides, then the context.
fn entry(report: &Report, number: usize, error: &Error<'_>) -> String {
    let class = match error.item.class {
        Class::MislabelledMisbounded => "mislabelled and misbounded",
        Class::WrongValue => "wrong value",
        class => class.as_str(),
    };
    let what = format!("{class} in {} of {}", shown_name(&error.layer.to_string()), shown_name(error.document));
    let side = |side: &Side| show(side, error.layer);
    let sides = match (&error.item.gold, &error.item.predicted) {
        (Some(gold), Some(predicted)) => format!("gold {}, predicted {}", side(gold), side(predicted)),
        (Some(gold), None) => format!("gold {}", side(gold)),
        (None, predicted) => format!("predicted {}", predicted.as_ref().map(side).unwrap_or_default()),
    };
    let carrier = error.item.evidence.as_ref().map(|text| format!(", carried by “{}”", inert::excerpt(text, LONGEST)));
    let ground = error.item.ground.as_ref().map(|ground| format!(" ({})", inert::escape(ground)));
    let sides = sides + &carrier.unwrap_or_default() + &ground.unwrap_or_default();
    let around = context(report, error).map(|text| format!("\n    > {text}\n")).unwrap_or_default();
    format!("{number}. **{}** by {}: {sides}\n{around}", inert::escape(&what), inert::name(error.extractor))
}

fn by_class<'r>(extractor: &'r ExtractorReport, scores: &'r LayerScores) -> Vec<Vec<Error<'r>>> {
    let of_class = |first: &'r FirstDocuments<Item>| {
        let documents = first.iter().map(|(id, items)| {
            items.iter().map(move |item| Error { extractor: &extractor.name, layer: &scores.layer, document: id, item })
        });
        alternating(documents)
    };
    scores.examples.errors.values().map(of_class).collect()
}

/// Takes at most `MOST` errors, one from each queue in turn, and returns them in the order of the
/// queues.
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

fn show(side: &Side, layer: &Layer) -> String {
    let text = match (side.span, layer) {
        // The text is unknown or withheld.
        (Some((start, end)), _) if side.text.is_empty() => format!("{start}–{end}"),
        (_, Layer::Records(_)) => format!("“{}”", inert::value(&side.text, LONGEST)),
        _ => format!("“{}”", inert::excerpt(&side.text, LONGEST)),
    };
    if side.label.is_empty() { text } else { format!("{text} {}", inert::code(&side.label)) }
}

fn context(report: &Report, error: &Error<'_>) -> Option<String> {
    let context = around(report.texts.get(error.document)?, error.item.span()?)?;
    let range = inert::excerpt(&context.range, LONGEST);
    Some(format!("{}**{range}**{}", inert::prose(&context.before), inert::continued_prose(&context.after)))
}
