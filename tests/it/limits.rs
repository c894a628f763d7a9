//! The limits of the input: what exceeds one is refused by name, and costs its document only. So
//! does a panic of a metric.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use karat::Scoring;
use karat::document::{Annotations, Entity, Layer, Span, Status};
use karat::metric::{Case, MetricGroup, Name, Options, Outcome, Signature, Statistic, StatisticKey, metric_groups_and};
use karat::preset::{NoReasons, Preset};

use crate::cli::{Cli, assert_cmd};

fn line(id: &str, entities: usize) -> String {
    let entity = |at: usize| format!(r#"{{"start": {}, "end": {}, "label": "L{}"}}"#, 2 * at, 2 * at + 1, at % 3);
    let entities: Vec<String> = (0..entities).map(entity).collect();
    format!("{{\"id\": \"{id}\", \"entities\": [{}]}}\n", entities.join(", "))
}

/// Golden files of two documents with two entities each, and predictions with three in one of them.
fn files() -> Cli {
    let cli = Cli::new();
    cli.write("gold.jsonl", line("a", 2) + &line("b", 2));
    cli.write("predicted.jsonl", line("a", 2) + &line("b", 3));
    cli
}

const SCORE: [&str; 6] = ["score", "--gold", "gold.jsonl", "--pred", "predicted.jsonl", "--options"];

fn score<'a>(options: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&SCORE[..], &[options], more].concat()
}

#[test]
fn a_prediction_with_too_many_items_fails_alone() {
    let cli = files();
    cli.write("options.toml", "[limits]\nitems = 2\n");
    assert_cmd!("limits_items", cli.karat(&score("options.toml", &["--format", "csv"])));
    cli.write("options.toml", "[limits]\nlabels = 2\n");
    let json = cli.json(&score("options.toml", &[]));
    let message = "`entities` has 3 different labels, and `labels` in [limits] allows 2";
    assert_eq!(json["documents"], serde_json::json!({"b": {"status": "failed", "message": message}}));
    cli.write("options.toml", "[limits]\nlabels = 3\n");
    let json = cli.json(&score("options.toml", &[]));
    assert_eq!(json["documents"], serde_json::json!({}));
}

/// Returns the message of the failed document `b`, which is predicted as given, and `None` if it is
/// scored.
fn failure(options: &str, prediction: &str) -> Option<String> {
    let cli = Cli::new();
    cli.write("options.toml", options);
    let gold = |id: &str| {
        format!(
            "{{\"id\": \"{id}\", \"entities\": [], \"events\": [], \"records\": {{\"r\": []}}, \"key_points\": []}}\n"
        )
    };
    cli.write("gold.jsonl", gold("a") + &gold("b"));
    cli.write("predicted.jsonl", gold("a") + &format!("{{\"id\": \"b\", {prediction}}}\n"));
    let json = cli.json(&score("options.toml", &[]));
    json["documents"]["b"]["message"].as_str().map(ToOwned::to_owned)
}

#[test]
fn the_parts_of_items_count() {
    let of = |most: usize, prediction: &str| failure(&format!("[limits]\nitems = {most}\n"), prediction);
    let cases = [
        (
            r#""entities": [{"start": 0, "end": 9, "fragments": [[0, 2], [5, 9]], "label": "A"}]"#,
            3,
            "`entities` has 3 items with their fragments and alternatives, and `items` in [limits] allows 2",
        ),
        (
            r#""entities": [{"id": "T", "start": 0, "end": 9, "label": "A"}, {"start": 1, "end": 2, "label": "A"}], "events": [{"label": "E", "trigger": {"start": 0, "end": 1}, "arguments": [{"role": "A", "target": "T"}, {"role": "B", "target": "T"}]}]"#,
            3,
            "`events` has 3 items with their arguments, and `items` in [limits] allows 2",
        ),
        (
            r#""records": {"r": [{"a": {"b": [1, 2, 3]}, "c": 5}]}"#,
            4,
            "`records.r` has 4 items with the elements of their lists, and `items` in [limits] allows 3",
        ),
    ];
    for (prediction, count, message) in cases {
        assert_eq!(of(count - 1, prediction).as_deref(), Some(message));
        assert_eq!(of(count, prediction), None);
    }
}

