//! The judge process: asked, kept, and failing in every way that a process can. The judges are
//! shell scripts.

use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::cli::{Cli, assert_cmd};

const GOLD: &str = r#"{"id": "a", "key_points": [{"id": "K1", "text": "One.", "weight": 3}, {"id": "K2", "text": "Two."}]}
{"id": "b", "key_points": [{"id": "K1", "text": "Three.", "weight": 3}]}
{"id": "c", "key_points": [{"id": "K1", "text": "Four.", "weight": 3}]}
"#;
const PRED: &str = r#"{"id": "a", "summary": "First of all. Second of all."}
{"id": "b", "summary": "Nothing of it."}
{"id": "c", "summary": ""}
"#;
const HAND: &str = "id,key_point,verdict\na,K1,1\na,K2,partial\nb,K1,1\nc,K1,0\n";

/// A judge that logs what it is asked. `One.` is carried by the second sentence, `Two.` in part,
/// and nothing else; `act` runs before each answer.
fn script(act: &str) -> String {
    [
        "IFS= read -r hello",
        r#"echo '{"type":"hello","protocol":"karat.judge/1","name":"shell","version":"1"}'"#,
        "while IFS= read -r line; do",
        r#"  printf '%s\n' "$line" >> asked.log"#,
        r#"  seq=${line#*\"seq\":}; seq=${seq%%,*}"#,
        act,
        r#"  case "$line" in"#,
        r#"    *'"text":"One."'*) echo "{\"type\":\"verdict\",\"seq\":$seq,\"verdict\":\"supported\",\"sentence\":1}";;"#,
        r#"    *'"text":"Two."'*) echo "{\"type\":\"verdict\",\"seq\":$seq,\"verdict\":0.5,\"sentence\":0}";;"#,
        r#"    *) echo "{\"type\":\"verdict\",\"seq\":$seq,\"verdict\":\"not_supported\"}";;"#,
        "  esac",
        "done",
        "",
    ]
    .join("\n")
}

fn files(act: &str) -> Cli {
    let cli = Cli::new();
    cli.write("gold.jsonl", GOLD);
    cli.write("pred.jsonl", PRED);
    cli.write("hand.csv", HAND);
    cli.write("judge.sh", script(act));
    cli
}

/// With a short deadline.
fn score(cli: &Cli, args: &[&str]) -> Command {
    let judge = ["--judge", "sh judge.sh", "--judge-timeout", "0.7", "--metric", "key_points"];
    cli.karat(&[&["score", "--gold", "gold.jsonl", "--pred", "pred.jsonl"], &judge[..], args].concat())
}

fn asked(cli: &Cli) -> usize {
    if cli.exists("asked.log") { cli.read("asked.log").lines().count() } else { 0 }
}

#[test]
fn verdicts_are_asked_for_once() {
    let cli = files("");
    assert_cmd!("judge_table", score(&cli, &["--hand-verdicts", "hand.csv"]));
    let first: Value = serde_json::from_str(cli.read("asked.log").lines().next().unwrap()).unwrap();
    insta::assert_json_snapshot!("judge_request", first);
    // An empty summary supports nothing, without a request.
    assert_eq!(asked(&cli), 3);
    assert_cmd!("judge_table_again", score(&cli, &["--hand-verdicts", "hand.csv"]));
    assert_eq!(asked(&cli), 3);

    let json = score(&cli, &["--format", "json", "--per-document"]).output().unwrap();
    let found: Value = serde_json::from_slice(&json.stdout).unwrap();
    let verdicts = &found["documents"]["a"]["key_points"];
    assert_eq!((&verdicts[0]["sentence"], &verdicts[0]["ground"]), (&"Second of all.".into(), &"judge".into()));
    assert_eq!(verdicts[1]["verdict"], "partial");
    let signature = found["metrics"]["key_points.recall"]["signature"].as_str().unwrap();
    assert!(signature.starts_with("key_points|verdicts:judge:shell/1|"), "{signature}");

    // Another summary is another question, and what is no question of the key points' is none to
    // the judge.
    cli.write("pred.jsonl", PRED.replace("Nothing of it", "Nothing at all"));
    assert!(score(&cli, &[]).output().unwrap().status.success());
    assert_eq!(asked(&cli), 4);
}

#[test]
fn a_run_asks_the_judge_of_its_configuration() {
    let cli = files("");
    for (id, text) in [("a", "One. Two."), ("b", "Three."), ("c", "Four.")] {
        cli.write(&format!("docs/{id}.txt"), text);
    }
    cli.write(
        "karat.toml",
        "[key_points]\njudge = [\"sh\", \"judge.sh\"]\n[datasets.d]\ndocuments = \"docs\"\ngolden = \"gold.jsonl\"\n\
         [extractors.p]\nkind = \"predictions\"\npath = \"pred.jsonl\"\n[extractors.patterns]\nkind = \"builtin\"\n",
    );
    assert_cmd!("judge_run", cli.karat(&["run", "--out", "out"]));
    assert!(cli.read("out/d/alignment.csv").contains("Second of all.,,judge"), "{}", cli.read("out/d/alignment.csv"));
    let again = cli.karat(&["run", "--out", "out2", "--quiet"]).output().unwrap();
    assert!(again.status.success() && asked(&cli) == 3);
    assert_eq!(cli.read("out/d/report.md"), cli.read("out2/d/report.md"));
}

