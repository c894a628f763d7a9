//! What is read as what users expect: byte order marks, line ends, empty documents, ids, units,
//! folders of passes.

use std::path::Path;

use karat::corpus::{Dataset, load_documents};
use karat::error::Recovered;

use crate::cli::Cli;

fn load(cli: &Cli) -> Dataset {
    Dataset::load("d", &cli.path().join("docs"), &cli.path().join("golden")).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn marks_go_line_ends_stay_and_empty_documents_count() {
    let cli = Cli::new();
    cli.write("docs/bom.txt", "\u{feff}A\r\nB");
    cli.write("docs/empty.txt", "");
    cli.write("docs/.hidden.txt", "x");
    cli.write("docs/notes.md", "x");
    cli.write(
        "golden/bom.json",
        "\u{feff}{\"id\": \"bom\", \"entities\": [{\"start\": 3, \"end\": 4, \"label\": \"X\", \"text\": \"B\"}]}",
    );
    cli.write("golden/empty.json", "{\"id\": \"empty\", \"entities\": []}");
    cli.write("golden/passes/a/bom.json", "not read");
    let dataset = load(&cli);
    let texts: Vec<_> = dataset.documents().map(|document| (document.id(), document.text())).collect();
    assert_eq!(texts, [("bom", "A\r\nB"), ("empty", "")]);
}

#[test]
fn lines_bring_metadata_and_numeric_ids() {
    let cli = Cli::new();
    cli.write(
        "docs.jsonl",
        "{\"id\": 7, \"text\": \"x\", \"meta\": {\"kind\": \"note\"}}\r\n\r\n{\"id\": \"8\", \"text\": \"\"}\n",
    );
    let Recovered { value: documents, diagnostics } = load_documents(&cli.path().join("docs.jsonl"));
    assert_eq!(diagnostics, []);
    assert_eq!(documents["7"].meta()["kind"], "note");
    assert!(documents["8"].is_empty());
}

#[test]
fn other_units_become_code_points() {
    let cli = Cli::new();
    cli.write("docs/a.txt", "𝄞 é x");
    cli.write(
        "golden/a.json",
        r#"{"id": "a", "offset_unit": "byte", "entities": [{"start": 8, "end": 9, "label": "X", "text": "x"}],
        "records": {"r": [{"cue": {"start": 5, "end": 7, "text": "é"}}]}}"#,
    );
    let dataset = load(&cli);
    let gold = &dataset.references["a"].gold;
    assert_eq!((gold.entities.as_ref().unwrap()[0].start, gold.entities.as_ref().unwrap()[0].end), (4, 5));
    assert_eq!(gold.records_of("r").unwrap()[0]["cue"]["start"], 2);
}

#[test]
fn keys_of_the_users_own_are_let_be() {
    let cli = Cli::new();
    cli.write("docs/a.txt", "x");
    cli.write("golden/a.json", r#"{"id": "a", "annotator": "n. n.", "usage": {"tokens": 3}, "entities": []}"#);
    assert_eq!(load(&cli).references.len(), 1);
}

#[test]
fn a_missing_path_is_a_diagnostic_not_a_panic() {
    let Recovered { value: documents, diagnostics } = load_documents(Path::new("no/such/folder"));
    assert!(documents.is_empty());
    assert_eq!(diagnostics.len(), 1);
}
