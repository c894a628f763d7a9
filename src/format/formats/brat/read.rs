//! Reads brat's standoff format: text-bound annotations, relations, events, equivalences,
//! attributes, normalisations and notes.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde_json::json;

use super::capabilities::{NORMALIZATIONS, NOTES, ROLES, plain_roles};
use crate::document::{Argument, Cluster, Document, Entity, Event, Relation, Span, Value};
use crate::error::Diagnostic;
use crate::format::definition::Input;
use crate::format::source_map::{SourceLocation, SourceMap};
use crate::format::{Entry, Source};

/// A line, with its byte range in the file.
#[derive(Clone)]
struct BratLine<'a> {
    id: &'a str,
    body: &'a str,
    text: Option<&'a str>,
    bytes: Range<usize>,
}

pub(super) fn read(input: &Input<'_>) -> Vec<Result<Entry, Diagnostic>> {
    let id = input.stem();
    let mut reader = BratReader { input, diagnostics: Vec::new(), document: None };
    reader.document = input.companion.map(|text| Document::new(id.as_str(), text));
    let mut entry = Entry::foreign(Source { file: input.file.to_owned(), line: 0 }, id);
    entry.text = input.companion.map(str::to_owned);
    let lines = reader.lines();
    reader.fill(&mut entry, &lines);
    let diagnostics: Vec<Diagnostic> =
        reader.diagnostics.into_iter().map(|diagnostic| diagnostic.of_document(&entry.id)).collect();
    if diagnostics.is_empty() { vec![Ok(entry)] } else { diagnostics.into_iter().map(Err).collect() }
}

struct BratReader<'r, 'i> {
    input: &'r Input<'i>,
    document: Option<Document>,
    diagnostics: Vec<Diagnostic>,
}

