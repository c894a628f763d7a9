//! Rules, applied to an extractor's answers.

use std::collections::BTreeSet;
use std::path::Path;
use std::rc::Rc;

use karat::compare::{CompareSettings, Comparison, SliceBy, compare_counts, slices};
use karat::corpus::{Dataset, load_any_predictions};
use karat::error::{Error, Fault};
use karat::gate::{Case, Outcome, Rule, Spent, judge};
use karat::score::{Scores, Settings, Status, Subject, Wanted, count_system, score};
use karat::store::{Baseline, baseline_files};

use super::pair::Paired;

/// One rule on one extractor's answers to one dataset, or to a slice of it.
pub(super) struct Judged {
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

impl Judged {
    pub fn case(&self) -> Case<'_> {
        Case {
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

/// What is judged of an extractor's answers, to all documents or to a slice of them, for every rule
/// about these.
struct Part {
    slice: Option<String>,
    documents: usize,
    failed: usize,
    /// If a rule has a margin.
    comparison: Option<Rc<Comparison>>,
    /// If a rule has a floor.
    scores: Rc<Scores>,
}

/// Applies rules, given with their numbers, to an extractor's answers: to all, or to every slice.
/// The answers are counted once, of the metrics that the rules are about, and compared once for
/// each way of slicing.
pub(super) fn apply(
    rules: &[(usize, &Rule)],
    whole: &Paired,
    paired: Option<&Paired>,
    spent: Spent,
) -> Result<Vec<Judged>, Error> {
    let names = |has: fn(&Rule) -> bool| -> Vec<String> {
        rules.iter().filter(|(_, rule)| has(rule)).filter_map(|(_, rule)| rule.metric.clone()).collect()
    };
    let compared = names(|rule| rule.margin.is_some());
    let counts = match paired.filter(|_| !compared.is_empty()) {
        None => None,
        Some(paired) => {
            let Paired { references, base, candidate, settings, .. } = paired;
            settings.cluster.clusters(references).map_err(Error::Input)?;
            let wanted = Wanted::named(&compared, settings);
            Some([base, candidate].map(|system| count_system(references, system, settings, &wanted)))
        }
    };
    let metrics = compared.iter().map(|metric| metric.replace("[*]", "")).collect();
    let asked = CompareSettings { metrics, assignments: 0, ..CompareSettings::default() };
    let part = |slice: Option<(String, BTreeSet<String>)>, has_floor: bool, has_margin: bool| {
        let (slice, ids) = slice.unzip();
        let is_meant = |id: &String| ids.as_ref().is_none_or(|ids| ids.contains(id));
        let kept = || whole.references.iter().filter(|(id, _)| is_meant(id));
        let settings = Settings { documents: false, examples: false, ..whole.settings.clone() };
        let scores = match &ids {
            _ if !has_floor => Scores::default(),
            None => score(&whole.references, &whole.candidate, &settings),
            Some(_) => {
                let references = kept().map(|(id, reference)| (id.clone(), reference.clone())).collect();
                score(&references, &whole.candidate, &settings)
            }
        };
        let comparison = counts.as_ref().zip(paired).filter(|_| has_margin).map(|([base, candidate], paired)| {
            let texts = |id: &str| paired.references.get(id)?.document.as_ref();
            Rc::new(compare_counts([base, candidate], &paired.settings, &asked, ids.as_ref(), &texts))
        });
        let answers = &whole.candidate.answers;
        let is_unanswered = |id: &String| answers.get(id).is_none_or(|answer| answer.end().0 != Status::Ok);
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
            let has_floor = about().any(|(_, rule)| rule.min.is_some());
            let has_margin = about().any(|(_, rule)| rule.margin.is_some());
            let ways: Vec<_> = match &rule.slice {
                None => vec![None],
                Some(by) => slices(&whole.references, by).map_err(Error::Input)?.into_iter().map(Some).collect(),
            };
            let parts = ways.into_iter().map(|slice| part(slice, has_floor, has_margin)).collect();
            known.push((&rule.slice, parts));
        }
        let parts = known.iter().filter(|(by, _)| **by == rule.slice).flat_map(|(_, parts)| parts);
        judged.extend(parts.map(|part| Judged {
            rule: *at,
            dataset: whole.dataset.clone(),
            extractor: whole.extractor.clone(),
            slice: part.slice.clone(),
            comparison: part.comparison.clone().filter(|_| rule.margin.is_some()),
            scores: if rule.min.is_some() { Rc::clone(&part.scores) } else { Rc::default() },
            documents: part.documents,
            failed: part.failed,
            spent,
        }));
    }
    Ok(judged)
}

/// Rules about a metric that none of the answers they judge has. One about several extractors
/// passes over those that do not fill its layer.
pub(super) fn unknown_metrics(rules: &[&Rule], judged: &[Judged]) -> Vec<Fault> {
    rules.iter().enumerate().filter_map(|(at, rule)| unknown_metric(at, rule, judged)).collect()
}

fn unknown_metric(at: usize, rule: &Rule, judged: &[Judged]) -> Option<Fault> {
    let metric = rule.metric.as_ref()?;
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
    let fault = || Fault::new(format!("a rule is about `{metric}`, which there is not"));
    (!is_known).then(|| fault().help_with_nearest(metric, known.iter().map(String::as_str)))
}

/// What a run's report says of an extractor: the verdict of the rules about it against the accepted
/// baseline; `None` where there is no baseline.
pub(super) fn verdict_of_run(
    rules: &[Rule],
    home: &Path,
    dataset: &Dataset,
    settings: &Settings,
    subject: &Subject,
) -> Result<Option<String>, Error> {
    let files = baseline_files(home, &dataset.name, &subject.name);
    let refused = || Ok(Some("baseline refused".to_owned()));
    match Baseline::load(&files) {
        Ok(None) => return Ok(None),
        Ok(Some(_)) => {}
        Err(_) => return refused(),
    }
    // Time and cost are not the same on every machine, and a report is.
    let is_about = |rule: &&Rule| {
        let is_lasting = rule.margin.is_some() || rule.min.is_some() || rule.max_failed.is_some();
        rule.is_about(&dataset.name, &subject.name) && is_lasting
    };
    let about: Vec<&Rule> = rules.iter().filter(is_about).collect();
    if about.is_empty() {
        return Ok(Some("not gated".to_owned()));
    }
    let predictions = load_any_predictions(&files[0], &dataset.references);
    if !predictions.faults.is_empty() {
        return refused();
    }
    let found = predictions.answers.values().flat_map(|answer| answer.annotations.layers());
    let declared = found.chain(subject.declared.iter().cloned()).collect();
    let base = Subject { name: "the baseline".to_owned(), declared, answers: predictions.answers };
    let pair = |base: &Subject| Paired {
        dataset: dataset.name.clone(),
        extractor: subject.name.clone(),
        references: {
            let both = dataset.references.iter().filter(|(id, _)| base.answers.contains_key(*id));
            both.map(|(id, reference)| (id.clone(), reference.clone())).collect()
        },
        base: base.clone(),
        candidate: Subject { declared: base.declared.clone(), ..subject.clone() },
        settings: settings.clone(),
        left_out: 0,
    };
    let (whole, paired) = (pair(subject), pair(&base));
    let numbered: Vec<(usize, &Rule)> = about.iter().copied().enumerate().collect();
    let judged = apply(&numbered, &whole, Some(&paired), Spent::default())?;
    let cases: Vec<(&Rule, Case<'_>)> = judged.iter().map(|one| (about[one.rule], one.case())).collect();
    let findings = judge(&cases);
    Ok(Some(if findings.is_empty() { "not gated".to_owned() } else { Outcome { findings }.verdict().to_string() }))
}
