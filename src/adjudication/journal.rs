//! The journal of an adjudication, from which a stopped session goes on: one JSON line for each
//! decision, for each decision that is taken back, and for each file that is written.
//!
//! A line about a decision contains both sides and the hashes of what the passes have in its
//! document. A line whose hashes are not those of the passes as they are now decides nothing: the
//! document changed, and starts anew.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Decision, Disagreement, PassPair};
use crate::document::Value;

/// One line of the journal.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct JournalLine {
    /// The id of the document.
    pub document: String,
    /// The number of the disagreement in its document, from 0; absent in a line about a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<usize>,
    /// The name of the layer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer: Option<String>,
    /// The item of the first pass; absent if it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub a: Option<Value>,
    /// The item of the second pass; absent if it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub b: Option<Value>,
    /// The decision; absent if the last one was taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
    /// The adjudicator's reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// SHA-256 of what either pass has in the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passes: Option<[String; 2]>,
    /// The name of the adjudicated file that was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// SHA-256 of that file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Who decided, if that is recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
    /// When it was decided, if that is recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
}

impl JournalLine {
    /// Returns the line about a decision, or about taking the last one back.
    pub fn of_decision(id: &str, document: &PairedDocument, item: usize, ruling: Option<&Ruling>) -> Self {
        let Disagreement { layer, first, second } = &document.pair.disagreements()[item];
        let side = |value: &Value| Some(value.clone()).filter(|value| !value.is_null());
        Self {
            document: id.to_owned(),
            item: Some(item),
            layer: Some(layer.clone()),
            a: side(first),
            b: side(second),
            decision: ruling.map(|ruling| ruling.decision),
            why: ruling.map(|ruling| ruling.why.clone()),
            passes: Some(document.sha256.clone()),
            ..Self::default()
        }
    }

    /// Returns the line about an adjudicated file that was written.
    pub fn of_file(id: &str, file: &str, sha256: &str) -> Self {
        Self {
            document: id.to_owned(),
            file: Some(file.to_owned()),
            sha256: Some(sha256.to_owned()),
            ..Self::default()
        }
    }

    /// Whether the line is about a disagreement of these passes as they are.
    fn fits(&self, document: &PairedDocument) -> bool {
        let Some(found) = self.item.and_then(|item| document.pair.disagreements().get(item)) else { return false };
        let is = |side: &Option<Value>, value: &Value| side.as_ref().unwrap_or(&Value::Null) == value;
        self.passes.as_ref() == Some(&document.sha256)
            && self.layer.as_ref() == Some(&found.layer)
            && is(&self.a, &found.first)
            && is(&self.b, &found.second)
            && self.decision.is_none_or(|decision| found.permits(decision))
    }
}

/// A document of two passes.
#[derive(Debug, Clone)]
pub struct PairedDocument {
    /// The compared annotations.
    pub pair: PassPair,
    /// SHA-256 of what either pass has in the document, and of the text.
    pub sha256: [String; 2],
}

/// A decision with its reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ruling {
    /// The decision.
    pub decision: Decision,
    /// The adjudicator's reason; may be empty.
    pub why: String,
}

/// The decisions of an adjudication.
#[derive(Debug, Clone, Default)]
pub struct Rulings {
    /// The decisions by document and disagreement.
    rulings: BTreeMap<String, BTreeMap<usize, Ruling>>,
    /// The decisions that can be taken back, the newest last, with what each replaced.
    history: Vec<(String, usize, Option<Ruling>)>,
    /// SHA-256 of the last file that was written, by document.
    written: BTreeMap<String, String>,
    /// The documents with earlier decisions about other versions of the passes, and disagreements
    /// that are not decided anew.
    outdated: BTreeSet<String>,
}

