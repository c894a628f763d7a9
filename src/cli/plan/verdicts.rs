//! Where `karat score` takes verdicts on key points from.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use karat::config::Config;
use karat::metric::options::KeyPointOptions;
use karat::secrets::Secrets;
use karat::stats::correction::Method;

use super::super::args::ScoreArgs;
use super::super::args::verdict::CorrectBy;

/// The source of verdicts on key points, and what they are compared with.
pub(in crate::cli) struct VerdictPlan {
    pub source: VerdictSource,
    /// A file of hand-made verdicts, with which those of the source are compared.
    pub hand_made: Option<PathBuf>,
    /// How the hand-made verdicts correct the figures, if they do.
    pub correct: Option<Method>,
}

/// The source of verdicts on key points.
pub(in crate::cli) enum VerdictSource {
    /// Passages are matched; no other verdicts are needed.
    Matching,
    /// A file of verdicts.
    File(PathBuf),
    /// The judge of the options, whose verdicts are cached in a folder, and whose messages are
    /// printed without secrets.
    Judge { cache: PathBuf, secrets: Arc<Secrets> },
}

impl VerdictPlan {
    /// Applies the judge options of the command line to those of the options file, and returns the
    /// source. The judge is run only if key points are scored with karat's own metrics.
    pub fn resolve(args: &ScoreArgs, options: &mut KeyPointOptions) -> Self {
        if let Some(judge) = &args.given.judge {
            options.judge.clone_from(&judge.0);
        }
        if let Some(seconds) = args.given.judge_timeout {
            options.judge_timeout = seconds;
        }
        let is_shown = args.metrics.is_empty() || args.metrics.iter().any(|name| name.starts_with("key_points"));
        let is_karats = args.preset.is_none() && args.explain_difference.is_none();
        let source = match &args.given.verdicts {
            Some(file) => VerdictSource::File(file.clone()),
            None if is_shown && is_karats && !options.judge.is_empty() => {
                let secrets = Arc::new(secrets());
                VerdictSource::Judge { cache: args.given.judge_cache.clone(), secrets }
            }
            None => VerdictSource::Matching,
        };
        let correct = args.given.correct.map_or(options.correct, CorrectBy::method);
        Self { source, hand_made: args.given.hand_verdicts.clone(), correct }
    }
}

/// Returns the secrets of the configuration in the current folder, since the judge inherits the
/// environment; none if it cannot be read, since scoring does not depend on it.
fn secrets() -> Secrets {
    Config::load(Path::new("karat.toml")).map(|config| config.secrets()).unwrap_or_default()
}
