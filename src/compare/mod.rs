//! Two systems on the same documents: what changed, and whether it is more than noise.
//!
//! Documents are paired by id, or by cluster where they are not independent of each other; every figure's difference is judged
//! by the spread of its paired differences, never by whether two intervals overlap.

mod comparison;
mod flips;
mod paired_tests;
mod pairs;
mod power;
mod randomisation;
mod residuals;
mod settings;
mod sliced;
mod slices;

pub use comparison::{ALPHA, Compared, Comparison, LayerComparison, POWER, Verdict, compare, compare_counts};
pub use flips::{Change, DocumentFlips, Flip};
pub use power::{Effect, Point, PowerCurve, power_of_comparison, power_of_one};
pub use settings::{CompareSettings, Test, TestUsed};
pub use sliced::{SliceFigure, compare_slices};
pub use slices::{SliceBy, slices};
