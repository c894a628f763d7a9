//! Counts as data: `score --counts-out`, `summarize`, and `compare` and `gate` from counts.

use std::fmt::Write as _;
use std::fs;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::cli::Cli;

/// Options under which every kind of sum is counted.
const OPTIONS: &str = r#"
[summaries]
metrics = ["rouge1", "rougeL", "bleu", "chrf", "chrf++", "ter", "wer", "novelty"]
[records.person]
fields.age.compare = "number"
[confidence]
labels = true
"#;

/// Writes golden documents and answers with spans, confidences, summaries, records and relations,
/// and every kind of failure, in `parts` files on each side.
fn corpus(cli: &Cli, documents: usize, parts: usize, seed: u64) {
    corpus_with(cli, documents, parts, seed, false);
}

/// Writes a corpus, also with answers without a golden document if `has_extra`.
fn corpus_with(cli: &Cli, documents: usize, parts: usize, seed: u64, has_extra: bool) {
    let mut lines = vec![(String::new(), String::new()); parts];
    let mut state = seed;
    let mut draw = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let words = ["a", "river", "rose", "on", "Monday", "after", "rain", "."];
    for at in 0..documents {
        let mut text =
            |length: u64| -> String { (0..length).map(|_| words[draw(8) as usize]).collect::<Vec<_>>().join(" ") };
        let (document, reference, summary) = (text(30), text(8), text(7));
        let labels = ["PER", "ORG", "LOC"];
        let mut span = |with: bool| {
            let start = draw(20);
            let mut entity = json!({"start": start, "end": start + 1 + draw(3), "label": labels[draw(3) as usize]});
            if with {
                entity["confidence"] = json!(draw(100) as f64 / 100.0);
            }
            entity
        };
        let gold: Vec<Value> = (0..3).map(|_| span(false)).collect();
        let found: Vec<Value> = gold.iter().take(2).cloned().chain([span(true), span(true)]).collect();
        let id = format!("d{at:03}");
        let golden = json!({
            "id": id, "text": document, "entities": gold, "summary": reference,
            "meta": {"source": format!("s{}", at % 5)},
            "records": {"person": [{"name": "Ann", "age": draw(3)}]},
        });
        let answer = match at % 9 {
            7 => json!({"id": id, "status": "failed", "message": "no"}),
            8 => json!({"id": id, "entities": []}),
            _ => json!({
                "id": id, "entities": found, "summary": summary,
                "records": {"person": [{"name": "Ann", "age": draw(3)}, {"name": "Bo"}]},
            }),
        };
        let (of_gold, of_answers) = &mut lines[at * 7 % parts];
        if has_extra && at % 13 == 12 {
            let extra = json!({"id": format!("x{at:03}"), "entities": found, "keyphrases": ["a"]});
            writeln!(of_answers, "{extra}").unwrap();
        }
        writeln!(of_gold, "{golden}").unwrap();
        if at % 11 != 10 {
            writeln!(of_answers, "{answer}").unwrap();
        }
    }
    let [mut gold, mut answers] = [String::new(), String::new()];
    for (at, (of_gold, of_answers)) in lines.iter().enumerate() {
        fs::write(cli.path().join(format!("gold{at}.jsonl")), of_gold).unwrap();
        fs::write(cli.path().join(format!("pred{at}.jsonl")), of_answers).unwrap();
        gold.push_str(of_gold);
        answers.push_str(of_answers);
    }
    fs::write(cli.path().join("gold.jsonl"), gold).unwrap();
    fs::write(cli.path().join("pred.jsonl"), answers).unwrap();
    fs::write(cli.path().join("options.toml"), OPTIONS).unwrap();
}

/// Returns what a command prints, which must succeed.
fn printed(cli: &Cli, args: &[&str]) -> String {
    let output = cli.karat(args).output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{args:?}: {error}");
    String::from_utf8(output.stdout).unwrap()
}

