//! `karat gate` and `karat accept`: rules, baselines and verdicts.

use crate::cli::{Cli, assert_cmd};
use crate::compare::files;

const GATE: [&str; 3] = ["gate", "--gold", "gold.jsonl"];

fn gate(cli: &Cli, baseline: &str, candidate: &str, more: &[&str]) -> (Option<i32>, String) {
    let files = ["--baseline", baseline, "--candidate", candidate];
    let output = cli.karat(&[&GATE[..], &files, more, &["--format", "json"]].concat()).output().unwrap();
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    (output.status.code(), found["verdict"].as_str().unwrap_or_default().to_owned())
}

const MARGIN: [&str; 4] = ["--metric", "entities.strict.f1", "--margin", "0.01"];

#[test]
fn verdicts_and_exit_codes() {
    let cli = files();
    let verdict = |baseline, candidate, more: &[&str]| gate(&cli, baseline, candidate, &[&MARGIN[..], more].concat());
    assert_eq!(verdict("old.jsonl", "old.jsonl", &[]), (Some(0), "identical".to_owned()));
    assert_eq!(verdict("new.jsonl", "better.jsonl", &[]), (Some(0), "pass".to_owned()));
    assert_eq!(verdict("better.jsonl", "new.jsonl", &[]), (Some(100), "fail".to_owned()));
    assert_eq!(verdict("better.jsonl", "old.jsonl", &[]), (Some(0), "inconclusive".to_owned()));
    let undecided = |what| verdict("better.jsonl", "old.jsonl", &["--on-inconclusive", what]);
    assert_eq!(undecided("fail"), (Some(100), "fail".to_owned()));
    assert_eq!(undecided("neutral"), (Some(3), "inconclusive".to_owned()));
    assert_eq!(undecided("pass"), (Some(0), "inconclusive".to_owned()));
}

#[test]
fn every_format() {
    let cli = files();
    let files = ["--baseline", "old.jsonl", "--candidate", "new.jsonl"];
    let command = [&GATE[..], &files, &["--metric", "entities.strict[*].f1", "--margin", "0.1"]].concat();
    assert_cmd!("gate_table", cli.karat(&command));
    assert_cmd!("gate_json", cli.karat(&[&command[..], &["--format", "json"]].concat()));
    assert_cmd!("gate_md", cli.karat(&[&command[..], &["--format", "md"]].concat()));
    let slices = ["--metric", "entities.strict.f1", "--margin", "0.1", "--slice", "meta.kind"];
    assert_cmd!("gate_slices", cli.karat(&[&GATE[..], &files, &slices].concat()));
    let length = ["--metric", "entities.strict.f1", "--min", "0.9", "--slice", "length"];
    assert_cmd!("gate_floor_by_length", cli.karat(&[&GATE[..], &files, &length].concat()));
    assert_cmd!("gate_help", cli.karat(&["gate", "--help"]));
    assert_cmd!("accept_help", cli.karat(&["accept", "--help"]));
}

#[test]
fn bad_input_is_reported() {
    let cli = files();
    let files = ["--baseline", "old.jsonl", "--candidate", "new.jsonl"];
    assert_cmd!("gate_no_rule", cli.karat(&[&GATE[..], &files].concat()));
    assert_cmd!(
        "gate_no_such_metric",
        cli.karat(&[&GATE[..], &files, &["--metric", "entities.strict.fl", "--margin", "0.01"]].concat())
    );
    assert_cmd!(
        "gate_no_margin",
        cli.karat(&[&GATE[..], &files, &["--metric", "entities.strict.f1", "--margin", "0"]].concat())
    );
    assert_cmd!("gate_no_slice", cli.karat(&[&GATE[..], &files, &MARGIN, &["--slice", "meta.author"]].concat()));
}

