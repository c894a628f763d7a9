//! Resolves the ids that relations and events refer to: entities, and the triggers of events.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Case;
use crate::align::shared_parts;
use crate::document::{Alternative, Annotations, Entity, Event, Region};
use crate::text::beginning;

/// The fragments of a span, in text order; a single one if it is contiguous.
pub(super) type Fragments = Vec<(u32, u32)>;

/// A span with a label.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Form<'a> {
    parts: Fragments,
    label: &'a str,
}

/// The annotation that an id refers to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Target<'a> {
    /// The annotation itself, followed by its alternatives; empty if the id is unknown.
    forms: Vec<Form<'a>>,
    is_event: bool,
    /// Whether it is an optional entity: relations and events that refer to it are optional, too.
    pub optional: bool,
    /// Whether it is in an ignored region: relations and events that refer to it are not counted.
    pub ignored: bool,
    /// The beginning of its text, or its id if the text is unknown.
    pub text: String,
}

/// The content of a target without its text.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Content<'t, 'a> {
    forms: &'t [Form<'a>],
    is_event: bool,
}

/// The comparison of a gold and a predicted target.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Likeness {
    /// Span and label are equal.
    pub same: bool,
    /// The spans are equal.
    pub same_place: bool,
    /// The spans share a code point.
    pub overlapping: bool,
}

impl<'a> Target<'a> {
    /// Compares a gold target, in any of its alternatives, with a predicted one.
    pub fn compare(&self, predicted: &Self) -> Likeness {
        let mut alike = Likeness::default();
        let Some(other) = predicted.forms.first().filter(|_| self.is_event == predicted.is_event) else { return alike };
        for form in &self.forms {
            let same_place = form.parts == other.parts;
            alike.same |= same_place && form.label == other.label;
            alike.same_place |= same_place;
            alike.overlapping |= shared_parts(&form.parts, &other.parts) > 0;
        }
        alike
    }

    /// Returns what distinguishes two targets of one side: everything but the text.
    pub fn content(&self) -> Content<'_, 'a> {
        Content { forms: &self.forms, is_event: self.is_event }
    }

    /// Returns the content of the annotation itself, followed by those of its alternatives. If any
    /// of a gold target equals the first of a predicted one, [`Self::compare`] calls them the same.
    pub fn alternatives(&self) -> impl Iterator<Item = Content<'_, 'a>> {
        self.forms.chunks(1).map(|forms| Content { forms, is_event: self.is_event })
    }

    /// Returns its label; empty if the id is unknown.
    pub fn label(&self) -> &'a str {
        self.forms.first().map_or("", |form| form.label)
    }

    /// Returns the range from its start to its end.
    pub fn range(&self) -> Option<(u32, u32)> {
        self.forms.first().and_then(|form| range(&form.parts))
    }

    /// Returns the ranges of the annotation and its alternatives.
    pub fn ranges(&self) -> impl Iterator<Item = (u32, u32)> {
        self.forms.iter().filter_map(|form| range(&form.parts))
    }
}

fn range(parts: &Fragments) -> Option<(u32, u32)> {
    Some((parts.first()?.0, parts.last()?.1))
}

/// The targets of one side of a document, by id.
pub(super) struct Targets<'a> {
    by_id: BTreeMap<&'a str, Arc<Target<'a>>>,
}

impl<'a> Targets<'a> {
    /// Collects all annotations with an id. Of several with the same id the first counts; entities
    /// precede events.
    pub fn new(annotations: &'a Annotations, case: &Case<'a>) -> Self {
        let ignored = &case.gold.ignore;
        let mut by_id = BTreeMap::new();
        for entity in annotations.entities.iter().flatten() {
            if let Some(id) = entity.id.as_deref() {
                by_id.entry(id).or_insert_with(|| Arc::new(of_entity(id, entity, case)));
            }
        }
        for event in annotations.events.iter().flatten() {
            if let Some(id) = event.id.as_deref() {
                by_id.entry(id).or_insert_with(|| Arc::new(of_event(event, ignored, case)));
            }
        }
        Self { by_id }
    }

    /// Returns the target of an id, which all relations and events that refer to it share.
    pub fn find(&self, id: &str) -> Arc<Target<'a>> {
        let unknown =
            || Target { forms: Vec::new(), is_event: false, optional: false, ignored: false, text: id.to_owned() };
        self.by_id.get(id).cloned().unwrap_or_else(|| Arc::new(unknown()))
    }
}

fn of_entity<'a>(id: &str, entity: &'a Entity, case: &Case<'_>) -> Target<'a> {
    let own = Form { parts: parts(entity), label: &entity.label };
    let mut others: Vec<Form<'_>> = entity.alternatives.iter().map(|other| of_alternative(entity, other)).collect();
    others.sort();
    let covered = || case.document.and_then(|d| d.slice(entity.start, entity.end)).map(str::to_owned);
    Target {
        forms: [own].into_iter().chain(others).collect(),
        is_event: false,
        optional: entity.optional,
        ignored: is_ignored((entity.start, entity.end), &case.gold.ignore),
        text: shown(&entity.text.clone().or_else(covered).unwrap_or_else(|| id.to_owned())),
    }
}

fn parts(entity: &Entity) -> Fragments {
    if entity.fragments.is_empty() { vec![(entity.start, entity.end)] } else { entity.fragments.clone() }
}

/// Returns an alternative; what it leaves out is taken from the entity.
fn of_alternative<'a>(entity: &'a Entity, other: &'a Alternative) -> Form<'a> {
    let parts = match (other.start, other.end) {
        _ if !other.fragments.is_empty() => other.fragments.clone(),
        (Some(start), Some(end)) => vec![(start, end)],
        _ => parts(entity),
    };
    Form { parts, label: other.label.as_deref().unwrap_or(&entity.label) }
}

fn of_event<'a>(event: &'a Event, ignored: &[Region], case: &Case<'_>) -> Target<'a> {
    let place = (event.trigger.start, event.trigger.end);
    Target {
        forms: vec![Form { parts: vec![place], label: &event.label }],
        is_event: true,
        optional: false,
        ignored: is_ignored(place, ignored),
        text: trigger_text(event, case),
    }
}

/// Returns the text of a trigger, if it is known.
pub(super) fn trigger_text(event: &Event, case: &Case<'_>) -> String {
    let covered = || case.document.and_then(|d| d.slice(event.trigger.start, event.trigger.end)).map(str::to_owned);
    shown(&event.trigger.text.clone().or_else(covered).unwrap_or_default())
}

/// Returns the beginning of a long text: each item of a relation or an event repeats the texts that
/// it refers to.
fn shown(text: &str) -> String {
    const LONGEST: usize = 300;
    beginning(text, LONGEST).into_owned()
}

pub(super) fn is_ignored(place: (u32, u32), ignored: &[Region]) -> bool {
    ignored.iter().any(|region| region.touches(place.0, place.1))
}
