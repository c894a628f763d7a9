//! Prints results to standard output and notes to standard error. A closed pipe is not an error, so
//! that `karat ... | head` works.
//!
//! No control character of an input reaches a terminal, and no line of a table or a note is a
//! command to the runner of GitHub Actions. JSON, CSV and converted files are written as they are
//! to a file or a pipe.

use std::borrow::Cow;
use std::io::{ErrorKind, IsTerminal, Write};

use anstream::adapter::strip_str;
use karat::error::{Diagnostic, Error};
use karat::text::{visible, visible_lines, without_workflow_commands};

use super::styled_text::StyledText;
use super::terminal::{csv_on_terminal, file_on_terminal, json_on_terminal};
use super::tone::Tone;
use super::{capture, printing, progress};

/// Prints text for readers, such as a table, to standard output. Fails if it cannot be written,
/// unless the reader has closed the pipe.
pub(super) fn print(text: &str) -> Result<(), Error> {
    write(std::io::stdout().lock(), without_workflow_commands(&visible_lines(text)).as_bytes())
}

/// Prints text with colours and links to standard output: for the width and the abilities of a
/// terminal, otherwise like [`print`].
pub(super) fn print_text(text: &StyledText) -> Result<(), Error> {
    let has_colours = printing::is_coloured();
    let has_links = printing::is_terminal() && supports_hyperlinks::on(supports_hyperlinks::Stream::Stdout);
    if !has_colours && !printing::is_terminal() {
        return write(std::io::stdout().lock(), text.plain().as_bytes());
    }
    let shown = text.for_terminal(printing::width(), has_colours, has_links);
    if has_colours {
        return write(anstream::stdout().lock(), shown.as_bytes());
    }
    write(std::io::stdout().lock(), shown.as_bytes())
}

/// Prints text with styles of karat's own, whose input is already without control characters.
pub(super) fn print_styled(text: &str) -> Result<(), Error> {
    let text = without_workflow_commands(text);
    if capture::output(strip_str(&text).to_string().as_bytes()) {
        return Ok(());
    }
    write(anstream::stdout().lock(), text.as_bytes())
}

/// Prints workflow commands of GitHub Actions.
pub(super) fn print_commands(text: &str) -> Result<(), Error> {
    write(std::io::stdout().lock(), visible_lines(text).as_bytes())
}

/// Prints JSON: unchanged, or with escapes for control characters on a terminal.
pub(super) fn print_json(text: &str) -> Result<(), Error> {
    print_data(text, json_on_terminal)
}

/// Prints CSV: unchanged, or with control characters made visible on a terminal.
pub(super) fn print_csv(text: &str) -> Result<(), Error> {
    print_data(text, csv_on_terminal)
}

/// Prints the bytes of a file: unchanged, or with control characters made visible on a terminal.
pub(super) fn print_bytes(bytes: &[u8]) -> Result<(), Error> {
    let out = std::io::stdout();
    if out.is_terminal() && capture::current().is_none() {
        return write(out.lock(), file_on_terminal(&String::from_utf8_lossy(bytes)).as_bytes());
    }
    write(out.lock(), bytes)
}

fn print_data(text: &str, on_terminal: impl Fn(&str) -> Cow<'_, str>) -> Result<(), Error> {
    let out = std::io::stdout();
    if out.is_terminal() && capture::current().is_none() {
        return write(out.lock(), on_terminal(text).as_bytes());
    }
    write(out.lock(), text.as_bytes())
}

fn write(mut out: impl Write, bytes: &[u8]) -> Result<(), Error> {
    if capture::output(bytes) {
        return Ok(());
    }
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Diagnostic::new(format!("cannot write to standard output: {error}")).into())
        }
        _ => Ok(()),
    }
}

/// Prints a note of one line, which ends with a line break, to standard error. Ignores write
/// errors, since they cannot be reported anywhere.
pub(super) fn note(text: &str) {
    let line = text.strip_suffix('\n').unwrap_or(text);
    let line = visible(line);
    // The kind of a note is the only part that may be coloured; the line is inert.
    let tone = TONES.iter().find_map(|(kind, tone)| Some((line.strip_prefix(kind)?, *kind, *tone)));
    match tone {
        Some((rest, kind, tone)) => {
            let [before, after] = tone.escapes();
            note_styled(&format!("{before}{kind}{after}{rest}\n"));
        }
        None => note_styled(&format!("{line}\n")),
    }
}

/// The colours of the beginnings of notes, on a terminal.
const TONES: [(&str, Tone); 3] = [("warning:", Tone::Unsure), ("error:", Tone::Bad), ("not answered:", Tone::Bad)];

/// Prints what karat did, if at least `level` `-v` were given.
pub(super) fn explain(level: u8, text: impl FnOnce() -> String) {
    if printing::verbosity() >= level {
        note(&format!("detail: {}\n", text()));
    }
}

/// Prints a note of several lines to standard error.
pub(super) fn note_lines(text: &str) {
    note_styled(&visible_lines(text));
}

/// Prints a diagnostic with styles of karat's own, whose input is already without control
/// characters, to standard error.
pub(super) fn note_styled(text: &str) {
    if capture::note(text) {
        return;
    }
    progress::suspended(|| {
        let _ = anstream::stderr().lock().write_all(without_workflow_commands(text).as_bytes());
    });
}
