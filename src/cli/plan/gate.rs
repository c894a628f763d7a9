//! The plan of `karat gate`.

use std::path::PathBuf;

use karat::error::{Diagnostic, Error};
use karat::gate::Rule;
use rayon::ThreadPool;

use super::super::args::gate::GateArgs;
use super::super::output_format::OutputFormat;
use super::super::runs;
use super::config_file::ConfigFile;
use super::pairs::{FilePair, PairScope};

/// The rules of a gate, and what they judge.
pub(in crate::cli) struct GatePlan {
    pub pool: ThreadPool,
    /// The rules, at least one.
    pub rules: Vec<Rule>,
    pub input: GateInput,
    pub format: OutputFormat,
}

/// Two files, or a run and its base.
pub(in crate::cli) enum GateInput {
    Files(Box<FilePair>),
    Run { config: Box<ConfigFile>, candidate: GatedRun, scope: PairScope },
}

/// The run that a gate judges, which determines its base.
pub(in crate::cli) enum GatedRun {
    /// The run of a folder, against the accepted baselines.
    Folder(PathBuf),
    /// The newest run of the project, against the accepted baselines.
    Newest,
    /// A new run of the working tree, against a commit.
    WorkingTree { commit: String },
}

impl GatePlan {
    /// Reads the rules. Fails if there are none.
    pub fn resolve(args: &GateArgs) -> Result<Self, Error> {
        let pool = args.threads.pool()?;
        let (rules, input) = if args.files.gold.is_some() { of_files(args)? } else { of_run(args)? };
        Ok(Self { pool, rules, input, format: args.format })
    }
}

fn of_files(args: &GateArgs) -> Result<(Vec<Rule>, GateInput), Error> {
    let rules = asked(args);
    if rules.is_empty() {
        let diagnostic = Diagnostic::new("no rule judges these files");
        return Err(diagnostic
            .help("name a metric and how much worse it may be: --metric entities.strict.f1 --margin 0.01")
            .into());
    }
    let files = FilePair::for_rules(&args.files, &scope(args, &rules), &rules)?;
    Ok((rules, GateInput::Files(Box::new(files))))
}

fn of_run(args: &GateArgs) -> Result<(Vec<Rule>, GateInput), Error> {
    let config = Box::new(ConfigFile::load(&args.config)?);
    let rules = if args.metrics.is_empty() { config.parsed.rules.clone() } else { asked(args) };
    if rules.is_empty() {
        let diagnostic = Diagnostic::new("there are no gate rules").in_file(&args.config);
        return Err(diagnostic
            .help("write [[gate]] with a `metric` and a `margin`, or use --metric and --margin")
            .into());
    }
    let candidate = match (&args.run, &args.base) {
        (Some(run), _) => GatedRun::Folder(runs::folder_of(run, &args.config)?),
        (None, Some(commit)) => GatedRun::WorkingTree { commit: commit.clone() },
        (None, None) => GatedRun::Newest,
    };
    let scope = scope(args, &rules);
    Ok((rules, GateInput::Run { config, candidate, scope }))
}

fn scope(args: &GateArgs, rules: &[Rule]) -> PairScope {
    let metrics = rules.iter().filter_map(|rule| rule.metric.clone()).collect();
    PairScope { metrics, ..PairScope::new(args.intersection, args.files.missing.into(), args.cluster.as_ref()) }
}

/// Returns the rules that the command line defines.
fn asked(args: &GateArgs) -> Vec<Rule> {
    let rule = |metric: &String| Rule {
        metric: Some(metric.clone()),
        margin: args.margin,
        min: args.min,
        max: args.max,
        slice: args.slice.clone(),
        on_inconclusive: args.on_inconclusive.into(),
        ..Rule::default()
    };
    args.metrics.iter().map(rule).collect()
}
