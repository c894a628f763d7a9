//! Runs every extractor of a plan on a growing random sample of the documents, until a sampler has
//! seen enough of them.
//!
//! The extractors of a dataset need different numbers of documents. Those that needed fewer are
//! also run on the others, so that all figures of a report rest on the same documents and can be
//! compared.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::batch::{Batch, SampleBatch};
use super::run::{Account, Answers, Watch, one_by_one, system};
use super::{Plan, RunEvent};
use crate::corpus::Dataset;
use crate::document::{Answer, Document};
use crate::extractor::Extractor;
use crate::score::System;

/// Determines the order of the documents and how many of them are run.
pub trait Sampler: Sync {
    /// Returns the ids of a dataset's documents in the order in which they are run.
    fn order(&self, dataset: &Dataset) -> Vec<String>;

    /// Returns the number of documents that an extractor is run on before it is judged; 0 if it is
    /// not judged.
    fn first(&self, dataset: &Dataset, extractor: &str) -> usize;

    /// Judges an extractor by its answers to the first documents. Returns the number of documents
    /// that it is run on before it is judged again; `None` if these are enough.
    fn next(&self, dataset: &Dataset, system: System) -> Option<usize>;
}

/// Runs a plan on samples of its datasets. Returns the answers, and for each dataset the ids of the
/// documents that were run. A dataset on which no extractor is judged is run whole.
///
/// Neither the answers nor the samples depend on the number of threads.
pub fn run_sampled(plan: &Plan, sampler: &dyn Sampler, watch: Watch<'_>) -> (Answers, BTreeMap<String, Vec<String>>) {
    let (mut answers, mut samples) = (Answers::default(), BTreeMap::new());
    let on = |dataset: &Dataset| {
        let about = plan.extractors.iter().filter(|extractor| extractor.on.contains_key(&dataset.name));
        about.map(|extractor| extractor.repeats).sum::<usize>()
    };
    let tasks = plan.datasets.iter().map(|(dataset, _)| dataset.documents().count() * on(dataset)).sum();
    watch.observer.note(&RunEvent::Started { tasks });
    for (dataset, _) in &plan.datasets {
        let mut order = sampler.order(dataset);
        let document = |id: &String| dataset.references.get(id)?.document.as_ref();
        let documents: Vec<&Document> = order.iter().filter_map(document).collect();
        let mut batches = Vec::new();
        for extractor in &plan.extractors {
            let Some(built) = extractor.on.get(&dataset.name) else { continue };
            built.handshake();
            let first = sampler.first(dataset, &extractor.name);
            let judge = |by_id: BTreeMap<String, Answer>| {
                let judged = system(extractor, built.as_ref(), dataset, by_id, &mut Account::default());
                sampler.next(dataset, judged)
            };
            let sample = SampleBatch { order: documents.clone(), first, judge: Box::new(judge) };
            let watch = Watch { keep_failed: extractor.keep_failed.as_deref(), ..watch };
            let batch = Batch::of_sample(built.as_ref(), dataset, extractor.repeats, sample, watch);
            let elapsed = work(built.as_ref(), &batch);
            batches.push((extractor, built, batch, elapsed));
        }
        let most = batches.iter().map(|(_, _, batch, _)| batch.documents()).max().unwrap_or(0);
        let most = if most == 0 { documents.len() } else { most };
        for (extractor, built, batch, elapsed) in batches {
            let missing = batch.documents() < most;
            batch.reopen(most);
            let more = if missing { work(built.as_ref(), &batch) } else { Duration::ZERO };
            answers.add(extractor, dataset, batch, elapsed + more);
        }
        order.truncate(most);
        samples.insert(dataset.name.clone(), order);
    }
    watch.observer.note(&RunEvent::Ended);
    (answers, samples)
}

/// Runs an extractor on what a batch hands out. Returns how long it took.
fn work<'d>(built: &dyn Extractor, batch: &Batch<'d>) -> Duration {
    let begun = Instant::now();
    match built.pipeline() {
        Some(pipeline) => pipeline.work(batch),
        None => one_by_one(built, batch),
    }
    begun.elapsed()
}
