//! Counts as data: a row for each document, layer, metric and label, from which figures, intervals,
//! comparisons and gates follow without the documents. Any engine may compute the rows of a part of
//! the documents and put parts together; the figures are those of a single process.
//!
//! `docs/scale.md` describes the columns. Files are JSON lines or, with the feature `parquet`,
//! Parquet.

mod gather;
mod header;
mod lines;
#[cfg(feature = "parquet")]
mod parquet_file;
mod row;
mod table;

use std::io::{self, BufWriter, Write};
use std::path::Path;

use tempfile::NamedTempFile;

pub use gather::{Gathered, SettingsOf};
pub use header::{Header, SCHEMA};
pub use row::CountRow;
pub use table::{CountTable, DocumentFacts};

use crate::error::{Diagnostic, Error};
use crate::format::has_extension;
use gather::Gathering;

/// Writes a table of counts to a file: Parquet if the name ends in `.parquet`, otherwise JSON
/// lines. It is written beside and renamed.
///
/// # Errors
/// Fails if the file cannot be written, or is to be Parquet in a build without the feature.
pub fn write(table: &CountTable<'_>, path: &Path) -> Result<(), Diagnostic> {
    let failed = |error: &io::Error| Diagnostic::io("write the counts", path, error);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut beside = NamedTempFile::new_in(folder).map_err(|error| failed(&error))?;
    if has_extension(path, "parquet") {
        write_parquet(table, &mut beside).map_err(|diagnostic| diagnostic.in_file(path))?;
    } else {
        let mut file = BufWriter::new(&mut beside);
        lines::write(table, &mut file).and_then(|()| file.flush()).map_err(|error| failed(&error))?;
    }
    beside.persist(path).map_err(|error| failed(&error.error))?;
    Ok(())
}

/// Reads files of counts, each with a part of the documents of one system, and puts them together.
/// `settings_of` returns the settings under which the counts of a header were computed.
///
/// # Errors
/// Fails if a file cannot be read or is none of counts, if files were counted in different ways, if
/// a document is in several places, and if no layer is left to score.
pub fn read(files: &[impl AsRef<Path>], settings_of: SettingsOf<'_>) -> Result<Gathered, Error> {
    let mut gathering = Gathering::new(settings_of);
    for file in files.iter().map(AsRef::as_ref) {
        let is_parquet = has_extension(file, "parquet");
        if is_parquet { read_parquet(file, &mut gathering) } else { lines::read(file, &mut gathering) }?;
    }
    gathering.finish()
}

#[cfg(feature = "parquet")]
use parquet_file::{read as read_parquet, write as write_parquet};

#[cfg(not(feature = "parquet"))]
fn write_parquet(_: &CountTable<'_>, _: &mut NamedTempFile) -> Result<(), Diagnostic> {
    Err(without_parquet())
}

#[cfg(not(feature = "parquet"))]
fn read_parquet(file: &Path, _: &mut Gathering<'_>) -> Result<(), Error> {
    Err(without_parquet().in_file(file).into())
}

#[cfg(not(feature = "parquet"))]
fn without_parquet() -> Diagnostic {
    let diagnostic = Diagnostic::new("this karat was built without Parquet");
    diagnostic.help("name a file that ends in `.jsonl`, or build with `cargo install --path . --features parquet`")
}
