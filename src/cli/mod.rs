//! The command line: resolves arguments and executes commands. Only this module prints or exits;
//! the library returns values and errors.

mod aa;
mod accept;
mod agree;
mod args;
mod base_commit;
mod base_texts;
mod beside_golden;
mod check;
mod command;
mod compare;
mod compared_systems;
mod completeness;
mod completions;
mod convert;
mod corrected_labels;
mod defect;
mod diagnostics;
mod difference;
mod exit;
mod figures;
mod fix;
mod freshness;
mod gate;
mod gate_run;
mod git;
mod hints;
mod history;
mod init;
mod interrupt;
mod judging;
mod list_runs;
mod man;
mod merge;
mod meta;
mod metric_names;
mod moved_baselines;
mod notes;
mod options;
mod output;
mod output_format;
mod paired_inputs;
mod plan;
mod plugin;
mod power;
mod printing;
mod progress;
mod report;
mod reporting;
mod reused_answers;
mod run;
mod run_ending;
mod run_location;
mod run_stream;
mod runs;
mod sample_scores;
mod schema;
mod score;
mod score_several;
mod styled_text;
mod table;
mod terminal;
mod texts;
mod threads;
mod tone;
mod until_decided;
mod upgrades;
mod value_sets;
mod verdicts;
mod view;
mod wrap;

pub use defect::report as report_defect;
pub use exit::INTERNAL;

use args::{Command, Invocation};
use plan::{
    AaPlan, AcceptPlan, AdjudicationPlan, AgreePlan, CheckPlan, ComparePlan, ConvertPlan, GatePlan, InitPlan,
    MergePlan, MetaPlan, PluginPlan, PowerPlan, ReportPlan, RunPlan, ScorePlan, ViewPlan,
};

/// Does what the arguments ask for, and returns the exit code.
pub fn start() -> u8 {
    if value_sets::answer_shell() {
        return exit::PASS;
    }
    match args::parse() {
        Invocation::Command(args) => execute(&args),
        Invocation::Values(list) => {
            printing::look_at_terminal(false);
            value_sets::print(&list).unwrap_or_else(|error| diagnostics::show(&error))
        }
    }
}

/// Resolves the plan of the command that the arguments name, executes it, and returns the exit
/// code.
fn execute(args: &args::Args) -> u8 {
    args.color.write_global();
    printing::set(args.csv_safe, args.max_chars);
    printing::set_verbosity(args.verbose, args.quiet);
    printing::look_at_terminal(args.wide);
    if args.no_text {
        texts::withhold();
    }
    let result = match &args.command {
        Command::Init(args) => InitPlan::resolve(args).and_then(|plan| init::execute(&plan)),
        Command::Check(args) => CheckPlan::resolve(args).and_then(|plan| check::execute(&plan)),
        Command::Run(args) => RunPlan::resolve(args).and_then(|plan| run::execute(&plan)),
        Command::Runs(args) => list_runs::execute(args),
        Command::History(args) => history::execute(args),
        Command::Report(args) => ReportPlan::resolve(args).and_then(|plan| report::execute(&plan)),
        Command::View(args) if !args.passes.is_empty() => {
            AdjudicationPlan::resolve(args).and_then(|plan| view::adjudicate(&plan))
        }
        Command::View(args) => ViewPlan::resolve(args).and_then(|plan| view::execute(&plan)),
        Command::Merge(args) => MergePlan::resolve(args).and_then(|plan| merge::execute(&plan)),
        Command::Score(args) => ScorePlan::resolve(args).and_then(|plan| score::execute(&plan)),
        Command::Convert(args) => ConvertPlan::resolve(args).and_then(|plan| convert::execute(&plan)),
        Command::Agree(args) => AgreePlan::resolve(args).and_then(agree::execute),
        Command::Compare(args) => ComparePlan::resolve(args).and_then(|plan| compare::execute(&plan)),
        Command::Gate(args) => GatePlan::resolve(args).and_then(|plan| gate::execute(&plan)),
        Command::Accept(args) => AcceptPlan::resolve(args).and_then(|plan| accept::execute(&plan)),
        Command::Power(args) => PowerPlan::resolve(args).and_then(|plan| power::execute(&plan)),
        Command::Aa(args) => AaPlan::resolve(args).and_then(|plan| aa::execute(&plan)),
        Command::Plugin(args) => PluginPlan::resolve(args).and_then(|plan| plugin::execute(&plan)),
        Command::Meta(args) => MetaPlan::resolve(args).and_then(meta::execute),
        Command::Schema(args) => schema::execute(args),
        Command::Completions(args) => completions::execute(args.shell),
        Command::Man(args) => man::execute(args),
    };
    result.unwrap_or_else(|error| diagnostics::show(&error))
}
