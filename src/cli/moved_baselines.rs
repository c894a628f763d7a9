//! Which baselines differ between a base commit and the working tree. A change that makes an
//! extractor worse and accepts the worse run would pass a gate against its own baseline, so that
//! every difference is shown to the reviewer.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use karat::document::Reference;
use karat::error::Diagnostic;
use karat::gate::{BaselineMove, MovedBaseline};
use karat::report::three_places;
use karat::runner::load_dataset;
use karat::score::{Missing, headline_figure, score};
use karat::store::{Baseline, baseline_files, baselines_in};

use super::base_commit::BaseCommit;
use super::paired_inputs::{PredictionFile, pair};
use super::plan::{ConfigFile, PairScope};
use super::{git, output};

/// Returns the baselines that the change under review moved. Baselines that only the commit moved,
/// since the branch began, are a note.
pub(super) fn find(config: &ConfigFile, base: &BaseCommit) -> Result<Vec<MovedBaseline>, Diagnostic> {
    let home = config.home();
    let pairs = |home: &Path| -> BTreeSet<(String, String)> {
        let all = baselines_in(home).into_iter();
        all.flat_map(|(dataset, names)| names.into_iter().map(move |name| (dataset.clone(), name))).collect()
    };
    // Where the branch began: a shallow clone does not know.
    let fork = git::ask(home, &["merge-base", "HEAD", &base.id]).ok().filter(|fork| *fork != base.id);
    let (mut moved, mut behind) = (Vec::new(), Vec::new());
    for (dataset, extractor) in pairs(base.home()).union(&pairs(home)) {
        let sides = [base.home(), home].map(|home| baseline_files(home, dataset, extractor));
        let [was, is] = [Baseline::load(&sides[0])?, Baseline::load(&sides[1])?];
        let [was, is] = [was, is].map(|baseline| baseline.map(|baseline| baseline.predictions_sha256));
        let how = match (&was, &is) {
            (None, Some(_)) => BaselineMove::Added,
            (Some(_), None) => BaselineMove::Removed,
            (was, is) if was != is => BaselineMove::Changed,
            _ => continue,
        };
        let at_fork = fork.as_ref().map(|fork| {
            let [_, file] = baseline_files(Path::new(""), dataset, extractor);
            let content = git::file_of(home, fork, &file)?;
            Some(serde_json::from_slice::<Baseline>(&content).ok()?.predictions_sha256)
        });
        if at_fork.is_some_and(|at_fork| at_fork == is) {
            behind.push(format!("{dataset}, {extractor}"));
            continue;
        }
        let figures = if how == BaselineMove::Changed { figures(config, dataset, extractor, &sides) } else { None };
        let (dataset, extractor) = (dataset.clone(), extractor.clone());
        moved.push(MovedBaseline { dataset, extractor, how, figures: figures.unwrap_or_default() });
    }
    if !behind.is_empty() {
        let name = base.name();
        let what = "moved after this branch began: merge it, or rebase";
        output::note(&format!("note: baselines of {name} ({}) {what}\n", behind.join("; ")));
    }
    Ok(moved)
}

/// Returns the headline figures under both baselines; `None` if they cannot be scored.
fn figures(config: &ConfigFile, dataset: &str, extractor: &str, sides: &[[PathBuf; 2]; 2]) -> Option<String> {
    let (loaded, settings) = load_dataset(&config.parsed, &config.path, dataset).ok()?;
    let golden: (&Path, &std::collections::BTreeMap<String, Reference>) = (config.golden(dataset), &loaded.references);
    let files = sides.each_ref().map(|[file, _]| PredictionFile { name: String::new(), file });
    let scope = PairScope::new(true, Missing::Skip, None);
    let paired = pair(dataset.to_owned(), extractor.to_owned(), golden, files, settings, &scope).ok()?;
    let settings = paired.settings.figures_only();
    let [was, is] = [&paired.base, &paired.candidate].map(|system| score(&paired.references, system, &settings));
    let figures = was.layers.iter().zip(&is.layers).filter_map(|(was, is)| {
        let (was, is) = (headline_figure(was)?, headline_figure(is)?);
        Some(format!("{} {} -> {}", was.name, three_places(was.value), three_places(is.value)))
    });
    Some(figures.collect::<Vec<_>>().join(", "))
}
