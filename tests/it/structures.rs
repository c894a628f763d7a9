//! Relations, events and coreference: from files to figures, and what must hold for every input.

use std::collections::BTreeMap;

use karat::document::{Annotations, Layer, LayerSet, Reference};
use karat::metric::Options;
use karat::score::{Answer, Scores, Settings, System, score};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::cli::{Cli, assert_cmd};

const TEXT: &str = "Ada Lovelace joined Acme in Oslo. She married Bo, who had sued Acme there.";

/// Gold and predicted files with all three layers on one text, and a second document without any.
fn files() -> Cli {
    let cli = Cli::new();
    let entity = |id: &str, text: &str, label: &str| {
        let start = TEXT.find(text).unwrap();
        json!({"id": id, "start": start, "end": start + text.len(), "label": label, "text": text})
    };
    let span = |text: &str| json!({"start": TEXT.find(text).unwrap(), "end": TEXT.find(text).unwrap() + text.len()});
    let entities = [
        entity("T1", "Ada Lovelace", "PERSON"),
        entity("T2", "Acme", "ORG"),
        entity("T3", "Oslo", "GPE"),
        entity("T4", "Bo", "PERSON"),
    ];
    let gold = json!({"id": "a", "text": TEXT, "entities": entities,
        "relations": [{"label": "WORKS_FOR", "head": "T1", "tail": "T2"}, {"label": "SPOUSE", "head": "T1", "tail": "T4"},
                      {"label": "BASED_IN", "head": "T2", "tail": "T3"}],
        "events": [{"id": "E1", "label": "Start", "trigger": span("joined"),
                    "arguments": [{"role": "WHO", "target": "T1"}, {"role": "ORG", "target": "T2"}]},
                   {"id": "E2", "label": "Marry", "trigger": span("married"),
                    "arguments": [{"role": "WHO", "target": "T1"}, {"role": "WHO", "target": "T4"}]},
                   {"id": "E3", "label": "Sue", "trigger": span("sued"), "arguments": [{"role": "BY", "target": "T4"}]}],
        "coreference": [{"id": "Ada", "mentions": [span("Ada Lovelace"), span("She")]},
                        {"mentions": [span("Acme"), {"start": 63, "end": 67}]},
                        {"mentions": [span("Oslo"), span("there")]}, {"mentions": [span("Bo"), span("who")]}]});
    let predicted = json!({"id": "a", "entities": [
            entity("x", "Ada Lovelace", "PERSON"), entity("y", "Acme", "GPE"), entity("z", "Oslo", "GPE"), entity("w", "Bo", "PERSON")],
        "relations": [{"label": "SPOUSE", "head": "w", "tail": "x"}, {"label": "WORKS_FOR", "head": "x", "tail": "y"},
                      {"label": "WORKS_FOR", "head": "w", "tail": "y"}],
        "events": [{"label": "Start", "trigger": span("joined"),
                    "arguments": [{"role": "ORG", "target": "y"}, {"role": "WHO", "target": "x"}]},
                   {"label": "Marry", "trigger": span("married"),
                    "arguments": [{"role": "WHO", "target": "w"}, {"role": "WHO", "target": "x"}]},
                   {"label": "Charge", "trigger": span("had sued"), "arguments": [{"role": "TO", "target": "w"}]}],
        "coreference": [{"mentions": [span("Ada Lovelace"), span("She"), span("who")]}, {"mentions": [span("Acme")]},
                        {"mentions": [span("there"), {"start": 63, "end": 67}]}]});
    let nothing =
        json!({"id": "b", "text": "Nothing.", "entities": [], "relations": [], "events": [], "coreference": []});
    cli.write("gold.jsonl", format!("{gold}\n{nothing}\n"));
    cli.write("pred.jsonl", format!("{predicted}\n{nothing}\n"));
    cli.write("options.toml", "[relations]\nsymmetric = [\"SPOUSE\"]\n");
    cli
}

const LAYERS: [&str; 6] = ["--layer", "relations", "--layer", "events", "--layer", "coreference"];

fn arguments<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["score", "--gold", "gold.jsonl", "--pred", "pred.jsonl", "--options", "options.toml"], &LAYERS[..], more]
        .concat()
}

