//! Reads and writes the JSON of spaCy 2 (`spacy convert`, `docs_to_json`): documents with
//! `paragraphs`, each a text of its own, with `sentences` of `tokens` whose tags (`ner`) are BILUO.
//!
//! The text is `raw`, in which the tokens are located, or the words with their spaces.

use std::path::PathBuf;

use serde_json::json;

use super::docbin::{Word, remove_overlaps, words};
use crate::document::{Entity, Span};
use crate::error::Diagnostic;
use crate::format::capabilities::{Capabilities, SPANS};
use crate::format::definition::{Format, Input, Look};
use crate::format::json::{Json, Node, parse};
use crate::format::output::{Files, Output};
use crate::format::source_map::{SourceLocation, SourceMap};
use crate::format::{Entry, reading};

/// The `spacy-v2` format.
pub(super) const FORMATS: &[Format] = &[Format {
    name: "spacy-v2",
    about: "spaCy 2's JSON: `paragraphs` of `sentences` of `tokens` with BILUO tags",
    extensions: &["json", "jsonl"],
    looks_like,
    read,
    capabilities: Capabilities { absent_entities: true, fix: remove_overlaps, ..SPANS },
    write,
    ..Format::DEFAULTS
}];

fn looks_like(look: &Look<'_>) -> bool {
    look.has_objects("paragraphs", "sentences")
}

fn read(input: &Input<'_>) -> Vec<Result<Entry, Diagnostic>> {
    reading::each_object(parse(input.file, input.text), |json, node, number| document(json, node, number, input))
}

fn document(json: &Json<'_>, node: &Node<'_>, number: usize, input: &Input<'_>) -> Vec<Entry> {
    let read = || {
        node.object()?;
        let (id, is_numbered) = reading::id(node.get("id"), number)?;
        let paragraphs = node.need("paragraphs")?.items();
        let entry = |(at, paragraph): (usize, &Node<'_>)| {
            let id = if at == 0 { id.clone() } else { format!("{id}-{}", at + 1) };
            // A paragraph without an id of its own may also be found by its text.
            let mut entry = Entry { is_numbered, ..Entry::foreign(json.source.clone(), id) };
            Paragraph::default().read(paragraph, &mut entry, input).map(|()| entry)
        };
        Some(paragraphs.iter().enumerate().filter_map(entry).collect())
    };
    read().unwrap_or_default()
}

/// The state of reading the tokens of a paragraph.
#[derive(Default)]
struct Paragraph {
    text: String,
    /// The number of code points of the text that are read.
    length: u32,
    entities: Vec<Entity>,
    places: SourceMap,
    /// Whether an entity is open that the next token may continue.
    is_open: bool,
    /// Whether it is not known if a space follows the last word.
    lacks_space: bool,
    missing: usize,
    tokens: usize,
}

impl Paragraph {
    fn read(mut self, node: &Node<'_>, entry: &mut Entry, input: &Input<'_>) -> Option<()> {
        let raw = node.get("raw").and_then(|raw| raw.string());
        for sentence in node.need("sentences")?.items() {
            for token in sentence.need("tokens")?.items() {
                self.token(&token, raw)?;
            }
        }
        if let Some(raw) = raw {
            raw.clone_into(&mut self.text);
        }
        let example = format!("document {:?}", entry.id);
        if self.missing == self.tokens && self.tokens > 0 {
            input.note("documents without entities, which count as not annotated", example);
        } else {
            if self.missing > 0 {
                let what = "documents with tokens that were not annotated, which count as outside of entities";
                input.note(what, example);
            }
            entry.annotations.entities = Some(self.entities);
        }
        entry.text = Some(self.text);
        entry.places = Some(self.places);
        Some(())
    }

