//! `karat compare` of extractors of one run, and of several systems with one baseline.

use serde_json::Value;

use crate::cli::{Cli, assert_cmd};
use crate::compare::files;

/// Eight documents and three systems whose recall is above, equal to and below that of the
/// baseline.
pub(crate) fn several() -> Cli {
    let cli = files();
    let fewer = cli.read("new.jsonl").replace(r#"{"start": 15, "end": 19, "label": "GPE"}"#, "").replace(", ]", "]");
    cli.write("worse.jsonl", fewer);
    cli
}

const SEVERAL: [&str; 7] = ["compare", "--gold", "gold.jsonl", "old.jsonl", "better.jsonl", "new.jsonl", "worse.jsonl"];
const RECALL: [&str; 2] = ["--metric", "entities.strict.recall"];

fn comparisons(found: &Value) -> &Vec<Value> {
    found["comparisons"].as_array().unwrap_or_else(|| panic!("{found:#}"))
}

/// The field of a figure in every comparison.
fn fields(found: &Value, metric: &str, key: &str) -> Vec<f64> {
    comparisons(found).iter().map(|one| one["metrics"][metric][key].as_f64().unwrap()).collect()
}

#[test]
fn several_systems_are_rows_of_one_table() {
    let cli = several();
    let all = [&SEVERAL[..], &RECALL].concat();
    assert_cmd!("compare_systems_table", cli.karat(&all));
    assert_cmd!(
        "compare_systems_md",
        cli.karat(&[&all[..], &["--metric", "entities.exact.f1", "--format", "md"]].concat())
    );
    let (_, csv, _) = cli.run(&[&all[..], &["--format", "csv"]].concat());
    let header = csv.lines().next().unwrap();
    assert!(header.ends_with(",signature,base_system,candidate_system"), "{header}");
    let rows: Vec<&str> = csv.lines().filter(|line| line.contains(",entities.strict.recall,")).collect();
    let ends = rows.iter().map(|row| row.rsplit_once("old.jsonl,").unwrap().1);
    assert_eq!(ends.collect::<Vec<_>>(), ["better.jsonl", "new.jsonl", "worse.jsonl"]);
}

/// Holm by hand over three systems, then over three systems and two metrics: the smallest p times
/// the number of p-values, the next one times one less, and so on, never decreasing.
#[test]
fn p_is_adjusted_over_systems_and_metrics() {
    let cli = several();
    let holm = |p: &[f64]| {
        let mut order: Vec<usize> = (0..p.len()).collect();
        order.sort_by(|a, b| p[*a].total_cmp(&p[*b]));
        let (mut adjusted, mut least) = (vec![0.0; p.len()], 0.0_f64);
        for (rank, at) in order.into_iter().enumerate() {
            least = least.max((p.len() - rank) as f64 * p[at]).min(1.0);
            adjusted[at] = least;
        }
        adjusted
    };
    let one = cli.json(&[&SEVERAL[..], &RECALL].concat());
    let recall = "entities.strict.recall";
    let p = fields(&one, recall, "p");
    assert_eq!(fields(&one, recall, "p_adjusted"), holm(&p));
    assert_eq!(comparisons(&one)[0]["family"], serde_json::json!({"systems": 3, "metrics": 1, "p_values": 3}));
    let two = cli.json(&[&SEVERAL[..], &RECALL, &["--metric", "entities.strict.f1"]].concat());
    let both = ["entities.strict.recall", "entities.strict.f1"];
    let [p, adjusted] = ["p", "p_adjusted"].map(|key| both.map(|metric| fields(&two, metric, key)).concat());
    assert_eq!(adjusted, holm(&p));
    assert_eq!(comparisons(&two)[0]["family"], serde_json::json!({"systems": 3, "metrics": 2, "p_values": 6}));
    // Alone, the worst system is significantly worse; p of 2 / 256 stays significant times three.
    let alone = cli.json(&["compare", "--gold", "gold.jsonl", "old.jsonl", "worse.jsonl", RECALL[0], recall]);
    assert_eq!(alone["metrics"][recall]["p"], fields(&one, recall, "p")[2]);
    for (figure, adjusted) in comparisons(&one).iter().zip(fields(&one, recall, "p_adjusted")) {
        let is_significant = figure["metrics"][recall]["verdict"] != "inconclusive";
        assert_eq!(is_significant, adjusted <= 0.05, "{figure:#}");
    }
}

/// `karat score --baseline` compares the same systems, and adjusts over the same family.
#[test]
fn scores_of_several_systems_adjust_in_the_same_way() {
    let cli = several();
    let files = ["old.jsonl", "better.jsonl", "new.jsonl", "worse.jsonl"].into_iter();
    let mut command = vec!["score", "--gold", "gold.jsonl", "--baseline", "old.jsonl"];
    command.extend(files.flat_map(|file| ["--pred", file]));
    let f1 = "entities.strict.f1";
    let [scored, compared] = [cli.json(&command), cli.json(&SEVERAL)];
    assert_eq!(fields(&scored, f1, "p_adjusted"), fields(&compared, f1, "p_adjusted"));
    assert_ne!(fields(&scored, f1, "p_adjusted"), fields(&scored, f1, "p"));
}

/// Two files by position are compared like --baseline and --candidate.
#[test]
fn two_files_by_position_are_a_pair() {
    let cli = several();
    let by_name = cli.json(&crate::compare::COMPARE);
    assert_eq!(cli.json(&["compare", "--gold", "gold.jsonl", "old.jsonl", "new.jsonl"]), by_name);
    assert_cmd!("compare_one_file", cli.karat(&["compare", "--gold", "gold.jsonl", "old.jsonl"]));
    let command = ["compare", "--gold", "gold.jsonl", "old.jsonl", "new.jsonl", "--candidate", "new.jsonl"];
    assert_cmd!("compare_files_by_both", cli.karat(&command));
}

/// A document that one of the systems lacks is left out for all of them, so that the baseline has
/// one figure in the table.
#[test]
fn every_system_is_scored_on_the_same_documents() {
    let cli = several();
    let fewer: String = cli.read("new.jsonl").lines().skip(2).map(|line| format!("{line}\n")).collect();
    cli.write("new.jsonl", fewer);
    let (code, _, errors) = cli.run(&SEVERAL);
    assert_eq!(code, 2);
    assert!(errors.contains("new.jsonl"), "{errors}");
    let found = cli.json(&[&SEVERAL[..], &["--intersection"]].concat());
    assert_eq!(fields(&found, "entities.strict.f1", "documents"), [6.0; 3]);
    let bases = fields(&found, "entities.strict.f1", "base");
    assert!(bases.iter().all(|base| *base == bases[0]), "{bases:?}");
    assert_cmd!("compare_systems_slice", cli.karat(&[&SEVERAL[..], &["--slice", "length"]].concat()));
}

/// Threads do not change the output.
#[test]
fn several_systems_with_threads() {
    let cli = several();
    let print = |jobs: &str| cli.run(&[&SEVERAL[..], &["--format", "json", "--jobs", jobs]].concat()).1;
    assert_eq!(print("1"), print("3"));
}

const RUN: &str = r#"[datasets.d]
documents = "docs"
golden = "golden"

[datasets.e]
documents = "docs"
golden = "golden"

[extractors.lead]
kind = "builtin"
min_words = 1

[extractors.textrank]
kind = "builtin"

[extractors.short]
kind = "predictions"
path = "short.jsonl"

[extractors.patterns]
kind = "builtin"
datasets = ["d"]
"#;

/// A run of three extractors of summaries on two datasets, and of one of entities on the first.
fn run_of_extractors() -> Cli {
    let cli = Cli::with_dataset();
    cli.write("golden/b.json", r#"{"id": "b", "entities": [], "summaries": ["Nothing happened."]}"#);
    cli.write("karat.toml", RUN);
    let summaries = [("a", "Ada said that all is fine."), ("b", "Nothing happened.")];
    let line = |(id, summary)| format!("{{\"id\": \"{id}\", \"summaries\": [\"{summary}\"]}}\n");
    cli.write("short.jsonl", summaries.map(line).concat());
    let (code, _, errors) = cli.run(&["run", "--quiet", "--out", "r"]);
    assert_eq!(code, 0, "{errors}");
    cli
}

#[test]
fn two_extractors_of_one_run() {
    let cli = run_of_extractors();
    let of = |extractors: &[&str], more: &[&str]| {
        let named: Vec<&str> = extractors.iter().flat_map(|name| ["--extractor", name]).collect();
        cli.karat(&[&["compare", "r"], &named[..], more].concat())
    };
    assert_cmd!("compare_extractors_table", of(&["lead", "short"], &["--dataset", "d"]));
    assert_cmd!(
        "compare_extractors_md",
        of(&["lead", "short"], &["--dataset", "d", "--format", "md", "--examples", "0"])
    );
    assert_cmd!("compare_extractors_other_layers", of(&["patterns", "short"], &[]));
    assert_cmd!("compare_extractors_several", of(&["lead", "short", "textrank"], &[]));
    assert_cmd!("compare_extractors_unknown", of(&["lead", "shrot", "lead"], &["--dataset", "dd"]));
    assert_cmd!("compare_extractors_one", of(&["lead"], &[]));
    let found = cli.json(&["compare", "r", "--extractor", "lead", "--extractor", "short", "--dataset", "e"]);
    assert_eq!((&found["base"], &found["candidate"]), (&"lead".into(), &"short".into()));
    assert_eq!((&found["run"], &found["dataset"], &found["extractor"]), (&"r".into(), &"e".into(), &"".into()));
    // Without a dataset, each in turn; swapped, the signs turn.
    let found = cli.json(&["compare", "r", "--extractor", "short", "--extractor", "lead"]);
    let datasets: Vec<&Value> = comparisons(&found).iter().map(|one| &one["dataset"]).collect();
    assert_eq!(datasets, ["d", "e"]);
    assert_eq!(comparisons(&found)[0]["base"], "short");
}

/// Runs are named as elsewhere: by `latest` and by unique beginnings.
#[test]
fn runs_by_name() {
    let cli = run_of_extractors();
    for _ in 0..2 {
        let (code, _, errors) = cli.run(&["run", "--quiet"]);
        assert_eq!(code, 0, "{errors}");
    }
    let extractors = ["--extractor", "lead", "--extractor", "short", "--dataset", "d"];
    let of = |run: &str| {
        let mut found = cli.json(&[&["compare", run], &extractors[..]].concat());
        found["run"] = Value::Null;
        found
    };
    assert_eq!(of("latest"), of("r"));
    let found = cli.json(&["compare", "r", "previous", "latest", "--extractor", "textrank", "--extractor", "patterns"]);
    let of: Vec<_> =
        comparisons(&found).iter().map(|one| (one["dataset"].as_str(), one["extractor"].as_str())).collect();
    let [ranked, patterns] = ["textrank", "patterns"].map(|name| (Some("d"), Some(name)));
    let other = (Some("e"), Some("textrank"));
    assert_eq!(of, [patterns, patterns, ranked, ranked, other, other]);
    assert!(comparisons(&found).iter().all(|one| one["identical"] == true && one["base"] == "r"));
}

/// Runs that were scored with other options are refused, as they are in pairs.
#[test]
fn several_runs_of_other_signatures_are_refused() {
    let cli = run_of_extractors();
    for out in ["s", "t"] {
        assert_eq!(cli.run(&["run", "--quiet", "--out", out]).0, 0);
    }
    let changed = cli.read("t/run.json").replace("scheme:strict", "scheme:stricter");
    cli.write("t/run.json", changed);
    let command = ["compare", "r", "s", "t", "--extractor", "patterns"];
    let (code, _, errors) = cli.run(&command);
    assert_eq!(code, 2);
    assert!(errors.contains("of r and of t") && !errors.contains("of r and of s"), "{errors}");
    assert_eq!(cli.run(&[&command[..], &["--force"]].concat()).0, 0);
}