#[test]
fn every_format() {
    let cli = files();
    assert_cmd!("structures_table", cli.karat(&arguments(&[])));
    assert_cmd!("structures_md", cli.karat(&arguments(&["--format", "md"])));
    assert_cmd!("structures_csv", cli.karat(&arguments(&["--format", "csv", "--metric", "relations.boundaries"])));
}

/// The names and shapes that others rely on.
#[test]
fn the_contract_of_the_json() {
    let output = files().karat(&arguments(&["--format", "json", "--per-document"])).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let scores: Value = serde_json::from_slice(&output.stdout).unwrap();
    let metric = |name: &str| {
        let metric = &scores["metrics"][name];
        assert!(metric.is_object(), "there is no {name}");
        metric
    };
    let value = |name: &str| metric(name)["value"].as_f64();
    assert_eq!(value("relations.strict.f1"), Some(1.0 / 3.0));
    assert_eq!(value("relations.boundaries.precision"), Some(2.0 / 3.0));
    assert_eq!(value("relations.boundaries[WORKS_FOR].precision"), Some(0.5));
    assert_eq!(value("relations.boundaries.macro.recall"), Some(2.0 / 3.0));
    assert_eq!(value("relations.strict.weighted.recall"), Some(1.0 / 3.0));
    let counts = &metric("relations.strict.f1")["counts"];
    let counted = ["correct", "incorrect", "partial", "missed", "spurious"].map(|name| counts[name].as_u64().unwrap());
    assert_eq!(counted, [1, 1, 0, 1, 1]);
    let signature = "relations|align:karat-relations-1|mode:strict|symmetric:SPOUSE|beta:1|empty:null";
    assert_eq!(metric("relations.strict.f1")["signature"], signature);
    assert_eq!(value("events.strict.f1"), Some(1.0 / 3.0));
    assert_eq!(value("events.trigger.recall"), Some(2.0 / 3.0));
    assert_eq!(value("events.argument.f1"), Some(4.0 / 5.0));
    assert_eq!(value("events.argument-id[WHO].recall"), Some(1.0));
    assert_eq!(metric("events.strict.f1")["n"], 3);
    assert_eq!(metric("coreference.conll.f1")["n"], 8);
    let f1 = |name: &str| value(&format!("coreference.{name}.f1")).unwrap();
    assert!((f1("conll") - (f1("muc") + f1("b3") + f1("ceafe")) / 3.0).abs() < 1e-15);
    assert!((f1("blanc") - f64::midpoint(f1("blanc[coreferent]"), f1("blanc[non-coreferent]"))).abs() < 1e-15);
    assert_eq!(value("coreference.muc.recall"), Some(1.0 / 4.0));
    assert_eq!(scores["documents"]["a"]["metrics"]["coreference.ceafm.precision"]["value"], 4.0 / 6.0);
    assert!(scores["documents"]["b"]["metrics"]["coreference.conll.f1"]["value"].is_null());
    assert!(!scores["metrics"].as_object().unwrap().keys().any(|name| name.contains("conll.precision")));
}

#[test]
fn a_document_of_singletons_alone_scores_0_under_muc_and_1_under_the_others() {
    let cli = Cli::new();
    let singletons = r#"{"id": "a", "coreference": [{"mentions": [{"start": 0, "end": 1}]}, {"mentions": [{"start": 2, "end": 3}]}]}"#;
    cli.write("gold.jsonl", singletons);
    assert_cmd!(
        "structures_singletons",
        cli.karat(&[
            "score",
            "--gold",
            "gold.jsonl",
            "--pred",
            "gold.jsonl",
            "--metric",
            "coreference",
            "--format",
            "csv"
        ])
    );
}

