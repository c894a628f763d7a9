//! The JSON Schemas of `schemas/`: they describe every key, hold for everything that karat writes
//! and for the files of this repository, and accept the keys that the readers accept.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use karat::config::Config;
use karat::corpus::DatasetInfo;
use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};
use serde_json::{Map, Value, json};

use crate::cli::Cli;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn schema(name: &str) -> Value {
    let text = fs::read_to_string(root().join(format!("schemas/{name}.json"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Returns a schema in which objects have no keys that are not described, so that a key that karat
/// writes and no schema describes is found. The schemas themselves allow new keys.
fn closed(schema: &Value) -> Value {
    match schema {
        Value::Object(fields) => {
            let mut closed: Map<String, Value> =
                fields.iter().map(|(key, value)| (key.clone(), closed(value))).collect();
            let is_object = fields.get("properties").is_some_and(Value::is_object) && !fields.contains_key("allOf");
            if is_object && !fields.contains_key("additionalProperties") && !fields.contains_key("patternProperties") {
                closed.insert("additionalProperties".to_owned(), json!(false));
            }
            Value::Object(closed)
        }
        Value::Array(items) => items.iter().map(closed).collect(),
        other => other.clone(),
    }
}

/// Returns a schema that requires no keys, for fragments of files.
fn of_fragments(schema: &Value) -> Value {
    match schema {
        Value::Object(fields) => {
            let kept = fields.iter().filter(|(key, value)| *key != "required" || !value.is_array());
            Value::Object(kept.map(|(key, value)| (key.clone(), of_fragments(value))).collect())
        }
        Value::Array(items) => items.iter().map(of_fragments).collect(),
        other => other.clone(),
    }
}

fn errors(schema: &Value, value: &Value) -> Vec<String> {
    let validator = jsonschema::validator_for(schema).unwrap();
    validator.iter_errors(value).map(|error| format!("{error}")).collect()
}

#[track_caller]
fn assert_valid(name: &str, value: &Value, what: &str) {
    let found = errors(&closed(&schema(name)), value);
    assert!(found.is_empty(), "{what} against {name}: {}", found.join("\n"));
}

fn toml(text: &str) -> Value {
    serde_json::to_value(text.parse::<toml::Table>().unwrap()).unwrap()
}

fn names() -> Vec<String> {
    let files = fs::read_dir(root().join("schemas")).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<String> =
        files.map(|name| name.to_str().unwrap().strip_suffix(".json").unwrap().to_owned()).collect();
    names.sort();
    names
}

/// Calls `each` with every schema of a property, below every schema.
fn each_property(schema: &Value, path: &str, each: &mut impl FnMut(&str, &Value)) {
    match schema {
        Value::Object(fields) => {
            for (key, value) in fields {
                let path = format!("{path}/{key}");
                if key == "properties" && value.is_object() && fields.contains_key("type") {
                    value.as_object().unwrap().iter().for_each(|(name, value)| each(&format!("{path}/{name}"), value));
                }
                each_property(value, &path, each);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| each_property(item, path, each)),
        _ => {}
    }
}

#[test]
fn schemas_are_valid_and_describe_every_key() {
    let cli = Cli::new();
    let (code, list, _) = cli.run(&["schema"]);
    assert_eq!((code, cli.run(&["schema", "help"]).1), (0, list.clone()));
    let listed: BTreeSet<&str> = list.lines().skip(1).filter_map(|line| line.split_whitespace().next()).collect();
    let names = names();
    assert_eq!(listed, names.iter().map(String::as_str).collect());
    for name in &names {
        let schema = schema(name);
        assert!(jsonschema::meta::is_valid(&schema), "{name}");
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema", "{name}");
        assert!(schema["$id"].as_str().unwrap().starts_with("urn:karat:schema:"), "{name}");
        assert!(list.contains(schema["title"].as_str().unwrap()), "{name}");
        let mut properties = 0;
        each_property(&schema, "", &mut |path, property| {
            let about = property["description"].as_str().unwrap_or_default();
            assert!(!about.is_empty(), "{name}: {path} has no description");
            properties += 1;
        });
        assert!(properties > 2, "{name}");
        let (code, printed, _) = cli.run(&["schema", name]);
        assert_eq!((code, serde_json::from_str::<Value>(&printed).unwrap()), (0, schema), "{name}");
    }
    let (code, _, errors) = cli.run(&["schema", "score"]);
    assert!(code == 2 && errors.contains("did you mean `scores`?"), "{errors}");
    assert_eq!(cli.run(&["schema", "karat.scores/1"]).1, cli.run(&["schema", "scores"]).1);
}

/// Returns the files below a folder with a name or an extension, without hidden folders.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && !name.starts_with('.') && !["target", "node_modules", "venv"].contains(&name.as_str()) {
            found.extend(files(&path, ending));
        } else if name.ends_with(ending) {
            found.push(path);
        }
    }
    found
}

#[test]
fn files_of_the_repository_are_valid() {
    let mut counts = [0; 3];
    for path in files(root(), "karat.toml") {
        assert_valid("karat.toml", &toml(&fs::read_to_string(&path).unwrap()), &path.display().to_string());
        counts[0] += 1;
    }
    for path in files(&root().join("datasets"), "dataset.toml") {
        assert_valid("dataset.toml", &toml(&fs::read_to_string(&path).unwrap()), &path.display().to_string());
        counts[1] += 1;
    }
    let golden = root().join("golden");
    for path in files(&golden, ".json") {
        let of_baseline = path.starts_with(golden.join("baselines"));
        let value: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        assert_valid(if of_baseline { "baseline" } else { "document" }, &value, &path.display().to_string());
        counts[2] += 1;
    }
    for path in
        files(&golden, ".jsonl").iter().filter(|path| !path.components().any(|part| part.as_os_str() == "edits"))
    {
        for line in fs::read_to_string(path).unwrap().lines() {
            assert_valid("document", &serde_json::from_str(line).unwrap(), &path.display().to_string());
        }
    }
    assert!(counts.iter().all(|count| *count > 0), "{counts:?}");
}

/// Every block of TOML in the documents is a part of karat.toml, of dataset.toml, or of the
/// manifest of a Rust program.
#[test]
fn blocks_in_documents_are_valid() {
    let schemas = ["karat.toml", "dataset.toml"].map(|name| of_fragments(&schema(name)));
    let mut blocks = 0;
    for file in files(&root().join("docs"), ".md").into_iter().chain([root().join("README.md")]) {
        let text = fs::read_to_string(&file).unwrap();
        let mut block: Option<String> = None;
        for event in Parser::new(&text) {
            match event {
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) if &*language == "toml" => {
                    block = Some(String::new());
                }
                Event::Text(text) => block.iter_mut().for_each(|block| block.push_str(&text)),
                Event::End(TagEnd::CodeBlock) => {
                    let Some(block) = block.take().filter(|block| !block.contains("[dependencies]")) else { continue };
                    let value = toml(&block);
                    let found = errors(&schemas[0], &value);
                    let is_valid = found.is_empty() || errors(&schemas[1], &value).is_empty();
                    assert!(is_valid, "{}: {found:?}\n{block}", file.display());
                    blocks += 1;
                }
                _ => {}
            }
        }
    }
    assert!(blocks > 5, "{blocks}");
}

#[test]
fn what_init_writes_is_valid() {
    for template in ["entities", "summaries", "records"] {
        for language in ["python", "rust"] {
            let cli = Cli::new();
            let (code, _, errors) = cli.run(&["init", "--no-run", "--template", template, "--lang", language]);
            assert_eq!(code, 0, "{errors}");
            let text = cli.read("karat.toml");
            assert_valid("karat.toml", &toml(&text), template);
            // The first line names the schema, which is beside.
            let named = text.lines().next().unwrap().strip_prefix("#:schema ./").unwrap();
            assert_eq!(serde_json::from_str::<Value>(&cli.read(named)).unwrap(), schema("karat.toml"));
        }
    }
}

fn json_of(cli: &Cli, args: &[&str]) -> Value {
    let output = cli.karat(&[args, &["--format", "json"]].concat()).output().unwrap();
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{args:?}: {error}\n{}", String::from_utf8_lossy(&output.stderr)))
}

#[test]
fn outputs_are_valid() {
    let cli = Cli::with_dataset();
    cli.write("docs/c.txt", "Bob met Ada in Rome on 4 May 2024.");
    cli.write(
        "golden/c.json",
        r#"{"id": "c", "entities": [{"start": 0, "end": 3, "label": "PERSON", "text": "Bob"}]}"#,
    );
    let check = |name: &str, args: &[&str]| assert_valid(name, &json_of(&cli, args), &format!("{args:?}"));
    check("run_scores", &["run", "--out", "one"]);
    check("run_scores", &["report", "one"]);
    assert_valid("run", &serde_json::from_str(&cli.read("one/run.json")).unwrap(), "run.json");
    for line in cli.read("one/predictions/d/lead.jsonl").lines() {
        assert_valid("document", &serde_json::from_str(line).unwrap(), "predictions");
    }
    let [lead, patterns] = ["lead", "patterns"].map(|name| format!("one/predictions/d/{name}.jsonl"));
    let files = ["--gold", "golden", "--documents", "docs", "--missing", "skip"];
    check("scores", &[&["score"], &files[..], &["--pred", &patterns, "--per-document", "--curves"]].concat());
    check("scores", &[&["score"], &files[..], &["--pred", &lead, "--per-document", "--zero-division", "0"]].concat());
    let both = ["--pred", &lead, "--pred", &patterns, "--baseline", &lead];
    check("systems", &[&["score"], &files[..], &both].concat());
    check("difference", &["score", "--gold", "golden", "--pred", &patterns, "--explain-difference", "nervaluate"]);
    cli.write("other.jsonl", ["a", "b", "c"].map(|id| format!("{{\"id\": \"{id}\", \"entities\": []}}\n")).concat());
    let compare = ["compare", "--gold", "golden", "--baseline", &patterns, "--candidate", "other.jsonl"];
    check("comparison", &compare);
    check("comparison", &["compare", "--gold", "golden", &patterns, "other.jsonl", "golden"]);
    check("run_scores", &["run", "--out", "two", "--no-cache"]);
    check("comparison", &["compare", "one", "two", "--slice", "length"]);
    check("power", &["power", "one", "--extractor", "patterns"]);
    check("aa", &["aa", "--repeats", "2", "--extractor", "patterns"]);
    check("agreement", &["agree", "golden", &patterns]);
    check("check", &["check"]);
    check("check", &["check", "--fix"]);
    let rule = ["--metric", "entities.strict.f1", "--min", "0.5"];
    check("gate", &[&["gate", "--gold", "golden", "--candidate", &patterns], &rule[..]].concat());
    let (_, exported, _) = cli.run(&["history", "export", "json"]);
    assert_valid("history", &serde_json::from_str(&exported).unwrap(), "history export json");
    check("history_list", &["history", "list"]);
    check("history_run", &["history", "show", "latest"]);
    check("history_trend", &["history", "trend", "entities.strict.f1"]);
    check("history_diff", &["history", "diff", "previous", "latest"]);
    let (code, _, errors) = cli.run(&["accept", "one"]);
    assert_eq!(code, 0, "{errors}");
    assert_valid("baseline", &serde_json::from_str(&cli.read("golden/baselines/d/lead.json")).unwrap(), "accept");
    cli.write(
        "karat.toml",
        cli.read("karat.toml") + "[[gate]]\nextractor = \"patterns\"\nmetric = \"entities.strict.f1\"\nmargin = 0.1\n",
    );
    check("gate", &["gate", "one", "--allow-stale"]);
    cli.write("scores.csv", include_str!("../../examples/meta/scores.csv"));
    cli.write("ratings.csv", include_str!("../../examples/meta/ratings.csv"));
    cli.write("preferences.csv", "id,first,second,verdict\n1,a,b,first\n2,b,a,first\n3,a,b,tie\n");
    check("ranking", &["rank", "preferences.csv"]);
    check("meta", &["meta", "--scores", "scores.csv", "--ratings", "ratings.csv", "--resamples", "40"]);
    #[cfg(unix)]
    check("plugin", &["plugin", "check", "--timeout", "2s", "--format", "json", "--", "sh", "-c", "exit 0"]);
}

/// Returns the keys that the reader of karat.toml knows in a table: an unknown key is refused with
/// all known ones.
fn known_in(before: &str) -> BTreeSet<String> {
    let text = format!("{before}\nzqzqzqzqzq = 1\n");
    let error = Config::parse(&text, Path::new("karat.toml"), Path::new("")).unwrap_err();
    let found = error.diagnostics().iter().find(|found| found.message.contains("zqzqzqzqzq"));
    let found = found.unwrap_or_else(|| panic!("{text}: {error}"));
    listed(&match &found.help {
        Some(help) if help.starts_with("there are ") => help.clone(),
        _ => found.message.clone(),
    })
}

/// Returns the names in backticks behind `there are` or `expected`.
fn listed(message: &str) -> BTreeSet<String> {
    let (_, list) = message.split_once("expected ").or_else(|| message.split_once("there are ")).unwrap_or_else(|| {
        panic!("no list of keys: {message}");
    });
    list.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn keys(schema: &Value, pointer: &str) -> BTreeSet<String> {
    let properties = schema.pointer(pointer).unwrap_or_else(|| panic!("{pointer}"));
    properties["properties"].as_object().unwrap().keys().cloned().collect()
}

#[test]
fn keys_of_the_configuration_are_those_of_the_reader() {
    let schema = schema("karat.toml");
    let all = "layers = [\"entities\", \"relations\", \"events\", \"coreference\", \"key_points\", \"key_sentences\", \
               \"summaries\", \"keyphrases\"]";
    let http = format!("[extractors.x]\nkind = \"http\"\nurl = \"http://localhost\"\n{all}");
    let openai = format!("[extractors.x]\nkind = \"openai\"\nmodel = \"m\"\n{all}");
    for (before, pointer) in [
        ("", ""),
        ("[datasets.d]", "/properties/datasets/additionalProperties"),
        ("[profiles.p]", "/properties/profiles/additionalProperties"),
        ("[gate]", "/properties/gate/anyOf/1"),
        ("[[gate]]", "/$defs/rule"),
        ("[limits]", "/properties/limits"),
        ("[extractors.x]\nkind = \"predictions\"", "/$defs/predictions"),
        ("[extractors.x]\nkind = \"process\"\ncommand = [\"x\"]", "/$defs/process"),
        (&http, "/$defs/http"),
        (&format!("{http}\n[extractors.x.usage]"), "/$defs/http/properties/usage"),
        (&format!("{http}\n[extractors.x.response]"), "/$defs/http/properties/response"),
        (&openai, "/$defs/openai"),
        (&format!("{openai}\n[extractors.x.prices]"), "/$defs/openai/properties/prices"),
        ("[labels]", "/$defs/labels"),
        ("[spans]", "/$defs/spans"),
        ("[records.r]", "/$defs/records/additionalProperties"),
        ("[records.r.fields.f]", "/$defs/records/additionalProperties/properties/fields/additionalProperties"),
        ("[relations]", "/$defs/relations"),
        ("[summaries]", "/$defs/summaries"),
        ("[summaries.rouge155]", "/$defs/summaries/properties/rouge155"),
        ("[summaries.bleu]", "/$defs/summaries/properties/bleu"),
        ("[summaries.chrf]", "/$defs/summaries/properties/chrf"),
        ("[summaries.ter]", "/$defs/summaries/properties/ter"),
        ("[summaries.meteor]", "/$defs/summaries/properties/meteor"),
        ("[summaries.edit_distance]", "/$defs/summaries/properties/edit_distance"),
        ("[summaries.source]", "/$defs/summaries/properties/source"),
        ("[summaries.source.words]", "/$defs/summaries/properties/source/properties/words"),
        ("[key_points]", "/$defs/key_points"),
        ("[keyphrases]", "/$defs/keyphrases"),
        ("[confidence]", "/$defs/confidence"),
    ] {
        assert_eq!(known_in(before), keys(&schema, pointer), "{before}");
    }
    // Each built-in extractor has options of its own; the schema has all of them.
    let mut of_builtins = BTreeSet::new();
    for builtin in schema["$defs"]["builtin"]["properties"]["builtin"]["enum"].as_array().unwrap() {
        of_builtins.extend(known_in(&format!("[extractors.x]\nkind = \"builtin\"\nbuiltin = {builtin}")));
    }
    assert_eq!(of_builtins, keys(&schema, "/$defs/builtin"));
    let builtins: Vec<&str> = karat::extractor::builtin::ALL.iter().map(|builtin| builtin.name).collect();
    assert_eq!(json!(builtins), schema["$defs"]["builtin"]["properties"]["builtin"]["enum"]);
}

#[test]
fn keys_of_datasets_and_documents_are_those_of_the_readers() {
    let message = toml::from_str::<DatasetInfo>("zq = 1").unwrap_err().message().to_owned();
    assert_eq!(listed(&message), keys(&schema("dataset.toml"), ""));
    // The reader of documents has its keys as lists, by which it finds misspelt ones.
    let source = include_str!("../../src/format/unknown_keys.rs");
    let list = |name: &str| -> BTreeSet<String> {
        let (_, list) = source.split_once(&format!("const {name}: &[&str] = &[")).unwrap();
        list.split_once(']').unwrap().0.split('"').skip(1).step_by(2).map(str::to_owned).collect()
    };
    let schema = schema("document");
    for (name, pointer) in [
        ("DOCUMENT", ""),
        ("ENTITY", "/$defs/entity"),
        ("ALTERNATIVE", "/$defs/entity/properties/alternatives/items"),
        ("RELATION", "/$defs/relation"),
        ("EVENT", "/$defs/event"),
        ("ARGUMENT", "/$defs/event/properties/arguments/items"),
        ("CLUSTER", "/$defs/cluster"),
        ("KEY_POINT", "/$defs/key_point"),
        ("SPAN", "/$defs/span"),
    ] {
        assert_eq!(list(name), keys(&schema, pointer), "{name}");
    }
    // A value of a wrong type is refused by the reader and by the schema, for every key.
    for key in keys(&schema, "").iter().filter(|key| *key != "id") {
        let wrong = json!({"id": "a", key: [[{}]]});
        let read = karat::format::read_document(Path::new("a.json"), &wrong.to_string());
        assert!(read.is_err() && !errors(&schema, &wrong).is_empty(), "{key}");
    }
}

/// What the reader of karat.toml refuses by its type or range, the schema refuses, too.
#[test]
fn wrong_values_are_refused_by_both() {
    let schema = schema("karat.toml");
    let dataset = "[datasets.d]\ndocuments = \"d\"\ngolden = \"g\"\n";
    let extractor = |kind: &str, more: &str| format!("[extractors.x]\nkind = \"{kind}\"\n{more}");
    let rule = |more: &str| format!("[[gate]]\nmetric = \"m\"\nmargin = 0.1\n{more}");
    let valid = [dataset, &extractor("builtin", "builtin = \"lead\"\n"), &rule("")].concat();
    assert!(Config::parse(&valid, Path::new("karat.toml"), Path::new("")).is_ok());
    assert_eq!(errors(&schema, &toml(&valid)), [""; 0]);
    for text in [
        "[datasets.d]\ndocuments = 1\ngolden = \"g\"".to_owned(),
        "[datasets.d]\ndocuments = \"d\"".to_owned(),
        format!("{dataset}layers = [\"entites\"]"),
        format!("{dataset}cluster = \"source\""),
        format!("{dataset}text = \"no\""),
        extractor("magic", ""),
        extractor("builtin", "builtin = \"led\""),
        extractor("builtin", "builtin = \"lead\"\nrepeats = 0"),
        extractor("predictions", ""),
        extractor("predictions", "path = \"p\"\nmissing = \"skip\""),
        extractor("process", "command = [\"x\"]\nworkers = 0"),
        extractor("process", "command = \"x\""),
        extractor("process", "command = [\"x\"]\ntimeout = 0"),
        extractor("http", "url = \"http://localhost\""),
        extractor("http", "url = \"http://localhost\"\nlayers = [\"entities\"]\nmethod = \"GET\""),
        extractor("openai", "model = \"m\"\nlayers = [\"summaries\"]\ntemperature = \"hot\""),
        rule("confidence = 0.5"),
        rule("side = \"middle\""),
        rule("slice = \"kind\""),
        "[limits]\njson_depth = 129".to_owned(),
        "[spans]\niou = 1.5".to_owned(),
        "[labels]\nmap = 3".to_owned(),
        "[summaries]\ntokenizer = \"words2\"".to_owned(),
        "[summaries.bleu]\nmax_ngram_order = 0".to_owned(),
        "[summaries.rouge155]\nalpha = 2".to_owned(),
        "[key_points]\nthreshold = 0".to_owned(),
        "[keyphrases]\nk = [0]".to_owned(),
        "[confidence]\nbins = 0".to_owned(),
        "[records.r.fields.f]\ncompare = \"near\"".to_owned(),
        "[profiles.p]\nextractors = \"x\"".to_owned(),
        "datasets = 1".to_owned(),
    ] {
        assert!(Config::parse(&text, Path::new("karat.toml"), Path::new("")).is_err(), "the reader accepts {text}");
        assert!(!errors(&schema, &toml(&text)).is_empty(), "the schema accepts {text}");
    }
}
