//! Reads and writes the TSV of HIPE-2022, with one token per line and tags in columns. Entities are
//! those of `NE-COARSE-LIT`; the values in the other columns at an entity's first token become its
//! attributes. The text is rebuilt from the tokens and their `NoSpaceAfter` flags unless the
//! document is known.

use std::ops::Range;
use std::path::PathBuf;

use crate::document::{Document, Entity, Span, Value};
use crate::error::Diagnostic;
use crate::format::capabilities::{Capabilities, SPANS};
use crate::format::definition::{Format, Input, Look};
use crate::format::losses::Losses;
use crate::format::output::{Files, Output};
use crate::format::source_map::{SourceLocation, SourceMap};
use crate::format::{Entry, Source};

/// The `hipe` format.
pub(super) const FORMATS: &[Format] = &[Format {
    name: "hipe",
    about: "HIPE-2022's TSV: a token a line, tags in columns",
    extensions: &["tsv"],
    looks_like,
    read,
    capabilities: Capabilities { label, fix, ..SPANS },
    write,
    ..Format::DEFAULTS
}];

const COLUMNS: [&str; 10] = [
    "TOKEN",
    "NE-COARSE-LIT",
    "NE-COARSE-METO",
    "NE-FINE-LIT",
    "NE-FINE-METO",
    "NE-FINE-COMP",
    "NE-NESTED",
    "NEL-LIT",
    "NEL-METO",
    "MISC",
];
const ENTITIES: &str = "NE-COARSE-LIT";

fn looks_like(look: &Look<'_>) -> bool {
    look.head.lines().find(|line| !line.starts_with("# ")).is_some_and(|line| line.starts_with("TOKEN\tNE-"))
}

/// A token with its line in the file.
struct HipeToken<'a> {
    cells: Vec<&'a str>,
    bytes: Range<usize>,
}

/// The tokens of one document.
struct HipeDocument<'a> {
    id: String,
    line: usize,
    tokens: Vec<HipeToken<'a>>,
}

fn read(input: &Input<'_>) -> Vec<Result<Entry, Diagnostic>> {
    let mut diagnostics = Vec::new();
    let mut header: Option<Vec<&str>> = None;
    let mut sheets: Vec<HipeDocument<'_>> = Vec::new();
    let mut start = 0;
    for (at, whole) in input.text.split_inclusive('\n').enumerate() {
        let line = whole.trim_end_matches(['\n', '\r']);
        let bytes = start..start + line.len();
        start += whole.len();
        let mut diagnostic = |message: String, help: &str| {
            let diagnostic = Diagnostic::new(message).in_file(input.file).at_bytes(input.text, bytes.clone());
            diagnostics.push(diagnostic.help(help));
        };
        if line.trim().is_empty() {
            continue;
        }
        if line.starts_with('#') && !line.contains('\t') {
            if let Some(id) = document_id(line) {
                sheets.push(HipeDocument { id: id.to_owned(), line: at + 1, tokens: Vec::new() });
            }
            continue;
        }
        let cells: Vec<&str> = line.split('\t').collect();
        let Some(names) = &header else {
            if !cells.contains(&ENTITIES) || cells[0] != "TOKEN" {
                diagnostic(
                    format!("the header has no `{ENTITIES}`"),
                    "the first line is TOKEN, NE-COARSE-LIT, ..., separated by tabs",
                );
                break;
            }
            header = Some(cells);
            continue;
        };
        if cells[0] == "TOKEN" {
            continue;
        }
        if cells.len() != names.len() || cells[0].is_empty() {
            let message = format!("the line has {} columns, and the header {}", cells.len(), names.len());
            diagnostic(message, "a line is a token and its tags, separated by tabs");
            continue;
        }
        if sheets.is_empty() {
            let id = input.stem();
            sheets.push(HipeDocument { id, line: at + 1, tokens: Vec::new() });
        }
        if let Some(sheet) = sheets.last_mut() {
            sheet.tokens.push(HipeToken { cells, bytes });
        }
    }
    let header = header.unwrap_or_default();
    let entries = sheets.iter().map(|sheet| entry(input, &header, sheet));
    entries.collect::<Vec<_>>().into_iter().chain(diagnostics.into_iter().map(Err)).collect()
}

