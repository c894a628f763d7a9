//! `karat accept`: makes a run's predictions the baselines that `karat gate` compares with.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use karat::compare::{CompareSettings, compare};
use karat::corpus::{Dataset, load_any_predictions};
use karat::document::{Answer, LayerSet, Reference};
use karat::error::{Diagnostic, Error};
use karat::gate::{GateCase, GateVerdict, Rule, Spent, judge};
use karat::metric::Signature;
use karat::report::{ComparisonReport, LabelChange};
use karat::score::{
    LoadedPredictions, Missing, Origin, Policy, Settings, Status, System, accept, headline_figure, score,
};
use karat::store::{AcceptedLabels, Baseline, Run, Staging, add_baseline, baseline_files};

use super::compare::tables;
use super::completeness::{Completeness, RunUse};
use super::corrected_labels::{GoldenLog, LabelChanges};
use super::freshness::Freshness;
use super::judging::apply;
use super::paired_inputs::{Paired, PredictionFile, pair};
use super::plan::{AcceptPlan, AcceptedRun, ConfigFile, PairScope};
use super::styled_text::StyledText;
use super::{exit, notes, output, threads};

pub(super) fn execute(plan: &AcceptPlan) -> Result<u8, Error> {
    match plan {
        AcceptPlan::Run(plan) => threads::install(&plan.pool, || accept_run(plan)),
        AcceptPlan::Remove { files, is_dry } => remove(files, *is_dry),
    }
}

/// Removes the files of baselines.
fn remove(files: &[(String, [PathBuf; 2])], is_dry: bool) -> Result<u8, Error> {
    for (name, files) in files {
        for file in files.iter().filter(|file| !is_dry && file.exists()) {
            fs::remove_file(file).map_err(|error| Diagnostic::io("remove this", file, &error))?;
        }
        let what = if is_dry { "would be removed" } else { "removed" };
        output::print(&format!("{what}: {name}\n"))?;
    }
    Ok(exit::PASS)
}

fn accept_run(plan: &AcceptedRun) -> Result<u8, Error> {
    let AcceptedRun { run, selected, config, is_dry, allows_incomplete, allows_worse, .. } = plan;
    let completeness = Completeness { run_use: RunUse::Accepted, rules: &[], is_optional: *allows_incomplete };
    completeness.check(run, selected)?;
    let (mut staging, mut written, mut diagnostics) = (Staging::default(), Vec::new(), Vec::new());
    let (mut worse, mut freshness) = (Vec::new(), Freshness::default());
    let mut label_changes = LabelChanges::default();
    for (name, extractors) in selected {
        let (dataset, settings) = match config.load_dataset(name) {
            Ok(loaded) => loaded,
            Err(wrong) => {
                diagnostics.extend(wrong);
                continue;
            }
        };
        if let Some(diagnostic) = Freshness::other_documents(run, config, &dataset) {
            diagnostics.push(diagnostic);
            continue;
        }
        freshness.compare_dataset(run, config, &dataset);
        for extractor in extractors {
            freshness.compare_extractor(run, config, extractor, (&dataset, &settings));
            let missing = completeness.missing(run, &dataset, extractor)?;
            let candidate = match Candidate::read(run, config, (&dataset, &settings), extractor, missing) {
                Ok(candidate) => candidate,
                Err(error) => {
                    diagnostics.extend(error.diagnostics().to_vec());
                    continue;
                }
            };
            notes::without_reference(name, extractor, &candidate.without_reference);
            notes::withheld(&format!("{name}, {extractor}: "), &candidate.withheld);
            let failed = candidate.unanswered();
            if failed > 0 {
                output::note(&format!("warning: {name}, {extractor}: {failed} documents were not answered\n"));
            }
            match candidate.compare(run, config, (&dataset, settings.clone())) {
                Ok(None) => output::print(&format!("{name}, {extractor}: the first baseline\n"))?,
                Ok(Some(Compared { text, losses, labels })) => {
                    output::print_text(&text)?;
                    label_changes.add(name, extractor, labels);
                    worse.extend(losses.into_iter().map(|loss| format!("{name}, {extractor}: {loss}")));
                }
                Err(error) => diagnostics.extend(error.diagnostics().to_vec()),
            }
            written.push(candidate.files[0].display().to_string());
            if !*is_dry {
                candidate.stage(&mut staging)?;
            }
        }
    }
    if !diagnostics.is_empty() {
        return Err(Error::Input(diagnostics));
    }
    freshness.note(run);
    label_changes.note();
    if written.is_empty() {
        let diagnostic =
            Diagnostic::new("the run has no predictions of the selected datasets and extractors").in_file(run.folder());
        return Err(Error::NothingSelected(
            diagnostic.help("`run.json` in its folder lists its datasets and extractors"),
        ));
    }
    if !worse.is_empty() && !*allows_worse {
        if !*is_dry {
            let diagnostic = |loss: String| {
                let diagnostic = Diagnostic::new(format!("this run is worse than the accepted baseline: {loss}"));
                diagnostic.help("`--allow-worse` accepts it nevertheless; nothing was written")
            };
            return Err(Error::Input(worse.into_iter().map(diagnostic).collect()));
        }
        for loss in &worse {
            let what = "this run is worse than the accepted baseline, and only --allow-worse accepts it";
            output::note(&format!("warning: {what}: {loss}\n"));
        }
    }
    if *is_dry {
        output::print("nothing was written\n")?;
        return Ok(exit::PASS);
    }
    staging.commit()?;
    output::print(&written.iter().map(|file| format!("accepted: {file}\n")).collect::<String>())?;
    Ok(exit::PASS)
}

