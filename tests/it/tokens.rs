//! Token files: read, joined, scored as seqeval and conlleval do, and what is wrong with them.

use std::path::Path;

use karat::document::{Annotations, Document, Entity, Scheme, Span};
use karat::error::Recovered;
use karat::format::tokens;
use proptest::prelude::*;
use serde_json::Value;

use crate::cli::{Cli, assert_cmd};

const GOLD: &str = "-DOCSTART- -X- O O

Ada NNP B-NP B-PER
Lovelace NNP I-NP I-PER
met VBD B-VP O
Bo NNP B-NP B-PER

In IN B-PP O
Oslo NNP B-NP B-LOC

-DOCSTART- -X- O O

Zoë NNP B-NP B-PER
left VBD B-VP O
";

/// The golden file with other tags, one a token.
fn with_tags(tags: &str) -> String {
    let mut tags = tags.split(' ');
    let line = |line: &str| match line.rsplit_once(' ') {
        Some((rest, _)) if !line.starts_with('-') => format!("{rest} {}\n", tags.next().unwrap()),
        _ => format!("{line}\n"),
    };
    GOLD.lines().map(line).collect()
}

fn files(gold: &str, pred: &str) -> Cli {
    let cli = Cli::new();
    cli.write("g.conll", gold);
    cli.write("p.conll", pred);
    cli
}

const SCORE: [&str; 5] = ["score", "--gold", "g.conll", "--pred", "p.conll"];

fn json(cli: &Cli, args: &[&str]) -> Value {
    cli.json(&[&SCORE[..], args].concat())
}

fn value(scores: &Value, metric: &str) -> Option<f64> {
    scores["metrics"][metric]["value"].as_f64()
}

/// An orphan `I-` in Oslo, and one entity cut short.
fn prediction() -> String {
    with_tags("B-PER O O B-PER O I-LOC B-PER O")
}

#[test]
fn every_preset_end_to_end() {
    let cli = files(GOLD, &prediction());
    assert_cmd!("tokens_seqeval", cli.karat(&[&SCORE[..], &["--preset", "seqeval"]].concat()));
    assert_cmd!("tokens_strict", cli.karat(&[&SCORE[..], &["--preset", "seqeval-strict-iob2"]].concat()));
    assert_cmd!("tokens_conlleval", cli.karat(&[&SCORE[..], &["--preset", "conlleval"]].concat()));
    assert_cmd!("tokens_no_preset", cli.karat(&[&SCORE[..], &["--metric", "entities.strict"]].concat()));
    let json = ["--preset", "seqeval", "--format", "json", "--per-document", "--metric", "entities.strict.f1"];
    assert_cmd!("tokens_json", cli.karat(&[&SCORE[..], &json].concat()));
}

/// The figures that seqeval 1.2.2 prints for gold A, B, C and predicted A, D.
#[test]
fn averages_are_those_of_seqeval() {
    let cli = files("a B-A\nb B-B\nc B-C\nd O\n", "a B-A\nb O\nc O\nd B-D\n");
    for preset in ["seqeval", "seqeval-strict-iob2"] {
        let scores = json(&cli, &["--preset", preset]);
        assert_eq!(value(&scores, "entities.strict.f1"), Some(0.4));
        assert_eq!(value(&scores, "entities.strict.macro.f1"), Some(0.25));
        assert_eq!(value(&scores, "entities.strict.weighted.f1"), Some(1.0 / 3.0));
        assert_eq!(value(&scores, "entities.strict[D].recall"), Some(0.0));
        assert_eq!(value(&scores, "entities.accuracy"), Some(0.25));
        assert_eq!(scores["metrics"]["entities.strict.f1"]["n"], 3);
    }
    let scores = json(&cli, &["--preset", "seqeval", "--zero-division", "1"]);
    assert_eq!(value(&scores, "entities.strict[D].recall"), Some(1.0));
    assert_eq!(value(&scores, "entities.strict[B].precision"), Some(1.0));
    let signature = |name: &str| scores["metrics"][name]["signature"].as_str().unwrap().to_owned();
    assert_eq!(signature("entities.strict.f1"), "preset:seqeval-1.2.2|mode:default|empty:1");
}

