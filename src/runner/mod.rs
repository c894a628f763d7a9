//! Runs extractors over documents in parallel. It emits events and prints nothing; a fault of one extractor on one
//! document is a row, never the end of the run.

mod batch;
mod event;
mod guard;
mod latencies;
mod memory;
mod plan;
mod run;
mod stream;
mod streaming;
mod timings;

pub use event::{Event, Observer, Silent};
pub use guard::is_guarded;
pub use latencies::Latencies;
pub use memory::{Forgetful, Memory, Place, Remembered};
pub use plan::{Plan, PlannedExtractor, Selection, load_dataset};
pub use run::{Account, Answers, Watch, run};
pub use stream::{Streamed, stream};
pub use streaming::StreamedFiles;
pub use timings::Timings;
pub(crate) use timings::milliseconds;
