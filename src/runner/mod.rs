//! Runs extractors over documents in parallel. It emits events and prints nothing; a fault of one extractor on one
//! document is a row, never the end of the run.

mod answer_cache;
mod batch;
mod event;
mod guard;
mod latencies;
mod plan;
mod run;
mod stream;
mod stream_plan;
mod timings;

pub use answer_cache::{CachedAnswer, Memory, NoCache, Place};
pub use event::{Event, Observer, Silent};
pub use guard::is_guarded;
pub use latencies::Latencies;
pub use plan::{Plan, PlannedExtractor, Selection, load_dataset};
pub use run::{Account, Answers, Watch, run};
pub use stream::{Streamed, stream};
pub use stream_plan::StreamedFiles;
pub use timings::Timings;
pub(crate) use timings::milliseconds;
