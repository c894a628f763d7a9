//! Reads files of scores and ratings.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use crate::error::Diagnostic;
use crate::format::decode;
use crate::format::measurements::{MeasurementKind, MeasurementSettings, Row, read};

/// A file, and the system of its rows if they do not name one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The system of rows without one.
    pub system: Option<String>,
    /// Path of the file.
    pub path: PathBuf,
}

/// The identity of a summary: system and document.
type SummaryKey = (String, String);

/// All scores and ratings that were read.
#[derive(Debug, Clone, Default)]
pub struct Loaded {
    /// The scores by metric, then by system and document.
    pub metrics: BTreeMap<String, BTreeMap<SummaryKey, f64>>,
    /// The ratings by dimension, then by system and document, with one value per annotator.
    pub dimensions: BTreeMap<String, BTreeMap<SummaryKey, Vec<f64>>>,
}

/// Reads files of scores and of ratings. `metric` and `dimension` select the columns to keep.
///
/// # Errors
/// Fails with every error in any file, and with every value that is given twice.
pub fn load(
    scores: &[Named],
    ratings: &[PathBuf],
    metric: &dyn Fn(&str) -> bool,
    dimension: &dyn Fn(&str) -> bool,
) -> Result<Loaded, Vec<Diagnostic>> {
    let mut loader = Loader::default();
    for Named { system, path } in scores {
        let given = system.as_deref();
        for row in loader.rows(&MeasurementSettings {
            file: path,
            system: given,
            kind: MeasurementKind::Scores,
            wanted: metric,
        }) {
            let key = (row.system.clone(), row.document.clone());
            for (name, value) in &row.values {
                if loader.is_new(name, &row, path, false) {
                    loader.loaded.metrics.entry(name.clone()).or_default().insert(key.clone(), *value);
                }
            }
        }
    }
    loader.locations.clear();
    for path in ratings {
        for row in loader.rows(&MeasurementSettings {
            file: path,
            system: None,
            kind: MeasurementKind::Ratings,
            wanted: dimension,
        }) {
            let key = (row.system.clone(), row.document.clone());
            for (name, value) in &row.values {
                if loader.is_new(name, &row, path, true) {
                    let of = loader.loaded.dimensions.entry(name.clone()).or_default();
                    of.entry(key.clone()).or_default().push(*value);
                }
            }
        }
    }
    if loader.diagnostics.is_empty() { Ok(loader.loaded) } else { Err(loader.diagnostics) }
}

#[derive(Default)]
struct Loader {
    loaded: Loaded,
    /// The file and line of each value.
    locations: BTreeMap<(String, SummaryKey, Option<String>), (PathBuf, usize)>,
    diagnostics: Vec<Diagnostic>,
}

impl Loader {
    fn rows(&mut self, reading: &MeasurementSettings<'_>) -> Vec<Row> {
        let bytes = match fs::read(reading.file) {
            Ok(bytes) => bytes,
            Err(error) => {
                self.diagnostics.push(Diagnostic::io("read the file", reading.file, &error));
                return Vec::new();
            }
        };
        let text = match decode(&bytes) {
            Ok(text) => text,
            Err(diagnostic) => {
                self.diagnostics.push(diagnostic.in_file(reading.file));
                return Vec::new();
            }
        };
        read(text, reading).report_to(&mut self.diagnostics)
    }

    /// Whether a value is the first of its key; records an error otherwise.
    fn is_new(&mut self, name: &str, row: &Row, file: &PathBuf, is_rating: bool) -> bool {
        let key = (name.to_owned(), (row.system.clone(), row.document.clone()), row.annotator.clone());
        let Some((first, line)) = self.locations.insert(key, (file.clone(), row.line)) else { return true };
        let by = row.annotator.as_ref().map(|annotator| format!(" by {annotator:?}")).unwrap_or_default();
        let diagnostic = Diagnostic::new(format!("a second `{name}`{by} of the summary by {:?}", row.system));
        let diagnostic = diagnostic.of_document(&row.document).in_file(file);
        let diagnostic = if row.line > 0 { diagnostic.at((row.line, 1)) } else { diagnostic };
        let place = if line > 0 { format!("{}:{line}", first.display()) } else { first.display().to_string() };
        let several = "; ratings by several people need an `annotator`";
        let several = if is_rating && row.annotator.is_none() { several } else { "" };
        self.diagnostics.push(diagnostic.help(format!("the first is in {place}{several}")));
        false
    }
}
