//! Writing `karat.document/1`.

use serde::Serialize;

use crate::document::Annotations;

#[derive(Serialize)]
struct Line<'a> {
    id: &'a str,
    #[serde(flatten)]
    annotations: &'a Annotations,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
}

/// One line of a `.jsonl` file of predictions, with its line break; `error` says why there are no annotations.
pub fn to_line(id: &str, annotations: &Annotations, error: Option<&str>) -> String {
    let mut line = serde_json::to_string(&Line { id, annotations, error }).expect("annotations are plain data");
    line.push('\n');
    line
}
