//! The functions of the crate root: figures against values that are computed by hand, errors, and
//! the examples that add a metric and an extractor from outside the crate.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

use karat::Scoring;
use karat::document::{Annotations, Answer, Document, Entity, Layer, Reference, Span, Status};
use karat::error::Error;
use karat::extractor::ExtractError;
use karat::score::{Missing, Scores};

use crate::cli::Cli;

fn entities(spans: &[(u32, u32, &str)]) -> Annotations {
    let entity = |&(start, end, label): &(u32, u32, &str)| Entity::new(Span::new(start, end), label);
    Annotations { entities: Some(spans.iter().map(entity).collect()), ..Annotations::default() }
}

fn summaries(texts: &[&str]) -> Annotations {
    let texts = texts.iter().map(|text| (*text).to_owned());
    Annotations { summaries: Some(texts.collect()), ..Annotations::default() }
}

#[track_caller]
fn assert_value(scores: &Scores, name: &str, expected: f64) {
    let value = scores.get(name).unwrap_or_else(|| panic!("{name} is undefined"));
    assert!((value - expected).abs() < 1e-12, "{name}: {value} is not {expected}");
}

/// Of 5 golden and 4 predicted spans, 2 are the same in span and label, and 3 in span: P 2/4, R
/// 2/5, F1 4/9 and P 3/4, R 3/5, F1 6/9. PERSON: 2 golden, 2 predicted, 1 right. ORG: 2 golden, 1
/// predicted, 1 right. GPE: 1 golden, 1 predicted with another span. The mean F1 of the three
/// labels is (1/2 + 2/3 + 0) / 3.
#[test]
fn lists_of_spans_have_the_figures_computed_by_hand() {
    let gold = [vec![(0, 3, "PERSON"), (10, 14, "ORG"), (20, 24, "GPE")], vec![(0, 5, "PERSON"), (7, 9, "ORG")]];
    let predicted = [vec![(0, 3, "PERSON"), (10, 14, "ORG"), (21, 24, "GPE")], vec![(7, 9, "PERSON")]];
    let scores = karat::entities(&gold, &predicted).unwrap();
    for (name, expected) in [
        ("entities.strict.precision", 2.0 / 4.0),
        ("entities.strict.recall", 2.0 / 5.0),
        ("entities.strict.f1", 4.0 / 9.0),
        ("entities.exact.precision", 3.0 / 4.0),
        ("entities.exact.recall", 3.0 / 5.0),
        ("entities.exact.f1", 6.0 / 9.0),
        ("entities.strict[PERSON].f1", 1.0 / 2.0),
        ("entities.strict[ORG].precision", 1.0),
        ("entities.strict[ORG].recall", 1.0 / 2.0),
        ("entities.strict[GPE].f1", 0.0),
        ("entities.strict.macro.f1", (1.0 / 2.0 + 2.0 / 3.0) / 3.0),
    ] {
        assert_value(&scores, name, expected);
    }
    let figure = scores.figure("entities.strict.f1").unwrap();
    assert_eq!((figure.gold, figure.predicted, figure.documents), (5, Some(4), 2));
    assert!(figure.interval.is_some());
    assert_eq!(scores.layers[0].documents.keys().collect::<Vec<_>>(), ["0", "1"]);
    assert_eq!(scores.get("entities.strict"), None);
    assert!(scores.figure("entities.strict[LOC].f1").is_none());
}

#[test]
fn lists_take_owned_and_borrowed_elements() {
    let gold: Vec<Vec<(u32, u32, String)>> = vec![vec![(0, 3, "A".to_owned())]];
    let predicted: [&[(u32, u32, &str)]; 1] = [&[(0, 3, "A")]];
    assert_eq!(karat::entities(&gold, &predicted).unwrap().get("entities.strict.f1"), Some(1.0));
    let scores = karat::summaries(&["it rains".to_owned()], &["it rains"]).unwrap();
    assert_eq!(scores.get("summary.rouge2.f1"), Some(1.0));
}

/// ROUGE-1 of the first: 5 of 6 words found, 5 of 5 right, F1 10/11; of the second: nothing in
/// common.
#[test]
fn lists_of_summaries_have_the_figures_computed_by_hand() {
    let scores =
        karat::summaries(&["the cat sat on the mat", "it rains"], &["the cat on the mat", "no summary"]).unwrap();
    assert_value(&scores, "summary.rouge1.recall", 5.0 / 6.0 / 2.0);
    assert_value(&scores, "summary.rouge1.precision", 1.0 / 2.0);
    assert_value(&scores, "summary.rouge1.f1", 10.0 / 11.0 / 2.0);
}

#[test]
fn records_are_joined_by_id_and_keep_their_status() {
    let gold = BTreeMap::from(["a", "b"].map(|id| (id.to_owned(), entities(&[(0, 3, "X")]))));
    let predicted = [("b", Err(ExtractError::TimedOut("after 5 s".to_owned()))), ("a", Ok(entities(&[(0, 3, "X")])))];
    let scores = karat::score(&gold, predicted).unwrap();
    assert_eq!(scores.get("entities.strict.recall"), Some(0.5));
    assert_eq!(scores.figure("entities.strict.recall").unwrap().answered, Some(1.0));
    assert_eq!(scores.ends["b"], (Status::TimedOut, Some("after 5 s".to_owned())));
}

