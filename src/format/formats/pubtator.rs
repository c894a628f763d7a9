//! Reads and writes PubTator's text format: a title, an abstract, and a line for each annotation.
//!
//! Offsets count characters over the title, one character, and the abstract. PubTator and the
//! corpora in its format (BC5CDR, NCBI Disease, BioRED) count code points; the stored mentions show
//! it if a file does not. Relations join identifiers of concepts rather than annotations, so they
//! are records.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;

use crate::document::{Document, Entity, Fields, Record, Span, Value};
use crate::error::Diagnostic;
use crate::format::capabilities::{Capabilities, SPANS};
use crate::format::definition::{Format, Input, Look};
use crate::format::losses::Losses;
use crate::format::output::{Files, Output};
use crate::format::source_map::{SourceLocation, SourceMap};
use crate::format::{Entry, Source};

/// The `pubtator` format.
pub(super) const FORMATS: &[Format] = &[Format {
    name: "pubtator",
    about: "PubTator: `PMID|t|title`, `PMID|a|abstract`, an annotation a line",
    extensions: &["pubtator"],
    looks_like,
    read,
    capabilities: Capabilities { label_texts: true, attribute, label: without_tabs, fix, ..SPANS },
    write,
    ..Format::DEFAULTS
}];

/// The attribute that stores the identifier of the concept.
const IDENTIFIER: &str = "identifier";
/// The identifier of mentions without a concept. The column may not be empty, since readers remove
/// white space at the end of a line.
const NO_IDENTIFIER: &str = "-";
/// The attribute that stores the parts of a composite mention.
const PARTS: &str = "individual_mentions";
/// The records layer of relations.
const RECORDS: &str = "relations";

const HELP: &str = "a line is `PMID|t|title`, `PMID|a|abstract`, an annotation (PMID, start, end, mention, type, \
                    identifier, by tabs) or a relation (PMID, type, identifier, identifier)";

fn looks_like(look: &Look<'_>) -> bool {
    let first = look.head.lines().find(|line| !line.trim().is_empty());
    first.and_then(|line| headed(line, "|t|")).is_some()
}

/// Splits a line at a mark behind the id of its document.
fn headed<'l>(line: &'l str, mark: &str) -> Option<(&'l str, &'l str)> {
    let (id, text) = line.split_once(mark)?;
    let is_id = !id.is_empty() && !id.contains(['|', '\t', ' ', '{', '[', '"', '<']);
    is_id.then_some((id, text))
}

/// The lines of a document.
#[derive(Default)]
struct PubTatorDocument<'a> {
    id: &'a str,
    line: usize,
    bytes: Range<usize>,
    title: Option<&'a str>,
    abstract_text: Option<&'a str>,
    annotations: Vec<(Vec<&'a str>, Range<usize>)>,
    relations: Vec<Record>,
}

fn read(input: &Input<'_>) -> Vec<Result<Entry, Diagnostic>> {
    let mut documents: Vec<PubTatorDocument<'_>> = Vec::new();
    let mut diagnostics = Vec::new();
    let (mut start, mut is_open) = (0, false);
    for (at, whole) in input.text.split_inclusive('\n').enumerate() {
        let line = whole.trim_end_matches(['\n', '\r']);
        let bytes = start..start + line.len();
        start += whole.len();
        if line.trim().is_empty() {
            is_open = false;
            continue;
        }
        if !is_open || documents.is_empty() {
            is_open = true;
            documents.push(PubTatorDocument { line: at + 1, bytes: bytes.clone(), ..PubTatorDocument::default() });
        }
        if let Some(document) = documents.last_mut()
            && let Err(message) = add_line(document, line, bytes.clone())
        {
            diagnostics.push(Diagnostic::new(message).in_file(input.file).at_bytes(input.text, bytes).help(HELP));
        }
    }
    let has_relations = documents.iter().any(|document| !document.relations.is_empty());
    let mut entries = Vec::new();
    for document in documents {
        let relations = has_relations.then(|| document.relations.clone());
        match entry(input, &document) {
            Ok(mut entry) => {
                entry.annotations.records = relations.map(|all| BTreeMap::from([(RECORDS.to_owned(), all)]));
                entries.push(Ok(entry));
            }
            Err(wrong) => diagnostics.extend(wrong),
        }
    }
    entries.into_iter().chain(diagnostics.into_iter().map(Err)).collect()
}

fn add_line<'a>(document: &mut PubTatorDocument<'a>, line: &'a str, bytes: Range<usize>) -> Result<(), String> {
    let cells: Vec<&str> = line.split('\t').collect();
    let (id, text) = match (headed(line, "|t|"), headed(line, "|a|")) {
        (Some((id, text)), other) if other.is_none_or(|(other, _)| other.len() > id.len()) => {
            (id, Some((text, &mut document.title)))
        }
        (_, Some((id, text))) => (id, Some((text, &mut document.abstract_text))),
        _ => (cells[0], None),
    };
    if document.id.is_empty() {
        document.id = id;
    }
    if document.id != id {
        return Err(format!(
            "the line is of {id:?}, but stands among those of {:?}; an empty line ends a document",
            document.id
        ));
    }
    if let Some((text, part)) = text {
        return match part.replace(text) {
            None => Ok(()),
            Some(_) => Err(format!("{id:?} has two titles or two abstracts")),
        };
    }
    let is_offset = |cell: &str| !cell.is_empty() && cell.bytes().all(|byte| byte.is_ascii_digit());
    match &cells[..] {
        [_, start, end, _, ..] if is_offset(start) && is_offset(end) => match cells.len() {
            5..=7 => {
                document.annotations.push((cells, bytes));
                Ok(())
            }
            columns => Err(format!("an annotation has 5 to 7 columns, and this line has {columns}")),
        },
        [_, kind, first, second, rest @ ..] if rest.len() < 2 => {
            let mut record = Fields::new();
            let named = [("type", *kind), ("id1", *first), ("id2", *second)].into_iter();
            for (name, value) in named.chain(rest.iter().map(|value| ("extra", *value))) {
                record.insert(name.to_owned(), value.into());
            }
            document.relations.push(record);
            Ok(())
        }
        _ => Err(format!("this is no line of PubTator: it has {} columns", cells.len())),
    }
}

