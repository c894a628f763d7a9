//! `karat run`: extracts from datasets with the configured extractors, scores the answers and
//! writes reports. Answers are cached and journaled, so that an interrupted run can be resumed.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use karat::document::Document;
use karat::error::{Diagnostic, Error};
use karat::history::RunSource;
use karat::runner::{Account, Answers, Plan, Watch, run};
use karat::store::{Header, JournaledCache, Manifest, Project, RunWriter, SampledRun, explain};

use super::base_commit::Bases;
use super::history::{RecordedAs, Recording};
use super::plan::{RunMode, RunPlan};
use super::printing::is_csv_safe;
use super::progress::{Phase, Progress, seconds};
use super::reporting::{ReportRequest, mark_part, print_summary, reports};
use super::run_location::{self, RunFolderArgs};
use super::until_decided::UntilDecided;
use super::{exit, interrupt, notes, output, reused_answers, run_stream, threads};

pub(super) fn execute(plan: &RunPlan) -> Result<u8, Error> {
    match &plan.mode {
        RunMode::Load { is_cached } => run_loaded(plan, *is_cached),
        RunMode::Stream => run_stream::execute(plan),
        RunMode::ExplainCache { document } => explain_cache(plan, document),
    }
}

fn run_loaded(resolved: &RunPlan, is_cached: bool) -> Result<u8, Error> {
    let begun = Instant::now();
    let RunPlan { config, selection, .. } = resolved;
    output::explain(1, || format!("the configuration is {}", config.path.display()));
    let location = RunFolderArgs::of(resolved);
    let mut environment = location.environment(resolved.jobs);
    let pool = threads::pool(environment.jobs)?;
    let mut plan = {
        let _phase = Phase::begin("reading the datasets");
        pool.install(|| Plan::new(&config.parsed, &config.path, selection))?
    };
    notes::of_plan(&plan);
    notes::unprotected(&plan.secrets);
    let decider = resolved
        .until_decided
        .map(|seed| pool.install(|| UntilDecided::of_plan(config, &Bases::accepted(config.home()), &plan, seed)));
    let decider = decider.transpose()?;
    let header = Header::new(&plan, &environment.started);
    let (folder, journal, _lock) = location.begin(resolved.is_resumed, &plan, &header, &mut environment)?;
    let cache = Project::new(config.home()).cache();
    let started = environment.started.clone();
    let recording = Recording::begin(config.home());
    let id = location.id(&environment);
    let memories = JournaledCache::open(journal, is_cached.then_some(cache.as_path()), &plan, &started)?;
    for (extractor, obstacle) in memories.obstacles() {
        output::note(&format!("warning: answers of {extractor:?} are not cached: {obstacle}\n"));
    }
    let stop = interrupt::flag();
    let secrets = Arc::clone(&plan.secrets);
    let (answers, reports, writer, decision) = pool.install(|| {
        let progress = Progress::new(resolved.is_quiet);
        let watch = Watch { observer: &progress, stop, cache: &memories, secrets: &secrets, keep_failed: None };
        let (mut answers, decision) = match &decider {
            None => (run(&plan, watch), None),
            Some(decider) => decider.run(&mut plan, watch)?,
        };
        environment.until_decided = decision.as_ref().and_then(|decision| SampledRun::of(&decision.outcome));
        let request = ReportRequest {
            config: &config.path,
            parsed: &config.parsed,
            is_part: selection.is_partial() || selection.shard.is_some() || decider.is_some(),
            quiet: resolved.is_quiet,
            timings: resolved.has_timings,
        };
        explain_requests(&answers);
        let gap = environment.gap();
        let writer = RunWriter::new(&folder, &answers, Manifest::new(&plan, &answers, environment))?;
        let phase = Phase::begin("scoring the answers");
        let mut reports = reports(&plan, &mut answers, &request)?;
        drop(phase);
        match &decision {
            Some(decision) => UntilDecided::mark(&mut reports, &decision.outcome),
            None => gap.iter().for_each(|gap| mark_part(&mut reports, gap)),
        }
        let outcome = decision.as_ref().map(|decision| &decision.outcome);
        Ok::<_, Error>((answers, reports, writer.with_gate(outcome)?, decision))
    })?;
    if !resolved.is_quiet {
        reused_answers::notes(&answers, &started).iter().for_each(|note| output::note(note));
    }
    if selection.is_partial() {
        output::note("note: only selected documents were run; the reports are in the folder of the run\n");
    }
    let writer = writer.with_errors(&plan)?.ended(run_location::now());
    let phase = Phase::begin("writing the reports");
    let manifest = writer.with_safe_csv(is_csv_safe()).finish(&reports)?;
    drop(phase);
    let recorded_as = RecordedAs {
        id: &id,
        source: RunSource::Run,
        profile: selection.profile.as_ref(),
        is_interrupted: stop.load(Ordering::Relaxed),
    };
    recording.finish(&folder, &manifest, &reports, recorded_as);
    Project::new(config.home()).ignore_in_git()?;
    memories.diagnostics().iter().for_each(|diagnostic| output::note(&format!("warning: {diagnostic}\n")));
    if stop.load(Ordering::Relaxed) {
        output::note("stopped; `karat run --resume` continues\n");
    } else {
        memories.journal.finish()?;
    }
    let shown = (resolved.format, resolved.is_quiet);
    let code = print_summary(&reports, &answers, &folder, shown, &resolved.files_to_write, begun)?;
    match decision {
        None => Ok(code),
        Some(decision) => decision.finish(shown, &folder),
    }
}

/// Explains how many answers each extractor gave, and how many were from earlier runs.
fn explain_requests(answers: &Answers) {
    for ((extractor, dataset), account) in &answers.accounts {
        let Account { requested, cached, retried, elapsed, .. } = account;
        output::explain(1, || {
            let took = seconds(*elapsed);
            format!(
                "{dataset}, {extractor}: {requested} requested, {cached} from earlier runs, {retried} retries, in {took}"
            )
        });
    }
}

fn explain_cache(resolved: &RunPlan, id: &str) -> Result<u8, Error> {
    let RunPlan { config, selection, .. } = resolved;
    let plan = threads::pool(resolved.jobs)?.install(|| Plan::new(&config.parsed, &config.path, selection))?;
    let cache = Project::new(config.home()).cache();
    let (mut text, mut known) = (String::new(), Vec::new());
    for (dataset, _) in &plan.datasets {
        let documents: Vec<&Document> = dataset.documents().collect();
        known.extend(documents.iter().map(|document| document.id()));
        let Some(document) = documents.into_iter().find(|document| document.id() == id) else { continue };
        for extractor in &plan.extractors {
            let Some(built) = extractor.on.get(&dataset.name) else { continue };
            let state = match (built.pipeline().is_some(), extractor.cache) {
                _ if built.keeps_answers() => "it is replayed from its cassettes, or requested".to_owned(),
                (false, _) => "it is computed here every time".to_owned(),
                (true, false) => "it is requested every time: `cache = false`".to_owned(),
                (true, true) => explain(&cache, built.as_ref(), document),
            };
            text.push_str(&format!("{}, {}: {state}\n", dataset.name, extractor.name));
        }
    }
    if text.is_empty() {
        let diagnostic = Diagnostic::new(format!("the selected datasets have no document {id:?}"));
        return Err(diagnostic.help_with_nearest(id, known.into_iter().take(1000)).into());
    }
    output::print(&text)?;
    Ok(exit::PASS)
}
