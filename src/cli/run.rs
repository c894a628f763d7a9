//! `karat run`.

use std::borrow::Cow;
use std::path::Path;
use std::sync::atomic::Ordering;

use jiff::Timestamp;
use karat::agree::{ceiling, pairwise};
use karat::config::Config;
use karat::corpus::Dataset;
use karat::document::{Document, Layer};
use karat::error::{Error, Fault};
use karat::format::sha256;
use karat::gate::Rule;
use karat::report::{ExtractorReport, Report, three_places};
use karat::runner::{Answers, Plan, Selection, Timings, Watch, run};
use karat::score::{Settings, Status, headline_figure, score, within_documents};
use karat::store::{Environment, Header, Journal, Manifest, Memories, RunFolder, explain, run_id, write_run};

use super::judging::verdict_of_run;
use super::progress::Progress;
use super::run_args::RunArgs;
use super::{exit, git, interrupt, newest, output, table, threads, verdicts};

pub(super) fn execute(args: &RunArgs) -> Result<u8, Error> {
    let config = Config::load(&args.config)?;
    let selection = Selection {
        datasets: args.datasets.clone(),
        extractors: args.extractors.clone(),
        profile: args.profile.clone(),
    };
    let mut environment = environment(args);
    let pool = threads::pool(environment.jobs)?;
    let plan = pool.install(|| Plan::new(&config, &args.config, &selection))?;
    if let Some(id) = &args.explain_cache {
        return explain_cache(args, &plan, id);
    }
    let (folder, journal) = folder_and_journal(args, &plan, &mut environment)?;
    let cache = home(args).join(".karat").join("cache");
    let memories = Memories::open(journal, (!args.no_cache).then_some(cache.as_path()), &plan)?;
    let stop = interrupt::flag();
    let (answers, reports) = pool.install(|| {
        let progress = Progress::new(args.quiet);
        let answers = run(&plan, Watch { observer: &progress, stop, memory: &memories });
        reports(&plan, &answers, args, &config.rules).map(|reports| (answers, reports))
    })?;
    environment.ended = now();
    write_run(&folder, &reports, &answers, &Manifest::new(&plan, &answers, environment))?;
    memories.faults().iter().for_each(|fault| output::note(&format!("warning: {fault}\n")));
    if stop.load(Ordering::Relaxed) {
        output::note("stopped; `karat run --resume` goes on\n");
    } else {
        memories.journal.finish()?;
    }
    if !args.quiet {
        output::print(&reports.iter().map(|report| summary(report, &folder)).collect::<Vec<_>>().join("\n"))?;
        warn(&reports);
    }
    list("note", &noted(&answers));
    let unanswered: Vec<String> = reports.iter().flat_map(unanswered).collect();
    list("not answered", &unanswered);
    Ok(if unanswered.is_empty() { exit::PASS } else { exit::INCOMPLETE })
}

/// The first of them, and how many more there are.
fn list(what: &str, lines: &[String]) {
    const MOST: usize = 20;
    lines.iter().take(MOST).for_each(|line| output::note(line));
    if lines.len() > MOST {
        output::note(&format!("{what}: and {} more\n", lines.len() - MOST));
    }
}

/// What a person should know of documents that were answered.
fn noted(answers: &Answers) -> Vec<String> {
    let mut lines = Vec::new();
    for ((extractor, dataset), account) in &answers.accounts {
        for (id, notes) in &account.notes {
            lines.extend(notes.iter().map(|note| format!("note: {dataset}, {extractor}, {id:?}: {note}\n")));
        }
    }
    lines
}

fn unanswered(report: &Report) -> Vec<String> {
    let mut lines = Vec::new();
    for extractor in &report.extractors {
        for (id, (status, message)) in extractor.ends.iter().filter(|(_, (status, _))| *status != Status::Ok) {
            let message = message.as_deref().unwrap_or_default();
            lines.push(format!("not answered: {}, {}, {id:?}: {status}: {message}\n", report.dataset, extractor.name));
        }
    }
    lines
}

/// What a reader should know before believing the figures.
fn warn(reports: &[Report]) {
    for report in reports {
        for extractor in &report.extractors {
            for warning in extractor.scores.layers.iter().flat_map(|layer| &layer.warnings) {
                output::note(&format!("warning: {}, {}, {warning}\n", report.dataset, extractor.name));
            }
        }
    }
}

fn reports(plan: &Plan, answers: &Answers, args: &RunArgs, rules: &[Rule]) -> Result<Vec<Report>, Error> {
    let home = args.config.parent().unwrap_or(Path::new(""));
    let cache = home.join(".karat").join("judge");
    let of = |(dataset, settings): &(Dataset, Settings)| {
        let mut report = Report::new(dataset);
        report.ceiling = ceiling(&pairwise(&dataset.annotators, settings));
        for subject in answers.subjects.get(&dataset.name).into_iter().flatten() {
            let (mut settings, mut subject) = (Cow::Borrowed(settings), Cow::Borrowed(subject));
            if !settings.options.key_points.judge.is_empty() {
                // Passes are matched, which is no ceiling for what is judged.
                report.ceiling.retain(|name, _| name.layer != Layer::KeyPoints);
                let asked = verdicts::ask(settings.to_mut(), &cache, &dataset.references, subject.to_mut())?;
                if let Some(asked) = asked.filter(|_| !args.quiet) {
                    output::note(&verdicts::note(&asked));
                }
            }
            let scores = score(&dataset.references, &subject, &settings);
            let verdict = verdict_of_run(rules, home, dataset, &settings, &subject)?;
            let account = answers.accounts.get(&(subject.name.clone(), dataset.name.clone()));
            let timings = account.filter(|_| args.timings).map(Timings::of);
            let within = within_documents(&dataset.references, &subject, &settings);
            report.extractors.push(ExtractorReport {
                verdict,
                within,
                timings,
                ..ExtractorReport::new(&subject, &report.documents, scores)
            });
        }
        Ok(report)
    };
    plan.datasets.iter().map(of).collect()
}

