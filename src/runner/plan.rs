//! Builds a run plan from the configuration and the user's selection: it loads the datasets, builds
//! the extractors and decides which extractor runs on which dataset.
//!
//! All errors of the selection, the datasets and the prediction files are collected and reported
//! together.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::{Config, DatasetConfig, ExtractorConfig, ExtractorKind, PredictionFiles};
use crate::corpus::{
    Dataset, Locate, ReadAs, Shard, Unlocated, check_schemas, load_any_predictions_as, load_documents, load_golden_as,
    load_schemas, load_word_lists,
};
use crate::document::{Layer, LayerSet};
use crate::embedding::load_embeddings_of;
use crate::error::{Diagnostic, Error};
#[cfg(feature = "http")]
use crate::extractor::http::Remote;
#[cfg(feature = "process")]
use crate::extractor::process::Process;
use crate::extractor::{Extractor, StoredPredictions};
use crate::score::{LoadedPredictions, MissingOption, Policy, Settings, accept};
use crate::secrets::Secrets;

/// What the user selected on the command line; empty lists select everything.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Names of the selected datasets.
    pub datasets: Vec<String>,
    /// Names of the selected extractors.
    pub extractors: Vec<String>,
    /// Name of a profile, which selects where `datasets` or `extractors` is empty.
    pub profile: Option<String>,
    /// Restricts the run to one shard of the documents.
    pub shard: Option<Shard>,
    /// Restricts the run to the first documents of each dataset, in the order of their ids.
    pub limit: Option<usize>,
    /// Restricts the run to the documents with these ids; empty for all.
    pub documents: Vec<String>,
}

impl Selection {
    /// Returns the options that select among datasets, extractors or documents.
    pub fn options(&self) -> Vec<String> {
        let given = [
            ("--dataset", !self.datasets.is_empty()),
            ("--extractor", !self.extractors.is_empty()),
            ("--profile", self.profile.is_some()),
            ("--shard", self.shard.is_some()),
            ("--limit", self.limit.is_some()),
            ("--document", !self.documents.is_empty()),
        ];
        given.into_iter().filter(|(_, is_given)| *is_given).map(|(option, _)| option.to_owned()).collect()
    }

    /// Whether documents are selected by number or id, so that the run is a look at a few of them.
    pub fn is_partial(&self) -> bool {
        self.limit.is_some() || !self.documents.is_empty()
    }

    /// Cuts a dataset to the selected documents.
    fn cut(&self, dataset: Dataset) -> Dataset {
        let dataset = match self.shard {
            Some(shard) => shard.cut(dataset),
            None => dataset,
        };
        if !self.is_partial() {
            return dataset;
        }
        let is_named = |id: &str| self.documents.is_empty() || self.documents.iter().any(|named| named == id);
        let dataset = dataset.cut(|_, id| is_named(id));
        dataset.cut(|at, _| self.limit.is_none_or(|limit| at < limit))
    }

    /// Returns an error for each selected document that no dataset has.
    fn unknown_documents(&self, datasets: &[(Dataset, Settings)]) -> Vec<Diagnostic> {
        let known = || {
            let datasets =
                datasets.iter().flat_map(|(dataset, _)| dataset.references.keys().chain(dataset.outside.keys()));
            datasets.map(String::as_str)
        };
        let unknown = self.documents.iter().filter(|id| !known().any(|other| other == id.as_str()));
        let diagnostic = |id: &String| {
            let diagnostic = Diagnostic::new(format!("the selected datasets have no document {id:?}"));
            diagnostic.help_with_nearest(id, known().take(1000))
        };
        unknown.map(diagnostic).collect()
    }
}

/// Everything that a run needs.
pub struct Plan {
    /// The datasets in the order of their names, each with its scoring settings.
    pub datasets: Vec<(Dataset, Settings)>,
    /// The extractors in the order of the configuration.
    pub extractors: Vec<PlannedExtractor>,
    /// Values that must not be written.
    pub secrets: Arc<Secrets>,
}

/// An extractor, built for each dataset that it runs on.
pub struct PlannedExtractor {
    /// Name of the extractor in reports.
    pub name: String,
    /// Number of requests for every document.
    pub repeats: usize,
    /// Whether its answers are cached for later runs.
    pub cache: bool,
    /// How entities without offsets are located in their documents; `None` leaves them so.
    pub locate: Option<Locate>,
    /// The folder for the replies of failed documents; `None` if they are not kept.
    pub keep_failed: Option<PathBuf>,
    /// The built extractor by dataset. An extractor of predictions reads another file for each
    /// dataset.
    pub on: BTreeMap<String, Box<dyn Extractor>>,
}

