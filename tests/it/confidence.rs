//! Confidences: their figures, their curves, and the messages if some are missing.

use std::collections::BTreeMap;

use karat::document::{Annotations, Entity, Layer, Reference, Span};
use karat::metric::Options;
use karat::score::{Answer, Scores, Settings, System, score};
use proptest::prelude::*;
use serde_json::Value;

use crate::cli::{Cli, assert_cmd};

const GOLD: &str = r#"{"id": "a", "text": "Ada met Bo in Oslo.", "entities": [{"start": 0, "end": 3, "label": "PERSON"}, {"start": 8, "end": 10, "label": "PERSON"}, {"start": 14, "end": 18, "label": "GPE"}], "key_sentences": [{"start": 0, "end": 19}]}
{"id": "b", "text": "Nothing but Rome.", "entities": [{"start": 12, "end": 16, "label": "GPE"}]}
"#;
const PRED: &str = r#"{"id": "a", "entities": [{"start": 0, "end": 3, "label": "PERSON", "confidence": 0.97}, {"start": 14, "end": 18, "label": "ORG", "confidence": 0.6}, {"start": 8, "end": 10, "label": "PERSON", "confidence": 0.6}], "key_sentences": [{"start": 0, "end": 19, "confidence": 0.75}]}
{"id": "b", "entities": [{"start": 12, "end": 16, "label": "GPE", "confidence": 0.85}, {"start": 0, "end": 7, "label": "ORG", "confidence": 0.3}]}
"#;

fn files() -> Cli {
    let cli = Cli::new();
    cli.write("gold.jsonl", GOLD);
    cli.write("pred.jsonl", PRED);
    cli
}

fn with<'a>(args: &[&'a str]) -> Vec<&'a str> {
    [&["score", "--gold", "gold.jsonl", "--pred", "pred.jsonl"], args].concat()
}

fn json(cli: &Cli, args: &[&str]) -> Value {
    cli.json(&with(args))
}

#[test]
fn every_format() {
    let cli = files();
    let metrics = ["--metric", "entities.confidence", "--metric", "key_sentences.confidence"];
    assert_cmd!("confidence_table", cli.karat(&with(&metrics)));
    assert_cmd!("confidence_md", cli.karat(&with(&[&metrics[..], &["--format", "md"]].concat())));
    let json = ["--metric", "entities.confidence.average_precision", "--format", "json", "--curves"];
    cli.write("options.toml", "[confidence]\nbins = 2\n");
    assert_cmd!("confidence_curves", cli.karat(&with(&[&json[..], &["--options", "options.toml"]].concat())));
}

/// The figures of the example by hand: surest first, right, right, one of two right, wrong; four
/// gold items.
#[test]
fn the_figures_by_hand() {
    let scores = json(&files(), &[]);
    let value = |stat: &str| scores["metrics"][format!("entities.confidence.{stat}")]["value"].as_f64().unwrap();
    let expected = [
        ("average_precision", (1.0 + 1.0 + 0.75) / 4.0),
        ("best_f1", 0.75),
        ("best_precision", 0.75),
        ("best_recall", 0.75),
        ("best_threshold", 0.6),
        ("brier", (0.03f64.powi(2) + 0.15f64.powi(2) + 0.36 + 0.16 + 0.09) / 5.0),
        ("aurc", (0.5 / 3.0 + 1.0 / 4.0 + 2.0 / 5.0) / 5.0),
        ("ece", (0.03 + 0.15 + 2.0 * 0.1 + 0.3) / 5.0),
        ("mce", 0.3),
        ("accuracy@50", 2.5 / 3.0),
        ("accuracy@80", 0.75),
        ("accuracy@90", 0.6),
    ];
    for (stat, expected) in expected {
        assert!((value(stat) - expected).abs() < 1e-12, "{stat}: {} and not {expected}", value(stat));
    }
    let figure = &scores["metrics"]["entities.confidence.average_precision"];
    assert_eq!((&figure["n"], &figure["predicted"]), (&4.into(), &5.into()));
    assert!(figure["low"].is_null());
    assert!(scores.get("curves").is_none());
}

#[test]
fn options_set_the_scheme_and_the_labels() {
    let cli = files();
    cli.write("options.toml", "[confidence]\nscheme = \"exact\"\nlabels = true\ncoverages = [100]\n");
    let scores = json(&cli, &["--options", "options.toml"]);
    let value = |name: &str| scores["metrics"][name]["value"].as_f64();
    // Under `exact` the wrong label is right, but not for its label.
    assert_eq!(value("entities.confidence.accuracy@100"), Some(0.8));
    assert_eq!(value("entities.confidence[ORG].accuracy@100"), Some(0.0));
    assert_eq!(value("entities.confidence[ORG].average_precision"), None);
    assert_eq!(value("entities.confidence[PERSON].average_precision"), Some(1.0));
    assert_eq!(value("entities.confidence[GPE].average_precision"), Some(0.5));
    assert_eq!(value("entities.confidence.macro.average_precision"), Some(0.75));
    assert_eq!(
        scores["metrics"]["entities.confidence.ece"]["signature"],
        "spans|align:karat-1|scheme:exact|confidence:all-aligned|ties:grouped|bins:10|unanswered:left-out"
    );
}

