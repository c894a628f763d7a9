//! The tags of one document: a range of sentences in a token file.

use std::ops::Range;
use std::sync::Arc;

use super::{Scheme, Sentence, TokenFile, lenient};
use crate::document::{Annotations, Entity};

/// The undecoded tags of a document, one per token, as a range of sentences in a token file.
#[derive(Debug, Clone, PartialEq)]
pub struct Tags {
    /// The file with its tokens.
    pub file: Arc<TokenFile>,
    /// The indexes of the document's sentences in the file.
    pub sentences: Range<u32>,
    /// The tag of the line that begins the document (`-DOCSTART-`), if it has one, as an index into
    /// the file's `names`.
    pub opening: Option<u32>,
    /// The code point range of each token in the document's text; `None` if that text is the tokens
    /// joined by spaces.
    pub places: Option<Arc<[(u32, u32)]>>,
    /// The scheme by which the tags are decoded; `None` means lenient decoding.
    pub scheme: Option<Scheme>,
    /// Whether lenient decoding reads the prefixes of BILOU: `U` as `S`, and `L` as `E`.
    pub is_bilou: bool,
}

/// A labelled range of tokens, decoded from tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Chunk {
    /// The index of the last token in the file.
    pub last: u32,
    /// The index of the first token in the file.
    pub first: u32,
    /// The index in the file's `names` of a tag that has the chunk's label.
    pub name: u32,
}

impl Tags {
    /// Returns the indexes of the document's tokens in the file.
    pub fn tokens(&self) -> Range<u32> {
        let edge = |at: u32| self.file.sentences.get(at as usize).map(|sentence| sentence.first);
        let all = self.file.tags.len() as u32;
        edge(self.sentences.start).unwrap_or(all)..edge(self.sentences.end).unwrap_or(all)
    }

    /// Iterates over the sentences, as ranges of token indexes.
    pub fn sentences(&self) -> impl Iterator<Item = Range<u32>> + '_ {
        self.sentences.clone().map(|at| self.file.sentences[at as usize].first..self.file.end_of(at))
    }

    /// Returns the document's text as known from the file alone: its tokens joined by single
    /// spaces, and its sentences by line breaks.
    pub fn joined(&self) -> &str {
        let tokens = self.tokens();
        if tokens.is_empty() {
            return "";
        }
        let bytes = self.file.tokens[tokens.start as usize].0..self.file.tokens[tokens.end as usize - 1].1;
        &self.file.text[bytes.start as usize..bytes.end as usize]
    }

    /// Copies the document's part of the file into a file of its own.
    pub fn detached(&self) -> TokenFile {
        let (tokens, file) = (self.tokens(), &*self.file);
        let range = tokens.start as usize..tokens.end as usize;
        let base = file.tokens.get(range.start).map_or(0, |token| token.0);
        let sentences = &file.sentences[self.sentences.start as usize..self.sentences.end as usize];
        let moved = |sentence: &Sentence| Sentence { first: sentence.first - tokens.start, line: sentence.line };
        TokenFile {
            file: file.file.clone(),
            text: self.joined().to_owned(),
            tokens: file.tokens[range.clone()].iter().map(|token| (token.0 - base, token.1 - base)).collect(),
            tags: file.tags[range].to_vec(),
            names: file.names.clone(),
            sentences: sentences.iter().map(moved).collect(),
            lines_are_sentences: file.lines_are_sentences,
        }
    }

    /// Returns the code point range of each token in the document's text.
    pub fn ranges(&self) -> Arc<[(u32, u32)]> {
        if let Some(places) = &self.places {
            return Arc::clone(places);
        }
        let mut at = 0;
        let tokens = self.tokens().map(|token| {
            let start = at;
            at = start + self.file.token(token).chars().count() as u32;
            let range = (start, at);
            at += 1;
            range
        });
        tokens.collect()
    }

    /// Locates the tokens, in order, in the document's original text, whose white space may differ.
    ///
    /// # Errors
    /// Fails with the index in the file of the first token that does not occur after those before
    /// it.
    pub fn place_in(&mut self, text: &str) -> Result<(), u32> {
        let tokens = self.tokens();
        let places = locate_tokens(tokens.clone().map(|token| self.file.token(token)), text);
        self.places = Some(places.map_err(|at| tokens.start + at as u32)?.into());
        Ok(())
    }
}

/// Locates tokens in a text, in order, and returns the code point range of each.
///
/// # Errors
/// Fails with the number of the first token, counted from 0, that does not occur after those before
/// it.
pub fn locate_tokens<'t>(tokens: impl Iterator<Item = &'t str>, text: &str) -> Result<Vec<(u32, u32)>, usize> {
    let (mut byte, mut code_point) = (0, 0);
    let range = |(at, token): (usize, &str)| {
        let found = text[byte..].find(token).ok_or(at)?;
        let start = code_point + text[byte..byte + found].chars().count() as u32;
        code_point = start + token.chars().count() as u32;
        byte += found + token.len();
        Ok((start, code_point))
    };
    tokens.enumerate().map(range).collect()
}

impl Annotations {
    /// Decodes tags into entities, by their scheme or else leniently, if there are tags and no
    /// entities yet.
    pub fn decode_tags(&mut self) {
        let Some(tags) = self.tags.as_ref().filter(|_| self.entities.is_none()) else { return };
        let ranges = tags.ranges();
        let begin = tags.tokens().start;
        let entity = |chunk: Chunk| {
            let first = chunk.first.max(begin);
            let name = &tags.file.names[chunk.name as usize];
            let label = if tags.scheme.is_some() { &name.strict_label } else { &name.label }.to_string();
            let (start, end) = (ranges[(first - begin) as usize].0, ranges[(chunk.last - begin) as usize].1);
            Entity { start, end, label, ..Entity::default() }
        };
        let chunks = match tags.scheme {
            Some(scheme) => scheme.chunks(tags),
            None if tags.is_bilou => lenient::bilou_chunks(tags),
            None => lenient::chunks(tags),
        };
        self.entities = Some(chunks.into_iter().map(entity).collect());
    }
}
