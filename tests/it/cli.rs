//! A folder of its own for every test, and the program run in it.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

/// A temporary folder in which karat is run, so that every path it shows is relative.
pub(crate) struct Cli {
    folder: TempDir,
}

/// A command's snapshot: exit code, standard output and standard error.
macro_rules! assert_cmd {
    ($name:expr, $command:expr) => {
        insta::with_settings!({omit_expression => true, filters => vec![
            (r"\d{8}T\d{6}\.\d{3}Z-[0-9a-f]{8}", "[run id]"),
            (r"\(commit [0-9a-f]{8}\)", "(commit [id])"),
            // A panic's place in the source and Windows' own words are no part of the contract.
            (r"karat\.exe", "karat"),
        ]}, {
            insta_cmd::assert_cmd_snapshot!($name, $command);
        });
    };
}
pub(crate) use assert_cmd;

/// Returns pretty-printed JSON as lines of a path and a value, which are short enough to read in a
/// snapshot: a value of up to 700 characters is on one line. Panics unless the text is the pretty
/// form of its content, so that a snapshot of the lines fixes every byte of the text.
pub(crate) fn outline(text: &str) -> String {
    fn add(lines: &mut String, path: &str, value: &Value) {
        let compact = value.to_string();
        match value {
            Value::Object(fields) if compact.len() > 700 => {
                fields.iter().for_each(|(key, value)| add(lines, &format!("{path}/{key}"), value));
            }
            Value::Array(items) if compact.len() > 700 => {
                (0..).zip(items).for_each(|(at, value): (usize, _)| add(lines, &format!("{path}/{at}"), value));
            }
            _ => lines.push_str(&format!("{path}: {compact}\n")),
        }
    }
    let value: Value = serde_json::from_str(text).unwrap();
    assert_eq!(format!("{value:#}").trim_end(), text.trim_end());
    let mut lines = String::new();
    add(&mut lines, "", &value);
    lines
}

impl Cli {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// A small dataset `d` of two documents with golden files, and a configuration that runs `lead`
    /// and `patterns` on it.
    pub(crate) fn with_dataset() -> Self {
        let cli = Self::new();
        cli.write("docs/a.txt", "Ada said on 3 May 2024 that “all is well” in Oslo.\nNobody objected to it at all.\n");
        cli.write("docs/b.txt", "Nothing happened.");
        cli.write(
            "golden/a.json",
            r#"{"id": "a", "entities": [
  {"start": 0, "end": 3, "label": "PERSON", "text": "Ada"},
  {"start": 12, "end": 22, "label": "DATE", "text": "3 May 2024"},
  {"start": 45, "end": 49, "label": "GPE", "text": "Oslo"}
], "summaries": ["Ada is fine."]}
"#,
        );
        cli.write("golden/b.json", r#"{"id": "b", "entities": []}"#);
        cli.write("karat.toml", CONFIG);
        cli
    }

    /// What a command prints with `--format json`; it must succeed.
    pub(crate) fn json(&self, args: &[&str]) -> Value {
        let output = self.karat(&[args, &["--format", "json"]].concat()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, file: &str, content: impl AsRef<[u8]>) {
        let path = self.folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// Changes the `run.json` of a run.
    pub(crate) fn edit_manifest(&self, run: &str, edit: impl FnOnce(&mut Value)) {
        let file = format!("{run}/run.json");
        let mut manifest: Value = serde_json::from_str(&self.read(&file)).unwrap();
        edit(&mut manifest);
        self.write(&file, manifest.to_string());
    }

    /// Puts predictions on the dataset `d` into a run, as if it had made them.
    pub(crate) fn put_predictions(&self, run: &str, extractor: &str, lines: &str) {
        self.write(&format!("{run}/predictions/d/{extractor}.jsonl"), lines);
        self.edit_manifest(run, |manifest| {
            manifest["extractors"][extractor]["predictions"]["d"] =
                json!({"sha256": karat::format::sha256(lines), "lines": lines.lines().count()});
        });
    }

    pub(crate) fn read(&self, file: &str) -> String {
        let path = self.folder.path().join(file);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    pub(crate) fn exists(&self, file: &str) -> bool {
        self.folder.path().join(file).exists()
    }

    /// The program, about to be run in the folder.
    pub(crate) fn karat(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_karat"));
        command.args(args).current_dir(self.folder.path());
        command.env_remove("RUST_BACKTRACE").env_remove("CLICOLOR_FORCE").env("NO_COLOR", "1");
        command.env_remove("KARAT_REPLAY").env_remove("OPENAI_API_KEY");
        command
    }

    /// Runs karat, and returns its exit code, standard output and standard error.
    pub(crate) fn run(&self, args: &[&str]) -> (i32, String, String) {
        let output = self.karat(args).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
    }
}

pub(crate) const CONFIG: &str = r#"[datasets.d]
documents = "docs"
golden = "golden"

[extractors.patterns]
kind = "builtin"

[extractors.lead]
kind = "builtin"
min_words = 1
"#;
