//! Servers that limit the rate of requests: no document is lost if the server says when to ask
//! again.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::cli::Cli;
use crate::http_server::{Act, Seen, Server, names};
use crate::process::{Ended, project_with, run, statuses};

/// Answers at most `most` requests within every window, and reports the wait as a header that
/// `header` makes of the number that remains and the time until the next request is accepted.
fn limited(
    most: usize,
    window: Duration,
    header: impl Fn(usize, Duration) -> Vec<(&'static str, String)> + Send + Sync + 'static,
) -> Server {
    let accepted = Mutex::new(VecDeque::<Instant>::new());
    Server::start(move |seen: &Seen| {
        let (now, mut accepted) = (Instant::now(), accepted.lock().unwrap());
        accepted.retain(|at| now - *at < window);
        let is_accepted = accepted.len() < most;
        if is_accepted {
            accepted.push_back(now);
        }
        let remaining = most - accepted.len();
        let wait = if remaining == 0 { window - (now - accepted[0]) } else { Duration::ZERO };
        let (status, body) = if is_accepted { (200, names(seen.text())) } else { (429, json!({"error": "slow down"})) };
        Act::Answer { status, headers: header(remaining, wait), body: body.to_string().into_bytes() }
    })
}

fn project(server: &Server, count: usize, more: &str) -> Cli {
    let texts: Vec<String> = (0..count).map(|at| format!("Ada {at}")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let url = server.url("/extract");
    project_with(&texts, &format!("kind = \"http\"\nurl = \"{url}\"\nlayers = [\"entities\"]\n{more}"))
}

/// Every document is answered, and a wait that the server asked for is no retry.
#[track_caller]
fn answers_all(server: &Server, count: usize, more: &str) -> Ended {
    let ended = run(&project(server, count, more), &[]);
    assert_eq!((ended.code, statuses(&ended)), (Some(0), vec!["ok"; count]), "{:?}", ended.ends);
    let timings = &ended.manifest["extractors"]["mine"]["timings"]["d"];
    assert_eq!(timings["retried"].as_u64().unwrap_or_default(), 0, "{timings}");
    ended
}

fn refused(server: &Server) -> usize {
    server.seen().len()
}

/// With default settings, and whole seconds.
#[test]
fn three_requests_in_two_seconds_answer_24_documents() {
    let server = limited(3, Duration::from_secs(2), |remaining, wait| {
        let seconds = wait.as_secs_f64().ceil();
        if remaining == 0 { vec![("Retry-After", format!("{seconds}"))] } else { Vec::new() }
    });
    answers_all(&server, 24, "");
    // Threads that were released at once would have been refused more often than answered.
    assert!(refused(&server) < 2 * 24, "{}", refused(&server));
}

/// Makes a header of a wait.
type ToHeader = fn(Duration) -> (&'static str, String);

#[test]
fn more_exact_waits_are_read() {
    let window = Duration::from_millis(600);
    let headers: [ToHeader; 3] = [
        |wait| ("Retry-After-Ms", format!("{}", wait.as_millis() + 1)),
        |wait| ("Retry-After", format!("{:.3}", wait.as_secs_f64() + 0.001)),
        |wait| ("X-RateLimit-Reset", format!("{}ms", wait.as_millis() + 1)),
    ];
    for header in headers {
        let server = limited(3, window, move |_, wait| if wait.is_zero() { Vec::new() } else { vec![header(wait)] });
        answers_all(&server, 8, "backoff = \"50ms\"");
    }
}

/// A server that reports its limit with its answers is not asked in vain.
#[test]
fn an_exhausted_limit_is_waited_for() {
    let server = limited(3, Duration::from_millis(800), |remaining, wait| {
        vec![
            ("X-RateLimit-Remaining-Requests", remaining.to_string()),
            ("X-RateLimit-Reset-Requests", format!("{}ms", wait.as_millis() + 1)),
        ]
    });
    answers_all(&server, 8, "concurrency = 1");
    assert_eq!(refused(&server), 8);
}

/// With many threads, most requests of a round are refused, and none of them is lost.
#[test]
fn sixteen_threads_share_a_limit() {
    let window = Duration::from_millis(250);
    let header = |wait: Duration| ("Retry-After-Ms", format!("{}", wait.as_millis() + 1));
    let server = limited(2, window, move |_, wait| if wait.is_zero() { Vec::new() } else { vec![header(wait)] });
    answers_all(&server, 32, "concurrency = 16");
}

/// A server that never answers costs a bounded time, for all documents together.
#[test]
fn a_server_that_always_refuses_is_given_up() {
    let server = Server::start(|_| Act::of(429, &[("Retry-After-Ms", "50")], "{\"message\": \"slow down\"}"));
    let begun = Instant::now();
    let ended = run(&project(&server, 12, "max_wait = \"1s\"\nretries = 1\nbackoff = \"20ms\""), &[]);
    assert_eq!(statuses(&ended), ["failed"; 12]);
    let wanted = "the server answers 429 (too many requests): \"slow down\", tried 2 times, and answered no request \
                  during 1s of waits that it asked for; lower `rate`";
    assert!(ended.ends.iter().all(|(_, message)| message.contains(wanted)), "{:?}", ended.ends);
    assert!(begun.elapsed() < Duration::from_secs(10) && server.seen().len() < 120, "{}", server.seen().len());
}

/// A server that is not available for longer than five waits, and then answers.
#[test]
fn an_outage_loses_no_document() {
    let begun = Instant::now();
    let server = Server::start(move |seen| {
        if begun.elapsed() < Duration::from_secs(4) {
            Act::of(503, &[("Retry-After-Ms", "200")], "restarting")
        } else {
            Act::json(200, &names(seen.text()))
        }
    });
    answers_all(&server, 20, "");
}

/// A server that refuses one document each time does not keep the others waiting.
#[test]
fn one_refused_document_does_not_stall_the_others() {
    let server = Server::start(|seen| {
        if seen.text() == "Ada 0" {
            std::thread::sleep(Duration::from_millis(100));
            return Act::of(429, &[("Retry-After", "1")], "too long");
        }
        std::thread::sleep(Duration::from_millis(50));
        Act::json(200, &names(seen.text()))
    });
    let begun = Instant::now();
    let ended = run(&project(&server, 30, ""), &[]);
    let wanted: Vec<&str> = (0..30).map(|at| if at == 0 { "failed" } else { "ok" }).collect();
    assert_eq!(statuses(&ended), wanted, "{:?}", ended.ends);
    let wanted = "\"too long\", tried 3 times after the waits that it asked for, while it answers others; lower";
    assert!(ended.ends[0].1.contains(wanted), "{:?}", ended.ends[0]);
    let of_first = server.seen().iter().filter(|seen| seen.text() == "Ada 0").count();
    assert!(of_first <= 8 && begun.elapsed() < Duration::from_secs(20), "{of_first}, {:?}", begun.elapsed());
}

/// Statuses of temporary conditions are tried again, those of the request and of an empty account
/// are not.
#[test]
fn statuses_that_are_tried_again() {
    let server = Server::start(|seen| {
        let status: u16 = seen.text().parse().unwrap();
        match (seen.times, status) {
            (1, 499) => Act::json(429, &json!({"error": {"message": "no credit", "code": "insufficient_quota"}})),
            (1, _) => Act::of(status, &[], "no"),
            _ => Act::json(200, &names("")),
        }
    });
    let texts = ["408", "409", "425", "429", "500", "503", "529", "400", "404", "422", "499"];
    let url = server.url("/extract");
    let table = format!("kind = \"http\"\nurl = \"{url}\"\nlayers = [\"entities\"]\nbackoff = \"5ms\"");
    let ended = run(&project_with(&texts, &table), &[]);
    let wanted: Vec<&str> = (0..11).map(|at| if at < 7 { "ok" } else { "failed" }).collect();
    assert_eq!(statuses(&ended), wanted, "{:?}", ended.ends);
    let wanted = "the server answers 429 (too many requests): \"no credit\"; the account's quota is used up";
    assert!(ended.ends[10].1.contains(wanted), "{:?}", ended.ends[10]);
    assert_eq!(server.seen().len(), 2 * 7 + 4);
}
