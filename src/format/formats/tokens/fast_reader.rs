//! The fast path for the common case of token files: lines of columns separated by single spaces or
//! single tabs, blank lines, and `-DOCSTART-` lines.
//!
//! It copies nothing and reports no errors: a file with anything unusual is rejected, and the full
//! reader in [`super::reader`] reads it again. Tests check that both readers agree.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::layout::TagColumn;
use super::reader::is_opening;
use crate::document::Sentence;
use crate::parallel;

/// Number of tokens that are compared at a time.
const CHUNK: usize = 1 << 14;

/// The content of a token file, as offsets in its text.
#[derive(Debug, Default, PartialEq)]
pub struct FastTokens<'t> {
    text: &'t str,
    /// The byte offset of each token, which ends at the line's first separator.
    tokens: Vec<u32>,
    /// The index of each token's tag in `names`.
    pub tags: Vec<u32>,
    /// The distinct tags, in the order of first use.
    pub names: Vec<&'t str>,
    /// The sentences; none is empty.
    pub sentences: Vec<Sentence>,
    /// The lines that begin documents: the number of sentences before the line, and its tag.
    pub openings: Vec<(u32, Option<u32>)>,
}

impl FastTokens<'_> {
    /// Whether a token has a tag of which this is true. Tags that only lines that begin documents
    /// have do not count.
    pub fn has_token_with(&self, is_wanted: impl Fn(&str) -> bool) -> bool {
        let wanted: Vec<bool> = self.names.iter().map(|name| is_wanted(name)).collect();
        wanted.contains(&true) && self.tags.iter().any(|tag| wanted[*tag as usize])
    }

    /// Whether another file has the same tokens, in the same sentences and documents.
    pub fn has_tokens_of(&self, other: &FastTokens<'_>) -> bool {
        let firsts = |fast: &FastTokens<'_>| fast.sentences.iter().map(|sentence| sentence.first).collect::<Vec<_>>();
        let before = |fast: &FastTokens<'_>| fast.openings.iter().map(|(before, _)| *before).collect::<Vec<_>>();
        let (ours, theirs) = (self.text.as_bytes(), other.text.as_bytes());
        let same = |(a, b): (&u32, &u32)| is_same_token(&ours[*a as usize..], &theirs[*b as usize..]);
        let chunks: Vec<_> = self.tokens.chunks(CHUNK).zip(other.tokens.chunks(CHUNK)).collect();
        self.tokens.len() == other.tokens.len()
            && firsts(self) == firsts(other)
            && before(self) == before(other)
            && parallel::all(chunks, |(ours, theirs)| ours.iter().zip(theirs).all(same))
    }
}

/// Whether two lines begin with the same token.
fn is_same_token(ours: &[u8], theirs: &[u8]) -> bool {
    for (a, b) in ours.iter().zip(theirs) {
        if *a <= b' ' || *b <= b' ' {
            return *a <= b' ' && *b <= b' ';
        }
        if a != b {
            return false;
        }
    }
    false
}

/// Assigns numbers to tags in the order of first use. Nearly all tags have at most eight bytes,
/// which are compared as one machine word.
#[derive(Default)]
struct TagNumbers<'t> {
    last: (u64, u32),
    short: [(u64, u32); 32],
    all: FxHashMap<&'t str, u32>,
}

impl<'t> TagNumbers<'t> {
    fn number(&mut self, text: &'t str, tag: Range<usize>, names: &mut Vec<&'t str>) -> u32 {
        let word = match text.as_bytes()[tag.start..].first_chunk::<8>() {
            Some(bytes) if (1..=8).contains(&tag.len()) => {
                u64::from_le_bytes(*bytes) & (u64::MAX >> (64 - 8 * tag.len()))
            }
            _ => 0,
        };
        // No tag has the word 0.
        if word != 0 && word == self.last.0 {
            return self.last.1;
        }
        let statistic = &mut self.short[(word.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 59) as usize];
        if word == 0 || statistic.0 != word {
            let tag = &text[tag];
            let number = *self.all.entry(tag).or_insert_with(|| {
                names.push(tag);
                names.len() as u32 - 1
            });
            if word == 0 {
                return number;
            }
            *statistic = (word, number);
        }
        self.last = *statistic;
        statistic.1
    }
}

