//! `karat view --passes`: decisions on the disagreements of two passes, their journal, and the
//! files that they give.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::cli::{Cli, assert_cmd};

const TEXT: &str = "Ada met Bo in Oslo.";

/// Two passes over three documents: `a` with three disagreements, `b` and `c` with none.
fn passes() -> Cli {
    let cli = Cli::new();
    for id in ["a", "b", "c"] {
        cli.write(&format!("docs/{id}.txt"), TEXT);
    }
    cli.write("karat.toml", "[datasets.d]\ndocuments = \"docs\"\ngolden = \"golden\"\n");
    let entity = |start: u32, end: u32, label: &str| json!({"start": start, "end": end, "label": label});
    let (ada, bo, oslo) = (entity(0, 3, "PERSON"), entity(8, 10, "PERSON"), entity(14, 18, "GPE"));
    let first = json!({"id": "a", "entities": [ada, bo, oslo], "summaries": ["They met."], "keyphrases": ["Oslo"]});
    let second = json!({"id": "a", "entities": [ada, entity(8, 10, "ORG")], "summaries": ["A meeting."], "keyphrases": ["Oslo"]});
    cli.write("golden/passes/one/a.json", first.to_string());
    cli.write("golden/passes/two/a.json", second.to_string());
    for id in ["b", "c"] {
        for pass in ["one", "two"] {
            cli.write(&format!("golden/passes/{pass}/{id}.json"), json!({"id": id, "entities": [ada]}).to_string());
        }
    }
    cli
}

const PASSES: [&str; 3] = ["--passes", "golden/passes/one", "golden/passes/two"];

/// A server, which is killed in the end, as users end it.
struct Served {
    server: Child,
    host: String,
    cookie: String,
}

impl Served {
    fn new(cli: &Cli, args: &[&str]) -> Self {
        Self::start(&mut cli.karat(&[&["view", "--no-open"], args].concat()))
    }

    fn start(command: &mut Command) -> Self {
        let mut server = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut address = String::new();
        BufReader::new(server.stdout.as_mut().unwrap()).read_line(&mut address).unwrap();
        let rest = address.trim().strip_prefix("http://");
        let Some((host, query)) = rest.and_then(|rest| rest.split_once('/')) else {
            let mut said = String::new();
            server.stderr.as_mut().unwrap().read_to_string(&mut said).unwrap();
            panic!("no address: {said}");
        };
        let mut served = Self { host: host.to_owned(), cookie: String::new(), server };
        let (head, _) = served.ask("GET", &format!("/{query}"), "");
        let cookie = head.lines().find_map(|line| line.strip_prefix("Set-Cookie: ")).expect("a cookie");
        served.cookie = cookie.split(';').next().unwrap().to_owned();
        served
    }

