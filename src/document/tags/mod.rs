//! The tags of tokens in token files, and their decoding into entities.
//!
//! Tags stay as they were written until they are decoded, since scorers decode the same tags
//! differently: [`lenient`] accepts any sequence, and [`Scheme`] drops what violates its rules.

mod decoder;
mod file;
pub mod lenient;
mod name;
mod scheme;
mod view;

pub use decoder::TagDecoder;
pub use file::{Sentence, TokenFile};
pub use name::TagName;
pub use scheme::{ParseSchemeError, Scheme};
pub use view::{Chunk, Tags, locate_tokens};
