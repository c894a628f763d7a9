//! Documents that a system did not answer: figures that need no reference do not gain by them, and
//! every command names them.

use serde_json::Value;

use crate::cli::Cli;

/// Forty summaries. Every third ends with a price that is not in its source; the candidate fails on
/// these documents and gives the same answers to the others.
fn files() -> Cli {
    let cli = Cli::new();
    let (mut gold, mut base, mut candidate) = (String::new(), String::new(), String::new());
    for at in 0..40 {
        let (text, summary) = (format!("A mill employs {} people.", 20 + at), format!("It employs {}.", 20 + at));
        gold.push_str(&format!(r#"{{"id": "d{at:02}", "text": "{text}", "summaries": ["{summary}"]}}"#));
        let invents = at % 3 == 1;
        let said = if invents { format!("{summary} It cost 9 million euros.") } else { summary };
        base.push_str(&format!(r#"{{"id": "d{at:02}", "summary": "{said}"}}"#));
        candidate.push_str(&if invents {
            format!(r#"{{"id": "d{at:02}", "status": "failed", "error": "TimeoutError: no answer in {at} s"}}"#)
        } else {
            format!(r#"{{"id": "d{at:02}", "summary": "{said}"}}"#)
        });
        [&mut gold, &mut base, &mut candidate].into_iter().for_each(|lines| lines.push('\n'));
    }
    cli.write("gold.jsonl", gold);
    cli.write("base.jsonl", base);
    cli.write("candidate.jsonl", candidate);
    cli
}

/// The arguments that name the three files.
const PAIR: &[&str] = &["--gold", "gold.jsonl", "--baseline", "base.jsonl", "--candidate", "candidate.jsonl"];

const FAILED: &str = "13 of 40 documents failed, and are scored as empty: TimeoutError (13): \"d01\", \"d04\"";

#[test]
fn a_figure_without_a_reference_counts_answered_documents() {
    let args = ["score", "--gold", "gold.jsonl", "--pred", "candidate.jsonl", "--format", "json"];
    let (code, out, _) = files().run(&args);
    assert_eq!(code, 0);
    let scores: Value = serde_json::from_str(&out).unwrap();
    let documents = |metric: &str| scores["metrics"][metric]["documents"].as_u64().unwrap();
    for metric in ["grounded", "facts", "invented_numbers", "compression", "density", "novel2"] {
        assert_eq!(documents(&format!("summary.{metric}")), 27, "{metric}");
    }
    assert_eq!(documents("summary.rouge1.f1"), 40);
    assert_eq!(scores["metrics"]["summary.grounded"]["value"], 1.0);
}

#[test]
fn a_system_that_answers_less_is_not_better() {
    let cli = files();
    let compare = ["compare", "--metric", "summary.grounded", "--format", "json"];
    let (code, out, _) = cli.run(&[&compare, PAIR].concat());
    assert_eq!(code, 0);
    let report: Value = serde_json::from_str(&out).unwrap();
    let figure = &report["metrics"]["summary.grounded"];
    assert_eq!(figure["delta"], 0.0, "{figure}");
    assert_eq!(figure["documents"], 27);
    assert_eq!(figure["left_out"], 13);
    assert_eq!(figure["verdict"], "unchanged");
    // Figures with references count unanswered documents as before.
    assert_eq!(report["metrics"]["summary.rouge1.f1"]["documents"], 40);

    let gate = ["gate", "--metric", "summary.grounded", "--margin", "0.01", "--on-inconclusive", "fail"];
    let (code, out, notes) = cli.run(&[&gate, PAIR].concat());
    assert_eq!(code, 100, "{out}");
    assert!(out.contains("27 documents; 13 that a system did not answer are left out; the candidate answers"), "{out}");
    assert!(notes.contains(&format!("note: candidate.jsonl: {FAILED}")), "{notes}");
}

/// A figure that rests on answers cannot be compared if no document was answered by both systems.
#[test]
fn systems_that_answer_different_documents_are_not_compared() {
    let cli = files();
    let failed = |line: &str| {
        let id = line.split('"').nth(3).unwrap();
        format!("{{\"id\": \"{id}\", \"status\": \"failed\", \"error\": \"no\"}}\n")
    };
    let answered = |even: bool| -> String {
        let lines = cli.read("base.jsonl");
        let line = |(at, line): (usize, &str)| if (at % 2 == 0) == even { format!("{line}\n") } else { failed(line) };
        lines.lines().enumerate().map(line).collect()
    };
    cli.write("candidate.jsonl", answered(true));
    cli.write("base.jsonl", answered(false));
    let (code, out, _) = cli.run(&[&["compare", "--metric", "summary.grounded", "--format", "json"], PAIR].concat());
    assert_eq!(code, 0);
    let report: Value = serde_json::from_str(&out).unwrap();
    let figure = &report["metrics"]["summary.grounded"];
    assert_eq!((&figure["delta"], &figure["verdict"]), (&Value::Null, &Value::from("inconclusive")), "{figure}");
    assert_eq!(figure["left_out"], 40, "{figure}");
}

#[test]
fn failures_that_a_rule_allows_may_pass() {
    let cli = files();
    let lines = cli.read("gold.jsonl");
    let documents: String =
        lines.lines().map(|line| format!("{},\n", line.split(", \"summaries\"").next().unwrap())).collect();
    cli.write("documents.jsonl", documents.replace(",\n", "}\n"));
    cli.write(
        "karat.toml",
        "[datasets.d]\ndocuments = \"documents.jsonl\"\ngolden = \"gold.jsonl\"\n\
         [extractors.e]\nkind = \"predictions\"\npath = \"answers.jsonl\"\n\
         [[gate]]\nmetric = \"summary.grounded\"\nmargin = 0.01\nmax_failed = 0.5\n",
    );
    cli.write("answers.jsonl", cli.read("base.jsonl"));
    assert_eq!(cli.run(&["run", "--quiet", "--out", "r1"]).0, 0);
    assert_eq!(cli.run(&["accept", "r1"]).0, 0);
    cli.write("answers.jsonl", cli.read("candidate.jsonl"));
    assert_eq!(cli.run(&["run", "--quiet", "--out", "r2"]).0, 5);
    let (code, out, notes) = cli.run(&["gate", "r2"]);
    assert_eq!(code, 0, "{out}{notes}");
    assert!(out.contains("27 documents; 13 that a system did not answer are left out"), "{out}");
    assert!(notes.contains(FAILED), "{notes}");
    let (_, _, notes) = cli.run(&["compare", "r1", "r2"]);
    assert!(notes.contains(&format!("note: d, e, r2: {FAILED}")), "{notes}");
    let (_, _, notes) = cli.run(&["power", "r2"]);
    assert!(notes.contains(FAILED), "{notes}");
}

#[test]
fn an_extractor_that_is_gone_fails_the_gate() {
    let cli = files();
    let lines = cli.read("gold.jsonl");
    let document = |line: &str| format!("{}}}\n", line.split(", \"summaries\"").next().unwrap());
    cli.write("documents.jsonl", lines.lines().map(document).collect::<String>());
    let table = |name: &str| format!("[extractors.{name}]\nkind = \"predictions\"\npath = \"base.jsonl\"\n");
    let rest = "[datasets.d]\ndocuments = \"documents.jsonl\"\ngolden = \"gold.jsonl\"\n\
                [[gate]]\nmetric = \"summary.rouge1.f1\"\nmargin = 0.01\n";
    cli.write("karat.toml", [rest, &table("ours"), &table("other")].concat());
    assert_eq!(cli.run(&["run", "--quiet", "--out", "r1"]).0, 0);
    assert_eq!(cli.run(&["accept", "r1"]).0, 0);
    // A selection leaves extractors out on purpose.
    assert_eq!(cli.run(&["run", "--quiet", "--extractor", "other", "--out", "r2"]).0, 0);
    let (code, out, notes) = cli.run(&["gate", "r2"]);
    assert_eq!(code, 0, "{out}{notes}");
    assert!(notes.contains("ours.jsonl has no counterpart in this run (--extractor)"), "{notes}");
    // A run of everything that karat.toml has does not.
    cli.write("karat.toml", [rest, &table("other")].concat());
    assert_eq!(cli.run(&["run", "--quiet", "--out", "r3"]).0, 0);
    let (code, out, _) = cli.run(&["gate", "r3"]);
    assert_eq!(code, 100, "{out}");
    assert!(out.contains("the accepted baseline golden/baselines/d/ours.jsonl has no counterpart"), "{out}");
    // Of two rules about it, the one that decides counts.
    let informational = "[[gate]]\nmetric = \"summary.rouge1.f1\"\nmargin = 0.01\ninformational = true\n";
    cli.write("karat.toml", [informational, rest, &table("other")].concat());
    assert_eq!(cli.run(&["gate", "r3"]).0, 100);
    // A dataset that runs on request only is left out on purpose.
    let on_request = rest.replace("[datasets.d]\n", "[datasets.d]\non_request = true\n");
    cli.write("karat.toml", [&on_request, &table("other")[..]].concat());
    assert_eq!(cli.run(&["gate", "r3"]).0, 0);
    cli.write("karat.toml", [rest, &table("other")].concat());
    // A baseline that was changed by hand is named, even if the run has nothing to compare with it.
    let baseline = cli.read("golden/baselines/d/ours.jsonl");
    cli.write("golden/baselines/d/ours.jsonl", format!("{baseline}\n"));
    let (code, _, message) = cli.run(&["gate", "r3"]);
    assert_eq!(code, 2);
    assert!(message.contains("ours.json"), "{message}");
    cli.write("golden/baselines/d/ours.jsonl", baseline);
    let (code, out, message) = cli.run(&["accept", "--remove", "d/ours"]);
    assert_eq!((code, out.as_str()), (0, "removed: d/ours\n"), "{message}");
    assert_eq!(cli.run(&["gate", "r3"]).0, 0);
    let (code, _, message) = cli.run(&["accept", "--remove", "d/ours"]);
    assert_eq!(code, 2);
    assert!(message.contains("there is no such baseline"), "{message}");
}

#[test]
fn a_summary_without_a_reference_is_refused_in_every_format() {
    let cli = Cli::new();
    cli.write(
        "gold.jsonl",
        "{\"id\": \"a\", \"summaries\": []}\n{\"id\": \"b\", \"summaries\": [\"one two three\"]}\n",
    );
    cli.write("pred.jsonl", "{\"id\": \"a\", \"summary\": \"x\"}\n{\"id\": \"b\", \"summary\": \"one two\"}\n");
    for format in ["table", "json", "csv", "md"] {
        let (code, out, message) =
            cli.run(&["score", "--gold", "gold.jsonl", "--pred", "pred.jsonl", "--format", format]);
        assert_eq!((code, out.as_str()), (2, ""), "{format}");
        assert!(message.contains("document \"a\": there is a summary, and no reference for it"), "{format}: {message}");
    }
}

#[test]
fn a_repeat_that_a_document_lacks_counts_as_missed() {
    let cli = Cli::new();
    let gold =
        ["{\"id\": \"a\", \"summaries\": [\"one two three\"]}", "{\"id\": \"b\", \"summaries\": [\"four five six\"]}"];
    let again = "{\"id\": \"a\", \"repeat\": 2, \"summary\": \"one two three\"}";
    cli.write("gold.jsonl", gold.join("\n"));
    let first = gold.join("\n").replace("summaries\": [", "summary\": ").replace("]}", "}");
    cli.write("pred.jsonl", format!("{first}\n{again}\n"));
    let (code, out, notes) = cli.run(&["score", "--gold", "gold.jsonl", "--pred", "pred.jsonl", "--format", "json"]);
    assert_eq!(code, 0, "{notes}");
    let scores: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(scores["metrics"]["summary.rouge1.f1"]["value"], 0.75);
    let (_, _, notes) = cli.run(&["score", "--gold", "gold.jsonl", "--pred", "pred.jsonl"]);
    assert!(notes.contains("counted as missed in part, since a repeat has no prediction: \"b\""), "{notes}");
}
