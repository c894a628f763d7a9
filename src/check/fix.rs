//! `karat check --fix`: corrects what needs no decision by a person. It trims white space at the
//! edges of spans, sorts entities, and drops exact copies.
//!
//! The text of the file is edited rather than rewritten: its layout, the order of its keys, and
//! keys that karat does not know stay as they are. A diff then shows only the labels that changed.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

use super::case::{count, key};
use super::edges::spaces;
use crate::document::{Annotations, Document, Step, Value};
use crate::format::{JsonIndex, elements, replace_ranges};

/// What was fixed in a file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Changes {
    /// The number of spans that were trimmed.
    pub trimmed: usize,
    /// The number of entities that were dropped as exact copies of others.
    pub dropped: usize,
    /// Whether the entities were sorted by their offsets.
    pub sorted: bool,
}

impl fmt::Display for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            (self.trimmed > 0).then(|| format!("trimmed {}", count(self.trimmed, "span"))),
            (self.dropped > 0).then(|| {
                format!(
                    "dropped {} of entities",
                    if self.dropped == 1 { "1 copy".to_owned() } else { format!("{} copies", self.dropped) }
                )
            }),
            self.sorted.then(|| "sorted the entities".to_owned()),
        ];
        f.write_str(&parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
    }
}

/// The result of fixing an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FixOutcome {
    /// There is nothing to fix.
    Unchanged,
    /// The object is left as it is, since its offsets do not count code points.
    OtherUnit,
    /// The new text of the object, and the changes.
    Fixed(String, Changes),
}

/// Fixes the golden object of a document, given as JSON text.
pub fn fix(json: &str, document: &Document) -> FixOutcome {
    let Ok(root) = serde_json::from_str::<Value>(json) else { return FixOutcome::Unchanged };
    if root.get("offset_unit").is_some_and(|unit| unit != "code_point") {
        return FixOutcome::OtherUnit;
    }
    let mut changes = Changes::default();
    let trimmed = trim(json, document, &mut changes);
    let fixed = tidy(&trimmed, &referenced(&root), &mut changes);
    if changes == Changes::default() { FixOutcome::Unchanged } else { FixOutcome::Fixed(fixed, changes) }
}

/// Trims white space from the edges of spans. Spans whose stored text differs from the document's,
/// ignored regions and discontinuous entities are left as they are.
fn trim(json: &str, document: &Document, changes: &mut Changes) -> String {
    let Ok(mut annotations) = serde_json::from_str::<Annotations>(json) else { return json.to_owned() };
    let entities = annotations.entities.iter().flatten().enumerate();
    let discontinuous: BTreeSet<Vec<Step>> =
        entities.filter(|(_, entity)| !entity.fragments.is_empty()).map(|(at, _)| super::case::entity(at)).collect();
    let mut index = JsonIndex::new(json);
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    annotations.each_range(&mut |path, &mut (start, end), stored| {
        let is_left = path[0] == key("ignore") || (1..=path.len()).any(|end| discontinuous.contains(&path[..end]));
        let Some(covered) = document.slice(start, end).filter(|_| !is_left) else { return };
        let bare = covered.trim();
        if bare.len() == covered.len() || bare.is_empty() || stored.is_some_and(|stored| stored != covered) {
            return;
        }
        let (before, after) = spaces(covered);
        let mut at = |name: &str| index.locate(json, &[path, &[key(name)]].concat());
        edits.push((at("start"), (start + before as u32).to_string()));
        edits.push((at("end"), (end - after as u32).to_string()));
        if stored.is_some() {
            edits.push((at("text"), Value::from(bare).to_string()));
        }
        changes.trimmed += 1;
    });
    replace_ranges(json, edits)
}

/// Sorts entities by their offsets and drops exact copies, which differ at most in an id that no
/// relation or event refers to.
fn tidy(json: &str, referenced: &BTreeSet<String>, changes: &mut Changes) -> String {
    let element_ranges = elements(json, &[key("entities")]);
    let parsed: Option<Vec<Value>> =
        element_ranges.iter().map(|range| serde_json::from_str(&json[range.clone()]).ok()).collect();
    let Some(parsed) = parsed else { return json.to_owned() };
    let offsets = |at: &usize| {
        let offset = |name: &str| parsed[*at].get(name).and_then(Value::as_u64);
        (offset("start"), offset("end"))
    };
    let is_referenced =
        |at: usize| parsed[at].get("id").and_then(Value::as_str).is_some_and(|id| referenced.contains(id));
    let mut order: Vec<usize> = (0..element_ranges.len()).collect();
    order.sort_by_key(offsets);
    changes.sorted = !order.is_sorted();
    let content = |at: usize| {
        let mut value = parsed[at].clone();
        value.as_object_mut().map(|fields| fields.remove("id"));
        value.to_string()
    };
    // Entities that relations or events refer to stay; of other copies, the first stays.
    let mut seen: BTreeSet<String> = order.iter().filter(|&&at| is_referenced(at)).map(|&at| content(at)).collect();
    order.retain(|&at| is_referenced(at) || seen.insert(content(at)));
    changes.dropped = element_ranges.len() - order.len();
    let mut edits: Vec<(Range<usize>, String)> = element_ranges
        .iter()
        .zip(&order)
        .map(|(range, &at)| (range.clone(), json[element_ranges[at].clone()].to_owned()))
        .collect();
    if let (Some(kept), Some(last)) = (order.len().checked_sub(1), element_ranges.last()) {
        edits.push((element_ranges[kept].end..last.end, String::new()));
    }
    replace_ranges(json, edits)
}

