//! `kind = "process"`: other programs, in any language. By default they live as long as the run and speak `karat.extractor/1`,
//! JSON lines on standard input and output (docs/PROTOCOL.md); simple scripts are started once a document.
//!
//! Whatever such a program does, crash, hang, flood or lie, costs the document that it was busy with, and nothing else.

mod examine;
mod extractor;
mod fingerprint;
mod once;
mod protocol;
mod session;
mod settings;
mod worker;

pub use examine::{Finding, examine};
pub use extractor::Process;
pub use protocol::{Introduction, PROTOCOL, Reply};
pub use session::Session;
pub use settings::{Mode, ProcessSettings};
