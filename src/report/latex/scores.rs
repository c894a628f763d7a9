//! The scores of one system, of several systems, and of a run.

use super::super::figure_rows::{FigureRows, without_stat};
use super::super::{ComparisonReport, ExtractorReport, Report, three_places};
use super::{STAR, Table, bold, document, figures, highest, is_share, name, sentence, with_interval};
use crate::compare::{ChangeVerdict, Compared};
use crate::document::Layer;
use crate::metric::Direction;
use crate::score::{Figure, Status, headline_figure};

/// Returns the scores of one system: a table of precision, recall and F1, and one of all other
/// figures.
pub(in crate::report) fn score(report: &Report) -> String {
    let mut tables = Vec::new();
    for extractor in &report.extractors {
        let FigureRows { side_by_side, single } = FigureRows::of(&extractor.scores);
        let caption = caption(report, extractor);
        if !side_by_side.is_empty() {
            let columns = ["Metric", "Precision", "Recall", "F1", "Gold", "Documents"];
            let mut table = Table::new(caption.clone(), 1, columns);
            for [precision, recall, f1] in side_by_side {
                table.signatures([f1]);
                table.row([
                    name(&without_stat(&f1.name).to_string()),
                    figures(&three_places(precision.value)),
                    figures(&three_places(recall.value)),
                    with_interval(f1.value, f1.interval),
                    f1.gold.to_string(),
                    f1.documents.to_string(),
                ]);
            }
            tables.push(table);
        }
        if !single.is_empty() {
            let mut table = Table::new(caption, 1, ["Metric", "Value", "Gold", "Documents"]);
            for figure in single {
                table.signatures([figure]);
                table.row([
                    name(&figure.name.to_string()),
                    with_interval(figure.value, figure.interval),
                    figure.gold.to_string(),
                    figure.documents.to_string(),
                ]);
            }
            tables.push(table);
        }
    }
    document(&tables)
}

fn caption(report: &Report, extractor: &ExtractorReport) -> String {
    format!(
        "Scores of {} on {}: {} of {} documents answered. In brackets: {}\\,\\% intervals, clustered.",
        name(&extractor.name),
        name(&report.dataset),
        extractor.count(Status::Ok),
        extractor.asked(),
        sentence(extractor.scores.level()),
    )
}

/// Returns the figures of several systems, one column a system, with the best one in bold where
/// higher or lower values are known to be better.
pub(in crate::report) fn systems(report: &Report, baseline: Option<&str>, comparisons: &[ComparisonReport]) -> String {
    let mut text = format!("Scores on {}.", name(&report.dataset));
    if let Some(baseline) = baseline {
        text.push_str(&format!(" In parentheses: the difference from {}.", name(baseline)));
    }
    let names = report.extractors.iter().map(|extractor| name(&extractor.name));
    let columns = ["Metric".to_owned()].into_iter().chain(names).chain(["Gold".to_owned()]);
    let mut table = Table::new(text, 1, columns);
    let by_system: Vec<Vec<&Figure>> = report.extractors.iter().map(of_layers).collect();
    for figure in by_system.first().into_iter().flatten() {
        table.signatures([*figure]);
        let found: Vec<Option<&Figure>> =
            by_system.iter().map(|figures| figures.iter().find(|other| other.name == figure.name).copied()).collect();
        let compared: Vec<Option<&Compared>> =
            report.extractors.iter().map(|extractor| compared(comparisons, extractor, figure)).collect();
        let direction = compared.iter().flatten().next().map(|compared| compared.direction);
        let direction = direction.or(is_share(&figure.name.stat).then_some(Direction::Higher));
        let values: Vec<Option<f64>> = found.iter().map(|figure| figure.and_then(|figure| figure.value)).collect();
        let best = match direction {
            Some(Direction::Higher) => highest(&values),
            Some(Direction::Lower) => {
                highest(&values.iter().map(|value| value.map(|value| -value)).collect::<Vec<_>>())
            }
            Some(Direction::Descriptive) | None => vec![false; values.len()],
        };
        let cells = values.iter().zip(best).zip(compared).map(|((value, best), compared)| {
            bold(figures(&three_places(*value)), best) + &compared.map(difference).unwrap_or_default()
        });
        let [first, last] = [name(&figure.name.to_string()), figure.gold.to_string()];
        table.row([first].into_iter().chain(cells).chain([last]));
    }
    table.notes.push("bold: the best value, where one end is better".to_owned());
    if baseline.is_some() {
        table.notes.push(STAR.to_owned());
    }
    document(&[table])
}