#[test]
fn roles_names_of_records_and_fields_count_as_labels() {
    let of = |most: usize, prediction: &str| failure(&format!("[limits]\nlabels = {most}\n"), prediction);
    let cases = [
        (
            r#""entities": [{"id": "T", "start": 0, "end": 9, "label": "A"}], "events": [{"label": "E", "trigger": {"start": 0, "end": 1}, "arguments": [{"role": "A", "target": "T"}, {"role": "B", "target": "T"}]}]"#,
            2,
            "`events` has 2 different roles, and `labels` in [limits] allows 1",
        ),
        (r#""records": {"r": [], "s": []}"#, 2, "`records` has 2 different names, and `labels` in [limits] allows 1"),
        (
            r#""records": {"r": [{"a": {"b": 1}}, {"a": {"b": 1}}, {"c": [{"b": 2}]}]}"#,
            4,
            "`records.r` has 4 different fields, and `labels` in [limits] allows 3",
        ),
    ];
    for (prediction, count, message) in cases {
        assert_eq!(of(count - 1, prediction).as_deref(), Some(message));
        assert_eq!(of(count, prediction), None);
    }
}

/// Files that are streamed and files that are loaded fail alike.
#[test]
fn compare_obeys_the_limits_of_the_options() {
    let cli = files();
    cli.write("base.jsonl", line("a", 2) + &line("b", 2));
    cli.write("options.toml", "[limits]\nitems = 2\n");
    let args = ["compare", "--gold", "gold.jsonl", "base.jsonl", "predicted.jsonl", "--options", "options.toml"];
    let (code, out, errors) = cli.run(&args);
    assert_eq!(code, 0, "{errors}");
    assert!(errors.contains("`entities` has 3 items, and `items` in [limits] allows 2"), "{errors}");
    assert!(out.contains("worse") || out.contains("inconclusive"), "{out}");
}

#[test]
fn a_golden_file_over_a_limit_is_refused_by_name() {
    let cli = files();
    cli.write("options.toml", "[limits]\nitems = 1\n");
    assert_cmd!("limits_golden", cli.karat(&score("options.toml", &[])));
}

#[test]
fn json_that_is_nested_too_deep_is_refused_where_it_is() {
    let cli = files();
    let nested = |depth: usize| format!(r#"{}1{}"#, "[".repeat(depth), "]".repeat(depth));
    cli.write("predicted.jsonl", line("a", 2) + &format!("{{\"id\": \"b\", \"meta\": {{\"x\": {}}}}}\n", nested(9)));
    cli.write("options.toml", "[limits]\njson_depth = 8\n");
    assert_cmd!("limits_depth", cli.karat(&score("options.toml", &[])));
    cli.write("predicted.jsonl", format!("{{\"id\": \"b\", \"meta\": {{\"x\": {}}}}}\n", nested(500)));
    assert_cmd!("limits_depth_default", cli.karat(&["score", "--gold", "gold.jsonl", "--pred", "predicted.jsonl"]));
    cli.write("predicted.jsonl", format!("{{\"id\": \"b\", \"entities\": {}}}\n", nested(500)));
    let (code, _, errors) = cli.run(&["score", "--gold", "gold.jsonl", "--pred", "predicted.jsonl"]);
    assert_eq!(code, 2, "{errors}");
}

#[test]
fn a_compressed_file_expands_up_to_the_limit() {
    let cli = files();
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all((line("a", 2) + &line("b", 2) + &"\n".repeat(100_000)).as_bytes()).unwrap();
    cli.write("predicted.jsonl.gz", encoder.finish().unwrap());
    cli.write("options.toml", "[limits]\ndecompressed = \"50KB\"\n");
    let args = ["score", "--gold", "gold.jsonl", "--pred", "predicted.jsonl.gz", "--options", "options.toml"];
    assert_cmd!("limits_decompressed", cli.karat(&args));
    cli.write("options.toml", "[limits]\ndecompressed = \"1MB\"\n");
    assert!(cli.karat(&args).status().unwrap().success());
}

#[test]
fn a_document_over_the_limit_is_refused_by_name() {
    let cli = Cli::with_dataset();
    cli.write("karat.toml", cli.read("karat.toml") + "\n[limits]\ndocument = 40\n");
    assert_cmd!("limits_document", cli.karat(&["run", "--quiet"]));
}

#[test]
fn an_answer_over_the_limit_costs_its_document() {
    let cli = Cli::with_dataset();
    cli.write("p.jsonl", line("a", 3) + &line("b", 1));
    let config = cli.read("karat.toml");
    cli.write(
        "karat.toml",
        config + "\n[extractors.p]\nkind = \"predictions\"\npath = \"p.jsonl\"\n[limits]\nitems = 3\n",
    );
    let run = ["run", "--quiet", "--extractor", "p", "--out", "r"];
    assert!(cli.karat(&run).status().unwrap().success());
    cli.write("p.jsonl", line("a", 4) + &line("b", 1));
    let (code, _, errors) = cli.run(&["run", "--extractor", "p", "--out", "s"]);
    assert_eq!(code, 5, "{errors}");
    let predictions = cli.read("s/predictions/d/p.jsonl");
    assert!(predictions.contains("`entities` has 4 items, and `items` in [limits] allows 3"));
    assert_eq!(predictions.matches("\"error\"").count(), 1, "{predictions}");
}

#[cfg(unix)]
#[test]
fn a_reply_is_as_long_as_the_limits_allow_unless_the_extractor_says_otherwise() {
    let cli = Cli::with_dataset();
    cli.write("reply.sh", "#!/bin/sh\nprintf '{\"entities\": [], \"note\": \"%01000d\"}' 0\n");
    let extractor = "\n[extractors.x]\nkind = \"process\"\ncommand = [\"sh\", \"reply.sh\", \"{input}\"]\nlayers = [\"entities\"]\n";
    let config = cli.read("karat.toml") + extractor;
    let predictions = |more: &str, run: &str| {
        cli.write("karat.toml", format!("{config}{more}"));
        let (code, _, errors) = cli.run(&["run", "--quiet", "--extractor", "x", "--out", run]);
        assert!(code == 0 || code == 5, "{code}: {errors}");
        cli.read(&format!("{run}/predictions/d/x.jsonl"))
    };
    assert!(predictions("[limits]\nreply = 500\n", "r").contains("sent more than 500 bytes"));
    assert!(!predictions("max_output = \"2KB\"\n[limits]\nreply = 500\n", "s").contains("sent more than"));
    assert!(!predictions("[limits]\nreply = \"2KB\"\n", "t").contains("sent more than"));
}

#[test]
fn errors_in_the_table_are_located() {
    let cli = Cli::with_dataset();
    let table = "\n[limits]\nitems = 0\ndocument = \"much\"\njson_depth = 500\nlabel = 3\n";
    cli.write("karat.toml", cli.read("karat.toml") + table);
    assert_cmd!("limits_config", cli.karat(&["run"]));
    cli.write("options.toml", "[limits]\nitems = -1\n");
    let files = files();
    files.write("options.toml", "[limits]\nitem = 1\n");
    assert_cmd!("limits_options", files.karat(&score("options.toml", &[])));
}

/// 10,000 items of a layer in one document are normal.
#[test]
fn normal_documents_are_below_the_defaults() {
    let cli = Cli::new();
    cli.write("gold.jsonl", line("a", 10_000));
    cli.write("predicted.jsonl", line("a", 9_999));
    let json = cli.json(&["score", "--gold", "gold.jsonl", "--pred", "predicted.jsonl"]);
    assert_eq!(json["documents"], serde_json::json!({}));
}

/// A metric of entities that panics on predictions with the label `PANIC`, and on gold items with
/// the label `ALWAYS`.
struct Fragile;

impl MetricGroup for Fragile {
    fn scores(&self, layer: &Layer) -> bool {
        *layer == Layer::Entities
    }

    fn gold_items(&self, _: &Layer, gold: &Annotations, _: &Options) -> Option<u64> {
        Some(gold.entities.as_ref()?.len() as u64)
    }

    fn metrics(&self, _: &Options) -> Vec<Name> {
        vec!["fragile".into()]
    }

    fn signature(&self, _: &str, _: &Options) -> Signature {
        Signature::of("spans").with("scheme", "fragile").open("empty", "null")
    }

    fn count(&self, _: &Layer, case: &Case<'_>) -> Outcome {
        let has = |annotations: &Annotations, label: &str| {
            annotations.entities.iter().flatten().any(|entity| entity.label == label)
        };
        assert!(!has(case.predicted, "PANIC"), "a label that this metric does not expect");
        assert!(!has(case.gold, "ALWAYS"), "a golden label that this metric does not expect");
        let mut outcome = Outcome::default();
        let gold = case.gold.entities.iter().flatten().count() as u64;
        let counts = karat::metric::Counts { correct: gold, ..karat::metric::Counts::default() };
        outcome.statistics.add(StatisticKey::whole("fragile"), Statistic::matches(counts));
        outcome
    }
}

static FRAGILE: Preset = Preset {
    name: "fragile",
    about: "karat's entity metrics and one that panics",
    parity: "tests/it/limits.rs",
    metric_groups: &metric_groups_and(&Fragile),
    reasons: &NoReasons,
};

#[test]
fn a_panic_of_a_metric_costs_its_document() {
    let entities = |spans: &[(u32, u32, &str)]| {
        let entity = |&(start, end, label): &(u32, u32, &str)| Entity::new(Span::new(start, end), label);
        Annotations { entities: Some(spans.iter().map(entity).collect()), ..Annotations::default() }
    };
    let gold = [
        ("a", entities(&[(0, 3, "X"), (4, 6, "X")])),
        ("b", entities(&[(0, 3, "X")])),
        ("c", entities(&[(0, 3, "ALWAYS")])),
    ];
    let predicted = [
        ("a", entities(&[(0, 3, "X"), (4, 6, "X")])),
        ("b", entities(&[(0, 3, "X"), (4, 5, "PANIC")])),
        ("c", entities(&[(0, 3, "ALWAYS")])),
    ];
    let scores = Scoring::new().custom_preset(&FRAGILE).score(gold, predicted).unwrap();
    // `b` counts as missed, and `c` is in no figure.
    assert_eq!(scores.get("entities.strict.recall"), Some(2.0 / 3.0));
    assert_eq!(scores.get("entities.strict.precision"), Some(1.0));
    let (status, message) = &scores.ends["b"];
    assert_eq!(
        (*status, message.as_deref()),
        (Status::Failed, Some("scoring it panicked: a label that this metric does not expect"))
    );
    assert_eq!(scores.ends["c"].0, Status::Failed);
    assert_eq!(scores.statuses[&Status::Failed], 2);
}
