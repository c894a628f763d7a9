//! Loads datasets from disk: documents, golden files and predictions are read, joined by id and
//! checked. Loading collects all errors instead of stopping at the first, so that a user sees them
//! in one run.

mod annotators;
mod answers;
mod contradictions;
mod coreference_words;
mod dataset;
mod documents;
mod entries;
mod export_files;
mod folder_lines;
mod gold_places;
mod golden;
mod key_points;
mod lenient;
mod misfit;
mod nearest_occurrence;
mod nested;
mod reply;
mod sample_order;
mod schema;
mod segmentation;
mod shard;
mod size;
mod token_files;
mod unlocated;
mod validate;
mod validation;
mod word_lists;
mod worklist;

pub use annotators::{check_same_documents, load_annotators};
pub use answers::load_answers;
pub use contradictions::{StoredText, contradicting};
pub use dataset::{Dataset, DatasetInfo, load_info};
pub use documents::{add_document, load_documents};
pub use entries::{Join, ReadAs, load_entries, mappings};
pub use export_files::{load_label_names, load_text_key};
pub use folder_lines::{FolderLines, has_passes, unpaired};
pub use gold_places::{GoldLabel, GoldPlaces, GoldSource, shown_path};
pub use golden::{
    Predictions, UnmatchedPrediction, load_any_predictions, load_any_predictions_as, load_checked, load_golden,
    load_golden_as, load_predictions, to_answer, to_reference,
};
pub use lenient::Lenient;
pub use misfit::{Misfit, Misfits};
pub use reply::{ReplyError, read_reply};
pub use sample_order::sample_order;
pub use schema::{check_schemas, load_schemas};
pub use shard::Shard;
pub(crate) use size::over_limits;
pub use unlocated::{Locate, Occurrence, Unlocated};
pub use word_lists::load_word_lists;
pub use worklist::{WorkItem, read_worklist};
