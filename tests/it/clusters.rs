//! Intervals whose unit is not the document, and those that are drawn.

use serde_json::Value;

use crate::cli::{Cli, assert_cmd};

/// Eight documents of entities, relations, key sentences and summaries, `times` over: copies of a
/// document have its source.
fn copies(times: usize) -> Cli {
    let cli = Cli::new();
    let (mut gold, mut predicted) = (String::new(), String::new());
    for at in 0..8 {
        for copy in 0..times {
            let entity = |start: usize, label: &str| {
                format!(r#"{{"start": {start}, "end": {}, "label": "{label}"}}"#, start + 3)
            };
            let found = |kept: bool, entity: String| if kept { entity } else { String::new() };
            let list =
                |items: &[String]| items.iter().filter(|item| !item.is_empty()).cloned().collect::<Vec<_>>().join(", ");
            let id = format!(r#""id": "d{at}-{copy}""#);
            gold.push_str(&format!(
                "{{{id}, \"meta\": {{\"source\": \"s{at}\"}}, \"entities\": [{}], \"key_sentences\": [{{\"start\": 0, \"end\": 9}}], \
                 \"summaries\": [\"rain fell on the town for {at} days and nights\"]}}\n",
                list(&[entity(0, "A"), entity(4, "B"), entity(8, "A")]),
            ));
            predicted.push_str(&format!(
                "{{{id}, \"entities\": [{}], \"key_sentences\": [{{\"start\": {}, \"end\": 9}}], \
                 \"summary\": \"rain on {} town for {at} days\"}}\n",
                list(&[
                    found(at != 3, entity(0, "A")),
                    found(at % 2 == 0, entity(4, "B")),
                    entity(8, ["A", "B"][at % 3 % 2])
                ]),
                at % 3,
                ["the", "a", "its"][at % 3],
            ));
        }
    }
    cli.write("gold.jsonl", gold);
    cli.write("pred.jsonl", predicted);
    cli
}

const SCORE: [&str; 5] = ["score", "--gold", "gold.jsonl", "--pred", "pred.jsonl"];

fn same(one: &Value, other: &Value, name: &str) {
    match (one.as_f64(), other.as_f64()) {
        (Some(a), Some(b)) => assert!((a - b).abs() < 1e-12, "{name}: {a} is not {b}"),
        (a, b) => assert_eq!(a, b, "{name}"),
    }
}

/// A copy brings nothing new: counted as its source's, it leaves every figure and interval as it
/// was.
#[test]
fn copies_of_documents_in_one_cluster_change_no_interval() {
    for preset in [&[][..], &["--preset", "sacrebleu"], &["--preset", "rouge_score"]] {
        let alone = copies(1).json(&[&SCORE[..], preset].concat());
        let clustered = copies(3).json(&[&SCORE[..], preset, &["--cluster", "meta.source"]].concat());
        let careless = copies(3).json(&[&SCORE[..], preset].concat());
        let mut narrower = 0;
        for (name, one) in alone["metrics"].as_object().unwrap() {
            let (other, careless) = (&clustered["metrics"][name], &careless["metrics"][name]);
            for key in ["value", "low", "high"] {
                same(&one[key], &other[key], name);
            }
            let width = |figure: &Value| Some(figure["high"].as_f64()? - figure["low"].as_f64()?);
            narrower += usize::from(width(careless) < width(one));
        }
        assert!(narrower > 3, "{preset:?}");
    }
}

#[test]
fn bootstrap_intervals_depend_on_the_seed_alone() {
    let cli = copies(1);
    let print = |more: &[&str]| {
        let metric =
            ["--metric", "entities.strict", "--metric", "summary.rouge1", "--format", "json", "--bootstrap", "500"];
        cli.karat(&[&SCORE[..], &metric, more].concat()).output().unwrap().stdout
    };
    let one = print(&["--jobs", "1", "--seed", "3"]);
    assert_eq!(one, print(&["--jobs", "3", "--seed", "3"]));
    assert_ne!(one, print(&["--seed", "4"]));
    let found: Value = serde_json::from_slice(&one).unwrap();
    let figure = &found["metrics"]["entities.strict.f1"];
    let [low, value, high] = ["low", "value", "high"].map(|key| figure[key].as_f64().unwrap());
    assert!(0.0 <= low && low < value && value < high && high <= 1.0, "{figure}");
}

#[test]
fn one_cluster_has_no_interval_and_a_note() {
    let cli = copies(1);
    for file in ["gold.jsonl", "pred.jsonl"] {
        cli.write(file, cli.read(file).lines().next().unwrap());
    }
    let metric = ["--metric", "entities.strict.f1"];
    assert_cmd!("one_cluster", cli.karat(&[&SCORE[..], &metric].concat()));
    assert!(
        cli.json(&[&SCORE[..], &metric, &["--bootstrap", "200"]].concat())["metrics"]["entities.strict.f1"]["low"]
            .is_null()
    );
    assert_cmd!("no_such_cluster", cli.karat(&[&SCORE[..], &["--cluster", "meta.author"]].concat()));
}

#[test]
fn karat_toml_declares_clusters() {
    let cli = Cli::with_dataset();
    let config = cli.read("karat.toml");
    cli.write("karat.toml", format!("cluster = \"source\"\n{config}"));
    assert_cmd!("config_bad_cluster", cli.karat(&["run", "--quiet", "--out", "a"]));
    cli.write("karat.toml", format!("cluster = \"meta.source\"\n{config}"));
    assert_cmd!("config_no_such_cluster", cli.karat(&["run", "--quiet", "--out", "a"]));
    cli.write("karat.toml", config.replace("golden = \"golden\"", "golden = \"golden\"\ncluster = \"document\""));
    assert!(cli.karat(&["run", "--quiet", "--out", "a"]).status().unwrap().success());
}
