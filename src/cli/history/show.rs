//! `karat history show`.

use karat::error::{Diagnostic, Error};
use karat::history::{RecordedFigure, RecordedRun};
use karat::report::history::HistoryRun;
use karat::text::shown_text;

use super::super::args::history::ShowArgs;
use super::super::runs::is_named;
use super::super::table::Cell;
use super::super::{exit, output, table};
use super::is_metric;

pub(super) fn execute(args: &ShowArgs) -> Result<u8, Error> {
    let history = args.of.open()?;
    let id = history.named_run(&args.run)?;
    let mut run = history.run(&id)?.unwrap_or_default();
    let is_chosen = is_named(&args.chosen.datasets, &args.chosen.extractors);
    let had_results = !run.results.is_empty();
    run.results.retain(|result| is_chosen(&result.dataset, &result.extractor));
    if had_results && run.results.is_empty() {
        let diagnostic = Diagnostic::new(format!("the run {id} has no result of such a dataset and extractor"));
        return Err(Error::NothingSelected(diagnostic.in_file(args.of.file())));
    }
    let is_wanted = is_metric(&args.metrics);
    let is_shown = |figure: &RecordedFigure| figure.headline || (!args.metrics.is_empty() && is_wanted(figure));
    let shown = HistoryRun { run: &run, is_shown: &is_shown };
    args.format.print(&shown, || text(&run, &shown))?;
    if args.metrics.is_empty() && run.results.iter().any(|result| result.figures.iter().any(|figure| !figure.headline))
    {
        output::note("note: tables have the headline figures; `--metric NAME` adds others, `--format json` has all\n");
    }
    Ok(exit::PASS)
}

fn text(run: &RecordedRun, shown: &HistoryRun<'_>) -> String {
    let mut facts = table::new(["", ""]);
    shown.facts().into_iter().for_each(|(name, value)| facts.add_row([Cell::from(name), Cell::from(value)]));
    // The header of names and values is empty.
    let facts = table::render_words(&facts);
    let mut text = facts.split_once('\n').map_or_else(String::new, |(_, rows)| rows.to_owned());
    for (title, header, rows) in shown.tables() {
        let mut figures = table::new(header);
        rows.into_iter().for_each(|row| figures.add_row(row.into_iter().map(Cell::from)));
        text.push_str(&format!("\n{}\n{}", shown_text(&title), table::render(figures)));
    }
    if run.results.is_empty() {
        text.push_str("\nno results\n");
    }
    text
}
