//! Splits, their seals, and datasets that run on request alone.

use crate::cli::{CONFIG, Cli, assert_cmd};

fn split() -> Cli {
    let cli = Cli::with_dataset();
    cli.write("karat.toml", CONFIG.replace("golden = \"golden\"", "golden = \"golden\"\nsplit = \"test\""));
    cli
}

#[test]
fn a_split_runs_alone_and_its_seal_holds() {
    let cli = split();
    cli.write("dataset.toml", "[splits]\ndev = [\"a\"]\ntest = [\"b\"]\n");
    assert!(cli.karat(&["run", "-q"]).status().unwrap().success());
    assert!(!cli.read("reports/d/documents.csv").contains(",a,"));
    cli.write("dataset.toml", "[splits]\ntest = [\"b\"]\n[seals]\ntest = \"00\"\n");
    assert_cmd!("split_broken_seal", cli.karat(&["run", "-q"]));
    // The seal that the message names is the right one.
    let message = String::from_utf8(cli.karat(&["run", "-q"]).output().unwrap().stderr).unwrap();
    let seal = message.split('"').find(|part| part.len() == 64).unwrap().to_owned();
    cli.write("dataset.toml", format!("[splits]\ntest = [\"b\"]\n[seals]\ntest = \"{seal}\"\n"));
    assert!(cli.karat(&["run", "-q"]).status().unwrap().success());
    cli.write("golden/b.json", r#"{"id": "b", "entities": [{"start": 0, "end": 7, "label": "A"}]}"#);
    assert_eq!(cli.karat(&["run", "-q"]).status().unwrap().code(), Some(2));
}

#[test]
fn splits_that_are_not_there() {
    let cli = split();
    cli.write("dataset.toml", "[splits]\ntset = [\"b\"]\n");
    assert_cmd!("split_unknown", cli.karat(&["run", "-q"]));
    cli.write("dataset.toml", "[splits]\ntest = [\"b\", \"c\"]\n");
    assert_cmd!("split_with_unknown_id", cli.karat(&["run", "-q"]));
}

#[test]
fn a_dataset_on_request_waits_to_be_named() {
    let cli = Cli::with_dataset();
    cli.write("karat.toml", CONFIG.replace("golden = \"golden\"", "golden = \"golden\"\non_request = true"));
    assert_eq!(cli.karat(&["run", "-q"]).status().unwrap().code(), Some(4));
    assert!(cli.karat(&["run", "-q", "--dataset", "d"]).status().unwrap().success());
    cli.write("karat.toml", CONFIG.replace("golden = \"golden\"", "golden = \"golden\"\non_request = 1"));
    assert_cmd!("split_on_request_of_the_wrong_type", cli.karat(&["run", "-q"]));
}

/// Predictions of the whole dataset can be scored on a part of it.
#[test]
fn predictions_may_speak_of_other_splits() {
    let cli = split();
    let config = cli.read("karat.toml") + "[extractors.theirs]\nkind = \"predictions\"\npath = \"p.jsonl\"\n";
    cli.write("karat.toml", config);
    cli.write("dataset.toml", "[splits]\ndev = [\"a\"]\ntest = [\"b\"]\n");
    cli.write("p.jsonl", "{\"id\": \"a\", \"entities\": []}\n{\"id\": \"b\", \"entities\": []}\n");
    assert!(cli.karat(&["run", "-q"]).status().unwrap().success());
    assert!(!cli.read("reports/d/documents.csv").contains(",a,"));
}

#[test]
fn check_sees_broken_and_misspelt_seals_and_broken_passes() {
    let cli = split();
    cli.write("dataset.toml", "[splits]\ntest = [\"b\"]\n[seals]\ntest = \"00\"\ntset = \"00\"\n");
    assert_cmd!("check_seals", cli.karat(&["check"]));
    cli.write("dataset.toml", "[splits]\ntest = [\"b\"]\n[seals]\ntset = \"00\"\n");
    assert_eq!(cli.karat(&["run", "-q"]).status().unwrap().code(), Some(2), "a misspelt seal seals nothing");
    cli.write("dataset.toml", "[splits]\ntest = [\"b\"]\n");
    cli.write("golden/passes/a/a.json", "{");
    cli.write("golden/passes/b/a.json", "{}");
    assert_eq!(cli.karat(&["check"]).status().unwrap().code(), Some(2));
}
