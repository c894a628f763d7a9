//! The requests of one extractor on one dataset, and their answers.
//!
//! A batch hands out requests in the order of the documents and stores each answer at the index of
//! its request. The result therefore does not depend on the number of threads or on the order in
//! which they finish.
//!
//! A batch of a random sample hands out requests up to a barrier only. Once all of them are
//! answered, the sample is judged, and the barrier moves on or stays. What is requested therefore
//! depends on the answers alone, and nothing is in flight when the sample is judged.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::answer_cache::{AnswerCache, AnswerKey, AnswerSource, CachedAnswer};
use super::failed_replies::FailedReplies;
use super::protect::{protect, withhold};
use super::run::{Account, Watch};
use super::{Observer, RunEvent};
use crate::corpus::{Dataset, over_limits};
use crate::document::{Annotations, Document};
use crate::extractor::{Extractor, Next, Request, Response, Work};
use crate::score::{Answer, Status};
use crate::secrets::Secrets;
use crate::text::excerpt;

/// One request for each document and repeat, with a cell for each answer.
pub(super) struct Batch<'d> {
    extractor: &'d dyn Extractor,
    dataset: &'d str,
    observer: &'d dyn Observer,
    stop: &'d AtomicBool,
    cache: &'d dyn AnswerCache,
    secrets: &'d Secrets,
    /// Whether the texts of the documents are kept out of messages.
    is_confidential: bool,
    /// Where the replies of failed documents are kept; `None` if they are not.
    failed: Option<FailedReplies<'d>>,
    /// Labels of the golden entities. Other labels in an answer become notes; `None` disables the
    /// check.
    labels: Option<BTreeSet<&'d str>>,
    /// All requests; the repeats of one document are adjacent.
    requests: Vec<Request<'d>>,
    next: AtomicUsize,
    /// The number of requests that may be handed out.
    open: AtomicUsize,
    /// Whether the barrier stays where it is.
    is_last: AtomicBool,
    /// The number of requests for each document.
    repeats: usize,
    /// Returns the number of documents that are requested next, given the answers to all that were
    /// requested; `None` if these are enough.
    judge: Option<Judge<'d>>,
    done: Mutex<Done>,
}

pub(super) type Judge<'d> = Box<dyn Fn(BTreeMap<String, Answer>) -> Option<usize> + Sync + 'd>;

/// The documents of a sample in their order, and the number of those that are requested first.
pub(super) struct SampleBatch<'d> {
    pub order: Vec<&'d Document>,
    pub first: usize,
    pub judge: Judge<'d>,
}

#[derive(Default)]
struct Done {
    answers: Vec<Option<CachedAnswer>>,
    /// The number of answers.
    count: usize,
}

impl<'d> Batch<'d> {
    pub fn new(extractor: &'d dyn Extractor, dataset: &'d Dataset, repeats: usize, watch: Watch<'d>) -> Self {
        let order: Vec<&Document> = dataset.documents().collect();
        let batch = Self::of_documents(extractor, dataset, (repeats, &order), watch);
        batch.reopen(order.len());
        batch
    }

    /// Creates a batch of a sample. Without documents that are requested first, it requests none.
    pub fn of_sample(
        extractor: &'d dyn Extractor,
        dataset: &'d Dataset,
        repeats: usize,
        SampleBatch { order, first, judge }: SampleBatch<'d>,
        watch: Watch<'d>,
    ) -> Self {
        let batch = Self::of_documents(extractor, dataset, (repeats, &order), watch);
        batch.open.store(batch.requests_of(first), Ordering::Release);
        batch.is_last.store(first == 0, Ordering::Release);
        Self { judge: Some(judge), ..batch }
    }