/// Counts each part, and returns the names of the files.
fn count(cli: &Cli, parts: usize, of: &str, more: &[&str]) -> Vec<String> {
    (0..parts)
        .map(|at| {
            let (gold, pred) = (format!("gold{at}.jsonl"), format!("{of}{at}.jsonl"));
            let file = format!("{of}-counts{at}.jsonl");
            let args = ["score", "--gold", &gold, "--pred", &pred, "--missing", "count", "--counts-out", &file];
            let more = [more, &["--counts-only"]].concat();
            printed(cli, &[&args[..], &more].concat());
            file
        })
        .collect()
}

/// Asserts that the figures of parts are those of the whole.
fn assert_whole(cli: &Cli, parts: usize, more: &[&str], also: &[&str]) {
    let whole = ["score", "--gold", "gold.jsonl", "--pred", "pred.jsonl", "--missing", "count", "--format", "csv"];
    let expected = printed(cli, &[&whole[..], more, also].concat());
    let files = count(cli, parts, "pred", more);
    let files: Vec<&str> = files.iter().rev().map(String::as_str).collect();
    let found = printed(cli, &[&["summarize", "--format", "csv"][..], also, &files].concat());
    // The names of data and of systems are those of the first part.
    let figures = |csv: &str| -> Vec<Vec<String>> {
        let rows = csv.lines().map(|line| line.split(',').skip(2).map(str::to_owned).collect());
        rows.collect()
    };
    assert!(expected.lines().count() > 2, "{expected}");
    assert_eq!(figures(&found), figures(&expected), "{more:?}");
}

#[test]
fn parts_give_the_figures_of_the_whole() {
    let cli = Cli::new();
    corpus(&cli, 60, 4, 1);
    let options = ["--options", "options.toml"];
    assert_whole(&cli, 4, &options, &[]);
    assert_whole(&cli, 4, &options, &["--bootstrap", "200", "--seed", "7"]);
    assert_whole(&cli, 4, &["--options", "options.toml", "--cluster", "meta.source"], &[]);
    assert_whole(&cli, 4, &["--layer", "entities", "--iou", "0.5", "--beta", "2", "--label-map", "LOC=GPE"], &[]);
    assert_whole(&cli, 4, &["--zero-division", "0", "--tokenizer", "unicode", "--stemmer", "porter"], &[]);
    for preset in ["nervaluate", "rouge_score", "sacrebleu", "seqeval"] {
        assert_whole(&cli, 4, &["--preset", preset], &[]);
    }
}

#[test]
fn counts_alone_are_those_beside_figures() {
    let cli = Cli::new();
    corpus(&cli, 20, 1, 1);
    let count = |file: &str, more: &[&str]| {
        let args = ["score", "--gold", "gold.jsonl", "--pred", "pred.jsonl", "--missing", "count"];
        printed(&cli, &[&args[..], &["--counts-out", file], more].concat())
    };
    assert_ne!(count("beside.jsonl", &[]), "");
    assert_eq!(count("alone.jsonl", &["--counts-only"]), "");
    assert_eq!(cli.read("alone.jsonl"), cli.read("beside.jsonl"));
    assert_refused(
        &cli,
        &["score", "--gold", "gold.jsonl", "--pred", "pred.jsonl", "--counts-only"],
        &["--counts-out"],
    );
}

/// Rows are decoded in batches, and written in groups.
#[cfg(feature = "parquet")]
#[test]
fn parquet_has_the_figures_of_json_lines() {
    let cli = Cli::new();
    corpus(&cli, 700, 4, 1);
    let mut files: [Vec<String>; 2] = Default::default();
    for part in 0..4 {
        for (kind, files) in ["jsonl", "parquet"].into_iter().zip(&mut files) {
            let (gold, pred) = (format!("gold{part}.jsonl"), format!("pred{part}.jsonl"));
            files.push(format!("counts{part}.{kind}"));
            let args = ["score", "--gold", &gold, "--pred", &pred, "--missing", "count", "--counts-only"];
            let more = ["--counts-out", &files[part], "--options", "options.toml", "--cluster", "meta.source"];
            printed(&cli, &[&args[..], &more].concat());
        }
    }
    let [lines, parquet] = files.map(|files| {
        let files: Vec<&str> = files.iter().map(String::as_str).collect();
        printed(&cli, &[&["summarize", "--format", "json"][..], &files].concat())
    });
    assert!(lines.len() > 1_000, "{lines}");
    assert_eq!(parquet, lines);
    let whole = fs::read(cli.path().join("counts0.parquet")).unwrap();
    cli.write("cut.parquet", &whole[..whole.len() / 2]);
    assert_refused(&cli, &["summarize", "cut.parquet"], &["cut.parquet", "the Parquet file cannot be read"]);
}

