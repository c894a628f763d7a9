//! `karat run`.

use std::borrow::Cow;
use std::path::Path;

use jiff::Timestamp;
use karat::agree::{ceiling, pairwise};
use karat::config::Config;
use karat::corpus::Dataset;
use karat::document::Layer;
use karat::error::Error;
use karat::format::sha256;
use karat::gate::Rule;
use karat::report::{ExtractorReport, Report, three_places};
use karat::runner::{Answers, Plan, Selection, run};
use karat::score::{Settings, Status, headline_figure, score, within_documents};
use karat::store::{Environment, Manifest, RunFolder, run_id, write_run};

use super::judging::verdict_of_run;
use super::progress::Progress;
use super::run_args::RunArgs;
use super::{exit, git, interrupt, output, table, threads, verdicts};

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
    let folder = folder(args, &plan, &environment);
    folder.open(&plan, args.profile.as_ref())?;
    let (answers, reports) = pool.install(|| {
        let answers = run(&plan, &Progress::new(args.quiet), interrupt::flag());
        reports(&plan, &answers, args, &config.rules).map(|reports| (answers, reports))
    })?;
    environment.ended = now();
    write_run(&folder, &reports, &answers, &Manifest::new(&plan, &answers, environment))?;
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
            let within = within_documents(&dataset.references, &subject, &settings);
            report.extractors.push(ExtractorReport {
                verdict,
                within,
                ..ExtractorReport::new(&subject, &report.documents, scores)
            });
        }
        Ok(report)
    };
    plan.datasets.iter().map(of).collect()
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
