//! Reads and writes the JSON of ner-annotator: `{"classes": [...], "annotations": [[text,
//! {"entities": [[start, end, label]]}], ...]}`. Texts that were skipped are `null`.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::json;

use super::spacy;
use crate::document::Value;
use crate::error::Diagnostic;
use crate::format::Entry;
use crate::format::capabilities::{Capabilities, SPANS};
use crate::format::definition::{Format, Input, Look};
use crate::format::json::{Node, parse};
use crate::format::output::{Files, Output};
use crate::format::reading;

/// The `ner-annotator` format.
pub(super) const FORMATS: &[Format] = &[Format {
    name: "ner-annotator",
    about: "ner-annotator's JSON: `classes`, and `annotations` as `[text, {\"entities\": [[start, end, label]]}]`",
    extensions: &["json"],
    looks_like,
    read,
    capabilities: Capabilities { document_ids: false, ..SPANS },
    write,
    ..Format::DEFAULTS
}];

fn looks_like(look: &Look<'_>) -> bool {
    look.has("classes") && look.key("annotations").is_some_and(|value| value.starts_with('['))
}

fn read(input: &Input<'_>) -> Vec<Result<Entry, Diagnostic>> {
    reading::each_text(parse(input.file, input.text), |json, root| {
        let annotations = root.need("annotations").map(|list| list.items()).unwrap_or_default();
        let one = |(number, pair): (usize, &Node<'_>)| {
            if *pair.value == Value::Null {
                input.note("texts that were skipped (null), which are left out", format!("the text number {number}"));
                return None;
            }
            let mut entry = Entry { is_numbered: true, ..Entry::foreign(json.source.clone(), number.to_string()) };
            spacy::example(pair, &mut entry).map(|()| entry)
        };
        (1..).zip(&annotations).filter_map(one).collect()
    })
}

fn write(outputs: &[Output], _: bool) -> Files {
    let all = || outputs.iter().flat_map(|output| output.annotations.entities.iter().flatten());
    let classes: BTreeSet<&str> = all().map(|entity| entity.label.as_str()).collect();
    let annotation = |output: &Output| {
        let entities = output.annotations.entities.iter().flatten();
        let labels: Vec<_> = entities.map(|entity| json!([entity.start, entity.end, entity.label])).collect();
        json!([output.document.text(), {"entities": labels}]).to_string()
    };
    let annotations: Vec<String> = outputs.iter().map(annotation).collect();
    let content = format!("{{\"classes\": {}, \"annotations\": [\n{}\n]}}\n", json!(classes), annotations.join(",\n"));
    vec![(PathBuf::new(), content.into_bytes())]
}
