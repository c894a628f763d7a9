//! A token file in memory: one text, and for each token its place and its tag.

use std::path::PathBuf;

use super::TagName;

/// A sentence of a token file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sentence {
    /// The number of its first token, from 0.
    pub first: u32,
    /// The line of its first token, from 1; the others follow line by line.
    pub line: u32,
}

/// Tokens with their tags, shared by all documents of the file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TokenFile {
    /// The file, as the user named it.
    pub file: PathBuf,
    /// The tokens joined by single spaces, sentences by line breaks.
    pub text: String,
    /// For each token its bytes in `text`; empty where only tags were asked for.
    pub tokens: Vec<(u32, u32)>,
    /// For each token the place of its tag in `names`.
    pub tags: Vec<u32>,
    /// Every tag that occurs, once, in the order of first use.
    pub names: Vec<TagName>,
    /// The sentences; none is empty.
    pub sentences: Vec<Sentence>,
}

impl TokenFile {
    /// A token as it was written.
    pub fn token(&self, at: u32) -> &str {
        let (start, end) = self.tokens[at as usize];
        &self.text[start as usize..end as usize]
    }

    /// The tag of a token.
    pub fn tag(&self, at: u32) -> &TagName {
        &self.names[self.tags[at as usize] as usize]
    }

    /// The number of the token behind a sentence's last one.
    pub fn end_of(&self, sentence: u32) -> u32 {
        self.sentences.get(sentence as usize + 1).map_or(self.tags.len() as u32, |next| next.first)
    }

    /// The sentence that a token stands in.
    pub fn sentence_of(&self, token: u32) -> u32 {
        self.sentences.partition_point(|sentence| sentence.first <= token) as u32 - 1
    }

    /// The line that a token stands in, from 1.
    pub fn line_of(&self, token: u32) -> usize {
        let sentence = self.sentences[self.sentence_of(token) as usize];
        (sentence.line + token - sentence.first) as usize
    }

    /// Whether a token is the first of its sentence.
    pub fn is_first(&self, token: u32) -> bool {
        self.sentences.binary_search_by_key(&token, |sentence| sentence.first).is_ok()
    }
}
