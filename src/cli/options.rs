//! Reads the options file, which configures the metrics.

use std::fs;
use std::path::Path;

use karat::corpus::{load_schemas, load_word_lists};
use karat::error::{Diagnostic, Error};
use karat::format::decode;
use karat::metric::Options;

/// Reads an options file and the files that it names. Returns the defaults if `file` is `None`.
pub(super) fn load(file: Option<&Path>) -> Result<Options, Error> {
    let Some(file) = file else { return Ok(Options::default()) };
    let bytes = fs::read(file).map_err(|error| Diagnostic::io("read the options", file, &error))?;
    let text = decode(&bytes).map_err(|diagnostic| diagnostic.in_file(file))?;
    let mut options: Options = toml::from_str(text).map_err(|error| Diagnostic::toml(text, &error).in_file(file))?;
    let folder = file.parent().unwrap_or(Path::new(""));
    let mut diagnostics = load_schemas(&mut options, folder);
    diagnostics.extend(load_word_lists(&mut options.summaries.rouge155, folder));
    if diagnostics.is_empty() { Ok(options) } else { Err(Error::Input(diagnostics)) }
}
