use std::ops::Range;

use proptest::prelude::{ProptestConfig, any, prop, prop_assert, prop_assert_eq, prop_compose, proptest};
use serde_json::{Value, json};

use super::super::{LabelSpan, verify};
use super::*;
use crate::format::{Converter, OffsetUnit, elements, locate};

const TEXT: &str = "Ada 𝄞 met Bö in Rome.";

fn change(json: &Value) -> GoldChange {
    serde_json::from_value(json.clone()).unwrap_or_else(|error| panic!("{json}: {error}"))
}

fn changed(json: &str, of: &Value) -> String {
    let document = Document::new("a", TEXT);
    change_text(json, &document, &change(of)).unwrap_or_else(|diagnostic| panic!("{json} {of}: {diagnostic}"))
}

fn refusal(json: &str, of: &Value) -> String {
    change_text(json, &Document::new("a", TEXT), &change(of)).unwrap_err().message
}

fn ada() -> Value {
    json!({"start": 0, "end": 3, "label": "PER"})
}

fn rome() -> Value {
    json!({"start": 16, "end": 20, "label": "LOC"})
}

const LINES: &str = r#"{
 "id": "a",
 "note": 1.50,
 "entities": [
  {"id": "T1", "start": 0, "end": 3, "label": "PER", "text": "Ada"},
  {"id": "T2", "start": 16, "end": 20, "label": "LOC", "text": "Rome", "by": "me"}
 ],
 "summaries": ["A"]
}
"#;

#[test]
fn a_new_label_is_written_like_its_neighbours() {
    let bo = json!({"kind": "add_entity", "start": 10, "end": 12, "label": "PER"});
    let line = "  {\"id\": \"T3\", \"start\": 10, \"end\": 12, \"label\": \"PER\", \"text\": \"Bö\"},\n";
    let at = LINES.find("  {\"id\": \"T2\"").unwrap();
    assert_eq!(changed(LINES, &bo), format!("{}{line}{}", &LINES[..at], &LINES[at..]));
    let compact = r#"{"id":"a","entities":[{"label":"PER","end":3,"start":0}]}"#;
    assert_eq!(
        changed(compact, &bo),
        r#"{"id":"a","entities":[{"label":"PER","end":3,"start":0},{"label":"PER","end":12,"start":10}]}"#
    );
    // Unsorted lists are added to at the end; CRLF and indentation are kept.
    let pretty = "{\r\n  \"id\": \"a\",\r\n  \"entities\": [\r\n    {\r\n      \"start\": 16,\r\n      \"end\": 20,\r\n      \"label\": \"LOC\"\r\n    },\r\n    {\r\n      \"start\": 0,\r\n      \"end\": 3,\r\n      \"label\": \"PER\"\r\n    }\r\n  ]\r\n}";
    let new = ",\r\n    {\r\n      \"start\": 10,\r\n      \"end\": 12,\r\n      \"label\": \"PER\"\r\n    }";
    assert_eq!(changed(pretty, &bo), pretty.replace("\r\n  ]", &format!("{new}\r\n  ]")));
}

