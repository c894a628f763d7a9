//! What is evaluated: the [`Extractor`] trait and its kinds.

pub mod builtin;
mod contract;
mod predictions;

pub use contract::{ExtractError, Extractor};
pub use predictions::Predictions;
