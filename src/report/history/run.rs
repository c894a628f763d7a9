//! One run of the history with its figures.

use serde_json::{Value, json};

use super::super::Exporter;
use super::super::export::markdown_table;
use super::super::markdown::inert;
use super::super::scores_csv::to_csv;
use super::export::{FIGURE_HEADER, figure_rows};
use super::{completeness, count, head, interval, value};
use crate::history::{RecordedFigure, RecordedResult, RecordedRun};

/// One run. A table shows the figures that satisfy a predicate; the other formats have all.
pub struct HistoryRun<'r> {
    /// The run with its results.
    pub run: &'r RecordedRun,
    /// Whether a table shows a figure.
    pub is_shown: &'r dyn Fn(&RecordedFigure) -> bool,
}

/// The header of [`HistoryRun::tables`].
const HEADER: [&str; 5] = ["figure", "value", "interval", "gold", "documents"];

/// A title, a header and rows.
type FigureTable = (String, [&'static str; 5], Vec<Vec<String>>);

impl HistoryRun<'_> {
    /// Returns what is known of the run besides its results, as names and values.
    pub fn facts(&self) -> Vec<(&'static str, String)> {
        let run = self.run;
        let dirty = match run.dirty {
            Some(true) => "yes: tracked files other than reports differed from the commit",
            Some(false) => "no",
            None => "",
        };
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let source = match run.source {
            crate::history::RunSource::Git => "the reports of a commit",
            crate::history::RunSource::Merge => "karat merge",
            crate::history::RunSource::Run => "karat run",
        };
        let facts = [
            ("run", run.run.clone()),
            ("source", source.to_owned()),
            ("started", run.started.clone()),
            ("ended", text(&run.ended)),
            ("karat", text(&run.karat)),
            ("commit", text(&run.commit)),
            ("branch", text(&run.branch)),
            ("changed files", dirty.to_owned()),
            ("profile", text(&run.profile)),
            ("part", text(&run.gap)),
            ("configuration", text(&run.configuration_sha256)),
            ("manifest", text(&run.manifest_sha256)),
        ];
        facts.into_iter().filter(|(_, value)| !value.is_empty()).collect()
    }

    /// Returns a title for each result, with the header and the rows of its figures.
    pub fn tables(&self) -> Vec<FigureTable> {
        let of = |result: &RecordedResult| {
            let shown = result.figures.iter().filter(|figure| (self.is_shown)(figure));
            let row = |figure: &RecordedFigure| {
                let documents = match (figure.answered, figure.documents) {
                    (Some(answered), Some(documents)) if answered < documents => {
                        format!("{documents} ({answered} answered)")
                    }
                    (_, documents) => count(documents),
                };
                let interval = interval(figure.low.zip(figure.high));
                vec![figure.name(), value(figure), interval, count(figure.gold), documents]
            };
            let title = format!("{}, {}", self.run.dataset_with_profile(&result.dataset), result.extractor);
            let title = format!("{title} (complete: {})", completeness(self.run, result));
            (title, HEADER, shown.map(row).collect())
        };
        self.run.results.iter().map(of).collect()
    }
}

impl Exporter for HistoryRun<'_> {
    fn to_json(&self) -> String {
        let mut run = head(self.run);
        run["results"] = json!(self.run.results);
        let mut value = json!({"schema": "karat.history_run/1"});
        if let (Value::Object(all), Value::Object(run)) = (&mut value, run) {
            all.extend(run);
        }
        format!("{value:#}\n")
    }

    fn to_csv(&self) -> String {
        to_csv(&FIGURE_HEADER, figure_rows(self.run).into_iter())
    }

    fn to_markdown(&self) -> String {
        let mut page = format!("# {}\n\n", inert::name(&self.run.run));
        for (name, value) in self.facts() {
            page.push_str(&format!("- {name}: {}\n", inert::escape(&value)));
        }
        for (title, header, rows) in self.tables() {
            let table = markdown_table(&header, rows.into_iter());
            page.push_str(&format!("\n## {}\n\n{table}", inert::escape(&title)));
        }
        page
    }
}
