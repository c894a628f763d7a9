//! `karat run --until-decided`: runs documents in random order, and stops as soon as a confidence
//! sequence has decided every rule of the gate.
//!
//! An extractor is judged after a number of clusters that grows by a tenth from look to look. A
//! verdict of the sequence is final. If all documents were run, the ordinary test judges what the
//! sequence left open, at the part of the level that the sequence did not spend.

mod decision;
mod last_test;
mod sampled_dataset;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::mem;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Mutex, MutexGuard, PoisonError};

use karat::compare::SliceBy;
use karat::corpus::{Dataset, Predictions, load_any_predictions};
use karat::document::{LayerSet, Reference};
use karat::error::{Diagnostic, Error};
use karat::gate::{
    GateCase, GateFinding, GateOutcome, GateVerdict, JudgedFigure, Rule, RuleBound, SampleCase, SampleSize, Spent,
    judge_sample,
};
use karat::report::Report;
use karat::runner::{Answers, Plan, Sampler, Watch, run_sampled};
use karat::score::{Accepted, LoadedPredictions, Missing, Origin, Policy, Settings, Status, System, accept};
use karat::stats::ConfidenceSequence;

use super::base_commit::Bases;
use super::gate_run::other_signatures;
use super::judging::{JudgedFigures, apply, unusable_metrics};
use super::output;
use super::paired_inputs::Paired;
use super::plan::ConfigFile;
use super::upgrades::Upgraded;
use decision::{Decision, spent};
use sampled_dataset::SampledDataset;

/// The rules of a gate, judged on growing samples.
pub(super) struct UntilDecided<'p> {
    rules: &'p [Rule],
    seed: u64,
    base: String,
    datasets: BTreeMap<String, SampledDataset>,
    /// The extractors that rules are about, by dataset and extractor.
    pairs: BTreeMap<(String, String), JudgedPair>,
    /// The number of figures with a margin that may fail the gate.
    margins: usize,
    /// The number of floors and ceilings of figures that may fail the gate.
    limits: usize,
}

/// An extractor on a dataset that rules are about.
struct JudgedPair {
    base: Option<LoadedPredictions>,
    /// The figures with a margin that must be decided before the run may stop.
    expected: BTreeSet<JudgedFigure>,
    state: Mutex<PairState>,
}

/// How far an extractor was judged.
#[derive(Default)]
struct PairState {
    /// The number of clusters at which it is judged next.
    clusters: usize,
    decided: BTreeMap<JudgedFigure, GateFinding>,
    /// The findings of the last look that decide nothing.
    open: BTreeMap<JudgedFigure, GateFinding>,
    error: Option<Error>,
}

