//! `karat plugin`: examining programs, and beginning one.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::cli::{Cli, assert_cmd};
use crate::process::{flaky, project};

fn check(cli: &Cli, command: &[&str]) -> (Option<i32>, Value) {
    let output =
        cli.karat(&[&["plugin", "check", "--timeout", "10s", "--format", "json", "--"], command].concat()).output();
    let output = output.unwrap();
    (output.status.code(), serde_json::from_slice(&output.stdout).unwrap())
}

/// What fails, and why.
fn failures(found: &Value) -> Vec<(String, String)> {
    let checks = found["checks"].as_array().unwrap().iter().filter(|check| check["holds"] == false);
    checks
        .map(|check| (check["check"].as_str().unwrap().to_owned(), check["detail"].as_str().unwrap().to_owned()))
        .collect()
}

#[test]
fn a_program_that_keeps_the_protocol() {
    let (code, found) = check(&Cli::new(), &[&flaky()]);
    assert_eq!(
        (code, &found["schema"], &found["holds"]),
        (Some(0), &"karat.plugin/1".into(), &true.into()),
        "{found:#}"
    );
    let names: Vec<&str> =
        found["checks"].as_array().unwrap().iter().map(|check| check["check"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        [
            "the handshake",
            "an empty text",
            "two documents in a row",
            "every Unicode plane",
            "a text of 1 MB",
            "16 requests at once",
            "the same again",
            "invalid requests",
            "deadlines",
            "the end"
        ]
    );
    let cli = project(&["Ada"], &[], "timeout = \"9s\"");
    let output = cli.karat(&["plugin", "check", "--extractor", "mine"]).output().unwrap();
    assert!(output.status.success() && String::from_utf8_lossy(&output.stdout).contains("everything holds"));
    assert_cmd!("plugin_no_such_extractor", cli.karat(&["plugin", "check", "--extractor", "main"]));
}

#[test]
fn programs_that_cannot_be_started() {
    let cli = Cli::new();
    for (start, why) in
        [("crash", "no model here"), ("protocol", "speaks \"karat.extractor/9\""), ("garbage", "loading model")]
    {
        let (code, found) = check(&cli, &[&flaky(), "--start", start]);
        assert_eq!((code, &found["holds"]), (Some(2), &false.into()));
        let failed = failures(&found);
        assert!(failed.len() == 1 && failed[0].1.contains(why), "{failed:?}");
    }
    assert_eq!(check(&cli, &["no-such-program"]).0, Some(2));
}

/// Small programs of which each breaks one thing; what is found is that thing.
#[cfg(unix)]
#[test]
fn programs_that_break_the_protocol() {
    let hello = r#"{"type":"hello","protocol":"karat.extractor/1","name":"x","layers":["keyphrases"]}"#;
    let seq = r#"seq=$(printf '%s' "$line" | sed 's/.*"seq":\([0-9]*\).*/\1/'); id=$(printf '%s' "$line" | sed 's/.*"id":"\([^"]*\)".*/\1/')"#;
    let good = r#"echo "{\"type\":\"result\",\"seq\":$seq,\"id\":\"$id\",\"keyphrases\":[]}""#;
    let program = |answer: &str, nonsense: &str, end: &str| {
        format!(
            "while IFS= read -r line; do case $line in *'\"type\":\"hello\"'*) echo '{hello}';; \
             *'\"type\":\"extract\"'*'\"text\"'*) {seq}; {answer};; *) {nonsense};; esac; done; {end}"
        )
    };
    let sorry = r#"echo '{"type":"error","message":"what?"}'"#;
    let cases = [
        (program(good, sorry, "exit 0"), vec![]),
        (program(good, ":", "exit 0"), vec!["invalid requests"]),
        (program(good, sorry, "exit 3"), vec!["the end"]),
        (program(good, sorry, "sleep 60"), vec!["the end"]),
        (
            program(
                r#"echo "{\"type\":\"result\",\"seq\":$seq,\"id\":\"$id\",\"keyphrases\":[\"$$ $RANDOM$(date +%N)\"]}""#,
                sorry,
                "exit 0",
            ),
            vec!["the same again"],
        ),
        (
            program(r#"echo "{\"type\":\"result\",\"seq\":$seq,\"id\":\"$id\",\"summary\":\"x\"}""#, sorry, "exit 0"),
            vec![
                "an empty text",
                "two documents in a row",
                "every Unicode plane",
                "a text of 1 MB",
                "16 requests at once",
                "the same again",
                "invalid requests",
            ],
        ),
    ];
    for (script, wanted) in cases {
        let cli = Cli::new();
        cli.write("x.sh", &script);
        let output =
            cli.karat(&["plugin", "check", "--timeout", "5s", "--format", "json", "sh", "x.sh"]).output().unwrap();
        let found: Value = serde_json::from_slice(&output.stdout).unwrap();
        let failed: Vec<String> = failures(&found).into_iter().map(|(check, _)| check).collect();
        assert_eq!(failed, wanted, "{found:#}");
    }
}

#[test]
fn starting_points() {
    for (language, file) in
        [("python", "extractor.py"), ("node", "extractor.mjs"), ("rust", "src/main.rs"), ("shell", "extractor.sh")]
    {
        let cli = Cli::new();
        let new = |folder: &str| cli.karat(&["plugin", "new", "--lang", language, folder]).output().unwrap();
        assert!(new("my-ner").status.success());
        for written in [file, "README.md"] {
            let content = cli.read(&format!("my-ner/{written}"));
            assert!(content.contains("my-ner") && !content.contains("{{"), "{language} {written}");
        }
        assert_eq!(new("my-ner").status.code(), Some(2));
    }
    let cli = Cli::new();
    assert_cmd!("plugin_new", cli.karat(&["plugin", "new", "--lang", "rust"]));
    assert_cmd!("plugin_new_again", cli.karat(&["plugin", "new", "--lang", "rust"]));
    assert_cmd!("plugin_new_odd_name", cli.karat(&["plugin", "new", "--lang", "python", "my\"; ls"]));
    assert_cmd!("plugin_check_help", cli.karat(&["plugin", "check", "--help"]));
    assert_cmd!("plugin_help", cli.karat(&["plugin", "--help"]));
}

/// Every adapter repeats the two parts of its starter that speak the protocol, byte for byte, so
/// that a fix of one reaches all of them: the paragraph that keeps other output off stdout, and
/// everything from the heading of the protocol to the end of the file.
#[test]
fn adapters_repeat_the_protocol_of_their_starters() {
    const STARTERS: [(&str, &str); 2] = [("python", "extractor.py"), ("node", "extractor.mjs")];
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |file: &Path| fs::read_to_string(file).unwrap().replace("\r\n", "\n");
    let mut compared = Vec::new();
    for folder in fs::read_dir(root.join("extractors")).unwrap() {
        let folder = folder.unwrap().path();
        if !folder.is_dir() {
            continue;
        }
        let program = STARTERS.iter().find(|(_, program)| folder.join(program).is_file());
        let (language, program) = program.unwrap_or_else(|| panic!("no starter for {}", folder.display()));
        let adapter = folder.join(program);
        let starter = root.join("src/cli/plugin/starters").join(language).join(program);
        let (repeated, original) = (read(&adapter), read(&starter));
        for part in [stdout_part, protocol_part] {
            let original = part(&original).unwrap_or_else(|| panic!("{} has no such part", starter.display()));
            assert!(
                part(&repeated) == Some(original),
                "{} does not repeat this part of {}; copy it:\n{original}",
                adapter.display(),
                starter.display(),
            );
        }
        compared.push(folder.file_name().unwrap().to_string_lossy().into_owned());
    }
    compared.sort();
    assert_eq!(compared, ["compromise", "spacy", "summa", "wink", "yake"]);
}

/// The paragraph that begins with the comment "Only protocol lines may reach stdout".
fn stdout_part(program: &str) -> Option<&str> {
    program.split("\n\n").find(|part| part.trim_start_matches(['#', '/', ' ']).starts_with("Only protocol lines"))
}

/// The text from the heading of the protocol to the end.
fn protocol_part(program: &str) -> Option<&str> {
    program.find("======== The protocol, karat.extractor/1 ========").map(|at| &program[at..])
}
