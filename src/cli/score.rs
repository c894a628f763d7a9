//! `karat score`: scores files of predictions against a golden file. Files are counted as they
//! are read if no option needs whole documents; otherwise they are loaded.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use karat::document::Reference;
use karat::error::Error;
use karat::judge::Correction;
use karat::report::{ExtractorReport, Report, ScoreExport};
use karat::score::streamed::score_streamed;
use karat::score::{
    Accepted, ClusterBy, Resampling, Scores, ScoringInput, Settings, System, bootstrap, nothing_to_score, score,
    within_documents,
};
use karat::work;

use super::metric_names::select;
use super::output_format::OutputFormat;
use super::plan::ScorePlan;
use super::progress::Phase;
use super::reporting::for_page;
use super::{counts, difference, exit, figures, notes, output, score_several, texts, threads, verdicts};

pub(super) fn execute(plan: &ScorePlan<'_>) -> Result<u8, Error> {
    match &plan.pool {
        None => score_and_print(plan),
        Some(pool) => threads::install(pool, || score_and_print(plan)),
    }
}

fn score_and_print(plan: &ScorePlan<'_>) -> Result<u8, Error> {
    let input = plan.input();
    if input.systems.len() > 1 {
        return score_several::execute(plan, &input);
    }
    if let Some((extractor, size)) = streamed(plan, &input)? {
        let report = Report { unlisted: size, ..report(plan, &BTreeMap::new(), vec![extractor]) };
        return print(plan, report);
    }
    let mut settings = plan.settings.clone();
    let refused_by = Settings { preset: plan.explained.or(settings.preset), ..settings.clone() };
    let phase = Phase::begin("reading the files");
    let loaded = input.load(&refused_by);
    drop(phase);
    notes::of_reading(plan.reading_notes());
    let accepted = loaded?;
    notes::misfits(&accepted.misfits);
    notes::withheld("", &accepted.withheld);
    settings = accepted.settings(&settings);
    notes::undefined_spans(&settings);
    let Accepted { references, mut answers, left_out, golden, declared, .. } = accepted;
    let mut system = System { name: plan.systems().swap_remove(0), declared, answers: answers.swap_remove(0) };
    if let Some(to_write) = &plan.counts {
        counts::write(to_write, plan.dataset(), &references, &system, &settings)?;
        if to_write.is_all {
            return Ok(exit::PASS);
        }
    }
    if let Some(preset) = plan.explained {
        return difference::execute(plan.format, &references, &system, &settings, preset);
    }
    let asked = verdicts::give(&plan.verdicts.source, &mut settings, &references, &mut system)?;
    if let Some(asked) = asked.filter(|_| plan.format != OutputFormat::Json) {
        output::note(&verdicts::note(&asked));
    }
    let phase = Phase::counted("scoring", &work::DOCUMENTS, references.len() as u64);
    let mut scores = score(&references, &system, &settings);
    drop(phase);
    if scores.layers.is_empty() && plan.counts.is_some() {
        if plan.format != OutputFormat::Json {
            output::note("note: no layer of these documents is answered: the counts say so\n");
        }
        return Ok(exit::PASS);
    }
    if scores.layers.is_empty() {
        return Err(nothing_to_score(&golden, &system.declared));
    }
    if let Some(resampling) = plan.resampling {
        let _phase = bootstrapping(&scores, resampling);
        bootstrap(&mut scores, &references, &system, &settings, resampling);
    }
    let hand_made = plan.verdicts.hand_made.as_deref().map(|file| {
        let of = (file, plan.verdicts.correct);
        verdicts::against_hand_made(of, &settings, &references, (&system, &scores))
    });
    let (agreement, correction) = hand_made.transpose()?.unzip();
    select(&mut scores, &plan.metrics)?;
    let shown = |mut correction: Correction| {
        let is_shown = |name: &str| scores.figures().any(|figure| figure.name.to_string() == name);
        correction.figures.retain(|name, _| is_shown(name));
        (!correction.figures.is_empty()).then_some(correction)
    };
    let correction = correction.flatten().and_then(shown);
    let documents = references.keys().cloned().collect();
    let within = within_documents(&references, &system, &settings);
    let mut extractor =
        ExtractorReport { agreement, correction, within, ..ExtractorReport::new(&system, &documents, scores) };
    extractor.leave_out(left_out);
    if plan.format == OutputFormat::Html {
        extractor = for_page(extractor, &references, system, &settings);
    }
    print(plan, report(plan, &references, vec![extractor]))
}

