//! karat: the evaluation harness for extraction and summarization quality.
//!
//! As a library it scores golden and predicted annotations that a program has in memory or in
//! files:
//!
//! ```
//! use karat::Scoring;
//! use karat::document::{Annotations, Layer};
//! use karat::score::Missing;
//!
//! fn main() -> Result<(), karat::error::Error> {
//!     // Labelled spans: one list per document, of start, end (code points) and label.
//!     let gold = [vec![(0, 3, "PERSON"), (17, 21, "GPE")], vec![(4, 9, "ORG")]];
//!     let predicted = [vec![(0, 3, "PERSON"), (17, 21, "ORG")], vec![]];
//!     let scores = karat::entities(&gold, &predicted)?;
//!     assert_eq!(scores.get("entities.strict.f1"), Some(0.4));
//!     assert_eq!(scores.get("entities.strict[PERSON].f1"), Some(1.0));
//!
//!     // Any layers, joined by the ids of the documents, with options.
//!     let summary = |text: &str| {
//!         Annotations { summaries: Some(vec![text.into()]), ..Annotations::default() }
//!     };
//!     let gold = [("a", summary("the cat sat on the mat")), ("b", summary("it rains"))];
//!     let predicted = [("a", summary("the cat on the mat"))];
//!     let scoring = Scoring::new().layers([Layer::Summaries]).missing(Missing::Count);
//!     let scores = scoring.score(gold, predicted)?;
//!     let figure = scores.figure("summary.rouge1.precision").expect("summaries were scored");
//!     assert_eq!((figure.value, figure.documents, figure.documents_answered), (Some(0.5), 2, 1));
//!
//!     // Files in any format that `karat score` reads; errors name file, line and column.
//!     let scoring = Scoring::new().preset("nervaluate");
//!     if let Err(error) = scoring.score_files("gold.jsonl", "predicted.jsonl") {
//!         error.diagnostics().iter().for_each(|diagnostic| println!("{diagnostic}"));
//!     }
//!     Ok(())
//! }
//! ```
//!
//! [`score()`] takes records in memory, [`Scoring`] also takes options and files, [`entities`] and
//! [`summaries`] take plain lists, and [`Scores::get`](score::Scores::get) returns a figure by its
//! name. They are built from the modules. Data flows one way: a [`document`] gets annotations from
//! an [`extractor`], they are aligned with the golden ones ([`align`]), counted ([`metric`]) and
//! summed into figures ([`mod@score`]) with intervals ([`stats`]).
//!
//! # Features
//!
//! Without features the library scores and depends on little. All features but `embeddings` and
//! `parquet` are on by default.
//!
//! - `builtin`: the eight baseline extractors and their lexicons.
//! - `cli`: the program `karat`; includes `parallel` and `process`.
//! - `embeddings`: similarity of summaries by static word vectors.
//! - `http`: extractors over HTTP, with TLS.
//! - `parallel`: work on several threads. Figures do not depend on it.
//! - `parquet`: rows of Parquet files.
//! - `process`: extractors and judges that run as child processes.

pub mod align;
pub mod compare;
mod decimals;
pub mod document;
pub mod error;
pub mod extractor;
mod facade;
pub mod format;
pub mod gate;
mod guard;
mod json_lines;
pub mod limits;
pub mod metric;
mod nearest;
mod parallel;
mod plain_words;
mod positions;
pub mod preset;
pub mod score;
mod size;
pub mod stats;
pub mod text;

// The command line names the others as other crates do.
#[cfg(feature = "cli")]
extern crate self as karat;

// What the program is built from. These modules are hidden from the documentation, since they
// change with the program and promise nothing to other crates.
#[doc(hidden)]
pub mod adjudication;
#[doc(hidden)]
pub mod agree;
#[doc(hidden)]
pub mod check;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
#[doc(hidden)]
pub mod config;
#[doc(hidden)]
pub mod corpus;
#[doc(hidden)]
pub mod counts;
#[doc(hidden)]
pub mod edit;
#[doc(hidden)]
pub mod embedding;
#[doc(hidden)]
pub mod history;
#[doc(hidden)]
pub mod judge;
#[doc(hidden)]
pub mod meta;
#[cfg(feature = "process")]
#[doc(hidden)]
pub mod process;
#[doc(hidden)]
pub mod report;
#[doc(hidden)]
pub mod runner;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod sample_scores;
#[doc(hidden)]
pub mod secrets;
#[doc(hidden)]
pub mod store;
#[doc(hidden)]
pub mod withheld;
#[doc(hidden)]
pub mod work;

pub use facade::{Scoring, entities, score, summaries};

/// Holds the Rust examples of the book to be compiled and run by `cargo test --doc`.
#[cfg(doctest)]
#[doc = include_str!("../docs/guides/library.md")]
struct Book;
