//! Blocks: JSON that is compressed, and written as Base64 within an element that browsers do not
//! interpret.

use std::io::{self, Write};

use base64::prelude::{BASE64_STANDARD, Engine};
use flate2::{Compression, GzBuilder};
use serde::Serialize;

/// Returns a value as compressed JSON in Base64. The header of the compressed data has neither a
/// time nor a system, so that equal values give equal bytes.
pub(super) fn encode(value: &impl Serialize) -> io::Result<String> {
    let mut compressed = GzBuilder::new().mtime(0).operating_system(255).write(Vec::new(), Compression::new(6));
    serde_json::to_writer(&mut compressed, value)?;
    compressed.flush()?;
    Ok(BASE64_STANDARD.encode(compressed.finish()?))
}

/// Returns a value as JSON that cannot end the element that it stands in.
pub(super) fn plain(value: &impl Serialize) -> io::Result<String> {
    Ok(serde_json::to_string(value)?.replace('<', "\\u003c"))
}
