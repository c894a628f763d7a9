//! Facts of summaries that their source does not have: few are seen where there are none, and most
//! are seen where they were planted.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use karat::corpus::Dataset;
use karat::document::Document;
use karat::metric::source::{FactKind, FactSource};
use serde_json::Value;

use crate::cli::{Cli, assert_cmd};
use crate::planting::plant;

/// This repository's documents, with all golden summaries and those of the passes.
fn golden() -> Vec<(Document, BTreeSet<String>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut golden = Vec::new();
    for name in ["seeds", "briefs"] {
        let (documents, files) = (root.join("datasets").join(name).join("docs"), root.join("golden").join(name));
        let dataset = Dataset::load(name, &documents, &files).unwrap_or_else(|error| panic!("{error}"));
        for (id, reference) in &dataset.references {
            let passes = dataset.annotators.iter().filter_map(|pass| pass.documents.get(id));
            let summaries = passes.chain([reference]).flat_map(|reference| reference.gold.summaries.iter().flatten());
            golden.push((reference.document.clone().unwrap(), summaries.cloned().collect()));
        }
    }
    golden
}

/// People wrote these from the texts: what is reported as invented is a false alarm, or a figure
/// that they worked out.
#[test]
fn golden_summaries_invent_next_to_nothing() {
    let (mut all, mut invented) = (0, Vec::new());
    for (document, summaries) in golden() {
        let source = FactSource::new(&document);
        for fact in summaries.iter().flat_map(|summary| source.facts(summary)) {
            all += 1;
            if fact.invented {
                invented.push(format!("{}: {} {}", document.id(), fact.kind, fact.text));
            }
        }
    }
    insta::assert_snapshot!("facts_golden", format!("{}\nof {all} facts", invented.join("\n")));
    assert!(invented.len() * 100 <= all, "more than one in a hundred");
}

#[test]
fn planted_facts_are_caught() {
    let golden = golden();
    let names: BTreeSet<String> = golden
        .iter()
        .flat_map(|(document, summaries)| {
            let source = FactSource::new(document);
            summaries.iter().flat_map(|summary| source.facts(summary)).collect::<Vec<_>>()
        })
        .filter(|fact| fact.kind == FactKind::Name && fact.text.contains(' '))
        .map(|fact| fact.text)
        .collect();
    let names: Vec<String> = names.into_iter().collect();
    let mut caught: BTreeMap<FactKind, (u32, u32)> = BTreeMap::new();
    for (document, summaries) in &golden {
        let source = FactSource::new(document);
        for summary in summaries {
            for planted in plant(summary, &source.facts(summary), document.text(), &names) {
                let point = |byte: usize| planted.text[..byte].chars().count() as u32;
                let (start, end) = (point(planted.range.start), point(planted.range.end));
                let is_caught = source
                    .facts(&planted.text)
                    .iter()
                    .any(|fact| fact.invented && fact.start < end && start < fact.end);
                let counts = caught.entry(planted.kind).or_default();
                *counts = (counts.0 + u32::from(is_caught), counts.1 + 1);
            }
        }
    }
    let lines = caught.iter().map(|(kind, (caught, planted))| format!("{kind}: {caught} of {planted}\n"));
    insta::assert_snapshot!("facts_planted", lines.collect::<String>());
    for (kind, (caught, planted)) in caught {
        assert!(planted > 50 && caught * 100 >= planted * 95, "{kind}: {caught} of {planted}");
    }
}

const GOLD: &str = r#"{"id": "a", "text": "OSLO, August 20, 2025 - Ada Berg of Norway said on Monday that 110 million people had fled. The aid of €4.2 million comes in May 2026.", "summaries": ["Ada Berg says 110 million people have fled."], "key_points": [{"id": "K1", "text": "110 million people fled.", "weight": 3, "evidence": []}, {"id": "K2", "text": "Aid comes in May 2026.", "weight": 2, "evidence": []}]}
{"id": "b", "text": "Bo | *left*.", "summaries": ["Bo left."], "key_points": []}
"#;
const PRED: &str = r#"{"id": "a", "summary": "Norwegian Ada Berg said that 111,000,000 fled. On 18 August Bo <b>Ek|*Å*</b> gave $4.2 million, due in 2026."}
{"id": "b", "summary": "Bo left."}
"#;

fn score<'a>(args: &[&'a str]) -> Vec<&'a str> {
    [&["score", "--gold", "gold.jsonl", "--pred", "pred.jsonl"], args].concat()
}

fn files() -> Cli {
    let cli = Cli::new();
    cli.write("gold.jsonl", GOLD);
    cli.write("pred.jsonl", PRED);
    cli
}

#[test]
fn every_form_of_output() {
    let cli = files();
    assert_cmd!("facts_table", cli.karat(&score(&["--layer", "summaries"])));
    assert_cmd!("facts_md", cli.karat(&score(&["--format", "md"])));
    let asked = ["--format", "json", "--metric", "summary.facts", "--per-document"];
    assert_cmd!("facts_json", cli.karat(&score(&asked)));
    let more = ["summary.words", "summary.sentences", "summary.repetition", "summary.novel1", "summary.novel4"];
    let more: Vec<&str> = more.iter().flat_map(|name| ["--metric", name]).collect();
    assert_cmd!("facts_asked", cli.karat(&score(&more)));
}

#[test]
fn limits_come_from_the_options() {
    let cli = files();
    cli.write("options.toml", "[summaries.source]\nwords = { min = 3, max = 20 }\ncharacters = { max = 60 }\n");
    let asked = ["--options", "options.toml", "--metric", "summary.within_length"];
    assert_cmd!("facts_limits", cli.karat(&score(&asked)));
    cli.write("options.toml", "[summaries.source]\nwords = { most = 20 }\n");
    assert_cmd!("facts_limits_wrong", cli.karat(&score(&asked)));
}

/// Without the text no facts are looked up, and nothing is printed.
#[test]
fn without_a_source_nothing_appears() {
    let cli = files();
    cli.write("gold.jsonl", r#"{"id": "a", "summaries": ["Ada Berg says so."]}"#);
    cli.write("pred.jsonl", r#"{"id": "a", "summary": "Ada Berg says so."}"#);
    let output = cli.karat(&score(&["--format", "json", "--per-document"])).output().unwrap();
    let scores: Value = serde_json::from_slice(&output.stdout).unwrap();
    let names: Vec<&String> = scores["metrics"].as_object().unwrap().keys().collect();
    assert!(names.iter().all(|name| name.starts_with("summary.rouge")), "{names:?}");
    assert!(scores["documents"]["a"].get("facts").is_none());
}
