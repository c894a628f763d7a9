//! A document with its golden annotations, as lints see it. Values with errors that loading has
//! already reported are excluded, so that an error is reported once.

use crate::document::{Annotations, Document, Entity, Step};

/// The golden file of one document.
#[derive(Debug, Clone, Copy)]
pub struct GoldenCase<'a> {
    /// The document's id.
    pub id: &'a str,
    /// The document, if its text is known.
    pub document: Option<&'a Document>,
    /// The golden annotations.
    pub gold: &'a Annotations,
    /// Paths to values in which loading has found errors.
    pub faulty: &'a [Vec<Step>],
}

/// A span in a golden file, in code points, and the path to it.
pub(super) struct GoldSpan {
    pub path: Vec<Step>,
    pub start: u32,
    pub end: u32,
}

impl<'a> GoldenCase<'a> {
    /// The entities in which loading found no errors, with their indexes in the list.
    pub(super) fn entities(&self) -> impl Iterator<Item = (usize, &'a Entity)> {
        let good = |at: &usize| !self.has_error_at(&entity(*at));
        self.gold.entities.iter().flatten().enumerate().filter(move |(at, _)| self.faulty.is_empty() || good(at))
    }

    /// Every span in which loading found no errors, except ignored regions.
    pub(super) fn spans(&self) -> Vec<GoldSpan> {
        let mut ranges = Vec::new();
        self.gold.clone().each_range(&mut |path, &mut (start, end), _| {
            if path[0] != key("ignore") && !self.has_error_at(path) {
                ranges.push(GoldSpan { path: path.to_vec(), start, end });
            }
        });
        ranges
    }

    /// Whether loading found an error in a value, inside it or around it.
    pub(super) fn has_error_at(&self, path: &[Step]) -> bool {
        self.faulty.iter().any(|faulty| faulty.starts_with(path) || path.starts_with(faulty))
    }

    /// The text that an entity covers in the document, or else the text that the golden file stores
    /// for it.
    pub(super) fn surface(&self, entity: &'a Entity) -> Option<&'a str> {
        let covered = self.document.map(|document| document.slice(entity.start, entity.end));
        covered.unwrap_or(entity.text.as_deref())
    }

    /// Whether an entity touches an ignored region.
    pub(super) fn ignores(&self, entity: &Entity) -> bool {
        self.gold.ignore.iter().any(|region| region.touches(entity.start, entity.end))
    }
}

/// A step of a path by key.
pub(super) fn key(name: &str) -> Step {
    Step::Key(name.to_owned())
}

/// The path to an element of a layer.
pub(super) fn item(layer: &str, at: usize) -> Vec<Step> {
    vec![key(layer), Step::Index(at)]
}

/// The path to an entity.
pub(super) fn entity(at: usize) -> Vec<Step> {
    item("entities", at)
}

/// What makes an entity a copy of another one: its span, its fragments and its label.
pub(super) fn identity(entity: &Entity) -> (u32, u32, &[(u32, u32)], &str) {
    (entity.start, entity.end, &entity.fragments, &entity.label)
}

/// A count with its noun in the singular or plural.
pub(super) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// A frequency in words: once, twice, 3 times.
pub(super) fn times(number: usize) -> String {
    match number {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        number => format!("{number} times"),
    }
}

/// A text in quotes, shortened for a message.
pub(super) fn brief(text: &str) -> String {
    const LONGEST: usize = 60;
    if text.chars().count() <= LONGEST {
        return format!("{text:?}");
    }
    let head: String = text.chars().take(LONGEST / 2 - 1).collect();
    let tail: Vec<char> = text.chars().rev().take(LONGEST / 2 - 1).collect();
    format!("{:?}", format!("{head}…{}", tail.iter().rev().collect::<String>()))
}
