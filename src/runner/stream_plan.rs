//! A run plan for `.jsonl` files that are streamed and never loaded as a whole.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::plan::{Plan, PlannedExtractor, Selection, build, nothing, select};
use crate::config::{Config, DatasetConfig, ExtractorConfig};
use crate::corpus::{Dataset, load_schemas, load_word_lists};
use crate::embedding::load_embeddings_of;
use crate::error::{Diagnostic, Error};
use crate::format::has_extension;
use crate::score::{ClusterBy, Settings};

/// The files of a streamed dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatasetFiles {
    /// Path of the documents.
    pub documents: PathBuf,
    /// Path of the golden lines.
    pub golden: PathBuf,
}

impl Plan {
    /// Returns a plan whose datasets have no documents, and the files of each dataset by its name.
    ///
    /// # Errors
    /// Fails with every error of the selection, and if a dataset or an extractor cannot be
    /// streamed.
    pub fn of_files(
        config: &Config,
        file: &Path,
        selection: &Selection,
    ) -> Result<(Self, BTreeMap<String, DatasetFiles>), Error> {
        let (names, extractors) = select(config, file, selection)?;
        let secrets = Arc::new(config.secrets());
        let (mut datasets, mut files, mut diagnostics) = (Vec::new(), BTreeMap::new(), Vec::new());
        for name in names {
            let Some(wanted) = config.datasets.get(name) else { continue };
            match settings(name, wanted, file.parent().unwrap_or(Path::new(""))) {
                Ok(settings) => datasets.push((Dataset { name: name.clone(), ..Dataset::default() }, settings)),
                Err(wrong) => diagnostics.extend(wrong.into_iter().map(|diagnostic| diagnostic.in_file(file))),
            }
            let of = DatasetFiles { documents: wanted.documents.clone(), golden: wanted.golden.clone() };
            files.insert(name.clone(), of);
        }
        let mut planned = Vec::new();
        for extractor in extractors {
            if let Some(why) = refused(extractor) {
                let diagnostic = Diagnostic::new(format!("[extractors.{}] {why}", extractor.name)).in_file(file);
                diagnostics.push(diagnostic.help("run it without --stream, or name others with --extractor"));
                continue;
            }
            let mut on = BTreeMap::new();
            for (dataset, settings) in &datasets {
                if extractor.runs_on(&dataset.name) {
                    on.insert(
                        dataset.name.clone(),
                        build(extractor, dataset, Path::new(""), settings, &secrets).map_err(Error::Input)?,
                    );
                }
            }
            if !on.is_empty() && extractor.locate.is_some() {
                let message = format!("[extractors.{}] `locate` does not work with --stream", extractor.name);
                let diagnostic = Diagnostic::new(message).in_file(file);
                diagnostics.push(diagnostic.help("run without --stream, or let the extractor return offsets"));
            } else if !on.is_empty() {
                let name = extractor.name.clone();
                planned.push(PlannedExtractor { name, repeats: 1, cache: false, locate: None, on });
            }
        }
        if !diagnostics.is_empty() {
            return Err(Error::Input(diagnostics));
        }
        if planned.is_empty() {
            return Err(nothing(file, "no extractor runs on the datasets selected"));
        }
        Ok((Self { datasets, extractors: planned, secrets }, files))
    }
}

/// Why an extractor cannot be streamed; `None` if it can.
fn refused(extractor: &ExtractorConfig) -> Option<&'static str> {
    if extractor.kind.predictions().is_some() {
        Some("reads predictions, which `karat score` reads in bounded memory itself")
    } else if extractor.repeats > 1 {
        Some("is asked several times, which needs loaded documents")
    } else {
        None
    }
}

fn settings(name: &str, wanted: &DatasetConfig, folder: &Path) -> Result<Settings, Vec<Diagnostic>> {
    let mut diagnostics = Vec::new();
    for (what, path) in [("documents", &wanted.documents), ("golden", &wanted.golden)] {
        let is_lines = has_extension(path, "jsonl");
        if !is_lines || !path.is_file() {
            let diagnostic =
                Diagnostic::new(format!("[datasets.{name}] `{what}` is not a .jsonl file, which --stream needs"));
            diagnostics.push(diagnostic.help("one object per line, with `id`, in the same order in both files"));
        }
    }
    if wanted.split.is_some() || wanted.cluster != ClusterBy::Document {
        let diagnostic =
            Diagnostic::new(format!("[datasets.{name}] has a split or clusters, which need loaded documents"));
        diagnostics.push(diagnostic.help("run it without --stream"));
    }
    let mut options = wanted.options.clone();
    diagnostics.extend(load_schemas(&mut options, folder));
    diagnostics.extend(load_word_lists(&mut options.summaries.rouge155, folder));
    diagnostics.extend(load_embeddings_of(&mut options.summaries, folder).err());
    if !options.labels.map.is_empty() || !options.records.is_empty() {
        let diagnostic = Diagnostic::new(format!(
            "[datasets.{name}] maps labels or has options for records, which need loaded documents"
        ));
        diagnostics.push(diagnostic.help("run it without --stream"));
    }
    if !diagnostics.is_empty() {
        return Err(diagnostics);
    }
    Ok(Settings { layers: wanted.layers.clone(), options, documents: false, ..Settings::default() })
}
