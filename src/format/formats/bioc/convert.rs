//! Converts a BioC document to karat's annotations.
//!
//! Writers count offsets in different units: Python code counts code points, Java code UTF-16
//! units, and the first corpora bytes. The stored texts of annotations decide: if they do not match
//! in code points, and more of them match in another unit, that is the unit of the document.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{BiocAnnotation, BiocDocument, BiocRelation, Infons, Passage};
use super::{ROLES, TYPE, USUAL_ROLES};
use crate::document::{Document, Entity, Fields, Record, Relation, Span, Value};
use crate::error::Diagnostic;
use crate::format::losses::Losses;
use crate::format::offset_basis::Converter;
use crate::format::offset_unit::OffsetUnit;
use crate::format::output::Output;
use crate::format::source_map::{SourceLocation, SourceMap};
use crate::format::{Entry, Source, xml};

/// The records layer of relations that are not between two annotations.
const RECORDS: &str = "relations";
/// The largest gap between passages, in units of their offsets.
const LARGEST_GAP: u32 = 1 << 20;

type Located = (Diagnostic, SourceLocation);

/// Converts a document to an entry, or returns what is wrong with it.
pub(super) fn entry(document: &BiocDocument, source: Source) -> Result<Entry, Vec<Located>> {
    let mut entry = Entry::foreign(source, document.id.as_str());
    entry.meta.clone_from(&document.infons);
    let mut errors = Vec::new();
    let placed = Placed::of(document).map_err(|error| vec![error])?;
    let mut places = SourceMap::default();
    let mut entities = Vec::new();
    for annotation in &document.annotations {
        match entity(annotation, &placed) {
            Ok(entity) => {
                places.note("entities", entities.len(), annotation.location.clone());
                entities.push(entity);
            }
            Err(diagnostic) => errors.push((diagnostic, annotation.location.clone())),
        }
    }
    if !errors.is_empty() {
        // Relations to annotations with errors would be errors, too.
        return Err(errors);
    }
    remove_repeated_ids(&mut entities, &document.relations);
    let (mut relations, mut records) = (Vec::new(), Vec::new());
    for relation in &document.relations {
        match relation_or_record(relation, &entities) {
            Ok(Converted::Relation(one)) => {
                places.note("relations", relations.len(), relation.location.clone());
                relations.push(one);
            }
            Ok(Converted::Record(one)) => records.push(one),
            Err(diagnostic) => errors.push((diagnostic, relation.location.clone())),
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    entry.text = placed.text;
    entry.offset_unit = placed.converter.map(|_| OffsetUnit::CodePoint);
    entry.annotations.entities = Some(entities);
    entry.annotations.relations = (!relations.is_empty()).then_some(relations);
    entry.annotations.records = (!records.is_empty()).then(|| BTreeMap::from([(RECORDS.to_owned(), records)]));
    entry.places = Some(places);
    Ok(entry)
}

/// Gives all documents of a file the records layer if one has it.
pub(super) fn level_records(entries: &mut [Result<Entry, Diagnostic>]) {
    let mut entries: Vec<&mut Entry> = entries.iter_mut().flatten().collect();
    if entries.iter().any(|entry| entry.annotations.records.is_some()) {
        for entry in &mut entries {
            entry.annotations.records.get_or_insert_default().entry(RECORDS.to_owned()).or_default();
        }
    }
}

/// The text of a document, and the conversion of its offsets if it has characters that count
/// differently in other units.
struct Placed {
    text: Option<String>,
    converter: Option<Converter>,
}

impl Placed {
    fn of(document: &BiocDocument) -> Result<Self, Located> {
        let has_text =
            |passage: &Passage| passage.text.is_some() || passage.sentences.iter().any(|one| one.text.is_some());
        if !document.passages.iter().any(has_text) && !document.passages.is_empty() {
            return Ok(Self { text: None, converter: None });
        }
        let mut best: Option<(usize, String, Converter)> = None;
        let mut first_error = None;
        for unit in [OffsetUnit::CodePoint, OffsetUnit::Utf16, OffsetUnit::Byte] {
            let text = match text(document, unit) {
                Ok(text) => text,
                Err(error) => {
                    first_error.get_or_insert(error);
                    continue;
                }
            };
            let is_ascii = text.is_ascii();
            let converter = Converter::new(unit, &text);
            let matched = matching(document, &text, &converter);
            if best.as_ref().is_none_or(|(most, ..)| matched > *most) {
                best = Some((matched, text, converter));
            }
            if is_ascii {
                break;
            }
        }
        match (best, first_error) {
            (Some((_, text, converter)), _) => Ok(Self { text: Some(text), converter: Some(converter) }),
            (None, Some(error)) => Err(error),
            (None, None) => Ok(Self { text: None, converter: None }),
        }
    }

    fn range(&self, (offset, length): (u32, u32)) -> Result<(u32, u32), Diagnostic> {
        let end = offset.checked_add(length).filter(|end| *end < u32::MAX).ok_or_else(|| wrong_offset(offset))?;
        let Some(converter) = &self.converter else { return Ok((offset, end)) };
        let convert = |offset: u32| converter.code_point(offset).ok_or_else(|| wrong_offset(offset));
        Ok((convert(offset)?, convert(end)?))
    }
}

fn wrong_offset(offset: u32) -> Diagnostic {
    let diagnostic = Diagnostic::new(format!("offset {offset} is past the end of the text or inside a character"));
    diagnostic.help("offsets count from the beginning of the document, not of the passage")
}

/// Returns the text of a document whose passages have offsets in a unit.
fn text(document: &BiocDocument, unit: OffsetUnit) -> Result<String, Located> {
    let mut text = PaddedText { text: String::new(), width: 0, unit };
    for passage in &document.passages {
        text.pad(passage, '\n')?;
        match passage.text.as_deref().filter(|text| !text.is_empty()) {
            Some(part) => text.push(part),
            None => {
                for sentence in &passage.sentences {
                    text.pad(sentence, ' ')?;
                    text.push(sentence.text.as_deref().unwrap_or_default());
                }
            }
        }
    }
    Ok(text.text)
}

/// A text with its width in the unit of offsets.
struct PaddedText {
    text: String,
    width: u32,
    unit: OffsetUnit,
}

impl PaddedText {
    fn push(&mut self, part: &str) {
        self.text.push_str(part);
        self.width += match self.unit {
            OffsetUnit::CodePoint => part.chars().count(),
            OffsetUnit::Utf16 => part.encode_utf16().count(),
            OffsetUnit::Byte => part.len(),
        } as u32;
    }

    /// Fills the gap up to the offset of a passage.
    fn pad(&mut self, passage: &Passage, with: char) -> Result<(), Located> {
        let (offset, width) = (passage.offset, self.width);
        let error = |message: String, help: &str| (Diagnostic::new(message).help(help), passage.location.clone());
        if offset < width {
            let message = format!("the passage begins at {offset}, but the one before it ends at {width}");
            return Err(error(message, "passages follow each other and do not overlap"));
        }
        if offset - width > LARGEST_GAP {
            let message =
                format!("the passage begins at {offset}, {} characters after the text before it", offset - width);
            return Err(error(message, "is the offset right?"));
        }
        self.text.extend(std::iter::repeat_n(with, (offset - width) as usize));
        self.width = offset;
        Ok(())
    }
}

/// Returns the number of annotations whose stored text is the document's. The parts of a
/// discontinuous one are joined by spaces.
fn matching(document: &BiocDocument, text: &str, converter: &Converter) -> usize {
    let document_text = Document::new("", text);
    let is_match = |annotation: &&BiocAnnotation| {
        let mut locations = annotation.locations.clone();
        locations.sort_unstable();
        let part = |(offset, length): &(u32, u32)| {
            let end = converter.code_point(offset.checked_add(*length)?)?;
            document_text.slice(converter.code_point(*offset)?, end)
        };
        let parts: Option<Vec<&str>> = locations.iter().map(part).collect();
        parts.is_some_and(|parts| !parts.is_empty() && annotation.text.as_deref() == Some(parts.join(" ").as_str()))
    };
    document.annotations.iter().filter(is_match).count()
}

fn entity(annotation: &BiocAnnotation, placed: &Placed) -> Result<Entity, Diagnostic> {
    let Some(label) = annotation.infons.get(TYPE).and_then(Value::as_str).filter(|label| !label.trim().is_empty())
    else {
        return Err(Diagnostic::new("the annotation has no infon `type`").help("karat reads the label from it"));
    };
    let mut fragments = Vec::new();
    for location in &annotation.locations {
        fragments.push(placed.range(*location)?);
    }
    fragments.sort_unstable();
    let (Some(first), Some(last)) = (fragments.first(), fragments.last()) else {
        return Err(Diagnostic::new("the annotation has no location").help("write its offset and length"));
    };
    let span = Span { text: annotation.text.clone(), ..Span::new(first.0, last.1) };
    if fragments.len() == 1 {
        fragments.clear();
    }
    let attributes = others(&annotation.infons, TYPE);
    Ok(Entity { id: annotation.id.clone(), fragments, attributes, ..Entity::new(span, label) })
}

/// Returns the infons except one.
fn others(infons: &Infons, key: &str) -> Infons {
    infons.iter().filter(|(name, _)| *name != key).map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// Removes ids that several annotations have: some corpora number the annotations of each sentence.
/// Ids that relations refer to stay, so that the repetition is reported.
fn remove_repeated_ids(entities: &mut [Entity], relations: &[BiocRelation]) {
    let (mut seen, mut repeated) = (BTreeSet::new(), BTreeSet::new());
    for id in entities.iter().filter_map(|entity| entity.id.clone()) {
        if !seen.insert(id.clone()) {
            repeated.insert(id);
        }
    }
    for node in relations.iter().flat_map(|relation| &relation.nodes) {
        repeated.remove(&node.target);
    }
    for entity in entities.iter_mut() {
        entity.id = entity.id.take().filter(|id| !repeated.contains(id));
    }
}

enum Converted {
    Relation(Relation),
    Record(Record),
}

/// Converts a relation between two annotations to a relation, and any other to a record with its
/// infons, and with the spans of its annotations by role.
fn relation_or_record(relation: &BiocRelation, entities: &[Entity]) -> Result<Converted, Diagnostic> {
    let find = |id: &str| {
        entities.iter().find(|entity| entity.id.as_deref() == Some(id)).ok_or_else(|| {
            let diagnostic = Diagnostic::new(format!("there is no annotation with the id {id:?} in the document"));
            diagnostic.help("karat reads relations between annotations, not between relations")
        })
    };
    if let [first, second] = &relation.nodes[..] {
        find(&first.target)?;
        find(&second.target)?;
        let key = [TYPE, "relation"].into_iter().find(|key| relation.infons.contains_key(*key));
        let label = key.and_then(|key| relation.infons.get(key)?.as_str()).unwrap_or("related").to_owned();
        let mut attributes = others(&relation.infons, key.unwrap_or_default());
        let is_turned = [first.role.as_str(), second.role.as_str()] == ["Arg2", "Arg1"];
        let (head, tail) = if is_turned { (second, first) } else { (first, second) };
        let roles = [head.role.as_str(), tail.role.as_str()];
        if roles != USUAL_ROLES {
            attributes.insert(ROLES.to_owned(), roles.into_iter().map(Value::from).collect());
        }
        let (head, tail) = (head.target.clone(), tail.target.clone());
        return Ok(Converted::Relation(Relation {
            id: relation.id.clone(),
            label,
            head,
            tail,
            attributes,
            ..Relation::default()
        }));
    }
    let mut record = Fields::new();
    for (key, value) in &relation.infons {
        record.insert(key.clone(), value.clone());
    }
    let mut by_role: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for node in &relation.nodes {
        let entity = find(&node.target)?;
        let text =
            entity.text.clone().filter(|_| entity.fragments.is_empty()).map(|text| ("text".to_owned(), text.into()));
        let fields = [("start".to_owned(), entity.start.into()), ("end".to_owned(), entity.end.into())];
        let label = [("label".to_owned(), Value::from(entity.label.as_str()))];
        by_role.entry(&node.role).or_default().push(fields.into_iter().chain(label).chain(text).collect());
    }
    for (role, mut values) in by_role {
        let value = if values.len() == 1 { values.remove(0) } else { values.into_iter().collect() };
        record.insert(if role.is_empty() { "node" } else { role }.to_owned(), value);
    }
    Ok(Converted::Record(record))
}

/// Gives entities and relations ids, and removes what has no place in BioC.
pub(super) fn fix(output: &mut Output, losses: &mut Losses) {
    xml::fix_controls(output, losses);
    let annotations = &mut output.annotations;
    for entity in annotations.entities.iter_mut().flatten() {
        if entity.attributes.get(ROLES).is_some_and(Value::is_array) {
            losses.note("attributes", &format!("{ROLES} of {}", entity.label));
            entity.attributes.remove(ROLES);
        }
    }
    let entities = annotations.entities.iter_mut().flatten().map(|entity| &mut entity.id);
    number(entities.collect(), 'T');
    let relations = annotations.relations.iter_mut().flatten().map(|relation| &mut relation.id);
    number(relations.collect(), 'R');
}

/// Gives an id of a letter and a number to each that has none.
fn number(ids: Vec<&mut Option<String>>, letter: char) {
    let taken: BTreeSet<String> = ids.iter().filter_map(|id| (*id).clone()).collect();
    let mut free = (1..).map(|number| format!("{letter}{number}")).filter(|id| !taken.contains(id));
    for id in ids.into_iter().filter(|id| id.is_none()) {
        *id = free.next();
    }
}
