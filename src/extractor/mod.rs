//! What is evaluated: the [`Extractor`] trait and its kinds.

pub mod builtin;
mod contract;

pub use contract::{ExtractError, Extractor};
