//! `karat run --until-decided`: runs that stop once a confidence sequence has decided the rules.

use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use serde_json::Value;

use crate::cli::{Cli, assert_cmd, outline};
use crate::process::project as with_program;

/// Answers that are wrong in the last word of the documents that `is_wrong` selects.
fn answers(documents: usize, is_wrong: impl Fn(usize) -> bool) -> String {
    let line = |at| {
        let verb = if is_wrong(at) { "ran" } else { "sat" };
        format!("{{\"id\": \"d{at:03}\", \"summary\": \"the cat number {at} {verb}\"}}\n")
    };
    (0..documents).map(line).collect()
}

/// Documents with summaries, an accepted baseline that is wrong where `is_wrong` says, and a rule.
fn project(documents: usize, is_wrong: impl Fn(usize) -> bool, rule: &str) -> Cli {
    let cli = Cli::new();
    let lines = |more: &dyn Fn(usize) -> String| -> String {
        (0..documents).map(|at| format!("{{\"id\": \"d{at:03}\", {}}}\n", more(at))).collect()
    };
    cli.write(
        "docs.jsonl",
        lines(&|at| {
            let kind = if at % 4 == 0 { "a" } else { "b" };
            format!("\"text\": \"Today the cat number {at} sat down.\", \"meta\": {{\"kind\": \"{kind}\"}}")
        }),
    );
    cli.write("gold.jsonl", lines(&|at| format!("\"summaries\": [\"the cat number {at} sat\"]")));
    cli.write("answers.jsonl", answers(documents, is_wrong));
    cli.write(
        "karat.toml",
        format!(
            "[datasets.d]\ndocuments = \"docs.jsonl\"\ngolden = \"gold.jsonl\"\n\
             [extractors.e]\nkind = \"predictions\"\npath = \"answers.jsonl\"\n\
             [[gate]]\nmetric = \"summary.rouge1.f1\"\n{rule}\n"
        ),
    );
    succeeds(&cli, &["run", "--quiet", "--out", "base"]);
    succeeds(&cli, &["accept", "base"]);
    cli
}

#[track_caller]
fn ends(cli: &Cli, args: &[&str], code: i32, words: &[&str]) -> String {
    let (found, out, errors) = cli.run(args);
    let text = out + &errors;
    assert_eq!(found, code, "{args:?}: {text}");
    for words in words {
        assert!(text.contains(words), "{args:?}: {text}");
    }
    text
}

#[track_caller]
fn succeeds(cli: &Cli, args: &[&str]) -> String {
    ends(cli, args, 0, &[])
}

fn gate(cli: &Cli, run: &str) -> Value {
    serde_json::from_str(&cli.read(&format!("{run}/gate.json"))).unwrap()
}

const UNTIL: [&str; 4] = ["run", "--until-decided", "--out", "r"];

/// Every document loses a fifth of its ROUGE-1: the least number of documents decides.
#[test]
fn a_clear_loss_stops_the_run() {
    let cli = project(120, |_| false, "margin = 0.05");
    cli.write("answers.jsonl", answers(120, |_| true));
    assert_cmd!("a_clear_loss", cli.karat(&UNTIL));
    assert_eq!(cli.read("r/predictions/d/e.jsonl").lines().count(), 30);
    insta::assert_snapshot!("gate_of_a_clear_loss", outline(&cli.read("r/gate.json")));
    let report = cli.read("r/d/report.md");
    let said: Vec<&str> = report.lines().filter(|line| line.starts_with("> ")).collect();
    insta::assert_snapshot!("report_of_a_clear_loss", said.join("\n"));
    // The reports of the project are of all documents.
    let manifest: Value = serde_json::from_str(&cli.read("r/run.json")).unwrap();
    assert_eq!(manifest["until_decided"]["datasets"]["d"]["documents"], 30);
    assert_eq!(manifest["until_decided"]["decisions"][0]["verdict"], "fail");
    let baseline = cli.read("golden/baselines/d/e.jsonl");
    for more in [&["accept", "r", "--allow-worse"][..], &["accept", "r", "--allow-worse", "--allow-incomplete"]] {
        ends(&cli, more, 5, &["it stopped after 30 of 120 documents", "never becomes a baseline"]);
    }
    assert_eq!(cli.read("golden/baselines/d/e.jsonl"), baseline);
    // The gate replays the sequence, and does not test the sample as if its size had been fixed.
    let (code, out, errors) = cli.run(&["gate", "r", "--format", "json"]);
    assert_eq!(code, 100, "{errors}");
    let again: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(again["rules"], gate(&cli, "r")["rules"]);
}

