//! Keeps secrets and overlong messages out of answers, whichever extractor, cache or file they come
//! from.

use std::borrow::Cow;
use std::path::Path;

use crate::document::{Annotations, Answer, Document};
use crate::format::{answer_to_lines, read_line};
use crate::secrets::Secrets;
use crate::text::{STORED, cut};
use crate::withheld::MARK;

/// The beginning of the note on an answer that contained a secret.
const SECRET_NOTE: &str = "its answer contained the value of a variable";

/// Replaces secrets in an answer and in the notes about it, and cuts its message. A note says if
/// annotations contained a secret, since that changes their scores.
pub(super) fn protect(answer: &mut Answer, notes: &mut Vec<String>, secrets: &Secrets, document: &Document) {
    for text in answer.message.iter_mut().chain(notes.iter_mut()) {
        let redacted = secrets.redact(text).into_owned();
        *text = cut(&redacted, STORED).into_owned();
    }
    if secrets.is_empty() || answer.annotations == Annotations::default() {
        return;
    }
    let alone = Answer { repeats: Vec::new(), ..answer.clone() };
    let line = answer_to_lines(document.id(), &alone);
    let redacted = secrets.for_document(document).redact_message(line.trim_end());
    if let Cow::Owned(redacted) = &redacted
        && let Ok(entry) = read_line(Path::new("answer"), 1, redacted)
    {
        answer.annotations = entry.into_answer().annotations;
    }
    let replaced: Vec<&str> = secrets.replaced_in(&redacted).filter(|mask| !document.text().contains(mask)).collect();
    if !replaced.is_empty() {
        let note = format!("{SECRET_NOTE}, now {}", replaced.join(", "));
        if !notes.contains(&note) {
            notes.push(note);
        }
    }
}

/// Keeps the texts of a confidential document out of the message of an answer, of the notes about
/// it, and of spans, whose offsets say where they are.
pub(super) fn withhold(answer: &mut Answer, notes: &mut Vec<String>) {
    answer.withhold_message();
    answer.annotations = std::mem::take(&mut answer.annotations).without_stored_texts();
    for note in notes.iter_mut().filter(|note| !note.starts_with(SECRET_NOTE)) {
        *note = format!("a note of the extractor: {MARK}");
    }
    notes.dedup();
}

#[cfg(test)]
mod tests {
    use super::protect;
    use crate::document::{Annotations, Answer, Document, Status};
    use crate::secrets::Secrets;

    #[test]
    fn answers_and_messages_are_redacted_before_they_are_cut() {
        let secrets = Secrets::new([("KEY".to_owned(), "sk-0123456789".to_owned())]);
        let document = Document::new("d", "A text.");
        let mut failed =
            Answer::without(Status::Failed, format!("{}sk-0123456789{}", "a".repeat(1990), "b".repeat(99)));
        protect(&mut failed, &mut Vec::new(), &secrets, &document);
        let message = failed.message.unwrap();
        assert_eq!((message.chars().count(), message.find("[secret")), (2000, Some(1990)));

        let summaries = Some(vec!["Of sk-0123456789.".to_owned()]);
        let mut answer = Answer::ok(Annotations { summaries, ..Annotations::default() });
        let mut notes = vec!["sk-0123456789".to_owned()];
        for _ in 0..2 {
            protect(&mut answer, &mut notes, &secrets, &document);
            assert_eq!(answer.annotations.summaries, Some(vec!["Of [secret KEY].".to_owned()]));
            assert_eq!(notes, ["[secret KEY]", "its answer contained the value of a variable, now [secret KEY]"]);
        }
    }
}
