//! The logs of evaluation harnesses, in which a row's summaries lie deep: samples of
//! lm-evaluation-harness, scenario states of HELM, logs of Inspect, and the annotated outputs of
//! SummEval. Each is a list of sources, so that they are read like any other rows.

use super::container::Row;
use super::field_map::{Field, FieldMap, FieldSource};
use crate::document::Value;
use crate::format::Purpose;

/// A known shape of rows.
pub(super) struct KnownShape {
    /// The tool, for messages.
    pub tool: &'static str,
    /// The key of the file's only object below which its rows are; `None` if they are the file's
    /// own.
    pub rows: Option<&'static str>,
    /// Pointers to values that every row has.
    marks: &'static [&'static str],
    /// The sources that both sides have.
    shared: &'static [(&'static str, &'static str)],
    /// The pointer to the reference, and that to the candidate.
    summaries: [&'static str; 2],
    /// The pointer to the name of the model that wrote the candidate, if a file has those of
    /// several.
    pub model: Option<&'static str>,
}

const SHAPES: &[KnownShape] = &[
    KnownShape {
        tool: "lm-evaluation-harness",
        rows: None,
        marks: &["/doc_id", "/doc", "/target", "/resps", "/filtered_resps"],
        shared: &[("id", "/doc_id")],
        summaries: ["/target", "/filtered_resps/0"],
        model: None,
    },
    KnownShape {
        tool: "HELM",
        rows: Some("request_states"),
        marks: &["/instance/id", "/instance/references/0/output/text", "/result/completions/0/text"],
        shared: &[("id", "/instance/id")],
        summaries: ["/instance/references/0/output/text", "/result/completions/0/text"],
        model: None,
    },
    KnownShape {
        tool: "Inspect",
        rows: Some("samples"),
        marks: &["/id", "/target", "/output/completion"],
        shared: &[("id", "/id")],
        summaries: ["/target", "/output/completion"],
        model: None,
    },
    KnownShape {
        tool: "SummEval",
        rows: None,
        marks: &["/id", "/model_id", "/decoded", "/expert_annotations"],
        shared: &[("id", "/id")],
        summaries: ["/references", "/decoded"],
        model: Some("/model_id"),
    },
];

/// Returns the shape that all rows have, if they have a known one.
pub(super) fn of_rows(rows: &[&Row], below: Option<&str>) -> Option<&'static KnownShape> {
    let has_marks = |shape: &&KnownShape| {
        let is_marked = |row: &&Row| shape.marks.iter().all(|mark| row.value.pointer(mark).is_some());
        shape.rows == below && !rows.is_empty() && rows.iter().all(is_marked)
    };
    SHAPES.iter().find(has_marks)
}

/// Returns the key of an object below which a known tool writes its rows.
pub(super) fn rows_key(object: &Value) -> Option<&'static str> {
    let is_list = |key: &&str| object.get(key).is_some_and(|rows| rows.as_array().is_some_and(|rows| !rows.is_empty()));
    SHAPES.iter().filter_map(|shape| shape.rows).find(is_list)
}

impl KnownShape {
    /// Returns the sources for a purpose; `None` if it is unknown, since a row has both sides.
    pub fn fields(&self, purpose: Purpose) -> Option<FieldMap> {
        let summary = match purpose {
            Purpose::Gold => self.summaries[0],
            Purpose::Predictions => self.summaries[1],
            Purpose::Any => return None,
        };
        let all = self.shared.iter().copied().chain([("summaries", summary)]);
        let field = |(field, source): (&str, &str)| Some((Field::key(field)?, FieldSource::from(source)));
        FieldMap::new(all.filter_map(field)).ok()
    }
}
