//! Figures of an automatic judge, corrected by hand-made labels on a part of what it judged.
//!
//! The mean of a judge's verdicts is biased, and an interval around it says nothing about the bias.
//! Labels on a part measure the bias there, and correct the whole. [`correct`] takes documents as
//! clusters, since the units of one document are not independent. The unit-level forms
//! ([`unit_level_ppi`], [`rogan_gladen()`], [`rogan_gladen_interval`]) take each unit by itself, as
//! the packages ppi-python and judgy do: their intervals are too narrow where documents differ.

mod clustered;
mod linearised;
mod method;
mod rogan_gladen;
mod unit_level;

pub use clustered::{Corrected, Tuning, correct};
pub use linearised::{Linearised, Sums};
pub use method::Method;
pub use rogan_gladen::{JudgeAccuracy, rogan_gladen, rogan_gladen_interval};
pub use unit_level::{UnitLevel, unit_level_ppi};
