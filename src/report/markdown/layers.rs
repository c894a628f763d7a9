//! A section for each layer: one table of figures by extractor, the labels with the most errors,
//! and the confusion of labels.

use super::super::number::with_half_width;
use super::super::{ExtractorReport, Report, three_places};
use super::inert;
use super::page::counted;
use super::table::{Align, Table};
use super::{boundaries, confusion, labels, verdicts_on_points};
use crate::document::Layer;
use crate::metric::{Average, CONFIDENCE, Class, MetricName, Name, cut_off};
use crate::score::{Figure, LayerScores};

/// The maximum number of metrics shown besides the headline metric.
const MOST_METRICS: usize = 10;

pub(super) fn section(report: &Report) -> String {
    let sections: Vec<String> = report.layers().into_iter().map(|layer| of_layer(report, layer)).collect();
    sections.join("\n")
}

fn of_layer(report: &Report, layer: &Layer) -> String {
    let scored = report.on_layer(layer);
    let first = scored.first().and_then(|(_, scores)| scores.figures.iter().find(|figure| figure.name.is_whole()));
    let (gold, documents) = first.map_or((0, 0), |figure| (figure.gold, figure.documents as usize));
    let mut text = format!(
        "## {}\n\n{} in {}{}.{}{}\n\n",
        title(layer),
        counted(usize::try_from(gold).unwrap_or(usize::MAX), "gold item"),
        counted(documents, "document"),
        more_metrics(report, &scored),
        verdicts_on_points::grounds(report, layer),
        boundaries::sentence(report, layer)
    );
    text.push_str(&figures(&scored));
    text.push_str(&verdicts_on_points::tables(report, layer));
    text.push_str(&labels::table(report, layer));
    text.push_str(&confusion::table(report, layer));
    text
}

/// Returns the end of a sentence that says how many metrics the table leaves out, and where they
/// are.
fn more_metrics(report: &Report, scored: &[(&ExtractorReport, &LayerScores)]) -> String {
    let more = all_metrics(scored).len().saturating_sub(MOST_METRICS + 1);
    let place = if report.is_of_run { "scores.csv" } else { "--format csv" };
    if more == 0 { String::new() } else { format!("; `{place}` has {}", counted(more, "more metric")) }
}

fn title(layer: &Layer) -> String {
    match layer {
        Layer::Entities => "Entities".to_owned(),
        Layer::Relations => "Relations".to_owned(),
        Layer::Events => "Events".to_owned(),
        Layer::Coreference => "Coreference".to_owned(),
        Layer::Records(name) => format!("Records: {}", inert::name(name)),
        Layer::KeyPoints => "Key points".to_owned(),
        Layer::KeySentences => "Key sentences".to_owned(),
        Layer::Summaries => "Summaries".to_owned(),
        Layer::Keyphrases => "Keyphrases".to_owned(),
        Layer::Scores(name) => format!("Scores: {}", inert::name(name)),
    }
}

