//! Documents whose texts are kept out of everything that is printed or written. A word stands in
//! every document, golden text, prediction and error message; no command may let it out. The
//! program is a shell script.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::cli::Cli;

const WORD: &str = "Kanarie";

const SCRIPT: &str = r#"
while IFS= read -r line; do
  case "$line" in *'"type":"hello"'*)
    echo '{"type":"hello","protocol":"karat.extractor/1","name":"e","layers":["entities","summaries"]}'; continue;;
  esac
  seq=${line#*\"seq\":}; seq=${seq%%,*}
  id=${line#*\"id\":\"}; id=${id%%\"*}
  answer() { printf '{"seq":%s,"id":"%s",%s}\n' "$seq" "$id" "$1"; }
  case "$id" in
    d1) answer '"type":"error","message":"ValueError: what is Kanarie?"';;
    d2) answer '"type":"error","message":"Kanarie cannot be read"';;
    d3) answer '"type":"result","entities":[{"start":0,"end":3,"label":"PERSON","text":"Kanarie"}],"summary":"Of."';;
    d4) echo "Kanarie" >&2; answer '"type":"result","entities":[{"start":0,"end":4,"label":"ODD","text":"Ada "}]';;
    *) answer '"type":"result","entities":[{"start":0,"end":3,"label":"PERSON","text":"Ada"},{"start":4,"end":11,"label":"ORG","text":"Kanarie"}],"summary":"Ada met 12 of Kanarie."';;
  esac
done
"#;

/// A dataset of 8 documents, an extractor that fails on some of them, and predictions with every
/// layer that has texts. The settings are those of the dataset.
fn project(settings: &str) -> Cli {
    let cli = Cli::new();
    let text = |at: usize| format!("Ada {WORD} met Bob{at} in Oslo. {WORD} said: there are 40 of them.");
    let annotations = |at: usize, label: &str| {
        json!({
            "id": format!("d{at}"),
            "entities": [{"start": 0, "end": 11, "label": label, "text": format!("Ada {WORD}")},
                         {"start": 16, "end": 20, "label": "PERSON", "text": format!("Bob{at}")}],
            "summaries": [format!("Ada {WORD} met Bob in 1999.")],
            "key_points": [{"id": "k1", "text": format!("{WORD} met Bob")}],
            "key_sentences": [{"start": 0, "end": 29, "text": format!("Ada {WORD} met Bob{at} in Oslo.")}],
            "keyphrases": [format!("{WORD} of {label}")],
            "records": {"facts": [{"who": format!("{WORD} of {label}"), "count": 40}]},
        })
    };
    let mut predictions = String::new();
    for at in 0..8 {
        cli.write(&format!("docs/d{at}.txt"), text(at));
        cli.write(&format!("golden/d{at}.json"), format!("{:#}", annotations(at, "PERSON")));
        let mut line = annotations(at, if at < 3 { "ORG" } else { "PERSON" });
        line["summaries"] = json!([format!("{WORD} met 12 Bobs.")]);
        line.as_object_mut().unwrap().remove("key_points");
        predictions.push_str(&format!("{line}\n"));
    }
    cli.write("stored.jsonl", predictions);
    cli.write("e.sh", SCRIPT);
    cli.write(
        "karat.toml",
        format!(
            "[datasets.d]\ndocuments = \"docs\"\ngolden = \"golden\"\n{settings}\n\n\
             [extractors.mine]\nkind = \"process\"\ncommand = [\"sh\", \"e.sh\"]\n\n\
             [extractors.stored]\nkind = \"predictions\"\npath = \"stored.jsonl\"\n\n\
             [[gate]]\nmetric = \"entities.strict.f1\"\nextractor = \"stored\"\nmargin = 0.01\n"
        ),
    );
    cli
}

