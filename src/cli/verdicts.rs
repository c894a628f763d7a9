//! Verdicts on key points that come from a file or from a judge program, for `karat score` and
//! `karat run`, and their agreement with hand-made verdicts.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use karat::document::{Layer, Reference};
use karat::error::{Diagnostic, Error};
use karat::judge::{
    Correction, ENOUGH_DOCUMENTS, Judge, JudgeSummary, JudgedUnits, VerdictAgreement, VerdictFile, compare, correct,
};
use karat::report::{bounds, decimals, three_places};
use karat::score::{Scores, Settings, System};
use karat::secrets::Secrets;
use karat::stats::Interval;
use karat::stats::correction::Method;
use karat::text::shown_name;

use super::plan::VerdictSource;
use super::styled_text::StyledText;
use super::{output, table, texts};

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

/// Returns the agreement between the scored verdicts and those of a file of hand-made ones, and the
/// figures that these correct. Fails if no key points are scored.
pub(super) fn against_hand_made(
    (hand_made, correct_by): (&Path, Option<Method>),
    settings: &Settings,
    references: &BTreeMap<String, Reference>,
    (system, scores): (&System, &Scores),
) -> Result<(VerdictAgreement, Option<Correction>), Error> {
    let hand = load(hand_made, references, system)?;
    let used = settings.options.key_points.given.as_deref().unwrap_or("matched");
    let Some(units) = JudgedUnits::of(scores, references, &hand) else {
        let nothing = Diagnostic::new("no key points are scored, so there are no verdicts to compare");
        return Err(nothing.in_file(hand_made).into());
    };
    let clusters = settings.cluster.clusters(references).map_err(Error::Input)?;
    let cluster = |id: &str| clusters.get(id).map_or_else(|| id.to_owned(), Clone::clone);
    let mut correction = correct_by.map(|method| correct(&units, method, cluster, settings.confidence));
    if let Some(correction) = correction.as_mut().filter(|_| system.repeats() > 1) {
        // Figures are means over the repeats, and the hand-made verdicts are on one of them.
        let why = "documents were requested several times, and hand-made verdicts are on one answer";
        correction.figures.values_mut().for_each(|figure| figure.corrected = Err(why.to_owned()));
    }
    Ok((compare(&units, [used, &hand.hash], settings.confidence), correction))
}

/// Renders corrected figures for a terminal: a sentence on what they rest on, and a table.
pub(super) fn corrected(correction: &Correction, level: &str) -> StyledText {
    let interval = format!("{level} % interval");
    let mut rows = table::new(["metric", "corrected", interval.as_str(), "judged alone", "lambda"]);
    let mut remarks = Vec::new();
    for (name, figure) in &correction.figures {
        let corrected = figure.corrected.as_ref().ok();
        let interval = corrected.and_then(|corrected| corrected.interval);
        rows.add_row([
            (*name).to_owned(),
            three_places(corrected.map(|corrected| corrected.value)),
            bounds(interval),
            three_places(figure.uncorrected),
            three_places(corrected.and_then(|corrected| corrected.lambda)),
        ]);
        if corrected.is_some_and(|corrected| corrected.is_clipped) {
            remarks.push(format!("  {name} is clipped: its value or a bound was outside 0 to 1\n"));
        }
        remarks.extend(figure.corrected.as_ref().err().map(|reason| format!("  {name} is not corrected: {reason}\n")));
    }
    let [linear, quadratic] = correction.weighted_kappas.map(three_places);
    let mut text = StyledText::from(format!(
        "\ncorrected ({}) by hand-made verdicts on {} in {}: sensitivity {}, specificity {}, kappa {linear} (linear), \
         {quadratic} (quadratic)\n",
        correction.method,
        counted(correction.labelled_units, "key point"),
        counted(correction.labelled_documents, "document"),
        three_places(correction.accuracy.sensitivity()),
        three_places(correction.accuracy.specificity()),
    ));
    text.push(table::render(&rows));
    remarks.into_iter().for_each(|reason| text.push(reason));
    text
}

/// Returns the notes on a correction: too few labels, and verdicts that no label is about.
pub(super) fn correction_notes(correction: &Correction) -> Vec<String> {
    let mut notes = Vec::new();
    if correction.labelled_clusters < ENOUGH_DOCUMENTS {
        notes.push(format!(
            "note: hand-made verdicts on {} are few: from {ENOUGH_DOCUMENTS} on, intervals of corrected figures hold what \
             they promise\n",
            counted(correction.labelled_clusters, "document or cluster")
        ));
    }
    for support in &correction.unseen {
        notes.push(format!(
            "note: no labelled key point has the judge's verdict `{support}`, so that nothing is known about its errors there\n"
        ));
    }
    notes
}

/// Renders the agreement for a terminal.
pub(super) fn table(agreement: &VerdictAgreement) -> String {
    let interval = agreement.interval.map_or_else(String::new, |Interval { low, high }| {
        format!(", 95 % interval [{}, {}]", decimals(low, 3), decimals(high, 3))
    });
    let mut text = format!(
        "\nverdicts ({}) against hand-made ones: {} in {}, the same on {} ({}), Cohen's kappa {}{interval}\n",
        shown_name(&agreement.used),
        counted(agreement.units, "key point"),
        counted(agreement.documents, "document"),
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

fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {}s", noun.replace(" or ", "s or ")) }
}
