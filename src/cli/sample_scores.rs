//! Reads logs of other harnesses for `compare`, `gate`, `power` and `aa`.

use karat::compare::Comparison;
use karat::error::{Diagnostic, Error};
use karat::sample_scores::{JoinOptions, Joined, ReadOptions, ScoreLog, join, read};
use karat::score::{ClusterBy, Settings, SystemCounts};

use super::output;
use super::plan::ScoreLogs;

/// The counts of several logs on the same samples.
pub(super) struct ScoredLogs {
    /// The name of the task, or `scores` if no log names it.
    pub dataset: String,
    /// The counts of each log, the baseline first.
    pub counts: Vec<SystemCounts>,
    pub settings: Settings,
    /// The number of samples that only some logs have.
    pub left_out: usize,
    metrics: Vec<String>,
    has_answers: bool,
}

/// Reads logs and joins their samples. Prints what the readers assume.
pub(super) fn load(logs: &ScoreLogs) -> Result<ScoredLogs, Error> {
    let ScoreLogs { files, format, lower_is_better, higher_is_better, missing, cluster } = logs;
    let field = match cluster {
        Some(ClusterBy::Meta(field)) => Some(field.as_str()),
        Some(ClusterBy::Document) | None => None,
    };
    let (mut found, mut diagnostics): (Vec<(String, ScoreLog)>, Vec<Diagnostic>) = (Vec::new(), Vec::new());
    for file in files {
        match read(file, ReadOptions { format: *format, cluster: field }) {
            Ok(log) => found.push((file.display().to_string(), log)),
            Err(wrong) => diagnostics.extend(wrong),
        }
    }
    if !diagnostics.is_empty() {
        return Err(Error::Input(diagnostics));
    }
    note_reading(&found);
    let ignores_clusters = *cluster == Some(ClusterBy::Document);
    let options = JoinOptions { missing: *missing, lower_is_better, higher_is_better, ignores_clusters };
    let Joined { counts, metrics, task, left_out, has_answers, notes } = join(&found, options)?;
    notes.iter().for_each(|note| output::note(&format!("note: {note}\n")));
    let dataset = task.unwrap_or_else(|| "scores".to_owned());
    Ok(ScoredLogs { dataset, counts, settings: Settings::default(), left_out, metrics, has_answers })
}

/// Prints what the readers assumed: once if it holds for all logs.
fn note_reading(logs: &[(String, ScoreLog)]) {
    let mut seen: Vec<&String> = Vec::new();
    for (name, log) in logs {
        for note in &log.notes {
            let is_of_all = logs.len() > 1 && logs.iter().all(|(_, log)| log.notes.contains(note));
            if is_of_all && seen.contains(&note) {
                continue;
            }
            seen.push(note);
            output::note(&if is_of_all { format!("note: {note}\n") } else { format!("note: {name}: {note}\n") });
        }
    }
}

impl ScoredLogs {
    /// Returns the full name of a figure, `scores.accuracy`, if the user wrote that of a metric of
    /// the logs, `accuracy`.
    pub fn metric_name(&self, name: &str) -> String {
        if self.metrics.iter().any(|metric| metric == name) { format!("scores.{name}") } else { name.to_owned() }
    }

    /// Returns the full names of figures.
    pub fn metric_names(&self, names: &[String]) -> Vec<String> {
        names.iter().map(|name| self.metric_name(name)).collect()
    }

    /// Prints what `identical` means if the logs do not contain the answers.
    pub fn note_identical(&self, comparison: &Comparison) {
        if comparison.is_identical && !self.has_answers {
            output::note("note: the logs contain no answers: `identical` means that all scores are equal\n");
        }
    }
}