fn home(args: &RunArgs) -> &Path {
    args.config.parent().unwrap_or(Path::new(""))
}

/// Where the run goes, and its journal: those of the run that was interrupted last, where there is one and it is to go on.
fn folder_and_journal(
    args: &RunArgs,
    plan: &Plan,
    environment: &mut Environment,
) -> Result<(RunFolder, Journal), Error> {
    let mut folder = folder(args, plan, environment);
    let header = Header::new(plan, &environment.started);
    if args.resume {
        let unfinished = if args.out.is_some() { Some(folder.run.clone()) } else { newest::unfinished(home(args)) };
        if let Some(run) = unfinished
            && let Some((journal, begun)) = Journal::resume(&run, &header)?
        {
            folder.run = run;
            environment.started = begun.started;
            folder.open(plan, args.profile.as_ref())?;
            return Ok((folder, journal));
        }
        output::note("note: no run was interrupted; this is a new one\n");
    }
    folder.open(plan, args.profile.as_ref())?;
    let journal = Journal::begin(&folder.run, &header)?;
    Ok((folder, journal))
}

fn explain_cache(args: &RunArgs, plan: &Plan, id: &str) -> Result<u8, Error> {
    let cache = home(args).join(".karat").join("cache");
    let (mut text, mut known) = (String::new(), Vec::new());
    for (dataset, _) in &plan.datasets {
        let documents: Vec<&Document> = dataset.documents().collect();
        known.extend(documents.iter().map(|document| document.id()));
        let Some(document) = documents.into_iter().find(|document| document.id() == id) else { continue };
        for extractor in &plan.extractors {
            let Some(built) = extractor.on.get(&dataset.name) else { continue };
            let said = match (built.pipeline().is_some(), extractor.cache) {
                (false, _) => "it is computed here every time".to_owned(),
                (true, false) => "it is asked about every time: `cache = false`".to_owned(),
                (true, true) => explain(&cache, built.as_ref(), document),
            };
            text.push_str(&format!("{}, {}: {said}\n", dataset.name, extractor.name));
        }
    }
    if text.is_empty() {
        let fault = Fault::new(format!("there is no document {id:?} in the datasets selected"));
        return Err(fault.help_with_nearest(id, known.into_iter().take(1000)).into());
    }
    output::print(&text)?;
    Ok(exit::PASS)
}

fn folder(args: &RunArgs, plan: &Plan, environment: &Environment) -> RunFolder {
    if let Some(out) = &args.out {
        return RunFolder { run: out.clone(), copies: Vec::new() };
    }
    let home = args.config.parent().unwrap_or(Path::new(""));
    let id = run_id(&environment.started, &environment.configuration_sha256);
    let place = |name: &String| match &args.profile {
        Some(profile) => home.join("reports").join(format!("{name}@{profile}")),
        None => home.join("reports").join(name),
    };
    let copies = plan.datasets.iter().map(|(dataset, _)| (dataset.name.clone(), place(&dataset.name)));
    RunFolder { run: home.join(".karat").join("runs").join(id), copies: copies.collect() }
}

fn environment(args: &RunArgs) -> Environment {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Environment {
        started: now(),
        ended: String::new(),
        git_commit: git_commit(args.config.parent()),
        configuration_sha256: std::fs::read(&args.config).map(sha256).unwrap_or_default(),
        jobs: args.threads.jobs.map_or(cores, usize::from),
    }
}

/// The clock: what it says reaches `run.json` and the run folder's name, and nothing else.
fn now() -> String {
    format!("{:.3}", Timestamp::now())
}

fn git_commit(folder: Option<&Path>) -> Option<String> {
    let commit = git::ask(folder.unwrap_or(Path::new("")), &["rev-parse", "HEAD"]).ok()?;
    (!commit.is_empty()).then_some(commit)
}

/// The verdict table for a terminal, and where the reports are.
fn summary(report: &Report, folder: &RunFolder) -> String {
    let layers = report.layers();
    let name = |layer| {
        let scores = report.on_layer(layer);
        let figure = scores.iter().find_map(|(_, scores)| headline_figure(scores));
        figure.map_or_else(|| layer.to_string(), |figure| figure.name.to_string())
    };
    let headings = layers.iter().map(|layer| name(layer));
    let mut rows = table::new([report.dataset.clone(), "answered".to_owned()].into_iter().chain(headings));
    for extractor in &report.extractors {
        let answered = format!("{}/{}", extractor.count(Status::Ok), extractor.ends.len());
        let value = |layer: &&Layer| {
            let scores = extractor.scores.layers.iter().find(|scores| scores.layer == **layer);
            three_places(scores.and_then(headline_figure).and_then(|figure| figure.value))
        };
        rows.add_row([extractor.name.clone(), answered].into_iter().chain(layers.iter().map(value)));
    }
    let copy = folder.copies.iter().find(|(dataset, _)| *dataset == report.dataset).map(|(_, to)| to.clone());
    let place = copy.unwrap_or_else(|| folder.run.join(&report.dataset));
    format!("{}\nreport: {}\n", table::render(rows), place.join("report.md").display())
}