#[test]
fn every_option_reaches_the_engine() {
    let gold = [("a", entities(&[(0, 3, "X")])), ("b", entities(&[(0, 3, "X")]))];
    let predicted = [("a", entities(&[(0, 3, "X")])), ("c", entities(&[(0, 3, "X")]))];
    let scored = |scoring: Scoring| scoring.score(gold.clone(), predicted.clone());
    let counted = scored(Scoring::new().missing(Missing::Count)).unwrap();
    assert_eq!(counted.get("entities.strict.f1"), Some(0.5));
    assert_eq!(counted.statuses[&Status::Extra], 1);
    let skipped = scored(Scoring::new().missing(Missing::Skip)).unwrap();
    assert_eq!(skipped.get("entities.strict.f1"), Some(1.0));
    assert_eq!(skipped.ends.keys().collect::<Vec<_>>(), ["b", "c"]);
    assert_eq!(skipped.statuses[&Status::Skipped], 2);
    let brat = scored(Scoring::new().missing(Missing::Count).preset("nervaluate")).unwrap();
    assert!(brat.figures().all(|figure| figure.signature.to_string().contains("nervaluate")));
    let absent = scored(Scoring::new().missing(Missing::Count).layers([Layer::Summaries])).unwrap_err();
    assert_eq!(absent.to_string(), "<gold>: no golden file has the layer `summaries` (they have `entities`)");
}

#[test]
fn errors_name_the_side_the_document_and_the_remedy() {
    let text = Document::new("a", "Ada");
    let wrong = entities(&[(0, 9, "X"), (2, 2, "X"), (0, 1, " ")]);
    let gold = [
        ("a".to_owned(), Reference::from((text, wrong))),
        ("b".to_owned(), entities(&[]).into()),
        ("b".to_owned(), entities(&[]).into()),
    ];
    assert_errors(
        karat::score(gold, [("a", entities(&[]))]),
        &[
            ("<gold>: document \"b\": ", "two documents have this id"),
            ("<gold>: document \"a\": ", "0..9"),
            ("<gold>: document \"a\": ", "2..2"),
            ("<gold>: document \"a\": ", "label is empty"),
        ],
    );
    // Offsets in bytes, where they differ from code points.
    let text = Document::new("a", "Zoë left Oslo");
    let span = Span { text: Some("Oslo".to_owned()), ..Span::new(10, 14) };
    let in_bytes = Annotations { entities: Some(vec![Entity::new(span, "GPE")]), ..Annotations::default() };
    assert_errors(
        karat::score([("a", (text, entities(&[])))], [("a", in_bytes)]),
        &[("<predicted>: document \"a\": ", "`Document::span` makes a span of a range of bytes")],
    );
    let gold = [("doc-1", entities(&[])), ("x", entities(&[]))];
    assert_errors(
        karat::score(gold, [("doc-2", Answer::ok(entities(&[(4, 4, "X")])))]),
        &[
            ("<predicted>: document \"doc-2\": ", "4..4"),
            ("<predicted>: document \"doc-2\": no golden document has this id", "did you mean \"doc-1\"?"),
        ],
    );
    let gold = [("a", summaries(&["it rains"])), ("b", summaries(&[]))];
    assert_errors(
        karat::score(gold, [("a", summaries(&["x"])), ("b", summaries(&["y"]))]),
        &[("<predicted>: document \"b\": ", "`.missing(Missing::Skip)` or `.missing(Missing::Count)`")],
    );
    assert_errors(
        karat::summaries(&["one"], &["one", "two"]),
        &[("the golden list has length 1, the predicted list 2", "element i of both lists is document i")],
    );
    assert_errors(karat::summaries::<&str, &str>(&[], &[]), &[("there is nothing to score", "")]);
    let gold = [("a", entities(&[]))];
    assert_errors(
        Scoring::new().preset("seqval").confidence(95.0).score(gold.clone(), gold),
        &[
            ("unknown preset \"seqval\"", "did you mean `seqeval`?"),
            ("the confidence level 95 is not between 0 and 1", "write 0.95"),
        ],
    );
}

/// Asserts that these are the errors, each with its first words and with words further on.
#[track_caller]
fn assert_errors(result: Result<Scores, Error>, expected: &[(&str, &str)]) {
    let error = result.unwrap_err();
    let diagnostics = error.diagnostics();
    assert_eq!(diagnostics.len(), expected.len(), "{error}");
    for (diagnostic, (start, content)) in diagnostics.iter().map(ToString::to_string).zip(expected) {
        assert!(diagnostic.starts_with(start) && diagnostic.contains(content), "{diagnostic}");
        assert!(!diagnostic.contains("--"), "this names an option of the command line: {diagnostic}");
    }
}