impl JudgedPair {
    fn state(&self) -> MutexGuard<'_, PairState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'p> UntilDecided<'p> {
    /// Prepares the judging of extractors, each given with its dataset. Fails if no rule judges
    /// any, if a base is missing, or if a rule names an unknown metric.
    pub fn prepare(
        (config, rules): (&ConfigFile, &'p [Rule]),
        bases: &Bases,
        datasets: &[(Dataset, Settings)],
        extractors: &dyn Fn(&str) -> Vec<String>,
        seed: u64,
    ) -> Result<Self, Error> {
        if rules.is_empty() {
            let diagnostic = Diagnostic::new("there are no gate rules to decide").in_file(&config.path);
            return Err(diagnostic.help("write [[gate]] with a `metric` and a `margin`, or run all documents").into());
        }
        let mut found = Self {
            rules,
            seed,
            base: bases.name.clone(),
            datasets: BTreeMap::new(),
            pairs: BTreeMap::new(),
            margins: 0,
            limits: 0,
        };
        let (mut judged, mut diagnostics, mut upgraded) = (Vec::new(), Vec::new(), Upgraded::default());
        for (dataset, settings) in datasets {
            let about: Vec<&Rule> =
                rules.iter().filter(|rule| rule.dataset.as_ref().is_none_or(|name| *name == dataset.name)).collect();
            let sampled = SampledDataset::new(config, dataset, settings, &about, seed)?;
            for extractor in extractors(&dataset.name) {
                let about = found.about(&dataset.name, &extractor);
                if about.is_empty() {
                    continue;
                }
                let compares = about.iter().any(|(_, rule)| rule.margin.is_some());
                let base = if compares { bases.of(&dataset.name, &extractor)? } else { None };
                if compares
                    && base.is_none()
                    && about.iter().any(|(_, rule)| rule.margin.is_some() && rule.if_no_baseline.is_none())
                {
                    let diagnostic = Diagnostic::new(format!("{}, {extractor}: there is no baseline", dataset.name));
                    let help = "run without --until-decided and make that run the baseline with `karat accept`";
                    diagnostics.push(diagnostic.help(help));
                    continue;
                }
                let (loaded, baseline) = base
                    .map(|(file, baseline)| {
                        let predictions = load_any_predictions(&file, &dataset.references);
                        (LoadedPredictions { file, predictions }, baseline)
                    })
                    .unzip();
                let mut limits = BTreeSet::new();
                let mut pair = JudgedPair { base: loaded, expected: BTreeSet::new(), state: Mutex::default() };
                if let Some(base) = &pair.base {
                    let names = (dataset.name.as_str(), extractor.as_str());
                    let same = paired(
                        names,
                        &dataset.references,
                        [base.clone(), base.clone()],
                        &LayerSet::new(),
                        (&sampled.golden, &sampled.settings),
                    )?;
                    let figures = apply(&about, &same, Some(&same), Spent::default())?;
                    for (at, rule) in &about {
                        let of_rule = || figures.iter().filter(|one| one.rule == *at);
                        if let Some(Some(baseline)) = &baseline {
                            diagnostics.extend(other_signatures(baseline, rule, of_rule(), &mut upgraded));
                        }
                        for one in of_rule().filter(|_| !rule.informational) {
                            let judged = judge_sample((*at, rule), &found.sample(one.case(), &sampled, &|_| true));
                            let keys = judged.into_iter().map(|(key, _)| key);
                            let (margins, others): (Vec<_>, Vec<_>) =
                                keys.partition(|key| key.bound == RuleBound::Margin);
                            pair.expected.extend(margins);
                            limits.extend(others);
                        }
                    }
                    judged.extend(figures);
                }
                found.margins += pair.expected.len();
                // Without a base it is not known which labels have figures.
                found.limits += limits.len().max(sampled.limits(&about));
                note_undecidable(&dataset.name, &extractor, &about, &pair, &sampled);
                found.pairs.insert((dataset.name.clone(), extractor), pair);
            }
            found.datasets.insert(dataset.name.clone(), sampled);
        }
        if diagnostics.is_empty() {
            diagnostics = unusable_metrics(&rules.iter().collect::<Vec<_>>(), &judged.iter().collect::<Vec<_>>());
        }
        if !diagnostics.is_empty() {
            return Err(Error::Input(diagnostics));
        }
        upgraded.note();
        let is_decidable = |(names, pair): (&(String, String), &JudgedPair)| found.is_judged(&names.0, &names.1, pair);
        if !found.pairs.iter().any(is_decidable) {
            let diagnostic =
                Diagnostic::new("no rule can be decided from a part of the documents").in_file(&config.path);
            let help = "a sequence decides rules with `margin`, `min` or `max` about what is run; run all documents";
            return Err(diagnostic.help(help).into());
        }
        Ok(found)
    }

    /// Prepares the judging of the extractors of a plan.
    pub fn of_plan(config: &'p ConfigFile, bases: &Bases, plan: &Plan, seed: u64) -> Result<Self, Error> {
        let on = |dataset: &str| {
            let about = plan.extractors.iter().filter(|extractor| extractor.on.contains_key(dataset));
            about.map(|extractor| extractor.name.clone()).collect()
        };
        Self::prepare((config, &config.parsed.rules), bases, &plan.datasets, &on, seed)
    }

    /// Runs a plan until its rules are decided, and cuts its datasets to the documents that were
    /// run. There is no decision if the run was stopped by the user.
    pub fn run(&self, plan: &mut Plan, watch: Watch<'_>) -> Result<(Answers, Option<Decision>), Error> {
        let (answers, samples) = run_sampled(plan, self, watch);
        let decision = if watch.stop.load(Ordering::Relaxed) {
            None
        } else {
            let spent = |dataset: &str, extractor: &str| {
                let account = answers.accounts.get(&(extractor.to_owned(), dataset.to_owned()));
                let system = answers.systems.get(dataset)?.iter().find(|system| system.name == extractor)?;
                Some(spent(account?, system))
            };
            let spent = |dataset: &str, extractor: &str| spent(dataset, extractor).unwrap_or_default();
            let outcome = self.outcome(&plan.datasets, &answers.systems, &samples, spent)?;
            Some(Decision { outcome, is_incomplete: self.is_incomplete(&answers.systems) })
        };
        let cut = |(dataset, settings): (Dataset, Settings)| {
            let ids: BTreeSet<&String> = samples[&dataset.name].iter().collect();
            (dataset.cut(|_, id| ids.contains(&id.to_owned())), settings)
        };
        plan.datasets = mem::take(&mut plan.datasets).into_iter().map(cut).collect();
        Ok((answers, decision))
    }

    /// Returns the rules about an extractor on a dataset, with their indexes.
    fn about(&self, dataset: &str, extractor: &str) -> Vec<(usize, &'p Rule)> {
        self.rules.iter().enumerate().filter(|(_, rule)| rule.is_about(dataset, extractor)).collect()
    }

    /// Whether a deciding rule about an extractor can be decided by a sequence.
    fn is_judged(&self, dataset: &str, extractor: &str, pair: &JudgedPair) -> bool {
        let is_limit = |(_, rule): &(usize, &Rule)| rule.is_about_values() && !rule.informational;
        !pair.expected.is_empty() || self.about(dataset, extractor).iter().any(is_limit)
    }

    fn sample<'c>(&self, case: GateCase<'c>, of: &SampledDataset, is_meant: &dyn Fn(&str) -> bool) -> SampleCase<'c> {
        let slice = case.slice;
        let (clusters, all) = (of.count(slice, is_meant), of.count(slice, |_| true));
        SampleCase { clusters, of: all, tests: self.tests(), case }
    }

    /// Returns the number of tests of which any may fail the gate.
    fn tests(&self) -> usize {
        self.margins + self.limits
    }

    /// Returns the references of some documents.
    fn references(dataset: &Dataset, ids: &BTreeSet<&str>) -> BTreeMap<String, Reference> {
        let meant = dataset.references.iter().filter(|(id, _)| ids.contains(id.as_str()));
        meant.map(|(id, reference)| (id.clone(), reference.clone())).collect()
    }

    /// Applies rules to the answers of a system to some documents.
    fn figures(
        &self,
        rules: &[(usize, &Rule)],
        (dataset, references): (&Dataset, &BTreeMap<String, Reference>),
        system: &System,
        pair: &JudgedPair,
        (spent, settings): (Spent, &Settings),
    ) -> Result<Vec<JudgedFigures>, Error> {
        let of = (&*self.datasets[&dataset.name].golden, settings);
        let names = (dataset.name.as_str(), system.name.as_str());
        let mut answers = system.answers.clone();
        answers.retain(|id, _| references.contains_key(id));
        let candidate = || LoadedPredictions {
            file: PathBuf::new(),
            predictions: Predictions { answers: answers.clone(), ..Predictions::default() },
        };
        let whole = paired(names, references, [candidate(), candidate()], &system.declared, of)?;
        let against = match &pair.base {
            Some(base) => {
                let mut base = base.clone();
                base.predictions.answers.retain(|id, _| references.contains_key(id));
                Some(paired(names, references, [base, candidate()], &system.declared, of)?)
            }
            None => None,
        };
        apply(rules, &whole, against.as_ref(), spent)
    }

    /// Judges an extractor by its answers to the documents of the first clusters.
    fn look(&self, dataset: &Dataset, system: &System, pair: &JudgedPair, state: &mut PairState) -> Result<(), Error> {
        let of = &self.datasets[&dataset.name];
        let ids: BTreeSet<&str> = of.order.iter().take(state.clusters).flatten().map(String::as_str).collect();
        let references = Self::references(dataset, &ids);
        // The thirds by length depend on all documents, so that they are judged at the end.
        let rules = self.about(&dataset.name, &system.name).into_iter();
        let rules: Vec<(usize, &Rule)> = rules
            .filter(|(_, rule)| {
                let is_limited = rule.is_about_values() || (rule.margin.is_some() && pair.base.is_some());
                is_limited && rule.slice != Some(SliceBy::Length)
            })
            .collect();
        let judged = self.figures(&rules, (dataset, &references), system, pair, (Spent::default(), &of.settings))?;
        state.open.clear();
        for one in &judged {
            let sample = self.sample(one.case(), of, &|id| ids.contains(id));
            for (key, mut finding) in judge_sample((one.rule, &self.rules[one.rule]), &sample) {
                if state.decided.contains_key(&key) {
                    continue;
                }
                if finding.verdict == GateVerdict::Inconclusive {
                    state.open.insert(key, finding);
                } else {
                    let (clusters, all, unit) = (sample.clusters, sample.of, self.unit(&dataset.name));
                    finding.message.push_str(&format!("; decided after {clusters} of {all} {unit} in random order"));
                    state.decided.insert(key, finding);
                }
            }
        }
        Ok(())
    }

    fn unit(&self, dataset: &str) -> &'static str {
        let of = &self.datasets[dataset];
        if of.order.len() == of.clusters.len() { "documents" } else { "clusters" }
    }

    /// Whether every rule about an extractor that decides is decided.
    fn is_decided(&self, dataset: &str, extractor: &str, pair: &JudgedPair, state: &PairState) -> bool {
        let rules = self.about(dataset, extractor);
        let has_limit = |(at, rule): &(usize, &Rule)| {
            let is_found = |bound, limit: Option<f64>| {
                limit.is_none() || state.decided.keys().any(|key| key.rule == *at && key.bound == bound)
            };
            rule.informational || (is_found(RuleBound::Floor, rule.min) && is_found(RuleBound::Ceiling, rule.max))
        };
        let is_settled = |key: &JudgedFigure| key.bound == RuleBound::Margin || self.rules[key.rule].informational;
        pair.expected.iter().all(|key| state.decided.contains_key(key))
            && rules.iter().all(has_limit)
            && state.open.keys().all(is_settled)
    }

    /// Judges answers that were recorded earlier, in the order in which they were run. Returns the
    /// documents of each dataset; fails if answers are missing.
    pub fn replay(
        &self,
        datasets: &[(Dataset, Settings)],
        systems: &BTreeMap<String, Vec<System>>,
        sizes: &BTreeMap<String, SampleSize>,
    ) -> Result<BTreeMap<String, Vec<String>>, Diagnostic> {
        let mut samples = BTreeMap::new();
        for (dataset, _) in datasets {
            let mut order = self.order(dataset);
            let documents = sizes.get(&dataset.name).map_or(0, |size| size.documents);
            order.truncate(documents);
            for system in systems.get(&dataset.name).into_iter().flatten() {
                if let Some(id) = order.iter().find(|id| !system.answers.contains_key(*id)) {
                    let message = format!(
                        "{}, {}: the documents or the rules changed since the run, which has no answer to {id:?}",
                        dataset.name, system.name
                    );
                    return Err(Diagnostic::new(message).help("run again with `karat run --until-decided`"));
                }
                let mut look = Some(self.first(dataset, &system.name)).filter(|first| *first > 0);
                while let Some(first) = look.filter(|first| *first <= documents) {
                    let mut of_look = system.clone();
                    let ids: BTreeSet<&String> = order.iter().take(first).collect();
                    of_look.answers.retain(|id, _| ids.contains(id));
                    look = self.next(dataset, of_look);
                }
            }
            samples.insert(dataset.name.clone(), order);
        }
        Ok(samples)
    }

    /// Writes the verdicts into the reports of the run, whose own ones would judge the sample as if
    /// its size had been fixed before.
    pub fn mark(reports: &mut [Report], outcome: &GateOutcome) {
        let sample = outcome.basis.as_ref().and_then(|basis| basis.sample.as_ref());
        // Reports have no times, so that they are the same on every machine.
        let is_timed = |finding: &GateFinding| matches!(&*finding.metric, "seconds a document" | "cost a document");
        let lasting: Vec<GateFinding> = outcome.findings.iter().filter(|finding| !is_timed(finding)).cloned().collect();
        for report in reports {
            report.sample = sample.and_then(|sample| sample.of_dataset(&report.dataset, &lasting));
            for extractor in &mut report.extractors {
                let is_about =
                    |finding: &&GateFinding| finding.dataset == report.dataset && finding.extractor == extractor.name;
                let findings: Vec<GateFinding> = lasting.iter().filter(is_about).cloned().collect();
                if findings.is_empty() {
                    continue;
                }
                extractor.verdict = Some(GateOutcome::from(findings.clone()).verdict().to_string());
                if let Some(baseline) = &mut extractor.baseline {
                    baseline.findings = findings;
                }
            }
        }
    }

    /// Whether the documents that were not answered make a run incomplete: no deciding rule allows
    /// them.
    pub fn is_incomplete(&self, systems: &BTreeMap<String, Vec<System>>) -> bool {
        systems.iter().any(|(dataset, systems)| {
            systems.iter().any(|system| {
                let failed = system.answers.values().filter(|answer| answer.end().0 != Status::Ok).count();
                let allows = |(_, rule): &(usize, &Rule)| {
                    !rule.informational && rule.allows_failures(failed, system.answers.len())
                };
                failed > 0 && !self.about(dataset, &system.name).iter().any(allows)
            })
        })
    }
}

