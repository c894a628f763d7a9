//! `karat history list`.

use karat::error::Error;
use karat::report::history::HistoryList;
use karat::store::history::{FigureFilter, History, RunFilter};

use super::super::args::history::ListArgs;
use super::super::output_format::OutputFormat;
use super::super::table::Cell;
use super::super::{exit, output, table};
use super::HOW_TO_BEGIN;

pub(super) fn execute(args: &ListArgs) -> Result<u8, Error> {
    let filter = RunFilter {
        datasets: args.chosen.datasets.clone(),
        extractors: args.chosen.extractors.clone(),
        figures: FigureFilter::Headlines,
    };
    let history = History::open(&args.of.file())?;
    let mut runs = history.map_or_else(|| Ok(Vec::new()), |history| history.runs(&filter))?;
    let all = runs.len();
    if args.limit > 0 {
        runs.truncate(args.limit);
    }
    let list = HistoryList(&runs);
    if runs.is_empty() && args.format == OutputFormat::Table {
        let is_filtered = !(filter.datasets.is_empty() && filter.extractors.is_empty());
        let what = if is_filtered { "the history has no such result" } else { "the history has no run yet" };
        output::print(&format!("{what}; {HOW_TO_BEGIN}\n"))?;
        return Ok(exit::PASS);
    }
    args.format.print(&list, || {
        let (header, rows) = list.table();
        let mut table = table::new(header);
        rows.into_iter().for_each(|row| table.add_row(row.into_iter().map(Cell::from)));
        table::render_words(&table)
    })?;
    if all > runs.len() {
        let left_out = all - runs.len();
        output::note(&format!("note: {left_out} older runs are not listed; `--limit 0` lists all\n"));
    }
    Ok(exit::PASS)
}
