//! `.karat/history.db`: the figures of past runs in an SQLite database. All SQL of karat is here.
//!
//! A run is over when it is recorded, so the history must never stop one: [`fn@record`] returns an
//! error that the caller prints as a warning. A file that is no database any more is set aside
//! under another name, never overwritten, and a new one is begun.
//!
//! The database has one file and a rollback journal rather than a write-ahead log: it can then be
//! read from a folder that is read-only, and a copy of the file is a copy of the history. Every
//! record is one transaction that takes the write lock at its beginning, and other processes wait
//! for it, so that concurrent runs lose no record.

mod database;
mod error;
mod of_run;
mod read;
mod record;
mod schema;
mod set_aside;
mod write;

pub use database::History;
pub use of_run::{RunFacts, recorded_run};
pub use read::{FigureFilter, RunFilter};
pub use record::{open_for_writing, record};
pub use write::{Added, Pruned};
