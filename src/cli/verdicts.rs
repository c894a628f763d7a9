//! Verdicts on key points that come from a file or from a judge program, for `karat score` and
//! `karat run`, and their agreement with hand-made verdicts.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use karat::document::{Layer, Reference};
use karat::error::{Diagnostic, Error};
use karat::judge::{Judge, JudgeSummary, VerdictAgreement, VerdictFile, compare};
use karat::report::{decimals, three_places};
use karat::score::{Scores, Settings, System};
use karat::secrets::Secrets;
use karat::stats::Interval;
use karat::text::shown_name;

use super::plan::VerdictSource;
use super::{output, texts};

/// Attaches the verdicts of a source to the predictions. Returns what was requested of the judge,
/// if it was run.
pub(super) fn give(
    source: &VerdictSource,
    settings: &mut Settings,
    references: &BTreeMap<String, Reference>,
    system: &mut System,
) -> Result<Option<JudgeSummary>, Error> {
    match source {
        VerdictSource::Matching => Ok(None),
        VerdictSource::File(path) => {
            let file = load(path, references, system)?;
            file.attach(references, system).map_err(Error::Input)?;
            settings.options.key_points.given = Some(file.given());
            Ok(None)
        }
        VerdictSource::Judge { cache, secrets } => ask(settings, (cache, secrets), references, system),
    }
}

/// Runs the judge that the options name. Returns `None` if they name none, or if the system has no
/// key points to judge.
pub(super) fn ask(
    settings: &mut Settings,
    (cache, secrets): (&Path, &Arc<Secrets>),
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
    let is_silent = !texts::are_quoted();
    let asked = Judge { command: &chosen.judge, deadline, cache, secrets, is_silent }.ask(references, system)?;
    chosen.given = Some(asked.signature.clone());
    Ok(Some(asked))
}

/// Loads verdicts, without those on other summaries than the system's.
fn load(path: &Path, references: &BTreeMap<String, Reference>, system: &System) -> Result<VerdictFile, Error> {
    let mut file = VerdictFile::load(path, references).map_err(Error::Input)?;
    let summary = |id: &str| Some(system.answers.get(id)?.annotations.summaries.as_ref()?.first()?.as_str());
    let removed = file.retain_of(summary);
    if removed > 0 {
        let path = path.display();
        output::note(&format!(
            "note: verdicts in {path} on other summaries than these, which are left out: {removed}\n"
        ));
    }
    Ok(file)
}

/// Returns a note on the number of requested and of cached verdicts.
pub(super) fn note(judge: &JudgeSummary) -> String {
    format!("note: {}: {} verdicts requested, {} from the cache\n", judge.signature, judge.requested, judge.cached)
}

/// Returns the agreement between the scored verdicts and those of a file of hand-made ones. Fails
/// if no key points are scored.
pub(super) fn agreement(
    hand_made: &Path,
    settings: &Settings,
    references: &BTreeMap<String, Reference>,
    (system, scores): (&System, &Scores),
) -> Result<VerdictAgreement, Error> {
    let hand = load(hand_made, references, system)?;
    let used = settings.options.key_points.given.as_deref().unwrap_or("matched");
    let agreement = compare(scores, references, &hand, used, settings.confidence);
    let nothing =
        || Diagnostic::new("no key points are scored, so there are no verdicts to compare").in_file(hand_made);
    agreement.ok_or_else(|| nothing().into())
}

/// Renders the agreement for a terminal.
pub(super) fn table(agreement: &VerdictAgreement) -> String {
    let interval = agreement.interval.map_or_else(String::new, |Interval { low, high }| {
        format!(", 95 % interval [{}, {}]", decimals(low, 3), decimals(high, 3))
    });
    let mut text = format!(
        "\nverdicts ({}) against hand-made ones: {} key points in {} documents, the same on {} ({}), Cohen's kappa {}{interval}\n",
        shown_name(&agreement.used),
        agreement.units,
        agreement.documents,
        agreement.agreeing,
        three_places(agreement.observed()),
        three_places(agreement.kappa),
    );
    for one in &agreement.differences {
        text += &format!(
            "  {}, {}: {}, by hand {}\n",
            shown_name(&one.document),
            shown_name(&one.key_point),
            one.used,
            one.hand
        );
    }
    text
}