impl PlannedExtractor {
    /// Plans an extractor of the configuration that was built for some datasets. A file of
    /// predictions sets its own number of repeats.
    fn new(extractor: &ExtractorConfig, on: BTreeMap<String, Box<dyn Extractor>>) -> Self {
        let repeats = on.values().filter_map(|built| built.repeats()).max().unwrap_or(extractor.repeats);
        let (name, cache, locate) = (extractor.name.clone(), extractor.cache, extractor.locate);
        let keep_failed = extractor.keep_failed.clone();
        Self { name, repeats, cache, locate, keep_failed, on }
    }
}

impl Plan {
    /// Loads the selected datasets and builds the selected extractors.
    ///
    /// # Errors
    /// Fails with every error of the selection, the datasets and the prediction files, or with
    /// [`Error::NothingSelected`] if no extractor runs on any selected dataset.
    pub fn new(config: &Config, file: &Path, selection: &Selection) -> Result<Self, Error> {
        let (datasets, extractors) = select(config, file, selection)?;
        let secrets = Arc::new(config.secrets());
        let (mut loaded, mut diagnostics) = (Vec::new(), Vec::new());
        for name in datasets {
            match load_dataset(config, file, name) {
                Ok((dataset, settings)) => {
                    loaded.push((selection.cut(dataset), settings));
                }
                Err(wrong) => {
                    diagnostics.extend(wrong);
                    diagnostics.extend(config.datasets.get(name).into_iter().flat_map(|dataset| {
                        let about = extractors.iter().filter(|extractor| extractor.runs_on(name));
                        about.flat_map(|extractor| diagnostics_of_predictions(extractor, dataset)).collect::<Vec<_>>()
                    }));
                }
            }
        }
        if diagnostics.is_empty() {
            diagnostics.extend(selection.unknown_documents(&loaded));
        }
        if selection.is_partial() {
            loaded.retain(|(dataset, _)| !dataset.references.is_empty());
        }
        let mut planned = Vec::new();
        for extractor in extractors {
            let mut on = BTreeMap::new();
            for (dataset, settings) in &loaded {
                if extractor.runs_on(&dataset.name) {
                    let golden = config.datasets.get(&dataset.name).map(|dataset| dataset.golden.as_path());
                    match build(extractor, dataset, golden.unwrap_or(Path::new("")), settings, &secrets) {
                        Ok(built) => {
                            on.insert(dataset.name.clone(), built);
                        }
                        Err(wrong) => diagnostics.extend(wrong),
                    }
                }
            }
            if !on.is_empty() {
                planned.push(PlannedExtractor::new(extractor, on));
            }
        }
        // An extractor that cannot be built has the same error on every dataset.
        diagnostics.dedup();
        if !diagnostics.is_empty() {
            return Err(Error::Input(diagnostics));
        }
        if planned.is_empty() {
            return Err(nothing(file, "no extractor runs on the datasets selected"));
        }
        loaded.retain(|(dataset, _)| planned.iter().any(|extractor| extractor.on.contains_key(&dataset.name)));
        Ok(Self { datasets: loaded, extractors: planned, secrets })
    }
}

/// Loads a dataset of the configuration with its scoring settings.
///
/// # Errors
/// Fails with every error in the files of the dataset, or if the configuration has no dataset of
/// that name.
pub fn load_dataset(config: &Config, file: &Path, name: &str) -> Result<(Dataset, Settings), Vec<Diagnostic>> {
    let Some(wanted) = config.datasets.get(name) else {
        let diagnostic = Diagnostic::new(format!("unknown dataset {name:?}")).in_file(file);
        return Err(vec![diagnostic.help_with_nearest(name, config.datasets.keys().map(String::as_str))]);
    };
    let read_as = ReadAs::mapping(&wanted.map);
    let dataset = Dataset::load_as(name, &wanted.documents, &wanted.golden, read_as.clone());
    let dataset = match &wanted.split {
        Some(split) => dataset.and_then(|dataset| dataset.of_split(split)),
        None => dataset,
    };
    let dataset = dataset.map_err(|error| error.diagnostics().to_vec())?;
    let mut diagnostics = absent_layers(&dataset, wanted.layers.as_ref(), file);
    let (layers, mut options) = (wanted.layers.clone(), wanted.options.clone());
    let folder = file.parent().unwrap_or(Path::new(""));
    diagnostics.extend(load_schemas(&mut options, folder));
    diagnostics.extend(load_word_lists(&mut options.summaries.rouge155, folder));
    diagnostics.extend(load_embeddings_of(&mut options.summaries, folder).err());
    diagnostics.extend(check_schemas(&wanted.golden, read_as, &options));
    diagnostics.extend(wanted.cluster.clusters(&dataset.references).err().unwrap_or_default());
    options.summaries.source.or_words(dataset.info.summary_words);
    let dataset = Dataset { is_confidential: wanted.is_confidential, ..dataset };
    if !diagnostics.is_empty() {
        return Err(diagnostics);
    }
    let cluster = wanted.cluster.clone();
    Ok((dataset, Settings { layers, options, examples: true, cluster, ..Settings::default() }))
}