/// An extractor's answers on a dataset, ready to become its baseline.
pub(super) struct Candidate<'d> {
    /// The files of the baseline.
    pub files: [PathBuf; 2],
    references: Cow<'d, BTreeMap<String, Reference>>,
    /// All documents of the dataset, also if some of them are not in the run.
    all: &'d BTreeMap<String, Reference>,
    dataset: &'d str,
    system: System,
    settings: Settings,
    /// Documents whose summaries are not scored, since they have no reference.
    pub without_reference: BTreeSet<String>,
    /// Layers that cannot be scored, since the run has no texts.
    withheld: LayerSet,
    /// The golden labels as they are now.
    labels: AcceptedLabels,
    /// Whether the baseline gets no texts.
    is_confidential: bool,
}

/// The differences of a candidate from the existing baseline.
struct Compared {
    /// The tables that `karat compare` prints.
    text: StyledText,
    /// What got worse, as sentences.
    losses: Vec<String>,
    /// How the golden labels changed since the existing baseline was accepted.
    labels: Option<LabelChange>,
}

impl<'d> Candidate<'d> {
    /// Reads the answers of an extractor in a run. Documents of the dataset that are not in the run
    /// are treated by `missing`.
    pub fn read(
        run: &Run,
        config: &ConfigFile,
        (dataset, settings): (&'d Dataset, &Settings),
        extractor: &str,
        missing: Missing,
    ) -> Result<Self, Error> {
        let file = run.predictions(&dataset.name, extractor);
        let predictions = load_any_predictions(&file, &dataset.references);
        let systems = vec![LoadedPredictions { file, predictions }];
        let policy = Policy { origin: Origin::Run, missing, ..Policy::default() };
        let golden = config.golden(&dataset.name);
        let mut accepted = accept(golden, Cow::Borrowed(&dataset.references), systems, policy, settings)?;
        let settings = accepted.settings(settings);
        let answers = accepted.answers.swap_remove(0);
        Ok(Self {
            files: baseline_files(config.home(), &dataset.name, extractor),
            references: accepted.references,
            all: &dataset.references,
            dataset: &dataset.name,
            system: System { name: extractor.to_owned(), declared: accepted.declared, answers },
            settings,
            without_reference: accepted.without_reference,
            withheld: accepted.withheld,
            labels: GoldenLog::read(golden, config.home()).state(dataset)?,
            is_confidential: dataset.is_confidential,
        })
    }

    /// The number of documents that were not answered.
    fn unanswered(&self) -> usize {
        let repeats = self.system.repeats();
        let is_failed = |id: &&String| Answer::end_after(self.system.answers.get(*id), repeats).0 != Status::Ok;
        self.references.keys().filter(is_failed).count()
    }

    /// Writes the files of the baseline under temporary names.
    pub fn stage(&self, staging: &mut Staging) -> Result<(), Error> {
        let signatures = signatures(&self.references, &self.system, &self.settings);
        let labels = self.labels.clone();
        if !self.is_confidential {
            return add_baseline(staging, &self.files, &self.references, &self.system.answers, labels, signatures);
        }
        // Baselines are committed, so that they have no texts.
        let without_texts = |(id, answer): (&String, &Answer)| (id.clone(), answer.clone().without_texts());
        let answers: BTreeMap<String, Answer> = self.system.answers.iter().map(without_texts).collect();
        let withheld = answers.values().flat_map(Answer::each).flat_map(|one| one.annotations.withheld.clone());
        notes::not_in_baseline(&format!("{}, {}: ", self.dataset, self.system.name), &withheld.collect());
        add_baseline(staging, &self.files, &self.references, &answers, labels, signatures)
    }

    /// Compares the answers with the existing baseline; `None` if there is none. An invalid
    /// baseline counts as absent, so that accepting a run fixes it.
    fn compare(
        &self,
        run: &Run,
        config: &ConfigFile,
        (of, settings): (&Dataset, Settings),
    ) -> Result<Option<Compared>, Error> {
        let Ok(Some(baseline)) = Baseline::load(&self.files) else { return Ok(None) };
        let labels = GoldenLog::read(config.golden(self.dataset), config.home()).since(&baseline, of);
        let (dataset, extractor) = (self.dataset, self.system.name.as_str());
        let candidate = run.predictions(dataset, extractor);
        let sides = [
            PredictionFile { name: "the baseline".to_owned(), file: &self.files[0] },
            PredictionFile { name: run.folder().display().to_string(), file: &candidate },
        ];
        let rules = &config.parsed.rules;
        let metrics = rules.iter().filter(|rule| rule.is_about(dataset, extractor));
        let metrics = metrics.filter_map(|rule| rule.metric.clone()).collect();
        let scope = PairScope { metrics, ..PairScope::new(true, Missing::Error, None) };
        let golden = (config.golden(dataset), self.all);
        let paired = pair(dataset.to_owned(), extractor.to_owned(), golden, sides, settings, &scope)?;
        let losses = losses(rules, &paired)?;
        let asked = CompareSettings::default();
        let comparison = compare(&paired.references, &paired.base, &paired.candidate, &paired.settings, &asked);
        let texts = paired.references.iter().filter_map(|(id, one)| Some((id.clone(), one.document.clone()?)));
        let texts = texts.collect();
        let mut report = ComparisonReport {
            dataset: paired.dataset,
            extractor: paired.extractor,
            texts,
            left_out: paired.left_out,
            ..ComparisonReport::new(comparison.map_err(Error::Input)?)
        };
        if self.is_confidential {
            report.withhold_texts();
        }
        let mut text = tables(&report);
        text.push("\n");
        Ok(Some(Compared { text, losses, labels }))
    }
}

/// Returns what got worse than the baseline, as a gate would find: by the deciding rules with a
/// margin about the extractor, or without any by the headline figure of every layer.
fn losses(rules: &[Rule], paired: &Paired<'_>) -> Result<Vec<String>, Error> {
    let compares = |rule: &&Rule| {
        rule.margin.is_some() && !rule.informational && rule.is_about(&paired.dataset, &paired.extractor)
    };
    let mut about: Vec<Rule> = rules.iter().filter(compares).cloned().collect();
    if about.is_empty() {
        let scores = score(&paired.references, &paired.base, &paired.settings.figures_only());
        let headlines = scores.layers.iter().filter_map(headline_figure).map(|figure| figure.name.to_string());
        about = headlines.map(|name| Rule { metric: Some(name), margin: Some(0.0), ..Rule::default() }).collect();
    }
    let numbered: Vec<(usize, &Rule)> = about.iter().enumerate().collect();
    let judged = apply(&numbered, paired, Some(paired), Spent::default())?;
    let cases: Vec<(&Rule, GateCase<'_>)> = judged.iter().map(|one| (&about[one.rule], one.case())).collect();
    let failed = judge(&cases).into_iter().filter(|finding| finding.verdict == GateVerdict::Fail);
    Ok(failed.map(|finding| format!("{}: {}", finding.metric, finding.message)).collect())
}

/// Returns the signatures of all figures over whole layers under the current options.
fn signatures(
    references: &BTreeMap<String, Reference>,
    system: &System,
    settings: &Settings,
) -> BTreeMap<String, Signature> {
    let scores = score(references, system, &settings.figures_only());
    let whole = scores.figures().filter(|figure| figure.name.is_whole());
    whole.map(|figure| (figure.name.to_string(), figure.signature.clone())).collect()
}
