//! Checks the aliases and patterns by which golden key points are recognised in answers.

use regex::Regex;

use super::validation::PathDiagnostic;
use crate::document::{Annotations, Step};
use crate::error::Diagnostic;
use crate::text::{Stemmer, Tokenizer};

/// Returns diagnostics for patterns that are no regular expressions, for empty patterns, which
/// match everything, and for aliases without a word, which match nothing.
pub(super) fn key_points(annotations: &Annotations) -> Vec<PathDiagnostic> {
    let mut wrong = Vec::new();
    for (index, point) in annotations.key_points.iter().flatten().enumerate() {
        let at = |field: &str, number: usize| {
            let steps = [Step::Key("key_points".to_owned()), Step::Index(index), Step::Key(field.to_owned())];
            [steps.to_vec(), vec![Step::Index(number)]].concat()
        };
        let of = point.name(index);
        for (number, pattern) in point.patterns.iter().enumerate() {
            if let Err(error) = Regex::new(pattern) {
                let diagnostic =
                    Diagnostic::new(format!("a pattern of the key point {of:?} is {}", parser_message(&error)));
                let help = "patterns are regular expressions as the Rust crate `regex` takes them; a backslash is \
                            written twice in JSON";
                wrong.push((diagnostic.help(help), at("patterns", number)));
            } else if pattern.is_empty() {
                let diagnostic =
                    Diagnostic::new(format!("a pattern of the key point {of:?} is empty, which any sentence matches"));
                wrong.push((diagnostic.help("take it out"), at("patterns", number)));
            }
        }
        for (number, alias) in point.aliases.iter().enumerate() {
            if Tokenizer::Unicode.tokens(alias, Stemmer::None).is_empty() {
                let diagnostic = Diagnostic::new(format!("an alias of the key point {of:?} contains no word"));
                wrong.push((diagnostic.help("an alias is another wording, found by its words"), at("aliases", number)));
            }
        }
    }
    wrong
}

/// Returns the last line of the parser's message; the lines before it only display the pattern.
fn parser_message(error: &regex::Error) -> String {
    let message = error.to_string();
    let last = message.lines().last().unwrap_or_default();
    format!("no regular expression: {}", last.strip_prefix("error: ").unwrap_or(last))
}
