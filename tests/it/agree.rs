//! `karat agree`: figures, coefficients, the worklist, and files that can't be compared.

use serde_json::Value;

use crate::cli::{Cli, assert_cmd};

const A: &str = r#"{"id": "d1", "text": "Ada met Bo in Oslo.", "entities": [{"start": 0, "end": 3, "label": "PERSON"}, {"start": 8, "end": 10, "label": "PERSON"}, {"start": 14, "end": 18, "label": "GPE"}], "key_sentences": [{"start": 0, "end": 19}]}
{"id": "d2", "text": "Bo left Oslo.", "entities": [{"start": 0, "end": 2, "label": "PERSON"}, {"start": 8, "end": 12, "label": "GPE"}]}
"#;
const B: &str = r#"{"id": "d1", "entities": [{"start": 0, "end": 3, "label": "PERSON"}, {"start": 8, "end": 10, "label": "ORG"}, {"start": 14, "end": 18, "label": "GPE"}], "key_sentences": []}
{"id": "d2", "entities": [{"start": 8, "end": 12, "label": "GPE"}], "key_sentences": [{"start": 0, "end": 13}]}
"#;

fn files() -> Cli {
    let cli = Cli::new();
    cli.write("a.jsonl", A);
    cli.write("b.jsonl", B);
    cli
}

fn json(cli: &Cli, args: &[&str]) -> Value {
    cli.json(&[&["agree"], args].concat())
}

#[test]
fn every_format_and_the_worklist() {
    let cli = files();
    assert_cmd!("agree_table", cli.karat(&["agree", "a.jsonl", "b.jsonl", "--out", "work.csv"]));
    insta::assert_snapshot!("agree_worklist", cli.read("work.csv"));
    assert_cmd!("agree_md", cli.karat(&["agree", "a.jsonl", "b.jsonl", "--format", "md", "--layer", "entities"]));
    let layer = ["agree", "a.jsonl", "b.jsonl", "--format", "json", "--layer", "key_sentences"];
    assert_cmd!("agree_json", cli.karat(&layer));
}

/// A layer that one did not label is not compared; an empty one is.
#[test]
fn an_empty_layer_differs_from_an_absent_one() {
    let cli = files();
    let pair = &json(&cli, &["a.jsonl", "b.jsonl"])["pairs"][0]["metrics"];
    assert_eq!(pair["key_sentences.f1"]["documents"], 1, "d2's key sentences are absent in a");
    assert_eq!(pair["key_sentences.f1"]["value"], 0.0, "d1's are empty in b");
    assert_eq!(pair["entities.strict.f1"]["documents"], 2);
}

#[test]
fn an_annotator_agrees_with_itself_and_order_of_the_two_changes_nothing() {
    let cli = files();
    cli.write("c.jsonl", A);
    let same = json(&cli, &["a.jsonl", "c.jsonl"]);
    assert_eq!(same["pairs"][0]["metrics"]["entities.strict.f1"]["value"], 1.0);
    assert_eq!(same["coefficients"][0]["coefficients"]["cohen_kappa"]["value"], 1.0);
    let (there, back) = (json(&cli, &["a.jsonl", "b.jsonl"]), json(&cli, &["b.jsonl", "a.jsonl"]));
    assert_eq!(there["coefficients"], back["coefficients"]);
    let f1 = |agreement: &Value| agreement["pairs"][0]["metrics"]["entities.partial.f1"]["value"].clone();
    assert_eq!(f1(&there), f1(&back));
}

#[test]
fn three_annotators_make_three_pairs() {
    let cli = files();
    cli.write("c/d1.json", A.lines().next().unwrap());
    cli.write("c/d2.json", A.lines().nth(1).unwrap());
    let agreement = json(&cli, &["a.jsonl", "b.jsonl", "c"]);
    assert_eq!(agreement["annotators"], serde_json::json!(["a", "b", "c"]));
    assert_eq!(agreement["pairs"].as_array().unwrap().len(), 3);
    assert!(agreement["coefficients"][0]["coefficients"]["fleiss_kappa"]["value"].is_number());
}

#[test]
fn what_cannot_be_compared() {
    let cli = files();
    cli.write("one.jsonl", A.lines().next().unwrap());
    assert_cmd!("agree_other_documents", cli.karat(&["agree", "a.jsonl", "one.jsonl"]));
    cli.write("old.jsonl", A.replace("Bo left", "He left"));
    assert_cmd!("agree_other_version", cli.karat(&["agree", "a.jsonl", "old.jsonl"]));
    cli.write("other.jsonl", "{\"id\": \"d1\", \"keyphrases\": []}\n{\"id\": \"d2\"}\n");
    assert_cmd!("agree_nothing_in_common", cli.karat(&["agree", "a.jsonl", "other.jsonl"]));
    let of_layer = ["agree", "a.jsonl", "a.jsonl", "--layer", "keyphrases"];
    assert_cmd!("agree_absent_layer", cli.karat(&of_layer));
    assert_cmd!("agree_alone", cli.karat(&["agree", "a.jsonl"]));
}

