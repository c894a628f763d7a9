//! Extractors that are other programs: a project with one, and what it left behind.

use std::path::PathBuf;

use serde_json::Value;

use crate::cli::Cli;

/// The program whose behaviour is set by the documents.
pub(crate) fn flaky() -> String {
    let karat = PathBuf::from(env!("CARGO_BIN_EXE_karat"));
    let flaky = karat.parent().unwrap().join("examples").join("flaky").with_extension(std::env::consts::EXE_EXTENSION);
    assert!(
        flaky.is_file(),
        "`cargo test` builds the examples; after `--test it` alone, say `cargo build --example flaky`"
    );
    flaky.display().to_string()
}

/// Documents of these texts, each with a golden file without entities, and an extractor `mine` with
/// these lines in its table behind the command.
pub(crate) fn project(texts: &[&str], arguments: &[&str], table: &str) -> Cli {
    let command: Vec<String> = [flaky()].into_iter().chain(arguments.iter().map(ToString::to_string)).collect();
    project_with(texts, &format!("kind = \"process\"\ncommand = {command:?}\n{table}"))
}

/// The same with a table of any kind.
pub(crate) fn project_with(texts: &[&str], table: &str) -> Cli {
    let cli = Cli::new();
    for (at, text) in texts.iter().enumerate() {
        cli.write(&format!("docs/d{at:02}.txt"), text);
        cli.write(&format!("golden/d{at:02}.json"), format!("{{\"id\": \"d{at:02}\", \"entities\": []}}"));
    }
    cli.write(
        "karat.toml",
        format!("[datasets.d]\ndocuments = \"docs\"\ngolden = \"golden\"\n\n[extractors.mine]\n{table}\n"),
    );
    cli
}

/// What became of a run: its exit code, each document's status with its message, and the manifest.
pub(crate) struct Ended {
    pub code: Option<i32>,
    pub ends: Vec<(String, String)>,
    pub manifest: Value,
    pub errors: String,
}

pub(crate) fn run(cli: &Cli, more: &[&str]) -> Ended {
    run_where(cli, more, &[])
}

/// The same with variables in the environment.
pub(crate) fn run_where(cli: &Cli, more: &[&str], variables: &[(&str, &str)]) -> Ended {
    let mut command = cli.karat(&[&["run", "--quiet", "--out", "r"], more].concat());
    let output = command.envs(variables.iter().copied()).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(cli.exists("r/run.json"), "{errors}");
    let lines = cli.read("r/predictions/d/mine.jsonl");
    let end = |line: &str| {
        let line: Value = serde_json::from_str(line).unwrap();
        let text = |key: &str, otherwise: &str| line[key].as_str().unwrap_or(otherwise).to_owned();
        (text("status", "ok"), text("error", ""))
    };
    Ended {
        code: output.status.code(),
        ends: lines.lines().map(end).collect(),
        manifest: serde_json::from_str(&cli.read("r/run.json")).unwrap(),
        errors,
    }
}

/// How each document ended.
pub(crate) fn statuses(ended: &Ended) -> Vec<&str> {
    ended.ends.iter().map(|(status, _)| status.as_str()).collect()
}
