//! Text without knowledge of documents: offsets, sentences, tokens, stems. Pure functions.

mod alphanumeric;
mod offsets;
pub mod porter;
mod readable;
pub mod runs;
pub mod sentence;
pub mod stemmer;
pub mod stopwords;
pub mod token;
pub mod words;

pub use offsets::Offsets;
pub use readable::readable;
pub use stemmer::Stemmer;
pub use token::Tokenizer;
