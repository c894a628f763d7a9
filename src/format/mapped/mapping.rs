//! Decides whether a file is read by a field map, and reads it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::container::{Container, LINE, Row};
use super::convert::{convert, find};
use super::field_map::{Field, FieldMap, FieldSource};
use super::known_names::{Assumption, assume, sample};
use super::known_shapes;
use crate::document::Value;
use crate::error::Diagnostic;
use crate::format::lookup::{is_of_tokens, other_content};
use crate::format::{Entry, Format, Purpose, SourceMap, conll2012, read_line};

/// The number of bytes at the beginning of a file whose rows decide how it is read.
const ENOUGH: usize = 1 << 16;

/// What is known about how a file is to be read.
#[derive(Debug, Clone, Copy)]
pub struct MapOptions<'m> {
    /// What the file is read for, which decides what well-known names mean.
    pub purpose: Purpose,
    /// The fields that the user has mapped.
    pub map: &'m FieldMap,
    /// Whether rows need no id, since files are joined by line or by text.
    pub is_numbered: bool,
    /// Whether documents are joined by their texts, so that predictions need them.
    pub needs_text: bool,
}

/// How the rows of a file become documents.
#[derive(Debug, Clone, PartialEq)]
pub struct Mapping {
    container: Container,
    /// The sources of fields: those that the user has mapped and those that are assumed.
    fields: FieldMap,
    is_numbered: bool,
    purpose: Purpose,
    /// The pointer to the name of the model, if each document has a row for each of several models.
    model: Option<&'static str>,
    /// What is assumed about the names of fields, in one line; empty if nothing is.
    pub assumption: String,
}

impl Mapping {
    /// Returns how a file is read by a field map; `None` if it is left to the reader of its format.
    /// `text` is the file's text or the beginning of it.
    ///
    /// # Errors
    /// Fails if the file is something else than text, JSON or a table, if several names could be
    /// one field, and if the columns of a table say nothing.
    pub fn of_file(file: &Path, text: &str, options: MapOptions<'_>) -> Result<Option<Self>, Diagnostic> {
        let MapOptions { purpose, map, is_numbered, needs_text } = options;
        let candidates = Format::candidates(file, text.as_bytes());
        let is_own = candidates.iter().all(|format| format.name == "karat");
        if map.is_empty() && (!is_own || is_of_tokens(file, text, &candidates) || conll2012::looks_like(text)) {
            return Ok(None);
        }
        if !candidates.iter().any(|format| format.binary)
            && let Some(diagnostic) = other_content(&candidates, file, text.as_bytes(), Some(text))
        {
            return Err(diagnostic);
        }
        // The reader of the format takes the key of the text.
        if map.text_key().is_some() && candidates.iter().any(|format| format.has_text_key) {
            return Ok(None);
        }
        let Some(container) = Container::of(file, text).or_else(|| lines(file, text, purpose, map)) else {
            return match map.is_empty() {
                true => Ok(None),
                false => Err(Diagnostic::new("this file has no fields to map")
                    .in_file(file)
                    .help(format!("{} reads rows of JSON, CSV, TSV and text", purpose.map_option()))),
            };
        };
        let mapping = |fields, assumption| Self { container, fields, is_numbered, purpose, model: None, assumption };
        if container == Container::Lines {
            let line = [(Field::Key("summaries"), FieldSource::Column(LINE.to_owned()))];
            let fields = if map.is_empty() { FieldMap::new(line).unwrap_or_default() } else { map.clone() };
            return Ok(Some(Self { is_numbered: true, ..mapping(fields, String::new()) }));
        }
        let rows: Vec<Row> = container.rows(file, text, ENOUGH).into_iter().filter_map(Result::ok).take(100).collect();
        let rows: Vec<&Row> = rows.iter().collect();
        let below = if let Container::JsonBelow(key) = container { Some(key) } else { None };
        if let Some(shape) = known_shapes::of_rows(&rows, below).filter(|_| map.is_empty())
            && let Some(fields) = shape.fields(purpose)
        {
            let option = purpose.map_option();
            let note = format!("read as rows of {} ({fields}); {option} says otherwise", shape.tool);
            return Ok(Some(Self { model: shape.model, ..mapping(fields, note) }));
        }
        let (fields, assumption) = match assume(&rows, purpose, map, needs_text) {
            Assumption::Ambiguous(field, names) => return Err(ambiguous(file, purpose, field, &names)),
            Assumption::Fields(assumed, notes) => {
                let all = map.iter().chain(assumed.iter()).cloned();
                let note = format!("read {}; {} says otherwise", notes.join(", "), purpose.map_option());
                (FieldMap::new(all).unwrap_or_default(), note)
            }
            Assumption::None if !map.is_empty() => (map.clone(), String::new()),
            // Rows without ids are joined by their numbers or texts; an array of documents in
            // karat's own format is read like lines of them.
            Assumption::None => {
                let known = sample(&rows);
                let is_array = container == Container::Json && text.trim_start().starts_with('[');
                let lacks_id = is_numbered && !rows.is_empty() && !known.contains_key("id");
                if let Container::Table(_) = container {
                    let has_layer = known.keys().any(|name| LAYERS.contains(name));
                    if !has_layer {
                        return Err(unknown_table(file, purpose, &known.into_keys().collect::<Vec<_>>()));
                    }
                } else if !(lacks_id || is_array && known.contains_key("id")) {
                    return Ok(None);
                }
                (FieldMap::default(), String::new())
            }
        };
        Ok(Some(mapping(fields, assumption)))
    }

