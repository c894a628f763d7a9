//! Reads and writes the JSONL of Hugging Face datasets for token classification: `tokens` and
//! `ner_tags`, which are tag names or class numbers.
//!
//! The names of class numbers are those of `--labels`, or of the metadata of a Parquet file, or of
//! a file beside: `dataset_info.json` (which `datasets` writes), `features.json` or `names.json`.
//! Tokens are joined by one space if the text is unknown, and tags are decoded as in token files.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::json;

use super::tokens::{self, Notation, fit, label, write as token_lines};
use crate::document::{Annotations, Scheme, Sentence, TagName, Tags, TokenFile, Value};
use crate::error::Diagnostic;
use crate::format::capabilities::{Capabilities, SPANS};
use crate::format::definition::{Format, Input, Look};
use crate::format::json::{Node, parse};
use crate::format::output::{Files, Output};
use crate::format::parquet_file::hugging_face_features;
use crate::format::{Entry, reading};

/// The keys of tags, in the order in which they are looked for.
const TAGS: [&str; 4] = ["ner_tags", "tags", "labels", "ner"];

/// Files beside a file that may contain the names of its classes.
const NAMES: [&str; 3] = ["dataset_info.json", "features.json", "names.json"];

/// The `hf-tokens` format.
pub(super) const FORMATS: &[Format] = &[Format {
    name: "hf-tokens",
    about: "Hugging Face datasets of tokens: `tokens` and `ner_tags`, names or class numbers (`--labels`)",
    extensions: &["jsonl", "json"],
    chooses_tags: true,
    looks_like: |look| tags_of(look).is_some(),
    read,
    capabilities: Capabilities {
        label,
        fix: |output, losses| {
            fit(output, losses, Scheme::Iob2);
        },
        ..SPANS
    },
    write,
    ..Format::DEFAULTS
}];

