//! Messages and warnings that repeat, layers that a program declares, empty summaries, and signals.

use std::fmt::Write;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::cli::Cli;

/// A dataset of twenty documents with summaries, and an extractor that is a shell script with these
/// layers and answers.
fn project(layers: &str, answers: &str) -> Cli {
    let cli = Cli::new();
    let lines = |content: &str| (0..20).map(|at| format!("{{\"id\": \"d{at:02}\", {content}}}\n")).collect::<String>();
    cli.write("d.jsonl", lines("\"text\": \"It is so. Forty people came.\""));
    cli.write("g.jsonl", lines("\"summaries\": [\"It is so.\"]"));
    cli.write(
        "karat.toml",
        "[datasets.mine]\ndocuments = \"d.jsonl\"\ngolden = \"g.jsonl\"\n[extractors.x]\nkind = \"process\"\ncommand = \
         [\"sh\", \"x.sh\"]\n",
    );
    let hello = format!("{{\"type\":\"hello\",\"protocol\":\"karat.extractor/1\",\"name\":\"e\",\"layers\":{layers}}}");
    let script = [
        "while IFS= read -r line; do",
        r#"  case "$line" in *'"type":"hello"'*)"#,
        &format!("    echo '{hello}'; continue;;"),
        "  esac",
        r#"  seq=${line#*\"seq\":}; seq=${seq%%,*}"#,
        r#"  id=${line#*\"id\":\"}; id=${id%%\"*}"#,
        answers,
        "done",
        "",
    ];
    cli.write("x.sh", script.join("\n"));
    cli
}

