//! `karat aa`: an A/A test, which compares repeats of one extractor to measure its noise.

use std::collections::BTreeMap;

use karat::error::{Diagnostic, Error};
use karat::gate::{noise, noise_of_counts};
use karat::report::{AaReport, NOISE};
use karat::runner::{NoCache, Plan, Watch, run};
use karat::score::System;

use super::plan::{AaPlan, AaSource, ScoreLogs};
use super::progress::Progress;
use super::{exit, interrupt, notes, sample_scores, table, threads};

pub(super) fn execute(plan: &AaPlan) -> Result<u8, Error> {
    threads::install(&plan.pool, || {
        let reports = match &plan.source {
            AaSource::Run { run, repeats } => {
                notes::of_plan(run);
                of_runs(plan, run, *repeats)?
            }
            AaSource::Scores(logs) => vec![of_logs(plan, logs)?],
        };
        if reports.iter().all(|report| report.repeats.noise.is_empty()) {
            let diagnostic = Diagnostic::new("there is no figure to repeat");
            return Err(Error::NothingSelected(diagnostic.help("--metric names figures, as `karat score` shows them")));
        }
        plan.format.print(reports.as_slice(), || {
            let mut rows = table::new(NOISE).names(&[1, 2]).optional(&["changing", "largest", "within"]);
            for row in reports.iter().flat_map(AaReport::rows) {
                rows.add_row(row);
            }
            table::render(&rows)
        })?;
        Ok(exit::PASS)
    })
}

fn of_logs(plan: &AaPlan, logs: &ScoreLogs) -> Result<AaReport, Error> {
    let loaded = sample_scores::load(logs)?;
    let metrics = loaded.metric_names(&plan.metrics);
    let repeats = noise_of_counts(&loaded.counts, &loaded.settings, &metrics, plan.margin);
    Ok(AaReport { dataset: loaded.dataset, extractor: String::new(), margin: plan.margin, repeats })
}

fn of_runs(plan: &AaPlan, of_run: &Plan, count: u16) -> Result<Vec<AaReport>, Error> {
    // By dataset and extractor: one system for each repeat.
    let mut repeated: BTreeMap<(String, String), Vec<System>> = BTreeMap::new();
    for _ in 0..count {
        // Cached answers would make all repeats equal.
        let progress = Progress::new(plan.is_quiet);
        let watch = Watch {
            observer: &progress,
            stop: interrupt::flag(),
            cache: &NoCache,
            secrets: &of_run.secrets,
            keep_failed: None,
        };
        for (dataset, systems) in run(of_run, watch).systems {
            for system in systems {
                repeated.entry((dataset.clone(), system.name.clone())).or_default().push(system);
            }
        }
    }
    let mut reports = Vec::new();
    for ((name, extractor), repeats) in repeated {
        let Some((dataset, settings)) = of_run.datasets.iter().find(|(dataset, _)| dataset.name == name) else {
            continue;
        };
        let repeats =
            noise(&dataset.references, &repeats, settings, &plan.metrics, plan.margin).map_err(Error::Input)?;
        reports.push(AaReport { dataset: name, extractor, margin: plan.margin, repeats });
    }
    Ok(reports)
}
