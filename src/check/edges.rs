//! Lints white space at the edges of spans, which makes a span differ from a correct prediction
//! under exact matching.

use super::case::{brief, count};
use super::finding::View;
use super::{Finding, Lint, Severity};
use crate::document::Step;
use crate::error::Diagnostic;

/// Reports a span that begins or ends with white space.
pub(super) const SPACE: Lint =
    Lint { code: "edge-space", level: Severity::Warning, what: "a span begins or ends with white space", check };

fn check(view: &View<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for case in view.cases {
        let Some(document) = case.document else { continue };
        for span in case.spans() {
            let Some(text) = document.slice(span.start, span.end) else { continue };
            let (before, after) = spaces(text);
            let bare = text.trim();
            let what = match (before, after) {
                _ if bare.is_empty() => {
                    format!("the span at {}..{} consists of white space", span.start, span.end)
                }
                (0, 0) => continue,
                (before, 0) => {
                    format!("the span begins with {}: {}", count(before, "white space character"), brief(text))
                }
                (0, after) => format!("the span ends with {}: {}", count(after, "white space character"), brief(text)),
                _ => format!("the span begins and ends with white space: {}", brief(text)),
            };
            let diagnostic = match bare.is_empty() {
                true => Diagnostic::new(what).help("take it out"),
                false => {
                    let (start, end) = (span.start + before as u32, span.end - after as u32);
                    // The parts of a discontinuous span depend on each other, so they are fixed by
                    // hand.
                    let is_part = span.path.contains(&Step::Key("fragments".to_owned()));
                    let fix = if is_part { "" } else { "; `--fix` trims it" };
                    Diagnostic::new(what).help(format!("{} is at {start}..{end}{fix}", brief(bare)))
                }
            };
            findings.push(SPACE.at(case, span.path, diagnostic));
        }
    }
    findings
}

/// Returns how many code points of white space a text has at its beginning and at its end. In a
/// text of white space only, all count as its beginning.
pub(super) fn spaces(text: &str) -> (usize, usize) {
    let without = text.trim_start();
    let before = text[..text.len() - without.len()].chars().count();
    let after = without[without.trim_end().len()..].chars().count();
    (before, after)
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{codes, findings};

    #[test]
    fn white_space_in_every_layer() {
        let found = findings(
            "Ada came. Bo left.",
            r#"{"entities": [{"start": 0, "end": 4, "label": "P"}, {"start": 10, "end": 12, "label": "P"}],
                "key_sentences": [{"start": 9, "end": 18}],
                "key_points": [{"text": "x", "evidence": [{"start": 3, "end": 5}]}],
                "records": {"r": [{"cue": {"start": 12, "end": 14}}]}, "ignore": [{"start": 3, "end": 4}]}"#,
        );
        let codes = codes(&found);
        assert_eq!(codes.iter().filter(|code| **code == "edge-space").count(), 4, "{codes:?}");
    }

    #[test]
    fn spans_of_white_space_are_reported() {
        let found = findings("a \n b", r#"{"entities": [{"start": 1, "end": 4, "label": "P"}]}"#);
        assert_eq!(found[0].diagnostic.message, "the span at 1..4 consists of white space");
    }
}
