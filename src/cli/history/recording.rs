//! Records a run in the history. Whatever is wrong with the history, the run ends as it would
//! without it: a problem is one line of warning.

use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};

use karat::history::RunSource;
use karat::report::Report;
use karat::store::history::{RunFacts, record, recorded_run};
use karat::store::{Manifest, Project, RunFolder, texts_id};

use super::super::{git, output};
use super::note_set_aside;

/// A run that will be recorded. It is begun before the run writes anything, since committed reports
/// that the run changes would make the working tree look changed.
pub(in crate::cli) struct Recording {
    home: PathBuf,
    /// The branch, and whether tracked files were changed. Git is asked during the run, because it
    /// takes long in a large repository.
    state: JoinHandle<(Option<String>, Option<bool>)>,
}

impl Recording {
    /// Begins to record a run of the project in a folder.
    pub fn begin(home: &Path) -> Self {
        let folder = home.to_owned();
        Self { home: home.to_owned(), state: thread::spawn(move || (git::branch(&folder), git::is_changed(&folder))) }
    }

    /// Records the run. Prints a warning if that is not possible.
    pub fn finish(self, folder: &RunFolder, manifest: &Manifest, reports: &[Report], of: RecordedAs<'_>) {
        let (branch, is_dirty) = self.state.join().unwrap_or_default();
        let run = folder.run.folder();
        let name = run.file_name().unwrap_or_default().to_string_lossy();
        let project = Project::new(&self.home);
        // The name of a run folder that the user chose may be used again, so that the id is made of
        // the time and the path.
        let id = if project.run(&name) == folder.run { name.into_owned() } else { texts_id(of.id, &folder.run) };
        let facts = RunFacts {
            id,
            source: of.source,
            branch,
            is_dirty,
            profile: of.profile.cloned(),
            is_interrupted: of.is_interrupted,
        };
        let file = project.history();
        match record(&file, &recorded_run(manifest, reports, facts)) {
            Ok(moved) => note_set_aside(&file, moved.as_deref()),
            Err(diagnostic) => {
                let at = diagnostic.file.as_ref().map(|file| format!("{}: ", file.display())).unwrap_or_default();
                let what = diagnostic.in_one_sentence();
                output::note(&format!("warning: {at}this run is not recorded in the history: {what}\n"));
            }
        }
    }
}

/// What a command knows of the run that it records.
#[derive(Clone, Copy)]
pub(in crate::cli) struct RecordedAs<'a> {
    /// The id that the folder of the run has without `--out`.
    pub id: &'a str,
    pub source: RunSource,
    pub profile: Option<&'a String>,
    pub is_interrupted: bool,
}
