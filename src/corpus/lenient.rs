//! A dataset with all its faults: what a linter reads, which must say what is wrong with the rest of a broken dataset too.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::dataset::{Dataset, load_info, load_passes};
use super::documents::load_documents_with_sources;
use super::entries::{Known, ReadAs, known, load_entries_as};
use super::golden::{reference, unknown, unlabelled};
use super::validate::check;
use crate::document::Step;
use crate::error::{Diagnostic, Error};
use crate::format::{Locator, Source};

/// Whatever could be read of a dataset, and everything that is wrong with it.
#[derive(Debug, Clone, Default)]
pub struct Lenient {
    /// The golden files whose offsets mean something, with their documents.
    pub dataset: Dataset,
    /// Where the golden files were read, by id.
    pub golden: BTreeMap<String, Source>,
    /// Where the documents were read, by id; those that golden files bring are not among them.
    pub documents: BTreeMap<String, Source>,
    /// The ids of all documents, those without a golden file included.
    pub ids: Vec<String>,
    /// Whether documents could not be read, so that there are more ids than these.
    pub lacks_documents: bool,
    /// `dataset.toml`, where there is one.
    pub info_file: Option<PathBuf>,
    /// Paths to values that are at fault in a golden file of the dataset, by id.
    pub faulty: BTreeMap<String, Vec<Vec<Step>>>,
    /// Everything that is wrong.
    pub diagnostics: Vec<Diagnostic>,
}

impl Lenient {
    /// Loads as [`Dataset::load`] does, but leaves out what is at fault and keeps the rest. Without `documents`, the
    /// texts are those that the golden files bring.
    pub fn load(name: &str, documents: Option<&Path>, golden: &Path) -> Self {
        let mut loaded = Self::default();
        loaded.dataset.name = name.to_owned();
        let texts = documents.map(|path| {
            let (texts, diagnostics) = load_documents_with_sources(path);
            let whole = diagnostics.is_empty();
            loaded.diagnostics = diagnostics;
            loaded.lacks_documents = !whole;
            (texts, whole)
        });
        if let Some(folder) = documents.and_then(Path::parent) {
            let file = folder.join("dataset.toml");
            match load_info(&file) {
                Ok(info) => loaded.dataset.info = info,
                Err(diagnostic) => loaded.diagnostics.push(diagnostic),
            }
            loaded.info_file = file.is_file().then_some(file);
        }
        let known = texts.as_ref().map_or_else(Known::new, |((texts, _), _)| known(texts));
        let (entries, diagnostics) = load_entries_as(golden, ReadAs::default(), &known);
        let entries_are_whole = diagnostics.is_empty();
        loaded.diagnostics.extend(diagnostics);
        let (texts, sources) = match texts {
            Some(((texts, sources), whole)) => {
                // What could not be read is not missing.
                if entries_are_whole && whole {
                    loaded.diagnostics.extend(unlabelled(golden, &texts, &entries));
                }
                if whole {
                    loaded.diagnostics.extend(entries.values().filter_map(|entry| unknown(entry, &texts)));
                }
                (Some(texts), sources)
            }
            None => (None, BTreeMap::new()),
        };
        loaded.ids = texts.as_ref().map_or_else(|| entries.keys().cloned().collect(), |t| t.keys().cloned().collect());
        loaded.documents = sources;
        let text = |id: &str| texts.as_ref().and_then(|texts| texts.get(id));
        let checked: Vec<_> = entries
            .into_par_iter()
            .map(|(id, mut entry)| {
                let verdict = check(&mut entry, text(&id));
                (id, entry, verdict)
            })
            .collect();
        let mut locator = Locator::default();
        for (id, entry, verdict) in checked {
            let (diagnostics, paths): (Vec<Diagnostic>, Vec<_>) = verdict.diagnostics.into_iter().unzip();
            let placed = diagnostics.into_iter().zip(&paths);
            loaded
                .diagnostics
                .extend(placed.map(|(diagnostic, path)| locator.in_entry(diagnostic.of_document(&id), &entry, path)));
            let unit = verdict.looks_like.map(|looks| looks.diagnostic().in_file(&entry.source.file).of_document(&id));
            loaded.diagnostics.extend(unit);
            let has_document = texts.is_none() || text(&id).is_some();
            if verdict.fits && has_document {
                loaded.faulty.insert(id.clone(), paths);
                // Places in the model lead to places in karat's own files alone.
                if entry.places.is_none() {
                    loaded.golden.insert(id.clone(), entry.source.clone());
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
            let passes = load_passes(&golden.join("passes"), texts);
            loaded.diagnostics.extend(passes.err().iter().flat_map(Error::diagnostics).cloned());
        }
        loaded
    }
}
