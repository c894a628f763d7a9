//! The texts of formats that store tokens instead of a text: tokens are joined to a text or located
//! in a known one, and a text is split into tokens at the edges of its annotations.

use std::collections::BTreeSet;

use super::output::Output;
use crate::document::{Annotations, Document, Span};

/// The code point range of a token.
pub(super) type TokenRange = (u32, u32);

/// Joins tokens by spaces and sentences by line breaks. Returns the text and the range of each
/// token.
pub(super) fn join<'t>(sentences: impl IntoIterator<Item = &'t [&'t str]>) -> (String, Vec<TokenRange>) {
    let (mut text, mut ranges, mut at) = (String::new(), Vec::new(), 0);
    for (number, sentence) in sentences.into_iter().enumerate() {
        for (place, token) in sentence.iter().enumerate() {
            let gap = if place > 0 { " " } else { "\n" };
            if number > 0 || place > 0 {
                text.push_str(gap);
                at += 1;
            }
            let length = token.chars().count() as u32;
            text.push_str(token);
            ranges.push((at, at + length));
            at += length;
        }
    }
    (text, ranges)
}

/// Locates tokens in a text: in order, with only white space between them.
///
/// # Errors
/// Fails with the index of the first token that does not follow, and the text that does.
pub(super) fn locate(tokens: &[&str], text: &str) -> Result<Vec<TokenRange>, (usize, String)> {
    let (mut rest, mut code_point, mut ranges) = (text, 0, Vec::new());
    for (at, token) in tokens.iter().enumerate() {
        let trimmed = rest.trim_start();
        code_point += rest[..rest.len() - trimmed.len()].chars().count() as u32;
        let Some(behind) = trimmed.strip_prefix(token) else {
            return Err((at, trimmed.chars().take(token.chars().count().clamp(1, 40)).collect()));
        };
        let length = token.chars().count() as u32;
        ranges.push((code_point, code_point + length));
        code_point += length;
        rest = behind;
    }
    Ok(ranges)
}

/// Returns every span of annotations.
fn spans(annotations: &Annotations) -> Vec<TokenRange> {
    let mut spans = Vec::new();
    annotations.clone().each_range(&mut |_, range, _| spans.push(*range));
    spans
}

/// Splits a document into sentences of tokens: at white space, at the edges of annotations, and
/// between letters or digits and other characters. A sentence ends at a line break that is inside
/// no annotation.
pub(super) fn split<'t>(document: &'t Document, annotations: &Annotations) -> Vec<Vec<(TokenRange, &'t str)>> {
    let spans = spans(annotations);
    let edges: BTreeSet<u32> = spans.iter().flat_map(|&(start, end)| [start, end]).collect();
    let is_inside = |at: u32| spans.iter().any(|&(start, end)| start < at && at < end);
    let text = document.text();
    let mut sentences: Vec<Vec<(TokenRange, &str)>> = Vec::new();
    let mut is_new_sentence = true;
    let mut open: Option<(u32, usize, char)> = None;
    let end = text.chars().count() as u32;
    for (at, (byte, c)) in (0u32..).zip(text.char_indices().chain([(text.len(), ' ')])) {
        let continues = open.is_some_and(|(_, _, last)| {
            !c.is_whitespace() && last.is_alphanumeric() && c.is_alphanumeric() && !edges.contains(&at)
        });
        if let (Some((start, first, _)), false) = (open, continues) {
            if std::mem::take(&mut is_new_sentence) {
                sentences.push(Vec::new());
            }
            if let Some(sentence) = sentences.last_mut() {
                sentence.push(((start, at), &text[first..byte]));
            }
            open = None;
        }
        if at < end && !c.is_whitespace() {
            open = match open {
                Some((start, first, _)) => Some((start, first, c)),
                None => Some((at, byte, c)),
            };
        }
        is_new_sentence |= c == '\n' && !is_inside(at);
    }
    sentences
}

/// Returns a range without white space at its edges; `None` if nothing else is in it.
fn trimmed(document: &Document, (start, end): TokenRange) -> Option<TokenRange> {
    let text = document.slice(start, end)?;
    let left = text.chars().take_while(|c| c.is_whitespace()).count() as u32;
    let right = text.chars().rev().take_while(|c| c.is_whitespace()).count() as u32;
    (start + left < end).then(|| (start + left, end - right))
}

