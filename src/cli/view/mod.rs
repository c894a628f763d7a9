//! `karat view`: serves the report on a run, or the disagreements of two passes, to a browser on
//! this machine.

use std::fmt::Write as _;
use std::io::Read;

use karat::error::{Diagnostic, Error};
use percent_encoding::percent_decode_str;
use serde::de::DeserializeOwned;
use tiny_http::{Method, Request, Server};

use super::output;
use super::plan::{AdjudicationPlan, ViewPlan};
use adjudication::AdjudicationSession;
use guard::Guard;
use reply::Reply;
use session::Session;

mod adjudication;
mod adjudication_journal;
mod append;
mod edits;
mod guard;
mod index;
mod reply;
mod session;

/// The most bytes of a request's content: an edit is far smaller.
const MOST: u64 = 1 << 20;

/// Serves the reports on the runs of a project.
pub(super) fn execute(plan: &ViewPlan) -> Result<u8, Error> {
    plan.pool.install(|| {
        let mut session = Session::open(plan)?;
        serve((plan.port, plan.opens), |request| respond(&mut session, request))
    })
}

/// Serves the disagreements of two passes.
pub(super) fn adjudicate(plan: &AdjudicationPlan) -> Result<u8, Error> {
    plan.pool.install(|| {
        let mut session = AdjudicationSession::open(plan)?;
        serve((plan.port, plan.opens), |request| respond_on_passes(&mut session, request))
    })
}

/// Answers requests until the process ends. `opens` tells whether a browser is opened.
fn serve((port, opens): (u16, bool), mut respond: impl FnMut(&mut Request) -> Reply) -> Result<u8, Error> {
    let server = Server::http(("127.0.0.1", port)).map_err(|error| {
        let diagnostic = Diagnostic::new(format!("cannot serve at 127.0.0.1:{port}: {error}"));
        diagnostic.help("choose another --port, or none")
    })?;
    let port = server.server_addr().to_ip().map_or(port, |address| address.port());
    let mut guard = Guard::new(port)?;
    let address = guard.address();
    output::print(&format!("{address}\n"))?;
    output::note("note: the address works once, on this machine; Ctrl-C ends the server\n");
    if opens && open::that_detached(&address).is_err() {
        output::note("note: no browser could be opened: open the address in one\n");
    }
    loop {
        let mut request = server.recv().map_err(|error| Diagnostic::new(format!("the server ended: {error}")))?;
        let reply = guard.stops(&request).unwrap_or_else(|| respond(&mut request));
        reply.send(request);
    }
}

/// Answers a request that the guard let pass.
fn respond(session: &mut Session<'_>, request: &mut Request) -> Reply {
    let url = request.url().split('?').next().unwrap_or_default().to_owned();
    let parts: Vec<String> = url.split('/').skip(1).map(decoded).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let reply = match (request.method(), parts.as_slice()) {
        (Method::Get, [""]) => session.index(),
        (Method::Get, ["run", run, dataset]) => session.report(run, dataset),
        (Method::Get, ["compare"]) => {
            let [base, candidate, dataset, extractor] =
                ["base", "candidate", "dataset", "extractor"].map(|name| query(request, name));
            session.comparison(&base, &candidate, &dataset, &extractor)
        }
        (Method::Post, [action @ ("edit" | "undo" | "verdict")]) => match content(request) {
            Some(content) => session.change(action, &content),
            None => return Reply::refused(400, "the request is too long or no text"),
        },
        _ => return Reply::refused(404, "there is no such page"),
    };
    reply.unwrap_or_else(|error| Reply::refused(422, &words(&error)))
}

/// Answers a request about two passes that the guard let pass.
fn respond_on_passes(session: &mut AdjudicationSession<'_>, request: &mut Request) -> Reply {
    let url = request.url().split('?').next().unwrap_or_default().to_owned();
    let reply = match (request.method(), url.as_str()) {
        (Method::Get, "/") => session.page(),
        (Method::Post, "/decide" | "/undo" | "/replace") => match content(request) {
            Some(content) => session.change(&url[1..], &content),
            None => return Reply::refused(400, "the request is too long or no text"),
        },
        _ => return Reply::refused(404, "there is no such page"),
    };
    reply.unwrap_or_else(|error| Reply::refused(422, &words(&error)))
}

/// Reads the content of a request; `None` if it is too long or no text.
fn content(request: &mut Request) -> Option<String> {
    let mut content = String::new();
    request.as_reader().take(MOST + 1).read_to_string(&mut content).ok()?;
    (content.len() as u64 <= MOST).then_some(content)
}

/// Parses the content of a request.
fn parsed<T: DeserializeOwned>(content: &str) -> Result<T, Diagnostic> {
    serde_json::from_str(content).map_err(|error| Diagnostic::new(format!("the request is not understood: {error}")))
}

/// Returns the messages of an error, one a line.
fn words(error: &Error) -> String {
    let mut text = String::new();
    for diagnostic in error.diagnostics() {
        let _ = writeln!(text, "{diagnostic}");
    }
    text.trim_end().to_owned()
}

/// Decodes a part of an address.
fn decoded(part: &str) -> String {
    percent_decode_str(part).decode_utf8_lossy().into_owned()
}

/// Returns a value of a query, `+` being a space.
fn query(request: &Request, name: &str) -> String {
    let query = request.url().split_once('?').map_or("", |(_, query)| query);
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let value = pairs.filter(|(key, _)| *key == name).map(|(_, value)| value).next().unwrap_or_default();
    decoded(&value.replace('+', " "))
}

/// Returns 128 random bits as hexadecimal digits.
fn random() -> Result<String, Diagnostic> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)
        .map_err(|error| Diagnostic::new(format!("no random numbers for the address: {error}")))?;
    Ok(bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}")))
}