#[test]
fn conll_2012_files() {
    let cli = Cli::new();
    let file = |last: [&str; 4]| {
        let words = ["Ada", "likes", "her", "sister"];
        let lines = words.iter().zip(last).map(|(word, cell)| format!("w\t0\t0\t{word}\t{cell}\n"));
        format!("#begin document (w); part 000\n{}\n#end document\n", lines.collect::<String>())
    };
    cli.write("gold.conll", file(["(0)", "-", "(1|(0)", "1)"]));
    cli.write("pred.conll", file(["(7)", "-", "(7)", "(8)"]));
    let args = [
        "score",
        "--gold",
        "gold.conll",
        "--pred",
        "pred.conll",
        "--metric",
        "coreference.muc",
        "--metric",
        "coreference.mentions",
    ];
    assert_cmd!("structures_conll2012", cli.karat(&args));
    cli.write("pred.conll", file(["(7", "(", "-", "8)"]));
    assert_cmd!("structures_conll2012_errors", cli.karat(&args));
}

#[test]
fn arguments_of_events_must_be_there() {
    let cli = Cli::new();
    let event = r#"{"id": "T1", "label": "", "trigger": {"start": 4, "end": 8},
      "arguments": [{"role": "", "target": "T1"}, {"role": "R", "target": "T2"}]}"#;
    cli.write(
        "gold/a.json",
        format!("{{\"id\": \"a\", \"entities\": [{{\"id\": \"T1\", \"start\": 0, \"end\": 3, \"label\": \"P\"}}],\n \"events\": [{event}]}}"),
    );
    assert_cmd!("structures_event_errors", cli.karat(&["score", "--gold", "gold", "--pred", "gold"]));
}

#[test]
fn a_mention_that_stands_twice_is_warned_of() {
    let cli = Cli::new();
    let twice = r#"{"id": "a", "coreference": [{"mentions": [{"start": 0, "end": 1}, {"start": 0, "end": 1}, {"start": 2, "end": 3}]}]}"#;
    cli.write("gold.jsonl", twice);
    let args = ["score", "--gold", "gold.jsonl", "--pred", "gold.jsonl", "--metric", "coreference.mentions"];
    assert_cmd!("structures_mention_twice", cli.karat(&args));
}

/// Up to six entities over a short text, relations and events between them, and clusters.
fn annotations() -> impl Strategy<Value = Annotations> {
    let span = (0u32..12, 1u32..4);
    let entity = (span.clone(), 0usize..2, any::<bool>());
    let id = 0usize..6;
    (
        prop::collection::vec(entity, 6),
        prop::collection::vec((id.clone(), 0usize..3, id.clone()), 0..6),
        prop::collection::vec((span.clone(), 0usize..2, prop::collection::vec((0usize..2, 0usize..8), 0..3)), 0..4),
        prop::collection::vec(prop::collection::vec(span, 1..4), 0..4),
    )
        .prop_map(|(entities, relations, events, clusters)| {
            let entity = |(at, &((start, length), label, split)): (usize, &((u32, u32), usize, bool))| {
                let mut entity = json!({"id": format!("T{at}"), "start": start, "end": start + length, "label": (["P", "O"][label])});
                if split && length == 3 {
                    entity["fragments"] = json!([[start, start + 1], [start + 2, start + 3]]);
                }
                entity
            };
            let relation = |&(head, label, tail): &(usize, usize, usize)| {
                json!({"label": (["R", "S", "SYM"][label]), "head": format!("T{head}"), "tail": format!("T{tail}")})
            };
            let target = |at: usize| match at % (6 + events.len()) {
                at @ 0..6 => format!("T{at}"),
                at => format!("E{}", at - 6),
            };
            let event_list: Vec<Value> = events.iter().enumerate().map(|(at, ((start, length), label, arguments))| {
                let argument = |&(role, at): &(usize, usize)| json!({"role": (["A", "B"][role]), "target": target(at)});
                json!({"id": format!("E{at}"), "label": (["X", "Y"][*label]), "trigger": {"start": start, "end": start + length},
                       "arguments": arguments.iter().map(argument).collect::<Vec<_>>()})
            }).collect();
            let mention = |&(start, length): &(u32, u32)| json!({"start": start, "end": start + length});
            let cluster = |spans: &Vec<(u32, u32)>| json!({"mentions": spans.iter().map(mention).collect::<Vec<_>>()});
            let value = json!({
                "entities": entities.iter().enumerate().map(entity).collect::<Vec<_>>(),
                "relations": relations.iter().map(relation).collect::<Vec<_>>(),
                "events": event_list,
                "coreference": clusters.iter().map(cluster).collect::<Vec<_>>()});
            serde_json::from_value(value).unwrap()
        })
}

