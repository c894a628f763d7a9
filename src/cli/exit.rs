//! Exit codes. Scripts rely on them: they are part of karat's contract.

/// Everything went well.
pub const PASS: u8 = 0;
/// An internal error of karat.
pub const INTERNAL: u8 = 1;
/// The command, the configuration or the data is wrong.
pub const INPUT: u8 = 2;
/// A gate cannot tell.
pub const INCONCLUSIVE: u8 = 3;
/// Nothing was left after selecting.
pub const NOTHING_SELECTED: u8 = 4;
/// Not every document was answered.
pub const INCOMPLETE: u8 = 5;
/// A gate failed.
pub const GATE_FAILED: u8 = 100;
