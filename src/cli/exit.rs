//! Exit codes. Scripts rely on them: they are part of karat's contract.

/// Everything went well.
pub const PASS: u8 = 0;
/// A fault of karat's own.
pub const INTERNAL: u8 = 1;
/// The command, the configuration or the data are at fault.
pub const INPUT: u8 = 2;
/// Nothing was left after selecting.
pub const NOTHING_SELECTED: u8 = 4;
/// Not every document was answered.
pub const INCOMPLETE: u8 = 5;