    /// Whether the file has one text a line.
    pub fn is_of_lines(&self) -> bool {
        self.container == Container::Lines
    }

    /// Whether the rows of one model are to be chosen, since a file of predictions has a row of
    /// each model for a document.
    pub fn chooses_model(&self) -> bool {
        self.model.is_some() && self.purpose == Purpose::Predictions
    }

    /// Reads the rows of a file. Returns an entry or a diagnostic for each, and a diagnostic for
    /// each mapped field that no row has. Of predictions by several models, only those of `model`
    /// are read.
    pub fn read(&self, file: &Path, text: &str, model: Option<&str>) -> Vec<Result<Entry, Diagnostic>> {
        let mut rows = self.container.rows(file, text, usize::MAX);
        if let Some(pointer) = self.model {
            match self.of_model(rows, pointer, model) {
                Ok(of_model) => rows = of_model,
                Err(diagnostic) => return vec![Err(diagnostic.in_file(file))],
            }
        }
        let mut read = Vec::new();
        let absent = self.absent(file, &rows);
        let has_id = self.fields.maps_key("id")
            || rows.iter().flatten().any(|row| row.value.get("id").is_some_and(|id| !id.is_null()));
        let line = rows.iter().flatten().map(|row| row.line).next();
        if let (false, false, Some(line)) = (has_id, self.is_numbered, line) {
            read.push(Err(self.no_id(file, line, &rows)));
        } else if absent.is_empty() {
            for (number, row) in rows.into_iter().enumerate() {
                read.push(row.and_then(|row| self.entry(file, &row, number + 1)));
            }
        }
        read.extend(absent.into_iter().map(Err));
        read
    }

    /// Returns the rows of one model, or of a golden file the first row of each document.
    fn of_model(
        &self,
        mut rows: Vec<Result<Row, Diagnostic>>,
        pointer: &str,
        model: Option<&str>,
    ) -> Result<Vec<Result<Row, Diagnostic>>, Diagnostic> {
        if self.purpose == Purpose::Gold {
            let mut seen = BTreeSet::new();
            rows.retain(|row| {
                let id = row.as_ref().ok().and_then(|row| row.value.get("id"));
                id.is_none_or(|id| seen.insert(id.to_string()))
            });
            return Ok(rows);
        }
        let name = |row: &Row| row.value.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
        let names: BTreeSet<String> = rows.iter().flatten().map(name).collect();
        let chosen = match model {
            Some(model) if names.contains(model) => model,
            None if names.len() < 2 => return Ok(rows),
            other => {
                let list = names.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ");
                let message = match other {
                    Some(model) => format!("there are no predictions of {model:?}"),
                    None => format!("this file has the predictions of {} models", names.len()),
                };
                return Err(Diagnostic::new(message).help(format!("choose one with `--pred-annotator`: {list}")));
            }
        };
        rows.retain(|row| row.as_ref().map_or(true, |row| name(row) == chosen));
        Ok(rows)
    }

