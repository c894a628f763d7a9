//! Replies of half a megabyte, wherever they are: messages quote 80 characters of them.

use serde_json::{Value, json};

use crate::http_server::{Act, Server};
use crate::process::{Ended, project, project_with, run};

/// The length of the strings that messages must not repeat.
const LONG: usize = 500_000;

/// Replies in which a long string is in each position that a reader may complain about.
fn replies() -> Vec<Value> {
    let long = "x".repeat(LONG);
    let entity = |more: Value| {
        let mut entity = json!({"start": 0, "end": 3, "label": "NAME"});
        entity.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({"entities": [entity]})
    };
    vec![
        json!({"entities": long}),
        json!({"entities": [long]}),
        json!({"entities": {"list": long}}),
        json!({"ents": long}),
        json!({long.as_str(): []}),
        json!({"entities": [], "offset_unit": long}),
        json!({"id": long, "entities": []}),
        entity(json!({"start": long})),
        entity(json!({"end": long})),
        entity(json!({"label": [long]})),
        entity(json!({"text": long})),
        entity(json!({"confidence": long})),
        entity(json!({"fragments": long})),
        entity(json!({"attributes": long})),
        entity(json!({"alternatives": [{"label": 1, "start": long}]})),
        json!({"error": {"message": long}}),
        json!({"message": long}),
        json!([{"entity_group": long}]),
        json!(long),
    ]
}

/// Every document failed, each with a message of one line that repeats nothing long. Of the message
/// that a server wrote for its users, up to 300 characters are shown.
#[track_caller]
fn is_short(ended: &Ended, count: usize) {
    assert_eq!(ended.ends.len(), count);
    let is_of_server = |at: usize| {
        let replies = replies();
        let reply = replies.get(at);
        reply.is_some_and(|reply| reply.get("message").or(reply.pointer("/error/message")).is_some())
    };
    for (at, (status, message)) in ended.ends.iter().enumerate().filter(|(_, (status, _))| status != "ok") {
        assert_eq!(status, "failed", "{at}");
        let most = if is_of_server(at) { 300 } else { 80 };
        assert!(!message.contains(&"x".repeat(most + 1)), "{at}: {message}");
        assert!(!message.contains('\n') && message.chars().count() < 700, "{at}: {message}");
    }
    assert!(!ended.errors.contains(&"x".repeat(301)));
}

#[test]
fn of_services() {
    let replies = replies();
    let count = replies.len();
    let texts: Vec<String> = (0..count).map(|at| format!("Ada {at}")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let server = Server::start(move |seen| {
        let at: usize = seen.text().split(' ').nth(1).unwrap().parse().unwrap();
        let status = if seen.path == "/bad" { 400 } else { 200 };
        Act::json(status, &replies[at])
    });
    let numbers = "extra = {}";
    for (path, response) in [
        ("/extract", ""),
        ("/extract", "response = {label = \"/label\", quotes = true}"),
        ("/extract", "response = {entities = \"/found\"}"),
        ("/bad", ""),
    ] {
        let url = server.url(path);
        let table = format!("kind = \"http\"\nurl = \"{url}\"\nlayers = [\"entities\"]\nretries = 0\n{response}");
        is_short(&run(&project_with(&texts, &table), &[]), count);
    }
    for path in ["/v1", "/bad"] {
        let url = server.url(path);
        let table = format!(
            "kind = \"openai\"\nbase_url = \"{url}\"\nmodel = \"m\"\nkey_env = \"\"\nlayers = [\"entities\"]\n\
             prompt = \"{{text}}\"\nretries = 0\n{numbers}"
        );
        is_short(&run(&project_with(&texts, &table), &[]), count);
    }
}

#[test]
fn of_models() {
    let replies = replies();
    let count = replies.len();
    let texts: Vec<String> = (0..count).map(|at| format!("Ada {at}")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let server = Server::start(move |seen| {
        let at: usize = seen.text().split(' ').nth(1).unwrap().parse().unwrap();
        let message = json!({"content": replies[at].to_string()});
        Act::json(200, &json!({"choices": [{"message": message, "finish_reason": "stop"}]}))
    });
    let url = server.url("/v1");
    let table = format!(
        "kind = \"openai\"\nbase_url = \"{url}\"\nmodel = \"m\"\nkey_env = \"\"\nlayers = [\"entities\"]\n\
         prompt = \"{{text}}\"\nretries = 0"
    );
    is_short(&run(&project_with(&texts, &table), &[]), count);
}

#[test]
fn of_programs() {
    let (mut merged, mut whole) = (Vec::new(), Vec::new());
    for reply in replies() {
        if reply.is_object() {
            merged.push(format!("merge {reply}"));
        }
        whole.push(format!("line {reply}"));
    }
    let long = "x".repeat(LONG);
    whole.push(format!("line {}", json!({"type": long})));
    whole.push(format!("line {}", json!({"type": "result", "seq": long})));
    whole.push(format!("line {}", json!({"type": "result", "seq": 1, "usage": {"tokens_in": long}})));
    let texts: Vec<&str> = merged.iter().chain(&whole).map(String::as_str).collect();
    is_short(&run(&project(&texts, &[], "workers = 2"), &[]), texts.len());
}

/// The text is what the script writes.
#[cfg(unix)]
#[test]
fn of_scripts() {
    let texts: Vec<String> = replies().iter().map(ToString::to_string).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let table = "kind = \"process\"\ncommand = [\"cat\"]\nmode = \"once\"\nlayers = [\"entities\"]";
    // The whole message of a script is that of a program: it is cut as such.
    let ended = run(&project_with(&texts, table), &[]);
    assert!(ended.ends.iter().all(|(_, message)| message.chars().count() <= 2000 && !message.contains('\n')));
    let others: Vec<_> = ended.ends.iter().filter(|(_, message)| !message.starts_with("xxx")).cloned().collect();
    is_short(&Ended { ends: others.clone(), ..ended }, others.len());
}

/// A judge of one line.
#[cfg(unix)]
#[test]
fn of_judges() {
    let cli = crate::cli::Cli::new();
    cli.write("gold.jsonl", "{\"id\": \"a\", \"key_points\": [{\"id\": \"K1\", \"text\": \"One.\", \"weight\": 3}]}\n");
    cli.write("pred.jsonl", "{\"id\": \"a\", \"summary\": \"First of all.\"}\n");
    let long = "x".repeat(LONG);
    for answer in [
        json!({"type": "verdict", "seq": 1, "verdict": long}),
        json!({"type": "verdict", "seq": long, "verdict": 1}),
        json!({"type": long}),
        json!(long),
    ] {
        cli.write("answer.json", format!("{answer}\n"));
        let script = "IFS= read -r hello\n\
                      echo '{\"type\":\"hello\",\"protocol\":\"karat.judge/1\",\"name\":\"shell\",\"version\":\"1\"}'\n\
                      while IFS= read -r line; do cat answer.json; done\n";
        cli.write("judge.sh", script);
        let judge = ["--judge", "sh judge.sh", "--judge-timeout", "5", "--metric", "key_points"];
        let arguments = [&["score", "--gold", "gold.jsonl", "--pred", "pred.jsonl"], &judge[..]].concat();
        let output = cli.karat(&arguments).output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!errors.contains(&"x".repeat(81)), "{}", &errors[..errors.len().min(1000)]);
        assert!(errors.len() < 3000, "{}", errors.len());
    }
}
