//! Detects misspelt keys in `karat.document/1`.
//!
//! Files can have keys of their own (a process's `usage`, an annotator's notes), so unknown keys
//! are ignored, unless they resemble a known key: `entites` would otherwise silently be scored as a
//! layer that was not annotated.

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

/// Returns a diagnostic if the unknown key at a path resembles a known one.
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

/// Whether a key is a misspelling of a similar one. Short keys are similar by chance, so only long
/// ones count.
fn is_misspelling(key: &str, near: &str) -> bool {
    key.len().min(near.len()) >= 5 || key.eq_ignore_ascii_case(near)
}
