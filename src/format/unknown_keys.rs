//! Detects misspelt keys in `karat.document/1`.
//!
//! Files can have keys of their own (a process's `usage`, an annotator's notes), so unknown keys
//! are ignored, unless they resemble a known key: `entites` would otherwise silently be scored as a
//! layer that was not annotated.

use crate::document::Step;
use crate::error::Diagnostic;
use crate::nearest::nearest;

/// The keys of a document.
pub(super) const DOCUMENT: &[&str] = &[
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
    "withheld",
    "error",
    "status",
    "repeat",
];
const ENTITY: &[&str] = &[
    "id",
    "start",
    "end",
    "label",
    "text",
    "fragments",
    "optional",
    "alternatives",
    "attributes",
    "confidence",
    "not_found",
];
const ALTERNATIVE: &[&str] = &["start", "end", "fragments", "label", "text"];
const RELATION: &[&str] = &["id", "label", "head", "tail", "attributes", "confidence"];
const EVENT: &[&str] = &["id", "label", "trigger", "arguments", "attributes", "confidence"];
const ARGUMENT: &[&str] = &["role", "target"];
const CLUSTER: &[&str] = &["id", "mentions"];
const KEY_POINT: &[&str] = &["id", "text", "weight", "evidence", "aliases", "patterns"];
const SPAN: &[&str] = &["start", "end", "text", "confidence"];

/// Names that other tools use for keys of a document, which edit distance does not find or finds
/// wrongly (`references` is nearer to `coreference` than to `summaries`).
const SYNONYMS: &[(&str, &[&str])] = &[
    (
        "summaries",
        &["reference", "references", "ref", "refs", "highlights", "target", "targets", "reference_summaries"],
    ),
    (
        "summary",
        &[
            "prediction",
            "predictions",
            "candidate",
            "generated_text",
            "generated_summary",
            "hypothesis",
            "hyp",
            "output",
            "response",
        ],
    ),
    ("entities", &["ents", "spans", "mentions", "annotations", "named_entities"]),
    ("keyphrases", &["keywords", "key_phrases", "tags"]),
    ("key_sentences", &["highlight_sentences", "extract", "extracted_sentences"]),
    ("coreference", &["clusters", "coref", "chains"]),
    ("relations", &["rels", "triples"]),
    ("text", &["article", "document", "src", "source", "content", "body"]),
    ("id", &["doc_id", "document_id", "docid", "guid", "uid"]),
];

/// Returns the key of a document for which other tools use a name.
pub(super) fn synonym(name: &str) -> Option<&'static str> {
    SYNONYMS.iter().find(|(_, names)| names.contains(&name)).map(|(key, _)| *key)
}

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
    let near = if keys.len() == 1 { synonym(key).unwrap_or(near) } else { near };
    Some(Diagnostic::new(format!("unknown key `{key}`")).help(format!("did you mean `{near}`?")))
}

/// Whether a key is a misspelling of a similar one. Short keys are similar by chance, so only long
/// ones count.
fn is_misspelling(key: &str, near: &str) -> bool {
    key.len().min(near.len()) >= 5 || key.eq_ignore_ascii_case(near)
}
