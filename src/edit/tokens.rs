//! Changes entities in token files: the tags of the tokens that they cover.

use std::ops::Range;

use super::change::{Applied, GoldChange};
use super::file::Target;
use super::verify::{decoded, refused};
use crate::document::{Scheme, Tags};
use crate::error::Diagnostic;
use crate::format::replace_ranges;
use crate::format::tokens::{Notation, layout, tag_range};

/// An entity as a range of tokens, which are counted from the document's first.
#[derive(Debug, Clone, PartialEq)]
struct Chunk {
    first: usize,
    last: usize,
    label: String,
}

impl Chunk {
    fn tokens(&self) -> Range<usize> {
        self.first..self.last + 1
    }
}

/// Returns the text of the file after a change.
pub(super) fn change(target: &Target<'_>, change: &GoldChange) -> Result<String, Diagnostic> {
    let Some(tags) = &target.before.tags else { return Err(refused()) };
    let Applied { annotations: after, .. } = change.apply(&decoded(target.before))?;
    let tokens = Tokens::new(tags);
    let before = tokens.chunks(target.before.entities.as_deref().unwrap_or_default())?;
    let after = tokens.chunks(after.entities.as_deref().unwrap_or_default())?;
    let gone: Vec<&Chunk> = before.iter().filter(|chunk| !after.contains(chunk)).collect();
    let new: Vec<&Chunk> = after.iter().filter(|chunk| !before.contains(chunk)).collect();
    for chunk in &new {
        tokens.refuse_nested(chunk, &after)?;
        if !tokens.sentences.iter().any(|sentence| sentence.contains(&chunk.first) && sentence.contains(&chunk.last)) {
            let diagnostic = Diagnostic::new("the span crosses the end of a sentence, which no tags can express");
            return Err(diagnostic.help("join the sentences in the file by hand"));
        }
    }
    let notation = target.file.tokens.notation;
    let scheme = if notation == Some(Notation::Io) { Scheme::Iob1 } else { scheme(tags)? };
    let mut written: Vec<Option<String>> = vec![None; tokens.ranges.len()];
    for chunk in gone {
        written[chunk.tokens()].fill(Some("O".to_owned()));
    }
    for chunk in &after {
        // The beginning of an entity in IOB1 depends on the entity before it.
        let follows = chunk.first.checked_sub(1).is_some_and(|before| written[before].is_some());
        let last = if new.contains(&chunk) { chunk.last } else { chunk.first };
        if new.contains(&chunk) || (scheme == Scheme::Iob1 && follows) {
            let is_second = tokens.is_second(chunk, &after);
            for (at, written) in written.iter_mut().enumerate().take(last + 1).skip(chunk.first) {
                *written = Some(tag(scheme, notation, chunk, at, is_second));
            }
        }
    }
    edited(target, tags, &written)
}

/// Returns the text of the file with the tags of some tokens replaced.
fn edited(target: &Target<'_>, tags: &Tags, written: &[Option<String>]) -> Result<String, Diagnostic> {
    let layout = layout(target.text, target.file.tokens.column)?;
    let starts: Vec<usize> =
        [0].into_iter().chain(memchr::memchr_iter(b'\n', target.text.as_bytes()).map(|at| at + 1)).collect();
    let mut edits = Vec::new();
    for (token, new) in tags.tokens().zip(written) {
        let Some(new) = new else { continue };
        let start = *starts.get(tags.file.line_of(token) - 1).ok_or_else(refused)?;
        let line = target.text[start..].lines().next().unwrap_or_default();
        let cell = tag_range(line, &layout);
        let range = start + cell.start..start + cell.end;
        if target.text[range.clone()] != **new {
            edits.push((range, new.clone()));
        }
    }
    Ok(replace_ranges(target.text, edits))
}

/// The tokens of a document.
struct Tokens<'t> {
    tags: &'t Tags,
    /// The code points of each token.
    ranges: Vec<(u32, u32)>,
    /// The tokens of each sentence.
    sentences: Vec<Range<usize>>,
}

impl<'t> Tokens<'t> {
    fn new(tags: &'t Tags) -> Self {
        let begin = tags.tokens().start;
        let sentence = |tokens: Range<u32>| (tokens.start - begin) as usize..(tokens.end - begin) as usize;
        Self { tags, ranges: tags.ranges().to_vec(), sentences: tags.sentences().map(sentence).collect() }
    }

