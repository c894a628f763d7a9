//! Writes `karat.document/1`: golden annotations, predictions and documents, as lines of `.jsonl`
//! files. The output is deterministic, so that files can be compared and hashed.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::document::{Annotations, Answer, Document, Status, Value};

#[derive(Serialize)]
struct DocumentLine<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    repeat: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    meta: Option<&'a BTreeMap<String, Value>>,
    #[serde(flatten)]
    annotations: &'a Annotations,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text_sha256: Option<&'a str>,
}

/// Returns the annotations of one document as a line of a `.jsonl` file, with its line break.
pub fn to_line(id: &str, annotations: &Annotations) -> String {
    line(&DocumentLine {
        id,
        repeat: None,
        text: None,
        meta: None,
        annotations,
        status: None,
        error: None,
        text_sha256: None,
    })
}

/// Returns an answer as a line of a `.jsonl` file, followed by a line for each of its repeats.
/// Answers that failed have `status` and `error`, so that scoring the file gives the same scores as
/// the run.
pub fn answer_to_lines(id: &str, answer: &Answer) -> String {
    hashed_answer_to_lines(id, answer, None)
}

/// Returns the lines of an answer like [`answer_to_lines`], with the SHA-256 of the text that was
/// annotated.
pub fn hashed_answer_to_lines(id: &str, answer: &Answer, text_sha256: Option<&str>) -> String {
    let of_repeat = |(repeat, answer): (usize, &Answer)| {
        line(&DocumentLine {
            id,
            repeat: Some(repeat).filter(|repeat| *repeat > 1),
            text: None,
            meta: None,
            annotations: &answer.annotations,
            status: (answer.status != Status::Ok).then(|| answer.status.as_str()),
            error: answer.message.as_deref(),
            text_sha256,
        })
    };
    (1..).zip(answer.each()).map(of_repeat).collect()
}

/// Returns a document without annotations as a line of a `.jsonl` file.
pub fn document_to_line(document: &Document) -> String {
    whole(document.id(), Some(document.text()), document.meta(), &Annotations::default())
}

/// Returns annotations as a line with the document's text and metadata, if there are any.
pub(super) fn whole(id: &str, text: Option<&str>, meta: &BTreeMap<String, Value>, annotations: &Annotations) -> String {
    let meta = Some(meta).filter(|meta| !meta.is_empty());
    line(&DocumentLine { id, repeat: None, text, meta, annotations, status: None, error: None, text_sha256: None })
}

fn line(line: &DocumentLine<'_>) -> String {
    let mut text = serde_json::to_string(line).expect("annotations are plain data");
    text.push('\n');
    text
}