#[test]
fn gates_and_comparisons_are_those_of_predictions() {
    let cli = Cli::new();
    corpus(&cli, 60, 3, 2);
    for name in ["pred0", "pred1", "pred2", "pred"] {
        fs::rename(
            cli.path().join(format!("{name}.jsonl")),
            cli.path().join(format!("{}.jsonl", name.replace("pred", "old"))),
        )
        .unwrap();
    }
    let gold = fs::read(cli.path().join("gold.jsonl")).unwrap();
    corpus(&cli, 60, 3, 2);
    assert_eq!(fs::read(cli.path().join("gold.jsonl")).unwrap(), gold);
    // A better system: the golden entities of the first part.
    fs::copy(cli.path().join("gold0.jsonl"), cli.path().join("pred0.jsonl")).unwrap();
    let all: Vec<u8> = (0..3).flat_map(|at| fs::read(cli.path().join(format!("pred{at}.jsonl"))).unwrap()).collect();
    fs::write(cli.path().join("pred.jsonl"), all).unwrap();
    let (base, candidate) = (count(&cli, 3, "old", &[]), count(&cli, 3, "pred", &[]));
    let counts: Vec<&str> = ["--baseline-counts"]
        .into_iter()
        .chain(base.iter().map(String::as_str))
        .chain(["--candidate-counts"])
        .chain(candidate.iter().map(String::as_str))
        .collect();
    let files = ["--gold", "gold.jsonl", "--baseline", "old.jsonl", "--candidate", "pred.jsonl", "--missing", "count"];
    for command in [
        &["gate", "--metric", "entities.strict.f1", "--margin", "0.01", "--format", "json"][..],
        &["gate", "--metric", "summary.rouge1.f1", "--min", "0.1", "--format", "json"],
        &["compare", "--format", "csv"],
    ] {
        let found = printed(&cli, &[command, &counts].concat());
        let expected = printed(&cli, &[command, &files].concat());
        let names = |text: &str| {
            let plain = text.replace("old-counts0", "old").replace("pred-counts0", "pred");
            plain.replace("gold0", "gold").replace("old0", "old").replace("pred0", "pred").replace(".jsonl", "")
        };
        assert_eq!(names(&found), names(&expected), "{command:?}");
    }
    // Without a baseline, floors judge the candidate.
    let floor = ["gate", "--metric", "entities.strict.f1", "--max", "1", "--candidate-counts", "pred-counts0.jsonl"];
    assert!(printed(&cli, &floor).contains("pass"));
}

/// Fails unless a command is refused with a message that has each of these parts.
fn assert_refused(cli: &Cli, args: &[&str], parts: &[&str]) {
    let output = cli.karat(args).output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{error}");
    for part in parts {
        assert!(error.contains(part), "no {part:?} in {error}");
    }
}

