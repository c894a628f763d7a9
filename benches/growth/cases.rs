//! The commands whose growth is measured, with their inputs.

use std::fs;
use std::path::Path;

use karat::document::Annotations;
use serde_json::json;

use super::inputs::{INPUTS, Input};

/// A command and its input.
pub struct Case {
    /// What grows.
    pub name: String,
    /// The largest size that is timed.
    pub largest: u32,
    /// The size whose instructions are counted, and then those of twice as much.
    pub counted: u32,
    /// Writes the input of a size into a folder and returns the arguments.
    pub prepare: Box<Prepare>,
}

type Prepare = dyn Fn(u32, &Path) -> Vec<String> + Sync;

impl Case {
    fn new(
        name: impl Into<String>,
        (counted, largest): (u32, u32),
        prepare: impl Fn(u32, &Path) -> Vec<String> + Sync + 'static,
    ) -> Self {
        Self { name: name.into(), largest, counted, prepare: Box::new(prepare) }
    }
}

/// Returns all cases.
pub fn cases() -> Vec<Case> {
    /// Inputs that take longer than others of their size, so that fewer items are counted. The
    /// others are counted where the exact alignment of small documents is behind them.
    const SLOW: [&str; 3] = ["one span with many labels", "distinct labels", "shifted records"];
    let scored = INPUTS.into_iter().map(|(name, input, largest)| {
        let counted = largest / if SLOW.contains(&name) { 10 } else { 2 };
        Case::new(format!("score {name}"), (counted, largest), move |n, home| score(input, n, home))
    });
    let extracted = [
        Case::new("rules on capitalised words", (5_000, 10_000), |n, home| extract("rules", &names(n), home)),
        Case::new("statements on capitalised words", (5_000, 10_000), |n, home| extract("statements", &names(n), home)),
        Case::new("textrank on like sentences", (2_000, 20_000), |n, home| extract("textrank", &sentences(n), home)),
    ];
    let agreed = [
        Case::new("agree names of records", (250, 5_000), |n, home| agree(home, |side| names_of_records(n, side))),
        Case::new("agree fields of records", (500, 10_000), |n, home| agree(home, |side| fields_of_a_record(n, side))),
        Case::new("agree keyphrases", (2_000, 40_000), |n, home| agree(home, |side| keyphrases(n, side))),
        Case::new("agree labels", (500, 5_000), |n, home| agree(home, |side| labels(n, side))),
    ];
    let others = [
        Case::new("check copies of one span", (2_000, 20_000), |n, home| check(n, 0, home)),
        Case::new("check --fix many edits", (2_000, 20_000), |n, home| check(n, 10, home)),
        Case::new("check shifted labels of one word", (2_000, 20_000), check_shifted),
        Case::new("convert nested spans to webanno", (500, 2_000), convert_nested),
        Case::new("compare many predicted labels", (10, 500), compare),
        Case::new("compare labels by slice", (30, 500), compare_slices),
        Case::new("gate by many rules on an extractor", (8, 64), gate),
    ];
    scored.chain(extracted).chain(agreed).chain(others).collect()
}

fn write(home: &Path, file: &str, content: impl AsRef<[u8]>) {
    let path = home.join(file);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, content).expect("a file");
}

fn words(line: &str) -> Vec<String> {
    line.split(' ').map(str::to_owned).collect()
}

/// A line of a file of annotations.
fn line(id: &str, annotations: &Annotations) -> String {
    let mut object = json!(annotations);
    object["id"] = id.into();
    format!("{object}\n")
}

fn score(input: Input, size: u32, home: &Path) -> Vec<String> {
    let [gold, predicted] = input(size);
    write(home, "gold.jsonl", line("d", &gold));
    write(home, "predicted.jsonl", line("d", &predicted));
    words("score --gold gold.jsonl --pred predicted.jsonl")
}

fn names(size: u32) -> String {
    "Ada Byron ".repeat(size as usize)
}

