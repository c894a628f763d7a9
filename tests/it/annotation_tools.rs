//! Exports of annotation tools as people have them: whose labels are read, from which text, and
//! what is said about it.

use serde_json::{Value, json};

use crate::cli::{Cli, assert_cmd};

/// A region of Label Studio.
fn region(id: &str, start: u32, end: u32, label: &str, text: &str) -> Value {
    json!({"value": {"start": start, "end": end, "labels": [label], "text": text}, "id": id, "from_name": "label",
        "to_name": "text", "type": "labels", "origin": "manual"})
}

/// A task of Label Studio.
#[expect(clippy::needless_pass_by_value, reason = "callers write JSON in place")]
fn task(id: u32, data: Value, annotations: Value, predictions: Value) -> Value {
    json!({"id": id, "data": data, "annotations": annotations, "predictions": predictions, "project": 3})
}

/// A task with one annotation.
#[expect(clippy::needless_pass_by_value, reason = "callers write JSON in place")]
fn annotated(id: u32, data: Value, results: Value) -> Value {
    task(id, data, json!([{"id": 11, "completed_by": 1, "was_cancelled": false, "result": results}]), json!([]))
}

const TEXT: &str = "Ada is in Oslo.";

fn two_models() -> Value {
    let gold = json!([region("a1", 0, 3, "PER", "Ada"), region("a2", 10, 14, "LOC", "Oslo")]);
    let predictions = json!([
        {"id": 5, "model_version": "v1", "result": [region("p1", 0, 3, "ORG", "Ada")]},
        {"id": 6, "model_version": "v2", "result": [region("p1", 0, 3, "PER", "Ada")]},
    ]);
    task(
        1,
        json!({"text": TEXT}),
        json!([{"id": 1, "completed_by": 1, "was_cancelled": false, "result": gold}]),
        predictions,
    )
}

fn f1(cli: &Cli, args: &[&str]) -> Value {
    cli.json(&[&["score"], args].concat())["metrics"]["entities.strict.f1"].clone()
}

