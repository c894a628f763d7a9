//! Simple scripts that are started for each document, with the text on standard input or in files
//! that the arguments name.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::program::Program;
use super::session::with_errors;
use crate::corpus::read_reply;
use crate::document::{Annotations, Document, Value};
use crate::extractor::longest_text::check_length;
use crate::extractor::{ExtractError, Next, Response, Work};
use crate::format::document_to_line;
use crate::process::{Child, ChildEvent, Launch, StderrMode};
use crate::text::excerpt;

/// Placeholder in arguments for the file with the document's text.
pub(super) const INPUT: &str = "{input}";
/// Placeholder in arguments for the file with the document as JSON.
const DOCUMENT: &str = "{document}";
/// Placeholder in arguments for the file that the script writes its answer to.
const OUTPUT: &str = "{output}";

/// Processes requests until there are none left.
pub(super) fn run<'d>(program: &Program, work: &dyn Work<'d>) {
    let settings = &program.settings;
    loop {
        let request = match work.next() {
            Next::Request(request) => request,
            Next::Later => {
                thread::sleep(Duration::from_millis(1));
                continue;
            }
            Next::Nothing => return,
        };
        // A text that is too long remains so.
        if let Err(error) = check_length(&request.document, settings.max_text) {
            work.done(request, Response::plain(Err(error), None, 1));
            continue;
        }
        let mut tries = 0;
        let response = loop {
            tries += 1;
            let begun = Instant::now();
            let mut output = String::new();
            let outcome = extract(program, &request.document, &mut output);
            if outcome.is_ok() || tries > settings.retries {
                let reply = Some(output).filter(|output| outcome.is_err() && !output.is_empty());
                break Response { reply, ..Response::plain(outcome, begun.elapsed(), tries) };
            }
            thread::sleep(settings.backoff * 2_u32.saturating_pow(tries - 1));
        };
        work.done(request, response);
    }
}

/// Starts the script for a document, and stores what it writes in `output`.
fn extract(program: &Program, document: &Document, output: &mut String) -> Result<Annotations, ExtractError> {
    let Program { settings, secrets, .. } = program;
    let broken = |what: &str| {
        let what = what.to_owned();
        move |error: std::io::Error| ExtractError::new(format!("{what}: {error}"))
    };
    let folder = tempfile::tempdir().map_err(broken("cannot make a temporary folder"))?;
    let files = Files::new(&folder);
    let takes = |placeholder: &str| settings.command.iter().any(|argument| argument.contains(placeholder));
    if takes(INPUT) {
        fs::write(&files.input, document.text()).map_err(broken("cannot write the text"))?;
    }
    if takes(DOCUMENT) {
        let line = document_to_line(document);
        fs::write(&files.document, line).map_err(broken("cannot write the document"))?;
    }
    let command: Vec<String> = settings.command.iter().map(|argument| files.fill(argument)).collect();
    let launch = Launch {
        command: &command,
        env: &settings.env,
        folder: Some(&settings.folder),
        longest: settings.max_output,
        errors: StderrMode::Capture,
        secrets,
        log: Some(&program.log),
    };
    let lost = |why: String| ExtractError::Failed(format!("the program was lost: it {why}"));
    let mut child = Child::start(&launch).map_err(lost)?;
    if !takes(INPUT) && !takes(DOCUMENT) {
        child.send(document.text().to_owned());
    }
    child.close_input();
    let until = Instant::now() + settings.timeout;
    let end = loop {
        match child.receive(until) {
            ChildEvent::Line(line) => {
                output.push_str(&line);
                output.push('\n');
            }
            ChildEvent::Invalid(why) => return Err(lost(why)),
            ChildEvent::Timeout => {
                return Err(ExtractError::TimedOut(format!("no answer within {:?}", settings.timeout)));
            }
            // A script that writes a file may close its standard output long before it exits.
            ChildEvent::End(_) => break child.end(until),
        }
        if output.len() > settings.max_output {
            return Err(lost(format!("sent more than {} bytes", settings.max_output)));
        }
    };
    if !end.is_success() {
        return Err(lost(with_errors(&child, end.to_string())));
    }
    if takes(OUTPUT) {
        *output = written(Path::new(&files.output), settings.max_output).map_err(lost)?;
    }
    let output = secrets.for_document(document).redact_message(output);
    let json = with_id(&output, document.id()).map_err(|why| ExtractError::Failed(with_errors(&child, why)))?;
    read_reply(&json, settings.offset_unit, document, program.layers())
        .map_err(|error| ExtractError::Failed(error.message))
}

/// Reads the output file of a script. Only a regular file is read, since a pipe might block and a
/// device might never end.
fn written(path: &Path, most: usize) -> Result<String, String> {
    if !fs::metadata(path).is_ok_and(|metadata| metadata.is_file()) {
        return Err("wrote no output file".to_owned());
    }
    let mut text = String::new();
    let read = File::open(path).and_then(|file| file.take((most as u64).saturating_add(1)).read_to_string(&mut text));
    read.map_err(|error| format!("wrote no output that can be read: {error}"))?;
    if text.len() > most { Err(format!("wrote more than {most} bytes")) } else { Ok(text) }
}

/// The answer with the document's id, which a script may omit.
fn with_id(output: &str, id: &str) -> Result<String, String> {
    let value: Value = serde_json::from_str(output.trim())
        .map_err(|error| format!("its output is not JSON ({error}): {}", excerpt(output.trim())))?;
    let Value::Object(mut object) = value else {
        return Err(format!("its output is not an object: {}", excerpt(output.trim())));
    };
    if let Some(message) = object.get("error").and_then(Value::as_str) {
        return Err(message.to_owned());
    }
    match object.get("id") {
        Some(other) if other != id => {
            return Err(format!(
                "it answered with the id {}",
                other.as_str().map_or_else(|| excerpt(&other.to_string()), excerpt)
            ));
        }
        _ => object.insert("id".to_owned(), id.into()),
    };
    Ok(Value::Object(object).to_string())
}

/// The files of one document, in a temporary folder. Their names are fixed, so no content of a
/// document becomes part of a path.
struct Files {
    input: String,
    document: String,
    output: String,
}

impl Files {
    fn new(folder: &TempDir) -> Self {
        let file = |name: &str| Path::new(folder.path()).join(name).display().to_string();
        Self { input: file("input.txt"), document: file("document.json"), output: file("output.json") }
    }

    fn fill(&self, argument: &str) -> String {
        argument.replace(INPUT, &self.input).replace(DOCUMENT, &self.document).replace(OUTPUT, &self.output)
    }
}
