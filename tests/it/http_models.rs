//! Models behind an OpenAI-compatible API: what they are asked, and what becomes of their answers.

use serde_json::{Value, json};

use crate::cli::Cli;
use crate::http_server::{Act, Server};
use crate::process::{project_with, run, run_where, statuses};

fn project(server: &Server, texts: &[&str], more: &str) -> Cli {
    let base = server.url("/v1");
    project_with(
        texts,
        &format!("kind = \"openai\"\nbase_url = \"{base}\"\nmodel = \"m\"\nkey_env = \"\"\nbackoff = \"5ms\"\n{more}"),
    )
}

fn replies(content: &str) -> Act {
    choice(&json!({"message": {"role": "assistant", "content": content}, "finish_reason": "stop"}))
}

fn choice(choice: &Value) -> Act {
    Act::json(200, &json!({"choices": [choice], "usage": {"prompt_tokens": 1000, "completion_tokens": 100}}))
}

/// The text is the model's answer.
fn echo(seen: &crate::http_server::Seen) -> Act {
    replies(seen.text())
}

fn predicted(cli: &Cli) -> Vec<Value> {
    cli.read("r/predictions/d/mine.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The whole request, with its schema, for every layer that a model can fill.
#[test]
fn what_a_model_is_asked() {
    let server = Server::start(|_| {
        replies(r#"{"entities": [], "key_points": [], "key_sentences": [], "summaries": [], "keyphrases": []}"#)
    });
    let layers = r#"layers = ["entities", "key_points", "key_sentences", "summaries", "keyphrases"]"#;
    let cli = project(
        &server,
        &["Ada met Bob."],
        &format!("{layers}\nlabels = [\"PERSON\", \"GPE\"]\nseed = 7\nmax_tokens = 500"),
    );
    let ended = run(&cli, &[]);
    assert_eq!(ended.code, Some(0), "{:?}", ended.ends);
    let seen = &server.seen()[0];
    assert_eq!((seen.method.as_str(), seen.path.as_str()), ("POST", "/v1/chat/completions"));
    assert_eq!(seen.headers.get("authorization"), None);
    insta::assert_snapshot!("openai_request", serde_json::to_string_pretty(&seen.body).unwrap());
}

#[test]
fn prompts_of_ones_own() {
    let server = Server::start(|_| replies(r#"{"summaries": ["Short."]}"#));
    let more = r#"layers = ["summaries"]
system = ""
prompt_file = "prompt.md"
temperature = "default"
extra = {top_p = 0.5, response_format = {type = "json_object"}}
"#;
    let cli = project(&server, &["say {id}"], &more.replace("prompt_file", "#"));
    cli.write("karat.toml", cli.read("karat.toml").replace("# = ", "prompt_file = "));
    cli.write("prompt.md", "Sum up {id}, as {\"summaries\": [\"...\"]}:\n{text}");
    let ended = run(&cli, &[]);
    assert_eq!(ended.code, Some(0), "{:?}", ended.ends);
    assert_eq!(
        server.seen()[0].body,
        json!({
            "model": "m", "top_p": 0.5, "response_format": {"type": "json_object"},
            "messages": [{"role": "user", "content": "Sum up d00, as {\"summaries\": [\"...\"]}:\nsay {id}"}],
        })
    );
}

#[test]
fn quotes_become_spans() {
    let text = "Ada met “Bob” in Oslo.\nAda left Oslo at noon – alone.";
    let answer = json!({
        "entities": [
            {"quote": "Ada", "label": "PERSON"}, {"quote": "\"Bob\"", "label": "PERSON"}, {"quote": "oslo", "label": "GPE"},
            {"quote": "Ada", "label": "PERSON"}, {"quote": "Oslo", "label": "GPE"}, {"quote": "Ada", "label": "PERSON"},
            {"quote": "Bergen", "label": "GPE"},
        ],
        "key_sentences": ["Ada left Oslo at noon - alone."],
    });
    let server = Server::start(move |_| replies(&answer.to_string()));
    let cli = project(
        &server,
        &[text],
        "layers = [\"entities\", \"key_sentences\"]\nprices = {tokens_in = 0.5, tokens_out = 2}",
    );
    let ended = run(&cli, &[]);
    assert_eq!(ended.code, Some(0), "{:?}", ended.ends);
    let found = &predicted(&cli)[0];
    let spans: Vec<_> = found["entities"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| (e["start"].as_u64().unwrap(), e["text"].as_str().unwrap()))
        .collect();
    assert_eq!(spans, [(0, "Ada"), (8, "“Bob”"), (17, "Oslo"), (23, "Ada"), (32, "Oslo")]);
    assert_eq!(found["key_sentences"], json!([{"start": 23, "end": 53, "text": "Ada left Oslo at noon – alone."}]));
    let mine = &ended.manifest["extractors"]["mine"];
    assert_eq!(
        mine["notes"]["d"]["d00"],
        json!([
            "the quote \"Ada\" occurs more often in the answer than in the text",
            "the quote \"Bergen\" does not occur in the text",
        ])
    );
    assert_eq!(mine["usage"]["d"], json!({"tokens_in": 1000, "tokens_out": 100, "cost": 0.0007}));
    assert!(mine["fingerprints"]["d"].as_str().unwrap().starts_with("openai:"));
}

#[test]
fn answers_that_are_none() {
    let server = Server::start(|seen| match seen.text() {
        "refuse" => choice(
            &json!({"message": {"content": null, "refusal": "I cannot help with that"}, "finish_reason": "stop"}),
        ),
        "cut" => choice(&json!({"message": {"content": "{\"summaries\": [\"Sh"}, "finish_reason": "length"})),
        "none" => Act::json(200, &json!({"choices": []})),
        "other" => Act::json(200, &json!({"answer": "{}"})),
        "wrong" => {
            Act::json(404, &json!({"error": {"message": "The model `m` does not exist", "code": "model_not_found"}}))
        }
        _ => echo(seen),
    });
    let cases = [
        ("refuse", "the model refused: \"I cannot help with that\""),
        ("cut", "the model's answer was cut off (`finish_reason` is \"length\"): raise `max_tokens`"),
        ("none", "`choices` of the server's answer is empty"),
        ("other", "has no `choices`: is this an OpenAI-compatible API?"),
        ("wrong", "404 (not found): \"The model `m` does not exist\"; there is no such address, or no such model"),
        (
            "Sure! Here it is",
            "the model's answer is not JSON (expected value at line 1 column 1): \"Sure! Here it is\"",
        ),
        ("```json\nSure\n```", "is not JSON between its ``` fences"),
        ("[]", "the model's answer is not an object: \"[]\""),
        ("{}", "the model's answer has no `summaries`"),
        ("{\"summaries\": \"x\"}", "`summaries` of the model's answer is not a list"),
        ("{\"summaries\": [1]}", "`summaries[0]` of the model's answer has no text"),
        (" ", "the model's answer is empty"),
    ];
    let texts: Vec<&str> =
        cases.iter().map(|(text, _)| *text).chain(["```json\n{\"summaries\": [\"Short.\"]}\n```"]).collect();
    let cli = project(&server, &texts, "layers = [\"summaries\"]\nprompt = \"{text}\"");
    let ended = run(&cli, &[]);
    for ((text, why), (status, message)) in cases.iter().zip(&ended.ends) {
        assert!(status == "failed" && message.contains(why), "{text}: {status}: {message}");
    }
    assert_eq!((ended.code, statuses(&ended)[12]), (Some(5), "ok"));
    assert_eq!(predicted(&cli)[12]["summaries"], json!(["Short."]));
    let mine = &ended.manifest["extractors"]["mine"];
    assert_eq!(mine["notes"]["d"]["d12"], json!(["the model put its answer between ``` fences"]));
    // What was paid for was paid for.
    assert_eq!(mine["usage"]["d"]["tokens_in"], 1000 * 10);
}

#[test]
fn keys_and_replays() {
    let server = Server::start(|seen| {
        assert_eq!(seen.headers["authorization"], "Bearer sk-0123456789");
        replies("{\"summaries\": []}")
    });
    let cli =
        project(&server, &["Ada"], "layers = [\"summaries\"]\ncassettes = \"tapes\"\nkey_env = \"OPENAI_API_KEY\"");
    cli.write("karat.toml", cli.read("karat.toml").replace("key_env = \"\"\n", ""));
    let ended = run(&cli, &[]);
    assert!(ended.ends[0].1.contains("`OPENAI_API_KEY` is not set"), "{:?}", ended.ends);
    assert_eq!(run_where(&cli, &[], &[("OPENAI_API_KEY", "sk-0123456789\n")]).code, Some(0));
    // It is the usual one, and none is needed for what was recorded.
    cli.write("karat.toml", cli.read("karat.toml").replace("key_env", "# key_env"));
    drop(server);
    assert_eq!(run_where(&cli, &[], &[("KARAT_REPLAY", "only")]).code, Some(0));
}

#[test]
fn metadata_that_a_prompt_needs() {
    let server = Server::start(|_| replies("{\"summaries\": []}"));
    let cli = project(&server, &[], "layers = [\"summaries\"]\nprompt = \"{meta.kind}: {text}\"");
    cli.write(
        "docs.jsonl",
        "{\"id\": \"a\", \"text\": \"Ada\", \"meta\": {\"kind\": \"news\"}}\n{\"id\": \"b\", \"text\": \"Bob\"}\n",
    );
    cli.write("golden/a.json", r#"{"id": "a", "summaries": ["x"]}"#);
    cli.write("golden/b.json", r#"{"id": "b", "summaries": ["x"]}"#);
    cli.write("karat.toml", cli.read("karat.toml").replace("\"docs\"", "\"docs.jsonl\""));
    let ended = run(&cli, &[]);
    assert_eq!(statuses(&ended), ["ok", "failed"], "{:?}", ended.ends);
    assert_eq!(server.seen().iter().map(|seen| seen.text().to_owned()).collect::<Vec<_>>(), ["news: Ada"]);
    assert!(ended.ends[1].1.contains("the document's `meta` has no `kind`"), "{:?}", ended.ends);
}

/// A model answers keys in the order of the schema, so that it decides on the label with the quote
/// in view. The order is that of the bytes which are sent, and of the recorded name.
#[test]
fn the_schema_lists_the_quote_first() {
    let server = Server::start(|_| replies(r#"{"entities": []}"#));
    let cli = project(&server, &["Ada"], "layers = [\"entities\"]\ncassettes = \"tapes\"");
    let ended = run(&cli, &[]);
    assert_eq!(ended.code, Some(0), "{:?}", ended.ends);
    let seen = &server.seen()[0];
    let at = |part: &str| seen.raw.find(part).unwrap_or_else(|| panic!("{part}: {}", seen.raw));
    assert!(at(r#""properties":{"quote":{"#) < at(r#""label":{"type":"string"}}"#));
    at(r#""required":["quote","label"]"#);
    let name = {
        let url = server.url("/v1/chat/completions");
        karat::format::sha256(format!("POST\n{url}\n{}", seen.raw))
    };
    assert!(cli.exists(&format!("tapes/{name}.json")));
    let fingerprint = |more: &str| {
        let cli = project(&server, &["Ada"], &format!("layers = [\"entities\"]\n{more}"));
        run(&cli, &[]).manifest["extractors"]["mine"]["fingerprints"]["d"].clone()
    };
    assert_ne!(fingerprint(""), fingerprint("strict_answer = true"));
}

/// A server that refuses a parameter is asked again without it, once in a run, also when the run is
/// replayed.
#[test]
fn refused_parameters_are_left_out() {
    let server = Server::start(|seen| {
        let refuse = |status, message: &str| Act::json(status, &json!({"error": {"message": message}}));
        if seen.body.get("temperature").is_some() {
            refuse(400, "Unsupported value: 'temperature' does not support 0 with this model.")
        } else if seen.body.get("response_format").is_some() {
            Act::json(
                422,
                &json!({"detail": [{"loc": ["body", "response_format"], "msg": "Extra inputs are not permitted"}]}),
            )
        } else {
            replies(r#"{"summaries": ["Short."]}"#)
        }
    });
    let cli = project(
        &server,
        &["Ada", "Bob", "Cyd"],
        "layers = [\"summaries\"]\nconcurrency = 1\ncassettes = \"tapes\"\nretries = 0",
    );
    let ended = run(&cli, &[]);
    assert_eq!((ended.code, statuses(&ended)), (Some(0), vec!["ok"; 3]), "{:?}", ended.ends);
    assert_eq!(server.seen().len(), 2 + 3);
    let note = |name: &str| json!(format!("the server refuses `{name}`, so that the request was sent without it"));
    let notes = json!([note("response_format"), note("temperature")]);
    let of = |ended: &crate::process::Ended, id: &str| ended.manifest["extractors"]["mine"]["notes"]["d"][id].clone();
    assert_eq!((of(&ended, "d00"), of(&ended, "d02")), (notes.clone(), notes.clone()));
    drop(server);
    let whole = run_where(&cli, &[], &[("KARAT_REPLAY", "only")]);
    assert_eq!((whole.code, of(&whole, "d00")), (Some(0), notes.clone()), "{:?}", whole.ends);
    // The last document alone, whose request was never sent with all parameters.
    let again = run_where(&cli, &["--document", "d02"], &[("KARAT_REPLAY", "only")]);
    assert_eq!((again.code, of(&again, "d02")), (Some(0), notes), "{:?}", again.ends);
}

/// What the configuration asks for is not left out, and other bad requests are not sent again.
#[test]
fn other_refusals_stay() {
    let server = Server::start(|seen| match seen.text() {
        "own" => Act::json(400, &json!({"error": {"message": "temperature is not supported"}})),
        _ => Act::json(422, &json!({"detail": [{"loc": ["body"], "msg": "no", "input": {"temperature": 0}}]})),
    });
    let more = "layers = [\"summaries\"]\nprompt = \"{text}\"\nextra = {temperature = 1}";
    let ended = run(&project(&server, &["own", "other"], more), &[]);
    assert_eq!((statuses(&ended), server.seen().len()), (vec!["failed"; 2], 2), "{:?}", ended.ends);
    let ended = run(&project(&server, &["other"], "layers = [\"summaries\"]\nprompt = \"{text}\""), &[]);
    assert_eq!((statuses(&ended), server.seen().len()), (vec!["failed"], 3), "{:?}", ended.ends);
}

#[test]
fn what_surrounds_an_answer() {
    let answer = r#"{"summaries": ["Short."]}"#;
    let texts = [
        format!("<think>Is {{this}} short?</think>\n{answer}"),
        format!("Here it is:\n```json\n{answer}\n```\nAnything else?"),
        format!("<think>Hm.</think>```\n{answer}\n```"),
    ];
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let server = Server::start(echo);
    let more = "layers = [\"summaries\"]\nprompt = \"{text}\"";
    let cli = project(&server, &texts, more);
    let ended = run(&cli, &[]);
    assert_eq!((ended.code, statuses(&ended)), (Some(0), vec!["ok"; 3]), "{:?}", ended.ends);
    assert!(predicted(&cli).iter().all(|found| found["summaries"] == json!(["Short."])));
    let notes = &ended.manifest["extractors"]["mine"]["notes"]["d"];
    let reasoning = "the model's answer begins with a `<think>` block, which was left out";
    assert_eq!(notes["d00"], json!([reasoning]));
    assert_eq!(notes["d01"], json!(["the model wrote text around its JSON object, which was left out"]));
    assert_eq!(notes["d02"], json!([reasoning, "the model put its answer between ``` fences"]));
    let ended = run(&project(&server, &texts, &format!("{more}\nstrict_answer = true")), &[]);
    assert_eq!(statuses(&ended), ["failed"; 3]);
    assert!(ended.ends[0].1.contains("`strict_answer` allows nothing around it"), "{:?}", ended.ends);
}

#[test]
fn answers_without_content() {
    let server = Server::start(|seen| {
        let message = match seen.text() {
            "tool" => json!({"content": null, "tool_calls": [{"function": {"name": "label", "arguments": "{}"}}]}),
            "reason" => json!({"content": "", "reasoning_content": "Let me think."}),
            "both" => json!({"content": "{\"summaries\": [\"Short.\"]}", "reasoning_content": "Let me think."}),
            _ => json!({"content": "  "}),
        };
        choice(&json!({"message": message, "finish_reason": "stop"}))
    });
    let ended = run(
        &project(&server, &["tool", "reason", "none", "both"], "layers = [\"summaries\"]\nprompt = \"{text}\""),
        &[],
    );
    for ((_, message), part) in ended.ends.iter().zip([
        "the model's answer is a tool call of \"label\" (`tool_calls`) without content",
        "the model's answer is only its reasoning (`reasoning_content`) without content: raise `max_tokens`",
        "the model's answer is empty",
        "",
    ]) {
        assert!(message.contains(part), "{part}: {message}");
    }
    assert_eq!(statuses(&ended), ["failed", "failed", "failed", "ok"]);
}

#[test]
fn prose_is_a_summary() {
    let server = Server::start(|_| replies("<think>Hm.</think>\nAda met Bob.\n"));
    let cli = project(&server, &["Ada met Bob in Oslo."], "layers = [\"summaries\"]\nresponse = \"text\"");
    let ended = run(&cli, &[]);
    assert_eq!(ended.code, Some(0), "{:?}", ended.ends);
    assert_eq!(predicted(&cli)[0]["summaries"], json!(["Ada met Bob."]));
    let seen = &server.seen()[0];
    assert!(seen.body.get("response_format").is_none() && !seen.raw.contains("JSON"), "{}", seen.raw);
    let cli = project(&server, &["Ada"], "layers = [\"summaries\", \"entities\"]\nresponse = \"text\"");
    let output = cli.karat(&["run"]).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(errors.contains("reads the answer as text, which is a summary and no other layer"), "{errors}");
}

#[test]
fn streams_and_compressed_answers() {
    let server = Server::start(|seen| {
        let content = r#"{"summaries": ["Short."]}"#;
        let (first, second) = content.split_at(11);
        let chunk = |delta: Value, reason: Value| {
            format!("data: {}\n\n", json!({"choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}))
        };
        let start = chunk(json!({"role": "assistant", "content": first}), Value::Null);
        let rest = chunk(json!({"content": second}), json!("stop"));
        let usage = json!({"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 2}});
        let stream = [("Content-Type", "text/event-stream")];
        let gzip = |text: &str| {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
            std::io::Write::write_all(&mut encoder, text.as_bytes()).unwrap();
            encoder.finish().unwrap()
        };
        let whole = json!({"choices": [{"message": {"content": content}, "finish_reason": "stop"}]}).to_string();
        match seen.text() {
            "stream" => Act::of(200, &stream, format!(": hold\n\n{start}{rest}data: {usage}\n\ndata: [DONE]\n\n")),
            "cut" => Act::of(200, &stream, start),
            "gzip" => Act::of(200, &[("Content-Encoding", "gzip")], gzip(&whole)),
            "bomb" => Act::of(200, &[("Content-Encoding", "gzip")], gzip(&" ".repeat(3_000_000))),
            _ => Act::of(200, &[("Content-Encoding", "br")], whole),
        }
    });
    let more = "layers = [\"summaries\"]\nprompt = \"{text}\"\nmax_output = \"1MB\"\nretries = 0";
    let cli = project(&server, &["stream", "gzip", "cut", "bomb", "brotli"], more);
    let ended = run(&cli, &[]);
    assert_eq!(statuses(&ended), ["ok", "ok", "failed", "failed", "failed"], "{:?}", ended.ends);
    assert!(predicted(&cli)[..2].iter().all(|found| found["summaries"] == json!(["Short."])));
    assert_eq!(ended.manifest["extractors"]["mine"]["usage"]["d"]["tokens_in"], 7);
    for ((_, message), part) in ended.ends[2..].iter().zip([
        "the server's stream ended before the model's answer did",
        "the server answers with more than 1000000 bytes: `max_output` allows more",
        "the server's answer is compressed as \"br\"",
    ]) {
        assert!(message.contains(part), "{part}: {message}");
    }
}

#[test]
fn costs() {
    let server = Server::start(|_| {
        let usage = json!({
            "prompt_tokens": 1000.0, "completion_tokens": 100, "cost": 0.0123,
            "prompt_tokens_details": {"cached_tokens": 800},
        });
        let message = json!({"content": "{\"summaries\": []}"});
        Act::json(200, &json!({"choices": [{"message": message, "finish_reason": "stop"}], "usage": usage}))
    });
    let usage = |more: &str| {
        let ended = run(&project(&server, &["Ada"], &format!("layers = [\"summaries\"]\n{more}")), &[]);
        let usage = &ended.manifest["extractors"]["mine"]["usage"]["d"];
        (usage["tokens_in"].as_u64().unwrap(), usage["cost"].as_f64().unwrap())
    };
    assert_eq!(usage(""), (1000, 0.0123));
    assert_eq!(usage("prices = {tokens_in = 1, tokens_out = 2}"), (1000, 0.0012));
    assert_eq!(usage("prices = {tokens_in = 1, tokens_out = 2, cached = 0.25}"), (1000, 0.0006));
}
