//! Golden labels that were corrected after a baseline was accepted: what the commands that compare
//! with the baseline say about them.

use std::fs;

use karat::document::Annotations;
use karat::edit::{GoldChange, LoggedEdit};
use serde_json::Value;

use crate::cli::{CONFIG, Cli};

const LOG: &str = "golden/edits/log.jsonl";
const RULE: &str = "\n[[gate]]\nextractor = \"patterns\"\nmetric = \"entities.strict.f1\"\nmargin = 0.9\n";

/// A project whose run `a` is accepted, with these options of the dataset and golden files there.
fn accepted(golden: &str, options: &str) -> Cli {
    let cli = Cli::with_dataset();
    let config = CONFIG.replace("golden = \"golden\"", &format!("golden = {golden:?}\n{options}"));
    cli.write("karat.toml", config + RULE);
    if golden != "golden" {
        let lines = ["a", "b"].map(|id| cli.read(&format!("golden/{id}.json")).replace('\n', " ") + "\n");
        cli.write(golden, lines.concat());
    }
    succeeds(&cli, &["run", "--quiet", "--out", "a"]);
    succeeds(&cli, &["accept", "a"]);
    cli
}

/// Runs a command that must succeed, and returns the lines about golden labels on standard error.
#[track_caller]
fn succeeds(cli: &Cli, args: &[&str]) -> Vec<String> {
    let (code, out, errors) = cli.run(args);
    assert_eq!(code, 0, "{args:?}: {out}{errors}");
    errors.lines().filter(|line| line.contains("golden labels")).map(str::to_owned).collect()
}

/// Logs a change, as `karat view` does.
fn log(cli: &Cli, log: &str, document: &str, change: &str) {
    let change: GoldChange = serde_json::from_str(change).unwrap();
    let (old, new) = change.old_and_new(&Annotations::default());
    let edit = LoggedEdit { document, change: &change, old: &old, new: &new, why: "", who: None, when: None };
    append(cli, log, &edit.to_line());
}

fn append(cli: &Cli, log: &str, line: &str) {
    let before = fs::read_to_string(cli.path().join(log)).unwrap_or_default();
    cli.write(log, before + line);
}

/// Changes the label of Oslo in a golden file from one to another.
fn relabel(cli: &Cli, file: &str, from: &str, to: &str) {
    let [from, to] = [from, to].map(|label| format!("\"label\": {label:?}, \"text\": \"Oslo\""));
    let before = cli.read(file);
    assert!(before.contains(&from), "{before}");
    cli.write(file, before.replace(&from, &to));
}

