//! Applies the rules of a gate to the answers of extractors.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use karat::compare::{CompareSettings, Compared, Comparison, SliceBy, compare_counts, compare_headlines, slices};
use karat::corpus::{Dataset, Predictions, load_any_predictions};
use karat::document::{Answer, Layer, LayerSet};
use karat::error::{Diagnostic, Error};
use karat::gate::{GateCase, GateOutcome, Rule, Spent, judge};
use karat::metric::Direction;
use karat::report::AgainstBaseline;
use karat::score::{
    Accepted, LoadedPredictions, Missing, Origin, Policy, Scores, Settings, Status, System, SystemCounts, Wanted,
    accept, count_system, fingerprint, score, score_slice,
};
use karat::store::{Baseline, baseline_files};

use super::corrected_labels::GoldenLog;
use super::output;
use super::paired_inputs::{Paired, StreamedPair};

/// A rule and the figures that it judges: those of one extractor on one dataset or on a slice of
/// it.
#[derive(Clone)]
pub(super) struct JudgedFigures {
    pub rule: usize,
    dataset: String,
    extractor: String,
    slice: Option<String>,
    pub comparison: Option<Rc<Comparison>>,
    scores: Rc<Scores>,
    documents: usize,
    failed: usize,
    spent: Spent,
}

impl JudgedFigures {
    /// Returns whether the comparison has a figure that a rule judges.
    pub fn has_metric(&self, rule: &Rule) -> bool {
        let mut figures = self.comparison.iter().flat_map(|comparison| comparison.figures());
        figures.any(|figure| rule.judges(&figure.name.to_string(), figure.name.label.as_deref()))
    }

    pub fn case(&self) -> GateCase<'_> {
        GateCase {
            dataset: &self.dataset,
            extractor: &self.extractor,
            slice: self.slice.as_deref(),
            comparison: self.comparison.as_deref(),
            scores: &self.scores,
            documents: self.documents,
            failed: self.failed,
            spent: self.spent,
        }
    }
}

/// The figures of an extractor on all documents or on a slice, shared by all rules about them.
struct Part {
    slice: Option<String>,
    documents: usize,
    failed: usize,
    /// The comparison with the base, if a rule has a margin.
    comparison: Option<Rc<Comparison>>,
    /// The scores, if a rule has a floor; otherwise empty.
    scores: Rc<Scores>,
}

/// Two systems whose documents are counted.
struct CountedPair<'p, 'r> {
    paired: &'p Paired<'r>,
    /// The counts of the base and of the candidate.
    counts: [SystemCounts; 2],
}

impl<'p, 'r> CountedPair<'p, 'r> {
    /// Counts the wanted metrics; equal answers once, since most runs change nothing. Fails if
    /// documents lack the metadata field that they are clustered by.
    fn of(paired: &'p Paired<'r>, wanted: &Wanted) -> Result<Self, Error> {
        let Paired { references, base, candidate, settings, .. } = paired;
        settings.cluster.clusters(references).map_err(Error::Input)?;
        let of_base = count_system(references, base, settings, wanted);
        let answer = |system: &System, id: &str| fingerprint(system.answers.get(id));
        let is_same = |id: &String| answer(base, id) == answer(candidate, id);
        let is_identical = base.repeats() == candidate.repeats() && references.keys().all(is_same);
        let of_candidate = if is_identical {
            let mut same = of_base.clone();
            same.name.clone_from(&candidate.name);
            same
        } else {
            count_system(references, candidate, settings, wanted)
        };
        Ok(Self { paired, counts: [of_base, of_candidate] })
    }
}

/// Applies rules, given with their indexes, to an extractor's answers: to all documents, or to each
/// slice. Counts only the metrics of the rules, once for all rules, and compares once for each way
/// of slicing.
pub(super) fn apply(
    rules: &[(usize, &Rule)],
    whole: &Paired<'_>,
    paired: Option<&Paired<'_>>,
    spent: Spent,
) -> Result<Vec<JudgedFigures>, Error> {
    if let Some(paired) = paired {
        check_texts(rules, &paired.withheld)?;
    }
    let compared = compared(rules);
    let counted = match paired.filter(|_| !compared.is_empty()) {
        None => None,
        Some(paired) => Some(CountedPair::of(paired, &Wanted::named(&compared, &paired.settings))?),
    };
    apply_counted(rules, whole, counted.as_ref(), spent)
}

