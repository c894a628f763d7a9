//! Reports: renderers that turn a report model into bytes, without I/O of their own. To add a
//! format, write a file with an implementation of [`Renderer`], declare it here, and add it to
//! [`RENDERERS`].

use std::io::{self, Write};

mod aa;
mod agreement;
mod alignment_csv;
mod compared_systems;
mod comparison;
mod context;
mod curves;
mod difference;
mod document_changes;
mod documents_csv;
mod export;
mod facts_csv;
mod figure_rows;
mod gate;
pub mod history;
mod html;
mod item_rows;
mod json;
#[cfg(feature = "cli")]
mod junit;
mod latex;
mod markdown;
mod meta;
mod model;
mod number;
mod power;
mod ranking;
mod run_annotations;
mod scores_csv;
mod spreadsheet;
mod systems;
mod verdicts;

pub use aa::{AaReport, NOISE};
pub use agreement::Agreement;
pub use compared_systems::{COMPARED_SYSTEMS, ComparedSystems};
pub use comparison::{COMPARED, ComparisonReport, compared_cells};
pub use difference::differences_to_json;
pub use export::{CheckExport, CheckedDataset, Exporter, ScoreExport, csv_table, markdown_table};
pub use figure_rows::{FigureRows, without_stat};
pub use html::{Html, comparison_to_html, escaped, live_page, policy_hash};
pub use item_rows::{RowRenderer, WrittenRows};
pub use json::{JsonOptions, to_json};
pub use markdown::{Markdown, within};
pub use meta::{COMPARISON_HEADER, MetaReport, comparison_cells};
pub use model::{AgainstBaseline, ExtractorReport, GoldDocument, LabelChange, Report, cut_message};
pub use number::{bounds, three_places};

pub use crate::decimals::{decimals, signed};
pub use power::PowerReport;
pub use ranking::RankingReport;
pub use scores_csv::ScoresCsv;
pub use spreadsheet::{FormulaFilter, without_formulas};
pub use systems::SystemsExport;

/// Renders one file of a report from the model.
pub trait Renderer: Sync {
    /// Returns the name of the file in the report folder.
    fn file_name(&self) -> &'static str;

    /// Writes the whole file. Equal models give equal bytes.
    ///
    /// # Errors
    /// Fails if `out` cannot be written to, or if stored rows cannot be read.
    fn write(&self, report: &Report, out: &mut dyn Write) -> io::Result<()>;

    /// Returns the whole file as text.
    ///
    /// # Panics
    /// Panics if stored rows cannot be read.
    fn render(&self, report: &Report) -> String {
        let mut content = Vec::new();
        self.write(report, &mut content).expect("writing to memory");
        String::from_utf8(content).expect("reports are UTF-8")
    }
}

/// The renderers of the files of a report folder.
pub const RENDERERS: &[&dyn Renderer] =
    &[&ScoresCsv, &documents_csv::DocumentsCsv, &alignment_csv::AlignmentCsv, &facts_csv::FactsCsv, &Markdown, &Html];
