//! Entities as the user asks for them: flags, options, alternatives, label maps.

use serde_json::{Value, json};

use crate::cli::{Cli, assert_cmd};

const GOLD: &str = r#"{"id": "a", "text": "Ada met Bo in Oslo.", "entities": [{"start": 0, "end": 3, "label": "PER"}, {"start": 8, "end": 10, "label": "PERSON"}, {"start": 14, "end": 18, "label": "CITY"}, {"start": 4, "end": 7, "label": "CUE"}]}
{"id": "b", "text": "In New York.", "entities": [{"start": 3, "end": 11, "label": "CITY", "alternatives": [{"start": 0, "end": 11}, {"label": "STATE"}]}]}
"#;
const PRED: &str = r#"{"id": "a", "entities": [{"start": 0, "end": 3, "label": "PERSON"}, {"start": 7, "end": 10, "label": "PERSON"}, {"start": 14, "end": 18, "label": "GPE"}, {"start": 4, "end": 7, "label": "CUE"}]}
{"id": "b", "entities": [{"start": 3, "end": 11, "label": "STATE"}]}
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
fn nothing_is_added_unasked() {
    let scores = json(&files(), &[]);
    let schemes = ["strict", "exact", "partial", "type"];
    for name in scores["metrics"].as_object().unwrap().keys() {
        let metric = name.split(['.', '[']).nth(1).unwrap();
        assert!(schemes.contains(&metric), "{name}");
        assert!(["f1", "precision", "recall"].iter().any(|stat| name.ends_with(stat)), "{name}");
    }
}

#[test]
fn flags_add_to_the_options() {
    let cli = files();
    cli.write("options.toml", "[spans]\niou = [0.5]\ncoverage = true\n[labels]\nmap = {PER = \"PERSON\"}\n");
    let args = ["--options", "options.toml", "--iou", "0.75", "--tolerance", "1", "--beta", "2", "--label-map", "CUE="];
    let scores = json(&cli, &args);
    let value = |name: &str| scores["metrics"][name]["value"].as_f64();
    // Ada, Bo from one too early on, New York; Oslo is a CITY, and not a GPE.
    assert_eq!(value("entities.strict.f1"), Some(2.0 / 4.0));
    assert_eq!(value("entities.iou0.5.f1"), Some(3.0 / 4.0));
    assert_eq!(value("entities.iou0.75.f1"), Some(2.0 / 4.0));
    assert_eq!(value("entities.iou0.75-boundaries.f1"), Some(3.0 / 4.0));
    assert_eq!(value("entities.tolerance1.recall"), Some(3.0 / 4.0));
    assert_eq!(value("entities.tolerance1[PERSON].f2"), Some(1.0));
    assert!(value("entities.iou0.5.macro.f2").is_some() && value("entities.iou0.5.weighted.precision").is_some());
    assert_eq!(value("entities.coverage-maxmax.precision"), Some((1.0 + 2.0 / 3.0 + 1.0) / 4.0));
    assert_eq!(
        scores["metrics"]["entities.iou0.5.f2"]["signature"],
        "spans|align:karat-1|scheme:iou0.5|beta:2|empty:null|labels:CUE>,PER>PERSON"
    );
    assert_eq!(scores["warnings"], json!(["`labels.map` leaves out CUE (1 gold, 1 predicted)"]));
}

/// Labels are no fields, whatever they look like.
#[test]
fn labels_that_look_like_fields_leave_the_signature_whole() {
    let cli = files();
    cli.write(
        "options.toml",
        "[spans]\nbeta = 2\n[labels]\nmap = {PER = \"empty:null\", CUE = \"a|beta:1|b\"}\nparents = {\"empty:null\" = \"ci:90|,\"}\n",
    );
    let scores = json(&cli, &["--options", "options.toml", "--zero-division", "0"]);
    let signature = |name: &str| scores["metrics"][name]["signature"].as_str().unwrap().to_owned();
    let labels = r"labels:CUE>a\|beta:1\|b,PER>empty:null";
    assert_eq!(signature("entities.strict.f2"), format!("spans|align:karat-1|scheme:strict|beta:2|empty:0|{labels}"));
    assert_eq!(
        signature("entities.hierarchy.f1"),
        format!(r"spans|align:karat-1|scheme:hierarchy|kin:1/2|parents:empty:null>ci:90\|\,|beta:1|empty:0|{labels}")
    );
    let read: karat::metric::Signature = signature("entities.hierarchy.f1").parse().unwrap();
    assert_eq!(read.get("parents"), Some(r"empty:null>ci:90|\,"));
    assert_eq!((read.get("beta"), read.get("empty"), read.get("ci")), (Some("1"), Some("0"), None));
}

