//! `karat compare` of summaries: the documents with the largest falls and rises, and several
//! metrics.

use serde_json::Value;

use crate::cli::{Cli, assert_cmd};

/// The words of every reference; a summary of the first `n` of them has a ROUGE-1 recall of n / 8.
const WORDS: [&str; 8] = ["north", "bridge", "opens", "after", "long", "repair", "this", "week"];

/// The numbers of words that each system keeps of the reference, by document.
const BASE: [usize; 6] = [8, 8, 4, 4, 6, 2];
const CANDIDATE: [usize; 6] = [2, 6, 6, 4, 8, 8];

/// Returns JSON lines of summaries, of the first words of the reference.
fn lines(kept: [usize; 6]) -> String {
    let line = |(at, kept): (usize, &usize)| format!("{}\n", line(at, &WORDS[..*kept].join(" ")));
    kept.iter().enumerate().map(line).collect()
}

fn line(at: usize, summary: &str) -> String {
    format!(r#"{{"id": "s{at}", "summaries": ["{summary}"]}}"#)
}

fn files() -> Cli {
    let cli = Cli::new();
    cli.write("gold.jsonl", lines([8; 6]));
    cli.write("a.jsonl", lines(BASE));
    cli.write("b.jsonl", lines(CANDIDATE));
    cli
}

const COMPARE: [&str; 7] = ["compare", "--gold", "gold.jsonl", "--baseline", "a.jsonl", "--candidate", "b.jsonl"];
const RECALL: [&str; 2] = ["--metric", "summary.rouge1.recall"];

fn compare(more: &[&str]) -> Vec<String> {
    [&COMPARE[..], more].concat().iter().map(|&arg| arg.to_owned()).collect()
}

fn json(cli: &Cli, more: &[&str]) -> Value {
    cli.json(&compare(more).iter().map(String::as_str).collect::<Vec<_>>())
}

/// The ids of the documents with the largest changes of a kind.
fn ids<'v>(changes: &'v Value, kind: &str) -> Vec<&'v str> {
    changes[kind].as_array().unwrap().iter().map(|one| one["document"].as_str().unwrap()).collect()
}

#[test]
fn the_largest_falls_and_rises_are_shown_with_their_texts() {
    let cli = files();
    let run = |more: &[&str]| cli.karat(&[&COMPARE[..], &RECALL, more].concat());
    assert_cmd!("compare_summaries_table", run(&["--examples", "2"]));
    assert_cmd!("compare_summaries_none", run(&["--examples", "0"]));
    let found = json(&cli, &RECALL);
    let [changes] = found["document_changes"].as_array().unwrap().as_slice() else { panic!("{found:#}") };
    assert_eq!((&changes["documents"], &changes["fell"], &changes["rose"]), (&6.into(), &2.into(), &3.into()));
    // By hand, in eighths: falls of 6 and 2, rises of 6 and twice 2, the lower id first.
    assert_eq!(ids(changes, "falls"), ["s0", "s1"]);
    assert_eq!(ids(changes, "rises"), ["s5", "s2", "s4"]);
    let first = &changes["falls"][0];
    assert_eq!((&first["base"], &first["candidate"], &first["delta"]), (&1.0.into(), &0.25.into(), &(-0.75).into()));
    let texts = &first["summaries"];
    assert_eq!(texts["references"][0], WORDS.join(" "));
    assert_eq!(texts["base"], serde_json::json!({"status": "ok", "texts": [WORDS.join(" ")]}));
    assert_eq!(texts["candidate"]["texts"][0], "north bridge");
    // Documents that are loaded rather than streamed are the same.
    cli.write("gold/s.jsonl", cli.read("gold.jsonl"));
    let command = ["compare", "--gold", "gold", "--baseline", "a.jsonl", "--candidate", "b.jsonl"];
    let loaded = cli.json(&[&command[..], &RECALL].concat());
    assert_eq!(loaded["document_changes"], found["document_changes"]);
}

#[test]
fn markdown_shows_the_texts_as_code() {
    let (_, markdown, _) = files().run(&[&COMPARE[..], &RECALL, &["--examples", "1", "--format", "md"]].concat());
    let (_, changed) = markdown.split_once("### What changed\n\n").unwrap();
    insta::assert_snapshot!("compare_summaries_md", changed);
}

