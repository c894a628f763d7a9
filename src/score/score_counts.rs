//! Figures with their intervals from counts by document, for systems whose documents are not kept.

use super::accumulator::{Accumulator, DocumentContribution};
use super::layer_counts::LayerCounts;
use super::sums::Sums;
use super::{Examples, ItemCounts, LayerScores, Scores, Settings, SystemCounts};
use crate::metric::Statistics;
use crate::score::Status;

/// Returns the figures of a system from its counts, whose documents must be sorted. There are no
/// figures of single documents and no items.
pub fn score_counts(counts: &SystemCounts, settings: &Settings) -> Scores {
    let mut scores = Scores::default();
    for document in counts.documents() {
        *scores.statuses.entry(document.status).or_default() += 1;
    }
    scores.layers = counts.layers().filter_map(|layer| score_layer(counts, layer, settings)).collect();
    scores
}

fn score_layer(counts: &SystemCounts, layer: &LayerCounts, settings: &Settings) -> Option<LayerScores> {
    let formulas = layer.formulas(settings)?;
    let mut accumulated = Accumulator::new(formulas.groups);
    for rows in counts.clusters(layer, None) {
        let statistics: Vec<Statistics> = rows.iter().map(|row| layer.statistics(&[*row], |_| true)).collect();
        let mut contributions: Vec<DocumentContribution<'_>> = Vec::with_capacity(rows.len());
        for (row, statistics) in rows.iter().zip(&statistics) {
            let document = &counts.documents()[layer.document(*row) as usize];
            contributions.push(DocumentContribution {
                id: &document.id,
                statistics,
                is_answered: document.status == Status::Ok,
                has_answer: document.has_answer,
                gold: layer.gold(*row),
            });
        }
        accumulated.add_cluster(&contributions);
    }
    let figures = Sums::new(formulas, layer.layer(), accumulated, counts.repeats).figures();
    Some(LayerScores {
        layer: layer.layer().clone(),
        headline: formulas.headline(layer.layer()),
        figures,
        document_metrics: Vec::new(),
        documents: std::collections::BTreeMap::new(),
        items: ItemCounts::default(),
        examples: Examples::default(),
        ranking: None,
        warnings: Vec::new(),
    })
}
