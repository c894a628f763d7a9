//! Converts entities to runs of tokens with one label, as presidio's `span_to_tag` and
//! `SpanEvaluator` do.

use crate::document::{Document, Entity};
use crate::metric::Case;

/// The span of a token in code points, and the length of its lower-cased form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    pub start: u32,
    pub end: u32,
    /// The number of code points of the lower-cased token, by which the tool measures ends.
    pub lower: u32,
}

/// Returns the tokens of a document: those of a token file; in a text, runs of letters and digits,
/// and every other character that is not white space; without a text, every code point up to
/// `last`. The tool leaves tokenization to its caller.
pub(super) fn tokens(case: &Case<'_>, last: u32) -> Vec<Token> {
    let text = case.document.map(Document::text);
    let slice = |start, end| case.document.and_then(|document| document.slice(start, end));
    let token = |start: u32, end: u32| {
        let lower = slice(start, end).map_or(end - start, |text| text.to_lowercase().chars().count() as u32);
        Token { start, end, lower }
    };
    if let Some(tags) = &case.gold.tags {
        return tags.ranges().iter().map(|&(start, end)| token(start, end)).collect();
    }
    let Some(text) = text else { return (0..last).map(|at| Token { start: at, end: at + 1, lower: 1 }).collect() };
    let mut places: Vec<(u32, u32)> = Vec::new();
    let mut in_word = false;
    for (at, character) in (0_u32..).zip(text.chars()) {
        let is_word = character.is_alphanumeric();
        match places.last_mut() {
            Some(place) if is_word && in_word => place.1 = at + 1,
            _ if !character.is_whitespace() => places.push((at, at + 1)),
            _ => {}
        }
        in_word = is_word;
    }
    places.into_iter().map(|(start, end)| token(start, end)).collect()
}

/// A span to be converted to tags; its end may be before its start.
#[derive(Clone, Copy)]
struct TrimmedSpan<'a> {
    start: i64,
    end: i64,
    label: &'a str,
    score: f64,
}

/// Returns the label of every token. Spans that overlap or touch are trimmed first: the more
/// confident one (0.5 if it has no confidence) keeps its text, the later one of equals.
pub(super) fn tags<'a>(tokens: &[Token], entities: &'a [Entity]) -> Vec<Option<&'a str>> {
    let cut = |entity: &'a Entity| TrimmedSpan {
        start: entity.start.into(),
        end: entity.end.into(),
        label: &entity.label,
        score: entity.confidence.unwrap_or(0.5),
    };
    let mut spans: Vec<TrimmedSpan<'a>> = entities.iter().map(cut).collect();
    spans.sort_by_key(|span| span.start);
    separate(&mut spans);
    spans.sort_by_key(|span| span.start);
    let covers = |token: &Token, span: &TrimmedSpan<'_>| {
        let (start, end) = (i64::from(token.start), i64::from(token.end));
        let begins = span.start <= start && start < span.end;
        begins || ((start..=end).contains(&span.start) && (start..=end).contains(&span.end))
    };
    tokens.iter().map(|token| spans.iter().find(|span| covers(token, span)).map(|span| span.label)).collect()
}

/// Trims overlapping spans, with ends inclusive in the comparison and exclusive when trimming.
fn separate(spans: &mut Vec<TrimmedSpan<'_>>) {
    let mut i = 0;
    while i + 1 < spans.len() {
        for j in i + 1..spans.len() {
            let (one, other) = (spans[i], spans[j]);
            if !(one.start <= other.start && other.start <= one.end) {
                continue;
            }
            if one.score > other.score {
                if one.start <= other.end && other.end <= one.end {
                    spans[j].score = 0.0;
                } else {
                    spans[j].start = one.end + 1;
                }
            } else {
                if other.end < one.end {
                    spans.push(TrimmedSpan { start: other.end + 1, ..one });
                }
                spans[i].end = other.start - 1;
            }
        }
        i += 1;
    }
}

/// Consecutive tokens with one label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TokenRun<'a> {
    pub label: &'a str,
    /// The index of the first token.
    pub first: usize,
    /// The index of the last token.
    pub last: usize,
    /// The start offset as the tool computes it.
    pub start: u32,
    /// The end offset as the tool computes it: as far as the lower-cased form of any of its tokens
    /// extends.
    pub end: u32,
}

/// Returns the runs of a tagged document.
pub(super) fn runs<'a>(tokens: &[Token], tags: &[Option<&'a str>]) -> Vec<TokenRun<'a>> {
    let mut runs: Vec<TokenRun<'a>> = Vec::new();
    for (at, (token, tag)) in tokens.iter().zip(tags).enumerate() {
        let Some(label) = *tag else { continue };
        let end = token.start + token.lower;
        match runs.last_mut() {
            Some(run) if run.label == label && run.last + 1 == at => {
                run.last = at;
                run.end = run.end.max(end);
            }
            _ => runs.push(TokenRun { label, first: at, last: at, start: token.start, end }),
        }
    }
    runs
}
