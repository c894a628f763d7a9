//! Verdicts on key points from a file or from an external judge, their agreement with hand-made
//! verdicts, and the figures that these correct; preferences between the answers of two systems.
//!
//! Verdicts become part of the predictions ([`crate::document::Annotations::verdicts`]), where the
//! metric group of key points reads them. Scoring itself therefore reads no file and starts no
//! process, and the judge's verdicts are cached.

#[cfg(feature = "process")]
mod cache;
#[cfg(feature = "process")]
mod child;
mod compare;
mod correct;
mod edit;
mod file;
pub mod preference;
#[cfg(feature = "process")]
mod protocol;
#[cfg(feature = "process")]
mod request;
mod rows;
#[cfg(feature = "process")]
mod shell_words;
mod support;
mod units;

pub use compare::{VerdictAgreement, VerdictDifference, compare, verdict_of};
pub use correct::{CorrectedFigure, Correction, ENOUGH_DOCUMENTS, correct};
pub use edit::set_verdict;
pub use file::VerdictFile;
#[cfg(feature = "process")]
pub use protocol::PROTOCOL;
#[cfg(feature = "process")]
pub use request::{Judge, JudgeSummary};
#[cfg(feature = "process")]
pub use shell_words::split_words;
pub use units::{JudgedUnit, JudgedUnits};
