//! Answers that are recorded and replayed.

use std::fs;

use serde_json::{Value, json};

use crate::cli::Cli;
use crate::http_server::{Act, Server, flaky, names};
use crate::process::{project_with, run, run_where, statuses};

const ONLY: &[(&str, &str)] = &[("KARAT_REPLAY", "only")];

fn project(server: &Server, texts: &[&str], more: &str) -> Cli {
    let url = server.url("/extract");
    project_with(
        texts,
        &format!(
            "kind = \"http\"\nurl = \"{url}\"\nlayers = [\"entities\"]\nbackoff = \"5ms\"\ncassettes = \"tapes/mine\"\n{more}"
        ),
    )
}

fn tapes(cli: &Cli) -> Vec<String> {
    let entries = fs::read_dir(cli.path().join("tapes/mine")).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// How a document ended, without where a failure was recorded.
fn bare((status, message): &(String, String)) -> (String, String) {
    let bare = message.split("; recorded in").next().unwrap_or_default();
    (status.clone(), bare.to_owned())
}

fn files(cli: &Cli) -> Vec<String> {
    let files = ["predictions/d/mine.jsonl", "d/report.md", "d/scores.csv", "d/documents.csv", "d/alignment.csv"];
    files.map(|file| cli.read(&format!("r/{file}"))).to_vec()
}

/// Recorded, and replayed without a server and without a key: the same bytes.
#[test]
fn a_run_is_replayed() {
    let server = Server::start(|seen| match seen.text() {
        "unsure Ada" => Act::json(
            200,
            &json!({"entities": [{"start": 0, "end": 3, "label": "X", "confidence": 0.123_456_789_012_345_68}]}),
        ),
        _ => flaky(seen),
    });
    let texts = ["Ada", "once Ada", "unsure Ada", "bad", "broken", "page is fine", "login", "empty", "lost", "Ada Ada"];
    let cli = project(&server, &texts, "key_env = \"TEST_KEY\"\nretries = 1");
    let first = run_where(&cli, &[], &[("TEST_KEY", "0123456789")]);
    assert_eq!(first.code, Some(5));
    let recorded = files(&cli);
    // All but the error of the server itself.
    assert_eq!(tapes(&cli).len(), texts.len() - 1);
    let asked = server.seen().len();
    let again = run_where(&cli, &[], &[("TEST_KEY", "0123456789")]);
    // Besides the error of the server, the two refusals were asked again.
    assert_eq!((again.ends.iter().map(bare).collect::<Vec<_>>(), server.seen().len() - asked), (first.ends.clone(), 4));
    drop(server);
    cli.write("docs/d05.txt", "Ada");
    let replayed = run_where(&cli, &[], ONLY);
    assert_eq!(replayed.ends[5].0, "failed");
    cli.write("docs/d05.txt", texts[5]);
    let replayed = run_where(&cli, &[], ONLY);
    let usage = |ended: &crate::process::Ended| ended.manifest["extractors"]["mine"]["usage"].clone();
    assert_eq!(usage(&replayed), usage(&first));
    let replayed = replayed.ends.iter().map(bare).collect::<Vec<_>>();
    assert_eq!(replayed[..5], first.ends[..5]);
    assert_eq!(replayed[6..], first.ends[6..]);
    // But for the one that was never answered.
    assert_eq!(files(&cli).len(), recorded.len());
}

/// A recorded failure is not replayed in silence.
#[test]
fn recorded_failures_say_so() {
    let server = Server::start(|seen| match seen.text() {
        "later" if seen.times > 1 => Act::json(200, &names("")),
        "later" => Act::of(404, &[], "no such model"),
        _ => flaky(seen),
    });
    let cli = project(&server, &["later", "sorry", "bad"], "");
    let first = run(&cli, &[]);
    assert!(first.ends.iter().all(|(_, message)| !message.contains("recorded in")), "{:?}", first.ends);
    let replayed = run_where(&cli, &[], ONLY);
    for ((_, message), (_, before)) in replayed.ends.iter().zip(&first.ends) {
        let (start, rest) = message.split_once("; recorded in `tapes/mine/").unwrap();
        assert_eq!(start, before);
        let (name, rest) = rest.split_once("` on ").unwrap();
        let cassette: Value = serde_json::from_str(&cli.read(&format!("tapes/mine/{name}"))).unwrap();
        let date = cassette["recorded"].as_str().unwrap();
        assert!(date.len() == 10 && rest == format!("{date}: delete it to ask again"), "{message}");
    }
    // Where recording is allowed, what the server refused is asked again; an answer of 200 stays.
    let asked = server.seen().len();
    let again = run(&cli, &[]);
    assert_eq!(statuses(&again), ["ok", "failed", "failed"]);
    assert_eq!(server.seen().len() - asked, 2);
    assert!(again.ends[1].1.contains("recorded in") && !again.ends[2].1.contains("recorded in"), "{:?}", again.ends);
    assert_eq!(statuses(&run_where(&cli, &[], ONLY)), ["ok", "failed", "failed"]);
}

#[test]
fn a_replayed_run_has_the_same_bytes() {
    let server = Server::start(flaky);
    let texts = ["Ada", "once Ada", "Bob", "see", "x Ada", "x Ada", "chunked Ada"];
    let cli = project(&server, &texts, "repeats = 2");
    assert_eq!(run(&cli, &[]).code, Some(0));
    let recorded = files(&cli);
    // Ids are sent, so that every document is a request of its own; and every repeat is one.
    assert_eq!(tapes(&cli).len(), 2 * texts.len());
    drop(server);
    let replayed = run_where(&cli, &[], ONLY);
    assert_eq!(replayed.code, Some(0));
    assert!(files(&cli) == recorded);
}

#[test]
fn what_is_not_recorded_fails_without_a_network() {
    let server = Server::start(flaky);
    let cli = project(&server, &["Ada", "Bob"], "replay = \"only\"");
    let ended = run(&cli, &[]);
    assert_eq!((ended.code, statuses(&ended)), (Some(5), vec!["failed"; 2]));
    let message = &ended.ends[0].1;
    assert!(
        message.contains("there is no cassette `tapes/mine/") && message.contains("`KARAT_REPLAY=missing`"),
        "{message}"
    );
    assert!(server.seen().is_empty());
    assert_eq!(run_where(&cli, &[], &[("KARAT_REPLAY", "missing")]).code, Some(0));
    let name = message.split('`').nth(1).unwrap();
    let cassette: Value = serde_json::from_str(&cli.read(name)).unwrap();
    assert_eq!(cassette["recorded"].as_str().map(str::len), Some("1852-11-27".len()));
    assert_eq!(
        cassette,
        json!({
            "schema": "karat.cassette/1",
            "recorded": cassette["recorded"],
            "request": {
                "method": "POST", "url": server.url("/extract"),
                "body": {"id": "d00", "meta": {}, "text": "Ada"},
            },
            "response": {"status": 200, "headers": {"content-type": "application/json"}, "json": names("Ada")},
        })
    );
    assert_eq!(run(&cli, &[]).code, Some(0));
    assert_eq!(server.seen().len(), 2);
    // Nothing is asked where nothing can have been recorded.
    cli.write("karat.toml", cli.read("karat.toml").replace("cassettes =", "#").replace("replay =", "#"));
    let ended = run_where(&cli, &[], ONLY);
    assert!(ended.ends[0].1.contains("name their folder in `cassettes`"), "{:?}", ended.ends);
    assert_eq!(server.seen().len(), 2);
}

#[test]
fn repeated_requests_are_recorded_again() {
    let server = Server::start(|seen| Act::json(200, &json!({"entities": [], "usage": {"tokens_in": seen.times}})));
    let cli = project(&server, &["Ada"], "request = {text = \"{text}\"}");
    let tokens = |mode: &str| {
        let ended = run_where(&cli, &[], &[("KARAT_REPLAY", mode)]);
        assert_eq!(ended.code, Some(0), "{:?}", ended.ends);
        ended.manifest["extractors"]["mine"]["usage"]["d"]["tokens_in"].as_u64().unwrap()
    };
    assert_eq!(["missing", "missing", "never", "only"].map(tokens), [1, 1, 2, 2]);
    // Equal requests are made once, even if everything is requested again.
    cli.write("docs/d01.txt", "Ada");
    cli.write("golden/d01.json", r#"{"id": "d01", "entities": []}"#);
    assert_eq!(["never", "only"].map(tokens), [6, 6]);
    assert_eq!(server.seen().len(), 3);
}

#[test]
fn another_key_may_be_a_better_one() {
    let server = Server::start(flaky);
    let cli = project(&server, &["forbidden"], "");
    assert!(run(&cli, &[]).code == Some(5) && run(&cli, &[]).code == Some(5));
    assert_eq!((server.seen().len(), tapes(&cli).len()), (2, 1));
    assert!(run_where(&cli, &[], ONLY).ends[0].1.contains("403"));
    assert_eq!(server.seen().len(), 2);
}

#[test]
fn cassettes_that_cannot_be_used() {
    let server = Server::start(flaky);
    let cli = project(&server, &["Ada", "Bob"], "");
    assert_eq!(run(&cli, &[]).code, Some(0));
    let name = format!("tapes/mine/{}", tapes(&cli)[0]);
    let whole = cli.read(&name);
    for broken in [
        &whole[..whole.len() / 2],
        &whole.replace("cassette/1", "cassette/9"),
        &whole.replace("\"json\"", "\"jsn\""),
        "",
    ] {
        cli.write(&name, broken);
        let ended = run(&cli, &[]);
        let failed: Vec<_> = ended.ends.iter().filter(|(status, _)| status == "failed").collect();
        assert_eq!(failed.len(), 1);
        assert!(
            failed[0].1.contains(&format!("the cassette `{name}` ")) && failed[0].1.contains("delete it"),
            "{failed:?}"
        );
    }
    assert_eq!(server.seen().len(), 2);
    fs::remove_dir_all(cli.path().join("tapes")).unwrap();
    cli.write("tapes", "a file");
    let ended = run(&cli, &[]);
    assert!(ended.ends[0].1.contains("the cassette `tapes/mine/"), "{:?}", ended.ends);
}
