//! `karat score --preset` and `--explain-difference`.

use karat::preset::PRESETS;
use serde_json::Value;

use crate::cli::{Cli, assert_cmd};

type Spans<'a> = &'a [(u32, u32, &'a str)];

fn document(spans: Spans<'_>) -> String {
    let entity =
        |&(start, end, label): &(u32, u32, &str)| format!(r#"{{"start": {start}, "end": {end}, "label": "{label}"}}"#);
    let entities: Vec<String> = spans.iter().map(entity).collect();
    format!("{{\"id\": \"d\", \"entities\": [{}]}}\n", entities.join(", "))
}

fn json(cli: &Cli, args: &[&str]) -> Value {
    cli.json(&[&["score", "--gold", "gold.jsonl", "--pred", "pred.jsonl"], args].concat())
}

fn counts(scores: &Value, scheme: &str) -> [u64; 5] {
    let counts = &scores["metrics"][format!("entities.{scheme}.f1")]["counts"];
    ["correct", "incorrect", "partial", "missed", "spurious"].map(|name| counts[name].as_u64().unwrap())
}

/// Golds, predictions, and what nervaluate 1.2.1 prints: correct, incorrect, partial, missed,
/// spurious under strict, partial and type, and the figures that it rounds to.
struct Probe<'a> {
    gold: Spans<'a>,
    predicted: Spans<'a>,
    counts: [[u64; 5]; 3],
    f1: &'a [(&'a str, f64)],
}

#[test]
fn the_probes_of_nervaluate_come_out_as_it_prints_them() {
    let probes = [
        Probe {
            gold: &[(0, 5, "A")],
            predicted: &[(0, 5, "A"), (0, 5, "A")],
            counts: [[1, 0, 0, 0, 1]; 3],
            f1: &[("strict", 0.667), ("partial", 0.667), ("type", 0.667)],
        },
        Probe {
            gold: &[(0, 5, "A")],
            predicted: &[(0, 5, "B")],
            counts: [[0, 1, 0, 0, 0], [1, 0, 0, 0, 0], [0, 1, 0, 0, 0]],
            f1: &[("strict", 0.0), ("partial", 1.0)],
        },
        Probe {
            gold: &[(0, 5, "A"), (6, 9, "A")],
            predicted: &[(0, 9, "A")],
            counts: [[0, 1, 0, 1, 0], [0, 0, 1, 1, 0], [1, 0, 0, 1, 0]],
            f1: &[("partial", 0.333)],
        },
        Probe {
            gold: &[(0, 9, "A")],
            predicted: &[(0, 5, "A"), (6, 9, "A")],
            counts: [[0, 1, 0, 0, 1], [0, 0, 1, 0, 1], [1, 0, 0, 0, 1]],
            f1: &[],
        },
        Probe {
            gold: &[(0, 9, "A")],
            predicted: &[(5, 14, "A"), (0, 9, "A")],
            counts: [[0, 1, 0, 0, 1], [0, 0, 1, 0, 1], [1, 0, 0, 0, 1]],
            f1: &[("strict", 0.0)],
        },
        Probe {
            gold: &[(0, 9, "A")],
            predicted: &[(0, 9, "A"), (5, 14, "A")],
            counts: [[1, 0, 0, 0, 1]; 3],
            f1: &[("strict", 0.667)],
        },
        // Ends are inclusive: what only touches overlaps.
        Probe {
            gold: &[(0, 5, "A")],
            predicted: &[(5, 9, "A")],
            counts: [[0, 1, 0, 0, 0], [0, 0, 1, 0, 0], [1, 0, 0, 0, 0]],
            f1: &[("partial", 0.5)],
        },
        // 0 divided by 0 is 0.
        Probe { gold: &[], predicted: &[], counts: [[0; 5]; 3], f1: &[("strict", 0.0), ("type", 0.0)] },
    ];
    for Probe { gold, predicted, counts: expected, f1 } in probes {
        let cli = Cli::new();
        cli.write("gold.jsonl", document(gold));
        cli.write("pred.jsonl", document(predicted));
        let scores = json(&cli, &["--preset", "nervaluate"]);
        let found = ["strict", "partial", "type"].map(|scheme| counts(&scores, scheme));
        assert_eq!(found, expected, "gold {gold:?}, predicted {predicted:?}");
        for (scheme, expected) in f1 {
            let value = scores["metrics"][format!("entities.{scheme}.f1")]["value"].as_f64().unwrap();
            assert!((value - expected).abs() < 5e-4, "{scheme}: {value}, not {expected}");
        }
    }
}

