//! Extractors that are asked several times about every document: averaged inside it before anything
//! else is done.

use serde_json::Value;

use crate::cli::{Cli, assert_cmd};

const GOLD: [&[(u32, &str)]; 6] =
    [&[(0, "A"), (9, "B")], &[(0, "A")], &[(3, "B"), (9, "A")], &[(6, "A")], &[(0, "B"), (6, "B")], &[(12, "A")]];

/// What three repeats find of each document.
const FOUND: [[&[(u32, &str)]; 3]; 6] = [
    [&[(0, "A"), (9, "B")], &[(0, "A")], &[(0, "A"), (9, "B")]],
    [&[(0, "A")], &[(0, "B")], &[(0, "A")]],
    [&[(9, "A")], &[(3, "B"), (9, "A")], &[(3, "A")]],
    [&[], &[(6, "A")], &[(6, "A"), (9, "A")]],
    [&[(0, "B"), (6, "B")], &[(0, "B"), (6, "B")], &[(0, "B")]],
    [&[(15, "B")], &[], &[]],
];

fn line(at: usize, repeat: usize, entities: &[(u32, &str)]) -> String {
    let entity =
        |(start, label): &(u32, &str)| format!(r#"{{"start": {start}, "end": {}, "label": "{label}"}}"#, start + 2);
    let entities: Vec<String> = entities.iter().map(entity).collect();
    let again = if repeat > 1 { format!(r#""repeat": {repeat}, "#) } else { String::new() };
    format!("{{\"id\": \"d{at}\", {again}\"entities\": [{}]}}\n", entities.join(", "))
}

/// A file of predictions in which each document has these repeats.
fn file(repeats: &[usize]) -> String {
    let of = |(at, found): (usize, &[&[(u32, &str)]; 3])| -> String {
        (1..).zip(repeats).map(|(number, which)| line(at, number, found[*which])).collect()
    };
    FOUND.iter().enumerate().map(of).collect()
}

fn files() -> Cli {
    let cli = Cli::new();
    cli.write("gold.jsonl", GOLD.iter().enumerate().map(|(at, gold)| line(at, 1, gold)).collect::<String>());
    for (name, repeats) in
        [("first", &[0][..]), ("second", &[1]), ("twice", &[0, 0]), ("three", &[0, 1, 2]), ("six", &[0, 1, 2, 0, 1, 2])]
    {
        cli.write(&format!("{name}.jsonl"), file(repeats));
    }
    cli
}

fn scores(cli: &Cli, predictions: &str, more: &[&str]) -> Value {
    cli.json(&[&["score", "--gold", "gold.jsonl", "--pred", predictions][..], more].concat())
}

/// Asking again and hearing the same is no evidence: no figure and no interval moves.
#[test]
fn equal_repeats_change_nothing_but_counts() {
    let cli = files();
    for more in [&[][..], &["--bootstrap", "200"], &["--preset", "nervaluate"]] {
        for (one, other) in [("first.jsonl", "twice.jsonl"), ("three.jsonl", "six.jsonl")] {
            let (one, other) = (scores(&cli, one, more), scores(&cli, other, more));
            let mut seen = 0;
            for (name, figure) in one["metrics"].as_object().unwrap() {
                for key in ["value", "low", "high", "n", "documents"] {
                    let (a, b) = (figure[key].as_f64(), other["metrics"][name][key].as_f64());
                    assert!(
                        a.is_some() == b.is_some() && (a.unwrap_or(0.0) - b.unwrap_or(0.0)).abs() < 1e-12,
                        "{name}.{key}: {a:?} is not {b:?}"
                    );
                    seen += 1;
                }
            }
            assert!(seen > 50);
        }
    }
}

/// Two documents of few items may agree by accident; asking twice is not having twice the items.
#[test]
fn few_documents_stay_few() {
    let cli = files();
    let two = |name: &str| {
        cli.read(name).lines().filter(|line| line.contains("d0") || line.contains("d1")).collect::<Vec<_>>().join("\n")
    };
    for name in ["gold.jsonl", "first.jsonl", "twice.jsonl"] {
        cli.write(name, two(name));
    }
    let figure = |predictions| scores(&cli, predictions, &[])["metrics"]["entities.strict[A].precision"].clone();
    assert_eq!(figure("first.jsonl")["low"], figure("twice.jsonl")["low"]);
}

#[test]
fn figures_are_means_over_the_repeats() {
    let cli = files();
    let found = scores(&cli, "three.jsonl", &["--per-document"]);
    let recall = &found["metrics"]["entities.strict.recall"];
    // Of nine items the repeats find 6, 6 and 5.
    assert_eq!(recall["value"], 17.0 / 27.0);
    assert_eq!((&recall["n"], &recall["documents"]), (&Value::from(9), &Value::from(6)));
    assert_eq!(recall["counts"]["correct"], 17);
    assert_eq!(found["documents"]["d1"]["metrics"]["entities.strict.recall"]["value"], 2.0 / 3.0);
    assert_eq!(found["repeats"]["count"], 3);
    let share = found["repeats"]["variance_within_documents"]["entities.strict.f1"].as_f64().unwrap();
    assert!(share > 0.5 && share < 1.0, "{share}");
    assert!(scores(&cli, "first.jsonl", &[])["repeats"].is_null());
}

/// Pairs weigh the same on both sides, however often either was asked.
#[test]
fn comparisons_do_not_depend_on_how_often_a_side_was_asked() {
    let cli = files();
    let compared = |base, candidate| {
        let command = ["compare", "--gold", "gold.jsonl", "--baseline", base, "--candidate", candidate];
        cli.json(&command)["metrics"].clone()
    };
    let (one, other) = (compared("second.jsonl", "three.jsonl"), compared("second.jsonl", "six.jsonl"));
    for (name, figure) in one.as_object().unwrap() {
        for key in ["delta", "low", "high", "p"] {
            let (a, b) = (figure[key].as_f64(), other[name][key].as_f64());
            assert!((a.unwrap_or(9.0) - b.unwrap_or(9.0)).abs() < 1e-12, "{name}.{key}: {a:?} is not {b:?}");
        }
    }
    assert_eq!(one["entities.strict.f1"]["documents"], 6);
}

/// A run sends as many requests as karat.toml sets and keeps every answer, and so does its
/// baseline.
#[test]
fn runs_and_baselines_keep_repeats() {
    let cli = Cli::with_dataset();
    let config = cli.read("karat.toml").replace("kind = \"builtin\"", "kind = \"builtin\"\nrepeats = 3");
    cli.write(
        "karat.toml",
        config + "\n[[gate]]\nextractor = \"patterns\"\nmetric = \"entities.strict.f1\"\nmargin = 0.05\n",
    );
    assert!(cli.karat(&["run", "--quiet", "--out", "a"]).status().unwrap().success());
    let manifest: Value = serde_json::from_str(&cli.read("a/run.json")).unwrap();
    let (name, of) = ("patterns", &manifest["extractors"]["patterns"]);
    assert_eq!(of["repeats"], 3);
    let dataset = of["datasets"].as_object().unwrap().keys().next().unwrap();
    let predictions = cli.read(&format!("a/predictions/{dataset}/{name}.jsonl"));
    let documents = of["datasets"][dataset]["documents"].as_u64().unwrap();
    assert_eq!(predictions.lines().count() as u64, 3 * documents);
    assert_eq!(predictions.lines().filter(|line| line.contains("\"repeat\":3")).count() as u64, documents);
    assert!(cli.karat(&["accept", "a"]).status().unwrap().success());
    let baseline = cli.read(&format!("golden/baselines/{dataset}/{name}.jsonl"));
    assert_eq!(baseline.lines().count() as u64, 3 * documents);
    let verdict = cli.json(&["gate", "a"]);
    assert_eq!(verdict["verdict"], "identical");
    insta::assert_snapshot!(
        "repeats_report",
        cli.read(&format!("a/{dataset}/report.md")).split("\n## ").nth(1).unwrap()
    );
}

#[test]
fn gaps_between_repeats_are_reported() {
    let cli = files();
    cli.write("gap.jsonl", file(&[0]) + &line(2, 3, FOUND[2][1]));
    cli.write("zero.jsonl", file(&[0]).replacen("\"entities\"", "\"repeat\": 0, \"entities\"", 1));
    cli.write("double.jsonl", file(&[0, 1]) + &line(2, 2, FOUND[2][1]));
    cli.write("again.jsonl", cli.read("gold.jsonl") + &line(2, 2, GOLD[2]));
    let score = |gold, predictions| cli.karat(&["score", "--gold", gold, "--pred", predictions]);
    assert_cmd!("repeats_gap", score("gold.jsonl", "gap.jsonl"));
    assert_cmd!("repeats_zero", score("gold.jsonl", "zero.jsonl"));
    assert_cmd!("repeats_double", score("gold.jsonl", "double.jsonl"));
    assert_cmd!("repeats_in_gold", score("again.jsonl", "first.jsonl"));
    let cli = Cli::with_dataset();
    cli.write("karat.toml", cli.read("karat.toml").replace("kind = \"builtin\"", "kind = \"builtin\"\nrepeats = 0"));
    assert_cmd!("repeats_none", cli.karat(&["run"]));
}