/// Files and records, loaded and streamed, have the same figures to the bit.
#[test]
fn files_have_the_figures_of_records() {
    let cli = Cli::new();
    let (mut gold, mut predicted) = (Vec::new(), Vec::new());
    let (mut gold_lines, mut predicted_lines) = (String::new(), String::new());
    for at in 0..20_u32 {
        let (id, end) = (format!("d{at:02}"), 3 + at % 3);
        gold.push((id.clone(), entities(&[(0, 4, "X"), (6, 9, "Y")])));
        predicted.push((id.clone(), entities(&[(0, end, "X")])));
        let line = |id: &str, annotations: &Annotations| {
            let mut line = serde_json::to_value(annotations).unwrap();
            line["id"] = id.into();
            format!("{line}\n")
        };
        gold_lines.push_str(&line(&id, &gold.last().unwrap().1));
        predicted_lines.push_str(&line(&id, &predicted.last().unwrap().1));
    }
    cli.write("gold.jsonl", gold_lines);
    cli.write("predicted.jsonl", predicted_lines);
    let files = |scoring: Scoring| {
        scoring.score_files(cli.path().join("gold.jsonl"), cli.path().join("predicted.jsonl")).unwrap()
    };
    let records = karat::score(gold, predicted).unwrap();
    assert!(records.figures().count() > 20);
    let loaded = files(Scoring::new());
    assert_eq!(loaded, records);
    let streamed = files(Scoring::new().keep_documents(false));
    assert!(streamed.figures().eq(records.figures()));
    assert!(streamed.layers[0].documents.is_empty());
}

#[test]
fn errors_of_files_name_methods_rather_than_flags() {
    let cli = Cli::new();
    cli.write("gold.jsonl", "{\"id\": \"a\", \"entities\": []}\n{\"id\": \"b\", \"entities\": []}\n");
    cli.write("predicted.jsonl", "{\"id\": \"a\", \"entities\": [{\"start\": 3, \"end\": 3, \"label\": \"X\"}]}\n");
    let scored =
        |scoring: Scoring| scoring.score_files(cli.path().join("gold.jsonl"), cli.path().join("predicted.jsonl"));
    let error = scored(Scoring::new()).unwrap_err();
    let diagnostic = &error.diagnostics()[0];
    assert!(diagnostic.file.as_ref().unwrap().ends_with("predicted.jsonl"), "{diagnostic}");
    assert!(diagnostic.position.is_some_and(|(line, column)| line == 1 && column > 1), "{diagnostic}");
    cli.write("predicted.jsonl", "{\"id\": \"a\", \"entities\": []}\n");
    for scoring in [Scoring::new(), Scoring::new().keep_documents(false)] {
        let error = scored(scoring).unwrap_err().to_string();
        assert!(error.contains("`.missing(Missing::Count)` counts everything in it as missed"), "{error}");
        assert!(!error.contains("--missing"), "{error}");
    }
}

/// What the examples print. Of the entities of `own_extractor`, 3 of 6 golden and 4 predicted are
/// right: P 3/4, R 3/6, F1 6/10; all 4 spans are: F1 8/10. Of `own_metric`, 2 of 3 left boundaries
/// are right and 1 of 3 spans.
#[test]
fn the_examples_print_the_figures_computed_by_hand() {
    assert_eq!(
        example("own_extractor"),
        "entities.strict.precision  0.750  (2 of 3 documents answered)\n\
         entities.strict.recall     0.500  (2 of 3 documents answered)\n\
         entities.strict.f1         0.600  (2 of 3 documents answered)\n\
         entities.exact.f1          0.800  (2 of 3 documents answered)\n\
         document c: failed: the text is empty\n"
    );
    assert_eq!(
        example("own_metric"),
        "entities.left.f1   0.667  spans|align:karat-1|scheme:left|empty:null\n\
         entities.strict.f1 0.333  spans|align:karat-1|scheme:strict|beta:1|empty:null\n"
    );
}

/// Runs an example and returns what it prints.
fn example(name: &str) -> String {
    let karat = PathBuf::from(env!("CARGO_BIN_EXE_karat"));
    let path = karat.parent().unwrap().join("examples").join(name).with_extension(std::env::consts::EXE_EXTENSION);
    assert!(
        path.is_file(),
        "`cargo test` builds the examples; before `--test it` alone run `cargo build --example {name}`"
    );
    let output = Command::new(path).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The example of docs/guides/library.md is that of the crate documentation, line by line.
#[test]
fn the_book_has_the_example_of_the_crate_documentation() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let read = |file: &str| std::fs::read_to_string(root.join(file)).unwrap().replace("\r\n", "\n");
    let documentation: String = read("src/lib.rs")
        .lines()
        .filter_map(|line| line.strip_prefix("//!"))
        .map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line)))
        .collect();
    let block = |text: &str, fence: &str| {
        let start = text.find(fence).unwrap_or_else(|| panic!("there is no {fence:?}")) + fence.len();
        text[start..start + text[start..].find("\n```").unwrap()].to_owned()
    };
    assert_eq!(block(&read("docs/guides/library.md"), "\n```rust\n"), block(&documentation, "\n```\n"));
}
