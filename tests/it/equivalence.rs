//! The same two files give the same exit code, the same messages and the same figures, whatever
//! the command, the output format and the path through the code.
//!
//! Every generated pair of a golden file and predictions goes through `score` with its files
//! streamed, and with them loaded (`--per-document`); what these two print is what all other
//! commands are compared with. The others take turns, a group a pair, so that a pair costs about
//! six processes: see [`GROUPS`]. `KARAT_EQUIVALENCE_CASES` is the number of pairs, 60 by
//! default; `KARAT_EQUIVALENCE_CASE` is the number of one pair, which goes through every group.
//!
//! Compared are: whether the input is accepted, and with which code it is refused; the set of
//! diagnostics of a refusal (message with document, file, line); warnings and notes; and all
//! figures, to the last digit that a format shows.
//!
//! What differs by nature, and is not compared:
//! - The help below a message: `run` is configured for a document without a prediction by a
//!   key of karat.toml, other commands by an option.
//! - The code of an accepted input: `run` ends with 5 if the file records failures.
//! - `run` has the texts in a file of their own, so it is only tried where every golden line has
//!   a text, and it is set to refuse documents without a prediction, as `score` does by default.

mod outcome;
mod pairs;

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fmt::Debug;

use karat::report::three_places;
use rayon::prelude::*;
use serde_json::Value;

use crate::cli::Cli;
use outcome::{Outcome, csv_rows, members, metrics, number, table_figures, values};
use pairs::{Pair, pair};

const CONFIG: &str = r#"[datasets.d]
documents = "documents.jsonl"
golden = "gold.jsonl"

[extractors.p]
kind = "predictions"
path = "pred.jsonl"
missing = "error"
"#;

/// The headlines that a gate can be about, by layer.
const HEADLINES: [&str; 6] = [
    "entities.strict.f1",
    "summary.rouge1.f1",
    "keyphrases.f1@10",
    "records.person.f1",
    "key_sentences.f1",
    "relations.strict.f1",
];

/// What a group of commands is held against: the scores of the streamed files.
struct Case<'c> {
    cli: &'c Cli,
    pair: &'c Pair,
    streamed: Outcome,
    /// What differs, and how.
    differences: Vec<(String, String)>,
}