    /// Returns the head and the content of a reply.
    fn ask(&self, method: &str, path: &str, content: &str) -> (String, String) {
        let Self { host, cookie, .. } = self;
        let mut stream = TcpStream::connect(host).unwrap();
        let length = content.len();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nCookie: {cookie}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"
        );
        stream.write_all(format!("{head}{content}").as_bytes()).unwrap();
        let mut reply = String::new();
        stream.read_to_string(&mut reply).unwrap();
        let (head, content) = reply.split_once("\r\n\r\n").unwrap();
        (head.to_owned(), content.to_owned())
    }

    fn post(&self, action: &str, content: &Value) -> Value {
        serde_json::from_str(&self.ask("POST", &format!("/{action}"), &content.to_string()).1).unwrap()
    }

    fn decide(&self, item: usize, decision: &str) -> Value {
        self.post("decide", &json!({"document": "a", "item": item, "decision": decision, "why": "so"}))
    }

    fn undo(&self, item: usize, decision: &str) -> Value {
        self.post("undo", &json!({"document": "a", "item": item, "decision": decision}))
    }

    /// What the page shows of a document.
    fn document(&self, id: &str) -> Value {
        let (_, page) = self.ask("GET", "/", "");
        let live = page.split("id=\"live\">").nth(1).unwrap().split("</script>").next().unwrap();
        let live: Value = serde_json::from_str(live).unwrap();
        live["passes"]["documents"][id].clone()
    }

    /// Ends the server, and returns what it wrote to standard error.
    fn end(mut self) -> String {
        self.server.kill().unwrap();
        let mut said = String::new();
        self.server.stderr.as_mut().unwrap().read_to_string(&mut said).unwrap();
        said
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn decisions(document: &Value) -> Vec<Option<&str>> {
    document["items"].as_array().unwrap().iter().map(|item| item["ruling"]["decision"].as_str()).collect()
}

#[test]
fn a_stopped_session_goes_on_and_writes_a_golden_file() {
    let cli = passes();
    let served = Served::new(&cli, &PASSES);
    let layers: Vec<Value> =
        served.document("a")["items"].as_array().unwrap().iter().map(|item| item["layer"].clone()).collect();
    assert_eq!(layers, ["entities", "entities", "summaries"]);
    assert_eq!(served.decide(1, "a")["document"]["state"], "open");
    assert_eq!(served.decide(2, "both")["error"], Value::Null);
    let said = served.end();
    assert!(said.contains("decided 0 of 3 disagreements, in 1 of 3 documents"), "{said}");
    assert!(said.contains("wrote the documents without an open disagreement to golden: 2"), "{said}");
    assert!(cli.exists("golden/b.json") && cli.exists("golden/c.json") && !cli.exists("golden/a.json"));

    // A crash cut the last line.
    cli.write("golden/edits/adjudication.jsonl", cli.read("golden/edits/adjudication.jsonl") + "{\"docum");
    let served = Served::new(&cli, &PASSES);
    assert_eq!(decisions(&served.document("a")), [None, Some("a"), Some("both")]);
    let undone = served.undo(2, "both");
    let newest = json!({"document": "a", "item": 1, "decision": "a"});
    assert_eq!((&undone["item"], &undone["newest"]), (&json!(2), &newest));
    served.decide(0, "b");
    assert_eq!(served.decide(2, "both")["document"]["state"], "written");
    let stale = served.decide(2, "a")["error"].clone();
    assert!(stale.as_str().unwrap().contains("decided elsewhere"), "{stale}");
    let said = served.end();
    assert!(said.contains("golden/edits/adjudication.jsonl that are not understood and decide nothing: 1"), "{said}");
    insta::assert_snapshot!("adjudicated_file", cli.read("golden/a.json"));
    let journal = cli.read("golden/edits/adjudication.jsonl");
    assert!(!journal.contains("\"who\"") && !journal.contains("\"when\""), "{journal}");
    let (code, out, said) = cli.run(&["check"]);
    assert_eq!(code, 0, "the journal and the passes lie beside golden files: {out}{said}");

    // A decision that is changed changes the file, which the adjudication wrote itself.
    let served = Served::new(&cli, &[&PASSES[..], &["--record-author", "me"]].concat());
    let request = json!({"document": "a", "item": 2, "decision": "b", "was": "both"});
    assert_eq!(served.post("decide", &request)["document"]["state"], "written");
    assert!(!cli.read("golden/a.json").contains("They met."));
    assert!(cli.read("golden/edits/adjudication.jsonl").contains("\"who\":\"me\",\"when\":\""));
}

#[test]
fn a_page_takes_back_only_the_decision_that_it_shows_as_the_newest() {
    let cli = passes();
    let served = Served::new(&cli, &PASSES);
    served.decide(0, "a");
    served.decide(1, "b");
    for (item, decision) in [(0, "a"), (1, "a"), (2, "a")] {
        let refused = served.undo(item, decision)["error"].clone();
        assert!(refused.as_str().unwrap().contains("another decision is the newest"), "{refused}");
    }
    assert_eq!(decisions(&served.document("a")), [Some("a"), Some("b"), None]);
    assert_eq!(served.undo(1, "b")["newest"]["item"], json!(0));
    assert_eq!(served.undo(0, "a")["newest"], Value::Null);
    let refused = served.undo(0, "a")["error"].clone();
    assert!(refused.as_str().unwrap().contains("nothing to undo"), "{refused}");
    assert_eq!(decisions(&served.document("a")), [None; 3]);
}

#[test]
fn the_same_decision_for_the_same_reason_is_recorded_once() {
    let cli = passes();
    let served = Served::new(&cli, &PASSES);
    served.decide(0, "a");
    let again = |why: &str| {
        let request = json!({"document": "a", "item": 0, "decision": "a", "was": "a", "why": why});
        assert_eq!(served.post("decide", &request)["error"], Value::Null);
        let journal = cli.read("golden/edits/adjudication.jsonl");
        journal.lines().filter(|line| line.contains("\"decision\"")).count()
    };
    assert_eq!((again("so"), again("so"), again("for another reason")), (1, 1, 2));
    served.undo(0, "a");
    assert_eq!(served.document("a")["items"][0]["ruling"]["why"], json!("so"));
}

#[test]
fn only_files_of_golden_formats_are_in_the_way() {
    let cli = passes();
    cli.write("docs/c.ann", "");
    let served = Served::new(&cli, &[&PASSES[..], &["--out", "docs"]].concat());
    assert_eq!(served.document("b")["state"], "written");
    assert_eq!((&served.document("c")["state"], cli.exists("docs/c.json")), (&json!("another"), false));
    let said = served.end();
    assert!(said.contains("docs/c.ann") && !said.contains(".txt"), "{said}");
}

#[test]
fn a_file_that_it_did_not_write_is_replaced_only_if_told_to() {
    let cli = passes();
    let own = json!({"id": "b", "entities": []}).to_string();
    cli.write("golden/b.json", &own);
    cli.write("golden/c.ann", "");
    let served = Served::new(&cli, &PASSES);
    let document = served.document("b");
    assert_eq!((&document["state"], &document["existing"]), (&json!("exists"), &json!(karat::format::sha256(&own))));
    assert_eq!(served.document("c")["state"], "another");
    let refused = served.post("replace", &json!({"document": "b", "sha256": "00"}))["error"].clone();
    assert!(refused.as_str().unwrap().contains("changed on disk"), "{refused}");
    assert!(served.post("replace", &json!({"document": "c", "sha256": "00"}))["error"].is_string());
    assert_eq!(cli.read("golden/b.json"), own);
    let replaced = served.post("replace", &json!({"document": "b", "sha256": document["existing"]}));
    assert_eq!(replaced["document"]["state"], "written");
    assert!(cli.read("golden/b.json").contains("PERSON") && !cli.exists("golden/c.json"));
    let said = served.end();
    assert!(
        said.contains("--out FOLDER writes elsewhere") && said.contains("b.json") && said.contains("c.ann"),
        "{said}"
    );
}

#[test]
fn decisions_on_a_pass_that_changed_do_not_count() {
    let cli = passes();
    let served = Served::new(&cli, &PASSES);
    (0..3).for_each(|item| drop(served.decide(item, "a")));
    drop(served);
    let before = cli.read("golden/a.json");
    let changed = cli.read("golden/passes/two/a.json").replace("A meeting.", "A long meeting.");
    cli.write("golden/passes/two/a.json", changed);
    let served = Served::new(&cli, &PASSES);
    assert_eq!(decisions(&served.document("a")), [None; 3]);
    (0..2).for_each(|item| drop(served.decide(item, "a")));
    assert_eq!(cli.read("golden/a.json"), before, "the file of before stays until all is decided");
    assert_eq!(served.decide(2, "b")["document"]["state"], "written");
    assert!(cli.read("golden/a.json").contains("A long meeting."));
    let said = served.end();
    assert!(said.contains("earlier decisions on them do not count: a"), "{said}");
}

#[test]
fn one_session_writes_and_others_look_on() {
    let cli = passes();
    let served = Served::new(&cli, &PASSES);
    served.decide(0, "a");
    let (code, _, said) = cli.run(&[&["view", "--no-open"], &PASSES[..]].concat());
    assert_eq!(code, 2);
    assert!(said.contains("another `karat view --passes` has this journal open"), "{said}");
    let reader = Served::new(&cli, &[&PASSES[..], &["--read-only"]].concat());
    assert_eq!(decisions(&reader.document("a")), [Some("a"), None, None]);
    let refused = reader.decide(1, "a")["error"].clone();
    assert!(refused.as_str().unwrap().contains("--read-only"), "{refused}");
    // A page can only decide what is there.
    assert!(served.decide(9, "a")["error"].is_string());
    assert!(served.decide(1, "both")["error"].is_string(), "only one pass has this entity");
}

#[test]
fn sealed_and_confidential_documents_are_not_adjudicated() {
    let cli = passes();
    cli.write("dataset.toml", "[splits]\ntest = [\"a\"]\n[seals]\ntest = \"00\"\n");
    let served = Served::new(&cli, &[&PASSES[..], &["--out", "new"]].concat());
    assert_eq!(served.document("a"), Value::Null);
    assert!(served.decide(0, "a")["error"].is_string());
    let said = served.end();
    assert!(said.contains("since their split \"test\" is sealed: 1"), "{said}");
    assert!(cli.exists("new/b.json") && !cli.exists("new/a.json") && !cli.exists("golden/b.json"));
    // A seal that is misspelt would seal nothing.
    let info = cli.read("dataset.toml");
    cli.write("dataset.toml", info.replace("[seals]\ntest", "[seals]\ntset"));
    assert_cmd!("adjudication_unknown_seal", cli.karat(&[&["view", "--no-open"], &PASSES[..]].concat()));
    cli.write("dataset.toml", info);
    cli.write("karat.toml", cli.read("karat.toml") + "text = false\n");
    assert_cmd!("adjudication_confidential", cli.karat(&[&["view", "--no-open"], &PASSES[..]].concat()));
}

/// A path of the user has another text than that of the configuration, and leads to the same place.
#[test]
fn the_dataset_of_passes_is_found_from_inside_of_their_folder() {
    let cli = passes();
    let args = ["--passes", "one", "two", "--config", "../../karat.toml"];
    cli.write("dataset.toml", "[splits]\ntest = [\"a\"]\n[seals]\ntest = \"00\"\n");
    let served = Served::start(
        cli.karat(&[&["view", "--no-open"], &args[..]].concat()).current_dir(cli.path().join("golden/passes")),
    );
    assert_eq!(served.document("a"), Value::Null);
    assert!(served.end().contains("since their split \"test\" is sealed: 1"));
    assert!(cli.exists("golden/b.json") && !cli.exists("golden/a.json"));

    let config = cli.read("karat.toml");
    cli.write("karat.toml", format!("{config}text = false\n"));
    for args in [&args[..], &args[..3]] {
        let mut confidential = cli.karat(&[&["view", "--no-open"], args].concat());
        let output = confidential.current_dir(cli.path().join("golden/passes")).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("the documents are confidential"), "{said}");
    }
    // Passes of no dataset may be copies of confidential ones.
    cli.write("copies/one.jsonl", cli.read("golden/passes/one/a.json"));
    let copy = ["view", "--no-open", "--passes", "copies/one.jsonl", "golden/passes/two", "--out", "new"];
    let (code, _, said) = cli.run(&copy);
    assert!(code == 2 && said.contains("the documents are confidential"), "{said}");
    cli.write("copies/two.jsonl", cli.read("golden/passes/two/a.json"));
    let copies = ["view", "--no-open", "--passes", "copies/one.jsonl", "copies/two.jsonl", "--out", "new"];
    assert_cmd!("adjudication_no_dataset", cli.karat(&copies));
}

