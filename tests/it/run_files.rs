//! The files of a run folder: what is not the run's own is refused, by every command that reads
//! runs.

use std::fs;

use serde_json::{Value, json};

use crate::cli::{Cli, assert_cmd};

const PATTERNS: &str = "predictions/d/patterns.jsonl";

/// The dataset `d`, two runs of it, a baseline and a rule.
fn project() -> Cli {
    let cli = Cli::with_dataset();
    let rule = "[[gate]]\nextractor = \"patterns\"\nmetric = \"entities.strict.f1\"\nmargin = 0.05\n";
    cli.write("karat.toml", cli.read("karat.toml") + rule);
    for run in ["a", "b"] {
        assert!(cli.karat(&["run", "--quiet", "--out", run]).status().unwrap().success());
    }
    assert!(cli.karat(&["accept", "a"]).status().unwrap().success());
    cli
}

const COMMANDS: [&[&str]; 6] = [
    &["accept", "b"],
    &["gate", "b"],
    &["compare", "a", "b"],
    &["compare", "b", "a"],
    &["power", "b"],
    &["merge", "b", "--out", "merged"],
];

/// Every command that reads runs refuses the run `b` with these words, and writes nothing.
fn assert_refused(cli: &Cli, words: &str) {
    let baseline = cli.read("golden/baselines/d/patterns.json");
    for command in COMMANDS {
        let output = cli.karat(command).output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{command:?}: {errors}");
        assert_eq!(errors.matches(words).count(), 1, "{command:?}: {errors}");
        assert_eq!(output.stdout, b"", "{command:?}");
    }
    assert!(!cli.exists("merged/run.json"));
    assert_eq!(cli.read("golden/baselines/d/patterns.json"), baseline);
}

/// A command reads the run `b`; what it prints on standard error.
fn assert_read(cli: &Cli, command: &[&str]) -> String {
    let output = cli.karat(command).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    // Two documents that are equal in both runs have no error that a power could be computed from.
    let expected = if command[0] == "power" { 4 } else { 0 };
    assert_eq!(output.status.code(), Some(expected), "{command:?}: {errors}");
    errors
}

#[test]
fn runs_as_they_were_written_are_read() {
    let cli = project();
    for command in COMMANDS {
        let errors = assert_read(&cli, command);
        assert!(!errors.contains("run.json"), "{command:?}: {errors}");
    }
    let of = |run: &str| -> Value {
        let manifest: Value = serde_json::from_str(&cli.read(&format!("{run}/run.json"))).unwrap();
        manifest["extractors"]["patterns"].clone()
    };
    assert_eq!(of("a")["predictions"]["d"]["lines"], 2);
    for field in ["predictions", "signatures"] {
        assert_eq!(of("a")[field], of("merged")[field], "{field}");
    }
}

#[test]
fn changed_predictions_are_refused() {
    let cli = project();
    let lines = cli.read(&format!("b/{PATTERNS}"));
    let changed = lines.replace("DATE", "TIME");
    assert_ne!(changed, lines);
    cli.write(&format!("b/{PATTERNS}"), changed);
    assert_refused(&cli, "these predictions were changed after the run: their SHA-256 is not the one in `run.json`");
    assert_cmd!("run_files_changed", cli.karat(&["accept", "b"]));
    // What is not asked for is not read.
    assert!(cli.karat(&["accept", "b", "--extractor", "lead"]).status().unwrap().success());
}

#[test]
fn a_line_less_is_refused() {
    let cli = project();
    let lines = cli.read(&format!("b/{PATTERNS}"));
    cli.write(&format!("b/{PATTERNS}"), lines.lines().next().unwrap().to_owned() + "\n");
    assert_refused(&cli, "these predictions were changed after the run: they have 1 lines, but `run.json` records 2");
}

