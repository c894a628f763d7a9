//! The built-in baselines, one file each. To add one: write its file, declare it here, and add it to [`ALL`].

mod baseline;
mod lead;

pub use baseline::{Baseline, Builtin};

/// Every built-in, in the order of the reports.
pub const ALL: &[Builtin] = &[Builtin::of::<lead::Lead>()];

/// The built-in of a name.
pub fn find(name: &str) -> Option<&'static Builtin> {
    ALL.iter().find(|builtin| builtin.name == name)
}
