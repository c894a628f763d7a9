//! Several systems that are compared with one baseline, as one table with a row for each system and
//! metric.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::comparison::{COMPARED, compared_cells};
use super::export::one_table;
use super::latex;
use super::markdown::inert;
use super::markdown::table::{Align, Table};
use super::{ComparisonReport, Exporter};
use crate::compare::{Comparison, HolmFamily};
use crate::error::Diagnostic;
use crate::metric::MetricName;
use crate::text::shown_name;

/// The header of the table of systems.
pub const COMPARED_SYSTEMS: [&str; 9] = {
    let [metric, rest @ ..] = COMPARED;
    let [base, candidate, difference, p, adjusted, detectable, verdict] = rest;
    [metric, "system", base, candidate, difference, p, adjusted, detectable, verdict]
};

/// The comparisons of several systems with the same baseline on one dataset.
#[derive(Debug, Clone)]
pub struct ComparedSystems {
    /// One report for each system, in the order in which the user names them. All have the same
    /// base, dataset, extractor and run.
    pub reports: Vec<ComparisonReport>,
    /// The p-values of the deciding metrics, which are adjusted together.
    pub family: HolmFamily,
}

impl ComparedSystems {
    /// Returns what is compared: the dataset, the extractor, the baseline and the run.
    pub fn title(&self) -> String {
        let Some(ComparisonReport { dataset, extractor, run, comparison: Comparison { base, .. }, .. }) =
            self.reports.first()
        else {
            return String::new();
        };
        let of = [dataset.as_str(), extractor].into_iter().filter(|part| !part.is_empty());
        let of: Vec<Cow<'_, str>> = of.map(shown_name).collect();
        let of_run = if run.is_empty() { String::new() } else { format!(", all of the run {}", shown_name(run)) };
        let systems = match self.reports.len() {
            1 => "1 system".to_owned(),
            many => format!("{many} systems"),
        };
        format!("{}: {systems} against {}, the baseline{of_run}", of.join(", "), shown_name(base))
    }

    /// Returns one row for each deciding figure and system, metric by metric.
    pub fn rows(&self) -> Vec<[String; 9]> {
        let mut names = Vec::new();
        for figure in self.reports.iter().flat_map(|report| report.comparison.figures()) {
            if figure.decides && !names.contains(&&figure.name) {
                names.push(&figure.name);
            }
        }
        let row = |name: &MetricName, report: &ComparisonReport| {
            let figure = report.comparison.figures().find(|figure| figure.decides && figure.name == *name)?;
            let [metric, base, candidate, difference, p, adjusted, detectable, verdict] = compared_cells(figure);
            let system = shown_name(&report.comparison.candidate).into_owned();
            Some([metric, system, base, candidate, difference, p, adjusted, detectable, verdict])
        };
        names.iter().flat_map(|name| self.reports.iter().filter_map(|report| row(name, report))).collect()
    }

    /// Returns which p-values are adjusted together.
    pub fn legend(&self) -> String {
        let HolmFamily { systems, metrics, p_values } = self.family;
        let of = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
        format!(
            "adjusted: by Holm over {} ({}, {})",
            of(p_values, "p-value"),
            of(systems, "system"),
            of(metrics, "metric")
        )
    }

    fn to_values(&self) -> impl Iterator<Item = Value> {
        let HolmFamily { systems, metrics, p_values } = self.family;
        self.reports.iter().map(move |report| {
            let mut value = report.to_value();
            value["family"] = json!({"systems": systems, "metrics": metrics, "p_values": p_values});
            value
        })
    }

    fn to_markdown(&self) -> String {
        let align = |name: &&'static str| if matches!(*name, "metric" | "system") { Align::Left } else { Align::Right };
        let mut table = Table::new(COMPARED_SYSTEMS.iter().map(|name| (*name, align(name))));
        self.rows().into_iter().for_each(|row| table.row(row.map(|cell| inert::escape(&cell))));
        format!("## {}\n\n{}\n{}\n", inert::escape(&self.title()), table.render(), inert::escape(&self.legend()))
    }
}

impl Exporter for [ComparedSystems] {
    fn to_json(&self) -> String {
        let comparisons: Vec<Value> = self.iter().flat_map(ComparedSystems::to_values).collect();
        format!("{:#}\n", json!({"schema": "karat.comparison/1", "comparisons": comparisons}))
    }

    fn to_csv(&self) -> String {
        one_table(self.iter().flat_map(|systems| &systems.reports).map(ComparisonReport::to_csv))
    }

    fn to_latex(&self) -> Result<String, Diagnostic> {
        Ok(latex::compared_systems(self))
    }

    fn to_markdown(&self) -> String {
        self.iter().map(ComparedSystems::to_markdown).collect::<Vec<_>>().join("\n")
    }
}
