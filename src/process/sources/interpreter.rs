//! The interpreters of scripting languages: their versions, and where they find modules.
//!
//! The file of an interpreter alone does not identify it: `python3` may be a small launcher of a
//! shared library.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::process::{Child, ChildEvent, Launch, StderrMode};

/// The interpreters whose version is asked, with the argument that prints it.
const KNOWN: [(&str, &str); 14] = [
    ("python", "--version"),
    ("pypy", "--version"),
    ("node", "--version"),
    ("deno", "--version"),
    ("bun", "--version"),
    ("ruby", "--version"),
    ("perl", "--version"),
    ("php", "--version"),
    ("java", "--version"),
    ("rscript", "--version"),
    ("julia", "--version"),
    ("lua", "-v"),
    ("dotnet", "--version"),
    ("uv", "--version"),
];

/// Time limit for an interpreter to print its version.
const LIMIT: Duration = Duration::from_secs(10);
/// Longest line that an interpreter prints, in bytes.
const LONGEST: usize = 1 << 16;

/// An interpreter that prints its version on request.
pub(super) struct Interpreter {
    program: PathBuf,
    argument: &'static str,
}

/// Returns the interpreter that a program is, or that its first line names (`#!/usr/bin/env
/// python3`).
pub(super) fn of_program(program: &Path) -> Option<Interpreter> {
    known(program).or_else(|| {
        let mut line = Vec::new();
        BufReader::new(File::open(program).ok()?).read_until(b'\n', &mut line).ok()?;
        let line = String::from_utf8(line).ok()?;
        let mut words = line.strip_prefix("#!")?.split_whitespace();
        words.find_map(|word| known(&super::command::find_program(word, Path::new(""))?))
    })
}

fn known(program: &Path) -> Option<Interpreter> {
    let name = name(program);
    let (_, argument) = KNOWN.iter().find(|(known, _)| name == *known)?;
    Some(Interpreter { program: program.to_owned(), argument })
}

/// Returns the name of a program in lower case, without its extension and version.
fn name(program: &Path) -> String {
    let name = program.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let name = name.strip_suffix(".exe").unwrap_or(&name);
    name.trim_end_matches(|char: char| char.is_ascii_digit() || char == '.').to_owned()
}

/// Whether a program is an interpreter of Python.
pub(super) fn is_python(program: &Path) -> bool {
    matches!(name(program).as_str(), "python" | "pypy")
}

impl Interpreter {
    /// Asks the interpreter for its version; `None` if it prints none.
    pub fn version(&self, folder: &Path) -> Option<String> {
        first_line(&self.program, &[self.argument], folder)
    }
}

/// Asks an interpreter of Python for the file of an installed module.
pub(super) fn origin_of_module(program: &Path, module: &str, folder: &Path) -> Option<PathBuf> {
    const QUESTION: &str = "import importlib.util as u, sys; print(u.find_spec(sys.argv[1]).origin)";
    let origin = PathBuf::from(first_line(program, &["-c", QUESTION, module], folder)?);
    origin.is_file().then_some(origin)
}

fn first_line(program: &Path, arguments: &[&str], folder: &Path) -> Option<String> {
    let command: Vec<String> =
        [program.display().to_string()].into_iter().chain(arguments.iter().map(ToString::to_string)).collect();
    let launch = Launch {
        command: &command,
        env: &BTreeMap::new(),
        folder: Some(folder),
        longest: LONGEST,
        errors: StderrMode::Capture,
        secrets: &Arc::default(),
        log: None,
    };
    let mut child = Child::start(&launch).ok()?;
    child.close_input();
    let until = Instant::now() + LIMIT;
    loop {
        match child.receive(until) {
            ChildEvent::Line(line) if line.trim().is_empty() => {}
            ChildEvent::Line(line) => return Some(line.trim().to_owned()),
            _ => return child.last_errors(),
        }
    }
}
