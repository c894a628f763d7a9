//! The command line as clap parses it: the arguments of [`Args`], with what is added to all of them
//! alike, examples, exit codes and completers of values.

use clap::{Command, CommandFactory};

use super::args::Args;
use super::{exit, value_sets};

const EXAMPLES: &str = "Examples:
  karat init                                       sets karat up for the data of this folder
  karat run                                        runs the extractors of karat.toml and scores them
  karat score --gold golden --pred predictions.jsonl
  karat compare previous latest                    what changed since the run before
  karat gate --base origin/main                    whether a change may be merged";

/// Returns the command line.
pub(super) fn build() -> Command {
    value_sets::with_completers(exit::with_codes(Args::command().after_help(EXAMPLES)))
}

/// Returns the command line with the options of all commands in each of them, for reflection.
#[cfg(test)]
pub(super) fn built() -> Command {
    let mut command = build();
    command.build();
    command
}

#[cfg(test)]
mod tests;
