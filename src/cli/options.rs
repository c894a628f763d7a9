//! How things are scored, from a file.

use std::fs;
use std::path::Path;

use karat::corpus::{load_schemas, load_word_lists};
use karat::error::{Error, Fault};
use karat::format::decode;
use karat::metric::Options;

/// What an options file says; the defaults without one.
pub(super) fn load(file: Option<&Path>) -> Result<Options, Error> {
    let Some(file) = file else { return Ok(Options::default()) };
    let bytes = fs::read(file).map_err(|error| Fault::io("read the options", file, &error))?;
    let text = decode(&bytes).map_err(|fault| fault.in_file(file))?;
    let mut options: Options = toml::from_str(text).map_err(|error| Fault::toml(text, &error).in_file(file))?;
    let folder = file.parent().unwrap_or(Path::new(""));
    let mut faults = load_schemas(&mut options, folder);
    faults.extend(load_word_lists(&mut options.summaries.rouge155, folder));
    if faults.is_empty() { Ok(options) } else { Err(Error::Input(faults)) }
}