impl<'i> BratReader<'_, 'i> {
    fn diagnostic(&mut self, bytes: &Range<usize>, message: impl Into<String>, help: &str) {
        let diagnostic = Diagnostic::new(message).in_file(self.input.file).at_bytes(self.input.text, bytes.clone());
        self.diagnostics.push(diagnostic.help(help));
    }

    fn lines(&mut self) -> Vec<BratLine<'i>> {
        let mut lines = Vec::new();
        let mut start = 0;
        let mut ids = BTreeSet::new();
        for whole in self.input.text.split_inclusive('\n') {
            let line = whole.trim_end_matches(['\n', '\r']);
            let bytes = start..start + line.len();
            start += whole.len();
            if line.trim().is_empty() {
                continue;
            }
            let mut cells = line.splitn(3, '\t');
            let (id, body, text) = (cells.next().unwrap_or_default(), cells.next(), cells.next());
            let known = id.starts_with(['T', 'R', 'E', 'A', 'M', 'N', '#', '*']);
            match body {
                _ if !known => self.diagnostic(
                    &bytes,
                    format!("{id:?} is not the beginning of a line of brat"),
                    "lines begin with T, R, E, A, M, N, # or *, a number and a tab",
                ),
                None => self.diagnostic(&bytes, "there is no tab after the id", "write the id, a tab, and what it is"),
                Some(_) if id != "*" && !ids.insert(id) => {
                    self.diagnostic(&bytes, format!("two lines have the id {id:?}"), "give each line its own id");
                }
                Some(body) => lines.push(BratLine { id, body, text, bytes }),
            }
        }
        lines
    }

    fn fill(&mut self, entry: &mut Entry, lines: &[BratLine<'i>]) {
        let of = |letters: &[char]| lines.iter().filter(|line| line.id.starts_with(letters)).collect::<Vec<_>>();
        let mut labels: BTreeMap<&str, (Entity, Range<usize>)> = BTreeMap::new();
        for line in of(&['T']) {
            if let Some(entity) = self.label(line) {
                labels.insert(line.id, (entity, line.bytes.clone()));
            }
        }
        let known: BTreeSet<&str> = lines.iter().map(|line| line.id).collect();
        let events: Vec<(&BratLine<'_>, Event, &str)> =
            of(&['E']).into_iter().filter_map(|line| self.event(line, &labels, &known)).collect();
        let relations: Vec<_> =
            of(&['R']).into_iter().filter_map(|line| Some((line, self.relation(line, &known)?))).collect();
        let clusters: Vec<(&BratLine<'_>, Vec<&str>)> =
            of(&['*']).into_iter().map(|line| (line, self.equiv(line))).collect();
        let mut attributes_by_id: BTreeMap<&str, BTreeMap<String, Value>> = BTreeMap::new();
        for line in of(&['A', 'M', 'N', '#']) {
            self.read_attribute(line, lines, &known, &mut attributes_by_id);
        }
        // A label that is only the trigger of an event is not an entity.
        let mut others: BTreeSet<&str> = attributes_by_id.keys().copied().collect();
        others
            .extend(events.iter().flat_map(|(_, event, _)| &event.arguments).map(|argument| argument.target.as_str()));
        others.extend(relations.iter().flat_map(|(_, relation)| [relation.head.as_str(), relation.tail.as_str()]));
        others.extend(clusters.iter().flat_map(|(_, ids)| ids.iter().copied()));
        let triggers: BTreeSet<&str> = events.iter().map(|(_, _, trigger)| *trigger).collect();
        let mut places = SourceMap::default();
        let mut entities = Vec::new();
        for line in of(&['T']) {
            let Some((entity, bytes)) = labels.get(line.id) else { continue };
            if triggers.contains(line.id) && !others.contains(line.id) {
                continue;
            }
            places.note("entities", entities.len(), SourceLocation::Bytes(bytes.clone()));
            let attributes = attributes_by_id.get(line.id).cloned().unwrap_or_default();
            entities.push(Entity { attributes, ..entity.clone() });
        }
        let document = self.document.clone();
        let span_of = |id: &str| labels.get(id).map(|(entity, _)| hull(entity, document.as_ref()));
        let event_span =
            |id: &str| events.iter().find(|(line, _, _)| line.id == id).map(|(_, event, _)| event.trigger.clone());
        let mut coreference = Vec::new();
        for (line, ids) in &clusters {
            let mut mentions = Vec::new();
            for id in ids {
                match span_of(id).or_else(|| event_span(id)) {
                    Some(span) => mentions.push(span),
                    None => self.diagnostic(&line.bytes, format!("there is no {id}"), "name labels of this file"),
                }
            }
            places.note("coreference", coreference.len(), SourceLocation::Bytes(line.bytes.clone()));
            coreference.push(Cluster { id: None, mentions });
        }
        for (at, (line, _, _)) in events.iter().enumerate() {
            places.note("events", at, SourceLocation::Bytes(line.bytes.clone()));
        }
        for (at, (line, _)) in relations.iter().enumerate() {
            places.note("relations", at, SourceLocation::Bytes(line.bytes.clone()));
        }
        let attributes = |id: &str| attributes_by_id.get(id).cloned().unwrap_or_default();
        let layer = &mut entry.annotations;
        layer.events = (!events.is_empty()).then(|| {
            events.iter().map(|(line, event, _)| Event { attributes: attributes(line.id), ..event.clone() }).collect()
        });
        layer.relations = (!relations.is_empty()).then(|| {
            let named = |(line, relation): &(&BratLine<'_>, Relation)| {
                let mut attributes = attributes(line.id);
                attributes.extend(relation.attributes.clone());
                Relation { attributes, ..relation.clone() }
            };
            relations.iter().map(named).collect()
        });
        layer.coreference = (!coreference.is_empty()).then_some(coreference);
        layer.entities = Some(entities);
        entry.places = Some(places);
    }

    /// Reads an entity, `T1<tab>Label 0 3;5 9<tab>text`.
    fn label(&mut self, line: &BratLine<'_>) -> Option<Entity> {
        const HELP: &str = "a label is `T1`, tab, `Label 0 5` or `Label 0 3;5 9`, tab, its text";
        let Some((label, places)) = line.body.trim_end().split_once(' ') else {
            self.diagnostic(&line.bytes, "there are no offsets after the label", HELP);
            return None;
        };
        let part = |part: &str| {
            let (start, end) = part.trim().split_once(' ')?;
            let offset = |text: &str| text.trim().parse::<u32>().ok().filter(|at| *at < u32::MAX);
            Some((offset(start)?, offset(end)?))
        };
        let parts: Option<Vec<(u32, u32)>> = places.split(';').map(part).collect();
        let Some(mut parts) = parts.filter(|parts| !parts.is_empty()) else {
            self.diagnostic(&line.bytes, format!("{places:?} are not offsets"), HELP);
            return None;
        };
        parts.sort_unstable();
        let (start, end) = (parts[0].0, parts[parts.len() - 1].1);
        let text = line.text.map(|text| text.trim_end_matches('\r'));
        if parts.len() == 1 {
            parts.clear();
        }
        let text = text.filter(|text| !text.is_empty()).map(|text| self.as_stored(&parts, start, end, text));
        Some(Entity {
            id: Some(line.id.to_owned()),
            fragments: parts,
            ..Entity::new(Span { text, ..Span::new(start, end) }, label)
        })
    }

    /// Returns the text of an entity: that of the document if the stored text equals it up to white
    /// space, since brat writes line breaks as spaces, or else the stored text.
    fn as_stored(&self, parts: &[(u32, u32)], start: u32, end: u32, text: &str) -> String {
        let whole = [(start, end)];
        let parts = if parts.is_empty() { &whole[..] } else { parts };
        let stored: Option<Vec<&str>> =
            parts.iter().map(|(start, end)| self.document.as_ref()?.slice(*start, *end)).collect();
        let space = |text: &str| text.replace(|c: char| c.is_whitespace() || c.is_control(), " ");
        stored
            .map(|parts| parts.join(" "))
            .filter(|stored| space(stored) == space(text))
            .unwrap_or_else(|| text.to_owned())
    }

    /// Reads an event, `E1<tab>Type:T1 Role:T2`.
    fn event<'l>(
        &mut self,
        line: &'l BratLine<'i>,
        labels: &BTreeMap<&str, (Entity, Range<usize>)>,
        known: &BTreeSet<&str>,
    ) -> Option<(&'l BratLine<'i>, Event, &'i str)> {
        const HELP: &str = "an event is `E1`, tab, `Type:T1 Role:T2 Role:E3`";
        let mut pairs = Vec::new();
        for pair in line.body.split_whitespace() {
            match pair.rsplit_once(':') {
                Some((role, target)) if !role.is_empty() && !target.is_empty() => pairs.push((role, target)),
                _ => self.diagnostic(&line.bytes, format!("{pair:?} is not a role and target"), HELP),
            }
        }
        let Some((&(label, trigger), arguments)) = pairs.split_first() else {
            self.diagnostic(&line.bytes, "there is no trigger", HELP);
            return None;
        };
        let Some((entity, _)) = labels.get(trigger) else {
            self.diagnostic(&line.bytes, format!("there is no {trigger}"), "the trigger is a label of this file");
            return None;
        };
        let argument = |&(role, target): &(&str, &str)| Argument { role: role.to_owned(), target: target.to_owned() };
        let mut arguments: Vec<Argument> = arguments.iter().map(argument).collect();
        plain_roles(&mut arguments);
        for argument in &arguments {
            if !known.contains(argument.target.as_str()) || !argument.target.starts_with(['T', 'E']) {
                let message = format!("there is no {}", argument.target);
                self.diagnostic(&line.bytes, message, "an argument is a label or an event of this file");
            }
        }
        let id = Some(line.id.to_owned());
        Some((
            line,
            Event {
                id,
                label: label.to_owned(),
                trigger: hull(entity, self.document.as_ref()),
                arguments,
                ..Event::default()
            },
            trigger,
        ))
    }

    /// Reads a relation, `R1<tab>Label Arg1:T1 Arg2:T2`.
    fn relation(&mut self, line: &BratLine<'_>, known: &BTreeSet<&str>) -> Option<Relation> {
        let cells: Vec<&str> = line.body.split_whitespace().collect();
        let [label, first, second] = cells[..] else {
            self.diagnostic(
                &line.bytes,
                "a relation has a label and two ends",
                "write `R1`, tab, `Label Arg1:T1 Arg2:T2`",
            );
            return None;
        };
        let mut ends = Vec::new();
        for end in [first, second] {
            match end.split_once(':') {
                Some((role, target)) if known.contains(target) && target.starts_with(['T', 'E']) => {
                    ends.push((role, target));
                }
                Some((_, target)) => {
                    self.diagnostic(
                        &line.bytes,
                        format!("there is no {target}"),
                        "an end is a label or an event of this file",
                    );
                }
                None => self.diagnostic(&line.bytes, format!("{end:?} is not an end of a relation"), "write `Arg1:T1`"),
            }
        }
        let [(first, head), (second, tail)] = ends[..] else { return None };
        let mut attributes = BTreeMap::new();
        if (first, second) != ("Arg1", "Arg2") {
            attributes.insert(ROLES.to_owned(), json!([first, second]).into());
        }
        let (label, head, tail) = (label.to_owned(), head.to_owned(), tail.to_owned());
        Some(Relation { id: Some(line.id.to_owned()), label, head, tail, attributes, ..Relation::default() })
    }

    /// Reads an equivalence, `*<tab>Equiv T1 T2`. A project may give it any name.
    fn equiv<'l>(&mut self, line: &BratLine<'l>) -> Vec<&'l str> {
        let mut cells = line.body.split_whitespace();
        let name = cells.next().unwrap_or_default();
        let ids: Vec<&str> = cells.collect();
        let is_id = name.starts_with(['T', 'E']) && name[1..].parse::<u32>().is_ok();
        if name.is_empty() || is_id || ids.is_empty() {
            let message = "a line with * has a name and lists what is the same";
            self.diagnostic(&line.bytes, message, "write `*`, tab, `Equiv T1 T2`");
            return Vec::new();
        }
        ids
    }

    /// Reads an attribute, a normalisation or a note, and adds it to the annotation that it refers
    /// to, directly or through another attribute.
    fn read_attribute<'l>(
        &mut self,
        line: &BratLine<'l>,
        lines: &'l [BratLine<'l>],
        known: &BTreeSet<&str>,
        attributes_by_id: &mut BTreeMap<&'l str, BTreeMap<String, Value>>,
    ) {
        let mut cells = line.body.split_whitespace();
        let (Some(name), Some(mut target)) = (cells.next(), cells.next()) else {
            return self.diagnostic(
                &line.bytes,
                "there is no target",
                "write the name, a space, and the id it is about",
            );
        };
        // A note on an attribute belongs to the annotation that has the attribute. The set of seen
        // lines ends cycles.
        let mut seen = BTreeSet::new();
        while target.starts_with(['A', 'M', 'N', '#']) && seen.insert(target) {
            let next = lines.iter().find(|line| line.id == target).and_then(|line| line.body.split_whitespace().nth(1));
            let Some(next) = next else { break };
            target = next;
        }
        if !known.contains(target) || !target.starts_with(['T', 'E', 'R']) {
            return self.diagnostic(
                &line.bytes,
                format!("there is no {target}"),
                "name a label, event or relation of this file",
            );
        }
        let attributes = attributes_by_id.entry(target).or_default();
        let mut add = |key: &str, value: Value| match attributes.get_mut(key) {
            Some(Value::Array(values)) => values.push(value),
            Some(first) => *first = Value::Array(vec![std::mem::take(first), value]),
            None => {
                let listed = matches!(key, NOTES | NORMALIZATIONS);
                attributes.insert(key.to_owned(), if listed { Value::Array(vec![value]) } else { value });
            }
        };
        let text = line.text.unwrap_or_default();
        match line.id.as_bytes().first() {
            Some(b'#') => add(NOTES, json!({"type": name, "text": text}).into()),
            Some(b'N') => {
                add(NORMALIZATIONS, json!({"type": name, "id": cells.next().unwrap_or_default(), "text": text}).into());
            }
            _ => add(name, cells.next().map_or(Value::Bool(true), Value::from)),
        }
    }
}

/// Returns the span from the start of an entity's first fragment to the end of its last.
fn hull(entity: &Entity, document: Option<&Document>) -> Span {
    let whole = || document?.slice(entity.start, entity.end).map(str::to_owned);
    let text = if entity.fragments.is_empty() { entity.text.clone() } else { whole() };
    Span { text, ..Span::new(entity.start, entity.end) }
}
