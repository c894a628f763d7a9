//! What documents and predictions hold is data: it reaches no shell, no path, no markup, and no
//! log.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::cli::Cli;
use crate::process::flaky;

const IDS: [&str; 5] = ["../../escaped", "/tmp/escaped", "a\\..\\b", "$(touch pwned)", "`touch pwned`; touch pwned"];
const TEXT: &str = "\"; touch pwned; echo $(touch pwned) `touch pwned` ' <script>alert(1)</script> Ada";

/// Documents whose ids and texts are meant to do harm.
fn hostile(table: &str) -> Cli {
    let cli = Cli::new();
    let lines = |with: serde_json::Value| -> String {
        let line = |id: &&str| {
            let mut line = json!({"id": id});
            line.as_object_mut().unwrap().extend(with.as_object().unwrap().clone());
            format!("{line}\n")
        };
        IDS.iter().map(line).collect()
    };
    cli.write("p/docs.jsonl", lines(json!({"text": TEXT, "meta": {"source": "$(touch pwned)"}})));
    cli.write("p/gold.jsonl", lines(json!({"entities": []})));
    cli.write(
        "p/karat.toml",
        format!("[datasets.d]\ndocuments = \"docs.jsonl\"\ngolden = \"gold.jsonl\"\n\n[extractors.mine]\nkind = \"process\"\n{table}\n"),
    );
    cli
}

fn tree(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        found.push(entry.path());
        if entry.path().is_dir() {
            found.extend(tree(&entry.path()));
        }
    }
    found
}

#[cfg(unix)]
#[test]
fn content_reaches_no_shell_and_no_path() {
    let answer = r#"{"entities": []}"#;
    let tables = [
        format!("command = [{:?}]\nin_flight = 3", flaky()),
        format!(
            "command = [\"sh\", \"-c\", \"cat > /dev/null; echo '{}'\"]\nmode = \"once\"\nlayers = [\"entities\"]",
            answer.replace('"', "\\\"")
        ),
        format!(
            "command = [\"sh\", \"-c\", \"echo '{}' > $2\", \"sh\", \"{{document}}\", \"{{output}}\", \"{{input}}\"]\nlayers = [\"entities\"]",
            answer.replace('"', "\\\"")
        ),
    ];
    for table in tables {
        let cli = hostile(&table);
        for more in [&[][..], &["--stream"]] {
            let command = [&["run", "--quiet", "--config", "p/karat.toml", "--out", "p/r"][..], more].concat();
            let output = cli.karat(&command).output().unwrap();
            let errors = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(0), "{table}: {errors}");
        }
        let found = tree(cli.path());
        assert!(found.iter().all(|path| !path.to_string_lossy().contains("pwned")), "{found:?}");
        // Everything that was written is in the project.
        assert!(found.iter().all(|path| path.starts_with(cli.path().join("p"))), "{found:?}");
        assert!(!Path::new("/tmp/escaped").exists());
    }
}

/// Errors name a document by its id and give a reason; no message of karat contains its text.
#[test]
fn documents_are_not_logged() {
    for behaviour in ["crash", "garbage", "sorry", "past", "half", "hang"] {
        let cli = hostile(&format!("command = [{:?}]\ntimeout = \"300ms\"", flaky()));
        let secret = "Xyzzy-secret-words";
        cli.write(
            "p/docs.jsonl",
            cli.read("p/docs.jsonl").replacen(&json!(TEXT).to_string(), &format!("\"{behaviour} {secret}\""), 1),
        );
        let output = cli.karat(&["run", "--config", "p/karat.toml", "--out", "p/r"]).output().unwrap();
        assert_eq!(output.status.code(), Some(5), "{behaviour}");
        for stream in [&output.stdout, &output.stderr] {
            assert!(
                !String::from_utf8_lossy(stream).contains(secret),
                "{behaviour}: {}",
                String::from_utf8_lossy(stream)
            );
        }
    }
}

/// A program's words are no markup.
#[test]
fn messages_are_escaped_in_reports() {
    let cli = Cli::new();
    cli.write("p/docs.jsonl", "{\"id\": \"<b>a|b</b>\", \"text\": \"Ada\"}\n");
    cli.write("p/gold.jsonl", "{\"id\": \"<b>a|b</b>\", \"entities\": []}\n");
    let script = "echo '{\"error\": \"<script>alert(1)</script> | [x](javascript:y)\"}'";
    let command = json!(["sh", "-c", script]);
    cli.write(
        "p/karat.toml",
        format!("[datasets.d]\ndocuments = \"docs.jsonl\"\ngolden = \"gold.jsonl\"\n\n[extractors.mine]\nkind = \"process\"\ncommand = {command}\nmode = \"once\"\nlayers = [\"entities\"]\n"),
    );
    cli.karat(&["run", "--quiet", "--config", "p/karat.toml", "--out", "p/r"]).output().unwrap();
    let report = cli.read("p/r/d/report.md");
    assert!(report.contains("alert(1)") && !report.contains("<script") && !report.contains("<b>"), "{report}");
    assert!(!report.contains("[x](javascript"), "{report}");
}
