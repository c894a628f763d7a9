//! Changes entities in Label Studio's JSON export: the regions among the results of a task.

use std::collections::BTreeSet;

use super::change::GoldChange;
use super::file::{Target, line_of};
use super::json::insertion;
use super::json_layout::{Edit, ObjectStyle, insert_item, remove_item};
use super::verify::refused;
use crate::document::{Step, Value};
use crate::error::Diagnostic;
use crate::format::{JsonIndex, SourceLocation, replace_ranges, sha256};

/// Returns the text of the file after a change.
pub(super) fn change(target: &Target<'_>, change: &GoldChange) -> Result<String, Diagnostic> {
    let (head, json, tail) = line_of(target.text, target.entry.source.line).ok_or_else(refused)?;
    let root: Value = serde_json::from_str(json).map_err(|_| refused())?;
    let export = TaskText { target, json, root };
    let edits = export.edits(change)?;
    Ok([head, &replace_ranges(json, edits), tail].concat())
}

/// The JSON text that contains a task.
struct TaskText<'t> {
    target: &'t Target<'t>,
    json: &'t str,
    root: Value,
}

fn key(name: &str) -> Step {
    Step::Key(name.to_owned())
}

fn below(path: &[Step], steps: &[Step]) -> Vec<Step> {
    [path, steps].concat()
}

/// Returns the value at a path.
fn at<'v>(root: &'v Value, path: &[Step]) -> Option<&'v Value> {
    path.iter().try_fold(root, |value, step| match step {
        Step::Key(name) => value.get(name),
        Step::Index(index) => value.as_array()?.get(*index),
    })
}

/// Whether a result is a labelled region.
fn is_region(item: &Value) -> bool {
    item.get("type").and_then(Value::as_str).is_some_and(|kind| kind.ends_with("labels"))
}