/// Begins the phase of a bootstrap of these scores.
pub(super) fn bootstrapping(scores: &Scores, resampling: Resampling) -> Phase {
    Phase::counted("bootstrapping", &work::RESAMPLES, scores.layers.len() as u64 * resampling.resamples)
}

/// Scores files as they are read, and returns the scores with the number of documents. Returns
/// `None` if the files must be loaded.
fn streamed(plan: &ScorePlan<'_>, input: &ScoringInput<'_>) -> Result<Option<(ExtractorReport, usize)>, Error> {
    if plan.settings.documents || plan.resampling.is_some() || plan.counts.is_some() {
        return Ok(None);
    }
    let size = |path: &Path| fs::metadata(path).map_or(0, |file| file.len());
    let bytes = size(input.gold.0) + input.systems.iter().map(|(path, _)| size(path)).sum::<u64>();
    let phase = Phase::counted("scoring the files as they are read", &work::BYTES, bytes);
    let Some(mut scores) = score_streamed(input, &plan.settings)? else { return Ok(None) };
    drop(phase);
    select(&mut scores, &plan.metrics)?;
    let extractor = ExtractorReport::unlisted(plan.systems().swap_remove(0), scores);
    let size = extractor.asked();
    Ok(Some((extractor, size)))
}

/// Prints the scores of the report's only extractor.
fn print(plan: &ScorePlan<'_>, mut report: Report) -> Result<u8, Error> {
    if texts::are_withheld() {
        report.withhold_texts();
    }
    let report = &report;
    let extractor = &report.extractors[0];
    plan.format.print(&ScoreExport { report, options: &plan.json }, || {
        let agreement = extractor.agreement.as_ref().map(verdicts::table);
        let mut text = figures::tables(&extractor.scores);
        text.push(agreement.unwrap_or_default());
        if let Some(correction) = &extractor.correction {
            text.push(verdicts::corrected(correction, extractor.scores.level()));
        }
        text
    })?;
    if plan.format != OutputFormat::Json {
        notes_of(plan, extractor).iter().for_each(|note| output::note(note));
    }
    Ok(exit::PASS)
}

/// Returns the warnings and notes about the scores of a system.
pub(super) fn notes_of(plan: &ScorePlan<'_>, extractor: &ExtractorReport) -> Vec<String> {
    let layers = &extractor.scores.layers;
    let warnings = notes::warnings("", layers.iter().flat_map(|layer| &layer.warnings)).into_iter();
    let alone = layers.iter().filter(|layer| layer.is_alone()).map(|layer| &layer.layer);
    let alone = notes::without_variation(alone, unit(&plan.settings.cluster), "there are no intervals");
    let unmatched = notes::unmatched(&extractor.ends, &extractor.empty_summaries, extractor.asked());
    let corrected = extractor.correction.as_ref().map(verdicts::correction_notes);
    let without_layers = notes::without_layers(&extractor.without_layers);
    warnings.chain(alone).chain(unmatched).chain(without_layers).chain(corrected.into_iter().flatten()).collect()
}

fn unit(cluster: &ClusterBy) -> &'static str {
    if *cluster == ClusterBy::Document { "document" } else { "cluster" }
}

/// Returns the report on these systems.
pub(super) fn report(
    plan: &ScorePlan<'_>,
    references: &BTreeMap<String, Reference>,
    extractors: Vec<ExtractorReport>,
) -> Report {
    let mut report = Report::of_references(references);
    if plan.format == OutputFormat::Html {
        report.add_gold(references, BTreeMap::new());
    }
    let layers = extractors.iter().flat_map(|extractor| &extractor.scores.layers);
    report.texts.extend(layers.flat_map(|layer| layer.examples.texts.clone()));
    Report { dataset: plan.dataset(), extractors, ..report }
}
