//! Run folders: where predictions, reports and the manifest of a run lie.

mod answer_log;
mod answers;
mod baseline;
mod cache;
mod document_key;
mod journal;
mod layout;
mod manifest;
mod memory;
mod put_aside;
mod run_folder;
mod run_reader;
mod spool;
mod staging;

pub use answers::load_answers;
pub use baseline::{BASELINE_SCHEMA, Baseline, add_baseline, baseline_files};
pub use cache::explain;
pub use journal::{Header, Journal};
pub use layout::{JUDGE_CACHE, Project, RunLayout, Selected};
pub use manifest::{Counts, Environment, ExtractorEntry, Manifest, PredictionsFile};
pub use memory::Memories;
pub use put_aside::RowsPutAside;
pub use run_folder::{RunFolder, RunWriter, run_id};
pub use run_reader::{MeanSpent, Run};
pub use staging::Staging;
