//! The figures of one system as rows of tables: precision, recall and F1 side by side, and all
//! other figures one by one.

use crate::metric::{MetricName, Name};
use crate::score::{Figure, Scores};

/// The figures of all layers. Those of single labels are only under the first metric of their
/// layer.
#[derive(Debug, Clone, Default)]
pub struct FigureRows<'s> {
    /// Precision, recall and F1 of a metric or a label.
    pub side_by_side: Vec<[&'s Figure; 3]>,
    /// The other figures.
    pub single: Vec<&'s Figure>,
}

impl<'s> FigureRows<'s> {
    /// Returns the rows of a system.
    pub fn of(scores: &'s Scores) -> Self {
        let mut shown: Vec<&Figure> = Vec::new();
        for layer in &scores.layers {
            let first = layer.figures.first().map(|figure| &figure.name.metric);
            shown.extend(
                layer.figures.iter().filter(|figure| figure.name.label.is_none() || Some(&figure.name.metric) == first),
            );
        }
        let mut rows = Self::default();
        // Statistics of the same metric are adjacent.
        for figures in shown.chunk_by(|a, b| without_stat(&a.name) == without_stat(&b.name)) {
            let stat = |stat: &str| figures.iter().copied().find(|figure| figure.name.stat == stat);
            match (stat("precision"), stat("recall"), stat("f1")) {
                (Some(precision), Some(recall), Some(f1)) => {
                    rows.side_by_side.push([precision, recall, f1]);
                    let others =
                        figures.iter().filter(|figure| !["precision", "recall", "f1"].contains(&&*figure.name.stat));
                    rows.single.extend(others);
                }
                _ => rows.single.extend(figures.iter().copied()),
            }
        }
        rows
    }
}

/// Returns a metric's name without its statistic, which is the same for all its statistics.
pub fn without_stat(name: &MetricName) -> MetricName {
    MetricName { stat: Name::default(), ..name.clone() }
}