impl Sampler for UntilDecided<'_> {
    fn order(&self, dataset: &Dataset) -> Vec<String> {
        self.datasets[&dataset.name].order.concat()
    }

    fn first(&self, dataset: &Dataset, extractor: &str) -> usize {
        let Some(pair) = self.pairs.get(&(dataset.name.clone(), extractor.to_owned())) else { return 0 };
        if !self.is_judged(&dataset.name, extractor, pair) {
            return 0;
        }
        let of = &self.datasets[&dataset.name];
        let mut state = pair.state();
        state.clusters = of.next_look(0);
        of.documents(state.clusters)
    }

    fn next(&self, dataset: &Dataset, system: System) -> Option<usize> {
        let pair = self.pairs.get(&(dataset.name.clone(), system.name.clone()))?;
        let of = &self.datasets[&dataset.name];
        let mut state = pair.state();
        if let Err(error) = self.look(dataset, &system, pair, &mut state) {
            state.error = Some(error);
            return None;
        }
        if self.is_decided(&dataset.name, &system.name, pair, &state) || state.clusters >= of.order.len() {
            return None;
        }
        state.clusters = of.next_look(state.clusters);
        Some(of.documents(state.clusters))
    }
}

/// Pairs two systems on some documents. Both are scored on the layers that either fills and on
/// those that the candidate declares.
fn paired<'r>(
    (dataset, extractor): (&str, &str),
    references: &'r BTreeMap<String, Reference>,
    systems: [LoadedPredictions; 2],
    declared: &LayerSet,
    (golden, settings): (&Path, &Settings),
) -> Result<Paired<'r>, Error> {
    let policy = Policy { missing: Missing::Skip, origin: Origin::Run, ..Policy::default() };
    let accepted = accept(golden, Cow::Borrowed(references), systems.into(), policy, settings)?;
    let declared = accepted.declared.union(declared);
    let declared = declared.filter(|layer| !accepted.withheld.contains(layer)).cloned().collect();
    let accepted = Accepted { declared, ..accepted };
    let names = ["the baseline".to_owned(), extractor.to_owned()];
    Ok(Paired::new((dataset.to_owned(), extractor.to_owned()), names, accepted, settings))
}

