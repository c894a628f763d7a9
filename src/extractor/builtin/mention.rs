//! Labelled byte ranges on the way to entities, and how overlaps between them are settled.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Range;

use crate::document::{Document, Entity};

/// A stretch of text, in bytes, with the label it would get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// The bytes it covers.
    pub range: Range<usize>,
    /// An OntoNotes label.
    pub label: &'static str,
}

impl Mention {
    /// A mention of a label.
    pub fn new(range: Range<usize>, label: &'static str) -> Self {
        Self { range, label }
    }
}

/// A flat choice in text order: the longest mention wins; of equally long ones, the one that was given first.
pub fn longest(mut mentions: Vec<Mention>) -> Vec<Mention> {
    mentions.retain(|mention| !mention.range.is_empty());
    mentions.sort_by_key(|mention| Reverse(mention.range.len()));
    let mut chosen: BTreeMap<usize, Mention> = BTreeMap::new();
    for mention in mentions {
        let before = chosen.range(..mention.range.end).next_back();
        if before.is_none_or(|(_, other)| other.range.end <= mention.range.start) {
            chosen.insert(mention.range.start, mention);
        }
    }
    chosen.into_values().collect()
}

/// The entities of mentions.
pub fn entities(document: &Document, mentions: &[Mention]) -> Vec<Entity> {
    mentions.iter().map(|mention| Entity::new(document.span(mention.range.clone()), mention.label)).collect()
}

/// Checks an `exclude` option: every name in it must be a label that the extractor can give.
///
/// # Errors
/// A sentence that names the first unknown label.
pub fn check_exclude(exclude: &[String], labels: &[&str]) -> Result<(), String> {
    match exclude.iter().find(|name| !labels.contains(&name.as_str())) {
        Some(name) => Err(format!("`exclude` names {name:?}, which is none of its labels: {}", labels.join(", "))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Mention, check_exclude, longest};

    #[test]
    fn the_longest_wins_and_the_first_of_equals() {
        let given = [(4..9, "A"), (0..5, "B"), (0..5, "C"), (8..20, "D"), (20..21, "E"), (3..3, "F")];
        let mentions = given.map(|(range, label)| Mention::new(range, label)).to_vec();
        let labels: Vec<_> = longest(mentions).iter().map(|mention| mention.label).collect();
        assert_eq!(labels, ["B", "D", "E"]);
    }

    #[test]
    fn an_unknown_label_is_named() {
        let error = check_exclude(&["DATE".into(), "date".into()], &["DATE", "TIME"]).unwrap_err();
        assert_eq!(error, "`exclude` names \"date\", which is none of its labels: DATE, TIME");
    }
}
