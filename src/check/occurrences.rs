//! Lints words that are labelled in one passage and unlabelled in another, a common omission of
//! annotators. All labelled forms are searched at once with an Aho-Corasick automaton, so that the
//! time is linear in the size of the texts.

use aho_corasick::AhoCorasick;

use super::case::{GoldenCase, brief, times};
use super::finding::View;
use super::surface_forms::{describe_labels, forms};
use super::{Finding, FindingLocation, Lint, Severity};
use crate::document::Document;
use crate::error::Diagnostic;

/// Reports words that are labelled elsewhere in the dataset and unlabelled in a document.
pub(super) const UNLABELLED: Lint = Lint {
    code: "unlabelled",
    level: Severity::Warning,
    what: "words that are labelled elsewhere are not labelled here",
    check,
};

/// The longest form that is searched, in code points. Longer ones do not occur twice in text, and
/// nested labels of a long text would make an automaton of the sum of their lengths.
const LONGEST: usize = 200;

/// Returns one finding for each document and form, at the form's first unlabelled occurrence.
fn check(view: &View<'_>) -> Vec<Finding> {
    let mut forms: Vec<_> = forms(view).into_iter().collect();
    forms.retain(|(form, _)| form.chars().nth(LONGEST).is_none());
    // The automaton cannot be built from too many or too long forms; then nothing is reported.
    let Ok(finder) = AhoCorasick::new(forms.iter().map(|(form, _)| form)) else { return Vec::new() };
    let mut findings = Vec::new();
    for case in view.cases {
        let (Some(document), Some(_)) = (case.document, &case.gold.entities) else { continue };
        let mut found: Vec<(usize, u32, u32)> = unlabelled_occurrences(case, document, &finder);
        found.sort_unstable();
        for occurrences in found.chunk_by(|a, b| a.0 == b.0) {
            let (form, labels) = &forms[occurrences[0].0];
            let (_, start, end) = occurrences[0];
            let times = match occurrences.len() {
                1 => "is unlabelled".to_owned(),
                more => format!("is unlabelled {} here, first", times(more)),
            };
            let message =
                format!("{} is labelled {}, and {times} at {start}..{end}", brief(form), describe_labels(labels));
            let diagnostic = Diagnostic::new(message).of_document(case.id).help(context(document, start, end));
            findings.push(UNLABELLED.finding(FindingLocation::Text(start, end), diagnostic));
        }
    }
    findings
}

/// Returns the occurrences of forms that are whole words and overlap no label, as (form, start,
/// end). Of overlapping matches, the leftmost is taken, and of those that start together, the
/// longest.
fn unlabelled_occurrences(case: &GoldenCase<'_>, document: &Document, finder: &AhoCorasick) -> Vec<(usize, u32, u32)> {
    let text = document.text();
    let mut matches: Vec<(usize, usize, usize)> = finder
        .find_overlapping_iter(text)
        .filter(|found| is_whole_word(text, found.start(), found.end()))
        .map(|found| (found.start(), found.end(), found.pattern().as_usize()))
        .collect();
    matches.sort_unstable_by(|a, b| (a.0, b.1).cmp(&(b.0, a.1)));
    let mut taken: Vec<(u32, u32)> =
        case.gold.entities.iter().flatten().map(|entity| (entity.start, entity.end)).collect();
    taken.extend(case.gold.ignore.iter().map(|region| (region.start, region.end)));
    let taken = merged(taken);
    let (mut occurrences, mut end) = (Vec::new(), 0);
    for (from, to, form) in matches {
        if from < end {
            continue;
        }
        let span = document.span(from..to);
        let next = taken.partition_point(|&(_, taken_end)| taken_end <= span.start);
        if taken.get(next).is_none_or(|&(start, _)| start >= span.end) {
            occurrences.push((form, span.start, span.end));
            end = to;
        }
    }
    occurrences
}

