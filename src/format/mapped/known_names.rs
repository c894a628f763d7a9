//! Field names that corpora and tools of the field use: the columns of CNN/DailyMail (`article`,
//! `highlights`), XSum (`document`, `summary`), machine translation (`src`, `ref`, `hyp`), and what
//! libraries write (`generated_text`, `prediction`). A name is read only if no other name in the
//! row could have the same meaning.

use std::collections::BTreeMap;

use super::container::Row;
use super::entities::other_names;
use super::field_map::{Field, FieldMap, FieldSource};
use crate::document::{Fields, Value};
use crate::format::Purpose;

/// A name of summaries.
struct SummaryName {
    name: &'static str,
    /// Whether it means a summary even beside karat's own `summary`. Others may be anything there.
    is_certain: bool,
}

const fn certain(name: &'static str) -> SummaryName {
    SummaryName { name, is_certain: true }
}

const fn likely(name: &'static str) -> SummaryName {
    SummaryName { name, is_certain: false }
}

/// The names of reference summaries.
const REFERENCES: &[SummaryName] = &[
    certain("highlights"),
    certain("reference"),
    certain("references"),
    certain("reference_summary"),
    certain("reference_summaries"),
    certain("gold_summary"),
    likely("ref"),
    likely("refs"),
    likely("target"),
    likely("targets"),
];

/// The names of a system's summaries.
const CANDIDATES: &[SummaryName] = &[
    certain("prediction"),
    certain("predictions"),
    certain("predicted_summary"),
    certain("candidate"),
    certain("candidates"),
    certain("generated_text"),
    certain("generated_summary"),
    certain("hypothesis"),
    certain("hyp"),
    certain("system_summary"),
    likely("output"),
    likely("decoded"),
];

/// The names of documents' texts, beside `text`.
const TEXTS: [&str; 6] = ["article", "document", "src", "source", "dialogue", "source_text"];

/// The names of documents' ids, beside `id`.
const IDS: [&str; 8] = ["doc_id", "document_id", "docid", "example_id", "article_id", "guid", "uid", "_id"];

/// The layers of `karat.document/1` other than summaries, and what takes their place.
const LAYERS: [&str; 10] = [
    "entities",
    "relations",
    "events",
    "coreference",
    "records",
    "key_points",
    "key_sentences",
    "keyphrases",
    "error",
    "status",
];

