//! Where golden labels stand in their files, for reports that lead from an error to its label.

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;

use super::Dataset;
use crate::document::{Annotations, Layer, Step};
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
/// has neither.
type LabelKey = (Layer, Option<(u32, u32)>, String);

impl GoldPlaces {
    /// Returns the line of a golden label, counted from 1. Further calls for an equal label return
    /// the lines of its copies.
    pub fn take_line(&mut self, layer: &Layer, span: Option<(u32, u32)>, label: &str, text: &str) -> Option<usize> {
        let Some(lines) = self.lines.get_mut(&key(layer, span, label, text)) else { return self.line };
        if lines.len() > 1 { lines.pop_front() } else { lines.front().copied() }
    }
}

fn key(layer: &Layer, span: Option<(u32, u32)>, label: &str, text: &str) -> LabelKey {
    match layer {
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

/// Calls `each` with the key and the path of every label whose layer has one line per label.
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
        each(key(&Layer::KeyPoints, None, &name, ""), &path("key_points", at));
    }
    for (at, sentence) in gold.key_sentences.iter().flatten().enumerate() {
        let span = Some((sentence.start, sentence.end));
        each((Layer::KeySentences, span, String::new()), &path("key_sentences", at));
    }
    for (at, phrase) in gold.keyphrases.iter().flatten().enumerate() {
        each(key(&Layer::Keyphrases, None, "", phrase), &path("keyphrases", at));
    }
}

/// Returns the path of a golden file as reports show it: with `/` between its parts, and relative
/// to the folder of the configuration if it lies in it.
pub fn shown_path(file: &Path, home: &Path) -> String {
    let file = file.strip_prefix(home).unwrap_or(file);
    file.display().to_string().replace('\\', "/")
}
