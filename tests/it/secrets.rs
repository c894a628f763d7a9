//! Keys that programs, services and judges return are written nowhere. The programs are shell
//! scripts.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::cli::Cli;

const KEY: &str = "sk-test/0123456789abcdef";
const TOKEN: &str = "tok-ABCDEFGHIJ";
/// Parts of every spelling of the key and the token that the scripts write.
const SPELLINGS: [&str; 6] =
    ["0123456789", "FGHIJ", "c2stdGVzdC8wMTIzNDU2Nzg5", "NrLXRlc3QvMDEyMzQ1Njc4", "%2f0123", "TEST/0123"];

/// What each document's request is answered with.
const ANSWERS: &str = r#"
  case "$id" in
    d01) error "401 for Bearer $MY_API_KEY";;
    d02) echo "Traceback: get(url, headers={'Authorization': 'Bearer $MY_API_KEY'})" >&2; exit 1;;
    d03) result "Of $MY_API_KEY and $MY_TOKEN.";;
    d04) error "Basic $(printf %s "$MY_API_KEY" | base64), $(printf %s "me:$MY_API_KEY" | base64)";;
    d05) error "$(printf %s "$MY_API_KEY" | tr a-z A-Z), ?key=$(printf %s "$MY_API_KEY" | sed 's|/|%2F|')";;
    d06) echo "Bearer $MY_API_KEY is no JSON";;
    d07) error "$(printf %0290d 7) $MY_API_KEY $(printf %01690d 7) $MY_API_KEY";;
    d08) error "$(printf %05000d 8)";;
    d09) error "a secret of another extractor: $MY_TOKEN";;
    *) result "It is so.";;
  esac
"#;

fn script(answers: &str) -> String {
    [
        r#"result() { printf '{"type":"result","seq":%s,"id":"%s","summary":"%s"}\n' "$seq" "$id" "$1"; }"#,
        r#"error() { printf '{"type":"error","seq":%s,"id":"%s","message":"%s"}\n' "$seq" "$id" "$1"; }"#,
        "while IFS= read -r line; do",
        r#"  case "$line" in *'"type":"hello"'*)"#,
        r#"    echo '{"type":"hello","protocol":"karat.extractor/1","name":"e","layers":["summaries"]}'; continue;;"#,
        "  esac",
        r#"  seq=${line#*\"seq\":}; seq=${seq%%,*}"#,
        r#"  id=${line#*\"id\":\"}; id=${id%%\"*}"#,
        answers,
        "done",
        "",
    ]
    .join("\n")
}

/// A dataset of this many documents with summaries, and extractors with these tables.
fn project(documents: usize, tables: &str) -> Cli {
    let cli = Cli::new();
    let lines =
        |content: &str| (0..documents).map(|at| format!("{{\"id\": \"d{at:02}\", {content}}}\n")).collect::<String>();
    cli.write("d.jsonl", lines("\"text\": \"It is so. Forty people came.\""));
    cli.write("g.jsonl", lines("\"summaries\": [\"It is so.\"]"));
    cli.write("karat.toml", format!("[datasets.mine]\ndocuments = \"d.jsonl\"\ngolden = \"g.jsonl\"\n\n{tables}"));
    cli
}

/// The content of all files below a folder but the configuration and the scripts.
fn written(folder: &Path, files: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let is_input = entry.extension().is_some_and(|end| end == "toml" || end == "sh");
        if entry.is_dir() {
            written(&entry, files);
        } else if !is_input {
            files.push((entry.display().to_string(), String::from_utf8_lossy(&fs::read(entry).unwrap()).into_owned()));
        }
    }
}

/// Runs a command and checks that neither it nor a file shows a key. Returns its exit code and its
/// standard error.
#[track_caller]
fn hidden(cli: &Cli, args: &[&str]) -> (Option<i32>, String) {
    let mut command = cli.karat(args);
    let output = command.envs([("MY_API_KEY", KEY), ("MY_TOKEN", TOKEN), ("MY_FLAG", "on")]).output().unwrap();
    let [out, errors] = [&output.stdout, &output.stderr].map(|stream| String::from_utf8_lossy(stream).into_owned());
    let mut files = vec![("stdout".to_owned(), out), ("stderr".to_owned(), errors.clone())];
    written(cli.path(), &mut files);
    for (file, content) in files {
        for spelling in SPELLINGS {
            assert!(!content.to_lowercase().contains(&spelling.to_lowercase()), "{file}: {spelling}: {content}");
        }
    }
    (output.status.code(), errors)
}

