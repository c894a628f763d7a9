//! The logs of other harnesses that `compare`, `gate`, `power` and `aa` read.

use std::path::PathBuf;

use karat::error::{Diagnostic, Error};
use karat::sample_scores::ScoreFormat;
use karat::score::{ClusterBy, Missing};

use super::super::args::scores::ScoresArgs;
use super::super::output_format::OutputFormat;

/// Logs with scores of samples, and how they are joined.
pub(in crate::cli) struct ScoreLogs {
    /// The files, the baseline first.
    pub files: Vec<PathBuf>,
    /// The format; detected from content by default.
    pub format: Option<ScoreFormat>,
    pub lower_is_better: Vec<String>,
    pub higher_is_better: Vec<String>,
    pub missing: Missing,
    /// How samples are clustered; by the logs themselves by default.
    pub cluster: Option<ClusterBy>,
}

impl ScoreLogs {
    /// Returns the logs that the arguments name; `None` if they name none. Fails if there are fewer
    /// or more than a command takes, which `counts` says.
    pub fn resolve(
        args: &ScoresArgs,
        (is_intersection, missing): (bool, Missing),
        cluster: Option<&ClusterBy>,
        counts: std::ops::RangeInclusive<usize>,
    ) -> Result<Option<Self>, Error> {
        if args.scores.is_empty() {
            return Ok(None);
        }
        let found = args.scores.len();
        if !counts.contains(&found) {
            let few = found < *counts.start();
            let message = format!(
                "{found} {} of scores {} too {}",
                if found == 1 { "log" } else { "logs" },
                if found == 1 { "is" } else { "are" },
                if few { "few" } else { "many" }
            );
            let help = if few {
                "name the baseline and the candidate: --scores BASE --scores CANDIDATE"
            } else {
                "name two: --scores BASE --scores CANDIDATE"
            };
            return Err(Diagnostic::new(message).help(help).into());
        }
        Ok(Some(Self {
            files: args.scores.clone(),
            format: args.scores_from.map(Into::into),
            lower_is_better: args.lower_is_better.clone(),
            higher_is_better: args.higher_is_better.clone(),
            missing: if is_intersection { Missing::Skip } else { missing },
            cluster: cluster.cloned(),
        }))
    }

    /// Fails for a page, which shows documents.
    pub fn check_format(format: OutputFormat) -> Result<(), Error> {
        if format != OutputFormat::Html {
            return Ok(());
        }
        let diagnostic = Diagnostic::new("logs of scores have no documents that a page could show");
        Err(diagnostic.help("use --format table, json, csv or md").into())
    }
}