/// No entities at all: seqeval gives 0, and not a number for the plain mean over no labels.
#[test]
fn nothing_on_either_side() {
    let cli = files("a O\n", "a O\n");
    let scores = json(&cli, &["--preset", "seqeval"]);
    assert_eq!(value(&scores, "entities.strict.f1"), Some(0.0));
    assert!(scores["metrics"]["entities.strict.macro.f1"]["value"].is_null());
    assert_eq!(value(&scores, "entities.strict.weighted.f1"), Some(0.0));
    let scores = json(&cli, &["--preset", "seqeval", "--zero-division", "1"]);
    assert_eq!(value(&scores, "entities.strict.f1"), Some(1.0));
    assert_eq!(value(&json(&cli, &[]), "entities.strict.f1"), None);
}

/// Lenient and strict part on an orphan `I-`; conlleval and seqeval on a bare `S`.
#[test]
fn presets_read_the_same_tags_in_their_own_ways() {
    let cli = files("a I-X\nb S\n", "a I-X\nb S\n");
    let predicted = |preset: &str| json(&cli, &["--preset", preset])["metrics"]["entities.strict.f1"]["n"].clone();
    assert_eq!((predicted("seqeval"), predicted("conlleval")), (2.into(), 2.into()));
    let cli = files("a I-X\nb O\n", "a I-X\nb O\n");
    let scores = |preset: &str| value(&json(&cli, &["--preset", preset]), "entities.strict.f1");
    assert_eq!(scores("seqeval"), Some(1.0));
    assert_eq!(scores("seqeval-strict-iob1"), Some(1.0));
    assert_eq!(scores("seqeval-strict-iob2"), Some(0.0));
}

