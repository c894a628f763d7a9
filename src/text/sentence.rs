//! Sentence splitting by a small, fixed rule.
//!
//! A sentence ends
//! - at `.`, `!`, `?` or `…`, including closing quotation marks and brackets after it, if white
//!   space follows and then no lower-case letter, except after an initial or a known abbreviation
//!   (bracketed footnote marks such as `[12]` between the two belong to no sentence);
//! - at a blank line, and at any line break that is not followed by a lower-case letter (a wrapped
//!   line continues its sentence).
//!
//! A leading list bullet is not part of its sentence. The rule is deliberately simple: it is part
//! of the signatures of metrics, so it must be reproducible without a model.

use std::ops::Range;

/// The rule's name in signatures. It changes whenever the rule does.
pub const RULE: &str = "karat-sent-1";

const CLOSERS: &[char] = &['"', '\'', '”', '’', '»', ')', ']'];
const BULLETS: &[char] = &['•', '-', '–', '—', '*', '·', '‣'];
const ABBREVIATIONS: &[&str] = &[
    "Mr", "Mrs", "Ms", "Dr", "Prof", "St", "Gen", "Col", "Lt", "Sgt", "Capt", "Sen", "Rep", "Gov", "Hon", "Rev", "Jr",
    "Sr", "Inc", "Ltd", "Co", "Corp", "vs", "etc", "No", "Nos", "Art", "Fig", "Vol", "approx", "Jan", "Feb", "Mar",
    "Apr", "Jun", "Jul", "Aug", "Sep", "Sept", "Oct", "Nov", "Dec", "e.g", "i.e", "a.m", "p.m", "U.S", "U.K", "U.N",
    "E.U", "Ph.D",
];

/// The byte ranges of the sentences, in order. They are trimmed of white space and never empty.
pub fn split(text: &str) -> Vec<Range<usize>> {
    let mut sentences = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let after = at + c.len_utf8();
        let (end, next) = match c {
            '\n' if line_breaks_here(&text[after..]) => (at, after),
            '.' | '!' | '?' | '…' => match sentence_end(text, start, at, after) {
                Some(found) => found,
                None => continue,
            },
            _ => continue,
        };
        push(&mut sentences, text, start..end);
        start = next;
        while chars.peek().is_some_and(|&(at, _)| at < next) {
            chars.next();
        }
    }
    push(&mut sentences, text, start..text.len());
    sentences
}

/// The end of the sentence that began at `start` and has its mark at `mark`, and the earliest start
/// of the next one; `None` if the mark does not end the sentence.
fn sentence_end(text: &str, start: usize, mark: usize, after: usize) -> Option<(usize, usize)> {
    let rest = text[after..].trim_start_matches(['.', '!', '?', '…']).trim_start_matches(CLOSERS);
    let end = text.len() - rest.len();
    let behind_notes = skip_footnotes(rest);
    let next = text.len() - behind_notes.len();
    let follows = behind_notes.trim_start();
    if follows.len() == behind_notes.len() && !behind_notes.is_empty() {
        return None;
    }
    if follows.starts_with(|c: char| c.is_lowercase()) {
        return None;
    }
    let is_plain_dot = text[mark..end].starts_with('.');
    (!(is_plain_dot && is_abbreviation(&text[start..mark]) && !follows.is_empty())).then_some((end, next))
}

fn skip_footnotes(mut rest: &str) -> &str {
    loop {
        let Some(inner) = rest.strip_prefix('[') else { return rest };
        let digits = inner.trim_start_matches(|c: char| c.is_ascii_digit());
        match digits.strip_prefix(']') {
            Some(behind) if digits.len() < inner.len() => rest = behind,
            _ => return rest,
        }
    }
}

/// Whether a text ends in a word that is written with a period: an initial, or a listed
/// abbreviation.
pub fn is_abbreviation(before: &str) -> bool {
    let word = before.rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or("");
    let is_initial = word.chars().count() == 1 && word.chars().all(char::is_uppercase);
    is_initial || ABBREVIATIONS.contains(&word)
}

fn line_breaks_here(rest: &str) -> bool {
    let line = rest.trim_start_matches([' ', '\t', '\r']);
    line.is_empty() || !line.starts_with(|c: char| c.is_lowercase())
}

fn push(sentences: &mut Vec<Range<usize>>, text: &str, range: Range<usize>) {
    let piece = &text[range.clone()];
    let mut body = piece.trim();
    if let Some(behind) = body.strip_prefix(BULLETS)
        && (behind.is_empty() || behind.starts_with(char::is_whitespace))
    {
        body = behind.trim_start();
    }
    if body.is_empty() {
        return;
    }
    let end = range.start + piece.trim_end().len();
    sentences.push(end - body.len()..end);
}

#[cfg(test)]
mod tests {
    use super::split;

    fn sentences(text: &str) -> Vec<&str> {
        split(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn footnote_marks_stand_between_sentences() {
        assert_eq!(sentences("One ends.[1] Two “ends.”[2][3] Three"), ["One ends.", "Two “ends.”", "Three"]);
    }

    #[test]
    fn abbreviations_and_initials_do_not_end_a_sentence() {
        assert_eq!(
            sentences("Dr. A. Smith left the U.S. Senate. He won 3.5 points."),
            ["Dr. A. Smith left the U.S. Senate.", "He won 3.5 points."]
        );
    }

    #[test]
    fn a_wrapped_line_goes_on_and_a_headline_ends() {
        assert_eq!(
            sentences("Head line\n\nIt remains\ninconsistent. So\r\n  • A bullet. \n  • Another"),
            ["Head line", "It remains\ninconsistent.", "So", "A bullet.", "Another"]
        );
    }

    #[test]
    fn nothing_in_nothing_out() {
        assert!(split("").is_empty());
        assert!(split(" \n\n • \n").is_empty());
    }
}
