//! A document with its golden annotations, as lints see it.

use crate::document::{Annotations, Document, Entity, Step};

/// One document's golden file.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// The document's id.
    pub id: &'a str,
    /// The text, where it is known.
    pub document: Option<&'a Document>,
    /// The golden annotations.
    pub gold: &'a Annotations,
    /// Paths to values that loading already found at fault.
    pub faulty: &'a [Vec<Step>],
}

/// A stretch of text that a golden file names.
pub(super) struct Range {
    pub path: Vec<Step>,
    pub start: u32,
    pub end: u32,
}

impl<'a> Case<'a> {
    /// The entities that loading found nothing wrong with, with their places in the list.
    pub(super) fn entities(&self) -> impl Iterator<Item = (usize, &'a Entity)> {
        let good = |at: &usize| !self.is_faulty(&entity(*at));
        self.gold.entities.iter().flatten().enumerate().filter(move |(at, _)| self.faulty.is_empty() || good(at))
    }

    /// Every stretch of text that loading found nothing wrong with, but ignored regions.
    pub(super) fn ranges(&self) -> Vec<Range> {
        let mut ranges = Vec::new();
        self.gold.clone().each_range(&mut |path, &mut (start, end), _| {
            if path[0] != key("ignore") && !self.is_faulty(path) {
                ranges.push(Range { path: path.to_vec(), start, end });
            }
        });
        ranges
    }

    /// Whether a value, or one inside it or around it, is at fault.
    pub(super) fn is_faulty(&self, path: &[Step]) -> bool {
        self.faulty.iter().any(|faulty| faulty.starts_with(path) || path.starts_with(faulty))
    }

    /// The text of an entity as it stands in the document, or as it is stored.
    pub(super) fn surface(&self, entity: &'a Entity) -> Option<&'a str> {
        let covered = self.document.map(|document| document.slice(entity.start, entity.end));
        covered.unwrap_or(entity.text.as_deref())
    }

    /// Whether an entity lies in a region where nothing counts.
    pub(super) fn ignores(&self, entity: &Entity) -> bool {
        self.gold.ignore.iter().any(|region| region.touches(entity.start, entity.end))
    }
}

/// A step by key.
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

/// A count with its noun.
pub(super) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// How often, in words.
pub(super) fn times(number: usize) -> String {
    match number {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        number => format!("{number} times"),
    }
}

/// A text shortened for a message.
pub(super) fn brief(text: &str) -> String {
    const LONGEST: usize = 60;
    if text.chars().count() <= LONGEST {
        return format!("{text:?}");
    }
    let head: String = text.chars().take(LONGEST / 2 - 1).collect();
    let tail: Vec<char> = text.chars().rev().take(LONGEST / 2 - 1).collect();
    format!("{:?}", format!("{head}…{}", tail.iter().rev().collect::<String>()))
}