    fn entry(&self, file: &Path, row: &Row, number: usize) -> Result<Entry, Diagnostic> {
        let at = |diagnostic: Diagnostic| {
            let diagnostic = Diagnostic { excerpt: None, ..diagnostic.in_file(file).at((row.line, 1)) };
            if diagnostic.help.is_some() { diagnostic } else { diagnostic.help(FORMATS) }
        };
        let object = convert(&row.value, &self.fields, self.is_numbered.then_some(number)).map_err(at)?;
        if object.get("id").is_none() {
            let diagnostic = Diagnostic::new("this row has no id");
            return Err(at(diagnostic.help("every row needs one, unless files are joined by `--join line`")));
        }
        let mut entry = read_line(file, row.line, &object.to_string()).map_err(at)?;
        // Paths in the object are none in the file, so that errors are located at the row.
        entry.places = Some(SourceMap::default());
        Ok(entry)
    }

    /// Returns a diagnostic for each mapped field that no row has.
    fn absent(&self, file: &Path, rows: &[Result<Row, Diagnostic>]) -> Vec<Diagnostic> {
        let rows: Vec<&Row> = rows.iter().flatten().collect();
        if rows.is_empty() {
            return Vec::new();
        }
        let is_absent = |source: &FieldSource| rows.iter().all(|row| find(&row.value, source).is_none());
        let known: BTreeMap<&str, _> = sample(&rows);
        let diagnostic = |(field, source): &(Field, FieldSource)| {
            let what = if let Container::Table(_) = self.container { "column" } else { "row has the key" };
            let message = format!("no {what} `{source}`, from which `{field}` is to be read");
            let diagnostic = Diagnostic::new(message).in_file(file).at((1, 1));
            diagnostic.help_with_nearest(&source.to_string(), known.keys().copied())
        };
        self.fields.iter().filter(|(_, source)| is_absent(source)).map(diagnostic).collect()
    }

    fn no_id(&self, file: &Path, line: usize, rows: &[Result<Row, Diagnostic>]) -> Diagnostic {
        let rows: Vec<&Row> = rows.iter().flatten().collect();
        let names: Vec<String> = sample(&rows).keys().map(|name| format!("`{name}`")).collect();
        let message = format!("the rows have no `id`; their fields are {}", names.join(", "));
        let option = self.purpose.map_option();
        let help =
            format!("`{option} id=FIELD` names the field with the ids; `--join line` joins by the rows' numbers");
        Diagnostic::new(message).in_file(file).at((line, 1)).help(help)
    }
}

const FORMATS: &str = "docs/FORMAT.md describes the fields";

/// The names of columns that a table in karat's own names has.
const LAYERS: [&str; 8] =
    ["summary", "summaries", "keyphrases", "entities", "relations", "events", "key_points", "key_sentences"];

/// Returns the container of a file of texts, if it may be one: it is in no format, and is named or
/// mapped as texts. A single file that is read for neither side, as by `karat convert`, needs a
/// map.
fn lines(file: &Path, text: &str, purpose: Purpose, map: &FieldMap) -> Option<Container> {
    let is_named = Container::may_be_lines(file) && !text.trim().is_empty();
    let is_of_format = || Format::own().has_extension(file) || looks_binary(text);
    (is_named && !is_of_format() && (purpose != Purpose::Any || !map.is_empty())).then_some(Container::Lines)
}

