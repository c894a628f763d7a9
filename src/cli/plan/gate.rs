//! The plan of `karat gate`.

use std::path::PathBuf;

use karat::error::{Diagnostic, Error};
use karat::gate::Rule;
use rayon::ThreadPool;

use super::super::args::gate::GateArgs;
use super::super::output_format::{OutputFile, OutputFormat};
use super::super::runs;
use super::config_file::ConfigFile;
use super::counts::CountPair;
use super::pairs::{FilePair, PairScope};
use super::score_logs::ScoreLogs;

/// The rules of a gate, and what they judge.
pub(in crate::cli) struct GatePlan {
    pub pool: ThreadPool,
    /// The rules, at least one.
    pub rules: Vec<Rule>,
    pub input: GateInput,
    pub format: OutputFormat,
    /// The files to which the result is also written.
    pub files_to_write: Vec<OutputFile>,
}

/// Two files, or a run and its base.
pub(in crate::cli) enum GateInput {
    Files(Box<FilePair>),
    Run(Box<RunInput>),
    /// Logs with scores of samples: the base and the candidate, or the candidate alone.
    Scores(Box<ScoreLogs>),
    /// Counts of the base and of the candidate, or of the candidate alone in both places.
    Counts(CountPair),
}

/// A run that is judged, and the base that it is compared with.
pub(in crate::cli) struct RunInput {
    pub config: ConfigFile,
    pub candidate: GatedRun,
    /// The commit that is the base; `None` for the accepted baselines.
    pub base: Option<String>,
    pub scope: PairScope,
    /// Whether a run may be judged although extractors or documents changed since.
    pub allows_stale: bool,
    /// Whether a run that lacks answers may be judged.
    pub allows_incomplete: bool,
}

/// The run that a gate judges.
pub(in crate::cli) enum GatedRun {
    /// The run of a folder.
    Folder(PathBuf),
    /// The newest run of the project.
    Newest,
}

impl GatePlan {
    /// Reads the rules. Fails if there are none.
    pub fn resolve(args: &GateArgs) -> Result<Self, Error> {
        let pool = args.threads.pool()?;
        let needs_base = args.margin.is_some();
        let missing = (args.intersection, args.files.missing.into());
        let counts = if needs_base { 2..=2 } else { 1..=2 };
        let logs = ScoreLogs::resolve(&args.logs, missing, args.cluster.as_ref(), counts)?;
        let (rules, input) = match logs {
            Some(logs) => (asked(args), GateInput::Scores(Box::new(logs))),
            None if !args.counts.candidate_counts.is_empty() => {
                (asked(args), GateInput::Counts(CountPair::resolve(&args.counts, needs_base)?))
            }
            None if args.files.gold.is_some() => of_files(args)?,
            None => of_run(args)?,
        };
        Ok(Self {
            pool,
            rules,
            input,
            format: args.format,
            files_to_write: OutputFile::distinct(&args.files_to_write)?,
        })
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
    let config = ConfigFile::load(&args.config)?;
    let if_no_baseline = config.parsed.if_no_baseline;
    let rules = if args.metrics.is_empty() {
        config.parsed.rules.clone()
    } else {
        asked(args).into_iter().map(|rule| Rule { if_no_baseline, ..rule }).collect()
    };
    if rules.is_empty() {
        let diagnostic = Diagnostic::new("there are no gate rules").in_file(&args.config);
        return Err(diagnostic
            .help("write [[gate]] with a `metric` and a `margin`, or use --metric and --margin")
            .into());
    }
    let candidate = match &args.run {
        Some(run) => GatedRun::Folder(runs::folder_of(run, &args.config)?),
        None => GatedRun::Newest,
    };
    let input = RunInput {
        config,
        candidate,
        base: args.base.clone(),
        scope: scope(args, &rules),
        allows_stale: args.allow_stale,
        allows_incomplete: args.allow_incomplete,
    };
    Ok((rules, GateInput::Run(Box::new(input))))
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
