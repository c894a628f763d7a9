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
        ("[]", "the model's answer is not an object"),
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
