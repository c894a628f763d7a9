//! Run folders: where predictions, reports and the manifest of a run lie.

mod answers;
mod appended;
mod baseline;
mod cache;
mod document_key;
mod journal;
mod manifest;
mod memory;
mod remembered;
mod run_folder;
mod staging;

pub use answers::load_answers;
pub use baseline::{BASELINE_SCHEMA, Baseline, add_baseline, baseline_files};
pub use cache::explain;
pub use journal::{Header, JOURNAL, Journal};
pub use manifest::{Counts, Environment, Manifest};
pub use memory::Memories;
pub use run_folder::{RunFolder, run_id, write_run};
pub use staging::Staging;