/// Builds one extractor of the configuration for a dataset; `None` if it does not run on it.
///
/// # Errors
/// Fails if the extractor cannot be built, for example because its files are not on this machine.
pub fn plan_extractor(
    config: &Config,
    name: &str,
    (dataset, settings): (&Dataset, &Settings),
) -> Result<Option<PlannedExtractor>, Vec<Diagnostic>> {
    let wanted = config.extractors.iter().find(|known| known.name == name && known.runs_on(&dataset.name));
    let Some((extractor, of_dataset)) = wanted.zip(config.datasets.get(&dataset.name)) else { return Ok(None) };
    let built = build(extractor, dataset, &of_dataset.golden, settings, &Arc::new(config.secrets()))?;
    Ok(Some(PlannedExtractor::new(extractor, [(dataset.name.clone(), built)].into())))
}

/// The layers that at least one golden file has.
fn golden_layers(dataset: &Dataset) -> LayerSet {
    dataset.references.values().flat_map(|reference| reference.gold.layers()).collect()
}

/// Returns an error for each layer that the configuration asks for and no golden file has.
fn absent_layers(dataset: &Dataset, wanted: Option<&LayerSet>, file: &Path) -> Vec<Diagnostic> {
    let golden = golden_layers(dataset);
    let names: Vec<String> = golden.iter().map(ToString::to_string).collect();
    let absent = wanted.into_iter().flatten().filter(|layer| !golden.contains(*layer));
    let diagnostic = |layer: &Layer| {
        let message = format!("[datasets.{}] asks for the layer `{layer}`, which no golden file has", dataset.name);
        Diagnostic::new(message).in_file(file).help_with_nearest(&layer.to_string(), names.iter().map(String::as_str))
    };
    absent.map(diagnostic).collect()
}

pub(super) fn nothing(file: &Path, message: &str) -> Error {
    let diagnostic = Diagnostic::new(message).in_file(file);
    Error::NothingSelected(
        diagnostic.help("--dataset, --extractor, --profile and the `datasets` of an extractor select"),
    )
}

pub(super) type SelectedTasks<'c> = (Vec<&'c String>, Vec<&'c ExtractorConfig>);

pub(super) fn select<'c>(config: &'c Config, file: &Path, selection: &Selection) -> Result<SelectedTasks<'c>, Error> {
    let mut diagnostics = Vec::new();
    let profile = selection.profile.as_ref().map(|name| {
        config.profiles.get(name).cloned().unwrap_or_else(|| {
            diagnostics.push(unknown("profile", name, file, config.profiles.keys().map(String::as_str)));
            Default::default()
        })
    });
    let profile = profile.unwrap_or_default();
    let datasets: Vec<&str> = config.datasets.keys().map(String::as_str).collect();
    let extractors: Vec<&str> = config.extractors.iter().map(|extractor| extractor.name.as_str()).collect();
    for (what, names, known) in
        [("dataset", &selection.datasets, &datasets), ("extractor", &selection.extractors, &extractors)]
    {
        let unknown_ids = names.iter().filter(|name| !known.contains(&name.as_str()));
        diagnostics.extend(unknown_ids.map(|name| unknown(what, name, file, known.iter().copied())));
    }
    if !diagnostics.is_empty() {
        return Err(Error::Input(diagnostics));
    }
    let chosen =
        |names: &[String], of_profile: &Option<Vec<String>>, name: &str, by_default: bool| match (names, of_profile) {
            ([], Some(profile)) => profile.iter().any(|other| other == name),
            ([], None) => by_default,
            (names, _) => names.iter().any(|other| other == name),
        };
    let wanted: Vec<_> = config
        .datasets
        .iter()
        .filter(|(name, dataset)| chosen(&selection.datasets, &profile.datasets, name, !dataset.on_request))
        .map(|(name, _)| name)
        .collect();
    if wanted.is_empty() {
        return Err(nothing(file, "no dataset is selected"));
    }
    let extractors = config
        .extractors
        .iter()
        .filter(|extractor| chosen(&selection.extractors, &profile.extractors, &extractor.name, !extractor.on_request))
        .collect();
    Ok((wanted, extractors))
}