/// A dataset, its run in `a`, and rules about it.
fn project(rules: &str) -> Cli {
    let cli = Cli::with_dataset();
    let config = cli.read("karat.toml");
    cli.write("karat.toml", format!("{config}\n{rules}"));
    assert!(cli.karat(&["run", "--quiet", "--out", "a"]).status().unwrap().success());
    cli
}

const RULES: &str = r#"
[[gate]]
extractor = "patterns"
metric = "entities.strict.f1"
margin = 0.05

[[gate]]
extractor = "patterns"
metric = "entities.strict.recall"
min = 0.1
side = "value"

[[gate]]
max_failed = 0.0
informational = true
"#;

#[test]
fn a_baseline_is_accepted_and_judged_against() {
    let cli = project(RULES);
    assert_cmd!("gate_no_baseline", cli.karat(&["gate", "a"]));
    assert_cmd!("accept_dry_run", cli.karat(&["accept", "a", "--dry-run"]));
    assert!(!cli.exists("golden/baselines"));
    assert_cmd!("accept", cli.karat(&["accept", "a"]));
    insta::assert_snapshot!("accept_lines", cli.read("golden/baselines/d/patterns.jsonl"));
    assert_cmd!("gate_identical", cli.karat(&["gate", "a"]));
    cli.put_predictions("a", "patterns", "{\"id\": \"a\", \"entities\": []}\n{\"id\": \"b\", \"entities\": []}\n");
    // Two documents, of which one changed: that cannot be distinguished from noise.
    assert_cmd!("gate_two_documents", cli.karat(&["gate", "a"]));
    assert_cmd!("accept_again", cli.karat(&["accept", "a", "--extractor", "patterns"]));
    assert_cmd!("gate_after_accepting", cli.karat(&["gate", "a"]));
}

#[test]
fn the_newest_run_is_judged() {
    let cli = project(RULES);
    assert_cmd!("gate_no_run", cli.karat(&["gate"]));
    assert!(cli.karat(&["run", "--quiet"]).status().unwrap().success());
    assert!(cli.karat(&["accept", "a"]).status().unwrap().success());
    assert!(cli.karat(&["gate"]).status().unwrap().success());
}

#[test]
fn a_baseline_that_was_changed_by_hand_is_refused() {
    let cli = project(RULES);
    assert!(cli.karat(&["accept", "a"]).status().unwrap().success());
    let [lines, beside] = ["golden/baselines/d/patterns.jsonl", "golden/baselines/d/patterns.json"];
    let (accepted, said) = (cli.read(lines), cli.read(beside));
    cli.write(lines, accepted.replace("DATE", "TIME"));
    assert_cmd!("gate_changed_by_hand", cli.karat(&["gate", "a"]));
    cli.write(lines, &accepted);
    cli.write(beside, said.replace("karat.baseline/1", "karat.baseline/2"));
    assert_cmd!("gate_other_schema", cli.karat(&["gate", "a"]));
    cli.write(beside, said.replace("scheme:strict", "scheme:stricter"));
    assert_cmd!("gate_other_signature", cli.karat(&["gate", "a"]));
    cli.write(beside, &said);
    let text = cli.read("docs/a.txt");
    cli.write("docs/a.txt", format!("{text} More."));
    assert_cmd!("gate_other_text", cli.karat(&["gate", "a"]));
}

#[test]
fn a_fixed_label_moves_both_sides() {
    let cli = project(RULES);
    assert!(cli.karat(&["accept", "a"]).status().unwrap().success());
    let golden = cli.read("golden/a.json").replace("\"GPE\"", "\"LOC\"");
    cli.write("golden/a.json", golden);
    assert_eq!(cli.karat(&["gate", "a"]).status().unwrap().code(), Some(0));
}