fn scored(gold: &[Annotations], predicted: &[Annotations]) -> Scores {
    let id = |at: usize| format!("d{at}");
    let reference =
        |(at, gold): (usize, &Annotations)| (id(at), Reference { gold: gold.clone(), ..Reference::default() });
    let references: BTreeMap<_, _> = gold.iter().enumerate().map(reference).collect();
    let answers = predicted.iter().enumerate().map(|(at, answer)| (id(at), Answer::ok(answer.clone()))).collect();
    let declared: LayerSet = [Layer::Relations, Layer::Events, Layer::Coreference].into();
    let options: Options = toml::from_str("[relations]\nsymmetric = [\"SYM\"]").unwrap();
    let settings = Settings { layers: Some(declared.clone()), options, ..Settings::default() };
    score(&references, &System { name: "x".to_owned(), declared, answers }, &settings)
}

/// The figures of whole layers: the credit of a label may go to either of two equally good pairs.
fn whole(scores: &Scores) -> BTreeMap<String, Option<f64>> {
    let figures = scores.figures().filter(|figure| figure.name.label.is_none() && figure.name.average.is_none());
    figures.map(|figure| (figure.name.to_string(), figure.value)).collect()
}

fn reversed(annotations: &Annotations, turn: usize) -> Annotations {
    fn mix<T>(items: &mut Option<Vec<T>>, turn: usize) {
        let items = items.as_mut().unwrap();
        items.reverse();
        let turn = turn % items.len().max(1);
        items.rotate_left(turn);
    }
    let mut mixed = annotations.clone();
    mix(&mut mixed.entities, turn);
    mix(&mut mixed.relations, turn);
    mix(&mut mixed.events, turn);
    mix(&mut mixed.coreference, turn);
    for event in mixed.events.iter_mut().flatten() {
        event.arguments.reverse();
    }
    for cluster in mixed.coreference.iter_mut().flatten() {
        cluster.mentions.reverse();
    }
    for relation in mixed.relations.iter_mut().flatten().filter(|relation| relation.label == "SYM") {
        std::mem::swap(&mut relation.head, &mut relation.tail);
    }
    mixed
}

/// How many of one list are in the other, copies counted; and the lengths of both.
fn in_common<K: Ord>(gold: Vec<K>, predicted: Vec<K>) -> [u64; 3] {
    let lengths = [gold.len() as u64, predicted.len() as u64];
    let mut left: BTreeMap<K, u64> = BTreeMap::new();
    gold.into_iter().for_each(|key| *left.entry(key).or_default() += 1);
    let common = predicted.into_iter().filter(|key| match left.get_mut(key) {
        Some(count) if *count > 0 => {
            *count -= 1;
            true
        }
        _ => false,
    });
    [common.count() as u64, lengths[0], lengths[1]]
}

/// What an id stands for: place and label, in a form that can be compared.
fn target(annotations: &Annotations, id: &str, with_label: bool) -> String {
    let label = |label: &str| if with_label { label.to_owned() } else { String::new() };
    let mut entities = annotations.entities.iter().flatten();
    if let Some(entity) = entities.find(|entity| entity.id.as_deref() == Some(id)) {
        return format!("{}..{} {:?} {}", entity.start, entity.end, entity.fragments, label(&entity.label));
    }
    let event = annotations.events.iter().flatten().find(|event| event.id.as_deref() == Some(id)).unwrap();
    format!("event {}..{} {}", event.trigger.start, event.trigger.end, label(&event.label))
}

fn relation_keys(annotations: &Annotations, with_labels: bool) -> Vec<(String, String, String)> {
    let key = |relation: &karat::document::Relation| {
        let end = |id: &str| target(annotations, id, with_labels);
        let (head, tail) = (end(&relation.head), end(&relation.tail));
        let turned = relation.label == "SYM" && tail < head;
        let (head, tail) = if turned { (tail, head) } else { (head, tail) };
        (relation.label.clone(), head, tail)
    };
    annotations.relations.iter().flatten().map(key).collect()
}

