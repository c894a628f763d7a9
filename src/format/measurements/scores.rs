//! Reads `karat.scores/1`, the scores of one system, as `karat score --format json --per-document`
//! prints it.

use super::super::json::Node;
use super::columns::MeasurementKind;
use super::row::{MeasurementSettings, Row};
use crate::document::Fields;
use crate::error::Diagnostic;

const SCHEMA: &str = "karat.scores/1";

/// Whether a JSON value is an output of karat.
pub(super) fn is_karat(root: &Node<'_>) -> bool {
    root.value.get("schema").and_then(|schema| schema.as_str()).is_some_and(|schema| schema.starts_with("karat."))
}

pub(super) fn read(root: &Node<'_>, line: usize, reading: &MeasurementSettings<'_>, rows: &mut Vec<Row>) {
    let schema = root.get("schema").and_then(|schema| schema.string()).unwrap_or_default();
    if schema != SCHEMA || reading.kind == MeasurementKind::Ratings {
        let wanted = if reading.kind == MeasurementKind::Ratings { "not ratings" } else { "not `karat.scores/1`" };
        return root.diagnostic(Diagnostic::new(format!("this is `{schema}`, {wanted}")));
    }
    let stem = reading.file.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let system = reading.system.map(str::to_owned).or(stem).unwrap_or_default();
    let documents = root.need("documents");
    let Some(documents) = documents.as_ref().filter(|documents| documents.object().is_some()) else { return };
    let mut scored = 0;
    for id in documents.value.as_object().into_iter().flat_map(Fields::keys) {
        let Some(metrics) = documents.get(id).and_then(|document| document.get("metrics")) else { continue };
        scored += 1;
        let names = metrics.object().into_iter().flat_map(Fields::keys);
        let value = |name: &String| {
            // An undefined score is null.
            let number = metrics.get(name)?.get("value")?.number()?;
            Some((name.clone(), number))
        };
        let values = names.filter(|name| (reading.wanted)(name)).filter_map(value).collect();
        rows.push(Row { system: system.clone(), document: id.clone(), annotator: None, values, line });
    }
    if scored == 0 {
        let diagnostic = Diagnostic::new("there are no figures of single documents");
        root.diagnostic(diagnostic.help("`karat score --format json --per-document` prints them"));
    }
}
