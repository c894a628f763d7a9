//! Adjudication: two passes over the same documents become one golden file each, by a decision on
//! every disagreement.
//!
//! [`PassPair`] compares the annotations of one document item by item and lists the disagreements;
//! decisions on all of them give the adjudicated annotations. [`Rulings`] holds the decisions of a
//! session and replays them from the lines of its journal. Nothing here reads or writes files.

mod decision;
mod golden_file;
mod identity;
mod journal;
mod pass_pair;
mod rows;
mod similarity;

pub use decision::{Decision, Disagreement};
pub use golden_file::golden_file;
pub use journal::{JournalLine, PairedDocument, Ruling, Rulings};
pub use pass_pair::{Adjudicated, PassPair};
