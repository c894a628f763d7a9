//! `karat score`: its formats, its choices, its errors.

use serde_json::Value;

use crate::cli::{Cli, assert_cmd};

const GOLD: &str = r#"{"id": "a", "text": "Ada met Bo in Oslo.", "entities": [{"start": 0, "end": 3, "label": "PERSON"}, {"start": 8, "end": 10, "label": "PERSON"}, {"start": 14, "end": 18, "label": "GPE"}], "summaries": ["the cat sat on the mat"]}
{"id": "b", "text": "Nothing.", "entities": [], "summaries": ["a b c"]}
"#;
const PRED: &str = r#"{"id": "a", "entities": [{"start": 0, "end": 3, "label": "PERSON"}, {"start": 14, "end": 18, "label": "ORG"}], "summary": "the cat rested"}
{"id": "b", "entities": [], "summary": "a b c"}
"#;

/// A document without a golden file, in layers with gold and without.
const EXTRA: &str = r#"{"id": "c", "text": "Bo in Rome.", "entities": [{"start": 0, "end": 2, "label": "PERSON"}, {"start": 6, "end": 10, "label": "GPE"}], "keyphrases": ["rome"], "summary": "a b c"}
"#;

fn files() -> Cli {
    let cli = Cli::new();
    cli.write("gold.jsonl", GOLD);
    cli.write("pred.jsonl", PRED);
    cli
}

fn score<'a>(args: &[&'a str]) -> Vec<&'a str> {
    [&["score", "--gold", "gold.jsonl", "--pred", "pred.jsonl"], args].concat()
}

fn json(cli: &Cli, args: &[&str]) -> Value {
    cli.json(&score(args))
}

#[test]
fn every_format() {
    let cli = files();
    assert_cmd!("score_table", cli.karat(&score(&[])));
    assert_cmd!("score_csv", cli.karat(&score(&["--format", "csv", "--layer", "summaries"])));
    assert_cmd!("score_md", cli.karat(&score(&["--format", "md"])));
    let metric = ["--format", "json", "--metric", "entities.strict.f1", "--per-document"];
    assert_cmd!("score_json", cli.karat(&score(&metric)));
}

/// The names and shapes that others rely on.
#[test]
fn the_contract_of_the_json() {
    let scores = json(&files(), &["--per-document"]);
    assert_eq!(scores["schema"], "karat.scores/1");
    let metrics = &scores["metrics"];
    let value = |name: &str| metrics[name]["value"].as_f64();
    assert_eq!(value("entities.strict.f1"), Some(2.0 / 5.0));
    assert_eq!(value("entities.strict.precision"), Some(0.5));
    assert_eq!(value("entities.exact.recall"), Some(2.0 / 3.0));
    assert_eq!(value("entities.strict[PERSON].recall"), Some(0.5));
    assert_eq!(value("entities.strict.macro.f1"), Some((2.0 / 3.0 + 0.0 + 0.0) / 3.0));
    assert!(metrics["entities.strict[ORG].recall"]["value"].is_null());
    assert!(metrics["entities.strict[ORG].recall"].as_object().unwrap().contains_key("value"));
    assert_eq!(metrics["entities.strict.f1"]["n"], 3);
    assert_eq!(metrics["entities.strict.f1"]["documents"], 2);
    let counts = &metrics["entities.strict.f1"]["counts"];
    let counted = ["correct", "incorrect", "partial", "missed", "spurious"].map(|name| counts[name].as_u64().unwrap());
    assert_eq!(counted, [1, 1, 0, 1, 0]);
    assert_eq!(metrics["entities.exact.f1"]["signature"], "spans|align:karat-1|scheme:exact|beta:1|empty:null");
    assert_eq!(scores["documents"]["a"]["metrics"]["summary.rouge1.precision"]["value"], 2.0 / 3.0);
    assert_eq!(value("summary.rougeL.recall"), Some(f64::midpoint(1.0 / 3.0, 1.0)));
    assert!(scores["documents"]["b"]["metrics"]["entities.strict.f1"]["value"].is_null());
}

#[test]
fn without_per_document_the_documents_are_left_out() {
    assert_eq!(json(&files(), &[])["documents"], serde_json::json!({}));
}

