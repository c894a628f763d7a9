//! A run's journal and the caches of its extractors, as the runner's memory.

use std::collections::BTreeMap;
use std::path::Path;

use super::answer_log::AnswerLog;
use super::document_key::document_key;
use super::{Journal, cache};
use crate::error::{Diagnostic, Error};
use crate::runner::{CachedAnswer, Memory, Place, Plan};
use crate::score::Status;

/// What the runner remembers by.
pub struct Memories {
    /// The run's journal.
    pub journal: Journal,
    /// By extractor and dataset: files of predictions, for one, differ by dataset.
    caches: BTreeMap<(String, String), AnswerLog>,
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
                    let cache = cache::open(folder, built.as_ref())?;
                    caches.insert((extractor.name.clone(), dataset.clone()), cache);
                }
            }
        }
        Ok(Self { journal, caches })
    }

    /// What could not be written, if anything.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let logs = std::iter::once(&self.journal.log).chain(self.caches.values());
        logs.filter_map(|log| log.file.diagnostic()).collect()
    }

    fn cache(&self, place: &Place<'_>) -> Option<&AnswerLog> {
        self.caches.get(&(place.extractor.name().to_owned(), place.dataset.to_owned()))
    }
}

impl Memory for Memories {
    fn recall(&self, place: &Place<'_>) -> Option<CachedAnswer> {
        let cache = self.cache(place);
        if self.journal.log.is_blank() && cache.is_none_or(AnswerLog::is_blank) {
            return None;
        }
        let key = document_key(&place.request.document);
        self.journal.log.recall(&key, place).or_else(|| {
            let remembered = cache?.recall(&key, place)?;
            self.journal.log.keep(&key, place, &remembered);
            Some(remembered)
        })
    }

    fn keep(&self, place: &Place<'_>, remembered: &CachedAnswer) {
        let key = document_key(&place.request.document);
        self.journal.log.keep(&key, place, remembered);
        if let Some(cache) = self.cache(place).filter(|_| remembered.answer.status == Status::Ok) {
            cache.keep(&key, place, remembered);
        }
    }
}
