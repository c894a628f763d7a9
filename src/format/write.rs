//! Writing `karat.document/1`.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::document::{Annotations, Answer, Document, Status, Value};

#[derive(Serialize)]
struct Line<'a> {
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

/// One document's annotations as a line of a `.jsonl` file, with its line break.
pub fn to_line(id: &str, annotations: &Annotations) -> String {
    line(&Line { id, repeat: None, text: None, meta: None, annotations, status: None, error: None, text_sha256: None })
}

/// The same of an answer, and a line each of its repeats: `status` and `error` stand in it where
/// there was none, so that reading the file again gives the same scores.
pub fn answer_to_lines(id: &str, answer: &Answer) -> String {
    hashed_answer_to_lines(id, answer, None)
}

/// The same with the SHA-256 of the text that was annotated.
pub fn hashed_answer_to_lines(id: &str, answer: &Answer, text_sha256: Option<&str>) -> String {
    let of_repeat = |(repeat, answer): (usize, &Answer)| {
        line(&Line {
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

/// A document without annotations as such a line.
pub fn document_to_line(document: &Document) -> String {
    whole(document.id(), Some(document.text()), document.meta(), &Annotations::default())
}

/// The same with the document's text and metadata, where they are there.
pub(super) fn whole(id: &str, text: Option<&str>, meta: &BTreeMap<String, Value>, annotations: &Annotations) -> String {
    let meta = Some(meta).filter(|meta| !meta.is_empty());
    line(&Line { id, repeat: None, text, meta, annotations, status: None, error: None, text_sha256: None })
}

fn line(line: &Line<'_>) -> String {
    let mut text = serde_json::to_string(line).expect("annotations are plain data");
    text.push('\n');
    text
}
