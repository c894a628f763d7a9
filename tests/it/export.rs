//! `--format`: every command that prints a result takes the same formats.

use serde_json::Value;

use crate::cli::{Cli, assert_cmd};

/// Golden entities of eight documents, the same as predictions, and predictions with errors.
fn files() -> Cli {
    let cli = Cli::with_dataset();
    let line = |at: usize, end: usize, second: bool| {
        let second = if second { r#", {"start": 10, "end": 12, "label": "ORG"}"# } else { "" };
        format!(
            "{{\"id\": \"d{at}\", \"entities\": [{{\"start\": 0, \"end\": {end}, \"label\": \"PERSON\"}}{second}]}}\n"
        )
    };
    let right: String = (0..8).map(|at| line(at, 3, true)).collect();
    cli.write("gold.jsonl", &right);
    cli.write("base.jsonl", &right);
    cli.write("new.jsonl", (0..8).map(|at| line(at, 3 + usize::from(at % 3 == 0), at != 4)).collect::<String>());
    cli.write("scores.csv", "system,document,m\na,1,0.1\na,2,0.4\na,3,0.3\nb,1,0.2\nb,2,0.5\nb,3,0.9\n");
    cli.write("ratings.csv", "system,document,r\na,1,1\na,2,3\na,3,2\nb,1,2\nb,2,4\nb,3,5\n");
    cli
}

const PAIR: [&str; 6] = ["--gold", "gold.jsonl", "--baseline", "base.jsonl", "--candidate", "new.jsonl"];

fn commands() -> Vec<Vec<&'static str>> {
    vec![
        vec!["score", "--gold", "gold.jsonl", "--pred", "new.jsonl"],
        vec!["run", "--quiet", "--out", "r"],
        [&["compare"][..], &PAIR].concat(),
        [&["gate"][..], &PAIR, &["--metric", "entities.strict.f1", "--margin", "0.05"]].concat(),
        vec!["agree", "gold.jsonl", "new.jsonl"],
        vec!["meta", "--scores", "scores.csv", "--ratings", "ratings.csv"],
        [&["power"][..], &PAIR, &["--metric", "entities.strict.f1", "--effect", "0.1"]].concat(),
        vec!["aa", "--extractor", "patterns", "--repeats", "2", "--quiet"],
        vec!["check", "--golden", "gold.jsonl"],
    ]
}

