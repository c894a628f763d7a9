//! Visits every span in annotations, including those inside records, with the path to it.
//! Validation, unit conversion, linting and fixing all use this one traversal, so that none of them
//! misses a kind of span.

use super::{Annotations, Span, Value};

/// A step of a path into a JSON object or array.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// A step into an object, by key.
    Key(String),
    /// A step into an array, by index from 0.
    Index(usize),
}

/// A visitor of spans. It receives the path to the span, its two offsets, which it can change, and
/// its stored text.
pub type Visit<'v> = dyn FnMut(&[Step], &mut (u32, u32), Option<&str>) + 'v;

/// A visitor of spans that can also change the stored text.
pub type VisitSpan<'v> = dyn FnMut(&[Step], &mut (u32, u32), Option<&mut String>) + 'v;

impl Annotations {
    /// Visits every span: those of entities, their fragments and alternatives, triggers, mentions,
    /// key sentences, evidence, ignored regions, and all objects with `start` and `end` in records.
    /// Entities without offsets are left out.
    pub fn each_range(&mut self, visit: &mut Visit<'_>) {
        self.each_span(&mut |path, range, text| visit(path, range, text.map(|text| &**text)));
    }

    /// Visits every span like [`Self::each_range`], and allows the stored text to be changed.
    pub fn each_span(&mut self, visit: &mut VisitSpan<'_>) {
        let index = |layer: &str, at: usize| vec![key(layer), Step::Index(at)];
        for (at, entity) in self.entities.iter_mut().flatten().enumerate() {
            if !entity.is_located() {
                continue;
            }
            let mut range = (entity.start, entity.end);
            // Tools join the fragments of a discontinuous entity in different ways, so its stored
            // text is not compared.
            let text = entity.text.as_mut().filter(|_| entity.fragments.is_empty());
            visit(&index("entities", at), &mut range, text);
            (entity.start, entity.end) = range;
            for (part, fragment) in entity.fragments.iter_mut().enumerate() {
                let path = [index("entities", at), vec![key("fragments"), Step::Index(part)]].concat();
                visit(&path, fragment, None);
            }
            for (place, other) in entity.alternatives.iter_mut().enumerate() {
                let path = [index("entities", at), vec![key("alternatives"), Step::Index(place)]].concat();
                if let (Some(start), Some(end)) = (other.start, other.end) {
                    let mut range = (start, end);
                    visit(&path, &mut range, other.text.as_mut().filter(|_| other.fragments.is_empty()));
                    (other.start, other.end) = (Some(range.0), Some(range.1));
                }
                for (part, fragment) in other.fragments.iter_mut().enumerate() {
                    visit(&[path.clone(), vec![key("fragments"), Step::Index(part)]].concat(), fragment, None);
                }
            }
        }
        for (at, event) in self.events.iter_mut().flatten().enumerate() {
            each_in_span(&mut event.trigger, &[index("events", at), vec![key("trigger")]].concat(), visit);
        }
        for (at, cluster) in self.coreference.iter_mut().flatten().enumerate() {
            for (place, mention) in cluster.mentions.iter_mut().enumerate() {
                let path = [index("coreference", at), vec![key("mentions"), Step::Index(place)]].concat();
                each_in_span(mention, &path, visit);
            }
        }
        for (at, span) in self.key_sentences.iter_mut().flatten().enumerate() {
            each_in_span(span, &index("key_sentences", at), visit);
        }
        for (at, point) in self.key_points.iter_mut().flatten().enumerate() {
            for (part, span) in point.evidence.iter_mut().enumerate() {
                let path = [index("key_points", at), vec![key("evidence"), Step::Index(part)]].concat();
                each_in_span(span, &path, visit);
            }
        }
        for (name, records) in self.records.iter_mut().flatten() {
            for (at, record) in records.iter_mut().enumerate() {
                let path = vec![key("records"), key(name), Step::Index(at)];
                for (field, value) in record.iter_mut() {
                    each_in_value(value, &[path.clone(), vec![key(field)]].concat(), visit);
                }
            }
        }
        for (at, region) in self.ignore.iter_mut().enumerate() {
            let mut range = (region.start, region.end);
            visit(&index("ignore", at), &mut range, None);
            (region.start, region.end) = range;
        }
    }
}

fn key(name: &str) -> Step {
    Step::Key(name.to_owned())
}

fn each_in_span(span: &mut Span, path: &[Step], visit: &mut VisitSpan<'_>) {
    let mut range = (span.start, span.end);
    visit(path, &mut range, span.text.as_mut());
    (span.start, span.end) = range;
}

fn each_in_value(value: &mut Value, path: &[Step], visit: &mut VisitSpan<'_>) {
    let below = |step: Step| [path, &[step]].concat();
    match value {
        Value::Array(items) => {
            for (at, item) in items.iter_mut().enumerate() {
                each_in_value(item, &below(Step::Index(at)), visit);
            }
        }
        Value::Object(fields) => {
            // A number that is no valid offset becomes `u32::MAX`, which visitors recognise as
            // invalid.
            let whole =
                |value: &Value| value.as_u64().and_then(|offset| u32::try_from(offset).ok()).unwrap_or(u32::MAX);
            let offset = |name: &str| fields.get(name).filter(|value| value.is_number()).map(whole);
            if let (Some(start), Some(end)) = (offset("start"), offset("end")) {
                let stored = fields.get("text").and_then(Value::as_str).map(str::to_owned);
                let (mut text, mut range) = (stored.clone(), (start, end));
                visit(path, &mut range, text.as_mut());
                if text != stored {
                    fields.insert("text".to_owned(), text.map_or(Value::Null, Value::String));
                }
                if range != (start, end) {
                    fields.insert("start".to_owned(), range.0.into());
                    fields.insert("end".to_owned(), range.1.into());
                }
                return;
            }
            for (field, item) in fields.iter_mut() {
                each_in_value(item, &below(key(field)), visit);
            }
        }
        _ => {}
    }
}
