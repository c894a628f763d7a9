//! Lints keyphrases and quotations that do not occur in their document. Keyphrases are compared by
//! words, as scoring does; quotations are compared character by character, up to white space and
//! the kind of quotation marks.

use super::case::{brief, item, key};
use super::finding::View;
use super::{Finding, Lint, Severity};
use crate::document::{Step, Value};
use crate::error::Diagnostic;
use crate::text::Tokenizer;

/// Reports a keyphrase that does not occur in its document.
pub(super) const KEYPHRASE: Lint = Lint {
    code: "keyphrase-not-in-text",
    level: Severity::Warning,
    what: "a keyphrase does not occur in its document",
    check: keyphrases,
};

/// Reports a quotation that does not occur in its document.
pub(super) const QUOTE: Lint = Lint {
    code: "quote-not-in-text",
    level: Severity::Warning,
    what: "a text in a record's `quotes` does not occur in its document",
    check: quotes,
};

fn keyphrases(view: &View<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for case in view.cases {
        let (Some(document), Some(phrases)) = (case.document, &case.gold.keyphrases) else { continue };
        let text = words(document.text());
        for (at, phrase) in phrases.iter().enumerate().filter(|(_, phrase)| !text.contains(&words(phrase))) {
            let diagnostic = Diagnostic::new(format!("the keyphrase {} does not occur in the text", brief(phrase)));
            let diagnostic =
                diagnostic.help("keyphrases are compared by their words, so that case and punctuation don't matter");
            findings.push(KEYPHRASE.at(case, item("keyphrases", at), diagnostic));
        }
    }
    findings
}

/// Returns the words of a text without possessive endings, each between two spaces.
fn words(text: &str) -> String {
    let mut words = String::from(" ");
    Tokenizer::Unicode.each(&text.replace('’', "'"), |word| {
        words.push_str(word.strip_suffix("'s").unwrap_or(word));
        words.push(' ');
    });
    words
}

fn quotes(view: &View<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for case in view.cases {
        let (Some(document), Some(layers)) = (case.document, &case.gold.records) else { continue };
        let text = plain(document.text());
        for (name, records) in layers {
            for (at, record) in records.iter().enumerate() {
                let Some(Value::Array(quotes)) = record.get("quotes") else { continue };
                let absent = |quote: &str| !text.contains(&plain(quote));
                for (part, quote) in quotes.iter().enumerate() {
                    let Some(quote) = quote.as_str().filter(|quote| absent(quote)) else { continue };
                    let diagnostic = Diagnostic::new(format!("the quote {} does not occur in the text", brief(quote)));
                    let diagnostic = diagnostic
                        .help("quotes are verbatim; only white space and the kind of quotation marks may differ");
                    let path = vec![key("records"), key(name), Step::Index(at), key("quotes"), Step::Index(part)];
                    findings.push(QUOTE.at(case, path, diagnostic));
                }
            }
        }
    }
    findings
}

/// Normalises white space to single spaces and quotation marks to straight ones.
fn plain(text: &str) -> String {
    let straight = |c: char| match c {
        '“' | '”' | '„' | '«' | '»' => '"',
        '‘' | '’' | '‚' => '\'',
        c => c,
    };
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().map(straight).collect()
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{findings, messages};

    #[test]
    fn words_for_keyphrases_and_characters_for_quotes() {
        let found = findings(
            "The Security-Council “can’t\nagree” on it.",
            r#"{"keyphrases": ["security council", "council can't agree", "curity", "peace"],
                "records": {"s": [{"quotes": ["can't agree", "Agree", {"start": 23, "end": 26}]}, {"quotes": null}]}}"#,
        );
        assert_eq!(
            messages(&found, "keyphrase-not-in-text"),
            [
                "the keyphrase \"curity\" does not occur in the text",
                "the keyphrase \"peace\" does not occur in the text"
            ]
        );
        assert_eq!(messages(&found, "quote-not-in-text"), ["the quote \"Agree\" does not occur in the text"]);
    }
}
