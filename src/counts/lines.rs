//! Tables of counts as JSON lines: the header, then a row a line.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;

use super::gather::Gathering;
use super::header::Header;
use super::row::CountRow;
use super::table::CountTable;
use crate::error::{Diagnostic, Error};

pub(super) fn write(table: &CountTable<'_>, file: &mut impl Write) -> io::Result<()> {
    serde_json::to_writer(&mut *file, &table.header)?;
    file.write_all(b"\n")?;
    table.each(|row| {
        serde_json::to_writer(&mut *file, row)?;
        file.write_all(b"\n")
    })
}

pub(super) fn read(file: &Path, gathering: &mut Gathering<'_>) -> Result<(), Error> {
    let unreadable = |error: &io::Error| Diagnostic::io("read the counts", file, error);
    let mut lines = BufReader::new(File::open(file).map_err(|error| unreadable(&error))?);
    let (mut line, mut number) = (String::new(), 0);
    loop {
        line.clear();
        number += 1;
        if lines.read_line(&mut line).map_err(|error| unreadable(&error))? == 0 {
            break;
        }
        if number == 1 {
            gathering.begin(file, header(&line).map_err(|diagnostic| diagnostic.in_file(file))?)?;
            continue;
        }
        let here = |diagnostic: Diagnostic| diagnostic.in_file(file).at((number, 1));
        let row: CountRow<'_> = serde_json::from_str(&line).map_err(|error| {
            here(Diagnostic::new(format!("this is no row of counts: {error}")).help("is the file complete?"))
        })?;
        gathering.add(&row).map_err(here)?;
    }
    if number == 1 { Err(no_counts().in_file(file).into()) } else { Ok(()) }
}

/// Reads the header of a table.
pub(super) fn header(text: &str) -> Result<Header, Diagnostic> {
    serde_json::from_str(text).map_err(|_| no_counts())
}

fn no_counts() -> Diagnostic {
    Diagnostic::new("this is no file of counts").help("`karat score --counts-out FILE` writes them")
}
