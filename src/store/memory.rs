//! A run's journal and the caches of its extractors, as the runner's memory.

use std::collections::BTreeMap;
use std::path::Path;

use super::Journal;
use super::cache::Cache;
use super::document_key::document_key;
use crate::error::{Diagnostic, Error};
use crate::runner::{CachedAnswer, Memory, Place, Plan};

/// What the runner remembers by.
pub struct Memories {
    /// The run's journal.
    pub journal: Journal,
    /// By extractor and dataset: files of predictions, for one, differ by dataset.
    caches: BTreeMap<(String, String), Cache>,
}

impl Memories {
    /// With the caches in a folder of all extractors that are asked over something, and not computed here; without a folder, the
    /// journal alone.
    ///
    /// # Errors
    /// Where a cache cannot be opened.
    pub fn open(journal: Journal, folder: Option<&Path>, plan: &Plan) -> Result<Self, Error> {
        let mut caches = BTreeMap::new();
        for extractor in plan.extractors.iter().filter(|extractor| extractor.cache) {
            for (dataset, built) in
                extractor.on.iter().filter(|(_, built)| built.pipeline().is_some() && !built.keeps_answers())
            {
                if let Some(folder) = folder {
                    let cache = Cache::open(folder, built.as_ref())?;
                    caches.insert((extractor.name.clone(), dataset.clone()), cache);
                }
            }
        }
        Ok(Self { journal, caches })
    }

    /// What could not be written, if anything.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        self.journal.diagnostic().into_iter().chain(self.caches.values().filter_map(Cache::diagnostic)).collect()
    }

    fn cache(&self, place: &Place<'_>) -> Option<&Cache> {
        self.caches.get(&(place.extractor.name().to_owned(), place.dataset.to_owned()))
    }
}

impl Memory for Memories {
    fn recall(&self, place: &Place<'_>) -> Option<CachedAnswer> {
        let cache = self.cache(place);
        if self.journal.is_blank() && cache.is_none_or(Cache::is_blank) {
            return None;
        }
        let key = document_key(&place.request.document);
        self.journal.recall(&key, place).or_else(|| {
            let remembered = cache?.recall(&key, place)?;
            self.journal.keep(&key, place, &remembered);
            Some(remembered)
        })
    }

    fn keep(&self, place: &Place<'_>, remembered: &CachedAnswer) {
        let key = document_key(&place.request.document);
        self.journal.keep(&key, place, remembered);
        if let Some(cache) = self.cache(place) {
            cache.keep(&key, place, remembered);
        }
    }
}