#[test]
fn diagnostics_of_rules_have_locations() {
    let cli = Cli::with_dataset();
    let config = cli.read("karat.toml");
    let rules = "
[[gate]]
extractor = \"pattern\"
metric = \"entities.strict.f1\"
margin = 0.01

[[gate]]
metrc = \"entities.strict.f1\"

[[gate]]
metric = \"entities.strict.f1\"

[[gate]]
metric = \"entities.strict.f1\"
margin = -1.0
";
    cli.write("karat.toml", format!("{config}\n{rules}"));
    assert_cmd!("gate_invalid_rules", cli.karat(&["gate"]));
    cli.write("karat.toml", format!("gate = 1\n{config}"));
    assert_cmd!("gate_no_list", cli.karat(&["gate"]));
    cli.write("karat.toml", config);
    assert_cmd!("gate_no_rules", cli.karat(&["gate"]));
}

/// A repository whose commit has a baseline, or has none.
#[test]
fn the_base_is_a_commit() {
    let cli = project(RULES);
    let git = |arguments: &[&str]| {
        let mut command = std::process::Command::new("git");
        command
            .current_dir(cli.path())
            .args(["-c", "user.name=karat", "-c", "user.email=karat@localhost"])
            .args(arguments);
        let answer = command.output().unwrap();
        assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
    };
    git(&["init", "--quiet"]);
    cli.write(".gitignore", ".karat\na\n");
    git(&["add", "."]);
    git(&["commit", "--quiet", "-m", "without a baseline"]);
    // Run in a worktree of its own, and kept.
    assert_cmd!("gate_base_run", cli.karat(&["gate", "--base", "HEAD"]));
    assert!(cli.exists(".karat/bases"));
    let worktrees =
        std::process::Command::new("git").current_dir(cli.path()).args(["worktree", "list"]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&worktrees.stdout).lines().count(), 1);
    assert_eq!(cli.karat(&["gate", "--base", "HEAD"]).status().unwrap().code(), Some(0));
    assert!(cli.karat(&["accept", "a"]).status().unwrap().success());
    git(&["add", "."]);
    git(&["commit", "--quiet", "-m", "with one"]);
    assert_eq!(cli.karat(&["gate", "--base", "HEAD"]).status().unwrap().code(), Some(0));
    assert_cmd!("gate_no_commit", cli.karat(&["gate", "--base", "nowhere"]));
}

#[test]
fn a_report_contains_the_verdicts_of_its_extractors() {
    let cli = project(RULES);
    let verdicts = || {
        let report = cli.read("a/d/report.md");
        let rows = report.lines().filter(|line| line.starts_with("| patterns") || line.starts_with("| lead"));
        rows.take(2).map(|row| row.split('|').rev().nth(1).unwrap().trim().to_owned()).collect::<Vec<String>>()
    };
    assert_eq!(verdicts(), ["no baseline", "no baseline"]);
    assert!(cli.karat(&["accept", "a"]).status().unwrap().success());
    let run = || assert!(cli.karat(&["run", "--quiet", "--out", "a"]).status().unwrap().success());
    run();
    assert_eq!(verdicts(), ["pass", "pass"]);
    let beside = cli.read("golden/baselines/d/patterns.json");
    cli.write("golden/baselines/d/patterns.json", beside.replace("baseline/1", "baseline/2"));
    run();
    assert_eq!(verdicts(), ["baseline refused", "pass"]);
}