/// Of errors, a rise is for the worse, and is listed first; of lengths, neither is.
#[test]
fn which_changes_are_for_the_worse_depends_on_the_metric() {
    let cli = files();
    let text = |metric: &str| cli.run(&[&COMPARE[..], &["--metric", metric, "--examples", "1"]].concat()).1;
    let of = |text: &str, metric: &str| {
        let line =
            text.lines().find(|line| line.starts_with(&format!("{metric}: "))).unwrap_or_else(|| panic!("{text}"));
        line.to_owned()
    };
    let errors = text("summary.ter");
    assert_eq!(of(&errors, "summary.ter"), "summary.ter: 3 of 6 documents fell (better), 2 rose (worse)");
    assert!(errors.find("largest rises").unwrap() < errors.find("largest falls").unwrap(), "{errors}");
    let lengths = text("summary.words");
    assert_eq!(of(&lengths, "summary.words"), "summary.words: 2 of 6 documents fell, 3 rose");
}

/// A failed document is a fall to 0, shown with its status; a figure that rests on answers has no
/// value for it.
#[test]
fn failed_documents_and_repeats() {
    let cli = files();
    let failed =
        cli.read("b.jsonl").replace(&line(0, "north bridge"), r#"{"id": "s0", "error": "TimeoutError: 30 s"}"#);
    cli.write("b.jsonl", failed);
    let found = json(&cli, &[&RECALL[..], &["--metric", "summary.words"]].concat());
    let [recall, words] = found["document_changes"].as_array().unwrap().as_slice() else { panic!("{found:#}") };
    assert_eq!(recall["falls"][0]["delta"], -1.0);
    assert_eq!(recall["falls"][0]["summaries"]["candidate"], serde_json::json!({"status": "failed", "texts": []}));
    assert_eq!((&words["documents"], ids(words, "falls")), (&5.into(), vec!["s1"]));
    let repeated = |kept: [usize; 6], other: [usize; 6]| {
        let repeat =
            |lines: String, number: usize| lines.replace("{\"id\"", &format!("{{\"repeat\": {number}, \"id\""));
        repeat(lines(kept), 1) + &repeat(lines(other), 2)
    };
    cli.write("b.jsonl", repeated(CANDIDATE, BASE));
    let found = json(&cli, &RECALL);
    let first = &found["document_changes"][0]["falls"][0];
    assert_eq!((&first["document"], &first["delta"]), (&"s0".into(), &(-0.375).into()));
    assert_eq!(first["summaries"]["candidate"]["texts"], serde_json::json!(["north bridge", WORDS.join(" ")]));
    let (_, text, _) = cli.run(&[&COMPARE[..], &RECALL].concat());
    assert!(text.contains("candidate  north bridge (the first of 2)\n"), "{text}");
}

/// Each metric has a row and changes of its own, and p is adjusted over the metrics: the smaller p
/// is doubled.
#[test]
fn several_metrics_have_a_row_each() {
    let cli = files();
    let both = [&RECALL[..], &["--metric", "summary.rouge2.recall", "--examples", "1"]].concat();
    assert_cmd!("compare_summaries_two_metrics", cli.karat(&[&COMPARE[..], &both].concat()));
    let (one, two) = (json(&cli, &RECALL), json(&cli, &both));
    let figure = |found: &Value, key: &str| found["metrics"]["summary.rouge1.recall"][key].as_f64().unwrap();
    let other = two["metrics"]["summary.rouge2.recall"]["p"].as_f64().unwrap();
    assert_eq!(figure(&one, "p_adjusted"), figure(&one, "p"));
    assert_eq!(figure(&two, "p"), figure(&one, "p"));
    let smaller = figure(&two, "p").min(other);
    let adjusted = ["summary.rouge1.recall", "summary.rouge2.recall"]
        .map(|name| two["metrics"][name]["p_adjusted"].as_f64().unwrap());
    assert!(adjusted.contains(&(2.0 * smaller).min(1.0)), "{adjusted:?}");
    let names: Vec<&Value> = two["document_changes"].as_array().unwrap().iter().map(|one| &one["metric"]).collect();
    assert_eq!(names, ["summary.rouge1.recall", "summary.rouge2.recall"]);
}

/// Items show what changed in their layer, and documents are not listed beside them.
#[test]
fn layers_with_items_list_items() {
    let cli = super::compare::files();
    let found = cli.json(&super::compare::COMPARE);
    assert_eq!(found["document_changes"], serde_json::json!([]));
}
