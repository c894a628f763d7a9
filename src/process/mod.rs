//! Child processes that exchange lines with karat under deadlines.
//!
//! Extractors of the kind `process` and external judges run as child processes. Each one is started
//! in its own process group, its output is read line by line with a bound on memory, and it is
//! killed together with all processes that it started.

mod child;
mod last_words;
mod lines;
mod log;
mod relay;
mod sources;
mod tail;

pub use child::{Child, ChildEnd, ChildEvent, Launch, StderrMode, kill_all};
pub use log::StderrLog;
pub(crate) use sources::{SourceQuery, Sources, hash, matching_files, shown};
