//! Reads and writes the TSV of GermEval 2014: a number, a word and two levels of tags a line, where
//! the second level is nested in the first. Entities are those of both levels, or of the column
//! that `--column` names. Each sentence is a document.

use std::path::PathBuf;

use crate::document::{Entity, Span};
use crate::error::Diagnostic;
use crate::format::capabilities::{Capabilities, SPANS};
use crate::format::definition::{Format, Input, Look};
use crate::format::losses::Losses;
use crate::format::output::{Files, Output};
use crate::format::source_map::{SourceLocation, SourceMap};
use crate::format::tokens::Column;
use crate::format::words;
use crate::format::{Entry, Source};

/// The `germeval` format.
pub(super) const FORMATS: &[Format] = &[Format {
    name: "germeval",
    about: "GermEval 2014's TSV: number, word, and tags in two nested levels",
    extensions: &["tsv", "conll"],
    chooses_column: true,
    looks_like,
    read,
    capabilities: Capabilities { label: words::label, fix, ..SPANS },
    write,
    ..Format::DEFAULTS
}];

const ID: &str = "# id = ";

fn looks_like(look: &Look<'_>) -> bool {
    let mut lines = look.head.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    let has_ids =
        || look.head.starts_with(ID) && look.head.lines().all(|line| line.is_empty() || line.starts_with('#'));
    match lines.next() {
        Some(line) => {
            let cells: Vec<&str> = line.split('\t').collect();
            matches!(cells[..], ["1", word, outer, inner] if !word.is_empty() && words::is_tag(outer) && words::is_tag(inner))
        }
        None => has_ids() && look.file.extension().is_some_and(|extension| extension == "tsv"),
    }
}

/// A sentence: its id, its first line, and its words.
#[derive(Default)]
struct Sentence<'t> {
    id: Option<&'t str>,
    line: usize,
    words: Vec<Row<'t>>,
}

/// A word with its bytes in the file.
struct Row<'t> {
    word: &'t str,
    tags: [&'t str; 2],
    bytes: (usize, usize),
}

fn read(input: &Input<'_>) -> Vec<Result<Entry, Diagnostic>> {
    let levels: &[usize] = match input.tokens.column {
        Column::Number(3) => &[0],
        Column::Number(4) => &[1],
        Column::Last | Column::GoldOfOneFile => &[0, 1],
        Column::Number(_) | Column::Named(_) => {
            let diagnostic = Diagnostic::new("this is no column of tags").in_file(input.file).at((1, 1));
            return vec![Err(diagnostic.help("the outer entities are column 3, the inner ones column 4"))];
        }
    };
    let (mut sentences, mut diagnostics) = (Vec::new(), Vec::new());
    let mut open = Sentence::default();
    let mut start = 0;
    for (number, whole) in (1..).zip(input.text.split_inclusive('\n')) {
        let line = whole.trim_end_matches(['\n', '\r']);
        let bytes = start..start + line.len();
        start += whole.len();
        if line.trim().is_empty() || line.starts_with('#') {
            let id = line.strip_prefix(ID).map(str::trim).filter(|id| !id.is_empty());
            // A comment begins a sentence, and a blank line ends one.
            if !open.words.is_empty() || (open.id.is_some() && id.is_some()) {
                sentences.push(std::mem::take(&mut open));
            }
            if id.is_some() {
                (open.id, open.line) = (id, number);
            }
            continue;
        }
        let mut diagnostic = |message: String, help: &str| {
            let diagnostic = Diagnostic::new(message).in_file(input.file).at_bytes(input.text, bytes.clone());
            diagnostics.push(diagnostic.help(help));
        };
        let cells: Vec<&str> = line.split('\t').collect();
        let [index, word, outer, inner] = cells[..] else {
            diagnostic(
                format!("the line has {} columns", cells.len()),
                "a line is a number, a word and two tags, by tabs",
            );
            continue;
        };
        if index.parse() != Ok(open.words.len() + 1) || word.is_empty() {
            let message = format!("the line has the number {index:?}, but it is word {}", open.words.len() + 1);
            diagnostic(message, "words of a sentence are numbered from 1; a blank line ends a sentence");
        }
        for tag in [outer, inner].into_iter().filter(|tag| !words::is_tag(tag)) {
            diagnostic(format!("the tag {tag:?} is no IOB"), "a tag is `O`, or `B` or `I`, a hyphen and a label");
        }
        if open.words.is_empty() && open.id.is_none() {
            open.line = number;
        }
        open.words.push(Row { word, tags: [outer, inner], bytes: (bytes.start, bytes.end) });
    }
    if !open.words.is_empty() || open.id.is_some() {
        sentences.push(open);
    }
    if !diagnostics.is_empty() {
        return diagnostics.into_iter().map(Err).collect();
    }
    let width = sentences.len().to_string().len();
    let entries = (1..).zip(&sentences).map(|(number, sentence)| {
        let id = sentence.id.map_or_else(|| format!("{number:0width$}"), str::to_owned);
        entry(input, &id, sentence, levels)
    });
    entries.collect()
}

