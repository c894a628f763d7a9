//! `karat score --explain-difference PRESET`: shows which figures and items a preset counts
//! differently from karat, and why.

use std::collections::{BTreeMap, BTreeSet};

use karat::document::{Document, Reference};
use karat::error::{Diagnostic, Error};
use karat::metric::Side;
use karat::preset::Preset;
use karat::report::{differences_to_json, three_places};
use karat::score::{Differences, ItemDifference, Settings, System, differences};
use karat::text::{shown_name, shown_text, visible_prose};

use super::output_format::OutputFormat;
use super::{exit, output, table, texts};

pub(super) fn execute(
    format: OutputFormat,
    references: &BTreeMap<String, Reference>,
    system: &System,
    settings: &Settings,
    preset: &'static Preset,
) -> Result<u8, Error> {
    let mut found = differences(references, system, settings, preset);
    let nothing = BTreeMap::new();
    let references = if texts::are_withheld() { &nothing } else { references };
    if texts::are_withheld() {
        found.withhold_texts();
    }
    match format {
        OutputFormat::Json => output::print_json(&differences_to_json(preset.name, &found))?,
        OutputFormat::Table => output::print(&text(preset.name, &found, references))?,
        OutputFormat::Csv | OutputFormat::Md | OutputFormat::Html | OutputFormat::Github | OutputFormat::Junit => {
            let diagnostic = Diagnostic::new("`--explain-difference` prints no CSV and no Markdown");
            return Err(diagnostic.help("use `--format table` or `--format json`").into());
        }
    }
    Ok(exit::PASS)
}

fn text(preset: &str, found: &Differences, references: &BTreeMap<String, Reference>) -> String {
    if found.figures.is_empty() && found.items.is_empty() {
        return format!("{preset} counts everything as karat does\n");
    }
    let mut text = String::new();
    if !found.figures.is_empty() {
        let reasons: BTreeSet<&str> = found.figures.iter().filter_map(|figure| figure.why).collect();
        let number = |why: Option<&str>| {
            let at = why.and_then(|why| reasons.iter().position(|reason| *reason == why));
            at.map(|at| format!("({})", at + 1)).unwrap_or_default()
        };
        let mut rows = table::new(["figure", "karat", preset, ""]);
        for figure in &found.figures {
            let values = [three_places(figure.karat), three_places(figure.preset)];
            rows.add_row([&figure.metric, &values[0], &values[1], &number(figure.why)]);
        }
        text.push_str(&table::render_words(&rows));
        for (at, reason) in (1..).zip(&reasons) {
            text.push_str(&format!(" ({at}) {reason}\n"));
        }
        text.push('\n');
    }
    for item in &found.items {
        let document = references.get(&item.document).and_then(|reference| reference.document.as_ref());
        text.push_str(&block(preset, item, document));
    }
    text.push_str(&match found.items.len() {
        0 => "no item is counted differently\n".to_owned(),
        1 => "1 item is counted differently\n".to_owned(),
        many => format!("{many} items are counted differently\n"),
    });
    text
}

/// Renders one item: its document, its gold and predicted sides in context, the outcomes by karat
/// and by the preset, and the reason for the difference.
fn block(preset: &str, item: &ItemDifference, document: Option<&Document>) -> String {
    let width = preset.len().max("predicted".len());
    let mut text = format!("document {}\n", shown_name(&item.document));
    let mut line = |name: &str, value: &str| text.push_str(&format!("  {name:<width$}  {}\n", shown_text(value)));
    for (name, side) in [("gold", &item.gold), ("predicted", &item.predicted)] {
        if let Some(side) = side {
            line(name, &show(side, document));
        }
    }
    line("karat", &item.karat);
    line(preset, &item.preset);
    line("why", &item.why);
    text.push('\n');
    text
}

/// Renders a side of an item with its context, such as `0..9 PERSON  [Ada Byron] met Bo`.
fn show(side: &Side, document: Option<&Document>) -> String {
    const REACH: u32 = 24;
    let flat = |text: &str| visible_prose(text).into_owned();
    let label = shown_name(&side.label);
    let Some((start, end)) = side.span else { return format!("{label} {}", flat(&side.text)).trim().to_owned() };
    let context = document.and_then(|document| {
        let (from, to) = (start.saturating_sub(REACH), end.saturating_add(REACH).min(document.len()));
        let before = document.slice(from, start)?;
        let (inside, after) = (document.slice(start, end)?, document.slice(end, to)?);
        let (left, right) = (if from > 0 { "…" } else { "" }, if to < document.len() { "…" } else { "" });
        Some(format!("{left}{}[{}]{}{right}", flat(before), flat(inside), flat(after)))
    });
    let context = context.unwrap_or_else(|| flat(&side.text));
    format!("{start}..{end} {label}  {context}").trim_end().to_owned()
}