/// Sentences of 8 to 12 of the same 16 words.
fn sentences(size: u32) -> String {
    let word = |at: u32| format!("word{}", char::from(b'a' + (at % 16) as u8));
    let sentence = |i: u32| {
        let words: Vec<String> = (0..8 + i % 5).map(|at| word(i * 7 + at * (1 + i % 3))).collect();
        format!("The {}. ", words.join(" "))
    };
    (0..size).map(sentence).collect()
}

fn extract(extractor: &str, text: &str, home: &Path) -> Vec<String> {
    write(home, "documents.jsonl", format!("{}\n", json!({"id": "d", "text": text})));
    let empty = json!({"id": "d", "entities": [], "key_sentences": [], "records": {"statements": []}});
    write(home, "golden.jsonl", format!("{empty}\n"));
    write(
        home,
        "karat.toml",
        format!(
            "[datasets.d]\ndocuments = \"documents.jsonl\"\ngolden = \"golden.jsonl\"\n\n[extractors.{extractor}]\nkind = \"builtin\"\n"
        ),
    );
    words("run --quiet --no-cache --out run")
}

/// Entities with a space at their ends, `step` code points from each other.
fn check(size: u32, step: u32, home: &Path) -> Vec<String> {
    write(home, "docs/d.txt", names(size));
    let entity = |i: u32| json!({"start": i * step, "end": i * step + if step == 0 { 9 } else { 10 }, "label": "P"});
    let entities: Vec<serde_json::Value> = (0..size).map(entity).collect();
    write(home, "golden/d.json", json!({"id": "d", "entities": entities}).to_string());
    words(if step == 0 {
        "check --documents docs --golden golden"
    } else {
        "check --fix --documents docs --golden golden"
    })
}

/// A text of one repeated word, whose labels all begin one code point too late.
fn check_shifted(size: u32, home: &Path) -> Vec<String> {
    write(home, "docs/d.txt", "x ".repeat(size as usize + 1));
    let entity = |i: u32| json!({"start": 2 * i + 1, "end": 2 * i + 2, "label": "P", "text": "x"});
    let entities: Vec<serde_json::Value> = (0..size).map(entity).collect();
    write(home, "golden/d.json", json!({"id": "d", "entities": entities}).to_string());
    words("check --documents docs --golden golden")
}

fn convert_nested(size: u32, home: &Path) -> Vec<String> {
    let entity = |i: u32| json!({"start": i, "end": 2 * size - i, "label": "P"});
    let entities: Vec<serde_json::Value> = (0..size).map(entity).collect();
    let text = "x".repeat(2 * size as usize);
    write(home, "gold.jsonl", format!("{}\n", json!({"id": "d", "text": text, "entities": entities})));
    words("convert gold.jsonl --to webanno --out webanno")
}

/// 60 documents of 4 gold labels and `size` predicted ones.
fn compare(size: u32, home: &Path) -> Vec<String> {
    let entities = |document: u32, shift: u32| {
        let label = |i: u32| match (document * 8 + i + shift) % 9 {
            0..4 => format!("L{}", i % 4),
            _ => format!("free form {}", (document * 8 + i) % size),
        };
        let entity = |i: u32| json!({"start": 10 * i, "end": 10 * i + 5, "label": label(i)});
        (0..8 + size / 60).map(entity).collect::<Vec<_>>()
    };
    let gold = |document: u32| {
        let entity = |i: u32| json!({"start": 10 * i, "end": 10 * i + 5, "label": format!("L{}", i % 4)});
        format!("{}\n", json!({"id": format!("d{document}"), "entities": (0..8).map(entity).collect::<Vec<_>>()}))
    };
    let side = |shift: u32| -> String {
        (0..60).map(|at| format!("{}\n", json!({"id": format!("d{at}"), "entities": entities(at, shift)}))).collect()
    };
    write(home, "gold.jsonl", (0..60).map(gold).collect::<String>());
    write(home, "base.jsonl", side(0));
    write(home, "candidate.jsonl", side(1));
    words("compare --gold gold.jsonl --baseline base.jsonl --candidate candidate.jsonl")
}