    fn of_documents(
        extractor: &'d dyn Extractor,
        dataset: &'d Dataset,
        (repeats, order): (usize, &[&'d Document]),
        Watch { observer, stop, cache, secrets, keep_failed }: Watch<'d>,
    ) -> Self {
        let all = order.iter().flat_map(|document| (1..=repeats).map(move |repeat| (*document, repeat)));
        let request = |(index, (document, repeat))| Request { document: Cow::Borrowed(document), repeat, index };
        let requests: Vec<Request<'d>> = all.enumerate().map(request).collect();
        let answers = requests.iter().map(|_| None).collect();
        let done = Mutex::new(Done { answers, count: 0 });
        // Only external extractors (those with a pipeline) are checked: the labels of built-ins are
        // known.
        let labels = extractor.pipeline().map(|_| golden_labels(dataset)).filter(|labels| !labels.is_empty());
        let next = AtomicUsize::new(0);
        let (is_confidential, dataset) = (dataset.is_confidential, dataset.name.as_str());
        let failed = keep_failed.map(|folder| FailedReplies { folder, dataset, is_confidential });
        Self {
            extractor,
            dataset,
            observer,
            stop,
            cache,
            secrets,
            is_confidential,
            failed,
            labels,
            requests,
            next,
            open: AtomicUsize::new(0),
            is_last: AtomicBool::new(true),
            repeats,
            judge: None,
            done,
        }
    }

    /// Returns the number of requests for the first documents.
    fn requests_of(&self, documents: usize) -> usize {
        documents.saturating_mul(self.repeats).min(self.requests.len())
    }

    /// The number of documents that were requested, or may be.
    pub fn documents(&self) -> usize {
        self.open.load(Ordering::Acquire) / self.repeats.max(1)
    }

    /// Moves the barrier to a number of documents, unless it is past it, and leaves it there.
    pub fn reopen(&self, documents: usize) {
        self.open.fetch_max(self.requests_of(documents), Ordering::AcqRel);
        self.is_last.store(true, Ordering::Release);
    }

    /// Returns the answers to be judged once every request before the barrier is answered.
    fn sample(&self, done: &Done) -> Option<BTreeMap<String, Answer>> {
        let open = self.open.load(Ordering::Acquire);
        if self.judge.is_none() || self.is_last.load(Ordering::Acquire) || done.count < open {
            return None;
        }
        let mut answers: BTreeMap<String, Answer> = BTreeMap::new();
        for (request, done) in self.requests[..open].iter().zip(&done.answers) {
            let Some(CachedAnswer { answer, .. }) = done else { continue };
            match answers.get_mut(request.document.id()) {
                Some(first) => first.repeats.push(answer.clone()),
                None => {
                    answers.insert(request.document.id().to_owned(), answer.clone());
                }
            }
        }
        Some(answers)
    }

    /// The answers by document id, and the totals of the batch.
    pub fn finish(self) -> (BTreeMap<String, Answer>, Account) {
        let mut account = Account::default();
        // Documents mostly come in the order of their ids, and a map that is built from a sorted
        // list takes half the memory of one that grows.
        let mut answers: Vec<(String, Answer)> = Vec::new();
        let open = self.open.load(Ordering::Acquire);
        let done = self.done.into_inner().unwrap_or_else(PoisonError::into_inner);
        for (request, done) in self.requests[..open].iter().zip(done.answers) {
            let id = request.document.id();
            let answer = match done {
                Some(CachedAnswer { answer, usage, took, tries, notes, source }) => {
                    if !notes.is_empty() {
                        account.notes.entry(id.to_owned()).or_default().extend(notes);
                    }
                    took.into_iter().for_each(|took| account.latencies.add(took));
                    account.timed += u64::from(took.is_some());
                    account.requested += u64::from(took.is_some() && source.is_none());
                    account.cached += u32::from(source.is_some());
                    if let Some(AnswerSource { requested, .. }) = source.filter(|source| source.is_cache) {
                        let (oldest, count) = account.from_cache.take().unwrap_or((requested.clone(), 0));
                        account.from_cache = Some((oldest.min(requested), count + 1));
                    }
                    account.retried += tries.saturating_sub(1);
                    if tries > 1 && answer.status == Status::Ok {
                        account.flaky.push(id.to_owned());
                    }
                    if let Some(usage) = usage {
                        account.usage.get_or_insert_default().add(usage);
                    }
                    answer
                }
                None => Answer::without(Status::Skipped, "the run was stopped before the document was sent"),
            };
            match answers.last_mut() {
                Some((last, first)) if last == id => first.repeats.push(answer),
                _ => answers.push((id.to_owned(), answer)),
            }
        }
        (answers.into_iter().collect(), account)
    }
}

impl<'d> Batch<'d> {
    fn answer_key<'p>(&'p self, request: &'p Request<'d>) -> AnswerKey<'p> {
        AnswerKey { extractor: self.extractor, dataset: self.dataset, request }
    }

    fn book(&self, request: &Request<'d>, mut cached: CachedAnswer) {
        // The journal and the cache are local files and have the full messages.
        if self.is_confidential {
            withhold(&mut cached.answer, &mut cached.notes);
        }
        // These notes depend on the golden files of this run, so they are not stored with the
        // answer.
        let strange = self.labels.iter().flat_map(|known| strange_labels(&cached.answer, known));
        let strange: Vec<String> = strange.collect();
        cached.notes.extend(strange);
        self.observer.note(&RunEvent::Finished {
            extractor: self.extractor.name(),
            dataset: self.dataset,
            document: request.document.id(),
            status: cached.answer.status,
            took: cached.took.filter(|_| cached.source.is_none()).unwrap_or_default(),
        });
        let sample = {
            let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
            done.answers[request.index] = Some(cached);
            done.count += 1;
            self.sample(&done)
        };
        // No thread holds a request now, so that the barrier stays until it is moved here.
        let Some((judge, sample)) = self.judge.as_ref().zip(sample) else { return };
        let open = self.open.load(Ordering::Acquire);
        match judge(sample).map(|documents| self.requests_of(documents)).filter(|next| *next > open) {
            Some(next) => self.open.store(next, Ordering::Release),
            None => self.is_last.store(true, Ordering::Release),
        }
    }
}

