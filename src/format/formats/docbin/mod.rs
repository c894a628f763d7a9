//! Reads and writes spaCy's `DocBin` (`.spacy`): a msgpack map, compressed by zlib, with a matrix
//! of the tokens' attributes and the strings that their hashes stand for.
//!
//! spaCy stores words and spaces rather than a text, and one entity at most for each token.

mod overlaps;
mod read;
mod strings;
mod words;
mod write;

pub(super) use overlaps::remove_overlaps;
pub(super) use words::{Word, words};

use crate::error::Diagnostic;
use crate::format::capabilities::{Capabilities, SPANS};
use crate::format::definition::{Format, Look};

/// The `docbin` format.
pub(super) const FORMATS: &[Format] = &[Format {
    name: "docbin",
    about: "spaCy's binary training data, `.spacy`",
    extensions: &["spacy"],
    binary: true,
    looks_like,
    read: read::read,
    capabilities: Capabilities {
        document_ids: false,
        absent_entities: true,
        attribute: |name, value| name == "kb_id" && super::spacy_json::attribute(name, value),
        fix: remove_overlaps,
        ..SPANS
    },
    write: write::write,
    ..Format::DEFAULTS
}];

/// The numbers of spaCy's attributes of a token.
mod attribute {
    pub const WORD: u64 = 65;
    pub const ENTITY_TAG: u64 = 77;
    pub const ENTITY_LABEL: u64 = 78;
    pub const ENTITY_KB_ID: u64 = 452;
    pub const ENTITY_ID: u64 = 454;
}

/// The values of the attribute `ENT_IOB`.
mod tag {
    pub const MISSING: u64 = 0;
    pub const INSIDE: u64 = 1;
    pub const OUTSIDE: u64 = 2;
    pub const BEGIN: u64 = 3;
}

/// Whether the first bytes are the header of zlib. Gzip, JSON and all texts begin otherwise.
fn looks_like(look: &Look<'_>) -> bool {
    let [first @ 0x78, second, ..] = *look.bytes else { return false };
    let is_zlib = (u16::from(first) << 8 | u16::from(second)).is_multiple_of(31);
    is_zlib && (std::str::from_utf8(look.bytes).is_err() || look.file.extension().is_some_and(|found| found == "spacy"))
}

/// Returns the diagnostic for a document with several span groups and no entities.
pub(super) fn several_groups(names: &[String]) -> Diagnostic {
    let names: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
    let what =
        if names.is_empty() { "no span group".to_owned() } else { format!("the span groups {}", names.join(", ")) };
    Diagnostic::new(format!("the document has no entities, and {what}"))
        .help("set `doc.ents`, or keep one span group, whose spans are then read as entities")
}

#[cfg(test)]
mod tests;