#[test]
fn zero_division_is_an_option() {
    let scores = json(&files(), &["--zero-division", "1"]);
    assert_eq!(scores["metrics"]["entities.strict[ORG].recall"]["value"], 1.0);
    assert_eq!(
        scores["metrics"]["entities.strict.f1"]["signature"],
        "spans|align:karat-1|scheme:strict|beta:1|empty:1"
    );
}

#[test]
fn a_document_without_prediction() {
    let cli = files();
    cli.write("pred.jsonl", PRED.lines().next().unwrap());
    assert_cmd!("score_missing_error", cli.karat(&score(&[])));
    let counted = json(&cli, &["--missing", "count"]);
    assert_eq!(counted["documents"]["b"]["status"], "missing");
    assert_eq!(counted["metrics"]["summary.rouge1.f1"]["documents"], 2);
    assert_eq!(counted["metrics"]["summary.rouge1.f1"]["answered"]["documents"], 1);
    let skipped = json(&cli, &["--missing", "skip"]);
    assert_eq!(skipped["metrics"]["summary.rouge1.f1"]["documents"], 1);
}

/// Documents that only one side has: both are named in one go, counted, or left out.
#[test]
fn a_document_without_golden_file() {
    let cli = files();
    cli.write("pred.jsonl", format!("{}\n{EXTRA}", PRED.lines().next().unwrap()));
    assert_cmd!("score_extra_error", cli.karat(&score(&[])));
    let strict = ["--metric", "entities.strict"];
    assert_cmd!("score_extra_count", cli.karat(&score(&[&strict[..], &["--missing", "count"]].concat())));
    assert_cmd!("score_extra_skip", cli.karat(&score(&[&strict[..], &["--missing", "skip"]].concat())));
    let md = ["--missing", "count", "--format", "md", "--layer", "entities", "--metric", "entities.strict.f1"];
    assert_cmd!("score_extra_md", cli.karat(&score(&md)));

    let counted = json(&cli, &["--missing", "count"]);
    assert_eq!(counted["documents"]["b"]["status"], "missing");
    assert_eq!(counted["documents"]["c"]["status"], "extra");
    let f1 = &counted["metrics"]["entities.strict.f1"];
    assert_eq!((&f1["counts"]["spurious"], &f1["predicted"], &f1["documents"]), (&2.into(), &4.into(), &3.into()));
    assert_eq!((f1["answered"]["documents"].as_u64(), f1["answered"]["value"].as_f64()), (Some(1), Some(0.4)));
    // A summary without a reference cannot be held against anything.
    assert_eq!(counted["metrics"]["summary.rouge1.f1"]["documents"], 2);
    // No golden file has this layer, so it is not scored.
    assert!(counted["metrics"].get("keyphrases.f1").is_none());

    let skipped = json(&cli, &["--missing", "skip"]);
    assert_eq!(skipped["documents"]["b"]["status"], "skipped");
    assert_eq!(skipped["documents"]["c"]["status"], "skipped");
    assert_eq!(skipped["metrics"]["entities.strict.f1"]["documents"], 1);
}

#[test]
fn a_file_cannot_contain_the_status_extra() {
    let cli = files();
    cli.write("pred.jsonl", PRED.replacen("{\"id\": \"a\"", "{\"id\": \"a\", \"status\": \"extra\"", 1));
    assert_cmd!("score_extra_by_itself", cli.karat(&score(&[])));
}