#[test]
fn parts_that_do_not_fit_are_refused_by_name() {
    let cli = Cli::new();
    corpus(&cli, 12, 2, 3);
    count(&cli, 2, "pred", &[]);
    let [one, two] = ["pred-counts0.jsonl", "pred-counts1.jsonl"];
    let read = |name: &str| fs::read_to_string(cli.path().join(name)).unwrap();
    let write = |name: &str, text: &str| fs::write(cli.path().join(name), text).unwrap();
    write("copy.jsonl", &read(one));
    assert_refused(&cli, &["summarize", one, two, "copy.jsonl"], &["the document \"d000\" is in", one, "copy.jsonl"]);
    assert_refused(&cli, &["summarize", one, one], &["the document \"d000\" is at two places of"]);
    count(&cli, 2, "pred", &["--iou", "0.5"]);
    write("other.jsonl", &read(two));
    count(&cli, 2, "pred", &[]);
    assert_refused(&cli, &["summarize", one, "other.jsonl"], &["other.jsonl", "different arguments: none; --iou=0.5"]);
    let newer = read(two).replacen("karat.counts/1", "karat.counts/2", 1);
    write("newer.jsonl", &newer);
    assert_refused(&cli, &["summarize", "newer.jsonl"], &["`karat.counts/2`", "count again with this version"]);
    let of_other = read(two).replacen(concat!("\"version\":\"", env!("CARGO_PKG_VERSION")), "\"version\":\"9", 1);
    write("of_other.jsonl", &of_other);
    assert_refused(&cli, &["summarize", one, "of_other.jsonl"], &["karat 9 counted them"]);
    let half = &read(one)[..read(one).len() - 30];
    write("half.jsonl", half);
    assert_refused(&cli, &["summarize", "half.jsonl"], &["half.jsonl:", "is the file complete?"]);
    write("negative.jsonl", &read(one).replacen("\"missed\":", "\"missed\":-", 1));
    assert_refused(&cli, &["summarize", "negative.jsonl"], &["this is no row of counts"]);
    write(
        "kinds.jsonl",
        &read(one).replacen("\"kind\":\"matches\"", "\"kind\":\"share\"", 1).replacen(
            "\"kind\":\"matches\"",
            "\"kind\":\"odd\"",
            1,
        ),
    );
    assert_refused(
        &cli,
        &["summarize", "kinds.jsonl"],
        &["the sums do not belong to the kind `odd`", "document \"d000\""],
    );
    assert_refused(&cli, &["summarize", "gold.jsonl"], &["this is no file of counts", "--counts-out"]);
    write("empty.jsonl", "");
    assert_refused(&cli, &["summarize", "empty.jsonl"], &["this is no file of counts"]);
    assert_refused(&cli, &["summarize", "absent.jsonl"], &["absent.jsonl"]);
    let status = read(one).replacen("\"metric\":\"exact\"", "\"metric\":\"odd\"", 1).replacen(
        "\"status\":\"ok\"",
        "\"status\":\"failed\"",
        1,
    );
    write("status.jsonl", &status);
    assert_refused(
        &cli,
        &["summarize", "status.jsonl"],
        &["the status, a fingerprint or the cluster is not that of the rows before"],
    );
    write("schema.json", "{\"type\": \"object\"}");
    write("schema.toml", "[records.person]\nschema = \"schema.json\"\n");
    assert_refused(
        &cli,
        &[
            "score",
            "--gold",
            "gold0.jsonl",
            "--pred",
            "pred0.jsonl",
            "--options",
            "schema.toml",
            "--counts-out",
            "x.jsonl",
        ],
        &["--counts-out keeps nothing of `records.person.schema`"],
    );
    // Two systems.
    let pair = |base: &str, candidate: &str| -> Vec<String> {
        ["compare", "--baseline-counts", base, "--candidate-counts", candidate].map(str::to_owned).to_vec()
    };
    let refused = |args: Vec<String>, parts: &[&str]| {
        assert_refused(&cli, &args.iter().map(String::as_str).collect::<Vec<_>>(), parts);
    };
    refused(pair(one, two), &["only the baseline has the documents \"d000\"", "only the candidate has"]);
    refused(pair(two, "other.jsonl"), &["these counts cannot be compared: they have different arguments"]);
    let golden = read(one).lines().nth(1).unwrap().split("\"golden\":\"").nth(1).unwrap()[..32].to_owned();
    write("moved.jsonl", &read(one).replace(&golden, &"0".repeat(32)));
    refused(pair(one, "moved.jsonl"), &["the golden annotations of the document \"d000\" differ"]);
    assert_refused(
        &cli,
        &["gate", "--candidate-counts", one, "--metric", "entities.strict.f1", "--margin", "0.1"],
        &["a margin needs the counts of the baseline"],
    );
    assert_refused(
        &cli,
        &[
            "score",
            "--gold",
            "gold0.jsonl",
            "--pred",
            "pred0.jsonl",
            "--pred",
            "pred1.jsonl",
            "--counts-out",
            "x.jsonl",
        ],
        &["--counts-out is for one system"],
    );
    write("judged.toml", "[key_points]\njudge = [\"judge\"]\n");
    assert_refused(
        &cli,
        &[
            "score",
            "--gold",
            "gold0.jsonl",
            "--pred",
            "pred0.jsonl",
            "--options",
            "judged.toml",
            "--counts-out",
            "x.jsonl",
        ],
        &["--counts-out keeps nothing of `key_points.judge`"],
    );
    assert!(!cli.path().join("x.jsonl").exists());
}

