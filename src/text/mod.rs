//! Text without knowledge of documents: offsets, sentences, tokens, stems. Pure functions.

mod alphanumeric;
pub mod exceptions;
mod offsets;
pub mod porter;
pub mod porter_perl;
pub mod sentence;
pub mod stemmer;
pub mod stopwords;
pub mod token;

pub use offsets::Offsets;
pub use stemmer::Stemmer;
pub use token::Tokenizer;
