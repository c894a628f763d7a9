//! `karat power` and `karat aa`: what documents can show, and what noise there is.

use serde_json::Value;

use crate::cli::{Cli, assert_cmd};
use crate::compare::files;

const FILES: [&str; 7] = ["power", "--gold", "gold.jsonl", "--baseline", "old.jsonl", "--candidate", "new.jsonl"];

#[test]
fn every_format() {
    let cli = files();
    assert_cmd!("power_table", cli.karat(&FILES));
    assert_cmd!("power_json", cli.karat(&[&FILES[..], &["--format", "json", "--effect", "0.1"]].concat()));
    assert_cmd!("power_help", cli.karat(&["power", "--help"]));
    assert_cmd!("power_no_such_metric", cli.karat(&[&FILES[..], &["--metric", "entities.strict.fl"]].concat()));
    assert_cmd!("power_bad_correlation", cli.karat(&[&FILES[..], &["--correlation", "1"]].concat()));
    assert_cmd!("aa_help", cli.karat(&["aa", "--help"]));
}

/// The detectable effect is that of `karat compare`, and more documents see smaller effects.
#[test]
fn the_curve_agrees_with_compare() {
    let cli = files();
    let found = cli.json(&[&FILES[..], &["--effect", "0.1"]].concat());
    let of = &found["of"][0]["metrics"]["entities.strict.f1"];
    let compared = cli.json(&crate::compare::COMPARE);
    assert_eq!(of["detectable"], compared["metrics"]["entities.strict.f1"]["mde"]);
    let points: Vec<(u64, f64, f64)> = of["curve"]
        .as_array()
        .unwrap()
        .iter()
        .map(|point| {
            (
                point["documents"].as_u64().unwrap(),
                point["detectable"].as_f64().unwrap(),
                point["power"][0].as_f64().unwrap(),
            )
        })
        .collect();
    assert!(points.windows(2).all(|pair| pair[0].1 > pair[1].1 && pair[0].2 <= pair[1].2), "{points:?}");
    let needed = of["effects"][0]["documents_needed"].as_u64().unwrap();
    let enough = points.iter().filter(|(documents, ..)| *documents >= needed).all(|(_, _, power)| *power >= 0.8);
    let short = points.iter().filter(|(documents, ..)| *documents < needed).all(|(_, _, power)| *power < 0.8);
    assert!(enough && short, "{needed}: {points:?}");
}

#[test]
fn a_run_without_a_baseline_is_held_against_one_like_it() {
    let cli = Cli::with_dataset();
    assert!(cli.karat(&["run", "--quiet", "--out", "a"]).status().unwrap().success());
    cli.write("golden/b.json", r#"{"id": "b", "entities": [{"start": 0, "end": 7, "label": "PERSON"}]}"#);
    let error = |correlation: &str| {
        let found = cli.json(&["power", "a", "--extractor", "patterns", "--correlation", correlation]);
        assert_eq!(found["of"][0]["assumed_correlation"], correlation.parse::<f64>().unwrap());
        found["of"][0]["metrics"]["entities.strict.f1"]["standard_error"].as_f64().unwrap()
    };
    // The variance of a difference is 2 (1 - r) times that of one figure.
    assert!((error("0") / error("0.5") - 2.0_f64.sqrt()).abs() < 1e-12);
}

#[test]
fn what_is_deterministic_has_no_noise() {
    let cli = Cli::with_dataset();
    assert_cmd!("aa_table", cli.karat(&["aa", "--quiet", "--repeats", "3"]));
    let found: Value = cli.json(&["aa", "--quiet", "--repeats", "3", "--extractor", "patterns"]);
    let of = &found["of"][0]["metrics"]["entities.strict.f1"];
    assert_eq!((of["standard_deviation"].as_f64(), of["false_fail_rate"].as_f64()), (Some(0.0), Some(0.0)));
    assert_eq!(of["verdicts"]["identical"], 6);
    assert_cmd!("aa_no_such_metric", cli.karat(&["aa", "--quiet", "--metric", "entities.strict.fl"]));
}