impl Rulings {
    /// Replays the lines of a journal. Lines about documents that the passes do not have, and about
    /// other versions of them, decide nothing.
    pub fn replay(lines: impl IntoIterator<Item = JournalLine>, documents: &BTreeMap<String, PairedDocument>) -> Self {
        let mut rulings = Self::default();
        for line in lines {
            if let (Some(_), Some(sha256)) = (&line.file, &line.sha256) {
                rulings.written.insert(line.document, sha256.clone());
                continue;
            }
            let Some((document, item)) = documents.get(&line.document).zip(line.item) else { continue };
            if !line.fits(document) {
                rulings.outdated.insert(line.document);
                continue;
            }
            match line.decision {
                Some(decision) => {
                    rulings.rule(&line.document, item, Ruling { decision, why: line.why.unwrap_or_default() });
                }
                None => rulings.take_back(&line.document, item),
            }
        }
        let Self { rulings: decided, outdated, .. } = &mut rulings;
        // Documents that are decided anew are no longer outdated.
        outdated.retain(|id| {
            let count = decided.get(id).map_or(0, BTreeMap::len);
            documents.get(id).is_some_and(|document| count < document.pair.disagreements().len())
        });
        rulings
    }

    /// Decides a disagreement, also one that is decided already.
    pub fn rule(&mut self, document: &str, item: usize, ruling: Ruling) {
        let before = self.rulings.entry(document.to_owned()).or_default().insert(item, ruling);
        self.history.push((document.to_owned(), item, before));
    }

    /// Returns the document and the disagreement of the last decision, if there is one.
    pub fn last(&self) -> Option<(&str, usize)> {
        self.history.last().map(|(document, item, _)| (document.as_str(), *item))
    }

    /// Takes the last decision on a disagreement back; ignored if it is not decided.
    pub fn take_back(&mut self, document: &str, item: usize) {
        let is_of = |(id, at, _): &(String, usize, Option<Ruling>)| id == document && *at == item;
        let Some(at) = self.history.iter().rposition(is_of) else { return };
        let (document, item, before) = self.history.remove(at);
        let of_document = self.rulings.entry(document).or_default();
        match before {
            Some(ruling) => of_document.insert(item, ruling),
            None => of_document.remove(&item),
        };
    }

    /// Returns the decision on a disagreement, if there is one.
    pub fn of(&self, document: &str, item: usize) -> Option<&Ruling> {
        self.rulings.get(document)?.get(&item)
    }

    /// Returns the decisions on all disagreements of a document; `None` unless all are decided.
    pub fn complete(&self, id: &str, document: &PairedDocument) -> Option<Vec<Decision>> {
        let count = document.pair.disagreements().len();
        (0..count).map(|item| Some(self.of(id, item)?.decision)).collect()
    }

    /// Returns the number of disagreements that are decided.
    pub fn count(&self) -> usize {
        self.rulings.values().map(BTreeMap::len).sum()
    }

    /// Returns the SHA-256 of the file that was last written for a document.
    pub fn written(&self, document: &str) -> Option<&str> {
        self.written.get(document).map(String::as_str)
    }

    /// Notes that a file was written for a document.
    pub fn add_written(&mut self, document: &str, sha256: &str) {
        self.written.insert(document.to_owned(), sha256.to_owned());
    }

