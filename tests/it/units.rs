//! Content units: key points by aliases, patterns and words, verdicts from a file and from a judge,
//! agreement with hand-made ones; key sentences and keyphrases.

use serde_json::Value;

use crate::cli::{Cli, assert_cmd};

const GOLD: &str = r##"{"id": "a", "text": "The bridge over the Drina collapsed on Monday. Nobody was hurt. It will reopen in 2027.", "key_points": [{"id": "K1", "text": "The bridge over the river Drina collapsed on Monday.", "weight": 3, "evidence": [{"start": 0, "end": 46}]}, {"id": "K2", "text": "There were no casualties.", "weight": 3, "aliases": ["no one was hurt"]}, {"id": "K3", "text": "Repairs take two years.", "weight": 1, "patterns": ["20(26|27)"]}], "key_sentences": [{"start": 0, "end": 46}], "summaries": ["The Drina bridge collapsed on Monday, and no one was hurt."], "keyphrases": ["Drina bridge", "bridges", "repairs"]}
{"id": "b", "text": "Talks in Oslo failed. Ministers left early.", "key_points": [{"text": "The talks in Oslo failed.", "weight": 3}, {"text": "Ministers left before the end.", "weight": 2}], "key_sentences": [{"start": 0, "end": 21}], "summaries": ["The Oslo talks failed."], "keyphrases": ["Oslo"]}
"##;
const PRED: &str = r##"{"id": "a", "summary": "A bridge over the Drina fell down on Monday. No one was hurt! It opens again in 2027.", "key_sentences": [{"start": 4, "end": 50}], "keyphrases": ["bridge", "drina", "repair"]}
{"id": "b", "summary": "Talks in Oslo failed.", "key_sentences": [{"start": 22, "end": 43}], "keyphrases": ["minister", "Oslo"]}
"##;
const HAND: &str = "id,key_point,verdict,sentence\na,K1,supported,A bridge over the Drina fell down on Monday.\na,K2,1,\n\
                    a,K3,partial,\nb,#1,1,\nb,#2,0,\n";

fn files() -> Cli {
    let cli = Cli::new();
    cli.write("gold.jsonl", GOLD);
    cli.write("pred.jsonl", PRED);
    cli.write("hand.csv", HAND);
    cli
}

const SCORE: [&str; 5] = ["score", "--gold", "gold.jsonl", "--pred", "pred.jsonl"];

fn with<'a>(args: &[&'a str]) -> Vec<&'a str> {
    [&SCORE[..], args].concat()
}

fn json(cli: &Cli, args: &[&str]) -> Value {
    cli.json(&with(&[args, &["--per-document"]].concat()))
}

fn near(found: &Value, expected: f64) {
    assert!((found["value"].as_f64().unwrap() - expected).abs() < 1e-12, "{found} {expected}");
}

#[test]
fn every_format() {
    let cli = files();
    assert_cmd!("units_table", cli.karat(&SCORE));
    assert_cmd!("units_md", cli.karat(&with(&["--format", "md", "--layer", "key_points"])));
    insta::assert_json_snapshot!("units_documents", json(&cli, &["--metric", "key_points"])["documents"]);
}

/// K1 has three of six content words, and three of the four of its evidence; K2 has its alias, K3
/// its pattern; of the other document's two points the first is carried.
#[test]
fn the_contract_of_the_json() {
    let found = json(&files(), &[])["metrics"].take();
    let value = |name: &str, expected: f64| near(&found[name], expected);
    value("key_points.recall", 4.0 / 5.0);
    assert_eq!(found["key_points.recall"]["documents"], 2);
    value("key_points.weighted.recall", 10.0 / 12.0);
    value("key_points.strict_vital", 1.0);
    value("key_points.all", f64::midpoint(1.0, 0.5));
    value("key_points.vital_okay", f64::midpoint(1.0, 2.0 / 3.0));
    value("key_points.pyramid", 1.0);
    for name in ["strict_all", "vital", "strict_vital_okay", "pyramid_modified"] {
        assert!(found[format!("key_points.{name}")]["signature"].is_string(), "{name}");
    }
    // 42 code points are shared, of 67 and of 67.
    value("key_sentences.overlap.f1", 42.0 / 67.0);
    value("keyphrases.f1@10", 2.0 * 3.0 / (5.0 + 4.0));
    value("keyphrases.f1@M", 2.0 * 3.0 / (5.0 + 4.0));
    value("keyphrases.macro.f1@5", f64::midpoint(2.0 / 3.0, 2.0 / 3.0));
    value("keyphrases.present.recall@5", 2.0 / 2.0);
    value("keyphrases.absent.recall@10", 1.0 / 2.0);
    assert!(found.get("agreement").is_none());
}

#[test]
fn choices_stand_in_signatures() {
    let cli = files();
    cli.write(
        "options.toml",
        "[key_points]\nthreshold = 0.8\npartial = 0.5\nvital = 2\n[keyphrases]\nk = [3]\nprecision = \"pad\"\n",
    );
    let args = ["--options", "options.toml", "--metric", "key_points.vital", "--metric", "keyphrases.f1@3"];
    assert_cmd!("units_options", cli.karat(&with(&[&args[..], &["--format", "csv"]].concat())));
    cli.write("options.toml", "[key_points]\npartial = 0.9\n");
    assert_cmd!("units_options_refused", cli.karat(&with(&["--options", "options.toml"])));
}

