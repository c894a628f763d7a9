//! Verdicts on key points that come from a file or from a judge program, for `karat score` and
//! `karat run`, and their agreement with hand-made verdicts.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use karat::document::{Layer, Reference};
use karat::error::{Diagnostic, Error};
use karat::judge::{Judge, JudgeSummary, VerdictAgreement, VerdictFile, compare};
use karat::metric::Options;
use karat::metric::options::KeyPointOptions;
use karat::report::three_places;
use karat::score::{Scores, Settings, System};

use super::args::ScoreArgs;
use super::output;
use super::output_format::OutputFormat;

/// Applies the judge options of the command line to those of the options file.
pub(super) fn choose(args: &ScoreArgs, options: &mut KeyPointOptions) {
    if let Some(judge) = &args.given.judge {
        options.judge.clone_from(&judge.0);
    }
    if let Some(seconds) = args.given.judge_timeout {
        options.judge_timeout = seconds;
    }
}

/// Returns whether verdicts come from a file or a judge, or are compared with hand-made ones. Each
/// of these needs the outcomes of single items.
pub(super) fn are_asked_for(args: &ScoreArgs, options: &Options) -> bool {
    args.given.verdicts.is_some() || args.given.hand_verdicts.is_some() || !options.key_points.judge.is_empty()
}

/// Attaches the verdicts of a file, or of the judge, to the predictions. Runs the judge only if key
/// points are scored with karat's own metrics.
pub(super) fn give(
    args: &ScoreArgs,
    settings: &mut Settings,
    references: &BTreeMap<String, Reference>,
    system: &mut System,
) -> Result<(), Error> {
    if let Some(path) = &args.given.verdicts {
        let file = VerdictFile::load(path, references).map_err(Error::Input)?;
        file.attach(references, system).map_err(Error::Input)?;
        settings.options.key_points.given = Some(file.given());
        return Ok(());
    }
    let is_shown = args.metrics.is_empty() || args.metrics.iter().any(|name| name.starts_with("key_points"));
    let is_karats = args.preset.is_none() && args.explain_difference.is_none();
    if is_shown
        && is_karats
        && let Some(asked) = ask(settings, &args.given.judge_cache, references, system)?
        && args.format != OutputFormat::Json
    {
        output::note(&note(&asked));
    }
    Ok(())
}

/// Runs the judge that the options name. Returns `None` if they name none, or if the system has no
/// key points to judge.
pub(super) fn ask(
    settings: &mut Settings,
    cache: &Path,
    references: &BTreeMap<String, Reference>,
    system: &mut System,
) -> Result<Option<JudgeSummary>, Error> {
    let chosen = &mut settings.options.key_points;
    let is_wanted = settings.layers.as_ref().is_none_or(|layers| layers.contains(&Layer::KeyPoints));
    let answers = [Layer::KeyPoints, Layer::Summaries].iter().any(|layer| system.declared.contains(layer));
    let is_there = references.values().any(|reference| reference.gold.key_points.is_some());
    if chosen.judge.is_empty() || !(is_wanted && answers && is_there) {
        return Ok(None);
    }
    let deadline = Duration::from_secs_f64(chosen.judge_timeout);
    let asked = Judge { command: &chosen.judge, deadline, cache }.ask(references, system)?;
    chosen.given = Some(asked.signature.clone());
    Ok(Some(asked))
}

/// Returns a note on the number of requested and of cached verdicts.
pub(super) fn note(judge: &JudgeSummary) -> String {
    format!("note: {}: {} verdicts requested, {} from the cache\n", judge.signature, judge.requested, judge.cached)
}

/// Returns the agreement between the scored and the hand-made verdicts; `None` without a file of
/// hand-made verdicts. Fails if no key points are scored.
pub(super) fn agreement(
    args: &ScoreArgs,
    settings: &Settings,
    references: &BTreeMap<String, Reference>,
    scores: &Scores,
) -> Result<Option<VerdictAgreement>, Error> {
    let Some(path) = &args.given.hand_verdicts else { return Ok(None) };
    let hand = VerdictFile::load(path, references).map_err(Error::Input)?;
    let used = settings.options.key_points.given.as_deref().unwrap_or("matched");
    let agreement = compare(scores, references, &hand, used, settings.confidence);
    let nothing = || Diagnostic::new("no key points are scored, so there are no verdicts to compare").in_file(path);
    agreement.map(Some).ok_or_else(|| nothing().into())
}

/// Renders the agreement for a terminal.
pub(super) fn table(agreement: &VerdictAgreement) -> String {
    let interval = agreement
        .interval
        .map_or_else(String::new, |interval| format!(", 95 % interval [{:.3}, {:.3}]", interval.low, interval.high));
    let mut text = format!(
        "\nverdicts ({}) against hand-made ones: {} key points in {} documents, the same on {} ({}), Cohen's kappa {}{interval}\n",
        agreement.used,
        agreement.units,
        agreement.documents,
        agreement.agreeing,
        three_places(agreement.observed()),
        three_places(agreement.kappa),
    );
    for one in &agreement.differences {
        text += &format!("  {}, {}: {}, by hand {}\n", one.document, one.key_point, one.used, one.hand);
    }
    text
}
