//! Cached and recorded answers: never those of other code or of another document, and with the time
//! that they took.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::cli::Cli;

/// A program in two files: `main.sh` speaks the protocol, `helper.sh` sets `summary`.
const MAIN: &str = r#"IFS= read -r hello
echo '{"type":"hello","protocol":"karat.extractor/1","name":"shell","layers":["summaries"]}'
while IFS= read -r line; do
  seq=${line#*\"seq\":}; seq=${seq%%,*}
  id=${line#*\"id\":\"}; id=${id%%\"*}
  . ./helper.sh
  echo "{\"type\":\"result\",\"seq\":$seq,\"id\":\"$id\",\"summary\":\"$summary\"}"
done
"#;

fn project(table: &str) -> Cli {
    let cli = Cli::new();
    let texts = ["alder birch cedar", "birch cedar elder", "cedar elder fir"];
    let line = |(at, text): (usize, &&str)| format!("{{\"id\": \"d{at}\", \"text\": \"{text}\"}}\n");
    cli.write("d.jsonl", texts.iter().enumerate().map(line).collect::<String>());
    let line = |(at, text): (usize, &&str)| format!("{{\"id\": \"d{at}\", \"summaries\": [\"{text}\"]}}\n");
    cli.write("g.jsonl", texts.iter().enumerate().map(line).collect::<String>());
    cli.write("main.sh", MAIN);
    cli.write("helper.sh", "summary='alder birch cedar'\n");
    let config =
        "[datasets.mine]\ndocuments = \"d.jsonl\"\ngolden = \"g.jsonl\"\n\n[extractors.x]\nkind = \"process\"\n";
    cli.write("karat.toml", format!("{config}command = [\"sh\", \"main.sh\"]\n{table}\n"));
    cli
}

/// What a run said, and how many of its three answers are from earlier runs.
fn run(cli: &Cli, args: &[&str]) -> (String, u64) {
    let output = cli.karat(&[&["run", "--out", "r"], args].concat()).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{errors}");
    let manifest: Value = serde_json::from_str(&cli.read("r/run.json")).unwrap();
    (errors, manifest["extractors"]["x"]["timings"]["mine"]["remembered"].as_u64().unwrap())
}

fn cached(cli: &Cli) -> u64 {
    run(cli, &[]).1
}

fn cache_file(cli: &Cli) -> PathBuf {
    let files = fs::read_dir(cli.path().join(".karat/cache/x")).unwrap().map(|entry| entry.unwrap().path());
    files.into_iter().find(|path| path.extension().is_some_and(|extension| extension == "jsonl")).unwrap()
}

/// A module that the script loads is part of the extractor, although nothing names it.
#[test]
fn a_changed_module_is_requested_again() {
    let cli = project("");
    assert_eq!(run(&cli, &[]), (String::new(), 0));
    let (notes, count) = run(&cli, &[]);
    assert_eq!(
        (notes.as_str(), count),
        ("note: mine, x: 3 answers from the cache, the oldest less than a minute old\n", 3)
    );
    cli.write("helper.sh", "summary='nothing at all'\n");
    let explained = cli.karat(&["run", "--explain-cache", "d0"]).output().unwrap().stdout;
    let explained = String::from_utf8(explained).unwrap();
    assert_eq!(explained, "mine, x: it is requested, since the extractor changed: `file helper.sh`\n");
    assert_eq!(run(&cli, &[]), (String::new(), 0));
    assert!(cli.read("r/predictions/mine/x.jsonl").contains("nothing at all"));
    // A new file may change what is loaded; data, runs, reports and generated files do not.
    cli.write("lib/more.sh", "");
    assert_eq!(cached(&cli), 0);
    for (file, content) in [
        ("reports/mine/report.md", "new"),
        ("golden/baselines/mine/x.jsonl", "new"),
        ("other-run/run.json", "{}"),
        ("other-run/predictions/a.jsonl", "new"),
        (".git/HEAD", "new"),
        ("lib/__pycache__/a.pyc", "new"),
        ("node_modules/a/b.js", "new"),
        ("venv/pyvenv.cfg", "new"),
        ("venv/lib/a.py", "new"),
    ] {
        cli.write(file, content);
    }
    cli.write("karat.toml", cli.read("karat.toml") + "\n# a comment\n");
    assert_eq!(cached(&cli), 3);
    cli.write(".env", "MODEL=2\n");
    assert_eq!(cached(&cli), 0);
}

/// A program that is a script, and a script inside a shell command, have modules, too.
#[test]
fn scripts_are_found_in_every_command() {
    use std::os::unix::fs::PermissionsExt;
    for command in ["[\"./main.sh\"]", "[\"sh\", \"-c\", \"exec sh 'main.sh'\"]"] {
        let cli = project("");
        cli.write("main.sh", format!("#!/bin/sh\n{MAIN}"));
        fs::set_permissions(cli.path().join("main.sh"), fs::Permissions::from_mode(0o755)).unwrap();
        cli.write("karat.toml", cli.read("karat.toml").replace("[\"sh\", \"main.sh\"]", command));
        assert_eq!((cached(&cli), cached(&cli)), (0, 3), "{command}");
        cli.write("helper.sh", "summary='nothing at all'\n");
        assert_eq!(cached(&cli), 0, "{command}");
    }
}

/// With `files`, the program may write logs beside itself; its code still counts.
#[test]
fn files_replace_data_but_not_code() {
    let cli = project("files = [\"models/*.bin\"]");
    let output = cli.karat(&["run", "--out", "r"]).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2));
    assert!(errors.contains("[extractors.x] has a `files` or `lock` entry that matches no file"), "{errors}");
    assert!(errors.contains("models/*.bin"), "{errors}");
    cli.write("models/a.bin", "1");
    assert_eq!(cached(&cli), 0);
    cli.write("log.txt", "a log");
    assert_eq!(cached(&cli), 3);
    cli.write("models/a.bin", "2");
    assert_eq!(cached(&cli), 0);
    cli.write("models/b.bin", "1");
    assert_eq!(cached(&cli), 0);
    cli.write("helper.sh", "summary='nothing at all'\n");
    assert_eq!(cached(&cli), 0);
    assert_eq!(cached(&cli), 3);
}

