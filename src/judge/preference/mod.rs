//! Preferences between the answers of two systems, and the ranking of systems that follows from
//! them.
//!
//! Judges and people favour what they are shown first. Each pair is therefore to be asked in both
//! orders: a preference that does not survive the exchange is a tie.

mod file;
mod outcomes;
mod ranking;

pub use file::{PreferenceFile, PreferenceRow};
pub use outcomes::{Outcomes, outcomes};
pub use ranking::{RankedSystem, Ranking, rank};