/// Applies rules like [`apply`], given the counts of the base and of the candidate if a rule
/// compares them.
fn apply_counted(
    rules: &[(usize, &Rule)],
    whole: &Paired<'_>,
    counted: Option<&CountedPair<'_, '_>>,
    spent: Spent,
) -> Result<Vec<JudgedFigures>, Error> {
    let asked = asked(&compared(rules));
    let part = |slice: Option<(String, BTreeSet<String>)>, has_floor: bool, has_margin: bool| {
        let (slice, ids) = slice.unzip();
        let is_meant = |id: &String| ids.as_ref().is_none_or(|ids| ids.contains(id));
        let kept = || whole.references.iter().filter(|(id, _)| is_meant(id));
        let settings = whole.settings.figures_only();
        let scores = match &ids {
            _ if !has_floor => Scores::default(),
            None => score(&whole.references, &whole.candidate, &settings),
            Some(ids) => score_slice(&whole.references, ids, &whole.candidate, &settings),
        };
        let comparison = counted.filter(|_| has_margin).map(|CountedPair { paired, counts }| {
            let texts = |id: &str| paired.references.get(id)?.document.as_ref();
            Rc::new(compare_counts(counts.each_ref(), &paired.settings, &asked, ids.as_ref(), &texts))
        });
        let (answers, repeats) = (&whole.candidate.answers, whole.candidate.repeats());
        let is_unanswered = |id: &String| Answer::end_after(answers.get(id), repeats).0 != Status::Ok;
        Part {
            slice,
            documents: kept().count(),
            failed: kept().filter(|(id, _)| is_unanswered(id)).count(),
            comparison,
            scores: Rc::new(scores),
        }
    };
    let mut known: Vec<(&Option<SliceBy>, Vec<Part>)> = Vec::new();
    let mut judged = Vec::new();
    for (at, rule) in rules {
        if !known.iter().any(|(by, _)| **by == rule.slice) {
            let about = || rules.iter().filter(|(_, other)| other.slice == rule.slice);
            let has_floor = about().any(|(_, rule)| rule.is_about_values());
            let has_margin = about().any(|(_, rule)| rule.margin.is_some());
            let ways: Vec<_> = match &rule.slice {
                None => vec![None],
                Some(by) => slices(&whole.references, by).map_err(Error::Input)?.into_iter().map(Some).collect(),
            };
            let parts = ways.into_iter().map(|slice| part(slice, has_floor, has_margin)).collect();
            known.push((&rule.slice, parts));
        }
        let parts = known.iter().filter(|(by, _)| **by == rule.slice).flat_map(|(_, parts)| parts);
        judged.extend(parts.map(|part| JudgedFigures {
            rule: *at,
            dataset: whole.dataset.clone(),
            extractor: whole.extractor.clone(),
            slice: part.slice.clone(),
            comparison: part.comparison.clone().filter(|_| rule.margin.is_some()),
            scores: if rule.is_about_values() { Rc::clone(&part.scores) } else { Rc::default() },
            documents: part.documents,
            failed: part.failed,
            spent,
        }));
    }
    Ok(judged)
}

/// Fails if a rule compares a metric of a layer that a side has no texts of.
fn check_texts(rules: &[(usize, &Rule)], withheld: &LayerSet) -> Result<(), Error> {
    let diagnostics: Vec<Diagnostic> = rules.iter().filter_map(|(_, rule)| without_texts(rule, withheld)).collect();
    if diagnostics.is_empty() { Ok(()) } else { Err(Error::Input(diagnostics)) }
}

/// Returns a diagnostic if a rule compares a metric of a layer that a side has no texts of.
fn without_texts(rule: &Rule, withheld: &LayerSet) -> Option<Diagnostic> {
    let metric = rule.metric.as_deref().filter(|_| rule.margin.is_some())?;
    let is_about =
        |layer: &&Layer| metric.strip_prefix(&*layer.metric_prefix()).is_some_and(|rest| rest.starts_with(['.', '[']));
    let layer = withheld.iter().find(is_about)?;
    let message =
        format!("`{metric}` cannot be compared: the predictions of `{layer}` were stored without their texts");
    Some(Diagnostic::new(message).help("judge its value with `min` or `max`, where the run was made"))
}