/// Five labels that all got a little worse: any of them alone would fail, and five tests find one
/// such by chance.
#[test]
fn rules_that_would_fail_are_adjusted_together() {
    let cli = Cli::new();
    let line = |at: usize, kept: &dyn Fn(usize) -> bool| {
        let entity = |item: usize| format!(r#"{{"start": {}, "end": {}, "label": "L{item}"}}"#, 4 * item, 4 * item + 3);
        let entities: Vec<String> = (0..5).filter(|item| kept(*item)).map(entity).collect();
        format!("{{\"id\": \"d{at}\", \"entities\": [{}]}}\n", entities.join(", "))
    };
    let lines =
        |kept: &dyn Fn(usize, usize) -> bool| (0..20).map(|at| line(at, &|item| kept(at, item))).collect::<String>();
    cli.write("gold.jsonl", lines(&|_, _| true));
    cli.write("old.jsonl", lines(&|_, _| true));
    // The first label is lost in four of twenty documents, the others in two.
    cli.write("new.jsonl", lines(&|at, item| if item == 0 { at >= 4 } else { at / 2 != item }));
    let files = ["--baseline", "old.jsonl", "--candidate", "new.jsonl", "--margin", "0.01", "--format", "json"];
    let verdicts = |metric: &str| -> Vec<String> {
        let output = cli.karat(&[&GATE[..], &files, &["--metric", metric]].concat()).output().unwrap();
        let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let rules = found["rules"].as_array().unwrap();
        rules.iter().map(|rule| rule["verdict"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(verdicts("entities.strict[L0].f1"), ["fail"]);
    let together = verdicts("entities.strict[*].f1");
    assert!(together.iter().all(|verdict| verdict != "fail"), "{together:?}");
}

/// A rule for all extractors ignores those without its layer; a rule that applies to no extractor
/// is reported.
#[test]
fn rules_about_every_extractor() {
    let rule = |metric: &str| format!("[[gate]]\nmetric = \"{metric}\"\nmargin = 0.05\n");
    let cli = project(&rule("summary.rouge1.f1"));
    assert!(cli.karat(&["accept", "a"]).status().unwrap().success());
    let found = cli.json(&["gate", "a"]);
    assert_eq!(found["verdict"], "identical");
    let extractors: Vec<&str> =
        found["rules"].as_array().unwrap().iter().map(|rule| rule["extractor"].as_str().unwrap()).collect();
    assert_eq!(extractors, ["lead"]);
    let config = cli.read("karat.toml");
    cli.write("karat.toml", config.replace("summary.rouge1.f1", "summary.rouge1.fl"));
    assert_cmd!("gate_no_such_metric_anywhere", cli.karat(&["gate", "a"]));
    assert!(cli.karat(&["run", "--quiet", "--out", "b"]).status().unwrap().success());
}

/// Time and cost of a document as recorded in the run; unrecorded ones are not known.
#[test]
fn caps_on_what_a_document_takes() {
    let cli =
        project("[[gate]]\nextractor = \"patterns\"\nmax_seconds = 0.5\nmax_cost = 0.01\non_inconclusive = \"pass\"\n");
    let mut manifest: serde_json::Value = serde_json::from_str(&cli.read("a/run.json")).unwrap();
    let mut verdicts = |milliseconds: f64, repeats: u32, cost: Option<f64>| -> Vec<(String, Option<f64>)> {
        let of = &mut manifest["extractors"]["patterns"];
        of["milliseconds"]["d"] = milliseconds.into();
        of["repeats"] = repeats.into();
        of["timed"]["d"] = (2 * repeats).into();
        of["usage"] = cost.map_or(serde_json::json!({}), |cost| serde_json::json!({"d": {"cost": cost}}));
        cli.write("a/run.json", manifest.to_string());
        let output = cli.karat(&["gate", "a", "--format", "json"]).output().unwrap();
        let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let rules = found["rules"].as_array().unwrap();
        rules.iter().map(|rule| (rule["verdict"].as_str().unwrap().to_owned(), rule["delta"].as_f64())).collect()
    };
    let verdict = |of: &str, value: Option<f64>| (of.to_owned(), value);
    // Two documents.
    assert_eq!(verdicts(1000.0, 1, Some(0.02)), [verdict("pass", Some(0.5)), verdict("pass", Some(0.01))]);
    assert_eq!(verdicts(1010.0, 1, Some(0.03)), [verdict("fail", Some(0.505)), verdict("fail", Some(0.015))]);
    assert_eq!(verdicts(1010.0, 2, None), [verdict("pass", Some(0.2525)), verdict("inconclusive", None)]);
}

/// Golden summaries of `count` documents, and predictions that repeat or miss them.
fn summaries(count: usize) -> Cli {
    let cli = Cli::new();
    let lines = |key: &str, text: &dyn Fn(usize) -> String| -> String {
        (0..count).map(|at| format!("{{\"id\": \"d{at:02}\", \"{key}\": {}}}\n", text(at))).collect()
    };
    cli.write("gold.jsonl", lines("summaries", &|at| format!("[\"the cat number {at} sat\"]")));
    cli.write("good.jsonl", lines("summary", &|at| format!("\"the cat number {at} sat\"")));
    cli.write("lost.jsonl", lines("summary", &|_| "\"nothing\"".to_owned()));
    // Four words of the prediction are right in every document.
    cli.write("lower.jsonl", lines("summary", &|at| format!("\"the cat number {at} slept well\"")));
    cli
}

fn judged(cli: &Cli, pair: [&str; 2], rule: &[&str]) -> (i32, serde_json::Value) {
    let files = ["gate", "--gold", "gold.jsonl", "--baseline", pair[0], "--candidate", pair[1], "--format", "json"];
    let output = cli.karat(&[&files[..], rule].concat()).output().unwrap();
    let found = serde_json::from_slice(&output.stdout).unwrap_or_default();
    (output.status.code().unwrap(), found)
}

const ROUGE: [&str; 4] = ["--metric", "summary.rouge1.f1", "--margin", "0.01"];

/// A t interval needs documents that differ. Where all moved alike, the sign-flip test decides.
#[test]
fn documents_that_all_moved_alike_decide() {
    for count in [6, 12, 20, 60] {
        let cli = summaries(count);
        for (pair, code, verdict) in [
            (["good.jsonl", "lost.jsonl"], 100, "fail"),
            (["good.jsonl", "lower.jsonl"], 100, "fail"),
            (["lost.jsonl", "good.jsonl"], 0, "pass"),
            (["lower.jsonl", "good.jsonl"], 0, "pass"),
        ] {
            let (found, outcome) = judged(&cli, pair, &ROUGE);
            let rule = &outcome["rules"][0];
            assert_eq!((found, rule["verdict"].as_str()), (code, Some(verdict)), "{count} {pair:?} {rule}");
            assert_eq!(rule["test"], "sign_flip");
            let bounds = [&rule["low"], &rule["high"]].map(|bound| bound.as_f64().unwrap());
            let delta = rule["delta"].as_f64().unwrap();
            assert!(bounds.iter().all(|bound| (bound - delta).abs() < 1e-9), "{rule}");
        }
    }
    let cli = summaries(20);
    let (_, outcome) =
        judged(&cli, ["good.jsonl", "lost.jsonl"], &[&ROUGE[..], &["--on-inconclusive", "pass"]].concat());
    let message = outcome["rules"][0]["message"].as_str().unwrap();
    assert!(message.contains("F1 of all 20 documents fell by 1.000"), "{message}");
}

/// Of four documents, even the most extreme pattern of signs has a probability above 5 %.
#[test]
fn four_documents_cannot_decide() {
    let cli = summaries(4);
    let (code, outcome) = judged(&cli, ["good.jsonl", "lost.jsonl"], &ROUGE);
    assert_eq!((code, outcome["rules"][0]["verdict"].as_str()), (0, Some("inconclusive")));
}

#[test]
fn metrics_that_are_computed_on_request_are_gated() {
    let cli = summaries(20);
    let (code, outcome) = judged(&cli, ["good.jsonl", "lost.jsonl"], &["--metric", "summary.bleu", "--margin", "1"]);
    assert_eq!((code, outcome["rules"][0]["metric"].as_str()), (100, Some("summary.bleu")));
}

/// Compression, length and novelty describe a summary: cutting it is no merit.
#[test]
fn descriptive_figures_are_neither_better_nor_worse() {
    let cli = summaries(20);
    let texts: String = (0..20)
        .map(|at| {
            let text = "The cat sat and slept. ".repeat(1 + at % 3);
            format!("{{\"id\": \"d{at:02}\", \"text\": \"{text}\", \"summaries\": [\"the cat sat\"]}}\n")
        })
        .collect();
    cli.write("gold.jsonl", texts);
    let metric = ["--metric", "summary.compression"];
    let files = ["--gold", "gold.jsonl", "--baseline", "good.jsonl", "--candidate", "lost.jsonl"];
    let output = cli.karat(&[&["compare", "--format", "json"][..], &files, &metric].concat()).output().unwrap();
    let comparison: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = comparison.to_string();
    assert!(text.contains("\"descriptive\""), "{text}");
    assert_cmd!(
        "gate_margin_on_descriptive",
        cli.karat(&[&["gate"][..], &files, &metric, &["--margin", "0.1"]].concat())
    );
    let (code, _) = judged(&cli, ["good.jsonl", "lost.jsonl"], &[&metric[..], &["--max", "100"]].concat());
    assert_eq!(code, 0);
}

#[test]
fn a_floor_needs_no_baseline() {
    let cli = summaries(20);
    let gate = |candidate: &str, limit: [&str; 2]| {
        let files = ["gate", "--gold", "gold.jsonl", "--candidate", candidate, "--metric", "summary.rouge1.f1"];
        cli.karat(&[&files[..], &limit].concat()).output().unwrap().status.code()
    };
    assert_eq!(gate("good.jsonl", ["--min", "0.5"]), Some(0));
    assert_eq!(gate("lost.jsonl", ["--min", "0.5"]), Some(100));
    assert_eq!(gate("lost.jsonl", ["--max", "0.5"]), Some(0));
    assert_eq!(gate("good.jsonl", ["--margin", "0.5"]), Some(2));
}

#[test]
fn a_figure_that_an_upgrade_changed_is_noted_once() {
    const RULE: &str = "[[gate]]\nextractor = \"lead\"\nmetric = \"summary.grounded\"\nmargin = 0.05\n";
    let cli = Cli::new();
    let golden = |id: &str| {
        cli.write(&format!("docs/{id}.txt"), format!("Ada Byron wrote {id}. It was in 1843."));
        format!("{{\"id\": \"{id}\", \"summaries\": [\"Ada Byron wrote.\"]}}\n")
    };
    let lines: String = ["a", "b", "c", "d", "e"].map(golden).concat();
    cli.write("golden.jsonl", lines);
    let dataset = |name: &str| format!("[datasets.{name}]\ndocuments = \"docs\"\ngolden = \"golden.jsonl\"\n");
    cli.write("karat.toml", format!("{}{}[extractors.lead]\nkind = \"builtin\"\n{RULE}", dataset("d"), dataset("e")));
    assert!(cli.karat(&["run", "--quiet", "--out", "a"]).status().unwrap().success());
    assert!(cli.karat(&["accept", "a"]).status().unwrap().success());
    for dataset in ["d", "e"] {
        let beside = format!("golden/baselines/{dataset}/lead.json");
        let accepted = cli.read(&beside);
        assert!(accepted.contains("|unanswered:left-out"));
        cli.write(&beside, accepted.replace("|unanswered:left-out", ""));
    }
    assert_cmd!("gate_upgraded", cli.karat(&["gate", "a"]));
    assert!(cli.karat(&["run", "--quiet", "--out", "older"]).status().unwrap().success());
    cli.write("older/run.json", cli.read("older/run.json").replace("|unanswered:left-out", ""));
    let compared = cli.karat(&["compare", "older", "a", "--metric", "summary.grounded"]).output().unwrap();
    assert!(compared.status.success());
    assert_eq!(String::from_utf8_lossy(&compared.stderr).matches("They now leave out").count(), 1);
}
