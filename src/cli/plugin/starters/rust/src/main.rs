//! {{name}}: an extractor for karat. Replace `extract`; the rest speaks karat's protocol.

use serde_json::{json, Value};
use std::error::Error;
use std::io::{self, BufRead, Write};
use std::panic::{catch_unwind, AssertUnwindSafe};

const NAME: &str = "{{name}}";
const VERSION: &str = env!("CARGO_PKG_VERSION");
const LAYERS: &[&str] = &["entities"];
/// What the output depends on besides this program: versions of models, settings.
const FINGERPRINT: &str = "";

// ======== Yours to replace ========

/// The layers of one document. Offsets count code points; to count bytes instead, add `"offset_unit": "byte"`.
/// Only protocol lines may reach stdout: print with `eprintln!`.
fn extract(text: &str, _meta: &Value) -> Result<Value, Box<dyn Error>> {
    let mut entities = Vec::new();
    let mut start = 0;
    // Each piece is a word, which may be empty, and the character that ends it.
    for piece in text.split_inclusive(|c: char| !c.is_alphabetic()) {
        let word = piece.trim_end_matches(|c: char| !c.is_alphabetic());
        if word.starts_with(char::is_uppercase) {
            let end = start + word.chars().count();
            entities.push(json!({"start": start, "end": end, "label": "NAME", "text": word}));
        }
        start += piece.chars().count();
    }
    Ok(json!({ "entities": entities }))
}

// ======== The protocol, karat.extractor/1 ========

fn hello() -> Value {
    json!({
        "type": "hello",
        "protocol": "karat.extractor/1",
        "name": NAME,
        "version": VERSION,
        "layers": LAYERS,
        "fingerprint": FINGERPRINT,
    })
}

fn failure(seq: &Value, message: String) -> Value {
    json!({"type": "error", "seq": seq, "message": message})
}

fn answer(line: &[u8]) -> Value {
    let request: Value = match serde_json::from_slice(line) {
        Ok(request) => request,
        Err(problem) => return failure(&Value::Null, format!("this is not a line of JSON: {problem}")),
    };
    if !request.is_object() {
        return failure(&Value::Null, "a request is a JSON object".into());
    }
    let (kind, seq, id) = (&request["type"], &request["seq"], &request["id"]);
    if kind == "hello" {
        return hello();
    }
    if kind != "extract" {
        return failure(seq, format!("unknown type of request: {kind}"));
    }
    let Some(text) = request["text"].as_str() else {
        return failure(seq, "an extract request needs a text".into());
    };
    // One bad document must not end the others, not even by a panic.
    let outcome = catch_unwind(AssertUnwindSafe(|| extract(text, &request["meta"])));
    let message = match outcome {
        Ok(Ok(mut reply)) => {
            reply["type"] = "result".into();
            reply["seq"] = seq.clone();
            reply["id"] = id.clone();
            return reply;
        }
        Ok(Err(problem)) => problem.to_string(),
        Err(_) => "the extractor panicked; the panic's message is on stderr".into(),
    };
    json!({"type": "error", "seq": seq, "id": id, "message": message})
}

fn main() -> io::Result<()> {
    let mut replies = io::stdout().lock();
    // By bytes, since `lines()` would end the program at the first line that is not UTF-8. The loop ends when
    // karat closes stdin.
    for line in io::stdin().lock().split(b'\n') {
        writeln!(replies, "{}", answer(&line?))?;
        replies.flush()?;
    }
    Ok(())
}
