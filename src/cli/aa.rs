//! `karat aa`: an A/A test, which compares repeats of one extractor to measure its noise.

use std::collections::BTreeMap;

use karat::config::Config;
use karat::error::{Diagnostic, Error};
use karat::gate::noise;
use karat::report::{AaReport, NOISE};
use karat::runner::{NoCache, Plan, Selection, Watch, run};
use karat::score::System;

use super::args::aa::AaArgs;
use super::progress::Progress;
use super::{exit, interrupt, table, threads};

pub(super) fn execute(args: &AaArgs) -> Result<u8, Error> {
    let config = Config::load(&args.config)?;
    let selection =
        Selection { datasets: args.datasets.clone(), extractors: args.extractors.clone(), profile: None, shard: None };
    let pool = threads::pool(args.threads.jobs.unwrap_or(0).into())?;
    pool.install(|| {
        let plan = Plan::new(&config, &args.config, &selection)?;
        let reports = reports(&plan, args)?;
        if reports.iter().all(|report| report.repeats.noise.is_empty()) {
            let diagnostic = Diagnostic::new("there is no figure to repeat");
            return Err(Error::NothingSelected(diagnostic.help("--metric names figures, as `karat score` shows them")));
        }
        args.format.print(reports.as_slice(), || {
            let mut rows = table::new(NOISE);
            for row in reports.iter().flat_map(AaReport::rows) {
                rows.add_row(row);
            }
            table::render(rows)
        })?;
        Ok(exit::PASS)
    })
}

fn reports(plan: &Plan, args: &AaArgs) -> Result<Vec<AaReport>, Error> {
    // By dataset and extractor: one system for each repeat.
    let mut repeated: BTreeMap<(String, String), Vec<System>> = BTreeMap::new();
    for _ in 0..args.repeats {
        // Cached answers would make all repeats equal.
        let progress = Progress::new(args.quiet);
        let watch = Watch { observer: &progress, stop: interrupt::flag(), cache: &NoCache };
        for (dataset, systems) in run(plan, watch).systems {
            for system in systems {
                repeated.entry((dataset.clone(), system.name.clone())).or_default().push(system);
            }
        }
    }
    let mut reports = Vec::new();
    for ((name, extractor), repeats) in repeated {
        let Some((dataset, settings)) = plan.datasets.iter().find(|(dataset, _)| dataset.name == name) else {
            continue;
        };
        let repeats =
            noise(&dataset.references, &repeats, settings, &args.metrics, args.margin).map_err(Error::Input)?;
        reports.push(AaReport { dataset: name, extractor, margin: args.margin, repeats });
    }
    Ok(reports)
}
