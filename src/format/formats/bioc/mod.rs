//! BioC, the format of biomedical corpora and of PubTator, in XML and in JSON: a collection of
//! documents, whose passages or sentences have an offset, a text, annotations and relations.
//!
//! The text of a document is that of its passages, each at its offset. The library bioc fills gaps
//! between passages with line breaks and gaps between sentences with spaces, and so does karat.

mod convert;
mod json;
mod model;
mod xml;

use crate::document::Value;
use crate::format::capabilities::{Capabilities, Ids, SPANS};
use crate::format::definition::Format;

/// The infon that contains the label of an annotation or relation.
const TYPE: &str = "type";
/// The attribute that stores the roles of a relation's ends if they are not `Arg1` and `Arg2`.
const ROLES: &str = "roles";
/// The roles of a relation's ends, unless [`ROLES`] says otherwise.
const USUAL_ROLES: [&str; 2] = ["Arg1", "Arg2"];

/// The `bioc-xml` and `bioc-json` formats.
pub(super) const FORMATS: &[Format] = &[
    Format {
        name: "bioc-xml",
        about: "BioC in XML: passages with annotations and relations",
        extensions: &["xml"],
        looks_like: xml::looks_like,
        read: xml::read,
        capabilities: Capabilities { attribute: xml::attribute, label: crate::format::xml::without_controls, ..BIOC },
        write: xml::write,
        ..Format::DEFAULTS
    },
    Format {
        name: "bioc-json",
        about: "BioC in JSON: a collection, or a document a line",
        extensions: &["json", "jsonl"],
        looks_like: json::looks_like,
        read: json::read,
        capabilities: Capabilities { meta: true, attribute: json::attribute, ..BIOC },
        write: json::write,
        ..Format::DEFAULTS
    },
];

const BIOC: Capabilities =
    Capabilities { label_texts: true, ids: Ids::Any, fragments: true, relations: true, fix: convert::fix, ..SPANS };

/// Whether the value of [`ROLES`] is two roles that a relation can be written with.
fn are_roles(value: &Value) -> bool {
    let names: Vec<&str> = value.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    names.len() == 2
        && value.as_array().is_some_and(|all| all.len() == 2)
        && names != USUAL_ROLES
        && names != ["Arg2", "Arg1"]
}
