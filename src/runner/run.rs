//! Documents times extractors, in parallel.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rayon::prelude::*;

use super::guard::guarded;
use super::{Event, Observer, Plan};
use crate::document::{Annotations, Document};
use crate::extractor::{ExtractError, Extractor};
use crate::score::{Answer, Status, Subject};

/// The answers of every extractor on every dataset it ran on, and how long each document took.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    /// By dataset, in the order of the extractors.
    pub subjects: BTreeMap<String, Vec<Subject>>,
    /// By extractor, dataset and document.
    pub timings: BTreeMap<(String, String, String), Duration>,
}

struct Task<'a> {
    extractor: &'a dyn Extractor,
    dataset: &'a str,
    document: &'a Document,
    /// Which time it is asked, from 1.
    repeat: usize,
}

/// Runs a plan on the current rayon pool. The answers are the same for every number of threads.
pub fn run(plan: &Plan, observer: &dyn Observer) -> Answers {
    let mut tasks = Vec::new();
    for extractor in &plan.extractors {
        for (dataset, _) in &plan.datasets {
            if let Some(built) = extractor.on.get(&dataset.name) {
                let all =
                    dataset.documents().flat_map(|document| (1..=extractor.repeats).map(move |time| (document, time)));
                let of =
                    |(document, repeat)| Task { extractor: built.as_ref(), dataset: &dataset.name, document, repeat };
                tasks.extend(all.map(of));
            }
        }
    }
    observer.note(&Event::Started { tasks: tasks.len() });
    let answers: Vec<(Answer, Duration)> = tasks.par_iter().map(|task| answer(task, observer)).collect();
    observer.note(&Event::Ended);
    collect(&tasks, answers)
}

fn answer(task: &Task<'_>, observer: &dyn Observer) -> (Answer, Duration) {
    let begun = Instant::now();
    let answer = match guarded(|| task.extractor.extract_again(task.document, task.repeat)) {
        Ok(Ok(annotations)) => checked(annotations, task.document),
        Ok(Err(ExtractError::Missing)) => Answer::without(Status::Missing, ExtractError::Missing.to_string()),
        Ok(Err(ExtractError::Failed(message))) | Err(message) => Answer::without(Status::Failed, message),
    };
    let took = begun.elapsed();
    observer.note(&Event::Finished {
        extractor: task.extractor.name(),
        dataset: task.dataset,
        document: task.document.id(),
        status: answer.status,
        took,
    });
    (answer, took)
}

/// Labels that do not fit the text fail the document: a shifted offset must not become a silently wrong score.
fn checked(mut annotations: Annotations, document: &Document) -> Answer {
    let mut wrong = None;
    annotations.each_stretch(&mut |_, &mut (start, end), stored| {
        let found = document.slice(start, end).filter(|text| !text.is_empty());
        let fits = found.is_some_and(|text| stored.is_none_or(|stored| stored == text));
        if !fits && wrong.is_none() {
            wrong = Some(match found {
                Some(text) => {
                    format!("it says {:?} for {start}..{end}, where the text is {text:?}", stored.unwrap_or_default())
                }
                None => format!("{start}..{end} is no stretch of the text, which has {} code points", document.len()),
            });
        }
    });
    match wrong {
        None => Answer::ok(annotations),
        Some(message) => Answer::without(Status::Failed, message),
    }
}

fn collect(tasks: &[Task<'_>], answers: Vec<(Answer, Duration)>) -> Answers {
    let mut collected = Answers::default();
    for (task, (answer, took)) in tasks.iter().zip(answers) {
        let (name, dataset, id) = (task.extractor.name(), task.dataset, task.document.id());
        *collected.timings.entry((name.to_owned(), dataset.to_owned(), id.to_owned())).or_default() += took;
        let subjects = collected.subjects.entry(dataset.to_owned()).or_default();
        // Tasks come extractor by extractor, so the last subject of the dataset is the one or there is none yet.
        if subjects.last().is_none_or(|subject| subject.name != name) {
            let declared = task.extractor.layers().iter().cloned().collect();
            subjects.push(Subject { name: name.to_owned(), declared, answers: BTreeMap::new() });
        }
        if let Some(subject) = subjects.last_mut() {
            // Repeats come one behind the other.
            match subject.answers.get_mut(id) {
                Some(first) => first.repeats.push(answer),
                None => {
                    subject.answers.insert(id.to_owned(), answer);
                }
            }
        }
    }
    collected
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::run;
    use crate::corpus::{Dataset, DatasetInfo};
    use crate::document::{Annotations, Document, Entity, Layer, Reference, Span};
    use crate::extractor::{ExtractError, Extractor};
    use crate::runner::{Plan, PlannedExtractor, Silent};
    use crate::score::{Settings, Status};

    /// Panics, fails, leaves out, answers wrongly or well, as the document's text says.
    struct Moody;

    impl Extractor for Moody {
        fn name(&self) -> &str {
            "moody"
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
        let on = BTreeMap::from([("x".to_owned(), Box::new(Moody) as Box<dyn Extractor>)]);
        let extractors = vec![PlannedExtractor { name: "moody".to_owned(), repeats: 1, on }];
        let plan = Plan { datasets: vec![(dataset, Settings::default())], extractors };
        let answers = run(&plan, &Silent);
        let subject = &answers.subjects["x"][0];
        let ends: Vec<_> = subject.answers.values().map(|a| (a.status, a.message.as_deref().unwrap_or(""))).collect();
        assert_eq!(
            ends,
            [
                (Status::Failed, "panicked: a is too much"),
                (Status::Failed, "no"),
                (Status::Missing, "there is no prediction for it"),
                (Status::Ok, ""),
                (Status::Failed, "it says \"shi\" for 1..4, where the text is \"hif\""),
                (Status::Failed, "1..9 is no stretch of the text, which has 4 code points"),
            ]
        );
        assert_eq!(answers.timings.len(), 6);
    }
}
