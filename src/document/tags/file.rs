//! A token file in memory: one text, and for each token its byte range and its tag. Documents of
//! the file share it and refer to ranges of sentences, so that large corpora are in memory once.

use std::path::PathBuf;

use super::TagName;

/// A sentence of a token file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sentence {
    /// The index of its first token.
    pub first: u32,
    /// The line of its first token, counted from 1. The other tokens are on the following lines,
    /// unless [`TokenFile::lines_are_sentences`].
    pub line: u32,
}

/// The tokens and tags of a file, shared by all documents in it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TokenFile {
    /// The path of the file, as the user gave it.
    pub file: PathBuf,
    /// The tokens joined by single spaces, sentences by line breaks.
    pub text: String,
    /// The byte range of each token in `text`; empty if only tags were requested.
    pub tokens: Vec<(u32, u32)>,
    /// The index of each token's tag in `names`.
    pub tags: Vec<u32>,
    /// The distinct tags, in the order of first use.
    pub names: Vec<TagName>,
    /// The sentences; none is empty.
    pub sentences: Vec<Sentence>,
    /// Whether a line of the file is a sentence, as in JSONL. Otherwise it is a token.
    pub lines_are_sentences: bool,
}

impl TokenFile {
    /// Returns a token as it was written.
    pub fn token(&self, at: u32) -> &str {
        let (start, end) = self.tokens[at as usize];
        &self.text[start as usize..end as usize]
    }

    /// Returns the tag of a token.
    pub fn tag(&self, at: u32) -> &TagName {
        &self.names[self.tags[at as usize] as usize]
    }

    /// Returns the index of the token after the last one of a sentence.
    pub fn end_of(&self, sentence: u32) -> u32 {
        self.sentences.get(sentence as usize + 1).map_or(self.tags.len() as u32, |next| next.first)
    }

    /// Returns the index of the sentence that contains a token.
    pub fn sentence_of(&self, token: u32) -> u32 {
        self.sentences.partition_point(|sentence| sentence.first <= token) as u32 - 1
    }

    /// Returns the line of a token, counted from 1.
    pub fn line_of(&self, token: u32) -> usize {
        let sentence = self.sentences[self.sentence_of(token) as usize];
        (if self.lines_are_sentences { sentence.line } else { sentence.line + token - sentence.first }) as usize
    }

    /// Whether a token is the first of its sentence.
    pub fn is_first(&self, token: u32) -> bool {
        self.sentences.binary_search_by_key(&token, |sentence| sentence.first).is_ok()
    }
}
