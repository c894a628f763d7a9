//! The tags of one document: some sentences of a token file.

use std::ops::Range;
use std::sync::Arc;

use super::{Scheme, Sentence, TokenFile, lenient};
use crate::document::{Annotations, Entity};

/// One tag a token, uninterpreted: the sentences of a document in its token file.
#[derive(Debug, Clone, PartialEq)]
pub struct Tags {
    /// All tokens of the file.
    pub file: Arc<TokenFile>,
    /// The document's sentences.
    pub sentences: Range<u32>,
    /// The tag of the line that begins the document (`-DOCSTART-`), where it has one.
    pub opening: Option<u32>,
    /// For each token of the document its stretch of code points in the document's text, where that is another than the
    /// tokens joined by spaces.
    pub places: Option<Arc<[(u32, u32)]>>,
    /// The scheme that the user named, by whose rules the tags are decoded; leniently without.
    pub scheme: Option<Scheme>,
}

/// What tags make of some tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Chunk {
    /// The file's number of the last token.
    pub last: u32,
    /// The file's number of the first token.
    pub first: u32,
    /// The place in the file's `names` of a tag that has the chunk's label.
    pub name: u32,
}

impl Tags {
    /// The file's numbers of the document's tokens.
    pub fn tokens(&self) -> Range<u32> {
        let edge = |at: u32| self.file.sentences.get(at as usize).map(|sentence| sentence.first);
        let all = self.file.tags.len() as u32;
        edge(self.sentences.start).unwrap_or(all)..edge(self.sentences.end).unwrap_or(all)
    }

    /// The tokens of each sentence.
    pub fn sentences(&self) -> impl Iterator<Item = Range<u32>> + '_ {
        self.sentences.clone().map(|at| self.file.sentences[at as usize].first..self.file.end_of(at))
    }

    /// The document's text where it is known from the file alone: its tokens joined by single spaces, sentences by line
    /// breaks.
    pub fn joined(&self) -> &str {
        let tokens = self.tokens();
        if tokens.is_empty() {
            return "";
        }
        let bytes = self.file.tokens[tokens.start as usize].0..self.file.tokens[tokens.end as usize - 1].1;
        &self.file.text[bytes.start as usize..bytes.end as usize]
    }

    /// The document's part of the file, as a file of its own.
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
        }
    }

    /// For each token its stretch of code points in the document's text.
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

    /// Finds the tokens in a text, in order: the document's own text, with white space as it was.
    ///
    /// # Errors
    /// With the file's number of the first token that does not occur behind those before it.
    pub fn place_in(&mut self, text: &str) -> Result<(), u32> {
        let (mut byte, mut code_point) = (0, 0);
        let mut places = Vec::with_capacity(self.tokens().len());
        for token in self.tokens() {
            let written = self.file.token(token);
            let found = text[byte..].find(written).ok_or(token)?;
            let start = code_point + text[byte..byte + found].chars().count() as u32;
            code_point = start + written.chars().count() as u32;
            byte += found + written.len();
            places.push((start, code_point));
        }
        self.places = Some(places.into());
        Ok(())
    }
}

impl Annotations {
    /// Decodes tags, leniently unless a scheme was named, into entities, where there are tags and no entities yet.
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
        let chunks = tags.scheme.map_or_else(|| lenient::chunks(tags), |scheme| scheme.chunks(tags));
        self.entities = Some(chunks.into_iter().map(entity).collect());
    }
}