/// Two passes beside the golden files give the reports a ceiling.
#[test]
fn a_report_shows_the_ceiling() {
    let cli = Cli::with_dataset();
    for id in ["a", "b"] {
        cli.write(&format!("golden/passes/one/{id}.json"), cli.read(&format!("golden/{id}.json")));
    }
    let other = cli.read("golden/a.json").replace("GPE", "LOC");
    cli.write("golden/passes/two/a.json", other);
    cli.write("golden/passes/two/b.json", cli.read("golden/b.json"));
    assert!(cli.karat(&["run", "-q"]).status().unwrap().success());
    insta::assert_snapshot!("agree_ceiling_report", cli.read("reports/d/report.md"));
    assert!(cli.read("reports/d/scores.csv").contains(",0.666667,"));
}

/// Cut-offs, ignored regions and optional entities count the same from either side.
#[test]
fn f1_is_the_same_either_way() {
    let cli = Cli::new();
    let one = r#"{"id": "d", "entities": [{"start": 0, "end": 3, "label": "P"}], "ignore": [{"start": 8, "end": 10}], "keyphrases": ["a", "b", "c", "d", "e", "f"]}"#;
    let other = r#"{"id": "d", "entities": [{"start": 0, "end": 3, "label": "P"}, {"start": 8, "end": 10, "label": "V"}, {"start": 20, "end": 22, "label": "V", "optional": true}], "keyphrases": ["f", "a"]}"#;
    cli.write("a.jsonl", one);
    cli.write("b.jsonl", other);
    let (there, back) = (json(&cli, &["a.jsonl", "b.jsonl"]), json(&cli, &["b.jsonl", "a.jsonl"]));
    for name in ["entities.strict.f1", "keyphrases.f1@5", "keyphrases.f1"] {
        let value = |agreement: &Value| agreement["pairs"][0]["metrics"][name]["value"].as_f64();
        assert!(value(&there).is_some() && value(&there) == value(&back), "{name}");
    }
    assert_eq!(there["pairs"][0]["metrics"]["entities.strict.f1"]["value"], 1.0);
    assert_eq!(there["coefficients"], back["coefficients"]);
}

#[test]
fn the_worklist_never_takes_the_place_of_a_label() {
    let cli = files();
    assert_cmd!("agree_out_is_an_input", cli.karat(&["agree", "a.jsonl", "b.jsonl", "--out", "a.jsonl"]));
    assert_eq!(cli.read("a.jsonl"), A);
}

#[test]
fn the_text_of_one_checks_the_other() {
    let cli = files();
    cli.write("b.jsonl", B.replace("\"start\": 8, \"end\": 12", "\"start\": 8, \"end\": 99"));
    assert_cmd!("agree_offsets_past_the_others_text", cli.karat(&["agree", "a.jsonl", "b.jsonl"]));
}

/// Two of three speakers agree: observed 2/3; by hand, chance is (1 * 1 + 1 * 1 + 1 * 0 + 0 * 1) /
/// 9 for Cohen.
#[test]
fn fields_of_records_are_rated_on_paired_records() {
    let cli = Cli::new();
    let line = |third: &str| {
        let record = |speaker: &str, at: u32| {
            format!("{{\"speaker\": \"{speaker}\", \"cue\": {{\"start\": {at}, \"end\": {}}}}}", at + 4)
        };
        format!(
            "{{\"id\": \"d\", \"records\": {{\"s\": [{}, {}, {}]}}}}\n",
            record("Ada", 0),
            record("Bo", 10),
            record(third, 20)
        )
    };
    cli.write("a.jsonl", line("Cy"));
    cli.write("b.jsonl", line("Di"));
    let agreement = json(&cli, &["a.jsonl", "b.jsonl"]);
    let of = agreement["coefficients"].as_array().unwrap();
    let speaker = of.iter().find(|of| of["what"] == "records.s" && of["label"] == "speaker").unwrap();
    assert_eq!(speaker["units"], 3);
    let (observed, chance) = (2.0 / 3.0, 2.0 / 9.0);
    let kappa = speaker["coefficients"]["cohen_kappa"]["value"].as_f64().unwrap();
    assert!((kappa - (observed - chance) / (1.0 - chance)).abs() < 1e-12, "{kappa}");
}
