//! Reads `karat.document/1`: one JSON object per document, in a `.json` file each or as the lines
//! of a `.jsonl` file. Values of records and metadata keep their raw text until they are parsed
//! into exact numbers.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::JsonIndex;
use super::offset_basis::{Converter, OffsetBasis};
use super::offset_unit::OffsetUnit;
use super::source_map::SourceMap;
use super::text_form::TextForm;
use super::{locate, locate_key, mistaken, unknown_keys};
use crate::document::{
    Annotations, Answer, Cluster, Document, Entity, Event, Fields, KeyPoint, Layer, Record, Region, Relation, Span,
    Status, Step, Value,
};
use crate::error::Diagnostic;
use crate::plain_words::plain_words;

/// The source of an entry, for diagnostics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The path of the file, as the user gave it.
    pub file: PathBuf,
    /// The line in a `.jsonl` file, counted from 1; 0 if the file is one object.
    pub line: usize,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if self.line > 0 { write!(f, ":{}", self.line) } else { Ok(()) }
    }
}

/// The object of one document.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The file and line of the object.
    pub source: Source,
    /// The id, which joins it to its document.
    pub id: String,
    /// The document's text, if the file contains it.
    pub text: Option<String>,
    /// SHA-256 of the text that was annotated.
    pub text_sha256: Option<String>,
    /// Free metadata.
    pub meta: BTreeMap<String, Value>,
    /// The reason why there are no annotations, in predictions of a document that was not answered.
    pub error: Option<String>,
    /// The name of the document's status, if the file contains it.
    pub status: Option<String>,
    /// The number of the repeat, counted from 1.
    pub repeat: usize,
    /// The annotations. Their offsets count `offset_unit` until [`Entry::convert_offsets`] is
    /// called.
    pub annotations: Annotations,
    /// The unit of the offsets, if the file declares it.
    pub offset_unit: Option<OffsetUnit>,
    /// What the user says that the offsets count.
    pub given: GivenBasis,
    /// Whether the id is only the index in the file, for formats without ids.
    pub is_numbered: bool,
    /// The annotator, if the entry is that of one of several annotators of the document.
    pub annotator: Option<String>,
    /// The locations of the annotations in a file of another format; `None` if the file is in
    /// `karat.document/1`.
    pub places: Option<SourceMap>,
}

/// What the user says that the offsets in a file count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct GivenBasis {
    /// The unit, for files that do not declare one.
    pub unit: Option<OffsetUnit>,
    /// The form of the text.
    pub form: TextForm,
}

/// The content of a line. Values of any type are kept as raw text, since their numbers must stay
/// exact.
#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(deserialize_with = "id")]
    id: String,
    text: Option<String>,
    text_sha256: Option<String>,
    #[serde(borrow, default, deserialize_with = "object")]
    meta: Option<&'a RawValue>,
    offset_unit: Option<OffsetUnit>,
    entities: Option<Vec<Entity>>,
    relations: Option<Vec<Relation>>,
    events: Option<Vec<Event>>,
    coreference: Option<Vec<Cluster>>,
    #[serde(borrow)]
    records: Option<&'a RawValue>,
    key_points: Option<Vec<KeyPoint>>,
    key_sentences: Option<Vec<Span>>,
    summaries: Option<Vec<String>>,
    summary: Option<String>,
    keyphrases: Option<Vec<String>>,
    #[serde(default)]
    ignore: Vec<Region>,
    #[serde(default)]
    withheld: Vec<String>,
    error: Option<String>,
    status: Option<String>,
    repeat: Option<usize>,
}

/// Deserializes an object as raw text. `null` is kept rather than read as absent, and is reported
/// as an error later.
fn object<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<&'de RawValue>, D::Error> {
    Deserialize::deserialize(deserializer).map(Some)
}

/// The expected types of metadata and records. Deserializing it gives the parser's own error
/// message if a value has another type.
#[derive(Deserialize)]
struct Shape {
    #[serde(default, rename = "meta")]
    _meta: BTreeMap<String, IgnoredAny>,
    #[serde(rename = "records")]
    _records: Option<BTreeMap<String, Vec<BTreeMap<String, IgnoredAny>>>>,
}

/// Returns the fields of an object; `None` if the value is of another type.
fn fields(value: Value) -> Option<Fields> {
    match value {
        Value::Object(fields) => Some(fields),
        _ => None,
    }
}

