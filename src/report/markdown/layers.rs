//! A section for each layer: figures by extractor, figures by label, and the confusion of labels.

use super::super::number::with_interval;
use super::super::{Report, three_places};
use super::inert;
use super::page::counted;
use super::table::{Align, Table};
use super::{boundaries, confusion, labels, verdicts_on_points};
use crate::document::Layer;
use crate::metric::{CONFIDENCE, Class, MetricName, Name, cut_off};
use crate::score::{Figure, LayerScores};

pub(super) fn section(report: &Report) -> String {
    let sections: Vec<String> = report.layers().into_iter().map(|layer| of_layer(report, layer)).collect();
    sections.join("\n")
}

fn of_layer(report: &Report, layer: &Layer) -> String {
    let scored = report.on_layer(layer);
    let first = scored.first().and_then(|(_, scores)| scores.figures.iter().find(|figure| figure.name.is_whole()));
    let (gold, documents) = first.map_or((0, 0), |figure| (figure.gold, figure.documents as usize));
    let mut text = format!(
        "## {}\n\n{} in {}.\n\n",
        title(layer),
        counted(usize::try_from(gold).unwrap_or(usize::MAX), "gold item"),
        counted(documents, "document")
    );
    text.push_str(&figures(report, layer));
    text.push_str(&classes(report, layer));
    text.push_str(&verdicts_on_points::tables(report, layer));
    text.push_str(&boundaries::table(report, layer));
    text.push_str(&labels::table(report, layer));
    text.push_str(&confusion::matrices(report, layer));
    text
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
    }
}

/// Returns a table with one row for each extractor and metric: the statistics with their intervals
/// (a metric with a single statistic uses the column `value`), and the averages of F1.
fn figures(report: &Report, layer: &Layer) -> String {
    let mut table = Table::new([
        ("extractor", Align::Left),
        ("metric", Align::Left),
        ("precision", Align::Right),
        ("recall", Align::Right),
        ("F1", Align::Right),
        ("value", Align::Right),
        ("fabrication", Align::Right),
        ("ceiling", Align::Right),
        ("macro F1", Align::Right),
        ("weighted F1", Align::Right),
        ("gold", Align::Right),
        ("predicted", Align::Right),
    ]);
    let mut with_averages = false;
    for (extractor, scores) in report.on_layer(layer) {
        for (metric, at) in metrics(scores) {
            let find = |stat: &str, average: Option<&str>| {
                scores.figures.iter().find(|figure| {
                    let name = &figure.name;
                    (&name.metric, name.at, &*name.stat) == (&metric, at, stat)
                        && name.label.is_none()
                        && name.average.map(|average| average.to_string()).as_deref() == average
                })
            };
            let show =
                |figure: Option<&Figure>| with_interval(figure.and_then(|f| f.value), figure.and_then(|f| f.interval));
            with_averages |= find("f1", Some("macro")).is_some();
            // The denominators of precision and recall; those of records are fields, not records.
            let counted = find("recall", None).and_then(|figure| figure.counts.map(|counts| counts.possible()));
            let predicted = find("precision", None).and_then(|figure| figure.predicted);
            let number = |count: Option<u64>| count.map_or_else(|| "–".to_owned(), |count| count.to_string());
            table.row([
                inert::name(&extractor.name),
                metric_name(layer, &metric, at),
                show(find("precision", None)),
                show(find("recall", None)),
                show(find("f1", None)),
                show(find("", None)),
                show(find("fabrication", None)),
                three_places(
                    find("f1", None).or(find("", None)).and_then(|figure| report.ceiling.get(&figure.name).copied()),
                ),
                show(find("f1", Some("macro"))),
                show(find("f1", Some("weighted"))),
                number(counted),
                number(predicted),
            ]);
        }
    }
    if table.is_empty() {
        return String::new();
    }
    if !with_averages {
        table.drop_columns(&["macro F1", "weighted F1"]);
    }
    table.drop_empty_columns();
    table.render()
}

/// Returns a table of the outcomes of items: one row for each extractor, one column for each class.
fn classes(report: &Report, layer: &Layer) -> String {
    let scored = report.on_layer(layer);
    let occurs = |class: &Class| scored.iter().any(|(_, scores)| scores.items.of_class(*class) > 0);
    let classes: Vec<Class> = Class::ALL.into_iter().filter(occurs).collect();
    if classes.is_empty() {
        return String::new();
    }
    let heading = |class: &Class| (inert::escape(class.as_str()), Align::Right);
    let mut table = Table::new([("extractor".to_owned(), Align::Left)].into_iter().chain(classes.iter().map(heading)));
    for (extractor, scores) in &scored {
        let counts = classes.iter().map(|class| scores.items.of_class(*class).to_string());
        table.row([inert::name(&extractor.name)].into_iter().chain(counts));
    }
    format!("\n### What became of the items\n\n{}", table.render())
}

/// Returns the metrics of a layer, in report order.
fn metrics(scores: &LayerScores) -> Vec<(Name, u32)> {
    let mut metrics: Vec<(Name, u32)> = Vec::new();
    // Confidence has other statistics and is reported in a separate section.
    let shown = |name: &&MetricName| name.is_whole() && name.metric != CONFIDENCE;
    for name in scores.figures.iter().map(|figure| &figure.name).filter(shown) {
        let key = (name.metric.clone(), name.at);
        if !metrics.contains(&key) {
            metrics.push(key);
        }
    }
    metrics
}

fn metric_name(layer: &Layer, metric: &str, at: u32) -> String {
    let prefix = layer.metric_prefix();
    let whole = if metric.is_empty() { prefix.into_owned() } else { format!("{prefix}.{metric}") };
    inert::code_cell(&format!("{whole}{}", cut_off(at)))
}
