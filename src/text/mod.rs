//! Text without knowledge of documents: offsets, sentences, tokens, stems. Pure functions.

mod alphanumeric;
pub mod exceptions;
pub mod mteval;
mod offsets;
pub(crate) mod packed;
pub mod porter;
pub mod porter_perl;
mod readable;
pub mod runs;
pub mod sentence;
pub mod space;
pub mod stemmer;
pub mod stopwords;
pub mod tercom;
pub mod token;
mod vocabulary;
pub mod words;

pub use offsets::Offsets;
pub use readable::readable;
pub use stemmer::Stemmer;
pub use tercom::Tercom;
pub use token::Tokenizer;
pub use vocabulary::Vocabulary;
