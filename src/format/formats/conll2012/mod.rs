//! Coreference in the format of the CoNLL-2011/2012 shared tasks: one token per line, with the
//! clusters in the last column.
//!
//! ```text
//! #begin document (nw/wsj_0001); part 000
//! nw/wsj_0001  0  0  Ada    ...  (0)
//! nw/wsj_0001  0  1  met    ...  -
//! nw/wsj_0001  0  2  her    ...  (1|(0)
//! nw/wsj_0001  0  3  sister ...  1)
//!
//! #end document
//! ```
//!
//! The text of a document is its tokens, joined by spaces; an empty line, which ends a sentence,
//! becomes a line break. Errors are located at single cells.

mod format;
mod read;
#[cfg(test)]
mod tests;
mod write;

pub(super) use format::FORMATS;
pub use read::{looks_like, read};
pub use write::write;