/// Equal answers pass as soon as a loss as rare as the margin would have been seen.
#[test]
fn equal_answers_stop_the_run() {
    let cli = project(120, |at| at % 3 == 0, "margin = 0.1");
    let said = ends(&cli, &UNTIL, 0, &["the run stopped early: 45 of 120 documents of d in random order (seed 0)"]);
    assert!(said.contains("decided after 45 of 120 documents in random order"), "{said}");
    assert_eq!(gate(&cli, "r")["verdict"], "pass");
    assert_eq!(cli.read("r/predictions/d/e.jsonl").lines().count(), 45);
    ends(&cli, &["accept", "r"], 5, &["it stopped after 45 of 120 documents"]);
    let of_seed = |seed: &str| {
        succeeds(&cli, &["run", "--until-decided", "--quiet", "--seed", seed, "--out", "s"]);
        cli.read("s/predictions/d/e.jsonl")
    };
    let (zero, one) = (of_seed("0"), of_seed("1"));
    assert_eq!(zero, cli.read("r/predictions/d/e.jsonl"));
    assert_ne!(zero, one);
}

/// As many documents gain as lose: the sequence does not decide, and the ordinary test has one
/// chance at what is left of the level.
#[test]
fn an_undecided_run_takes_all_documents() {
    let cli = project(60, |at| at % 2 == 0, "margin = 0.02");
    cli.write("answers.jsonl", answers(60, |at| at % 2 == 1));
    let words = ["all documents were run: 60 of 60", "judged once with 97.5 % confidence", "inconclusive"];
    ends(&cli, &UNTIL, 0, &words);
    let found = gate(&cli, "r");
    assert_eq!(found["rules"][0]["test"], "t");
    assert!(found["rules"][0].get("sequence").is_none());
    // All documents were run, so that it is a complete run.
    succeeds(&cli, &["gate", "r"]);
    ends(&cli, &["accept", "r", "--dry-run"], 0, &["nothing was written"]);
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let cli = project(120, |at| at % 3 == 0, "margin = 0.05\nslice = \"meta.kind\"");
    cli.write("answers.jsonl", answers(120, |at| at % 3 == 1 || at % 5 == 0));
    let written = |jobs: &str| {
        cli.run(&["run", "--until-decided", "--quiet", "--jobs", jobs, "--out", "t"]);
        ["t/gate.json", "t/d/report.md", "t/d/scores.csv", "t/predictions/d/e.jsonl"].map(|file| cli.read(file))
    };
    let one = written("1");
    assert_eq!(one, written("4"));
    // Files in another order make no other sample.
    let backwards: String = cli.read("docs.jsonl").lines().rev().map(|line| format!("{line}\n")).collect();
    cli.write("docs.jsonl", backwards);
    assert_eq!(one, written("3"));
}

/// Rules that a sequence cannot decide are named, and those that it can are.
#[test]
fn what_a_sequence_cannot_decide_is_named() {
    let cli = project(100, |_| false, "margin = 0.3\nslice = \"meta.kind\"\n[[gate]]\nmax_failed = 0.1");
    let said = ends(&cli, &UNTIL, 0, &["no sequence decides `max_failed`", "25 clusters are too few for a sequence"]);
    assert!(said.contains("all documents were run: 100 of 100"), "{said}");
    let cli = project(100, |_| false, "margin = 0.3\nslice = \"length\"");
    ends(&cli, &UNTIL, 0, &["thirds by length depend on all documents", "100 of 100"]);
    let cli = project(100, |_| false, "min = 0.7");
    ends(&cli, &UNTIL, 0, &["and the floor is 0.7", "decided after 30 of 100 documents"]);
    cli.write("karat.toml", cli.read("karat.toml").replace("min = 0.7", "min = 0.7\nmargin = 0.1"));
    std::fs::remove_dir_all(cli.path().join("golden/baselines")).unwrap();
    ends(&cli, &UNTIL, 2, &["d, e: there is no baseline", "run without --until-decided"]);
    let rules = cli.read("karat.toml");
    cli.write("karat.toml", rules.split("[[gate]]").next().unwrap());
    ends(&cli, &UNTIL, 2, &["there are no gate rules to decide"]);
    ends(&cli, &["run", "--until-decided", "--limit", "3"], 2, &["cannot be used with"]);
}

/// Of 50 clusters of 8 documents every second one has summaries: 30 clusters, of which the sequence
/// needs that many, are never reached, though 30 documents are.
#[test]
fn clusters_without_the_figure_do_not_count() {
    let cli = project(400, |at| at % 3 == 0, "min = 0.2");
    let lines = |more: &dyn Fn(usize) -> String| -> String {
        (0..400).map(|at| format!("{{\"id\": \"d{at:03}\"{}}}\n", more(at))).collect()
    };
    let has_summary = |at: usize| (at / 8).is_multiple_of(2);
    cli.write("docs.jsonl", lines(&|at| format!(", \"text\": \"The cat.\", \"meta\": {{\"grp\": \"g{}\"}}", at / 8)));
    let summaries = |at| if has_summary(at) { ", \"summaries\": [\"the cat\"]" } else { "" };
    cli.write("gold.jsonl", lines(&|at| summaries(at).to_owned()));
    cli.write("answers.jsonl", lines(&|at| if has_summary(at) { ", \"summary\": \"the cat\"" } else { "" }.to_owned()));
    let config = cli.read("karat.toml");
    cli.write("karat.toml", config.replace("golden = ", "cluster = \"meta.grp\"\ngolden = "));
    ends(&cli, &UNTIL, 0, &["all documents were run: 400 of 400", "no sequence decided it"]);
    // Two documents a cluster, of which 100 have the figure: enough.
    let of_two = |at: usize| format!(", \"text\": \"The cat.\", \"meta\": {{\"grp\": \"g{}\"}}", at / 2);
    cli.write("docs.jsonl", lines(&of_two));
    ends(&cli, &UNTIL, 0, &["the run stopped early"]);
    let sequence = &gate(&cli, "r")["rules"][0]["sequence"];
    assert!(sequence["clusters"].as_u64().unwrap() >= 30, "{sequence}");
}