impl TaskText<'_> {
    fn edits(&self, change: &GoldChange) -> Result<Vec<Edit>, Diagnostic> {
        let entities = self.target.before.entities.as_deref().unwrap_or_default();
        let Some(number) = change.of().map(|of| of.find(entities)).transpose()? else {
            let (Some(span), Some(label)) = (change.span(), change.label()) else { return Err(refused()) };
            return self.add(span, label);
        };
        let path = self.region(number)?;
        let item = at(&self.root, path).ok_or_else(refused)?;
        match change {
            GoldChange::SetLabel { label, .. } => {
                let first = (0..number).filter(|other| self.region(*other).is_ok_and(|other| other == path)).count();
                let labels = below(path, &[key("value"), key(labels_key(item)?), Step::Index(first)]);
                Ok(vec![self.set(&labels, self.style(path).string(label))])
            }
            GoldChange::SetSpan { start, end, .. } => self.set_span(path, item, (*start, *end)),
            GoldChange::Delete { .. } => self.delete(path, item),
            _ => Err(refused()),
        }
    }

    /// Returns the path to the region of an entity.
    fn region(&self, entity: usize) -> Result<&[Step], Diagnostic> {
        let path = [key("entities"), Step::Index(entity)];
        match self.target.entry.places.as_ref().and_then(|places| places.find(&path)) {
            Some(SourceLocation::Json(path)) => Ok(path),
            _ => Err(refused()),
        }
    }

    fn start(&self, path: &[Step]) -> usize {
        JsonIndex::new(self.json).locate(self.json, path).start
    }

    fn set(&self, path: &[Step], value: String) -> Edit {
        (JsonIndex::new(self.json).locate(self.json, path), value)
    }

    fn style(&self, path: &[Step]) -> ObjectStyle {
        ObjectStyle::of(self.json, self.start(path)).unwrap_or_else(|| ObjectStyle::inline(self.json))
    }

    fn text(&self, (start, end): (u32, u32)) -> &str {
        self.target.document.slice(start, end).unwrap_or_default()
    }

    /// Returns the results that an item is among.
    fn results(&self, item: &[Step]) -> &[Value] {
        let list = item.split_last().and_then(|(_, list)| at(&self.root, list)?.as_array());
        list.map(Vec::as_slice).unwrap_or_default()
    }

    /// Changes the boundaries of a region, and of the choices and texts that were entered about it,
    /// which repeat them.
    fn set_span(&self, path: &[Step], item: &Value, (start, end): (u32, u32)) -> Result<Vec<Edit>, Diagnostic> {
        refuse_hypertext(item)?;
        refuse_several(item)?;
        let (Some((_, list)), Some(old)) = (path.split_last(), item.get("value")) else { return Err(refused()) };
        let id = item.get("id").filter(|id| !id.is_null());
        let mut edits = Vec::new();
        for (number, other) in self.results(path).iter().enumerate() {
            let other_path = below(list, &[Step::Index(number)]);
            let is_same = other_path == path || (id.is_some() && other.get("id") == id);
            let Some(value) = other.get("value").filter(|_| is_same) else { continue };
            if value.get("start") != old.get("start") || value.get("end") != old.get("end") {
                continue;
            }
            let value_path = below(&other_path, &[key("value")]);
            edits.push(self.set(&below(&value_path, &[key("start")]), self.target.offsets.written(start)?));
            edits.push(self.set(&below(&value_path, &[key("end")]), self.target.offsets.written(end)?));
            if value.get("text").is_some_and(Value::is_string) {
                let text = self.style(&value_path).string(self.text((start, end)));
                edits.push(self.set(&below(&value_path, &[key("text")]), text));
            }
        }
        Ok(edits)
    }

    fn delete(&self, path: &[Step], item: &Value) -> Result<Vec<Edit>, Diagnostic> {
        refuse_several(item)?;
        let Some((Step::Index(number), list)) = path.split_last() else { return Err(refused()) };
        let id = item.get("id").filter(|id| !id.is_null());
        let others = self.results(path).iter().enumerate().filter(|(at, _)| at != number).map(|(_, other)| other);
        for other in others.filter(|_| id.is_some()) {
            let name = id.and_then(Value::as_str).unwrap_or_default();
            if other.get("from_id") == id || other.get("to_id") == id {
                let diagnostic = Diagnostic::new(format!("a relation of the task refers to the region {name:?}"));
                return Err(diagnostic.help("delete the relation in the file first"));
            }
            if other.get("id") == id {
                let what = other.get("from_name").or_else(|| other.get("type")).and_then(Value::as_str);
                let what = what.unwrap_or("a result");
                let diagnostic = Diagnostic::new(format!("the result {what:?} is about the region {name:?}"));
                return Err(diagnostic.help("delete that result in the file first"));
            }
        }
        let removed = remove_item(self.json, self.start(list), *number);
        Ok([removed].into_iter().chain(self.count(list, -1)).collect())
    }

    /// Sets `result_count` of the annotation with this list of results, if it counts them.
    fn count(&self, list: &[Step], more: i64) -> Option<Edit> {
        let (_, annotation) = list.split_last()?;
        let path = below(annotation, &[key("result_count")]);
        let results = at(&self.root, list)?.as_array()?.len();
        let counted = at(&self.root, &path)?.as_u64()?;
        (counted == results as u64).then(|| self.set(&path, (results as i64 + more).to_string()))
    }

    fn add(&self, span: (u32, u32), label: &str) -> Result<Vec<Edit>, Diagnostic> {
        let list = self.list()?;
        let results = at(&self.root, &list).and_then(Value::as_array).ok_or_else(refused)?;
        let entities = self.target.before.entities.as_deref().unwrap_or_default();
        // Regions without a label are no entities, so the neighbours are found by their entities.
        let spans: Vec<(u32, u32)> = entities.iter().map(|entity| (entity.start, entity.end)).collect();
        let index = |entity: usize| match self.region(entity)?.last() {
            Some(Step::Index(index)) => Ok(*index),
            _ => Err(refused()),
        };
        let place = insertion(&spans, span);
        let number = match place.checked_sub(1) {
            Some(before) => index(before)? + 1,
            None if place < entities.len() => index(place)?,
            None => results.len(),
        };
        let own = results.iter().position(is_region).map(|first| below(&list, &[Step::Index(first)]));
        let near = place.checked_sub(1).map(|before| self.region(before).map(<[Step]>::to_vec)).transpose()?;
        let Some(sibling) = near.or(own).or_else(|| find_region(&self.root)) else {
            let diagnostic = Diagnostic::new("the file has no region that shows the names of the labelling task");
            return Err(diagnostic.help("label one span in Label Studio, and export the task again"));
        };
        let model = at(&self.root, &sibling).ok_or_else(refused)?;
        refuse_hypertext(model)?;
        let labels = labels_key(model)?;
        let style = self.style(&below(&sibling, &[key("value")]));
        let mut value = vec![
            ("start", self.target.offsets.written(span.0)?),
            ("end", self.target.offsets.written(span.1)?),
            (labels, style.value(&[Value::from(label)].into_iter().collect())),
        ];
        if model.get("value").is_some_and(|value| value.get("text").is_some()) {
            value.push(("text", style.string(self.text(span))));
        }
        let value = style.object(value);
        let style = self.style(&sibling);
        let mut members = vec![("value", value)];
        for name in ["from_name", "to_name", "type", "origin"] {
            members.extend(model.get(name).map(|copied| (name, style.value(copied))));
        }
        if let Some(id) = model.get("id").and_then(Value::as_str) {
            members.insert(0, ("id", style.string(&self.new_id(id, span, label))));
        }
        let start = self.start(&list);
        let around = match style.outer_indent() {
            Some(indent) if results.is_empty() => {
                let line = self.json[..start].rfind('\n').map_or("", |line| &self.json[line..start]);
                let space = line.len() - line.trim_start().len();
                (indent, line[..space].to_owned())
            }
            _ => (String::new(), String::new()),
        };
        let around = (around.0.as_str(), around.1.as_str());
        let added = insert_item(self.json, start, number, &style.object(members), style.is_spaced(), around);
        Ok([added].into_iter().chain(self.count(&list, 1)).collect())
    }

    /// Returns the path to the results of the document's annotation.
    fn list(&self) -> Result<Vec<Step>, Diagnostic> {
        let places = self.target.entry.places.as_ref();
        if let Some(SourceLocation::Json(path)) =
            places.and_then(|places| places.find(&[key("entities"), Step::Index(0)]))
        {
            return Ok(path[..path.len() - 1].to_vec());
        }
        let id = self.target.entry.id.as_str();
        let is_id = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned) == id;
        let is_task = |task: &Value| {
            let own = task.get("data").and_then(|data| data.get("id")).or_else(|| task.get("id"));
            own.is_some_and(is_id)
        };
        let tasks: Vec<(Vec<Step>, &Value)> = match &self.root {
            Value::Array(tasks) => {
                let named = tasks.iter().enumerate().filter(|(_, task)| is_task(task));
                named.map(|(number, task)| (vec![Step::Index(number)], task)).collect()
            }
            task => vec![(Vec::new(), task)],
        };
        let [(path, task)] = &tasks[..] else { return Err(refused()) };
        let name = ["annotations", "completions"].into_iter().find(|name| task.get(name).is_some());
        let name = name.ok_or_else(refused)?;
        let all = task.get(name).and_then(Value::as_array).ok_or_else(refused)?;
        let is_set = |one: &Value, name: &str| one.get(name).and_then(Value::as_bool) == Some(true);
        let kept: Vec<usize> = (0..all.len()).filter(|number| !is_set(&all[*number], "was_cancelled")).collect();
        let truth = kept.iter().find(|number| is_set(&all[**number], "ground_truth"));
        let chosen = truth.or(if let [only] = &kept[..] { Some(only) } else { None });
        let chosen = *chosen.ok_or_else(refused)?;
        Ok(below(path, &[key(name), Step::Index(chosen), key("result")]))
    }

    /// Returns an id that no result of the file has: the next number if the given id ends with one,
    /// or else characters that depend on the document and the label only.
    fn new_id(&self, like: &str, (start, end): (u32, u32), label: &str) -> String {
        let mut taken = BTreeSet::new();
        each_id(&self.root, &mut |id| {
            taken.insert(id.to_owned());
        });
        let prefix = like.trim_end_matches(|c: char| c.is_ascii_digit());
        let is_numbered = prefix.len() < like.len()
            && prefix.len() <= 2
            && taken.iter().any(|id| id.strip_prefix(prefix).is_some_and(|number| number.parse::<u32>().is_ok()));
        let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
        let id = |number: u64| {
            if is_numbered {
                return format!("{prefix}{number}");
            }
            let hash = sha256(format!("{}\n{start}\n{end}\n{label}\n{number}", self.target.document.id()));
            let pairs = hash.as_bytes().chunks(2).cycle().take(like.len().clamp(1, 32));
            let letter = |pair: &[u8]| {
                let byte = std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok());
                char::from(letters[usize::from(byte.unwrap_or_default()) % letters.len()])
            };
            pairs.map(letter).collect()
        };
        (1..u64::MAX).map(id).find(|id| !taken.contains(id)).unwrap_or_default()
    }
}

