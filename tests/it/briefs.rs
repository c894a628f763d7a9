//! The briefs: sixty texts of six kinds, labelled in all layers by the guidelines.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use karat::config::Config;
use karat::corpus::Dataset;
use karat::document::Layer;
use regex::Regex;

use crate::cli::Cli;

fn load() -> Dataset {
    let config = Config::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("karat.toml")).unwrap();
    let briefs = &config.datasets["briefs"];
    Dataset::load("briefs", &briefs.documents, &briefs.golden).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn sixty_texts_of_six_kinds() {
    let dataset = load();
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for document in dataset.documents() {
        let words = document.text().split_whitespace().count();
        assert!((90..=160).contains(&words), "{}: {words} words", document.id());
        *kinds.entry(document.meta()["kind"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    let kind = |name: &str| (name.to_owned(), 10);
    let expected = ["company", "court", "diplomatic", "disaster", "research", "sports"].map(kind);
    assert_eq!(kinds, expected.into());
}

#[test]
fn golden_files_have_all_layers_within_the_guidelines() {
    let layers = [
        Layer::Entities,
        Layer::records("event"),
        Layer::records("statements"),
        Layer::KeyPoints,
        Layer::KeySentences,
        Layer::Summaries,
        Layer::Keyphrases,
    ];
    for (id, reference) in &load().references {
        let (gold, text) = (&reference.gold, reference.document.as_ref().unwrap().text());
        assert_eq!(gold.layers(), layers.clone().into(), "{id}");
        let entities = gold.entities.as_ref().unwrap();
        assert!(entities.windows(2).all(|pair| pair[0].end <= pair[1].start), "{id}: entities are flat and sorted");
        assert_eq!(gold.records_of("event").unwrap().len(), 1, "{id}");
        assert!((4..=6).contains(&gold.key_points.as_ref().unwrap().len()), "{id}");
        assert_eq!(gold.key_sentences.as_ref().unwrap().len(), 2, "{id}");
        assert!(gold.keyphrases.iter().flatten().all(|phrase| text.contains(phrase)), "{id}");
        for summary in gold.summaries.iter().flatten() {
            assert!((25..=45).contains(&summary.split_whitespace().count()), "{id}: {summary}");
        }
    }
}

#[test]
fn the_splits_are_whole_and_the_test_split_is_as_it_was_sealed() {
    let dataset = load();
    let (dev, test) = (&dataset.info.splits["dev"], &dataset.info.splits["test"]);
    assert_eq!((dev.len(), test.len()), (36, 24));
    assert!(dev.iter().chain(test).all(|id| dataset.references.contains_key(id)));
    assert!(dev.iter().all(|id| !test.contains(id)));
    assert_eq!(dataset.of_split("test").unwrap_or_else(|error| panic!("{error}")).references.len(), 24);
}

/// Copies a folder of this repository into a temporary one.
fn copy(cli: &Cli, folder: &str) {
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap() {
        let entry = entry.unwrap();
        let path = format!("{folder}/{}", entry.file_name().to_str().unwrap());
        match entry.file_type().unwrap().is_dir() {
            true => copy(cli, &path),
            false => cli.write(&path, fs::read(entry.path()).unwrap()),
        }
    }
}

/// What a reviewer with a minute reads: the verdicts without scrolling, and a short page.
#[test]
fn the_report_is_short_and_leads_to_the_rest() {
    let cli = Cli::new();
    ["datasets/briefs", "golden/briefs", "golden/baselines"].iter().for_each(|folder| copy(&cli, folder));
    cli.write("karat.toml", fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("karat.toml")).unwrap());
    assert!(cli.karat(&["run", "--quiet", "--dataset", "briefs", "--out", "r"]).status().unwrap().success());
    let report = cli.read("r/briefs/report.md");
    assert!(report.lines().count() < 200, "{}", report.lines().count());
    let (_, verdicts) = report.split_once("\n## Verdicts\n").unwrap();
    let (verdicts, _) = verdicts.split_once("\n## ").unwrap();
    let rows: Vec<&str> = verdicts.lines().filter(|line| line.starts_with('|')).collect();
    assert!(rows.iter().all(|row| row.chars().count() <= 100), "{verdicts}");
    let extractors = ["capitalised", "gazetteer", "patterns", "rules", "statements", "lead", "textrank", "rake"];
    for name in extractors {
        assert_eq!(rows.iter().filter(|row| row.starts_with(&format!("| {name} "))).count(), 1, "{name}");
    }
    assert!(verdicts.contains("| rules       | 36 of 36 |         0.838\u{a0}±.03 |"), "{verdicts}");
    assert!(!report.contains("\\`"), "{report}");

    // The table of contents leads to headings, and the page to the files beside it.
    let headings: Vec<String> = report
        .lines()
        .filter_map(|line| line.strip_prefix("## "))
        .map(|heading| heading.to_lowercase().replace(':', "").replace(' ', "-"))
        .collect();
    let links = Regex::new(r"\]\(#([^)]*)\)").unwrap();
    let links: Vec<String> = links.captures_iter(&report).map(|link| link[1].to_owned()).collect();
    assert_eq!(links, headings);
    for file in ["report.html", "scores.csv", "documents.csv", "alignment.csv", "facts.csv"] {
        assert!(report.contains(file) && cli.exists(&format!("r/briefs/{file}")), "{file}");
    }

    // An error leads to the line of its golden label.
    let errors = Regex::new(r"(?m)^\d+\. \*\*.* in entities\*\*.*: gold “([^”]+)”.*?; (`.*)$").unwrap();
    let location = Regex::new(r"`(golden/briefs/briefs-\d+\.json):(\d+)`").unwrap();
    let mut found = 0;
    for error in errors.captures_iter(&report) {
        for place in location.captures_iter(&error[2]) {
            let file = cli.read(&place[1]);
            let line = file.lines().nth(place[2].parse::<usize>().unwrap() - 1).unwrap();
            assert!(line.contains(&error[1]), "{}: {line}", &error[0]);
            found += 1;
        }
    }
    assert!(found > 5, "{found}");

    // A summary stands beside its reference.
    let (_, summaries) = report.split_once("\n## Worked summaries\n").unwrap();
    for name in ["lead", "textrank"] {
        let (_, of) = summaries.split_once(&format!("\n### {name} on briefs-")).unwrap();
        assert!(of.lines().nth(2).unwrap().starts_with("- summary: “"), "{of}");
        assert!(of.lines().nth(3).unwrap().starts_with("- reference"), "{of}");
    }
}