/// Returns the id in a line `# hipe2022:document_id = X` or `# document_id = X`.
fn document_id(line: &str) -> Option<&str> {
    let (key, id) = line.trim_start_matches('#').split_once('=')?;
    let key = key.trim();
    let is_id = key == "document_id" || key.ends_with(":document_id");
    Some(id.trim()).filter(|id| is_id && !id.is_empty())
}

fn entry(input: &Input<'_>, header: &[&str], sheet: &HipeDocument<'_>) -> Result<Entry, Diagnostic> {
    let column = |name: &str| header.iter().position(|column| *column == name);
    let misc = column("MISC");
    let mut entry = Entry::foreign(Source { file: input.file.to_owned(), line: sheet.line }, sheet.id.as_str());
    let document = (input.documents)(&sheet.id);
    let ranges = match document {
        Some(document) => align(input, sheet, document)?,
        None => {
            let (text, ranges) = rebuild(
                sheet
                    .tokens
                    .iter()
                    .map(|token| (token.cells[0], misc.map(|misc| token.cells[misc]).unwrap_or_default())),
            );
            entry.text = Some(text);
            ranges
        }
    };
    let tags = column(ENTITIES).unwrap_or(1);
    let mut entities: Vec<Entity> = Vec::new();
    let mut places = SourceMap::default();
    let mut open = false;
    for (token, &(start, end)) in sheet.tokens.iter().zip(&ranges) {
        let Some((prefix, label)) =
            token.cells[tags].split_once('-').filter(|(prefix, _)| matches!(*prefix, "B" | "I"))
        else {
            open = false;
            continue;
        };
        match entities.last_mut() {
            Some(last) if open && prefix == "I" && last.label == label => last.end = end,
            _ => {
                let mut entity = Entity::new(Span::new(start, end), label);
                let others =
                    header.iter().zip(&token.cells).filter(|(name, _)| name.starts_with("NE") && **name != ENTITIES);
                for (name, cell) in others.filter(|(_, cell)| !matches!(**cell, "" | "O" | "_" | "-")) {
                    let bare =
                        if name.starts_with("NEL") { cell } else { cell.split_once('-').map_or(*cell, |tag| tag.1) };
                    entity.attributes.insert((*name).to_owned(), Value::from(bare));
                }
                places.note("entities", entities.len(), SourceLocation::Bytes(token.bytes.clone()));
                entities.push(entity);
            }
        }
        open = true;
    }
    entry.annotations.entities = Some(entities);
    entry.places = Some(places);
    Ok(entry)
}

/// Locates the tokens in the known text of a document: in order, with only white space between
/// them.
fn align(input: &Input<'_>, sheet: &HipeDocument<'_>, document: &Document) -> Result<Vec<(u32, u32)>, Diagnostic> {
    let text = document.text();
    let mut at = 0;
    let mut code_point = 0;
    let mut ranges = Vec::new();
    for token in &sheet.tokens {
        let rest = &text[at..];
        let space = rest.len() - rest.trim_start().len();
        let word = token.cells[0];
        if !rest[space..].starts_with(word) {
            let found: String = rest[space..].chars().take(word.chars().count().clamp(1, 40)).collect();
            let diagnostic = Diagnostic::new(format!("the token is {word:?}, but the document goes on with {found:?}"));
            let diagnostic =
                diagnostic.in_file(input.file).at_bytes(input.text, token.bytes.clone()).of_document(&sheet.id);
            return Err(diagnostic.help("the tokens must be those of the document's text, in order"));
        }
        code_point += rest[..space].chars().count() as u32;
        let length = word.chars().count() as u32;
        ranges.push((code_point, code_point + length));
        code_point += length;
        at += space + word.len();
    }
    Ok(ranges)
}

/// Builds the text from tokens and their flags. Returns it with the code point range of each token.
fn rebuild<'a>(tokens: impl Iterator<Item = (&'a str, &'a str)>) -> (String, Vec<(u32, u32)>) {
    let (mut text, mut ranges, mut at, mut gap) = (String::new(), Vec::new(), 0, "");
    for (word, flags) in tokens {
        text.push_str(gap);
        at += gap.len() as u32;
        text.push_str(word);
        let length = word.chars().count() as u32;
        ranges.push((at, at + length));
        at += length;
        let has = |flag: &str| flags.split('|').any(|found| found == flag);
        gap = if has("NoSpaceAfter") {
            ""
        } else if has("EndOfLine") {
            "\n"
        } else {
            " "
        };
    }
    (text, ranges)
}

