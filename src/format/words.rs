//! What formats with one word a line share: texts split into words, entities that fit to words, and
//! words located in a text.

use std::collections::BTreeSet;

use super::losses::Losses;
use super::output::Output;
use crate::document::Entity;
use crate::error::Diagnostic;

/// A word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word<'t> {
    /// The word itself.
    pub text: &'t str,
    /// Its range in code points.
    pub range: (u32, u32),
    /// The byte behind it, and the byte at which the next word begins.
    bytes: (usize, Option<usize>),
}

impl Word<'_> {
    /// Returns the white space between the word and the next one; `None` after the last word.
    pub fn gap<'t>(&self, text: &'t str) -> Option<&'t str> {
        Some(&text[self.bytes.0..self.bytes.1?])
    }

    /// Returns everything behind the word up to the next one, or to the end of the text.
    pub fn rest<'t>(&self, text: &'t str) -> &'t str {
        &text[self.bytes.0..self.bytes.1.unwrap_or(text.len())]
    }
}

/// Returns the offsets at which entities begin and end.
pub(super) fn edges(entities: &[Entity]) -> BTreeSet<u32> {
    entities.iter().flat_map(|entity| [entity.start, entity.end]).collect()
}

/// Splits a text into words: at white space, around punctuation marks, and at the edges of
/// entities.
pub(super) fn split<'t>(text: &'t str, edges: &BTreeSet<u32>) -> Vec<Word<'t>> {
    let mut words: Vec<(usize, usize, (u32, u32))> = Vec::new();
    let mut before: Option<char> = None;
    for (number, (at, c)) in (0_u32..).zip(text.char_indices()) {
        let continues = before.is_some_and(|before| before.is_alphanumeric() && c.is_alphanumeric());
        before = Some(c);
        if c.is_whitespace() {
            continue;
        }
        match words.last_mut() {
            Some((_, end, range)) if continues && !edges.contains(&number) => {
                (*end, range.1) = (at + c.len_utf8(), number + 1);
            }
            _ => words.push((at, at + c.len_utf8(), (number, number + 1))),
        }
    }
    let next = words.iter().skip(1).map(|(start, ..)| Some(*start)).chain([None]);
    let words = words.iter().zip(next);
    words
        .map(|((start, end, range), next)| Word { text: &text[*start..*end], range: *range, bytes: (*end, next) })
        .collect()
}

/// Takes white space off the edges of entities, and notes these losses. Entities of white space
/// alone become empty.
pub(super) fn trim_entities(output: &mut Output, losses: &mut Losses) {
    let document = &output.document;
    for entity in output.annotations.entities.get_or_insert_default() {
        let text = document.slice(entity.start, entity.end).unwrap_or_default();
        let left = text.chars().take_while(|c| c.is_whitespace()).count() as u32;
        let right = text.chars().rev().take_while(|c| c.is_whitespace()).count() as u32;
        if left + right > 0 {
            losses.note(
                "white space at the edges of entities",
                &format!("{} at {}..{}", entity.label, entity.start, entity.end),
            );
            (entity.start, entity.end) = (entity.start + left, entity.end.saturating_sub(right));
        }
    }
}

/// Sorts entities, and removes those that are empty or overlap entities of each of `levels` levels,
/// and notes these losses.
pub(super) fn remove_overlapping(output: &mut Output, losses: &mut Losses, levels: usize) {
    let entities = output.annotations.entities.get_or_insert_default();
    entities.sort_by_key(|entity| (entity.start, std::cmp::Reverse(entity.end)));
    let mut reached = vec![0; levels];
    entities.retain(|entity| {
        let free = reached.iter_mut().find(|reached| entity.start >= **reached);
        match free.filter(|_| entity.start < entity.end) {
            Some(reached) => {
                *reached = entity.end;
                true
            }
            None => {
                let what = format!("{} at {}..{}", entity.label, entity.start, entity.end);
                losses.note("entities that overlap others", &what);
                false
            }
        }
    });
}

/// Returns the tags in IOB2 of words, for entities that do not overlap and fit to words.
pub(super) fn tags<'e>(words: &[Word<'_>], entities: impl Iterator<Item = &'e Entity>) -> Vec<String> {
    let mut next = entities.peekable();
    let tag = |word: &Word<'_>| {
        let (start, end) = word.range;
        let tag = match next.peek() {
            Some(entity) if entity.start == start => format!("B-{}", entity.label),
            Some(entity) if entity.start < start && end <= entity.end => format!("I-{}", entity.label),
            _ => "O".to_owned(),
        };
        next.next_if(|entity| entity.end <= end);
        tag
    };
    words.iter().map(tag).collect()
}

