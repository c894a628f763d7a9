//! `karat run`: extracts from datasets with the configured extractors, scores the answers and
//! writes reports. Answers are cached and journaled, so that an interrupted run can be resumed.

use std::path::Path;
use std::sync::atomic::Ordering;

use karat::config::Config;
use karat::document::Document;
use karat::error::{Diagnostic, Error};
use karat::runner::{Plan, Selection, Watch, run};
use karat::store::{Header, JournaledCache, Manifest, Project, RunWriter, explain};

use super::args::run::RunArgs;
use super::progress::Progress;
use super::reporting::{ReportRequest, print_summary, reports};
use super::run_location::{self, RunFolderArgs};
use super::{exit, interrupt, output, run_stream, threads};

pub(super) fn execute(args: &RunArgs) -> Result<u8, Error> {
    let config = Config::load(&args.config)?;
    let selection = Selection {
        datasets: args.datasets.clone(),
        extractors: args.extractors.clone(),
        profile: args.profile.clone(),
        shard: args.shard,
    };
    let location = RunFolderArgs {
        config: &args.config,
        out: args.out.as_ref(),
        profile: args.profile.as_ref(),
        shard: args.shard,
        is_stream: args.stream,
    };
    if args.stream {
        return run_stream::execute(args, &location, &config, &selection);
    }
    let mut environment = location.environment(&args.threads);
    let pool = threads::pool(environment.jobs)?;
    let plan = pool.install(|| Plan::new(&config, &args.config, &selection))?;
    if let Some(id) = &args.explain_cache {
        return explain_cache(location.home(), &plan, id);
    }
    let header = Header::new(&plan, &environment.started);
    let (folder, journal) = location.begin(args.resume, &plan, &header, &mut environment)?;
    let cache = Project::new(location.home()).cache();
    let memories = JournaledCache::open(journal, (!args.no_cache).then_some(cache.as_path()), &plan)?;
    let stop = interrupt::flag();
    let (answers, reports, writer) = pool.install(|| {
        let progress = Progress::new(args.quiet);
        let mut answers = run(&plan, Watch { observer: &progress, stop, cache: &memories });
        let request =
            ReportRequest { config: &args.config, rules: &config.rules, quiet: args.quiet, timings: args.timings };
        let writer = RunWriter::new(&folder, &answers, Manifest::new(&plan, &answers, environment))?;
        reports(&plan, &mut answers, &request).map(|reports| (answers, reports, writer))
    })?;
    writer.ended(run_location::now()).finish(&reports)?;
    memories.diagnostics().iter().for_each(|diagnostic| output::note(&format!("warning: {diagnostic}\n")));
    if stop.load(Ordering::Relaxed) {
        output::note("stopped; `karat run --resume` continues\n");
    } else {
        memories.journal.finish()?;
    }
    print_summary(&reports, &answers, &folder, (args.format, args.quiet))
}

fn explain_cache(home: &Path, plan: &Plan, id: &str) -> Result<u8, Error> {
    let cache = Project::new(home).cache();
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
