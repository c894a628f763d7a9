//! Names what a file looks like in which no document has a layer that karat knows, and the option
//! that would read it.

use std::collections::BTreeMap;
use std::path::Path;

use super::container::{Container, Row};
use super::known_names::sample;
use crate::document::{Layer, Value};
use crate::error::Diagnostic;
use crate::format::Purpose;
use crate::format::unknown_keys::{DOCUMENT, synonym};
use crate::text::{cut, visible};

/// The number of bytes of a file from which its keys are listed.
const ENOUGH: usize = 1 << 16;

/// The keys of a file that only lists documents, as that of a system that found nothing.
const LISTING: [&str; 5] = ["id", "meta", "repeat", "text_sha256", "offset_unit"];

/// Returns the diagnostic for a file whose documents have none of karat's layers: the keys that
/// were found, what they look like, and the option that would read them. `None` if the file only
/// lists documents.
pub(crate) fn unknown_content(file: &Path, text: &str, purpose: Purpose) -> Option<Diagnostic> {
    let container = Container::of(file, text).unwrap_or(Container::JsonLines);
    let rows: Vec<Row> = container.rows(file, text, ENOUGH).into_iter().filter_map(Result::ok).collect();
    let rows: Vec<&Row> = rows.iter().collect();
    let sample = sample(&rows);
    if sample.keys().all(|key| LISTING.contains(key)) {
        return None;
    }
    let keys: Vec<String> = sample.keys().map(|key| format!("`{key}`")).collect();
    let message = match keys.as_slice() {
        [] => "no document has a layer that karat knows".to_owned(),
        [key] => format!("no document has a layer that karat knows: its only key is {key}"),
        keys => format!("no document has a layer that karat knows: the keys are {}", keys.join(", ")),
    };
    let line = rows.first().map_or(1, |row| row.line);
    Some(Diagnostic::new(message).in_file(file).at((line, 1)).help(help(&sample, purpose)))
}

/// What is wrong with a reply that has none of the declared layers.
pub(crate) struct UnknownReply {
    /// The layers that it lacks and the keys that it has.
    pub message: String,
    /// The name that may be meant, for a reply in `karat.document/1`.
    pub help: String,
}

/// Returns what is wrong with the reply of an extractor that has none of the declared layers, but
/// another key: probably a layer under another name. `None` if it has a declared layer, or only
/// keys of the protocol.
pub(crate) fn unknown_reply<V>(keys: &BTreeMap<String, V>, declared: &[Layer]) -> Option<UnknownReply> {
    // What a reply of a program has beside the keys of a document.
    const PROTOCOL: [&str; 3] = ["type", "seq", "usage"];
    let is_layer = |key: &str| key == "summary" || key == "records" || key.parse::<Layer>().is_ok();
    let is_declared = |key: &str| {
        declared.iter().any(|layer| match layer {
            Layer::Records(_) => key == "records",
            Layer::Summaries => matches!(key, "summary" | "summaries"),
            other => key == other.to_string(),
        })
    };
    if declared.is_empty() || keys.keys().any(|key| is_declared(key)) {
        return None;
    }
    let is_foreign = |key: &&str| is_layer(key) || (!DOCUMENT.contains(key) && !PROTOCOL.contains(key));
    let foreign: Vec<&str> = keys.keys().map(String::as_str).filter(is_foreign).collect();
    let help = match foreign.iter().find_map(|key| Some((key, synonym(key)?))) {
        Some((key, known)) => format!("did you mean `{known}` by `{key}`?"),
        None => "docs/FORMAT.md describes the layers of `karat.document/1`".to_owned(),
    };
    let names: Vec<String> = declared.iter().map(|layer| format!("`{layer}`")).collect();
    let names = names.join(" and no ");
    let message = (!foreign.is_empty()).then(|| format!("the reply has no {names}, but {}", key_list(&foreign)))?;
    Some(UnknownReply { message, help })
}

/// Returns the names of keys for a message: at most eight, each of at most 40 characters.
pub(crate) fn key_list(keys: &[&str]) -> String {
    const MOST: usize = 8;
    let shown = |key: &&str| format!("`{}`", cut(&visible(key), 40));
    let mut words: Vec<String> = keys.iter().take(MOST).map(shown).collect();
    match keys.len().checked_sub(MOST).filter(|more| *more > 0) {
        Some(more) => words.push(format!("{more} more")),
        None if words.is_empty() => return "no key".to_owned(),
        None => {}
    }
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}

fn help(sample: &BTreeMap<&str, &Value>, purpose: Purpose) -> String {
    let option = purpose.map_option();
    let objects_with = |key: &str, field: &str| {
        let items = sample.get(key).and_then(|value| value.as_array());
        items.and_then(|items| items.first()).and_then(Value::as_object).is_some_and(|item| item.contains_key(field))
    };
    let lists = sample.iter().filter(|(_, value)| value.is_array()).map(|(key, _)| *key);
    let of_entities = lists
        .clone()
        .find(|key| ["start", "begin", "start_offset", "offset"].iter().any(|start| objects_with(key, start)));
    if let Some(key) = of_entities {
        let class = if is_number(sample, key, "label") {
            "; its labels are numbers of classes, which karat needs the names of"
        } else {
            ""
        };
        return format!("`{key}` looks like the entities: {option} entities={key} reads it{class}");
    }
    if objects_with("extractions", "extraction_class") {
        return "`extractions` look like LangExtract's, whose documents have a `document_id`".to_owned();
    }
    let unknown = |key: &&str| !DOCUMENT.contains(key);
    let near = sample.keys().copied().filter(unknown).find_map(|key| Some((key, synonym(key)?)));
    if let Some((key, known)) = near {
        return format!("did you mean `{known}`? {option} {known}={key} reads `{key}`");
    }
    let mut scalars = sample.iter().filter(|(key, value)| unknown(key) && !value.is_array() && !value.is_object());
    match scalars.next() {
        Some((key, _)) => format!(
            "it looks like a flat record: {option} records.NAME.{key}={key} reads `{key}` as a field of a record; \
             docs/FORMAT.md describes `karat.document/1`"
        ),
        None => "docs/FORMAT.md describes the layers of `karat.document/1`".to_owned(),
    }
}

fn is_number(sample: &BTreeMap<&str, &Value>, key: &str, field: &str) -> bool {
    sample.get(key).is_some_and(|list| list.pointer(&format!("/0/{field}")).is_some_and(Value::is_number))
}
