//! The section on calibration: how well the confidences of predictions match their accuracy.

use super::super::{ExtractorReport, Report, three_places};
use super::inert;
use super::page::counted;
use super::table::{Align, Table};
use crate::metric::CONFIDENCE;
use crate::score::{Figure, LayerScores, RankedPredictions};
use crate::stats::confidence::Ranking;

/// Returns the figures of each extractor and layer, then the reliability tables; empty if no
/// prediction has a confidence.
pub(super) fn section(report: &Report) -> String {
    let ranked: Vec<(&ExtractorReport, &LayerScores, &RankedPredictions)> =
        report.extractors.iter().flat_map(|extractor| of_extractor(extractor)).collect();
    if ranked.is_empty() {
        return String::new();
    }
    let accuracies = accuracies(&ranked);
    let fixed = [("extractor", Align::Left), ("layer", Align::Left), ("predictions", Align::Right)];
    let statistics = STATISTICS.map(|(_, heading)| (heading.to_owned(), Align::Right));
    let at = accuracies.iter().map(|stat| (stat.replace("accuracy@", "right at ") + " %", Align::Right));
    let columns = fixed.map(|(name, align)| (name.to_owned(), align)).into_iter().chain(statistics).chain(at);
    let mut table = Table::new(columns);
    for (extractor, scores, RankedPredictions { ranking, .. }) in &ranked {
        let names = STATISTICS.iter().map(|(stat, _)| *stat).chain(accuracies.iter().map(String::as_str));
        let values = names.map(|stat| three_places(find(scores, stat).and_then(|figure| figure.value)));
        let start = [inert::name(&extractor.name), inert::layer(&scores.layer), predictions(ranking)];
        table.row(start.into_iter().chain(values));
    }
    format!(
        "## Confidence\n\nA prediction is right where the alignment of all predictions counts it correct. Best F1: of all \
         thresholds below which predictions are dropped. ECE and MCE (expected and maximum calibration error), Brier score \
         and AURC (area under the risk-coverage curve) are errors: lower is better. “Right at 80 %” is the share of right \
         ones among the surest 80 % of the predictions. These figures have no intervals.\n\n{}{}",
        table.render(),
        ranked.iter().map(|(extractor, scores, ranked)| reliability(extractor, scores, ranked)).collect::<String>()
    )
}

/// Returns the number of predictions, and of those with a confidence if some have none.
fn predictions(ranking: &Ranking) -> String {
    let all = ranking.ranked() + ranking.unranked();
    if ranking.is_whole() { all.to_string() } else { format!("{} of {all}", ranking.ranked()) }
}

const STATISTICS: [(&str, &str); 9] = [
    ("average_precision", "average precision"),
    ("best_f1", "best F1"),
    ("best_threshold", "at threshold"),
    ("best_precision", "precision"),
    ("best_recall", "recall"),
    ("ece", "ECE"),
    ("mce", "MCE"),
    ("brier", "Brier"),
    ("aurc", "AURC"),
];

/// Returns the layers whose predictions have confidences, unless the confidence figures were not
/// requested.
fn of_extractor(extractor: &ExtractorReport) -> Vec<(&ExtractorReport, &LayerScores, &RankedPredictions)> {
    let is_asked = |scores: &LayerScores| scores.figures.iter().any(|figure| figure.name.metric == CONFIDENCE);
    let layers = extractor.scores.layers.iter().filter(|scores| is_asked(scores));
    layers.filter_map(|scores| Some((extractor, scores, scores.ranking.as_ref()?))).collect()
}

/// Returns the statistics `accuracy@COVERAGE` that occur in any row, in report order.
fn accuracies(ranked: &[(&ExtractorReport, &LayerScores, &RankedPredictions)]) -> Vec<String> {
    let mut names = Vec::new();
    for figure in ranked.iter().flat_map(|(_, scores, _)| &scores.figures) {
        let stat = figure.name.stat.to_string();
        if figure.name.metric == CONFIDENCE && stat.starts_with("accuracy@") && !names.contains(&stat) {
            names.push(stat);
        }
    }
    names
}

fn find<'s>(scores: &'s LayerScores, stat: &str) -> Option<&'s Figure> {
    scores.figures.iter().find(|figure| {
        let name = &figure.name;
        name.metric == CONFIDENCE && name.stat == stat && name.label.is_none() && name.average.is_none()
    })
}

/// Returns a table with one row for each non-empty bin, with a bar that shows its accuracy.
fn reliability(
    extractor: &ExtractorReport,
    scores: &LayerScores,
    RankedPredictions { ranking, bins }: &RankedPredictions,
) -> String {
    if !ranking.is_whole() {
        return String::new();
    }
    let mut table = Table::new([
        ("confidence", Align::Left),
        ("predictions", Align::Right),
        ("mean confidence", Align::Right),
        ("right", Align::Right),
        ("right, as a bar", Align::Left),
    ]);
    for bin in ranking.bins(*bins).iter().filter(|bin| bin.all > 0) {
        let cells = [
            format!("{:.3} to {:.3}", bin.low, bin.high),
            bin.all.to_string(),
            three_places(bin.confidence()),
            three_places(bin.accuracy()),
            bar(bin.accuracy().unwrap_or_default()),
        ];
        table.row(cells);
    }
    let of = format!("{}, {}", inert::name(&extractor.name), inert::layer(&scores.layer));
    let predictions = counted(usize::try_from(ranking.ranked()).unwrap_or(usize::MAX), "prediction");
    format!(
        "\n### Reliability of {of}\n\n{predictions} by confidence; a bin's upper end belongs to it.\n\n{}",
        table.render()
    )
}

/// Returns a bar of 20 characters, filled in proportion to a share between 0 and 1.
fn bar(share: f64) -> String {
    const PLACES: usize = 20;
    let filled = (share * PLACES as f64).round() as usize;
    format!("{}{}", "█".repeat(filled), "░".repeat(PLACES - filled.min(PLACES)))
}
