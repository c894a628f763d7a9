//! Where golden labels stand in their files, for reports that lead from an error to its label.

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;

use super::Dataset;
use crate::document::{Annotations, Layer, Step, Value};
use crate::format::{Locator, Source, SourceMap};

/// The source of the golden annotations of one document.
#[derive(Debug, Clone)]
pub struct GoldSource {
    /// The file, and the line if each line is a document.
    pub source: Source,
    /// The locations of the annotations, if the file is in another format than karat's own.
    pub places: Option<SourceMap>,
}

/// The places of the golden labels of one document.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct GoldPlaces {
    /// The file, with `/` between its parts; relative to the folder of the configuration if it lies
    /// in it.
    pub file: String,
    /// The line of the document, if each line of the file is a document.
    pub line: Option<usize>,
    /// The lines of the labels, in the order of the file.
    lines: BTreeMap<LabelKey, VecDeque<usize>>,
}

/// What tells a golden label from others: its layer, its offsets and its label, or its text if it
/// has neither. A value of a record has its record, its field and its text.
type LabelKey = (Layer, Option<(u32, u32)>, String);

/// A golden label, as items show it.
#[derive(Debug, Clone, Copy)]
pub struct GoldLabel<'l> {
    /// The span in the document in code points, if there is one.
    pub span: Option<(u32, u32)>,
    /// The label or field; empty if the layer has none.
    pub label: &'l str,
    /// The covered text, phrase or value.
    pub text: &'l str,
    /// The index of the record that has the value, from 0.
    pub record: Option<u32>,
}

impl GoldPlaces {
    /// Returns the line of a golden label, counted from 1. Further calls for an equal label return
    /// the lines of its copies.
    pub fn take_line(&mut self, layer: &Layer, label: &GoldLabel<'_>) -> Option<usize> {
        let Some(lines) = self.lines.get_mut(&key(layer, label)) else { return self.line };
        // Equal values of a record, and relations of the same span, are different labels: which of
        // them this one is, is not known.
        if lines.len() > 1 && matches!(layer, Layer::Records(_) | Layer::Relations) {
            return self.line;
        }
        if lines.len() > 1 { lines.pop_front() } else { lines.front().copied() }
    }
}

fn key(layer: &Layer, &GoldLabel { span, label, text, record }: &GoldLabel<'_>) -> LabelKey {
    match layer {
        Layer::Records(_) => (layer.clone(), record.map(|record| (record, record)), format!("{label}\n{text}")),
        // The evidence of a key point may be spread over several spans.
        Layer::KeyPoints => (layer.clone(), None, if label.is_empty() { text } else { label }.to_owned()),
        Layer::Keyphrases => (layer.clone(), None, text.to_owned()),
        _ => (layer.clone(), span, label.to_owned()),
    }
}

impl Dataset {
    /// Finds the golden labels in their files, which are read again. `home` is the folder of the
    /// configuration. Documents whose source is not known are left out.
    pub fn gold_places(&self, home: &Path) -> BTreeMap<String, GoldPlaces> {
        let mut locator = Locator::default();
        let of = |(id, GoldSource { source, places }): (&String, &GoldSource)| {
            let gold = &self.references.get(id)?.gold;
            let line = Some(source.line).filter(|line| *line > 0);
            let mut lines: BTreeMap<LabelKey, VecDeque<usize>> = BTreeMap::new();
            if line.is_none() || places.is_some() {
                each_label(gold, |key, path| {
                    if let Some(line) = locator.line(source, places.as_ref(), path) {
                        lines.entry(key).or_default().push_back(line);
                    }
                });
            }
            Some((id.clone(), GoldPlaces { file: shown_path(&source.file, home), line, lines }))
        };
        self.sources.iter().filter_map(of).collect()
    }
}

/// Calls `each` with the key and the path of every label that may have a line of its own.
fn each_label(gold: &Annotations, mut each: impl FnMut(LabelKey, &[Step])) {
    let path = |layer: &str, at: usize| [Step::Key(layer.to_owned()), Step::Index(at)];
    for (at, entity) in gold.entities.iter().flatten().enumerate() {
        let span = entity.is_located().then_some((entity.start, entity.end));
        each((Layer::Entities, span, entity.label.clone()), &path("entities", at));
    }
    for (at, event) in gold.events.iter().flatten().enumerate() {
        let span = (event.trigger.start, event.trigger.end);
        each((Layer::Events, Some(span), event.label.clone()), &path("events", at));
    }
    for (at, point) in gold.key_points.iter().flatten().enumerate() {
        let name = point.id.clone().unwrap_or_else(|| point.text.clone());
        each(key(&Layer::KeyPoints, &by_text(&name)), &path("key_points", at));
    }
    for (at, sentence) in gold.key_sentences.iter().flatten().enumerate() {
        let span = Some((sentence.start, sentence.end));
        each((Layer::KeySentences, span, String::new()), &path("key_sentences", at));
    }
    for (at, phrase) in gold.keyphrases.iter().flatten().enumerate() {
        each(key(&Layer::Keyphrases, &by_text(phrase)), &path("keyphrases", at));
    }
    let spans: BTreeMap<&str, (u32, u32)> = gold
        .entities
        .iter()
        .flatten()
        .filter_map(|entity| Some((entity.id.as_deref()?, (entity.start, entity.end))))
        .collect();
    for (at, relation) in gold.relations.iter().flatten().enumerate() {
        let ends = || [&relation.head, &relation.tail].into_iter().filter_map(|id| spans.get(id.as_str()));
        let span = ends().map(|span| span.0).min().zip(ends().map(|span| span.1).max());
        each((Layer::Relations, span, relation.label.clone()), &path("relations", at));
    }
    for (name, records) in gold.records.iter().flatten() {
        let layer = Layer::Records(name.clone().into());
        for (at, record) in records.iter().enumerate() {
            let mut path = vec![Step::Key("records".to_owned()), Step::Key(name.clone()), Step::Index(at)];
            let mut of_value = |field: &str, value: &Value, path: &[Step]| {
                let (text, record) = (value.shown(), u32::try_from(at).ok());
                each(key(&layer, &GoldLabel { span: None, label: field, text: &text, record }), path);
            };
            for (field, value) in record {
                path.push(Step::Key(field.clone()));
                each_value(field, value, &mut path, &mut of_value);
                path.pop();
            }
        }
    }
}

fn by_text(text: &str) -> GoldLabel<'_> {
    GoldLabel { span: None, label: "", text, record: None }
}

/// Calls `each` with the field, the value and the path of a value of a record and of all values in
/// it: whether a list or an object counts as one value depends on how its field is compared.
fn each_value(field: &str, value: &Value, path: &mut Vec<Step>, each: &mut impl FnMut(&str, &Value, &[Step])) {
    // A list of one item is shown as its item, which has the line of its own.
    if value.as_array().is_none_or(|items| items.len() != 1) {
        each(field, value, path);
    }
    match value {
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                path.push(Step::Index(at));
                each_value(field, item, path, each);
                path.pop();
            }
        }
        Value::Object(fields) => {
            for (name, value) in fields {
                path.push(Step::Key(name.clone()));
                each_value(&format!("{field}.{name}"), value, path, each);
                path.pop();
            }
        }
        _ => {}
    }
}

/// Returns the path of a golden file as reports show it: with `/` between its parts, and relative
/// to the folder of the configuration if it lies in it.
pub fn shown_path(file: &Path, home: &Path) -> String {
    let file = file.strip_prefix(home).unwrap_or(file);
    file.display().to_string().replace('\\', "/")
}
