//! Tests that streamed files give the same scores as the same files loaded completely.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use proptest::prelude::*;
use tempfile::TempDir;

use super::{Obstacle, StreamedFiles, count_token_files};
use crate::corpus::{Predictions, ReadAs, load_any_predictions_as, load_golden_as};
use crate::format::tokens::TokenOptions;
use crate::score::{Engine, Missing, Policy, Scores, Settings, System, score};

/// A generated document: its golden spans, its predicted ones if it has any, and a number that
/// chooses the other content of its lines.
type Drawn = (Vec<(u32, u32, u8)>, Option<Vec<(u32, u32, u8)>>, u8);

fn spans() -> impl Strategy<Value = Vec<(u32, u32, u8)>> {
    prop::collection::vec((0..30_u32, 1..6_u32, 0..4_u8), 0..6)
}

fn line(at: usize, spans: &[(u32, u32, u8)], with: u8) -> String {
    let entity = |(start, length, label): &(u32, u32, u8)| {
        let label = ["B", "A", "\u{c9}", "C"][*label as usize];
        format!(r#"{{"start": {start}, "end": {}, "label": "{label}"}}"#, start + length)
    };
    let entities = spans.iter().map(entity).collect::<Vec<_>>().join(", ");
    let more = match with {
        0 => r#", "text": "a text of some forty letters, more or less""#,
        1 => r#", "ignore": [{"start": 0, "end": 4}]"#,
        2 => "\r\n",
        _ => "",
    };
    let (more, end) = if with == 2 { ("", "\r\n\n") } else { (more, "\n") };
    format!(r#"{{"id": "d{at}", "entities": [{entities}]{more}}}{end}"#)
}

fn write(folder: &TempDir, documents: &[Drawn], turned: usize) -> [std::path::PathBuf; 2] {
    let (mut gold, mut predicted) = (String::new(), Vec::new());
    for (at, (golden, found, with)) in documents.iter().enumerate() {
        gold.push_str(&line(at, golden, *with));
        match found {
            Some(found) => predicted.push(line(at, found, with / 2)),
            None => {
                let mut failed = String::new();
                let _ = writeln!(failed, r#"{{"id": "d{at}", "error": "no"}}"#);
                predicted.push(failed);
            }
        }
    }
    let turned = turned.min(predicted.len());
    predicted[..turned].reverse();
    let files = ["gold.jsonl", "pred.jsonl"].map(|name| folder.path().join(name));
    fs::write(&files[0], gold).unwrap();
    fs::write(&files[1], predicted.concat()).unwrap();
    files
}

/// Streams files in windows of the given size in bytes.
fn streamed<'s>(
    window: usize,
    files: [&Path; 2],
    missing: Missing,
    settings: &'s Settings,
) -> Result<Engine<'s>, Obstacle> {
    let files = StreamedFiles { window, ..StreamedFiles::new(files, Policy { missing, ..Policy::default() }) };
    files.count(|| Engine::new(settings))
}

fn loaded(gold: &Path, predicted: &Path, settings: &Settings) -> Scores {
    loaded_as(gold, predicted, &ReadAs::default(), settings)
}

fn loaded_as(gold: &Path, predicted: &Path, read_as: &ReadAs<'_>, settings: &Settings) -> Scores {
    let references = load_golden_as(gold, read_as.clone(), &BTreeMap::new()).into_result().unwrap();
    let Predictions { answers, unknown_ids, diagnostics } =
        load_any_predictions_as(predicted, read_as.clone(), &references);
    assert!(diagnostics.is_empty() && unknown_ids.is_empty(), "{diagnostics:?}");
    let declared = references.values().flat_map(|reference| reference.gold.layers()).collect();
    score(&references, &System { name: "x".to_owned(), declared, answers }, settings)
}

proptest! {
    #[test]
    fn in_step_and_loaded_are_the_same(
        documents in prop::collection::vec((spans(), prop::option::weighted(0.9, spans()), 0..8_u8), 1..40),
        turned in prop_oneof![Just(0_usize), 0..40_usize],
        window in prop_oneof![Just(1_usize), 100..2_000_usize, Just(1 << 20)],
    ) {
        let folder = TempDir::new().unwrap();
        let [gold, predicted] = write(&folder, &documents, turned);
        let settings = Settings { documents: false, examples: true, ..Settings::default() };
        let expected = loaded(&gold, &predicted, &settings);
        let streamed = streamed(window, [&gold, &predicted], Missing::Error, &settings).unwrap();
        let declared = streamed.layers().0.clone();
        prop_assert_eq!(streamed.finish(&declared), expected);
    }
}

/// Returns a text by number: none, an empty one, or one of several that share words.
fn text(number: u8) -> Option<String> {
    const WORDS: [&str; 6] = ["rain", "fell", "Rain\\n", "in", "\u{c9}vora.", "41"];
    let words = (0..number.saturating_sub(1)).map(|at| WORDS[usize::from(at * number) % WORDS.len()]);
    (number > 0).then(|| words.collect::<Vec<_>>().join(" "))
}

fn line_of_summaries(at: usize, first: u8, rest: &[u8], with: u8) -> String {
    let quoted = |number: u8| text(number).map(|text| format!("{text:?}").replace("\\\\", "\\"));
    let summaries = match (quoted(first), rest) {
        (Some(only), []) => format!("\"summaries\": null, \"summary\": {only}"),
        (first, rest) => {
            let all: Vec<String> = first.into_iter().chain(rest.iter().filter_map(|number| quoted(*number))).collect();
            format!("\"summaries\": [{}]", all.join(", "))
        }
    };
    let more = match with {
        0 => r#", "meta": {"a": 1}"#,
        1 => r#", "keyphrases": ["rain", "heavy rain"]"#,
        _ => "",
    };
    // Ids in an order other than that of the lines.
    let id = at * 7 % 41;
    format!("{{\"id\": \"d{id}\", {summaries}{more}}}\n")
}

proptest! {
    #[test]
    fn summaries_in_step_and_loaded_are_the_same(
        documents in prop::collection::vec(
            (0..7_u8, prop::collection::vec(1..7_u8, 0..3), prop::option::weighted(0.9, 0..7_u8), 0..9_u8), 1..40),
        turned in prop_oneof![Just(0_usize), 0..40_usize],
        window in prop_oneof![Just(1_usize), 100..2_000_usize, Just(1 << 20)],
        preset in prop_oneof![Just(""), Just("rouge_score"), Just("rouge155"), Just("sacrebleu")],
    ) {
        let (mut gold, mut predicted) = (String::new(), Vec::new());
        for (at, (first, rest, found, with)) in documents.iter().enumerate() {
            gold.push_str(&line_of_summaries(at, *first, rest, *with));
            predicted.push(match found {
                Some(found) => line_of_summaries(at, *found, &[], *with),
                None => format!("{{\"id\": \"d{}\", \"error\": \"no\"}}\n", at * 7 % 41),
            });
        }
        let turned = turned.min(predicted.len());
        predicted[..turned].reverse();
        let folder = TempDir::new().unwrap();
        let files = ["gold.jsonl", "pred.jsonl"].map(|name| folder.path().join(name));
        fs::write(&files[0], gold).unwrap();
        fs::write(&files[1], predicted.concat()).unwrap();
        let preset = crate::preset::find(preset);
        let mut settings = Settings { documents: false, examples: true, preset, ..Settings::default() };
        settings.options.summaries.variable_references = true;
        let expected = loaded(&files[0], &files[1], &settings);
        let streamed = streamed(window, [&files[0], &files[1]], Missing::Count, &settings).unwrap();
        let declared = streamed.layers().0.clone();
        prop_assert_eq!(streamed.finish(&declared), expected);
    }
}

#[test]
fn what_a_preset_refuses_is_loaded() {
    let folder = TempDir::new().unwrap();
    let files = ["gold.jsonl", "pred.jsonl"].map(|name| folder.path().join(name));
    let line = |at: usize, rest: &[u8]| line_of_summaries(at, 5, rest, 9);
    let preset = crate::preset::find("sacrebleu");
    let settings = Settings { documents: false, preset, ..Settings::default() };
    let is_streamed = |rest: [&[u8]; 2]| {
        fs::write(&files[0], line(0, rest[0]) + &line(1, rest[1])).unwrap();
        fs::write(&files[1], line(0, &[]) + &line(1, &[])).unwrap();
        match streamed(1 << 20, [&files[0], &files[1]], Missing::Error, &settings) {
            Ok(_) => true,
            Err(Obstacle::MustLoad) => false,
            Err(Obstacle::Diagnostics(diagnostics)) => panic!("{diagnostics:?}"),
        }
    };
    assert!(is_streamed([&[3], &[4]]));
    assert!(!is_streamed([&[3], &[]]));
}

#[test]
fn ids_that_come_twice_and_documents_without_a_partner_are_diagnostics() {
    let folder = TempDir::new().unwrap();
    let lines = |ids: &[usize]| ids.iter().map(|id| line(*id, &[(0, 3, 0)], 7)).collect::<String>();
    let settings = Settings { documents: false, ..Settings::default() };
    let [gold, predicted] = ["gold.jsonl", "pred.jsonl"].map(|name| folder.path().join(name));
    let diagnostics = |golden: &[usize], found: &[usize], window: usize| {
        fs::write(&gold, lines(golden)).unwrap();
        fs::write(&predicted, lines(found)).unwrap();
        let diagnostics = match streamed(window, [&gold, &predicted], Missing::Error, &settings) {
            Ok(_) => Vec::new(),
            Err(Obstacle::Diagnostics(diagnostics)) => diagnostics,
            Err(Obstacle::MustLoad) => panic!("nothing takes loaded files"),
        };
        diagnostics
            .iter()
            .map(|diagnostic| (diagnostic.message.clone(), diagnostic.position.map(|(line, _)| line)))
            .collect::<Vec<_>>()
    };
    for window in [1, 150, 1 << 20] {
        let twice = |line| vec![("duplicate id \"d0\": a line above also has it".to_owned(), Some(line))];
        assert_eq!(diagnostics(&[0, 1, 2], &[0, 1, 2], window), []);
        assert_eq!(diagnostics(&[0, 1, 2, 0], &[0, 1, 2], window), twice(4));
        assert_eq!(diagnostics(&[0, 1, 2], &[0, 1, 0, 2], window), twice(3));
        let missing = [("there is no prediction for it".to_owned(), None)];
        assert_eq!(diagnostics(&[0, 1, 2], &[0, 2], window), missing);
        let unknown = [("no document has this id".to_owned(), Some(2))];
        assert_eq!(diagnostics(&[0, 1], &[0, 2, 1], window), unknown);
    }
}

proptest! {
    #[test]
    fn token_files_by_tags_and_loaded_are_the_same(
        lines in prop::collection::vec((0..9_u8, 0..9_u8, 0..12_u8), 1..60),
        has_openings: bool,
        has_bilou in prop::bool::weighted(0.1),
    ) {
        const TAGS: [&str; 9] = ["O", "O", "B-A", "I-A", "B-B", "I-B", "E-A", "S-C", "U-A"];
        let (mut gold, mut predicted) = (String::new(), String::new());
        for (at, (ours, theirs, more)) in lines.iter().enumerate() {
            let begin = match more {
                0 if has_openings => "-DOCSTART- O\n\n",
                0 | 1 => "\n",
                _ => "",
            };
            let theirs = if *more > 7 { ours } else { theirs };
            let [ours, theirs] = [ours, theirs].map(|tag| if has_bilou { *tag } else { tag % 8 });
            let _ = writeln!(gold, "{begin}t{at} {}", TAGS[ours as usize]);
            let _ = writeln!(predicted, "{begin}t{at} {}", TAGS[theirs as usize]);
        }
        let folder = TempDir::new().unwrap();
        let files = ["gold.conll", "pred.conll"].map(|name| folder.path().join(name));
        fs::write(&files[0], &gold).unwrap();
        fs::write(&files[1], &predicted).unwrap();
        for preset in ["seqeval", "seqeval-strict-iobes", "conlleval"] {
            let preset = Some(crate::preset::find(preset).unwrap());
            let settings = Settings { preset, ..Settings::default() }.figures_only();
            let decoder = preset.map(crate::preset::Preset::tag_decoder).unwrap_or_default();
            let read_as = ReadAs { tokens: TokenOptions { decoder, ..TokenOptions::default() }, ..ReadAs::default() };
            let counted = {
                let [gold, predicted] = files.each_ref().map(|file| (file.as_path(), read_as.clone()));
                count_token_files(&gold, &predicted, Engine::new(&settings))
            };
            let Some(engine) = counted else {
                // The IOBES scheme has no U prefix, and the other presets warn of it.
                prop_assert!(has_bilou);
                continue;
            };
            let expected = loaded_as(&files[0], &files[1], &read_as, &settings);
            let declared = engine.layers().0.clone();
            prop_assert_eq!(engine.finish(&declared), expected);
        }
    }
}
