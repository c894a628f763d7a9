//! Runs as commands use them: opening, selection by name, and comparison of signatures.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use karat::error::Diagnostic;
use karat::gate::Spent;
use karat::metric::signature::list_differences;
use karat::store::{Project, Run, Selected};

use super::output;
use super::upgrades::Upgraded;

/// Maximum number of reported differences.
const MOST: usize = 3;

/// Opens a run. Prints a note if its predictions cannot be verified.
pub(super) fn open(folder: &Path) -> Result<Run, Diagnostic> {
    Ok(note_unchecked(Run::open(folder)?))
}

/// Opens a run by its path or name: `latest`, `previous`, or the beginning of the name of a run in
/// the project of a configuration.
pub(super) fn open_named(name: &Path, config: &Path) -> Result<Run, Diagnostic> {
    Ok(open(&folder_of(name, config)?)?.with_texts_in(config.parent().unwrap_or(Path::new(""))))
}

/// Opens a run by its path or name for a comparison, in which `baseline` names the accepted
/// baselines.
pub(super) fn open_compared(name: &Path, config: &Path) -> Result<Run, Diagnostic> {
    if name == Path::new("baseline") && !name.exists() {
        return Run::open_baselines(config.parent().unwrap_or(Path::new("")));
    }
    open_named(name, config)
}

/// Returns the folder of a run that is given by its path or name.
pub(super) fn folder_of(name: &Path, config: &Path) -> Result<PathBuf, Diagnostic> {
    Project::new(config.parent().unwrap_or(Path::new(""))).named_run(name)
}

/// Opens a run or a folder that contains only predictions. Prints a note if the predictions of a
/// run cannot be verified.
pub(super) fn open_predictions(folder: &Path) -> Result<Run, Diagnostic> {
    Ok(note_unchecked(Run::open_predictions(folder)?))
}

fn note_unchecked(run: Run) -> Run {
    if !run.has_hashes() {
        let what = "its run.json has no hashes of the predictions, since an older version of karat wrote it; they are read unchecked";
        output::note(&format!("note: {}: {what}\n", run.folder().display()));
    }
    run
}

/// Returns a predicate that selects datasets and extractors by name. An empty list of names selects
/// all.
pub(super) fn is_named<'a>(datasets: &'a [String], extractors: &'a [String]) -> impl Fn(&str, &str) -> bool + 'a {
    let is_among = |names: &[String], name: &str| names.is_empty() || names.iter().any(|other| other == name);
    move |dataset, extractor| is_among(datasets, dataset) && is_among(extractors, extractor)
}

/// Returns the datasets and extractors that are in both selections.
pub(super) fn in_both(one: Selected, other: &Selected) -> Selected {
    let both = one.into_iter().filter_map(|(dataset, extractors)| {
        let extractors: BTreeSet<String> = extractors.intersection(other.get(&dataset)?).cloned().collect();
        (!extractors.is_empty()).then_some((dataset, extractors))
    });
    both.collect()
}

/// Returns a diagnostic for each difference between the signatures of two runs, at most 3. If a run
/// has no signatures, prints a note and returns none. Differences that an upgrade of karat made are
/// added to `upgraded` instead.
pub(super) fn differing(runs: [&Run; 2], dataset: &str, extractor: &str, upgraded: &mut Upgraded) -> Vec<Diagnostic> {
    let known = runs.map(|run| run.signatures(dataset, extractor));
    let [Some(base), Some(candidate)] = known else {
        let silent = runs.iter().zip(known).filter(|(_, known)| known.is_none());
        let silent: Vec<String> = silent.map(|(run, _)| run.folder().display().to_string()).collect();
        let silent = silent.join(" and ");
        output::note(&format!("note: {dataset}, {extractor}: run.json of {silent} has no signatures to compare\n"));
        return Vec::new();
    };
    let mut metrics_of: BTreeMap<String, Vec<&String>> = BTreeMap::new();
    for (metric, was) in base {
        let differences = candidate.get(metric).map(|is| was.differences(is)).unwrap_or_default();
        let differences = upgraded.take(metric, differences);
        if !differences.is_empty() {
            metrics_of.entry(list_differences(&differences)).or_default().push(metric);
        }
    }
    let [base, candidate] = runs.map(|run| run.folder().display());
    let unequal = metrics_of.into_iter().map(|(differences, metrics)| {
        let more = match metrics.len() - 1 {
            0 => String::new(),
            more => format!("; so do {more} more metrics"),
        };
        let of = format!("{dataset}, {extractor}: `{}` of {base} and of {candidate}", metrics[0]);
        Diagnostic::new(format!("{of} differs in {differences}{more}"))
            .help("`--force` scores both runs again with the current options")
    });
    unequal.take(MOST).collect()
}

/// Returns the mean latency and cost of a document, in the units of a gate.
pub(super) fn spent(run: &Run, dataset: &str, extractor: &str) -> Spent {
    let mean = run.mean_spent(dataset, extractor);
    Spent { seconds: mean.milliseconds.map(|milliseconds| milliseconds / 1e3), cost: mean.cost }
}
