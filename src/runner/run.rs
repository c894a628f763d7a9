//! Runs every extractor of a plan on every document, in parallel.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::{Duration, Instant};

use super::batch::Batch;
use super::{AnswerCache, Latencies, Observer, Plan, PlannedExtractor, RunEvent};
use crate::corpus::{Dataset, Locate};
use crate::document::{Answer, LayerSet};
use crate::extractor::{ExtractError, Extractor, Next, Response, Usage, Work};
use crate::guard::guarded;
use crate::parallel;
use crate::score::System;
use crate::secrets::Secrets;

/// The answers of every extractor on every dataset, and the totals of each pair.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    /// The answers by dataset, in the order of the extractors.
    pub systems: BTreeMap<String, Vec<System>>,
    /// The totals by extractor and dataset.
    pub accounts: BTreeMap<(String, String), Account>,
}

/// Totals of one extractor on one dataset: time, retries, notes and usage.
#[derive(Debug, Clone, Default)]
pub struct Account {
    /// Time from the first request to the last answer.
    pub elapsed: Duration,
    /// Durations of all requests, those of cached answers included.
    pub latencies: Latencies,
    /// Number of answers whose durations are in `latencies`.
    pub timed: u64,
    /// Number of answers that this run requested and measured.
    pub requested: u64,
    /// Number of answers from earlier runs.
    pub cached: u32,
    /// When the run began that requested the oldest answer from the cache, and the number of such
    /// answers.
    pub from_cache: Option<(String, u32)>,
    /// Number of retries.
    pub retried: u32,
    /// Ids of the documents that were answered after at least one retry.
    pub flaky: Vec<String>,
    /// Warnings about answered documents, by document id.
    pub notes: BTreeMap<String, Vec<String>>,
    /// Tokens and cost as the extractor reported them.
    pub usage: Option<Usage>,
    /// Name and version that the extractor reported in the handshake.
    pub reported_version: Option<String>,
    /// Whether the extractor never declared its layers, since its handshake failed.
    pub is_undeclared: bool,
    /// Whether latencies are those of whole shards, after a merge.
    pub is_merged: bool,
}

/// What accompanies a run: an observer, a stop flag and a cache.
#[derive(Clone, Copy)]
pub struct Watch<'w> {
    /// Receives the events.
    pub observer: &'w dyn Observer,
    /// When this is set during a run, documents that were not requested yet are skipped.
    pub stop: &'w AtomicBool,
    /// The answers of earlier runs.
    pub cache: &'w dyn AnswerCache,
    /// Values that answers and messages must not contain.
    pub secrets: &'w Secrets,
    /// The folder for the replies of failed documents; `None` if they are not kept.
    pub keep_failed: Option<&'w Path>,
}

/// Runs a plan on all threads of the current pool. The answers do not depend on the number of
/// threads.
pub fn run(plan: &Plan, watch: Watch<'_>) -> Answers {
    let observer = watch.observer;
    let mut answers = Answers::default();
    let on = |dataset: &Dataset| {
        plan.extractors
            .iter()
            .filter(|extractor| extractor.on.contains_key(&dataset.name))
            .map(|extractor| extractor.repeats)
            .sum::<usize>()
    };
    let tasks = plan.datasets.iter().map(|(dataset, _)| dataset.documents().count() * on(dataset)).sum();
    observer.note(&RunEvent::Started { tasks });
    for extractor in &plan.extractors {
        for (dataset, _) in &plan.datasets {
            let Some(built) = extractor.on.get(&dataset.name) else { continue };
            built.handshake();
            let watch = Watch { keep_failed: extractor.keep_failed.as_deref(), ..watch };
            let batch = Batch::new(built.as_ref(), dataset, extractor.repeats, watch);
            let begun = Instant::now();
            match built.pipeline() {
                Some(pipeline) => pipeline.work(&batch),
                None => one_by_one(built.as_ref(), &batch),
            }
            let elapsed = begun.elapsed();
            answers.add(extractor, dataset, batch, elapsed);
        }
    }
    observer.note(&RunEvent::Ended);
    answers
}

impl Answers {
    /// Adds the answers of a finished batch, which took a while.
    pub(super) fn add(&mut self, extractor: &PlannedExtractor, dataset: &Dataset, batch: Batch<'_>, elapsed: Duration) {
        let Some(built) = extractor.on.get(&dataset.name) else { return };
        let (by_id, mut account) = batch.finish();
        let system = system(extractor, built.as_ref(), dataset, by_id, &mut account);
        self.systems.entry(dataset.name.clone()).or_default().push(system);
        let account = Account { elapsed, reported_version: built.reported_version(), ..account };
        self.accounts.insert((extractor.name.clone(), dataset.name.clone()), account);
    }
}

/// Makes a system of an extractor's answers to documents of a dataset.
pub(super) fn system(
    extractor: &PlannedExtractor,
    built: &dyn Extractor,
    dataset: &Dataset,
    mut answers: BTreeMap<String, Answer>,
    account: &mut Account,
) -> System {
    extractor.locate.iter().for_each(|locate| locate_all(*locate, dataset, &mut answers, account));
    // No handshake means no declared layers: it has missed every golden layer. A handshake with an
    // empty list means none.
    let is_undeclared = built.pipeline().is_some() && built.layers().is_empty();
    account.is_undeclared = is_undeclared && built.reported_version().is_none();
    let declared = if account.is_undeclared { golden(dataset) } else { built.layers().iter().cloned().collect() };
    System { name: extractor.name.clone(), declared, answers }
}

