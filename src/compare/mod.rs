//! Comparison of two systems on the same documents: what changed, and whether it is significant.
//!
//! Documents are paired by id, or by cluster if they are not independent of each other. The
//! difference of each figure is tested by the spread of its paired differences, not by whether two
//! confidence intervals overlap: the paired test is more powerful because both systems find the
//! same documents hard.

mod comparison;
mod document_changes;
mod flips;
mod paired_tests;
mod pairs;
mod power;
mod randomisation;
mod residuals;
mod scored_slices;
mod settings;
mod several;
mod sliced;
mod slices;

pub use comparison::{
    ALPHA, ChangeVerdict, Compared, Comparison, LayerComparison, POWER, compare, compare_counts, compare_headlines,
};
pub use document_changes::{
    AnswerTexts, DocumentChange, FigureChanges, SummaryTexts, document_changes, listed_documents,
};
pub use flips::{Change, DocumentFlips, Flip};
pub use power::{Effect, Point, PowerCurve, power_of_comparison, power_of_one};
pub use scored_slices::{SliceScore, score_slices};
pub use settings::{CompareSettings, Test, TestUsed};
pub use several::{HolmFamily, adjust_over_systems};
pub use sliced::{SliceFigure, compare_slices};
pub use slices::{SliceBy, slices};
