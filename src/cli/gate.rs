//! `karat gate`: judges two files, or a run and its base, by rules. The exit code is the verdict.

use std::path::{Path, PathBuf};

use karat::error::{Diagnostic, Error};
use karat::gate::{GateCase, GateFinding, GateOutcome, GateVerdict, Rule, Spent, judge};
use karat::metric::signature::list_differences;
use karat::score::{Missing, Settings, Wanted};
use karat::store::{Baseline, Project, Run, baseline_files};

use super::base_commit::{self, Bases};
use super::judging::{JudgedFigures, apply, unusable_metrics};
use super::paired_inputs::{Paired, PredictionFile, TwoFiles, of_files, pair};
use super::plan::{ConfigFile, FilePair, GateInput, GatePlan, GatedRun, PairScope};
use super::{exit, judging, notes, output, runs, table};

pub(super) fn execute(plan: &GatePlan) -> Result<u8, Error> {
    let GatePlan { pool, rules, input, format } = plan;
    pool.install(|| {
        let (judged, absent) = match input {
            GateInput::Files(files) => (judge_files(rules, files)?, Vec::new()),
            GateInput::Run { config, candidate, scope } => judge_run(rules, config, candidate, scope)?,
        };
        let cases: Vec<(&Rule, GateCase<'_>)> = judged.iter().map(|one| (&rules[one.rule], one.case())).collect();
        let findings = judge(&cases).into_iter().chain(absent).collect();
        let outcome = GateOutcome { findings };
        if outcome.findings.is_empty() {
            let diagnostic = Diagnostic::new("no rule matches the datasets and extractors of this run");
            return Err(Error::NothingSelected(
                diagnostic.help("`dataset` and `extractor` of a rule select what it judges"),
            ));
        }
        format.print(&outcome, || text(&outcome))?;
        Ok(match outcome.verdict() {
            GateVerdict::Identical | GateVerdict::Pass => exit::PASS,
            GateVerdict::Inconclusive if outcome.is_neutral() => exit::INCONCLUSIVE,
            GateVerdict::Inconclusive => {
                output::note("warning: the gate is inconclusive, which neither stops nor clears this change\n");
                exit::PASS
            }
            GateVerdict::Fail => exit::GATE_FAILED,
        })
    })
}

fn judge_files(rules: &[Rule], files: &FilePair) -> Result<Vec<JudgedFigures>, Error> {
    let numbered: Vec<(usize, &Rule)> = rules.iter().enumerate().collect();
    let compared = judging::compared(&numbered);
    // Slices depend on the metadata or text of documents, so the files must be loaded.
    let has_slices = rules.iter().any(|rule| rule.slice.is_some());
    let wanted = |settings: &Settings| (!has_slices).then(|| Wanted::named(&compared, settings));
    let pair = of_files(files, wanted, rules.iter().any(Rule::is_about_values))?;
    let nothing = pair.nothing_to_score();
    let judged = match pair {
        TwoFiles::Streamed(pair) => judging::apply_streamed(&numbered, *pair),
        TwoFiles::Loaded(paired) => apply(&numbered, &paired, Some(&paired), Spent::default())?,
    };
    let mut comparisons = judged.iter().filter_map(|one| one.comparison.as_ref()).peekable();
    if comparisons.peek().is_some() && comparisons.all(|comparison| comparison.layers.is_empty()) {
        return Err(nothing);
    }
    let diagnostics = unusable_metrics(&rules.iter().collect::<Vec<_>>(), &judged);
    if diagnostics.is_empty() { Ok(judged) } else { Err(Error::Input(diagnostics)) }
}

fn judge_run(
    rules: &[Rule],
    config: &ConfigFile,
    candidate: &GatedRun,
    scope: &PairScope,
) -> Result<(Vec<JudgedFigures>, Vec<GateFinding>), Error> {
    let bases = match candidate {
        GatedRun::WorkingTree { commit } => base_commit::of_commit(config.home(), &config.path, commit)?,
        GatedRun::Folder(_) | GatedRun::Newest => Bases::accepted(config.home()),
    };
    let folder: PathBuf = match (candidate, bases.candidate()) {
        (GatedRun::Folder(run), _) => run.clone(),
        (_, Some(run)) => run.to_owned(),
        (_, None) => Project::new(config.home()).newest_run()?,
    };
    let run = runs::open(&folder)?.with_texts_in(config.home());
    let in_both = PairScope { missing: Missing::Skip, ..scope.clone() };
    let (mut judged, mut diagnostics) = (Vec::new(), Vec::new());
    let is_judged = |dataset: &str, extractor: &str| rules.iter().any(|rule| rule.is_about(dataset, extractor));
    for (name, extractors) in run.select(is_judged).map_err(Error::Input)? {
        let (dataset, settings) = match config.load_dataset(&name) {
            Ok(loaded) => loaded,
            Err(wrong) => {
                diagnostics.extend(wrong);
                continue;
            }
        };
        for extractor in extractors {
            let about: Vec<(usize, &Rule)> =
                rules.iter().enumerate().filter(|(_, rule)| rule.is_about(&name, &extractor)).collect();
            let file = run.predictions(&name, &extractor);
            let candidate = || PredictionFile { name: folder.display().to_string(), file: &file };
            let load = |base: PredictionFile<'_>, scope: &PairScope| {
                let golden = (config.golden(&name), &dataset.references);
                let sides = [base, candidate()];
                pair(name.clone(), extractor.clone(), golden, sides, settings.clone(), scope)
            };
            let whole = match load(candidate(), scope) {
                Ok(whole) => whole,
                Err(error) => {
                    diagnostics.extend(error.diagnostics().to_vec());
                    continue;
                }
            };
            notes::without_reference(&name, &extractor, &whole.without_reference);
            let needs_base = about.iter().any(|(_, rule)| rule.margin.is_some());
            let against = if needs_base {
                let load = |base: PredictionFile<'_>| load(base, &in_both);
                match against(&bases, &folder, &name, &extractor, load) {
                    Ok(against) => Some(against),
                    Err(error) => {
                        diagnostics.extend(error.diagnostics().to_vec());
                        continue;
                    }
                }
            } else {
                None
            };
            match &against {
                Some((paired, _)) => paired.note_failures(),
                None => whole.note_candidate_failures(),
            }
            whole.note_undefined_spans();
            let spent = runs::spent(&run, &name, &extractor);
            match apply(&about, &whole, against.as_ref().map(|(paired, _)| paired), spent) {
                Ok(found) => {
                    let signed = against.as_ref().and_then(|(_, baseline)| baseline.as_ref());
                    for (at, rule) in &about {
                        let found = || found.iter().filter(|one| one.rule == *at);
                        diagnostics
                            .extend(signed.iter().flat_map(|baseline| other_signatures(baseline, rule, found())));
                    }
                    judged.extend(found);
                }
                Err(error) => diagnostics.extend(error.diagnostics().to_vec()),
            }
        }
    }
    if diagnostics.is_empty() {
        diagnostics = unusable_metrics(&rules.iter().collect::<Vec<_>>(), &judged);
    }
    if !diagnostics.is_empty() {
        return Err(Error::Input(diagnostics));
    }
    let is_against_accepted = !matches!(candidate, GatedRun::WorkingTree { .. });
    let absent = if is_against_accepted { absent_systems(rules, config, &run)? } else { Vec::new() };
    Ok((judged, absent))
}

