//! `karat runs`: lists the runs of a project, and deletes old ones.

use std::fs;
use std::path::Path;

use karat::error::{Diagnostic, Error};
use karat::report::three_places;
use karat::store::{Project, Run, RunGap, RunLayout, RunLock};

use super::args::runs::{PruneArgs, RunsAction, RunsArgs};
use super::table::Cell;
use super::tone::Tone;
use super::{exit, output, table};

pub(super) fn execute(args: &RunsArgs) -> Result<u8, Error> {
    match &args.action {
        None => list(home(&args.config)),
        Some(RunsAction::Prune(PruneArgs { keep, config })) => prune(home(config), *keep),
    }
}

fn home(config: &Path) -> &Path {
    config.parent().unwrap_or(Path::new(""))
}

fn list(home: &Path) -> Result<u8, Error> {
    let runs = Project::new(home).run_folders();
    if runs.is_empty() {
        output::print("there is no run yet; `karat run` creates one\n")?;
        return Ok(exit::PASS);
    }
    let mut rows = table::new(["run", "started", "commit", "complete", "figures"]);
    // The name of a run stays whole, to be copied.
    rows = rows.figures().prose(&[4]).optional(&["started", "commit"]);
    for folder in runs {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let ([started, commit, complete], figures) = match Run::open(&folder) {
            Ok(run) => described(&run),
            Err(_) if RunLayout::new(&folder).journal().is_file() => {
                (["", "", "no: interrupted or in progress"].map(str::to_owned), Vec::new())
            }
            Err(_) => (["", "", "no: `run.json` cannot be read"].map(str::to_owned), Vec::new()),
        };
        let tone = Tone::of_word(complete.split(':').next().unwrap_or_default());
        let [name, started, commit, complete] = [name, started, commit, complete].map(Cell::from);
        rows.add_row([name, started, commit, complete.toned(tone), Cell::lines(&figures)]);
    }
    output::print_text(&table::render_words(&rows))?;
    Ok(exit::PASS)
}

/// Returns when a run started, its commit, whether it is complete, and its headline figures.
fn described(run: &Run) -> ([String; 3], Vec<String>) {
    let environment = run.environment();
    let started = environment.started.get(..16).unwrap_or(&environment.started).replace('T', " ");
    let commit = environment.git_commit.as_deref().unwrap_or_default();
    let counts: Vec<_> = run.extractors().flat_map(|(_, entry)| entry.datasets.values()).collect();
    let documents: usize = counts.iter().map(|counts| counts.documents).sum();
    let answered: usize = counts.iter().map(|counts| counts.ok).sum();
    let complete = if let Some(gap) = run.gap() {
        match gap {
            // The run may be in progress.
            RunGap::Interrupted => "no: interrupted or in progress".to_owned(),
            gap => format!("no: {}", gap.part()),
        }
    } else if documents == answered {
        "yes".to_owned()
    } else {
        format!("no: {} of {documents} not answered", documents - answered)
    };
    let mut figures = Vec::new();
    for (extractor, entry) in run.extractors() {
        for (dataset, headlines) in &entry.headlines {
            let values = headlines.iter().map(|(name, value)| format!("{name} {}", three_places(*value)));
            let values: Vec<String> = values.collect();
            if !values.is_empty() {
                figures.push(format!("{dataset}, {extractor}: {}", values.join(", ")));
            }
        }
    }
    ([started, commit.get(..8).unwrap_or(commit).to_owned(), complete], figures)
}

fn prune(home: &Path, keep: usize) -> Result<u8, Error> {
    let mut deleted = 0;
    for folder in Project::new(home).run_folders().into_iter().skip(keep) {
        let run = RunLayout::new(&folder);
        match RunLock::acquire(&run) {
            Ok(_lock) => {
                let texts = Run::open(&folder).ok().and_then(|run| Some(Project::new(home).texts(run.texts_id()?)));
                if let Some(texts) = texts.filter(|texts| texts.folder().is_dir()) {
                    remove(texts.folder())?;
                }
                remove(&folder)?;
                deleted += 1;
            }
            Err(_) => output::note(&format!("note: {} is in progress and was kept\n", folder.display())),
        }
    }
    output::print(&format!("deleted {deleted} runs\n"))?;
    Ok(exit::PASS)
}

fn remove(folder: &Path) -> Result<(), Diagnostic> {
    fs::remove_dir_all(folder).map_err(|error| Diagnostic::io("delete this run", folder, &error))
}
