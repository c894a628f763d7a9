//! Corrections of golden files: one change to one label, value or reference at a time, written into
//! the file's own text.
//!
//! The text of the file is edited rather than written anew, so that its layout, the order of its
//! keys and everything that karat does not know stay as they are, and a diff shows the corrected
//! label only. Each result is read again by the reader of its format and compared with the change
//! applied to the annotations; a file that would read differently is never returned. Nothing here
//! reads or writes files: the caller passes bytes and gets bytes.

mod brat;
mod change;
mod file;
mod json;
mod json_layout;
mod label_studio;
mod log;
mod offsets;
mod tokens;
mod verify;

pub use change::{GoldChange, LabelSpan};
pub use file::{GoldFile, change_file};
pub use json::change_text;
pub use log::{LoggedCorrection, LoggedEdit, read_log};
pub use verify::verify;