/// Trims white space at the edges of entities, triggers and mentions, since tokens have none, and
/// removes those that are white space only, with the relations and arguments that refer to them.
/// Calls `lose` with the kind and an example of each loss.
pub(super) fn fix_edges(output: &mut Output, lose: &mut dyn FnMut(&'static str, &str)) {
    const EDGES: &str = "white space at the edges of labels";
    const BLANK: &str = "labels that cover only white space";
    let document = &output.document;
    let mut fit = |start: &mut u32, end: &mut u32| {
        let range = trimmed(document, (*start, *end));
        let example = format!("{start}..{end}");
        match range {
            Some(range) if range == (*start, *end) => {}
            Some(range) => {
                lose(EDGES, &example);
                (*start, *end) = range;
            }
            None => lose(BLANK, &example),
        }
        range.is_some()
    };
    let mut removed = BTreeSet::new();
    let annotations = &mut output.annotations;
    if let Some(entities) = &mut annotations.entities {
        entities.retain_mut(|entity| {
            let stays = fit(&mut entity.start, &mut entity.end);
            removed.extend(entity.id.clone().filter(|_| !stays));
            stays
        });
    }
    let mut fit_span = |span: &mut Span| {
        let stays = fit(&mut span.start, &mut span.end);
        span.text = document.slice(span.start, span.end).map(str::to_owned);
        stays
    };
    if let Some(events) = &mut annotations.events {
        events.retain_mut(|event| {
            let stays = fit_span(&mut event.trigger);
            removed.extend(event.id.clone().filter(|_| !stays));
            stays
        });
    }
    for cluster in annotations.coreference.iter_mut().flatten() {
        cluster.mentions.retain_mut(&mut fit_span);
    }
    let is_there = |id: &String| !removed.contains(id);
    if let Some(relations) = &mut annotations.relations {
        relations.retain(|relation| {
            let stays = is_there(&relation.head) && is_there(&relation.tail);
            if !stays {
                lose("relations", &relation.label);
            }
            stays
        });
    }
    for event in annotations.events.iter_mut().flatten() {
        event.arguments.retain(|argument| {
            let stays = is_there(&argument.target);
            if !stays {
                lose("arguments of events", &argument.role);
            }
            stays
        });
    }
}

/// Whether joining the tokens of a document gives its text.
pub(super) fn is_joined(output: &Output) -> bool {
    let sentences = split(&output.document, &output.annotations);
    let words: Vec<Vec<&str>> =
        sentences.iter().map(|sentence| sentence.iter().map(|(_, word)| *word).collect()).collect();
    join(words.iter().map(Vec::as_slice)).0 == output.document.text()
}

#[cfg(test)]
mod tests {
    use super::{join, locate, split};
    use crate::document::{Annotations, Document, Entity, Span};

    #[test]
    fn tokens_are_joined_and_located() {
        let sentences: [&[&str]; 3] = [&["é𝄞", "b"], &[], &["c"]];
        assert_eq!(join(sentences), ("é𝄞 b\nc".to_owned(), vec![(0, 2), (3, 4), (5, 6)]));
        assert_eq!(locate(&["é𝄞", "b", "c"], " é𝄞b\n\tc d"), Ok(vec![(1, 3), (3, 4), (6, 7)]));
        assert_eq!(locate(&["a", "x"], "a bc"), Err((1, "b".to_owned())));
        assert_eq!(locate(&["a", "b"], "a"), Err((1, String::new())));
    }

    #[test]
    fn texts_are_split_at_edges_and_line_breaks() {
        let document = Document::new("", "Ada's 𝄞\n\nNew\nYork x");
        let entity = |start, end| Entity::new(Span::new(start, end), "X");
        let annotations = Annotations { entities: Some(vec![entity(1, 3), entity(9, 17)]), ..Annotations::default() };
        let sentences = split(&document, &annotations);
        let words: Vec<Vec<&str>> = sentences.iter().map(|one| one.iter().map(|(_, word)| *word).collect()).collect();
        assert_eq!(words, [vec!["A", "da", "'", "s", "𝄞"], vec!["New", "York", "x"]]);
        assert_eq!(sentences[1][1].0, (13, 17));
    }
}
