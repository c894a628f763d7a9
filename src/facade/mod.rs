//! Scoring in a few lines: functions and a builder over [`mod@crate::score`] for programs that have
//! golden and predicted annotations in memory or in files.
//!
//! Everything here goes through the checks of [`crate::score::accept`] and the one engine, so a
//! figure is the same to the bit whether `karat score`, [`Scoring`] or [`crate::score::score`]
//! computes it. The items are re-exported from the crate root and nowhere else.

mod figures;
mod lists;
mod records;
mod scoring;

pub use lists::{entities, summaries};
pub use scoring::{Scoring, score};
