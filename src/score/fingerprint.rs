//! 128-bit fingerprints of answers, to find whether two systems gave equal answers without keeping
//! the answers.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::{Answer, Status};
use crate::document::{Annotations, Entity, Tags};
use crate::format::PlainEntity;

/// Returns the fingerprint of an answer: its SHA-256 hash truncated to 128 bits, equal for equal
/// answers and, barring collisions, for no others. 0 without an answer.
pub fn fingerprint(answer: Option<&Answer>) -> u128 {
    let Some(answer) = answer else { return 0 };
    let mut whole = Fingerprint::default();
    for answer in answer.each() {
        whole.begin(answer.status, answer.message.as_deref());
        match plain_entities(&answer.annotations) {
            Some(entities) => {
                entities.iter().for_each(|entity| {
                    let (id, text) = (entity.id.as_deref(), entity.text.as_deref());
                    whole.entity(&PlainEntity { start: entity.start, end: entity.end, label: &entity.label, id, text });
                });
            }
            None => whole.annotations(&answer.annotations),
        }
    }
    whole.finish()
}

/// Returns the entities of annotations that consist only of plain spans with labels.
pub(super) fn plain_entities(annotations: &Annotations) -> Option<&[Entity]> {
    let Annotations {
        entities: Some(entities),
        relations: None,
        events: None,
        coreference: None,
        records: None,
        key_points: None,
        key_sentences: None,
        summaries: None,
        keyphrases: None,
        ignore,
        withheld,
        tags: None,
        words: None,
        verdicts: None,
    } = annotations
    else {
        return None;
    };
    (ignore.is_empty() && withheld.is_empty() && entities.iter().all(is_plain)).then_some(entities)
}

/// Returns whether an entity is only a contiguous span with a label, and optionally an id and its
/// text.
pub(super) fn is_plain(entity: &Entity) -> bool {
    let Entity {
        id: _,
        start: _,
        end: _,
        fragments,
        label: _,
        text: _,
        optional,
        alternatives,
        attributes,
        confidence,
        not_found,
    } = entity;
    let has_nothing_else = fragments.is_empty() && alternatives.is_empty() && attributes.is_empty();
    has_nothing_else && !optional && !not_found && confidence.is_none() && entity.is_located()
}

/// Builds the fingerprint of an answer of plain entities while they are read. The result is that of
/// [`fingerprint`] for the complete answer.
#[derive(Default)]
pub struct Fingerprint(Vec<u8>);

impl Fingerprint {
    /// Begins an answer, or its next repeat.
    pub fn begin(&mut self, status: Status, message: Option<&str>) {
        self.0.extend_from_slice(&[b'a', status as u8, u8::from(message.is_some())]);
        self.text(message.unwrap_or_default());
    }

    /// Adds an entity, in the order of the answer.
    pub fn entity(&mut self, entity: &PlainEntity<'_>) {
        let PlainEntity { start, end, label, id, text } = *entity;
        let mut numbers = [b'e'; 10];
        numbers[1..5].copy_from_slice(&start.to_le_bytes());
        numbers[5..9].copy_from_slice(&end.to_le_bytes());
        numbers[9] = u8::from(id.is_some()) + 2 * u8::from(text.is_some());
        self.0.extend_from_slice(&numbers);
        [Some(label), id, text].into_iter().flatten().for_each(|part| self.text(part));
    }

    /// Returns the fingerprint of everything that was added.
    pub fn finish(self) -> u128 {
        let mut first = [0; 16];
        first.copy_from_slice(&Sha256::digest(&self.0)[..16]);
        u128::from_le_bytes(first)
    }

    fn annotations(&mut self, annotations: &Annotations) {
        self.0.extend_from_slice(b"j");
        self.text(&serde_json::to_string(annotations).unwrap_or_default());
        if let Some(tags) = &annotations.tags {
            self.tags(tags);
        }
        self.text(&format!("{:?}", annotations.verdicts));
    }

    fn tags(&mut self, tags: &Tags) {
        let mut text = format!("{:?} {:?} {:?}", tags.opening, tags.places, tags.scheme);
        for sentence in tags.sentences() {
            text.push('\n');
            for token in sentence {
                let written = if tags.file.tokens.is_empty() { "" } else { tags.file.token(token) };
                // Writing to a string cannot fail.
                let _ = write!(text, "{written:?} {:?} ", tags.file.tag(token));
            }
        }
        self.text(&text);
    }

    fn text(&mut self, text: &str) {
        self.0.extend_from_slice(&(text.len() as u64).to_le_bytes());
        self.0.extend_from_slice(text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Fingerprint, fingerprint};
    use crate::document::{Annotations, Entity, Span};
    use crate::format::PlainEntity;
    use crate::score::{Answer, Status};

    #[test]
    fn equal_answers_alone_have_equal_fingerprints() {
        let entity = |start, label: &str| Entity::new(Span::new(start, start + 3), label);
        let of = |entities: Vec<Entity>| Answer::ok(Annotations { entities: Some(entities), ..Annotations::default() });
        let summary =
            |text: &str| Answer::ok(Annotations { summaries: Some(vec![text.to_owned()]), ..Annotations::default() });
        let repeated = Answer { repeats: vec![of(vec![entity(0, "A")])], ..of(vec![]) };
        let answers = [
            of(vec![]),
            of(vec![entity(0, "A")]),
            of(vec![entity(0, "A"), entity(9, "B")]),
            of(vec![entity(9, "B"), entity(0, "A")]),
            of(vec![Entity { id: Some("T".to_owned()), ..entity(0, "A") }]),
            of(vec![Entity { text: Some("T".to_owned()), ..entity(0, "A") }]),
            of(vec![Entity { confidence: Some(0.5), ..entity(0, "A") }]),
            of(vec![Entity { confidence: Some(0.75), ..entity(0, "A") }]),
            repeated,
            Answer::ok(Annotations::default()),
            summary("a"),
            summary("b"),
            Answer::without(Status::Failed, "why"),
            Answer::without(Status::Failed, "because"),
            Answer::without(Status::Skipped, "why"),
        ];
        let distinct: BTreeSet<u128> = answers.iter().map(|answer| fingerprint(Some(answer))).chain([0]).collect();
        assert_eq!(distinct.len(), answers.len() + 1);
        for answer in &answers {
            assert_eq!(fingerprint(Some(answer)), fingerprint(Some(&answer.clone())));
        }
        let mut read = Fingerprint::default();
        read.begin(Status::Ok, None);
        for (start, label) in [(0, "A"), (9, "B")] {
            read.entity(&PlainEntity { start, end: start + 3, label, id: None, text: None });
        }
        assert_eq!(read.finish(), fingerprint(Some(&answers[2])));
    }
}
