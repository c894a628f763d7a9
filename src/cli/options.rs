//! Reads the options file, which configures the metrics and the limits of the input.

use std::fs;
use std::path::Path;

use karat::corpus::{load_schemas, load_word_lists};
use karat::error::{Diagnostic, Error};
use karat::format::decode;
use karat::limits::{self, Limits};
use karat::metric::Options;
use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, Deserializer};

/// The table of limits in an options file.
#[derive(Deserialize)]
struct Limited {
    limits: Limits,
}

/// Reads an options file and the files that it names. Returns the defaults if `file` is `None`.
pub(super) fn load(file: Option<&Path>) -> Result<Options, Error> {
    let Some(file) = file else { return Ok(Options::default()) };
    let mut options = parse(&text_of(file)?, file)?;
    let folder = file.parent().unwrap_or(Path::new(""));
    let mut diagnostics = load_schemas(&mut options, folder);
    diagnostics.extend(load_word_lists(&mut options.summaries.rouge155, folder));
    if diagnostics.is_empty() { Ok(options) } else { Err(Error::Input(diagnostics)) }
}

/// Returns the content of an options file.
pub(super) fn text_of(file: &Path) -> Result<String, Error> {
    let bytes = fs::read(file).map_err(|error| Diagnostic::io("read the options", file, &error))?;
    Ok(decode(&bytes).map_err(|diagnostic| diagnostic.in_file(file))?.to_owned())
}

/// Reads the content of an options file, without the files that it names.
pub(super) fn parse(text: &str, file: &Path) -> Result<Options, Error> {
    let located = |error: toml::de::Error| Diagnostic::toml(text, &error).in_file(file);
    let mut root = DeTable::parse(text).map_err(located)?;
    // The limits are no options of metrics, and hold for the whole process.
    if let Some((name, table)) = root.get_mut().remove_entry("limits") {
        let table = Spanned::new(table.span(), DeTable::from_iter([(name, table)]));
        let Limited { limits } = Limited::deserialize(Deserializer::from(table)).map_err(located)?;
        limits::set(limits);
    }
    Ok(Options::deserialize(Deserializer::from(root)).map_err(located)?)
}
