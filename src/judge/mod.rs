//! Verdicts on key points from elsewhere: from a file, or from an external judge that is asked and whose answers are kept; and
//! how well verdicts agree with those that a person made.
//!
//! Verdicts are put into the predictions ([`crate::document::Annotations::verdicts`]), where the family of key points finds
//! them: scoring itself reads no file and starts no process.

mod cache;
mod child;
mod compare;
mod file;
mod protocol;
mod request;
mod shell_words;

pub use compare::{Difference, VerdictAgreement, compare, verdict_of};
pub use file::VerdictFile;
pub use protocol::PROTOCOL;
pub use request::{Asked, Judge};
pub use shell_words::split_words;
