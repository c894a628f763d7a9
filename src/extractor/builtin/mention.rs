//! Labelled byte ranges, the resolution of overlaps between them, and their conversion to entities.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Range;

use regex::Regex;

use crate::document::{Document, Entity};

/// A byte range of a text with a candidate label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CandidateMention {
    /// The byte range.
    pub range: Range<usize>,
    /// An OntoNotes label.
    pub label: &'static str,
}

impl CandidateMention {
    /// Creates a mention.
    pub fn new(range: Range<usize>, label: &'static str) -> Self {
        Self { range, label }
    }
}

/// Labelled regular expressions, each of which captures its mention as the group `m`.
pub struct LabelledPatterns(Vec<(&'static str, Regex)>);

impl LabelledPatterns {
    /// Compiles constant rules. Their `\b` becomes an ASCII word boundary, since a Unicode one
    /// switches the regex engine to its slowest mode on every text with a curly quotation mark.
    /// [`stands_alone`] then checks the Unicode boundaries.
    pub fn new(rules: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        let compile = |rule: String| Regex::new(&rule.replace(r"\b", r"(?-u:\b)")).expect("a constant");
        Self(rules.into_iter().map(|(label, rule)| (label, compile(rule))).collect())
    }

    /// All matches that are not part of a longer word, rule by rule; they may overlap.
    pub fn find(&self, text: &str) -> Vec<CandidateMention> {
        let mut mentions = Vec::new();
        for (label, rule) in &self.0 {
            let found = rule.captures_iter(text).filter_map(|captures| captures.name("m"));
            let whole = found.filter(|found| stands_alone(text, found.start(), found.end()));
            mentions.extend(whole.map(|found| CandidateMention::new(found.range(), label)));
        }
        mentions
    }
}

/// Whether a match is not part of a name (`F-16`, `COVID-19`), a version (`1.2.3`), a longer
/// number, an address or a footnote mark.
fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let mut before = text[..start].chars().rev();
    let (last, second) = (before.next(), before.next());
    let mut behind = text[end..].chars();
    let (next, next_but_one) = (behind.next(), behind.next());
    let is_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '#' | '@' | '|'));
    let is_part_before = match last {
        Some('-' | '–' | '/' | '’' | '\'') => is_word(second),
        Some('.' | ',' | ':') => second.is_some_and(|c| c.is_ascii_digit()),
        _ => is_word(last) && last != Some('|'),
    };
    let is_part_behind = match next {
        Some('.' | ',' | ':' | '/') => next_but_one.is_some_and(|c| c.is_ascii_digit()),
        Some('-') => next_but_one.is_some_and(|c| c.is_ascii_digit()),
        _ => is_word(next) && next != Some('|'),
    };
    let is_note = last == Some('[') && next == Some(']');
    !is_part_before && !is_part_behind && !is_note
}

/// Resolves overlaps greedily: the longest mention wins, and of equally long ones the first in the
/// input. The result is in text order.
pub fn longest(mut mentions: Vec<CandidateMention>) -> Vec<CandidateMention> {
    mentions.retain(|mention| !mention.range.is_empty());
    mentions.sort_by_key(|mention| Reverse(mention.range.len()));
    let mut chosen: BTreeMap<usize, CandidateMention> = BTreeMap::new();
    for mention in mentions {
        let before = chosen.range(..mention.range.end).next_back();
        if before.is_none_or(|(_, other)| other.range.end <= mention.range.start) {
            chosen.insert(mention.range.start, mention);
        }
    }
    chosen.into_values().collect()
}

/// Converts mentions to entities.
pub fn entities(document: &Document, mentions: &[CandidateMention]) -> Vec<Entity> {
    mentions.iter().map(|mention| Entity::new(document.span(mention.range.clone()), mention.label)).collect()
}

/// Checks an `exclude` option: each name must be a label that the extractor can produce.
///
/// # Errors
/// Fails with a sentence that names the first unknown label.
pub fn check_exclude(exclude: &[String], labels: &[&str]) -> Result<(), String> {
    match exclude.iter().find(|name| !labels.contains(&name.as_str())) {
        Some(name) => Err(format!("`exclude` names {name:?}, which is none of its labels: {}", labels.join(", "))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{CandidateMention, check_exclude, longest};

    #[test]
    fn the_longest_wins_and_the_first_of_equals() {
        let given = [(4..9, "A"), (0..5, "B"), (0..5, "C"), (8..20, "D"), (20..21, "E"), (3..3, "F")];
        let mentions = given.map(|(range, label)| CandidateMention::new(range, label)).to_vec();
        let labels: Vec<_> = longest(mentions).iter().map(|mention| mention.label).collect();
        assert_eq!(labels, ["B", "D", "E"]);
    }

    #[test]
    fn an_unknown_label_is_named() {
        let error = check_exclude(&["DATE".into(), "date".into()], &["DATE", "TIME"]).unwrap_err();
        assert_eq!(error, "`exclude` names \"date\", which is none of its labels: DATE, TIME");
    }
}