/// Returns the records by layer; `None` if the value is not an object of arrays of objects.
fn layers(value: Value) -> Option<BTreeMap<String, Vec<Record>>> {
    let layer = |(name, layer)| match layer {
        Value::Array(items) => Some((name, items.into_iter().map(fields).collect::<Option<_>>()?)),
        _ => None,
    };
    fields(value)?.into_iter().map(layer).collect()
}

/// Deserializes an id. Whole numbers are converted to strings.
fn id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let id = <&RawValue>::deserialize(deserializer)?.get();
    if id.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(id.to_owned());
    }
    serde_json::from_str(id).map_err(|_| serde::de::Error::custom("`id` must be a string"))
}

/// Reads a file that contains one object.
///
/// # Errors
/// Fails on malformed JSON, a wrong type, or a misspelt key, with file, line and column.
pub fn read_document(file: &Path, json: &str) -> Result<Entry, Diagnostic> {
    read(Source { file: file.to_owned(), line: 0 }, json)
}

/// Reads a file with one object per line. Each line gives an entry or a diagnostic; blank lines are
/// skipped.
pub fn read_lines<'a>(file: &'a Path, text: &'a str) -> impl Iterator<Item = Result<Entry, Diagnostic>> + 'a {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines.map(move |(at, line)| read(Source { file: file.to_owned(), line: at + 1 }, line))
}

/// Reads one line of a file with one object per line, given the line's number.
///
/// # Errors
/// Fails on malformed JSON, a wrong type, or a misspelt key, with file, line and column.
pub fn read_line(file: &Path, number: usize, line: &str) -> Result<Entry, Diagnostic> {
    read(Source { file: file.to_owned(), line: number }, line)
}

fn read(source: Source, json: &str) -> Result<Entry, Diagnostic> {
    let mut ignored = Vec::new();
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let wire: Wire<'_> = serde_ignored::deserialize(&mut deserializer, |path| ignored.push(steps(&path)))
        .and_then(|wire| deserializer.end().map(|()| wire))
        .map_err(|error| broken(&source, json, &error))?;
    // The raw text is a slice of the line.
    let exact = |raw: &RawValue| {
        Value::from_raw(raw).map_err(|refused| {
            let at = raw.get().as_ptr() as usize - json.as_ptr() as usize + refused.at;
            source.place(Diagnostic::new(refused.message), json, at..at + 1)
        })
    };
    let misshapen = || match serde_json::from_str::<Shape>(json) {
        Err(error) => broken(&source, json, &error),
        Ok(_) => source.place(Diagnostic::new("`meta` or `records` is not an object"), json, 0..1),
    };
    let read = |raw: Option<&RawValue>| raw.map(exact).transpose();
    let meta = read(wire.meta)?.map(|value| fields(value).ok_or_else(misshapen)).transpose()?.unwrap_or_default();
    let records = read(wire.records)?.map(|value| layers(value).ok_or_else(misshapen)).transpose()?;
    for path in &ignored {
        if let Some(diagnostic) = unknown_keys::judge(path) {
            return Err(source.place(diagnostic, json, locate_key(json, path)).of_document(wire.id));
        }
    }
    if wire.id.is_empty() {
        return Err(source.locate(Diagnostic::new("`id` is empty"), json, &[Step::Key("id".to_owned())]));
    }
    // An unknown status must not count as an answer.
    if let Some(status) = wire.status.as_deref().filter(|status| status.parse::<Status>().is_err()) {
        let diagnostic = Diagnostic::new(format!("`{status}` is not a status that a file can contain"));
        let diagnostic = diagnostic.help_with_nearest(status, Status::IN_FILES.map(Status::as_str));
        return Err(source.locate(diagnostic, json, &[Step::Key("status".to_owned())]).of_document(wire.id));
    }
    if wire.repeat == Some(0) {
        let diagnostic = Diagnostic::new("`repeat` counts from 1");
        return Err(source.locate(diagnostic, json, &[Step::Key("repeat".to_owned())]).of_document(wire.id));
    }
    let summaries = match (wire.summary, wire.summaries) {
        (Some(_), Some(_)) => {
            let diagnostic = Diagnostic::new("there are both `summary` and `summaries`");
            let diagnostic =
                diagnostic.help("write one: `summaries` is a list, and `summary` is short for one of them");
            return Err(source.locate(diagnostic, json, &[Step::Key("summary".to_owned())]).of_document(wire.id));
        }
        (Some(only), None) => Some(vec![only]),
        (None, summaries) => summaries,
    };
    let withheld = wire.withheld.iter().map(|name| name.parse().map_err(|_| name)).collect::<Result<_, &String>>();
    let withheld = withheld.map_err(|name| {
        let diagnostic = Diagnostic::new(format!("`withheld` names {name:?}, which is not a layer"));
        let diagnostic = source.locate(diagnostic, json, &[Step::Key("withheld".to_owned())]);
        diagnostic.of_document(wire.id.as_str()).help_with_nearest(name, Layer::NAMES)
    })?;
    let annotations = Annotations {
        withheld,
        entities: wire.entities,
        relations: wire.relations,
        events: wire.events,
        coreference: wire.coreference,
        records,
        key_points: wire.key_points,
        key_sentences: wire.key_sentences,
        summaries,
        keyphrases: wire.keyphrases,
        ignore: wire.ignore,
        ..Annotations::default()
    };
    Ok(Entry {
        source,
        id: wire.id,
        text: wire.text,
        text_sha256: wire.text_sha256,
        meta: meta.into_iter().collect(),
        error: wire.error,
        status: wire.status,
        repeat: wire.repeat.unwrap_or(1),
        annotations,
        offset_unit: wire.offset_unit,
        given: GivenBasis::default(),
        is_numbered: false,
        annotator: None,
        places: None,
    })
}

