//! `karat history import`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use jiff::Timestamp;
use karat::error::{Diagnostic, Error};
use karat::history::RecordedRun;
use karat::report::history::{HISTORY_SCHEMA, counted};
use karat::store::Project;
use karat::store::history::{Added, open_for_writing};
use serde::Deserialize;

use super::super::args::history::ImportArgs;
use super::super::{exit, output};
use super::{git_reports, note_set_aside};

/// Largest number of files and runs that are named.
const MOST: usize = 20;

pub(super) fn execute(args: &ImportArgs) -> Result<u8, Error> {
    let (runs, unreadable, is_partial) = match (&args.file, &args.git) {
        (Some(file), _) => (read_export(file)?, Vec::new(), false),
        (None, Some(path)) => {
            let found = git_reports::find(path, &args.reference, &args.of.config)?;
            (found.runs, found.unreadable, true)
        }
        (None, None) => unreachable!("the arguments require one of both"),
    };
    let file = args.of.file();
    let (mut history, moved) = open_for_writing(&file)?;
    note_set_aside(&file, moved.as_deref());
    Project::new(args.of.home()).ignore_in_git()?;
    let added = history.add(&runs, is_partial)?;
    let count = |what: Added| added.iter().filter(|added| **added == what).count();
    let (new, known, differs) = (count(Added::New), count(Added::Known), count(Added::Differs));
    let differing = runs.iter().zip(&added).filter(|(_, added)| **added == Added::Differs);
    for (run, _) in differing.take(MOST) {
        output::note(&format!(
            "warning: the history has another record of the run {}, which was left as it is\n",
            run.run
        ));
    }
    unreadable.iter().take(MOST).for_each(|reason| output::note(&format!("warning: {reason}\n")));
    if unreadable.len() > MOST {
        output::note(&format!("warning: and {} cannot be read\n", counted(unreadable.len() - MOST, "more file")));
    }
    let mut text = format!("added {} to the history; it already had {known}\n", counted(new, "run"));
    if differs > 0 {
        text.push_str(&format!("left out {} of which the history has another record\n", counted(differs, "run")));
    }
    if !unreadable.is_empty() {
        text.push_str(&format!("left out {} that cannot be read\n", counted(unreadable.len(), "file")));
    }
    output::print(&text)?;
    Ok(exit::PASS)
}

/// Reads what `karat history export json` wrote.
fn read_export(file: &Path) -> Result<Vec<RecordedRun>, Diagnostic> {
    #[derive(Deserialize)]
    struct Head {
        schema: Option<String>,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Export {
        #[serde(rename = "schema")]
        _schema: String,
        runs: Vec<RecordedRun>,
    }
    let bytes = fs::read(file).map_err(|error| Diagnostic::io("read this", file, &error))?;
    let broken = |error: &serde_json::Error| {
        let diagnostic = Diagnostic::new(format!("this is no `{HISTORY_SCHEMA}`: {error}")).in_file(file);
        diagnostic.at((error.line().max(1), error.column().max(1)))
    };
    let help = "`karat history export json` writes such a file";
    let head: Head = serde_json::from_slice(&bytes).map_err(|error| broken(&error).help(help))?;
    match head.schema.as_deref() {
        Some(HISTORY_SCHEMA) => {}
        Some(other) => {
            let diagnostic = Diagnostic::new(format!("its schema is {other:?}, but `import` reads `{HISTORY_SCHEMA}`"));
            return Err(diagnostic.in_file(file).help(help));
        }
        None => return Err(Diagnostic::new("it has no `schema`").in_file(file).help(help)),
    }
    let Export { mut runs, .. } = serde_json::from_slice(&bytes).map_err(|error| broken(&error))?;
    let mut ids = BTreeSet::new();
    for run in &mut runs {
        let wrong = |what: String| Diagnostic::new(what).in_file(file);
        if run.run.is_empty() || !ids.insert(run.run.clone()) {
            return Err(wrong(format!("the id {:?} of a run is empty or occurs twice", run.run)));
        }
        // Runs are sorted by their times as texts, which takes one form.
        let started: Timestamp = run
            .started
            .parse()
            .map_err(|_| wrong(format!("the run {} began at {:?}, which is no time", run.run, run.started)))?;
        run.started = format!("{started:.3}");
        check_unique(run).map_err(wrong)?;
    }
    Ok(runs)
}

/// Fails with a sentence if a result or a figure of a run occurs twice.
fn check_unique(run: &RecordedRun) -> Result<(), String> {
    let mut results = BTreeSet::new();
    for result in &run.results {
        let of = format!("{}, {}", result.dataset, result.extractor);
        if !results.insert((&result.dataset, &result.extractor)) {
            return Err(format!("the run {} has two results of {of}", run.run));
        }
        let mut figures = BTreeSet::new();
        let twice = result.figures.iter().find(|figure| !figures.insert((&figure.metric, &figure.label)));
        if let Some(figure) = twice {
            return Err(format!("the run {} has the figure {:?} of {of} twice", run.run, figure.name()));
        }
    }
    Ok(())
}
