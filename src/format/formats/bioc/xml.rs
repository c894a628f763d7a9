//! Reads and writes BioC in XML.

use std::fmt::Write as _;
use std::path::PathBuf;

use super::model::{BiocAnnotation, BiocDocument, BiocRelation, Infons, Node, Passage};
use super::{ROLES, TYPE, USUAL_ROLES, are_roles, convert};
use crate::document::{Entity, Relation, Value};
use crate::error::Diagnostic;
use crate::format::definition::{Input, Look};
use crate::format::output::{Files, Output};
use crate::format::source_map::SourceLocation;
use crate::format::xml::{Element, escape, parse, without_controls};
use crate::format::{Entry, Source};

pub(super) fn looks_like(look: &Look<'_>) -> bool {
    let head = look.head.trim_start();
    head.starts_with('<') && head.contains("<collection") && !head.contains("<xmi:")
}

/// Whether an attribute can be an infon, whose value is text.
pub(super) fn attribute(key: &str, value: &Value) -> bool {
    let plain = |text: &str| without_controls(text) == text;
    match value {
        Value::String(text) => key != TYPE && plain(key) && plain(text),
        Value::Array(_) => key == ROLES && are_roles(value),
        _ => false,
    }
}

pub(super) fn read(input: &Input<'_>) -> Vec<Result<Entry, Diagnostic>> {
    let root = match parse(input.file, input.text) {
        Ok(root) => root,
        Err(diagnostic) => return vec![Err(diagnostic)],
    };
    let mut reader = BiocXml { input, diagnostics: Vec::new() };
    if root.name != "collection" {
        reader.diagnostic(&root, format!("the root element is `<{}>`, not `<collection>`", root.name));
    }
    let mut read = Vec::new();
    for element in root.children_named("document") {
        let before = reader.diagnostics.len();
        let document = reader.document(element);
        if reader.diagnostics.len() > before {
            continue;
        }
        let position = crate::error::position_of(input.text, element.bytes.start);
        let source = Source { file: input.file.to_owned(), line: position.0 };
        match convert::entry(&document, source) {
            Ok(entry) => read.push(Ok(entry)),
            Err(errors) => {
                for (diagnostic, location) in errors {
                    let bytes = if let SourceLocation::Bytes(bytes) = location { bytes } else { 0..0 };
                    let diagnostic = diagnostic.in_file(input.file).at_bytes(input.text, bytes);
                    reader.diagnostics.push(diagnostic.of_document(&document.id));
                }
            }
        }
    }
    convert::level_records(&mut read);
    read.into_iter().chain(reader.diagnostics.into_iter().map(Err)).collect()
}

struct BiocXml<'r, 'i> {
    input: &'r Input<'i>,
    diagnostics: Vec<Diagnostic>,
}

impl BiocXml<'_, '_> {
    fn diagnostic(&mut self, element: &Element, message: String) {
        let diagnostic = Diagnostic::new(message).in_file(self.input.file);
        self.diagnostics.push(diagnostic.at_bytes(self.input.text, element.bytes.clone()));
    }

    fn document(&mut self, element: &Element) -> BiocDocument {
        let id = element.child("id").map(|id| id.text.trim().to_owned()).unwrap_or_default();
        if id.is_empty() {
            self.diagnostic(element, "the document has no `<id>`".to_owned());
        }
        let mut document = BiocDocument {
            id,
            infons: infons(element),
            passages: Vec::new(),
            annotations: Vec::new(),
            relations: Vec::new(),
        };
        for passage in element.children_named("passage") {
            let sentences = passage.children_named("sentence").map(|sentence| self.passage(sentence, Vec::new()));
            let sentences = sentences.collect();
            let read = self.passage(passage, sentences);
            document.passages.push(read);
            for part in [passage].into_iter().chain(passage.children_named("sentence")) {
                self.annotations(part, &mut document);
            }
        }
        self.annotations(element, &mut document);
        document
    }

    fn passage(&mut self, element: &Element, sentences: Vec<Passage>) -> Passage {
        let offset = element.child("offset").and_then(|offset| number(&offset.text));
        if offset.is_none() {
            self.diagnostic(
                element,
                format!("the `<{}>` has no `<offset>` that is a whole number from 0", element.name),
            );
        }
        let text = element.child("text").map(|text| text.text.clone());
        Passage { offset: offset.unwrap_or(0), text, sentences, location: SourceLocation::Bytes(element.bytes.clone()) }
    }