fn steps(path: &serde_ignored::Path<'_>) -> Vec<Step> {
    use serde_ignored::Path as P;
    let (parent, step) = match path {
        P::Root => return Vec::new(),
        P::Seq { parent, index } => (parent, Some(Step::Index(*index))),
        P::Map { parent, key } => (parent, Some(Step::Key(key.clone()))),
        P::Some { parent } | P::NewtypeStruct { parent } | P::NewtypeVariant { parent } => (parent, None),
    };
    steps(parent).into_iter().chain(step).collect()
}

/// Returns the syntax error that a parser of values reports: its message is clearer than that of
/// the parser that skips raw text.
pub fn plainest_error(json: &str, error: &serde_json::Error) -> Option<serde_json::Error> {
    serde_json::from_str::<serde_json::Value>(json).err().filter(|_| error.is_syntax())
}

/// Converts a syntax or type error of the parser. Its message is kept without the position, which
/// is replaced by that in the file.
pub(super) fn broken(source: &Source, json: &str, error: &serde_json::Error) -> Diagnostic {
    let plainest = plainest_error(json, error);
    let error = plainest.as_ref().unwrap_or(error);
    let bare = plain_words(&error.to_string());
    let line_start: usize = json.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let at = (line_start + error.column().saturating_sub(1)).min(json.len());
    let at = json.floor_char_boundary(at);
    if let Some(diagnostic) = mistaken::json(json, at) {
        return source.place(diagnostic, json, at..at + 1);
    }
    if json.trim_start().starts_with('[') {
        let diagnostic = Diagnostic::new("this is a list, not one object per document");
        return source.place(diagnostic, json, 0..1).help("write each object on its own line of a .jsonl file");
    }
    let (what, help) = if error.is_data() {
        ("not `karat.document/1`", "docs/FORMAT.md describes the format")
    } else {
        ("broken JSON", "the file must be JSON, one object per document")
    };
    source.place(Diagnostic::new(format!("{what}: {bare}")), json, at..at + 1).help(help)
}

impl Source {
    /// Locates a diagnostic in the file, given the text of the object and a byte range in it.
    pub(super) fn place(&self, diagnostic: Diagnostic, json: &str, bytes: std::ops::Range<usize>) -> Diagnostic {
        let mut diagnostic = diagnostic.in_file(&self.file).at_bytes(json, bytes);
        if let Some(position) = &mut diagnostic.position {
            position.0 += self.line.saturating_sub(1);
        }
        diagnostic
    }

