//! From entities to runs of tokens with one label, as presidio's `span_to_tag` and `SpanEvaluator` make them.

use crate::document::{Document, Entity};
use crate::metric::Case;

/// A token's place in code points, and how long its lower case is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    pub start: u32,
    pub end: u32,
    /// Code points of the lower-cased token, which the tool measures ends by.
    pub lower: u32,
}

/// A document's tokens: those of a token file; of a text, runs of letters and digits and every other character that is no
/// white space; without a text, every code point up to `last`. The tool leaves tokens to its caller.
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

/// A span on its way to tags; ends may fall below starts.
#[derive(Clone, Copy)]
struct Cut<'a> {
    start: i64,
    end: i64,
    label: &'a str,
    score: f64,
}

/// The label of every token. Spans that overlap or touch are cut first, the more confident one (0.5 where it does not say)
/// keeping its text, of equals the later one.
pub(super) fn tags<'a>(tokens: &[Token], entities: &'a [Entity]) -> Vec<Option<&'a str>> {
    let cut = |entity: &'a Entity| Cut {
        start: entity.start.into(),
        end: entity.end.into(),
        label: &entity.label,
        score: entity.confidence.unwrap_or(0.5),
    };
    let mut spans: Vec<Cut<'a>> = entities.iter().map(cut).collect();
    spans.sort_by_key(|span| span.start);
    separate(&mut spans);
    spans.sort_by_key(|span| span.start);
    let covers = |token: &Token, span: &Cut<'_>| {
        let (start, end) = (i64::from(token.start), i64::from(token.end));
        let begins = span.start <= start && start < span.end;
        begins || ((start..=end).contains(&span.start) && (start..=end).contains(&span.end))
    };
    tokens.iter().map(|token| spans.iter().find(|span| covers(token, span)).map(|span| span.label)).collect()
}

/// Cuts overlapping spans, ends taken as inclusive while it looks and as exclusive where it cuts.
fn separate(spans: &mut Vec<Cut<'_>>) {
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
                    spans.push(Cut { start: other.end + 1, ..one });
                }
                spans[i].end = other.start - 1;
            }
        }
        i += 1;
    }
}

/// Tokens that follow each other with one label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run<'a> {
    pub label: &'a str,
    /// The first token.
    pub first: usize,
    /// The last token.
    pub last: usize,
    /// Where the tool sees it begin.
    pub start: u32,
    /// Where the tool sees it end: as far as the lower case of any of its tokens reaches.
    pub end: u32,
}

/// The runs of a tagged document.
pub(super) fn runs<'a>(tokens: &[Token], tags: &[Option<&'a str>]) -> Vec<Run<'a>> {
    let mut runs: Vec<Run<'a>> = Vec::new();
    for (at, (token, tag)) in tokens.iter().zip(tags).enumerate() {
        let Some(label) = *tag else { continue };
        let end = token.start + token.lower;
        match runs.last_mut() {
            Some(run) if run.label == label && run.last + 1 == at => {
                run.last = at;
                run.end = run.end.max(end);
            }
            _ => runs.push(Run { label, first: at, last: at, start: token.start, end }),
        }
    }
    runs
}
