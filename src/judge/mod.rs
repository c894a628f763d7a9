//! Verdicts on key points from a file or from an external judge, and the agreement of two sets of
//! verdicts.
//!
//! Verdicts become part of the predictions ([`crate::document::Annotations::verdicts`]), where the
//! metric group of key points reads them. Scoring itself therefore reads no file and starts no
//! process, and the judge's verdicts are cached.

#[cfg(feature = "process")]
mod cache;
#[cfg(feature = "process")]
mod child;
mod compare;
mod edit;
mod file;
#[cfg(feature = "process")]
mod protocol;
#[cfg(feature = "process")]
mod request;
#[cfg(feature = "process")]
mod shell_words;
mod support;

pub use compare::{VerdictAgreement, VerdictDifference, compare, verdict_of};
pub use edit::set_verdict;
pub use file::VerdictFile;
#[cfg(feature = "process")]
pub use protocol::PROTOCOL;
#[cfg(feature = "process")]
pub use request::{Judge, JudgeSummary};
#[cfg(feature = "process")]
pub use shell_words::split_words;
