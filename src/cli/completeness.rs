//! Whether a run has an answer to every document. A run that lacks some is judged and accepted only
//! on request: what it leaves out could have been what got worse.

use karat::corpus::Dataset;
use karat::error::{Diagnostic, Error};
use karat::gate::Rule;
use karat::score::Missing;
use karat::store::{Run, RunGap, Selected, StatusCounts};

use super::output;

/// What is done with a complete run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RunUse {
    Judged,
    Accepted,
}

impl RunUse {
    /// Returns the warning that a run is used although it lacks answers.
    fn warning(self, message: &str) -> String {
        let used = match self {
            Self::Judged => "judged",
            Self::Accepted => "accepted",
        };
        format!("warning: {message}; --allow-incomplete has it {used} nevertheless\n")
    }
}

/// What a command needs of a run.
#[derive(Clone, Copy)]
pub(super) struct Completeness<'a> {
    /// What the command does with the run.
    pub run_use: RunUse,
    /// The rules whose `max_failed` allows documents without an answer.
    pub rules: &'a [Rule],
    /// Whether an incomplete run is only a warning.
    pub is_optional: bool,
}

impl Completeness<'_> {
    /// Checks that a run is complete on the selected datasets and extractors. Fails if it is not,
    /// or prints warnings if it need not be.
    pub fn check(self, run: &Run, selected: &Selected) -> Result<(), Error> {
        let diagnostics = self.gaps(run, selected);
        if diagnostics.is_empty() {
            return Ok(());
        }
        if !self.is_optional || matches!(run.gap(), Some(RunGap::Decided { .. })) {
            return Err(Error::Incomplete(diagnostics));
        }
        for diagnostic in diagnostics {
            output::note(&self.run_use.warning(&diagnostic.message));
        }
        Ok(())
    }

    /// Returns how documents of a dataset are treated that an extractor in a run was not asked
    /// about: those added since the run, or left out of a partial one, which [`Self::check`] has
    /// reported. Fails if there are any and the run must be complete.
    pub fn missing(self, run: &Run, dataset: &Dataset, extractor: &str) -> Result<Missing, Error> {
        let name = &dataset.name;
        let counts = run.extractor(extractor).and_then(|entry| entry.datasets.get(name));
        let lacking = counts.map_or(0, |counts| dataset.references.len().saturating_sub(counts.documents));
        if lacking == 0 {
            return Ok(Missing::Error);
        }
        if run.gap().is_none() {
            let message = format!("{name}, {extractor}: {lacking} documents of the dataset are not in this run");
            if !self.is_optional {
                let diagnostic = Diagnostic::new(message).in_file(run.folder());
                let help = "run `karat run`; `--allow-incomplete` takes the others alone";
                return Err(Error::Incomplete(vec![diagnostic.help(help)]));
            }
            output::note(&self.run_use.warning(&message));
        }
        Ok(Missing::Skip)
    }

    /// Returns a diagnostic for each reason why a run is not complete.
    pub fn gaps(self, run: &Run, selected: &Selected) -> Vec<Diagnostic> {
        let Self { run_use, rules, .. } = self;
        let mut diagnostics = Vec::new();
        // A gate judges the sample of a decided run by its sequence.
        let is_judged = |gap: &RunGap| run_use == RunUse::Judged && matches!(gap, RunGap::Decided { .. });
        if let Some(gap) = run.gap().filter(|gap| !is_judged(gap)) {
            let diagnostic = Diagnostic::new(format!("this run is not complete: {gap}")).in_file(run.folder());
            diagnostics.push(diagnostic.help(match gap {
                RunGap::Interrupted => {
                    "`karat run --resume` continues it; `--allow-incomplete` takes the answers that there are"
                }
                RunGap::Shard(_) => "`karat merge` merges all shards of a run into a complete one",
                RunGap::Selected => "run all documents with `karat run`; `--allow-incomplete` takes these alone",
                RunGap::Decided { .. } => "run all documents with `karat run`: a sample never becomes a baseline",
            }));
        }
        for (dataset, extractors) in selected {
            for extractor in extractors {
                let Some(counts) = run.unanswered(dataset, extractor) else { continue };
                let allows = |rule: &Rule| {
                    let is_deciding = !rule.informational && rule.is_about(dataset, extractor);
                    is_deciding && rule.allows_failures(counts.unanswered(), counts.documents)
                };
                if !rules.iter().any(allows) {
                    let diagnostic = Diagnostic::new(unanswered(dataset, extractor, counts)).in_file(run.folder());
                    diagnostics.push(diagnostic.help(match run_use {
                        RunUse::Judged => {
                            "repeat the run; `max_failed` of a rule allows a share of failures, and \
                             `--allow-incomplete` judges the answers that there are"
                        }
                        RunUse::Accepted => "repeat the run; `--allow-incomplete` accepts the answers that there are",
                    }));
                }
            }
        }
        diagnostics
    }
}

fn unanswered(dataset: &str, extractor: &str, counts: StatusCounts) -> String {
    let (unanswered, documents) = (counts.unanswered(), counts.documents);
    let reasons = counts.reasons();
    let reasons = if reasons.is_empty() { String::new() } else { format!(" ({reasons})") };
    format!("{dataset}, {extractor}: {unanswered} of {documents} documents were not answered{reasons}")
}
