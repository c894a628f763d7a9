//! The model: a document, the annotations on it, and the layers they fall into.
//!
//! Pure types, no I/O. Offsets are Unicode code points, half-open, everywhere in the crate; the readers in
//! [`crate::format`] convert other units on the way in.

mod annotations;
mod answer;
mod layer;
mod reference;
mod source;
mod span;
mod visit;

pub use annotations::{Annotations, Entity, KeyPoint, Record, Relation};
pub use answer::{Answer, ParseStatusError, Status};
pub use layer::{Layer, LayerSet, ParseLayerError};
pub use reference::{Annotator, Reference};
pub use source::Document;
pub use span::{Region, Span};
pub use visit::{Step, Visit};