/// Prints which rules a sequence cannot decide, and how they are judged instead.
fn note_undecidable(dataset: &str, extractor: &str, about: &[(usize, &Rule)], pair: &JudgedPair, of: &SampledDataset) {
    let note = |what: &str| output::note(&format!("note: {dataset}, {extractor}: {what}\n"));
    // A rule about slices has no caps.
    let is_set =
        |cap: fn(&Rule) -> Option<f64>| about.iter().any(|(_, rule)| rule.slice.is_none() && cap(rule).is_some());
    let caps = [
        ("max_failed", is_set(|rule| rule.max_failed)),
        ("max_seconds", is_set(|rule| rule.max_seconds)),
        ("max_cost", is_set(|rule| rule.max_cost)),
    ];
    for (name, _) in caps.into_iter().filter(|(_, is_set)| *is_set) {
        note(&format!("no sequence decides `{name}`: it is judged on the documents that are run"));
    }
    let least = ConfidenceSequence::LEAST;
    let mut held = BTreeSet::new();
    for key in &pair.expected {
        let slice = key.slice.as_deref();
        let clusters = of.count(slice, |_| true);
        let of_slice = slice.map(|slice| format!(", {slice}")).unwrap_or_default();
        if slice.is_some_and(|slice| !of.slices.contains_key(slice)) {
            held.insert(format!("{}: thirds by length depend on all documents", key.metric));
        } else if clusters < least {
            held.insert(format!(
                "{}{of_slice}: {clusters} clusters are too few for a sequence, which needs {least}",
                key.metric
            ));
        }
    }
    for what in held {
        note(&format!("all documents are run, since a rule needs them: {what}"));
    }
}
