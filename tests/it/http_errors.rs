//! Everything that a service can do wrong, with a real one that does it. An error costs the
//! document that it happened to.

use serde_json::json;

use crate::cli::Cli;
use crate::http_server::{Act, Server, flaky, names};
use crate::process::{Ended, project_with, run, run_where, statuses};

fn table(server: &Server, more: &str) -> String {
    format!("kind = \"http\"\nurl = \"{}\"\nlayers = [\"entities\"]\nbackoff = \"5ms\"\n{more}", server.url("/extract"))
}

/// Seven documents, of which one is in a mood.
fn among_others(server: &Server, word: &str, more: &str) -> Ended {
    let texts = ["Ada", "x", "Bob y", word, "z Ada", "Cyd", "w Dee"];
    let ended = run(&project_with(&texts, &table(server, more)), &[]);
    for (at, (status, message)) in ended.ends.iter().enumerate().filter(|(at, _)| *at != 3) {
        assert_eq!(status, "ok", "{word}: {at}: {message}");
    }
    ended
}

/// The mood costs its document, and its message holds this.
#[track_caller]
fn costs_one(server: &Server, word: &str, status: &str, message: &str) {
    costs_one_with(server, word, "retries = 1", status, message);
}

#[track_caller]
fn costs_one_with(server: &Server, word: &str, more: &str, status: &str, message: &str) {
    for more in [more.to_owned(), format!("{more}\nconcurrency = 1")] {
        let ended = among_others(server, word, &more);
        assert_eq!(ended.ends[3].0, status, "{word}: {}", ended.ends[3].1);
        assert!(ended.ends[3].1.contains(message), "{word}: {}", ended.ends[3].1);
        assert_eq!(ended.code, Some(5));
        assert!(ended.errors.contains("not answered: d, mine, \"d03\""), "{}", ended.errors);
    }
}

#[test]
fn refusals() {
    let server = Server::start(flaky);
    for (word, message) in [
        ("always", "the server answers 503 (a server error): \"no worker\", tried 2 times; see its logs"),
        ("forever", "the server answers 429 (too many requests): \"slow down\", tried 2 times; lower `rate`"),
        ("bad", "the server answers 400 (bad request): \"text is required\"; it rejects the request"),
        ("forbidden", "the server answers 403 (forbidden); it requires a key: name its variable in `key_env`"),
        ("lost", "the server answers 404 (not found): \"no such page\"; there is no such address"),
        ("page", "the server answers 502 (a server error): an HTML page, \"Bad gateway\", tried 2 times"),
        ("hours", "asks to wait 7200s, which is longer than `max_wait` (60s)"),
    ] {
        costs_one(&server, word, "failed", message);
    }
    // What will be answered in the same way is not asked again.
    for word in ["bad", "forbidden", "lost", "hours"] {
        let asked = server.seen().iter().filter(|seen| seen.text() == word).count();
        assert_eq!(asked, 2, "{word}");
    }
}

/// What a server says about a request is shown, and what to change.
#[test]
fn messages_say_what_to_change() {
    let server = Server::start(|seen| match seen.text() {
        "pydantic" => {
            let error = json!({"type": "missing", "loc": ["body", "content"], "msg": "Field required", "input": {}});
            let other = json!({"type": "int_parsing", "loc": ["query", "n"], "msg": "not an integer", "input": "x"});
            Act::json(422, &json!({"detail": [error, other]}))
        }
        "essay" => Act::json(400, &json!({"error": {"message": "é".repeat(300), "type": "x", "param": null}})),
        "book" => Act::json(400, &json!({"error": {"message": "é".repeat(500_000)}})),
        _ => Act::json(404, &json!({"detail": "Not Found"})),
    });
    let texts = ["pydantic", "essay", "book", "lost"];
    let ended = run(&project_with(&texts, &table(&server, "").replace("/extract", "/v1/v1/extract")), &[]);
    let wanted = [
        "the server answers 422 (bad request): \"body.content: Field required; query.n: not an integer\"; it rejects"
            .to_owned(),
        format!("the server answers 400 (bad request): \"{}\"; it rejects the request", "é".repeat(300)),
        format!("the server answers 400 (bad request): \"{}\"…; it rejects the request", "é".repeat(300)),
        format!(
            "the server answers 404 (not found): \"Not Found\"; there is no such address, or no such model: \
             `{}`; `/v1` is in it twice",
            server.url("/v1/v1/extract")
        ),
    ];
    for ((_, message), wanted) in ended.ends.iter().zip(wanted) {
        assert!(message.starts_with(&wanted), "{message}");
        // Nothing is cut in reports.
        assert!(ended.errors.contains(message.as_str()), "{}", ended.errors);
    }
}

#[test]
fn connections_that_break() {
    let server = Server::start(flaky);
    for word in ["early", "half", "headless", "chunk", "unbounded"] {
        costs_one(&server, word, "failed", "the connection to `127.0.0.1:");
    }
    costs_one(&server, "garbage", "failed", ", tried 2 times");
}