/// Floors have the level of their rule, half of it for the sequence, and share it on the failing
/// side.
#[test]
fn floors_share_the_level_of_their_rule() {
    let other = "\n[[gate]]\nmetric = \"summary.rouge2.f1\"\nmin = 0.1";
    let decided = |rule: &str| {
        let cli = project(100, |_| false, rule);
        succeeds(&cli, &UNTIL);
        let sequence = gate(&cli, "r")["rules"][0]["sequence"].clone();
        ["alpha_pass", "alpha_fail"].map(|key| (sequence[key].as_f64().unwrap() * 1e5).round() / 1e5)
    };
    assert_eq!(decided("min = 0.5"), [0.025, 0.025]);
    assert_eq!(decided("min = 0.5\nconfidence = 0.99"), [0.005, 0.005]);
    assert_eq!(decided(&format!("min = 0.5\nconfidence = 0.99{other}")), [0.005, 0.0025]);
    // The mean is .9 with a standard error of .013, so that .925 is just outside the interval.
    let last = |rule: &str, code: i32, words: &[&str]| {
        let cli = project(60, |at| at % 2 == 0, rule);
        ends(&cli, &UNTIL, code, words);
        gate(&cli, "r")["rules"][0]["high"].as_f64().unwrap()
    };
    let alone = last("min = 0.925", 100, &["judged once with 97.5 % confidence"]);
    let strict = last("min = 0.925\nconfidence = 0.99", 0, &["judged once with 99.5 % confidence"]);
    assert!(alone < 0.924 && strict > 0.926, "{alone} {strict}");
    let words = ["it does not fail at the level that 2 tests share"];
    assert_eq!(last(&format!("min = 0.925{other}"), 0, &words), alone);
}

/// Documents that are not answered count as missed, and make the run incomplete.
#[test]
fn unanswered_documents_count_as_missed() {
    let cli = project(120, |_| false, "margin = 0.05");
    let some: String = answers(120, |_| false)
        .lines()
        .filter(|line| !(line.contains("1\"") || line.contains("6\"")))
        .map(|line| format!("{line}\n"))
        .collect();
    cli.write("answers.jsonl", some);
    ends(&cli, &UNTIL, 100, &["not answered: d, e, ", "decided after ", " of 120 documents"]);
    // A gate that passes without them is of an incomplete run, unless a rule allows them.
    let rules = cli.read("karat.toml");
    cli.write("karat.toml", rules.replace("margin = 0.05", "margin = 0.4"));
    ends(&cli, &UNTIL, 5, &["pass", "not answered: d, e"]);
    cli.write("karat.toml", rules.replace("margin = 0.05", "margin = 0.4\nmax_failed = 0.5"));
    ends(&cli, &UNTIL, 0, &["pass", "failed documents"]);
}

/// A run that is killed on the way ends, once resumed, with the bytes of an undisturbed one.
#[test]
fn a_killed_run_is_resumed() {
    let texts: Vec<String> = (0..60).map(|at| format!("slow {} Ada Bob{at}", 5 + at % 4)).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let project = || {
        let cli = with_program(&texts, &[], "cache = false\nin_flight = 4\nworkers = 2");
        succeeds(&cli, &["run", "--quiet", "--out", "base"]);
        cli.write("golden.jsonl", cli.read("base/predictions/d/mine.jsonl"));
        let rule = "[[gate]]\nmetric = \"entities.strict.f1\"\nmargin = 0.3\n";
        let config = cli.read("karat.toml").replace("\"golden\"", "\"golden.jsonl\"");
        cli.write("karat.toml", format!("{config}{rule}"));
        succeeds(&cli, &["run", "--quiet", "--out", "base"]);
        succeeds(&cli, &["accept", "base"]);
        cli
    };
    let files = ["r/gate.json", "r/d/report.md", "r/predictions/d/mine.jsonl"];
    let undisturbed = project();
    succeeds(&undisturbed, &["run", "--until-decided", "--quiet", "--out", "r"]);
    let wanted = files.map(|file| undisturbed.read(file));
    assert_eq!(wanted[2].lines().count(), 30);
    let killed = project();
    for milliseconds in [40, 90, 160] {
        let args = ["run", "--until-decided", "--quiet", "--out", "r", "--resume"];
        let mut child = killed.karat(&args).stderr(Stdio::null()).spawn().unwrap();
        sleep(Duration::from_millis(milliseconds));
        let _ = child.kill();
        let _ = child.wait();
    }
    succeeds(&killed, &["run", "--until-decided", "--quiet", "--out", "r", "--resume"]);
    assert_eq!(files.map(|file| killed.read(file)), wanted);
}
