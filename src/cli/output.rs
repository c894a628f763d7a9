//! Prints results to standard output and notes to standard error. A closed pipe is not an error, so
//! that `karat ... | head` works.

use std::io::{ErrorKind, Write};

use karat::error::{Diagnostic, Error};

/// Prints a result to standard output. Fails if it cannot be written, unless the reader has closed
/// the pipe.
pub(super) fn print(text: &str) -> Result<(), Error> {
    write(anstream::stdout().lock(), text.as_bytes())
}

/// Prints bytes to standard output unchanged.
pub(super) fn print_bytes(bytes: &[u8]) -> Result<(), Error> {
    write(std::io::stdout().lock(), bytes)
}

fn write(mut out: impl Write, bytes: &[u8]) -> Result<(), Error> {
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Diagnostic::new(format!("cannot write to standard output: {error}")).into())
        }
        _ => Ok(()),
    }
}

/// Prints a note or diagnostic to standard error. Ignores write errors, since they cannot be
/// reported anywhere.
pub(super) fn note(text: &str) {
    let _ = anstream::stderr().lock().write_all(text.as_bytes());
}
