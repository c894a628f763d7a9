//! What golden key points say of how they are recognised: other wordings and patterns.

use regex::Regex;

use super::golden::Misplaced;
use crate::document::{Annotations, Step};
use crate::error::Diagnostic;
use crate::text::{Stemmer, Tokenizer};

/// Patterns that are no regular expressions, and wordings without a word in them: neither could ever be found.
pub(super) fn key_points(annotations: &Annotations) -> Vec<Misplaced> {
    let mut wrong = Vec::new();
    for (place, point) in annotations.key_points.iter().flatten().enumerate() {
        let at = |field: &str, number: usize| {
            let steps = [Step::Key("key_points".to_owned()), Step::Index(place), Step::Key(field.to_owned())];
            [steps.to_vec(), vec![Step::Index(number)]].concat()
        };
        let of = point.name(place);
        for (number, pattern) in point.patterns.iter().enumerate() {
            if let Err(error) = Regex::new(pattern) {
                let diagnostic = Diagnostic::new(format!("a pattern of the key point {of:?} is {}", why(&error)));
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
                let diagnostic = Diagnostic::new(format!("an alias of the key point {of:?} has no word in it"));
                wrong.push((diagnostic.help("an alias is another wording, found by its words"), at("aliases", number)));
            }
        }
    }
    wrong
}

/// The last line of what the parser says: the lines before it draw the pattern.
fn why(error: &regex::Error) -> String {
    let said = error.to_string();
    let last = said.lines().last().unwrap_or_default();
    format!("no regular expression: {}", last.strip_prefix("error: ").unwrap_or(last))
}