/// The annotations of two annotators, who differ in every third item.
fn agree(home: &Path, annotations: impl Fn(u32) -> serde_json::Value) -> Vec<String> {
    for (side, file) in [(0, "first.jsonl"), (1, "second.jsonl")] {
        let mut object = annotations(side);
        object["id"] = "d".into();
        write(home, file, format!("{object}\n"));
    }
    words("agree first.jsonl second.jsonl")
}

/// A number that two annotators give differently to every third item.
fn rated(i: u32, side: u32) -> u32 {
    if i.is_multiple_of(3) { i + side } else { i }
}

fn names_of_records(size: u32, side: u32) -> serde_json::Value {
    let names = (0..size).map(|i| (format!("name {i}"), json!([{"value": rated(i, side)}])));
    json!({"records": names.collect::<serde_json::Map<_, _>>()})
}

fn fields_of_a_record(size: u32, side: u32) -> serde_json::Value {
    let fields = (0..size).map(|i| (format!("field {i}"), json!(rated(i, side))));
    json!({"records": {"rows": [fields.collect::<serde_json::Map<_, _>>()]}})
}

fn keyphrases(size: u32, side: u32) -> serde_json::Value {
    json!({"keyphrases": (0..size).map(|i| format!("phrase {}", rated(i, side * size))).collect::<Vec<_>>()})
}

fn labels(size: u32, side: u32) -> serde_json::Value {
    let entity = |i| json!({"start": 10 * i, "end": 10 * i + 5, "label": format!("L{}", rated(i, side))});
    json!({"entities": (0..size).map(entity).collect::<Vec<_>>()})
}

/// A slice for each document, each with six labels of its own.
fn compare_slices(size: u32, home: &Path) -> Vec<String> {
    let line = |document: u32, longer: u32| {
        let end = |i: u32| 10 * i + 5 + (document + i + longer) % 3 % 2;
        let entity = |i: u32| json!({"start": 10 * i, "end": end(i), "label": format!("L{}", 6 * document + i)});
        let entities: Vec<_> = (0..6).map(entity).collect();
        let meta = json!({"kind": document});
        format!("{}\n", json!({"id": format!("d{document}"), "meta": meta, "entities": entities}))
    };
    for (file, longer) in [("gold.jsonl", 0), ("base.jsonl", 1), ("candidate.jsonl", 2)] {
        write(home, file, (0..size).map(|document| line(document, longer)).collect::<String>());
    }
    words("compare --gold gold.jsonl --baseline base.jsonl --candidate candidate.jsonl --test sign --slice meta.kind")
}

/// Rules about one extractor, on two files of 200 documents.
fn gate(size: u32, home: &Path) -> Vec<String> {
    let lines = |moved: u32| -> String {
        let line = |document: u32| {
            let entity = |i: u32| json!({"start": 10 * i, "end": 10 * i + 5 + u32::from((document + i) % 7 < moved), "label": "A"});
            format!("{}\n", json!({"id": format!("d{document}"), "entities": (0..20).map(entity).collect::<Vec<_>>()}))
        };
        (0..200).map(line).collect()
    };
    write(
        home,
        "documents.jsonl",
        (0..200)
            .map(|at| format!("{}\n", json!({"id": format!("d{at}"), "text": "A word. ".repeat(60)})))
            .collect::<String>(),
    );
    write(home, "golden.jsonl", lines(0));
    write(home, "predicted.jsonl", lines(1));
    let mut config = "[datasets.d]\ndocuments = \"documents.jsonl\"\ngolden = \"golden.jsonl\"\n\n[extractors.e]\nkind = \"predictions\"\npath = \"predicted.jsonl\"\n".to_owned();
    for rule in 0..size {
        config.push_str(&format!(
            "\n[[gate]]\nmetric = \"entities.strict.f1\"\nmargin = {:.3}\n",
            0.01 + f64::from(rule) / 1000.0
        ));
    }
    write(home, "karat.toml", config);
    for arguments in ["run --quiet --out run", "accept run"] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_karat"));
        let output = command.args(words(arguments)).current_dir(home).output().expect("karat starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    words("gate run")
}