/// Returns a failed finding for each accepted baseline that a rule is about and that the run lacks,
/// since an extractor that is gone is a loss. Where the run or karat.toml leaves it out on purpose,
/// a note names it instead. Fails if a baseline was changed after it was accepted.
fn absent_systems(rules: &[Rule], config: &ConfigFile, run: &Run) -> Result<Vec<GateFinding>, Diagnostic> {
    let Some(accepted) = Run::find_baselines(config.home())? else { return Ok(Vec::new()) };
    let mut findings = Vec::new();
    for (extractor, entry) in accepted.extractors() {
        for dataset in entry.datasets.keys().filter(|dataset| !run.has(dataset, extractor)) {
            let about = rules.iter().filter(|rule| rule.margin.is_some() && rule.is_about(dataset, extractor));
            // Of several rules, one that decides.
            let Some(rule) = about.min_by_key(|rule| rule.informational) else { continue };
            let [baseline, _] = baseline_files(Path::new(""), dataset, extractor);
            let baseline = baseline.display();
            if let Some(reason) = left_out_by(config, run, dataset, extractor) {
                output::note(&format!("note: {baseline} has no counterpart in this run ({reason})\n"));
                continue;
            }
            let message = format!(
                "the accepted baseline {baseline} has no counterpart in this run; if the extractor is gone on purpose, \
                 `karat accept --remove {dataset}/{extractor}` removes it"
            );
            findings.push(GateFinding::new(rule, ("answers", dataset, extractor), GateVerdict::Fail, message));
        }
    }
    Ok(findings)
}

