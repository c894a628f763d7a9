//! `karat init`: sets karat up in a folder. It looks at what the folder contains (`scan`), decides
//! what of it becomes the dataset (`found`), and writes karat.toml and the files beside it
//! (`files`). Nothing is asked, so that it works without a terminal: every decision follows a rule
//! and is said in a note, and karat.toml is there to be changed.

mod files;
mod found;
mod messages;
mod scan;
mod setup;
mod templates;
mod workflow;

pub(super) use setup::execute;
