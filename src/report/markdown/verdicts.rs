//! The first section: answered documents, headline figures by layer, and the gate's verdict for
//! each extractor.

use super::super::number::with_interval;
use super::super::{ExtractorReport, Report, three_places};
use super::inert;
use super::table::{Align, Table};
use crate::decimals::decimals;
use crate::document::Layer;
use crate::score::{Status, headline_figure};
use crate::text::{alike, ids};

pub(super) fn section(report: &Report) -> String {
    let layers: Vec<&Layer> = report.layers().into_iter().collect();
    let fixed = [("extractor".to_owned(), Align::Left), ("answered".to_owned(), Align::Right)];
    let headings = layers.iter().map(|layer| (heading(report, layer), Align::Right));
    let mut table = Table::new(fixed.into_iter().chain(headings).chain([("verdict".to_owned(), Align::Left)]));
    for extractor in &report.extractors {
        let answered = format!("{} of {}", extractor.count(Status::Ok), extractor.asked());
        let figures = layers.iter().map(|layer| figure(report, extractor, layer));
        let verdict = verdict(extractor);
        table.row([inert::name(&extractor.name), answered].into_iter().chain(figures).chain([verdict]));
    }
    let parts = [table.render(), repeats(report), not_answered(report), not_asked(report), empty_summaries(report)];
    format!("## Verdicts\n\n{}", parts.concat())
}

/// Returns a table of the extractors with several requests per document, and the share of the
/// variance of each headline figure that lies within documents.
fn repeats(report: &Report) -> String {
    let columns = [
        ("extractor", Align::Left),
        ("repeats", Align::Right),
        ("metric", Align::Left),
        ("variance within documents", Align::Right),
    ];
    let mut table = Table::new(columns);
    for extractor in report.extractors.iter().filter(|extractor| extractor.repeats > 1) {
        for (name, share) in &extractor.within {
            let share = share.map_or_else(|| "–".to_owned(), |share| format!("{:.0} %", 100.0 * share));
            table.row([
                inert::name(&extractor.name),
                extractor.repeats.to_string(),
                inert::code_cell(&name.to_string()),
                share,
            ]);
        }
    }
    if table.is_empty() {
        return String::new();
    }
    format!(
        "\n### Repeats\n\nThese were asked several times about every document. Figures are means over the repeats, counts are sums, \
         and items and examples are those of the first. The share of a figure's variance that lies within documents is what \
         more repeats would lessen; more documents lessen all of it.\n\n{}",
        table.render()
    )
}

/// Returns the name of the headline figure of a layer, which is the same for all extractors.
fn heading(report: &Report, layer: &Layer) -> String {
    let scores = report.on_layer(layer);
    let figure = scores.iter().find_map(|(_, scores)| headline_figure(scores));
    figure.map_or_else(|| inert::layer(layer), |figure| inert::code_cell(&figure.name.to_string()))
}

/// Returns the headline figure with its interval, and the inter-annotator ceiling if known.
fn figure(report: &Report, extractor: &ExtractorReport, layer: &Layer) -> String {
    let scores = extractor.scores.layers.iter().find(|scores| scores.layer == *layer);
    let Some(figure) = scores.and_then(headline_figure) else { return three_places(None) };
    let value = with_interval(figure.value, figure.interval);
    match report.ceiling.get(&figure.name) {
        Some(ceiling) => format!("{value} of {}", decimals(*ceiling, 2)),
        None => value,
    }
}

fn verdict(extractor: &ExtractorReport) -> String {
    if extractor.count(Status::Ok) < extractor.asked() {
        return "incomplete".to_owned();
    }
    extractor.verdict.as_deref().map_or_else(|| "no baseline".to_owned(), inert::escape)
}

/// Returns a table of all documents without an answer, with their messages. More than three
/// documents with the same message share a row.
fn not_answered(report: &Report) -> String {
    let columns =
        [("extractor", Align::Left), ("document", Align::Left), ("status", Align::Left), ("message", Align::Left)];
    let mut table = Table::new(columns);
    for extractor in &report.extractors {
        let ends = extractor.ends.iter().filter(|(_, (status, _))| !matches!(status, Status::Ok | Status::Extra));
        for ((status, message), of) in alike(ends.map(|(id, end)| (id.clone(), end.clone()))) {
            let documents = if let [id] = of.as_slice() { inert::name(id) } else { inert::escape(&ids(&of)) };
            let message = inert::escape(message.as_deref().unwrap_or_default());
            table.row([inert::name(&extractor.name), documents, status.to_string(), message]);
        }
    }
    if table.is_empty() {
        return String::new();
    }
    format!(
        "\n### Not answered\n\nThese score as empty predictions: everything in them is missed. The second figure is over the \
         documents that were answered.\n\n{}\n{}",
        table.render(),
        answered_figures(report)
    )
}

/// Returns a table of the documents that were answered with an empty summary.
fn empty_summaries(report: &Report) -> String {
    let columns =
        [("extractor", Align::Left), ("answered", Align::Right), ("empty", Align::Right), ("documents", Align::Left)];
    let mut table = Table::new(columns);
    for extractor in report.extractors.iter().filter(|extractor| !extractor.empty_summaries.is_empty()) {
        let empty: Vec<String> = extractor.empty_summaries.iter().cloned().collect();
        let [answered, count] = [extractor.count(Status::Ok), empty.len()].map(|count| count.to_string());
        table.row([inert::name(&extractor.name), answered, count, inert::escape(&ids(&empty))]);
    }
    if table.is_empty() {
        return String::new();
    }
    format!("\n### Empty summaries\n\nAn empty summary is an answer that scores 0.\n\n{}", table.render())
}

/// Returns a table of all documents that were answered but not requested.
fn not_asked(report: &Report) -> String {
    let mut table = Table::new([("extractor", Align::Left), ("document", Align::Left), ("message", Align::Left)]);
    for extractor in &report.extractors {
        for (id, (_, message)) in extractor.ends.iter().filter(|(_, (status, _))| *status == Status::Extra) {
            table.row([
                inert::name(&extractor.name),
                inert::name(id),
                inert::escape(message.as_deref().unwrap_or_default()),
            ]);
        }
    }
    if table.is_empty() { String::new() } else { format!("\n### Without a golden file\n\n{}", table.render()) }
}

/// Returns the headline figures of extractors with unanswered documents, over all documents and
/// over the answered ones.
fn answered_figures(report: &Report) -> String {
    let columns =
        [("extractor", Align::Left), ("metric", Align::Left), ("all", Align::Right), ("answered", Align::Right)];
    let mut table = Table::new(columns);
    for extractor in report.extractors.iter().filter(|e| e.count(Status::Ok) < e.asked()) {
        for figure in extractor.scores.layers.iter().filter_map(headline_figure) {
            let name = inert::code_cell(&figure.name.to_string());
            table.row([inert::name(&extractor.name), name, three_places(figure.value), three_places(figure.answered)]);
        }
    }
    table.render()
}
