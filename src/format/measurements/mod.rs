//! Reads scores and ratings of summaries, for the meta-evaluation of metrics: as CSV, JSON lines,
//! or `karat.scores/1`.
//!
//! A row names a system and a document. In the long layout it has one number and names its metric
//! or dimension; in the wide layout it has one column for each. docs/FORMAT.md lists the names of
//! columns.

mod columns;
mod read;
mod row;
mod rows;
mod scores;
mod table;

pub use columns::{MeasurementKind, RATING};
pub use read::read;
pub use row::{MeasurementSettings, Row};
