//! Writing the result to standard output; a reader that goes away early is no error.

use std::io::{ErrorKind, Write};

use karat::error::{Diagnostic, Error};

/// Prints the result.
pub(super) fn print(text: &str) -> Result<(), Error> {
    let mut out = anstream::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Diagnostic::new(format!("cannot write to standard output: {error}")).into())
        }
        _ => Ok(()),
    }
}

/// Prints a diagnostic; there is nowhere to say that it could not be printed.
pub(super) fn note(text: &str) {
    let _ = anstream::stderr().lock().write_all(text.as_bytes());
}
