//! Asks an external judge for a verdict on every key point of every answered document.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::cache::VerdictCache;
use super::child::JudgeProcess;
use super::file::double_names;
use super::protocol::{JudgeError, JudgeIdentity, JudgeRequest, JudgeVerdict, Question, judged};
use crate::document::{Annotations, KeyPointVerdict, Reference, Status, Support};
use crate::error::{Diagnostic, Error};
use crate::score::System;
use crate::secrets::Secrets;
use crate::text::sentence;

/// An external judge.
#[derive(Debug, Clone)]
pub struct Judge<'a> {
    /// The program and its arguments.
    pub command: &'a [String],
    /// Time limit for one verdict.
    pub deadline: Duration,
    /// The folder of cached verdicts.
    pub cache: &'a Path,
    /// Values that are removed from what it reports.
    pub secrets: &'a Arc<Secrets>,
    /// Whether its standard error is not shown, since the documents may be confidential.
    pub is_silent: bool,
}

/// Summary of the requests to a judge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JudgeSummary {
    /// The judge as it appears in signatures: `judge:NAME/VERSION`.
    pub signature: String,
    /// Number of verdicts that were requested.
    pub requested: usize,
    /// Number of verdicts from the cache.
    pub cached: usize,
}

/// Number of failures in a row after which no further requests are made.
const MAX_FAILURES: usize = 3;

impl Judge<'_> {
    /// Adds a verdict on every golden key point to each answered prediction. A prediction without
    /// sentences supports nothing, so the judge is not asked. After a failure the judge is
    /// restarted; verdicts received before are cached.
    ///
    /// # Errors
    /// Fails if the judge cannot be started or its handshake is invalid, and with every key point
    /// that has no verdict.
    pub fn ask(&self, references: &BTreeMap<String, Reference>, system: &mut System) -> Result<JudgeSummary, Error> {
        let doubles = double_names(references);
        if !doubles.is_empty() {
            return Err(Error::Input(doubles));
        }
        let first = JudgeProcess::start(self.command, self.secrets, (self.deadline, self.is_silent))
            .map_err(|message| self.diagnostic(&message))?;
        let name = first.name.clone();
        let cache = VerdictCache::open(self.cache, self.command, &name)?;
        let JudgeIdentity { name: called, version } = &name;
        let signature =
            if version.is_empty() { format!("judge:{called}") } else { format!("judge:{called}/{version}") };
        let mut session = JudgeSession {
            judge: self,
            name,
            child: Some(first),
            cache,
            seq: 0,
            requested: 0,
            cached: 0,
            failures_in_a_row: 0,
        };
        let mut diagnostics = Vec::new();
        for (id, reference) in references {
            let Some(answer) =
                system.answers.get_mut(id).filter(|answer| answer.each().any(|one| one.status == Status::Ok))
            else {
                continue;
            };
            for annotations in answer.annotations_mut() {
                let (summary, sentences) = text_of(annotations);
                let mut verdicts = BTreeMap::new();
                for (index, point) in reference.gold.key_points.iter().flatten().enumerate() {
                    let question = Question::new(index, point, reference.document.as_ref());
                    match session.verdict(id, &question, &summary, &sentences)? {
                        Ok(JudgeVerdict { support, sentence }) => {
                            let sentence = sentence.map(|at| sentences[at].clone());
                            verdicts.insert(question.id, KeyPointVerdict { support, sentence });
                        }
                        Err(message) => {
                            let message = format!(
                                "the judge returned no verdict on the key point {:?}: it {message}",
                                question.id
                            );
                            diagnostics.push(Diagnostic::new(message).of_document(id).help(HELP));
                        }
                    }
                }
                annotations.verdicts = Some(verdicts);
            }
        }
        let JudgeSession { child, requested, cached, .. } = session;
        if let Some(child) = child {
            child.close();
        }
        if diagnostics.is_empty() {
            Ok(JudgeSummary { signature, requested, cached })
        } else {
            Err(Error::Input(diagnostics))
        }
    }

    fn diagnostic(&self, message: &str) -> Diagnostic {
        let program = self.command.first().map_or("", String::as_str);
        let diagnostic = Diagnostic::new(format!("the judge {program:?} {message}"));
        diagnostic.help("docs/FORMAT.md describes `karat.judge/1`")
    }
}

