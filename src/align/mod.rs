//! One deterministic, order-invariant, one-to-one alignment per document and layer, from which every metric, confusion
//! cell, CSV row and worked example derives. Pure functions.

mod assignment;
mod cheapest;
mod component;
mod forms;
mod gain;
mod record;
mod span;
mod sparse;
mod sweep;

pub use cheapest::cheapest;
pub use forms::align_forms;
pub use record::{Similarity, align_records};
pub use span::{Alignment, Item, Pair, align, overlapping};
pub use sparse::assign;

#[cfg(test)]
mod brute_force;