#[test]
fn verdicts_of_a_file() {
    let cli = files();
    let found = json(&cli, &["--verdicts", "hand.csv", "--hand-verdicts", "hand.csv"]);
    near(&found["metrics"]["key_points.recall"], 3.0 / 5.0);
    near(&found["metrics"]["key_points.vital"], 1.0);
    near(&found["metrics"]["key_points.all"], f64::midpoint(2.5 / 3.0, 0.5));
    let signature = found["metrics"]["key_points.recall"]["signature"].as_str().unwrap();
    assert!(signature.starts_with("key_points|verdicts:file:"), "{signature}");
    assert_eq!(found["agreement"]["cohen_kappa"]["value"], 1.0);
    let verdicts = &found["documents"]["a"]["key_points"];
    assert_eq!(verdicts[0]["sentence"], "A bridge over the Drina fell down on Monday.");
    assert_eq!((&verdicts[2]["verdict"], &verdicts[2]["ground"]), (&"partial".into(), &"file".into()));
}

/// The matcher finds the whole of K3 where the hand found a part: of five, four are the same. By
/// chance: 4 whole and 1 not against 3 whole, 1 in part and 1 not, so 12/25 + 0 + 1/25.
#[test]
fn agreement_of_the_matcher_with_a_hand() {
    let cli = files();
    let found = json(&cli, &["--hand-verdicts", "hand.csv", "--layer", "key_points"])["agreement"].take();
    let chance = 13.0 / 25.0;
    assert_eq!((&found["units"], &found["documents"]), (&5.into(), &2.into()));
    near(&found["cohen_kappa"], (0.8 - chance) / (1.0 - chance));
    assert_cmd!("units_agreement", cli.karat(&with(&["--hand-verdicts", "hand.csv", "--metric", "key_points.recall"])));
    assert_cmd!(
        "units_agreement_md",
        cli.karat(&with(&["--hand-verdicts", "hand.csv", "--layer", "key_points", "--format", "md"]))
    );
}

/// `karat view` writes which summary was judged.
#[test]
fn verdicts_on_other_summaries_are_left_out() {
    let cli = files();
    let row =
        |point: &str, hash: &str| format!("{{\"id\": \"a\", \"key_point\": \"{point}\", \"verdict\": 1{hash}}}\n");
    cli.write("other.jsonl", row("K1", "") + &row("K2", ", \"summary_sha256\": \"00\""));
    let args = ["--hand-verdicts", "other.jsonl", "--layer", "key_points"];
    assert_eq!(json(&cli, &args)["agreement"]["units"], 1);
    let said = String::from_utf8(cli.karat(&with(&args)).output().unwrap().stderr).unwrap();
    assert!(said.contains("verdicts in other.jsonl on other summaries than these, which are left out: 1"), "{said}");
}

#[test]
fn a_file_at_diagnostic() {
    let cli = files();
    cli.write("few.jsonl", "{\"id\": \"a\", \"key_point\": \"K1\", \"verdict\": 1}\n");
    assert_cmd!("units_verdicts_missing", cli.karat(&with(&["--verdicts", "few.jsonl"])));
    cli.write(
        "odd.jsonl",
        "{\"id\": \"a\", \"key_point\": \"K1\", \"verdict\": \"yes\"}\n{\"id\": \"A\", \"key_point\": \"K1\", \"verdict\": 1}\n\
         {\"id\": \"a\", \"key_point\": \"K4\", \"verdict\": 1}\n{\"id\": \"a\"}\nno\n",
    );
    assert_cmd!("units_verdicts_odd", cli.karat(&with(&["--hand-verdicts", "odd.jsonl"])));
    let none = ["--hand-verdicts", "hand.csv", "--layer", "summaries"];
    assert_cmd!("units_nothing_to_compare", cli.karat(&with(&none)));
}

#[test]
fn patterns_are_checked_on_load() {
    let cli = files();
    let broken = GOLD.replace("20(26|27)", "20(26|27").replace("no one was hurt\"]}", "—\"]}");
    cli.write("gold.jsonl", broken);
    assert_cmd!("units_broken_pattern", cli.karat(&SCORE));
    assert_cmd!("units_broken_pattern_check", cli.karat(&["check", "--golden", "gold.jsonl"]));
    cli.write("gold.jsonl", GOLD.replace("\"patterns\"", "\"paterns\""));
    assert_cmd!("units_misspelt_field", cli.karat(&SCORE));
}

#[test]
fn convert_keeps_aliases_and_patterns() {
    let cli = files();
    let output = cli.karat(&["convert", "gold.jsonl", "--to", "karat", "--out", "again.jsonl"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let objects = |text: &str| text.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<Value>>();
    let (before, after) = (objects(GOLD), objects(&cli.read("again.jsonl")));
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(before["key_points"].as_array().unwrap().len(), after["key_points"].as_array().unwrap().len());
    }
    assert_eq!(after[0]["key_points"][1]["aliases"], before[0]["key_points"][1]["aliases"]);
    assert_eq!(after[0]["key_points"][2]["patterns"], before[0]["key_points"][2]["patterns"]);
}