/// A word that does not follow the words before it in a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct OtherWord {
    /// The index of the word.
    pub word: usize,
    /// What the text has there.
    found: String,
}

impl OtherWord {
    /// Returns the diagnostic for the word.
    pub fn diagnostic(&self, word: &str) -> Diagnostic {
        let message = format!("the token is {word:?}, but the document goes on with {:?}", self.found);
        Diagnostic::new(message).help("the tokens must be those of the document's text, in order")
    }
}

/// Locates words in a text: in order, with only white space between them. Returns their ranges in
/// code points.
///
/// # Errors
/// Fails with the first word that does not follow.
pub(super) fn align<'w>(words: impl Iterator<Item = &'w str>, text: &str) -> Result<Vec<(u32, u32)>, OtherWord> {
    let (mut at, mut code_point, mut ranges) = (0, 0, Vec::new());
    for (number, word) in words.enumerate() {
        let rest = &text[at..];
        let space = rest.len() - rest.trim_start().len();
        if !rest[space..].starts_with(word) {
            let found = rest[space..].chars().take(word.chars().count().clamp(1, 40)).collect();
            return Err(OtherWord { word: number, found });
        }
        code_point += rest[..space].chars().count() as u32;
        let length = word.chars().count() as u32;
        ranges.push((code_point, code_point + length));
        code_point += length;
        at += space + word.len();
    }
    Ok(ranges)
}

/// Decodes tags of IOB and IOBES into entities, leniently: a change of label begins an entity.
/// Returns for each the indexes of its first and last word, and its label.
pub(super) fn decode<'t>(tags: impl Iterator<Item = Option<(&'t str, &'t str)>>) -> Vec<(usize, usize, &'t str)> {
    let mut found: Vec<(usize, usize, &str)> = Vec::new();
    let mut is_open = false;
    for (at, tag) in tags.enumerate() {
        let Some((prefix, label)) = tag else {
            is_open = false;
            continue;
        };
        match found.last_mut() {
            Some(last) if is_open && matches!(prefix, "I" | "E") && last.2 == label => last.1 = at,
            _ => found.push((at, at, label)),
        }
        is_open = matches!(prefix, "B" | "I");
    }
    found
}

/// Whether a cell is a tag of IOB or IOBES that marks no entity, or an entity with a label.
pub(super) fn is_tag(cell: &str) -> bool {
    cell == "O" || matches!(cell.as_bytes(), [b'B' | b'I' | b'E' | b'S', b'-', _, ..])
}

/// Converts a label to one without white space.
pub(super) fn label(label: &str) -> String {
    label.chars().map(|c| if c.is_whitespace() || c.is_control() { '_' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::{BTreeSet, align, split};

    #[test]
    fn texts_are_split_at_punctuation_and_edges() {
        let text = "Ab, é\n c";
        let words = split(text, &BTreeSet::from([1]));
        let shown: Vec<_> = words.iter().map(|word| (word.text, word.range, word.gap(text))).collect();
        let expected = [
            ("A", (0, 1), Some("")),
            ("b", (1, 2), Some("")),
            (",", (2, 3), Some(" ")),
            ("é", (4, 5), Some("\n ")),
            ("c", (7, 8), None),
        ];
        assert_eq!(shown, expected);
        assert_eq!(align(words.iter().map(|word| word.text), text).unwrap().last(), Some(&(7, 8)));
        assert_eq!(align(["Ab", "x"].into_iter(), text).unwrap_err().word, 1);
    }

    #[test]
    fn tags_of_iob_and_iobes_are_decoded() {
        fn decode(tags: &str) -> Vec<(usize, usize, &str)> {
            super::decode(tags.split(' ').map(|tag| tag.split_once('-')))
        }
        assert_eq!(decode("B-A I-A O I-A"), [(0, 1, "A"), (3, 3, "A")]);
        assert_eq!(decode("S-A S-A B-A E-A I-A"), [(0, 0, "A"), (1, 1, "A"), (2, 3, "A"), (4, 4, "A")]);
        assert_eq!(decode("B-A I-B"), [(0, 0, "A"), (1, 1, "B")]);
    }
}
