//! Text processing that does not depend on documents: offsets, sentences, tokens, stems. All
//! functions are pure.
//!
//! Tokenizers and stemmers reproduce reference implementations to the letter where figures must be
//! comparable with published ones, and each has a name that becomes part of a metric's signature.

mod alike;
mod alphanumeric;
pub mod capitalised_runs;
mod chinese;
mod cut;
pub mod exceptions;
mod excerpt;
mod mask_urls;
pub(crate) mod mteval;
mod offsets;
pub(crate) mod packed_word;
pub mod porter;
pub mod porter_perl;
pub mod sentence;
pub(crate) mod space;
mod stemmer;
pub(crate) mod stopwords;
mod tercom;
pub(crate) mod token;
mod visible;
mod vocabulary;
pub mod words;
mod workflow_commands;

pub use alike::{alike, ids};
pub use cut::{REPORTED, STORED, beginning, cut};
pub(crate) use excerpt::{excerpt, short_quotes};
pub use mask_urls::readable;
pub use offsets::Offsets;
pub use stemmer::Stemmer;
pub use tercom::Tercom;
pub use token::Tokenizer;
pub use visible::{is_hidden, shown_name, shown_text, visible, visible_lines, visible_prose, visible_with_tabs};
pub use vocabulary::Vocabulary;
pub use workflow_commands::without_workflow_commands;
