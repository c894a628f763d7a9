//! Keys that `karat.document/1` does not know.
//!
//! Files may carry keys of their own (a process's `usage`, an annotator's notes), so an unknown key
//! is let be, unless it looks like a misspelling of a known one: `entites` would otherwise silently
//! score as a layer that was not annotated.

use crate::document::Step;
use crate::error::Diagnostic;
use crate::nearest::nearest;

const DOCUMENT: &[&str] = &[
    "id",
    "text",
    "text_sha256",
    "meta",
    "offset_unit",
    "entities",
    "relations",
    "events",
    "coreference",
    "records",
    "key_points",
    "key_sentences",
    "summaries",
    "summary",
    "keyphrases",
    "ignore",
    "error",
    "status",
    "repeat",
];
const ENTITY: &[&str] =
    &["id", "start", "end", "label", "text", "fragments", "optional", "alternatives", "attributes", "confidence"];
const ALTERNATIVE: &[&str] = &["start", "end", "fragments", "label", "text"];
const RELATION: &[&str] = &["id", "label", "head", "tail", "attributes", "confidence"];
const EVENT: &[&str] = &["id", "label", "trigger", "arguments", "attributes", "confidence"];
const ARGUMENT: &[&str] = &["role", "target"];
const CLUSTER: &[&str] = &["id", "mentions"];
const KEY_POINT: &[&str] = &["id", "text", "weight", "evidence", "aliases", "patterns"];
const SPAN: &[&str] = &["start", "end", "text", "confidence"];

/// What is wrong with an ignored key, if anything is.
pub(super) fn judge(path: &[Step]) -> Option<Diagnostic> {
    let Some(Step::Key(key)) = path.last() else { return None };
    let keys: Vec<&str> = path
        .iter()
        .filter_map(|step| match step {
            Step::Key(key) => Some(key.as_str()),
            Step::Index(_) => None,
        })
        .collect();
    let known = match keys[..keys.len() - 1] {
        [] => DOCUMENT,
        ["entities"] => ENTITY,
        ["entities", "alternatives"] => ALTERNATIVE,
        ["relations"] => RELATION,
        ["events"] => EVENT,
        ["events", "arguments"] => ARGUMENT,
        ["coreference"] => CLUSTER,
        ["key_points"] => KEY_POINT,
        _ => SPAN,
    };
    let near = nearest(key, known.iter().copied()).filter(|near| is_misspelling(key, near))?;
    Some(Diagnostic::new(format!("unknown key `{key}`")).help(format!("did you mean `{near}`?")))
}

/// Short keys are near to one another by chance; only long ones are taken for misspellings.
fn is_misspelling(key: &str, near: &str) -> bool {
    key.len().min(near.len()) >= 5 || key.eq_ignore_ascii_case(near)
}