    /// Returns the documents with recorded decisions about other versions of the passes, if some of
    /// their disagreements are not decided anew.
    pub fn outdated(&self) -> &BTreeSet<String> {
        &self.outdated
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{JournalLine, PairedDocument, Ruling, Rulings};
    use crate::adjudication::{Decision, PassPair};
    use crate::document::Annotations;

    fn documents(second: &str) -> BTreeMap<String, PairedDocument> {
        let phrases = |json: &str| serde_json::from_str::<Annotations>(&format!("{{\"keyphrases\": {json}}}")).unwrap();
        let pair = PassPair::new(&phrases(r#"["one", "two"]"#), &phrases(second));
        let document = PairedDocument { pair, sha256: ["a".to_owned(), second.to_owned()] };
        BTreeMap::from([("d".to_owned(), document)])
    }

    fn ruling(decision: Decision) -> Ruling {
        Ruling { decision, why: "as the guidelines say".to_owned() }
    }

    #[test]
    fn a_replayed_journal_gives_the_decisions_that_stand() {
        let documents = documents(r#"["three"]"#);
        let document = &documents["d"];
        let line = |item, ruling: Option<&Ruling>| JournalLine::of_decision("d", document, item, ruling);
        let [keep, take] = [Decision::First, Decision::Second].map(ruling);
        let lines = [
            line(0, Some(&keep)),
            line(1, Some(&keep)),
            line(0, Some(&take)),
            line(0, None),
            line(2, Some(&take)),
            line(2, None),
            JournalLine::of_file("d", "d.json", "00"),
        ];
        // Each line survives being written and read.
        let lines = lines.map(|line| serde_json::from_str(&serde_json::to_string(&line).unwrap()).unwrap());
        let mut rulings = Rulings::replay(lines, &documents);
        assert_eq!((rulings.of("d", 0), rulings.of("d", 1), rulings.of("d", 2)), (Some(&keep), Some(&keep), None));
        assert_eq!((rulings.count(), rulings.complete("d", document)), (2, None));
        assert_eq!((rulings.written("d"), rulings.outdated().len()), (Some("00"), 0));
        assert_eq!(rulings.last(), Some(("d", 1)));
        rulings.rule("d", 2, take);
        let all = [Decision::First, Decision::First, Decision::Second];
        assert_eq!(rulings.complete("d", document).unwrap(), all);
    }

    #[test]
    fn a_line_reads_as_people_would_write_it() {
        let line = JournalLine::of_decision("d", &documents(r#"["two"]"#)["d"], 0, Some(&ruling(Decision::First)));
        let expected = r#"{"document":"d","item":0,"layer":"keyphrases","a":"one","decision":"a","why":"as the guidelines say","passes":["a","[\"two\"]"]}"#;
        assert_eq!(serde_json::to_string(&line).unwrap(), expected);
    }

    #[test]
    fn decisions_about_other_versions_of_the_passes_decide_nothing() {
        let before = documents(r#"["three"]"#);
        let line = JournalLine::of_decision("d", &before["d"], 0, Some(&ruling(Decision::First)));
        let after = documents(r#"["three", "four"]"#);
        let rulings = Rulings::replay([line.clone()], &after);
        assert_eq!((rulings.count(), rulings.outdated().len()), (0, 1));
        // The document is outdated until all is decided anew.
        let count = after["d"].pair.disagreements().len();
        let anew = |item| JournalLine::of_decision("d", &after["d"], item, Some(&ruling(Decision::First)));
        let lines = |decided| std::iter::once(line.clone()).chain((0..decided).map(anew));
        assert_eq!(Rulings::replay(lines(count - 1), &after).outdated().len(), 1);
        assert_eq!(Rulings::replay(lines(count), &after).outdated().len(), 0);
        // A line that was changed by hand is no decision, either.
        for (item, decision) in [(7, Decision::First), (0, Decision::Both)] {
            let line = JournalLine { item: Some(item), decision: Some(decision), ..line.clone() };
            assert_eq!(Rulings::replay([line], &before).count(), 0);
        }
    }

    /// The newest decision may be on another document, if a pass changed since.
    #[test]
    fn a_replayed_undo_takes_back_a_decision_on_its_own_disagreement() {
        let of = |id: &str, second: &str| (id.to_owned(), documents(second).remove("d").unwrap());
        let before = BTreeMap::from([of("d", r#"["three"]"#), of("e", r#"["three"]"#)]);
        let after = BTreeMap::from([of("d", r#"["three"]"#), of("e", r#"["three", "four"]"#)]);
        let keep = ruling(Decision::First);
        let line = |id: &str, item, ruling| JournalLine::of_decision(id, &before[id], item, ruling);
        let lines = [line("d", 0, Some(&keep)), line("e", 0, Some(&keep)), line("e", 0, None)];
        let rulings = Rulings::replay(lines.clone(), &after);
        assert_eq!((rulings.of("d", 0), rulings.last()), (Some(&keep), Some(("d", 0))));
        // The decision that is taken back is about another version of `e`, and the undo is not.
        let undo = JournalLine::of_decision("e", &after["e"], 0, None);
        let [first, second, _] = lines.clone();
        assert_eq!(Rulings::replay([first, second, undo], &after).of("d", 0), Some(&keep));
        // Nor does it take back a newer decision on another disagreement.
        let [first, second, undo] = lines;
        let rulings = Rulings::replay([second, first, undo], &before);
        assert_eq!((rulings.of("d", 0), rulings.of("e", 0)), (Some(&keep), None));
    }
}
