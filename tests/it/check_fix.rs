//! `karat check --fix`: what it fixes, what it leaves unchanged, and that it is idempotent.

use std::fs;

use crate::check::{clean, golden};
use crate::cli::{Cli, assert_cmd};

fn untidy() -> Cli {
    let cli = clean();
    golden(
        &cli,
        "{\"start\": 7, \"end\": 13, \"label\": \"GPE\", \"text\": \" Rome.\", \"note\": 1.50},\n  {\"start\": 0, \"end\": 3, \"label\": \"PERSON\"}, {\"id\": \"x\", \"start\": 0, \"end\": 2, \"label\": \"PERSON\"}",
        ",\n \"annotator\":   \"n. n.\",\n \"records\": {\"s\": [{\"cue\": {\"text\": \"said. \", \"start\": 35, \"end\": 41}}]}",
    );
    cli.write("docs/b.txt", "Bo left Rome. “I will be back”, he said. \n");
    cli
}

#[test]
fn before_and_after() {
    let cli = untidy();
    let (a, b) = (cli.read("golden/a.json"), cli.read("golden/b.json"));
    assert_cmd!("fix", cli.karat(&["check", "--fix"]));
    insta::assert_snapshot!("fix_before_and_after", format!("{b}---\n{}", cli.read("golden/b.json")));
    assert_eq!(cli.read("golden/a.json"), a, "nothing is written where nothing changed");
    let after = cli.read("golden/b.json");
    let output = cli.karat(&["check", "--fix", "--format", "json"]).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).contains("\"fixed\": []"));
    assert_eq!(cli.read("golden/b.json"), after, "the second time changes nothing");
    assert_eq!(fs::read_dir(cli.path().join("golden")).unwrap().count(), 2, "no temporary file is left behind");
}

#[test]
fn in_every_format() {
    assert_cmd!("fix_json", untidy().karat(&["check", "--fix", "--format", "json"]));
    assert_cmd!("fix_github", untidy().karat(&["check", "--fix", "--format", "github"]));
}

#[test]
fn lines_keep_their_neighbours() {
    let cli = Cli::new();
    let lines = [
        "\u{feff}{\"id\": \"a\", \"text\": \"Oslo \", \"entities\": [ {\"start\": 0, \"end\": 5, \"label\": \"GPE\"} ]}\r\n",
        "\r\n",
        "{\"text\": \"Rome\",   \"id\": \"b\", \"entities\": []}",
    ];
    cli.write("g.jsonl", lines.concat());
    assert!(cli.karat(&["check", "--fix", "--golden", "g.jsonl"]).status().unwrap().success());
    assert_eq!(cli.read("g.jsonl"), lines.concat().replace("\"end\": 5", "\"end\": 4"));
}

#[test]
fn other_units_are_reported() {
    let cli = clean();
    cli.write("golden/b.json", "{\"id\": \"b\",\n \"offset_unit\": \"byte\",\n \"entities\": [{\"start\": 0, \"end\": 3, \"label\": \"PERSON\"}, {\"start\": 8, \"end\": 12, \"label\": \"GPE\"}]}\n");
    let before = cli.read("golden/b.json");
    assert_cmd!("fix_other_unit", cli.karat(&["check", "--fix"]));
    assert_eq!(cli.read("golden/b.json"), before);
}

#[test]
fn nothing_is_fixed_on_another_text() {
    let cli = untidy();
    let spoilt = cli.read("golden/b.json").replace("\"id\": \"b\"", "\"id\": \"b\", \"text_sha256\": \"00\"");
    cli.write("golden/b.json", &spoilt);
    assert_eq!(cli.karat(&["check", "--fix"]).status().unwrap().code(), Some(2));
    assert_eq!(cli.read("golden/b.json"), spoilt);
}
