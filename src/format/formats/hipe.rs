//! Reads and writes the TSV of HIPE-2022, with one token per line and tags in columns. Entities are
//! those of `NE-COARSE-LIT`, or of the column that `--column` names; the values in the other
//! columns at an entity's first token become its attributes. Tags are IOB or IOBES. The text is
//! rebuilt from the tokens and their `NoSpaceAfter` flags unless the document is known.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use crate::document::{Document, Entity, Span, Value, WordLines};
use crate::error::Diagnostic;
use crate::format::capabilities::{Capabilities, SPANS};
use crate::format::definition::{Format, Input, Look};
use crate::format::losses::Losses;
use crate::format::output::{Files, Output};
use crate::format::source_map::{SourceLocation, SourceMap};
use crate::format::tokens::Column;
use crate::format::words::{self, Word};
use crate::format::{Entry, Source};

/// The `hipe` format.
pub(super) const FORMATS: &[Format] = &[Format {
    name: "hipe",
    about: "HIPE-2022's TSV: a token a line, tags in columns",
    extensions: &["tsv"],
    chooses_column: true,
    looks_like,
    read,
    capabilities: Capabilities { label: words::label, fix, ..SPANS },
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
    line: u32,
    cells: Vec<&'a str>,
    bytes: Range<usize>,
}

/// The tokens of one document.
struct HipeDocument<'a> {
    id: String,
    line: usize,
    tokens: Vec<HipeToken<'a>>,
    /// Whether a line of the file begins the document.
    is_begun: bool,
}

fn read(input: &Input<'_>) -> Vec<Result<Entry, Diagnostic>> {
    let mut diagnostics = Vec::new();
    let mut header: Option<Vec<&str>> = None;
    let mut sheets: Vec<HipeDocument<'_>> = Vec::new();
    let mut chosen = 1;
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
        // Some tools pad comments to the columns of the table.
        let first = line.split('\t').next().unwrap_or_default();
        if first.starts_with("# ") || (line.starts_with('#') && !line.trim_end().contains('\t')) {
            if let Some(id) = document_id(first) {
                sheets.push(HipeDocument { id: id.to_owned(), line: at + 1, tokens: Vec::new(), is_begun: true });
            }
            continue;
        }
        let cells: Vec<&str> = line.split('\t').collect();
        let Some(names) = &header else {
            match column(&cells, input.tokens.column) {
                Ok(found) => chosen = found,
                Err((message, help)) => {
                    diagnostic(message, &help);
                    break;
                }
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
            sheets.push(HipeDocument { id, line: at + 1, tokens: Vec::new(), is_begun: false });
        }
        if let Some(sheet) = sheets.last_mut() {
            if !is_tag(cells[chosen]) {
                let message = format!("the tag {:?} is neither IOB nor IOBES", cells[chosen]);
                diagnostic(
                    message,
                    "a tag is `O`, or `B`, `I`, `E` or `S`, a hyphen and a label; `--column` names another column",
                );
            }
            sheet.tokens.push(HipeToken { line: at as u32 + 1, cells, bytes });
        }
    }
    let header = header.unwrap_or_default();
    if !diagnostics.is_empty() {
        return diagnostics.into_iter().map(Err).collect();
    }
    sheets.iter().map(|sheet| entry(input, &header, chosen, sheet)).collect()
}

/// Returns the index of the column of entities, or what is wrong with the header and what to do.
fn column(header: &[&str], wanted: Column<'_>) -> Result<usize, (String, String)> {
    let names: Vec<&str> = header.iter().copied().filter(|name| name.starts_with("NE-")).collect();
    let list = || format!("`--column` names one of {}", names.join(", "));
    if header[0] != "TOKEN" || names.is_empty() {
        return Err((
            format!("the header has no `{ENTITIES}`"),
            "the first line is TOKEN, NE-COARSE-LIT, ..., by tabs".to_owned(),
        ));
    }
    match wanted {
        Column::Number(number) if number > 1 && number <= header.len() => Ok(number - 1),
        Column::Number(number) => Err((format!("there is no column {number} of tags"), list())),
        Column::Named(name) => header
            .iter()
            .position(|known| *known == name)
            .ok_or_else(|| (format!("the header has no `{name}`"), list())),
        Column::Last | Column::GoldOfOneFile => header
            .iter()
            .position(|known| *known == ENTITIES)
            .ok_or_else(|| (format!("the header has no `{ENTITIES}`"), list())),
    }
}

