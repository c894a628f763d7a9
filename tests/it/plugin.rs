//! `karat plugin`: examining programs, and beginning one.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::cli::{Cli, assert_cmd};
#[cfg(feature = "http")]
use crate::http_server::{Act, Server, names};
use crate::process::{flaky, project, project_with, run};

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

/// Returns the exit code and the checks of an extractor of karat.toml.
fn check_table(cli: &Cli) -> (Option<i32>, Value) {
    let output = cli.karat(&["plugin", "check", "--extractor", "mine", "--format", "json"]).output().unwrap();
    let found = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    (output.status.code(), found)
}

#[test]
fn built_in_extractors_and_files_are_not_checked() {
    let cli = project_with(&["Ada"], "kind = \"builtin\"\nbuiltin = \"rules\"");
    assert_cmd!("plugin_check_builtin", cli.karat(&["plugin", "check", "--extractor", "mine"]));
}

#[cfg(feature = "http")]
#[test]
fn services_are_checked_like_programs() {
    let sound = Server::start(|seen| Act::json(200, &names(seen.text())));
    let table = |server: &Server| {
        format!(
            "kind = \"http\"\nurl = \"{}\"\nlayers = [\"entities\"]\ncassettes = \"kept\"\nretries = 0",
            server.url("/")
        )
    };
    let cli = project_with(&["Ada"], &table(&sound));
    let (code, found) = check_table(&cli);
    assert_eq!((code, failures(&found)), (Some(0), Vec::new()), "{found:#}");
    let checks = found["checks"].as_array().unwrap().iter().map(|check| check["check"].as_str().unwrap());
    assert_eq!(
        checks.collect::<Vec<_>>(),
        [
            "an empty text",
            "two documents in a row",
            "every Unicode plane",
            "a text of 1 MB",
            "16 requests at once",
            "the same again",
            "deadlines"
        ]
    );
    assert!(!cli.exists("kept"), "recorded answers are neither read nor written");
    // Also if a run only replays them; the environment is obeyed.
    let (code, found) = check_table(&project_with(&["Ada"], &(table(&sound) + "\nreplay = \"only\"")));
    assert_eq!((code, failures(&found)), (Some(0), Vec::new()), "{found:#}");
    let output = cli.karat(&["plugin", "check", "--extractor", "mine"]).env("KARAT_REPLAY", "only").output().unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{errors}");
    assert!(errors.contains("`KARAT_REPLAY` is \"only\", and a check asks the service anew"), "{errors}");
    // Offsets in UTF-16 are shifted behind characters of the higher planes.
    let wrong = Server::start(|seen| {
        let at = |at: usize| seen.text()[..at].encode_utf16().count();
        let found = seen.text().match_indices("Ada").take(100).map(
            |(start, _)| serde_json::json!({"start": at(start), "end": at(start) + 3, "label": "NAME", "text": "Ada"}),
        );
        Act::json(200, &serde_json::json!({"entities": found.collect::<Vec<_>>()}))
    });
    let (code, found) = check_table(&project_with(&["Ada"], &table(&wrong)));
    let [(what, why)] = &failures(&found)[..] else { panic!("{found:#}") };
    assert_eq!((code, what.as_str()), (Some(2), "every Unicode plane"), "{why}");
    let utf16 = table(&wrong) + "\noffset_unit = \"utf16\"";
    assert_eq!(check_table(&project_with(&["Ada"], &utf16)).0, Some(0));
    // A service that refuses long texts.
    let short = Server::start(|seen| match seen.text().len() {
        ..=2000 => Act::json(200, &names(seen.text())),
        _ => Act::json(413, &serde_json::json!({"error": "too long"})),
    });
    let (code, found) = check_table(&project_with(&["Ada"], &table(&short)));
    assert_eq!((code, failures(&found)[0].0.as_str()), (Some(2), "a text of 1 MB"));
    let (code, found) = check_table(&project_with(&["Ada"], &(table(&short) + "\nmax_text = \"2KB\"")));
    assert_eq!((code, failures(&found)), (Some(0), Vec::new()));
}

