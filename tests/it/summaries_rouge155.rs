//! The preset `rouge155`, from files to what ROUGE-1.5.5 prints.

use serde_json::{Value, json};

use crate::cli::{Cli, assert_cmd};

/// Three documents, the first with two references and the last with a summary in another script.
fn files() -> Cli {
    let cli = Cli::new();
    let gold = [
        json!({"id": "a-b", "summaries": ["The geese ate the corn.\nThen they slept.", "Geese say what they want"]}),
        json!({"id": "a", "summaries": ["the cat sat on the mat"]}),
        json!({"id": "c", "summaries": ["One running dog, of many"]}),
    ];
    let predicted = [
        json!({"id": "a-b", "summary": "They eat corn\nA goose says so"}),
        json!({"id": "a", "summary": "the cat rested"}),
        json!({"id": "c", "summary": "日本語"}),
    ];
    let lines = |documents: &[Value]| documents.iter().map(|document| format!("{document}\n")).collect::<String>();
    cli.write("gold.jsonl", lines(&gold));
    cli.write("pred.jsonl", lines(&predicted));
    cli.write("wordnet/noun.exc", "geese goose\n");
    cli.write("wordnet/verb.exc", "ate eat\nsaid say\n");
    cli.write("stop.txt", "the\nof\nthey\n");
    cli
}

fn score<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["score", "--gold", "gold.jsonl", "--pred", "pred.jsonl"], more].concat()
}

fn scores(cli: &Cli, more: &[&str]) -> Value {
    let output = cli.karat(&score(&[more, &["--format", "json", "--per-document"]].concat())).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn tables() {
    let cli = files();
    assert_cmd!("rouge155_default", cli.karat(&score(&["--preset", "rouge155"])));
    let arguments = "--rouge155=-n 2 -m -l 5 -f B -c 90 -2 -1 -U";
    assert_cmd!("rouge155_arguments", cli.karat(&score(&[arguments, "--wordnet-exceptions", "wordnet"])));
    assert_cmd!("rouge155_counts", cli.karat(&score(&["--rouge155=-n 1 -t 2 -s", "--stop-words", "stop.txt"])));
}

/// Every number is what ROUGE-1.5.5 printed for these files under `-n 1 -w 1.2 -m`, with a database
/// of these exceptions.
#[test]
fn figures_are_those_that_the_program_prints() {
    let found = scores(&files(), &["--rouge155=-n 1 -w 1.2 -m", "--wordnet-exceptions", "wordnet"]);
    let metric = |name: &str| &found["metrics"][format!("summary.{name}")];
    for (name, value, low, high) in PRINTED {
        let figure = metric(name);
        assert_eq!([&figure["value"], &figure["low"], &figure["high"]], [value, low, high], "{name}");
    }
    for (document, name, value) in PRINTED_OF_DOCUMENTS {
        let figure = &found["documents"][document]["metrics"][format!("summary.{name}")]["value"];
        assert_eq!(figure, &value, "{document} {name}");
    }
    let signature = metric("rougeW.f1")["signature"].as_str().unwrap();
    assert!(signature.starts_with("rougeW|mode:ROUGE-1.5.5|weight:1.2|stem:porter-perl|exc:wordnet-3-"), "{signature}");
}

const PRINTED: [(&str, f64, f64, f64); 9] = [
    ("rouge1.recall", 0.18796, 0.0, 0.33333),
    ("rouge1.precision", 0.29335, 0.0, 0.66667),
    ("rouge1.f1", 0.22207, 0.0, 0.44444),
    ("rougeL.recall", 0.18796, 0.0, 0.33333),
    ("rougeL.precision", 0.29335, 0.0, 0.66667),
    ("rougeL.f1", 0.22207, 0.0, 0.44444),
    ("rougeW.recall", 0.13066, 0.0, 0.23294),
    ("rougeW.precision", 0.28867, 0.0, 0.66667),
    ("rougeW.f1", 0.1741, 0.0, 0.34525),
];

const PRINTED_OF_DOCUMENTS: [(&str, &str, f64); 9] = [
    ("a-b", "rouge1.f1", 0.22222),
    ("a", "rouge1.f1", 0.44444),
    ("c", "rouge1.f1", 0.0),
    ("a-b", "rougeL.f1", 0.22222),
    ("a", "rougeL.f1", 0.44444),
    ("c", "rougeL.f1", 0.0),
    ("a-b", "rougeW.f1", 0.17738),
    ("a", "rougeW.f1", 0.34525),
    ("c", "rougeW.f1", 0.0),
];

/// An options file is equivalent to arguments.
#[test]
fn options_come_from_a_file_too() {
    let cli = files();
    cli.write(
        "sub/options.toml",
        "[summaries.rouge155]\nlongest_ngram = 1\nskip_bigrams = \"none\"\nwordnet_exceptions = \"../wordnet\"\n",
    );
    let by_file = scores(&cli, &["--preset", "rouge155", "--options", "sub/options.toml"]);
    assert_eq!(by_file, scores(&cli, &["--rouge155=-n 1 -w 1.2 -m", "--wordnet-exceptions", "wordnet"]));
}

#[test]
fn wrong_arguments_are_reported() {
    let cli = files();
    for (arguments, message) in [
        (&["--rouge155=-n 2 -q"][..], "ROUGE-1.5.5 has no option -q"),
        (&["--rouge155=-s"], "name a file with one word per line with --stop-words"),
        (&["--preset", "rouge155", "--wordnet-exceptions", "."], "none of WordNet's lists is in this folder"),
        (&["--preset", "rouge155", "--stop-words", "nowhere.txt"], "read the stop words"),
        (&["--stop-words", "stop.txt"], "apply only to the preset rouge155"),
        (&["--preset", "rouge_score", "--rouge155=-m"], "apply only to the preset rouge155"),
    ] {
        let output = cli.karat(&score(arguments)).output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr).replace('\n', " ");
        let words =
            stderr.split_whitespace().filter(|word| !["│", "╰─▶", "×"].contains(word)).collect::<Vec<_>>().join(" ");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(words.contains(message), "{arguments:?}: {words}");
    }
}
