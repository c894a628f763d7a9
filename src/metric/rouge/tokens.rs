//! Texts as rows of small numbers: equal tokens, equal numbers.

use rustc_hash::FxHashMap;

use crate::text::{Stemmer, Tokenizer};

/// A tokenized text.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    /// The tokens of all lines.
    pub(super) ids: Vec<u32>,
    /// Where the lines end that have at least one token.
    ends: Vec<usize>,
}

impl Tokens {
    /// The lines with at least one token.
    pub(super) fn lines(&self) -> impl Iterator<Item = &[u32]> + Clone {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| &self.ids[start..end])
    }
}

/// Gives every distinct token of a few texts a number, from 0 up. Each distinct word is stemmed once.
#[derive(Debug)]
pub(super) struct Interner {
    tokenizer: Tokenizer,
    stemmer: Stemmer,
    words: FxHashMap<Box<str>, u32>,
    stems: FxHashMap<Box<str>, u32>,
    size: u32,
}

impl Interner {
    pub(super) fn new(tokenizer: Tokenizer, stemmer: Stemmer) -> Self {
        Self { tokenizer, stemmer, words: FxHashMap::default(), stems: FxHashMap::default(), size: 0 }
    }

    /// How many numbers were given.
    pub(super) fn size(&self) -> usize {
        self.size as usize
    }

    /// Tokenizes a text line by line. Lines are what stands between `\n`s, as rouge-score 0.1.2 has it.
    pub(super) fn tokens(&mut self, text: &str) -> Tokens {
        let mut tokens = Tokens::default();
        for line in text.split('\n') {
            let start = tokens.ids.len();
            self.tokenizer.each(line, |word| tokens.ids.push(self.id(word)));
            if tokens.ids.len() > start {
                tokens.ends.push(tokens.ids.len());
            }
        }
        tokens
    }

    fn id(&mut self, word: &str) -> u32 {
        if let Some(&id) = self.words.get(word) {
            return id;
        }
        let id = if self.stemmer == Stemmer::None { self.next() } else { self.id_of_stem(word) };
        self.words.insert(word.into(), id);
        id
    }

    fn id_of_stem(&mut self, word: &str) -> u32 {
        let stem = self.stemmer.stem(word);
        if let Some(&id) = self.stems.get(stem.as_ref()) {
            return id;
        }
        let id = self.next();
        self.stems.insert(stem.into(), id);
        id
    }

    fn next(&mut self) -> u32 {
        let id = self.size;
        self.size = id.checked_add(1).expect("texts have fewer than 2^32 distinct tokens");
        id
    }
}