type Group = fn(&mut Case<'_>);

/// Commands that are run on one pair. Pair number N gets group N / 2 modulo their number, so that
/// each group sees sound and damaged pairs alike.
const GROUPS: [Group; 4] = [formats, threads_and_folders, comparisons, runs];

#[test]
fn every_command_agrees() {
    let only = env::var("KARAT_EQUIVALENCE_CASE").ok().map(|number| number.parse::<u64>().unwrap());
    let cases: u64 = env::var("KARAT_EQUIVALENCE_CASES").map_or(60, |cases| cases.parse().unwrap());
    let numbers = only.map_or(0..cases, |number| number..number + 1);
    let failures: Vec<[String; 2]> =
        numbers.into_par_iter().filter_map(|number| check(number, only.is_some())).collect();
    let each: String = failures.iter().map(|[summary, _]| format!("{summary}\n")).collect();
    let shown: String = failures.iter().take(3).map(|[_, details]| format!("\n{details}\n")).collect();
    assert!(failures.is_empty(), "{} of {cases} pairs differ:\n{each}{shown}", failures.len());
}

/// What disagrees about a pair, if anything does: in short, and with both files.
fn check(number: u64, in_all_groups: bool) -> Option<[String; 2]> {
    let pair = pair(number);
    let cli = Cli::new();
    for (folder, name, content) in
        [("golden", "gold.jsonl", &pair.gold), ("predictions", "pred.jsonl", &pair.predicted)]
    {
        cli.write(name, content);
        cli.write(&format!("{folder}/{name}"), content);
    }
    let streamed = score(&cli, &["--format", "json"]);
    let mut case = Case { cli: &cli, pair: &pair, streamed, differences: Vec::new() };
    loaded(&mut case);
    let turn = (number / 2) as usize % GROUPS.len();
    for (at, group) in GROUPS.iter().enumerate() {
        if in_all_groups || at == turn {
            group(&mut case);
        }
    }
    if case.differences.is_empty() {
        return None;
    }
    let (what, details): (Vec<String>, Vec<String>) = case.differences.into_iter().unzip();
    let title = format!("pair {number}, damaged by {:?}", pair.damages);
    let [gold, predicted] = [&pair.gold, &pair.predicted].map(|bytes| String::from_utf8_lossy(bytes));
    let details = format!("{title}\n{}\ngold.jsonl:\n{gold}\npred.jsonl:\n{predicted}", details.join("\n"));
    Some([format!("{title}: {}", what.join("; ")), details])
}

fn outcome(cli: &Cli, args: &[&str]) -> Outcome {
    Outcome::new(&cli.karat(args).output().unwrap())
}

fn score(cli: &Cli, args: &[&str]) -> Outcome {
    outcome(cli, &[&["score", "--gold", "gold.jsonl", "--pred", "pred.jsonl"], args].concat())
}

impl Case<'_> {
    fn equal<T: PartialEq + Debug>(&mut self, what: &str, one: &T, other: &T) {
        if one != other {
            self.differences.push((what.to_owned(), format!("{what}:\n  {one:?}\n  {other:?}")));
        }
    }

    /// Compares two lists of values by name; shows those that differ.
    fn equal_by_name<T: PartialEq + Debug>(
        &mut self,
        what: &str,
        one: &BTreeMap<String, T>,
        other: &BTreeMap<String, T>,
    ) {
        let names: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
        for name in names {
            self.equal(&format!("{what}: {name}"), &one.get(name), &other.get(name));
        }
    }

    /// Compares a refusal, or that there is none; whether figures can be compared.
    fn same_acceptance(&mut self, what: &str, found: &Outcome) -> bool {
        self.acceptance_as(&self.streamed.clone(), what, found)
    }

    fn acceptance_as(&mut self, expected: &Outcome, what: &str, found: &Outcome) -> bool {
        self.equal(&format!("{what}: refused with"), &expected.refusal(), &found.refusal());
        self.equal(&format!("{what}: diagnostics"), &expected.diagnostics, &found.diagnostics);
        if !matches!(found.code, 0 | 2 | 4 | 5) {
            self.equal(&format!("{what}: code"), &expected.code, &found.code);
        }
        expected.is_accepted() && found.is_accepted()
    }
}

/// The files loaded whole, with every document.
fn loaded(case: &mut Case<'_>) {
    let loaded = score(case.cli, &["--format", "json", "--per-document"]);
    if !case.same_acceptance("loaded files", &loaded) {
        return;
    }
    let [mut streamed, mut loaded] = [&case.streamed.stdout, &loaded.stdout].map(|text| members(text));
    let documents = [&mut streamed, &mut loaded].map(|scores| documents(scores.remove("documents")));
    case.equal("documents of loaded files", &documents[0], &documents[1]);
    let metrics = [&mut streamed, &mut loaded].map(|scores| members(&scores.remove("metrics").unwrap_or_default()));
    case.equal_by_name("loaded files", &metrics[0], &metrics[1]);
    case.equal_by_name("loaded files", &streamed, &loaded);
}

/// How the documents ended that did not end well, or with an empty summary.
fn documents(written: Option<String>) -> BTreeMap<String, Value> {
    let mut documents: BTreeMap<String, Value> =
        serde_json::from_str(&written.unwrap_or_default()).expect("scores list documents");
    documents.retain(|_, entry| entry["status"] != "ok" || entry.get("empty").is_some());
    for entry in documents.values_mut().filter_map(Value::as_object_mut) {
        entry.retain(|key, _| ["status", "empty", "message"].contains(&key.as_str()));
    }
    documents
}

