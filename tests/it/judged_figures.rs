//! Figures that hand-made verdicts correct: what is printed, and what is refused.

use std::process::Command;

use serde_json::Value;

use crate::cli::{Cli, assert_cmd};

/// Forty documents of two or three key points. The judge calls supported what is supported, and
/// also a fourth of the others; the first twenty documents have hand-made verdicts.
fn files() -> Cli {
    let cli = Cli::new();
    let (mut gold, mut pred, mut judged, mut hand) = (String::new(), String::new(), String::new(), String::new());
    let mut unit = 0_u32;
    for at in 0..40_u32 {
        let points = 2 + at % 2;
        let point = |place: u32| format!("{{\"id\": \"K{place}\", \"text\": \"Point.\", \"weight\": {}}}", 1 + place);
        let list: Vec<String> = (0..points).map(point).collect();
        gold += &format!("{{\"id\": \"{at:02}\", \"key_points\": [{}]}}\n", list.join(", "));
        pred += &format!("{{\"id\": \"{at:02}\", \"summary\": \"One. Two.\"}}\n");
        for place in 0..points {
            unit += 1;
            // The finaliser of MurmurHash3: numbers that depend on each other in no visible way.
            let drawn = |salt: u32| {
                let mixed = (2 * unit + salt).wrapping_mul(0x85eb_ca6b);
                let mixed = (mixed ^ (mixed >> 13)).wrapping_mul(0xc2b2_ae35);
                (mixed ^ (mixed >> 16)) % 100
            };
            let is_supported = drawn(0) < 30 + 20 * (at % 3);
            let verdict = |is_supported: bool| if is_supported { "supported" } else { "not_supported" };
            let line = |verdict: &str| {
                format!("{{\"id\": \"{at:02}\", \"key_point\": \"K{place}\", \"verdict\": \"{verdict}\"}}\n")
            };
            judged += &line(verdict(is_supported || drawn(1) < 25));
            hand += if at < 20 { line(verdict(is_supported)) } else { String::new() }.as_str();
        }
    }
    for (name, content) in [("gold", gold), ("pred", pred), ("judged", judged), ("hand", hand)] {
        cli.write(&format!("{name}.jsonl"), content);
    }
    cli
}

fn score(cli: &Cli, args: &[&str]) -> Command {
    let files = ["score", "--gold", "gold.jsonl", "--pred", "pred.jsonl", "--verdicts", "judged.jsonl"];
    cli.karat(&[&files[..], &["--hand-verdicts", "hand.jsonl"], args].concat())
}

fn json(cli: &Cli, args: &[&str]) -> Value {
    let output = score(cli, &[&["--format", "json"], args].concat()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn text(cli: &Cli, args: &[&str]) -> String {
    String::from_utf8(score(cli, args).output().unwrap().stdout).unwrap()
}

#[test]
fn figures_are_corrected_beside_those_of_the_judge() {
    let cli = files();
    let wanted = ["--metric", "key_points.recall", "--metric", "key_points.weighted"];
    assert_cmd!("judged_figures_table", score(&cli, &wanted));
    let recall = &json(&cli, &[])["corrected"]["key_points.recall"];
    let number = |key: &str| recall[key].as_f64().unwrap();
    assert!(number("value") < number("uncorrected") && number("low") < number("value"));
    assert_eq!((recall["labelled_documents"].as_u64(), recall["labelled_units"].as_u64()), (Some(20), Some(50)));
    assert_eq!((number("sensitivity"), recall["method"].as_str()), (1.0, Some("ppi++")));

    let markdown = text(&cli, &["--format", "md"]);
    let section = markdown.split("### Figures corrected").nth(1).unwrap().split("\n## ").next().unwrap();
    insta::assert_snapshot!("judged_figures_markdown", section.trim());
}

#[test]
fn the_method_is_that_of_the_arguments_else_of_the_options() {
    let cli = files();
    cli.write("options.toml", "[key_points]\ncorrect = \"rogan-gladen\"\n");
    let method = |args: &[&str]| json(&cli, args)["corrected"]["key_points.recall"]["method"].clone();
    assert_eq!(method(&["--options", "options.toml"]), "rogan-gladen");
    assert_eq!(method(&["--options", "options.toml", "--correct", "ppi"]), "ppi");
    let nothing = json(&cli, &["--correct", "none"]);
    assert!(nothing.get("corrected").is_none() && nothing.get("agreement").is_some());
    let weighted = &json(&cli, &["--correct", "rogan-gladen"])["corrected"]["key_points.weighted.recall"];
    assert_eq!(weighted["value"], Value::Null);
    assert!(weighted["undefined"].as_str().unwrap().contains("without weights"));
}

#[test]
fn labels_that_do_not_suffice_give_no_figure() {
    let cli = files();
    let all = cli.read("hand.jsonl");
    let why = |hand: String| {
        cli.write("hand.jsonl", hand);
        let recall = json(&cli, &[])["corrected"]["key_points.recall"].clone();
        assert_eq!((&recall["value"], &recall["low"]), (&Value::Null, &Value::Null));
        recall["undefined"].as_str().unwrap().to_owned()
    };
    let of_one: String =
        all.lines().filter(|line| line.contains("\"id\": \"00\"")).map(|line| format!("{line}\n")).collect();
    assert_eq!(
        why(of_one),
        "only 1 document or cluster is labelled: at least 2 are needed, and 20 for intervals that hold"
    );
    let in_part: String = all.lines().skip(1).map(|line| format!("{line}\n")).collect();
    assert!(why(in_part).starts_with("1 of the labelled documents have key points without a hand-made verdict"));
    let alike = why(all.replace("not_supported", "supported"));
    assert_eq!(alike, "all 50 hand-made verdicts are `supported`: label documents until there are others");
    let coin = all
        .replace("\"supported\"", "\"x\"")
        .replace("not_supported", "supported")
        .replace("\"x\"", "\"not_supported\"");
    cli.write("hand.jsonl", coin);
    let coin = json(&cli, &["--correct", "rogan-gladen"])["corrected"]["key_points.recall"]["undefined"].clone();
    assert!(coin.as_str().unwrap().contains("no better than a coin"), "{coin}");
}

#[test]
fn repeats_are_not_corrected() {
    let cli = files();
    let again = |line: &str| format!("{line}\n{}\n", line.replace("\"summary\"", "\"repeat\": 2, \"summary\""));
    cli.write("pred.jsonl", cli.read("pred.jsonl").lines().map(again).collect::<String>());
    let recall = json(&cli, &[])["corrected"]["key_points.recall"].clone();
    assert_eq!(recall["value"], Value::Null);
    assert!(recall["undefined"].as_str().unwrap().contains("several times"));
}

#[test]
fn nothing_is_corrected_without_hand_made_verdicts() {
    let cli = files();
    let args = ["score", "--gold", "gold.jsonl", "--pred", "pred.jsonl", "--correct", "ppi"];
    let output = cli.karat(&args).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--hand-verdicts"));
}
