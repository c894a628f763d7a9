//! `karat history`: the figures of past runs.

mod diff;
mod export;
mod git_reports;
mod import;
mod list;
mod prune;
mod recording;
mod show;
mod trend;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use karat::error::{Diagnostic, Error};
use karat::history::{RecordedFigure, RecordedRun};
use karat::store::Project;
use karat::store::history::History;

use super::args::history::{ChosenArgs, HistoryAction, HistoryArgs, HistoryOfArgs};
use super::output;
use super::runs::is_named;
pub(super) use recording::{RecordedAs, Recording};

const HOW_TO_BEGIN: &str =
    "`karat run` records runs, and `karat history import --git reports/` reads committed reports";

pub(super) fn execute(args: &HistoryArgs) -> Result<u8, Error> {
    match &args.action {
        HistoryAction::List(args) => list::execute(args),
        HistoryAction::Show(args) => show::execute(args),
        HistoryAction::Trend(args) => trend::execute(args),
        HistoryAction::Diff(args) => diff::execute(args),
        HistoryAction::Prune(args) => prune::execute(args),
        HistoryAction::Export(args) => export::execute(args),
        HistoryAction::Import(args) => import::execute(args),
    }
}

impl HistoryOfArgs {
    /// Returns the folder of the configuration.
    fn home(&self) -> &Path {
        self.config.parent().unwrap_or(Path::new(""))
    }

    /// Returns the path of the database.
    fn file(&self) -> PathBuf {
        Project::new(self.home()).history()
    }

    /// Opens the history. Fails if there is none.
    fn open(&self) -> Result<History, Error> {
        let file = self.file();
        History::open(&file)?
            .ok_or_else(|| Diagnostic::new("there is no history yet").in_file(file).help(HOW_TO_BEGIN).into())
    }
}

impl ChosenArgs {
    /// Returns whether a result is chosen. A dataset has its own name, and the one with the profile
    /// that tables show.
    fn selects(&self, run: &RecordedRun, dataset: &str, extractor: &str) -> bool {
        let is_named = is_named(&self.datasets, &self.extractors);
        is_named(dataset, extractor) || is_named(&run.dataset_with_profile(dataset), extractor)
    }

    /// Returns the error if no result of `runs` is chosen. `subject` has none: the history, or a
    /// run.
    fn nothing_selected(&self, subject: &str, runs: &[RecordedRun]) -> Diagnostic {
        let results = || runs.iter().flat_map(|run| run.results.iter().map(move |result| (run, result)));
        let datasets: BTreeSet<String> = results()
            .flat_map(|(run, result)| [result.dataset.clone(), run.dataset_with_profile(&result.dataset)])
            .collect();
        let extractors: BTreeSet<String> = results().map(|(_, result)| result.extractor.clone()).collect();
        let chosen = [("dataset", &self.datasets, datasets), ("extractor", &self.extractors, extractors)];
        for (what, names, known) in chosen {
            if let Some(name) = names.iter().find(|name| !known.contains(*name)) {
                let diagnostic = Diagnostic::new(format!("{subject} has no result of the {what} {name:?}"));
                return diagnostic.help_with_nearest(name, known.iter().map(String::as_str));
            }
        }
        let diagnostic = Diagnostic::new(format!("{subject} has no result of such a dataset and extractor"));
        diagnostic.help("the datasets and extractors have results, but not together")
    }
}

/// Returns the known name that is nearest to a misspelt one, if one is near.
fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let help = Diagnostic::new("").help_with_nearest(name, known).help?;
    Some(help.strip_prefix("did you mean `")?.strip_suffix("`?")?.to_owned())
}

/// Returns a predicate that selects figures by their full name or a prefix up to a dot. An empty
/// list selects all.
fn is_metric(names: &[String]) -> impl Fn(&RecordedFigure) -> bool + '_ {
    let is = |metric: &str, name: &str| {
        metric.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.') || name.ends_with('.'))
    };
    move |figure| {
        names.is_empty()
            || names.iter().any(|name| {
                let (metric, label) = split_label(name);
                is(&figure.metric, &metric) && (label.is_none() || figure.label == label)
            })
    }
}

/// Splits a name such as `entities.strict.f1[PER]` or `entities.strict[PER].f1` into the name
/// without its label, and the label.
fn split_label(name: &str) -> (String, Option<String>) {
    match (name.find('['), name.rfind(']')) {
        (Some(start), Some(end)) if start < end => {
            let metric = format!("{}{}", name[..start].trim_end(), &name[end + 1..]);
            (metric, Some(name[start + 1..end].to_owned()))
        }
        _ => (name.to_owned(), None),
    }
}

/// Prints a note that the history was damaged, and where the damaged file is now.
fn note_set_aside(file: &Path, moved: Option<&Path>) {
    if let Some(moved) = moved {
        let (file, moved) = (file.display(), moved.display());
        output::note(&format!("warning: {file} was damaged and is now {moved}; a new history begins\n"));
    }
}

#[cfg(test)]
mod tests {
    use super::split_label;

    #[test]
    fn labels_are_found_at_both_places() {
        let split = |name| split_label(name);
        let expected = ("entities.strict.f1".to_owned(), Some("PER".to_owned()));
        for name in ["entities.strict.f1[PER]", "entities.strict[PER].f1", "entities.strict.f1 [PER]"] {
            assert_eq!(split(name), expected, "{name}");
        }
        assert_eq!(split("records.a.f1[b[0].c]"), ("records.a.f1".to_owned(), Some("b[0].c".to_owned())));
        assert_eq!(split("summary.rouge1.f1"), ("summary.rouge1.f1".to_owned(), None));
    }
}
