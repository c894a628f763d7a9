//! The trend of a figure as tables and as data.

use serde_json::{Value, json};

use super::super::Exporter;
use super::super::export::markdown_table;
use super::super::markdown::inert;
use super::super::number::{six_places, three_places};
use super::super::scores_csv::to_csv;
use super::{are, count, counted, head};
use crate::history::{Point, Series, Trend, sparkline};

/// The header of [`trend_rows`].
pub const TREND_HEADER: [&str; 8] = ["dataset", "extractor", "trend", "runs", "first", "last", "lowest", "highest"];

/// Largest number of points of a line of blocks.
const WIDEST: usize = 60;

/// Returns the rows of a table with one series each.
pub fn trend_rows(trend: &Trend) -> Vec<Vec<String>> {
    let row = |series: &Series| {
        let values = series.values();
        let start = values.len().saturating_sub(WIDEST);
        let cuts: Vec<usize> = series.cuts().into_iter().filter_map(|cut| cut.checked_sub(start)).collect();
        let blocks = sparkline(&values[start..], &cuts);
        let (lowest, highest) = series.extremes();
        let at = |value: Option<&Option<f64>>| three_places(value.copied().flatten());
        vec![
            series.dataset.clone(),
            series.extractor.clone(),
            if start > 0 { format!("…{blocks}") } else { blocks },
            series.points.len().to_string(),
            at(values.first()),
            at(values.last()),
            three_places(lowest),
            three_places(highest),
        ]
    };
    trend.series.iter().map(row).collect()
}

/// Returns a line for each change between points that are not comparable, and for each series that
/// rests on fewer documents than it should.
pub fn change_lines(trend: &Trend) -> Vec<String> {
    let mut lines = Vec::new();
    for series in &trend.series {
        let of = format!("{}, {}", series.dataset, series.extractor);
        for change in &series.changes {
            let after = &series.points[change.at].run;
            lines.push(format!("{of}: from {} ({}) on, {}", after.when(), after.run, change.reasons.join("; ")));
        }
        let incomplete = series.incomplete();
        if incomplete > 0 {
            let have = if incomplete == 1 { "has" } else { "have" };
            let all = counted(series.points.len(), "run");
            lines.push(format!("{of}: {incomplete} of {all} {have} documents without an answer"));
        }
    }
    if trend.partial > 0 {
        let runs = counted(trend.partial, "run");
        lines.push(format!("{runs} of a part of the documents {} left out", are(trend.partial)));
    }
    lines
}

impl Exporter for Trend {
    fn to_json(&self) -> String {
        let point = |point: &Point| {
            let mut value = head(&point.run);
            value["value"] = json!(point.value);
            value["interval"] = json!(point.interval);
            value["gold"] = json!(point.gold);
            value["documents"] = json!(point.documents);
            value["documents_answered"] = json!(point.answered);
            value["signature"] = json!(point.signature);
            value
        };
        let series = |series: &Series| {
            let changes = series.changes.iter();
            let changes = changes.map(|change| json!({"before_point": change.at, "reasons": change.reasons}));
            json!({
                "dataset": series.dataset,
                "extractor": series.extractor,
                "points": series.points.iter().map(point).collect::<Vec<Value>>(),
                "changes": changes.collect::<Vec<Value>>(),
            })
        };
        let value = json!({
            "schema": "karat.history_trend/1",
            "metric": self.metric,
            "series": self.series.iter().map(series).collect::<Vec<Value>>(),
            "partial_runs": self.partial,
            "older_points": self.older,
        });
        format!("{value:#}\n")
    }

    fn to_csv(&self) -> String {
        const HEADER: [&str; 14] = [
            "dataset",
            "extractor",
            "metric",
            "run",
            "started",
            "commit",
            "value",
            "low",
            "high",
            "gold",
            "documents",
            "documents_answered",
            "signature",
            "change",
        ];
        let rows = self.series.iter().flat_map(|series| {
            series.points.iter().enumerate().map(|(at, point)| {
                let change = series.changes.iter().find(|change| change.at == at);
                vec![
                    series.dataset.clone(),
                    series.extractor.clone(),
                    self.metric.clone(),
                    point.run.run.clone(),
                    point.run.started.clone(),
                    point.run.commit.clone().unwrap_or_default(),
                    six_places(point.value),
                    six_places(point.interval.map(|(low, _)| low)),
                    six_places(point.interval.map(|(_, high)| high)),
                    count(point.gold),
                    count(point.documents),
                    count(point.answered),
                    point.signature.clone().unwrap_or_default(),
                    change.map(|change| change.reasons.join("; ")).unwrap_or_default(),
                ]
            })
        });
        to_csv(&HEADER, rows)
    }

    fn to_markdown(&self) -> String {
        let table = markdown_table(&TREND_HEADER, trend_rows(self).into_iter());
        let mut page = format!("# {}\n\n{table}", inert::name(&self.metric));
        let lines = change_lines(self);
        if !lines.is_empty() {
            page.push('\n');
        }
        for line in lines {
            page.push_str(&format!("- {}\n", inert::escape(&line)));
        }
        page
    }
}
