//! Tags of tokens, as a token file has them, and what schemes make of them.
//!
//! Tags stay as they were written until something decodes them: [`lenient`] takes any sequence, [`Scheme`] drops what its
//! rules do not know.

mod file;
pub mod lenient;
mod name;
mod scheme;
mod view;

pub use file::{Sentence, TokenFile};
pub use name::TagName;
pub use scheme::{ParseSchemeError, Scheme};
pub use view::{Chunk, Tags};