#[test]
fn every_choice_in_a_table() {
    let cli = files();
    cli.write(
        "options.toml",
        "[spans]\niou = 0.5\ntolerance = 1\nbeta = 0.5\ncoverage = true\n[labels]\nmap = {PER = \"PERSON\", CUE = \"\"}\nparents = {CITY = \"GPE\"}\n",
    );
    assert_cmd!("spans_table", cli.karat(&score(&["--options", "options.toml"])));
    assert_cmd!("spans_md", cli.karat(&score(&["--options", "options.toml", "--format", "md"])));
}

#[test]
fn confusion_and_errors_in_json() {
    let scores = json(&files(), &["--label-map", "PER=PERSON"]);
    assert_eq!(
        scores["confusion"]["entities"],
        json!([
            {"gold": "CITY", "predicted": "GPE", "count": 1},
            {"gold": "CUE", "predicted": "CUE", "count": 1},
            {"gold": "PERSON", "predicted": "PERSON", "count": 2},
            {"gold": "STATE", "predicted": "STATE", "count": 1},
        ])
    );
    let errors = &scores["errors"]["entities"];
    assert_eq!((&errors["too_long"], &errors["label"], &errors["split"]), (&json!(1), &json!(1), &json!(0)));
}

#[test]
fn labels_below_and_above_in_karat_toml() {
    let cli = Cli::with_dataset();
    cli.write("p.jsonl", "{\"id\": \"a\", \"entities\": []}\n{\"id\": \"b\", \"entities\": []}\n");
    let extractor = "[extractors.theirs]\nkind = \"predictions\"\npath = \"p.jsonl\"\n";
    let dataset =
        "[datasets.d]\ndocuments = \"docs\"\ngolden = \"golden\"\nlabels.parents = {CITY = \"GPE\"}\nspans.iou = 0.5\n";
    cli.write("karat.toml", format!("{dataset}{extractor}"));
    assert_eq!(cli.karat(&["run", "-q", "--out", "o"]).status().unwrap().code(), Some(0));
    let csv = cli.read("o/d/scores.csv");
    assert!(csv.contains("entities.hierarchy.f1") && csv.contains("entities.iou0.5.f1"), "{csv}");
    let circle = dataset.replace("{CITY = \"GPE\"}", "{CITY = \"GPE\", GPE = \"CITY\"}");
    cli.write("karat.toml", format!("{circle}{extractor}"));
    assert_cmd!("spans_circle", cli.karat(&["run", "-q", "--out", "p"]));
}

#[test]
fn diagnostics() {
    let cli = files();
    assert_cmd!("spans_iou_flag", cli.karat(&score(&["--iou", "2"])));
    assert_cmd!("spans_label_map_flag", cli.karat(&score(&["--label-map", "PER"])));
    cli.write("options.toml", "[labels]\nparents = {CITY = \"GPE\", GPE = \"CITY\"}\n");
    assert_cmd!("spans_options_circle", cli.karat(&score(&["--options", "options.toml"])));
    cli.write(
        "gold.jsonl",
        r#"{"id": "a", "text": "Ada met Bo.", "entities": [{"start": 0, "end": 3, "label": "A", "alternatives": [{"start": 1}, {}, {"text": "Ada"}, {"start": 0, "end": 99}, {"start": 4, "end": 7, "text": "Ada"}, {"label": " "}, {"start": 0, "end": 5, "fragments": [[0, 2], [1, 5]]}]}]}"#,
    );
    cli.write("pred.jsonl", "{\"id\": \"a\", \"entities\": []}\n");
    assert_cmd!("spans_alternatives", cli.karat(&score(&[])));
}
