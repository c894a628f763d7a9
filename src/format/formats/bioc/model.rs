//! A BioC document, read from XML or JSON.

use std::collections::BTreeMap;

use crate::document::Value;
use crate::format::source_map::SourceLocation;

/// The properties of a document, annotation or relation.
pub(super) type Infons = BTreeMap<String, Value>;

/// A document.
pub(super) struct BiocDocument {
    pub id: String,
    pub infons: Infons,
    pub passages: Vec<Passage>,
    /// The annotations of the document, its passages and its sentences.
    pub annotations: Vec<BiocAnnotation>,
    /// The relations of the document, its passages and its sentences.
    pub relations: Vec<BiocRelation>,
}

/// A passage, or a sentence of one.
pub(super) struct Passage {
    pub offset: u32,
    pub text: Option<String>,
    pub sentences: Vec<Self>,
    pub location: SourceLocation,
}

/// An annotation. Its locations are offsets and lengths in the document.
pub(super) struct BiocAnnotation {
    pub id: Option<String>,
    pub infons: Infons,
    pub locations: Vec<(u32, u32)>,
    pub text: Option<String>,
    pub location: SourceLocation,
}

/// A relation between annotations.
pub(super) struct BiocRelation {
    pub id: Option<String>,
    pub infons: Infons,
    pub nodes: Vec<Node>,
    pub location: SourceLocation,
}

/// An end of a relation: the id of an annotation, and its role.
pub(super) struct Node {
    pub target: String,
    pub role: String,
}
