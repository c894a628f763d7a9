//! Scores as terminal tables: one with precision, recall and F1 side by side, then one with all
//! other figures.

use karat::report::{FigureRows, bounds, three_places, without_stat};
use karat::score::{Figure, Scores};

use super::styled_text::StyledText;
use super::table;

/// Renders the figures of all layers. Figures of single labels are shown only under the first
/// metric of their layer.
pub(super) fn tables(scores: &Scores) -> StyledText {
    let FigureRows { side_by_side, single } = FigureRows::of(scores);
    let level = scores.level();
    let mut parts = Vec::new();
    if !side_by_side.is_empty() {
        let interval = format!("{level} % interval of f1");
        let header = ["metric", "precision", "recall", "f1", interval.as_str(), "gold", "documents"];
        let mut rows = table::new(header).optional(&["documents", "gold", "recall", "precision"]);
        side_by_side.iter().for_each(|figures| {
            rows.add_row(row_of_three(figures));
        });
        parts.push(table::render(&rows));
    }
    if !single.is_empty() {
        let interval = format!("{level} % interval");
        let header = ["metric", "value", interval.as_str(), "gold", "documents"];
        let mut rows = table::new(header).optional(&["documents", "gold"]);
        single.iter().for_each(|figure| {
            rows.add_row(row(figure));
        });
        parts.push(table::render(&rows));
    }
    StyledText::joined(parts)
}

fn row_of_three([precision, recall, f1]: &[&Figure; 3]) -> [String; 7] {
    [
        without_stat(&f1.name).to_string(),
        three_places(precision.value),
        three_places(recall.value),
        three_places(f1.value),
        bounds(f1.interval),
        f1.gold.to_string(),
        f1.documents.to_string(),
    ]
}

fn row(figure: &Figure) -> [String; 5] {
    let (gold, documents) = (figure.gold.to_string(), figure.documents.to_string());
    [figure.name.to_string(), three_places(figure.value), bounds(figure.interval), gold, documents]
}
