//! Text without knowledge of documents: offsets, sentences, tokens, stems. Pure functions.

mod offsets;
pub mod porter;
pub mod sentence;

pub use offsets::Offsets;