    /// Converts entities to ranges of tokens.
    ///
    /// # Errors
    /// Fails if an entity does not begin and end with tokens.
    fn chunks(&self, entities: &[crate::document::Entity]) -> Result<Vec<Chunk>, Diagnostic> {
        let mut chunks = Vec::with_capacity(entities.len());
        for entity in entities {
            let first = self.ranges.binary_search_by_key(&entity.start, |range| range.0);
            let last = self.ranges.binary_search_by_key(&entity.end, |range| range.1);
            let (Ok(first), Ok(last)) = (first, last) else {
                return Err(self.no_edge(if first.is_err() { entity.start } else { entity.end }));
            };
            chunks.push(Chunk { first, last, label: entity.label.clone() });
        }
        chunks.sort_by_key(|chunk| chunk.first);
        Ok(chunks)
    }

    fn no_edge(&self, offset: u32) -> Diagnostic {
        let begin = self.tags.tokens().start;
        let inside = self.ranges.iter().position(|range| range.0 < offset && offset < range.1);
        let diagnostic = match inside {
            Some(at) => {
                let token = self.tags.file.token(begin + at as u32);
                let (start, end) = self.ranges[at];
                Diagnostic::new(format!("offset {offset} is inside the token {token:?} at {start}..{end}"))
            }
            None => Diagnostic::new(format!("offset {offset} is not the edge of a token")),
        };
        diagnostic.help("tags mark whole tokens: choose a span that begins and ends with one")
    }

    fn refuse_nested(&self, chunk: &Chunk, all: &[Chunk]) -> Result<(), Diagnostic> {
        let overlaps = |other: &&Chunk| *other != chunk && other.first <= chunk.last && chunk.first <= other.last;
        let Some(other) = all.iter().find(overlaps) else { return Ok(()) };
        let (start, end) = (self.ranges[other.first].0, self.ranges[other.last].1);
        let message = format!("the label {:?} at {start}..{end} overlaps it, and a token has one tag", other.label);
        Err(Diagnostic::new(message).help("delete that label first, or write the file in another format"))
    }

    /// Whether an entity directly follows another with the same label in its sentence.
    fn is_second(&self, chunk: &Chunk, all: &[Chunk]) -> bool {
        let is_first = self.sentences.iter().any(|sentence| sentence.start == chunk.first);
        !is_first && all.iter().any(|other| other.last + 1 == chunk.first && other.label == chunk.label)
    }
}

/// Returns the scheme of a file's tags: that in which they were decoded, or the one whose prefixes
/// they have.
///
/// # Errors
/// Fails if the tags are in a scheme that karat does not correct.
fn scheme(tags: &Tags) -> Result<Scheme, Diagnostic> {
    let file = &*tags.file;
    let unsupported = |name: &str| {
        let diagnostic = Diagnostic::new(format!("karat does not correct tags of the scheme {name}"));
        Err(diagnostic.help("`karat convert FILE --to iob2 --out FILE.conll` writes them in a scheme that it corrects"))
    };
    match tags.scheme {
        Some(scheme @ (Scheme::Ioe1 | Scheme::Ioe2)) => return unsupported(scheme.as_str()),
        Some(scheme) => return Ok(scheme),
        None if tags.is_bilou => return Ok(Scheme::Bilou),
        None => {}
    }
    let mut used = [false; 256];
    file.tags.iter().for_each(|tag| used[usize::from(file.names[*tag as usize].prefix)] = true);
    let has = |prefix: u8| used[usize::from(prefix)];
    if has(b'E') && !has(b'B') && !has(b'S') {
        return unsupported("IOE");
    }
    if has(b'E') || has(b'S') {
        return Ok(Scheme::Iobes);
    }
    // In IOB1, entities begin with `I` unless they follow another with the same label.
    let (mut by_b, mut by_i) = (0_usize, 0_usize);
    for at in 0..file.tags.len() as u32 {
        let tag = file.tag(at);
        let before = (!file.is_first(at)).then(|| file.tag(at - 1)).filter(|before| before.prefix != b'O');
        let follows_same = before.is_some_and(|before| before.label == tag.label);
        by_b += usize::from(tag.prefix == b'B' && !follows_same);
        by_i += usize::from(tag.prefix == b'I' && !follows_same);
    }
    Ok(if by_i > by_b { Scheme::Iob1 } else { Scheme::Iob2 })
}

