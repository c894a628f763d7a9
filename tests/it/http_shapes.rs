//! The shapes of replies that the table `response` reads, and the messages about those that it does
//! not.

use serde_json::{Value, json};

use crate::cli::Cli;
use crate::http_server::{Act, Server};
use crate::process::{Ended, project_with, run};

/// The text that the examples of the documentation are replies to.
const TEXT: &str = "Ada Byron met Bob.";

/// Runs one document of a text against a server that always gives this reply.
fn replied(text: &str, more: &str, reply: &Value) -> (Cli, Ended) {
    let reply = reply.clone();
    let server = Server::start(move |_| Act::json(200, &reply));
    let cli = project_with(&[text], &format!("kind = \"http\"\nurl = \"{}\"\nretries = 0\n{more}", server.url("/")));
    let ended = run(&cli, &[]);
    (cli, ended)
}

fn predicted(cli: &Cli) -> Value {
    serde_json::from_str(cli.read("r/predictions/d/mine.jsonl").lines().next().unwrap()).unwrap()
}

/// The prediction for the usual text with this `response`.
#[track_caller]
fn read(response: &str, reply: &Value) -> (Value, Ended) {
    let (cli, ended) = replied(TEXT, &format!("layers = [\"entities\"]\n{response}"), reply);
    assert_eq!(ended.code, Some(0), "{response}: {reply}: {:?}", ended.ends);
    (predicted(&cli), ended)
}

/// The message about a reply.
#[track_caller]
fn message(response: &str, reply: &Value) -> String {
    let (_, ended) = replied(TEXT, &format!("layers = [\"entities\"]\n{response}"), reply);
    assert_eq!(ended.ends[0].0, "failed", "{response}: {reply}");
    ended.ends[0].1.clone()
}

/// Each row of the table of shapes in docs/PROTOCOL.md is true.
#[test]
fn documented_shapes() {
    let document = include_str!("../../docs/PROTOCOL.md");
    let rows = document.lines().skip_while(|line| !line.starts_with("| shape |")).skip(2);
    let mut count = 0;
    for row in rows.take_while(|line| line.starts_with('|')) {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(|cell| cell.trim().trim_matches('`')).collect();
        let [shape, response, reply] = cells[..] else { panic!("{row}") };
        let (found, _) = read(&format!("response = {response}"), &serde_json::from_str(reply).unwrap());
        let entity = &found["entities"][0];
        let span = (entity["start"].as_u64(), entity["end"].as_u64(), entity["label"].as_str());
        assert_eq!(span, (Some(0), Some(9), Some("PERSON")), "{shape}: {found}");
        assert_eq!(found["entities"].as_array().map(Vec::len), Some(1), "{shape}: {found}");
        assert_eq!(entity["text"].as_str().unwrap_or("Ada Byron"), "Ada Byron", "{shape}");
        let confidence = entity["confidence"].as_f64();
        assert_eq!(confidence, (reply.contains("0.9") || reply.contains("90")).then_some(0.9), "{shape}");
        count += 1;
    }
    assert_eq!(count, 14);
}

/// Whatever stands beside a declared layer, it is read.
#[test]
fn keys_beside_a_layer() {
    let found = json!([{"start": 0, "end": 3, "label": "NAME"}]);
    for other in [
        json!({"took": 3, "model": "x"}),
        json!({"status": "success", "error": ""}),
        json!({"status": 200, "text": 5, "meta": [], "repeat": "no", "error": null}),
        json!({"summary": 3, "relations": "none", "sumary": 1}),
    ] {
        let mut reply = other.as_object().unwrap().clone();
        reply.insert("entities".to_owned(), found.clone());
        let (found, _) = read("", &reply.into());
        assert_eq!(found["entities"][0]["end"], 3, "{other}");
    }
}