#[test]
fn missing_predictions_are_refused() {
    let cli = project();
    fs::remove_file(cli.path().join("b").join(PATTERNS)).unwrap();
    assert_refused(&cli, "`run.json` lists these predictions, but the file is missing");
    assert_cmd!("run_files_missing", cli.karat(&["gate", "b"]));
}

#[test]
fn predictions_of_another_run_are_refused() {
    let cli = project();
    cli.write("b/predictions/d/other.jsonl", cli.read(&format!("b/{PATTERNS}")));
    // The gate's rule is about `patterns` alone.
    let config = cli.read("karat.toml").replace("extractor = \"patterns\"\n", "");
    cli.write("karat.toml", config);
    assert_refused(&cli, "`run.json` does not list these predictions");
    assert_cmd!("run_files_unlisted", cli.karat(&["compare", "a", "b"]));
}

#[test]
fn another_schema_is_refused_by_name() {
    let cli = project();
    cli.edit_manifest("b", |manifest| manifest["schema"] = "karat.run/2".into());
    assert_refused(&cli, "its schema is `karat.run/2`, but this version of karat reads `karat.run/1`");
    cli.edit_manifest("b", |manifest| manifest["schema"] = "karat.run/11".into());
    assert_refused(&cli, "its schema is `karat.run/11`");
    cli.edit_manifest("b", |manifest| drop(manifest.as_object_mut().unwrap().remove("schema")));
    assert_refused(&cli, "this is not a `karat.run/1`: missing field `schema`");
}

#[test]
fn fields_of_a_later_minor_version_are_ignored() {
    let cli = project();
    cli.edit_manifest("b", |manifest| {
        manifest["schema"] = "karat.run/1.3".into();
        manifest["weather"] = json!({"sun": true});
        manifest["extractors"]["patterns"]["mood"] = "good".into();
        manifest["extractors"]["patterns"]["predictions"]["d"]["bytes"] = 1.into();
    });
    for command in COMMANDS {
        assert_read(&cli, command);
    }
}

#[test]
fn runs_of_an_older_karat_are_read_with_a_note() {
    let cli = project();
    cli.edit_manifest("b", |manifest| {
        for entry in manifest["extractors"].as_object_mut().unwrap().values_mut() {
            let entry = entry.as_object_mut().unwrap();
            assert!(entry.remove("predictions").is_some() && entry.remove("signatures").is_some());
        }
    });
    for command in COMMANDS {
        let errors = assert_read(&cli, command);
        assert!(errors.contains("note: b: its run.json has no hashes of the predictions"), "{command:?}: {errors}");
    }
    assert_cmd!("run_files_older", cli.karat(&["compare", "a", "b", "--extractor", "patterns"]));
    fs::remove_dir_all(cli.path().join("merged")).unwrap();
    fs::remove_file(cli.path().join("b").join(PATTERNS)).unwrap();
    assert_refused(&cli, "`run.json` lists these predictions, but the file is missing");
}

#[test]
fn names_that_lead_out_of_the_folder_are_refused() {
    let cli = project();
    cli.edit_manifest("b", |manifest| {
        let entry = manifest["extractors"]["patterns"].clone();
        manifest["extractors"]["../../a/predictions/d/patterns"] = entry;
    });
    assert_refused(&cli, "cannot be a file name");
}

/// Options that change between two runs are named with both values.
#[test]
fn a_field_that_differs_between_runs_is_named() {
    let cli = project();
    cli.write(
        "karat.toml",
        cli.read("karat.toml")
            .replace("golden = \"golden\"\n", "golden = \"golden\"\nsummaries.tokenizer = \"unicode\"\n"),
    );
    assert!(cli.karat(&["run", "--quiet", "--out", "c"]).status().unwrap().success());
    assert_cmd!("run_files_other_tokenizer", cli.karat(&["compare", "a", "c", "--extractor", "lead"]));
    assert!(cli.karat(&["compare", "a", "c", "--extractor", "patterns"]).status().unwrap().success());
}
