//! `karat compare`: two systems, document by document.

use serde_json::Value;

use crate::cli::{Cli, assert_cmd, outline};

/// Eight documents of three entities each, of two kinds; what was before finds all but some of the
/// first ones, what came after loses more.
pub(crate) fn files() -> Cli {
    let cli = Cli::new();
    let text = "Ada met Bob in Oslo.";
    let spans = [(0, 3, "PERSON"), (8, 11, "PERSON"), (15, 19, "GPE")];
    let line = |at: usize, kept: &dyn Fn(usize) -> bool, more: &str| {
        let entities = spans
            .iter()
            .enumerate()
            .filter(|(item, _)| kept(*item))
            .map(|(_, (start, end, label))| format!(r#"{{"start": {start}, "end": {end}, "label": "{label}"}}"#));
        let entities: Vec<String> = entities.collect();
        format!("{{\"id\": \"d{at}\"{more}, \"entities\": [{}]}}\n", entities.join(", "))
    };
    let lines = |kept: &dyn Fn(usize, usize) -> bool, is_gold: bool| -> String {
        let more = |at: usize| match is_gold {
            true => format!(
                r#", "text": "{text}", "meta": {{"kind": "{}", "source": "s{}"}}"#,
                ["news", "web"][at % 2],
                at / 2
            ),
            false => String::new(),
        };
        (0..8).map(|at| line(at, &|item| kept(at, item), &more(at))).collect()
    };
    cli.write("gold.jsonl", lines(&|_, _| true, true));
    cli.write("old.jsonl", lines(&|at, item| at != 3 || item != 0, false));
    cli.write("new.jsonl", lines(&|at, item| item != 1 || at == 3, false));
    cli.write("better.jsonl", lines(&|_, _| true, false));
    cli
}

pub(crate) const COMPARE: [&str; 7] =
    ["compare", "--gold", "gold.jsonl", "--baseline", "old.jsonl", "--candidate", "new.jsonl"];

fn metric(found: &Value, name: &str, key: &str) -> f64 {
    found["metrics"][name][key].as_f64().unwrap_or_else(|| panic!("{name}.{key} in {found:#}"))
}

#[test]
fn every_format() {
    let cli = files();
    assert_cmd!("compare_table", cli.karat(&COMPARE));
    assert_cmd!("compare_csv", cli.karat(&[&COMPARE[..], &["--format", "csv"]].concat()));
    assert_cmd!("compare_md", cli.karat(&[&COMPARE[..], &["--format", "md"]].concat()));
    let json = [&COMPARE[..], &["--format", "json", "--metric", "entities.strict.recall"]].concat();
    let output = cli.karat(&json).output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr)), (Some(0), "".into()));
    insta::assert_snapshot!("compare_json", outline(&String::from_utf8(output.stdout).unwrap()));
    assert_cmd!("compare_help", cli.karat(&["compare", "--help"]));
}

/// Recall of 23 and 17 of 24 gold items: the numbers by hand. With eight documents all 256
/// assignments are made.
#[test]
fn the_figures_are_those_of_the_formulas() {
    let found = files().json(&COMPARE);
    let name = "entities.strict.recall";
    assert_eq!((metric(&found, name, "base"), metric(&found, name, "candidate")), (23.0 / 24.0, 17.0 / 24.0));
    // Shares of the difference: hits lost a document less the mean, over 24 gold items.
    let lost = [1.0, 1.0, 1.0, -1.0, 1.0, 1.0, 1.0, 1.0];
    let mean: f64 = lost.iter().sum::<f64>() / 8.0;
    let squares: f64 = lost.iter().map(|lost| ((mean - lost) / 24.0).powi(2)).sum();
    let error = (8.0 / 7.0 * squares).sqrt();
    assert!((metric(&found, name, "standard_error") - error).abs() < 1e-12);
    // The differences of the documents are a third: seven lost, one won. Of the means of their 255
    // subsets, the sixth at either end (2.5 % of 2^8 is 6.4) bounds the interval of the sign-flip
    // test: 127 subsets of losses have a mean of -1/3; from above, the win alone has 1/3, and the
    // win with one of seven losses has 0.
    let [low, high] = ["low", "high"].map(|end| metric(&found, name, end));
    assert!((low + 1.0 / 3.0).abs() < 1e-12, "{low}");
    assert_eq!(high, 0.0);
    // Of 2^8 assignments, as far from 0 are those whose signs agree on the seven, whatever the
    // eighth: sums of +-1 of 6 or more.
    assert_eq!(metric(&found, name, "p"), 18.0 / 256.0);
    assert_eq!(found["metrics"][name]["documents"], 8);
}

#[test]
fn identical_better_and_worse() {
    let cli = files();
    let verdict = |baseline: &str, candidate: &str| {
        let found = cli.json(&["compare", "--gold", "gold.jsonl", "--baseline", baseline, "--candidate", candidate]);
        found["metrics"]["entities.strict.f1"]["verdict"].as_str().unwrap().to_owned()
    };
    assert_eq!(verdict("old.jsonl", "old.jsonl"), "identical");
    assert_eq!(verdict("new.jsonl", "better.jsonl"), "better");
    assert_eq!(verdict("better.jsonl", "new.jsonl"), "worse");
    assert_eq!(verdict("old.jsonl", "better.jsonl"), "inconclusive");
}

#[test]
fn swapping_the_systems_turns_the_signs() {
    let cli = files();
    let found = cli.json(&COMPARE);
    let turned = cli.json(&["compare", "--gold", "gold.jsonl", "--baseline", "new.jsonl", "--candidate", "old.jsonl"]);
    for (name, one) in found["metrics"].as_object().unwrap() {
        let other = &turned["metrics"][name];
        let number = |value: &Value, key: &str| value[key].as_f64();
        assert_eq!(number(one, "delta"), number(other, "delta").map(|delta| -delta), "{name}");
        assert_eq!(number(one, "p"), number(other, "p"), "{name}");
        let (low, high) = (number(one, "low").unwrap_or(0.0), number(other, "high").unwrap_or(0.0));
        assert!((low + high).abs() < 1e-12, "{name}");
    }
}

