//! Writes token files. Words are segmented by UAX #29, and sentences do not end inside entities, so
//! that a tag sequence never crosses a sentence.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use crate::document::{Document, Entity, Scheme};
use crate::text::sentence;

/// An entity that a token file cannot represent.
#[derive(Debug, Clone, PartialEq)]
pub struct Loss {
    /// The entity.
    pub entity: Entity,
    /// The kind of loss.
    pub why: &'static str,
}

/// Returns a document as lines of a token file, and the entities that could not be written. The
/// lines are `# id = ...`, `-DOCSTART- O`, then each word (UAX #29; punctuation marks are words of
/// their own) with its tag in the scheme.
///
/// Of overlapping entities, the one that begins first is written, and of those that begin together,
/// the longest. Sentences do not end inside entities.
pub fn write(document: &Document, entities: &[Entity], scheme: Scheme) -> (String, Vec<Loss>) {
    let tokens = words(document.text());
    let mut losses = Vec::new();
    let mut order: Vec<&Entity> = entities.iter().collect();
    order.sort_by(|a, b| (a.start, b.end, &a.label).cmp(&(b.start, a.end, &b.label)));
    let mut chunks: Vec<(Range<usize>, &str)> = Vec::new();
    for entity in order {
        match tokens_of(document, entity, &tokens) {
            Ok(covered) if chunks.last().is_none_or(|(last, _)| last.end <= covered.start) => {
                chunks.push((covered, &entity.label));
            }
            Ok(_) => losses.push(Loss { entity: entity.clone(), why: "entities that overlap others" }),
            Err(why) => losses.push(Loss { entity: entity.clone(), why }),
        }
    }
    let begins = sentence_begins(document, &tokens, &chunks);
    let mut lines = format!("# id = {}\n-DOCSTART- O\n", document.id());
    for ((token, tag), begins) in tokens.iter().zip(tags(&begins, &chunks, scheme)).zip(&begins) {
        if *begins {
            lines.push('\n');
        }
        lines.push_str(&format!("{} {tag}\n", &document.text()[token.clone()]));
    }
    lines.push('\n');
    (lines, losses)
}

/// Returns for each token whether a sentence begins there. None begins inside a chunk.
fn sentence_begins(document: &Document, tokens: &[Range<usize>], chunks: &[(Range<usize>, &str)]) -> Vec<bool> {
    let ends: Vec<usize> = sentence::split(document.text()).into_iter().map(|range| range.end).collect();
    let (mut next_end, mut chunk) = (0, 0);
    let begins = tokens.iter().enumerate().map(|(at, token)| {
        while chunks.get(chunk).is_some_and(|(covered, _)| covered.end <= at) {
            chunk += 1;
        }
        let is_inside = chunks.get(chunk).is_some_and(|(covered, _)| covered.start < at);
        let is_behind_end = ends.get(next_end).is_some_and(|end| *end <= token.start);
        let begins = at == 0 || (is_behind_end && !is_inside);
        while begins && ends.get(next_end).is_some_and(|end| *end <= token.start) {
            next_end += 1;
        }
        begins
    });
    begins.collect()
}

/// Returns the byte range of each word of a text.
pub(in crate::format::formats) fn words(text: &str) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    for (start, piece) in text.split_word_bound_indices() {
        // A space with a combining mark is one segment.
        let mut begin = None;
        for (at, c) in piece.char_indices().chain([(piece.len(), ' ')]) {
            match begin {
                None if !c.is_whitespace() => begin = Some(at),
                Some(first) if c.is_whitespace() => {
                    words.push(start + first..start + at);
                    begin = None;
                }
                _ => {}
            }
        }
    }
    words
}

/// Returns the tokens that an entity covers. Fails if it covers part of a token.
fn tokens_of(document: &Document, entity: &Entity, tokens: &[Range<usize>]) -> Result<Range<usize>, &'static str> {
    if !entity.fragments.is_empty() {
        return Err("discontinuous entities");
    }
    if entity.label.is_empty() || entity.label.contains(char::is_whitespace) {
        return Err("entities whose labels are empty or have white space");
    }
    token_range(document, entity, tokens)
}

/// Returns the tokens in the range of an entity. Fails if it covers part of a token.
pub(in crate::format::formats) fn token_range(
    document: &Document,
    entity: &Entity,
    tokens: &[Range<usize>],
) -> Result<Range<usize>, &'static str> {
    let bytes = document.bytes(entity.start, entity.end).ok_or("entities outside of the text")?;
    let first = tokens.partition_point(|token| token.start < bytes.start);
    let behind = tokens.partition_point(|token| token.end <= bytes.end);
    let fits = first < behind && tokens[first].start == bytes.start && tokens[behind - 1].end == bytes.end;
    if fits { Ok(first..behind) } else { Err("entities that do not begin and end where words do") }
}

/// Returns a tag for each token. Chunks in different sentences are not adjacent.
fn tags(begins: &[bool], chunks: &[(Range<usize>, &str)], scheme: Scheme) -> Vec<String> {
    let touch = |one: &Range<usize>, next: &Range<usize>| one.end == next.start && !begins[next.start];
    let mut tags = vec!["O".to_owned(); begins.len()];
    for (at, (covered, label)) in chunks.iter().enumerate() {
        let is_same = |other: Option<&(Range<usize>, &str)>| other.is_some_and(|(_, other)| other == label);
        let before = at.checked_sub(1).and_then(|before| chunks.get(before)).filter(|b| touch(&b.0, covered));
        let behind = chunks.get(at + 1).filter(|behind| touch(covered, &behind.0));
        for token in covered.clone() {
            let (is_first, is_last) = (token == covered.start, token + 1 == covered.end);
            let prefix = match scheme {
                Scheme::Iob1 if is_first && is_same(before) => 'B',
                Scheme::Iob2 if is_first => 'B',
                Scheme::Ioe1 if is_last && is_same(behind) => 'E',
                Scheme::Ioe2 if is_last => 'E',
                Scheme::Iobes if is_first && is_last => 'S',
                Scheme::Bilou if is_first && is_last => 'U',
                Scheme::Iobes | Scheme::Bilou if is_first => 'B',
                Scheme::Iobes if is_last => 'E',
                Scheme::Bilou if is_last => 'L',
                _ => 'I',
            };
            tags[token] = format!("{prefix}-{label}");
        }
    }
    tags
}