fn entry(input: &Input<'_>, id: &str, sentence: &Sentence<'_>, levels: &[usize]) -> Result<Entry, Diagnostic> {
    let mut entry = Entry::foreign(Source { file: input.file.to_owned(), line: sentence.line }, id);
    let all = sentence.words.iter().map(|row| row.word);
    let ranges = match (input.documents)(id) {
        Some(document) => words::align(all, document.text()).map_err(|other| {
            let row = &sentence.words[other.word];
            let diagnostic = other.diagnostic(row.word).in_file(input.file);
            diagnostic.at_bytes(input.text, row.bytes.0..row.bytes.1).of_document(id)
        })?,
        None => {
            let text = all.collect::<Vec<_>>().join(" ");
            let ranges = words::align(sentence.words.iter().map(|row| row.word), &text).unwrap_or_default();
            entry.text = Some(text);
            ranges
        }
    };
    let mut found: Vec<(Entity, (usize, usize))> = Vec::new();
    for level in levels {
        let tags = sentence.words.iter().map(|row| row.tags[*level].split_once('-'));
        for (first, last, label) in words::decode(tags) {
            let entity = Entity::new(Span::new(ranges[first].0, ranges[last].1), label);
            found.push((entity, sentence.words[first].bytes));
        }
    }
    found.sort_by_key(|(entity, _)| (entity.start, std::cmp::Reverse(entity.end)));
    let mut places = SourceMap::default();
    for (at, (_, bytes)) in found.iter().enumerate() {
        places.note("entities", at, SourceLocation::Bytes(bytes.0..bytes.1));
    }
    entry.annotations.entities = Some(found.into_iter().map(|(entity, _)| entity).collect());
    entry.places = Some(places);
    Ok(entry)
}

/// Divides entities into the two levels: the outer one takes every entity that it can.
fn levels(entities: &[Entity]) -> [Vec<&Entity>; 2] {
    let mut levels = [Vec::new(), Vec::new()];
    let mut reached = 0;
    for entity in entities {
        let is_outer = entity.start >= reached;
        if is_outer {
            reached = entity.end;
        }
        levels[usize::from(!is_outer)].push(entity);
    }
    levels
}

fn fix(output: &mut Output, losses: &mut Losses) {
    words::trim_entities(output, losses);
    words::remove_overlapping(output, losses, 2);
    let entities = output.annotations.entities.as_deref().unwrap_or_default();
    let text = output.document.text();
    let joined = words::split(text, &words::edges(entities)).iter().map(|word| word.text).collect::<Vec<_>>().join(" ");
    if joined != text {
        losses.note("white space of texts (read the file with --documents)", output.document.id());
    }
}

fn write(outputs: &[Output], _: bool) -> Files {
    let mut lines = String::new();
    for output in outputs {
        lines.push_str(&format!("{ID}{}\n", output.document.id()));
        let entities = output.annotations.entities.as_deref().unwrap_or_default();
        let all = words::split(output.document.text(), &words::edges(entities));
        let [outer, inner] = levels(entities).map(|level| words::tags(&all, level.into_iter()));
        for (number, ((word, outer), inner)) in (1..).zip(all.iter().zip(outer).zip(inner)) {
            lines.push_str(&format!("{number}\t{}\t{outer}\t{inner}\n", word.text));
        }
        lines.push('\n');
    }
    vec![(PathBuf::new(), lines.into_bytes())]
}
