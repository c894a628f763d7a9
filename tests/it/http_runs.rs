//! What services that behave well are sent, and what a run makes of it.

use std::time::Duration;

use serde_json::json;

use crate::cli::Cli;
use crate::http_server::{Act, Server, flaky};
use crate::process::{project_with, run, run_where, statuses};

fn project(server: &Server, texts: &[&str], more: &str) -> Cli {
    let url = server.url("/extract");
    project_with(
        texts,
        &format!("kind = \"http\"\nurl = \"{url}\"\nlayers = [\"entities\"]\nbackoff = \"5ms\"\n{more}"),
    )
}

#[test]
fn what_it_took_stands_in_the_manifest() {
    let server = Server::start(flaky);
    let ended = run(&project(&server, &["Ada", "once Ada", "Bob", "once B"], ""), &[]);
    assert_eq!((ended.code, statuses(&ended)), (Some(0), vec!["ok"; 4]), "{:?}", ended.ends);
    let mine = &ended.manifest["extractors"]["mine"];
    assert_eq!(mine["usage"]["d"], json!({"tokens_in": 40, "tokens_out": 8, "cost": 1.0}));
    let timings = &mine["timings"]["d"];
    assert_eq!((timings["retried"].as_u64(), &timings["flaky"]), (Some(2), &json!(["d01", "d03"])));
    assert!(mine["fingerprints"]["d"].as_str().unwrap().starts_with("http:"));
}

#[test]
fn what_is_sent_and_where_it_stands_in_the_reply() {
    let server = Server::start(|seen| {
        assert_eq!(seen.body["document"]["content"], "Zoë met Ada. 🙂");
        let found = json!([{"at": {"begin": 14, "finish": 17}, "type": "NAME", "surface": "Ada", "score": 0.5}]);
        Act::json(200, &json!({"data": {"found": found}, "summary": "They met.", "cost": {"read": 7}}))
    });
    let more = r#"
method = "PUT"
headers = {X-Model = "{env:TEST_MODEL}", Accept = "application/x-mine"}
offset_unit = "utf16"
request = {document = {content = "{text}", name = "file {id}.txt"}, options = [1, true, "{meta}", "{other}"], since = 2024-05-03}
response = {entities = "/data/found", start = "/at/begin", end = "/at/finish", label = "/type", text = "/surface", confidence = "/score", summary = "/summary"}
usage = {tokens_in = "/cost/read"}
"#;
    let cli = project(&server, &["Zoë met Ada. 🙂"], more);
    cli.write("karat.toml", cli.read("karat.toml").replace("[\"entities\"]", "[\"entities\", \"summaries\"]"));
    // Code points and UTF-16 agree up to the name.
    let ended = run_where(&cli, &[], &[("TEST_MODEL", "m1")]);
    assert_eq!(ended.code, Some(5), "the stored text does not fit 14..17");
    assert!(ended.ends[0].1.contains("entities[0]"), "{:?}", ended.ends);
    let seen = &server.seen()[0];
    assert_eq!((seen.method.as_str(), seen.path.as_str()), ("PUT", "/extract"));
    assert_eq!(
        seen.body,
        json!({
            "document": {"content": "Zoë met Ada. 🙂", "name": "file d00.txt"},
            "options": [1, true, {}, "{other}"], "since": "2024-05-03",
        })
    );
    let header = |name: &str| seen.headers.get(name).map(String::as_str);
    assert_eq!((header("x-model"), header("accept")), (Some("m1"), Some("application/x-mine")));
    assert_eq!((header("content-type"), header("authorization")), (Some("application/json"), None));
    assert!(header("user-agent").unwrap().starts_with("karat/"));
}

