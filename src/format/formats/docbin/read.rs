//! Reads a `DocBin`.

use std::collections::BTreeMap;

use flate2::read::ZlibDecoder;
use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::strings::Strings;
use super::{attribute, several_groups, tag};
use crate::document::{Entity, Span};
use crate::error::Diagnostic;
use crate::format::definition::Input;
use crate::format::{Entry, Source};
use crate::limits::read_expanded;

/// The content of the file, as spaCy writes it. Categories and user data are not read.
#[derive(Deserialize)]
struct Bin<'a> {
    /// The numbers of the attributes, which are the columns of `tokens`.
    attrs: Vec<u64>,
    /// A matrix of 64-bit numbers in little-endian order.
    #[serde(borrow)]
    tokens: &'a [u8],
    /// Whether a space follows, for each token.
    #[serde(borrow)]
    spaces: &'a [u8],
    /// The number of tokens of each document, in 32 bits.
    #[serde(borrow)]
    lengths: &'a [u8],
    strings: Vec<String>,
    #[serde(default)]
    flags: Vec<Flags>,
    #[serde(borrow, default)]
    span_groups: Vec<&'a [u8]>,
}

#[derive(Deserialize, Default)]
struct Flags {
    #[serde(default)]
    has_unknown_spaces: bool,
}

/// A span group, whose spans are structures in big-endian order.
#[derive(Deserialize)]
struct Group<'a> {
    #[serde(default)]
    name: String,
    #[serde(borrow)]
    spans: Vec<&'a [u8]>,
}

pub(super) fn read(input: &Input<'_>) -> Vec<Result<Entry, Diagnostic>> {
    documents(input).unwrap_or_else(|what| {
        let diagnostic = Diagnostic::new(format!("not a DocBin of spaCy: {what}")).in_file(input.file).at((1, 1));
        vec![Err(diagnostic.help("write it again with `DocBin(docs=docs).to_disk(path)`"))]
    })
}

fn documents(input: &Input<'_>) -> Result<Vec<Result<Entry, Diagnostic>>, String> {
    let bytes = read_expanded(ZlibDecoder::new(input.bytes)).map_err(|_| "it is not compressed by zlib")?;
    let bytes = bytes.map_err(|diagnostic| diagnostic.in_one_sentence())?;
    let bin: Bin<'_> = rmp_serde::from_slice(&bytes)
        .map_err(|_| "the msgpack in it is no map with `attrs`, `tokens`, `spaces`, `lengths` and `strings`")?;
    let matrix: Vec<u64> = bin.tokens.chunks_exact(8).map(|cell| number(cell, u64::from_le_bytes)).collect();
    let lengths: Vec<usize> =
        bin.lengths.chunks_exact(4).map(|cell| number(cell, u32::from_le_bytes) as usize).collect();
    let tokens: usize = lengths.iter().sum();
    let is_whole = bin.tokens.len().is_multiple_of(8)
        && Some(matrix.len()) == tokens.checked_mul(bin.attrs.len())
        && bin.spaces.len() == tokens;
    if !is_whole {
        return Err(format!("its documents have {tokens} tokens, but the matrix of tokens has another size"));
    }
    let column = |wanted: u64| bin.attrs.iter().position(|found| *found == wanted);
    let words = column(attribute::WORD).ok_or("it has no words (`ORTH`)")?;
    let hashes = Strings::new();
    let strings: FxHashMap<u64, &str> =
        bin.strings.iter().map(|string| (hashes.hash(string), string.as_str())).chain([(0, "")]).collect();
    let file = BinFile {
        input,
        strings,
        words,
        tag: column(attribute::ENTITY_TAG),
        label: column(attribute::ENTITY_LABEL),
        identifiers: [("kb_id", column(attribute::ENTITY_KB_ID)), ("ent_id", column(attribute::ENTITY_ID))],
        width: bin.attrs.len(),
    };
    let is_annotated =
        file.tag.is_some_and(|tag| matrix.iter().skip(tag).step_by(file.width).any(|t| *t != tag::MISSING));
    let mut first = 0;
    let mut read = Vec::with_capacity(lengths.len());
    for (at, length) in lengths.into_iter().enumerate() {
        let behind = first + length;
        let rows: Vec<&[u64]> = matrix[first * file.width..behind * file.width].chunks_exact(file.width).collect();
        let has_spaces = !bin.flags.get(at).is_some_and(|flags| flags.has_unknown_spaces);
        let spaces: Vec<bool> = bin.spaces[first..behind].iter().map(|space| *space != 0 || !has_spaces).collect();
        let groups = bin.span_groups.get(at).copied().unwrap_or_default();
        let document = file.document(at + 1, &rows, &spaces, groups, is_annotated);
        let wrong = |what: Diagnostic| what.in_file(input.file).at((1, 1)).of_document((at + 1).to_string());
        read.push(document.map_err(wrong));
        first = behind;
    }
    Ok(read)
}

fn number<T: Default, const N: usize>(bytes: &[u8], read: fn([u8; N]) -> T) -> T {
    bytes.try_into().map(read).unwrap_or_default()
}

