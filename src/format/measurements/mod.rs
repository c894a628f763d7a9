//! Numbers about summaries: what metrics gave them, and what people did. CSV, JSON lines, or `karat.scores/1`.
//!
//! A row names a system and a document. Long, it has one number and says what it is of; wide, it has one column for each metric
//! or dimension. docs/FORMAT.md has the names that columns go by.

mod columns;
mod read;
mod rows;
mod scores;
mod table;

pub use columns::{Kind, RATING};
pub use read::{Reading, Row, read};