/// Returns the tag of a token of an entity.
fn tag(scheme: Scheme, notation: Option<Notation>, chunk: &Chunk, token: usize, is_second: bool) -> String {
    let (is_first, is_last) = (token == chunk.first, token == chunk.last);
    let prefix = match (scheme, is_first, is_last) {
        (Scheme::Iob1, true, _) if !is_second => 'I',
        (Scheme::Iobes, true, true) => 'S',
        (Scheme::Bilou, true, true) => 'U',
        (_, true, _) => 'B',
        (Scheme::Iobes, _, true) => 'E',
        (Scheme::Bilou, _, true) => 'L',
        _ => 'I',
    };
    match notation {
        Some(Notation::Io) => chunk.label.clone(),
        Some(Notation::Suffix) => format!("{}-{prefix}", chunk.label),
        Some(Notation::Scheme(_)) | None => format!("{prefix}-{}", chunk.label),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use proptest::prelude::{any, prop, prop_assert, prop_assert_eq, prop_assert_ne, proptest};

    use super::{Chunk, tag};
    use crate::document::{Document, Scheme};
    use crate::edit::{GoldChange, GoldFile, change_file};
    use crate::format::Source;
    use crate::format::tokens::{Column, Notation, TokenOptions};

    const TEXT: &str = "Ada 𝄞 Bö met\nRome in May";

    struct Case<'c> {
        lines: &'c str,
        tokens: TokenOptions<'c>,
    }

    impl Case<'_> {
        fn changed(&self, json: &str) -> Result<String, String> {
            let source = Source { file: PathBuf::from("a.conll"), line: 1 };
            let change: GoldChange = serde_json::from_str(json).unwrap();
            let file = GoldFile { tokens: self.tokens, ..GoldFile::new(self.lines.as_bytes(), &source) };
            let changed = change_file(&file, &Document::new("1", TEXT), &change);
            changed.map(|bytes| String::from_utf8(bytes).unwrap()).map_err(|diagnostic| diagnostic.message)
        }
    }

    fn changed(lines: &str, json: &str) -> Result<String, String> {
        Case { lines, tokens: TokenOptions::default() }.changed(json)
    }

    /// The lines of the two sentences, after a line that begins the document, with other documents.
    fn lines(tags: [&str; 7]) -> String {
        let words = ["Ada", "𝄞", "Bö", "met", "Rome", "in", "May"];
        let mut lines = "-DOCSTART- O\r\n\r\n".to_owned();
        for (at, (word, tag)) in words.iter().zip(tags).enumerate() {
            lines.push_str(&format!("{}{word}\tx y\t{tag}\r\n", if at == 4 { "\r\n" } else { "" }));
        }
        lines.replace("\tx y\t", "  NN ") + "\r\n-DOCSTART- O\r\n\r\nAda NN B-PER\r\n"
    }

    fn of(label: &str, start: u32, end: u32) -> String {
        format!(r#"{{"start": {start}, "end": {end}, "label": "{label}"}}"#)
    }

    #[test]
    fn tags_are_written_in_the_scheme_of_the_file() {
        let add = r#"{"kind": "add_entity", "start": 4, "end": 8, "label": "PER"}"#;
        let delete = format!(r#"{{"kind": "delete", "of": {}}}"#, of("PER", 4, 8));
        let span = format!(r#"{{"kind": "set_span", "of": {}, "start": 6, "end": 8}}"#, of("PER", 4, 8));
        for (before, after, moved) in [
            (
                ["B-PER", "O", "O", "O", "B-LOC", "O", "O"],
                ["B-PER", "B-PER", "I-PER", "O", "B-LOC", "O", "O"],
                ["B-PER", "O", "B-PER", "O", "B-LOC", "O", "O"],
            ),
            (
                ["I-PER", "O", "O", "O", "I-LOC", "I-LOC", "O"],
                ["I-PER", "B-PER", "I-PER", "O", "I-LOC", "I-LOC", "O"],
                ["I-PER", "O", "I-PER", "O", "I-LOC", "I-LOC", "O"],
            ),
            (
                ["S-PER", "O", "O", "O", "B-LOC", "E-LOC", "O"],
                ["S-PER", "B-PER", "E-PER", "O", "B-LOC", "E-LOC", "O"],
                ["S-PER", "O", "S-PER", "O", "B-LOC", "E-LOC", "O"],
            ),
            (
                ["U-PER", "O", "O", "O", "B-LOC", "L-LOC", "O"],
                ["U-PER", "B-PER", "L-PER", "O", "B-LOC", "L-LOC", "O"],
                ["U-PER", "O", "U-PER", "O", "B-LOC", "L-LOC", "O"],
            ),
        ] {
            // The third document has a tag of another scheme, which decodes alike.
            let file = |tags| match before[0] {
                "I-PER" => lines(tags).replace("Ada NN B-PER", "Ada NN I-PER"),
                "U-PER" => lines(tags).replace("Ada NN B-PER", "Ada NN U-PER"),
                _ => lines(tags),
            };
            assert_eq!(changed(&file(before), add).unwrap(), file(after));
            assert_eq!(changed(&file(after), &delete).unwrap(), file(before));
            assert_eq!(changed(&file(after), &span).unwrap(), file(moved));
        }
    }

    #[test]
    fn a_following_entity_of_iob1_changes_its_prefix() {
        let before = lines(["I-PER", "B-PER", "I-PER", "O", "I-LOC", "O", "O"]).replace("NN B-PER\r\n\r\n-", "");
        let before = before.replace("Ada NN B-PER", "Ada NN I-PER");
        let set = format!(r#"{{"kind": "set_label", "of": {}, "label": "ORG"}}"#, of("PER", 0, 3));
        let after = before.replacen("I-PER", "I-ORG", 1).replacen("B-PER", "I-PER", 1);
        assert_eq!(changed(&before, &set).unwrap(), after);
        let back = format!(r#"{{"kind": "set_label", "of": {}, "label": "PER"}}"#, of("ORG", 0, 3));
        assert_eq!(changed(&after, &back).unwrap(), before);
    }

    #[test]
    fn only_the_column_of_the_tags_changes() {
        let header = "token  tag  other\nAda    B-PER  B-X\n𝄞 O O\nBö O O\nmet O O\n\nRome B-LOC O\nin O O\nMay O O\n";
        let header = format!("-DOCSTART- O O\n\n{header}");
        let set = format!(r#"{{"kind": "set_label", "of": {}, "label": "ORG"}}"#, of("PER", 0, 3));
        let tokens = TokenOptions { column: Column::Number(2), ..TokenOptions::default() };
        let after = Case { lines: &header, tokens }.changed(&set).unwrap();
        assert_eq!(after, header.replace("B-PER  B-X", "B-ORG  B-X"));
        let suffix = lines(["PER-B", "O", "O", "O", "LOC-B", "LOC-I", "O"]).replace("NN B-PER", "NN PER-B");
        let tokens = TokenOptions { notation: Some(Notation::Suffix), ..TokenOptions::default() };
        let after = Case { lines: &suffix, tokens }.changed(&set).unwrap();
        assert_eq!(after, suffix.replacen("PER-B", "ORG-B", 1));
        let io = lines(["PER", "O", "O", "O", "LOC", "LOC", "O"]).replace("NN B-PER", "NN PER");
        let tokens = TokenOptions { notation: Some(Notation::Io), ..TokenOptions::default() };
        let after = Case { lines: &io, tokens }.changed(&set).unwrap();
        assert_eq!(after, io.replacen("PER", "ORG", 1));
    }

    #[test]
    fn what_tags_cannot_express_is_refused_by_name() {
        let file = lines(["B-PER", "I-PER", "O", "O", "B-LOC", "O", "O"]);
        let add = |start: u32, end: u32| {
            let json = format!(r#"{{"kind": "add_entity", "start": {start}, "end": {end}, "label": "X"}}"#);
            changed(&file, &json).unwrap_err()
        };
        assert_eq!(add(6, 7), "offset 7 is inside the token \"Bö\" at 6..8");
        assert_eq!(add(5, 8), "offset 5 is not the edge of a token");
        assert_eq!(add(4, 8), "the label \"PER\" at 0..5 overlaps it, and a token has one tag");
        assert_eq!(add(9, 17), "the label \"LOC\" at 13..17 overlaps it, and a token has one tag");
        let clear = lines(["B-PER", "O", "O", "O", "O", "O", "O"]);
        let across = r#"{"kind": "add_entity", "start": 9, "end": 17, "label": "X"}"#;
        let message = "the span crosses the end of a sentence, which no tags can express";
        assert_eq!(changed(&clear, across).unwrap_err(), message);
        let ioe = lines(["I-PER", "E-PER", "O", "O", "E-LOC", "O", "O"]).replace("NN B-PER", "NN E-PER");
        let delete = format!(r#"{{"kind": "delete", "of": {}}}"#, of("LOC", 13, 17));
        assert_eq!(changed(&ioe, &delete).unwrap_err(), "karat does not correct tags of the scheme IOE");
        let optional = format!(r#"{{"kind": "set_optional", "of": {}, "optional": true}}"#, of("LOC", 13, 17));
        let message = "files in the format conll cannot hold optional labels";
        assert_eq!(changed(&file, &optional).unwrap_err(), message);
    }

    /// The entities of random tokens that do not overlap and cross no sentence, in text order.
    fn chunks(mut picked: Vec<(usize, usize, String)>) -> Vec<Chunk> {
        picked.sort();
        let mut chunks: Vec<Chunk> = Vec::new();
        for (first, length, label) in picked {
            let last = (first + length - 1).min(if first < 4 { 3 } else { 6 });
            if chunks.last().is_none_or(|before| before.last < first) {
                chunks.push(Chunk { first, last, label });
            }
        }
        chunks
    }

    /// The file of a scheme with these entities. Its last document shows the scheme.
    fn file(scheme: Scheme, chunks: &[Chunk]) -> String {
        let mut tags = vec!["O".to_owned(); 7];
        for chunk in chunks {
            let follows = |other: &Chunk| other.last + 1 == chunk.first && other.label == chunk.label;
            let is_second = chunk.first != 4 && chunks.iter().any(follows);
            for (at, written) in tags.iter_mut().enumerate().take(chunk.last + 1).skip(chunk.first) {
                *written = tag(scheme, None, chunk, at, is_second);
            }
        }
        let only = Chunk { first: 0, last: 0, label: "A".to_owned() };
        let shown = format!("Ada NN {}\r\n\r\n", tag(scheme, None, &only, 0, false));
        let tags: Vec<&str> = tags.iter().map(String::as_str).collect();
        lines(tags.try_into().unwrap()).replace("Ada NN B-PER\r\n", &shown.repeat(9))
    }

    const TOKENS: [(u32, u32); 7] = [(0, 3), (4, 5), (6, 8), (9, 12), (13, 17), (18, 20), (21, 24)];

    proptest! {
        #[test]
        fn a_change_of_tags_can_be_taken_back(
            scheme in 0..4_usize,
            picked in prop::collection::vec((0..7_usize, 1..4_usize, "[AB]"), 0..6),
            pick in any::<[usize; 4]>(),
        ) {
            let scheme = [Scheme::Iob1, Scheme::Iob2, Scheme::Iobes, Scheme::Bilou][scheme];
            let chunks = chunks(picked);
            let before = file(scheme, &chunks);
            let (first, label) = (pick[1] % 7, ["A", "B", "C"][pick[2] % 3]);
            let (start, end) = (TOKENS[first].0, TOKENS[(first + pick[3] % 3).min(6)].1);
            let new = of(label, start, end);
            let add = format!(r#"{{"kind": "add_entity", {}"#, &new[1..]);
            let delete = |of: &str| format!(r#"{{"kind": "delete", "of": {of}}}"#);
            let (change, back) = match chunks.get(pick[0] / 4 % chunks.len().max(1)) {
                Some(chunk) if !pick[0].is_multiple_of(4) => {
                    let (from, to) = (TOKENS[chunk.first].0, TOKENS[chunk.last].1);
                    let old = of(&chunk.label, from, to);
                    let set_label = |of: &str, label: &str| {
                        format!(r#"{{"kind": "set_label", "of": {of}, "label": "{label}"}}"#)
                    };
                    let set_span = |of: &str, start: u32, end: u32| {
                        format!(r#"{{"kind": "set_span", "of": {of}, "start": {start}, "end": {end}}}"#)
                    };
                    match pick[0] % 4 {
                        1 => (set_label(&old, label), set_label(&of(label, from, to), &chunk.label)),
                        2 => (set_span(&old, start, end), set_span(&of(&chunk.label, start, end), from, to)),
                        _ => (delete(&old), format!(r#"{{"kind": "add_entity", {}"#, &old[1..])),
                    }
                }
                _ => (add, delete(&new)),
            };
            match changed(&before, &change) {
                Ok(after) => {
                    prop_assert_ne!(&after, &before);
                    prop_assert_eq!(changed(&after, &back), Ok(before));
                }
                // What tags cannot express is known before they are written.
                Err(message) => prop_assert!(!message.starts_with("karat cannot"), "{}: {}", change, message),
            }
        }
    }
}