/// What `karat convert` makes of a file.
fn converted(cli: &Cli, args: &[&str]) -> Value {
    let args = [&["convert"], args, &["--to", "karat", "--out", "shown.jsonl", "--force"]].concat();
    let output = cli.karat(&args).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines: Vec<Value> = cli.read("shown.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    lines.into()
}

#[test]
fn predictions_are_never_gold() {
    let cli = Cli::new();
    cli.write("export.json", json!([two_models()]).to_string());
    let both = ["--gold", "export.json", "--pred", "export.json"];
    let first = f1(&cli, &both);
    assert_eq!((&first["value"], &first["n"]), (&json!(0.0), &json!(2)));
    let second = f1(&cli, &[&both[..], &["--pred-annotator", "v2"]].concat());
    assert!((second["value"].as_f64().unwrap() - 2.0 / 3.0).abs() < 1e-12, "{second}");
    assert_cmd!("label_studio_predictions", cli.karat(&[&["score"], &both[..]].concat()));
    let args = [&["score"], &both[..], &["--pred-annotator", "v3"]].concat();
    assert_cmd!("label_studio_no_such_model", cli.karat(&args));
    // Annotations are read as predictions where there are none, and of the named annotator.
    assert_eq!(f1(&cli, &[&both[..], &["--pred-annotator", "1"]].concat())["value"], 1.0);
}

/// A golden export of one annotated task and two that are not, and predictions for all.
fn unannotated() -> Cli {
    let cli = Cli::new();
    let cancelled = json!([{"id": 9, "was_cancelled": true, "result": [region("c", 0, 2, "PER", "Bo")]}]);
    let predicted = json!([{"id": 7, "result": [region("p", 0, 2, "ORG", "Bo")]}]);
    let tasks = json!([
        two_models(),
        task(2, json!({"text": "Bo left."}), json!([]), predicted),
        task(3, json!({"text": "Bo left."}), cancelled, json!([])),
    ]);
    cli.write("gold.json", tasks.to_string());
    let line = |id: &str, end: u32, label: &str| {
        json!({"id": id, "entities": [{"start": 0, "end": end, "label": label}]}).to_string() + "\n"
    };
    cli.write("pred.jsonl", line("1", 3, "PER") + &line("2", 2, "ORG") + &line("3", 2, "ORG"));
    cli
}

/// The note is part of the answer whatever the command.
#[test]
fn every_command_names_the_tasks_that_are_not_scored() {
    let cli = unannotated();
    let tasks: Value = serde_json::from_str(&cli.read("gold.json")).unwrap();
    for task in tasks.as_array().unwrap() {
        cli.write(&format!("docs/{}.txt", task["id"]), task["data"]["text"].as_str().unwrap());
    }
    cli.write(
        "karat.toml",
        "[datasets.d]\ndocuments = \"docs\"\ngolden = \"gold.json\"\n\n\
         [extractors.p]\nkind = \"predictions\"\npath = \"pred.jsonl\"\n",
    );
    let pair = ["--gold", "gold.json", "--baseline", "pred.jsonl", "--candidate", "pred.jsonl"];
    let rule = ["--metric", "entities.strict.f1", "--margin", "0.1"];
    for command in [
        [&["compare"][..], &pair].concat(),
        [&["gate"][..], &pair, &rule].concat(),
        [&["power"][..], &pair, &["--metric", "entities.strict.f1"]].concat(),
        vec!["check", "--golden", "gold.json", "--documents", "docs"],
        vec!["run", "--quiet", "--out", "r"],
        vec!["accept", "r", "--dry-run"],
    ] {
        let output = cli.karat(&command).output().unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(errors.contains("note: gold.json: tasks without an annotation"), "{command:?}: {errors}");
    }
}

#[test]
fn tasks_without_annotations_are_not_scored() {
    let cli = unannotated();
    let args = ["score", "--gold", "gold.json", "--pred", "pred.jsonl", "--metric", "entities.strict.f1"];
    assert_cmd!("label_studio_unannotated", cli.karat(&args));
    let f1 = f1(&cli, &["--gold", "gold.json", "--pred", "pred.jsonl"]);
    assert!((f1["value"].as_f64().unwrap() - 2.0 / 3.0).abs() < 1e-12, "{f1}");
    assert_eq!(f1["documents"], 1);
}

#[test]
fn the_text_is_found_among_the_data() {
    let cli = Cli::new();
    let data = json!({"note_id": 17, "source": "s3://bucket/a.txt", "NOTE": "Mild tremor noted."});
    cli.write(
        "ls.json",
        json!([annotated(1, data.clone(), json!([region("a", 5, 11, "SIGN", "tremor")]))]).to_string(),
    );
    assert_eq!(converted(&cli, &["ls.json"])[0]["text"], "Mild tremor noted.");
    cli.write("bad.json", json!([annotated(1, data, json!([region("a", 3, 9, "SIGN", "tremor")]))]).to_string());
    assert_cmd!("label_studio_wrong_offsets", cli.karat(&["convert", "bad.json", "--to", "karat", "--out", "x.jsonl"]));

    // Of several texts, the one that the regions fit; otherwise the one that the configuration
    // names.
    let two = json!({"title": "A tremor.", "body": "Mild tremor noted."});
    cli.write(
        "two.json",
        json!([annotated(1, two.clone(), json!([region("a", 5, 11, "SIGN", "tremor")]))]).to_string(),
    );
    assert_eq!(converted(&cli, &["two.json"])[0]["text"], "Mild tremor noted.");
    cli.write("none.json", json!([annotated(1, two, json!([]))]).to_string());
    let convert = ["convert", "none.json", "--to", "karat", "--out", "x.jsonl"];
    assert_cmd!("label_studio_several_texts", cli.karat(&convert));
    cli.write("config.xml", "<View>\n <Labels name=\"l\" toName=\"t\"><Label value=\"SIGN\"/></Labels>\n <Text name=\"t\" value=\"$title\"/>\n</View>");
    assert_eq!(converted(&cli, &["none.json", "--label-config", "config.xml"])[0]["text"], "A tremor.");
    cli.write("config.xml", "<View></View>");
    assert_cmd!(
        "label_studio_config_without_text",
        cli.karat(&[&convert[..], &["--label-config", "config.xml"]].concat())
    );

    // A path is no text.
    let path = json!({"text": "/data/upload/1/a.txt"});
    cli.write("path.json", json!([annotated(1, path, json!([region("a", 5, 11, "SIGN", "tremor")]))]).to_string());
    assert!(converted(&cli, &["path.json"])[0].get("text").is_none());
    assert_cmd!("label_studio_path", cli.karat(&["convert", "path.json", "--to", "karat", "--out", "y.jsonl"]));
}

#[test]
fn stored_texts_may_differ_in_white_space() {
    let cli = Cli::new();
    let office =
        annotated(1, json!({"text": "At: Oslo,  Norway."}), json!([region("a", 4, 17, "LOC", "Oslo, Norway")]));
    let lines = annotated(2, json!({"text": "To\nAda\nOslo"}), json!([region("a", 3, 11, "PER", "Ada\\nOslo")]));
    cli.write("ls.json", json!([office, lines]).to_string());
    assert_cmd!("label_studio_white_space", cli.karat(&["convert", "ls.json", "--to", "karat", "--out", "x.jsonl"]));
    assert_eq!(converted(&cli, &["ls.json"])[0]["entities"][0]["end"], 17);
}

#[test]
fn what_is_entered_about_a_region_becomes_attributes() {
    let cli = Cli::new();
    let about = |name: &str, kind: &str, key: &str, value: Value| json!({"value": {"start": 0, "end": 3, key: value}, "id": "r1", "from_name": name, "to_name": "text", "type": kind});
    let results = json!([
        about("sure", "choices", "choices", json!(["yes"])),
        region("r1", 0, 3, "PER", "Ada"),
        about("norm", "textarea", "text", json!(["Ms Ada"])),
        about("stars", "rating", "rating", json!(4)),
        about("tax", "taxonomy", "taxonomy", json!([["A", "B"]])),
        about("day", "datetime", "datetime", json!("2024")),
    ]);
    cli.write("ls.json", json!([annotated(1, json!({"text": TEXT}), results)]).to_string());
    let wanted = json!({"sure": ["yes"], "norm": ["Ms Ada"], "stars": 4, "tax": [["A", "B"]], "day": "2024"});
    assert_eq!(converted(&cli, &["ls.json"])[0]["entities"][0]["attributes"], wanted);
}

#[test]
fn regions_without_labels_are_named() {
    let cli = Cli::new();
    let bare =
        |value: Value| json!({"value": value, "id": "z", "from_name": "label", "to_name": "text", "type": "labels"});
    let with = |id: u32, value: Value| {
        annotated(id, json!({"text": TEXT}), json!([region("a", 0, 3, "PER", "Ada"), bare(value)]))
    };
    let absent = with(1, json!({"start": 10, "end": 14, "text": "Oslo"}));
    let empty = with(2, json!({"start": 10, "end": 14, "text": "Oslo", "labels": []}));
    cli.write("ls.json", json!([absent, empty]).to_string());
    assert_cmd!("label_studio_no_labels", cli.karat(&["convert", "ls.json", "--to", "karat", "--out", "x.jsonl"]));
}

/// Two annotators of one export, in both tools.
fn two_annotators(cli: &Cli) {
    let by =
        |who: Value, results: Value| json!({"id": 1, "completed_by": who, "was_cancelled": false, "result": results});
    let first = by(json!(1), json!([region("a", 0, 3, "PER", "Ada")]));
    let second = by(
        json!({"id": 2, "email": "b@example.org"}),
        json!([region("a", 0, 3, "PER", "Ada"), region("b", 10, 14, "LOC", "Oslo")]),
    );
    cli.write("ls.json", json!([task(1, json!({"text": TEXT}), json!([first, second]), json!([]))]).to_string());
    let line = |who: &str, spans: Value| {
        json!({"text": TEXT, "_input_hash": 111, "_task_hash": 222, "spans": spans, "answer": "accept",
            "_annotator_id": who, "_session_id": who})
        .to_string()
            + "\n"
    };
    cli.write("prodigy.jsonl", line("a", json!([{"start": 0, "end": 3, "label": "PER"}])) + &line("b", json!([])));
}

#[test]
fn an_export_is_split_by_annotators() {
    let cli = Cli::new();
    two_annotators(&cli);
    assert_cmd!("agree_label_studio", cli.karat(&["agree", "ls.json"]));
    assert_cmd!("agree_prodigy", cli.karat(&["agree", "prodigy.jsonl"]));
    let value = |file: &str, annotator: &str, other: &str| {
        let args = ["--gold", file, "--pred", file, "--annotator", annotator, "--pred-annotator", other];
        f1(&cli, &args)["value"].as_f64().unwrap()
    };
    assert!((value("ls.json", "1", "b@example.org") - 2.0 / 3.0).abs() < 1e-12);
    assert_eq!((value("ls.json", "2", "b@example.org"), value("prodigy.jsonl", "a", "a")), (1.0, 1.0));
    for file in ["ls.json", "prodigy.jsonl"] {
        let name = format!("several_annotators_{}", file.split('.').next().unwrap());
        assert_cmd!(name, cli.karat(&["score", "--gold", file, "--pred", file]));
        assert_cmd!(
            format!("{}_unknown", &file[..2]),
            cli.karat(&["score", "--gold", file, "--pred", file, "--annotator", "c", "--pred-annotator", "c"])
        );
    }
    cli.write("one.jsonl", r#"{"id": "a", "entities": []}"#);
    assert_cmd!(
        "annotator_of_no_export",
        cli.karat(&["score", "--gold", "one.jsonl", "--pred", "one.jsonl", "--annotator", "a"])
    );
    assert_cmd!("agree_one_annotator", cli.karat(&["agree", "one.jsonl"]));
}

#[test]
fn the_smaller_exports_of_label_studio_are_read() {
    let cli = Cli::new();
    let label = r#"[{"start": 0, "end": 3, "text": "Ada", "labels": ["PER"]}, {"start": 10, "end": 14, "text": "Oslo", "labels": ["LOC"]}]"#;
    let row = |annotator: u32| {
        format!(
            r#"{{"id": 7, "note": "{TEXT}", "ner": {label}, "sentiment": "good", "annotator": {annotator}, "annotation_id": {annotator}, "created_at": "2024-01-01", "lead_time": 1.5}}"#
        )
    };
    cli.write("min.json", format!("[{}]", row(1)));
    let cell = label.replace('"', "\"\"");
    let head = "note,id,ner,sentiment,annotator,annotation_id,created_at,updated_at,lead_time\n";
    let line = format!("{TEXT},7,\"{cell}\",good,1,1,2024-01-01,2024-01-01,1.5\n");
    cli.write("export.csv", format!("{head}{line}"));
    cli.write(
        "export.tsv",
        format!("{}{TEXT}\t7\t\"{cell}\"\tgood\t1\t1\t2024-01-01\t2024-01-01\t1.5\n", head.replace(',', "\t")),
    );
    let wanted = converted(&cli, &["min.json"]);
    assert_eq!((&wanted[0]["id"], &wanted[0]["text"]), (&json!("7"), &json!(TEXT)));
    assert_eq!(wanted[0]["entities"].as_array().unwrap().len(), 2);
    assert_eq!((converted(&cli, &["export.csv"]), converted(&cli, &["export.tsv"])), (wanted.clone(), wanted.clone()));
    cli.write("two.json", format!("[{},{}]", row(1), row(2)));
    assert_eq!(converted(&cli, &["two.json", "--annotator", "2"]), wanted);
    assert_cmd!("label_studio_min_two", cli.karat(&["convert", "two.json", "--to", "karat", "--out", "x.jsonl"]));
    cli.write("broken.csv", format!("{head}a,b\n"));
    assert_cmd!("label_studio_csv_broken", cli.karat(&["convert", "broken.csv", "--to", "karat", "--out", "x.jsonl"]));
}

#[test]
fn doccano_before_2021_needs_the_names_of_labels() {
    let cli = Cli::new();
    cli.write("d.jsonl", r#"{"id": 15, "text": "EU rejects it.", "annotations": [{"label": 7, "start_offset": 0, "end_offset": 2, "user": 1}], "meta": {}}"#);
    assert_cmd!("doccano_numbers", cli.karat(&["convert", "d.jsonl", "--to", "karat", "--out", "x.jsonl"]));
    cli.write("labels.json", r#"[{"id": 7, "text": "ORG", "suffix_key": "o"}]"#);
    let wanted = json!([{"start": 0, "end": 2, "label": "ORG"}]);
    assert_eq!(converted(&cli, &["d.jsonl", "--label-names", "labels.json"])[0]["entities"], wanted);
    cli.write("triples.jsonl", r#"{"id": 1, "text": "EU rejects it.", "labels": [[0, 2, "ORG"]]}"#);
    assert_eq!(converted(&cli, &["triples.jsonl"])[0]["entities"], wanted);
}

#[test]
fn what_spacy_and_its_tools_write_is_read() {
    let cli = Cli::new();
    cli.write("a.json", r#"{"classes": ["PERSON", "CITY"], "annotations": [["Ada is in Oslo.\r", {"entities": [[0, 3, "PERSON"], [10, 14, "CITY"]]}], ["No one.", {"entities": []}], null]}"#);
    assert_cmd!("ner_annotator", cli.karat(&["convert", "a.json", "--to", "karat", "--out", "a.jsonl"]));
    assert_eq!(cli.read("a.jsonl").lines().count(), 2);
    cli.write("e.jsonl", "{\"text\": \"A Zorbo lamp.\", \"entities\": [{\"start\": 2, \"end\": 7, \"label\": \"BRAND\"}]}\n{\"text\": \"nothing\", \"entities\": []}\n");
    let read = converted(&cli, &["e.jsonl"]);
    assert_eq!(read[0]["entities"], json!([{"start": 2, "end": 7, "label": "BRAND"}]));
    assert_eq!(read[1]["entities"], json!([]));
    // Predictions with ids and the key of spaCy.
    cli.write("ents.jsonl", r#"{"id": "1", "text": "Ada left", "ents": [{"start": 0, "end": 3, "label": "PER"}]}"#);
    assert_eq!(converted(&cli, &["ents.jsonl"])[0]["id"], "1");
    let doc = |rest: &str| {
        format!(
            r#"{{"text": "Ada left", {rest}"tokens": [{{"id": 0, "start": 0, "end": 3}}, {{"id": 1, "start": 4, "end": 8}}], "spans": {{"sc": [{{"start": 0, "end": 3, "label": "PER", "kb_id": ""}}]}}}}"#
        )
    };
    cli.write("groups.json", doc(""));
    assert_eq!(converted(&cli, &["groups.json"])[0]["entities"], json!([{"start": 0, "end": 3, "label": "PER"}]));
    cli.write("doc.json", doc(r#""ents": [{"start": 4, "end": 8, "label": "V", "kb_id": "Q1"}], "#));
    assert_cmd!("spacy_doc", cli.karat(&["convert", "doc.json", "--to", "karat", "--out", "doc.jsonl"]));
    assert_eq!(converted(&cli, &["doc.json"])[0]["entities"][0]["attributes"], json!({"kb_id": "Q1"}));
    let token = |word: &str, tag: &str| json!({"id": 0, "orth": word, "ner": tag});
    let tokens = json!([token("Ada", "B-PER"), token("Love", "L-PER"), token("in", "O"), token("Oslo", "U-LOC")]);
    cli.write(
        "v2.json",
        json!([{"id": 3, "paragraphs": [{"raw": "Ada Love, in Oslo", "sentences": [{"tokens": tokens}]}]}]).to_string(),
    );
    assert_cmd!("spacy_v2_word", cli.karat(&["convert", "v2.json", "--to", "karat", "--out", "v2.jsonl"]));
    cli.write(
        "v2.json",
        json!([{"id": 3, "paragraphs": [{"raw": "Ada Love\nin Oslo", "sentences": [{"tokens": tokens}]}]}]).to_string(),
    );
    let entities = json!([{"start": 0, "end": 8, "label": "PER"}, {"start": 12, "end": 16, "label": "LOC"}]);
    assert_eq!(converted(&cli, &["v2.json"])[0]["entities"], entities);
    cli.write(
        "v2.json",
        json!([{"paragraphs": [{"sentences": [{"tokens": [token("Ada", "PER"), token("x", "I-PER")]}]}]}]).to_string(),
    );
    assert_cmd!("spacy_v2_tags", cli.karat(&["convert", "v2.json", "--to", "karat", "--out", "v2.jsonl"]));
    cli.write("x.spacy", b"\x78\x9c\xff\xff");
    assert_cmd!("docbin_broken", cli.karat(&["convert", "x.spacy", "--to", "karat", "--out", "x.jsonl"]));
}

#[test]
fn records_of_argilla_are_read() {
    let cli = Cli::new();
    let span = |label: &str| json!([{"start": 0, "end": 3, "label": label}]);
    let record = json!([{"id": "1", "fields": {"body": TEXT}, "metadata": {}, "suggestions": {"ner": {"value": span("ORG"), "score": 0.5, "agent": "m"}},
        "responses": {"ner": [{"value": span("PER"), "user_id": "u1"}]}, "vectors": {}, "status": "completed", "_server_id": null}]);
    cli.write("v2.json", record.to_string());
    let read = converted(&cli, &["v2.json"]);
    assert_eq!((&read[0]["text"], &read[0]["entities"][0]["label"]), (&json!(TEXT), &json!("PER")));
    assert_eq!(converted(&cli, &["v2.json", "--predictions"])[0]["entities"][0]["label"], "ORG");
    let v1 = json!({"id": "1", "text": TEXT, "tokens": ["Ada"], "prediction": [["ORG", 0, 3, 0.5]], "prediction_agent": "m",
        "annotation": [["PER", 0, 3]], "annotation_agent": "u1", "status": "Validated"});
    cli.write("v1.jsonl", v1.to_string());
    assert_eq!(converted(&cli, &["v1.jsonl"])[0]["entities"], json!([{"start": 0, "end": 3, "label": "PER"}]));
    let both = ["--gold", "v1.jsonl", "--pred", "v1.jsonl"];
    assert_eq!(f1(&cli, &both)["value"], 0.0);
    assert_cmd!("argilla_both", cli.karat(&[&["score"], &both[..], &["--metric", "entities.strict.f1"]].concat()));
}

#[test]
fn check_locates_findings_in_other_formats() {
    let cli = Cli::new();
    cli.write("brat/a.txt", "Oslo . and");
    cli.write("brat/a.ann", "T1\tLOC 0 5\tOslo \nT2\tLOC 0 5\tOslo \n");
    cli.write("d.jsonl", "{\"id\": 1, \"text\": \" Oslo .\", \"label\": [[0, 5, \"LOC\"], [0, 5, \"LOC\"]]}\n");
    for (name, path) in [("check_brat", "brat"), ("check_doccano", "d.jsonl")] {
        assert_cmd!(name, cli.karat(&["check", "--golden", path]));
        assert_cmd!(format!("{name}_fix"), cli.karat(&["check", "--golden", path, "--fix"]));
    }
}

#[test]
fn messages_name_no_type_of_rust() {
    let cli = Cli::new();
    for (name, text) in [
        ("number", r#"{"id": "a", "entities": [{"start": -1, "end": 3, "label": "A"}]}"#),
        ("list", r#"{"id": "a", "entities": {}}"#),
        ("object", "5"),
        ("text", r#"{"id": "a", "text": ["x"]}"#),
    ] {
        cli.write("x.json", text);
        let output = cli.karat(&["convert", "x.json", "--to", "csv", "--out", "x.csv"]).output().unwrap();
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2));
        for word in ["struct", "Wire", "u32", "sequence", "a map"] {
            assert!(!message.contains(word), "{name}: {message}");
        }
    }
}