/// Whether a text has characters that texts do not have.
fn looks_binary(text: &str) -> bool {
    let head = &text[..text.floor_char_boundary(1 << 12)];
    head.chars().any(|character| character.is_control() && !character.is_whitespace())
}

fn ambiguous(file: &Path, purpose: Purpose, field: &str, names: &[String]) -> Diagnostic {
    let list: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    let what = match (purpose, field) {
        (_, "text") => "the document's text",
        (_, "id") => "the document's id",
        (Purpose::Gold, _) => "the reference",
        (Purpose::Predictions, _) => "the candidate",
        (Purpose::Any, _) => "the summary",
    };
    let message = format!("{} may each be {what}", list.join(" and "));
    let last = names.last().map_or("NAME", String::as_str);
    let help = format!("say which, for instance with `{} {field}={last}`", purpose.map_option());
    Diagnostic::new(message).in_file(file).at((1, 1)).help(help)
}

fn unknown_table(file: &Path, purpose: Purpose, names: &[&str]) -> Diagnostic {
    let list: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    let message = match list.as_slice() {
        [] => "the table has no rows".to_owned(),
        list => format!("no column is known to karat: the columns are {}", list.join(", ")),
    };
    let diagnostic = Diagnostic::new(message).in_file(file).at((1, 1));
    let example = names.iter().find(|name| **name != "id").unwrap_or(&"COLUMN");
    diagnostic.help(format!(
        "name them: `{option} id=COLUMN {option} summary={example}`, or records.NAME.FIELD=COLUMN; a table of spans has \
         the columns document, start, end, label",
        option = purpose.map_option()
    ))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;

    use super::{FieldMap, MapOptions, Mapping, Purpose};

    /// Texts that resemble rows, from which parts are cut and into which characters are put.
    const ROWS: [&str; 6] = [
        "{\"id\": \"a\", \"article\": \"x\", \"highlights\": [\"y\"]}\n{\"id\": 2, \"prediction\": \"\"}\n",
        "[{\"id\": \"a\", \"entities\": [{\"begin\": 0, \"stop\": 4, \"type\": \"X\"}]},\n {\"id\": 1}]",
        "id,text,summary,ref0\n1,\"a\nb\",\"\"\"\",x\n2,,;,\n",
        "{\"samples\": [{\"id\": 1, \"target\": \"x\", \"output\": {\"completion\": \"y\"}}]}",
        "src\tref\thyp\r\nx\t\ty\r\n",
        "one two\n\n\u{2028}three",
    ];

    proptest! {
        #[test]
        fn mangled_rows_are_read_or_refused(
            row in 0..ROWS.len(),
            cut in 0..120_usize,
            with in "[{}\\[\\]\",:0-9a-zé \\n\\r\\t;\\\\.-]{0,4}",
            file in prop::sample::select(vec!["a.json", "a.jsonl", "a.csv", "a.tsv", "a.txt", "a"]),
            purpose in prop::sample::select(vec![Purpose::Any, Purpose::Gold, Purpose::Predictions]),
            map in prop::sample::select(vec!["", "summary=ref0", "entities=/entities/0", "records.r=id", "id=/samples/0/id"]),
        ) {
            let text = ROWS[row];
            let cut = text.floor_char_boundary(cut.min(text.len()));
            let text = format!("{}{with}{}", &text[..cut], &text[cut..]);
            let map = FieldMap::new((!map.is_empty()).then(|| FieldMap::parse_pair(map).unwrap())).unwrap();
            for is_numbered in [false, true] {
                let options = MapOptions { purpose, map: &map, is_numbered, needs_text: is_numbered };
                if let Ok(Some(mapping)) = Mapping::of_file(Path::new(file), &text, options) {
                    for read in mapping.read(Path::new(file), &text, None) {
                        match read {
                            Ok(entry) => prop_assert!(!entry.id.is_empty() && entry.source.line > 0),
                            Err(diagnostic) => prop_assert!(diagnostic.file.is_some() && diagnostic.position.is_some()),
                        }
                    }
                }
            }
        }
    }
}
