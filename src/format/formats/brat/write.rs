//! Writes brat's standoff format.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::capabilities::{NORMALIZATIONS, NOTES, ROLES};
use crate::document::{Annotations, Argument, Span, Value};
use crate::format::output::{Files, Output};

pub(super) fn write(outputs: &[Output], _: bool) -> Files {
    let mut files = Vec::new();
    for output in outputs {
        let id = output.document.id();
        files.push((PathBuf::from(format!("{id}.ann")), lines(&output.annotations).into_bytes()));
        files.push((PathBuf::from(format!("{id}.txt")), output.document.text().into()));
    }
    files
}

/// The lines of a document, and the next number for lines without an id of their own.
#[derive(Default)]
struct BratLines {
    text: String,
    attributes: usize,
    normalizations: usize,
    notes: usize,
}

fn lines(annotations: &Annotations) -> String {
    let mut lines = BratLines::default();
    let entities = annotations.entities.as_deref().unwrap_or_default();
    let numbers = entities.iter().filter_map(|entity| entity.id.as_deref()?.get(1..)?.parse::<u64>().ok());
    let mut free = numbers.max().unwrap_or(0) + 1;
    for entity in entities {
        let id = entity.id.as_deref().unwrap_or("T0");
        let parts = if entity.fragments.is_empty() { &[(entity.start, entity.end)][..] } else { &entity.fragments };
        lines.label(id, &entity.label, parts, entity.text.as_deref());
    }
    for event in annotations.events.iter().flatten() {
        let Span { start, end, text, .. } = &event.trigger;
        lines.label(&format!("T{free}"), &event.label, &[(*start, *end)], text.as_deref());
        let arguments = numbered(&event.arguments);
        let id = event.id.as_deref().unwrap_or("E0");
        lines.push(&format!("{id}\t{}:T{free}{arguments}", event.label));
        free += 1;
    }
    for relation in annotations.relations.iter().flatten() {
        let role = |at: usize, usual: &'static str| {
            relation.attributes.get(ROLES).and_then(|roles| roles.as_array()?.get(at)?.as_str()).unwrap_or(usual)
        };
        let (first, second) = (role(0, "Arg1"), role(1, "Arg2"));
        let id = relation.id.as_deref().unwrap_or("R0");
        lines.push(&format!("{id}\t{} {first}:{} {second}:{}", relation.label, relation.head, relation.tail));
    }
    for cluster in annotations.coreference.iter().flatten() {
        let id = |mention: &Span| {
            let entity = entities.iter().find(|entity| (entity.start, entity.end) == (mention.start, mention.end));
            entity.and_then(|entity| entity.id.as_deref())
        };
        let ids: Vec<&str> = cluster.mentions.iter().filter_map(id).collect();
        lines.push(&format!("*\tEquiv {}", ids.join(" ")));
    }
    let of_entities = entities.iter().map(|entity| (entity.id.as_deref(), &entity.attributes));
    let of_events = annotations.events.iter().flatten().map(|event| (event.id.as_deref(), &event.attributes));
    let of_relations =
        annotations.relations.iter().flatten().map(|relation| (relation.id.as_deref(), &relation.attributes));
    for (id, attributes) in of_entities.chain(of_events).chain(of_relations) {
        attributes.iter().for_each(|(key, value)| lines.attribute(id.unwrap_or_default(), key, value));
    }
    lines.text
}

/// Returns the arguments with numbers added to repeated roles.
fn numbered(arguments: &[Argument]) -> String {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut text = String::new();
    for Argument { role, target } in arguments {
        let count = seen.entry(role).or_default();
        *count += 1;
        let number = if *count > 1 { count.to_string() } else { String::new() };
        text.push_str(&format!(" {role}{number}:{target}"));
    }
    text
}

impl BratLines {
    fn push(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn label(&mut self, id: &str, label: &str, parts: &[(u32, u32)], text: Option<&str>) {
        let parts: Vec<String> = parts.iter().map(|(start, end)| format!("{start} {end}")).collect();
        let plain = |c: char| if c.is_whitespace() || c.is_control() { ' ' } else { c };
        let text: String = text.unwrap_or_default().chars().map(plain).collect();
        self.push(&format!("{id}\t{label} {}\t{text}", parts.join(";")));
    }

    fn attribute(&mut self, id: &str, key: &str, value: &Value) {
        let text = |item: &Value, key: &str| item.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let items = || value.as_array().into_iter().flatten();
        match key {
            ROLES => {}
            NOTES => {
                for item in items() {
                    self.notes += 1;
                    self.push(&format!("#{}\t{} {id}\t{}", self.notes, text(item, "type"), text(item, "text")));
                }
            }
            NORMALIZATIONS => {
                for item in items() {
                    self.normalizations += 1;
                    let (number, kind) = (self.normalizations, text(item, "type"));
                    self.push(&format!("N{number}\t{kind} {id} {}\t{}", text(item, "id"), text(item, "text")));
                }
            }
            _ => {
                let values: Vec<&Value> = if value.is_array() { items().collect() } else { vec![value] };
                for value in values {
                    self.attributes += 1;
                    let value = value.as_str().map(|value| format!(" {value}")).unwrap_or_default();
                    self.push(&format!("A{}\t{key} {id}{value}", self.attributes));
                }
            }
        }
    }
}
