//! The command line: resolves arguments and executes commands. Only this module prints or exits;
//! the library returns values and errors.

mod aa;
mod accept;
mod agree;
mod args;
mod base_commit;
mod check;
mod compare;
mod completions;
mod convert;
mod diagnostics;
mod difference;
mod exit;
mod figures;
mod fix;
mod gate;
mod git;
mod output_format;

mod interrupt;
mod judging;
mod merge;
mod meta;
mod notes;
mod options;
mod output;
mod paired_inputs;
mod plugin;
mod power;
mod presets;
mod progress;
mod reporting;
mod run;
mod run_location;
mod run_stream;
mod runs;
mod score;
mod table;
mod threads;

mod verdicts;

pub use args::parse;
pub use exit::INTERNAL;

use args::Command;

/// Executes the command that the arguments name, and returns the exit code.
pub fn execute(args: &args::Args) -> u8 {
    args.color.write_global();
    let result = match &args.command {
        Command::Check(args) => check::execute(args),
        Command::Run(args) => run::execute(args),
        Command::Merge(args) => merge::execute(args),
        Command::Score(args) => score::execute(args),
        Command::Convert(args) => convert::execute(args),
        Command::Agree(args) => agree::execute(args),
        Command::Compare(args) => compare::execute(args),
        Command::Gate(args) => gate::execute(args),
        Command::Accept(args) => accept::execute(args),
        Command::Power(args) => power::execute(args),
        Command::Aa(args) => aa::execute(args),
        Command::Plugin(args) => plugin::execute(args),
        Command::Meta(args) => meta::execute(args),
        Command::Presets => presets::execute(),
        Command::Completions(args) => completions::execute(args),
    };
    result.unwrap_or_else(|error| diagnostics::show(&error))
}
