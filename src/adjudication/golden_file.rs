//! Writes adjudicated annotations as a golden file, in the layout that people edit and diff: each
//! layer, and each item of a layer, begins on a line of its own.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;

use crate::document::Annotations;

/// Returns the content of the golden file of one document (`karat.document/1`): its id, its text or
/// the SHA-256 of it, and the layers.
pub fn golden_file(id: &str, text: Option<&str>, text_sha256: Option<&str>, annotations: &Annotations) -> String {
    let mut members = vec![member("id", &line(&id))];
    members.extend(text.map(|text| member("text", &line(&text))));
    members.extend(text_sha256.map(|sha256| member("text_sha256", &line(&sha256))));
    let of = annotations;
    members.extend(of.entities.as_ref().map(|items| member("entities", &list(items, " "))));
    members.extend(of.relations.as_ref().map(|items| member("relations", &list(items, " "))));
    members.extend(of.events.as_ref().map(|items| member("events", &list(items, " "))));
    members.extend(of.coreference.as_ref().map(|items| member("coreference", &list(items, " "))));
    members.extend(of.records.as_ref().map(|records| {
        let layers: Vec<String> =
            records.iter().map(|(name, items)| format!("  {}: {}", line(name), list(items, "  "))).collect();
        let content = if layers.is_empty() { "{}".to_owned() } else { format!("{{\n{}\n }}", layers.join(",\n")) };
        member("records", &content)
    }));
    members.extend(of.key_points.as_ref().map(|items| member("key_points", &list(items, " "))));
    members.extend(of.key_sentences.as_ref().map(|items| member("key_sentences", &list(items, " "))));
    members.extend(of.summaries.as_ref().map(|items| member("summaries", &list(items, " "))));
    members.extend(of.keyphrases.as_ref().map(|items| member("keyphrases", &list(items, " "))));
    members.extend((!of.ignore.is_empty()).then(|| member("ignore", &list(&of.ignore, " "))));
    format!("{{\n{}\n}}\n", members.join(",\n"))
}

fn member(name: &str, content: &str) -> String {
    format!(" \"{name}\": {content}")
}

/// Returns a list with one item a line, indented by one space more than the list.
fn list<T: Serialize>(items: &[T], indent: &str) -> String {
    if items.is_empty() {
        return "[]".to_owned();
    }
    let items: Vec<String> = items.iter().map(|item| format!("{indent} {}", line(item))).collect();
    format!("[\n{}\n{indent}]", items.join(",\n"))
}

/// Returns a value as JSON on one line, with a space after each comma and colon.
fn line(value: &impl Serialize) -> String {
    let mut content = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut content, Spaced);
    value.serialize(&mut serializer).expect("annotations are plain data");
    String::from_utf8(content).expect("JSON is UTF-8")
}

struct Spaced;

impl Formatter for Spaced {
    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::golden_file;
    use crate::document::Annotations;
    use crate::format::read_document;

    #[test]
    fn a_golden_file_has_an_item_a_line_and_reads_as_it_was_written() {
        let json = r#"{"entities": [{"id": "T1", "start": 0, "end": 3, "label": "PERSON"}, {"start": 4, "end": 9, "label": "ORG", "fragments": [[4, 5], [7, 9]]}],
            "records": {"r": [{"n": 1.50, "who": null}], "empty": []}, "summaries": ["a \"b\", c"], "keyphrases": [],
            "ignore": [{"start": 0, "end": 1}]}"#;
        let annotations: Annotations = serde_json::from_str(json).unwrap();
        let file = golden_file("d", None, Some("00"), &annotations);
        let expected = r#"{
 "id": "d",
 "text_sha256": "00",
 "entities": [
  {"id": "T1", "start": 0, "end": 3, "label": "PERSON"},
  {"start": 4, "end": 9, "fragments": [[4, 5], [7, 9]], "label": "ORG"}
 ],
 "records": {
  "empty": [],
  "r": [
   {"n": 1.50, "who": null}
  ]
 },
 "summaries": [
  "a \"b\", c"
 ],
 "keyphrases": [],
 "ignore": [
  {"start": 0, "end": 1}
 ]
}
"#;
        assert_eq!(file, expected);
        assert_eq!(read_document(Path::new("d.json"), &file).unwrap().annotations, annotations);
    }
}