/// A judge that fails at some questions: what it answered is kept.
#[test]
fn a_failing_judge_is_an_error_by_document() {
    for (name, act) in [
        ("judge_crash", r#"case "$line" in *Two*) exit 3;; esac"#),
        ("judge_garbage", r#"case "$line" in *Two*) echo 'loading model: 50 %';; esac"#),
        ("judge_other_seq", r#"case "$line" in *Two*) seq=99;; esac"#),
        (
            "judge_sorry",
            r#"case "$line" in *Two*) echo "{\"type\":\"error\",\"seq\":$seq,\"message\":\"no quota\"}"; continue;; esac"#,
        ),
        ("judge_silence", r#"case "$line" in *Two*) sleep 30;; esac"#),
    ] {
        let cli = files(". ./act");
        cli.write("act", act);
        assert_cmd!(name, score(&cli, &[]));
        assert_eq!(asked(&cli), 3, "{name}: one failure does not end the questions");
        cli.write("act", "");
        assert!(score(&cli, &[]).output().unwrap().status.success(), "{name}");
        assert_eq!(asked(&cli), 4, "{name}: only what is missing is asked again");
        cli.write("judge.sh", script(""));
        assert!(score(&cli, &[]).output().unwrap().status.success(), "{name}");
        assert_eq!(asked(&cli), 7, "{name}: another script is another judge");
    }
}

/// A judge that never reads, one that never speaks, one that is not there, and one of another
/// protocol.
#[test]
fn a_judge_that_never_comes_to_work() {
    for (name, judge) in [
        ("judge_deaf", "exec sleep 30"),
        ("judge_gone", "exit 7"),
        ("judge_another", "echo '{\"type\":\"hello\",\"protocol\":\"karat.judge/0\",\"name\":\"x\"}'; sleep 30"),
    ] {
        let cli = files("");
        cli.write("judge.sh", judge);
        let begun = Instant::now();
        assert_cmd!(name, score(&cli, &[]));
        assert!(begun.elapsed() < Duration::from_secs(20), "{name}");
    }
    let cli = files("");
    let nobody = ["--judge", "./no-such-judge"];
    let output =
        cli.karat(&[&["score", "--gold", "gold.jsonl", "--pred", "pred.jsonl"], &nobody[..]].concat()).output();
    let output = output.unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("the judge \"./no-such-judge\" cannot be started"));
}

/// After three failures in a row nothing more is asked, so a judge that hangs costs three
/// deadlines, not one a key point.
#[test]
fn a_judge_that_always_fails_is_given_up() {
    let cli = files("sleep 30");
    let point = |at: usize| format!("{{\"id\": \"K{at}\", \"text\": \"Point {at}.\"}}");
    let points: Vec<String> = (0..40).map(point).collect();
    cli.write("gold.jsonl", format!("{{\"id\": \"a\", \"key_points\": [{}]}}\n", points.join(", ")));
    cli.write("pred.jsonl", "{\"id\": \"a\", \"summary\": \"So.\"}\n");
    let begun = Instant::now();
    let output = score(&cli, &[]).output().unwrap();
    assert_eq!((output.status.code(), asked(&cli)), (Some(2), 3));
    assert!(String::from_utf8_lossy(&output.stderr).contains("was not asked again after 3 failures in a row"));
    assert!(begun.elapsed() < Duration::from_secs(20));
}

/// A request longer than a pipe holds, to a judge that does not read it.
#[test]
fn a_judge_that_does_not_read_is_no_hang() {
    let cli = files("");
    cli.write(
        "judge.sh",
        "read -r hello\necho '{\"type\":\"hello\",\"protocol\":\"karat.judge/1\",\"name\":\"x\"}'\nexec sleep 30\n",
    );
    let long = "A sentence of some length. ".repeat(20_000);
    cli.write("pred.jsonl", PRED.replace("Nothing of it.", long.trim()));
    let begun = Instant::now();
    let output = score(&cli, &[]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(begun.elapsed() < Duration::from_secs(20));
}

/// What the judge started goes with it, after a timeout as after a good end.
#[test]
fn nothing_is_left_running() {
    for (act, code) in [("", 0), ("sleep 30", 2)] {
        let cli = files(act);
        cli.write("judge.sh", format!("sleep 300 >/dev/null 2>&1 </dev/null &\necho $! >> pids\n{}", script(act)));
        let output = score(&cli, &[]).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{}", String::from_utf8_lossy(&output.stderr));
        let is_alive = |pid: &str| {
            Command::new("sh").args(["-c", &format!("kill -0 {pid} 2>/dev/null")]).status().unwrap().success()
        };
        let pids = cli.read("pids");
        let deadline = Instant::now() + Duration::from_secs(5);
        while pids.lines().any(is_alive) && Instant::now() < deadline {
            sleep(Duration::from_millis(20));
        }
        assert!(!pids.lines().any(is_alive), "{act}");
    }
}
