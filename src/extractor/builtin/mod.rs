//! The built-in baselines, one file each. To add one, write its file, declare it here, and add it
//! to [`ALL`].
//!
//! Baselines put the scores of a system into perspective. They are deterministic and need no model,
//! so they also serve as test systems.

mod baseline;
mod candidates;
mod capitalised;
mod contents;
mod cues;
mod dates;
mod extract;
mod gazetteer;
mod lead;
mod mention;
mod naming;
mod numbered;
mod numbers;
mod patterns;
mod quotes;
mod rake;
mod reporting;
mod rules;
mod sentence_graph;
mod speakers;
mod statements;
#[cfg(test)]
mod tests;
mod textrank;
mod works;

pub use baseline::{BaselineExtractor, Builtin};

/// Every built-in, in the order of the reports.
pub const ALL: &[Builtin] = &[
    Builtin::of::<capitalised::Capitalised>(),
    Builtin::of::<gazetteer::Gazetteer>(),
    Builtin::of::<patterns::Patterns>(),
    Builtin::of::<rules::Rules>(),
    Builtin::of::<statements::Statements>(),
    Builtin::of::<lead::Lead>(),
    Builtin::of::<textrank::TextRank>(),
    Builtin::of::<rake::Rake>(),
];

/// Finds a built-in by its name.
pub fn find(name: &str) -> Option<&'static Builtin> {
    ALL.iter().find(|builtin| builtin.name == name)
}
