//! The part of `karat gate` that judges a run: finds the run and its base, checks that the run is
//! complete and of the current extractors and documents, and judges every extractor.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use karat::corpus::{Dataset, load_any_predictions};
use karat::document::LayerSet;
use karat::error::{Diagnostic, Error};
use karat::gate::{GateBasis, GateFinding, GateOutcome, GateSample, GateVerdict, IfNoBaseline, Rule};
use karat::metric::signature::list_differences;
use karat::score::{Missing, Settings, System};
use karat::store::{Baseline, Project, Run, SampledRun, Selected, Staging, baseline_files, baselines_in};
use karat::text::ids;
use tempfile::TempDir;

use super::accept::Candidate;
use super::base_commit::{self, BaseCommit, Bases};
use super::base_texts::without_other_texts;
use super::completeness::{Completeness, RunUse};
use super::corrected_labels::{GoldenLog, LabelChanges};
use super::freshness::Freshness;
use super::gate::findings;
use super::git::temporary;
use super::judging::{JudgedFigures, apply, unusable_metrics};
use super::paired_inputs::{PredictionFile, pair};
use super::plan::{ConfigFile, GatedRun, PairScope, RunInput};
use super::until_decided::UntilDecided;
use super::upgrades::Upgraded;
use super::{moved_baselines, notes, output, runs};

/// Judges a run by rules.
pub(super) fn judge_run(rules: &[Rule], input: &RunInput) -> Result<GateOutcome, Error> {
    let base = input.base.as_ref().map(|reference| BaseCommit::find(input.config.home(), reference)).transpose()?;
    let judged = JudgedRun::find(rules, input)?;
    let run = &judged.run;
    let is_judged = |dataset: &str, extractor: &str| rules.iter().any(|rule| rule.is_about(dataset, extractor));
    let selected = run.select(is_judged).map_err(Error::Input)?;
    let completeness = Completeness { run_use: RunUse::Judged, rules, is_optional: input.allows_incomplete };
    let bases = match &base {
        None => Bases::accepted(input.config.home()),
        Some(commit) => commit.bases(&input.config, &needed(rules, &selected), completeness)?,
    };
    let name = judged.name();
    output::note(&format!("note: judging {name} against {}\n", bases.name));
    completeness.check(run, &selected)?;
    if let Some(SampledRun { sample, .. }) = &run.environment().until_decided {
        let outcome = judge_sample_again((rules, input), (run, &selected), &bases, sample)?;
        let basis = outcome.basis.map(|basis| GateBasis { run: format!("{name}: {}", basis.run), ..basis });
        return Ok(GateOutcome { basis, ..outcome });
    }
    let mut judging = Judging::new(rules, input, run, &bases, base.as_ref());
    for (dataset, extractors) in &selected {
        judging.dataset(dataset, extractors.iter().map(String::as_str))?;
    }
    let moved = match &base {
        Some(commit) => moved_baselines::find(&input.config, commit)?,
        None => Vec::new(),
    };
    for moved in &moved {
        let level = if moved.is_moved() { "warning" } else { "note" };
        output::note(&format!("{level}: {}\n", moved.message()));
    }
    let is_refused = judged.must_be_current && !input.allows_stale;
    let findings = judging.finish(is_refused)?;
    Ok(GateOutcome { basis: Some(GateBasis { run: name, base: bases.name, moved, sample: None }), findings })
}

