//! Key points: the fraction of required facts that a summary supports.

mod group;
mod matching;
mod nuggets;
mod pyramid;

pub use group::KeyPoints;