/// What all documents of a file share.
struct BinFile<'f, 'i> {
    input: &'f Input<'i>,
    strings: FxHashMap<u64, &'f str>,
    words: usize,
    tag: Option<usize>,
    label: Option<usize>,
    identifiers: [(&'static str, Option<usize>); 2],
    width: usize,
}

impl BinFile<'_, '_> {
    fn string(&self, hash: u64) -> Result<&str, Diagnostic> {
        self.strings.get(&hash).copied().ok_or_else(|| {
            Diagnostic::new(format!("the file has no string for the hash {hash}"))
                .help("a DocBin brings its strings along: write it again with spaCy 3")
        })
    }

    fn document(
        &self,
        number: usize,
        rows: &[&[u64]],
        spaces: &[bool],
        groups: &[u8],
        is_annotated: bool,
    ) -> Result<Entry, Diagnostic> {
        let source = Source { file: self.input.file.to_owned(), line: 0 };
        let mut entry = Entry { is_numbered: true, ..Entry::foreign(source, number.to_string()) };
        let mut text = String::new();
        let mut ranges = Vec::with_capacity(rows.len());
        let mut at = 0;
        for (row, space) in rows.iter().zip(spaces) {
            let word = self.string(row[self.words])?;
            let end = at + word.chars().count() as u32;
            ranges.push((at, end));
            text.push_str(word);
            if *space {
                text.push(' ');
            }
            at = end + u32::from(*space);
        }
        entry.text = Some(text);
        let groups = span_groups(groups)?;
        entry.annotations.entities = if is_annotated {
            for name in groups.keys() {
                let example = format!("{name:?} of document {number}");
                self.input.note("span groups that are not read, since there are entities", example);
            }
            self.entities(number, rows, &ranges)?
        } else {
            self.of_group(number, &groups)?
        };
        Ok(entry)
    }

    /// Returns the entities that the tokens' tags describe; `None` if all tags are missing.
    fn entities(
        &self,
        number: usize,
        rows: &[&[u64]],
        ranges: &[(u32, u32)],
    ) -> Result<Option<Vec<Entity>>, Diagnostic> {
        let (Some(tag), Some(label)) = (self.tag, self.label) else { return Ok(None) };
        let missing = rows.iter().filter(|row| row[tag] == tag::MISSING).count();
        if missing == rows.len() && missing > 0 {
            self.input.note("documents without entities, which count as not annotated", format!("document {number}"));
            return Ok(None);
        }
        if missing > 0 {
            self.input.note(
                "documents with tokens that were not annotated, which count as outside of entities",
                format!("document {number}"),
            );
        }
        let mut entities: Vec<Entity> = Vec::new();
        let mut open = None;
        for (row, (start, end)) in rows.iter().zip(ranges) {
            match (row[tag], open) {
                (tag::MISSING | tag::OUTSIDE, _) => open = None,
                (tag::INSIDE, Some(labelled)) if labelled == row[label] => {
                    if let Some(entity) = entities.last_mut() {
                        entity.end = *end;
                    }
                }
                (tag::INSIDE | tag::BEGIN, _) => {
                    open = Some(row[label]);
                    let mut entity = Entity::new(Span::new(*start, *end), self.string(row[label])?);
                    for (name, column) in self.identifiers {
                        let value = column.map(|column| self.string(row[column])).transpose()?.unwrap_or_default();
                        if !value.is_empty() {
                            entity.attributes.insert(name.to_owned(), value.into());
                        }
                    }
                    entities.push(entity);
                }
                (other, _) => return Err(Diagnostic::new(format!("an entity tag (`ENT_IOB`) is {other}"))),
            }
        }
        Ok(Some(entities))
    }

    /// Returns the spans of the only span group as entities; `None` if there is no group.
    fn of_group(&self, number: usize, groups: &Groups) -> Result<Option<Vec<Entity>>, Diagnostic> {
        if groups.is_empty() {
            self.input.note("documents without entities, which count as not annotated", format!("document {number}"));
            return Ok(None);
        }
        let (Some((name, spans)), 1) = (groups.first_key_value(), groups.len()) else {
            return Err(several_groups(&groups.keys().cloned().collect::<Vec<_>>()));
        };
        self.input.note("span groups that are read as entities", format!("{name:?} of document {number}"));
        let entity =
            |(start, end, label): &(u32, u32, u64)| Ok(Entity::new(Span::new(*start, *end), self.string(*label)?));
        spans.iter().map(entity).collect::<Result<_, _>>().map(Some)
    }
}

/// Span groups by name: start, end and the hash of the label of each span.
type Groups = BTreeMap<String, Vec<(u32, u32, u64)>>;

/// Reads the span groups of a document: none, a list, or a map from groups to their keys.
fn span_groups(bytes: &[u8]) -> Result<Groups, Diagnostic> {
    let wrong = |_| Diagnostic::new("its span groups cannot be read").help("write the file again with spaCy 3");
    if bytes.is_empty() {
        return Ok(Groups::new());
    }
    let is_list = bytes[0] & 0xF0 == 0x90 || matches!(bytes[0], 0xDC | 0xDD);
    let packed: Vec<(&[u8], Vec<String>)> = if is_list {
        let list: Vec<&[u8]> = rmp_serde::from_slice(bytes).map_err(wrong)?;
        list.into_iter().map(|group| (group, Vec::new())).collect()
    } else {
        rmp_serde::from_slice::<BTreeMap<&[u8], Vec<String>>>(bytes).map_err(wrong)?.into_iter().collect()
    };
    let mut groups = Groups::new();
    for (group, keys) in packed {
        let Group { name, spans } = rmp_serde::from_slice(group).map_err(wrong)?;
        // Older versions have no identifier before that of the knowledge base.
        let span = |bytes: &&[u8]| {
            let fields = bytes.len().checked_sub(24).map(|at| &bytes[at..])?;
            let offset = |at: usize| u32::from_be_bytes(fields[at..at + 4].try_into().unwrap_or_default());
            Some((offset(16), offset(20), u64::from_be_bytes(fields[..8].try_into().unwrap_or_default())))
        };
        let spans: Option<Vec<_>> = spans.iter().map(span).collect();
        let spans = spans.ok_or_else(|| Diagnostic::new("its span groups cannot be read"))?;
        for key in if keys.is_empty() { vec![name] } else { keys } {
            groups.insert(key, spans.clone());
        }
    }
    Ok(groups)
}
