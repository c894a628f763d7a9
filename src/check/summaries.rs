//! Lints summaries of implausible length, which are often cut off or belong to another document.

use super::case::{count, item};
use super::finding::View;
use super::{Finding, Lint, Severity};
use crate::error::Diagnostic;
use crate::text::Tokenizer;

/// Reports a summary that is too short or too long.
pub(super) const SUMMARY_LENGTH: Lint = Lint {
    code: "summary-length",
    level: Severity::Warning,
    what: "a summary has fewer or more words than `summary_words` of dataset.toml allows, or more than its document",
    check,
};

/// The fewest and the most words, if `dataset.toml` sets no bounds.
const USUAL: (usize, usize) = (10, 400);

fn check(view: &View<'_>) -> Vec<Finding> {
    let (fewest, most) = view.info.summary_words.unwrap_or(USUAL);
    let mut findings = Vec::new();
    for case in view.cases {
        let of_document = case.document.map(|document| words(document.text()));
        for (at, summary) in case.gold.summaries.iter().flatten().enumerate() {
            let found = words(summary);
            let diagnostic = if found < fewest || found > most {
                Diagnostic::new(format!("the summary has {}, outside {fewest} to {most}", count(found, "word")))
                    .help("`summary_words = [fewest, most]` in dataset.toml sets the bounds")
            } else if of_document.is_some_and(|whole| found > whole) {
                let whole = count(of_document.unwrap_or_default(), "word");
                Diagnostic::new(format!(
                    "the summary has {}, more than its document, which has {whole}",
                    count(found, "word")
                ))
                .help("a summary is shorter than its text: is it the right document's?")
            } else {
                continue;
            };
            findings.push(SUMMARY_LENGTH.at(case, item("summaries", at), diagnostic));
        }
    }
    findings
}

fn words(text: &str) -> usize {
    let mut words = 0;
    Tokenizer::Unicode.each(text, |_| words += 1);
    words
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{findings_with, messages};

    #[test]
    fn bounds_and_the_document_itself() {
        let texts = [("One two three.", r#"{"summaries": ["", "One two.", "One two three four.", "a b c d e f"]}"#)];
        assert_eq!(
            messages(&findings_with("summary_words = [1, 5]", &texts), "summary-length"),
            [
                "the summary has 0 words, outside 1 to 5",
                "the summary has 4 words, more than its document, which has 3 words",
                "the summary has 6 words, outside 1 to 5"
            ]
        );
        assert_eq!(messages(&findings_with("", &texts), "summary-length").len(), 4);
    }
}