/// Adds the content of all files below a folder, but for the inputs, and for the caches, journals
/// and predictions with texts that stay on the machine.
fn written(home: &Path, folder: &Path, files: &mut Vec<(String, String)>) {
    const LOCAL: [&str; 10] = [
        ".karat/cache",
        ".karat/texts",
        ".karat/judge",
        "docs",
        "golden",
        "golden2",
        "stored.jsonl",
        "other.jsonl",
        "e.sh",
        "converted.jsonl",
    ];
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let name = path.strip_prefix(home).unwrap().to_string_lossy().into_owned();
        if path.ends_with("golden") && path.join("baselines").is_dir() {
            written(home, &path.join("baselines"), files);
        }
        if LOCAL.contains(&name.as_str()) || name.ends_with("journal.jsonl") {
            continue;
        }
        if path.is_dir() {
            written(home, &path, files);
        } else {
            files.push((name, String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned()));
        }
    }
}

/// Runs a command. Returns its exit code, what it printed, and what it or an earlier command wrote.
fn run(cli: &Cli, args: &[&str]) -> (Option<i32>, Vec<(String, String)>) {
    let output = cli.karat(args).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut files = vec![("stdout".to_owned(), text(&output.stdout)), ("stderr".to_owned(), text(&output.stderr))];
    written(cli.path(), cli.path(), &mut files);
    (output.status.code(), files)
}

/// Runs a command that must end with an exit code and let no text out. Returns what it printed.
#[track_caller]
fn silent(cli: &Cli, args: &[&str], code: i32) -> String {
    let (found, files) = run(cli, args);
    for (file, content) in &files {
        assert!(!content.contains(WORD), "{args:?}: {file}: {content}");
    }
    let printed = format!("{}{}", files[0].1, files[1].1);
    assert_eq!(found, Some(code), "{args:?}: {printed}");
    printed
}

const FORMATS: [&str; 4] = ["table", "json", "csv", "md"];

fn line(cli: &Cli, file: &str, id: &str) -> Value {
    let lines = cli.read(file);
    let mut lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.find(|line| line["id"] == id).unwrap()
}

