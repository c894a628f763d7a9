//! Predictions without offsets: a text and a label, as language models answer.

use serde_json::Value;

use crate::cli::Cli;

const GOLD: &str = r#"{"id": "1", "text": "Bern is nice. Bern!", "entities": [{"start": 0, "end": 4, "label": "LOC", "text": "Bern"}]}
{"id": "2", "text": "“Ada\n Lovelace” wrote to Ada.", "entities": [{"start": 1, "end": 14, "label": "PER"}, {"start": 25, "end": 28, "label": "PER"}]}
"#;

/// The texts that a model found: Bern, Ada, and Basel, which is in no document.
const PREDICTED: &str = r#"{"id": "1", "entities": [{"text": "Bern", "label": "LOC"}, {"text": "Basel", "label": "LOC"}]}
{"id": "2", "entities": [{"text": "Ada Lovelace", "label": "PER"}, {"text": "Ada", "label": "PER"}]}
"#;

fn files() -> Cli {
    let cli = Cli::new();
    cli.write("gold.jsonl", GOLD);
    cli.write("pred.jsonl", PREDICTED);
    cli
}

/// A figure with the counts of correct, missed and spurious entities.
type Counted = (Option<f64>, [u64; 3]);

/// Returns the value and the counts (correct, missed, spurious) of metrics, and the notes.
fn score(cli: &Cli, metrics: &[&str], args: &[&str]) -> (Vec<Counted>, String) {
    let both = ["score", "--gold", "gold.jsonl", "--pred", "pred.jsonl", "--format", "json"];
    let (code, out, notes) = cli.run(&[&both[..], args].concat());
    assert_eq!(code, 0, "{args:?}: {notes}");
    let scores: Value = serde_json::from_str(&out).unwrap();
    let figure = |metric: &&str| {
        let found = &scores["metrics"][*metric];
        assert!(!found.is_null(), "{metric} is not in {out}");
        let count = |name: &str| found["counts"][name].as_u64().unwrap();
        (found["value"].as_f64(), ["correct", "missed", "spurious"].map(count))
    };
    (metrics.iter().map(figure).collect(), notes)
}

const STRICT: &[&str] = &["entities.strict.f1"];

#[test]
fn without_offsets_only_metrics_of_texts_are_defined() {
    let metrics = ["entities.strict.f1", "entities.partial.f1", "entities.text.f1", "entities.text.unique.f1"];
    let (figures, notes) = score(&files(), &metrics, &[]);
    // "Ada Lovelace" is not "Ada\n Lovelace": texts are compared by their code points.
    let of_texts = (Some(4.0 / 7.0), [2, 1, 2]);
    assert_eq!(figures, [(None, [0; 3]), (None, [0; 3]), of_texts, of_texts]);
    assert!(
        notes.starts_with("note: entities have no offsets: only entities.text and entities.text.unique"),
        "{notes}"
    );
    // Nothing may turn the undefined figures into a number.
    let (figures, _) = score(&files(), &["entities.text.f1"], &["--zero-division", "0"]);
    assert_eq!(figures, [of_texts]);
    let (_, out, _) = files().run(&["score", "--gold", "gold.jsonl", "--pred", "pred.jsonl", "--zero-division", "0"]);
    assert!(!out.contains("entities.strict"), "{out}");
}

#[test]
fn located_texts_are_scored_like_offsets_and_what_is_not_found_is_spurious() {
    let cli = files();
    // The first "Ada" lies in "Ada Lovelace", with which it is paired as an incorrect answer.
    for (which, counts) in [("exact", [0, 3, 4]), ("first", [1, 1, 2]), ("all", [2, 0, 3]), ("ordered", [1, 1, 2])] {
        let (figures, notes) = score(&cli, STRICT, &["--locate", which]);
        assert_eq!(figures[0].1, counts, "{which}: {notes}");
        assert!(!notes.contains("no offsets"), "{notes}");
        let absent = "entities whose text is not in their document, which are spurious: 2, first \"Basel\" in 1";
        assert!(notes.contains(absent), "{which}: {notes}");
    }
    let (figures, notes) = score(&cli, STRICT, &["--locate", "ordered", "--locate-loosely"]);
    assert_eq!(figures[0].1, [3, 0, 1], "{notes}");
}

