//! Two systems on the same documents: what changed, and whether it is more than noise.
//!
//! Documents are paired by id, or by cluster where they are not independent of each other; every figure's difference is judged
//! by the spread of its paired differences, never by whether two intervals overlap.

mod comparison;
mod flips;
mod pairs;
mod randomisation;
mod settings;
mod slices;

pub use comparison::{ALPHA, Compared, Comparison, LayerComparison, POWER, Verdict, compare};
pub use flips::{Change, DocumentFlips, Flip};
pub use settings::CompareSettings;
pub use slices::{SliceBy, slices};