/// Locates the entities without offsets of all answers in their documents, and notes how many were
/// not found.
fn locate_all(locate: Locate, dataset: &Dataset, answers: &mut BTreeMap<String, Answer>, account: &mut Account) {
    for (id, answer) in answers {
        let Some(document) = dataset.references.get(id).and_then(|reference| reference.document.as_ref()) else {
            continue;
        };
        let repeats = answer.repeats.iter_mut().map(|repeat| &mut repeat.annotations);
        let all = [&mut answer.annotations].into_iter().chain(repeats);
        let not_found: usize = all.map(|annotations| locate.locate(annotations, document)).sum();
        if not_found > 0 {
            let entities =
                if not_found == 1 { "1 entity was".to_owned() } else { format!("{not_found} entities were") };
            account.notes.entry(id.clone()).or_default().push(format!("{entities} not found in the text"));
        }
    }
}

fn golden(dataset: &Dataset) -> LayerSet {
    dataset.references.values().flat_map(|reference| reference.gold.layers()).collect()
}

/// Every thread of the pool takes the next request and calls the extractor.
pub(super) fn one_by_one<'d>(extractor: &dyn Extractor, work: &(dyn Work<'d> + '_)) {
    let each = || loop {
        let request = match work.next() {
            Next::Request(request) => request,
            Next::Later => {
                thread::sleep(Duration::from_micros(100));
                continue;
            }
            Next::Nothing => break,
        };
        let begun = Instant::now();
        let outcome = guarded(|| extractor.extract_again(&request.document, request.repeat));
        let outcome = outcome.unwrap_or_else(|panic| Err(ExtractError::Failed(panic)));
        // Recorded answers take no time that would be worth knowing.
        let took = extractor.repeats().is_none().then(|| begun.elapsed());
        work.done(request, Response::plain(outcome, took, 1));
    };
    parallel::on_each_thread(each);
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;

    use super::run;
    use crate::corpus::{Dataset, DatasetInfo};
    use crate::document::{Annotations, Document, Entity, Layer, Reference, Span};
    use crate::extractor::{ExtractError, Extractor};
    use crate::runner::{NoCache, Plan, PlannedExtractor, SilentObserver, Watch};
    use crate::score::{Settings, Status};

    /// A test extractor that panics, fails, omits a layer, or answers right or wrong, as the
    /// document's text says.
    struct FlakyExtractor;

    impl Extractor for FlakyExtractor {
        fn name(&self) -> &str {
            "flaky"
        }

        fn fingerprint(&self) -> String {
            String::new()
        }

        fn layers(&self) -> &[Layer] {
            &[Layer::Entities]
        }

        fn extract(&self, document: &Document) -> Result<Annotations, ExtractError> {
            match document.text() {
                "panic" => panic!("{} is too much", document.id()),
                "fail" => Err(ExtractError::new("no")),
                "missing" => Err(ExtractError::Missing),
                "shift" => {
                    let entity = Entity::new(Span { text: Some("shi".to_owned()), ..Span::new(1, 4) }, "A");
                    Ok(Annotations { entities: Some(vec![entity]), ..Annotations::default() })
                }
                "past" => {
                    let entity = Entity::new(Span::new(1, 9), "A");
                    Ok(Annotations { entities: Some(vec![entity]), ..Annotations::default() })
                }
                _ => Ok(Annotations::default()),
            }
        }
    }

    #[test]
    fn a_panic_costs_one_document() {
        let texts = [("a", "panic"), ("b", "fail"), ("c", "missing"), ("d", "fine"), ("e", "shift"), ("f", "past")];
        let reference =
            |id: &str, text: &str| Reference { document: Some(Document::new(id, text)), ..Reference::default() };
        let references = texts.iter().map(|(id, text)| ((*id).to_owned(), reference(id, text))).collect();
        let dataset = Dataset { name: "x".to_owned(), info: DatasetInfo::default(), references, ..Dataset::default() };
        let on = BTreeMap::from([("x".to_owned(), Box::new(FlakyExtractor) as Box<dyn Extractor>)]);
        let extractors = vec![PlannedExtractor {
            name: "flaky".to_owned(),
            repeats: 1,
            cache: false,
            locate: None,
            keep_failed: None,
            on,
        }];
        let plan = Plan { datasets: vec![(dataset, Settings::default())], extractors, secrets: Arc::default() };
        let stop = AtomicBool::new(false);
        let answers = run(
            &plan,
            Watch {
                observer: &SilentObserver,
                stop: &stop,
                cache: &NoCache,
                secrets: &plan.secrets,
                keep_failed: None,
            },
        );
        let system = &answers.systems["x"][0];
        let ends: Vec<_> = system.answers.values().map(|a| (a.status, a.message.as_deref().unwrap_or(""))).collect();
        assert_eq!(
            ends,
            [
                (Status::Failed, "panicked: a is too much"),
                (Status::Failed, "no"),
                (Status::Missing, "there is no prediction for it"),
                (Status::Ok, ""),
                (Status::Failed, "it has \"shi\" at 1..4, where the text is \"hif\""),
                (Status::Failed, "1..9 is not a span of the text, which has 4 code points"),
            ]
        );
        assert_eq!(answers.accounts[&("flaky".to_owned(), "x".to_owned())].latencies.count(), 6);
    }
}
