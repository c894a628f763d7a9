//! `karat history show`.

use karat::error::{Diagnostic, Error};
use karat::history::{RecordedFigure, RecordedRun};
use karat::report::history::HistoryRun;
use karat::text::shown_text;

use super::super::args::history::ShowArgs;
use super::super::styled_text::StyledText;
use super::super::table::Cell;
use super::super::{exit, output, table};
use super::{is_metric, nearest};

pub(super) fn execute(args: &ShowArgs) -> Result<u8, Error> {
    let history = args.of.open()?;
    let id = history.named_run(&args.run)?;
    let mut run = history.run(&id)?.unwrap_or_default();
    let all = run.clone();
    run.results.retain(|result| args.chosen.selects(&all, &result.dataset, &result.extractor));
    if !all.results.is_empty() && run.results.is_empty() {
        let diagnostic = args.chosen.nothing_selected(&format!("the run {id}"), &[all]);
        return Err(Error::NothingSelected(diagnostic.in_file(args.of.file())));
    }
    let figures = || run.results.iter().flat_map(|result| &result.figures);
    for name in &args.metrics {
        if !figures().any(is_metric(std::slice::from_ref(name))) {
            let diagnostic = Diagnostic::new(format!("the run {id} has no figure {name:?}")).in_file(args.of.file());
            let near = nearest(name, figures().map(|figure| figure.metric.as_str()));
            let list = || "`karat history show latest --format csv` lists the figures of a run".to_owned();
            let help = near.map_or_else(list, |near| format!("did you mean `{near}`?"));
            return Err(Error::NothingSelected(diagnostic.help(help)));
        }
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

fn text(run: &RecordedRun, shown: &HistoryRun<'_>) -> StyledText {
    let facts = shown.facts();
    let width = facts.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let mut text = StyledText::default();
    for (name, value) in facts {
        text.push(format!(" {name:width$}  {}\n", shown_text(&value)));
    }
    for (title, header, rows) in shown.tables() {
        let mut figures = table::new(header);
        rows.into_iter().for_each(|row| figures.add_row(row.into_iter().map(Cell::from)));
        text.push(format!("\n{}\n", shown_text(&title)));
        text.push(table::render(&figures));
    }
    if run.results.is_empty() {
        text.push("\nno results\n");
    }
    text
}
