//! Reads counts from Parquet, also as other programs write them.

use std::borrow::Cow;
use std::fs::File;
use std::path::Path;

use parquet::data_type::ByteArray;
use parquet::file::reader::{FileReader, SerializedFileReader};

use super::super::gather::Gathering;
use super::super::lines;
use super::super::row::CountRow;
use super::columns::{Column, Problem, Value, columns, of_another_type};
use crate::error::{Diagnostic, Error};
use crate::guard::guarded;

/// The number of rows that are decoded at once.
const BATCH: usize = 8_192;

/// Adds the rows of a file to a gathering.
pub fn read(file: &Path, gathering: &mut Gathering<'_>) -> Result<(), Error> {
    // The reader panics on some damaged files.
    guarded(|| read_groups(file, gathering))
        .unwrap_or_else(|_| Err(Diagnostic::new("the Parquet file is damaged").in_file(file).into()))
}

fn read_groups(file: &Path, gathering: &mut Gathering<'_>) -> Result<(), Error> {
    let open = File::open(file).map_err(|error| Diagnostic::io("read the counts", file, &error))?;
    let failed = |problem: Problem| match problem {
        Problem::Parquet(error) => {
            let diagnostic = Diagnostic::new(format!("the Parquet file cannot be read: {error}"));
            diagnostic.in_file(file).help("is it complete?")
        }
        Problem::Column(diagnostic) => diagnostic.in_file(file),
    };
    let reader = SerializedFileReader::new(open).map_err(|error| failed(error.into()))?;
    let mut begun: Option<ByteArray> = None;
    let mut number = 0;
    for group in 0..reader.num_row_groups() {
        let group = reader.get_row_group(group).map_err(|error| failed(error.into()))?;
        let rows = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
        let mut columns = columns(&*group).map_err(failed)?;
        for first in (0..rows).step_by(BATCH) {
            let count = BATCH.min(rows - first);
            for column in &mut columns {
                column.decode(count).map_err(failed)?;
            }
            for at in 0..count {
                number += 1;
                let here = |diagnostic: Diagnostic| diagnostic.in_file(file).at((number, 1));
                let (header, row) = count_row(&columns, at).map_err(here)?;
                if begun.as_ref() != header {
                    let text = header.and_then(|header| header.as_utf8().ok()).unwrap_or_default();
                    gathering.begin(file, lines::header(text).map_err(here)?)?;
                    begun = header.cloned();
                }
                gathering.add(&row).map_err(here)?;
            }
        }
    }
    Ok(())
}

/// Returns a row and its header.
fn count_row(columns: &[Column], at: usize) -> Result<(Option<&ByteArray>, CountRow<'_>), Diagnostic> {
    let (mut header, mut row) = (None, CountRow::default());
    for column in columns {
        let name = column.name;
        let wrong = || of_another_type(name);
        match column.get(at) {
            // It is compared with the one before, and read only if it is another one.
            Value::Text(text) if name == "header" => header = text,
            Value::Text(text) => {
                let text = text.map(|text| text.as_utf8().map(Cow::Borrowed).map_err(|_| wrong())).transpose()?;
                match name {
                    "document" => row.document = text.ok_or_else(wrong)?,
                    "status" => row.status = text.ok_or_else(wrong)?,
                    "answer" => row.answer = text.ok_or_else(wrong)?,
                    "golden" => row.golden = text.ok_or_else(wrong)?,
                    "cluster" => row.cluster = text,
                    "layer" => row.layer = text,
                    "metric" => row.metric = text,
                    "label" => row.label = text,
                    _ => row.kind = text,
                }
            }
            Value::Flag(flag) => {
                let place = if name == "answered" { &mut row.answered } else { &mut row.has_layer };
                *place = flag.ok_or_else(wrong)?;
            }
            Value::Count(count) => match name {
                "gold" => row.gold = count.ok_or_else(wrong)?,
                "cutoff" => row.cutoff = count.and_then(|count| u32::try_from(count).ok()).ok_or_else(wrong)?,
                "correct" => row.correct = count,
                "incorrect" => row.incorrect = count,
                "partial" => row.partial = count,
                "missed" => row.missed = count,
                _ => row.spurious = count,
            },
            Value::List(list) => row.sums = Cow::Borrowed(list),
        }
    }
    Ok((header, row))
}
