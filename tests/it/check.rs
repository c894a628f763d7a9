//! `karat check`: every diagnostic as a user sees it, and every format.

use std::process::Command;

use serde_json::Value;

use crate::cli::{Cli, assert_cmd};

const CONFIG: &str = "[datasets.d]\ndocuments = \"docs\"\ngolden = \"golden\"\n";

/// Two documents without an error.
pub(crate) fn clean() -> Cli {
    let cli = Cli::new();
    cli.write("karat.toml", CONFIG);
    cli.write("docs/a.txt", "Ada met Bo in Oslo.\nShe came from Rome on 3 May 2024.\n");
    cli.write("docs/b.txt", "Bo left Rome. “I will be back”, he said.\n");
    cli.write(
        "golden/a.json",
        r#"{
 "id": "a",
 "entities": [
  {"id": "T1", "start": 0, "end": 3, "label": "PERSON", "text": "Ada"},
  {"id": "T2", "start": 8, "end": 10, "label": "PERSON", "text": "Bo"},
  {"id": "T3", "start": 14, "end": 18, "label": "GPE", "text": "Oslo"},
  {"id": "T4", "start": 34, "end": 38, "label": "GPE", "text": "Rome"},
  {"id": "T5", "start": 42, "end": 52, "label": "DATE", "text": "3 May 2024"}
 ]
}
"#,
    );
    golden(
        &cli,
        "{\"start\": 0, \"end\": 2, \"label\": \"PERSON\"},\n  {\"start\": 8, \"end\": 12, \"label\": \"GPE\"}",
        "",
    );
    cli
}

/// Writes the golden file of `b` with these entities and these further layers.
pub(crate) fn golden(cli: &Cli, entities: &str, more: &str) {
    cli.write("golden/b.json", format!("{{\n \"id\": \"b\",\n \"entities\": [\n  {entities}\n ]{more}\n}}\n"));
}

const BO: &str = r#"{"start": 0, "end": 2, "label": "PERSON"}"#;
const ROME: &str = r#"{"start": 8, "end": 12, "label": "GPE"}"#;

fn check(cli: &Cli) -> Command {
    cli.karat(&["check"])
}

/// Snapshots of what the clean dataset gives with other entities and further layers in `b`.
macro_rules! in_golden {
    ($name:ident, $entities:expr, $more:expr) => {
        #[test]
        fn $name() {
            let cli = clean();
            golden(&cli, &$entities, $more);
            assert_cmd!(concat!("check_", stringify!($name)), check(&cli));
        }
    };
}

/// And with a `dataset.toml`.
macro_rules! in_info {
    ($name:ident, $info:expr) => {
        #[test]
        fn $name() {
            let cli = clean();
            cli.write("dataset.toml", $info);
            assert_cmd!(concat!("check_", stringify!($name)), check(&cli));
        }
    };
}