/// What the names of a file's fields say.
#[derive(Debug, PartialEq)]
pub(super) enum Assumption {
    /// The names are karat's, or say nothing.
    None,
    /// Fields are read from these names, which the user should be told.
    Fields(FieldMap, Vec<String>),
    /// Several names could be one field.
    Ambiguous(&'static str, Vec<String>),
}

/// Returns what the names in the first rows of a file say, for a file that is read for a purpose.
/// `given` contains the fields that the user has mapped, about which nothing is assumed.
pub(super) fn assume(rows: &[&Row], purpose: Purpose, given: &FieldMap, needs_text: bool) -> Assumption {
    let sample = sample(rows);
    let has = |name: &str| sample.contains_key(name);
    let is_given = |key: &str| given.maps_key(key);
    let (mut map, mut notes) = (FieldMap::default(), Vec::new());
    let has_summary = has("summary") || has("summaries");
    let mut has_layer =
        has_summary || is_given("summaries") || LAYERS.iter().any(|layer| has(layer) || is_given(layer));
    if let (false, Some(list)) = (is_given("entities"), sample.get("entities"))
        && let Some(names) = other_names(list).filter(|names| !names.is_empty())
    {
        map.push(Field::Key("entities"), FieldSource::Column("entities".to_owned()));
        notes.extend(names.into_iter().map(|(key, name)| format!("`{name}` of entities as `{key}`")));
    }
    if !is_given("summaries") {
        match summaries(&sample, purpose, has_summary, has_layer) {
            Err(names) => return Assumption::Ambiguous("summary", names),
            Ok(names) => {
                has_layer |= !names.is_empty();
                for name in names {
                    notes.push(format!("`{name}` as summaries"));
                    map.push(Field::Key("summaries"), FieldSource::Column(name));
                }
            }
        }
    }
    let is_mapped = !map.is_empty() || !given.is_empty();
    let is_of_summaries = has_summary || map.maps_key("summaries") || is_given("summaries");
    let wants_text = is_of_summaries && (purpose != Purpose::Predictions || needs_text);
    if wants_text && !has("text") && !is_given("text") {
        // `source` beside karat's own `summary` is often the origin of the text.
        let may_be = |name: &str| (is_mapped || !matches!(name, "source" | "src")) && is_text(sample.get(name));
        match TEXTS.iter().copied().filter(|name| may_be(name)).collect::<Vec<_>>().as_slice() {
            [] => {}
            [name] => {
                notes.push(format!("`{name}` as the text"));
                map.push(Field::Key("text"), FieldSource::Column((*name).to_owned()));
            }
            several => return Assumption::Ambiguous("text", several.iter().map(|name| (*name).to_owned()).collect()),
        }
    }
    if has_layer && !has("id") && !is_given("id") {
        match IDS.iter().copied().filter(|name| has(name)).collect::<Vec<_>>().as_slice() {
            [] => {}
            [name] => {
                notes.push(format!("`{name}` as the id"));
                map.push(Field::Key("id"), FieldSource::Column((*name).to_owned()));
            }
            several => return Assumption::Ambiguous("id", several.iter().map(|name| (*name).to_owned()).collect()),
        }
    }
    if map.is_empty() { Assumption::None } else { Assumption::Fields(map, notes) }
}

/// Returns the first value of each name in the rows that is not null or an empty list.
pub(super) fn sample<'r>(rows: &[&'r Row]) -> BTreeMap<&'r str, &'r Value> {
    let mut sample = BTreeMap::new();
    for (name, value) in rows.iter().filter_map(|row| row.value.as_object()).flat_map(Fields::iter) {
        let says_nothing = |value: &Value| value.is_null() || value.as_array().is_some_and(Vec::is_empty);
        let known: &mut &Value = sample.entry(name.as_str()).or_insert(value);
        if says_nothing(known) {
            *known = value;
        }
    }
    sample
}

/// Returns the names from which summaries are read: none if they are karat's own.
fn summaries(
    sample: &BTreeMap<&str, &Value>,
    purpose: Purpose,
    has_summary: bool,
    has_layer: bool,
) -> Result<Vec<String>, Vec<String>> {
    let found = |names: &[SummaryName], may_be_likely: bool| -> Vec<String> {
        let has =
            |known: &&SummaryName| (known.is_certain || may_be_likely) && is_texts(sample.get(known.name).copied());
        names.iter().filter(has).map(|known| known.name.to_owned()).collect()
    };
    // Beside other layers of karat's format, other names are metadata.
    if has_layer && !has_summary {
        return Ok(Vec::new());
    }
    let mut names = match purpose {
        Purpose::Gold => found(REFERENCES, !has_summary),
        Purpose::Predictions => found(CANDIDATES, !has_summary),
        Purpose::Any => [found(REFERENCES, !has_summary), found(CANDIDATES, !has_summary)].concat(),
    };
    let numbered = if purpose == Purpose::Predictions { Vec::new() } else { numbered(sample) };
    if has_summary {
        names.extend(numbered);
        let own = ["summary", "summaries"].into_iter().filter(|own| sample.contains_key(own)).map(str::to_owned);
        return if names.is_empty() { Ok(names) } else { Err(own.chain(names).collect()) };
    }
    match (names.len(), numbered.is_empty()) {
        (0, _) => Ok(numbered),
        (1, true) => Ok(names),
        _ => Err(names.into_iter().chain(numbered).collect()),
    }
}

/// Returns the names `ref0`, `ref1`, ... (or `reference_1`, `summary1`, ...) in the order of their
/// numbers.
fn numbered(sample: &BTreeMap<&str, &Value>) -> Vec<String> {
    const STEMS: [&str; 5] = ["ref", "reference", "summary", "highlights", "target"];
    let number = |name: &str| -> Option<u32> {
        let stem = name.trim_end_matches(|character: char| character.is_ascii_digit());
        let is_known = STEMS.contains(&stem.trim_end_matches(['_', '-']));
        is_known.then(|| name[stem.len()..].parse().ok())?
    };
    let mut found: Vec<(u32, String)> = sample
        .iter()
        .filter(|(_, value)| is_texts(Some(value)))
        .filter_map(|(name, _)| Some((number(name)?, (*name).to_owned())))
        .collect();
    found.sort();
    found.into_iter().map(|(_, name)| name).collect()
}