const HELP: &str = "its verdicts are cached: the next run requests only the others";

/// The parts of a prediction that a judge receives: the summary, and its sentences followed by the
/// predicted key points.
fn text_of(predicted: &Annotations) -> (String, Vec<String>) {
    let summary = predicted.summaries.iter().flatten().next().map_or("", String::as_str);
    let points = predicted.key_points.iter().flatten().map(|point| point.text.clone());
    let sentences = sentence::split(summary).into_iter().map(|range| summary[range].to_owned());
    (summary.to_owned(), sentences.chain(points).collect())
}

/// A session with a judge and its cache.
struct JudgeSession<'a> {
    judge: &'a Judge<'a>,
    name: JudgeIdentity,
    child: Option<JudgeProcess>,
    cache: VerdictCache,
    seq: u64,
    requested: usize,
    cached: usize,
    failures_in_a_row: usize,
}

impl JudgeSession<'_> {
    /// Returns a verdict, or the reason why there is none.
    fn verdict(
        &mut self,
        id: &str,
        question: &Question,
        summary: &str,
        sentences: &[String],
    ) -> Result<Result<JudgeVerdict, String>, Diagnostic> {
        if sentences.is_empty() {
            return Ok(Ok(JudgeVerdict { support: Support::Not, sentence: None }));
        }
        let key = self.cache.key(question, summary, sentences);
        // A file that was edited by hand may name a sentence that does not exist.
        if let Some(known) = self.cache.get(&key).filter(|known| known.sentence.is_none_or(|at| at < sentences.len())) {
            self.cached += 1;
            return Ok(Ok(known));
        }
        if self.failures_in_a_row >= MAX_FAILURES {
            return Ok(Err(format!("was not asked again after {MAX_FAILURES} failures in a row")));
        }
        match self.exchange(id, question, summary, sentences) {
            Ok(verdict) => {
                (self.failures_in_a_row, self.requested) = (0, self.requested + 1);
                self.cache.add(key, verdict, id, question)?;
                Ok(Ok(verdict))
            }
            Err(fail) => {
                self.failures_in_a_row += 1;
                Ok(Err(match fail {
                    JudgeError::Reported(message) => message,
                    JudgeError::Broken(message) => {
                        self.child = None;
                        message
                    }
                }))
            }
        }
    }

    fn exchange(
        &mut self,
        id: &str,
        question: &Question,
        summary: &str,
        sentences: &[String],
    ) -> Result<JudgeVerdict, JudgeError> {
        let deadline = self.judge.deadline;
        let mut child = match self.child.take() {
            Some(child) => child,
            None => self.restart().map_err(JudgeError::Broken)?,
        };
        let seq = self.seq;
        self.seq += 1;
        let timeout_ms = u64::try_from(deadline.as_millis()).unwrap_or(u64::MAX);
        let request = JudgeRequest::Judge { seq, id, key_point: question, summary, sentences, timeout_ms };
        let reply = child.exchange(request.line(), deadline);
        self.child = Some(child);
        judged(&reply.map_err(JudgeError::Broken)?, seq, sentences.len(), self.judge.secrets)
    }

    /// Restarts the judge, which must report the same name and version.
    fn restart(&self) -> Result<JudgeProcess, String> {
        let child =
            JudgeProcess::start(self.judge.command, self.judge.secrets, (self.judge.deadline, self.judge.is_silent))?;
        if child.name == self.name { Ok(child) } else { Err("sent another name after a restart".to_owned()) }
    }
}
