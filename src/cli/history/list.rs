//! `karat history list`.

use karat::error::Error;
use karat::report::history::{HistoryList, ListedRun, are, counted};
use karat::store::history::{FigureFilter, History, RunFilter};
use karat::text::{shown_name, shown_text};

use super::super::args::history::ListArgs;
use super::super::output_format::OutputFormat;
use super::super::styled_text::StyledText;
use super::super::table::Cell;
use super::super::tone::Tone;
use super::super::wrap::{columns, wrap_words};
use super::super::{exit, output, printing, table};
use super::HOW_TO_BEGIN;

pub(super) fn execute(args: &ListArgs) -> Result<u8, Error> {
    let filter = RunFilter {
        datasets: args.chosen.datasets.clone(),
        extractors: args.chosen.extractors.clone(),
        figures: FigureFilter::Headlines,
    };
    let history = History::open(&args.of.file())?;
    let mut runs = history.as_ref().map_or_else(|| Ok(Vec::new()), |history| history.runs(&filter))?;
    let all = runs.len();
    if args.limit > 0 {
        runs.truncate(args.limit);
    }
    if let Some(history) = history.filter(|_| runs.is_empty()) {
        let all = history.runs(&RunFilter { figures: FigureFilter::Headlines, ..RunFilter::default() })?;
        if !all.is_empty() {
            let diagnostic = args.chosen.nothing_selected("the history", &all);
            return Err(Error::NothingSelected(diagnostic.in_file(args.of.file())));
        }
    }
    let list = HistoryList(&runs);
    if runs.is_empty() && args.format == OutputFormat::Table {
        output::print(&format!("the history has no run yet; {HOW_TO_BEGIN}\n"))?;
        return Ok(exit::PASS);
    }
    args.format.print(&list, || text(&list))?;
    if all > runs.len() {
        let left_out = all - runs.len();
        let older = counted(left_out, "older run");
        output::note(&format!("note: {older} {} not listed; `--limit 0` lists all\n", are(left_out)));
    }
    Ok(exit::PASS)
}

/// Draws a row for each run, like `karat runs`. If the terminal is too narrow for the rows, a line
/// with the id of each run stands above its figures instead of beside them.
fn text(list: &HistoryList<'_>) -> StyledText {
    let runs = list.runs();
    let longest = |of: &dyn Fn(&ListedRun) -> usize| runs.iter().map(of).max().unwrap_or(0);
    let figures = |run: &ListedRun| run.figures.iter().map(|line| columns(line)).max().unwrap_or(0);
    let needed = longest(&|run| columns(&run.id))
        + longest(&|run| columns(&run.when))
        + longest(&|run| columns(&run.commit))
        + longest(&|run| columns(&run.complete))
        + longest(&figures);
    // A space at the beginning, and two between columns.
    match printing::width() {
        Some(width) if needed + 9 > width => below_ids(&runs, width),
        _ => beside_ids(&runs),
    }
}

fn beside_ids(runs: &[ListedRun]) -> StyledText {
    let mut rows = table::new(["run", "when", "commit", "complete", "figures"]).figures();
    for ListedRun { id, when, commit, complete, figures } in runs {
        let tone = Tone::of_word(complete.split(':').next().unwrap_or_default());
        let [id, when, commit, complete] = [id, when, commit, complete].map(Cell::from);
        rows.add_row([id, when, commit, complete.toned(tone), Cell::lines(figures)]);
    }
    table::render_words(&rows)
}

fn below_ids(runs: &[ListedRun], width: usize) -> StyledText {
    let mut text = String::new();
    for ListedRun { id, when, commit, complete, figures } in runs {
        let complete = format!("complete: {complete}");
        let head = [id, when, commit, &complete].map(|part| shown_name(part));
        let head: Vec<&str> = head.iter().map(AsRef::as_ref).filter(|part| !part.is_empty()).collect();
        let head = wrap_words(&head.join("  "), width - 1, 2);
        head.iter().for_each(|line| text.push_str(&format!(" {line}\n")));
        for line in figures {
            let lines = wrap_words(&shown_text(line), width - 3, 2);
            lines.iter().for_each(|line| text.push_str(&format!("   {line}\n")));
        }
    }
    text.into()
}
