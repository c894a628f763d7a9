//! Exit codes. Scripts rely on them, so changing one is a breaking change.

/// Success; for `karat gate`, the gate passes.
pub const PASS: u8 = 0;
/// An internal error of karat.
pub const INTERNAL: u8 = 1;
/// The command, the configuration or the data is invalid.
pub const INPUT: u8 = 2;
/// A gate is inconclusive, and a rule wants to tell this from a pass by the exit code.
pub const INCONCLUSIVE: u8 = 3;
/// The selection is empty.
pub const NOTHING_SELECTED: u8 = 4;
/// A run is incomplete: a document was not answered or not run.
pub const INCOMPLETE: u8 = 5;
/// A gate failed.
pub const GATE_FAILED: u8 = 100;