#[test]
fn a_golden_entity_without_a_known_text_leaves_metrics_of_texts_undefined() {
    let cli = Cli::new();
    cli.write("gold.jsonl", r#"{"id": "1", "entities": [{"start": 0, "end": 4, "label": "LOC"}]}"#);
    cli.write("pred.jsonl", r#"{"id": "1", "entities": [{"text": "Bern", "label": "LOC"}]}"#);
    let both = ["score", "--gold", "gold.jsonl", "--pred", "pred.jsonl"];
    let (code, out, notes) = cli.run(&both);
    assert_eq!(code, 0, "{notes}");
    assert!(notes.contains("the text of an entity is unknown, so entities.text is not computed"), "{notes}");
    assert!(!out.contains("1.000") && !out.contains("0.000"), "{out}");
    let (code, _, message) = cli.run(&[&both[..], &["--locate", "first"]].concat());
    assert_eq!(code, 2);
    assert!(message.contains("it can't be located: the text of its document is unknown"), "{message}");
}

/// A prediction with offsets, whose text is in neither file, is no wrong text.
#[test]
fn a_predicted_entity_without_a_known_text_leaves_metrics_of_texts_undefined() {
    let cli = Cli::new();
    cli.write("options.toml", "[spans]\ntext = true\n");
    cli.write("gold.jsonl", r#"{"id": "1", "entities": [{"start": 0, "end": 4, "label": "LOC", "text": "Bern"}]}"#);
    cli.write("pred.jsonl", r#"{"id": "1", "entities": [{"start": 0, "end": 4, "label": "LOC"}]}"#);
    let both = ["score", "--gold", "gold.jsonl", "--pred", "pred.jsonl", "--options", "options.toml"];
    let (code, out, notes) = cli.run(&both);
    assert_eq!(code, 0, "{notes}");
    assert!(notes.contains("the text of an entity is unknown, so entities.text is not computed"), "{notes}");
    assert!(out.contains("entities.strict ") && !out.contains("entities.text"), "{out}");
    cli.write("pred.jsonl", r#"{"id": "1", "entities": [{"start": 0, "end": 4, "label": "LOC", "text": "Bern"}]}"#);
    let (_, out, _) = cli.run(&both);
    assert!(out.contains("entities.text ") && out.contains("1.000"), "{out}");
}

#[test]
fn what_needs_offsets_refuses_entities_without_them() {
    let cli = files();
    let both = ["--gold", "gold.jsonl", "--pred", "pred.jsonl"];
    let (code, _, message) = cli.run(&[&["score", "--preset", "nervaluate"], &both[..]].concat());
    assert_eq!(code, 2);
    assert!(message.contains("entities have no offsets, or were not located, but nervaluate compares"), "{message}");
    let (code, _, message) = cli.run(&["convert", "pred.jsonl", "--to", "karat", "--out", "out.jsonl"]);
    assert_eq!(code, 2);
    assert!(message.contains("pred.jsonl:1:") && message.contains("`start` and `end` are missing"), "{message}");
    cli.write("pred.jsonl", r#"{"id": "1", "entities": [{"end": 4, "text": "Bern", "label": "LOC"}]}"#);
    let (code, _, message) = cli.run(&[&["score", "--missing", "count"], &both[..]].concat());
    assert_eq!(code, 2);
    assert!(message.contains("`start` is missing"), "{message}");
}

#[test]
fn files_without_offsets_are_compared_and_gated() {
    let cli = files();
    cli.write("worse.jsonl", PREDICTED.replace("Ada\"", "Eve\""));
    let both = ["--gold", "gold.jsonl", "--baseline", "pred.jsonl", "--candidate", "worse.jsonl"];
    let (code, out, notes) = cli.run(&[&["compare", "--metric", "entities.text.f1"], &both[..]].concat());
    assert_eq!(code, 0, "{notes}");
    assert!(out.contains("entities.text.f1") && notes.contains("entities have no offsets"), "{out}{notes}");
    let (code, out, notes) = cli.run(&[&["compare", "--locate", "first"], &both[..]].concat());
    assert_eq!(code, 0, "{notes}");
    assert!(out.contains("entities.strict.f1") && !notes.contains("have no offsets"), "{out}{notes}");
    let gate = ["gate", "--metric", "entities.text.f1", "--min", "0.5"];
    let (_, out, notes) = cli.run(&[&gate, &both[..]].concat());
    assert!(out.contains("entities.text.f1  0.286") && notes.contains("entities have no offsets"), "{out}{notes}");
}

#[test]
fn an_extractor_locates_its_answers_and_the_run_remembers_what_was_not_found() {
    let cli = files();
    let documents = [("1", "Bern is nice. Bern!"), ("2", "“Ada\\n Lovelace” wrote to Ada.")];
    let lines = documents.map(|(id, text)| format!("{{\"id\": \"{id}\", \"text\": \"{text}\"}}\n"));
    cli.write("documents.jsonl", lines.concat());
    cli.write(
        "karat.toml",
        "[datasets.d]\ndocuments = \"documents.jsonl\"\ngolden = \"gold.jsonl\"\n\
         [extractors.located]\nkind = \"predictions\"\npath = \"pred.jsonl\"\n\
         locate = \"ordered\"\nlocate_loosely = true\n\
         [extractors.unlocated]\nkind = \"predictions\"\npath = \"pred.jsonl\"\n",
    );
    let (code, out, notes) = cli.run(&["run", "--format", "json", "--out", "r"]);
    assert_eq!(code, 0, "{notes}");
    let scores: Value = serde_json::from_str(&out).unwrap();
    let shown = scores.to_string();
    assert!(notes.contains("note: d, located, \"1\": 1 entity was not found in the text"), "{notes}");
    assert!(notes.contains("note: d, unlocated: entities have no offsets"), "{notes}");
    assert!(shown.contains("entities.text.f1"), "{shown}");
    let lines = cli.read("r/predictions/d/located.jsonl");
    assert!(lines.contains(r#"{"label":"LOC","text":"Basel","not_found":true}"#), "{lines}");
    assert!(lines.contains(r#""start":1,"end":14"#), "{lines}");
    // A comparison of runs reads the same answers: what was not found stays spurious.
    let (code, out, notes) = cli.run(&["compare", "r", "r", "--extractor", "located"]);
    assert_eq!(code, 0, "{notes}");
    assert!(out.contains("entities.strict.f1") && !notes.contains("no offsets"), "{out}{notes}");
}

#[test]
fn extractions_that_langextract_did_not_find_are_spurious() {
    let cli = files();
    let extraction = |text: &str, interval: &str| {
        format!(r#"{{"extraction_class": "LOC", "extraction_text": "{text}", "char_interval": {interval}}}"#)
    };
    let found = extraction("Bern", r#"{"start_pos": 0, "end_pos": 4}"#);
    let line =
        |id: &str, extractions: &str| format!("{{\"document_id\": \"{id}\", \"extractions\": [{extractions}]}}\n");
    let lines = line("1", &format!("{found}, {}", extraction("Basel", "null"))) + &line("2", "");
    cli.write("pred.jsonl", lines);
    let (figures, notes) = score(&cli, STRICT, &[]);
    assert_eq!(figures[0].1, [1, 2, 1], "{notes}");
    assert!(
        notes.contains("extractions that LangExtract did not find in the document, which are spurious: 1"),
        "{notes}"
    );
    let (code, _, message) = cli.run(&["score", "--gold", "pred.jsonl", "--pred", "pred.jsonl"]);
    assert_eq!(code, 2);
    assert!(message.contains("`char_interval` is null"), "{message}");
}

#[test]
fn a_wrong_word_for_locate_is_an_error_with_its_line() {
    let cli = files();
    cli.write(
        "karat.toml",
        "[datasets.d]\ndocuments = \"gold.jsonl\"\ngolden = \"gold.jsonl\"\n\
         [extractors.e]\nkind = \"predictions\"\npath = \"pred.jsonl\"\nlocate = \"any\"\n",
    );
    let (code, _, message) = cli.run(&["run"]);
    assert_eq!(code, 2);
    assert!(message.contains("karat.toml:7:10") && message.contains("`locate` is \"any\""), "{message}");
}
