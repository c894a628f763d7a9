//! Reads one log from a file.

use std::path::Path;

use super::ScoreFormat;
use super::formats::{Content, read as read_rows};
use super::log::{LogBuilder, ScoreLog, shortened};
use crate::error::Diagnostic;
use crate::format::read_file;

/// How a log is read.
#[derive(Debug, Clone, Copy, Default)]
pub struct ReadOptions<'o> {
    /// The format; detected from content by default.
    pub format: Option<ScoreFormat>,
    /// The field whose value is the cluster of a sample: a column, or a field of the metadata.
    pub cluster: Option<&'o str>,
}

/// Reads a log.
///
/// # Errors
/// Fails with all errors in the file, at most 20 of them.
pub fn read(file: &Path, options: ReadOptions<'_>) -> Result<ScoreLog, Vec<Diagnostic>> {
    if file.is_dir() {
        let diagnostic = Diagnostic::new("this is a folder, and a log is one file").in_file(file);
        return Err(vec![diagnostic.help("name the file with the results of the samples")]);
    }
    let bytes = read_file(file).map_err(|diagnostic| vec![diagnostic])?;
    let content = Content::of(&bytes).map_err(|diagnostics| shortened(diagnostics, file))?;
    let format = match options.format {
        Some(format) => format,
        None => content.format().map_err(|diagnostic| vec![diagnostic.in_file(file)])?,
    };
    let mut log = LogBuilder::default();
    read_rows(format, &content, options.cluster, &mut log, file);
    log.finish(format, file)
}
