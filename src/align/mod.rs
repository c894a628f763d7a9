//! Alignment of gold and predicted items: one deterministic, order-invariant, one-to-one alignment
//! per document and layer.
//!
//! Every metric, confusion cell, CSV row and worked example is derived from this alignment, so that
//! they cannot contradict each other. All functions are pure.

mod alternatives;
mod assignment;
mod component;
mod greedy;
mod munkres;
mod objective;
mod overlap_index;
mod record;
mod sequence;
mod solver;
mod span;
mod sparse;
mod sweep;

pub use alternatives::align_forms;
pub use munkres::cheapest;
pub(crate) use overlap_index::OverlapIndex;
pub use record::{AlignedRecords, RecordValues, Similarity, align_records, are_comparable, text_cells};
pub use sequence::align_sequences;
pub(crate) use span::shared_parts;
pub use span::{Alignment, LabelledSpan, Pair, align, count_overlapping, overlapping};
pub use sparse::{Assigned, assign};

#[cfg(test)]
mod brute_force;
