//! `karat merge`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use karat::config::Config;
use karat::corpus::load_predictions;
use karat::document::{Layer, LayerSet};
use karat::error::{Error, Fault};
use karat::extractor::Usage;
use karat::runner::{Account, Answers, Plan, Selection};
use karat::score::{Answer, Subject};
use karat::store::{Manifest, write_run};
use serde::Deserialize;

use super::merge_args::MergeArgs;
use super::pair::{in_run, not_a_run, prediction_file};
use super::place::{self, Place};
use super::reporting::{Asked, reports, tell};
use super::threads;

pub(super) fn execute(args: &MergeArgs) -> Result<u8, Error> {
    let pool = threads::pool(args.threads.jobs.map_or(0, usize::from))?;
    pool.install(|| merge(args))
}

fn merge(args: &MergeArgs) -> Result<u8, Error> {
    let faults: Vec<Fault> = args.runs.iter().filter_map(|run| not_a_run(run)).collect();
    if !faults.is_empty() {
        return Err(Error::Input(faults));
    }
    let config = Config::load(&args.config)?;
    let has = alike(&args.runs)?;
    let selection = Selection {
        datasets: has.keys().cloned().collect(),
        extractors: has.values().flatten().cloned().collect::<BTreeSet<_>>().into_iter().collect(),
        profile: None,
        shard: None,
    };
    let place = Place {
        config: &args.config,
        out: args.out.as_ref(),
        profile: args.profile.as_ref(),
        shard: None,
        is_stream: false,
    };
    let mut environment = place.environment(&args.threads);
    let plan = Plan::new(&config, &args.config, &selection)?;
    let answers = answers(&plan, &has, &args.runs)?;
    let folder = place.folder(&plan, &environment);
    folder.open(&plan, args.profile.as_ref())?;
    let asked = Asked { config: &args.config, rules: &config.rules, quiet: args.quiet, timings: false };
    let reports = reports(&plan, &answers, &asked)?;
    environment.ended = place::now();
    write_run(&folder, &reports, &answers, &Manifest::new(&plan, &answers, environment))?;
    tell(&reports, &answers, &folder, args.quiet)
}

/// The datasets and extractors that all runs have alike.
fn alike(runs: &[PathBuf]) -> Result<BTreeMap<String, BTreeSet<String>>, Error> {
    let first = in_run(&runs[0]);
    let other = |run: &&PathBuf| in_run(run) != first;
    let faults: Vec<Fault> = runs
        .iter()
        .filter(other)
        .map(|run| Fault::new(format!("it has other datasets or extractors than {}", runs[0].display())).in_file(run))
        .map(|fault| fault.help("shards of one run have all of them alike"))
        .collect();
    if faults.is_empty() { Ok(first) } else { Err(Error::Input(faults)) }
}

/// What run.json says of an extractor.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Said {
    layers: BTreeMap<String, Vec<String>>,
    milliseconds: BTreeMap<String, f64>,
    usage: BTreeMap<String, Usage>,
    introduction: Option<String>,
    notes: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Written {
    extractors: BTreeMap<String, Said>,
}

fn written(run: &Path) -> Result<Written, Fault> {
    let file = run.join("run.json");
    let bytes = fs::read(&file).map_err(|error| Fault::io("read this", &file, &error))?;
    serde_json::from_slice(&bytes)
        .map_err(|error| Fault::new(format!("this is no `karat.run/1`: {error}")).in_file(file))
}

/// Everything that was answered in any of the runs; every document must be in just one.
fn answers(plan: &Plan, has: &BTreeMap<String, BTreeSet<String>>, runs: &[PathBuf]) -> Result<Answers, Error> {
    let (mut merged, mut faults) = (Answers::default(), Vec::new());
    let said: Vec<Written> = runs.iter().map(|run| written(run)).collect::<Result<_, _>>()?;
    for extractor in &plan.extractors {
        let on = plan.datasets.iter().filter(|(dataset, _)| {
            extractor.on.contains_key(&dataset.name)
                && has.get(&dataset.name).is_some_and(|extractors| extractors.contains(&extractor.name))
        });
        for (dataset, _) in on {
            let mut by_id: BTreeMap<String, Answer> = BTreeMap::new();
            let mut account = Account { is_merged: true, ..Account::default() };
            let mut declared = LayerSet::new();
            for (run, said) in runs.iter().zip(&said) {
                let file = prediction_file(run, &dataset.name, &extractor.name);
                let (found, wrong) = load_predictions(&file, &dataset.references);
                faults.extend(wrong);
                for (id, answer) in found {
                    if by_id.insert(id.clone(), answer).is_some() {
                        let fault = Fault::new("another run has it, too").of_document(id).in_file(&file);
                        faults.push(fault.help("every document must be in just one of the runs"));
                    }
                }
                if let Some(of) = said.extractors.get(&extractor.name) {
                    add(of, &dataset.name, &mut account, &mut declared);
                }
            }
            let missing = dataset.references.keys().filter(|id| !by_id.contains_key(*id));
            faults.extend(missing.map(|id| {
                let fault = Fault::new(format!("none of the runs has {:?}'s answer to it", extractor.name));
                fault.of_document(id).help("is a shard left out?")
            }));
            let subject = Subject { name: extractor.name.clone(), declared, answers: by_id };
            merged.subjects.entry(dataset.name.clone()).or_default().push(subject);
            merged.accounts.insert((extractor.name.clone(), dataset.name.clone()), account);
        }
    }
    if faults.is_empty() { Ok(merged) } else { Err(Error::Input(faults)) }
}

fn add(said: &Said, dataset: &str, account: &mut Account, declared: &mut LayerSet) {
    let layers = said.layers.get(dataset).into_iter().flatten();
    declared.extend(layers.filter_map(|layer| layer.parse::<Layer>().ok()));
    let milliseconds = said.milliseconds.get(dataset).copied().unwrap_or_default();
    Duration::try_from_secs_f64(milliseconds / 1e3).into_iter().for_each(|took| account.latencies.add(took));
    if let Some(usage) = said.usage.get(dataset) {
        account.usage.get_or_insert_default().add(*usage);
    }
    account.introduction = account.introduction.take().or_else(|| said.introduction.clone());
    account.notes.extend(said.notes.get(dataset).cloned().unwrap_or_default());
}