/// Sorts ranges, and merges those that touch or overlap.
fn merged(mut ranges: Vec<(u32, u32)>) -> Vec<(u32, u32)> {
    ranges.sort_unstable();
    let mut merged: Vec<(u32, u32)> = Vec::new();
    for (start, end) in ranges {
        match merged.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => merged.push((start, end)),
        }
    }
    merged
}

/// Whether a byte range is bounded like a word. Words end at white space and punctuation; a hyphen
/// between letters joins them into one word, and a number in square brackets is a footnote mark.
fn is_whole_word(text: &str, start: usize, end: usize) -> bool {
    let (before, after) = (&text[..start], &text[end..]);
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let ends_word = |c: Option<char>, beyond: Option<char>, own: Option<char>| match c {
        Some(c) if is_word(c) => !own.is_some_and(is_word),
        Some('-' | '‐' | '‑' | '.' | ',') if c != Some('.') && c != Some(',') => !beyond.is_some_and(is_word),
        // "2022" is not a whole word in "1,2022.5".
        Some('.' | ',') => !(beyond.is_some_and(char::is_numeric) && own.is_some_and(char::is_numeric)),
        _ => true,
    };
    let (mut left, mut right) = (before.chars().rev(), after.chars());
    let own = &text[start..end];
    let is_footnote = before.ends_with('[') && after.starts_with(']') && own.chars().all(char::is_numeric);
    !is_footnote
        && ends_word(left.next(), left.next(), own.chars().next())
        && ends_word(right.next(), right.next(), own.chars().next_back())
}

/// The words around a span, on one line.
pub(super) fn context(document: &Document, start: u32, end: u32) -> String {
    const AROUND: u32 = 30;
    let cut = |from: u32, to: u32| {
        document.slice(from, to).unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let (from, to) = (start.saturating_sub(AROUND), (end + AROUND).min(document.len()));
    let dots = |cut: bool| if cut { "…" } else { "" };
    format!("it stands in \"{}{}{}\"", dots(from > 0), cut(from, to), dots(to < document.len()))
}

#[cfg(test)]
mod tests {
    use super::is_whole_word;
    use crate::check::testing::{findings_with, messages};

    #[test]
    fn whole_words_outside_labels_are_counted() {
        let a = "Oslo grew. Greater Oslo did not; Oslo’s mayor, Osloer, pro-Oslo, Oslo.";
        let gold =
            r#"{"entities": [{"start": 0, "end": 4, "label": "GPE"}, {"start": 11, "end": 23, "label": "LOC"}]}"#;
        let found = findings_with("", &[(a, gold), ("Oslo", "{\"summaries\": []}"), ("In Oslo", "{\"entities\": []}")]);
        assert_eq!(
            messages(&found, "unlabelled"),
            [
                "\"Oslo\" is labelled GPE once, and is unlabelled twice here, first at 33..37",
                "\"Oslo\" is labelled GPE once, and is unlabelled at 3..7"
            ]
        );
    }

    #[test]
    fn the_longest_form_is_what_stands_there() {
        let gold =
            r#"{"entities": [{"start": 0, "end": 12, "label": "ORG"}, {"start": 14, "end": 18, "label": "GPE"}]}"#;
        let found = findings_with("", &[("Bank of Oslo, Oslo. Bank of Oslo", gold)]);
        assert_eq!(
            messages(&found, "unlabelled"),
            ["\"Bank of Oslo\" is labelled ORG once, and is unlabelled at 20..32"]
        );
    }

    #[test]
    fn edges_of_words() {
        for (text, word, expected) in [
            ("US-led", "US", false),
            ("the US, too", "US", true),
            ("U.S. too", "U.S.", true),
            ("note [3].", "3", false),
            ("3,000", "3", false),
            ("at 3.", "3", true),
            ("naïveté", "naïve", false),
            ("東京は", "東京", false),
            ("Oslo-", "Oslo", true),
        ] {
            let start = text.find(word).unwrap();
            assert_eq!(is_whole_word(text, start, start + word.len()), expected, "{text}");
        }
    }
}
