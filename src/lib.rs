//! karat: the evaluation harness for extraction and summarization quality.
//!
//! Data flows one way: a [`document`] gets annotations from an [`extractor`].

pub mod align;
pub mod document;
pub mod extractor;
pub mod metric;
pub mod text;
