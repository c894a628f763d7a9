//! A summary held against the text that it summarizes. Pure: tokens and texts in, numbers and facts out.

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