#[test]
fn every_command_takes_every_format() {
    let cli = files();
    let printed = |command: &[&str], format: &str| {
        let output = cli.karat(&[command, &["--format", format]].concat()).output().unwrap();
        // A gate that fails or cannot decide, and files with errors, print their result, too.
        let code = output.status.code().unwrap();
        assert!([0, 1, 2, 3, 100].contains(&code), "{command:?} {format}: {output:?}");
        (code, String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    for command in commands() {
        let (_, json, errors) = printed(&command, "json");
        let json: Value = serde_json::from_str(&json).unwrap_or_else(|error| panic!("{command:?}: {error}: {errors}"));
        assert!(json["schema"].as_str().is_some_and(|schema| schema.starts_with("karat.")), "{command:?}");
        let (_, csv, errors) = printed(&command, "csv");
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let columns = reader.headers().unwrap().len();
        assert!(columns > 4, "{command:?}: {csv}{errors}");
        // Rows of another length are errors of the reader.
        let rows = reader.records().collect::<Result<Vec<_>, _>>().unwrap().len();
        assert!(rows > 0 || command[0] == "check", "{command:?}: {csv}");
        let (_, markdown, _) = printed(&command, "md");
        assert!(markdown.starts_with('#'), "{command:?}: {markdown}");
        for (format, beginning) in [("github", ""), ("junit", "<?xml version=\"1.0\"")] {
            let (code, output, errors) = printed(&command, format);
            match command[0] {
                "gate" | "check" | "run" => {
                    assert!(!output.is_empty() && output.starts_with(beginning), "{command:?}: {errors}");
                }
                // Refused before the command does any work.
                _ => {
                    assert!(
                        code == 2 && errors.contains(&format!("invalid value '{format}'")),
                        "{command:?}: {errors}"
                    );
                }
            }
        }
    }
}

/// No figure that is zero, or rounds to it, has a minus sign.
#[test]
fn no_command_prints_minus_zero() {
    let minus_zero = regex::Regex::new(r"(^|[^\w.-])-0(\.0*)?([^\w.-]|$)").unwrap();
    assert!(["[-0.000, 1]", "-0.0", "a,-0,b"].iter().all(|text| minus_zero.is_match(text)));
    assert!(!minus_zero.is_match("2026-0-0 -0.01 -0.5 a-0.0"));
    let cli = files();
    // Predictions whose figures differ by less than what is shown, in both directions.
    let line = |at: usize, start: usize, end: usize| {
        format!(
            "{{\"id\": \"d{at}\", \"entities\": [{{\"start\": {start}, \"end\": {end}, \"label\": \"PERSON\"}}]}}\n"
        )
    };
    let all = |moved: usize| (0..2500).map(|at| line(at, usize::from(at == moved), 3)).collect::<String>();
    cli.write("big/gold.jsonl", all(9999));
    cli.write("big/one.jsonl", all(1));
    cli.write("big/two.jsonl", all(9999));
    let big = |base: &'static str, candidate: &'static str| {
        vec!["--gold", "big/gold.jsonl", "--baseline", base, "--candidate", candidate]
    };
    let mut all = commands();
    for pair in [big("big/two.jsonl", "big/one.jsonl"), big("big/one.jsonl", "big/two.jsonl")] {
        all.push([&["compare"][..], &pair].concat());
        all.push([&["gate"][..], &pair, &["--metric", "entities.strict.f1", "--margin", "0.05"]].concat());
    }
    all.push(vec!["meta", "--scores", "scores.csv", "--ratings", "ratings.csv", "--negate", "m"]);
    let mut found = Vec::new();
    for command in all {
        for format in ["table", "json", "csv", "md"] {
            let output = cli.karat(&[&command[..], &["--format", format]].concat()).output().unwrap();
            let printed = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
            found.extend(
                printed.lines().filter(|line| minus_zero.is_match(line)).map(|line| format!("{command:?}: {line}")),
            );
        }
    }
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn formats_of_verdicts_findings_and_agreement() {
    let cli = files();
    let gate = [&["gate"][..], &PAIR, &["--metric", "entities.strict.f1", "--margin", "0.05"]].concat();
    assert_cmd!("export_gate_csv", cli.karat(&[&gate[..], &["--format", "csv"]].concat()));
    assert_cmd!("export_gate_github", cli.karat(&[&gate[..], &["--format", "github"]].concat()));
    assert_cmd!(
        "export_power_md",
        cli.karat(
            &[&["power"][..], &PAIR, &["--metric", "entities.strict.f1", "--effect", "0.1", "--format", "md"]].concat()
        )
    );
    let agree = ["agree", "gold.jsonl", "new.jsonl", "--layer", "entities", "--format", "csv"];
    let csv = cli.karat(&agree).output().unwrap().stdout;
    let csv = String::from_utf8(csv).unwrap();
    let shown = |line: &&str| line.starts_with("first") || line.contains("strict.f1") || line.starts_with(",,");
    insta::assert_snapshot!("export_agree_csv", csv.lines().filter(shown).collect::<Vec<_>>().join("\n"));
    cli.write("gold.jsonl", "{\"id\": \"d0\", \"entities\": [{\"start\": 3, \"end\": 3, \"label\": \"PERSON\"}]}\n");
    assert_cmd!("export_check_csv", cli.karat(&["check", "--golden", "gold.jsonl", "--format", "csv"]));
}
