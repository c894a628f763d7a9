//! Extractors, the systems under evaluation: the [`Extractor`] trait and its implementations.

#[cfg(feature = "builtin")]
pub mod builtin;
#[cfg(any(feature = "http", feature = "process"))]
pub mod conformance;
mod contract;
#[cfg(feature = "http")]
pub mod http;
#[cfg(any(feature = "http", feature = "process"))]
mod longest_text;
mod predictions;
#[cfg(feature = "process")]
pub mod process;
#[cfg(any(feature = "http", feature = "process"))]
mod threads;
mod work;

pub use contract::{ExtractError, Extractor};
pub use predictions::StoredPredictions;
pub use work::{Next, Pipeline, Request, Response, Usage, Work};
