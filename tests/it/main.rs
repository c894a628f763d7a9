//! Everything a user sees, held against snapshots; and what must hold for every input.

mod agree;
mod briefs;
mod check;
mod check_fix;
mod cli;
mod confidence;
mod config_errors;
mod data_errors;
mod determinism;
mod embeddings;
mod facts;
mod fixture;
mod formats;
mod help;
mod invariants;
#[cfg(unix)]
mod judge;
mod loading;
mod meta;
mod planting;
mod presets;
mod readers;
mod records;
mod renderers;
mod run;
mod sacrebleu;
mod score;
mod seeds;
mod span_invariants;
mod spans;
mod splits;
mod structures;
mod summaries_rouge155;
mod tokens;
mod units;
