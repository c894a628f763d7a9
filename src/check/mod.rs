//! The linter of golden files: what is doubtful in labels that parse well. Pure: a dataset in, findings out.
//!
//! To add a lint: write its file with a [`Lint`], declare it here, and add it to [`LINTS`].

mod case;
mod duplicates;
mod edges;
mod finding;
mod fix;
mod github;
mod json;
mod labels;
mod layers;
mod leaks;
mod occurrences;
mod overlaps;
mod punctuation;
mod run;
mod shingles;
mod splits;
mod summaries;
mod surface_forms;
mod suspects;
#[cfg(test)]
mod testing;
mod verbatim;

pub use case::Case;
pub use finding::{Finding, Level, Lint, Place, View};
pub use fix::{Changes, Outcome, fix};
pub use github::{command as github_command, to_github};
pub use json::{Fixed, to_json};
pub use run::{LOAD, NOT_FIXED, check};
pub use suspects::{Answers, SUSPECT, suspects};

/// Every lint.
pub const LINTS: &[Lint] = &[
    edges::SPACE,
    punctuation::PUNCTUATION,
    duplicates::DUPLICATE,
    overlaps::OVERLAP,
    labels::UNKNOWN_LABEL,
    surface_forms::MIXED_LABELS,
    occurrences::UNLABELLED,
    layers::EMPTY_LAYER,
    layers::ABSENT_LAYER,
    layers::UNKNOWN_LAYER,
    summaries::SUMMARY_LENGTH,
    verbatim::KEYPHRASE,
    verbatim::QUOTE,
    splits::UNKNOWN_ID,
    splits::TWO_SPLITS,
    leaks::LEAK,
];
