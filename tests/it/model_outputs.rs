//! The outputs of models and services, as they return them.

use serde_json::Value;

use crate::cli::{Cli, assert_cmd};

/// Converts a file to karat's format and returns its lines.
fn read(cli: &Cli, args: &[&str]) -> String {
    let args = [&["convert"], args, &["--to", "karat", "--out", "read.jsonl", "--force"]].concat();
    let output = cli.karat(&args).output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    cli.read("read.jsonl")
}

/// Returns the entities of each line as `id: label start-end ...`.
fn entities(cli: &Cli, args: &[&str]) -> Vec<String> {
    let line = |line: &str| {
        let document: Value = serde_json::from_str(line).unwrap();
        let entity =
            |entity: &Value| format!(" {} {}-{}", entity["label"].as_str().unwrap(), entity["start"], entity["end"]);
        let entities: String = document["entities"].as_array().unwrap().iter().map(entity).collect();
        format!("{}:{entities}", document["id"].as_str().unwrap())
    };
    read(cli, args).lines().map(line).collect()
}

#[test]
fn class_numbers_are_named_by_an_option_or_a_file_beside() {
    let cli = Cli::new();
    let lines = "{\"id\": \"0\", \"tokens\": [\"Jane\", \"Roe\", \"left\"], \"ner_tags\": [1, 2, 0]}\n{\"id\": \"1\", \"tokens\": [], \"ner_tags\": []}\n{\"id\": \"2\", \"tokens\": [\"Oslo\"], \"ner_tags\": [3]}\n";
    cli.write("train.jsonl", lines);
    let wanted = ["0: PER 0-8", "1:", "2: LOC 0-4"];
    assert_eq!(entities(&cli, &["train.jsonl", "--labels", "O,B-PER,I-PER,B-LOC"]), wanted);
    assert_cmd!("hf_tokens_without_names", cli.karat(&["convert", "train.jsonl", "--to", "karat", "--out", "x.jsonl"]));
    assert_cmd!(
        "hf_tokens_too_few_names",
        cli.karat(&["convert", "train.jsonl", "--labels", "O,B-PER", "--to", "karat", "--out", "x.jsonl"])
    );
    cli.write("dataset_info.json", r#"{"features": {"id": {"dtype": "string", "_type": "Value"}, "ner_tags": {"feature": {"names": ["O", "B-PER", "I-PER", "B-LOC"], "_type": "ClassLabel"}, "_type": "List"}}}"#);
    assert_eq!(entities(&cli, &["train.jsonl"]), wanted);
    // Names, for which no list is needed; and offsets in the document's own text.
    cli.write(
        "names/train.jsonl",
        "{\"id\": \"0\", \"tokens\": [\"Jane\", \"Roe\"], \"ner_tags\": [\"B-PER\", \"I-PER\"]}\n",
    );
    cli.write("docs/0.txt", "  Jane\nRoe");
    assert_eq!(entities(&cli, &["names/train.jsonl", "--documents", "docs"]), ["0: PER 2-10"]);
}

#[test]
fn tokens_are_scored_against_spans() {
    let cli = Cli::new();
    cli.write(
        "g.jsonl",
        "{\"id\": \"0\", \"tokens\": [\"Jane\", \"Roe\", \"left\"], \"ner_tags\": [\"B-PER\", \"I-PER\", \"O\"]}\n",
    );
    cli.write("p.jsonl", "{\"id\": \"0\", \"entities\": [{\"start\": 0, \"end\": 8, \"label\": \"PER\"}]}\n");
    for (gold, pred) in [("g.jsonl", "p.jsonl"), ("p.jsonl", "g.jsonl")] {
        let scores = cli.json(&["score", "--gold", gold, "--pred", pred]);
        assert_eq!(scores["metrics"]["entities.strict.f1"]["value"], 1.0, "{gold} {pred}");
    }
}

#[test]
fn tokens_of_the_pipeline_are_joined_as_its_strategy_simple_joins_them() {
    let cli = Cli::new();
    let token = |tag: &str, index: usize, start: usize, end: usize| {
        format!(
            r###"{{"entity": "{tag}", "score": 0.5, "index": {index}, "word": "##x", "start": {start}, "end": {end}}}"###
        )
    };
    let tokens = [
        token("B-PER", 1, 0, 2),
        token("I-PER", 2, 2, 4),
        token("I-PER", 3, 5, 8),
        // A token between was outside of entities.
        token("I-PER", 5, 12, 15),
        token("I-LOC", 6, 16, 20),
        token("B-LOC", 7, 21, 25),
    ];
    cli.write("a.json", format!("[{}]", tokens.join(", ")));
    assert_eq!(entities(&cli, &["a.json"]), ["a: PER 0-8 PER 12-15 LOC 16-20 LOC 21-25"]);
    cli.write("groups.json", r#"[[{"entity_group": "PER", "score": 0.75, "word": "jane", "start": 0, "end": 4}], []]"#);
    assert_eq!(entities(&cli, &["groups.json"]), ["1: PER 0-4", "2:"]);
}

#[test]
fn empty_lists_are_read_as_the_other_files_are() {
    let cli = Cli::new();
    cli.write("out/a.json", "[]");
    cli.write("out/b.json", r#"[{"entity_type": "PERSON", "start": 0, "end": 3, "score": 0.85}]"#);
    assert_eq!(entities(&cli, &["out"]), ["a:", "b: PERSON 0-3"]);
    assert_cmd!("empty_list", cli.karat(&["convert", "out/a.json", "--to", "karat", "--out", "x.jsonl"]));
    assert_eq!(entities(&cli, &["out/a.json", "--from", "presidio"]), ["a:"]);
}

#[test]
fn the_output_of_comprehend_is_read() {
    let cli = Cli::new();
    let entity = r#"{"BeginOffset": 0, "EndOffset": 3, "Score": 0.5, "Text": "Ada", "Type": "PERSON"}"#;
    cli.write("answer.json", format!("{{\"Entities\": [{entity}], \"ResponseMetadata\": {{}}}}"));
    assert_eq!(entities(&cli, &["answer.json"]), ["answer: PERSON 0-3"]);
    cli.write(
        "files.jsonl",
        format!("{{\"Entities\": [{entity}], \"File\": \"a.txt\"}}\n{{\"Entities\": [], \"File\": \"b.txt\"}}\n"),
    );
    assert_eq!(entities(&cli, &["files.jsonl"]), ["a: PERSON 0-3", "b:"]);
    cli.write("lines.jsonl", format!("{{\"Entities\": [], \"File\": \"a.txt\", \"Line\": 1}}\n{{\"Entities\": [{entity}], \"File\": \"a.txt\", \"Line\": 0}}\n"));
    assert_eq!(entities(&cli, &["lines.jsonl"]), ["1: PERSON 0-3", "2:"]);
    cli.write("two.jsonl", format!("{{\"Entities\": [], \"File\": \"a.txt\", \"Line\": 0}}\n{{\"Entities\": [{entity}], \"File\": \"b.txt\", \"Line\": 0}}\n"));
    assert_eq!(entities(&cli, &["two.jsonl"]), ["a.1:", "b.1: PERSON 0-3"]);
    cli.write(
        "batch.json",
        format!("{{\"ResultList\": [{{\"Index\": 0, \"Entities\": [{entity}]}}], \"ErrorList\": []}}"),
    );
    assert_eq!(entities(&cli, &["batch.json"]), ["1: PERSON 0-3"]);
    // A document that failed has a row of its own.
    cli.write("gold.jsonl", "{\"id\": \"a\", \"text\": \"Ada\", \"entities\": []}\n");
    cli.write(
        "failed.jsonl",
        "{\"File\": \"a.txt\", \"ErrorCode\": \"DOCUMENT_SIZE_EXCEEDED\", \"ErrorMessage\": \"too long\"}\n",
    );
    assert_cmd!("comprehend_failed", cli.karat(&["score", "--gold", "gold.jsonl", "--pred", "failed.jsonl"]));
}

#[test]
fn azure_counts_utf16_units_unless_the_file_or_the_option_says_otherwise() {
    let cli = Cli::new();
    cli.write("docs/a.txt", "𝄞 Ada");
    let answer = |unit: &str, offset: usize| {
        format!(
            r#"{{{unit}"kind": "EntityRecognitionResults", "results": {{"documents": [{{"id": "a", "entities": [{{"text": "Ada", "category": "Person", "offset": {offset}, "length": 3, "confidenceScore": 0.5}}], "warnings": []}}], "errors": [], "modelVersion": "x"}}}}"#
        )
    };
    cli.write("utf16.json", answer("", 3));
    cli.write("points.json", answer("\"stringIndexType\": \"UnicodeCodePoint\", ", 2));
    cli.write("graphemes.json", answer("\"stringIndexType\": \"TextElement_V8\", ", 2));
    cli.write("unnamed.json", answer("", 2));
    let wanted = ["a: Person 2-5"];
    let docs = ["--documents", "docs"];
    assert_eq!(entities(&cli, &[&["utf16.json"], &docs[..]].concat()), wanted);
    assert_eq!(entities(&cli, &[&["points.json"], &docs[..]].concat()), wanted);
    assert_eq!(entities(&cli, &[&["unnamed.json", "--offset-unit", "code_point"], &docs[..]].concat()), wanted);
    let convert = |file| ["convert", file, "--documents", "docs", "--to", "karat", "--out", "x.jsonl"];
    assert_cmd!("azure_other_unit", cli.karat(&convert("unnamed.json")));
    assert_cmd!("azure_graphemes", cli.karat(&convert("graphemes.json")));
}

#[test]
fn google_counts_what_the_request_asked_for() {
    let cli = Cli::new();
    cli.write("docs/a.txt", "é Zoë");
    let answer = |unit: &str, offset: i32| {
        format!(
            r#"{{"entities": [{{"name": "Zoë", "type": "PERSON", "metadata": {{}}, "salience": 0.5, "mentions": [{{"text": {{"content": "Zoë", "beginOffset": {offset}}}, "type": "PROPER"}}]}}], {unit}"language": "en"}}"#
        )
    };
    let wanted = ["a: PERSON 2-5"];
    let with = |file: &str, more: &[&str]| entities(&cli, &[&[file, "--documents", "docs"], more].concat());
    cli.write("code/a.json", answer("", 2));
    assert_eq!(with("code/a.json", &[]), wanted);
    cli.write("utf8/a.json", answer("\"encodingType\": \"UTF8\", ", 3));
    assert_eq!(with("utf8/a.json", &[]), wanted);
    cli.write("unnamed/a.json", answer("", 3));
    assert_eq!(with("unnamed/a.json", &["--offset-unit", "byte"]), wanted);
    let convert = |file| ["convert", file, "--documents", "docs", "--to", "karat", "--out", "x.jsonl"];
    assert_cmd!("google_other_unit", cli.karat(&convert("unnamed/a.json")));
    cli.write("none/a.json", answer("", -1));
    assert_cmd!("google_no_unit", cli.karat(&convert("none/a.json")));
}

#[test]
fn gliner_counts_tokens_and_includes_the_last() {
    let cli = Cli::new();
    cli.write("train.json", r#"[{"tokenized_text": ["Jane", "Roe", "was", "born", "."], "ner": [[0, 1, "person"], [0, 0, "first name"], [3, 3, "event"]]}, {"tokenized_text": ["No", "."], "ner": []}]"#);
    assert_eq!(entities(&cli, &["train.json"]), ["1: person 0-8 first name 0-4 event 13-17", "2:"]);
    cli.write("docs/1.txt", "Jane  Roe was born.");
    cli.write("docs/2.txt", "No.");
    assert_eq!(
        entities(&cli, &["train.json", "--documents", "docs"]),
        ["1: person 0-9 first name 0-4 event 14-18", "2:"]
    );
    cli.write("bad.json", r#"[{"tokenized_text": ["Jane"], "ner": [[0, 1, "person"], [0, "x"]]}]"#);
    assert_cmd!("gliner_past_the_end", cli.karat(&["convert", "bad.json", "--to", "karat", "--out", "x.jsonl"]));
    cli.write(
        "pred.jsonl",
        "[{\"start\": 0, \"end\": 4, \"text\": \"Jane\", \"label\": \"person\", \"score\": 0.9}]\n[]\n",
    );
    assert_eq!(entities(&cli, &["pred.jsonl"]), ["1: person 0-4", "2:"]);
}

#[test]
fn extractions_keep_the_models_text_where_it_is_not_the_documents() {
    let cli = Cli::new();
    cli.write("out.jsonl", "{\"extractions\": [{\"extraction_class\": \"med\", \"extraction_text\": \"Aspirin\", \"char_interval\": {\"start_pos\": 5, \"end_pos\": 12}, \"alignment_status\": \"match_exact\", \"extraction_index\": 1, \"group_index\": 0, \"description\": null, \"attributes\": {\"dose\": \"10 mg\"}}], \"text\": \"Took aspirin by mouth.\", \"document_id\": \"doc_1\"}\n");
    assert_eq!(
        read(&cli, &["out.jsonl"]),
        "{\"id\":\"doc_1\",\"text\":\"Took aspirin by mouth.\",\"entities\":[{\"start\":5,\"end\":12,\"label\":\"med\",\"attributes\":{\"dose\":\"10 mg\",\"extraction_text\":\"Aspirin\"}}]}\n"
    );
}