#[test]
fn no_command_lets_a_confidential_text_out() {
    let cli = project("text = false");
    for format in FORMATS {
        silent(&cli, &["run", "--format", format], 5);
    }
    let errors = silent(&cli, &["run", "--out", "r", "--timings"], 5);
    assert!(errors.contains("\"d1\": failed: ValueError: [text withheld]"), "{errors}");
    assert!(errors.contains("\"d2\": failed: [text withheld]"), "{errors}");
    assert!(
        errors.contains(
            "\"d3\": failed: entities[0]: the text at 0..3 is [text withheld], but the annotation has [text withheld]"
        ),
        "{errors}"
    );
    // Offsets, labels and ids remain.
    let report = cli.read("r/d/report.md");
    assert!(report.contains("The documents are confidential"), "{report}");
    assert!(report.contains("gold 0–11 `PERSON`, predicted 0–11 `ORG`"), "{report}");
    assert!(cli.read("r/d/alignment.csv").contains("d,stored,d0,entities,mislabelled,0,11,PERSON,,0,11,ORG,,,,label"));
    assert!(cli.read("r/d/facts.csv").contains("d,stored,d0,number,yes,,,"), "{}", cli.read("r/d/facts.csv"));
    assert_eq!(
        line(&cli, "r/predictions/d/stored.jsonl", "d0"),
        json!({
            "id": "d0",
            "entities": [{"start": 0, "end": 11, "label": "ORG"}, {"start": 16, "end": 20, "label": "PERSON"}],
            "key_sentences": [{"start": 0, "end": 29}],
            "withheld": ["records.facts", "summaries", "keyphrases"],
        })
    );
    // A run is scored again where it was made, or elsewhere as far as offsets go.
    silent(&cli, &["run", "--out", "q", "--no-cache"], 5);
    for format in FORMATS {
        let printed = silent(&cli, &["compare", "r", "q", "--format", format], 0);
        assert!(printed.contains("summary.rouge1"), "{printed}");
        silent(&cli, &["power", "r", "--format", format], 0);
    }
    // Changed documents of summaries are listed without their texts.
    for format in FORMATS {
        let systems = ["compare", "r", "--extractor", "stored", "--extractor", "mine"];
        let printed = silent(&cli, &[&systems[..], &["--metric", "summary.rouge1.f1", "--format", format]].concat(), 0);
        assert!(format == "csv" || printed.contains("d0"), "{printed}");
    }
    fs::rename(cli.path().join(".karat/texts"), cli.path().join(".karat/gone")).unwrap();
    fs::remove_dir_all(cli.path().join(".karat/gone")).unwrap();
    let printed = silent(&cli, &["compare", "r", "q", "--extractor", "stored"], 0);
    assert!(printed.contains("entities.strict.f1") && !printed.contains("summary.rouge1"), "{printed}");
    assert!(
        printed.contains("note: d, stored: not scored, since these predictions are without texts: `records.facts`, `summaries`, `keyphrases`"),
        "{printed}"
    );
    // Baselines are committed.
    silent(&cli, &["run", "--extractor", "stored", "--out", "b"], 0);
    let printed = silent(&cli, &["accept", "b"], 0);
    assert!(printed.contains("note: d, stored: the baseline has no texts"), "{printed}");
    silent(&cli, &["accept", "b"], 0);
    silent(&cli, &["run", "--out", "r"], 5);
    silent(&cli, &["run", "--extractor", "stored", "--out", "b"], 0);
    for format in [&FORMATS[..], &["github"]].concat() {
        let printed = silent(&cli, &["gate", "b", "--format", format], 0);
        assert!(printed.contains("pass") || printed.contains("identical") || format == "github", "{printed}");
        silent(&cli, &["check", "--format", format], 0);
    }
    let printed = silent(&cli, &["gate", "b", "--metric", "summary.rouge1", "--margin", "0.1"], 2);
    assert!(printed.contains("`summary.rouge1` cannot be compared"), "{printed}");
    silent(&cli, &["aa", "--extractor", "stored"], 0);
    silent(&cli, &["check", "--against", "r"], 0);
    // Streamed and merged runs.
    silent(&cli, &["run", "--stream", "--extractor", "mine", "--out", "s"], 5);
    assert_eq!(cli.read("s/predictions/d/mine.jsonl"), cli.read("r/predictions/d/mine.jsonl"));
    assert_eq!(line(&cli, "s/predictions/d/mine.jsonl", "d0")["withheld"], json!(["summaries"]));
    silent(&cli, &["run", "--shard", "1/2", "--out", "s1"], 5);
    silent(&cli, &["run", "--shard", "2/2", "--out", "s2"], 5);
    let printed = silent(&cli, &["merge", "s1", "s2", "--out", "m"], 5);
    assert!(printed.contains("summary.rouge1"), "{printed}");
    for file in ["predictions/d/stored.jsonl", "d/scores.csv", "d/alignment.csv", "d/report.md"] {
        assert_eq!(cli.read(&format!("m/{file}")), cli.read(&format!("r/{file}")), "{file}");
    }
    silent(&cli, &["runs"], 0);
}

#[test]
fn errors_in_confidential_files_quote_nothing() {
    let cli = project("text = false");
    let golden = cli.read("golden/d0.json");
    for (from, to) in [
        ("\"start\": 0", "\"start\": 1"),
        ("\"entities\": [", "\"entities\": [\"Kanarie\", "),
        ("\"end\": 11", "\"end\": \"Kanarie\""),
        ("\"id\": \"d0\",", "\"id\": \"d0\" \"Kanarie\","),
    ] {
        cli.write("golden/d0.json", golden.replacen(from, to, 1));
        for args in [&["run", "--extractor", "stored", "--out", "r"][..], &["check"], &["check", "--format", "github"]]
        {
            silent(&cli, args, 2);
        }
    }
    // The edge of a label is white space, which a lint quotes.
    cli.write(
        "golden/d0.json",
        golden.replacen("\"end\": 11", "\"end\": 12", 1).replacen("\"Ada Kanarie\"", "\"Ada Kanarie \"", 1),
    );
    let printed = silent(&cli, &["check", "--deny", "warnings"], 2);
    assert!(printed.contains("golden/d0.json:7:15") && printed.contains("edge-space"), "{printed}");
}