fn set_label(from: &str, to: &str) -> String {
    format!(r#"{{"kind": "set_label", "of": {{"start": 45, "end": 49, "label": {from:?}}}, "label": {to:?}}}"#)
}

#[test]
fn corrections_since_the_baseline_are_named() {
    let cli = accepted("golden", "");
    for args in
        [&["gate", "a"][..], &["compare", "baseline", "a"], &["run", "--out", "b"], &["accept", "a", "--dry-run"]]
    {
        assert_eq!(succeeds(&cli, args), [""; 0], "{args:?}");
    }
    relabel(&cli, "golden/a.json", "GPE", "LOC");
    log(&cli, LOG, "a", &set_label("GPE", "LOC"));
    let changed = |baselines: &str| {
        let corrections = "1 correction in golden/edits/log.jsonl (a: GPE -> LOC \"Oslo\")";
        [format!("note: the golden labels of \"d\" changed since the {baselines} accepted: {corrections}")]
    };
    assert_eq!(succeeds(&cli, &["gate", "a"]), changed("baseline of patterns was"));
    assert_eq!(succeeds(&cli, &["compare", "baseline", "a"]), changed("baselines of lead, patterns were"));
    assert_eq!(succeeds(&cli, &["accept", "a", "--dry-run"]), changed("baselines of lead, patterns were"));
    assert_eq!(succeeds(&cli, &["run", "--out", "c"]), changed("baselines of patterns, lead were"));
    assert!(cli.read("c/d/report.html").contains("1 correction in golden/edits/log.jsonl"));
    assert!(!cli.read("c/d/report.md").contains("correction in"));
    // A part of the documents does not have the labels of the whole.
    assert_eq!(succeeds(&cli, &["run", "--limit", "1", "--out", "e"]), [""; 0]);
    // Runs are compared with each other as before.
    assert_eq!(succeeds(&cli, &["compare", "a", "c"]), [""; 0]);
    // The next baseline knows them.
    succeeds(&cli, &["accept", "c"]);
    assert_eq!(succeeds(&cli, &["gate", "c"]), [""; 0]);
    let beside: Value = serde_json::from_str(&cli.read("golden/baselines/d/patterns.json")).unwrap();
    assert_eq!(beside["golden"]["log_lines"], 1, "{beside}");
}

#[test]
fn many_corrections_are_cut_and_undone_ones_are_left_out() {
    let cli = accepted("golden", "");
    relabel(&cli, "golden/a.json", "GPE", "LOC");
    log(&cli, LOG, "a", &set_label("GPE", "LOC"));
    log(&cli, LOG, "a", r#"{"kind": "delete", "of": {"start": 0, "end": 3, "label": "PERSON"}}"#);
    append(&cli, LOG, "{\"document\": \"a\", \"change\": \"undo\", \"what\": \"Saved.\", \"later\": 1}\n");
    log(&cli, LOG, "b", r#"{"kind": "add_entity", "start": 0, "end": 7, "label": "NONE"}"#);
    log(&cli, LOG, "b", r#"{"kind": "ignore", "start": 8, "end": 16}"#);
    log(&cli, LOG, "a", r#"{"kind": "set_reference", "index": 0, "text": "Well."}"#);
    // Another dataset may share the golden files.
    log(&cli, LOG, "elsewhere", r#"{"kind": "set_reference", "index": 0, "text": "Well."}"#);
    let [note] = <[String; 1]>::try_from(succeeds(&cli, &["gate", "a"])).unwrap();
    let listed = "4 corrections in golden/edits/log.jsonl (a: GPE -> LOC \"Oslo\"; b: NONE \"Nothing\" added; b: \"happened\" \
                  ignored; and 1 more)";
    assert!(note.ends_with(listed), "{note}");
    // One that is older than the baseline and taken back since is a change, too.
    succeeds(&cli, &["run", "--quiet", "--out", "b"]);
    succeeds(&cli, &["accept", "b"]);
    relabel(&cli, "golden/a.json", "LOC", "GPE");
    append(&cli, LOG, "{\"document\": \"b\", \"change\": \"undo\"}\n");
    let [note] = <[String; 1]>::try_from(succeeds(&cli, &["gate", "b"])).unwrap();
    assert!(note.ends_with("1 correction in golden/edits/log.jsonl (b: \"happened\" ignored, taken back)"), "{note}");
}

#[test]
fn corrections_that_cannot_be_told_apart_are_said_to_be() {
    let cli = accepted("golden", "");
    let note = |cli: &Cli| succeeds(cli, &["gate", "a"]).concat();
    relabel(&cli, "golden/a.json", "GPE", "LOC");
    let by_hand = "note: the golden labels of \"d\" changed since the baseline of patterns was accepted: there are no corrections \
                   since in golden/edits/log.jsonl";
    assert_eq!(note(&cli), by_hand);
    log(&cli, LOG, "a", &set_label("GPE", "LOC"));
    append(&cli, LOG, "{\"document\": \"a\", \"chan\n");
    let broken = "was accepted: golden/edits/log.jsonl, line 2: this line of the log is not JSON";
    assert!(note(&cli).ends_with(broken), "{}", note(&cli));
    // A baseline of an older version knows nothing of the labels.
    let beside = "golden/baselines/d/patterns.json";
    let mut old: Value = serde_json::from_str(&cli.read(beside)).unwrap();
    old.as_object_mut().unwrap().remove("golden").unwrap();
    cli.write(beside, old.to_string());
    cli.write(LOG, "");
    assert_eq!(note(&cli), "");
    log(&cli, LOG, "a", &set_label("GPE", "LOC"));
    let older = "note: the golden labels of \"d\" may have changed since the baseline of patterns was accepted: 1 correction in \
                 golden/edits/log.jsonl; which of them came later is not known: the baseline was accepted before they were counted";
    assert_eq!(note(&cli), older);
    // A log whose beginning is another one than it was.
    succeeds(&cli, &["accept", "a", "--allow-worse"]);
    relabel(&cli, "golden/a.json", "LOC", "FAC");
    cli.write(LOG, "");
    log(&cli, LOG, "a", &set_label("LOC", "FAC"));
    let other = "golden/edits/log.jsonl is not the log of that time with lines added, so that the corrections since are not known";
    assert!(note(&cli).ends_with(other), "{}", note(&cli));
}

#[test]
fn golden_labels_in_one_file_have_their_log_beside_it() {
    let cli = accepted("gold.jsonl", "");
    relabel(&cli, "gold.jsonl", "GPE", "LOC");
    log(&cli, "gold.jsonl.edits/log.jsonl", "a", &set_label("GPE", "LOC"));
    let note = succeeds(&cli, &["gate", "a"]).concat();
    assert!(note.ends_with("1 correction in gold.jsonl.edits/log.jsonl (a: GPE -> LOC \"Oslo\")"), "{note}");
}

/// Offsets stand for the texts of confidential documents and of sealed splits.
#[test]
fn texts_that_are_withheld_are_not_quoted() {
    let cli = accepted("golden", "text = false\n");
    relabel(&cli, "golden/a.json", "GPE", "LOC");
    log(&cli, LOG, "a", &set_label("GPE", "LOC"));
    log(&cli, LOG, "a", r#"{"kind": "set_reference", "index": 0, "text": "secret"}"#);
    let compare = ["compare", "baseline", "a", "--extractor", "patterns"];
    for args in [&["gate", "a"][..], &compare, &["run", "--out", "b"]] {
        let note = succeeds(&cli, args).concat();
        assert!(note.ends_with("(a: GPE -> LOC 45..49; a: reference 1 added)"), "{note}");
    }
    let page = cli.read("b/d/report.html");
    assert!(page.contains("GPE -\\u003e LOC 45..49") || page.contains("GPE -> LOC 45..49"));

    let cli = accepted("golden", "");
    relabel(&cli, "golden/a.json", "GPE", "LOC");
    log(&cli, LOG, "a", &set_label("GPE", "LOC"));
    log(&cli, LOG, "b", r#"{"kind": "add_entity", "start": 0, "end": 7, "label": "NONE"}"#);
    cli.write("dataset.toml", "[splits]\ndev = [\"a\"]\ntest = [\"b\"]\n[seals]\ntest = \"00\"\n");
    let note = succeeds(&cli, &["gate", "a"]).concat();
    assert!(note.ends_with("(a: GPE -> LOC \"Oslo\"; b: NONE 0..7 added)"), "{note}");
}
