//! Reads and writes the JSON documents of GATE and gatenlp (`bdoc`): a text, sets of annotations
//! with types and features, and `offset_type`, which is `p` for code points, as Python counts, or
//! `j` for UTF-16 units, as Java counts.

use std::path::PathBuf;

use crate::document::{Entity, Span, Value};
use crate::error::Diagnostic;
use crate::format::capabilities::{Capabilities, SPANS};
use crate::format::definition::{Format, Input};
use crate::format::json::{Json, Node, parse};
use crate::format::offset_basis::Converter;
use crate::format::offset_unit::OffsetUnit;
use crate::format::output::{Files, Output};
use crate::format::source_map::{SourceLocation, SourceMap};
use crate::format::{Entry, reading};

/// The `gate` format.
pub(super) const FORMATS: &[Format] = &[Format {
    name: "gate",
    about: "GATE's bdoc in JSON (gatenlp), a file a document",
    extensions: &["bdocjs", "json"],
    folder: true,
    looks_like: |look| look.has("annotation_sets"),
    read,
    capabilities: Capabilities { meta: true, attribute: |_, _| true, label, ..SPANS },
    write,
    ..Format::DEFAULTS
}];

/// The types of tokens and sentences, which are not read.
const IGNORED: [&str; 4] = ["Token", "SpaceToken", "Sentence", "Split"];
/// The set of annotations that is the markup of the source file.
const MARKUP: &str = "Original markups";

fn label(label: &str) -> String {
    if IGNORED.contains(&label) { format!("{label}_") } else { label.to_owned() }
}

fn read(input: &Input<'_>) -> Vec<Result<Entry, Diagnostic>> {
    let parts = parse(input.file, input.text);
    let is_one = parts.len() == 1;
    reading::each_object(parts, |json, node, number| {
        let stem = input.stem();
        one(json, node, if is_one { stem } else { number.to_string() })
    })
}

fn one(json: &Json<'_>, node: &Node<'_>, other_id: String) -> Option<Entry> {
    node.object()?;
    let name = node.get("name").and_then(|name| name.string()).filter(|name| !name.is_empty());
    let mut entry = Entry::foreign(json.source.clone(), name.map_or(other_id, str::to_owned));
    let text = node.need("text")?.string()?;
    let unit = unit(node, text)?;
    if let Some(features) = node.get("features").and_then(|features| features.object()) {
        entry.meta = features.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    }
    let converter = Converter::new(unit, text);
    let (mut entities, mut places) = (Vec::new(), SourceMap::default());
    for item in annotations(&node.need("annotation_sets")?)? {
        let label = item.need("type")?.string()?;
        if IGNORED.contains(&label) {
            continue;
        }
        places.note("entities", entities.len(), SourceLocation::Json(item.path.clone()));
        entities.push(entity(&item, label, &converter)?);
    }
    entry.text = Some(text.to_owned());
    entry.offset_unit = Some(OffsetUnit::CodePoint);
    entry.annotations.entities = Some(entities);
    entry.places = Some(places);
    Some(entry)
}

/// Returns the unit of the offsets. It may be missing if all units count the text alike.
fn unit(node: &Node<'_>, text: &str) -> Option<OffsetUnit> {
    const HELP: &str = "it is `p` (code points) or `j` (UTF-16 units)";
    let Some(kind) = node.get("offset_type") else {
        if text.chars().all(|c| c.len_utf16() == 1) {
            return Some(OffsetUnit::CodePoint);
        }
        node.diagnostic(Diagnostic::new("`offset_type` is missing").help(HELP));
        return None;
    };
    match kind.string()? {
        "p" => Some(OffsetUnit::CodePoint),
        "j" => Some(OffsetUnit::Utf16),
        other => {
            kind.diagnostic(Diagnostic::new(format!("`offset_type` is {other:?}")).help(HELP));
            None
        }
    }
}

/// Returns the annotations of the only set that has some, apart from the source file's markup.
fn annotations<'j>(sets: &Node<'j>) -> Option<Vec<Node<'j>>> {
    let mut found: Vec<(&String, Vec<Node<'j>>)> = Vec::new();
    for name in sets.object()?.keys().filter(|name| *name != MARKUP) {
        let items = sets.need(name)?.need("annotations")?.items();
        if !items.is_empty() {
            found.push((name, items));
        }
    }
    if found.len() > 1 {
        let names: Vec<String> = found.iter().map(|(name, _)| format!("{name:?}")).collect();
        let message = format!("the document has several sets of annotations: {}", names.join(", "));
        let help = "karat reads a document with one: save the golden and the predicted set to files of their own";
        sets.diagnostic(Diagnostic::new(message).help(help));
        return None;
    }
    Some(found.pop().map(|(_, items)| items).unwrap_or_default())
}

fn entity(item: &Node<'_>, label: &str, converter: &Converter) -> Option<Entity> {
    let convert = |key: &str| {
        let node = item.need(key)?;
        let offset = node.offset()?;
        let code_point = converter.code_point(offset);
        if code_point.is_none() {
            let message = format!("offset {offset} is past the end of the text or inside a character");
            node.diagnostic(Diagnostic::new(message).help("is `offset_type` right?"));
        }
        code_point
    };
    let (start, end) = (convert("start"), convert("end"));
    let mut entity = Entity::new(Span::new(start?, end?), label);
    if let Some(features) = item.get("features").and_then(|features| features.object()) {
        entity.attributes = features.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    }
    Some(entity)
}

fn write(outputs: &[Output], _: bool) -> Files {
    let mut files = Vec::new();
    for output in outputs {
        let entities = output.annotations.entities.as_deref().unwrap_or_default();
        let annotations = (0u32..).zip(entities).map(|(number, entity)| {
            object([
                ("type", entity.label.as_str().into()),
                ("start", entity.start.into()),
                ("end", entity.end.into()),
                ("id", number.into()),
                ("features", entity.attributes.clone().into()),
            ])
        });
        let set = object([
            ("name", "".into()),
            ("annotations", annotations.collect()),
            ("next_annid", (entities.len() as u32).into()),
        ]);
        let document = object([
            ("annotation_sets", object([("", set)])),
            ("text", output.document.text().into()),
            ("features", output.document.meta().clone().into()),
            ("offset_type", "p".into()),
            ("name", output.document.id().into()),
        ]);
        let text = serde_json::to_string(&document).expect("a document is plain data") + "\n";
        files.push((PathBuf::from(format!("{}.bdocjs", output.document.id())), text.into_bytes()));
    }
    files
}

fn object<const N: usize>(fields: [(&str, Value); N]) -> Value {
    fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}
