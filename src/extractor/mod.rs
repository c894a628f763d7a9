//! What is evaluated: the [`Extractor`] trait and its kinds.

pub mod builtin;
mod contract;
#[cfg(feature = "http")]
pub mod http;
mod predictions;
pub mod process;
mod work;

pub use contract::{ExtractError, Extractor};
pub use predictions::Predictions;
pub use work::{Next, Pipeline, Request, Response, Usage, Work};