#[test]
fn spans_are_scored_as_sets_under_these_presets() {
    let cli = Cli::new();
    let entity = |start, end, label| format!(r#"{{"start": {start}, "end": {end}, "label": "{label}"}}"#);
    let line = |entities: &[String]| format!(r#"{{"id": "a", "entities": [{}]}}"#, entities.join(", "));
    cli.write("g.conll.json", line(&[entity(0, 3, "A"), entity(4, 6, "B")]));
    cli.write("p.conll.json", line(&[entity(0, 3, "A"), entity(0, 3, "A"), entity(4, 6, "C")]));
    let args = ["score", "--gold", "g.conll.json", "--pred", "p.conll.json", "--preset", "seqeval", "--format", "json"];
    let output = cli.karat(&args).output().unwrap();
    let scores: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(value(&scores, "entities.strict.f1"), Some(0.5));
    assert!(scores["metrics"].get("entities.accuracy").is_none());
}

#[test]
fn tags_are_converted_as_entities() {
    let cli = files(GOLD, GOLD);
    assert!(cli.karat(&["convert", "g.conll", "--to", "karat", "--out", "g.jsonl"]).status().unwrap().success());
    let first: Value = serde_json::from_str(cli.read("g.jsonl").lines().next().unwrap()).unwrap();
    assert_eq!(first["entities"].as_array().unwrap().len(), 3);
    assert_eq!(first["text"], "Ada Lovelace met Bo\nIn Oslo");
}

/// An entity that begins as X and ends as Z counts as a right Z: the script prints 200 % for Z, and
/// 50 % for X.
#[test]
fn conlleval_gives_more_than_everything() {
    let lines = "a B-Z\n\nb M-X\nc O-X\nd O-Z\ne M-Z\n\nf B-X\n";
    let scores = json(&files(lines, lines), &["--preset", "conlleval"]);
    assert_eq!(value(&scores, "entities.strict[Z].precision"), Some(2.0));
    assert_eq!(value(&scores, "entities.strict[X].recall"), Some(0.5));
    assert_eq!(value(&scores, "entities.strict.f1"), Some(1.0));
    assert!(scores["metrics"]["entities.strict[Z].precision"]["high"].is_null());
}

/// One file for both sides is conlleval's: the last two columns are the golden and the predicted
/// tags.
#[test]
fn one_file_with_both_columns() {
    let cli = Cli::new();
    cli.write("eval.txt", "a NN B-X B-X\nb NN I-X O\n\nc NN B-Y B-Y\n\n");
    let args = ["score", "--gold", "eval.txt", "--pred", "eval.txt", "--preset", "conlleval"];
    assert_cmd!("tokens_one_file", cli.karat(&args));
}

#[test]
fn documents_are_named_by_comments_and_sentences_by_numbers() {
    let Recovered { value: entries, diagnostics } =
        tokens::read(Path::new("x"), "# id = one\n-DOCSTART- O\n\na O\n-DOCSTART- O\n# id = two\n\nb O\n");
    assert_eq!(diagnostics, []);
    let ids: Vec<_> = entries.iter().map(|entry| (entry.id.as_str(), entry.text.as_deref().unwrap())).collect();
    assert_eq!(ids, [("one", "a"), ("two", "b")]);
    let entries = tokens::read(Path::new("x"), &"a b O\n# c O\n\n".repeat(10)).value;
    assert_eq!((entries[0].id.as_str(), entries[9].id.as_str()), ("01", "10"));
    assert_eq!(entries[9].text.as_deref(), Some("a #"));
}

/// Sentences are joined by their number, not by the ids of documents.
#[test]
fn files_are_joined_by_sentences() {
    let bare: String = GOLD.lines().filter(|line| !line.starts_with('-')).map(|line| format!("{line}\n")).collect();
    let cli = files(GOLD, &bare);
    let scores = json(&cli, &["--preset", "seqeval"]);
    assert_eq!(value(&scores, "entities.strict.f1"), Some(1.0));
    assert_eq!(scores["metrics"]["entities.strict.f1"]["documents"], 2);
}

#[test]
fn offsets_are_those_of_the_documents() {
    let cli = files(GOLD, GOLD);
    cli.write("docs/1.txt", "Ada  Lovelace met Bo.\n\nIn Oslo!");
    cli.write("docs/2.txt", "“Zoë left.”");
    let args = [&SCORE[..], &["--documents", "docs", "--format", "csv", "--metric", "entities.strict.f1"]].concat();
    assert_cmd!("tokens_documents", cli.karat(&args));
    cli.write("docs/2.txt", "Zoe left.");
    assert_cmd!("tokens_not_in_document", cli.karat(&args));
}

macro_rules! token_diagnostic {
    ($name:ident, $gold:expr, $pred:expr $(, $more:expr)*) => {
        #[test]
        fn $name() {
            let cli = files($gold, $pred);
            assert_cmd!(stringify!($name), cli.karat(&[&SCORE[..], &[$($more),*]].concat()));
        }
    };
}

token_diagnostic!(tokens_one_column, "a O\nb\nc O\n", "a O\n");
token_diagnostic!(tokens_ragged_columns, "a NN O\nb O\n", "a NN O\nb VB X O\n");
token_diagnostic!(tokens_empty_tag, "a\tO\nZoë\t\n\tO\n", "a\tO\n");
token_diagnostic!(tokens_none, "\n\n# id = 1\n", "a O\n");
token_diagnostic!(tokens_same_id, "# id = a\n-DOCSTART- O\na O\n\n# id = a\n-DOCSTART- O\nb O\n", "a O\n");
token_diagnostic!(tokens_other_token, GOLD, &GOLD.replace("Oslo", "Bergen"));
token_diagnostic!(tokens_other_length, GOLD, &GOLD.replace("met VBD B-VP O\n", ""));
token_diagnostic!(tokens_sentence_missing, GOLD, &GOLD.replace("Zoë NNP B-NP B-PER\nleft VBD B-VP O\n", ""));
token_diagnostic!(tokens_sentence_too_many, GOLD, &format!("{GOLD}\nAgain RB O O\n"));
token_diagnostic!(
    tokens_of_another_scheme,
    GOLD,
    &with_tags("B-PER E-PER O S-PER O U-LOC PER O"),
    "--preset",
    "seqeval-strict-iob2"
);

#[test]
fn strict_reading_names_what_is_no_scheme() {
    let entries = tokens::read(Path::new("x.conll"), "# id = 1\n\na O\nb I-PER\nc B-PER\nd I-LOC\ne S-X\n").value;
    let tags = entries[0].annotations.tags.as_ref().unwrap();
    let diagnostics: Vec<String> = tokens::strict(tags, Scheme::Iob2).iter().map(ToString::to_string).collect();
    insta::assert_snapshot!("tokens_strict_reading", diagnostics.join("\n"));
    assert_eq!(tokens::strict(tags, Scheme::Iobes).len(), 3);
}

#[test]
fn what_tokens_cannot_carry_is_listed() {
    let document = Document::new("a", "Ada Lovelace, Oslo. New York");
    let mut entities: Vec<Entity> = [(0, 12, "PER"), (4, 12, "PER"), (1, 3, "X"), (14, 18, "B C"), (20, 28, "LOC")]
        .map(|(start, end, label)| Entity::new(Span::new(start, end), label))
        .into();
    entities[4].fragments = vec![(20, 23), (24, 28)];
    let (lines, losses) = tokens::write(&document, &entities, Scheme::Bilou);
    let losses: Vec<String> =
        losses.iter().map(|loss| format!("{}..{}: {}", loss.entity.start, loss.entity.end, loss.why)).collect();
    insta::assert_snapshot!("tokens_losses", format!("{lines}{}", losses.join("\n")));
}

fn text_with_entities() -> impl Strategy<Value = (String, Vec<Entity>)> {
    let text = prop_oneof![
        "[a-cA-C .,!?#'\n-]{0,60}",
        "(Ada|Bo|Dr\\. No|Zoë|東京|👩‍👩‍👧|e\u{301}|3\\.14|U\\.S\\.|[ \t\n\u{a0}\u{3000}.,;]){0,20}",
        any::<String>(),
    ];
    text.prop_flat_map(|text| {
        let length = text.chars().count() as u32;
        let entity =
            (0..=length, 1..6_u32, prop_oneof!["[A-C]", "A-B", "_", "-", "é"]).prop_map(move |(start, size, label)| {
                Entity { start, end: (start + size).min(length), label, ..Entity::default() }
            });
        (Just(text), prop::collection::vec(entity, 0..8))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    /// What is written and not lost comes back, by any scheme, at the same place in the text.
    #[test]
    fn writing_and_reading_keeps_entities((text, entities) in text_with_entities()) {
        let document = Document::new("a", text);
        for scheme in Scheme::ALL {
            let (lines, losses) = tokens::write(&document, &entities, scheme);
            let key = |entity: &Entity| (entity.start, entity.end, entity.label.clone());
            let lost: Vec<_> = losses.iter().map(|loss| key(&loss.entity)).collect();
            let mut expected: Vec<_> = entities.iter().map(key).collect();
            for lost in &lost {
                let at = expected.iter().position(|entity| entity == lost).expect("what is lost was there");
                expected.remove(at);
            }
            expected.sort();
            let Recovered { value: mut entries, diagnostics } = tokens::read(Path::new("x.conll"), &lines);
            prop_assert_eq!(&diagnostics, &[]);
            prop_assert_eq!(&entries[0].id, "a");
            let tags = entries[0].annotations.tags.as_mut().unwrap();
            prop_assert_eq!(tags.place_in(document.text()), Ok(()));
            // Strict schemes take hyphens off labels; seqeval's IOE1 does not know an `E-` behind
            // `O`.
            if scheme != Scheme::Ioe1 && !entities.iter().any(|entity| entity.label == "-") {
                prop_assert_eq!(tokens::strict(tags, scheme), vec![]);
                let places = tags.ranges();
                let first = tags.tokens().start;
                let mut found = scheme.chunks(tags).into_iter().map(|chunk| {
                    let (start, end) = (places[(chunk.first - first) as usize].0, places[(chunk.last - first) as usize].1);
                    (start, end, tags.file.names[chunk.name as usize].strict_label.to_string())
                }).collect::<Vec<_>>();
                found.sort();
                prop_assert_eq!(found, expected.clone());
            }
            // The lenient reading does not know `U-` and `L-`.
            if scheme != Scheme::Bilou {
                let mut annotations = Annotations { tags: Some(tags.clone()), ..Annotations::default() };
                annotations.decode_tags();
                let mut found: Vec<_> = annotations.entities.unwrap().iter().map(key).collect();
                found.sort();
                prop_assert_eq!(found, expected);
            }
        }
    }

    /// Whatever a file holds, every line is a token, a comment, a break or an error.
    #[test]
    fn no_token_file_breaks_the_reader(text in prop_oneof![any::<String>(), "(-DOCSTART-|# id = |#|a|O|B-X|é|[ \t\n\r]){0,30}"]) {
        let Recovered { value: entries, diagnostics } = tokens::read(Path::new("x.conll"), &text);
        prop_assert!(diagnostics.iter().all(|diagnostic| diagnostic.file.is_some()));
        for entry in entries {
            let mut annotations = entry.annotations;
            annotations.decode_tags();
            let length = entry.text.unwrap().chars().count() as u32;
            prop_assert!(annotations.entities.unwrap().iter().all(|entity| entity.start < entity.end && entity.end <= length));
        }
    }
}

/// A scheme that is named is kept to; without, any sequence of tags is read.
#[test]
fn a_named_scheme_is_read_strictly() {
    let cli = Cli::new();
    cli.write("gold.conll", "Ada U-PER\nmet O\nBo B-PER\nLi L-PER\n\nOslo U-GPE\n");
    cli.write("pred.conll", "Ada B-PER\nmet O\nBo I-PER\nLi L-PER\n\nOslo U-GPE\n");
    let score = |more: &[&str]| cli.karat(&[&["score", "--gold", "gold.conll", "--pred", "pred.conll"], more].concat());
    assert_cmd!("scheme_gold_is_bilou", score(&["--gold-from", "bilou"]));
    assert_cmd!("scheme_pred_is_not", score(&["--from", "bilou"]));
    assert_cmd!("scheme_of_other_letters", score(&["--gold-from", "iob2"]));
    cli.write("iob2.conll", "Ada B-PER\nBo B-PER\nLi I-PER\n");
    for to in ["iob1", "iob2", "ioe2", "iobes", "bilou"] {
        let out = format!("{to}.txt");
        let there =
            cli.karat(&["convert", "iob2.conll", "--from", "iob2", "--to", to, "--out", &out]).status().unwrap();
        let back = cli.karat(&["convert", &out, "--from", to, "--to", "iob2", "--out", "back.conll", "--force"]);
        assert!(there.success() && { back }.status().unwrap().success());
        assert!(cli.read("back.conll").contains("Ada B-PER\nBo B-PER\nLi I-PER\n"), "{to}: {}", cli.read("back.conll"));
    }
    // The scheme has no tags for an entity of one word directly before another of its label.
    assert_cmd!("scheme_without_tags", cli.karat(&["convert", "iob2.conll", "--to", "ioe1", "--out", "ioe1.txt"]));
}

/// Coreference converts there and back.
#[test]
fn coreference_is_converted() {
    let cli = Cli::new();
    cli.write("gold.jsonl", r#"{"id": "a", "text": "Ada met her sister .", "coreference": [{"mentions": [{"start": 0, "end": 3}, {"start": 8, "end": 11}]}, {"mentions": [{"start": 8, "end": 18}]}]}"#);
    assert_cmd!(
        "coreference_to_conll2012",
        cli.karat(&["convert", "gold.jsonl", "--to", "conll2012", "--out", "x.conll"])
    );
    insta::assert_snapshot!("coreference_written", cli.read("x.conll"));
    let mut score = cli.karat(&[
        "score",
        "--gold",
        "gold.jsonl",
        "--pred",
        "x.conll",
        "--pred-from",
        "conll2012",
        "--metric",
        "coreference.conll",
    ]);
    assert_cmd!("coreference_scored", score);
}

/// A text whose every token looks like the beginning of a comment.
#[test]
fn a_token_file_of_nothing_but_number_signs() {
    let document = Document::new("a", "# #");
    let entity = Entity { start: 2, end: 3, label: "A".to_owned(), ..Entity::default() };
    let (lines, losses) = tokens::write(&document, &[entity], Scheme::Iob2);
    assert!(losses.is_empty());
    let Recovered { value: mut entries, diagnostics } = tokens::read(Path::new("x.conll"), &lines);
    assert_eq!(diagnostics, []);
    let tags = entries[0].annotations.tags.as_mut().unwrap();
    assert_eq!((tags.place_in(document.text()), tags.ranges().len()), (Ok(()), 2));
}