#[test]
fn answers_that_take_too_long() {
    let server = Server::start(flaky);
    for word in ["hang", "drip"] {
        let more = "retries = 1\ntimeout = \"1500ms\"";
        costs_one_with(&server, word, more, "timed_out", "no answer within 1.5s, tried 2 times");
    }
}

#[test]
fn answers_that_are_none() {
    let server = Server::start(flaky);
    for (word, message) in [
        ("broken", "the server's answer is not JSON: \"{\\\"entities\\\": [}\""),
        ("login", "the server's answer is not JSON: an HTML page"),
        ("empty", "the server's answer is empty"),
        ("latin", "the server's answer (200) is not UTF-8: byte 9 is 0xEF"),
        ("list", "the server's answer is not an object but a list: \"[1]\""),
        ("sorry", "the server answers with an error: \"not my language\""),
        ("unknown_id", "the server answers with the id \"\\\"somebody else\\\"\""),
        ("past", "entities[0]"),
        ("shifted", "entities[0]"),
    ] {
        costs_one(&server, word, "failed", message);
    }
}

/// A gigabyte is not kept, and not even read.
#[test]
fn a_flood() {
    let server = Server::start(flaky);
    let more = "max_output = \"1MB\"";
    costs_one_with(&server, "flood", more, "failed", "answers with more than 1000000 bytes: `max_output` allows more");
}

/// Documents go to the host that they are meant for.
#[test]
fn redirects() {
    let server = Server::start(flaky);
    for word in ["moved Ada", "see"] {
        let ended = among_others(&server, word, "");
        assert_eq!((ended.code, statuses(&ended)), (Some(0), vec!["ok"; 7]), "{word}: {:?}", ended.ends);
    }
    let fetched = server.seen().into_iter().find(|seen| seen.path == "/fetched").unwrap();
    assert_eq!(fetched.method, "GET");
    let elsewhere = server.elsewhere.local_addr().unwrap();
    let away = format!(
        "the server redirects to `http://{elsewhere}`, but documents are sent only to `http://{}`",
        server.address
    );
    costs_one(&server, "away", "failed", &away);
    costs_one(&server, "loop", "failed", "the server redirects more than 5 times");
    costs_one(&server, "nowhere", "failed", "the server answers 302 without an address to redirect to");
    assert!(server.is_alone());
}

/// The message about a redirect that repeats a key names the address and not the key.
#[test]
fn redirects_with_a_key() {
    let server = Server::start(|seen| {
        let query = seen.path.split_once('?').map_or("", |(_, query)| query);
        Act::of(308, &[("Location", &format!("{}moved?{query}", seen.elsewhere))], "")
    });
    let url = server.url("/extract?key={env:TEST_KEY}");
    let cli = project_with(&["Ada"], &format!("kind = \"http\"\nurl = \"{url}\"\nlayers = [\"entities\"]"));
    let ended = run_where(&cli, &[], &[("TEST_KEY", "sk-0123456789")]);
    let elsewhere = server.elsewhere.local_addr().unwrap();
    let wanted = format!("the server redirects to `http://{elsewhere}`, but documents are sent only to");
    assert!(ended.ends[0].1.contains(&wanted) && !ended.ends[0].1.contains("0123456789"), "{:?}", ended.ends);
    assert!(server.is_alone());
}

/// Odd answers that are right all the same.
#[test]
fn answers_that_are_odd() {
    let server = Server::start(flaky);
    for word in ["type Ada", "chunked Ada"] {
        let ended = among_others(&server, word, "");
        assert_eq!((ended.code, statuses(&ended)), (Some(0), vec!["ok"; 7]), "{word}: {:?}", ended.ends);
    }
}

#[test]
fn an_unreachable_server_is_reported() {
    let server = Server::start(flaky);
    let cli = project_with(&["Ada", "Bob"], &table(&server, "retries = 1"));
    drop(server);
    let ended = run(&cli, &[]);
    assert_eq!((ended.code, statuses(&ended)), (Some(5), vec!["failed"; 2]));
    assert!(ended.ends[0].1.contains("failed: ") && ended.ends[0].1.contains(", tried 2 times"), "{:?}", ended.ends);
}

/// Everything that a run printed or wrote.
fn written(cli: &Cli, ended: &Ended) -> Vec<String> {
    let mut files = vec![ended.errors.clone(), format!("{:?}", ended.ends)];
    let mut folders = vec![cli.path().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else {
                // The history is a database.
                files.push(String::from_utf8_lossy(&std::fs::read(entry).unwrap()).into_owned());
            }
        }
    }
    assert!(files.len() > 10 && files.iter().any(|file| file.contains("karat.cassette/1")));
    files
}