/// A lock file is no list of what counts: data beside the script still does.
#[test]
fn a_lock_file_replaces_nothing() {
    let cli = project("lock = \"requirements.txt\"");
    cli.write("requirements.txt", "one==1\n");
    cli.write("words.txt", "old");
    assert_eq!((cached(&cli), cached(&cli)), (0, 3));
    for (file, content) in [("words.txt", "new"), ("requirements.txt", "one==2\n")] {
        cli.write(file, content);
        assert_eq!(cached(&cli), 0, "{file}");
    }
}

/// A folder that is too large to be hashed turns the cache off rather than on.
#[test]
fn large_folders_are_not_cached() {
    let cli = project("");
    fs::File::create(cli.path().join("weights.bin")).unwrap().set_len(65_000_000).unwrap();
    for _ in 0..2 {
        let (notes, count) = run(&cli, &[]);
        assert!(
            notes.starts_with("warning: answers of \"x\" are not cached: the folder \".\" of its script"),
            "{notes}"
        );
        assert_eq!(count, 0);
    }
    cli.write("karat.toml", cli.read("karat.toml") + "files = [\"helper.sh\"]\n");
    assert_eq!((cached(&cli), cached(&cli)), (0, 3));
}

/// A stored answer passes the checks of a new one: changed lines, and answers of another document,
/// are not served.
#[test]
fn changed_answers_are_requested_again() {
    let cli = project("");
    assert_eq!(cached(&cli), 0);
    let file = cache_file(&cli);
    let text = fs::read_to_string(&file).unwrap();
    let line: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert!(line["sha256"].as_str().is_some_and(|hash| hash.len() == 64));
    assert!(line["milliseconds"].as_f64().is_some() && line["requested"].as_str().is_some());
    for (from, to) in
        [("alder birch cedar", "alder birch"), ("\\\"id\\\":\\\"d1", ""), ("\"id\":\"d1\"", "\"id\":\"d2\"")]
    {
        let changed = text.replacen(from, to, 1);
        fs::write(&file, &changed).unwrap();
        assert_eq!(cached(&cli), if changed == text { 3 } else { 2 }, "{from}");
        assert!(!cli.read("r/predictions/mine/x.jsonl").contains("\"alder birch\""));
    }
}

/// The gate judges cached answers by the time that they took when they were requested.
#[test]
fn cached_answers_took_the_time_of_their_request() {
    let cli = project("\n[[gate]]\ndataset = \"mine\"\nmax_seconds = 0.05");
    cli.write("helper.sh", "sleep 0.1; summary='alder'\n");
    let gate = || {
        let output = cli.karat(&["gate", "r"]).output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let total = || {
        let manifest: Value = serde_json::from_str(&cli.read("r/run.json")).unwrap();
        let mine = &manifest["extractors"]["x"];
        (mine["timed"]["mine"].as_u64(), mine["milliseconds"]["mine"].as_f64().unwrap())
    };
    assert_eq!(cached(&cli), 0);
    let (first, live) = (gate(), total());
    assert_eq!(first.0, Some(100), "{}", first.1);
    assert!(live.0 == Some(3) && live.1 > 300.0, "{live:?}");
    assert_eq!(cached(&cli), 3);
    let (second, stored) = (gate(), total());
    assert_eq!(second, first);
    assert!(stored.0 == Some(3) && (stored.1 - live.1).abs() < 0.01, "{stored:?} {live:?}");
}

/// Where nothing was measured, a cap on time or cost decides nothing.
#[test]
fn nothing_recorded_is_inconclusive() {
    let cli = project("");
    cli.write("p.jsonl", "{\"id\": \"d0\", \"summary\": \"a\"}\n{\"id\": \"d1\", \"summary\": \"b\"}\n{\"id\": \"d2\", \"summary\": \"c\"}\n");
    let config = cli.read("karat.toml");
    let start = config.find("[extractors.x]").unwrap();
    let rest =
        "[extractors.x]\nkind = \"predictions\"\npath = \"p.jsonl\"\n\n[[gate]]\nmax_seconds = 5\nmax_cost = 5\n";
    cli.write("karat.toml", format!("{}{rest}", &config[..start]));
    let output = cli.karat(&["run", "--quiet", "--out", "r"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let output = cli.karat(&["gate", "r"]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(text.matches("it is not known here").count(), 2, "{text}");
    assert!(text.contains("inconclusive") && !text.contains("pass"), "{text}");
}
