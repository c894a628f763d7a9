//! Registers `karat.document/1` among the formats of annotations: detection, reading and writing.

use std::path::PathBuf;

use super::hf_tokens;
use crate::error::Diagnostic;
use crate::format::capabilities::{Capabilities, Ids, SPANS};
use crate::format::definition::{Format, Input, Look};
use crate::format::output::{Files, Output};
use crate::format::{Entry, has_extension, read_document, read_lines, write};

/// The `karat` format.
pub(in crate::format) const FORMATS: &[Format] = &[Format {
    name: "karat",
    about: "karat.document/1: .json files, one a document, or .jsonl",
    extensions: &["json", "jsonl"],
    looks_like,
    read,
    capabilities: Capabilities {
        text: false,
        meta: true,
        absent_entities: true,
        label_texts: true,
        ids: Ids::Any,
        fragments: true,
        confidence: true,
        optional: true,
        relations: true,
        events: true,
        everything: true,
        attribute: |_, _| true,
        ..SPANS
    },
    write: written,
    ..Format::DEFAULTS
}];

/// Whether the first object has an id and layers of karat's format, and no key of another format.
fn looks_like(look: &Look<'_>) -> bool {
    let foreign = ["label", "labels"].iter().any(|key| look.has_lists(key))
        || (look.has_lists("entities") && !look.has_objects("entities", "start") && is_list_of_lists(look))
        || (look.has("text")
            && (look.has("entities") || look.has("annotations"))
            && look.mentions("start_offset")
            && look.mentions("end_offset"))
        || (look.has("data") && look.has("annotations"))
        || look.has("ents")
        || (look.has("fields") && look.has("responses"))
        || super::argilla::looks_like_v1(look)
        || look.has("paragraphs")
        || (look.has("annotation_id") && look.has("annotator"))
        || look.has("@context")
        || look.has("target")
        || look.has("passages")
        || look.has("tokenized_text")
        || hf_tokens::tags_of(look).is_some()
        || (look.has("text")
            && ["spans", "answer", "_input_hash"].iter().any(|key| look.has(key))
            && !look.has("entities"));
    look.head.trim_start().starts_with('{') && look.has("id") && !foreign
}

fn is_list_of_lists(look: &Look<'_>) -> bool {
    let list = look.key("entities").and_then(|value| value.strip_prefix('['));
    list.is_some_and(|list| list.trim_start().starts_with('['))
}

/// Reads a file. A `.json` file is one object, unless it contains several lines of objects in spite
/// of its name.
fn read(input: &Input<'_>) -> Vec<Result<Entry, Diagnostic>> {
    let (file, text) = (input.file, input.text);
    if has_extension(file, "json") {
        let lines: Vec<_> = read_lines(file, text).collect();
        return match read_document(file, text) {
            Err(_) if lines.len() > 1 && lines.iter().all(Result::is_ok) => lines,
            one => vec![one],
        };
    }
    let lines: Vec<_> = read_lines(file, text).collect();
    let spread_over_lines = lines.len() > 1 && lines.iter().all(Result::is_err);
    match read_document(file, text) {
        Ok(entry) if spread_over_lines => vec![Ok(entry)],
        _ => lines,
    }
}

fn written(outputs: &[Output], folder: bool) -> Files {
    let line = |output: &Output| {
        let text = output.has_text.then(|| output.document.text());
        write::whole(output.document.id(), text, output.document.meta(), &output.annotations)
    };
    if folder {
        return outputs
            .iter()
            .map(|one| (PathBuf::from(format!("{}.json", one.document.id())), line(one).into_bytes()))
            .collect();
    }
    vec![(PathBuf::new(), outputs.iter().map(line).collect::<String>().into_bytes())]
}
