//! Pairs of files or of runs, as `compare`, `gate` and `power` share them.

use std::path::{Path, PathBuf};

use karat::corpus::{Join, ReadAs, Unlocated};
use karat::document::{Layer, LayerSet};
use karat::error::{Diagnostic, Error};
use karat::format::{FieldMap, Notes};
use karat::gate::Rule;
use karat::metric::{LayerGroups, METRIC_GROUPS, Options};
use karat::score::{ClusterBy, Missing, Policy, ScoringInput, Settings};
use karat::store::{Run, Selected};

use super::super::args::compare::{CompareArgs, Files};
use super::super::{options, runs};
use super::config_file::ConfigFile;
use super::names::stem;

/// Which layers and documents of two systems are compared, and how documents are clustered.
#[derive(Clone)]
pub(in crate::cli) struct PairScope {
    /// The layers to compare; `None` for all.
    pub layers: Option<LayerSet>,
    /// How documents that only one side has are treated.
    pub missing: Missing,
    /// How documents are clustered; overrides the configuration.
    pub cluster: Option<ClusterBy>,
    /// The metrics that are judged or decide: those that are computed only on request are computed.
    pub metrics: Vec<String>,
}

impl PairScope {
    /// Returns the scope of all layers. `is_intersection` leaves documents out that only one side
    /// has, and overrides `missing`.
    pub fn new(is_intersection: bool, missing: Missing, cluster: Option<&ClusterBy>) -> Self {
        let missing = if is_intersection { Missing::Skip } else { missing };
        Self { layers: None, missing, cluster: cluster.cloned(), metrics: Vec::new() }
    }

    /// Applies the scope to the settings of a dataset.
    pub fn settings(&self, mut settings: Settings) -> Settings {
        if let Some(layers) = &self.layers {
            settings.layers = Some(layers.clone());
        }
        settings.cluster = self.cluster.clone().unwrap_or(settings.cluster);
        also_compute(&mut settings.options, &self.metrics);
        settings
    }
}

/// Two files of predictions and the golden files that they are scored against.
pub(in crate::cli) struct FilePair {
    gold: PathBuf,
    /// The files of the base and of the candidate.
    predictions: [PathBuf; 2],
    options: Option<PathBuf>,
    /// The sources of the fields of the golden files and of the predictions.
    fields: [FieldMap; 2],
    /// What happens to predicted entities without offsets.
    unlocated: Unlocated,
    join: Option<Join>,
    missing: Missing,
    /// What the readers of the golden file and of both files of predictions assume and leave out.
    pub notes: [Notes; 3],
    /// The options file and the scope, as settings.
    pub settings: Settings,
}

impl FilePair {
    /// Returns the pair that the arguments name. Fails if they name none, or if the options file is
    /// invalid.
    pub fn resolve(files: &Files, scope: &PairScope) -> Result<Self, Error> {
        let (Some(gold), Some(base), Some(candidate)) = (&files.gold, &files.baseline, &files.predictions) else {
            let diagnostic = Diagnostic::new("there is nothing to compare");
            return Err(diagnostic.help("name two runs, or --gold, --baseline and --candidate").into());
        };
        let options = options::load(files.options.as_deref())?;
        Ok(Self {
            gold: gold.clone(),
            predictions: [base.clone(), candidate.clone()],
            options: files.options.clone(),
            fields: files.fields.fields()?,
            unlocated: files.locate.unlocated(),
            join: files.fields.joined_by(),
            missing: scope.missing,
            notes: <[Notes; 3]>::default(),
            settings: scope.settings(Settings { options, ..Settings::default() }),
        })
    }

    /// Returns the pair that rules judge. Floors and ceilings judge the candidate alone, so that
    /// without other rules the baseline may be missing; the candidate then takes its place.
    pub fn for_rules(files: &Files, scope: &PairScope, rules: &[Rule]) -> Result<Self, Error> {
        if files.baseline.is_some() || rules.iter().any(|rule| rule.margin.is_some()) {
            return Self::resolve(files, scope);
        }
        let alone = Files { baseline: files.predictions.clone(), ..files.clone() };
        Self::resolve(&alone, scope)
    }

    /// Returns the name of the dataset, which is that of the golden file.
    pub fn dataset(&self) -> String {
        stem(&self.gold)
    }

    /// Returns the names of the base and of the candidate.
    pub fn names(&self) -> [String; 2] {
        self.predictions.each_ref().map(|file| file.display().to_string())
    }

    /// Returns the files to read.
    pub fn input(&self) -> ScoringInput<'_> {
        let [gold, base, candidate] = self.notes.each_ref();
        let [of_base, of_candidate] = self.predictions.each_ref().map(PathBuf::as_path);
        let gold_as = ReadAs { unlocated: Unlocated::Keep, map: self.fields[0].clone(), ..ReadAs::noting(gold) };
        ScoringInput {
            gold: (self.gold.as_path(), gold_as),
            further_gold: Vec::new(),
            documents: None,
            systems: vec![(of_base, self.predicted_as(base)), (of_candidate, self.predicted_as(candidate))],
            join: self.join,
            policy: Policy { missing: self.missing, ..Policy::default() },
            options: self.options.as_deref(),
        }
    }

    /// Returns how files of predictions are read, given where their reader notes what it assumes.
    pub fn predicted_as<'n>(&'n self, notes: &'n Notes) -> ReadAs<'n> {
        ReadAs { unlocated: self.unlocated, map: self.fields[1].clone(), ..ReadAs::noting(notes) }
    }
}

/// Adds metrics of summaries that are computed only on request, such as `summary.bleu`, to the
/// options, if a comparison or a rule names them.
fn also_compute(options: &mut Options, metrics: &[String]) {
    let Some(groups) = LayerGroups::of(METRIC_GROUPS, &Layer::Summaries) else { return };
    let known = groups.metrics(options);
    options.summaries.also_ask(metrics, &known);
}

/// Two runs, and the datasets and extractors on which they are compared.
pub(in crate::cli) struct RunPair {
    pub config: ConfigFile,
    pub base: Run,
    pub candidate: Run,
    /// The selected datasets and extractors that both runs contain.
    pub selected: Selected,
    /// Whether signatures that differ are an error.
    pub compares_signatures: bool,
}

impl RunPair {
    /// Opens two runs. Fails if one of them or the configuration is invalid.
    pub fn resolve(args: &CompareArgs, base: &Path, candidate: &Path) -> Result<Self, Error> {
        let config = ConfigFile::load(&args.config)?;
        let (base, candidate) =
            (runs::open_compared(base, &args.config)?, runs::open_compared(candidate, &args.config)?);
        let select = |run: &Run| run.select(runs::is_named(&args.datasets, &args.extractors)).map_err(Error::Input);
        let selected = runs::in_both(select(&base)?, &select(&candidate)?);
        Ok(Self { config, base, candidate, selected, compares_signatures: !args.force })
    }
}
