//! Prints results to standard output and notes to standard error. A closed pipe is not an error, so
//! that `karat ... | head` works.

use std::io::{ErrorKind, Write};

use karat::error::{Diagnostic, Error};

/// Prints a result to standard output. Fails if it cannot be written, unless the reader has closed
/// the pipe.
pub(super) fn print(text: &str) -> Result<(), Error> {
    let mut out = anstream::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
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