/// Returns the key of a region's labels.
fn labels_key(item: &Value) -> Result<&str, Diagnostic> {
    let kind = item.get("type").and_then(Value::as_str).unwrap_or_default();
    let value = item.get("value").ok_or_else(refused)?;
    ["labels", kind].into_iter().find(|name| value.get(name).is_some_and(Value::is_array)).ok_or_else(refused)
}

/// Refuses to change a region as a whole that has several labels.
fn refuse_several(item: &Value) -> Result<(), Diagnostic> {
    let labels = item.get("value").and_then(|value| value.get(labels_key(item).ok()?)?.as_array());
    match labels.map_or(0, Vec::len) {
        0 | 1 => Ok(()),
        count => {
            let diagnostic = Diagnostic::new(format!("the region has {count} labels, which share its boundaries"));
            Err(diagnostic.help("divide the region into one for each label in the file"))
        }
    }
}

/// Refuses a region on a hypertext, whose other offsets are inside of elements.
fn refuse_hypertext(item: &Value) -> Result<(), Diagnostic> {
    match item.get("value").and_then(|value| value.get("globalOffsets")) {
        Some(_) => {
            Err(Diagnostic::new("the region is on a hypertext, and its offsets inside of elements are not known")
                .help("change it in Label Studio, and export the task again"))
        }
        None => Ok(()),
    }
}

