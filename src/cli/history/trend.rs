//! `karat history trend`.

use karat::error::{Diagnostic, Error};
use karat::history::{RecordedFigure, Trend, trend};
use karat::report::history::{TREND_HEADER, are, change_lines, counted, trend_rows, trend_to_html, trend_to_svg};
use karat::store::history::{FigureFilter, History, RunFilter};
use karat::text::{shown_name, shown_text};

use super::super::args::history::{TrendArgs, TrendFormat};
use super::super::output_format::OutputFormat;
use super::super::styled_text::StyledText;
use super::super::table::Cell;
use super::super::{exit, output, table};
use super::{nearest, split_label};

pub(super) fn execute(args: &TrendArgs) -> Result<u8, Error> {
    let history = args.of.open()?;
    let trend = find(&history, args)?;
    match args.format {
        TrendFormat::Svg => output::print_bytes(trend_to_svg(&trend).as_bytes())?,
        TrendFormat::Html => output::print_bytes(trend_to_html(&trend).as_bytes())?,
        TrendFormat::Table => OutputFormat::Table.print(&trend, || text(&trend))?,
        TrendFormat::Json => OutputFormat::Json.print(&trend, String::new)?,
        TrendFormat::Csv => OutputFormat::Csv.print(&trend, String::new)?,
        TrendFormat::Md => OutputFormat::Md.print(&trend, String::new)?,
    }
    if trend.older > 0 {
        let points = counted(trend.older, "older point");
        output::note(&format!("note: {points} {} not shown; `--limit 0` shows all\n", are(trend.older)));
    }
    Ok(exit::PASS)
}

fn text(trend: &Trend) -> StyledText {
    let mut rows = table::new(TREND_HEADER);
    trend_rows(trend).into_iter().for_each(|row| rows.add_row(row.into_iter().map(Cell::from)));
    let mut text = StyledText::from(format!("{}\n", shown_name(&trend.metric)));
    text.push(table::render_words(&rows));
    for line in change_lines(trend) {
        text.push(format!("{}\n", shown_text(&line)));
    }
    text
}

/// Reads the runs that have the figure. Fails if none has it.
fn find(history: &History, args: &TrendArgs) -> Result<Trend, Error> {
    let filter = |metric: &str, label: Option<String>| RunFilter {
        datasets: args.chosen.datasets.clone(),
        extractors: args.chosen.extractors.clone(),
        figures: FigureFilter::One(metric.to_owned(), label),
    };
    let mut named = (args.metric.clone(), None);
    let mut runs = history.runs(&filter(&named.0, None))?;
    if runs.is_empty() {
        named = split_label(&args.metric);
        runs = history.runs(&filter(&named.0, named.1.clone()))?;
    }
    if runs.is_empty() {
        let diagnostic = Diagnostic::new(format!("no recorded run has the figure {:?}", args.metric));
        let metrics = history.metrics()?;
        let diagnostic = if metrics.contains(&named.0) {
            diagnostic.help("runs of another dataset or extractor, or with other labels, have a figure of this name")
        } else if let Some(near) = nearest(&named.0, metrics.iter().map(String::as_str)) {
            diagnostic.help(format!("did you mean `{near}`?"))
        } else {
            diagnostic.help("`karat history show latest --format csv` lists the figures of a run")
        };
        return Err(Error::NothingSelected(diagnostic.in_file(args.of.file())));
    }
    let figure = RecordedFigure { metric: named.0, label: named.1, ..RecordedFigure::default() };
    Ok(trend(figure.name(), &runs, args.limit))
}
