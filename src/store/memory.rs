//! The journal of a run and the answer caches of its extractors, combined behind the runner's
//! [`Memory`]. The journal comes first, since it belongs to this very run; what only a cache knows
//! is copied into the journal, so that the journal alone is enough to resume.

use std::collections::BTreeMap;
use std::path::Path;

use super::answer_log::AnswerLog;
use super::document_key::document_key;
use super::{Journal, cache};
use crate::error::{Diagnostic, Error};
use crate::runner::{CachedAnswer, Memory, Place, Plan};
use crate::score::Status;

/// The journal of a run with the answer caches of its extractors.
pub struct Memories {
    /// The run's journal.
    pub journal: Journal,
    /// The caches by extractor and dataset: fingerprints differ by dataset, as those of files of
    /// predictions do.
    caches: BTreeMap<(String, String), AnswerLog>,
}

impl Memories {
    /// Opens the caches below `folder` of the extractors that run outside of karat (programs and
    /// services) and do not store answers themselves. Without a folder, only the journal is used.
    ///
    /// # Errors
    /// Fails if a cache cannot be opened.
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

    /// Returns the first write error of the journal and of each cache.
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
        if self.journal.log.is_empty() && cache.is_none_or(AnswerLog::is_empty) {
            return None;
        }
        let key = document_key(&place.request.document);
        self.journal.log.recall(&key, place).or_else(|| {
            let cached = cache?.recall(&key, place)?;
            self.journal.log.keep(&key, place, &cached);
            Some(cached)
        })
    }

    fn keep(&self, place: &Place<'_>, cached: &CachedAnswer) {
        let key = document_key(&place.request.document);
        self.journal.log.keep(&key, place, cached);
        if let Some(cache) = self.cache(place).filter(|_| cached.answer.status == Status::Ok) {
            cache.keep(&key, place, cached);
        }
    }
}