impl<'d> Work<'d> for Batch<'d> {
    fn next(&self) -> Next<'d> {
        if self.stop.load(Ordering::Relaxed) {
            return Next::Nothing;
        }
        loop {
            // Whether the barrier is the last one must be known before where it is.
            let is_last = self.is_last.load(Ordering::Acquire);
            let open = self.open.load(Ordering::Acquire);
            let take = |index| (index < open).then_some(index + 1);
            let Ok(index) = self.next.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take) else {
                return if is_last { Next::Nothing } else { Next::Later };
            };
            let Some(request) = self.requests.get(index) else { return Next::Nothing };
            let cached = self.cache.recall(&self.answer_key(request));
            match cached.and_then(|cached| still_valid(cached, &request.document)) {
                Some(mut cached) => {
                    // The cache may be of a run with other variables.
                    protect(&mut cached.answer, &mut cached.notes, self.secrets, &request.document);
                    self.book(request, cached);
                }
                None => return Next::Request(request.clone()),
            }
        }
    }

    fn done(&self, request: Request<'d>, response: Response) {
        let Response { outcome, usage, took, tries, mut notes, reply } = response;
        let mut answer = match outcome {
            Ok(annotations) => checked(annotations, &request.document),
            Err(error) => Answer::without(error.status(), error.to_string()),
        };
        let reply = reply.filter(|_| answer.status != Status::Ok);
        notes.extend(self.failed.and_then(|failed| failed.keep(&request, reply.as_deref(), self.secrets)));
        protect(&mut answer, &mut notes, self.secrets, &request.document);
        let cached = CachedAnswer { answer, usage, took, tries, notes, source: None };
        self.cache.keep(&self.answer_key(&request), &cached);
        self.book(&request, cached);
    }
}

fn golden_labels(dataset: &Dataset) -> BTreeSet<&str> {
    let references = dataset.references.values().chain(dataset.outside.values());
    let entities = references.flat_map(|reference| reference.gold.entities.iter().flatten());
    entities.map(|entity| entity.label.as_str()).collect()
}

/// Returns a note for each predicted label that no golden file has. Such entities are scored as
/// wrong, and the cause is often a difference in naming.
fn strange_labels(answer: &Answer, known: &BTreeSet<&str>) -> Vec<String> {
    let labels = answer.annotations.entities.iter().flatten().map(|entity| entity.label.as_str());
    let strange: BTreeSet<&str> = labels.filter(|label| !known.contains(label)).collect();
    strange.into_iter().map(|label| format!("no golden file has the label `{label}`")).collect()
}

/// Returns a stored answer if it passes the checks of a new one. An answer that was stored as
/// failed is requested again.
fn still_valid(cached: CachedAnswer, document: &Document) -> Option<CachedAnswer> {
    if cached.answer.status != Status::Ok {
        return None;
    }
    let answer = checked(cached.answer.annotations, document);
    (answer.status == Status::Ok).then_some(CachedAnswer { answer, ..cached })
}

/// Checks the size of an answer, and every span against the document. An answer over a limit, or
/// with a span that is out of range, empty or has another text than the document, becomes a
/// failure, so that a shifted offset does not turn into a silently wrong score.
pub(super) fn checked(mut annotations: Annotations, document: &Document) -> Answer {
    if let Some((diagnostic, _)) = over_limits(&annotations).first() {
        return Answer::without(Status::Failed, diagnostic.message.clone());
    }
    let mut wrong = None;
    annotations.each_range(&mut |_, &mut (start, end), stored| {
        let found = document.slice(start, end).filter(|text| !text.is_empty());
        let fits = found.is_some_and(|text| stored.is_none_or(|stored| stored == text));
        if !fits && wrong.is_none() {
            wrong = Some(match found {
                Some(text) => {
                    let (stored_text, text) = (excerpt(stored.unwrap_or_default()), excerpt(text));
                    format!("it has {stored_text} at {start}..{end}, where the text is {text}")
                }
                None => format!("{start}..{end} is not a span of the text, which has {} code points", document.len()),
            });
        }
    });
    match wrong {
        None => Answer::ok(annotations),
        Some(message) => Answer::without(Status::Failed, message),
    }
}
