//! The journal of a run and the answer caches of its extractors, combined behind the runner's
//! [`AnswerCache`]. The journal comes first, since it belongs to this very run; what only a cache
//! knows is copied into the journal, so that the journal alone is enough to resume.

use std::collections::BTreeMap;
use std::path::Path;

use super::answer_log::AnswerLog;
use super::document_key::document_key;
use super::{Journal, cache};
use crate::error::{Diagnostic, Error};
use crate::runner::{AnswerCache, AnswerKey, CachedAnswer, Plan};
use crate::score::Status;

/// The journal of a run with the answer caches of its extractors.
pub struct JournaledCache {
    /// The run's journal.
    pub journal: Journal,
    /// The caches by extractor and dataset: fingerprints differ by dataset, as those of files of
    /// predictions do.
    caches: BTreeMap<(String, String), AnswerLog>,
    /// Why answers of extractors are not cached, by the extractor's name.
    obstacles: BTreeMap<String, String>,
}

impl JournaledCache {
    /// Opens the caches below `folder` of the extractors that run outside of karat (programs and
    /// services) and do not store answers themselves. Without a folder, only the journal is used.
    /// `now` is when the run began.
    ///
    /// # Errors
    /// Fails if a cache cannot be opened.
    pub fn open(journal: Journal, folder: Option<&Path>, plan: &Plan, now: &str) -> Result<Self, Error> {
        let (mut caches, mut obstacles) = (BTreeMap::new(), BTreeMap::new());
        for extractor in plan.extractors.iter().filter(|extractor| extractor.cache) {
            for (dataset, built) in
                extractor.on.iter().filter(|(_, built)| built.pipeline().is_some() && !built.keeps_answers())
            {
                let Some(folder) = folder else { continue };
                if let Some(obstacle) = built.cache_obstacle() {
                    obstacles.insert(extractor.name.clone(), obstacle);
                } else {
                    let cache = cache::open(folder, built.as_ref(), now)?;
                    caches.insert((extractor.name.clone(), dataset.clone()), cache);
                }
            }
        }
        Ok(Self { journal, caches, obstacles })
    }

    /// Returns why answers of extractors are not cached although they should be, by the extractor's
    /// name.
    pub fn obstacles(&self) -> &BTreeMap<String, String> {
        &self.obstacles
    }

    /// Returns the first write error of the journal and of each cache.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let logs = std::iter::once(&self.journal.log).chain(self.caches.values());
        logs.filter_map(|log| log.file.diagnostic()).collect()
    }

    fn cache(&self, answer_key: &AnswerKey<'_>) -> Option<&AnswerLog> {
        self.caches.get(&(answer_key.extractor.name().to_owned(), answer_key.dataset.to_owned()))
    }
}

impl AnswerCache for JournaledCache {
    fn recall(&self, answer_key: &AnswerKey<'_>) -> Option<CachedAnswer> {
        let cache = self.cache(answer_key);
        if self.journal.log.is_empty() && cache.is_none_or(AnswerLog::is_empty) {
            return None;
        }
        let key = document_key(&answer_key.request.document);
        self.journal.log.recall(&key, answer_key).or_else(|| {
            let cached = cache?.recall(&key, answer_key)?;
            self.journal.log.keep(&key, answer_key, &cached);
            Some(cached)
        })
    }

    fn keep(&self, answer_key: &AnswerKey<'_>, cached: &CachedAnswer) {
        let key = document_key(&answer_key.request.document);
        self.journal.log.keep(&key, answer_key, cached);
        if let Some(cache) = self.cache(answer_key).filter(|_| cached.answer.status == Status::Ok) {
            cache.keep(&key, answer_key, cached);
        }
    }
}