    /// Locates a diagnostic in the file, given the text of the object, its index and a byte range
    /// in it.
    pub fn place_by(
        &self,
        diagnostic: Diagnostic,
        (json, index): (&str, &JsonIndex),
        bytes: std::ops::Range<usize>,
    ) -> Diagnostic {
        let mut diagnostic = index.at_bytes(diagnostic.in_file(&self.file), json, bytes);
        if let Some(position) = &mut diagnostic.position {
            position.0 += self.line.saturating_sub(1);
        }
        diagnostic
    }

    /// Locates diagnostics at values of the object, given the object's text and the values' paths.
    pub fn locate_all(&self, diagnostics: Vec<(Diagnostic, Vec<Step>)>, json: &str) -> Vec<Diagnostic> {
        let mut index = JsonIndex::new(json);
        let located = diagnostics.into_iter().map(|(diagnostic, path)| {
            let bytes = index.locate(json, &path);
            self.place_by(diagnostic, (json, &index), bytes)
        });
        located.collect()
    }

    /// Locates a diagnostic at a value of the object, given the object's text and the value's path.
    pub fn locate(&self, diagnostic: Diagnostic, json: &str, path: &[Step]) -> Diagnostic {
        self.place(diagnostic, json, locate(json, path))
    }
}

impl Entry {
    /// Creates an empty entry that is read from another format.
    pub(crate) fn foreign(source: Source, id: impl Into<String>) -> Self {
        Self {
            source,
            id: id.into(),
            text: None,
            text_sha256: None,
            meta: BTreeMap::new(),
            error: None,
            status: None,
            repeat: 1,
            annotations: Annotations::default(),
            offset_unit: None,
            given: GivenBasis::default(),
            is_numbered: false,
            annotator: None,
            places: Some(SourceMap::default()),
        }
    }

    /// Creates an entry with an empty layer of entities.
    pub(crate) fn empty(file: &Path, id: &str) -> Self {
        let mut entry = Self::foreign(Source { file: file.to_owned(), line: 0 }, id);
        entry.annotations.entities = Some(Vec::new());
        entry
    }

    /// Converts the entry to an answer: its annotations, or the reason why there are none.
    pub fn into_answer(self) -> Answer {
        let status = self.status.and_then(|status| status.parse().ok());
        match (status, self.error) {
            (None | Some(Status::Ok), None) => Answer::ok(self.annotations),
            (status, error) => {
                let status = status.filter(|status| *status != Status::Ok).unwrap_or(Status::Failed);
                Answer::without(status, error.unwrap_or_else(|| status.to_string()))
            }
        }
    }

    /// Returns what the offsets count.
    pub fn basis(&self) -> OffsetBasis {
        OffsetBasis { unit: self.offset_unit.or(self.given.unit).unwrap_or_default(), form: self.given.form }
    }

    /// Converts offsets in another basis to code points of the document's text.
    ///
    /// # Errors
    /// Fails with the path of the first offset that is past the end of the text or inside a
    /// character, and if the text is unknown.
    pub fn convert_offsets(&mut self, document: Option<&Document>) -> Result<(), (Diagnostic, Vec<Step>)> {
        let basis = self.basis();
        if basis == OffsetBasis::DEFAULT {
            return Ok(());
        }
        let key = || vec![Step::Key("offset_unit".to_owned())];
        let Some(text) = document.map(Document::text).or(self.text.as_deref()) else {
            let what =
                if basis.form.is_as_stored() { "another unit than code points" } else { "another form of the text" };
            return Err((Diagnostic::new(format!("offsets in {what} need the text")).help("add `text`"), key()));
        };
        let converter = Converter::new(basis, text);
        let mut wrong = None;
        self.annotations.each_range(&mut |path, range, _| {
            for offset in [&mut range.0, &mut range.1] {
                match converter.code_point(*offset) {
                    Some(code_point) => *offset = code_point,
                    None => wrong = wrong.take().or_else(|| Some((*offset, path.to_vec()))),
                }
            }
        });
        self.offset_unit = Some(OffsetUnit::CodePoint);
        self.given = GivenBasis::default();
        match wrong {
            None => Ok(()),
            Some((offset, path)) => {
                let diagnostic =
                    Diagnostic::new(format!("offset {offset} is past the end of the text or inside a character"));
                Err((
                    match basis.form.is_as_stored() {
                        true => diagnostic.help("is `offset_unit` right?"),
                        false => diagnostic.help(format!("is `{}` right?", basis.options())),
                    },
                    path,
                ))
            }
        }
    }
}
