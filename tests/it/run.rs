//! `karat run` from end to end.

use std::process::Stdio;

use serde_json::Value;

use crate::cli::{CONFIG, Cli, assert_cmd};

#[test]
fn the_summary_and_every_file() {
    let cli = Cli::with_dataset();
    assert_cmd!("run_summary", cli.karat(&["run"]));
    for file in ["scores.csv", "documents.csv", "alignment.csv", "report.md"] {
        insta::assert_snapshot!(format!("run_{file}"), cli.read(&format!("reports/d/{file}")));
    }
}

#[test]
fn out_is_the_run_folder_itself() {
    let cli = Cli::with_dataset();
    assert!(cli.karat(&["run", "-q", "--out", "o", "--extractor", "lead"]).status().unwrap().success());
    assert!(cli.exists("o/run.json") && cli.exists("o/d/report.md"));
    // The history of the project has the run, but its folder is elsewhere.
    assert!(!cli.exists("reports") && !cli.exists(".karat/runs") && cli.exists(".karat/history.db"));
    insta::assert_snapshot!("run_predictions", cli.read("o/predictions/d/lead.jsonl"));
    let manifest: Value = serde_json::from_str(&cli.read("o/run.json")).unwrap();
    insta::assert_json_snapshot!("run_manifest", manifest, {
        ".karat" => "[version]", ".started" => "[time]", ".ended" => "[time]", ".jobs" => "[jobs]", ".platform" => "[platform]",
        ".git_commit" => "[commit]", ".extractors.lead.milliseconds" => "[milliseconds]",
        ".extractors.lead.timings" => "[timings]",
    });
}

#[test]
fn a_profile_selects_and_has_a_folder_of_its_own() {
    let cli = Cli::with_dataset();
    cli.write("karat.toml", format!("{CONFIG}[profiles.ci]\nextractors = [\"lead\"]\n"));
    assert!(cli.karat(&["run", "-q", "--profile", "ci"]).status().unwrap().success());
    assert!(cli.exists("reports/d@ci/report.md") && !cli.exists("reports/d"));
    assert!(!cli.read("reports/d@ci/scores.csv").contains("patterns"));
}

#[test]
fn an_incomplete_run_is_reported_and_exits_5() {
    let cli = Cli::with_dataset();
    cli.write("karat.toml", format!("{CONFIG}[extractors.theirs]\nkind = \"predictions\"\npath = \"p.jsonl\"\n"));
    cli.write("p.jsonl", "{\"id\": \"a\", \"entities\": [{\"start\": 0, \"end\": 3, \"label\": \"PERSON\"}]}\n");
    assert_cmd!("run_incomplete", cli.karat(&["run"]));
    insta::assert_snapshot!("run_incomplete_report", cli.read(&format!("{}/d/report.md", run_folder(&cli))));
    let manifest: Value = serde_json::from_str(&cli.read(&format!("{}/run.json", run_folder(&cli)))).unwrap();
    assert_eq!(manifest["extractors"]["theirs"]["missing"], 1);
    assert_eq!(manifest["extractors"]["theirs"]["datasets"]["d"]["ok"], 1);
}

fn run_folder(cli: &Cli) -> String {
    let mut runs = std::fs::read_dir(cli.path().join(".karat/runs")).unwrap();
    format!(".karat/runs/{}", runs.next().unwrap().unwrap().file_name().to_string_lossy())
}

#[test]
fn names_cannot_leave_the_run_folder() {
    let cli = Cli::with_dataset();
    cli.write("karat.toml", CONFIG.replace("[datasets.d]", "[datasets.\"../d\"]"));
    assert_cmd!("run_name_that_is_a_path", cli.karat(&["run"]));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let cli = Cli::new();
    // More than a pipe holds.
    let lines = |summary: &str| (0..400).map(|id| format!("{{\"id\": \"d{id}\", {summary}}}\n")).collect::<String>();
    cli.write("gold.jsonl", lines("\"summaries\": [\"a b\"]"));
    cli.write("pred.jsonl", lines("\"summary\": \"a c\""));
    let args = ["score", "--gold", "gold.jsonl", "--pred", "pred.jsonl", "--format", "json", "--per-document"];
    let mut command = cli.karat(&args);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""));
}

#[test]
fn a_profile_cannot_leave_the_reports_either() {
    let cli = Cli::with_dataset();
    cli.write("karat.toml", format!("{CONFIG}[profiles.\"x/../../../evil\"]\nextractors = [\"lead\"]\n"));
    assert_cmd!("run_profile_that_is_a_path", cli.karat(&["run", "--profile", "x/../../../evil"]));
    assert!(!cli.exists("reports") && !cli.exists(".karat"));
}

#[test]
fn a_folder_in_the_place_of_a_report_is_found_before_anything_is_written() {
    let cli = Cli::with_dataset();
    cli.write("reports/d/report.md/x", "");
    assert_cmd!("run_folder_in_place_of_a_report", cli.karat(&["run"]));
    assert!(!cli.exists("reports/d/scores.csv"));
}

#[test]
fn an_extractor_that_answers_nothing_is_scored() {
    let cli = Cli::with_dataset();
    cli.write("karat.toml", format!("{CONFIG}[extractors.theirs]\nkind = \"predictions\"\npath = \"p.jsonl\"\n"));
    cli.write("p.jsonl", "");
    assert_eq!(cli.karat(&["run", "-q", "--out", "r"]).status().unwrap().code(), Some(5));
    assert!(cli.read("r/d/scores.csv").contains("d,theirs,entities.strict.recall,,0.000000"));
}