#[test]
fn no_text_withholds_texts_of_files() {
    let cli = project("");
    let other = cli.read("stored.jsonl").replace("\"ORG\"", "\"PLACE\"").replacen("\"PERSON\"", "\"PLACE\"", 9);
    cli.write("other.jsonl", &other);
    // Golden files of another annotator.
    for (at, line) in other.lines().enumerate() {
        cli.write(&format!("golden2/d{at}.json"), line);
    }
    let files = ["--gold", "golden", "--documents", "docs"];
    for format in FORMATS {
        for more in [
            &["--pred", "stored.jsonl"][..],
            &["--pred", "stored.jsonl", "--pred", "other.jsonl", "--baseline", "stored.jsonl"],
        ] {
            silent(&cli, &[&["score", "--no-text", "--format", format][..], &files, more].concat(), 0);
        }
        let pair = ["--gold", "golden", "--baseline", "stored.jsonl", "--candidate", "other.jsonl"];
        silent(&cli, &[&["compare", "--no-text", "--format", format][..], &pair].concat(), 0);
        let rule = ["--metric", "entities.strict.f1", "--margin", "0.9"];
        silent(&cli, &[&["gate", "--no-text", "--format", format][..], &pair, &rule].concat(), 0);
        let annotators = ["--out", "w.csv", "golden", "golden2"];
        silent(&cli, &[&["agree", "--no-text", "--format", format][..], &annotators].concat(), 0);
        silent(&cli, &["check", "--no-text", "--golden", "golden", "--documents", "docs", "--format", format], 0);
    }
    let per_document = ["--pred", "stored.jsonl", "--format", "json", "--per-document"];
    silent(&cli, &[&["score", "--no-text"][..], &files, &per_document].concat(), 0);
    for format in ["table", "json"] {
        let explained = ["--pred", "stored.jsonl", "--explain-difference", "nervaluate", "--format", format];
        silent(&cli, &[&["score", "--no-text"][..], &files, &explained].concat(), 0);
    }
    // A judge that repeats the summary, to its standard error and in its reply.
    cli.write(
        "judge.sh",
        [
            "IFS= read -r hello",
            r#"echo '{"type":"hello","protocol":"karat.judge/1","name":"j","version":"1"}'"#,
            "while IFS= read -r line; do",
            r#"  seq=${line#*\"seq\":}; seq=${seq%%,*}"#,
            r#"  echo "judging $(echo Kan)arie" >&2"#,
            r#"  printf '{"type":"error","seq":%s,"message":"what is %sarie?"}\n' "$seq" Kan"#,
            "done",
            "",
        ]
        .join("\n"),
    );
    let judge = ["--pred", "stored.jsonl", "--judge", "sh judge.sh"];
    let printed = silent(&cli, &[&["score", "--no-text"][..], &files, &judge].concat(), 2);
    assert!(printed.contains("it could not judge: [text withheld]"), "{printed}");
    silent(&cli, &["run", "--no-text", "--out", "r"], 5);
    // The file is what was asked for; messages about it have no texts.
    silent(
        &cli,
        &["convert", "golden", "--documents", "docs", "--no-text", "--to", "spacy", "--out", "converted.jsonl"],
        0,
    );
    assert!(cli.read("converted.jsonl").contains(WORD));
    // The control: without the option, the same commands show the word.
    let shown = |args: &[&str]| run(&cli, args).1.iter().any(|(_, content)| content.contains(WORD));
    assert!(shown(&["compare", "--gold", "golden", "--baseline", "stored.jsonl", "--candidate", "other.jsonl"]));
    assert!(shown(&["run", "--out", "r"]));
    assert!(shown(&["agree", "--out", "w.csv", "golden", "golden2"]));
}
