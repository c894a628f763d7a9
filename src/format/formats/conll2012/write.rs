//! Writes coreference in the CoNLL-2012 format.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::document::{Annotations, Cluster, Span};

/// A loss of the conversion: its kind, and the lost item.
type Loss = (&'static str, String);

/// Returns a document with its clusters in the format, and the losses: mentions that do not begin
/// and end with a token (tokens are separated by white space), and mentions that cross another of
/// their cluster.
///
/// Clusters are numbered from 0 in the order of their mentions. Their names are not kept, nor is
/// white space other than one space or line break between two tokens. The caller reports the loss
/// of other layers.
pub fn write(id: &str, text: &str, annotations: &Annotations) -> (String, Vec<Loss>) {
    let (tokens, breaks) = tokens(text);
    let mut losses = Vec::new();
    let normal: Vec<String> = breaks.windows(2).map(|ends| words(text, &tokens[ends[0]..ends[1]])).collect();
    if normal.join("\n") != text {
        losses.push(("white space other than single spaces and line breaks between tokens", id.to_owned()));
    }
    let mut clusters: Vec<(Vec<(usize, usize)>, &Cluster)> = Vec::new();
    for cluster in annotations.coreference.iter().flatten() {
        let mut mentions: Vec<(usize, usize)> = Vec::new();
        let mut spans: Vec<&Span> = cluster.mentions.iter().collect();
        spans.sort_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
        for span in spans {
            let found = tokens_of_mention(&tokens, span);
            let crosses = |(first, last): (usize, usize)| {
                // In this format, an end closes the mention of the cluster that was opened last.
                mentions.iter().any(|other| other.0 < first && first <= other.1 && other.1 < last)
            };
            match found {
                None => losses.push(("mentions that do not begin and end with a token", describe(text, span))),
                Some(found) if crosses(found) => {
                    losses.push(("mentions that cross another of their cluster", describe(text, span)));
                }
                Some(found) => mentions.push(found),
            }
        }
        clusters.push((mentions, cluster));
    }
    clusters.retain(|(mentions, _)| !mentions.is_empty());
    clusters.sort_by(|a, b| a.0.cmp(&b.0));

    let cells = cells(&clusters.into_iter().map(|(mentions, _)| mentions).collect::<Vec<_>>());
    let (name, part, number) = match id.rsplit_once(" part ").map(|(name, part)| (name, part, part.parse::<u32>())) {
        Some((name, part, Ok(number))) if number > 0 => (name, part, number),
        _ => (id, "000", 0),
    };
    let column: String = name.chars().map(|c| if c.is_whitespace() { '_' } else { c }).collect();
    let mut out = format!("#begin document ({name}); part {part}\n");
    for ends in breaks.windows(2) {
        for (at, token) in tokens[ends[0]..ends[1]].iter().enumerate() {
            let cell = cells.get(&(ends[0] + at)).map_or("-", String::as_str);
            let _ = writeln!(out, "{column}\t{number}\t{at}\t{}\t-\t-\t-\t-\t-\t-\t*\t{cell}", token.word(text));
        }
        out.push('\n');
    }
    out.push_str("#end document\n");
    (out, losses)
}

/// A word with its offsets, in code points and in bytes.
struct TokenSpan {
    start: u32,
    end: u32,
    bytes: (usize, usize),
}

impl TokenSpan {
    fn word<'t>(&self, text: &'t str) -> &'t str {
        &text[self.bytes.0..self.bytes.1]
    }
}

/// Returns the words of a text, and the index of the first word of each line, followed by the
/// number of words.
fn tokens(text: &str) -> (Vec<TokenSpan>, Vec<usize>) {
    let (mut tokens, mut breaks, mut open): (Vec<TokenSpan>, Vec<usize>, bool) = (Vec::new(), vec![0], false);
    for (place, (byte, c)) in (0u32..).zip(text.char_indices()) {
        if c == '\n' && breaks.last() != Some(&tokens.len()) {
            breaks.push(tokens.len());
        }
        if c.is_whitespace() {
            open = false;
            continue;
        }
        let end = (place + 1, byte + c.len_utf8());
        match tokens.last_mut().filter(|_| open) {
            Some(token) => (token.end, token.bytes.1) = end,
            None => tokens.push(TokenSpan { start: place, end: end.0, bytes: (byte, end.1) }),
        }
        open = true;
    }
    if breaks.last() != Some(&tokens.len()) {
        breaks.push(tokens.len());
    }
    (tokens, breaks)
}

fn words(text: &str, tokens: &[TokenSpan]) -> String {
    tokens.iter().map(|token| token.word(text)).collect::<Vec<_>>().join(" ")
}

/// Returns the first and the last token of a mention.
fn tokens_of_mention(tokens: &[TokenSpan], span: &Span) -> Option<(usize, usize)> {
    let first = tokens.binary_search_by_key(&span.start, |token| token.start).ok()?;
    let last = tokens.binary_search_by_key(&span.end, |token| token.end).ok()?;
    (first <= last).then_some((first, last))
}

fn describe(text: &str, span: &Span) -> String {
    let covered: String = text.chars().skip(span.start as usize).take((span.end - span.start) as usize).collect();
    format!("{covered:?} at {}..{}", span.start, span.end)
}

/// Returns the last column of each token that has mentions. Longer mentions begin first and end
/// last.
fn cells(clusters: &[Vec<(usize, usize)>]) -> BTreeMap<usize, String> {
    let mut mentions: Vec<(usize, usize, usize)> = Vec::new();
    for (name, cluster) in clusters.iter().enumerate() {
        mentions.extend(cluster.iter().map(|&(first, last)| (first, last, name)));
    }
    let mut marks: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    mentions.sort_by_key(|&(first, last, name)| (first, std::cmp::Reverse(last), name));
    for &(first, last, name) in &mentions {
        marks.entry(first).or_default().push(if first == last { format!("({name})") } else { format!("({name}") });
    }
    mentions.sort_by_key(|&(first, last, name)| (last, std::cmp::Reverse(first), name));
    for &(first, last, name) in mentions.iter().filter(|(first, last, _)| first != last) {
        debug_assert!(first < last, "a mention runs forward");
        marks.entry(last).or_default().push(format!("{name})"));
    }
    marks.into_iter().map(|(token, marks)| (token, marks.join("|"))).collect()
}