    fn token(&mut self, token: &Node<'_>, raw: Option<&str>) -> Option<()> {
        let word = token.need("orth")?.string()?;
        self.tokens += 1;
        let start = match raw {
            Some(raw) => {
                let rest = &raw[self.text.len()..];
                let gap = rest.find(word).filter(|at| rest[..*at].trim().is_empty());
                let Some(gap) = gap else {
                    token.diagnostic(Diagnostic::new(format!("the word {word:?} does not come next in `raw`")));
                    return None;
                };
                self.append(&rest[..gap]);
                self.length
            }
            None => {
                // Words are joined by spaces if it is not known which follow them.
                if self.lacks_space {
                    self.append(" ");
                }
                self.length
            }
        };
        self.append(word);
        let end = self.length;
        let space = token.get("space").and_then(|space| space.string());
        self.lacks_space = space.is_none();
        // A space of its own could otherwise be taken for the one that follows a word.
        if let Some(space) = space.filter(|space| raw.is_none_or(|raw| raw[self.text.len()..].starts_with(*space))) {
            self.append(space);
        }
        let tag = token.get("ner").and_then(|tag| tag.string()).unwrap_or_default();
        self.tag(token, tag, start, end);
        Some(())
    }

    fn append(&mut self, text: &str) {
        self.text.push_str(text);
        self.length += text.chars().count() as u32;
    }

    fn tag(&mut self, token: &Node<'_>, tag: &str, start: u32, end: u32) {
        let open = self.entities.last_mut().filter(|_| self.is_open);
        match tag.split_once('-') {
            Some(("", "")) | None if matches!(tag, "" | "-" | "O") => {
                self.missing += usize::from(tag != "O");
                self.is_open = false;
            }
            Some((prefix @ ("I" | "L"), label)) => match open.filter(|open| open.label == label) {
                Some(open) => {
                    open.end = end;
                    self.is_open = prefix == "I";
                }
                None => {
                    let message = format!("the tag {tag:?} continues no entity");
                    token.diagnostic(Diagnostic::new(message).help("BILUO entities begin with `B-` or are one `U-`"));
                }
            },
            Some((prefix @ ("B" | "U"), label)) if !label.is_empty() => {
                self.places.note("entities", self.entities.len(), SourceLocation::Json(token.path.clone()));
                self.entities.push(Entity::new(Span::new(start, end), label));
                self.is_open = prefix == "B";
            }
            _ => {
                let diagnostic = Diagnostic::new(format!("`ner` is {tag:?}, which is no BILUO tag"));
                token.diagnostic(diagnostic.help("tags are `O`, `-`, or `B-`, `I-`, `L-`, `U-` with a label"));
            }
        }
    }
}

fn write(outputs: &[Output], _: bool) -> Files {
    let documents: Vec<String> = outputs.iter().map(|output| object(output).to_string()).collect();
    vec![(PathBuf::new(), format!("[\n{}\n]\n", documents.join(",\n")).into_bytes())]
}

fn object(output: &Output) -> serde_json::Value {
    let entities = output.annotations.entities.as_deref();
    let token = |(number, Word { text, has_space, entity }): (usize, Word<'_>)| {
        let mut token = json!({"id": number, "orth": text, "space": if has_space { " " } else { "" }});
        let label = entity.zip(entities).and_then(|((at, ..), all)| Some(all.get(at)?.label.as_str()));
        token["ner"] = match (entity, label) {
            (Some((_, true, true)), Some(label)) => format!("U-{label}"),
            (Some((_, true, false)), Some(label)) => format!("B-{label}"),
            (Some((_, false, true)), Some(label)) => format!("L-{label}"),
            (Some(_), Some(label)) => format!("I-{label}"),
            _ if entities.is_none() => "-".to_owned(),
            _ => "O".to_owned(),
        }
        .into();
        token
    };
    let tokens: Vec<_> = words(output).into_iter().enumerate().map(token).collect();
    let sentence = json!({"tokens": tokens, "brackets": []});
    let paragraph = json!({"raw": output.document.text(), "sentences": [sentence], "cats": []});
    json!({"id": output.document.id(), "paragraphs": [paragraph]})
}