#[test]
fn the_list_of_presets_needs_nothing_else() {
    let cli = Cli::new();
    for args in [&["score", "--preset", "help"][..], &["score", "--preset=help", "--gold", "g"]] {
        let output = cli.karat(args).output().unwrap();
        assert!(output.status.success());
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(PRESETS.iter().all(|preset| text.contains(preset.name) && text.contains(preset.about)), "{text}");
    }
    assert_cmd!("preset_misspelt", cli.karat(&["score", "--gold", "g", "--pred", "p", "--preset", "nervalaute"]));
}

/// A greedy pass, a touch, a copy, a wrong label, and runs of tokens.
fn differing() -> Cli {
    let cli = Cli::new();
    cli.write(
        "gold.jsonl",
        r#"{"id": "a", "text": "Ada Byron met Bo in Oslo, then left.", "entities": [{"start": 0, "end": 9, "label": "PER"}, {"start": 20, "end": 24, "label": "LOC"}]}
{"id": "b", "text": "Ada, Bo and Cy", "entities": [{"start": 0, "end": 3, "label": "PER"}, {"start": 5, "end": 7, "label": "PER"}]}
{"id": "c", "text": "aspirin tablets", "entities": []}
"#,
    );
    cli.write(
        "pred.jsonl",
        r#"{"id": "a", "entities": [{"start": 4, "end": 13, "label": "PER"}, {"start": 0, "end": 9, "label": "PER"}, {"start": 20, "end": 24, "label": "ORG"}]}
{"id": "b", "entities": [{"start": 3, "end": 4, "label": "PER"}, {"start": 5, "end": 7, "label": "PER"}, {"start": 5, "end": 7, "label": "PER"}]}
{"id": "c", "entities": [{"start": 0, "end": 7, "label": "DRUG"}]}
"#,
    );
    cli
}

#[test]
fn differences_are_explained_item_by_item() {
    let cli = differing();
    for preset in ["nervaluate", "spacy", "gate", "presidio", "brateval-overlap-inexact"] {
        let args = ["score", "--gold", "gold.jsonl", "--pred", "pred.jsonl", "--explain-difference", preset];
        assert_cmd!(format!("difference_{preset}"), cli.karat(&args));
    }
    let found = json(&cli, &["--explain-difference", "nervaluate"]);
    assert_eq!((&found["schema"], &found["preset"]), (&"karat.difference/1".into(), &"nervaluate".into()));
    let figure = found["figures"].as_array().unwrap().iter().find(|f| f["metric"] == "entities.strict.f1").unwrap();
    assert!(figure["karat"].as_f64() > figure["preset"].as_f64(), "{figure}");
    for item in found["items"].as_array().unwrap() {
        for key in ["document", "karat", "preset", "why"] {
            assert!(item[key].as_str().is_some_and(|text| !text.is_empty()), "{key}: {item}");
        }
        assert!(item["gold"].is_object() || item["predicted"].is_object());
    }
}

#[test]
fn what_is_no_difference_is_none() {
    let cli = Cli::new();
    cli.write("gold.jsonl", document(&[(0, 3, "A"), (5, 9, "B")]));
    cli.write("pred.jsonl", document(&[(0, 3, "A"), (20, 22, "B")]));
    let args = ["score", "--gold", "gold.jsonl", "--pred", "pred.jsonl", "--explain-difference", "nervaluate"];
    assert_cmd!("difference_none", cli.karat(&args));
    let csv = cli.karat(&[&args[..], &["--format", "csv"]].concat()).output().unwrap();
    assert_eq!(csv.status.code(), Some(2));
}

/// Every preset of spans names itself in its signatures.
#[test]
fn every_preset_signs_its_figures() {
    let cli = differing();
    let of_spans = ["nervaluate", "brateval-", "gate", "spacy", "presidio"];
    let is_of_spans = |name: &str| of_spans.iter().any(|prefix| name.starts_with(prefix));
    let presets: Vec<_> = PRESETS.iter().filter(|preset| is_of_spans(preset.name)).collect();
    assert_eq!(presets.len(), 10);
    for preset in presets {
        let scores = json(&cli, &["--preset", preset.name]);
        let metrics = scores["metrics"].as_object().unwrap();
        assert!(!metrics.is_empty(), "{}", preset.name);
        for (name, figure) in metrics {
            let signature = figure["signature"].as_str().unwrap();
            assert!(signature.starts_with("preset:"), "{}: {name} is signed {signature}", preset.name);
        }
    }
}
