//! Commands of karat, called from Python.

use std::ffi::OsString;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use karat::cli;
use karat::error::Diagnostic;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList};

/// How often a long call looks whether Ctrl-C was pressed.
const BETWEEN_SIGNALS: Duration = Duration::from_millis(50);

/// Does what the words of a command line ask for and returns the exit code. `program` are the words
/// that start karat in a process of its own.
#[pyfunction]
pub fn main(py: Python<'_>, words: Vec<OsString>, program: Vec<OsString>) -> u8 {
    py.detach(|| cli::main_of(words, program))
}

/// Executes a command, whose first word is ignored. Returns the exit code, what would be on
/// standard output and on standard error, and the errors as dicts. Other Python threads run
/// meanwhile, and Ctrl-C raises KeyboardInterrupt at once; what was begun then ends in the
/// background.
#[pyfunction]
pub fn call<'py>(
    py: Python<'py>,
    words: Vec<OsString>,
) -> PyResult<(u8, Bound<'py, PyBytes>, String, Bound<'py, PyList>)> {
    let (send, mut receive) = channel();
    let work = move || {
        // After Ctrl-C, nothing receives the result.
        let _ = send.send(cli::call(&words));
    };
    let thread = thread::Builder::new().name("karat".to_owned()).spawn(work);
    thread.map_err(|error| PyRuntimeError::new_err(format!("cannot start a thread: {error}")))?;
    let called = loop {
        // Only one thread at a time may have the receiver, so it goes along and comes back.
        let received;
        (received, receive) = py.detach(move || (receive.recv_timeout(BETWEEN_SIGNALS), receive));
        match received {
            Ok(called) => break called,
            Err(RecvTimeoutError::Timeout) => py.check_signals()?,
            Err(RecvTimeoutError::Disconnected) => return Err(PyRuntimeError::new_err("karat ended unexpectedly")),
        }
    };
    let diagnostics = PyList::empty(py);
    for diagnostic in &called.diagnostics {
        diagnostics.append(as_dict(py, diagnostic)?)?;
    }
    Ok((called.code, PyBytes::new(py, &called.output), called.notes, diagnostics))
}

fn as_dict<'py>(py: Python<'py>, diagnostic: &Diagnostic) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    dict.set_item("message", &diagnostic.message)?;
    dict.set_item("file", diagnostic.file.as_ref().map(|file| file.display().to_string()))?;
    dict.set_item("line", diagnostic.position.map(|(line, _)| line))?;
    dict.set_item("column", diagnostic.position.map(|(_, column)| column))?;
    dict.set_item("document", &diagnostic.document)?;
    dict.set_item("help", &diagnostic.help)?;
    Ok(dict)
}