/// Whether a cell marks no entity.
fn is_outside(cell: &str) -> bool {
    matches!(cell, "" | "O" | "_" | "-")
}

fn is_tag(cell: &str) -> bool {
    is_outside(cell) || words::is_tag(cell)
}

/// Returns the id in a line `# hipe2022:document_id = X` or `# document_id = X`.
fn document_id(line: &str) -> Option<&str> {
    let (key, id) = line.trim_start_matches('#').split_once('=')?;
    let key = key.trim();
    let is_id = key == "document_id" || key.ends_with(":document_id");
    Some(id.trim()).filter(|id| is_id && !id.is_empty())
}

fn entry(input: &Input<'_>, header: &[&str], tags: usize, sheet: &HipeDocument<'_>) -> Result<Entry, Diagnostic> {
    let misc = header.iter().position(|column| *column == "MISC");
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
    let mut entities: Vec<Entity> = Vec::new();
    let mut places = SourceMap::default();
    let cells = sheet.tokens.iter().map(|token| token.cells[tags]);
    for (first, last, label) in words::decode(cells.map(|cell| cell.split_once('-').filter(|_| !is_outside(cell)))) {
        let token = &sheet.tokens[first];
        let mut entity = Entity::new(Span::new(ranges[first].0, ranges[last].1), label);
        let others =
            header.iter().zip(&token.cells).filter(|(name, _)| name.starts_with("NE") && **name != header[tags]);
        for (name, cell) in others.filter(|(_, cell)| !is_outside(cell)) {
            let bare = if name.starts_with("NEL") { cell } else { cell.split_once('-').map_or(*cell, |tag| tag.1) };
            entity.attributes.insert((*name).to_owned(), Value::from(bare));
        }
        places.note("entities", entities.len(), SourceLocation::Bytes(token.bytes.clone()));
        entities.push(entity);
    }
    entry.annotations.words = Some(WordLines {
        file: Arc::from(input.file),
        lines: sheet.tokens.iter().map(|token| token.line).collect(),
        ranges: Some(ranges.into()),
        is_whole_file: !sheet.is_begun,
    });
    entry.annotations.entities = Some(entities);
    entry.places = Some(places);
    Ok(entry)
}

/// Locates the tokens in the known text of a document: in order, with only white space between
/// them.
fn align(input: &Input<'_>, sheet: &HipeDocument<'_>, document: &Document) -> Result<Vec<(u32, u32)>, Diagnostic> {
    words::align(sheet.tokens.iter().map(|token| token.cells[0]), document.text()).map_err(|other| {
        let token = &sheet.tokens[other.word];
        other
            .diagnostic(token.cells[0])
            .in_file(input.file)
            .at_bytes(input.text, token.bytes.clone())
            .of_document(&sheet.id)
    })
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

/// Trims white space at the edges of entities, removes entities that overlap, and notes these
/// losses and changes of white space in the text.
fn fix(output: &mut Output, losses: &mut Losses) {
    words::trim_entities(output, losses);
    words::remove_overlapping(output, losses, 1);
    let entities = output.annotations.entities.as_deref().unwrap_or_default();
    let document = &output.document;
    let split = words::split(document.text(), &words::edges(entities));
    let rebuilt = rebuild(split.iter().map(|word| (word.text, flags(document.text(), word)))).0;
    if rebuilt != document.text() {
        losses.note("white space of texts (read the file with --documents)", document.id());
    }
}

/// Returns what HIPE says about the white space after a word.
fn flags(text: &str, word: &Word<'_>) -> &'static str {
    match word.gap(text) {
        None => "_",
        Some("") => "NoSpaceAfter",
        Some(gap) if gap.contains('\n') => "EndOfLine",
        Some(_) => "_",
    }
}

fn write(outputs: &[Output], _: bool) -> Files {
    let mut text = COLUMNS.join("\t");
    text.push('\n');
    for output in outputs {
        text.push_str(&format!("# hipe2022:document_id = {}\n", output.document.id()));
        let entities = output.annotations.entities.as_deref().unwrap_or_default();
        let document = output.document.text();
        let split = words::split(document, &words::edges(entities));
        for (word, tag) in split.iter().zip(words::tags(&split, entities.iter())) {
            let (word, flags) = (word.text, flags(document, word));
            text.push_str(&format!("{word}\t{tag}\tO\tO\tO\tO\tO\t_\t_\t{flags}\n"));
        }
        text.push('\n');
    }
    vec![(PathBuf::new(), text.into_bytes())]
}