/// The message about a reply of another shape contains its keys and the line to write.
#[test]
fn replies_without_a_layer() {
    let item = json!({"start": 0, "end": 3, "label": "NAME"});
    let azure = json!({"text": "Ada", "category": "Person", "offset": 0, "length": 3, "confidenceScore": 0.98});
    let hugging_face = json!({"entity_group": "PER", "score": 0.9, "word": "Ada", "start": 0, "end": 3});
    let kserve = json!({"entities": [{"begin": 0, "end": 3, "type": "NAME"}]}).to_string();
    for (reply, parts) in [
        (
            json!({"ents": [item], "took": 3}),
            &["has no `entities`, but `ents` and `took`", "write `response = {entities = \"/ents\"}`"][..],
        ),
        (
            json!({"kind": "EntityRecognitionResults", "results": {"documents": [{"id": "1", "entities": [azure]}]}}),
            &[
                "but `kind` and `results`",
                "`response = {entities = \"/results/documents/*/entities\", label = \"/category\", start = \"/offset\", \
                 length = \"/length\", confidence = \"/confidenceScore\"}`",
            ],
        ),
        (
            json!([hugging_face]),
            &[
                "not an object but a list",
                "`response = {entities = \"\", label = \"/entity_group\", text = \"/word\", confidence = \"/score\"}`",
            ],
        ),
        (
            json!({"model_name": "ner", "outputs": [{"name": "x", "data": [kserve]}]}),
            &["entities = \"/entities\", json = \"/outputs/0/data/0\", label = \"/type\", start = \"/begin\""],
        ),
        (
            json!({"found": {"PERSON": ["Ada"], "GPE": ["Oslo"]}}),
            &["but `found`", "write `response = {entities = \"/found\", quotes = true}`"],
        ),
        (json!({"answer": 3}), &["but `answer`", "write `response = {entities = \"/answer\"}` if it is there"]),
        (json!({"summaries": ["x"]}), &["has no `entities`, but `summaries`"]),
        (
            json!({"id": "1", "entities": []}),
            &["the id \"\\\"1\\\"\", which is not the document's", "write `response = {entities = \"/entities\"}`"],
        ),
        (json!("x"), &["the server's answer is not an object: \"\\\"x\\\"\""]),
    ] {
        let found = message("", &reply);
        assert!(parts.iter().all(|part| found.contains(part)), "{reply}: {found}");
    }
    let (_, ended) = replied(TEXT, "layers = [\"summaries\"]", &json!([{"summary_text": "Short."}]));
    assert!(ended.ends[0].1.contains("`response = {summary = \"/*/summary_text\"}`"), "{:?}", ended.ends);
}

/// The message about an item contains its keys and the setting to write.
#[test]
fn items_of_another_shape() {
    let one = |item: Value| json!({"entities": [item]});
    for (response, reply, part) in [
        (
            "",
            one(json!({"begin": 0, "end": 3, "type": "X"})),
            "write `label = \"/type\", start = \"/begin\"` in `response`",
        ),
        ("", one(json!({"offset": 0, "length": 3, "label": "X"})), "write `start = \"/offset\", length = \"/length\"`"),
        (
            "",
            one(json!({"start": 0, "end": 9, "label": "X", "text": "ADA BYRON"})),
            "`ignore_case = true` in `response`",
        ),
        (
            "response = {ignore_case = true}",
            one(json!({"start": 0, "end": 9, "label": "X", "text": "ADA BIRON"})),
            "entities[0]: the text at 0..9 is \"Ada Byron\", but the annotation has \"ADA BIRON\"",
        ),
        (
            "response = {label = \"/kind\"}",
            one(json!({"start": 0, "end": 3, "type": "X"})),
            "entities[0]: it has nothing at `/kind`, the path that `label` of `response` sets, but `end`, `start` and `type`",
        ),
        (
            "response = {quotes = true}",
            one(json!({"text": "Ada", "entity_type": "X"})),
            "it has no `label`, but `entity_type` and `text`: write `label = \"/entity_type\"`",
        ),
        (
            "response = {text = \"/text\"}",
            one(json!({"start": 0, "end": 3, "label": "X", "confidence": 97.5})),
            "its confidence is 97.5, and not from 0 to 1: write `max_confidence = 100`",
        ),
        ("", one(json!({"start": 0, "end": 3, "label": "X", "confidence": 97.5})), "write `max_confidence = 100`"),
        ("", one(json!({"start": 0, "end": 3, "label": "X", "confidence": "high"})), "and not a number"),
        (
            "response = {max_confidence = 100}",
            one(json!({"start": 0, "end": 3, "label": "X", "confidence": 101})),
            "from 0 to 100",
        ),
        (
            "response = {text = \"/text\"}",
            one(json!({"start": 0, "end": 3, "label": 1})),
            "its label is \"1\", and not a text: name it in `labels`",
        ),
        (
            "response = {entities = \"/found\"}",
            json!({"ents": [{"start": 0, "end": 3, "label": "X"}]}),
            "the reply has nothing at `/found`, the path that `entities` of `response` sets: the reply has `ents`; \
             `response = {entities = \"/ents\"}` may be meant",
        ),
        (
            "response = {tokens = \"whitespace\"}",
            one(json!({"start": 3, "end": 9, "label": "X"})),
            "3..9 are no tokens: there are 4",
        ),
        (
            "response = {tokens = \"/tokens\"}",
            json!({"tokens": ["Ada", "##Byron"], "entities": []}),
            "token 1 is \"##Byron\", which does not follow in the text",
        ),
        ("response = {json = \"/a\"}", json!({"a": "{\"entities\": ["}), "the string at `/a` of the reply is not JSON"),
        ("response = {json = \"/a\"}", json!({"a": {"entities": []}}), "is no string of JSON"),
        ("response = {entities = \"/a\"}", json!({"a": "[]"}), "name its path in `json` of `response`"),
        ("response = {inclusive_ends = true}", one(json!({"start": 0, "label": "X"})), "it has `start` and no `end`"),
    ] {
        let found = message(response, &reply);
        assert!(found.contains(part), "{response}: {reply}: {found}");
    }
}

