//! `kind = "process"`: external programs in any language. By default a program lives as long as the
//! run and speaks `karat.extractor/1`, JSON lines on standard input and output (docs/PROTOCOL.md).
//! Simple scripts may be started once for each document.
//!
//! If a program crashes, hangs, floods its output or sends invalid data, only the document that it
//! was working on fails.

mod examine;
mod extractor;
mod fingerprint;
mod once;
mod program;
mod protocol;
mod session;
mod settings;
mod worker;

pub use examine::examine;
pub use extractor::Process;
pub use protocol::{Handshake, PROTOCOL, Reply};
pub use session::Session;
pub use settings::{Mode, ProcessSettings};
