//! The command line: resolves arguments and executes commands. Only this module prints or exits;
//! the others return values and errors.

mod aa;
mod accept;
mod agree;
#[expect(
    rustdoc::broken_intra_doc_links,
    rustdoc::invalid_html_tags,
    reason = "doc comments of arguments are texts of the help"
)]
mod args;
mod base_commit;
mod base_texts;
mod beside_golden;
mod call;
mod capture;
mod check;
mod command;
mod compare;
mod compared_systems;
mod completeness;
mod completions;
mod convert;
mod corrected_labels;
mod counts;
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
mod rank;
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
mod summarize;
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

use std::ffi::OsString;
use std::panic;

use args::{Command, Invocation};
use capture::{Capture, Printed};
use karat::error::{Diagnostic, Error};
use plan::{
    AaPlan, AcceptPlan, AdjudicationPlan, AgreePlan, CheckPlan, ComparePlan, ConvertPlan, GatePlan, InitPlan,
    MergePlan, MetaPlan, PluginPlan, PowerPlan, ReportPlan, RunPlan, ScorePlan, SummarizePlan, ViewPlan,
};

/// Does what the arguments of this process ask for, and returns the exit code. A panic is reported
/// as a defect of karat.
pub fn main() -> u8 {
    panic::set_hook(Box::new(|info| {
        // A panic that is caught is reported as an error, so the hook stays silent.
        if !karat::runner::is_guarded() {
            defect::report(info);
        }
    }));
    panic::catch_unwind(start).unwrap_or(exit::INTERNAL)
}

/// Does what `words` ask for, as [`main`] does, within another program. The first word is a name;
/// `program` and these words without the first start karat in a process of its own. To be called
/// once in a process.
pub fn main_of(words: Vec<OsString>, program: Vec<OsString>) -> u8 {
    call::set(words, program);
    main()
}

/// What a command that another program called has done.
#[derive(Debug, Clone)]
pub struct Called {
    /// The exit code.
    pub code: u8,
    /// What would be on standard output.
    pub output: Vec<u8>,
    /// What would be on standard error: notes, warnings and errors.
    pub notes: String,
    /// The errors that ended the command.
    pub diagnostics: Vec<Diagnostic>,
}

/// Executes the command that `words` name, the first of which is ignored, and returns what it would
/// print. May be called on several threads at the same time.
///
/// Neither colours nor progress are printed. Options that hold for a whole program, such as
/// `--csv-safe`, have no effect, except that texts remain withheld after `--no-text`.
pub fn call(words: &[OsString]) -> Called {
    let capture = Capture::default();
    let execute = || match args::parse_words(words) {
        Ok(Invocation::Command(args)) => {
            if args.no_text {
                texts::withhold();
            }
            dispatch(&args).map_err(Some)
        }
        Ok(Invocation::Values(list)) => value_sets::print(&list).map_err(Some),
        Err(error) => {
            output::note_styled(&error.to_string());
            if error.use_stderr() { Err(None) } else { Ok(exit::PASS) }
        }
    };
    let result = capture.during(|| panic::catch_unwind(panic::AssertUnwindSafe(execute)));
    let (code, diagnostics) = match result {
        Ok(Ok(code)) => (code, Vec::new()),
        Ok(Err(None)) => (exit::INPUT, Vec::new()),
        Ok(Err(Some(error))) => {
            let code = capture.during(|| diagnostics::show(&error));
            (code, error.diagnostics().iter().map(texts::of_diagnostic).collect())
        }
        Err(_) => (exit::INTERNAL, Vec::new()),
    };
    let Printed { output, notes } = capture.printed();
    Called { code, output, notes, diagnostics }
}

fn start() -> u8 {
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
    dispatch(args).unwrap_or_else(|error| diagnostics::show(&error))
}

fn dispatch(args: &args::Args) -> Result<u8, Error> {
    match &args.command {
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
        Command::Summarize(args) => SummarizePlan::resolve(args).and_then(|plan| summarize::execute(&plan)),
        Command::Convert(args) => ConvertPlan::resolve(args).and_then(|plan| convert::execute(&plan)),
        Command::Agree(args) => AgreePlan::resolve(args).and_then(agree::execute),
        Command::Compare(args) => ComparePlan::resolve(args).and_then(|plan| compare::execute(&plan)),
        Command::Gate(args) => GatePlan::resolve(args).and_then(|plan| gate::execute(&plan)),
        Command::Accept(args) => AcceptPlan::resolve(args).and_then(|plan| accept::execute(&plan)),
        Command::Power(args) => PowerPlan::resolve(args).and_then(|plan| power::execute(&plan)),
        Command::Aa(args) => AaPlan::resolve(args).and_then(|plan| aa::execute(&plan)),
        Command::Plugin(args) => PluginPlan::resolve(args).and_then(|plan| plugin::execute(&plan)),
        Command::Meta(args) => MetaPlan::resolve(args).and_then(meta::execute),
        Command::Rank(args) => rank::execute(args),
        Command::Schema(args) => schema::execute(args),
        Command::Completions(args) => completions::execute(args.shell),
        Command::Man(args) => man::execute(args),
    }
}