/// A line: its end, and its columns.
struct FastLine {
    end: usize,
    columns: usize,
    before_last: usize,
    last: usize,
}

/// Iterates over the offsets of bytes that are not part of a word: spaces, tabs, line ends, control
/// characters. It examines the bytes of a block at once.
struct SeparatorScanner<'t> {
    bytes: &'t [u8],
    /// The offset of the block.
    base: usize,
    /// A bit for each byte of the block, set if it is such a byte.
    found: u64,
}

/// The size of a block in bytes.
const BLOCK: usize = 64;

impl<'t> SeparatorScanner<'t> {
    fn new(bytes: &'t [u8]) -> Self {
        let mut scanner = Self { bytes, base: 0, found: 0 };
        scanner.look();
        scanner
    }

    fn look(&mut self) {
        const fn each(byte: u8) -> u64 {
            u64::from_le_bytes([byte; 8])
        }
        let rest = &self.bytes[self.base..];
        let block = rest.first_chunk::<BLOCK>().copied().unwrap_or_else(|| {
            let mut padded = [b'x'; BLOCK];
            padded[..rest.len()].copy_from_slice(rest);
            padded
        });
        self.found = 0;
        for (number, bytes) in block.as_chunks::<8>().0.iter().enumerate() {
            let word = u64::from_le_bytes(*bytes);
            // Sets the high bit of each byte that is greater than a space, and then gathers the
            // high bits.
            let large = ((word & each(0x7f)) + each(0x7f - b' ')) | word;
            let small = !large & each(0x80);
            self.found |= ((small >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56) << (8 * number);
        }
    }

    /// Returns the next offset, or the length of the text after the last.
    #[inline]
    fn next(&mut self) -> usize {
        while self.found == 0 {
            self.base += BLOCK;
            if self.base >= self.bytes.len() {
                self.base = self.bytes.len();
                return self.base;
            }
            self.look();
        }
        let at = self.base + self.found.trailing_zeros() as usize;
        self.found &= self.found - 1;
        at
    }
}

/// Splits the line that begins at an offset into columns; returns `None` if the line is unusual.
fn split_line(scanner: &mut SeparatorScanner<'_>, begin: usize) -> Option<FastLine> {
    let (mut separators, mut kind) = (0, 0);
    let (mut before_last, mut last) = (0, 0);
    let end = loop {
        let at = scanner.next();
        let byte = *scanner.bytes.get(at).unwrap_or(&b'\n');
        if byte == b'\n' {
            break at;
        }
        if separators == 0 {
            kind = byte;
        }
        if byte != kind || !matches!(byte, b' ' | b'\t') || at == begin || (separators > 0 && last + 1 == at) {
            return None;
        }
        (before_last, last) = (last, at);
        separators += 1;
    };
    let ends_with_one = separators > 0 && last + 1 == end;
    (!ends_with_one).then_some(FastLine { end, columns: separators + 1, before_last, last })
}

impl FastLine {
    /// Returns the byte range of the tag.
    fn tag(&self, column: TagColumn) -> Range<usize> {
        if column == TagColumn::BeforeLast && self.columns > 2 {
            self.before_last + 1..self.last
        } else {
            self.last + 1..self.end
        }
    }
}

/// Reads a text; returns `None` if the full reader must read it.
pub fn read_fast(text: &str, column: TagColumn) -> Option<FastTokens<'_>> {
    u32::try_from(text.len()).ok()?;
    let bytes = text.as_bytes();
    let guess = text.len() / 10;
    let mut fast = FastTokens {
        text,
        tokens: Vec::with_capacity(guess),
        tags: Vec::with_capacity(guess),
        ..FastTokens::default()
    };
    let mut numbers = TagNumbers::default();
    let mut scanner = SeparatorScanner::new(bytes);
    let (mut at, mut number, mut in_sentence, mut columns) = (0, 0_u32, false, 0);
    while at < bytes.len() {
        let begin = at;
        number += 1;
        if bytes[begin] == b'\n' {
            in_sentence = false;
            scanner.next();
            at += 1;
            continue;
        }
        let line = split_line(&mut scanner, begin)?;
        at = line.end + 1;
        if bytes[begin] == b'-' && is_opening(&bytes[begin..line.end]) {
            let tag = (line.columns > 1).then(|| numbers.number(text, line.tag(column), &mut fast.names));
            fast.openings.push((fast.sentences.len() as u32, tag));
            in_sentence = false;
            continue;
        }
        if columns == 0 {
            columns = line.columns;
        }
        if line.columns < 2 || line.columns != columns || (bytes[begin] == b'#' && !in_sentence) {
            return None;
        }
        if !in_sentence {
            in_sentence = true;
            fast.sentences.push(Sentence { first: fast.tokens.len() as u32, line: number });
        }
        fast.tokens.push(begin as u32);
        let tag = numbers.number(text, line.tag(column), &mut fast.names);
        fast.tags.push(tag);
    }
    (!fast.tokens.is_empty() && !bytes.starts_with(b"\xEF\xBB\xBF")).then_some(fast)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;