#[test]
fn a_list_without_items_takes_the_layout_of_the_text() {
    let add = json!({"kind": "add_entity", "start": 0, "end": 3, "label": "PER"});
    let json = "{\n \"id\": \"a\",\n \"entities\": []\n}\n";
    let item = r#"{"start": 0, "end": 3, "label": "PER"}"#;
    assert_eq!(changed(json, &add), format!("{{\n \"id\": \"a\",\n \"entities\": [\n  {item}\n ]\n}}\n"));
    assert_eq!(changed(r#"{"id": "a", "entities": []}"#, &add), format!("{{\"id\": \"a\", \"entities\": [{item}]}}"));
    let like = "{\n  \"id\": \"a\",\n  \"entities\": [],\n  \"key_sentences\": [\n    {\n      \"start\": 0,\n      \"end\": 3\n    }\n  ]\n}";
    let item = "{\n      \"start\": 0,\n      \"end\": 3,\n      \"label\": \"PER\"\n    }";
    assert_eq!(changed(like, &add), like.replace("\"entities\": []", &format!("\"entities\": [\n    {item}\n  ]")));
}

#[test]
fn ignored_regions_and_references_are_added_where_there_are_none() {
    let ignore = json!({"kind": "ignore", "start": 4, "end": 5});
    let after = LINES.replace("\n ],\n \"sum", "\n ],\n \"ignore\": [\n  {\"start\": 4, \"end\": 5}\n ],\n \"sum");
    assert_eq!(changed(LINES, &ignore), after);
    let again = json!({"kind": "ignore", "start": 1, "end": 2});
    let twice = after.replace("  {\"start\": 4", "  {\"start\": 1, \"end\": 2},\n  {\"start\": 4");
    assert_eq!(changed(&after, &again), twice);
    assert_eq!(refusal(&after, &ignore), "4..5 is ignored already");
    let reference = json!({"kind": "set_reference", "index": 0, "text": "B \"é\""});
    assert_eq!(changed(LINES, &reference), LINES.replace("[\"A\"]", r#"["B \"é\""]"#));
    assert_eq!(changed(r#"{"id": "a"}"#, &reference), r#"{"id": "a", "summaries": ["B \"é\""]}"#);
    assert_eq!(changed(r#"{"id": "a", "summary": "x"}"#, &reference), r#"{"id": "a", "summary": "B \"é\""}"#);
    let second = json!({"kind": "set_reference", "index": 1, "text": "C"});
    assert_eq!(changed(LINES, &second), LINES.replace("[\"A\"]", "[\"A\", \"C\"]"));
    assert_eq!(changed(r#"{"id":"a","summary":"x"}"#, &second), r#"{"id":"a","summaries":["x","C"]}"#);
    assert_eq!(refusal(r#"{"id": "a"}"#, &second), "there is no reference 1: there are 0");
}

#[test]
fn a_changed_span_takes_its_text_along() {
    let set = json!({"kind": "set_span", "of": rome(), "start": 13, "end": 20});
    let after = r#""start": 13, "end": 20, "label": "LOC", "text": "in Rome", "by": "me""#;
    assert_eq!(
        changed(LINES, &set),
        LINES.replace(r#""start": 16, "end": 20, "label": "LOC", "text": "Rome", "by": "me""#, after)
    );
    let parts = r#"{"id": "a", "entities": [{"start": 0, "end": 12, "fragments": [[0, 3], [10, 12]], "label": "PER", "text": "Ada Bö"}]}"#;
    let of = json!({"start": 0, "end": 12, "label": "PER"});
    let set = json!({"kind": "set_span", "of": of, "start": 0, "end": 11});
    let after = parts.replace("\"end\": 12", "\"end\": 11").replace("[10, 12]", "[10, 11]").replace("Ada Bö", "Ada B");
    assert_eq!(changed(parts, &set), after);
    let inside = json!({"kind": "set_span", "of": of, "start": 4, "end": 12});
    assert_eq!(refusal(parts, &inside), "the label has several parts, and the new boundaries lie inside of them");
}

#[test]
fn offsets_are_written_in_the_unit_of_the_file() {
    for (unit, start, end) in [("utf16", 17, 21), ("byte", 20, 24)] {
        let json = format!(
            r#"{{"id": "a", "offset_unit": "{unit}", "entities": [{{"start": 0, "end": 3, "label": "PER"}}]}}"#
        );
        let add = json!({"kind": "add_entity", "start": 16, "end": 20, "label": "LOC"});
        let after = changed(&json, &add);
        assert!(after.ends_with(&format!(r#", {{"start": {start}, "end": {end}, "label": "LOC"}}]}}"#)), "{after}");
        let back = changed(&after, &json!({"kind": "delete", "of": rome()}));
        assert_eq!(back, json);
        let value =
            json!({"kind": "set_value", "record": "r", "index": 0, "path": "/at", "value": {"start": 0, "end": 3}});
        let records = json.replace("\"entities\"", "\"records\": {\"r\": [{}]}, \"entities\"");
        assert!(refusal(&records, &value).contains("so offsets in a record are not set"));
    }
}

#[test]
fn alternatives_name_what_differs() {
    let add = json!({"kind": "add_alternative", "of": rome(), "start": 13, "end": 20, "label": "LOC"});
    let after = LINES.replace(r#""by": "me""#, r#""by": "me", "alternatives": [{"start": 13, "end": 20}]"#);
    assert_eq!(changed(LINES, &add), after);
    assert_eq!(refusal(&after, &add), "\"LOC\" at 13..20 is an alternative already");
    let more = json!({"kind": "add_alternative", "of": rome(), "start": 16, "end": 20, "label": "GPE"});
    let more_after = after.replace("20}]", "20}, {\"start\": 16, \"end\": 20, \"label\": \"GPE\"}]");
    assert_eq!(changed(&after, &more), more_after);
    let own = json!({"kind": "add_alternative", "of": rome(), "start": 16, "end": 20, "label": "LOC"});
    assert_eq!(refusal(LINES, &own), "the alternative is the label itself");
}

#[test]
fn optional_labels_are_marked_and_unmarked() {
    let set = |optional: bool| json!({"kind": "set_optional", "of": ada(), "optional": optional});
    let after = LINES.replace(r#""text": "Ada"}"#, r#""text": "Ada", "optional": true}"#);
    assert_eq!(changed(LINES, &set(true)), after);
    assert_eq!(changed(&after, &set(false)), LINES);
    assert_eq!(refusal(LINES, &set(false)), "the label is required already");
}

#[test]
fn values_and_key_points_are_set_in_place() {
    let json = r#"{"id": "a", "records": {"r": [{"who": "x", "n": 1.50, "all": [1, {"a/b": 2}]}]}, "key_points": [{"text": "k", "x": 1}]}"#;
    let set = |path: &str, value: Value| json!({"kind": "set_value", "record": "r", "index": 0, "path": path, "value": value});
    assert_eq!(changed(json, &set("/n", json!(2))), json.replace("1.50", "2"));
    assert_eq!(changed(json, &set("/all/1/a~1b", json!("z"))), json.replace(": 2}", ": \"z\"}"));
    assert_eq!(
        changed(json, &set("/who", json!({"one_of": ["x", null]}))),
        json.replace("\"x\", \"n\"", "{\"one_of\": [\"x\", null]}, \"n\"")
    );
    assert_eq!(changed(json, &set("/new", json!(true))), json.replace("2}]}", "2}], \"new\": true}"));
    assert_eq!(refusal(json, &set("/all/2", json!(1))), "the record has no value at \"/all/2\"");
    assert_eq!(refusal(json, &set("/all/01", json!(1))), "the record has no value at \"/all/01\"");
    assert_eq!(refusal(json, &set("who", json!(1))), "\"who\" is not the path of a value");
    assert_eq!(refusal(json, &set("/who", json!("x"))), "the value at \"/who\" is \"x\" already");
    let point = json!({"kind": "set_key_point", "index": 0, "text": "K"});
    assert_eq!(changed(json, &point), json.replace("\"k\"", "\"K\""));
}

#[test]
fn what_cannot_be_changed_is_refused_by_name() {
    let delete = |of: Value| json!({"kind": "delete", "of": of});
    let twice =
        r#"{"id": "a", "entities": [{"start": 0, "end": 3, "label": "PER"}, {"start": 0, "end": 3, "label": "PER"}]}"#;
    assert_eq!(refusal(twice, &delete(ada())), "there are 2 labels \"PER\" at 0..3");
    assert_eq!(refusal(LINES, &delete(json!({"start": 0, "end": 3, "label": "X"}))), "there is no label \"X\" at 0..3");
    let used =
        LINES.replace("\"note\": 1.50", "\"relations\": [{\"label\": \"IN\", \"head\": \"T1\", \"tail\": \"T2\"}]");
    assert_eq!(refusal(&used, &delete(ada())), "the relation with the label \"IN\" refers to the label \"T1\"");
    let add =
        |start: u32, end: u32, label: &str| json!({"kind": "add_entity", "start": start, "end": end, "label": label});
    assert_eq!(refusal(r#"{"id": "a"}"#, &add(0, 3, "P")), "the document is not annotated with entities");
    assert_eq!(refusal(LINES, &add(0, 3, "PER")), "there is a label \"PER\" at 0..3 already");
    assert_eq!(refusal(LINES, &add(3, 3, "PER")), "3..3 is an empty span");
    assert_eq!(refusal(LINES, &add(3, 99, "PER")), "3..99 is past the end of the text, which has 21 code points");
    assert_eq!(refusal(LINES, &add(3, 4, " ")), "the label is empty");
    let same = json!({"kind": "set_label", "of": ada(), "label": "PER"});
    assert_eq!(refusal(LINES, &same), "the label is \"PER\" already");
    assert_eq!(refusal("{\"id\": \"a\"", &add(0, 3, "P")).split(':').next(), Some("broken JSON"));
}

#[test]
fn a_change_that_reads_differently_is_found() {
    let annotations = |json: &str| serde_json::from_str::<Annotations>(json).unwrap();
    let before = annotations(LINES);
    let set = change(&json!({"kind": "set_label", "of": ada(), "label": "ORG"}));
    let after = changed(LINES, &json!({"kind": "set_label", "of": ada(), "label": "ORG"}));
    verify(&before, &annotations(&after), &set).unwrap();
    for wrong in [
        LINES.to_owned(),
        after.replace("LOC", "GPE"),
        after.replace("\"T1\"", "\"T9\""),
        after.replace("\"Ada\"", "\"ada\""),
        after.replace("[\"A\"]", "[\"B\"]"),
        after.replace("\"ORG\"", "\"ORGA\""),
    ] {
        let message = verify(&before, &annotations(&wrong), &set).unwrap_err().message;
        assert!(message.starts_with("karat cannot make this change in this file"), "{wrong}");
    }
}

/// Writes a value in a random layout: keys in any order, any white space between tokens.
fn write(value: &Value, layout: &mut dyn Iterator<Item = u8>, pretty: bool, depth: usize, out: &mut String) {
    let line = |out: &mut String, depth: usize| {
        if pretty {
            out.push('\n');
            out.push_str(&"  ".repeat(depth));
        }
    };
    let (open, close, members): (char, char, Vec<(Option<&String>, &Value)>) = match value {
        Value::Array(items) => ('[', ']', items.iter().map(|item| (None, item)).collect()),
        Value::Object(fields) => {
            let mut members: Vec<_> = fields.iter().map(|(name, value)| (Some(name), value)).collect();
            let turn = usize::from(layout.next().unwrap()) % members.len().max(1);
            members.rotate_left(turn);
            ('{', '}', members)
        }
        scalar => return out.push_str(&scalar.to_string()),
    };
    out.push(open);
    let count = members.len();
    for (at, (name, value)) in members.into_iter().enumerate() {
        line(out, depth + 1);
        if layout.next().unwrap().is_multiple_of(7) {
            out.push(' ');
        }
        if let Some(name) = name {
            out.push_str(&format!("{}:{}", json!(name), ["", " ", "  "][usize::from(layout.next().unwrap()) % 3]));
        }
        write(value, layout, pretty, depth + 1, out);
        if at + 1 < count {
            out.push_str([",", ", ", " ,"][usize::from(layout.next().unwrap()) % 3]);
        }
    }
    if count > 0 {
        line(out, depth);
    }
    out.push(close);
}

/// Returns the byte range outside of which a change must leave a text as it is: that of the changed
/// value, or from the end of the element before it to the start of the next.
fn changed_range(json: &str, annotations: &Annotations, change: &GoldChange) -> Range<usize> {
    let list_range = |name: &str| locate(json, &[key(name)]);
    let between = |name: &str, before: Option<usize>, next: usize| {
        let (list, items) = (list_range(name), elements(json, &[key(name)]));
        let start = before.map_or(list.start + 1, |at| items[at].end);
        start..items.get(next).map_or(list.end - 1, |item| item.start)
    };
    let entities = annotations.entities.as_ref().unwrap();
    match change {
        GoldChange::AddEntity { start, end, .. } => {
            let spans: Vec<_> = entities.iter().map(|entity| (entity.start, entity.end)).collect();
            let at = insertion(&spans, (*start, *end));
            between("entities", at.checked_sub(1), at)
        }
        GoldChange::Ignore { .. } if annotations.ignore.is_empty() => {
            let end = list_range("entities").end;
            end..end
        }
        GoldChange::Ignore { start, end } => {
            let spans: Vec<_> = annotations.ignore.iter().map(|region| (region.start, region.end)).collect();
            let at = insertion(&spans, (*start, *end));
            between("ignore", at.checked_sub(1), at)
        }
        GoldChange::Delete { of } => {
            let at = of.find(entities).unwrap();
            between("entities", at.checked_sub(1), at + 1)
        }
        GoldChange::SetValue { .. } => locate(json, &[key("records"), key("r"), Step::Index(0), key("who")]),
        GoldChange::SetReference { index, .. } => locate(json, &[key("summaries"), Step::Index(*index)]),
        _ => elements(json, &[key("entities")])[change.of().unwrap().find(entities).unwrap()].clone(),
    }
}

prop_compose! {
    fn gold()(
        spans in prop::collection::vec((0..20_u32, 1..6_u32, "[AB]", any::<[bool; 4]>()), 0..7),
        layout in prop::collection::vec(any::<u8>(), 1..64),
        pretty in any::<bool>(),
        unit in 0..3_usize,
        ignore in prop::collection::vec((0..20_u32, 1..4_u32), 0..3),
        sorted in any::<bool>(),
    ) -> String {
        let document = Document::new("a", TEXT);
        let unit = [OffsetUnit::CodePoint, OffsetUnit::Byte, OffsetUnit::Utf16][unit];
        let converter = Converter::new(unit, TEXT);
        let mut seen = std::collections::BTreeSet::new();
        let has_ids = layout[0].is_multiple_of(2);
        let mut entities: Vec<Value> = Vec::new();
        let mut spans = spans;
        if sorted {
            spans.sort();
        }
        for (at, (start, length, label, [text, optional, own, other])) in spans.into_iter().enumerate() {
            let end = (start + length).min(document.len());
            if !seen.insert((start, end, label.clone())) {
                continue;
            }
            let mut entity = json!({"start": converter.offset(start), "end": converter.offset(end), "label": label});
            if has_ids {
                entity["id"] = format!("T{at}").into();
            }
            if text || sorted {
                entity["text"] = document.slice(start, end).unwrap().into();
            }
            if optional {
                entity["optional"] = true.into();
            }
            if own {
                entity["by"] = json!({"x": [1.5, "]}"]});
            }
            if other {
                entity["alternatives"] = json!([{"label": "C"}]);
            }
            entities.push(entity);
        }
        let ignore: Vec<Value> = ignore.into_iter().map(|(start, length)| {
            let end = (start + length).min(document.len());
            json!({"start": converter.offset(start), "end": converter.offset(end)})
        }).collect();
        let mut gold = json!({
            "id": "a", "entities": entities, "offset_unit": unit.as_str(), "x": {"entities": [{"start": 1}]},
            "records": {"r": [{"who": "Ada", "n": 1}, {"all": [{"b": null}]}]}, "summaries": ["one", "two"],
            "key_points": [{"text": "k"}],
        });
        if !ignore.is_empty() {
            gold["ignore"] = ignore.into();
        }
        let mut out = String::new();
        write(&gold, &mut layout.into_iter().cycle(), pretty, 0, &mut out);
        out
    }
}

/// A change, by random numbers, with the change that undoes it, if that is a change, too.
fn changes(json: &str, pick: [u32; 4]) -> (GoldChange, Option<GoldChange>) {
    let document = Document::new("a", TEXT);
    let mut entry = read_line(std::path::Path::new("a"), 0, json).unwrap();
    entry.convert_offsets(Some(&document)).unwrap();
    let entities = entry.annotations.entities.unwrap();
    let (start, label) = (pick[1] % 20, ["A", "B", "D"][pick[2] as usize % 3].to_owned());
    let end = (start + 1 + pick[3] % 5).min(document.len());
    let added = LabelSpan { start, end, label: label.clone() };
    let add = GoldChange::AddEntity { start, end, label: label.clone() };
    let entity = entities.get(pick[3] as usize % entities.len().max(1));
    let of = entity.map(|entity| LabelSpan { start: entity.start, end: entity.end, label: entity.label.clone() });
    let Some(of) = of else { return (add, Some(GoldChange::Delete { of: added })) };
    match pick[0] % 9 {
        0 => (add, Some(GoldChange::Delete { of: added })),
        1 => {
            let back =
                GoldChange::SetLabel { of: LabelSpan { label: label.clone(), ..of.clone() }, label: of.label.clone() };
            (GoldChange::SetLabel { of, label }, Some(back))
        }
        2 => {
            let moved = LabelSpan { start, end, label: of.label.clone() };
            let back = GoldChange::SetSpan { of: moved, start: of.start, end: of.end };
            (GoldChange::SetSpan { of, start, end }, Some(back))
        }
        3 => (GoldChange::Delete { of }, None),
        4 => {
            let optional = !entity.unwrap().optional;
            let set = |optional: bool| GoldChange::SetOptional { of: of.clone(), optional };
            // A mark that is taken away and set again comes after the other members.
            (set(optional), optional.then(|| set(false)))
        }
        5 => (GoldChange::Ignore { start, end }, None),
        6 => (GoldChange::AddAlternative { of, start, end, label }, None),
        7 => {
            let set = |value: &str| GoldChange::SetValue {
                record: "r".to_owned(),
                index: 0,
                path: "/who".to_owned(),
                value: value.into(),
            };
            (set("Bö"), Some(set("Ada")))
        }
        _ => {
            let set = |text: &str| GoldChange::SetReference { index: 1, text: text.to_owned() };
            (set("𝄞 \"x\""), Some(set("two")))
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]
    #[test]
    fn a_change_reads_as_it_says_and_leaves_all_else(json in gold(), pick in any::<[u32; 4]>()) {
        let document = Document::new("a", TEXT);
        let (change, back) = changes(&json, pick);
        let read = |json: &str| {
            let mut entry = read_line(std::path::Path::new("a"), 0, json).unwrap();
            entry.convert_offsets(Some(&document)).unwrap();
            entry.annotations
        };
        let before = read(&json);
        let expected = change.apply(&before);
        let after = match change_text(&json, &document, &change) {
            Ok(after) => after,
            Err(diagnostic) => {
                // A change is refused only if it cannot be applied to the annotations.
                prop_assert_eq!(Some(diagnostic.message), expected.err().map(|diagnostic| diagnostic.message));
                return Ok(());
            }
        };
        prop_assert!(expected.is_ok());
        verify(&before, &read(&after), &change).unwrap();
        prop_assert_eq!(json.contains('\n'), after.contains('\n'));
        let range = changed_range(&json, &before, &change);
        let (head, tail) = (&json[..range.start], &json[range.end..]);
        prop_assert!(after.len() >= head.len() + tail.len(), "{}", after);
        prop_assert!(after.starts_with(head) && after.ends_with(tail), "{}", after);
        if let Some(back) = back {
            prop_assert_eq!(change_text(&after, &document, &back).unwrap(), json);
        }
    }
}
