//! Splits texts into words as spaCy stores them: a word may be followed by one space, and all other
//! white space is a word of its own. Entities begin and end with words.

use std::collections::BTreeSet;

use unicode_segmentation::UnicodeSegmentation;

use crate::format::output::Output;

/// A word of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::format::formats) struct Word<'t> {
    /// The word.
    pub text: &'t str,
    /// Whether a space follows that is part of no word.
    pub has_space: bool,
    /// The entity that the word belongs to, and whether the word is its first and its last.
    pub entity: Option<(usize, bool, bool)>,
}

/// Returns the words of a document (UAX #29), which also end where entities begin and end. The
/// entities must not overlap.
pub(in crate::format::formats) fn words(output: &Output) -> Vec<Word<'_>> {
    let (document, text) = (&output.document, output.document.text());
    let entities: Vec<_> = output
        .annotations
        .entities
        .iter()
        .flatten()
        .enumerate()
        .filter_map(|(number, entity)| Some((number, document.bytes(entity.start, entity.end)?)))
        .collect();
    let edges: BTreeSet<usize> = entities.iter().flat_map(|(_, bytes)| [bytes.start, bytes.end]).collect();
    let mut cuts: BTreeSet<usize> =
        text.split_word_bound_indices().map(|(at, _)| at).chain(edges.iter().copied()).collect();
    cuts.insert(text.len());
    // A run of spaces is split after the first, which belongs to the word before.
    let is_space = |at: usize| text[at..].starts_with(' ');
    let behind: Vec<usize> = cuts.iter().filter(|at| is_space(**at)).map(|at| at + 1).collect();
    cuts.extend(behind);
    let cuts: Vec<usize> = cuts.into_iter().collect();
    let mut words: Vec<Word<'_>> = Vec::new();
    let mut next = 0;
    for pair in cuts.windows(2) {
        let (start, end) = (pair[0], pair[1]);
        let is_edge = edges.contains(&start) && entities.iter().any(|(_, bytes)| bytes.start == start);
        let ends_entity = entities.iter().any(|(_, bytes)| bytes.end == end && bytes.start < end);
        if &text[start..end] == " "
            && !is_edge
            && !ends_entity
            && let Some(word) = words.last_mut().filter(|word| !word.has_space)
        {
            word.has_space = true;
            continue;
        }
        while entities.get(next).is_some_and(|(_, bytes)| bytes.end <= start) {
            next += 1;
        }
        let entity = entities.get(next).filter(|(_, bytes)| bytes.start <= start);
        let entity = entity.map(|(number, bytes)| (*number, bytes.start == start, bytes.end == end));
        words.push(Word { text: &text[start..end], has_space: false, entity });
    }
    words
}
