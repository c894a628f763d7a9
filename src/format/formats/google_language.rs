//! Reads and writes the answers of Google's Natural Language API: `entities[].mentions[]` with
//! `text.content` and `text.beginOffset`. Each mention is an entity with the type of its entity as
//! the label.
//!
//! The unit of offsets is a parameter of the request, `encodingType`. A file without this key is
//! read as code points (`UTF32`), unless `--offset-unit` names another unit; the contents of
//! mentions show a wrong one. Salience, sentiment, metadata and the grouping of mentions are
//! ignored.

use serde_json::json;

use crate::document::{Entity, Span, Value};
use crate::error::Diagnostic;
use crate::format::capabilities::{Capabilities, SPANS};
use crate::format::definition::{Format, Input, Look};
use crate::format::json::{Node, parse};
use crate::format::losses::Losses;
use crate::format::output::{Files, Output};
use crate::format::reading;
use crate::format::source_map::{SourceLocation, SourceMap};
use crate::format::{Entry, OffsetUnit};

/// The keys of the unit of offsets, as the API and its Python library spell it.
const UNIT: [&str; 2] = ["encodingType", "encoding_type"];

/// The attribute with the type of a mention: `PROPER` or `COMMON`.
const MENTION_TYPE: &str = "mention_type";

/// The `google-language` format.
pub(super) const FORMATS: &[Format] = &[Format {
    name: "google-language",
    about: "Google's Natural Language API: `entities[].mentions[].text` with `content`, `beginOffset`",
    extensions: &["json", "jsonl"],
    folder: true,
    looks_like,
    read,
    capabilities: Capabilities {
        text: false,
        fix,
        label_texts: true,
        confidence: true,
        attribute: |name, value| name == MENTION_TYPE && value.is_string(),
        ..SPANS
    },
    write,
    ..Format::DEFAULTS
}];

fn looks_like(look: &Look<'_>) -> bool {
    let languages = ["language", "languageCode", "language_code"];
    let is_answer = UNIT.iter().chain(&languages).any(|key| look.has(key));
    let is_empty = look.key("entities").is_some_and(|list| list.starts_with("[]"));
    look.has_objects("entities", "mentions") || (is_empty && is_answer && !look.has("id") && !look.has("text"))
}

fn read(input: &Input<'_>) -> Vec<Result<Entry, Diagnostic>> {
    reading::each_object(parse(input.file, input.text), |json, node, number| {
        let is_numbered = json.source.line > 0 || json.value.is_array();
        let id = if is_numbered { number.to_string() } else { input.stem() };
        one(node, Entry { is_numbered, ..Entry::foreign(json.source.clone(), id) }, input)
    })
}

fn one(node: &Node<'_>, mut entry: Entry, input: &Input<'_>) -> Option<Entry> {
    node.object()?;
    let unit = match node.get_any(&UNIT) {
        None => {
            if input.offset_unit.is_none() {
                let what = "answers without an encoding type, whose offsets are read as code points (`--offset-unit` names another unit)";
                input.note(what, "");
            }
            input.offset_unit.unwrap_or_default()
        }
        Some(stated) => unit(&stated)?,
    };
    entry.offset_unit = Some(unit);
    let mut places = SourceMap::default();
    let mut entities = Vec::new();
    for item in node.need("entities")?.items() {
        let label = item.need("type").and_then(|label| label.string());
        for mention in item.need("mentions").map(|list| list.items()).unwrap_or_default() {
            places.note("entities", entities.len(), SourceLocation::Json(mention.path.clone()));
            entities.extend(label.and_then(|label| entity(&mention, label, unit)));
        }
    }
    entry.annotations.entities = Some(entities);
    entry.places = Some(places);
    Some(entry)
}

fn unit(stated: &Node<'_>) -> Option<OffsetUnit> {
    match stated.string()? {
        "UTF8" => Some(OffsetUnit::Byte),
        "UTF16" => Some(OffsetUnit::Utf16),
        "UTF32" => Some(OffsetUnit::CodePoint),
        other => {
            let diagnostic = Diagnostic::new(format!("{other:?} is no unit of offsets"));
            stated.diagnostic(diagnostic.help("request UTF8, UTF16 or UTF32"));
            None
        }
    }
}

fn entity(mention: &Node<'_>, label: &str, unit: OffsetUnit) -> Option<Entity> {
    let text = mention.need("text")?;
    let content = text.need("content")?.string()?;
    let start = match text.get_any(&["beginOffset", "begin_offset"]) {
        // The JSON of protocol buffers leaves out zeros.
        None => 0,
        Some(start) if start.value.as_f64() == Some(-1.0) => {
            let diagnostic = Diagnostic::new("`beginOffset` is -1: the request named no `encodingType`");
            start.diagnostic(diagnostic.help("request UTF32, UTF16 or UTF8"));
            return None;
        }
        Some(start) => start.offset()?,
    };
    let length = match unit {
        OffsetUnit::CodePoint => content.chars().count(),
        OffsetUnit::Byte => content.len(),
        OffsetUnit::Utf16 => content.encode_utf16().count(),
    };
    let span = Span { text: Some(content.to_owned()), ..Span::new(start, start.saturating_add(length as u32)) };
    let mut entity = Entity::new(span, label);
    entity.confidence = mention.get("probability").and_then(|probability| probability.number());
    if let Some(kind) = mention.get("type").and_then(|kind| kind.string()) {
        entity.attributes.insert(MENTION_TYPE.to_owned(), kind.into());
    }
    Some(entity)
}

/// Removes entities whose text is unknown: a mention has no end but its content.
fn fix(output: &mut Output, losses: &mut Losses) {
    output.annotations.entities.iter_mut().for_each(|entities| {
        entities.retain(|entity| {
            if entity.text.is_none() {
                losses
                    .note("entities without a text", &format!("{} at {}..{}", entity.label, entity.start, entity.end));
            }
            entity.text.is_some()
        });
    });
}

fn write(outputs: &[Output], _: bool) -> Files {
    let object = |entity: &Entity| {
        let content = entity.text.as_deref().unwrap_or_default();
        let mut mention = json!({"text": {"content": content, "beginOffset": entity.start}});
        if let Some(probability) = entity.confidence {
            mention["probability"] = probability.into();
        }
        if let Some(kind) = entity.attributes.get(MENTION_TYPE).and_then(Value::as_str) {
            mention["type"] = kind.into();
        }
        json!({"name": content, "type": entity.label, "mentions": [mention]})
    };
    let file = |output: &Output| {
        let entities: Vec<_> = output.annotations.entities.iter().flatten().map(object).collect();
        let answer = json!({"entities": entities, "encodingType": "UTF32"});
        (format!("{}.json", output.document.id()).into(), format!("{answer}\n").into_bytes())
    };
    outputs.iter().map(file).collect()
}