fn label(label: &str) -> String {
    label.chars().map(|c| if c.is_whitespace() || c.is_control() { '_' } else { c }).collect()
}

/// Splits a text into words, at punctuation and at the edges of entities, with the flags of each
/// word.
fn words<'t>(text: &'t str, entities: &[Entity]) -> Vec<(&'t str, (u32, u32), &'static str)> {
    let edges: std::collections::BTreeSet<u32> =
        entities.iter().flat_map(|entity| [entity.start, entity.end]).collect();
    let mut words: Vec<(Range<usize>, (u32, u32))> = Vec::new();
    let mut before: Option<char> = None;
    for (number, (at, c)) in text.char_indices().enumerate() {
        let number = number as u32;
        let continues = before.is_some_and(|before| before.is_alphanumeric() && c.is_alphanumeric());
        before = Some(c);
        if c.is_whitespace() {
            continue;
        }
        match words.last_mut() {
            Some((bytes, range)) if continues && !edges.contains(&number) => {
                (bytes.end, range.1) = (at + c.len_utf8(), number + 1);
            }
            _ => words.push((at..at + c.len_utf8(), (number, number + 1))),
        }
    }
    let flags = |at: usize| {
        let Some((next, _)) = words.get(at + 1) else { return "_" };
        let gap = &text[words[at].0.end..next.start];
        if gap.is_empty() {
            "NoSpaceAfter"
        } else if gap.contains('\n') {
            "EndOfLine"
        } else {
            "_"
        }
    };
    let flagged = words.iter().enumerate().map(|(at, (bytes, range))| (&text[bytes.clone()], *range, flags(at)));
    flagged.collect()
}

/// Trims white space at the edges of entities, removes entities that overlap, and notes these
/// losses and changes of white space in the text.
fn fix(output: &mut Output, losses: &mut Losses) {
    let document = &output.document;
    let entities = output.annotations.entities.get_or_insert_default();
    for entity in entities.iter_mut() {
        let text = document.slice(entity.start, entity.end).unwrap_or_default();
        let left = text.chars().take_while(|c| c.is_whitespace()).count() as u32;
        let right = text.chars().rev().take_while(|c| c.is_whitespace()).count() as u32;
        if left + right > 0 {
            losses.note(
                "white space at the edges of entities",
                &format!("{} at {}..{}", entity.label, entity.start, entity.end),
            );
            (entity.start, entity.end) = (entity.start + left, entity.end.saturating_sub(right));
        }
    }
    entities.sort_by_key(|entity| (entity.start, std::cmp::Reverse(entity.end)));
    let mut reached = 0;
    entities.retain(|entity| {
        let stays = entity.start >= reached && entity.start < entity.end;
        if stays {
            reached = entity.end;
        } else {
            losses
                .note("entities that overlap others", &format!("{} at {}..{}", entity.label, entity.start, entity.end));
        }
        stays
    });
    let rebuilt = rebuild(words(document.text(), entities).iter().map(|(word, _, flags)| (*word, *flags))).0;
    if rebuilt != document.text() {
        losses.note("white space of texts (read the file with --documents)", document.id());
    }
}

fn write(outputs: &[Output], _: bool) -> Files {
    let mut text = COLUMNS.join("\t");
    text.push('\n');
    for output in outputs {
        text.push_str(&format!("# hipe2022:document_id = {}\n", output.document.id()));
        let entities = output.annotations.entities.as_deref().unwrap_or_default();
        let mut next = entities.iter().peekable();
        for (word, (start, end), flags) in words(output.document.text(), entities) {
            let tag = match next.peek() {
                Some(entity) if entity.start == start => format!("B-{}", entity.label),
                Some(entity) if entity.start < start && end <= entity.end => format!("I-{}", entity.label),
                _ => "O".to_owned(),
            };
            next.next_if(|entity| entity.end <= end);
            text.push_str(&format!("{word}\t{tag}\tO\tO\tO\tO\tO\t_\t_\t{flags}\n"));
        }
        text.push('\n');
    }
    vec![(PathBuf::new(), text.into_bytes())]
}
