//! Reads and writes W3C Web Annotations: a body with the label, and a target with the document and
//! a selector.
//!
//! By the specification, `TextPositionSelector` counts code points. `TextQuoteSelector` is searched
//! in the document.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::json;

use crate::document::{Document, Entity, Span};
use crate::error::Diagnostic;
use crate::format::Entry;
use crate::format::capabilities::{Capabilities, Ids, SPANS};
use crate::format::definition::{Format, Input, Look};
use crate::format::json::{Node, parse};
use crate::format::output::{Files, Output};
use crate::format::reading;
use crate::format::source_map::{SourceLocation, SourceMap};

const CONTEXT: &str = "http://www.w3.org/ns/anno.jsonld";

/// The `web-annotation` format.
pub(super) const FORMATS: &[Format] = &[Format {
    name: "web-annotation",
    about: "W3C Web Annotations: a page, a collection, a list, or a line each",
    extensions: &["jsonl", "json", "jsonld"],
    omits_empty: true,
    looks_like,
    read,
    capabilities: Capabilities { text: false, empty_documents: false, label_texts: true, ids: Ids::Any, ..SPANS },
    write,
    ..Format::DEFAULTS
}];

fn looks_like(look: &Look<'_>) -> bool {
    let kind = look.key("type").unwrap_or_default();
    look.key("@context").is_some_and(|value| value.lines().next().is_some_and(|line| line.contains("ns/anno")))
        || kind.starts_with("\"Annotation")
        || (look.has("target") && look.has("body"))
}

fn read(input: &Input<'_>) -> Vec<Result<Entry, Diagnostic>> {
    let mut documents = Documents { input, entries: BTreeMap::new() };
    // Annotations are collected by document, so that this returns diagnostics alone.
    let diagnostics = reading::each_object(parse(input.file, input.text), |json, node, _| {
        documents.annotations(node, json.source.line);
        None
    });
    documents.entries.into_values().map(Ok).chain(diagnostics).collect()
}

/// The documents that annotations refer to, in order of first reference.
struct Documents<'d, 'i> {
    input: &'d Input<'i>,
    entries: BTreeMap<String, Entry>,
}

impl Documents<'_, '_> {
    /// Reads an annotation, or those of a page or a collection.
    fn annotations(&mut self, node: &Node<'_>, line: usize) {
        if let Some(items) = node.get("items") {
            items.items().iter().for_each(|item| self.annotation(item, line));
        } else if let Some(page) = node.get("first") {
            match page.get("items") {
                Some(items) => items.items().iter().for_each(|item| self.annotation(item, line)),
                None => page.diagnostic(
                    Diagnostic::new("the page has no `items`").help("karat reads collections with their pages in them"),
                ),
            }
        } else {
            self.annotation(node, line);
        }
    }

    fn annotation(&mut self, node: &Node<'_>, line: usize) {
        if node.object().is_none() {
            return;
        }
        let labels = labels(node);
        let Some(targets) = node.need("target") else { return };
        let id = node.get("id").and_then(|id| id.string()).map(str::to_owned);
        let targets = targets.one_or_more();
        for target in &targets {
            let Some(source) = target.need("source") else { continue };
            let Some(document) = source.get("id").unwrap_or_else(|| source.clone()).string().map(str::to_owned) else {
                continue;
            };
            let Some(span) = self.span(target, &document) else { continue };
            let source = crate::format::Source { file: self.input.file.to_owned(), line };
            let entry = self.entries.entry(document).or_insert_with_key(|id| Entry::foreign(source, id.as_str()));
            for label in &labels {
                let entities = entry.annotations.entities.get_or_insert_default();
                // Locations are resolved in the line of the entry, so those of annotations in other
                // lines are not recorded.
                let is_here = entry.source.line == line;
                let places = entry.places.get_or_insert_with(SourceMap::default);
                if is_here {
                    places.note("entities", entities.len(), SourceLocation::Json(node.path.clone()));
                }
                // The id is that of the annotation. If the annotation yields several entities, none
                // gets it.
                let id = id.clone().filter(|_| targets.len() == 1 && labels.len() == 1);
                entities.push(Entity { id, ..Entity::new(span.clone(), label.as_str()) });
            }
        }
    }

