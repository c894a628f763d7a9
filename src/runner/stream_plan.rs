//! A run plan for `.jsonl` files and folders that are streamed and never loaded as a whole.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::plan::{Plan, PlannedExtractor, Selection, build, nothing, select};
use crate::config::{Config, DatasetConfig, ExtractorConfig};
use crate::corpus::{
    Dataset, DatasetInfo, FolderLines, has_passes, load_info, load_schemas, load_word_lists, unpaired,
};
use crate::embedding::load_embeddings_of;
use crate::error::{Diagnostic, Error};
use crate::format::has_extension;
use crate::score::{ClusterBy, Settings};

/// The files of a streamed dataset.
#[derive(Debug)]
pub struct DatasetFiles {
    /// Path of the lines of documents.
    pub documents: PathBuf,
    /// Path of the golden lines.
    pub golden: PathBuf,
    /// The folder of documents and that of golden files from which the lines come, if they do.
    pub folders: [Option<FolderLines>; 2],
}

impl DatasetFiles {
    /// Reads folders, and checks that all other files are files of lines.
    fn open(name: &str, wanted: &DatasetConfig) -> Result<Self, Vec<Diagnostic>> {
        let mut diagnostics = Vec::new();
        let mut open = |what: &str, path: &Path, of_folder: fn(&Path) -> Result<FolderLines, Vec<Diagnostic>>| {
            if path.is_dir() {
                return of_folder(path).map_err(|wrong| diagnostics.extend(wrong)).ok();
            }
            if !has_extension(path, "jsonl") || !path.is_file() {
                let message =
                    format!("[datasets.{name}] `{what}` is neither a folder nor a .jsonl file, which --stream needs");
                diagnostics.push(Diagnostic::new(message).help("one object per line, with `id`"));
            }
            None
        };
        let folders = [
            open("documents", &wanted.documents, FolderLines::of_documents),
            open("golden", &wanted.golden, FolderLines::of_golden),
        ];
        if let [Some(documents), Some(golden)] = &folders {
            diagnostics.extend(unpaired(documents, golden));
        }
        if !diagnostics.is_empty() {
            return Err(diagnostics);
        }
        let path = |folder: &Option<FolderLines>, path: &Path| {
            folder.as_ref().map_or_else(|| path.to_owned(), |lines| lines.path().to_owned())
        };
        let (documents, golden) = (path(&folders[0], &wanted.documents), path(&folders[1], &wanted.golden));
        Ok(Self { documents, golden, folders })
    }

    /// Locates an error about lines that come from a folder in the files of the folder.
    pub fn locate(&self, error: Error) -> Error {
        self.folders.iter().flatten().fold(error, |error, lines| lines.locate(error))
    }
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
            let info = load_info(&wanted.documents.parent().unwrap_or(Path::new("")).join("dataset.toml"));
            let info = info.unwrap_or_else(|diagnostic| {
                diagnostics.push(diagnostic);
                DatasetInfo::default()
            });
            match settings(name, wanted, &info, file.parent().unwrap_or(Path::new(""))) {
                Ok(settings) => {
                    let is_confidential = wanted.is_confidential;
                    let dataset = Dataset { name: name.clone(), info, is_confidential, ..Dataset::default() };
                    if has_passes(&wanted.golden) {
                        let what = "the annotation passes are not read with --stream: the report has no ceiling";
                        dataset.notes.state(&wanted.golden, what);
                    }
                    datasets.push((dataset, settings));
                }
                Err(wrong) => {
                    diagnostics.extend(wrong.into_iter().map(|diagnostic| diagnostic.in_file(file)));
                    continue;
                }
            }
            match DatasetFiles::open(name, wanted) {
                Ok(of) => {
                    files.insert(name.clone(), of);
                }
                Err(wrong) => diagnostics.extend(wrong.into_iter().map(|diagnostic| match diagnostic.file {
                    None => diagnostic.in_file(file),
                    Some(_) => diagnostic,
                })),
            }
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
                let keep_failed = extractor.keep_failed.clone();
                planned.push(PlannedExtractor { name, repeats: 1, cache: false, locate: None, keep_failed, on });
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

fn settings(
    name: &str,
    wanted: &DatasetConfig,
    info: &DatasetInfo,
    folder: &Path,
) -> Result<Settings, Vec<Diagnostic>> {
    let mut diagnostics = Vec::new();
    if !wanted.map.is_empty() {
        let diagnostic = Diagnostic::new(format!("[datasets.{name}] maps fields, which needs loaded documents"));
        diagnostics.push(diagnostic.help("run it without --stream"));
    }
    if wanted.split.is_some() || wanted.cluster != ClusterBy::Document {
        let diagnostic =
            Diagnostic::new(format!("[datasets.{name}] has a split or clusters, which need loaded documents"));
        diagnostics.push(diagnostic.help("run it without --stream"));
    }
    let mut options = wanted.options.clone();
    options.summaries.source.or_words(info.summary_words);
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