#[test]
fn shapes_of_other_layers() {
    let text = "Ada met Bob. They left. Ada slept.";
    let layers = "layers = [\"key_sentences\", \"summaries\", \"keyphrases\", \"key_points\"]";
    let response = "response = {json = \"/outputs/*/data/0\", key_sentences = \"/*/sentences\", summary = \"/*/summary\", \
                    keyphrases = \"/*/words\", key_points = \"/*/points\", quotes = true}";
    let part = |summary: &str, sentences: Value| {
        json!({"sentences": sentences, "summary": summary, "words": ["Ada"], "points": ["It is so."]}).to_string()
    };
    let reply = json!({"outputs": [
        {"data": [part("One.", json!(["they left.", "Nobody spoke.", {"text": "Ada slept."}]))]},
        {"data": [part("Two.", json!([{"start": 0, "end": 12}]))]},
    ]});
    let (cli, ended) = replied(text, &format!("{layers}\n{response}"), &reply);
    assert_eq!(ended.code, Some(0), "{:?}", ended.ends);
    let found = predicted(&cli);
    let starts: Vec<_> = found["key_sentences"].as_array().unwrap().iter().map(|s| s["start"].as_u64()).collect();
    assert_eq!(starts, [Some(13), Some(24), Some(0)]);
    assert_eq!((&found["summaries"], &found["keyphrases"]), (&json!(["One.", "Two."]), &json!(["Ada", "Ada"])));
    assert_eq!(found["key_points"][1]["text"], "It is so.");
    let notes = &ended.manifest["extractors"]["mine"]["notes"]["d"]["d00"];
    assert_eq!(notes, &json!(["the quote \"Nobody spoke.\" does not occur in the text"]));
}

/// Offsets with lengths count in the unit of the reply. Settings that change answers are part of
/// the fingerprint.
#[test]
fn units_labels_and_fingerprints() {
    let server = Server::start(|_| {
        Act::json(
            200,
            &json!({"entities": [
                {"category": "Person", "offset": 3, "length": 3, "confidenceScore": "90%"},
                {"category": "Person", "offset": 3.0, "length": "3", "confidenceScore": 0.25},
            ]}),
        )
    });
    let fields = "label = \"/category\", start = \"/offset\", length = \"/length\", confidence = \"/confidenceScore\"";
    let of = |more: &str| {
        let url = server.url("/");
        let cli = project_with(
            &["🙂 Ada"],
            &format!(
                "kind = \"http\"\nurl = \"{url}\"\nlayers = [\"entities\"]\noffset_unit = \"utf16\"\n\
                 response = {{{fields}{more}}}"
            ),
        );
        let ended = run(&cli, &[]);
        assert_eq!(ended.code, Some(0), "{:?}", ended.ends);
        let found: Vec<Value> = predicted(&cli)["entities"].as_array().unwrap().clone();
        (found, ended.manifest["extractors"]["mine"]["fingerprints"]["d"].clone())
    };
    let (plain, renamed) = (of(""), of(", labels = {Person = \"NAME\"}"));
    let spans: Vec<_> = plain.0.iter().map(|entity| (&entity["start"], &entity["confidence"])).collect();
    assert_eq!(spans, [(&json!(2), &json!(0.9)), (&json!(2), &json!(0.25))]);
    assert_eq!((&plain.0[0]["label"], &renamed.0[0]["label"]), (&json!("Person"), &json!("NAME")));
    assert_eq!(plain.1, of("").1);
    assert_ne!(plain.1, renamed.1);
}

