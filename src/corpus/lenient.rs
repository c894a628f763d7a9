//! Loads a dataset in spite of errors, for the linter. [`Dataset::load`] fails if anything is
//! wrong; here, golden files that are usable are kept, so that lints can check them while the
//! errors of the others are reported.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::dataset::{Dataset, load_info, load_passes};
use super::documents::load_documents_with_sources;
use super::entries::{KnownDocuments, ReadAs, as_known, load_entries_as};
use super::golden::{reference, unknown, unlabelled};
use super::validate::check;
use super::validation::report_shifts;
use crate::document::Step;
use crate::error::{Diagnostic, Error, Recovered};
use crate::format::{Locator, Purpose, Source, SourceMap};
use crate::parallel;

/// The usable part of a dataset, and all diagnostics.
#[derive(Debug, Clone, Default)]
pub struct Lenient {
    /// The dataset, with those golden files whose offsets are meaningful.
    pub dataset: Dataset,
    /// The sources of the golden files, by id.
    pub golden: BTreeMap<String, Source>,
    /// The golden files in other formats than karat's own, by id: their sources, and the locations
    /// of their annotations. `--fix` does not edit them.
    pub foreign: BTreeMap<String, (Source, SourceMap)>,
    /// The sources of the documents, by id, except those whose text is in a golden file.
    pub documents: BTreeMap<String, Source>,
    /// The ids of all documents, including those without a golden file.
    pub ids: Vec<String>,
    /// Whether some documents could not be read, so that `ids` is incomplete.
    pub lacks_documents: bool,
    /// The path of `dataset.toml`, if it exists.
    pub info_file: Option<PathBuf>,
    /// The paths to invalid values in the golden files of the dataset, by id.
    pub faulty: BTreeMap<String, Vec<Vec<Step>>>,
    /// All diagnostics.
    pub diagnostics: Vec<Diagnostic>,
}

impl Lenient {
    /// Loads a dataset like [`Dataset::load`], but skips what is invalid and keeps the rest.
    /// Without `documents`, the texts are those that the golden files contain.
    pub fn load(name: &str, documents: Option<&Path>, golden: &Path) -> Self {
        Self::load_as(name, documents, golden, ReadAs::default())
    }

    /// Loads a dataset like [`Lenient::load`], with the golden files in a given format or with
    /// mapped fields.
    pub fn load_as(name: &str, documents: Option<&Path>, golden: &Path, read_as: ReadAs<'_>) -> Self {
        let mut loaded = Self::default();
        loaded.dataset.notes = read_as.notes.clone();
        loaded.dataset.name = name.to_owned();
        let texts = documents.map(|path| {
            let Recovered { value: texts, diagnostics } = load_documents_with_sources(path);
            let is_complete = diagnostics.is_empty();
            loaded.diagnostics = diagnostics;
            loaded.lacks_documents = !is_complete;
            (texts, is_complete)
        });
        if let Some(folder) = documents.and_then(Path::parent) {
            let file = folder.join("dataset.toml");
            match load_info(&file) {
                Ok(info) => loaded.dataset.info = info,
                Err(diagnostic) => loaded.diagnostics.push(diagnostic),
            }
            loaded.info_file = file.is_file().then_some(file);
        }
        let known = texts.as_ref().map_or_else(KnownDocuments::new, |((texts, _), _)| as_known(texts));
        let read_as = read_as.with_purpose(Purpose::Gold);
        let Recovered { value: entries, diagnostics } = load_entries_as(golden, read_as, &known);
        let entries_are_complete = diagnostics.is_empty();
        loaded.diagnostics.extend(diagnostics);
        let (texts, sources) = match texts {
            Some(((texts, sources), is_complete)) => {
                // A document whose golden file could not be read does not count as unlabelled.
                if entries_are_complete && is_complete {
                    loaded.diagnostics.extend(unlabelled(golden, &texts, &entries));
                }
                if is_complete {
                    loaded.diagnostics.extend(entries.values().filter_map(|entry| unknown(entry, &texts)));
                }
                (Some(texts), sources)
            }
            None => (None, BTreeMap::new()),
        };
        loaded.ids = texts.as_ref().map_or_else(|| entries.keys().cloned().collect(), |t| t.keys().cloned().collect());
        loaded.documents = sources;
        let text = |id: &str| texts.as_ref().and_then(|texts| texts.get(id));
        let mut checked = parallel::map(entries, |(id, mut entry)| {
            let validation = check(&mut entry, text(&id));
            (id, entry, validation)
        });
        let validations = checked.iter_mut().map(|(_, entry, validation)| (entry.source.file.as_path(), validation));
        loaded.diagnostics.extend(report_shifts(validations));
        let mut locator = Locator::default();
        for (id, entry, validation) in checked {
            let (diagnostics, paths): (Vec<Diagnostic>, Vec<_>) = validation.diagnostics.into_iter().unzip();
            let placed = diagnostics.into_iter().zip(&paths);
            loaded
                .diagnostics
                .extend(placed.map(|(diagnostic, path)| locator.in_entry(diagnostic.of_document(&id), &entry, path)));
            let has_document = texts.is_none() || text(&id).is_some();
            if validation.fits && has_document {
                loaded.faulty.insert(id.clone(), paths);
                // Paths in the annotations are paths in the file only in karat's own format.
                match &entry.places {
                    None => {
                        loaded.golden.insert(id.clone(), entry.source.clone());
                    }
                    Some(places) => {
                        loaded.foreign.insert(id.clone(), (entry.source.clone(), places.clone()));
                    }
                }
                let mut reference = reference(entry, text(&id));
                reference.gold.decode_tags();
                loaded.dataset.references.insert(id, reference);
            }
        }
        let info_file = loaded.info_file.clone();
        loaded.diagnostics.extend(loaded.dataset.seal_diagnostics().into_iter().map(|diagnostic| match &info_file {
            Some(file) => diagnostic.in_file(file),
            None => diagnostic,
        }));
        if let Some(texts) = &texts {
            let passes = load_passes(&golden.join("passes"), texts, &loaded.dataset.notes);
            loaded.diagnostics.extend(passes.err().iter().flat_map(Error::diagnostics).cloned());
        }
        loaded
    }
}