/// Judges a run until its rules are decided, in the order in which it took the documents.
fn judge_sample_again(
    (rules, input): (&[Rule], &RunInput),
    (run, selected): (&Run, &Selected),
    bases: &Bases,
    sample: &GateSample,
) -> Result<GateOutcome, Error> {
    let (mut datasets, mut systems) = (Vec::new(), BTreeMap::new());
    for (name, extractors) in selected {
        let (dataset, settings) = input.config.load_dataset(name).map_err(Error::Input)?;
        let system = |extractor: &String| {
            let predictions = load_any_predictions(&run.predictions(name, extractor), &dataset.references);
            System { name: extractor.clone(), declared: LayerSet::new(), answers: predictions.answers }
        };
        systems.insert(name.clone(), extractors.iter().map(system).collect::<Vec<System>>());
        datasets.push((dataset, settings));
    }
    let extractors = |dataset: &str| selected[dataset].iter().cloned().collect();
    let decided = UntilDecided::prepare((&input.config, rules), bases, &datasets, &extractors, sample.seed)?;
    let samples = decided.replay(&datasets, &systems, &sample.datasets)?;
    decided.outcome(&datasets, &systems, &samples, |dataset, extractor| runs::spent(run, dataset, extractor))
}

/// Returns the pairs of a dataset and an extractor that need a base: rules with a margin are about
/// them, and one of these does not say what happens without a baseline.
fn needed(rules: &[Rule], selected: &Selected) -> Selected {
    let needs = |dataset: &str, extractor: &str| {
        let mut about = rules.iter().filter(|rule| rule.margin.is_some() && rule.is_about(dataset, extractor));
        about.any(|rule| rule.if_no_baseline.is_none())
    };
    let mut needed = selected.clone();
    needed.retain(|dataset, extractors| {
        extractors.retain(|extractor| needs(dataset, extractor));
        !extractors.is_empty()
    });
    needed
}

/// The run that is judged.
struct JudgedRun {
    run: Run,
    /// The temporary folder of a run that was made for this gate.
    folder: Option<TempDir>,
    /// Whether a stale run is an error, since the user did not name it.
    must_be_current: bool,
}

impl JudgedRun {
    /// Returns the run that the user named, or the newest one. Against a commit, the working tree
    /// is run instead if the newest run is not complete, or not known to be current.
    fn find(rules: &[Rule], input: &RunInput) -> Result<Self, Error> {
        let RunInput { config, candidate, base, .. } = input;
        let open = |folder: &Path| Ok::<_, Error>(runs::open(folder)?.with_texts_in(config.home()));
        if let GatedRun::Folder(folder) = candidate {
            return Ok(Self { run: open(folder)?, folder: None, must_be_current: false });
        }
        let newest = Project::new(config.home()).newest_run();
        if base.is_none() {
            return Ok(Self { run: open(&newest?)?, folder: None, must_be_current: true });
        }
        let is_current = |run: &Run| {
            let is_of_everything = run.environment().selected_by.iter().all(|option| option == "--profile");
            let is_judged = |dataset: &str, extractor: &str| rules.iter().any(|rule| rule.is_about(dataset, extractor));
            let selected = run.select(is_judged).ok().filter(|_| is_of_everything && run.gap().is_none());
            let freshness = selected.and_then(|selected| Freshness::of_run(run, config, rules, &selected));
            freshness.is_some_and(|freshness| freshness.is_certain())
        };
        if let Some(run) = newest.ok().and_then(|newest| Run::open(&newest).ok()).filter(is_current) {
            return Ok(Self { run, folder: None, must_be_current: true });
        }
        let folder = temporary()?;
        base_commit::run(&config.path, folder.path())?;
        Ok(Self { run: open(folder.path())?, folder: Some(folder), must_be_current: false })
    }

    /// Returns the run as a phrase for a reviewer.
    fn name(&self) -> String {
        let commit = self.run.environment().git_commit.as_deref().map(base_commit::short);
        let commit = commit.map(|commit| format!(" (commit {commit})")).unwrap_or_default();
        match &self.folder {
            Some(_) => format!("a new run of the working tree{commit}"),
            None => format!("the run {}{commit}", self.run.folder().display()),
        }
    }
}

