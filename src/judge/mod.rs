//! Verdicts on key points from a file or from an external judge, and the agreement of two sets of
//! verdicts.
//!
//! Verdicts become part of the predictions ([`crate::document::Annotations::verdicts`]), where the
//! metric group of key points reads them. Scoring itself therefore reads no file and starts no
//! process, and the judge's verdicts are cached.

mod cache;
mod child;
mod compare;
mod file;
mod protocol;
mod request;
mod shell_words;

pub use compare::{VerdictAgreement, VerdictDifference, compare, verdict_of};
pub use file::VerdictFile;
pub use protocol::PROTOCOL;
pub use request::{Judge, JudgeSummary};
pub use shell_words::split_words;
