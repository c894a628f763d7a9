//! Scores as terminal tables: one with precision, recall and F1 side by side, then one with all
//! other figures.

use karat::metric::{MetricName, Name};
use karat::report::{decimals, three_places};
use karat::score::{Figure, Scores};

use super::table;

/// Renders the figures of all layers. Figures of single labels are shown only under the first
/// metric of their layer.
pub(super) fn tables(scores: &Scores) -> String {
    let mut shown: Vec<&Figure> = Vec::new();
    for layer in &scores.layers {
        let first = layer.figures.first().map(|figure| &figure.name.metric);
        shown.extend(
            layer.figures.iter().filter(|figure| figure.name.label.is_none() || Some(&figure.name.metric) == first),
        );
    }
    let (mut side_by_side, mut single): (Vec<[&Figure; 3]>, Vec<&Figure>) = (Vec::new(), Vec::new());
    // Statistics of the same metric are adjacent.
    for figures in shown.chunk_by(|a, b| without_stat(&a.name) == without_stat(&b.name)) {
        let stat = |stat: &str| figures.iter().copied().find(|figure| figure.name.stat == stat);
        match (stat("precision"), stat("recall"), stat("f1")) {
            (Some(precision), Some(recall), Some(f1)) => {
                side_by_side.push([precision, recall, f1]);
                let others =
                    figures.iter().filter(|figure| !["precision", "recall", "f1"].contains(&&*figure.name.stat));
                single.extend(others);
            }
            _ => single.extend(figures.iter().copied()),
        }
    }
    let level = scores.level();
    let mut parts = Vec::new();
    if !side_by_side.is_empty() {
        let interval = format!("{level} % interval of f1");
        let mut rows = table::new(["metric", "precision", "recall", "f1", interval.as_str(), "gold", "documents"]);
        side_by_side.iter().for_each(|figures| {
            rows.add_row(row_of_three(figures));
        });
        parts.push(table::render(rows));
    }
    if !single.is_empty() {
        let interval = format!("{level} % interval");
        let mut rows = table::new(["metric", "value", interval.as_str(), "gold", "documents"]);
        single.iter().for_each(|figure| {
            rows.add_row(row(figure));
        });
        parts.push(table::render(rows));
    }
    parts.join("\n")
}

/// Returns a metric's name without its statistic, which is the same for all its statistics.
fn without_stat(name: &MetricName) -> MetricName {
    MetricName { stat: Name::default(), ..name.clone() }
}

fn row_of_three([precision, recall, f1]: &[&Figure; 3]) -> [String; 7] {
    [
        without_stat(&f1.name).to_string(),
        three_places(precision.value),
        three_places(recall.value),
        three_places(f1.value),
        interval(f1),
        f1.gold.to_string(),
        f1.documents.to_string(),
    ]
}

fn row(figure: &Figure) -> [String; 5] {
    let (gold, documents) = (figure.gold.to_string(), figure.documents.to_string());
    [figure.name.to_string(), three_places(figure.value), interval(figure), gold, documents]
}

fn interval(figure: &Figure) -> String {
    figure.interval.map_or_else(
        || "–".to_owned(),
        |interval| format!("[{}, {}]", decimals(interval.low, 3), decimals(interval.high, 3)),
    )
}