/// A table and CSV against JSON; a table of loaded files; a preset.
fn formats(case: &mut Case<'_>) {
    let table = score(case.cli, &[]);
    let csv = score(case.cli, &["--format", "csv"]);
    let loaded = score(case.cli, &["--per-document"]);
    if case.same_acceptance("a table", &table) {
        same_table(case, &table);
        same_warnings(case, &table);
    }
    if case.same_acceptance("CSV", &csv) {
        same_csv(case, &csv.stdout);
    }
    case.equal("notes beside CSV", &table.notes, &csv.notes);
    case.same_acceptance("a table of loaded files", &loaded);
    case.equal("notes beside a table of loaded files", &table.notes, &loaded.notes);
    case.equal("a table of loaded files", &table.stdout, &loaded.stdout);
    if case.pair.has_entities_alone {
        let json = score(case.cli, &["--preset", "nervaluate", "--format", "json"]);
        let table = score(case.cli, &["--preset", "nervaluate"]);
        case.acceptance_as(&json, "a table under nervaluate", &table);
        let shown = table_figures(&table.stdout);
        case.equal_by_name("a table under nervaluate", &rounded(&json.stdout, &shown), &shown);
    }
}

fn same_table(case: &mut Case<'_>, table: &Outcome) {
    let shown = table_figures(&table.stdout);
    let expected = rounded(&case.streamed.stdout, &shown);
    case.equal_by_name("a table", &expected, &shown);
    let missing: Vec<String> = values(&case.streamed.stdout)
        .into_keys()
        .filter(|name| !name.contains('[') && !shown.contains_key(name))
        .collect();
    case.equal("figures that a table leaves out", &Vec::new(), &missing);
}

/// Of the metrics of a JSON those that a table shows, as it shows them.
fn rounded(json: &str, shown: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let values = values(json).into_iter().filter(|(name, _)| shown.contains_key(name));
    values.map(|(name, value)| (name, three_places(value))).collect()
}

/// JSON has its warnings inside.
fn same_warnings(case: &mut Case<'_>, beside: &Outcome) {
    let inside = members(&case.streamed.stdout).remove("warnings");
    let inside: Vec<String> = inside.map(|list| serde_json::from_str(&list).unwrap()).unwrap_or_default();
    let inside: BTreeSet<String> = inside.iter().map(|warning| format!("warning: {warning}")).collect();
    let beside = beside.notes.iter().filter(|note| note.starts_with("warning: ")).cloned().collect();
    case.equal("warnings", &inside, &beside);
}

/// The values, intervals and counts of CSV against those of JSON.
fn same_csv(case: &mut Case<'_>, csv: &str) {
    let (metrics, rows) = (metrics(&case.streamed.stdout), csv_rows(csv));
    let mut expected: Vec<[String; 6]> = metrics
        .values()
        .map(|figure| {
            let places = |key| number(figure, key).map(|value| format!("{value:.6}")).unwrap_or_default();
            let counts = figure.get("counts").map(|counts| members(counts)).unwrap_or_default();
            let signature: String = serde_json::from_str(&figure["signature"]).unwrap();
            let correct = counts.get("correct").cloned().unwrap_or_default();
            [places("value"), places("low"), places("high"), figure["n"].clone(), correct, signature]
        })
        .collect();
    let mut found: Vec<[String; 6]> = rows
        .iter()
        .map(|row| ["value", "low", "high", "gold", "correct", "signature"].map(|key| row[key].clone()))
        .collect();
    expected.sort();
    found.sort();
    case.equal("figures of CSV", &expected, &found);
}

