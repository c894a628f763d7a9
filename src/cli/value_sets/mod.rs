//! The values of options that take one of a set: names of presets, formats, metrics, datasets, runs
//! and others.
//!
//! One list of each set serves three readers: `--OPTION help` prints it, shells complete from it,
//! and messages propose the nearest name of it. Which set an option has is decided by the name of
//! the option, or by the name of its value, so that a new command needs no list of its own.

mod complete;
mod project;
mod request;
mod sets;

pub(super) use complete::{answer_shell, with_completers};
pub(super) use request::requested;
pub(super) use sets::hint;

use clap::Arg;
use karat::error::Error;

use super::table::Cell;
use super::{exit, output, table};

/// The value that lists all values of an option.
pub(super) const HELP: &str = "help";

/// One value, and what it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Value {
    pub name: String,
    pub about: String,
}

impl Value {
    fn new(name: impl Into<String>, about: impl Into<String>) -> Self {
        Self { name: name.into(), about: about.into() }
    }
}

/// The set of the values of an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ValueSet {
    Presets,
    Formats,
    Layers,
    Metrics,
    Tokenizers,
    Stemmers,
    Notations,
    Units,
    LineEnds,
    Normalisations,
    Marks,
    Clusters,
    Slices,
    Schemas,
    Datasets,
    Extractors,
    Profiles,
    /// The runs of the project.
    Runs,
    /// The runs of the project, and the accepted baselines.
    RunsAndBaseline,
    /// The runs in the history.
    RecordedRuns,
}

impl ValueSet {
    /// Returns the set of an argument; `None` if its values are not from a set, or if clap knows
    /// them.
    pub fn of(arg: &Arg) -> Option<Self> {
        if !arg.get_action().takes_values() || !arg.get_possible_values().is_empty() {
            return None;
        }
        let Some(option) = arg.get_long() else { return Self::of_position(arg) };
        Some(match option {
            "preset" | "explain-difference" => Self::Presets,
            "to" | "from" | "gold-from" | "pred-from" => Self::Formats,
            "layer" => Self::Layers,
            "metric" => Self::Metrics,
            "tokenizer" => Self::Tokenizers,
            "stemmer" => Self::Stemmers,
            "tags" => Self::Notations,
            "offset-unit" => Self::Units,
            "line-ends" => Self::LineEnds,
            "normalise" => Self::Normalisations,
            "byte-order-mark" => Self::Marks,
            "cluster" => Self::Clusters,
            "slice" => Self::Slices,
            "dataset" => Self::Datasets,
            "extractor" => Self::Extractors,
            "profile" => Self::Profiles,
            "against" => Self::Runs,
            _ => return None,
        })
    }

    /// Returns the set of a positional argument, by the name of its value.
    fn of_position(arg: &Arg) -> Option<Self> {
        // A recorded run has the value name of a run folder, which users know.
        if arg.get_id().as_str().starts_with("recorded_run") {
            return Some(Self::RecordedRuns);
        }
        match arg.get_value_names()?.first()?.as_str() {
            "DATASET" => Some(Self::Datasets),
            "RUN" => Some(Self::Runs),
            "BASE" | "CANDIDATE" => Some(Self::RunsAndBaseline),
            "SCHEMA" => Some(Self::Schemas),
            _ => None,
        }
    }

    /// Whether the values are names in the project of the current folder.
    pub fn is_of_project(self) -> bool {
        matches!(
            self,
            Self::Datasets
                | Self::Extractors
                | Self::Profiles
                | Self::Runs
                | Self::RunsAndBaseline
                | Self::RecordedRuns
        )
    }

    /// Whether a path stands for such a value, too.
    fn takes_paths(self) -> bool {
        matches!(self, Self::Runs | Self::RunsAndBaseline)
    }

    /// Returns the values in the order in which they are shown. The names of a project without a
    /// readable karat.toml are none.
    pub fn values(self) -> Vec<Value> {
        match self {
            Self::Datasets => project::datasets(),
            Self::Extractors => project::extractors(),
            Self::Profiles => project::profiles(),
            Self::Runs => project::runs(),
            Self::RunsAndBaseline => project::runs_and_baseline(),
            Self::RecordedRuns => project::recorded_runs(),
            known => sets::values(known),
        }
    }

    /// The header of the table of values.
    fn header(self) -> [&'static str; 2] {
        match self {
            Self::Presets => ["preset", "what it stands in for"],
            Self::Formats => ["format", "files"],
            Self::Layers => ["layer", "what it contains"],
            Self::Metrics => ["metric", "which values are better, and the figure that is shown first"],
            Self::Datasets => ["dataset", "documents"],
            Self::Extractors => ["extractor", "kind"],
            Self::Schemas => ["schema", "what it describes"],
            Self::Runs | Self::RunsAndBaseline | Self::RecordedRuns => ["run", "which one it is"],
            _ => ["value", "meaning"],
        }
    }
}

/// A request for the values of an option.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ValueList {
    /// The option as it is written, such as `--preset`.
    option: String,
    header: [&'static str; 2],
    values: Vec<Value>,
}

/// Prints the values that were requested.
pub(super) fn print(list: &ValueList) -> Result<u8, Error> {
    if list.values.is_empty() {
        let option = &list.option;
        output::print(&format!("there are no values of {option} here: there is no karat.toml that names them\n"))?;
        return Ok(exit::PASS);
    }
    let mut rows = table::new(list.header).prose(&[1]);
    for value in &list.values {
        rows.add_row([Cell::from(&value.name), Cell::message(&value.about)]);
    }
    output::print_text(&table::render_words(&rows))?;
    Ok(exit::PASS)
}
