//! Reads texts as ROUGE-1.5.5 does: truncates, tokenizes and numbers them.
//!
//! The program works on bytes. It lower-cases A to Z, truncates, and takes runs of a to z and 0 to
//! 9 as tokens. Sentences are the non-empty lines. Stop words are dropped; tokens of more than
//! three letters are looked up in the exceptions and otherwise stemmed.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use crate::metric::options::{LengthLimit, Rouge155Options};
use crate::metric::rouge::tokens::Tokens;
use crate::text::porter_perl;

/// The number of all stop words.
const STOP: u32 = u32::MAX;

/// A text as the program reads it: for n-grams, and by sentences.
pub(super) struct ReadText {
    pub(super) tokens: Tokens,
    /// The sentences, if they differ from the reading for n-grams.
    sentences: Option<Tokens>,
}

impl ReadText {
    /// Iterates over the sentences with at least one token.
    pub(super) fn sentences(&self) -> impl Iterator<Item = &[u32]> + Clone {
        self.sentences.as_ref().unwrap_or(&self.tokens).lines()
    }
}

/// Numbers the distinct tokens of a few texts from 0. Each distinct word is stemmed once.
pub(super) struct Reader<'t, 'o> {
    options: &'o Rouge155Options,
    words: FxHashMap<&'t [u8], u32>,
    stems: FxHashMap<Cow<'t, [u8]>, u32>,
    size: u32,
}

impl<'t, 'o: 't> Reader<'t, 'o> {
    pub(super) fn new(options: &'o Rouge155Options) -> Self {
        Self { options, words: FxHashMap::default(), stems: FxHashMap::default(), size: 0 }
    }

    /// Returns the number of distinct tokens.
    pub(super) fn size(&self) -> usize {
        self.size as usize
    }

    /// Reads a text in which A to Z are lower-cased.
    pub(super) fn read(&mut self, text: &'t [u8]) -> ReadText {
        let lines = || text.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
        let mut tokens = Tokens::default();
        let mut sentences = None;
        match self.options.length {
            LengthLimit::All => lines().for_each(|line| self.line(line, &mut tokens)),
            LengthLimit::Words(most) => {
                let mut left = most as usize;
                for line in lines() {
                    let words = fields(line);
                    if words < left {
                        self.line(line, &mut tokens);
                        left -= words;
                    } else {
                        self.line(first_fields(line, left), &mut tokens);
                        break;
                    }
                }
            }
            LengthLimit::Bytes(most) => {
                let most = most as usize;
                let mut left = most;
                for line in lines() {
                    self.line(&line[..line.len().min(left)], &mut tokens);
                    if line.len() >= left {
                        break;
                    }
                    left -= line.len();
                }
                // When reading by sentences, the program resets its byte count: each sentence may
                // have as many bytes, until one exceeds the limit.
                let by_sentence = sentences.insert(Tokens::default());
                for line in lines() {
                    self.line(&line[..line.len().min(most)], by_sentence);
                    if line.len() >= most {
                        break;
                    }
                }
            }
        }
        ReadText { tokens, sentences }
    }

    fn line(&mut self, line: &'t [u8], tokens: &mut Tokens) {
        for word in line.split(|byte| !byte.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
            let id = self.id(word);
            if id != STOP {
                tokens.push(id);
            }
        }
        tokens.end_line();
    }

    fn id(&mut self, word: &'t [u8]) -> u32 {
        if let Some(&id) = self.words.get(word) {
            return id;
        }
        let id = if self.options.stop_list.as_ref().is_some_and(|list| list.has(word)) {
            STOP
        } else if self.options.stem {
            self.id_of_stem(word)
        } else {
            self.next()
        };
        self.words.insert(word, id);
        id
    }

    fn id_of_stem(&mut self, word: &'t [u8]) -> u32 {
        let stem = if word.len() <= 3 {
            Cow::Borrowed(word)
        } else if let Some(base) = self.options.exceptions.as_ref().and_then(|exceptions| exceptions.base(word)) {
            Cow::Borrowed(base)
        } else {
            Cow::Owned(porter_perl::stem(word))
        };
        if let Some(&id) = self.stems.get(&stem) {
            return id;
        }
        let id = self.next();
        self.stems.insert(stem, id);
        id
    }

    fn next(&mut self) -> u32 {
        let id = self.size;
        self.size = id.checked_add(1).filter(|next| *next != STOP).expect("texts have fewer than 2^32 - 1 words");
        id
    }
}

