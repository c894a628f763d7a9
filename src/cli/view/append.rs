//! Appends to the files that record what a reviewer did.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

/// Appends a line, which ends with its line break, to a file that is open for reading and
/// appending. It is on the disk when this returns. A last line that was cut by a crash or a full
/// disk is ended first, so that it does not take this one with it.
pub(super) fn append_line(file: &mut File, line: &str) -> io::Result<()> {
    let mut last = [b'\n'];
    if file.seek(SeekFrom::End(0))? > 0 {
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
    }
    let start = if last == [b'\n'] { "" } else { "\n" };
    file.write_all(format!("{start}{line}").as_bytes())?;
    file.sync_data()
}