/// Returns the metrics of the rules with a margin, which need a comparison.
pub(super) fn compared(rules: &[(usize, &Rule)]) -> Vec<String> {
    let compares = rules.iter().filter(|(_, rule)| rule.margin.is_some());
    compares.filter_map(|(_, rule)| rule.metric.clone()).collect()
}

fn asked(compared: &[String]) -> CompareSettings {
    let metrics = compared.iter().map(|metric| metric.replace("[*]", "")).collect();
    CompareSettings { metrics, assignments: 0, ..CompareSettings::default() }
}

/// Applies rules to two files that were counted as they were read. The rules judge all documents,
/// since slices need documents that are loaded.
pub(super) fn apply_streamed(rules: &[(usize, &Rule)], pair: StreamedPair) -> Vec<JudgedFigures> {
    let StreamedPair { dataset, systems: [base, candidate], scores, settings, .. } = pair;
    apply_counts(rules, &dataset, [&base, &candidate], scores, &settings)
}

/// Applies rules to the counts of the base and of the candidate, and to the scores of the
/// candidate.
pub(super) fn apply_counts(
    rules: &[(usize, &Rule)],
    dataset: &str,
    [base, candidate]: [&SystemCounts; 2],
    scores: Scores,
    settings: &Settings,
) -> Vec<JudgedFigures> {
    let compared = compared(rules);
    let comparison = (!compared.is_empty())
        .then(|| Rc::new(compare_counts([base, candidate], settings, &asked(&compared), None, &|_| None)));
    let scores = Rc::new(scores);
    let judged = rules.iter().map(|(at, rule)| JudgedFigures {
        rule: *at,
        dataset: dataset.to_owned(),
        extractor: String::new(),
        slice: None,
        comparison: comparison.clone().filter(|_| rule.margin.is_some()),
        scores: if rule.is_about_values() { Rc::clone(&scores) } else { Rc::default() },
        documents: candidate.documents().len(),
        failed: candidate.unanswered(None),
        spent: Spent::default(),
    });
    judged.collect()
}

/// Returns a diagnostic for each rule whose metric is absent from all answers that it judges, or
/// whose margin is about a descriptive metric. A rule about several extractors ignores those that
/// do not answer the metric's layer.
pub(super) fn unusable_metrics(rules: &[&Rule], judged: &[&JudgedFigures]) -> Vec<Diagnostic> {
    rules.iter().enumerate().filter_map(|(at, rule)| unusable_metric(at, rule, judged)).collect()
}

fn unusable_metric(at: usize, rule: &Rule, judged: &[&JudgedFigures]) -> Option<Diagnostic> {
    let metric = rule.metric.as_ref()?;
    if rule.margin.is_some() {
        let compared = judged.iter().filter(|one| one.rule == at).flat_map(|one| &one.comparison);
        let mut figures = compared.flat_map(|comparison| comparison.figures());
        let is_descriptive = |figure: &Compared| {
            figure.direction == Direction::Descriptive
                && rule.judges(&figure.name.to_string(), figure.name.label.as_deref())
        };
        if figures.any(is_descriptive) {
            let message = format!("`{metric}` describes the output and has no better end: a margin cannot judge it");
            return Some(Diagnostic::new(message).help("judge its value with `min` or `max`"));
        }
    }
    let mut known: BTreeSet<String> = BTreeSet::new();
    let mut is_known = false;
    let mut about = judged.iter().filter(|one| one.rule == at).peekable();
    about.peek()?;
    for one in about {
        let compared = one.comparison.iter().flat_map(|comparison| comparison.figures()).map(|figure| &figure.name);
        for name in compared.chain(one.scores.figures().map(|figure| &figure.name)) {
            is_known |= rule.judges(&name.to_string(), name.label.as_deref());
            known.insert(name.to_string());
        }
    }
    let diagnostic = || Diagnostic::new(format!("a rule names the unknown metric `{metric}`"));
    (!is_known).then(|| diagnostic().help_with_nearest(metric, known.iter().map(String::as_str)))
}

