//! A per-thread vocabulary, so that each word is stemmed once and not once per document.
//!
//! Figures do not depend on it: only tokens of the same texts are compared, and the numbers of
//! every pair of texts begin at 0.

use std::cell::RefCell;

use rustc_hash::FxHashMap;

use super::tokens::Tokens;
use crate::text::packed_word::{packed, unpacked};
use crate::text::{Stemmer, Tokenizer};

/// The maximum number of cached words; the cache is then cleared, to bound memory.
const MOST: usize = 1 << 18;

thread_local! {
    static LEXICON: RefCell<Lexicon> = RefCell::default();
}

/// Cached words and stems, and the token numbers of the current texts.
#[derive(Default)]
pub(super) struct Lexicon {
    tokenizer: Tokenizer,
    stemmer: Stemmer,
    /// By word, the index of its stem; short words are packed into one integer, so that a lookup
    /// reads no other memory.
    short: FxHashMap<u128, u32>,
    long: FxHashMap<Box<str>, u32>,
    stems: FxHashMap<Box<str>, u32>,
    /// By stem: the round in which it last occurred, and its number in that round.
    met: Vec<(u32, u32)>,
    round: u32,
    size: u32,
    /// A reusable buffer for the words of a text.
    keys: Vec<Key>,
}

/// A word: packed if it is short, otherwise the index of its stem.
#[derive(Clone, Copy)]
enum Key {
    Short(u128),
    Long(u32),
}

impl Lexicon {
    /// Calls `work` with the lexicon of this thread, with token numbers starting at 0.
    pub(super) fn with<T>(tokenizer: Tokenizer, stemmer: Stemmer, work: impl FnOnce(&mut Self) -> T) -> T {
        LEXICON.with_borrow_mut(|lexicon| {
            lexicon.begin(tokenizer, stemmer);
            work(lexicon)
        })
    }

    fn begin(&mut self, tokenizer: Tokenizer, stemmer: Stemmer) {
        let is_other = (self.tokenizer, self.stemmer) != (tokenizer, stemmer);
        if is_other || self.short.len() + self.long.len() > MOST || self.round == u32::MAX {
            *self = Self { tokenizer, stemmer, ..Self::default() };
        }
        self.round += 1;
        self.size = 0;
    }

    /// Returns the number of distinct tokens since the beginning of the round.
    pub(super) fn size(&self) -> usize {
        self.size as usize
    }

    /// Tokenizes a text line by line. Lines are separated by `\n`, as in rouge-score 0.1.2.
    pub(super) fn tokens(&mut self, text: &str) -> Tokens {
        let tokenizer = self.tokenizer;
        let mut tokens = Tokens::for_bytes(text.len());
        let mut keys = std::mem::take(&mut self.keys);
        for line in text.split('\n') {
            tokenizer.each(line, |word| {
                keys.push(packed(word).map_or_else(|| Key::Long(self.index_of_long(word)), Key::Short));
                tokens.push(0);
            });
            tokens.end_line();
        }
        // All words of a text are looked up together, so that their memory accesses overlap.
        for (id, key) in tokens.ids.iter_mut().zip(&keys) {
            *id = match *key {
                Key::Short(key) => self.place_of_short(key),
                Key::Long(index) => index,
            };
        }
        tokens.ids.iter_mut().for_each(|id| *id = self.number(*id));
        keys.clear();
        self.keys = keys;
        tokens
    }

    fn place_of_short(&mut self, key: u128) -> u32 {
        if let Some(index) = self.short.get(&key) {
            return *index;
        }
        let index = self.learn(&unpacked(key));
        self.short.insert(key, index);
        index
    }

    fn index_of_long(&mut self, word: &str) -> u32 {
        if let Some(index) = self.long.get(word) {
            return *index;
        }
        let index = self.learn(word);
        self.long.insert(word.into(), index);
        index
    }

    /// Returns the number of a stem in this round.
    fn number(&mut self, index: u32) -> u32 {
        let (round, number) = &mut self.met[index as usize];
        if *round != self.round {
            (*round, *number) = (self.round, self.size);
            self.size += 1;
        }
        *number
    }

    /// Adds a new word and returns the index of its stem.
    fn learn(&mut self, word: &str) -> u32 {
        let next = u32::try_from(self.met.len()).expect("texts have fewer than 2^32 distinct tokens");
        let index = if self.stemmer == Stemmer::None {
            next
        } else {
            *self.stems.entry(self.stemmer.stem(word).into()).or_insert(next)
        };
        if index == next {
            self.met.push((0, 0));
        }
        index
    }
}

#[cfg(test)]
mod tests {
    use super::Lexicon;
    use crate::text::{Stemmer, Tokenizer};

    fn numbers(text: &str, stemmer: Stemmer) -> Vec<u32> {
        Lexicon::with(Tokenizer::RougeScore, stemmer, |lexicon| lexicon.tokens(text).ids)
    }

    #[test]
    fn every_round_counts_from_0_up() {
        assert_eq!(numbers("dying agreed die agree", Stemmer::Porter), [0, 1, 0, 1]);
        assert_eq!(numbers("a agree dying", Stemmer::Porter), [0, 1, 2]);
        assert_eq!(numbers("dying agreed die agree", Stemmer::None), [0, 1, 2, 3]);
        assert_eq!(numbers("agree dying", Stemmer::Porter), [0, 1]);
    }
}