fn messages(cli: &Cli, file: &str) -> Vec<String> {
    let lines = cli.read(file);
    let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.map(|line| line["error"].as_str().or(line["summaries"][0].as_str()).unwrap_or_default().to_owned()).collect()
}

const TABLE: &str = "[extractors.x]\nkind = \"process\"\ncommand = [\"sh\", \"e.sh\"]\nenv_names = [\"MY_API_KEY\", \
                     \"MY_FLAG\"]\n\n[extractors.other]\nkind = \"builtin\"\nbuiltin = \"lead\"\non_request = true\n";
const TOKEN_TABLE: &str = "\n[extractors.y]\nkind = \"process\"\ncommand = [\"sh\", \"e.sh\"]\non_request = true\nenv = \
                           {MY_TOKEN = \"tok-ABCDEFGHIJ\"}\n";

#[test]
fn what_a_program_says_is_redacted_before_it_is_cut() {
    for more in [&[][..], &["--stream"]] {
        let cli = project(20, &format!("{TABLE}{TOKEN_TABLE}"));
        cli.write("e.sh", script(ANSWERS));
        let (code, errors) = hidden(&cli, &[&["run", "--out", "r"], more].concat());
        assert_eq!(code, Some(5), "{errors}");
        let found = messages(&cli, "r/predictions/mine/x.jsonl");
        assert_eq!(found[1], "401 for Bearer [secret MY_API_KEY]");
        assert!(found[2].ends_with("headers={'Authorization': 'Bearer [secret MY_API_KEY]'})"), "{}", found[2]);
        assert_eq!(found[3], "Of [secret MY_API_KEY] and [secret MY_TOKEN].");
        // "bWU6" is "me:".
        assert_eq!(found[4], "Basic [secret MY_API_KEY], bWU6[secret MY_API_KEY]");
        assert_eq!(found[5], "[secret MY_API_KEY], ?key=[secret MY_API_KEY]");
        assert!(found[6].ends_with("expected value: \"Bearer [secret MY_API_KEY] is no JSON\"; its stdout is for replies only: print everything else to stderr"), "{}", found[6]);
        assert!(found[7].chars().count() == 2000 && found[7].contains("0007 [secret MY_API_KEY] 000"), "{}", found[7]);
        assert_eq!((found[8].chars().count(), found[8].chars().last()), (2000, Some('…')));
        assert_eq!(found[9], "a secret of another extractor: [secret MY_TOKEN]");
        assert!(
            errors.contains("note: mine, x, \"d03\": its answer contained the value of a variable, now [secret MY_API_KEY], [secret MY_TOKEN]")
        );
        assert!(errors.contains("shorter than 6 characters: the value of `MY_FLAG`"), "{errors}");
        // Reports and the terminal have the first 600 characters of a message.
        let report = cli.read("r/mine/report.md");
        for text in [report, cli.read("r/mine/documents.csv"), errors] {
            assert!(text.contains(&format!("{}…", "0".repeat(599))) && !text.contains(&"0".repeat(601)), "{text}");
        }
    }
}

/// The parts of the fingerprint, which the cache keeps, have hashes of variables.
#[test]
fn the_cache_has_no_values_of_variables() {
    let cli = project(3, TOKEN_TABLE);
    cli.write("e.sh", script("  result \"It is so.\""));
    for _ in 0..2 {
        let (code, errors) = hidden(&cli, &["run", "--extractor", "y"]);
        assert_eq!(code, Some(0), "{errors}");
    }
    let mut files = Vec::new();
    written(&cli.path().join(".karat/cache"), &mut files);
    assert!(files.iter().any(|(_, content)| content.contains("variable MY_TOKEN")), "{files:?}");
}

