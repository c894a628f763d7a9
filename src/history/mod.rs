//! The figures of past runs: what is recorded of a run, how a figure developed over runs, and how
//! two runs differ. All of it is pure; `crate::store` keeps the records, and `crate::report`
//! renders what is computed here.
//!
//! Figures that were computed differently, or with other golden files, are never joined silently:
//! a trend is cut between them, and a difference names them.

mod difference;
mod run;
mod scores_table;
mod sparkline;
mod trend;

pub use difference::{DifferenceRow, RunDifference, SignatureRelation, difference};
pub use run::{RecordedFigure, RecordedResult, RecordedRun, RunSource, Statuses, rounded};
pub use scores_table::read_scores_csv;
pub use sparkline::sparkline;
pub use trend::{Change, Point, Series, Trend, trend};
