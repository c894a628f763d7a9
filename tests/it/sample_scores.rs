//! `--scores`: logs of other harnesses under `compare`, `gate`, `power` and `aa`. The logs in
//! `sample_scores_logs` were written by the real programs.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::cli::Cli;

/// Returns a folder with the logs of the real programs.
fn logs() -> Cli {
    let cli = Cli::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/sample_scores_logs");
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if name != "README.md" {
            fs::write(cli.path().join(name), fs::read(entry.path()).unwrap()).unwrap();
        }
    }
    cli
}

/// Returns the exit code, standard output and standard error of a command with logs of scores.
fn run(cli: &Cli, command: &str, logs: &[&str], more: &[&str]) -> (Option<i32>, String, String) {
    let scores = logs.iter().flat_map(|log| ["--scores", *log]);
    let args: Vec<&str> = [command].into_iter().chain(scores).chain(more.iter().copied()).collect();
    let output = cli.karat(&args).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// Returns the metrics of a comparison of two logs.
fn metrics(cli: &Cli, logs: [&str; 2], more: &[&str]) -> Value {
    let (code, out, err) = run(cli, "compare", &logs, &[&["--format", "json"][..], more].concat());
    assert_eq!(code, Some(0), "{err}");
    serde_json::from_str::<Value>(&out).unwrap()["metrics"].clone()
}

/// Asserts the values of base and candidate.
fn assert_values(metrics: &Value, name: &str, expected: [f64; 2]) {
    let figure = &metrics[name];
    for (side, expected) in ["base", "candidate"].into_iter().zip(expected) {
        let found = figure[side].as_f64().unwrap_or_else(|| panic!("{name}.{side} in {metrics:#}"));
        assert!((found - expected).abs() < 1e-12, "{name}.{side} is {found}, not {expected}");
    }
}

/// Fails unless a comparison of two tables is refused with a message that has each of these parts.
fn assert_refused(cli: &Cli, logs: [&str; 2], more: &[&str], parts: &[&str]) {
    let (code, out, err) = run(cli, "compare", &logs, more);
    assert_eq!((code, out.as_str()), (Some(2), ""), "{err}");
    for part in parts {
        assert!(err.contains(part), "no {part:?} in {err}");
    }
}

/// The values that the real programs computed: the means of their samples after epochs are
/// averaged.
#[test]
fn logs_of_every_harness_have_the_means_of_the_harness() {
    let cli = logs();
    for base in ["inspect_base.eval", "inspect_base.json"] {
        let found = metrics(&cli, [base, "inspect_candidate.eval"], &[]);
        assert_values(&found, "scores.match", [0.5, 0.75]);
        assert_values(&found, "scores.graded", [0.5625, 0.78125]);
        assert_eq!(found["scores.match"]["documents"], 8);
    }
    let found = metrics(&cli, ["lm_eval_base.jsonl", "lm_eval_candidate.jsonl"], &[]);
    assert_values(&found, "scores.acc", [4.0 / 12.0, 6.0 / 12.0]);
    for kind in ["json", "jsonl"] {
        let found = metrics(&cli, [&format!("promptfoo_base.{kind}"), &format!("promptfoo_candidate.{kind}")], &[]);
        assert_values(&found, "scores.says", [0.25, 0.75]);
        assert_values(&found, "scores.success", [0.25, 0.75]);
    }
    let found = metrics(&cli, ["deepeval_base.json", "deepeval_candidate.json"], &[]);
    assert_values(&found, "scores.Exact Match", [0.375, 0.5]);
    for kind in ["csv", "json"] {
        let found = metrics(&cli, [&format!("ragas_base.{kind}"), &format!("ragas_candidate.{kind}")], &[]);
        assert_values(&found, "scores.exact_match", [0.5, 0.375]);
    }
    let found = metrics(&cli, ["helm_base.json", "helm_candidate.json"], &[]);
    assert_values(&found, "scores.exact_match", [0.0, 0.0]);
}

#[test]
fn what_is_assumed_is_said() {
    let cli = logs();
    let (_, _, err) = run(&cli, "compare", &["inspect_base.eval", "inspect_candidate.eval"], &[]);
    assert!(err.contains("the 2 repeats of each sample are averaged"), "{err}");
    assert!(err.contains("`C` as 1, `I` as 0, `N` as 0, `P` as 0.5"), "{err}");
    assert!(err.contains("higher values are assumed to be better: `graded`, `measured.length`"), "{err}");
    let (_, out, err) = run(&cli, "compare", &["helm_base.json", "helm_candidate.json"], &[]);
    assert!(out.contains("identical"), "{out}");
    assert!(err.contains("`identical` means that all scores are equal"), "{err}");
}

#[test]
fn a_gate_judges_by_the_clustered_paired_difference() {
    let cli = Cli::new();
    let table = |right: &dyn Fn(usize) -> f64| -> String {
        let row = |at: usize| format!("s{at},accuracy,{},c{}\n", right(at), at / 2);
        format!("id,metric,value,cluster\n{}", (0..40).map(row).collect::<String>())
    };
    cli.write("base.csv", table(&|at| if at % 4 == 0 { 0.0 } else { 1.0 }));
    cli.write("same.csv", table(&|at| if at % 4 == 1 { 0.0 } else { 1.0 }));
    cli.write("worse.csv", table(&|at| if at % 2 == 0 { 0.0 } else { 1.0 }));
    let gate = |candidate: &str, margin: &str| {
        let more = ["--metric", "accuracy", "--margin", margin, "--format", "json"];
        let (code, out, err) = run(&cli, "gate", &["base.csv", candidate], &more);
        let found: Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{err}"));
        (code, found["verdict"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(gate("base.csv", "0.01"), (Some(0), "identical".to_owned()));
    // Within every cluster one sample is lost and the other gained: the clusters do not differ.
    assert_eq!(gate("same.csv", "0.01"), (Some(0), "pass".to_owned()));
    assert_eq!(gate("worse.csv", "0.01"), (Some(100), "fail".to_owned()));
    let found = metrics(&cli, ["base.csv", "worse.csv"], &[]);
    assert_eq!(
        (&found["scores.accuracy"]["documents"], &found["scores.accuracy"]["clusters"]),
        (&40.into(), &20.into())
    );
    // Half of the 20 clusters lose half a point: the mean is -1/4, the residuals are 1/80 of a
    // cluster's sum, and the standard error is sqrt(20/19 * 20 / 80^2).
    let error = found["scores.accuracy"]["standard_error"].as_f64().unwrap();
    assert!((error - (20.0_f64 / 19.0 * 20.0 / 6400.0).sqrt()).abs() < 1e-12, "{error}");
    let (code, _, err) = run(&cli, "gate", &["worse.csv"], &["--metric", "accuracy", "--min", "0.9"]);
    assert_eq!(code, Some(100), "{err}");
}

#[test]
fn lower_is_better_where_a_table_or_the_user_says_so() {
    let cli = Cli::new();
    let table = |value: f64| -> String {
        let row = |at: usize| format!("{{\"id\": {at}, \"wer\": {value}, \"mine\": {}}}\n", value + at as f64 / 100.0);
        (0..12).map(row).collect()
    };
    cli.write("base.jsonl", table(0.1));
    cli.write("worse.jsonl", table(0.3));
    let gate = |metric: &str, more: &[&str]| {
        let more = [&["--metric", metric, "--margin", "0.05"][..], more].concat();
        run(&cli, "gate", &["base.jsonl", "worse.jsonl"], &more).0
    };
    assert_eq!(gate("wer", &[]), Some(100));
    assert_eq!(gate("mine", &[]), Some(0));
    assert_eq!(gate("mine", &["--lower-is-better", "mine"]), Some(100));
    let logs = ["base.jsonl", "worse.jsonl"];
    assert_refused(&cli, logs, &["--lower-is-better", "mien"], &["unknown metric `mien`", "did you mean `mine`?"]);
}

/// Numerators and denominators are summed before they are divided: 3/10 and 1/2 make 4/12.
#[test]
fn ratios_are_ratios_of_sums() {
    let cli = Cli::new();
    let head = "id,metric,numerator,denominator\n";
    cli.write("base.csv", format!("{head}a,f,3,10\nb,f,1,2\nc,f,0,0\n"));
    cli.write("new.csv", format!("{head}a,f,6,10\nb,f,2,2\nc,f,1,4\n"));
    assert_values(&metrics(&cli, ["base.csv", "new.csv"], &[]), "scores.f", [4.0 / 12.0, 9.0 / 16.0]);
}

#[test]
fn missing_samples_are_treated_as_the_user_says() {
    let cli = logs();
    let pair = ["inspect_base.eval", "inspect_failed.eval"];
    assert_refused(&cli, pair, &[], &["1 sample that ended in an error: `s3`", "no answer", "--missing skip"]);
    assert_values(&metrics(&cli, pair, &["--missing", "skip"]), "scores.match", [4.0 / 7.0, 1.0]);
    assert_values(&metrics(&cli, pair, &["--missing", "count", "--metric", "match"]), "scores.match", [0.5, 7.0 / 8.0]);
    cli.write("a.csv", "id,x,y\n1,0.5,1\n2,0.5,2\n3,0.5,3\n");
    cli.write("b.csv", "id,x,y\n1,0.5,1\n2,,2\n4,0.5,3\n");
    assert_refused(&cli, ["a.csv", "b.csv"], &[], &["missing: `3`", "missing: `4`", "1 sample without a score: `2`"]);
    let (code, _, err) = run(&cli, "compare", &["a.csv", "b.csv"], &["--intersection"]);
    assert_eq!(code, Some(0), "{err}");
    assert!(err.contains("left out"), "{err}");
    let found = metrics(&cli, ["a.csv", "b.csv"], &["--intersection"]);
    assert_eq!((&found["scores.x"]["documents"], &found["scores.y"]["documents"]), (&1.into(), &2.into()));
}

#[test]
fn what_is_not_understood_is_refused_by_name() {
    let cli = logs();
    let good = "lm_eval_base.jsonl";
    let refused = |name: &str, content: &str, parts: &[&str]| {
        cli.write(name, content);
        assert_refused(&cli, [name, good], &[], &[&[name][..], parts].concat());
    };
    refused("x.txt", "hello\n", &["no log with scores of samples", "--scores-from"]);
    refused("twice.csv", "id,metric,value\na,m,1\na,m,0\n", &["twice.csv:3:1", "two scores of `m`"]);
    refused("word.csv", "id,metric,value\na,m,good\n", &["word.csv:2:1", "`value` is good, which is no number"]);
    refused("inf.jsonl", "{\"id\": 1, \"m\": Infinity}\n{\"id\": 2, \"m\": 1}\n", &["inf.jsonl:1:1", "Infinity"]);
    refused("half.csv", "id,metric,numerator,denominator\na,m,1,\n", &["only one of `numerator` and `denominator`"]);
    refused(
        "old.json",
        r#"{"version": 1, "status": "success", "eval": {}, "samples": []}"#,
        &["version 1", "version 2"],
    );
    let of = |samples: &str| {
        format!(r#"{{"version": 2, "status": "success", "eval": {{"task": "t"}}, "samples": [{samples}]}}"#)
    };
    refused("empty.json", &of(r#"{"id": 1, "epoch": 1, "scores": {}}"#), &["no score and no error", "/samples/0"]);
    let grade = r#"{"id": 1, "epoch": 1, "scores": {"grade": {"value": "A"}}}"#;
    refused("letter.json", &of(grade), &["\"A\" is neither a number", "/samples/0/scores/grade"]);
    refused("doubled.json", &of(&format!("{0},{0}", grade.replace('A', "C"))), &["two scores of `grade`"]);
    refused("v9.json", r#"{"evalId": "e", "results": {"version": 9, "results": []}}"#, &["version 9", "version 3"]);
    let systems = r#"{"testIdx": 0, "promptIdx": 0, "provider": {"id": "a"}, "score": 1, "success": true}
{"testIdx": 0, "promptIdx": 0, "provider": {"id": "b"}, "score": 1, "success": true}
"#;
    refused("two.jsonl", systems, &["2 systems: prompt 0 with a, prompt 0 with b"]);
    refused("case.json", r#"{"testCases": [{"name": "t", "input": "i", "metricsData": []}]}"#, &["/testCases/0"]);
    refused("helm.json", r#"[{"instance_id": "i", "stats": [{"name": {"name": "em"}, "sum": 1}]}]"#, &["/0/stats/0"]);
    refused("same.csv", "user_input,response,faithfulness\nq,a,1\nq,b,0\n", &["joined by `user_input`", "`id`"]);
    let archive = fs::read(cli.path().join("inspect_base.eval")).unwrap();
    fs::write(cli.path().join("cut.eval"), &archive[..archive.len() / 2]).unwrap();
    assert_refused(&cli, ["cut.eval", good], &[], &["cut.eval", "the zip archive is damaged"]);
    let tasks = ["inspect_base.eval", "samples_even_1.jsonl"];
    fs::copy(cli.path().join(good), cli.path().join("samples_even_1.jsonl")).unwrap();
    assert_refused(&cli, tasks, &[], &["different tasks: `even`, `sums`"]);
}

/// Samples of the same number about other inputs are not the same samples.
#[test]
fn samples_with_other_inputs_are_refused() {
    let cli = logs();
    let text = fs::read_to_string(cli.path().join("lm_eval_base.jsonl")).unwrap();
    let hash = text.split("\"doc_hash\": \"").nth(1).unwrap().split('"').next().unwrap();
    cli.write("other.jsonl", text.replace(hash, "0"));
    assert_refused(&cli, ["lm_eval_base.jsonl", "other.jsonl"], &[], &["1 sample with another input", "`0`"]);
}

#[test]
fn power_noise_and_several_candidates() {
    let cli = logs();
    let pair = ["lm_eval_base.jsonl", "lm_eval_candidate.jsonl"];
    let (code, out, err) = run(&cli, "power", &pair, &["--metric", "acc"]);
    assert!(code == Some(0) && out.contains("scores.acc"), "{out}{err}");
    let repeats = ["lm_eval_base.jsonl", "lm_eval_candidate.jsonl", "lm_eval_base.jsonl"];
    let (code, out, err) = run(&cli, "aa", &repeats, &["--format", "json"]);
    assert_eq!(code, Some(0), "{err}");
    let found: Value = serde_json::from_str(&out).unwrap();
    assert!(out.contains("\"repeats\": 3") && out.contains("scores.acc"), "{found:#}");
    let (code, out, err) = run(&cli, "compare", &repeats, &["--metric", "acc"]);
    assert!(code == Some(0) && out.contains("2 systems against"), "{out}{err}");
    let (code, _, err) = run(&cli, "compare", &["lm_eval_base.jsonl"], &[]);
    assert!(code == Some(2) && err.contains("too few"), "{err}");
}

/// Returns a test run of deepeval with one metric: the score of each case and whether it passed a
/// threshold of 0.5.
fn deepeval(metric: &str, cases: impl IntoIterator<Item = (f64, bool)>) -> String {
    let case = |(at, (score, success)): (usize, (f64, bool))| {
        let data = json!({"name": metric, "threshold": 0.5, "score": score, "success": success});
        json!({"name": format!("t{at}"), "input": format!("i{at}"), "metricsData": [data]})
    };
    json!({"testCases": cases.into_iter().enumerate().map(case).collect::<Vec<Value>>()}).to_string()
}

/// deepeval 4.3.1 passes a case if its score of bias is at least the threshold; older versions did
/// if it was at most the threshold.
#[test]
fn deepeval_metrics_have_the_direction_in_which_cases_pass() {
    let cli = Cli::new();
    let high = |at: usize| 0.8 + at as f64 / 100.0;
    let low = |at: usize| 0.1 + at as f64 / 100.0;
    cli.write("high.json", deepeval("Bias", (0..12).map(|at| (high(at), true))));
    cli.write("low.json", deepeval("Bias", (0..12).map(|at| (low(at), false))));
    cli.write("old_high.json", deepeval("Bias", (0..12).map(|at| (high(at), false))));
    cli.write("old_low.json", deepeval("Bias", (0..12).map(|at| (low(at), true))));
    cli.write("both.json", deepeval("Bias", (0..12).map(|at| (high(at), at == 3))));
    let gate = |logs: [&str; 2], more: &[&str]| {
        let more = [&["--metric", "Bias", "--margin", "0.05"][..], more].concat();
        let (code, _, err) = run(&cli, "gate", &logs, &more);
        (code, err)
    };
    assert_eq!(gate(["high.json", "low.json"], &[]).0, Some(100));
    assert_eq!(gate(["low.json", "high.json"], &[]).0, Some(0));
    let (code, err) = gate(["old_low.json", "old_high.json"], &[]);
    assert_eq!(code, Some(100), "{err}");
    assert!(err.contains("old_low.json: lower values of `Bias` are better, since `success`"), "{err}");
    assert_eq!(gate(["old_high.json", "old_low.json"], &[]).0, Some(0));
    let pair = ["both.json", "old_high.json"];
    assert_refused(&cli, pair, &[], &["both.json", "threshold for `i3`", "threshold for `i0`", "--higher-is-better"]);
    assert_refused(&cli, ["high.json", "old_low.json"], &[], &["better in old_low.json than in high.json"]);
    assert_eq!(gate(["both.json", "old_low.json"], &["--lower-is-better", "Bias"]).0, Some(0));
    assert_eq!(gate(["both.json", "old_low.json"], &["--higher-is-better", "Bias"]).0, Some(100));
}

#[test]
fn higher_is_better_where_the_user_says_so() {
    let cli = Cli::new();
    let table = |value: f64| -> String {
        let row = |at: usize| format!("{at},{}\n", value + at as f64 / 100.0);
        format!("id,wer\n{}", (0..12).map(row).collect::<String>())
    };
    cli.write("base.csv", table(0.1));
    cli.write("new.csv", table(0.3));
    let logs = ["base.csv", "new.csv"];
    let gate =
        |more: &[&str]| run(&cli, "gate", &logs, &[&["--metric", "wer", "--margin", "0.05"][..], more].concat()).0;
    assert_eq!(gate(&[]), Some(100));
    assert_eq!(gate(&["--higher-is-better", "wer"]), Some(0));
    assert_refused(&cli, logs, &["--higher-is-better", "wre"], &["--higher-is-better names the unknown metric `wre`"]);
    let both = ["--higher-is-better", "wer", "--lower-is-better", "wer"];
    assert_refused(&cli, logs, &both, &["--lower-is-better and --higher-is-better both name `wer`"]);
}

/// promptfoo 0.121.20 numbers the repeats of a test as tests: two tests with two repeats each are
/// the tests 0 to 3.
#[test]
fn repeats_of_promptfoo_are_one_sample() {
    let cli = Cli::new();
    let write = |name: &str, scores: [f64; 6]| {
        let row = |at: usize| {
            let (vars, value) = (json!({"n": at / 4}), if at / 2 == 1 { "no" } else { "yes" });
            let test = json!({"vars": vars, "assert": [{"type": "contains", "value": value}]});
            let mut row = json!({"testIdx": at, "promptIdx": 0, "provider": {"id": "echo"}, "score": scores[at]});
            row["success"] = json!(scores[at] >= 0.5);
            row["vars"] = json!({"n": at / 4, "__repeatIndex": at % 2});
            row["testCase"] = test;
            format!("{row}\n")
        };
        // Results are written as they arrive.
        cli.write(name, [3, 0, 5, 1, 4, 2].map(row).concat());
    };
    write("base.jsonl", [0.0, 1.0, 0.0, 0.0, 1.0, 1.0]);
    write("new.jsonl", [1.0, 1.0, 0.0, 1.0, 1.0, 1.0]);
    let found = metrics(&cli, ["base.jsonl", "new.jsonl"], &[]);
    assert_eq!(found["scores.score"]["documents"], 3);
    assert_values(&found, "scores.score", [0.5, 5.0 / 6.0]);
    let (_, _, err) = run(&cli, "compare", &["base.jsonl", "new.jsonl"], &[]);
    assert!(err.contains("the 2 repeats of each sample are averaged"), "{err}");
}

#[test]
fn plain_values_and_ratios_of_one_metric_are_refused() {
    let cli = Cli::new();
    let head = "id,metric,value,numerator,denominator\n";
    cli.write("plain.csv", format!("{head}a,f,0.5,,\nb,f,0.25,,\n"));
    cli.write("ratio.csv", format!("{head}a,f,,1,2\nb,f,,1,4\n"));
    cli.write("mixed.csv", format!("{head}a,f,0.5,,\nb,f,,1,4\n"));
    cli.write("zero.csv", format!("{head}a,f,,1,0\nb,f,,0,0\n"));
    let parts = ["`f` is a plain value in plain.csv", "denominator in ratio.csv"];
    assert_refused(&cli, ["plain.csv", "ratio.csv"], &[], &parts);
    assert_refused(&cli, ["ratio.csv", "plain.csv"], &[], &parts);
    let parts = ["mixed.csv", "`f` is a plain value for `a` and a numerator over a denominator for `b`"];
    assert_refused(&cli, ["mixed.csv", "plain.csv"], &[], &parts);
    assert_refused(&cli, ["zero.csv", "ratio.csv"], &[], &["zero.csv:2:1", "the `denominator` is 0"]);
}

/// Returns a log of inspect_ai: the text of the user and the score of each sample and epoch, and
/// what makes the ids of messages.
fn inspect(samples: &[(u32, u32, &str, f64)], (total, status): (usize, &str), message: &str) -> String {
    let sample = |&(id, epoch, text, score): &(u32, u32, &str, f64)| {
        let input = json!({"role": "user", "content": text, "id": format!("{message}{id}{epoch}"), "source": message});
        let scores = json!({"accuracy": {"value": score}});
        json!({"id": id, "epoch": epoch, "input": [input], "target": "t", "scores": scores})
    };
    let samples: Vec<Value> = samples.iter().map(sample).collect();
    let results = json!({"total_samples": total});
    json!({"version": 2, "status": status, "eval": {"task": "t"}, "results": results, "samples": samples}).to_string()
}

#[test]
fn ids_of_messages_of_inspect_ai_do_not_matter() {
    let cli = Cli::new();
    let rows = [(1, 1, "x", 1.0), (1, 2, "x", 0.0), (2, 1, "y", 1.0), (2, 2, "y", 1.0)];
    cli.write("base.json", inspect(&rows, (4, "success"), "m"));
    cli.write("new.json", inspect(&rows, (4, "success"), "n"));
    assert_values(&metrics(&cli, ["base.json", "new.json"], &[]), "scores.accuracy", [0.75, 0.75]);
    cli.write("other.json", inspect(&rows.map(|row| (row.0, row.1, "z", row.3)), (4, "success"), "m"));
    assert_refused(&cli, ["base.json", "other.json"], &[], &["2 samples with another input than in base.json"]);
}

/// The repeats that an incomplete run lacks count as the worst value, as its missing samples do.
#[test]
fn unequal_numbers_of_repeats_are_noted_and_counted() {
    let cli = Cli::new();
    let all = [(1, 1, "x", 1.0), (1, 2, "x", 1.0), (2, 1, "y", 1.0), (2, 2, "y", 1.0)];
    cli.write("base.json", inspect(&all, (4, "success"), "m"));
    cli.write("cut.json", inspect(&all[..3], (4, "cancelled"), "m"));
    cli.write("few.json", inspect(&all[..3], (3, "success"), "m"));
    let note = "1 sample with unequal numbers of repeats: 2 in base.json, 1 in ";
    let (code, _, err) = run(&cli, "compare", &["base.json", "few.json"], &[]);
    assert!(code == Some(0) && err.contains(&format!("{note}few.json\n")), "{err}");
    assert_values(&metrics(&cli, ["base.json", "few.json"], &["--missing", "count"]), "scores.accuracy", [1.0, 1.0]);
    let (code, _, err) = run(&cli, "compare", &["base.json", "cut.json"], &["--missing", "count"]);
    assert!(code == Some(0) && err.contains(&format!("{note}cut.json; those that an incomplete run lacks")), "{err}");
    assert_values(&metrics(&cli, ["base.json", "cut.json"], &["--missing", "count"]), "scores.accuracy", [1.0, 0.75]);
    assert_values(&metrics(&cli, ["base.json", "cut.json"], &["--missing", "skip"]), "scores.accuracy", [1.0, 1.0]);
}

#[test]
fn repeats_that_contradict_each_other_are_refused() {
    let cli = Cli::new();
    cli.write("clusters.csv", "id,repeat,cluster,score\na,1,x,1\na,2,y,1\nb,1,x,1\n");
    let parts = ["clusters.csv", "repeats of the sample are in different clusters: `x`, `y`"];
    assert_refused(&cli, ["clusters.csv", "clusters.csv"], &[], &parts);
    cli.write("inputs.json", inspect(&[(1, 1, "x", 1.0), (1, 2, "y", 1.0)], (2, "success"), "m"));
    let parts = ["inputs.json", "repeats of the sample have different inputs"];
    assert_refused(&cli, ["inputs.json", "inputs.json"], &[], &parts);
}

/// In a long table, an error beside a metric leaves the other metrics of the sample as they are.
#[test]
fn an_error_of_a_metric_is_no_error_of_the_sample() {
    let cli = Cli::new();
    let head = "id,metric,value,error\n";
    cli.write("base.csv", format!("{head}a,f,1,\na,g,1,\nb,f,1,\nb,g,0.5,\n"));
    cli.write("new.csv", format!("{head}a,f,,timeout\na,g,1,\nb,f,1,\nb,g,0.5,\n"));
    let pair = ["base.csv", "new.csv"];
    assert_refused(&cli, pair, &[], &["1 sample without a score: `a` (timeout)"]);
    let found = metrics(&cli, pair, &["--missing", "count"]);
    assert_values(&found, "scores.f", [1.0, 0.5]);
    assert_values(&found, "scores.g", [0.75, 0.75]);
    let found = metrics(&cli, pair, &["--missing", "skip"]);
    assert_eq!((&found["scores.f"]["documents"], &found["scores.g"]["documents"]), (&1.into(), &2.into()));
}

/// Answers that are numbers are no metrics, with ids or without.
#[test]
fn tables_of_ragas_are_detected_with_ids() {
    let cli = Cli::new();
    let head = ",id,user_input,response,cluster,faithfulness\n";
    let rows = |score: f64| -> String {
        (0..4).map(|at| format!("{at},r{at},question {at},{at},c{},{score}\n", at / 2)).collect()
    };
    cli.write("base.csv", format!("{head}{}", rows(0.5)));
    cli.write("new.csv", format!("Unnamed: 0{head}{}", rows(0.75)));
    let found = metrics(&cli, ["base.csv", "new.csv"], &[]);
    assert_eq!(found.as_object().unwrap().keys().collect::<Vec<_>>(), ["scores.faithfulness"]);
    let figure = &found["scores.faithfulness"];
    assert_eq!((&figure["documents"], &figure["clusters"]), (&4.into(), &2.into()));
    let (_, _, err) = run(&cli, "compare", &["base.csv", "new.csv"], &[]);
    assert!(err.contains("base.csv: columns without a name are ignored: ``"), "{err}");
    assert!(err.contains("new.csv: columns without a name are ignored: `Unnamed: 0`"), "{err}");
    cli.write("long.csv", "id,question,metric,value\na,q,f,1\nb,r,f,0\n");
    assert_values(&metrics(&cli, ["long.csv", "long.csv"], &[]), "scores.f", [0.5, 0.5]);
}

#[test]
fn samples_of_helm_are_paired_by_their_ids_alone() {
    let cli = logs();
    let (_, _, err) = run(&cli, "compare", &["helm_base.json", "helm_candidate.json"], &[]);
    assert!(err.contains("note: HELM's statistics contain neither task nor inputs"), "{err}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

    /// The order of samples changes no byte of the result.
    #[test]
    fn order_of_samples_changes_nothing(
        order in Just((0..12).collect::<Vec<usize>>()).prop_shuffle(),
        values in prop::collection::vec(0.0..1.0_f64, 12),
    ) {
        let cli = Cli::new();
        let table = |order: &[usize], scale: f64| -> String {
            let row = |at: &usize| format!("s{at},{},c{}\n", values[*at] * scale, at % 5);
            format!("id,score,cluster\n{}", order.iter().map(row).collect::<String>())
        };
        let sorted: Vec<usize> = (0..12).collect();
        let found = [&sorted, &order].map(|order| {
            cli.write("base.csv", table(order, 1.0));
            cli.write("new.csv", table(&sorted, 0.9));
            run(&cli, "compare", &["base.csv", "new.csv"], &["--format", "json"])
        });
        prop_assert_eq!(found[0].0, Some(0));
        prop_assert_eq!(&found[0], &found[1]);
    }
}