/// Returns whether a byte is white space in Perl's `\s`.
fn is_space(byte: &u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

/// Returns the number of fields of a line as Perl's `split` counts them: leading white space is
/// preceded by an empty field.
fn fields(line: &[u8]) -> usize {
    let words = line.split(is_space).filter(|word| !word.is_empty()).count();
    words + usize::from(words > 0 && line.first().is_some_and(is_space))
}

/// Returns the line up to the end of its first `most` fields.
fn first_fields(line: &[u8], most: usize) -> &[u8] {
    let mut ends = line.iter().enumerate().filter(|&(at, byte)| {
        // A field ends before white space; so does the empty one at the beginning.
        is_space(byte) && (at == 0 || !is_space(&line[at - 1]))
    });
    if most == 0 {
        return &[];
    }
    ends.nth(most - 1).map_or(line, |(end, _)| &line[..end])
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Reader, fields, first_fields};
    use crate::metric::options::{LengthLimit, Rouge155Options};
    use crate::text::exceptions::{Exceptions, StopList};

    fn plain() -> Rouge155Options {
        Rouge155Options { stem: false, ..Rouge155Options::default() }
    }

    /// Returns the tokens as numbers, and the sentences.
    fn read(options: &Rouge155Options, text: &str) -> (Vec<u32>, Vec<Vec<u32>>) {
        let mut reader = Reader::new(options);
        let reading = reader.read(text.as_bytes());
        (reading.tokens.ids.clone(), reading.sentences().map(<[u32]>::to_vec).collect())
    }

    #[test]
    fn fields_are_counted_as_by_split() {
        for (line, count) in [("", 0), (" \t", 0), ("a", 1), (" a", 2), ("a  b ", 2), ("\u{b}a\u{a0}b\r", 2)] {
            assert_eq!(fields(line.as_bytes()), count, "{line:?}");
        }
        assert_eq!(first_fields(b" a b", 1), b"");
        assert_eq!(first_fields(b" a b", 2), b" a");
        assert_eq!(first_fields(b"a  b ", 2), b"a  b");
        assert_eq!(first_fields(b"a b", 0), b"");
    }

    #[test]
    fn a_limit_in_words_counts_what_stands_between_white_space() {
        let options = Rouge155Options { length: LengthLimit::Words(3), ..plain() };
        // Of the first line, "don't" is one word of two tokens; of the second, one word is left.
        assert_eq!(read(&options, "a don't\nb c\nd").0, [0, 1, 2, 3]);
        assert_eq!(read(&options, "a don't\n b c\nd").0, [0, 1, 2]);
        assert_eq!(read(&options, "").0, [0; 0]);
    }

    #[test]
    fn a_limit_in_bytes_holds_for_every_sentence_by_itself() {
        let options = Rouge155Options { length: LengthLimit::Bytes(5), ..plain() };
        let (tokens, sentences) = read(&options, "ab\ncd\nefgh\nijklmn\nop");
        // ab, cd and e; then ab, cd, efgh and ijklm.
        assert_eq!(tokens, [0, 1, 2]);
        assert_eq!(sentences, [[0], [1], [3], [4]]);
    }

    #[test]
    fn stop_words_are_dropped_before_stemming_and_exceptions_come_first() {
        let options = Rouge155Options {
            stem: true,
            stop_list: Some(Arc::new(StopList::parse("the\nsays"))),
            exceptions: Some(Arc::new(Exceptions::parse(["geese goose\nate eat\ngoose gander"]))),
            ..plain()
        };
        // says is dropped, saying is not; geese becomes goose, which is neither looked up again nor
        // stemmed; ate is too short.
        assert_eq!(read(&options, "the geese says goose gander ate eat eats").0, [0, 1, 1, 2, 3, 3]);
    }
}