/// The documents of a run with a service that answers `reply` to each, and the lines of
/// predictions.
fn answered(text: &str, settings: &str, reply: Value) -> (String, String, Value) {
    let server = Server::start(move |_| Act::json(200, &reply));
    let cli =
        project_with(&[text], &format!("kind = \"http\"\nurl = \"{}\"\nretries = 0\n{settings}", server.url("/")));
    let ended = run(&cli, &[]);
    let (status, message) = ended.ends[0].clone();
    (status, message, serde_json::from_str(&cli.read("r/predictions/d/mine.jsonl")).unwrap())
}

#[test]
fn declared_layers_may_refer_to_others() {
    let reply = json!({
        "entities": [{"id": "a", "start": 0, "end": 3, "label": "P"}, {"id": "b", "start": 8, "end": 10, "label": "P"}],
        "relations": [{"head": "a", "label": "MET", "tail": "b"}],
    });
    let (status, message, answer) = answered("Ada met Bo.", "layers = [\"relations\"]", reply);
    assert_eq!((status.as_str(), answer["relations"].as_array().unwrap().len()), ("ok", 1), "{message}");
}

#[test]
fn the_unit_beside_the_entities_counts() {
    let inner = json!({"offset_unit": "byte", "entities": [{"start": 3, "end": 6, "label": "P"}]}).to_string();
    let settings = "layers = [\"entities\"]\nresponse = {json = \"/out\"}";
    let (status, message, answer) = answered("é Ada.", settings, json!({"out": inner}));
    assert_eq!((status.as_str(), &answer["entities"][0]["start"]), ("ok", &json!(2)), "{message}");
}

#[test]
fn pointers_that_miss_fail() {
    let entity = json!({"start": 0, "end": 3, "label": "PERSON", "score": 0.5});
    for (settings, reply, why) in [
        ("entities = \"/data\"", json!({"data": {"entities": [entity], "tokens": []}}), "write the path of that list"),
        ("entities = \"/data\"", json!({"data": {"found": [entity]}}), "has a label of its own"),
        ("confidence = \"/scroe\"", json!({"entities": [entity]}), "no item has anything at `/scroe`"),
        (
            "entities = \"/documents/*/entities\"",
            json!({"documents": [], "errors": [{"code": 1}]}),
            "an empty list, beside `errors`",
        ),
        (
            "ignore_case = true, key_sentences = \"/sentences\"",
            json!({"entities": [], "sentences": [{"start": 0, "end": 3, "text": "Bob"}]}),
            "key_sentences[0]: the text at 0..3 is \"Ada\", but the annotation has \"Bob\"",
        ),
    ] {
        let layers = "layers = [\"entities\", \"key_sentences\"]";
        let reply_of = if settings.contains("sentences") {
            reply
        } else {
            let mut reply = reply;
            reply["key_sentences"] = json!([]);
            reply
        };
        let settings = format!("{layers}\nresponse = {{{settings}}}");
        let (status, message, _) = answered("Ada met Bo.", &settings, reply_of);
        assert_eq!(status, "failed", "{settings}");
        assert!(message.contains(why), "{settings}: {message}");
    }
}

#[test]
fn a_quote_that_a_relation_needs_must_occur() {
    let reply = |name: &str| {
        json!({
            "entities": [{"id": "a", "text": "Ada", "label": "P"}, {"id": "b", "text": name, "label": "P"}],
            "relations": [{"head": "a", "label": "MET", "tail": "b"}],
        })
    };
    let settings = "layers = [\"entities\", \"relations\"]\nresponse = {quotes = true}";
    assert_eq!(answered("Ada met Bo.", settings, reply("Bo")).0, "ok");
    let (status, message, _) = answered("Ada met Bo.", settings, reply("Cyd"));
    assert_eq!(status, "failed");
    assert!(message.contains("does not occur") && message.contains("refers to it by its id \"b\""), "{message}");
}

#[test]
fn tokens_that_are_left_out_are_named() {
    let entities = json!([{"start": 0, "end": 2, "label": "P"}]);
    let settings = "layers = [\"entities\"]\nresponse = {tokens = \"/tokens\"}";
    let reply = json!({"tokens": ["will", "it", "rain"], "entities": entities});
    let (status, message, _) = answered("Will it rain? will it rain", settings, reply);
    assert_eq!(status, "failed");
    assert!(message.contains("comes first in the text and is no token"), "{message}");
}
