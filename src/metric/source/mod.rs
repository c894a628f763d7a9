//! Comparison of a summary with the text that it summarizes: pure functions from tokens and texts
//! to counts and facts.

mod dates;
mod demonyms;
mod facts;
mod fragments;
mod names;
mod ngrams;
mod number_words;
mod numbers;
mod units;

pub use facts::{Fact, FactKind, FactSource, RULE};
pub use fragments::{Fragment, fragments};
pub use ngrams::{intern, novel, repeated};
