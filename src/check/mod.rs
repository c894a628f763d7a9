//! The linter of golden files: it reports well-formed annotations that are probably mistakes. It
//! does no I/O: a loaded dataset goes in, findings come out.
//!
//! To add a lint, write a module with a [`Lint`] constant, declare it here, and add it to
//! [`LINTS`].

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

pub use case::GoldenCase;
pub use finding::{Finding, FindingLocation, Lint, Severity, View};
pub use fix::{Changes, FixOutcome, fix};
pub use github::{command as github_command, commands_within, to_github};
pub use json::{Fixed, to_json};
pub use run::{LOAD, NOT_FIXED, check};
pub use suspects::{SUSPECT, SystemAnnotations, suspects};

/// All lints.
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
