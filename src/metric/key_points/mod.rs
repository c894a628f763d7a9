//! Key points: how many of the facts that a summary should carry it does carry.

mod family;
mod matching;
mod nuggets;
mod pyramid;

pub use family::KeyPoints;
