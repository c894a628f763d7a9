//! Runs that are shared out, and put together again.

use serde_json::Value;

use crate::cli::{Cli, assert_cmd};
use crate::process::project;

fn documents() -> Cli {
    let texts: Vec<String> = (0..23)
        .map(|at| match at % 6 {
            3 => "crash".to_owned(),
            4 => "sorry Bob".to_owned(),
            5 => format!("paid Ada{at}"),
            _ => format!("Ada says {at} Bob \u{2028} Cyd"),
        })
        .collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let cli = project(&texts, &[], "repeats = 2\ncache = false");
    cli.write("golden/d01.json", r#"{"id": "d01", "entities": [{"start": 0, "end": 3, "label": "NAME"}]}"#);
    let config = cli.read("karat.toml");
    cli.write("karat.toml", format!("{config}\n[extractors.capitalised]\nkind = \"builtin\"\n"));
    cli
}

const LASTING: [&str; 6] = [
    "predictions/d/mine.jsonl",
    "predictions/d/capitalised.jsonl",
    "d/report.md",
    "d/scores.csv",
    "d/documents.csv",
    "d/alignment.csv",
];

fn lasting(cli: &Cli, run: &str) -> Vec<String> {
    LASTING.iter().map(|file| cli.read(&format!("{run}/{file}"))).collect()
}

fn shards(cli: &Cli, of: usize) -> Vec<String> {
    let run = |number: usize| {
        let folder = format!("s{number}");
        let output = cli.karat(&["run", "--quiet", "--out", &folder, "--shard", &format!("{number}/{of}")]).output();
        assert!(matches!(output.unwrap().status.code(), Some(0 | 5)));
        folder
    };
    (1..=of).map(run).collect()
}

#[test]
fn merged_shards_are_the_run_that_was_never_shared_out() {
    let cli = documents();
    assert_eq!(cli.karat(&["run", "--quiet", "--out", "whole"]).output().unwrap().status.code(), Some(5));
    let whole = lasting(&cli, "whole");
    for of in [1, 2, 5] {
        let folders = shards(&cli, of);
        let folders: Vec<&str> = folders.iter().rev().map(String::as_str).collect();
        let output = cli.karat(&[&["merge", "--quiet", "--out", "merged"][..], &folders].concat()).output().unwrap();
        assert_eq!(output.status.code(), Some(5), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(lasting(&cli, "merged") == whole, "{of} shards");
    }
    let manifest = |run: &str| -> Value { serde_json::from_str(&cli.read(&format!("{run}/run.json"))).unwrap() };
    let [whole, merged] = ["whole", "merged"].map(|run| manifest(run)["extractors"]["mine"].clone());
    for key in [
        "usage",
        "notes",
        "datasets",
        "fingerprints",
        "introduction",
        "layers",
        "failed",
        "ok",
        "predictions",
        "signatures",
    ] {
        assert_eq!(whole[key], merged[key], "{key}");
    }
    assert!(merged["signatures"]["d"]["entities.strict.f1"].is_string());
    assert_eq!((&merged["usage"]["d"]["tokens_in"], &merged["timings"]), (&600.into(), &serde_json::json!({})));
    assert_eq!(manifest("s2")["shard"], "2/5");
}

/// Reports on a part of the documents do not take the place of those on all.
#[test]
fn a_shard_leaves_the_reports_alone() {
    let cli = documents();
    assert_eq!(cli.karat(&["run", "--quiet", "--shard", "1/2"]).output().unwrap().status.code(), Some(5));
    assert!(!cli.exists("reports"));
    let run = std::fs::read_dir(cli.path().join(".karat/runs")).unwrap().next().unwrap().unwrap();
    assert!(run.file_name().to_string_lossy().ends_with("-1-of-2"));
}

#[test]
fn mismatched_shards_are_reported() {
    let cli = documents();
    shards(&cli, 3);
    let merge = |runs: &[&str]| cli.karat(&[&["merge", "--out", "m"], runs].concat());
    let said = |runs: &[&str]| {
        let output = merge(runs).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(said(&["s1", "s3"]).contains("no run has an answer by \"mine\" for it"));
    assert!(said(&["s1", "s2", "s3", "s2"]).contains("another run also has this document"));
    cli.karat(&["run", "--quiet", "--out", "other", "--shard", "2/3", "--extractor", "mine"]).output().unwrap();
    assert_cmd!("merge_unlike", merge(&["s1", "other", "s3"]));
    assert_cmd!("merge_no_run", merge(&["s1", "docs"]));
    assert_cmd!("shard_odd", cli.karat(&["run", "--shard", "4/3"]));
    assert!(!cli.exists("m"));
}

/// An extractor that never started, or that started in one shard only, is reported in a merged run
/// as in a run that was never shared out: without figures of layers that it never declared.
#[cfg(unix)]
#[test]
fn an_extractor_that_never_started_is_merged_without_figures() {
    let cli = project(&["Ada says a", "Bob says b", "Cyd says c", "Dan says d"], &[], "");
    for at in 0..4 {
        let gold = r#""entities": [{"start": 0, "end": 3, "label": "NAME"}], "summaries": ["Of it."]"#;
        cli.write(&format!("golden/d{at:02}.json"), format!("{{\"id\": \"d{at:02}\", {gold}}}"));
    }
    let config = cli.read("karat.toml");
    let dead = |command: &str| {
        format!("{config}\n[extractors.dead]\nkind = \"process\"\ncommand = {command}\ncache = false\n")
    };
    let run = |args: &[&str]| {
        let output = cli.karat(args).output().unwrap();
        let [out, errors] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        assert_eq!(output.status.code(), Some(5), "{errors}");
        (out, errors)
    };
    cli.write("karat.toml", dead("[\"sh\", \"-c\", \"exit 3\"]"));
    let (_, whole) = run(&["run", "--out", "whole"]);
    shards(&cli, 2);
    let (table, merged) = run(&["merge", "s1", "s2", "--out", "merged"]);
    let unanswered = |text: &str| -> Vec<String> {
        text.lines().filter(|line| line.starts_with("not answered")).map(str::to_owned).collect()
    };
    assert_eq!(unanswered(&merged), unanswered(&whole));
    assert_eq!(unanswered(&merged).len(), 1, "{merged}");
    let row = table.lines().find(|line| line.contains("dead")).unwrap();
    assert!(row.contains("0/4") && row.contains('–') && !row.contains("0.000"), "{table}");
    for file in ["d/report.md", "d/scores.csv", "d/documents.csv", "predictions/d/dead.jsonl"] {
        assert_eq!(cli.read(&format!("merged/{file}")), cli.read(&format!("whole/{file}")), "{file}");
    }
    assert!(!cli.read("merged/d/scores.csv").contains("dead"));
    // The gate still counts every layer as missed.
    let manifest = |run: &str| -> Value { serde_json::from_str(&cli.read(&format!("{run}/run.json"))).unwrap() };
    assert_eq!(manifest("merged")["extractors"]["dead"]["layers"]["d"], serde_json::json!(["entities", "summaries"]));

    // One shard of it starts, and declares entities only.
    let program = format!("[\"sh\", \"-c\", \"test -f alive && exec {}\"]", crate::process::flaky());
    cli.write("karat.toml", dead(&program));
    run(&["run", "--out", "s1", "--shard", "1/2"]);
    cli.write("alive", "");
    let output = cli.karat(&["run", "--out", "s2", "--shard", "2/2"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    run(&["merge", "s1", "s2", "--out", "merged"]);
    let scores = cli.read("merged/d/scores.csv");
    assert!(scores.contains("d,dead,entities") && !scores.contains("d,dead,summar"), "{scores}");
}
