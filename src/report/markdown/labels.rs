//! The table of figures by label, or by field of a record: the labels on which the best extractor
//! makes the most errors. `scores.csv` has all labels of all extractors.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::model::best;
use super::super::{Report, three_places};
use super::inert;
use super::page::{counted, source};
use super::table::{Align, Table};
use crate::document::Layer;
use crate::metric::{Counts, MetricName};
use crate::score::Figure;

/// The maximum number of labels shown.
const MOST: usize = 6;

/// Returns a table of precision, recall and F1 of the headline metric by label.
pub(super) fn table(report: &Report, layer: &Layer) -> String {
    let Some((extractor, scores)) = best(report, layer) else { return String::new() };
    let Some(metric) = scores.headline.as_ref().map(|headline| &*headline.metric) else { return String::new() };
    let mut labels: BTreeMap<&Arc<str>, Vec<&Figure>> = BTreeMap::new();
    for figure in scores.figures.iter().filter(|figure| figure.name.metric == metric) {
        if let Some(label) = &figure.name.label {
            labels.entry(label).or_default().push(figure);
        }
    }
    if labels.is_empty() {
        return String::new();
    }
    let all = labels.len();
    let errors = |figures: &[&Figure]| figures.iter().filter_map(|figure| figure.counts.map(errors_of)).max();
    let mut rows: Vec<_> = labels.into_iter().map(|(label, figures)| (errors(&figures), label, figures)).collect();
    rows.sort_by_key(|(errors, ..)| Reverse(*errors));
    let what = if matches!(layer, Layer::Records(_)) { "field" } else { "label" };
    let mut table = Table::new([
        (what, Align::Left),
        ("gold", Align::Right),
        ("errors", Align::Right),
        ("precision", Align::Right),
        ("recall", Align::Right),
        ("F1", Align::Right),
        ("ceiling", Align::Right),
    ]);
    for (errors, label, figures) in rows.iter().take(MOST) {
        let value = |stat: &str| figures.iter().find(|figure| figure.name.stat == stat).and_then(|figure| figure.value);
        let f1 = MetricName {
            layer: layer.clone(),
            metric: metric.to_owned().into(),
            label: Some(Arc::clone(label)),
            average: None,
            stat: "f1".into(),
            at: 0,
        };
        table.row([
            inert::name(label),
            figures.iter().map(|figure| figure.gold).max().unwrap_or(0).to_string(),
            errors.map_or_else(|| three_places(None), |errors| errors.to_string()),
            three_places(value("precision")),
            three_places(value("recall")),
            three_places(value("f1")),
            three_places(report.bound(&f1)),
        ]);
    }
    table.drop_empty_columns();
    let of = if metric.is_empty() { String::new() } else { format!(", {}", inert::name(metric)) };
    let shown = if all > MOST {
        format!("The {MOST} of {} with the most errors of {}", counted(all, what), inert::name(&extractor.name))
    } else {
        format!("Of {}, the most errors first", inert::name(&extractor.name))
    };
    let source = source(report, "scores.csv", "all labels of all extractors");
    format!(
        "\n### By {what}{of}\n\n{shown}{source}. An error of a pair counts under its gold {what}.\n\n{}",
        table.render()
    )
}

/// Returns the number of gold items and predictions that are not correct.
fn errors_of(counts: Counts) -> u64 {
    counts.incorrect + counts.partial + counts.missed + counts.spurious
}