/// Keys in the query and in the body are sent, and not written anywhere.
#[test]
fn keys_in_the_query_and_in_the_body() {
    const QUERY: &str = "query-key/0123456789==";
    const BODY: &str = "body-key-0123456789";
    let server = Server::start(|seen| match seen.text() {
        "moved" if !seen.path.starts_with("/extract/") => {
            Act::of(307, &[("Location", &seen.path.replace("/extract", "/extract/"))], "")
        }
        "echo" => Act::json(400, &json!({"error": format!("{} {}", seen.path, seen.body)})),
        "nowhere" => Act::of(307, &[("Location", &format!("https://{}/", seen.path.replace('/', ":")))], ""),
        text => Act::json(200, &names(text)),
    });
    let more = "cassettes = \"tapes\"\nrequest = {text = \"{text}\", auth = {api_key = \"{env:TEST_BODY}\"}}";
    let table = table(&server, more).replace("/extract", "/extract?code={env:TEST_QUERY}&v=1");
    let cli = project_with(&["Ada {env:TEST_BODY}", "moved", "echo", "nowhere"], &table);
    let variables = [("TEST_QUERY", QUERY), ("TEST_BODY", BODY)];
    let ended = run_where(&cli, &[], &variables);
    assert_eq!(statuses(&ended), ["ok", "ok", "failed", "failed"], "{:?}", ended.ends);
    let echoed = &ended.ends[2].1;
    assert!(echoed.contains("code=[secret TEST_QUERY]&v=1") && echoed.contains("[secret TEST_BODY]"), "{echoed}");
    for seen in server.seen() {
        assert!(seen.path.ends_with("?code=query-key%2F0123456789%3D%3D&v=1"), "{}", seen.path);
        assert_eq!(seen.body["auth"]["api_key"], BODY);
        // What a document contains is not replaced.
        assert!(!seen.text().contains("Ada") || seen.text() == "Ada {env:TEST_BODY}");
    }
    for file in written(&cli, &ended) {
        assert!(!file.contains("0123456789"), "{file}");
    }
    // Other keys make the same request, and a replay needs none.
    let asked = server.seen().len();
    let replayed = run_where(&cli, &[], &[("KARAT_REPLAY", "only")]);
    assert_eq!((statuses(&replayed)[..3].to_vec(), server.seen().len()), (vec!["ok", "ok", "failed"], asked));
    std::fs::remove_dir_all(cli.path().join("tapes")).unwrap();
    let ended = run_where(&cli, &[], &variables[..1]);
    assert!(ended.ends[0].1.contains("the environment variable `TEST_BODY` is not set"), "{:?}", ended.ends);
    let ended = run_where(&cli, &[], &variables[1..]);
    assert!(ended.ends[0].1.contains("the environment variable `TEST_QUERY` is not set"), "{:?}", ended.ends);
}

/// A key that a server returns is not written anywhere.
#[test]
fn keys_stand_nowhere() {
    const KEY: &str = "sk-\"very\"/secret-0123456789";
    const OTHER: &str = "another-secret-42";
    let server = Server::start(|seen| {
        if seen.text() == "echo" {
            let (key, other) = (&seen.headers["authorization"], &seen.headers["x-other"]);
            let body = serde_json::json!({"summary": format!("{key} {other}"), "more": {key.as_str(): other}});
            let (header, body) =
                (key.as_str(), body.to_string().replace('/', "\\/").replace("secret-4", "secret\\u002d4"));
            return Act::of(200, &[("Content-Type", header)], body);
        }
        flaky(seen)
    });
    let more = "key_env = \"TEST_KEY\"\ncassettes = \"tapes\"\nheaders = {X-Other = \"{env:TEST_OTHER}\"}";
    let texts = ["key", "echo", "Ada"];
    let table = table(&server, more).replace("[\"entities\"]", "[\"entities\", \"summaries\"]");
    let cli = project_with(&texts, &table);
    let variables = [("TEST_KEY", KEY), ("TEST_OTHER", OTHER)];
    let ended = run_where(&cli, &[], &variables);
    assert_eq!(statuses(&ended), ["failed", "ok", "ok"], "{:?}", ended.ends);
    assert!(
        ended.ends[0].1.contains("\"Bearer [secret TEST_KEY] is wrong\"; it rejects the key in `TEST_KEY`"),
        "{:?}",
        ended.ends
    );
    assert!(cli.read("r/predictions/d/mine.jsonl").contains("Bearer [secret TEST_KEY] [secret TEST_OTHER]"));
    assert_eq!(server.seen()[0].headers["authorization"], format!("Bearer {KEY}"));
    for file in written(&cli, &ended) {
        assert!(
            !file.contains("0123456789") && !file.contains("another-secret") && !file.contains("/secret"),
            "{file}"
        );
    }
    // An extractor without a key fails for every document that is not cached.
    let ended = run_where(&cli, &[], &[("TEST_OTHER", OTHER)]);
    assert_eq!(statuses(&ended), ["failed", "ok", "ok"]);
    assert!(ended.ends[0].1.contains("the environment variable `TEST_KEY` is not set"), "{:?}", ended.ends);
}