/// Returns the ids that relations and the arguments of events refer to.
fn referenced(root: &Value) -> BTreeSet<String> {
    let list = |value: &'_ Value, name: &str| value.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let relations = list(root, "relations");
    let arguments: Vec<Value> = list(root, "events").iter().flat_map(|event| list(event, "arguments")).collect();
    let ends = relations.iter().flat_map(|relation| [relation.get("head"), relation.get("tail")]);
    let ends = ends.chain(arguments.iter().map(|argument| argument.get("target")));
    ends.flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::{Changes, FixOutcome, fix};
    use crate::document::{Annotations, Document};

    #[test]
    fn the_layout_and_the_users_own_keys_stay() {
        let document = Document::new("a", "Ada  saw Bö .");
        let json = "{\n \"note\": 1e400, \"id\": \"a\", \"entities\": [\n  {\"text\": \" Bö \", \"label\": \"P\", \"end\": 12, \"start\": 8, \"by\": 0.10},\n\
             {\"id\":\"1\",\"start\":0,\"end\":4,\"label\":\"P\"}, {\"id\": \"2\", \"start\": 0, \"end\": 3, \"label\": \"P\"}\n ],\n \"x\": []}\n";
        let json = json.replace("1e400", "12345678901234567890123");
        let FixOutcome::Fixed(text, changes) = fix(&json, &document) else { panic!("{json}") };
        assert_eq!(changes, Changes { trimmed: 2, dropped: 1, sorted: true });
        assert_eq!(
            text,
            "{\n \"note\": 12345678901234567890123, \"id\": \"a\", \"entities\": [\n  {\"id\":\"1\",\"start\":0,\"end\":3,\"label\":\"P\"},\n\
             {\"text\": \"Bö\", \"label\": \"P\", \"end\": 11, \"start\": 9, \"by\": 0.10}\n ],\n \"x\": []}\n"
        );
    }

    #[test]
    fn copies_that_relations_and_events_mean_stay() {
        let document = Document::new("a", "Ada");
        let entities =
            json!([{"id": "1", "start": 0, "end": 3, "label": "P"}, {"id": "2", "start": 0, "end": 3, "label": "P"}]);
        let relations = json!([{"label": "R", "head": "2", "tail": "2"}]);
        let trigger = json!({"start": 0, "end": 3});
        let events = json!([{"label": "E", "trigger": trigger, "arguments": [{"role": "A", "target": "2"}]}]);
        for (layer, users) in [("relations", relations), ("events", events)] {
            let gold = json!({"id": "a", "entities": entities, layer: users});
            let FixOutcome::Fixed(text, _) = fix(&gold.to_string(), &document) else { panic!("{gold}") };
            let fixed: Annotations = serde_json::from_str(&text).unwrap();
            assert_eq!(fixed.entities.unwrap()[0].id.as_deref(), Some("2"));
        }
    }

    #[test]
    fn other_units_and_wrong_texts_are_let_be() {
        let document = Document::new("a", "Ada  Bo");
        assert_eq!(fix(r#"{"id": "a", "offset_unit": "byte"}"#, &document), FixOutcome::OtherUnit);
        for json in [
            r#"{"id": "a", "entities": [{"start": 0, "end": 4, "label": "P", "text": "Ada"}]}"#,
            r#"{"id": "a", "entities": [{"start": 3, "end": 5, "label": "P"}, {"start": 4, "end": 99, "label": "P"}]}"#,
            r#"{"id": "a", "entities": [{"start": 0, "end": 7, "fragments": [[0, 4], [5, 7]], "label": "P"}]}"#,
            r#"{"id": "a", "entities": [], "ignore": [{"start": 3, "end": 5}]}"#,
        ] {
            assert_eq!(fix(json, &document), FixOutcome::Unchanged, "{json}");
        }
    }

    /// The words that each span covers, sorted and without duplicates.
    fn words(gold: &str, document: &Document) -> Vec<String> {
        let mut words = Vec::new();
        let mut annotations: Annotations = serde_json::from_str(gold).unwrap();
        annotations.each_range(&mut |path, &mut (start, end), stored| {
            let covered = document.slice(start, end).unwrap();
            assert!(stored.is_none_or(|stored| stored == covered));
            let words_of = covered.split_whitespace().collect::<Vec<_>>().join(" ");
            words.push(format!("{:?} {words_of}", path[0]));
        });
        words.sort();
        words.dedup();
        words
    }

    prop_compose! {
        fn spans(text: String)(ends in prop::collection::vec((0..text.chars().count(), 1..9_usize, any::<bool>(), "[AB]"), 0..8))
            -> (String, Vec<Value>) {
            let document = Document::new("a", text.as_str());
            let spans = ends.into_iter().map(|(start, length, stored, label)| {
                let end = (start + length).min(document.len() as usize);
                let mut span = json!({"start": start, "end": end, "label": label});
                if stored {
                    span["text"] = document.slice(start as u32, end as u32).unwrap().into();
                }
                span
            });
            (text.clone(), spans.collect())
        }
    }

    proptest! {
        #[test]
        fn fixing_is_idempotent_and_keeps_every_word(
            (text, spans) in "[aé \u{3000}\n𝄞\"]{1,24}".prop_flat_map(spans)
        ) {
            let document = Document::new("a", text.as_str());
            let gold = json!({
                "id": "a",
                "entities": spans,
                "key_points": [{"text": "k", "evidence": spans}],
                "records": {"r": [{"all": spans}]},
            });
            let gold = serde_json::to_string_pretty(&gold).unwrap();
            let fixed = match fix(&gold, &document) {
                FixOutcome::Fixed(text, _) => text,
                _ => gold.clone(),
            };
            prop_assert_eq!(fix(&fixed, &document), FixOutcome::Unchanged);
            prop_assert_eq!(words(&gold, &document), words(&fixed, &document));
        }
    }
}
