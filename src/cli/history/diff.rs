//! `karat history diff`.

use karat::error::{Diagnostic, Error};
use karat::history::{RecordedFigure, RunDifference, difference};
use karat::store::Project;
use karat::text::shown_text;

use super::super::args::history::DiffArgs;
use super::super::output_format::OutputFormat;
use super::super::styled_text::StyledText;
use super::super::table::Cell;
use super::super::{exit, output, table};
use super::is_metric;

pub(super) fn execute(args: &DiffArgs) -> Result<u8, Error> {
    let history = args.of.open()?;
    let read = |name: &String| {
        let id = history.named_run(name)?;
        Ok::<_, Diagnostic>(history.run(&id)?.unwrap_or_default())
    };
    let (before, after) = (read(&args.before)?, read(&args.after)?);
    let is_metric = is_metric(&args.metrics);
    let is_wanted = |dataset: &str, extractor: &str, figure: &RecordedFigure| {
        [&before, &after].iter().any(|run| args.chosen.selects(run, dataset, extractor)) && is_metric(figure)
    };
    let mut found = difference([&before, &after], is_wanted);
    let project = Project::new(args.of.home());
    found.has_folders = found.runs.iter().all(|run| project.run(run).manifest().is_file());
    if found.rows.is_empty() {
        let diagnostic = Diagnostic::new(format!("{} and {} share no such figure", before.run, after.run));
        let help = "`karat history show RUN` lists the datasets and extractors of a run";
        return Err(Error::NothingSelected(diagnostic.in_file(args.of.file()).help(help)));
    }
    args.format.print(&found, || text(&found))?;
    if args.format == OutputFormat::Csv {
        for warning in &found.warnings {
            output::note(&format!("warning: {}\n", shown_text(warning)));
        }
    }
    Ok(exit::PASS)
}

fn text(found: &RunDifference) -> StyledText {
    let (header, rows) = found.table();
    let mut text = StyledText::default();
    if !rows.is_empty() {
        let mut table = table::new(header);
        rows.into_iter().for_each(|row| table.add_row(row.into_iter().map(Cell::from)));
        text.push(table::render_words(&table));
    }
    for warning in &found.warnings {
        text.push(format!("warning: {}\n", shown_text(warning)));
    }
    for sentence in found.sentences() {
        text.push(format!("{}\n", shown_text(&sentence)));
    }
    text
}