/// Returns a table with one row for each extractor: the statistics of the headline metric, one
/// figure of every other metric up to a number, and the outcomes of items.
fn figures(scored: &[(&ExtractorReport, &LayerScores)]) -> String {
    let all = all_metrics(scored);
    let headline = scored.iter().find_map(|(_, scores)| scores.headline.as_ref());
    let headline = headline.map(|name| (name.metric.clone(), name.at)).filter(|key| all.contains(key));
    let Some(headline) = headline.or_else(|| all.first().cloned()) else { return String::new() };
    let others: Vec<&Metric> = all.iter().filter(|metric| **metric != headline).collect();
    let shown = &others[..others.len().min(MOST_METRICS)];
    let classes = classes(scored);
    let statistics = ["precision", "recall", "f1", "", "fabrication"];
    let name = metric_name(&headline);
    let of_headline = statistics.map(|stat| match stat {
        "" if name.is_empty() => "value".to_owned(),
        "" => inert::code_cell(&name),
        "f1" if name.is_empty() => "F1".to_owned(),
        "f1" => format!("{} F1", inert::code_cell(&name)),
        stat => stat.to_owned(),
    });
    let of_metric = |metric: &&Metric| match metric_name(metric).as_str() {
        "" => "all".to_owned(),
        name => inert::code_cell(name),
    };
    let headings = [String::from("extractor")].into_iter().chain(of_headline);
    let headings = headings.chain(shown.iter().map(of_metric));
    let headings = headings.chain(["macro F1", "gold", "predicted"].map(str::to_owned));
    let headings = headings.chain(classes.iter().map(|class| inert::name(class.as_str())));
    let aligns = [Align::Left].into_iter().chain(std::iter::repeat(Align::Right));
    let mut table = Table::new(headings.zip(aligns));
    for (extractor, scores) in scored {
        let find = |stat: &str, average: Option<Average>| figure_of(scores, &headline, stat, average);
        let of_headline = statistics.map(|stat| shown_figure(find(stat, None)));
        let others = shown.iter().map(|metric| shown_figure(main_figure(scores, metric)));
        let macro_f1 = shown_figure(find("f1", Some(Average::Macro)));
        // The denominators of recall and precision; those of records are fields, not records.
        let gold = find("recall", None).and_then(|figure| figure.counts.map(|counts| counts.possible()));
        let predicted = find("precision", None).and_then(|figure| figure.predicted);
        let denominators =
            [gold, predicted].map(|count| count.map_or_else(|| three_places(None), |count| count.to_string()));
        let counts = classes.iter().map(|class| scores.items.of_class(*class).to_string());
        let figures = of_headline.into_iter().chain(others).chain([macro_f1]).chain(denominators);
        table.row([inert::name(&extractor.name)].into_iter().chain(figures).chain(counts));
    }
    table.drop_empty_columns();
    table.render()
}

/// A metric with its cut-off.
type Metric = (Name, u32);

fn figure_of<'s>(
    scores: &'s LayerScores,
    (metric, at): &Metric,
    stat: &str,
    average: Option<Average>,
) -> Option<&'s Figure> {
    scores.figures.iter().find(|figure| {
        let name = &figure.name;
        (&name.metric, name.at, &*name.stat) == (metric, *at, stat) && name.label.is_none() && name.average == average
    })
}

/// Returns the figure that stands for a metric: F1, the only one, recall, or else the first.
fn main_figure<'s>(scores: &'s LayerScores, metric: &Metric) -> Option<&'s Figure> {
    let first = || scores.figures.iter().find(|figure| figure.name.is_whole() && key(&figure.name) == *metric);
    ["f1", "", "recall"].iter().find_map(|stat| figure_of(scores, metric, stat, None)).or_else(first)
}

fn shown_figure(figure: Option<&Figure>) -> String {
    with_half_width(figure.and_then(|figure| figure.value), figure.and_then(|figure| figure.interval))
}

/// Returns the outcomes of items that occur on a layer.
fn classes(scored: &[(&ExtractorReport, &LayerScores)]) -> Vec<Class> {
    let occurs = |class: &Class| scored.iter().any(|(_, scores)| scores.items.of_class(*class) > 0);
    Class::ALL.into_iter().filter(occurs).collect()
}

/// Returns the metrics that any extractor has on a layer, in report order.
fn all_metrics(scored: &[(&ExtractorReport, &LayerScores)]) -> Vec<Metric> {
    let mut metrics: Vec<Metric> = Vec::new();
    // Confidence has other statistics and is reported in a separate section.
    let is_shown = |name: &&MetricName| name.is_whole() && name.metric != CONFIDENCE;
    let figures = scored.iter().flat_map(|(_, scores)| &scores.figures);
    for key in figures.map(|figure| &figure.name).filter(is_shown).map(key) {
        if !metrics.contains(&key) {
            metrics.push(key);
        }
    }
    metrics
}

fn key(name: &MetricName) -> Metric {
    (name.metric.clone(), name.at)
}

/// Returns the name of a metric within its layer.
fn metric_name((metric, at): &Metric) -> String {
    format!("{metric}{}", cut_off(*at))
}