#[test]
fn documents_of_one_source_are_one_cluster() {
    let cli = files();
    let found = cli.json(&[&COMPARE[..], &["--cluster", "meta.source"]].concat());
    let figure = &found["metrics"]["entities.strict.f1"];
    assert_eq!((figure["documents"].as_u64(), figure["clusters"].as_u64()), (Some(8), Some(4)));
    assert_cmd!("compare_no_such_cluster", cli.karat(&[&COMPARE[..], &["--cluster", "meta.author"]].concat()));
    assert_cmd!("compare_bad_cluster", cli.karat(&[&COMPARE[..], &["--cluster", "source"]].concat()));
}

#[test]
fn documents_that_one_side_lacks() {
    let cli = files();
    let fewer: String = cli.read("new.jsonl").lines().skip(2).map(|line| format!("{line}\n")).collect();
    cli.write("fewer.jsonl", fewer);
    let command = ["compare", "--gold", "gold.jsonl", "--baseline", "old.jsonl", "--candidate", "fewer.jsonl"];
    assert_cmd!("compare_missing", cli.karat(&command));
    let found = cli.json(&[&command[..], &["--intersection"]].concat());
    assert_eq!(found["left_out"], 2);
    assert_eq!(found["metrics"]["entities.strict.f1"]["documents"], 6);
}

/// One document for the candidate and seven against it, all by as much: scipy 1.17.1 gives .0703125
/// for `binomtest(1, 8)`, and the same for `wilcoxon` of these eight differences.
#[test]
fn other_tests_are_those_of_scipy() {
    let cli = files();
    let p = |test| metric(&cli.json(&[&COMPARE[..], &["--test", test]].concat()), "entities.strict.recall", "p");
    assert!((p("sign") - 0.0703125).abs() < 1e-12);
    assert!((p("wilcoxon") - 0.0703125).abs() < 1e-12);
}

#[test]
fn slices_are_compared_worst_first() {
    let cli = files();
    let slices = ["--slice", "meta.kind", "--slice", "length"];
    assert_cmd!("compare_slices", cli.karat(&[&COMPARE[..], &slices].concat()));
    let found = cli.json(&[&COMPARE[..], &slices].concat());
    let deltas: Vec<f64> =
        found["slices"].as_array().unwrap().iter().map(|slice| slice["delta"].as_f64().unwrap()).collect();
    assert_eq!(deltas.len(), 5);
    assert!(deltas.is_sorted(), "{deltas:?}");
    assert_cmd!("compare_no_such_slice", cli.karat(&[&COMPARE[..], &["--slice", "kind"]].concat()));
}

#[test]
fn runs_of_other_signatures_are_refused() {
    let cli = Cli::with_dataset();
    assert!(cli.karat(&["run", "--quiet", "--out", "a"]).status().unwrap().success());
    assert!(cli.karat(&["run", "--quiet", "--out", "b"]).status().unwrap().success());
    let changed = cli.read("b/run.json").replace("scheme:strict", "scheme:stricter");
    cli.write("b/run.json", changed);
    assert_cmd!("compare_other_signatures", cli.karat(&["compare", "a", "b", "--extractor", "patterns"]));
    assert!(cli.karat(&["compare", "a", "b", "--extractor", "patterns", "--force"]).status().unwrap().success());
}

#[test]
fn missing_inputs_are_reported() {
    let cli = files();
    assert_cmd!("compare_no_such_metric", cli.karat(&[&COMPARE[..], &["--metric", "entities.strict.fl"]].concat()));
    assert_cmd!("compare_nothing", cli.karat(&["compare"]));
    assert_cmd!("compare_no_run", cli.karat(&["compare", "a", "b"]));
}

#[test]
fn threads_and_seeds() {
    let cli = files();
    let print =
        |more: &[&str]| cli.karat(&[&COMPARE[..], &["--format", "json"], more].concat()).output().unwrap().stdout;
    let one = print(&["--jobs", "1"]);
    assert_eq!(one, print(&["--jobs", "3"]));
    // Fewer assignments than there are: drawn, so that the seed matters, and nothing else does.
    let drawn = print(&["--jobs", "1", "--assignments", "99", "--seed", "7"]);
    assert_eq!(drawn, print(&["--jobs", "3", "--assignments", "99", "--seed", "7"]));
    assert_ne!(drawn, print(&["--assignments", "99", "--seed", "8"]));
}

#[test]
fn two_runs_are_compared_where_both_have_something() {
    let cli = Cli::with_dataset();
    for run in ["a", "b"] {
        assert!(cli.karat(&["run", "--quiet", "--out", run]).status().unwrap().success());
    }
    assert_cmd!("compare_runs_identical", cli.karat(&["compare", "a", "b", "--extractor", "patterns"]));
    cli.put_predictions("b", "patterns", "{\"id\": \"a\", \"entities\": []}\n{\"id\": \"b\", \"entities\": []}\n");
    let found = cli.json(&["compare", "a", "b"]);
    let extractors: Vec<&str> =
        found["comparisons"].as_array().unwrap().iter().map(|one| one["extractor"].as_str().unwrap()).collect();
    assert_eq!(extractors, ["lead", "patterns"]);
    assert_cmd!("compare_runs", cli.karat(&["compare", "a", "b", "--extractor", "patterns"]));
    assert_cmd!("compare_runs_nothing", cli.karat(&["compare", "a", "b", "--extractor", "rules"]));
}