/// Metrics of texts are scored, and those of offsets undefined, as in the whole.
#[test]
fn entities_without_offsets() {
    let cli = Cli::new();
    for at in 0..2 {
        let gold =
            json!({"id": format!("d{at}"), "text": "Ann met Bo", "entities": [{"start": 0, "end": 3, "label": "PER"}]});
        let text = ["Ann", "Bo"][at];
        let pred = json!({"id": format!("d{at}"), "entities": [{"text": text, "label": "PER"}]});
        fs::write(cli.path().join(format!("gold{at}.jsonl")), format!("{gold}\n")).unwrap();
        fs::write(cli.path().join(format!("pred{at}.jsonl")), format!("{pred}\n")).unwrap();
    }
    for side in ["gold", "pred"] {
        let part = |at| fs::read_to_string(cli.path().join(format!("{side}{at}.jsonl"))).unwrap();
        fs::write(cli.path().join(format!("{side}.jsonl")), part(0) + &part(1)).unwrap();
    }
    assert_whole(&cli, 2, &[], &[]);
    assert_whole(&cli, 2, &["--zero-division", "1"], &[]);
}

/// A layer that no answer of a part has is scored as in the whole.
#[test]
fn layers_that_only_some_parts_answer() {
    let cli = Cli::new();
    for (at, answer) in
        [r#"{"id": "a", "entities": [], "summary": "x y"}"#, r#"{"id": "b", "entities": []}"#].iter().enumerate()
    {
        let id = ["a", "b"][at];
        let gold = format!(
            "{{\"id\": \"{id}\", \"text\": \"x y z\", \"entities\": [{{\"start\": 0, \"end\": 1, \"label\": \"L\"}}], \"summary\": \"x y z\"}}\n"
        );
        fs::write(cli.path().join(format!("gold{at}.jsonl")), gold).unwrap();
        fs::write(cli.path().join(format!("pred{at}.jsonl")), format!("{answer}\n")).unwrap();
    }
    let join = |side: &str| -> String {
        (0..2).map(|at| fs::read_to_string(cli.path().join(format!("{side}{at}.jsonl"))).unwrap()).collect()
    };
    for side in ["gold", "pred"] {
        fs::write(cli.path().join(format!("{side}.jsonl")), join(side)).unwrap();
    }
    let whole = ["score", "--gold", "gold.jsonl", "--pred", "pred.jsonl", "--format", "csv"];
    let files = count(&cli, 2, "pred", &[]);
    let found = printed(&cli, &["summarize", &files[0], &files[1], "--format", "csv"]);
    let without_names =
        |csv: &str| csv.lines().map(|line| line.splitn(3, ',').nth(2).unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(without_names(&found), without_names(&printed(&cli, &whole)));
    assert!(found.contains("summary.rouge1.f1"));
    let alone = printed(&cli, &["summarize", &files[1], "--format", "csv"]);
    assert!(!alone.contains("summary."), "{alone}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn any_division_into_parts_gives_the_same(documents in 1_usize..40, parts in 1_usize..7, seed: u64) {
        let cli = Cli::new();
        corpus_with(&cli, documents, parts, seed, true);
        assert_whole(&cli, parts, &["--options", "options.toml"], &[]);
    }
}

#[cfg(not(feature = "parquet"))]
#[test]
fn a_build_without_parquet_names_the_feature() {
    let cli = Cli::new();
    corpus(&cli, 4, 1, 5);
    let score = [
        "score",
        "--gold",
        "gold.jsonl",
        "--pred",
        "pred.jsonl",
        "--missing",
        "count",
        "--counts-out",
        "counts.parquet",
    ];
    for args in [&score[..], &["summarize", "counts.parquet"]] {
        assert_refused(&cli, args, &["built without Parquet", "--features parquet", "counts.parquet"]);
    }
    assert!(!cli.path().join("counts.parquet").exists());
}