#[test]
fn documents_that_are_named_leave_the_seals_of_the_dataset_in_force() {
    let cli = passes();
    cli.write("dataset.toml", "[splits]\ntest = [\"a\"]\n[seals]\ntest = \"00\"\n");
    for id in ["a", "b", "c"] {
        cli.write(&format!("copies/docs/{id}.txt"), TEXT);
    }
    let args = [&PASSES[..], &["--documents", "copies/docs", "--out", "new"]].concat();
    let served = Served::new(&cli, &args);
    assert_eq!((served.document("a"), served.document("b").is_null()), (Value::Null, false));
    drop(served);
    // The seals of the `dataset.toml` beside these documents count as well.
    cli.write("copies/dataset.toml", "[splits]\ntest = [\"b\"]\n[seals]\ntest = \"00\"\n");
    let served = Served::new(&cli, &args);
    assert_eq!((served.document("a"), served.document("b")), (Value::Null, Value::Null));
    assert!(!served.document("c").is_null());
}

/// A page needs the texts of entities rather than offsets and ids.
#[test]
fn entities_and_the_ends_of_relations_are_shown_in_words() {
    let cli = Cli::new();
    let entities = json!([{"id": "T1", "start": 0, "end": 3, "label": "PERSON"}, {"id": "T2", "start": 14, "end": 18, "label": "GPE"}]);
    let pass =
        |relations: Value| json!({"id": "a", "text": TEXT, "entities": entities, "relations": relations}).to_string();
    cli.write("one.jsonl", pass(json!([])));
    cli.write("two.jsonl", pass(json!([{"label": "in", "head": "T1", "tail": "T2"}])));
    let own = passes();
    let served = Served::new(&own, &PASSES);
    let document = served.document("a");
    assert_eq!((&document["items"][0]["a"]["text"], &document["items"][1]["b"]), (&json!("Bo"), &Value::Null));
    let served = Served::new(&cli, &["--passes", "one.jsonl", "two.jsonl", "--out", "golden"]);
    let names = &served.document("a")["items"][0]["names"];
    assert_eq!(names, &json!({"a": {}, "b": {"T1": "PERSON Ada", "T2": "GPE Oslo"}}));
}