/// A script that is started for each document.
#[cfg(unix)]
#[test]
fn scripts_are_checked_like_programs() {
    let table = |script: &str| {
        format!("kind = \"process\"\nmode = \"once\"\nlayers = [\"entities\"]\ncommand = [\"sh\", \"-c\", {script:?}]")
    };
    let cli = project_with(&["Ada"], &table("cat > /dev/null; echo '{\"entities\": []}'"));
    let (code, found) = check_table(&cli);
    assert_eq!((code, failures(&found)), (Some(0), Vec::new()), "{found:#}");
    let cli = project_with(&["Ada"], &table("cat > /dev/null; echo '{\"summaries\": [\"x\"]}'"));
    let (code, found) = check_table(&cli);
    assert_eq!((code, failures(&found).len()), (Some(2), 6), "{found:#}");
    assert!(failures(&found)[0].1.contains("the reply has no `entities`, but `summaries`"), "{found:#}");
}

/// A program whose handshake names the longest text and the unit of its offsets.
#[cfg(unix)]
#[test]
fn a_handshake_names_the_longest_text_and_the_unit_of_offsets() {
    const PROGRAM: &str = r#"
import json, sys
for line in sys.stdin:
    try:
        asked = json.loads(line)
    except ValueError:
        asked = {}
    if asked.get("type") == "hello":
        hello = {"type": "hello", "protocol": "karat.extractor/1", "name": "mine", "layers": ["entities"]}
        print(json.dumps(hello | {"max_text": 100, "offset_unit": "byte"}), flush=True)
        continue
    reply = {"seq": asked.get("seq"), "id": asked.get("id")}
    text = asked.get("text")
    if text is None or len(text.encode()) > 100:
        print(json.dumps(reply | {"type": "error", "message": "no"}), flush=True)
        continue
    at = text.encode().find(b"Ada")
    found = [] if at < 0 else [{"start": at, "end": at + 3, "label": "NAME", "text": "Ada"}]
    print(json.dumps(reply | {"type": "result", "entities": found}), flush=True)
"#;
    if std::process::Command::new("python3").arg("--version").output().is_err() {
        return;
    }
    let cli = project_with(&["é Ada", &"long ".repeat(30)], "kind = \"process\"\ncommand = [\"python3\", \"mine.py\"]");
    cli.write("mine.py", PROGRAM);
    let (code, found) = check_table(&cli);
    assert_eq!((code, failures(&found)), (Some(0), Vec::new()), "{found:#}");
    let long = found["checks"].as_array().unwrap().iter().find(|check| check["check"] == "a text of 1 MB").unwrap();
    assert!(long["detail"].as_str().unwrap().ends_with("for 100 bytes (`max_text`)"), "{long}");
    let ended = run(&cli, &[]);
    let [(ok, _), (failed, why)] = &ended.ends[..] else { panic!("{:?}", ended.ends) };
    assert_eq!((ok.as_str(), failed.as_str()), ("ok", "failed"));
    assert_eq!(why, "the text has 150 bytes, and the extractor takes at most 100 (`max_text`)");
    let answer: Value = serde_json::from_str(cli.read("r/predictions/d/mine.jsonl").lines().next().unwrap()).unwrap();
    assert_eq!((&answer["entities"][0]["start"], &answer["entities"][0]["end"]), (&2.into(), &5.into()), "{answer}");
}

/// Files of predictions whose offsets count bytes, as the table says.
#[test]
fn predictions_have_the_unit_of_their_table() {
    let table = "kind = \"predictions\"\npath = \"found.jsonl\"";
    let found = r#"{"id": "d00", "entities": [{"start": 3, "end": 6, "label": "NAME", "text": "Ada"}]}"#;
    for (more, start) in [("", None), ("\noffset_unit = \"byte\"", Some(2))] {
        let cli = project_with(&["é Ada"], &format!("{table}{more}"));
        cli.write("found.jsonl", found);
        let (code, _, notes) = cli.run(&["run", "--quiet", "--out", "r"]);
        let Some(start) = start else {
            assert_eq!(code, 2, "{notes}");
            continue;
        };
        assert_eq!(code, 0, "{notes}");
        let answer: Value = serde_json::from_str(&cli.read("r/predictions/d/mine.jsonl")).unwrap();
        assert_eq!(answer["entities"][0]["start"], start, "{answer}");
    }
}
