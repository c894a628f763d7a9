//! The data model: documents, their annotations, and the layers of annotation.
//!
//! These are types without I/O. Offsets are half-open and count Unicode code points everywhere in
//! the crate; the readers in [`crate::format`] convert other units.

mod annotations;
mod answer;
mod coreference;
mod event;
mod fields;
mod from_json;
mod layer;
mod number;
mod reference;
mod source;
mod span;
mod tags;
mod value;
mod verdict;
mod visit;
mod withheld;
mod words;

pub use annotations::{Alternative, Annotations, Entity, KeyPoint, Record, Relation};
pub use answer::{Answer, ParseStatusError, Status};
pub use coreference::Cluster;
pub use event::{Argument, Event};
pub use fields::Fields;
pub use from_json::RefusedValue;
pub use layer::{Layer, LayerSet, ParseLayerError};
pub use number::Number;
pub use reference::{Annotator, Reference};
pub use source::Document;
pub use span::{Region, Span};
pub use tags::{
    Chunk, ParseSchemeError, Scheme, Sentence, TagDecoder, TagName, Tags, TokenFile, lenient, locate_tokens,
};
pub use value::Value;
#[cfg(test)]
pub(crate) use value::json;
pub use verdict::{KeyPointVerdict, ParseSupportError, Support};
pub use visit::{Step, Visit, VisitSpan};
pub use words::WordLines;
