//! An extractor whose behaviour, good or bad, is set by a document's first word: the tests run it
//! as a real child process.
//!
//! It speaks `karat.extractor/1`. Arguments say how it starts
//! (`--start crash|hang|garbage|protocol|layers`), where every start leaves a line (`--log FILE`),
//! what it waits for before it answers (`--hold N` requests, answered backwards), and which
//! `--version` it says it has.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::exit,
    clippy::disallowed_methods,
    reason = "it misbehaves for a living"
)]

use std::env;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::process::{Command, Stdio, exit};
use std::thread::sleep;
use std::time::Duration;

use serde_json::{Value, json};

fn send(value: &Value) {
    let mut out = io::stdout().lock();
    writeln!(out, "{value}").and_then(|()| out.flush()).expect("karat listens");
}

fn forever() -> ! {
    loop {
        sleep(Duration::from_secs(3600));
    }
}

/// Becomes a shell that runs a script.
#[cfg(unix)]
fn become_shell(script: &str) -> ! {
    use std::os::unix::process::CommandExt;
    panic!("{}", Command::new("sh").args(["-c", script]).exec());
}

#[cfg(not(unix))]
fn become_shell(_: &str) -> ! {
    forever()
}

struct Options {
    start: String,
    log: Option<String>,
    hold: usize,
    version: String,
}

fn options() -> Options {
    let mut options = Options { start: String::new(), log: None, hold: 1, version: "1".to_owned() };
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let value = arguments.next().expect("every option has a value");
        match argument.as_str() {
            "--start" => options.start = value,
            "--log" => options.log = Some(value),
            "--version" => options.version = value,
            "--hold" => options.hold = value.parse().expect("a number"),
            other => panic!("there is no option {other}"),
        }
    }
    options
}

/// Leaves a line in the log.
fn note(options: &Options, text: &str) {
    if let Some(file) = &options.log {
        let mut file = OpenOptions::new().create(true).append(true).open(file).expect("the log can be written");
        writeln!(file, "{text}").expect("the log can be written");
    }
}

fn main() {
    let options = options();
    note(&options, "start");
    match options.start.as_str() {
        "crash" => {
            eprintln!("no model here");
            exit(7);
        }
        "hang" => forever(),
        "garbage" => println!("loading model ..."),
        _ => {}
    }
    let (mut held, lines) = (Vec::new(), io::stdin().lines());
    for line in lines {
        let line = line.expect("karat speaks");
        let Ok(request) = serde_json::from_str::<Value>(&line) else {
            send(&json!({"type": "error", "seq": null, "message": "this is not JSON"}));
            continue;
        };
        match request["type"].as_str() {
            Some("hello") => send(&json!({
                "type": "hello",
                "protocol": if options.start == "protocol" { "karat.extractor/9" } else { "karat.extractor/1" },
                "name": "flaky",
                "version": options.version,
                "layers": [if options.start == "layers" { "entites" } else { "entities" }],
            })),
            Some("extract") if request["text"].is_string() => {
                held.push(request);
                if held.len() >= options.hold {
                    held.drain(..).rev().for_each(|request| answer(&request, &options));
                }
            }
            _ => send(&json!({"type": "error", "seq": request["seq"], "message": "what is this?"})),
        }
    }
}

fn answer(request: &Value, options: &Options) {
    let text = request["text"].as_str().unwrap_or_default();
    let mut words = text.split_whitespace();
    let result = |more: Value| {
        let mut value =
            json!({"type": "result", "seq": request["seq"], "id": request["id"], "entities": entities(text)});
        value.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
        value
    };
    match words.next().unwrap_or_default() {
        "crash" => {
            eprintln!("first\n\nboom on {}", request["id"]);
            exit(3);
        }
        "raise" => {
            eprintln!("Traceback (most recent call last):\n  File \"ner.py\", line 3, in <module>\n    load()");
            eprintln!("model.LoadError: no weights\nsys:1: ResourceWarning: unclosed file");
            exit(1);
        }
        // Only where other requests were sent, too.
        "hang" => forever(),
        "deaf" => become_shell("trap '' TERM INT HUP; while :; do sleep 1; done"),
        "garbage" => println!("Traceback (most recent call last):"),
        "binary" => io::stdout().write_all(b"\xff\xfe\n").expect("karat listens"),
        "half" => {
            print!("{{\"type\": \"result\", \"seq\": {}", request["seq"]);
            io::stdout().flush().expect("karat listens");
            exit(0);
        }
        "flood" => {
            let block = [b'x'; 1 << 16];
            while io::stdout().write_all(&block).is_ok() {}
            exit(1);
        }
        "unknown_id" => send(&result(json!({"id": "somebody else"}))),
        "no_id" => send(&json!({"type": "result", "seq": request["seq"], "entities": []})),
        "number" => send(&result(json!({"seq": 999_999}))),
        "twice" => {
            send(&result(json!({})));
            send(&result(json!({})));
        }
        "closed" => become_shell("exec >&-; while :; do sleep 1; done"),
        "parent" => {
            let child = Command::new("sleep").arg("1000").stdin(Stdio::null()).spawn().expect("there is a sleep");
            note(options, &format!("grandchild {}", child.id()));
            exit(4);
        }
        "leaver" => {
            send(&result(json!({})));
            exit(0);
        }
        // The rest of the text is JSON: further keys of the result, or the whole line.
        "merge" => send(&result(serde_json::from_str(&text["merge".len()..]).expect("an object"))),
        "line" => send(&serde_json::from_str(&text["line".len()..]).expect("JSON")),
        "sorry" => {
            send(&json!({"type": "error", "seq": request["seq"], "id": request["id"], "message": "not my language"}));
        }
        "once" => {
            // Fails the first time that anybody asks, as the log has it.
            let log = options.log.as_ref().and_then(|file| std::fs::read_to_string(file).ok()).unwrap_or_default();
            let mark = format!("asked {}", request["id"]);
            note(options, &mark);
            if log.contains(&mark) { send(&result(json!({}))) } else { exit(5) }
        }
        "past" => send(&result(json!({"entities": [{"start": 0, "end": 9999, "label": "NAME"}]}))),
        "shifted" => send(&result(json!({"entities": [{"start": 1, "end": 3, "label": "NAME", "text": "zz"}]}))),
        "label" => send(&result(json!({"entities": [{"start": 0, "end": 5, "label": "UNHEARD"}]}))),
        "utf16" => {
            send(&result(json!({"offset_unit": "utf16", "entities": [{"start": 6, "end": 8, "label": "NAME"}]})));
        }
        "slow" => {
            let milliseconds = words.next().and_then(|word| word.parse().ok()).unwrap_or(100);
            sleep(Duration::from_millis(milliseconds));
            send(&result(json!({})));
        }
        "paid" => send(&result(json!({"usage": {"tokens_in": 100, "tokens_out": 10, "cost": 0.25}}))),
        "noisy" => {
            (0..10_000).for_each(|number| eprintln!("warning {number}"));
            send(&result(json!({})));
        }
        _ => send(&result(json!({}))),
    }
}

/// Capitalised words.
fn entities(text: &str) -> Vec<Value> {
    let (mut found, mut at) = (Vec::new(), 0);
    for word in text.split_inclusive(char::is_whitespace) {
        let bare = word.trim_end();
        if bare.starts_with(char::is_uppercase) {
            let end = at + bare.chars().count();
            found.push(json!({"start": at, "end": end, "label": "NAME", "text": bare}));
        }
        at += word.chars().count();
    }
    found
}