/// Passes outside of a dataset bring their texts, which the adjudicated files then have.
#[test]
fn passes_in_any_file_are_adjudicated() {
    let cli = Cli::new();
    cli.write(
        "one.jsonl",
        "{\"id\": \"a\", \"text\": \"Ada\", \"keyphrases\": [\"Ada\"]}\n{\"id\": \"x\", \"keyphrases\": []}\n",
    );
    cli.write("two.jsonl", "{\"id\": \"a\", \"keyphrases\": [\"Ada\"], \"summaries\": [\"Ada.\"]}\n");
    let files = ["--passes", "one.jsonl", "two.jsonl"];
    assert_cmd!("adjudication_without_out", cli.karat(&[&["view", "--no-open"], &files[..]].concat()));
    let served = Served::new(&cli, &[&files[..], &["--out", "golden"]].concat());
    let said = served.end();
    assert!(said.contains("two lacks documents, which are not adjudicated: x"), "{said}");
    assert!(said.contains("taken from it there: summaries"), "{said}");
    let expected = "{\n \"id\": \"a\",\n \"text\": \"Ada\",\n \"summaries\": [\n  \"Ada.\"\n ],\n \"keyphrases\": [\n  \"Ada\"\n ]\n}\n";
    assert_eq!(cli.read("golden/a.json"), expected);
}

#[test]
fn arguments_that_cannot_be() {
    let cli = passes();
    assert_cmd!("view_help", cli.karat(&["view", "--help"]));
    let of = |args: &[&str]| cli.karat(&[&["view", "--no-open"], args].concat());
    assert_cmd!("view_run_and_passes", of(&[&["latest"], &PASSES[..]].concat()));
    assert_cmd!("view_out_without_passes", of(&["--out", "golden"]));
    assert_cmd!("view_out_within_pass", of(&[&PASSES[..], &["--out", "golden/passes/one"]].concat()));
    assert_cmd!("view_out_is_passes", of(&[&PASSES[..], &["--out", "golden/passes"]].concat()));
    for out in ["golden/passes/one/new/deep", "golden/passes/../passes"] {
        let (code, _, said) = cli.run(&[&["view", "--no-open"], &PASSES[..], &["--out", out]].concat());
        assert!(code == 2 && said.contains("name another folder with --out"), "{out}: {said}");
    }
}
