//! Run folders: where predictions, reports and the manifest of a run lie.

mod answers;
mod baseline;
mod manifest;
mod run_folder;
mod staging;

pub use answers::load_answers;
pub use baseline::{BASELINE_SCHEMA, Baseline, add_baseline, baseline_files};
pub use manifest::{Counts, Environment, Manifest};
pub use run_folder::{RunFolder, run_id, write_run};
pub use staging::Staging;
