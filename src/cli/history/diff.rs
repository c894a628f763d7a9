//! `karat history diff`.

use karat::error::{Diagnostic, Error};
use karat::history::{RecordedFigure, RunDifference, difference};
use karat::text::shown_text;

use super::super::args::history::DiffArgs;
use super::super::runs::is_named;
use super::super::table::Cell;
use super::super::{exit, table};
use super::is_metric;

pub(super) fn execute(args: &DiffArgs) -> Result<u8, Error> {
    let history = args.of.open()?;
    let read = |name: &String| {
        let id = history.named_run(name)?;
        Ok::<_, Diagnostic>(history.run(&id)?.unwrap_or_default())
    };
    let (before, after) = (read(&args.before)?, read(&args.after)?);
    let is_chosen = is_named(&args.chosen.datasets, &args.chosen.extractors);
    let is_metric = is_metric(&args.metrics);
    let is_wanted =
        |dataset: &str, extractor: &str, figure: &RecordedFigure| is_chosen(dataset, extractor) && is_metric(figure);
    let found = difference([&before, &after], is_wanted);
    if found.rows.is_empty() {
        let diagnostic = Diagnostic::new(format!("{} and {} share no such figure", before.run, after.run));
        let help = "`karat history show RUN` lists the datasets and extractors of a run";
        return Err(Error::NothingSelected(diagnostic.in_file(args.of.file()).help(help)));
    }
    args.format.print(&found, || text(&found))?;
    Ok(exit::PASS)
}

fn text(found: &RunDifference) -> String {
    let (header, rows) = found.table();
    let mut text = String::new();
    if !rows.is_empty() {
        let mut table = table::new(header);
        rows.into_iter().for_each(|row| table.add_row(row.into_iter().map(Cell::from)));
        text.push_str(&table::render_words(&table));
    }
    for warning in &found.warnings {
        text.push_str(&format!("warning: {}\n", shown_text(warning)));
    }
    for sentence in found.sentences() {
        text.push_str(&format!("{}\n", shown_text(&sentence)));
    }
    text
}
