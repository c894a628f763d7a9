//! Text without knowledge of documents: offsets, sentences, tokens, stems. Pure functions.

mod alphanumeric;
pub mod capitalised_runs;
pub mod exceptions;
mod mask_urls;
pub mod mteval;
mod offsets;
pub(crate) mod packed_word;
pub mod porter;
pub mod porter_perl;
pub mod sentence;
pub mod space;
pub mod stemmer;
pub mod stopwords;
pub mod tercom;
pub mod token;
mod vocabulary;
pub mod words;

pub use mask_urls::readable;
pub use offsets::Offsets;
pub use stemmer::Stemmer;
pub use tercom::Tercom;
pub use token::Tokenizer;
pub use vocabulary::Vocabulary;
