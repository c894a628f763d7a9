//! What is printed at the end of a run that stops once its rules are decided, and its exit code.

use karat::error::Error;
use karat::gate::{GateOutcome, Spent};
use karat::runner::Account;
use karat::score::System;
use karat::store::RunFolder;

use super::super::gate::{exit_code, text};
use super::super::output_format::OutputFormat;
use super::super::styled_text::StyledText;
use super::super::{exit, output};

/// The verdicts of a finished run.
pub(in crate::cli) struct Decision {
    pub outcome: GateOutcome,
    /// Whether documents were not answered that no rule allows to fail.
    pub is_incomplete: bool,
}

impl Decision {
    /// Prints the verdicts, and returns the exit code of the run.
    pub fn finish(&self, (format, is_quiet): (OutputFormat, bool), folder: &RunFolder) -> Result<u8, Error> {
        let sample = self.outcome.basis.as_ref().and_then(|basis| basis.sample.as_ref());
        if let Some(sample) = sample.filter(|_| !is_quiet) {
            let stopped = if sample.is_whole() { "all documents were run" } else { "the run stopped early" };
            let gate = folder.run.gate();
            output::note(&format!("note: {stopped}: {sample}; {} has the verdicts\n", gate.display()));
        }
        if !is_quiet && format == OutputFormat::Table {
            let mut shown = StyledText::from("\n");
            shown.push(text(&self.outcome));
            output::print_text(&shown)?;
        }
        Ok(match exit_code(&self.outcome) {
            exit::GATE_FAILED => exit::GATE_FAILED,
            _ if self.is_incomplete => exit::INCOMPLETE,
            code => code,
        })
    }
}

/// Returns the mean time and cost of the answers of an extractor.
pub(super) fn spent(account: &Account, system: &System) -> Spent {
    let answers = (system.answers.len() * system.repeats()) as f64;
    let mean = |total: f64, answers: f64| (answers > 0.0).then(|| total / answers);
    Spent {
        seconds: mean(account.latencies.sum().as_secs_f64(), account.timed as f64),
        cost: account.usage.and_then(|usage| mean(usage.cost?, answers)),
    }
}