    fn span(&self, target: &Node<'_>, document: &str) -> Option<Span> {
        let selectors = target.need("selector")?.one_or_more();
        let kind = |node: &Node<'_>, name: &str| node.value.get("type").and_then(|kind| kind.as_str()) == Some(name);
        let find = |name: &str| selectors.iter().find(|selector| kind(selector, name));
        let quote = find("TextQuoteSelector");
        let exact = quote.and_then(|quote| quote.need("exact")).and_then(|exact| exact.string());
        if let Some(position) = find("TextPositionSelector") {
            let offset = |key: &str| position.need(key).and_then(|value| value.offset());
            let (start, end) = (offset("start"), offset("end"));
            return Some(Span { text: exact.map(str::to_owned), ..Span::new(start?, end?) });
        }
        let Some(quote) = quote else {
            let diagnostic = Diagnostic::new("there is no TextPositionSelector and no TextQuoteSelector");
            target.diagnostic(diagnostic.help("karat reads these two"));
            return None;
        };
        let Some(text) = (self.input.documents)(document) else {
            let diagnostic =
                Diagnostic::new(format!("a quote is looked up in the text of {document:?}, which is not known"));
            quote.diagnostic(diagnostic.help("name the documents with --documents"));
            return None;
        };
        let context = |key: &str| quote.get(key).and_then(|text| text.string()).unwrap_or_default();
        match look_up(text, exact?, context("prefix"), context("suffix")) {
            Ok(span) => Some(span),
            Err(diagnostic) => {
                quote.diagnostic(diagnostic);
                None
            }
        }
    }
}

/// Returns the only occurrence of a quote that has the given text before and after it.
fn look_up(document: &Document, exact: &str, prefix: &str, suffix: &str) -> Result<Span, Diagnostic> {
    let text = document.text();
    let fits = |at: &usize| text[..*at].ends_with(prefix) && text[at + exact.len()..].starts_with(suffix);
    let places: Vec<usize> = text.match_indices(exact).map(|(at, _)| at).filter(fits).take(2).collect();
    match places[..] {
        _ if exact.is_empty() => Err(Diagnostic::new("the quote is empty")),
        [at] => Ok(document.span(at..at + exact.len())),
        [] => Err(Diagnostic::new(format!("{exact:?} does not occur in the document with this prefix and suffix"))),
        _ => Err(Diagnostic::new(format!("{exact:?} occurs more than once"))
            .help("add a prefix or a suffix that identifies the occurrence")),
    }
}

/// Returns the labels: the values of bodies that tag or classify. Other bodies are comments and
/// links.
fn labels(node: &Node<'_>) -> Vec<String> {
    let Some(bodies) = node.get_any(&["body", "bodyValue"]) else {
        node.diagnostic(Diagnostic::new("there is no `body` with a label"));
        return Vec::new();
    };
    let mut labels = Vec::new();
    let bodies = bodies.one_or_more();
    for body in &bodies {
        if let Some(text) = body.value.as_str() {
            labels.push(text.to_owned());
            continue;
        }
        let purpose = body.value.get("purpose").and_then(|purpose| purpose.as_str());
        if bodies.len() == 1 || purpose.is_none_or(|purpose| matches!(purpose, "tagging" | "classifying")) {
            let value = body.get_any(&["value", "id", "source"]).or_else(|| body.need("value"));
            labels.extend(value.and_then(|value| value.string()).map(str::to_owned));
        }
    }
    if labels.is_empty() && !bodies.is_empty() {
        node.diagnostic(
            Diagnostic::new("no body has the purpose \"tagging\" or \"classifying\"")
                .help("a label is the `value` of a body with the purpose \"tagging\""),
        );
    }
    labels
}

fn write(outputs: &[Output], _: bool) -> Files {
    let mut items = Vec::new();
    for output in outputs {
        for entity in output.annotations.entities.iter().flatten() {
            let position = json!({"type": "TextPositionSelector", "start": entity.start, "end": entity.end});
            let selector = match &entity.text {
                Some(text) => json!([position, {"type": "TextQuoteSelector", "exact": text}]),
                None => position,
            };
            let mut item = json!({"type": "Annotation", "motivation": "tagging",
                "body": {"type": "TextualBody", "purpose": "tagging", "value": entity.label},
                "target": {"source": output.document.id(), "selector": selector}});
            if let Some(id) = &entity.id {
                item["id"] = id.as_str().into();
            }
            items.push(item.to_string());
        }
    }
    let items = items.join(",\n");
    let page = format!("{{\"@context\": \"{CONTEXT}\", \"type\": \"AnnotationPage\", \"items\": [\n{items}\n]}}\n");
    vec![(PathBuf::new(), page.into_bytes())]
}