/// Returns the figures of an extractor without those of single labels.
fn of_layers(extractor: &ExtractorReport) -> Vec<&Figure> {
    extractor.scores.figures().filter(|figure| figure.name.label.is_none()).collect()
}

fn compared<'c>(
    comparisons: &'c [ComparisonReport],
    extractor: &ExtractorReport,
    figure: &Figure,
) -> Option<&'c Compared> {
    let report = comparisons.iter().find(|report| report.comparison.candidate == extractor.name)?;
    report.comparison.figures().find(|compared| compared.name == figure.name)
}

fn difference(compared: &Compared) -> String {
    let Some(delta) = compared.delta() else { return String::new() };
    let star = if matches!(compared.verdict, ChangeVerdict::Better | ChangeVerdict::Worse) { "$^{*}$" } else { "" };
    format!(" ({}{star})", figures(&format!("{delta:+.3}")))
}

/// Returns the headline figures of the extractors of a run, a table for each dataset.
pub(in crate::report) fn runs(reports: &[Report]) -> String {
    let tables: Vec<Table> = reports.iter().map(of_run).collect();
    document(&tables)
}

fn of_run(report: &Report) -> Table {
    let layers: Vec<&Layer> = report.layers().into_iter().collect();
    let of_layer = |extractor: &'_ ExtractorReport, layer: &Layer| {
        let scores = extractor.scores.layers.iter().find(|scores| scores.layer == *layer);
        scores.and_then(headline_figure).cloned()
    };
    let columns: Vec<Vec<Option<Figure>>> = layers
        .iter()
        .map(|layer| report.extractors.iter().map(|extractor| of_layer(extractor, layer)).collect())
        .collect();
    let heading = |(layer, figures): (&&Layer, &Vec<Option<Figure>>)| {
        let figure = figures.iter().flatten().next();
        name(&figure.map_or_else(|| layer.to_string(), |figure| figure.name.to_string()))
    };
    let headings = layers.iter().zip(&columns).map(heading);
    let text = format!("Headline figures on {}. In brackets: intervals, clustered.", name(&report.dataset));
    let mut table = Table::new(
        text,
        1,
        ["Extractor", "Answered"].map(str::to_owned).into_iter().chain(headings).collect::<Vec<_>>(),
    );
    let best: Vec<Vec<bool>> = columns
        .iter()
        .map(|figures| {
            let values: Vec<Option<f64>> = figures.iter().map(|figure| figure.as_ref()?.value).collect();
            let is_known = figures.iter().flatten().all(|figure| is_share(&figure.name.stat));
            if is_known { highest(&values) } else { vec![false; values.len()] }
        })
        .collect();
    for (at, extractor) in report.extractors.iter().enumerate() {
        let cells = columns.iter().zip(&best).map(|(figures, best)| match &figures[at] {
            Some(figure) => bold(with_interval(figure.value, figure.interval), best[at]),
            None => figures_dash(),
        });
        let answered = format!("{}/{}", extractor.count(Status::Ok), extractor.asked());
        table.row([name(&extractor.name), answered].into_iter().chain(cells));
    }
    table.signatures(columns.iter().flatten().flatten());
    if best.iter().flatten().any(|best| *best) {
        table.notes.push("bold: the best value".to_owned());
    }
    table
}

fn figures_dash() -> String {
    figures(&three_places(None))
}