#[test]
fn where_some_lack_a_confidence_nothing_is_ranked() {
    let cli = files();
    cli.write("pred.jsonl", PRED.replace(", \"confidence\": 0.85", ""));
    assert_cmd!("confidence_incomplete", cli.karat(&with(&["--metric", "entities.confidence"])));
    assert_cmd!(
        "confidence_incomplete_md",
        cli.karat(&with(&["--metric", "entities.confidence", "--format", "md", "--layer", "entities"]))
    );
    let scores = json(&cli, &["--zero-division", "0", "--curves"]);
    assert!(scores["metrics"]["entities.confidence.brier"]["value"].is_null());
    assert!(scores["curves"].get("entities").is_none());
}

#[test]
fn without_confidences_there_are_no_figures() {
    let cli = files();
    cli.write("pred.jsonl", GOLD);
    let scores = json(&cli, &["--curves"]);
    assert!(scores["metrics"].as_object().unwrap().keys().all(|name| !name.contains("confidence")));
    assert_eq!(scores["curves"], serde_json::json!({}));
    assert!(scores.get("warnings").is_none());
    cli.write("options.toml", "[spans]\nbeta = 2\n");
    let scores = json(&cli, &["--options", "options.toml"]);
    assert!(scores["metrics"].get("entities.strict.f2").is_some());
    assert!(scores["metrics"].as_object().unwrap().keys().all(|name| !name.contains("confidence")));
}

