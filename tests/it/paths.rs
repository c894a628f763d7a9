//! Files that are counted as they are read give what loaded files give, in cases that once
//! differed.

use std::process::Output;

use serde_json::Value;

use crate::cli::Cli;

/// Writes lines as a file and as a folder that has the file in it: folders are loaded.
fn both(cli: &Cli, name: &str, lines: &[&str]) {
    let text = lines.iter().map(|line| format!("{line}\n")).collect::<String>();
    cli.write(&format!("{name}.jsonl"), text.clone());
    cli.write(&format!("{name}/{name}.jsonl"), text);
}

/// Runs a command on the files and on the folders.
fn run(cli: &Cli, command: &[&str], files: &[(&str, &str)]) -> [Output; 2] {
    [".jsonl", ""].map(|end| {
        let named: Vec<String> =
            files.iter().flat_map(|(flag, name)| [(*flag).to_owned(), format!("{name}{end}")]).collect();
        let arguments: Vec<&str> = command.iter().copied().chain(named.iter().map(String::as_str)).collect();
        cli.karat(&arguments).output().unwrap()
    })
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
}

#[test]
fn a_label_map_holds_for_every_preset() {
    let cli = Cli::new();
    both(&cli, "gold", &[r#"{"id": "a", "entities": [{"start": 0, "end": 3, "label": "PER"}]}"#]);
    both(&cli, "pred", &[r#"{"id": "a", "entities": [{"start": 0, "end": 3, "label": "PERSON"}]}"#]);
    let command = ["score", "--preset", "nervaluate", "--label-map", "PERSON=PER", "--format", "json"];
    for output in run(&cli, &command, &[("--gold", "gold"), ("--pred", "pred")]) {
        assert_eq!(json(&output)["metrics"]["entities.strict.f1"]["value"], 1.0);
    }
}

#[test]
fn changes_are_detected_from_texts() {
    let cli = Cli::new();
    let gold = r#"{"id": "a", "text": "Ada met Bob today.", "entities": [{"start": 0, "end": 3, "label": "PER", "text": "Ada"}, {"start": 8, "end": 11, "label": "PER", "text": "Bob"}]}"#;
    let plain = r#"{"id": "a", "entities": [{"start": 8, "end": 11, "label": "PER", "text": "Bob"}, {"start": 12, "end": 17, "label": "PER", "text": "today"}]}"#;
    let confident = r#"{"id": "a", "entities": [{"start": 0, "end": 3, "label": "PER", "text": "Ada", "confidence": 0.5}, {"start": 12, "end": 17, "label": "PER", "text": "today", "confidence": 0.5}]}"#;
    both(&cli, "gold", &[&format!("\u{feff}{gold}")]);
    both(&cli, "base", &[plain]);
    both(&cli, "candidate", &[confident]);
    let files = [("--gold", "gold"), ("--baseline", "base"), ("--candidate", "candidate")];
    let [streamed, loaded] = run(&cli, &["compare", "--format", "json"], &files);
    let (streamed, loaded) = (json(&streamed), json(&loaded));
    assert_eq!(streamed["flips"], loaded["flips"]);
    let changes: Vec<(&Value, &Value)> =
        streamed["flips"].as_array().unwrap().iter().map(|flip| (&flip["change"], &flip["text"])).collect();
    assert_eq!(changes, [(&"lost".into(), &"Bob".into()), (&"gained".into(), &"Ada".into())] as [(&Value, &Value); 2]);
    let [streamed, loaded] = run(&cli, &["compare"], &files).map(|output| String::from_utf8(output.stdout).unwrap());
    let shown = |text: &str| text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(shown(&streamed), shown(&loaded));
    assert!(streamed.contains("Ada met [Bob] today."), "{streamed}");
}

#[test]
fn lines_that_are_left_out_are_checked_all_the_same() {
    let cli = Cli::new();
    let good = r#"{"id": "a", "entities": [{"start": 0, "end": 2, "label": "A"}], "text": "xy"}"#;
    both(&cli, "gold", &[good, r#"{"id": "b", "entities": [{"start": 0, "end": 30, "label": "A"}], "text": "xy"}"#]);
    both(&cli, "pred", &[good]);
    let files = [("--gold", "gold"), ("--pred", "pred")];
    for output in run(&cli, &["score", "--missing", "skip"], &files) {
        assert_eq!(output.status.code(), Some(2));
    }
    both(&cli, "gold", &[good, r#"{"id": "b", "summaries": ["x"], "text": "xy"}"#]);
    for output in run(&cli, &["score", "--missing", "skip", "--layer", "entities", "--layer", "summaries"], &files) {
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

/// A command and the flags of its files with their names.
type Command<'a> = (&'a [&'a str], &'a [(&'a str, &'a str)]);

#[test]
fn what_missing_does_is_noted_by_every_command() {
    let cli = Cli::new();
    let line = |id: &str| format!(r#"{{"id": "{id}", "entities": [{{"start": 0, "end": 2, "label": "A"}}]}}"#);
    both(&cli, "gold", &[&line("a"), &line("b"), &line("c")]);
    both(&cli, "pred", &[&line("a"), &line("b")]);
    let compared = [("--gold", "gold"), ("--baseline", "pred"), ("--candidate", "pred")];
    let gate = ["gate", "--metric", "entities.strict.f1", "--margin", "0.1"];
    let commands: [Command<'_>; 4] = [
        (&["score"], &[("--gold", "gold"), ("--pred", "pred")]),
        (&["compare"], &compared),
        (&gate, &compared),
        (&["power"], &compared),
    ];
    for (command, files) in commands {
        for (missing, note) in [("skip", "left out, since there is no prediction"), ("count", "counted as missed")] {
            let arguments: Vec<&str> = command.iter().copied().chain(["--missing", missing]).collect();
            for output in run(&cli, &arguments, files) {
                let errors = String::from_utf8(output.stderr).unwrap();
                assert!(errors.contains(note) && errors.contains("\"c\""), "{arguments:?}: {errors}");
            }
        }
    }
}

#[test]
fn a_summary_without_a_reference_matters_only_where_summaries_are_scored() {
    let cli = Cli::new();
    let entities = r#""entities": [{"start": 0, "end": 2, "label": "A"}]"#;
    let line = |id: &str, more: &str| format!(r#"{{"id": "{id}", {entities}{more}}}"#);
    both(&cli, "gold", &[&line("a", r#", "summaries": ["x y"]"#), &line("b", "")]);
    both(&cli, "pred", &[&line("a", r#", "summary": "x""#), &line("b", r#", "summary": "y""#)]);
    let files = [("--gold", "gold"), ("--pred", "pred")];
    for (command, code) in
        [(&["score"][..], 2), (&["score", "--layer", "entities"], 0), (&["score", "--preset", "nervaluate"], 0)]
    {
        for output in run(&cli, command, &files) {
            assert_eq!(output.status.code(), Some(code), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
        }
    }
}

/// Both systems predict a document without a golden file, each in another layer: either is
/// spurious.
#[test]
fn what_either_system_predicts_beyond_the_golden_files_is_spurious() {
    let cli = Cli::new();
    let entities = r#""entities": [{"start": 0, "end": 2, "label": "A"}]"#;
    let gold = format!(r#"{{"id": "a", {entities}, "keyphrases": ["x"]}}"#);
    both(&cli, "gold", &[&gold]);
    both(&cli, "base", &[&gold, &format!(r#"{{"id": "b", {entities}}}"#)]);
    both(&cli, "candidate", &[&gold, r#"{"id": "b", "keyphrases": ["y"]}"#]);
    let files = [("--gold", "gold"), ("--baseline", "base"), ("--candidate", "candidate")];
    for output in run(&cli, &["compare", "--missing", "count", "--format", "json"], &files) {
        let metrics = &json(&output)["metrics"];
        let of = |name: &str| (metrics[name]["base"].as_f64(), metrics[name]["candidate"].as_f64());
        assert_eq!(of("entities.strict.precision"), (Some(0.5), Some(1.0)));
        assert_eq!(of("keyphrases.precision"), (Some(1.0), Some(0.5)));
    }
}