/// Returns the path to the first region of a file.
fn find_region(root: &Value) -> Option<Vec<Step>> {
    let tasks: Vec<(Vec<Step>, &Value)> = match root {
        Value::Array(tasks) => tasks.iter().enumerate().map(|(at, task)| (vec![Step::Index(at)], task)).collect(),
        task => vec![(Vec::new(), task)],
    };
    tasks.into_iter().find_map(|(path, task)| {
        ["annotations", "completions"].into_iter().find_map(|name| {
            task.get(name)?.as_array()?.iter().enumerate().find_map(|(number, annotation)| {
                let result = annotation.get("result")?.as_array()?.iter().position(is_region)?;
                Some(below(&path, &[key(name), Step::Index(number), key("result"), Step::Index(result)]))
            })
        })
    })
}

/// Calls `each` with every string under a key `id`.
fn each_id(value: &Value, each: &mut dyn FnMut(&str)) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| each_id(item, each)),
        Value::Object(fields) => {
            for (name, field) in fields.iter() {
                if let ("id", Some(id)) = (name.as_str(), field.as_str()) {
                    each(id);
                }
                each_id(field, each);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use crate::document::Document;
    use crate::edit::{GoldChange, GoldFile, change_file};
    use crate::format::{GivenBasis, OffsetUnit, Source};

    const TEXT: &str = "Ada 𝄞 met Bö in Rome.";

    fn changed_in(unit: OffsetUnit, line: usize, lines: &str, json: &str) -> Result<String, String> {
        let source = Source { file: PathBuf::from(if line > 0 { "a.jsonl" } else { "a.json" }), line };
        let change: GoldChange = serde_json::from_str(json).unwrap();
        let given = GivenBasis { unit: Some(unit), ..GivenBasis::default() };
        let file = GoldFile { given, ..GoldFile::new(lines.as_bytes(), &source) };
        let changed = change_file(&file, &Document::new("a", TEXT), &change);
        changed.map(|bytes| String::from_utf8(bytes).unwrap()).map_err(|diagnostic| diagnostic.message)
    }

    fn changed(lines: &str, json: &str) -> Result<String, String> {
        changed_in(OffsetUnit::CodePoint, 0, lines, json)
    }

    /// The results of a task: a region with a choice about it, a region, and a relation.
    fn results(shift: usize) -> String {
        [
            r#"{"value": {"start": 0, "end": 3, "text": "Ada", "labels": ["PER"]}, "id": "qbK3dZ9x1P", "from_name": "label", "to_name": "text", "type": "labels", "origin": "manual"}"#.to_owned(),
            r#"{"value": {"start": 0, "end": 3, "text": "Ada", "choices": ["Sure"]}, "id": "qbK3dZ9x1P", "from_name": "sure", "to_name": "text", "type": "choices"}"#.to_owned(),
            format!(r#"{{"value": {{"start": {}, "end": {}, "text": "Rome", "labels": ["LOC"]}}, "id": "xx_3dZ9x-P", "from_name": "label", "to_name": "text", "type": "labels", "score": 0.5}}"#, 16 + shift, 20 + shift),
            r#"{"type": "relation", "from_id": "qbK3dZ9x1P", "to_id": "zzz", "direction": "right"}"#.replace("zzz", "qbK3dZ9x1P"),
        ].join(",\r\n   ")
    }

    fn export(results: &str) -> String {
        let task = |id: &str, results: &str| {
            format!(
                "{{\"id\": 7, \"data\": {{\"id\": \"{id}\", \"text\": \"{TEXT}\"}}, \"annotations\": [{{\"result\": [{results}]}}]}}"
            )
        };
        format!(
            "[{},\r\n {}]\r\n",
            task("a", results),
            task(
                "b",
                r#"{"value": {"start": 0, "end": 3, "labels": ["PER"]}, "id": "b", "from_name": "label", "to_name": "text", "type": "labels"}"#
            )
        )
    }

    const ROME: &str = r#"{"start": 16, "end": 20, "label": "LOC"}"#;
    const ADA: &str = r#"{"start": 0, "end": 3, "label": "PER"}"#;

    #[test]
    fn labels_and_spans_change_in_place() {
        for (unit, shift) in [(OffsetUnit::CodePoint, 0), (OffsetUnit::Utf16, 1)] {
            let file = export(&results(shift));
            let set = format!(r#"{{"kind": "set_label", "of": {ROME}, "label": "GPE"}}"#);
            let after = changed_in(unit, 0, &file, &set).unwrap();
            assert_eq!(after, file.replace("LOC", "GPE"));
            let back = format!(r#"{{"kind": "set_label", "of": {}, "label": "LOC"}}"#, ROME.replace("LOC", "GPE"));
            assert_eq!(changed_in(unit, 0, &after, &back).unwrap(), file);
            let span = format!(r#"{{"kind": "set_span", "of": {ROME}, "start": 13, "end": 20}}"#);
            let (from, to) = (format!("\"start\": {}", 16 + shift), format!("\"start\": {}", 13 + shift));
            let after = changed_in(unit, 0, &file, &span).unwrap();
            assert_eq!(after, file.replace(&from, &to).replace("\"Rome\"", "\"in Rome\""));
        }
        // The choice about a region repeats its boundaries.
        let file = export(&results(0));
        let span = format!(r#"{{"kind": "set_span", "of": {ADA}, "start": 0, "end": 2}}"#);
        let own = file.replace("\"end\": 3, \"text\": \"Ada\"", "\"end\": 2, \"text\": \"Ad\"");
        assert_eq!(changed(&file, &span).unwrap(), own);
    }

    #[test]
    fn regions_are_added_like_their_neighbours_and_deleted() {
        let file = export(&results(0));
        let add = r#"{"kind": "add_entity", "start": 10, "end": 12, "label": "PER"}"#;
        let after = changed(&file, add).unwrap();
        let at = after.find(r#"{"value": {"start": 10"#).unwrap();
        let id = &after[at..].split("\"id\": \"").nth(1).unwrap()[..10];
        let item = format!(
            r#"{{"value": {{"start": 10, "end": 12, "text": "Bö", "labels": ["PER"]}}, "id": "{id}", "from_name": "label", "to_name": "text", "type": "labels", "origin": "manual"}}"#
        );
        let place = file.find(r#"{"value": {"start": 0, "end": 3, "text": "Ada", "choices""#).unwrap();
        assert_eq!(after, format!("{}{item},\r\n   {}", &file[..place], &file[place..]));
        let delete = r#"{"kind": "delete", "of": {"start": 10, "end": 12, "label": "PER"}}"#;
        assert_eq!(changed(&after, delete).unwrap(), file);
        // A task without regions is labelled like another.
        let empty = export("");
        let after = changed(&empty, add).unwrap();
        assert!(
            after.contains(r#""result": [{"value": {"start": 10, "end": 12, "labels": ["PER"]}, "id": ""#),
            "{after}"
        );
        assert_eq!(changed(&after, delete).unwrap(), empty);
        // The number of results is counted anew, wherever it stands, if it was right.
        for (before, after) in [(4, 5), (9, 9)] {
            for (old, new) in
                [("[{\"result\": [", "[{\"result_count\": #, \"result\": ["), ("}]}]}", "}], \"result_count\": #}]}")]
            {
                let counting = |count: i32| file.replacen(old, &new.replace('#', &count.to_string()), 1);
                let added = changed(&counting(before), add).unwrap();
                assert!(added.contains(&format!("\"result_count\": {after}")), "{added}");
                assert_eq!(changed(&added, delete).unwrap(), counting(before));
            }
        }
    }

    #[test]
    fn a_line_of_an_export_changes_alone() {
        let lines = export(&results(0));
        let lines: Vec<String> =
            lines.trim_end().trim_matches(['[', ']']).split(",\r\n {").map(|line| line.replace("\r\n  ", "")).collect();
        let file = format!("{{{}\r\n{}\r\n", lines[1], lines[0]);
        let set = format!(r#"{{"kind": "set_label", "of": {ROME}, "label": "GPE"}}"#);
        let after = changed_in(OffsetUnit::CodePoint, 2, &file, &set).unwrap();
        assert_eq!(after, file.replace("LOC", "GPE"));
    }

    #[test]
    fn what_regions_cannot_hold_is_refused_by_name() {
        let file = export(&results(0));
        let delete = format!(r#"{{"kind": "delete", "of": {ADA}}}"#);
        let message = "the relation with the label \"related\" refers to the label \"qbK3dZ9x1P\"";
        assert_eq!(changed(&file, &delete).unwrap_err(), message);
        let chosen = file.replace("\"to_id\": \"qbK3dZ9x1P\"", "\"to_id\": \"xx_3dZ9x-P\"");
        let chosen = chosen.replace("\"from_id\": \"qbK3dZ9x1P\"", "\"from_id\": \"xx_3dZ9x-P\"");
        let message = "the result \"sure\" is about the region \"qbK3dZ9x1P\"";
        assert_eq!(changed(&chosen, &delete).unwrap_err(), message);
        let several = file.replace("[\"LOC\"]", "[\"LOC\", \"GPE\"]");
        let delete = format!(r#"{{"kind": "delete", "of": {ROME}}}"#);
        let message = "the region has 2 labels, which share its boundaries";
        assert_eq!(changed(&several, &delete).unwrap_err(), message);
        let second = format!(r#"{{"kind": "set_label", "of": {}, "label": "X"}}"#, ROME.replace("LOC", "GPE"));
        assert_eq!(changed(&several, &second).unwrap(), several.replace("GPE", "X"));
        let optional = format!(r#"{{"kind": "set_optional", "of": {ROME}, "optional": true}}"#);
        let message = "files in the format label-studio cannot hold optional labels";
        assert_eq!(changed(&file, &optional).unwrap_err(), message);
    }
}