fn entry(input: &Input<'_>, document: &PubTatorDocument<'_>) -> Result<Entry, Vec<Diagnostic>> {
    let diagnostic = |bytes: &Range<usize>, message: String| {
        let diagnostic = Diagnostic::new(message).in_file(input.file).at_bytes(input.text, bytes.clone());
        diagnostic.of_document(document.id)
    };
    let Some(title) = document.title else {
        return Err(vec![diagnostic(&document.bytes, format!("{:?} has no title", document.id)).help(HELP)]);
    };
    let mut text = title.to_owned();
    if let Some(part) = document.abstract_text.filter(|text| !text.is_empty()) {
        // The character between both counts; in the original text it may be a space.
        let spaced = format!("{title} {part}");
        let is_spaced = (input.documents)(document.id).is_some_and(|document| document.text() == spaced);
        text = if is_spaced { spaced } else { format!("{title}\n{part}") };
    }
    let known = Document::new(document.id, text.as_str());
    let (mut entities, mut errors, mut places) = (Vec::new(), Vec::new(), SourceMap::default());
    for (cells, bytes) in &document.annotations {
        let offset = |cell: &str| cell.parse::<u32>().ok().filter(|offset| *offset < u32::MAX);
        let Some((start, end)) = offset(cells[1]).zip(offset(cells[2])) else {
            errors.push(diagnostic(bytes, format!("{} and {} are no offsets", cells[1], cells[2])));
            continue;
        };
        let mention = known.slice(start, end).filter(|covered| without_tabs(covered) == cells[3]);
        let span = Span { text: Some(mention.unwrap_or(cells[3]).to_owned()), ..Span::new(start, end) };
        let mut entity = Entity::new(span, cells[4]);
        for (name, value) in [IDENTIFIER, PARTS].into_iter().zip(cells.iter().skip(5)) {
            if !value.is_empty() && *value != NO_IDENTIFIER {
                entity.attributes.insert(name.to_owned(), Value::from(*value));
            }
        }
        places.note("entities", entities.len(), SourceLocation::Bytes(bytes.clone()));
        entities.push(entity);
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let mut entry = Entry::foreign(Source { file: input.file.to_owned(), line: document.line }, document.id);
    entry.text = Some(text);
    entry.annotations.entities = Some(entities);
    entry.places = Some(places);
    Ok(entry)
}

/// Returns a text with tabs, line breaks and other control characters as spaces.
fn without_tabs(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Whether an attribute is a column.
fn attribute(key: &str, value: &Value) -> bool {
    let is_cell = |text: &str| !["", NO_IDENTIFIER].contains(&text) && without_tabs(text) == text;
    [IDENTIFIER, PARTS].contains(&key) && value.as_str().is_some_and(is_cell)
}

/// Replaces line breaks of the text, of which the first separates title and abstract, by spaces,
/// and characters of the id that are syntax.
fn fix(output: &mut Output, losses: &mut Losses) {
    let document = &output.document;
    let text = document.text();
    // A title without an abstract has no line break.
    let first = text.find('\n').filter(|at| at + 1 < text.len());
    let fixed = match first {
        Some(at) => format!("{}\n{}", without_breaks(&text[..at]), without_breaks(&text[at + 1..])),
        None => without_breaks(text),
    };
    if fixed != text {
        losses.note("line breaks in texts (they become spaces)", document.id());
    }
    let id: String = document.id().chars().map(|c| if "|\t {[\"<".contains(c) { '_' } else { c }).collect();
    if id != document.id() {
        losses.note("ids of documents (they are written otherwise)", document.id());
    }
    if fixed != text || id != document.id() {
        output.document = Document::with_meta(id, fixed, document.meta().clone());
        for entity in output.annotations.entities.iter_mut().flatten() {
            entity.text = output.document.slice(entity.start, entity.end).map(str::to_owned);
        }
    }
}

fn without_breaks(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

fn write(outputs: &[Output], _: bool) -> Files {
    let mut lines = String::new();
    for output in outputs {
        let (id, text) = (output.document.id(), output.document.text());
        let (title, rest) = text.split_once('\n').unwrap_or((text, ""));
        lines.push_str(&format!("{id}|t|{title}\n{id}|a|{rest}\n"));
        for entity in output.annotations.entities.iter().flatten() {
            let cell = |name: &str| entity.attributes.get(name).and_then(Value::as_str);
            let mention = without_tabs(entity.text.as_deref().unwrap_or_default());
            let identifier = cell(IDENTIFIER).unwrap_or(NO_IDENTIFIER);
            lines.push_str(&format!(
                "{id}\t{}\t{}\t{mention}\t{}\t{identifier}",
                entity.start, entity.end, entity.label
            ));
            if let Some(parts) = cell(PARTS) {
                lines.push_str(&format!("\t{parts}"));
            }
            lines.push('\n');
        }
        lines.push('\n');
    }
    vec![(PathBuf::new(), lines.into_bytes())]
}
