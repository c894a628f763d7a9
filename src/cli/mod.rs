//! The command line: raw arguments to a resolved plan, and the only place that prints or exits.

mod aa;
mod aa_args;
mod accept;
mod agree;
mod args;
mod base_commit;
mod check;
mod check_args;
mod compare;
mod compare_args;
mod completions;
mod convert;
mod convert_args;
mod diagnostics;
mod difference;
mod exit;
mod figures;
mod fix;
mod gate;
mod gate_args;
mod git;
mod output_format;

mod interrupt;
mod judging;
mod merge;
mod merge_args;
mod meta;
mod meta_args;
mod notes;
mod options;
mod output;
mod paired_inputs;
mod plugin;
mod plugin_args;
mod power;
mod power_args;
mod presets;
mod progress;
mod reporting;
mod run;
mod run_args;
mod run_location;
mod run_stream;
mod runs;
mod score;
mod table;
mod threads;

mod verdict_args;
mod verdicts;

pub use args::parse;
pub use exit::INTERNAL;

use args::Command;

/// Does what the arguments say, and gives the exit code.
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
