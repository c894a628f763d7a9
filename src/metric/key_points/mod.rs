//! Key points: how many of the facts that a summary should carry it does carry.

mod group;
mod matching;
mod nuggets;
mod pyramid;

pub use group::KeyPoints;
