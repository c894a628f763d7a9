//! The files that karat writes and reads again: run folders with predictions, reports and manifest;
//! journals and answer caches; baselines. Each kind of file has one writer and one reader, both
//! here, so that a change of a layout stays in this module.

mod answer_log;
mod baseline;
mod cache;
mod document_key;
#[cfg(feature = "cli")]
pub mod history;
mod journal;
mod journaled_cache;
mod layout;
mod manifest;
mod run_folder;
mod run_inputs;
mod run_lock;
mod run_reader;
mod spool;
mod spooled_rows;
mod staging;

pub use baseline::{AcceptedLabels, BASELINE_SCHEMA, Baseline, add_baseline, baseline_files, baselines_in};
pub use cache::explain;
pub use journal::{Header, Journal};
pub use journaled_cache::JournaledCache;
pub use layout::{DECIDED_MARK, JUDGE_CACHE, PARTIAL_MARK, Project, RunLayout, Selected};
pub use manifest::{Environment, ExtractorEntry, Manifest, PredictionsFile, SampleDecision, SampledRun, StatusCounts};
pub use run_folder::{LocalTexts, RunFolder, RunWriter, run_id, texts_id};
pub use run_inputs::InputChanges;
pub use run_lock::RunLock;
pub use run_reader::{MeanSpent, Run, RunGap};
pub use spooled_rows::RowsPutAside;
pub use staging::Staging;