    fn annotations(&mut self, element: &Element, document: &mut BiocDocument) {
        for annotation in element.children_named("annotation") {
            let mut locations = Vec::new();
            for location in annotation.children_named("location") {
                let value = |name: &str| location.attribute(name).and_then(number);
                match value("offset").zip(value("length")) {
                    Some(location) => locations.push(location),
                    None => {
                        let message = "`offset` and `length` of a location must be whole numbers from 0";
                        self.diagnostic(location, message.to_owned());
                    }
                }
            }
            document.annotations.push(BiocAnnotation {
                id: annotation.attribute("id").filter(|id| !id.is_empty()).map(str::to_owned),
                infons: infons(annotation),
                locations,
                text: annotation.child("text").map(|text| text.text.clone()),
                location: SourceLocation::Bytes(annotation.bytes.clone()),
            });
        }
        for relation in element.children_named("relation") {
            let mut nodes = Vec::new();
            for node in relation.children_named("node") {
                let Some(target) = node.attribute("refid") else {
                    self.diagnostic(node, "the node of a relation has no `refid`".to_owned());
                    continue;
                };
                let role = node.attribute("role").unwrap_or_default().to_owned();
                nodes.push(Node { target: target.to_owned(), role });
            }
            document.relations.push(BiocRelation {
                id: relation.attribute("id").filter(|id| !id.is_empty()).map(str::to_owned),
                infons: infons(relation),
                nodes,
                location: SourceLocation::Bytes(relation.bytes.clone()),
            });
        }
    }
}

fn number(text: &str) -> Option<u32> {
    text.trim().parse().ok().filter(|number| *number < u32::MAX)
}

fn infons(element: &Element) -> Infons {
    let infons = element.children_named("infon");
    let infon = |infon: &Element| Some((infon.attribute("key")?.to_owned(), infon.text.as_str().into()));
    infons.filter_map(infon).collect()
}

pub(super) fn write(outputs: &[Output], _: bool) -> Files {
    let mut xml = String::from("<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n");
    xml.push_str("<collection>\n<source>karat</source>\n<date></date>\n<key></key>\n");
    for output in outputs {
        let _ = writeln!(xml, "<document>\n<id>{}</id>\n<passage>\n<offset>0</offset>", escape(output.document.id()));
        let _ = writeln!(xml, "<text>{}</text>", escape(output.document.text()));
        output.annotations.entities.iter().flatten().for_each(|entity| write_annotation(&mut xml, entity));
        output.annotations.relations.iter().flatten().for_each(|relation| write_relation(&mut xml, relation));
        xml.push_str("</passage>\n</document>\n");
    }
    xml.push_str("</collection>\n");
    vec![(PathBuf::new(), xml.into_bytes())]
}

fn write_annotation(xml: &mut String, entity: &Entity) {
    let _ = write!(xml, "<annotation id=\"{}\">", escape(entity.id.as_deref().unwrap_or_default()));
    write_infons(xml, &entity.label, &entity.attributes);
    let whole = [(entity.start, entity.end)];
    for (start, end) in if entity.fragments.is_empty() { &whole[..] } else { &entity.fragments } {
        let _ = write!(xml, "<location offset=\"{start}\" length=\"{}\"/>", end - start);
    }
    if let Some(text) = &entity.text {
        let _ = write!(xml, "<text>{}</text>", escape(text));
    }
    xml.push_str("</annotation>\n");
}

fn write_relation(xml: &mut String, relation: &Relation) {
    let _ = write!(xml, "<relation id=\"{}\">", escape(relation.id.as_deref().unwrap_or_default()));
    write_infons(xml, &relation.label, &relation.attributes);
    for (at, target) in [&relation.head, &relation.tail].into_iter().enumerate() {
        let role = relation.attributes.get(ROLES).and_then(|roles| roles.as_array()?.get(at)?.as_str());
        let _ =
            write!(xml, "<node refid=\"{}\" role=\"{}\"/>", escape(target), escape(role.unwrap_or(USUAL_ROLES[at])));
    }
    xml.push_str("</relation>\n");
}

fn write_infons(xml: &mut String, label: &str, attributes: &Infons) {
    let _ = write!(xml, "<infon key=\"{TYPE}\">{}</infon>", escape(label));
    for (key, value) in attributes {
        if let Some(text) = value.as_str() {
            let _ = write!(xml, "<infon key=\"{}\">{}</infon>", escape(key), escape(text));
        }
    }
}