/// Returns the key of the tags, if the first object of a file has a list of words and one of tags.
pub(super) fn tags_of(look: &Look<'_>) -> Option<&'static str> {
    let list = |key: &str| look.key(key)?.strip_prefix('[').map(str::trim_start);
    let is_list_of = |key: &str, begins: fn(char) -> bool| list(key).is_some_and(|rest| rest.starts_with(begins));
    let words = is_list_of("tokens", |c| matches!(c, '"' | ']'));
    let is_tag = |c: char| matches!(c, '"' | ']' | '-') || c.is_ascii_digit();
    TAGS.into_iter().find(|key| words && is_list_of(key, is_tag))
}

fn read(input: &Input<'_>) -> Vec<Result<Entry, Diagnostic>> {
    if u32::try_from(input.text.len()).is_err() {
        let diagnostic = Diagnostic::new("a file of tokens of 4 GiB or more cannot be read").in_file(input.file);
        return vec![Err(diagnostic.at((1, 1)).help("cut it at lines into several files"))];
    }
    let mut reader = Reader {
        input,
        names: None,
        file: TokenFile::default(),
        indexes: BTreeMap::new(),
        outside: Vec::new(),
        stop: false,
    };
    reader.file.file = input.file.to_owned();
    reader.file.lines_are_sentences = true;
    let mut documents = Vec::new();
    // The tags of all documents are in one file, which is complete only at the end, so that this
    // returns diagnostics alone.
    let mut read = reading::each_object(parse(input.file, input.text), |json, node, number| {
        if !reader.stop {
            let before = reader.sentences();
            let document = reader.document(node, number, json.source.line);
            documents.extend(document.map(|((id, is_numbered), text)| {
                let entry = Entry { is_numbered, text, ..Entry::foreign(json.source.clone(), id) };
                (entry, before..reader.sentences())
            }));
        }
        None
    });
    let file = Arc::new(reader.file);
    let diagnostics = tokens::check_outside(&file, "", 0, &reader.outside, &input.tokens, input.notes);
    if !diagnostics.is_empty() {
        read.extend(diagnostics.into_iter().map(Err));
        return read;
    }
    let scheme = match input.tokens.notation {
        Some(Notation::Scheme(scheme)) => Some(scheme),
        Some(Notation::Io | Notation::Suffix) | None => None,
    };
    let recognised = if scheme.is_some() { Ok(None) } else { tokens::recognise(&file, &input.tokens, input.notes) };
    let is_bilou = match recognised {
        Ok(recognised) => recognised == Some(Scheme::Bilou),
        Err(diagnostic) => {
            read.push(Err(diagnostic));
            return read;
        }
    };
    for (mut entry, sentences) in documents {
        let tags = Tags { file: Arc::clone(&file), sentences, opening: None, places: None, scheme, is_bilou };
        read.push(finish(&mut entry, tags).map(|()| entry));
    }
    read
}

/// Adds the tags to an entry, located in the text that the file contains.
fn finish(entry: &mut Entry, mut tags: Tags) -> Result<(), Diagnostic> {
    match entry.text.as_deref() {
        None => entry.text = Some(tags.joined().to_owned()),
        Some(text) if tags.joined() == text => {}
        Some(text) => tags.place_in(text).map_err(|token| {
            let message =
                format!("the token {:?} does not occur in `text` behind the tokens before it", tags.file.token(token));
            let diagnostic = Diagnostic::new(message).in_file(&tags.file.file).at((tags.file.line_of(token).max(1), 1));
            diagnostic.of_document(&*entry.id).help("the tokens must be those of the text, in order")
        })?,
    }
    entry.annotations = Annotations { tags: Some(tags), ..Annotations::default() };
    Ok(())
}

struct Reader<'r, 'i> {
    input: &'r Input<'i>,
    /// The names of the classes, if they were needed.
    names: Option<Vec<String>>,
    file: TokenFile,
    indexes: BTreeMap<String, u32>,
    /// The tags that are not written in the notation.
    outside: Vec<u32>,
    /// Whether reading ends, since the names of the classes are unknown.
    stop: bool,
}

impl Reader<'_, '_> {
    /// Reads the tokens and tags of a document as a sentence, and returns its id and text.
    fn document(&mut self, node: &Node<'_>, number: usize, line: usize) -> Option<((String, bool), Option<String>)> {
        node.object()?;
        let id = reading::id(node.get("id"), number)?;
        let text = node.get("text").and_then(|text| text.string()).map(str::to_owned);
        let tokens = node.need("tokens")?;
        let Some(tags) = node.get_any(&TAGS) else {
            node.diagnostic(Diagnostic::new("`ner_tags` is missing"));
            return None;
        };
        let (words, marks) = (tokens.items(), tags.items());
        if words.len() != marks.len() {
            let message = format!("there are {} tokens and {} tags", words.len(), marks.len());
            tags.diagnostic(Diagnostic::new(message).help("each token has one tag"));
            return None;
        }
        let words: Vec<&str> = words.iter().filter_map(Node::string).collect();
        let tags: Vec<u32> = marks.iter().map_while(|mark| self.tag(mark)).collect();
        if words.len() != marks.len() || tags.len() != marks.len() {
            return None;
        }
        for ((word, tag), mark) in words.iter().zip(&tags).zip(&marks) {
            let tag = &self.file.names[*tag as usize];
            if word.is_empty() && tag.prefix != b'O' {
                mark.diagnostic(Diagnostic::new(format!("the token is empty, and its tag is {}", tag.text)));
                return None;
            }
        }
        self.sentence(&words, tags, line);
        Some((id, text))
    }

    fn sentence(&mut self, words: &[&str], tags: Vec<u32>, line: usize) {
        let file = &mut self.file;
        if words.is_empty() {
            return;
        }
        if !file.tokens.is_empty() {
            file.text.push('\n');
        }
        file.sentences.push(Sentence { first: file.tags.len() as u32, line: line.max(1) as u32 });
        for (at, word) in words.iter().enumerate() {
            if at > 0 {
                file.text.push(' ');
            }
            let start = file.text.len() as u32;
            file.text.push_str(word);
            file.tokens.push((start, file.text.len() as u32));
        }
        file.tags.extend(tags);
    }

    /// Returns the index of a tag, which is a name or the number of a class.
    fn tag(&mut self, mark: &Node<'_>) -> Option<u32> {
        let name = match mark.value {
            Value::Number(_) => self.class(mark)?,
            Value::String(name) if name.is_empty() => {
                mark.diagnostic(
                    Diagnostic::new("the tag is empty").help("a token outside of entities has the tag `O`"),
                );
                return None;
            }
            _ => mark.string()?.to_owned(),
        };
        let (names, outside, notation) = (&mut self.file.names, &mut self.outside, self.input.tokens.notation);
        Some(*self.indexes.entry(name).or_insert_with_key(|name| {
            let index = names.len() as u32;
            let written = tokens::to_prefixed(name, notation);
            if written.is_none() {
                outside.push(index);
            }
            names.push(TagName::new(written.as_deref().unwrap_or(name)));
            index
        }))
    }

    fn class(&mut self, mark: &Node<'_>) -> Option<String> {
        if self.names.is_none() {
            let names = if self.input.labels.is_empty() { self.known_names(mark)? } else { self.input.labels.to_vec() };
            self.names = Some(names);
        }
        let names = self.names.as_deref().unwrap_or_default();
        let found = mark.value.as_u64().and_then(|class| names.get(usize::try_from(class).ok()?));
        if found.is_none() {
            let message = format!("there is no class {}: there are {} names", mark.value, names.len());
            mark.diagnostic(Diagnostic::new(message).help("classes are numbered from 0, in the order of their names"));
        }
        found.cloned()
    }

    /// Returns the names in the metadata of this file, or else in the first file beside it that has
    /// some.
    fn known_names(&mut self, mark: &Node<'_>) -> Option<Vec<String>> {
        let names_of = |features: &serde_json::Value| TAGS.iter().find_map(|key| class_names(features.get(key)?));
        if let Some(names) = hugging_face_features(self.input.file).as_ref().and_then(names_of) {
            return Some(names);
        }
        let read = |name: &str| -> Option<Vec<String>> {
            let value: serde_json::Value =
                serde_json::from_slice(&fs::read(self.input.file.with_file_name(name)).ok()?).ok()?;
            let features = value.get("features").unwrap_or(&value);
            if features.is_array() {
                return strings(features);
            }
            names_of(features)
        };
        let found = NAMES.iter().find_map(|name| Some((name, read(name)?)));
        if let Some((name, _)) = &found {
            self.input.note("names of the classes, which are read from a file beside it", format!("`{name}`"));
        } else {
            self.stop = true;
            let diagnostic = Diagnostic::new("the tags are class numbers, and their names are not known");
            let help = "name them in order with `--labels O,B-PER,I-PER,...`, or put the dataset's dataset_info.json beside the file";
            mark.diagnostic(diagnostic.help(help));
        }
        found.map(|(_, names)| names)
    }

    /// Returns the number of sentences that were read: one for each document with tokens.
    fn sentences(&self) -> u32 {
        self.file.sentences.len() as u32
    }
}

/// Returns the `names` of a feature, or of the feature that it is a list of.
fn class_names(feature: &serde_json::Value) -> Option<Vec<String>> {
    match feature {
        serde_json::Value::Array(items) => items.first().and_then(class_names),
        _ => match feature.get("names") {
            Some(names) => strings(names),
            None => class_names(feature.get("feature")?),
        },
    }
}

fn strings(list: &serde_json::Value) -> Option<Vec<String>> {
    list.as_array()?.iter().map(|name| name.as_str().map(str::to_owned)).collect()
}

fn write(outputs: &[Output], _: bool) -> Files {
    let mut lines = String::new();
    for output in outputs {
        let entities = output.annotations.entities.as_deref().unwrap_or_default();
        let (written, _) = token_lines(&output.document, entities, Scheme::Iob2);
        // Two lines begin the document.
        let rows = written.lines().skip(2).filter_map(|line| line.rsplit_once(' '));
        let (tokens, tags): (Vec<&str>, Vec<&str>) = rows.unzip();
        let (id, text) = (output.document.id(), output.document.text());
        lines.push_str(&format!("{}\n", json!({"id": id, "text": text, "tokens": tokens, "ner_tags": tags})));
    }
    vec![(PathBuf::new(), lines.into_bytes())]
}