#[test]
fn pointers_and_units() {
    let server = Server::start(|seen| {
        let at = seen.text().encode_utf16().count();
        let found = json!([{"at": {"begin": at - 3, "finish": at}, "type": "NAME", "surface": "Ada", "score": 0.5}]);
        Act::json(200, &json!({"data": {"found": found}, "summary": "They met.", "said": [{"who": "Ada"}]}))
    });
    let more = r#"
offset_unit = "utf16"
response = {entities = "/data/found", start = "/at/begin", end = "/at/finish", label = "/type", text = "/surface", summary = "/summary", records = {said = "/said"}}
"#;
    let cli = project(&server, &["🙂 Zoë met Ada"], more);
    let layers = "[\"entities\", \"summaries\", \"records.said\"]";
    cli.write("karat.toml", cli.read("karat.toml").replace("[\"entities\"]", layers));
    let ended = run(&cli, &[]);
    assert_eq!(ended.code, Some(0), "{:?}", ended.ends);
    let predicted: serde_json::Value = serde_json::from_str(&cli.read("r/predictions/d/mine.jsonl")).unwrap();
    assert_eq!(predicted["entities"], json!([{"start": 10, "end": 13, "label": "NAME", "text": "Ada"}]));
    assert_eq!(
        (&predicted["summaries"], &predicted["records"]),
        (&json!(["They met."]), &json!({"said": [{"who": "Ada"}]}))
    );
    let lost = cli.read("karat.toml").replace("/data/found", "/data/0/found");
    cli.write("karat.toml", lost);
    let ended = run(&cli, &[]);
    assert!(ended.ends[0].1.contains("the reply has nothing at `/data/0/found`"), "{:?}", ended.ends);
}

/// The same bytes, however many requests are under way.
#[test]
fn concurrency_changes_nothing() {
    let server = Server::start(flaky);
    let texts: Vec<String> = (0..40).map(|at| format!("x {} Ada{at} Ada", "y ".repeat(at))).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let of = |more: &str| {
        let cli = project(&server, &texts, more);
        assert_eq!(run(&cli, &[]).code, Some(0));
        ["predictions/d/mine.jsonl", "d/report.md", "d/scores.csv"].map(|file| cli.read(&format!("r/{file}")))
    };
    let one = of("concurrency = 1");
    assert!(one == of("") && one == of("concurrency = 16"));
}

/// Requests are under way at once: each waits until there are four.
#[test]
fn requests_are_made_at_once() {
    let waiting = std::sync::Arc::new(std::sync::Barrier::new(4));
    let server = Server::start(move |seen| {
        waiting.wait();
        flaky(seen)
    });
    let ended = run(&project(&server, &["A", "B", "C", "D", "E", "F", "G", "H"], "concurrency = 4"), &[]);
    assert_eq!(statuses(&ended), vec!["ok"; 8], "{:?}", ended.ends);
}

#[test]
fn rates_and_wishes_are_kept() {
    let server = Server::start(flaky);
    let ended = run(&project(&server, &["A", "B", "C", "D", "E"], "rate = \"10/s\""), &[]);
    assert_eq!(ended.code, Some(0));
    let (seen, least) = (server.seen(), Duration::from_millis(350));
    assert!(seen[4].at - seen[0].at > least, "{:?}", seen[4].at - seen[0].at);

    for word in ["busy", "dated"] {
        let ended = run(&project(&server, &[word], ""), &[]);
        assert_eq!((ended.code, statuses(&ended)), (Some(0), vec!["ok"]), "{:?}", ended.ends);
        let seen: Vec<_> = server.seen().into_iter().filter(|seen| seen.text() == word).collect();
        assert!(seen.len() == 2 && seen[1].at - seen[0].at > Duration::from_millis(900), "{word}");
    }
}

#[test]
fn the_fingerprint_follows_what_output_depends_on() {
    let server = Server::start(flaky);
    let print = |more: &str, key: &str| {
        let cli = project(&server, &["Ada"], more);
        let ended = run_where(&cli, &[], &[("TEST_KEY", key)]);
        ended.manifest["extractors"]["mine"]["fingerprints"]["d"].as_str().unwrap().to_owned()
    };
    let first = print("key_env = \"TEST_KEY\"", "one of the keys");
    assert_eq!(print("key_env = \"TEST_KEY\"\nretries = 5\nconcurrency = 2", "another of the keys"), first);
    for more in [
        "request = {text = \"{text}\"}",
        "response = {entities = \"/entities\"}",
        "method = \"PUT\"",
        "headers = {A = \"b\"}",
    ] {
        assert_ne!(print(more, ""), first, "{more}");
    }
}