fn is_text(value: Option<&&Value>) -> bool {
    value.is_some_and(|value| value.is_string())
}

fn is_texts(value: Option<&Value>) -> bool {
    match value {
        Some(Value::Array(items)) => items.iter().all(Value::is_string),
        Some(value) => value.is_string(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Assumption, Row, assume};
    use crate::document::Value;
    use crate::format::{FieldMap, Purpose};

    fn assumed(row: serde_json::Value, purpose: Purpose) -> String {
        let row = Row { line: 1, value: Value::from(row) };
        match assume(&[&row], purpose, &FieldMap::default(), false) {
            Assumption::None => "none".to_owned(),
            Assumption::Fields(map, _) => map.to_string(),
            Assumption::Ambiguous(field, names) => format!("{field}: {}", names.join(" or ")),
        }
    }

    #[test]
    fn well_known_names_are_read() {
        let cnn = json!({"id": "a", "article": "x", "highlights": "y"});
        assert_eq!(assumed(cnn.clone(), Purpose::Gold), "summaries=highlights, text=article");
        assert_eq!(assumed(cnn, Purpose::Predictions), "none");
        let xsum = json!({"id": "a", "document": "x", "summary": "y"});
        assert_eq!(assumed(xsum.clone(), Purpose::Gold), "text=document");
        assert_eq!(assumed(xsum, Purpose::Predictions), "none");
        let translation = json!({"src": "x", "ref": "y", "hyp": "z"});
        assert_eq!(assumed(translation.clone(), Purpose::Gold), "summaries=ref, text=src");
        assert_eq!(assumed(translation.clone(), Purpose::Predictions), "summaries=hyp");
        assert_eq!(assumed(translation, Purpose::Any), "summary: ref or hyp");
        let numbered = json!({"id": 1, "ref10": "x", "ref2": "y", "ref0": "z"});
        assert_eq!(assumed(numbered, Purpose::Gold), "summaries=ref0, summaries=ref2, summaries=ref10");
        assert_eq!(
            assumed(json!({"doc_id": 1, "predictions": ["x"]}), Purpose::Predictions),
            "summaries=predictions, id=doc_id"
        );
        let typed = json!({"id": 1, "entities": [{"start": 0, "end": 1, "type": "X"}]});
        assert_eq!(assumed(typed, Purpose::Any), "entities=entities");
    }

    #[test]
    fn karats_own_names_are_left_to_its_reader() {
        for row in [
            json!({"id": "a", "text": "x", "summaries": ["y"]}),
            json!({"id": "a", "entities": [], "prediction": "x"}),
            json!({"id": "a", "summary": "x", "output": "y", "source": "z", "target": "t"}),
            json!({"id": "a", "entities": [{"start": 0, "end": 1, "label": "X"}]}),
            json!({"id": "a", "error": "x", "output": "y"}),
            json!({"id": "a", "prediction": {"label": "x"}}),
        ] {
            for purpose in [Purpose::Gold, Purpose::Predictions, Purpose::Any] {
                assert_eq!(assumed(row.clone(), purpose), "none", "{row} {purpose:?}");
            }
        }
    }

    #[test]
    fn names_with_one_meaning_are_ambiguous() {
        let both = json!({"id": "a", "summary": "x", "prediction": "y"});
        assert_eq!(assumed(both.clone(), Purpose::Predictions), "summary: summary or prediction");
        assert_eq!(assumed(both, Purpose::Gold), "none");
        let two = json!({"id": "a", "prediction": "x", "generated_text": "y"});
        assert_eq!(assumed(two, Purpose::Predictions), "summary: prediction or generated_text");
        let texts = json!({"id": "a", "highlights": "x", "article": "y", "document": "z"});
        assert_eq!(assumed(texts, Purpose::Gold), "text: article or document");
    }
}