/// Returns the verdict that a run's report shows for an extractor: that of the rules about it
/// against the accepted baseline; `None` if there is no baseline. Beside it are the figures behind
/// the verdict, if the baseline can be compared. `log` is that of the golden files, if the golden
/// labels are all of those that baselines are accepted with.
///
/// This costs as much as counting the headline metrics twice, for systems that differ also a
/// randomisation test of the headline figures. Above [`AgainstBaseline::MOST_DOCUMENTS`] documents
/// only what the rules need is counted, so that the report of a large run takes no longer for it.
pub(super) fn against_baseline(
    rules: &[Rule],
    (home, log): (&Path, Option<&GoldenLog>),
    dataset: &Dataset,
    settings: &Settings,
    system: &System,
) -> Result<(Option<String>, Option<AgainstBaseline>), Error> {
    let files = baseline_files(home, &dataset.name, &system.name);
    let baseline = match Baseline::load(&files) {
        Ok(None) => {
            let (dataset, extractor) = (&dataset.name, &system.name);
            output::explain(1, || format!("{dataset}, {extractor}: no baseline at {}", files[0].display()));
            return Ok((None, None));
        }
        Ok(Some(baseline)) => baseline,
        Err(_) => return Ok((Some("baseline refused".to_owned()), None)),
    };
    output::explain(1, || format!("{}, {}: the baseline is {}", dataset.name, system.name, files[0].display()));
    // Rules about time and cost are excluded, since these differ between machines and reports are
    // reproducible.
    let is_about = |rule: &&Rule| {
        let is_lasting = rule.margin.is_some() || rule.is_about_values() || rule.max_failed.is_some();
        rule.is_about(&dataset.name, &system.name) && is_lasting
    };
    let about: Vec<&Rule> = rules.iter().filter(is_about).collect();
    let not_gated = || Some("not gated".to_owned());
    let is_large = dataset.references.len() > AgainstBaseline::MOST_DOCUMENTS;
    if about.is_empty() && is_large {
        return Ok((not_gated(), None));
    }
    let systems = vec![
        LoadedPredictions { file: files[0].clone(), predictions: load_any_predictions(&files[0], &dataset.references) },
        LoadedPredictions {
            file: PathBuf::new(),
            predictions: Predictions { answers: system.answers.clone(), ..Predictions::default() },
        },
    ];
    let policy = Policy { missing: Missing::Skip, origin: Origin::Run, ..Policy::default() };
    let Ok(accepted) = accept(Path::new(""), Cow::Borrowed(&dataset.references), systems, policy, settings) else {
        let refused = || Some("baseline refused".to_owned());
        return Ok((if about.is_empty() { not_gated() } else { refused() }, None));
    };
    let names = ["the baseline".to_owned(), system.name.clone()];
    let declared = accepted.declared.union(&system.declared);
    let declared = declared.filter(|layer| !accepted.withheld.contains(layer)).cloned().collect();
    let accepted = Accepted { declared, ..accepted };
    // Without rules, no sentence names the items that were lost.
    let settings = Settings { documents: settings.documents && !about.is_empty(), ..settings.clone() };
    let paired = Paired::new((dataset.name.clone(), system.name.clone()), names, accepted, &settings);
    let numbered: Vec<(usize, &Rule)> = about.iter().copied().enumerate().collect();
    let of_rules = compared(&numbered);
    let wanted = if is_large { Wanted::named } else { Wanted::headlines_and };
    let counted = CountedPair::of(&paired, &wanted(&of_rules, &paired.settings))?;
    let headlines = compare_headlines(counted.counts.each_ref(), &paired.settings, &CompareSettings::default());
    let headlines = headlines.layers.into_iter().flat_map(|layer| layer.figures).collect();
    let labels = log.and_then(|log| log.since(&baseline, dataset));
    let mut against = AgainstBaseline { headlines, findings: Vec::new(), left_out: paired.left_out, labels };
    if check_texts(&numbered, &paired.withheld).is_err() {
        return Ok((Some("baseline without texts".to_owned()), Some(against)));
    }
    let judged = match apply_counted(&numbered, &paired, Some(&counted), Spent::default()) {
        Err(_) if !paired.withheld.is_empty() => {
            return Ok((Some("baseline without texts".to_owned()), Some(against)));
        }
        judged => judged?,
    };
    let cases: Vec<(&Rule, GateCase<'_>)> = judged.iter().map(|one| (about[one.rule], one.case())).collect();
    against.findings = judge(&cases);
    let verdict = if against.findings.is_empty() {
        not_gated()
    } else {
        Some(GateOutcome::from(against.findings.clone()).verdict().to_string())
    };
    Ok((verdict, Some(against)))
}