/// The judging of a run, extractor by extractor.
struct Judging<'j> {
    rules: &'j [Rule],
    config: &'j ConfigFile,
    scope: &'j PairScope,
    run: &'j Run,
    bases: &'j Bases,
    base: Option<&'j BaseCommit>,
    judged: Vec<JudgedFigures>,
    without_base: Vec<WithoutBase>,
    /// The files of the baselines to accept.
    staging: Staging,
    accepted: Vec<PathBuf>,
    freshness: Freshness,
    completeness: Completeness<'j>,
    /// Which documents the run lacks.
    incomplete: Vec<Diagnostic>,
    upgraded: Upgraded,
    label_changes: LabelChanges,
    diagnostics: Vec<Diagnostic>,
}

/// Rules with a margin about an extractor without a base.
struct WithoutBase {
    dataset: String,
    extractor: String,
    /// Figures of the run compared with itself, which show what the rules are about.
    judged: Vec<JudgedFigures>,
}

impl<'j> Judging<'j> {
    fn new(
        rules: &'j [Rule],
        input: &'j RunInput,
        run: &'j Run,
        bases: &'j Bases,
        base: Option<&'j BaseCommit>,
    ) -> Self {
        let mut freshness = Freshness::default();
        freshness.compare_extractors(run, &input.config, rules);
        Self {
            rules,
            config: &input.config,
            scope: &input.scope,
            run,
            bases,
            base,
            judged: Vec::new(),
            without_base: Vec::new(),
            staging: Staging::default(),
            accepted: Vec::new(),
            freshness,
            completeness: Completeness { run_use: RunUse::Judged, rules, is_optional: input.allows_incomplete },
            incomplete: Vec::new(),
            upgraded: Upgraded::default(),
            label_changes: LabelChanges::default(),
            diagnostics: Vec::new(),
        }
    }

