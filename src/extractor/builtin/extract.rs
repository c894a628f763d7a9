//! Helpers shared by the extractive summarisers: the choice of sentences and the form of the
//! summary.

use std::ops::Range;

use crate::document::{Annotations, Document};
use crate::text::sentence;

/// The sentences of at least `min_words` words, or all sentences if none is that long.
pub(super) fn sentences(text: &str, min_words: usize) -> Vec<Range<usize>> {
    let all = sentence::split(text);
    let is_full = |range: &Range<usize>| text[range.clone()].split_whitespace().count() >= min_words;
    let full: Vec<_> = all.iter().filter(|range| is_full(range)).cloned().collect();
    if full.is_empty() { all } else { full }
}

/// The annotations of an extractive summary. Each sentence becomes one line, since ROUGE-Lsum
/// splits on line breaks; a line break inside a sentence becomes a space.
pub(super) fn annotations(document: &Document, summary: &[Range<usize>], key: &[Range<usize>]) -> Annotations {
    let one_line =
        |range: &Range<usize>| document.text()[range.clone()].split_whitespace().collect::<Vec<_>>().join(" ");
    let lines: Vec<String> = summary.iter().map(one_line).collect();
    Annotations {
        key_sentences: Some(key.iter().map(|range| document.span(range.clone())).collect()),
        summaries: Some(if lines.is_empty() { Vec::new() } else { vec![lines.join("\n")] }),
        ..Annotations::default()
    }
}

/// Checks that a count option is not 0.
///
/// # Errors
/// Fails with a sentence that names the option.
pub(super) fn check_count(name: &str, count: usize) -> Result<(), String> {
    if count == 0 { Err(format!("`{name}` is 0: at least 1 is needed")) } else { Ok(()) }
}
