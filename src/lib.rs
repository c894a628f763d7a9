//! karat: the evaluation harness for extraction and summarization quality.
//!
//! Data flows one way: a [`document`] gets annotations from an [`extractor`], they are aligned with the golden ones
//! ([`align`]), counted ([`metric`]) and summed into figures ([`score`]) with intervals ([`stats`]).

pub mod agree;
pub mod align;
pub mod check;
pub mod compare;
pub mod config;
pub mod corpus;
pub mod document;
pub mod embedding;
pub mod error;
pub mod extractor;
pub mod format;
pub mod gate;
mod json_lines;
pub mod judge;
pub mod meta;
pub mod metric;
mod nearest;
pub mod preset;
pub mod process;
pub mod report;
pub mod runner;
pub mod score;
pub mod stats;
pub mod store;
pub mod text;
