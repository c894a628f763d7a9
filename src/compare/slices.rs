//! Slices: subsets of the documents, by a metadata field or by length, that are scored separately.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

use crate::document::{Document, Reference};
use crate::error::Diagnostic;
use crate::score::as_text;

/// How documents are divided into slices.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum SliceBy {
    /// By the value of a metadata field.
    Meta(String),
    /// Into thirds by text length: short, medium, long.
    Length,
}

impl FromStr for SliceBy {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name.strip_prefix("meta.") {
            Some(field) if !field.is_empty() => Ok(Self::Meta(field.to_owned())),
            _ if name == "length" => Ok(Self::Length),
            _ => Err(format!("`{name}` cuts nothing into slices: write `length`, or `meta.FIELD`")),
        }
    }
}

impl TryFrom<String> for SliceBy {
    type Error = String;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        name.parse()
    }
}

impl fmt::Display for SliceBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Meta(field) => write!(f, "meta.{field}"),
            Self::Length => f.write_str("length"),
        }
    }
}

/// Returns the document ids of every slice, by slice name, such as `meta.kind=interview` or
/// `length=short`.
///
/// # Errors
/// Fails if the slice of a document is unknown, because its metadata lacks the field or its text is
/// missing; the error lists these documents.
pub fn slices(
    references: &BTreeMap<String, Reference>,
    by: &SliceBy,
) -> Result<BTreeMap<String, BTreeSet<String>>, Vec<Diagnostic>> {
    let (mut found, mut diagnostics): (BTreeMap<String, BTreeSet<String>>, _) = (BTreeMap::new(), Vec::new());
    let thirds = thirds(references);
    for (id, reference) in references {
        let (value, lacks) = match by {
            SliceBy::Meta(field) => (reference.meta.get(field).map(as_text), format!("its metadata has no `{field}`")),
            SliceBy::Length => {
                let third = thirds.get(id.as_str()).map(|third| (*third).to_owned());
                (third, "its text is not known".to_owned())
            }
        };
        match value {
            Some(value) => {
                found.entry(format!("{by}={value}")).or_default().insert(id.clone());
            }
            None => diagnostics
                .push(Diagnostic::new(format!("{lacks}, and documents are sliced by `{by}`")).of_document(id)),
        }
    }
    if diagnostics.is_empty() { Ok(found) } else { Err(diagnostics) }
}

/// Assigns every document to a third by length; documents of equal length are ordered by id.
fn thirds(references: &BTreeMap<String, Reference>) -> BTreeMap<&str, &'static str> {
    let length = |(id, reference): (&'_ String, &'_ Reference)| {
        Some((reference.document.as_ref().map(Document::len)?, id.clone()))
    };
    let mut by_length: Vec<(u32, String)> = references.iter().filter_map(length).collect();
    by_length.sort_unstable();
    let many = by_length.len();
    let name = |at: usize| ["short", "medium", "long"][(3 * at / many.max(1)).min(2)];
    let places: BTreeMap<&String, usize> = by_length.iter().enumerate().map(|(at, (_, id))| (id, at)).collect();
    references.keys().filter_map(|id| Some((id.as_str(), name(*places.get(id)?)))).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{SliceBy, slices};
    use crate::document::{Document, Reference, json};

    #[test]
    fn documents_fall_into_slices() {
        let reference = |(at, kind): (usize, &str)| {
            let id = format!("d{at}");
            let meta = BTreeMap::from([("kind".to_owned(), json!(kind))]);
            let document = Some(Document::new(id.clone(), "x".repeat(10 - at)));
            (id, Reference { document, meta, ..Reference::default() })
        };
        let references: BTreeMap<_, _> = ["a", "b", "a", "a"].into_iter().enumerate().map(reference).collect();
        let by = |by: &str| slices(&references, &by.parse().unwrap()).unwrap();
        let sizes = |by: BTreeMap<String, _>| -> Vec<(String, usize)> {
            by.into_iter().map(|(name, ids): (String, std::collections::BTreeSet<String>)| (name, ids.len())).collect()
        };
        assert_eq!(sizes(by("meta.kind")), [("meta.kind=a".to_owned(), 3), ("meta.kind=b".to_owned(), 1)]);
        assert!(by("length")["length=short"].contains("d3"));
        assert!(slices(&references, &SliceBy::Meta("source".to_owned())).is_err());
    }
}