/// Events as far as a metric looks at them.
fn event_keys(annotations: &Annotations, metric: &str) -> Vec<Vec<String>> {
    let mut keys = Vec::new();
    for event in annotations.events.iter().flatten() {
        let (place, label) = (format!("{}..{}", event.trigger.start, event.trigger.end), event.label.clone());
        let arguments = |with_label| {
            let arguments = event.arguments.iter();
            let told = arguments.map(|one| (one.role.clone(), target(annotations, &one.target, with_label)));
            let mut told: Vec<(String, String)> = told.collect();
            told.sort();
            told
        };
        match metric {
            "trigger-id" => keys.push(vec![place]),
            "trigger" => keys.push(vec![place, label]),
            "strict" => keys.push(vec![place, label, format!("{:?}", arguments(true))]),
            "argument" => keys.extend(arguments(false).into_iter().map(|(role, what)| vec![label.clone(), what, role])),
            _ => keys.extend(arguments(false).into_iter().map(|(_, what)| vec![label.clone(), what])),
        }
    }
    keys
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Without alternatives, what is right is a matter of counting copies.
    #[test]
    fn counts_are_those_of_multisets(gold in annotations(), predicted in annotations()) {
        let found = scored(std::slice::from_ref(&gold), std::slice::from_ref(&predicted));
        let relations = |labels| in_common(relation_keys(&gold, labels), relation_keys(&predicted, labels));
        let mut expected =
            vec![("relations.strict".to_owned(), relations(true)), ("relations.boundaries".to_owned(), relations(false))];
        expected.extend(["strict", "trigger", "trigger-id", "argument", "argument-id"].map(|metric| {
            (format!("events.{metric}"), in_common(event_keys(&gold, metric), event_keys(&predicted, metric)))
        }));
        for (metric, counted) in expected {
            let name = format!("{metric}.f1");
            let figure = found.figures().find(|figure| figure.name.to_string() == name).unwrap();
            let counts = figure.counts.unwrap();
            prop_assert_eq!([counts.correct, counts.possible(), figure.predicted.unwrap()], counted, "{}", metric);
        }
    }

    #[test]
    fn order_changes_nothing(pairs in prop::collection::vec((annotations(), annotations()), 1..3), turn in 0usize..5) {
        let (gold, predicted): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
        let mixed = |side: &[Annotations]| side.iter().map(|one| reversed(one, turn)).collect::<Vec<_>>();
        prop_assert_eq!(scored(&gold, &predicted), scored(&mixed(&gold), &mixed(&predicted)));
    }

    #[test]
    fn what_is_the_same_is_right(gold in annotations()) {
        let scores = scored(std::slice::from_ref(&gold), std::slice::from_ref(&gold));
        for (name, value) in whole(&scores) {
            // MUC has nothing to count where every mention is alone, and CoNLL is one third MUC.
            let without_links = name.starts_with("coreference.muc") || name == "coreference.conll.f1";
            prop_assert!(value.is_none_or(|value| value == 1.0 || without_links), "{} is {:?}", name, value);
        }
    }

    #[test]
    fn sides_changed_change_precision_and_recall(gold in annotations(), predicted in annotations()) {
        let (gold, predicted) = ([gold], [predicted]);
        let (one, other) = (whole(&scored(&gold, &predicted)), whole(&scored(&predicted, &gold)));
        for (name, value) in &one {
            let turned = match name.rsplit_once('.').unwrap() {
                (metric, "precision") => format!("{metric}.recall"),
                (metric, "recall") => format!("{metric}.precision"),
                _ => name.clone(),
            };
            // BLANC asks which links gold has: where one side has none of a kind it is not the same
            // from the other.
            if name.starts_with("coreference.blanc") {
                continue;
            }
            let same = match (value, other[&turned]) {
                (Some(a), Some(b)) => (a - b).abs() < 1e-12,
                (a, b) => *a == b,
            };
            prop_assert!(same, "{} is {:?}, the other way round {:?}", name, value, other[&turned]);
        }
    }
}
