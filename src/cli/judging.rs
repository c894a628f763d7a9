//! Rules, applied to an extractor's answers.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use karat::compare::{CompareSettings, Comparison, compare, slices};
use karat::corpus::{Dataset, load_any_predictions};
use karat::document::Answer;
use karat::error::{Error, Fault};
use karat::gate::{Case, Outcome, Rule, Spent, judge};
use karat::score::{Scores, Settings, Status, Subject, score};
use karat::store::{Baseline, baseline_files};

use super::pair::Paired;

/// One rule on one extractor's answers to one dataset, or to a slice of it.
pub(super) struct Judged {
    pub rule: usize,
    dataset: String,
    extractor: String,
    slice: Option<String>,
    pub comparison: Option<Comparison>,
    scores: Scores,
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
            comparison: self.comparison.as_ref(),
            scores: &self.scores,
            documents: self.documents,
            failed: self.failed,
            spent: self.spent,
        }
    }
}

/// Applies a rule to an extractor's answers: to all, or to every slice.
pub(super) fn apply(
    at: usize,
    rule: &Rule,
    whole: &Paired<'_>,
    paired: Option<&Paired<'_>>,
    spent: Spent,
) -> Result<Vec<Judged>, Error> {
    let all: BTreeSet<String> = whole.references.keys().cloned().collect();
    let parts: Vec<(Option<String>, BTreeSet<String>)> = match &rule.slice {
        None => vec![(None, all)],
        Some(by) => {
            let found = slices(&whole.references, by).map_err(Error::Input)?;
            found.into_iter().map(|(name, ids)| (Some(name), ids)).collect()
        }
    };
    let mut judged = Vec::new();
    for (slice, ids) in parts {
        let of = |paired: &Paired<'_>| {
            let kept = paired.references.iter().filter(|(id, _)| ids.contains(*id));
            kept.map(|(id, reference)| (id.clone(), reference.clone())).collect::<BTreeMap<_, _>>()
        };
        let settings = whole.settings.figures_only();
        let (references, candidate) = (of(whole), &whole.candidate);
        let scores = if rule.min.is_some() { score(&references, candidate, &settings) } else { Scores::default() };
        let comparison = match paired {
            None => None,
            Some(paired) => {
                let metrics = rule.metric.iter().map(|metric| metric.replace("[*]", "")).collect();
                let asked = CompareSettings { metrics, assignments: 0, ..CompareSettings::default() };
                let found = compare(&of(paired), &paired.base, &paired.candidate, &paired.settings, &asked);
                Some(found.map_err(Error::Input)?)
            }
        };
        let repeats = candidate.repeats();
        let is_unanswered = |id: &&String| Answer::end_after(candidate.answers.get(*id), repeats).0 != Status::Ok;
        judged.push(Judged {
            rule: at,
            dataset: whole.dataset.clone(),
            extractor: whole.extractor.clone(),
            slice,
            comparison,
            scores,
            documents: references.len(),
            failed: references.keys().filter(is_unanswered).count(),
            spent,
        });
    }
    Ok(judged)
}

/// Rules about a metric that none of the answers they judge has. One about several extractors passes over those that do not fill
/// its layer.
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
        let compared = one.comparison.iter().flat_map(Comparison::figures).map(|figure| &figure.name);
        for name in compared.chain(one.scores.figures().map(|figure| &figure.name)) {
            is_known |= rule.judges(&name.to_string(), name.label.as_deref());
            known.insert(name.to_string());
        }
    }
    let fault = || Fault::new(format!("a rule is about `{metric}`, which there is not"));
    (!is_known).then(|| fault().help_with_nearest(metric, known.iter().map(String::as_str)))
}

/// What a run's report says of an extractor: the verdict of the rules about it against the accepted baseline; `None` where
/// there is no baseline.
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
            Cow::Owned(both.map(|(id, reference)| (id.clone(), reference.clone())).collect())
        },
        base: base.clone(),
        candidate: Subject { declared: base.declared.clone(), ..subject.clone() },
        settings: settings.clone(),
        left_out: 0,
    };
    let (whole, paired) = (pair(subject), pair(&base));
    let mut judged = Vec::new();
    for (at, rule) in about.iter().enumerate() {
        judged.extend(apply(at, rule, &whole, Some(&paired).filter(|_| rule.margin.is_some()), Spent::default())?);
    }
    let cases: Vec<(&Rule, Case<'_>)> = judged.iter().map(|one| (about[one.rule], one.case())).collect();
    let findings = judge(&cases);
    Ok(Some(if findings.is_empty() { "not gated".to_owned() } else { Outcome { findings }.verdict().to_string() }))
}
