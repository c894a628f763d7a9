//! brat's standoff format: a `.ann` file beside a `.txt` file for each document.

mod capabilities;
mod read;
mod write;

use crate::format::capabilities::{Capabilities, Ids, SPANS};
use crate::format::definition::{Format, Look};
use crate::format::has_extension;

/// The `brat` format.
pub(super) const FORMATS: &[Format] = &[Format {
    name: "brat",
    about: "brat's .ann files, each beside the .txt it labels",
    extensions: &["ann"],
    companion: Some("txt"),
    folder: true,
    looks_like,
    read: read::read,
    capabilities: Capabilities {
        label_texts: true,
        ids: Ids::Lettered,
        fragments: true,
        relations: true,
        events: true,
        attribute: capabilities::attribute,
        label: capabilities::label,
        fix: capabilities::fix,
        ..SPANS
    },
    write: write::write,
    ..Format::DEFAULTS
}];

/// Whether a file is in this format, by its first line, or by its extension if it is empty.
fn looks_like(look: &Look<'_>) -> bool {
    let by_name = has_extension(look.file, "ann");
    let Some(first) = look.head.lines().find(|line| !line.trim().is_empty()) else { return by_name };
    let Some((id, rest)) = first.split_once('\t') else { return by_name };
    let number = id.get(1..).unwrap_or_default();
    let is_id = id.starts_with(['T', 'R', 'E', 'A', 'M', 'N', '#', '*'])
        && (id == "*" || (!number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())));
    by_name || (is_id && rest.split('\t').next().is_some_and(|rest| rest.trim().contains(' ')))
}