fn run(cli: &Cli, more: &[&str]) -> (Option<i32>, String) {
    let output = cli.karat(&[&["run", "--out", "r"], more].concat()).output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn equal_messages_are_one_line_with_a_count() {
    let cli = project(
        "[\"summaries\"]",
        r#"  printf '{"type":"error","seq":%s,"id":"%s","message":"no quota"}\n' "$seq" "$id""#,
    );
    let (code, errors) = run(&cli, &[]);
    let line = "not answered: mine, x, 20 documents (\"d00\", \"d01\", \"d02\" and 17 more): failed: no quota\n";
    assert_eq!((code, errors.as_str()), (Some(5), line));
    let report = cli.read("r/mine/report.md");
    assert_eq!(report.matches("no quota").count(), 1, "{report}");
    let rows = cli.read("r/mine/documents.csv");
    assert!((0..20).all(|at| rows.contains(&format!("mine,x,d{at:02},failed,"))), "{rows}");
}

/// `null` as a summary is an answer with an empty summary, in `run` as in `score`.
#[test]
fn empty_summaries_of_a_run_are_counted() {
    let answers = r#"  case "$id" in d0[0-4]) summary=null;; *) summary='"It is so."';; esac
  printf '{"type":"result","seq":%s,"id":"%s","summary":%s}\n' "$seq" "$id" "$summary""#;
    for more in [&[][..], &["--stream"]] {
        let cli = project("[\"summaries\"]", answers);
        let (code, errors) = run(&cli, more);
        let ids = r#""d00", "d01", "d02", "d03", "d04""#;
        assert_eq!(
            (code, errors),
            (Some(0), format!("note: mine, x: 5 documents answered with an empty summary: {ids}\n"))
        );
        let report = cli.read("r/mine/report.md");
        assert!(report.contains("### Empty summaries") && report.contains("5 documents (\"d00\", "), "{report}");
        let manifest: Value = serde_json::from_str(&cli.read("r/run.json")).unwrap();
        assert_eq!(manifest["extractors"]["x"]["empty_summaries"]["mine"], 5);
        let score = ["score", "--gold", "g.jsonl", "--pred", "r/predictions/mine/x.jsonl"];
        let output = cli.karat(&score).output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(errors.contains(&format!("answered with an empty summary: {ids}")), "{errors}");
    }
}

/// An empty list of layers is not the lack of a handshake, for which all golden layers are scored.
#[test]
fn no_layers_in_a_handshake_are_none() {
    let answers = r#"  printf '{"type":"result","seq":%s,"id":"%s"}\n' "$seq" "$id""#;
    for more in [&[][..], &["--stream"]] {
        let cli = project("[]", answers);
        let (code, errors) = run(&cli, more);
        assert_eq!((code, errors.as_str()), (Some(0), ""));
        let manifest: Value = serde_json::from_str(&cli.read("r/run.json")).unwrap();
        assert_eq!(manifest["extractors"]["x"]["layers"]["mine"], Value::Array(Vec::new()));
        assert!(!cli.read("r/mine/report.md").contains("summary."), "{}", cli.read("r/mine/report.md"));
    }
}

/// Three hundred warnings of one kind are one line that names the option.
#[test]
fn warnings_of_one_kind_are_capped() {
    let cli = Cli::new();
    let lines = |content: &str| (0..300).map(|at| format!("{{\"id\": \"{at}\", {content}}}\n")).collect::<String>();
    cli.write("g.jsonl", lines("\"summaries\": [\"市议会决定关闭旧泳池\"]"));
    cli.write("p.jsonl", lines("\"summary\": \"市议会投票关闭了泳池\""));
    let score = ["score", "--gold", "g.jsonl", "--pred", "p.jsonl", "--metric", "summary.rouge1"];
    let output = cli.karat(&score).output().unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    let mut wanted = String::new();
    for what in ["the summary", "a reference"] {
        let documents = "300 documents (\"0\", \"1\", \"10\" and 297 more)";
        let what = format!("the tokenizer `rouge_score` leaves nothing of {what}");
        writeln!(wanted, "warning: {documents}: {what} (`--tokenizer unicode` keeps words of every script)").unwrap();
    }
    assert_eq!(errors, wanted);
    let output = cli.karat(&[&score[..], &["--tokenizer", "unicode"]].concat()).output().unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

/// SIGTERM ends a run within the grace period, even if a built-in extractor takes minutes for one
/// document; the answers before it are in the journal.
#[test]
fn a_busy_built_in_does_not_delay_the_end() {
    /// TextRank takes a time that grows with the cube of this, for sentences of each length up to
    /// it that share their words.
    const LENGTHS: usize = 676;
    let cli = Cli::new();
    let letter = |at: usize| char::from(b'a' + (at % 26) as u8);
    let words: Vec<String> = (0..LENGTHS).map(|at| format!("zq{}{}", letter(at / 26), letter(at))).collect();
    let text: String = (1..=LENGTHS).map(|length| format!("The {} came. ", words[..length].join(" "))).collect();
    cli.write(
        "d.jsonl",
        format!("{{\"id\": \"a\", \"text\": \"It is so.\"}}\n{{\"id\": \"b\", \"text\": \"{text}\"}}\n"),
    );
    cli.write("g.jsonl", "{\"id\": \"a\", \"summaries\": [\"x\"]}\n{\"id\": \"b\", \"summaries\": [\"x\"]}\n");
    cli.write(
        "karat.toml",
        "[datasets.mine]\ndocuments = \"d.jsonl\"\ngolden = \"g.jsonl\"\n[extractors.textrank]\nkind = \"builtin\"\n",
    );
    let mut child = cli.karat(&["run", "--out", "r", "--jobs", "1"]).stderr(Stdio::piped()).spawn().unwrap();
    let begun = Instant::now();
    while !(cli.exists("r/journal.jsonl") && cli.read("r/journal.jsonl").lines().count() == 2) {
        assert!(begun.elapsed() < Duration::from_secs(60));
        sleep(Duration::from_millis(20));
    }
    let begun = Instant::now();
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(5));
    let took = begun.elapsed();
    assert!(took > Duration::from_secs(4) && took < Duration::from_secs(15), "{took:?}");
    assert_eq!(cli.read("r/journal.jsonl").lines().count(), 2);
}
