//! The first section: answered documents, headline figures by layer, and the gate's verdict for
//! each extractor, in tables that GitHub shows without scrolling.

use super::super::number::with_half_width;
use super::super::{ExtractorReport, Report, three_places};
use super::inert;
use super::table::{Align, Table};
use crate::document::Layer;
use crate::score::{Status, headline_figure};
use crate::text::{alike, ids};

/// The maximum width of a table in columns, which GitHub shows without scrolling.
const WIDEST: usize = 100;

pub(super) fn section(report: &Report) -> String {
    let parts = [tables(report), repeats(report), not_answered(report), not_asked(report), empty_summaries(report)];
    format!("## Verdicts\n\n{}", parts.concat())
}

/// Extractors with the layers that they fill.
type Group<'r> = (Vec<&'r Layer>, Vec<&'r ExtractorReport>);

/// Returns one table of all extractors if it is narrow enough; otherwise a table for each group of
/// extractors that fill the same layers.
fn tables(report: &Report) -> String {
    let layers: Vec<&Layer> = report.layers().into_iter().collect();
    let extractors: Vec<&ExtractorReport> = report.extractors.iter().collect();
    let whole = table(report, &extractors, &layers);
    if whole.width() <= WIDEST {
        return whole.render();
    }
    let mut groups: Vec<Group<'_>> = Vec::new();
    for extractor in extractors {
        let is_filled = |layer: &&&Layer| extractor.scores.layers.iter().any(|scores| scores.layer == ***layer);
        let filled: Vec<&Layer> = layers.iter().filter(is_filled).copied().collect();
        match groups.iter_mut().find(|(layers, _)| *layers == filled) {
            Some((_, group)) => group.push(extractor),
            None => groups.push((filled, vec![extractor])),
        }
    }
    let groups = groups.into_iter().flat_map(|group| narrow(report, group)).collect();
    let tables = together(report, &layers, groups);
    let tables = tables.iter().map(|(layers, extractors)| table(report, extractors, layers).render());
    tables.collect::<Vec<_>>().join("\n")
}

/// Puts every group beside the first one with which it makes a table that is narrow enough.
fn together<'r>(report: &'r Report, layers: &[&'r Layer], groups: Vec<Group<'r>>) -> Vec<Group<'r>> {
    let mut tables: Vec<Group<'r>> = Vec::new();
    for (filled, extractors) in groups {
        let joined = |(others, more): &Group<'r>| {
            let is_of_either = |layer: &&&Layer| others.contains(*layer) || filled.contains(*layer);
            let layers: Vec<&Layer> = layers.iter().filter(is_of_either).copied().collect();
            (layers, [&more[..], &extractors[..]].concat())
        };
        let found = tables.iter().enumerate().find_map(|(at, group)| {
            let joined = joined(group);
            (table(report, &joined.1, &joined.0).width() <= WIDEST).then_some((at, joined))
        });
        match found {
            Some((at, joined)) => tables[at] = joined,
            None => tables.push((filled, extractors)),
        }
    }
    tables
}

/// Splits the layers of a group among as few tables as are narrow enough, each with at least one
/// layer.
fn narrow<'r>(report: &'r Report, (layers, extractors): Group<'r>) -> Vec<Group<'r>> {
    let mut parts = Vec::new();
    let mut rest = &layers[..];
    loop {
        let fits = |count: &usize| table(report, &extractors, &rest[..*count]).width() <= WIDEST;
        let count = (1..=rest.len()).rev().find(fits).unwrap_or(1).min(rest.len());
        parts.push((rest[..count].to_vec(), extractors.clone()));
        rest = &rest[count..];
        if rest.is_empty() {
            return parts;
        }
    }
}

fn table(report: &Report, extractors: &[&ExtractorReport], layers: &[&Layer]) -> Table {
    let fixed = [("extractor".to_owned(), Align::Left), ("answered".to_owned(), Align::Right)];
    let headings = layers.iter().map(|layer| (heading(report, layer), Align::Right));
    let mut table = Table::new(fixed.into_iter().chain(headings).chain([("verdict".to_owned(), Align::Left)]));
    for extractor in extractors {
        let answered = format!("{} of {}", extractor.count(Status::Ok), extractor.asked());
        let figures = layers.iter().map(|layer| figure(extractor, layer));
        table.row([inert::name(&extractor.name), answered].into_iter().chain(figures).chain([verdict(extractor)]));
    }
    let ceilings: Vec<Option<f64>> = layers.iter().map(|layer| ceiling_of_layer(report, layer)).collect();
    if ceilings.iter().any(Option::is_some) {
        let shared = format!("{} of {}", report.passes.1, report.size());
        let figures = ceilings.into_iter().map(three_places);
        table.row(["*ceiling*".to_owned(), shared].into_iter().chain(figures).chain([String::new()]));
    }
    table
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
    figure.map_or_else(|| inert::layer(layer), |figure| inert::name(&figure.name.to_string()))
}

/// Returns the headline figure with the wider half of its interval.
fn figure(extractor: &ExtractorReport, layer: &Layer) -> String {
    let scores = extractor.scores.layers.iter().find(|scores| scores.layer == *layer);
    let Some(figure) = scores.and_then(headline_figure) else { return three_places(None) };
    with_half_width(figure.value, figure.interval)
}

fn ceiling_of_layer(report: &Report, layer: &Layer) -> Option<f64> {
    let name = report.on_layer(layer).iter().find_map(|(_, scores)| headline_figure(scores))?.name.clone();
    report.bound(&name)
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
            let message = inert::escape_text(message.as_deref().unwrap_or_default());
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
                inert::escape_text(message.as_deref().unwrap_or_default()),
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