in_golden!(nothing_to_say, format!("{BO}, {ROME}"), "");
in_golden!(
    edge_space,
    r#"{"start": 0, "end": 3, "label": "PERSON"}, {"start": 7, "end": 12, "label": "GPE", "text": " Rome"}"#,
    ""
);
in_golden!(
    edge_punctuation,
    r#"{"start": 0, "end": 2, "label": "PERSON"}, {"start": 8, "end": 13, "label": "GPE"}"#,
    ",\n \"key_sentences\": [{\"start\": 30, \"end\": 39}]"
);
in_golden!(
    duplicates,
    format!("{BO}, {ROME},\n  {{\"id\": \"x\", \"start\": 8, \"end\": 12, \"label\": \"GPE\"}}"),
    r#",
 "records": {"moves": [{"who": "Bo"},
  {"who": "Bo"}]},
 "key_points": [{"text": "Bo left."}, {"text": "Bo left"}],
 "key_sentences": [{"start": 0, "end": 13}, {"start": 0, "end": 13}],
 "keyphrases": ["Rome", "rome"]"#
);
in_golden!(overlap, format!("{BO}, {ROME}, {{\"start\": 3, \"end\": 12, \"label\": \"EVENT\"}}"), "");
in_golden!(mixed_labels, r#"{"start": 0, "end": 2, "label": "PERSON"}, {"start": 8, "end": 12, "label": "LOC"}"#, "");
in_golden!(unlabelled, BO, "");
in_golden!(
    summary_length,
    format!("{BO}, {ROME}"),
    ",\n \"summaries\": [\"Too short.\", \"One two three four five six seven eight nine ten, more than there are.\"]"
);
in_golden!(keyphrase_not_in_text, format!("{BO}, {ROME}"), ",\n \"keyphrases\": [\"Rome\", \"eternal city\"]");
in_golden!(
    quote_not_in_text,
    format!("{BO}, {ROME}"),
    ",\n \"records\": {\"statements\": [{\"quotes\": [\"I will be back\", \"never\"]}]}"
);
in_golden!(
    evidence_outside,
    format!("{BO}, {ROME}"),
    ",\n \"key_points\": [{\"text\": \"x\", \"evidence\": [{\"start\": 30, \"end\": 99}]}]"
);
in_golden!(
    diagnostics_and_the_rest,
    r#"{"start": 0, "end": 2, "label": "PERSON", "text": "Ada"}, {"start": 8, "end": 13, "label": "GPE"}, {"start": 8, "end": 999, "label": "GPE"}"#,
    ""
);

in_golden!(
    objects_over_lines,
    "{\n   \"start\": 0,\n   \"end\": 3,\n   \"label\": \"PERSON\"\n  },\n  {\n   \"start\": 7,\n   \"end\": 12,\n   \"label\": \"GPE\",\n   \"text\": \" Rome\"\n  }",
    ""
);

in_info!(unknown_label, "labels = [\"PERSON\", \"GPS\", \"DATE\"]\n");
in_info!(absent_and_unknown_layers, "layers = [\"entities\", \"keyphrases\", \"key_point\"]\n");
in_info!(unknown_key, "label = [\"PERSON\"]\n");
in_info!(splits, "[splits]\ndev = [\"a\", \"b\", \"bb\"]\ntest = [\"a\"]\n");

#[test]
fn bounds_and_nesting_are_declared() {
    let cli = clean();
    golden(
        &cli,
        &format!("{BO}, {ROME}, {{\"start\": 3, \"end\": 12, \"label\": \"EVENT\"}}"),
        ",\n \"summaries\": [\"Bo left.\"]",
    );
    cli.write("dataset.toml", "nested = true\nsummary_words = [2, 5]\n");
    assert!(check(&cli).arg("--deny").arg("warnings").status().unwrap().success());
}

#[test]
fn an_empty_layer_among_others() {
    let cli = clean();
    cli.write("golden/b.json", "{\"id\": \"b\",\n \"entities\": []}");
    cli.write("docs/b.txt", "Nobody was there.");
    assert_cmd!("check_empty_layer", check(&cli));
}

#[test]
fn leaks_between_splits() {
    let cli = clean();
    let text = "Nobody in the old town hall knew what the mayor had said about the new bridge.";
    cli.write("docs/c.txt", text);
    cli.write("docs/d.txt", text.replace("new bridge", "bridge"));
    cli.write("docs/e.txt", text);
    for id in ["c", "d", "e"] {
        cli.write(&format!("golden/{id}.json"), format!("{{\"id\": \"{id}\"}}"));
    }
    cli.write("dataset.toml", "[splits]\ndev = [\"a\", \"c\"]\ntest = [\n  \"b\",\n  \"d\",\n  \"e\",\n]\n");
    assert_cmd!("check_leaks", check(&cli));
}

#[test]
fn broken_files_leave_the_others_checked() {
    let cli = clean();
    cli.write("golden/a.json", "{\"id\": \"a\", ");
    golden(&cli, r#"{"start": 0, "end": 3, "label": "PERSON"}"#, "");
    cli.write("docs/c.txt", "No golden file is missed while one cannot be read.");
    assert_cmd!("check_broken_file", check(&cli));
}

#[test]
fn who_cannot_be_read_is_not_unknown() {
    let cli = clean();
    cli.write("dataset.toml", "[splits]\ndev = [\"b\"]\n");
    cli.write("docs/b.txt", b"\xFF");
    assert_cmd!("check_broken_document", check(&cli));
}

#[test]
fn lines_of_a_file_and_texts_of_its_own() {
    let cli = Cli::new();
    let long = "Oslo is far. ".repeat(30);
    cli.write(
        "g.jsonl",
        format!(
            "{{\"id\": \"a\", \"text\": \"Oslo \", \"entities\": [{{\"start\": 0, \"end\": 5, \"label\": \"GPE\"}}]}}\n\n{{\"id\": \"b\", \"text\": \"{long}\", \"entities\": []}}\n"
        ),
    );
    assert_cmd!("check_lines", cli.karat(&["check", "--golden", "g.jsonl"]));
    cli.write("docs.jsonl", "{\"id\": \"a\", \"text\": \"Oslo Oslo\"}\n{\"id\": \"b\", \"text\": \"Oslo\"}\n");
    cli.write(
        "h.jsonl",
        "{\"id\": \"a\", \"entities\": [{\"start\": 0, \"end\": 4, \"label\": \"GPE\"}]}\n{\"id\": \"b\"}\n",
    );
    assert_cmd!("check_documents_in_lines", cli.karat(&["check", "--golden", "h.jsonl", "--documents", "docs.jsonl"]));
}

/// A dataset with errors in every kind of location, and characters that formats must escape.
fn spoilt() -> Cli {
    let cli = clean();
    golden(
        &cli,
        &format!("{BO}, {BO}, {{\"start\": 8, \"end\": 13, \"label\": \"G%E\"}}"),
        ",\n \"keyphrases\": [\"a, b: c\\n\"]",
    );
    cli.write("dataset.toml", "labels = [\"PERSON\", \"GPE\", \"DATE\"]\n[splits]\ndev = [\"x\"]\n");
    cli.write("docs/c.txt", "Rome");
    cli.write("golden/c.json", "{\"id\": \"c\", \"entities\": [], \"text_sha256\": \"00\"}");
    cli.write("docs/d.txt", "It is 100% Rome: Rome.");
    cli.write("golden/d.json", "{\"id\": \"d\", \"entities\": []}");
    cli
}

#[test]
fn as_json() {
    let cli = spoilt();
    assert_cmd!("check_json", cli.karat(&["check", "--format", "json"]));
    let output = cli.karat(&["check", "d", "--format", "json"]).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let rows = report["findings"].as_array().unwrap();
    let of = |level: &str| rows.iter().filter(|row| row["level"] == level).count();
    assert_eq!(
        (report["errors"].as_u64(), report["warnings"].as_u64()),
        (Some(of("error") as u64), Some(of("warning") as u64))
    );
}

#[test]
fn as_commands_of_github() {
    assert_cmd!("check_github", spoilt().karat(&["check", "--format", "github"]));
}

#[test]
fn commands_of_github_end_with_the_summary_within_the_longest_output() {
    let cli = spoilt();
    for most in (1000..1600).step_by(50) {
        let (_, output, _) = cli.run(&["check", "--format", "github", "--max-chars", &most.to_string()]);
        assert!(output.chars().count() <= most, "{most}: {output}");
        assert!(output.starts_with(&format!("::notice title=karat::left out to stay within {most} characters: ")));
        assert!(output.ends_with("\n4 errors, 5 warnings in 4 documents\n"), "{most}: {output}");
    }
}

#[test]
fn warnings_can_be_denied() {
    let cli = clean();
    golden(&cli, BO, "");
    assert_eq!(check(&cli).status().unwrap().code(), Some(0));
    assert_eq!(cli.karat(&["check", "--deny", "warnings"]).status().unwrap().code(), Some(2));
}

#[test]
fn what_cannot_be_checked() {
    let cli = clean();
    assert_cmd!("check_unknown_dataset", cli.karat(&["check", "e"]));
    assert_cmd!("check_golden_and_dataset", cli.karat(&["check", "d", "--golden", "golden"]));
    assert_cmd!("check_no_such_golden", cli.karat(&["check", "--golden", "nowhere"]));
    cli.write("karat.toml", "");
    assert_cmd!("check_no_dataset", check(&cli));
}

/// A run of three extractors on the clean dataset.
fn run(cli: &Cli) {
    let line = |id: &str, entities: &str| format!("{{\"id\": \"{id}\", \"entities\": [{entities}]}}\n");
    let person = r#"{"start": 0, "end": 3, "label": "PERSON"}"#;
    let rome = r#"{"start": 8, "end": 12, "label": "LOC"}"#;
    let day = r#"{"start": 44, "end": 52, "label": "DATE"}"#;
    let said = r#"{"start": 36, "end": 40, "label": "ACT"}"#;
    let failed = "{\"id\": \"b\", \"error\": \"it crashed\"}\n";
    for (name, a, b) in [
        ("one", format!("{person}, {day}"), line("b", &format!("{BO}, {rome}, {said}"))),
        ("two", format!("{person}, {day}"), line("b", &format!("{BO}, {rome}"))),
        ("three", person.to_owned(), failed.to_owned()),
    ] {
        cli.write(&format!("r/predictions/d/{name}.jsonl"), line("a", &a) + &b);
    }
    cli.write("r/predictions/d/summarizer.jsonl", "{\"id\": \"a\", \"summaries\": [\"x\"]}\n");
}

#[test]
fn against_a_run() {
    let cli = clean();
    run(&cli);
    assert_cmd!("check_against", cli.karat(&["check", "--against", "r"]));
    assert_cmd!("check_against_json", cli.karat(&["check", "--against", "r", "--format", "json"]));
    assert_cmd!("check_against_github", cli.karat(&["check", "--against", "r", "--format", "github"]));
}

#[test]
fn runs_without_entity_predictions() {
    let cli = clean();
    run(&cli);
    assert_cmd!("check_against_nothing", cli.karat(&["check", "--against", "golden"]));
    for name in ["one", "two"] {
        std::fs::remove_file(cli.path().join(format!("r/predictions/d/{name}.jsonl"))).unwrap();
    }
    assert_cmd!("check_against_one", cli.karat(&["check", "--against", "r"]));
    cli.write(
        "r/predictions/d/four.jsonl",
        "{\"id\": \"a\", \"entities\": [{\"start\": 0, \"end\": 3, \"label\": \"X\", \"text\": \"Eve\"}]}\n",
    );
    assert_cmd!("check_against_another_text", cli.karat(&["check", "--against", "r"]));
}

#[test]
fn the_seeds_are_clean() {
    let cli = Cli::new();
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/karat.toml");
    let output = cli.karat(&["check", "seeds", "--deny", "warnings", "--config", root]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn every_code_is_documented() {
    let docs = include_str!("../../docs/FORMAT.md");
    let codes = karat::check::LINTS.iter().map(|lint| format!("| `{}` | {} |", lint.code, lint.level));
    for row in codes.chain(["load", "not-fixed", "suspect"].map(|code| format!("| `{code}` |"))) {
        assert!(docs.contains(&row), "docs/FORMAT.md has no row {row}");
    }
}