#[test]
fn scripts_for_one_document_are_redacted() {
    let table = |script: &str| {
        format!(
            "[extractors.x]\nkind = \"process\"\nmode = \"once\"\nlayers = [\"summaries\"]\nenv_names = \
             [\"MY_API_KEY\"]\ncommand = [\"sh\", \"-c\", {script:?}]\n"
        )
    };
    for (script, message) in [
        ("echo \"no $MY_API_KEY\" >&2; exit 1", "the end of its stderr: no [secret MY_API_KEY]"),
        ("echo \"{\\\"error\\\": \\\"no $MY_API_KEY\\\"}\"", "no [secret MY_API_KEY]"),
        ("echo \"$(printf %070d 1) $MY_API_KEY\"", "0001 [secret M\"…"),
    ] {
        let cli = project(1, &table(script));
        let (code, errors) = hidden(&cli, &["run", "--out", "r"]);
        let found = messages(&cli, "r/predictions/mine/x.jsonl");
        assert!(code == Some(5) && found[0].contains(message), "{found:?}: {errors}");
    }
}

/// Recorded messages and answers of any kind, too.
#[test]
fn files_of_predictions_are_redacted() {
    let cli = project(2, &format!("{TOKEN_TABLE}[extractors.p]\nkind = \"predictions\"\npath = \"old\"\n"));
    let failed = format!("{{\"id\": \"d00\", \"status\": \"failed\", \"error\": \"no {TOKEN}\"}}\n");
    let input = cli.path().join("old");
    fs::create_dir(&input).unwrap();
    fs::write(input.join("p.jsonl"), format!("{failed}{{\"id\": \"d01\", \"summary\": \"It is {TOKEN}.\"}}\n"))
        .unwrap();
    let mut command = cli.karat(&["run", "--out", "r", "--extractor", "p"]);
    assert_eq!(command.output().unwrap().status.code(), Some(5));
    assert_eq!(messages(&cli, "r/predictions/mine/p.jsonl"), ["no [secret MY_TOKEN]", "It is [secret MY_TOKEN]."]);
}

#[test]
fn what_a_judge_says_is_redacted() {
    let cli = project(1, &format!("{TABLE}{TOKEN_TABLE}"));
    cli.write("gold.jsonl", "{\"id\": \"a\", \"key_points\": [{\"id\": \"K1\", \"text\": \"One.\"}]}\n");
    cli.write("pred.jsonl", "{\"id\": \"a\", \"summary\": \"First of all.\"}\n");
    for (act, message) in [
        (
            "printf '{\"type\":\"error\",\"seq\":0,\"message\":\"no %s\"}\\n' \"$MY_API_KEY\"",
            "could not judge: no [secret MY_API_KEY]",
        ),
        ("echo \"no $MY_API_KEY\"", "expected ident: \"no [secret MY_API_KEY]\""),
        ("printf '{\"type\":\"verdict\",\"seq\":0,\"verdict\":\"%s\"}\\n' \"$MY_API_KEY\"", "[secret MY_API_KEY]"),
    ] {
        let script = format!(
            "read -r hello\necho '{{\"type\":\"hello\",\"protocol\":\"karat.judge/1\",\"name\":\"shell\"}}'\n\
             echo \"asked with $MY_API_KEY\" >&2\nread -r line\n{act}\n"
        );
        cli.write("judge.sh", script);
        let score = ["score", "--gold", "gold.jsonl", "--pred", "pred.jsonl", "--judge", "sh judge.sh"];
        let (code, errors) = hidden(&cli, &[&score[..], &["--metric", "key_points"]].concat());
        assert_eq!(code, Some(2), "{errors}");
        assert!(errors.contains(message) && errors.contains("asked with [secret MY_API_KEY]\n"), "{errors}");
    }
}

#[test]
fn a_plugin_check_shows_no_key() {
    let cli = project(1, TABLE);
    cli.write("e.sh", script("  error \"no $MY_API_KEY\""));
    let (_, errors) = hidden(&cli, &["plugin", "check", "--extractor", "x"]);
    assert_eq!(errors, "");
}