    fn dataset<'e>(&mut self, name: &str, extractors: impl Iterator<Item = &'e str>) -> Result<(), Error> {
        let (dataset, settings) = match self.config.load_dataset(name) {
            Ok(loaded) => loaded,
            Err(wrong) => {
                self.diagnostics.extend(wrong);
                return Ok(());
            }
        };
        self.freshness.compare_dataset(self.run, self.config, &dataset);
        for extractor in extractors {
            self.freshness.compare_extractor(self.run, self.config, extractor, (&dataset, &settings));
            match self.extractor(&dataset, &settings, extractor) {
                Ok(()) => {}
                Err(Error::Input(wrong)) => self.diagnostics.extend(wrong),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn extractor(&mut self, dataset: &Dataset, settings: &Settings, extractor: &str) -> Result<(), Error> {
        let (name, run) = (&dataset.name, self.run);
        let about: Vec<(usize, &Rule)> =
            self.rules.iter().enumerate().filter(|(_, rule)| rule.is_about(name, extractor)).collect();
        let file = run.predictions(name, extractor);
        let candidate = || PredictionFile { name: run.folder().display().to_string(), file: &file };
        let load = |base: PredictionFile<'_>, missing: Missing| {
            let golden = (self.config.golden(name), &dataset.references);
            let scope = PairScope { missing, ..self.scope.clone() };
            pair(name.clone(), extractor.to_owned(), golden, [base, candidate()], settings.clone(), &scope)
        };
        let missing = match self.completeness.missing(run, dataset, extractor) {
            Ok(Missing::Skip) => Missing::Skip,
            Ok(_) => self.scope.missing,
            Err(error) => {
                self.incomplete.extend(error.diagnostics().to_vec());
                return Ok(());
            }
        };
        let whole = load(candidate(), missing)?;
        notes::without_reference(name, extractor, &whole.without_reference);
        let needs_base = about.iter().any(|(_, rule)| rule.margin.is_some());
        let mut base = if needs_base { self.bases.of(name, extractor)? } else { None };
        if let (Some(commit), Some((file, Some(_)))) = (self.base, &mut base) {
            let folder = commit.home().join("current").join(name);
            if let Some((kept, left_out)) = without_other_texts(file, &dataset.references, &folder)? {
                let (what, commit, ids) =
                    ("left out, since their texts differ from those in", commit.name(), ids(&left_out));
                output::note(&format!("warning: {name}, {extractor}: {what} {commit}: {ids}\n"));
                *file = kept;
            }
        }
        let against = match &base {
            Some((file, _)) => {
                let paired = load(PredictionFile { name: "the baseline".to_owned(), file }, Missing::Skip)?;
                if paired.left_out > 0 {
                    let what = "documents that only the baseline or only the run has are ignored";
                    output::note(&format!("note: {name}, {extractor}: {} {what}\n", paired.left_out));
                }
                Some(paired)
            }
            None => None,
        };
        match &against {
            Some(paired) => paired.note_failures(),
            None => whole.note_candidate_failures(),
        }
        whole.note_undefined_spans();
        let spent = runs::spent(run, name, extractor);
        if needs_base && base.is_none() {
            let compares = about.iter().copied().filter(|(_, rule)| rule.margin.is_some());
            let compares: Vec<(usize, &Rule)> = compares.collect();
            if compares.iter().any(|(_, rule)| rule.if_no_baseline.is_none()) {
                return Err(self.no_baseline(name, extractor).into());
            }
            let judged = apply(&compares, &whole, Some(&whole), spent)?;
            let accepts = |one: &JudgedFigures| {
                self.rules[one.rule].if_no_baseline == Some(IfNoBaseline::Accept)
                    && one.has_metric(&self.rules[one.rule])
            };
            if judged.iter().any(accepts) {
                self.accept(dataset, settings, extractor)?;
            }
            self.without_base.push(WithoutBase { dataset: name.clone(), extractor: extractor.to_owned(), judged });
        }
        let found = apply(&about, &whole, against.as_ref(), spent)?;
        if let Some((_, Some(baseline))) = &base {
            let log = GoldenLog::read(self.config.golden(name), self.config.home());
            self.label_changes.add(name, extractor, log.since(baseline, dataset));
            for (at, rule) in &about {
                let found = found.iter().filter(|one| one.rule == *at);
                self.diagnostics.extend(other_signatures(baseline, rule, found, &mut self.upgraded));
            }
        }
        self.judged.extend(found);
        Ok(())
    }

    fn no_baseline(&self, dataset: &str, extractor: &str) -> Diagnostic {
        let of = self.base.map(|commit| format!(" in {}", commit.name())).unwrap_or_default();
        Diagnostic::new(format!("{dataset}, {extractor}: there is no baseline{of}")).help(format!(
            "`karat accept {}` makes this run the baseline, and `if_no_baseline` in [gate] says what happens without one",
            self.run.folder().display()
        ))
    }

    /// Stages the answers of an extractor as its first baseline. A baseline of the working tree
    /// that the base commit lacks is kept.
    fn accept(&mut self, dataset: &Dataset, settings: &Settings, extractor: &str) -> Result<(), Error> {
        let is_accepted =
            baselines_in(self.config.home()).get(&dataset.name).is_some_and(|all| all.contains(extractor));
        if is_accepted {
            return Ok(());
        }
        if let Some(diagnostic) = Freshness::other_documents(self.run, self.config, dataset) {
            return Err(diagnostic.into());
        }
        let selected: Selected = [(dataset.name.clone(), [extractor.to_owned()].into())].into();
        Completeness { run_use: RunUse::Accepted, rules: &[], is_optional: false }.check(self.run, &selected)?;
        let candidate = Candidate::read(self.run, self.config, (dataset, settings), extractor, Missing::Error)?;
        candidate.stage(&mut self.staging)?;
        self.accepted.push(candidate.files[0].clone());
        Ok(())
    }

    /// Returns the findings, and writes the accepted baselines unless the gate fails. A stale run
    /// is an error if `is_stale_refused` is set.
    fn finish(mut self, is_stale_refused: bool) -> Result<Vec<GateFinding>, Error> {
        let stale = self.freshness.diagnostic(self.run).filter(|_| is_stale_refused);
        if let Some(diagnostic) = stale {
            return Err(diagnostic.into());
        }
        self.freshness.note(self.run);
        self.label_changes.note();
        if !self.incomplete.is_empty() {
            return Err(Error::Incomplete(self.incomplete));
        }
        if self.diagnostics.is_empty() {
            let rules: Vec<&Rule> = self.rules.iter().collect();
            let without_base = self.without_base.iter().flat_map(|one| &one.judged);
            let judged: Vec<&JudgedFigures> = self.judged.iter().chain(without_base).collect();
            self.diagnostics = unusable_metrics(&rules, &judged);
        }
        if !self.diagnostics.is_empty() {
            return Err(Error::Input(self.diagnostics));
        }
        self.upgraded.note();
        let mut found = findings(self.rules, &self.judged);
        found.extend(absent_systems(self.rules, self.config, self.run)?);
        let first: Vec<GateFinding> = self.without_base.iter().flat_map(|one| self.first_findings(one)).collect();
        let outcome = GateOutcome::from([&found[..], &first].concat());
        if !self.accepted.is_empty() {
            if outcome.verdict() == GateVerdict::Fail {
                output::note("note: there is no baseline yet, and this run does not become it, since the gate fails\n");
            } else {
                self.staging.commit()?;
                let files = self.accepted.iter().map(|file| file.display().to_string()).collect::<Vec<_>>().join(", ");
                output::note(&format!("note: accepted as the first baseline, to be committed: {files}\n"));
            }
        }
        Ok(outcome.findings)
    }

    /// Returns the findings of rules about an extractor without a base.
    fn first_findings(&self, one: &WithoutBase) -> Vec<GateFinding> {
        let mut known: Vec<usize> = Vec::new();
        let mut found = Vec::new();
        for figures in &one.judged {
            let rule = &self.rules[figures.rule];
            if known.contains(&figures.rule) || !figures.has_metric(rule) {
                continue;
            }
            known.push(figures.rule);
            let [file, _] = baseline_files(self.config.home(), &one.dataset, &one.extractor);
            let (verdict, message) = match rule.if_no_baseline {
                Some(IfNoBaseline::Fail) => (GateVerdict::Fail, "there is no baseline, which `if_no_baseline` refuses"),
                Some(IfNoBaseline::Accept) if self.accepted.contains(&file) => {
                    (GateVerdict::Pass, "there was no baseline; a run that passes becomes the first one")
                }
                _ => (GateVerdict::Pass, "there is no baseline, which `if_no_baseline` allows"),
            };
            let metric = rule.metric.as_deref().unwrap_or_default();
            found.push(GateFinding::new(rule, (metric, &one.dataset, &one.extractor), verdict, message.to_owned()));
        }
        found
    }
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

/// Returns a diagnostic if a rule's metric was computed with other options when the baseline was
/// accepted. A difference that an upgrade of karat made is added to `upgraded` instead.
pub(super) fn other_signatures<'j>(
    baseline: &Baseline,
    rule: &Rule,
    judged: impl Iterator<Item = &'j JudgedFigures>,
    upgraded: &mut Upgraded,
) -> Option<Diagnostic> {
    let metric = rule.metric.as_deref().unwrap_or_default().replace("[*]", "");
    let then = baseline.signatures.get(&metric)?;
    let figures = judged.flat_map(|one| one.comparison.iter().flat_map(|comparison| comparison.figures()));
    let now = figures.filter(|figure| figure.name.to_string() == metric).map(|figure| &figure.signature);
    let differences = now.map(|now| then.differences(now)).find(|differences| !differences.is_empty())?;
    let differences = upgraded.take(&metric, differences);
    if differences.is_empty() {
        return None;
    }
    let differences = list_differences(&differences);
    let diagnostic = Diagnostic::new(format!("`{metric}` of the baseline and of this run differs in {differences}"));
    Some(diagnostic.help("`karat accept RUN` makes a baseline with the current options"))
}