#[test]
fn diagnostics() {
    let cli = files();
    assert_cmd!("score_no_such_file", cli.karat(&["score", "--gold", "gold.jsonl", "--pred", "nope.jsonl"]));
    assert_cmd!("score_unknown_metric", cli.karat(&score(&["--metric", "entities.strict.f2"])));
    assert_cmd!("score_layer_without_gold", cli.karat(&score(&["--layer", "keyphrases"])));
    cli.write("pred.jsonl", r#"{"id": "c"}"#);
    assert_cmd!("score_unknown_document", cli.karat(&score(&[])));
    cli.write("pred.jsonl", "{\"id\": \"a\", \"keyphrases\": []}\n{\"id\": \"b\"}\n");
    assert_cmd!("score_nothing_to_score", cli.karat(&score(&[])));
}

#[test]
fn a_layer_asked_for_by_name_counts_as_empty_where_no_prediction_has_it() {
    let cli = files();
    cli.write("pred.jsonl", "{\"id\": \"a\"}\n{\"id\": \"b\"}\n");
    let scores = json(&cli, &["--layer", "entities"]);
    assert_eq!(scores["metrics"]["entities.strict.recall"]["value"], 0.0);
}

#[test]
fn a_text_that_the_tokenizer_empties_is_warned_of() {
    let cli = Cli::new();
    cli.write("gold.jsonl", r#"{"id": "a", "summaries": ["日本語"]}"#);
    cli.write("pred.jsonl", r#"{"id": "a", "summary": "日本語"}"#);
    assert_cmd!("score_emptied_text", cli.karat(&score(&["--metric", "summary.rouge1.f1"])));
}

#[test]
fn folders_of_files_and_the_documents_apart() {
    let cli = Cli::new();
    cli.write("docs/a.txt", "Ada met Bo.");
    cli.write("gold/a.json", r#"{"id": "a", "entities": [{"start": 0, "end": 3, "label": "PERSON"}]}"#);
    cli.write("pred/a.json", r#"{"id": "a", "entities": [{"start": 0, "end": 3, "label": "PERSON", "text": "Bob"}]}"#);
    let args = ["score", "--gold", "gold", "--pred", "pred"];
    assert!(cli.karat(&args).status().unwrap().success(), "without a text there is nothing to check against");
    assert_cmd!("score_against_documents", cli.karat(&[&args[..], &["--documents", "docs"]].concat()));
}

/// What a run writes scores the same when it is scored again.
#[test]
fn a_runs_own_predictions_keep_their_failures() {
    let cli = Cli::with_dataset();
    cli.write(
        "karat.toml",
        format!("{}[extractors.theirs]\nkind = \"predictions\"\npath = \"p.jsonl\"\n", crate::cli::CONFIG),
    );
    cli.write("p.jsonl", "{\"id\": \"a\", \"entities\": []}\n");
    assert_eq!(cli.karat(&["run", "-q", "--out", "o"]).status().unwrap().code(), Some(5));
    let args = ["score", "--gold", "golden", "--pred", "o/predictions/d/theirs.jsonl", "--format", "json"];
    let output = cli.karat(&args).output().unwrap();
    let scores: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(scores["documents"]["b"]["status"], "missing");
    assert_eq!(scores["metrics"]["entities.strict.recall"]["answered"]["documents"], 1);
}

#[test]
fn empty_predictions_miss_every_golden_item() {
    let cli = files();
    cli.write("pred.jsonl", "");
    let scores = json(&cli, &["--missing", "count"]);
    assert_eq!(scores["metrics"]["entities.strict.recall"]["value"], 0.0);
    assert_eq!(scores["metrics"]["entities.strict.f1"]["counts"]["missed"], 3);
}

#[test]
fn a_document_left_out_is_named() {
    let cli = files();
    cli.write("pred.jsonl", PRED.lines().next().unwrap());
    assert_eq!(json(&cli, &["--missing", "skip"])["documents"]["b"]["status"], "skipped");
    assert_cmd!("score_left_out", cli.karat(&score(&["--missing", "skip", "--metric", "entities.strict.f1"])));
}

#[test]
fn predictions_on_another_version_of_the_text_are_refused() {
    let cli = Cli::new();
    cli.write("gold.jsonl", r#"{"id": "a", "text_sha256": "00", "entities": []}"#);
    cli.write("pred.jsonl", r#"{"id": "a", "text_sha256": "11", "entities": []}"#);
    assert_cmd!("score_another_version", cli.karat(&score(&[])));
}

/// Records can have thousands of names, each of which is a layer.
#[test]
fn many_layers_without_variation_share_a_note() {
    let notes = |names: usize| {
        let cli = Cli::new();
        let records: Vec<String> = (0..names).map(|at| format!("\"r{at}\": [{{\"a\": 1}}]")).collect();
        cli.write("gold.jsonl", format!("{{\"id\": \"d\", \"records\": {{{}}}}}\n", records.join(", ")));
        let (code, _, errors) = cli.run(&["score", "--gold", "gold.jsonl", "--pred", "gold.jsonl"]);
        assert_eq!(code, 0, "{errors}");
        errors.lines().filter(|line| line.contains("shows no variation")).map(ToOwned::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(notes(10).len(), 10);
    assert_eq!(notes(11), ["note: 11 layers: one document shows no variation: there are no intervals"]);
}