/// Returns what left an extractor on a dataset out of a run on purpose: options of the run, or
/// `on_request` in karat.toml; `None` if nothing did.
fn left_out_by(config: &ConfigFile, run: &Run, dataset: &str, extractor: &str) -> Option<String> {
    let options = &run.environment().selected_by;
    if !options.is_empty() {
        return Some(options.join(", "));
    }
    let is_on_request = config.parsed.extractors.iter().any(|known| known.name == extractor && known.on_request)
        || config.parsed.datasets.get(dataset).is_some_and(|known| known.on_request);
    is_on_request.then(|| "on_request".to_owned())
}

/// Pairs a run with the base of an extractor on a dataset. Fails if there is no baseline.
fn against<'r>(
    bases: &Bases,
    run: &Path,
    dataset: &str,
    extractor: &str,
    load: impl Fn(PredictionFile<'_>) -> Result<Paired<'r>, Error>,
) -> Result<(Paired<'r>, Option<Baseline>), Error> {
    let (file, baseline) = bases.of(dataset, extractor)?.ok_or_else(|| {
        let diagnostic = Diagnostic::new(format!("{dataset}, {extractor}: there is no baseline"));
        diagnostic.help(format!("`karat accept {}` makes this run the baseline", run.display()))
    })?;
    let paired = load(PredictionFile { name: "the baseline".to_owned(), file: &file })?;
    if paired.left_out > 0 {
        let what = "documents that only the baseline or only the run has are ignored";
        output::note(&format!("note: {dataset}, {extractor}: {} {what}\n", paired.left_out));
    }
    Ok((paired, baseline))
}

/// Returns a diagnostic if a rule's metric was computed differently when the baseline was accepted.
fn other_signatures<'j>(
    baseline: &Baseline,
    rule: &Rule,
    judged: impl Iterator<Item = &'j JudgedFigures>,
) -> Vec<Diagnostic> {
    let metric = rule.metric.as_deref().unwrap_or_default().replace("[*]", "");
    let Some(then) = baseline.signatures.get(&metric) else { return Vec::new() };
    let figures = judged.flat_map(|one| one.comparison.iter().flat_map(|comparison| comparison.figures()));
    let now = figures.filter(|figure| figure.name.to_string() == metric).map(|figure| &figure.signature);
    let differences = now.map(|now| then.differences(now)).find(|differences| !differences.is_empty());
    let diagnostic = differences.map(|differences| {
        let differences = list_differences(&differences);
        Diagnostic::new(format!("`{metric}` of the baseline and of this run differs in {differences}"))
            .help("`karat accept RUN` makes a baseline with the current options")
    });
    diagnostic.into_iter().collect()
}

fn text(outcome: &GateOutcome) -> String {
    let mut rows = table::new(["verdict", "dataset", "extractor", "metric", ""]);
    for finding in &outcome.findings {
        let slice = finding.slice.iter().map(|slice| format!(" {slice}")).collect::<String>();
        let note = if finding.informational { " (informational)" } else { "" };
        rows.add_row([
            format!("{}{note}", finding.verdict),
            finding.dataset.clone(),
            finding.extractor.clone(),
            format!("{}{slice}", finding.metric),
            finding.message.clone(),
        ]);
    }
    let worst = outcome.worst_slices().into_iter().map(|finding| {
        format!(
            "worst slice of {}: {}: {}\n",
            finding.metric,
            finding.slice.as_deref().unwrap_or_default(),
            finding.message
        )
    });
    format!("{}\n{}{}\n", table::render_words(&rows), worst.collect::<String>(), outcome.verdict())
}