    use super::{TagColumn, read_fast};
    use crate::format::tokens::layout::Layout;
    use crate::format::tokens::reader::read_as;

    /// Asserts that the full reader reads the same as the fast path, if that accepts the text.
    fn assert_same(text: &str, column: TagColumn) -> bool {
        let Some(fast) = read_fast(text, column) else { return false };
        let layout = Layout { tags: column, ..Layout::default() };
        let entries = read_as(Path::new("x"), text, &layout, None).into_recovered().into_result();
        let entries = entries.unwrap_or_else(|diagnostics| panic!("{diagnostics:?} in {text:?}"));
        let file = &entries[0].annotations.tags.as_ref().unwrap().file;
        let names = |names: Vec<&str>, tags: &[u32]| tags.iter().map(|tag| names[*tag as usize].to_owned()).collect();
        let ours: Vec<String> = names(fast.names.clone(), &fast.tags);
        let theirs: Vec<String> = names(file.names.iter().map(|name| &*name.text).collect(), &file.tags);
        assert_eq!(ours, theirs, "{text:?}");
        assert_eq!(fast.sentences, file.sentences);
        let tokens: Vec<&str> =
            fast.tokens.iter().map(|at| text[*at as usize..].split([' ', '\t']).next().unwrap()).collect();
        assert_eq!(tokens, (0..file.tags.len() as u32).map(|at| file.token(at)).collect::<Vec<_>>());
        let openings = entries.iter().map(|entry| entry.annotations.tags.as_ref().unwrap());
        let openings: Vec<_> = openings
            .filter_map(|tags| Some((tags.sentences.start, &*file.names[tags.opening? as usize].text)))
            .collect();
        let of_fast = fast.openings.iter().filter_map(|(before, tag)| Some((*before, fast.names[(*tag)? as usize])));
        assert_eq!(of_fast.collect::<Vec<_>>(), openings);
        true
    }

    #[test]
    fn regular_files_are_read_and_others_left() {
        let text = "-DOCSTART- -X- O O\n\nEU NNP B-NP B-ORG\n# NN B-NP O\n\n-DOCSTART- -X- O O\n\nÉ N O I-X";
        assert!(assert_same(text, TagColumn::Last));
        assert!(assert_same(text, TagColumn::BeforeLast));
        assert!(assert_same("a\tO\n\n\nb\tB-A\n", TagColumn::Last));
        for text in
            ["", "\n", "a\n", "a  O\n", " a O\n", "a O \n", "a O\r\n", "a O\nb c O\n", "# id = x\na O\n", "a b\tO\n"]
        {
            assert!(read_fast(text, TagColumn::Last).is_none(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_read_is_read_as_the_careful_reader_does(text in "([a#-]|-DOCSTART-| |\t|O|B-X|I-Y|\n|\r|é){0,40}") {
            assert_same(&text, TagColumn::Last);
            assert_same(&text, TagColumn::BeforeLast);
        }

        #[test]
        fn files_of_two_columns(lines in prop::collection::vec("(a O|#b B-X|- I-X|-DOCSTART- O|-DOCSTART-||)", 0..30)) {
            assert_same(&(lines.join("\n") + "\n"), TagColumn::Last);
        }
    }
}
