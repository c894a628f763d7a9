//! Whether a run is of the current extractors and documents, by their hashes. A verdict on answers
//! of code that is gone would be taken for a verdict on the code that is there.

use karat::corpus::Dataset;
use karat::error::Diagnostic;
use karat::gate::Rule;
use karat::runner::{load_dataset, plan_extractor};
use karat::score::Settings;
use karat::store::{InputChanges, Run, RunGap, Selected};

use super::output;
use super::plan::ConfigFile;

/// What is known about the inputs of a run.
#[derive(Default)]
pub(super) struct Freshness {
    inputs: InputChanges,
    /// Golden files that changed. They do not make answers stale, since a gate scores a run and its
    /// base with the current golden files.
    golden: Vec<String>,
}

impl Freshness {
    /// Compares a run with the current state of everything that rules are about. Returns `None` if
    /// a dataset cannot be loaded.
    pub fn of_run(run: &Run, config: &ConfigFile, rules: &[Rule], selected: &Selected) -> Option<Self> {
        let mut freshness = Self::default();
        freshness.compare_extractors(run, config, rules);
        for (name, extractors) in selected {
            let (dataset, settings) = load_dataset(&config.parsed, &config.path, name).ok()?;
            freshness.compare_dataset(run, config, &dataset);
            for extractor in extractors {
                freshness.compare_extractor(run, config, extractor, (&dataset, &settings));
            }
        }
        Some(freshness)
    }

    /// Adds what karat.toml has and a run of everything lacks.
    pub fn compare_extractors(&mut self, run: &Run, config: &ConfigFile, rules: &[Rule]) {
        if !run.environment().selected_by.is_empty() {
            return;
        }
        for (dataset, _) in config.parsed.datasets.iter().filter(|(_, dataset)| !dataset.on_request) {
            let extractors = config.parsed.extractors.iter().filter(|known| !known.on_request);
            for extractor in extractors.filter(|known| known.runs_on(dataset) && !run.has(dataset, &known.name)) {
                if rules.iter().any(|rule| rule.is_about(dataset, &extractor.name)) {
                    let phrase = format!("the extractor {:?} (not in the run on {dataset})", extractor.name);
                    self.inputs.changed.push(phrase);
                }
            }
        }
    }

    /// Returns an error if documents changed since a run, whose answers would be recorded as
    /// answers to the new texts. Documents that were added or removed are missing from the run
    /// instead.
    pub fn other_documents(run: &Run, config: &ConfigFile, dataset: &Dataset) -> Option<Diagnostic> {
        let changes = run.document_changes(dataset, &config.parsed.datasets[&dataset.name].documents);
        let changed = list(&changes.changed)?;
        let mut counts = run.extractors().filter_map(|(_, entry)| entry.datasets.get(&dataset.name));
        if counts.any(|counts| counts.documents != dataset.references.len()) {
            return None;
        }
        let diagnostic = Diagnostic::new(format!("{changed} changed since this run"));
        let help = "run `karat run` first, since a baseline records answers with the texts that they are about";
        Some(diagnostic.in_file(run.folder()).help(help))
    }

    /// Compares the documents and the golden files of a dataset.
    pub fn compare_dataset(&mut self, run: &Run, config: &ConfigFile, dataset: &Dataset) {
        let known = &config.parsed.datasets[&dataset.name];
        self.inputs.add(run.document_changes(dataset, &known.documents));
        self.golden.extend(run.golden_changes(dataset, &known.golden).changed);
    }

    /// Compares an extractor on a dataset.
    pub fn compare_extractor(
        &mut self,
        run: &Run,
        config: &ConfigFile,
        name: &str,
        (dataset, settings): (&Dataset, &Settings),
    ) {
        // The fingerprint of a file of predictions is that of the selected documents alone.
        let is_part = matches!(run.gap(), Some(RunGap::Selected | RunGap::Shard(_) | RunGap::Decided { .. }));
        let known = config.parsed.extractors.iter().find(|known| known.name == name);
        if is_part && known.is_some_and(|known| known.kind.predictions().is_some()) {
            self.inputs.unknown.push(format!("the extractor {name:?} (a part of its predictions)"));
            return;
        }
        let changes = match plan_extractor(&config.parsed, name, (dataset, settings)) {
            Ok(Some(planned)) => run.extractor_changes(&dataset.name, &planned),
            Ok(None) => InputChanges {
                changed: vec![format!("the extractor {name:?} (karat.toml no longer runs it on {})", dataset.name)],
                ..InputChanges::default()
            },
            Err(diagnostics) => {
                let why = diagnostics.first().map(|diagnostic| diagnostic.message.clone()).unwrap_or_default();
                let unknown = vec![format!("the extractor {name:?} ({why})")];
                InputChanges { unknown, ..InputChanges::default() }
            }
        };
        self.inputs.add(changes);
    }

    /// Whether everything was compared, and nothing changed.
    pub fn is_certain(&self) -> bool {
        self.inputs.changed.is_empty() && self.inputs.unknown.is_empty()
    }

    /// Returns the error for a run that is not of the current extractors and documents.
    pub fn diagnostic(&self, run: &Run) -> Option<Diagnostic> {
        let changed = list(&self.inputs.changed)?;
        let diagnostic = Diagnostic::new(format!("this run is stale: {changed} changed since"));
        Some(diagnostic.in_file(run.folder()).help("run `karat run` first, or `--allow-stale`"))
    }

    /// Prints what changed and what could not be compared.
    pub fn note(&self, run: &Run) {
        let name = run.folder().display();
        if let Some(changed) = list(&self.inputs.changed) {
            output::note(&format!("note: {name} is a stale run: {changed} changed since\n"));
        }
        if let Some(unknown) = list(&self.inputs.unknown) {
            output::note(&format!("note: {name}: {unknown} cannot be compared with the run on this machine\n"));
        }
        if let Some(golden) = list(&self.golden) {
            let what = "both sides are scored with the current ones here, but the run's own reports were not";
            output::note(&format!("note: {name}: {golden} changed since the run; {what}\n"));
        }
    }
}

/// Joins different phrases, at most 5; `None` if there are none.
fn list(phrases: &[String]) -> Option<String> {
    const MOST: usize = 5;
    let mut different: Vec<&str> = phrases.iter().map(String::as_str).collect();
    different.sort_unstable();
    different.dedup();
    let more = different.len().saturating_sub(MOST);
    let mut shown: Vec<String> = different.into_iter().take(MOST).map(str::to_owned).collect();
    if more > 0 {
        shown.push(format!("and {more} more"));
    }
    (!shown.is_empty()).then(|| shown.join(", "))
}