/// JSON and Markdown under one thread and three; folders that hold the files.
fn threads_and_folders(case: &mut Case<'_>) {
    let streamed = case.streamed.clone();
    for jobs in ["1", "3"] {
        let json = score(case.cli, &["--format", "json", "-j", jobs]);
        case.same_acceptance(&format!("{jobs} threads"), &json);
        case.equal(&format!("JSON under {jobs} threads"), &streamed.stdout, &json.stdout);
    }
    let [one, three] = ["1", "3"].map(|jobs| score(case.cli, &["--format", "md", "-j", jobs]));
    case.same_acceptance("Markdown", &one);
    case.acceptance_as(&one, "Markdown under three threads", &three);
    case.equal("Markdown under three threads", &one.stdout, &three.stdout);
    case.equal("notes beside Markdown under three threads", &one.notes, &three.notes);
    let args = ["score", "--gold", "golden", "--pred", "predictions"];
    let folders = outcome(case.cli, &[&args[..], &["--format", "json"]].concat());
    case.same_acceptance("folders", &folders);
    case.equal("JSON of folders", &streamed.stdout, &folders.stdout);
    let folders = outcome(case.cli, &[&args[..], &["--format", "md"]].concat());
    case.acceptance_as(&one, "Markdown of folders", &folders);
    case.equal("notes beside Markdown of folders", &one.notes, &folders.notes);
}

/// `compare` and `gate` of the predictions with themselves.
fn comparisons(case: &mut Case<'_>) {
    let files = ["--gold", "gold.jsonl", "--baseline", "pred.jsonl", "--candidate", "pred.jsonl"];
    let comparison =
        |args: &[&str]| outcome(case.cli, &[&["compare"], &files[..], &["--assignments", "99"], args].concat());
    let [json, table] = [comparison(&["--format", "json"]), comparison(&[])];
    case.same_acceptance("a comparison as a table", &table);
    let values = values(&case.streamed.stdout);
    if case.same_acceptance("a comparison", &json) {
        let compared = metrics(&json.stdout);
        for (name, value) in values.iter().filter(|(name, _)| !name.contains('[')) {
            let figure = compared.get(name).cloned().unwrap_or_default();
            let both = ["base", "candidate"].map(|side| number(&figure, side));
            case.equal(&format!("{name} of a comparison"), &[*value; 2], &both);
        }
        for (name, figure) in &compared {
            let base = number(figure, "base");
            case.equal(&format!("{name} of a comparison alone"), &values.get(name).copied(), &Some(base));
        }
    }
    let metric = HEADLINES.into_iter().find(|name| values.contains_key(*name));
    if metric.is_none() && case.streamed.is_accepted() {
        return;
    }
    let metric = metric.unwrap_or(HEADLINES[0]);
    let gate = ["--metric", metric, "--margin", "0.5", "--format", "json"];
    let gate = outcome(case.cli, &[&["gate"], &files[..], &gate[..]].concat());
    if case.same_acceptance("a gate", &gate) {
        let verdict: Value = serde_json::from_str(&gate.stdout).unwrap();
        case.equal("verdict of a gate", &Value::from("identical"), &verdict["verdict"]);
        let documents = metrics(&case.streamed.stdout)[metric]["documents"].clone();
        case.equal("documents of a gate", &documents, &verdict["rules"][0]["documents"].to_string());
    }
}

/// A run of the file of predictions, against CSV.
fn runs(case: &mut Case<'_>) {
    let Some(documents) = &case.pair.documents else { return };
    case.cli.write("documents.jsonl", documents);
    case.cli.write("karat.toml", CONFIG);
    let csv = score(case.cli, &["--format", "csv"]);
    let run = outcome(case.cli, &["run", "--out", "run"]);
    if case.same_acceptance("a run", &run) {
        let of_run = case.cli.read("run/d/scores.csv");
        case.equal("figures of a run", &csv_rows(&csv.stdout), &csv_rows(&of_run));
        let warnings = |outcome: &Outcome| -> BTreeSet<String> {
            let notes = outcome.notes.iter().filter_map(|note| note.strip_prefix("warning: "));
            notes.map(|note| note.strip_prefix("d, p, ").unwrap_or(note).to_owned()).collect()
        };
        case.equal("warnings of a run", &warnings(&csv), &warnings(&run));
    }
}
