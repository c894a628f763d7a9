//! Runs extractors over documents in parallel.
//!
//! The runner emits events and prints nothing, so that it can be embedded. An error or a panic of
//! an extractor on one document becomes a status of that document and never ends the run.

mod answer_cache;
mod batch;
mod event;
#[cfg(any(feature = "http", feature = "process"))]
mod examine;
mod failed_replies;
mod latencies;
mod plan;
mod protect;
mod run;
mod sampled;
mod stream;
mod stream_plan;
mod timings;

pub use crate::guard::is_guarded;
pub use answer_cache::{AnswerCache, AnswerKey, AnswerSource, CachedAnswer, NoCache};
pub use event::{Observer, RunEvent, SilentObserver};
#[cfg(any(feature = "http", feature = "process"))]
pub use examine::examine;
pub use latencies::Latencies;
pub use plan::{Plan, PlannedExtractor, Selection, load_dataset, plan_extractor};
pub use run::{Account, Answers, Watch, run};
pub use sampled::{Sampler, run_sampled};
pub use stream::{Streamed, stream};
pub use stream_plan::DatasetFiles;
pub use timings::Timings;
pub(crate) use timings::milliseconds;