/// A relation and an event that are right, and one of each that is wrong and less sure; one more of
/// each is missed.
#[test]
fn relations_and_events() {
    let cli = Cli::new();
    let entities = r#""entities": [{"id": "T1", "start": 0, "end": 3, "label": "A"}, {"id": "T2", "start": 4, "end": 7, "label": "A"}]"#;
    let relation = |label: &str, sure: &str| format!(r#"{{"label": "{label}", "head": "T1", "tail": "T2"{sure}}}"#);
    let event = |label: &str, start: u32, sure: &str| {
        format!(r#"{{"label": "{label}", "trigger": {{"start": {start}, "end": {}}}{sure}}}"#, start + 3)
    };
    let document = |relations: [String; 2], events: [String; 2]| {
        let (relations, events) = (relations.join(", "), events.join(", "));
        format!(r#"{{"id": "a", {entities}, "relations": [{relations}], "events": [{events}]}}"#)
    };
    let (sure, unsure) = (r#", "confidence": 0.9"#, r#", "confidence": 0.4"#);
    let gold = document([relation("R", ""), relation("S", "")], [event("E", 0, ""), event("F", 4, "")]);
    let pred = document([relation("R", sure), relation("Q", unsure)], [event("E", 0, sure), event("Q", 4, unsure)]);
    cli.write("gold.jsonl", gold);
    cli.write("pred.jsonl", &pred);
    let scores = json(&cli, &[]);
    for layer in ["relations", "events"] {
        let value = |stat: &str| scores["metrics"][format!("{layer}.confidence.{stat}")]["value"].as_f64();
        assert_eq!(value("average_precision"), Some(0.5), "{layer}");
        assert_eq!(value("best_threshold"), Some(0.9), "{layer}");
        assert!((value("brier").unwrap() - (0.01 + 0.16) / 2.0).abs() < 1e-12, "{layer}");
    }
    cli.write("pred.jsonl", pred.replace("0.4", "1.4"));
    let output = cli.karat(&with(&[])).output().unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap().matches("a confidence must be between 0 and 1").count(), 2);
}

#[test]
fn diagnostics() {
    let cli = files();
    for (at, options) in ["scheme = \"best\"", "bins = 0", "coverages = [80, 101]", "bin = 3"].iter().enumerate() {
        cli.write("options.toml", format!("[confidence]\n{options}\n"));
        assert_cmd!(format!("confidence_option_{at}"), cli.karat(&with(&["--options", "options.toml"])));
    }
    cli.write("pred.jsonl", PRED.replace("0.97", "-0.1").replace("0.75", "75"));
    assert_cmd!("confidence_out_of_range", cli.karat(&with(&[])));
}

type Predicted = (u32, usize, u32, bool);

/// Entities at few places with few labels and confidences, so that copies and ties are common.
fn annotations(entities: &[Predicted]) -> Annotations {
    let entity = |&(start, label, tenths, is_sure): &Predicted| Entity {
        confidence: is_sure.then_some(f64::from(tenths) / 10.0),
        ..Entity::new(Span::new(start, start + 3), ["A", "B"][label])
    };
    Annotations { entities: Some(entities.iter().map(entity).collect()), ..Annotations::default() }
}

fn scores(documents: &[(Vec<Predicted>, Vec<Predicted>)], labels: bool) -> Scores {
    let ids = || (0..documents.len()).map(|number| format!("d{number}"));
    let reference = |gold: &[Predicted]| Reference { gold: annotations(gold), ..Reference::default() };
    let references: BTreeMap<_, _> = ids().zip(documents).map(|(id, (gold, _))| (id, reference(gold))).collect();
    let answers = ids().zip(documents).map(|(id, (_, found))| (id, Answer::ok(annotations(found)))).collect();
    let system = System { name: "x".to_owned(), declared: [Layer::Entities].into(), answers };
    let mut options = Options::default();
    options.confidence.labels = labels;
    score(&references, &system, &Settings { options, ..Settings::default() })
}

fn entities(all_sure: bool) -> impl Strategy<Value = Vec<Predicted>> {
    let sure = if all_sure { Just(true).boxed() } else { prop::bool::weighted(0.9).boxed() };
    prop::collection::vec((0..12u32, 0..2usize, 0..11u32, sure), 0..10)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Shuffling predictions, copies with other confidences among them, changes no figure.
    #[test]
    fn order_changes_nothing(documents in prop::collection::vec((entities(true), entities(false)), 1..4), turn in 0..10usize) {
        let mut shuffled = documents.clone();
        for (gold, found) in &mut shuffled {
            gold.reverse();
            let by = turn % found.len().max(1);
            found.rotate_left(by);
        }
        prop_assert_eq!(scores(&documents, true), scores(&shuffled, true));
    }

    /// Right and all predictions and the gold items are those of the scheme; every figure lies
    /// between 0 and 1.
    #[test]
    fn the_ranking_holds_what_the_scheme_counts(documents in prop::collection::vec((entities(true), entities(true)), 1..4)) {
        let scores = scores(&documents, false);
        let Some(ranked) = &scores.layers[0].ranking else {
            prop_assert!(documents.iter().all(|(_, found)| found.is_empty()));
            return Ok(());
        };
        let strict = scores.figures().find(|figure| figure.name.to_string() == "entities.strict.f1").unwrap();
        prop_assert_eq!(ranked.ranking.right(), strict.counts.unwrap().correct);
        prop_assert_eq!(ranked.ranking.ranked(), strict.predicted.unwrap());
        prop_assert_eq!(ranked.ranking.gold(), strict.gold);
        let value = |stat: &str| {
            let name = format!("entities.confidence.{stat}");
            scores.figures().find(|figure| figure.name.to_string() == name).unwrap().value
        };
        for figure in scores.figures().filter(|figure| figure.name.metric == "confidence") {
            prop_assert!(figure.value.is_none_or(|value| (0.0..=1.0).contains(&value)), "{}: {:?}", figure.name, figure.value);
        }
        // The threshold that keeps everything is one of those to choose from.
        prop_assert!(value("best_f1").unwrap() >= strict.value.unwrap());
        prop_assert!(value("ece").unwrap() <= value("mce").unwrap() + 1e-12);
        // By Jensen's inequality, with one bin a confidence.
        prop_assert!(ranked.ranking.expected_calibration_error(1).unwrap().powi(2) <= value("brier").unwrap() + 1e-12);
    }
}

/// Neighbouring doubles: the one that is right is the surer one by the last bit.
#[test]
fn neighbouring_confidences_stay_two() {
    let cli = Cli::new();
    cli.write("gold.jsonl", r#"{"id": "a", "text": "Ada met Bo", "entities": [{"start": 0, "end": 3, "label": "P"}]}"#);
    let (low, high) = ("0.23333333333333334", "0.23333333333333336");
    for (right, wrong, expected) in [(high, low, 1.0), (low, high, 0.5), (low, low, 0.5)] {
        let entity = |start: u32, end: u32, sure: &str| {
            format!(r#"{{"start": {start}, "end": {end}, "label": "P", "confidence": {sure}}}"#)
        };
        cli.write(
            "pred.jsonl",
            format!(r#"{{"id": "a", "entities": [{}, {}]}}"#, entity(8, 10, wrong), entity(0, 3, right)),
        );
        cli.write("pred.csv", format!("document,start,end,label,confidence\na,8,10,P,{wrong}\na,0,3,P,{right}\n"));
        for file in ["pred.jsonl", "pred.csv"] {
            let scores = cli.json(&["score", "--gold", "gold.jsonl", "--pred", file, "--curves"]);
            let value = |stat: &str| scores["metrics"][format!("entities.confidence.{stat}")]["value"].clone();
            assert_eq!(value("average_precision"), expected, "{file} {right} {wrong}");
            assert_eq!(value("best_threshold"), right.parse::<f64>().unwrap(), "{file} {right} {wrong}");
        }
        let convert =
            ["convert", "pred.jsonl", "--documents", "gold.jsonl", "--to", "csv", "--out", "again.csv", "--force"];
        assert!(cli.karat(&convert).output().unwrap().status.success());
        let again = cli.read("again.csv");
        assert!(again.contains(right) && again.contains(wrong), "{again}");
    }
}
