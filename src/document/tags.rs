//! Tags of tokens, as a token file has them.

use std::sync::Arc;

/// One tag a token, uninterpreted. A document's sentences follow one another.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tags {
    /// Every tag that occurs, once, in the order of first use.
    pub names: Vec<Arc<str>>,
    /// For each token the place of its tag in `names`.
    pub of_tokens: Vec<u32>,
    /// For each token its stretch of code points in the document's text.
    pub places: Vec<(u32, u32)>,
    /// For each sentence the number of the token behind its last one, ascending.
    pub sentence_ends: Vec<u32>,
}