fn unknown<'a>(what: &str, name: &str, file: &Path, known: impl IntoIterator<Item = &'a str>) -> Diagnostic {
    let diagnostic = Diagnostic::new(format!("unknown {what} {name:?}")).in_file(file);
    diagnostic.help_with_nearest(name, known)
}

/// Builds an extractor for a dataset whose golden files are at `golden`.
#[cfg_attr(
    not(any(feature = "http", feature = "process")),
    expect(unused_variables, reason = "only programs and services receive secrets")
)]
pub(super) fn build(
    config: &ExtractorConfig,
    dataset: &Dataset,
    golden: &Path,
    settings: &Settings,
    secrets: &Arc<Secrets>,
) -> Result<Box<dyn Extractor>, Vec<Diagnostic>> {
    match &config.kind {
        #[cfg(feature = "builtin")]
        ExtractorKind::Builtin { builtin, options } => {
            (builtin.build)(&config.name, options.clone()).map_err(|message| vec![Diagnostic::new(message)])
        }
        #[cfg(feature = "process")]
        ExtractorKind::Process(settings) => match settings.unmatched_file() {
            None => Ok(Box::new(Process::new(&config.name, settings.as_ref().clone(), Arc::clone(secrets)))),
            Some(file) => {
                let table = format!("[extractors.{}]", config.name);
                let message = format!("{table} has a `files` or `lock` entry that matches no file");
                Err(vec![
                    Diagnostic::new(message)
                        .in_file(file)
                        .help("name a file, a folder or a pattern like \"model/*.bin\""),
                ])
            }
        },
        #[cfg(feature = "http")]
        ExtractorKind::Http(settings) => {
            match Remote::endpoint(&config.name, settings.as_ref().clone(), Arc::clone(secrets)) {
                Ok(built) => Ok(Box::new(built)),
                Err(diagnostic) => Err(vec![diagnostic]),
            }
        }
        #[cfg(feature = "http")]
        ExtractorKind::OpenAi(settings) => {
            match Remote::model(&config.name, settings.as_ref().clone(), Arc::clone(secrets)) {
                Ok(built) => Ok(Box::new(built)),
                Err(diagnostic) => Err(vec![diagnostic]),
            }
        }
        ExtractorKind::Predictions(files) => Ok(Box::new(predictions(&config.name, files, dataset, golden, settings)?)),
    }
}

/// Errors in a file of predictions for a dataset that failed to load, so that all errors are
/// reported at once.
fn diagnostics_of_predictions(config: &ExtractorConfig, dataset: &DatasetConfig) -> Vec<Diagnostic> {
    let Some(files) = config.kind.predictions() else { return Vec::new() };
    let documents = load_documents(&dataset.documents).value;
    let references = load_golden_as(&dataset.golden, ReadAs::mapping(&dataset.map), &documents).value;
    let read_as = ReadAs { unlocated: Unlocated::Keep, offset_unit: files.offset_unit, ..ReadAs::mapping(&files.map) };
    load_any_predictions_as(&files.path, read_as, &references).diagnostics
}

/// Loads and validates a file of predictions for a dataset. Predictions for documents outside the
/// selected split are ignored.
fn predictions(
    name: &str,
    PredictionFiles { path, map, layers, requires_all, offset_unit }: &PredictionFiles,
    dataset: &Dataset,
    golden: &Path,
    settings: &Settings,
) -> Result<StoredPredictions, Vec<Diagnostic>> {
    let read_as = ReadAs { strict_words: true, ..ReadAs::noting(&dataset.notes) };
    let read_as = ReadAs { unlocated: Unlocated::Keep, map: map.clone(), offset_unit: *offset_unit, ..read_as };
    let mut read = if dataset.outside.is_empty() {
        load_any_predictions_as(path, read_as, &dataset.references)
    } else {
        let known = dataset.references.iter().chain(&dataset.outside);
        let known = known.map(|(id, reference)| (id.clone(), reference.clone())).collect();
        load_any_predictions_as(path, read_as, &known)
    };
    read.answers.retain(|id, _| dataset.references.contains_key(id));
    let systems = vec![LoadedPredictions { file: path.clone(), predictions: read }];
    let policy = Policy { allows_unanswered: !requires_all, option: MissingOption::Key, ..Policy::default() };
    let accepted = accept(golden, Cow::Borrowed(&dataset.references), systems, policy, settings);
    let mut accepted = accepted.map_err(|error| error.diagnostics().to_vec())?;
    let answers = accepted.answers.swap_remove(0);
    Ok(StoredPredictions::new(name, answers, layers.clone(), &accepted.golden))
}
