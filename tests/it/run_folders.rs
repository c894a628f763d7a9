//! Run folders and reports: what an incomplete, interrupted or second run may touch.

use std::fs;
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::cli::Cli;
use crate::process::{project, run, statuses};

fn wait_for(is_there: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_there() && begun.elapsed() < Duration::from_secs(30) {
        sleep(Duration::from_millis(5));
    }
    assert!(is_there());
}

fn run_folders(cli: &Cli) -> Vec<std::path::PathBuf> {
    let mut runs: Vec<_> =
        fs::read_dir(cli.path().join(".karat/runs")).unwrap().map(|entry| entry.unwrap().path()).collect();
    runs.sort();
    runs
}

#[test]
fn an_incomplete_run_leaves_committed_reports() {
    let cli = project(&["Ada", "Bob"], &[], "");
    let karat = |args: &[&str]| {
        let output = cli.karat(args).output().unwrap();
        (
            output.status.code(),
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr),
        )
    };
    assert_eq!(karat(&["run"]).0, Some(0));
    let committed = cli.read("reports/d/report.md");
    assert!(committed.contains("2"));
    assert_eq!(cli.read(".karat/.gitignore"), "*\n");
    cli.write("docs/d01.txt", "crash");
    let (code, said) = karat(&["run"]);
    assert_eq!(code, Some(5), "{said}");
    assert_eq!(cli.read("reports/d/report.md"), committed);
    assert!(said.contains("note: the run is incomplete, so its reports are only in its own folder: "), "{said}");
    let newest = run_folders(&cli).pop().unwrap();
    assert!(fs::read_to_string(newest.join("d/report.md")).unwrap().contains("incomplete"));
    assert!(
        said.contains(&format!("report: {}", newest.strip_prefix(cli.path()).unwrap().join("d/report.md").display())),
        "{said}"
    );
}

/// An extractor that cannot be started names no layers: it has no figures, rather than zeros.
#[test]
fn undeclared_layers_are_not_shown_as_zero() {
    let cli = project(&["Ada", "Bob"], &[], "");
    cli.write("golden/d00.json", r#"{"id": "d00", "entities": [{"start": 0, "end": 3, "label": "PERSON"}]}"#);
    cli.write(
        "karat.toml",
        cli.read("karat.toml") + "\n[extractors.absent]\nkind = \"process\"\ncommand = [\"./no-such-program\"]\n",
    );
    let output = cli.karat(&["run", "--out", "r"]).output().unwrap();
    assert_eq!(output.status.code(), Some(5));
    let table = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = table.lines().find(|line| line.contains("absent")).unwrap();
    assert!(line.contains("0/2") && !line.contains("0.000"), "{table}");
    assert!(!cli.read("r/d/scores.csv").contains("absent"));
}

#[test]
fn a_second_run_in_a_folder_is_refused() {
    let cli = project(&["Ada", "slow 60000"], &[], "");
    let mut child = cli.karat(&["run", "--quiet", "--out", "r"]).stderr(Stdio::null()).spawn().unwrap();
    wait_for(|| cli.exists("r/journal.jsonl") && cli.read("r/journal.jsonl").lines().count() == 2);
    let journal = cli.read("r/journal.jsonl");
    for more in [&[][..], &["--resume"]] {
        let output = cli.karat(&[&["run", "--quiet", "--out", "r"], more].concat()).output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{errors}");
        assert!(errors.contains("another run is in progress in this folder"), "{errors}");
    }
    assert_eq!(cli.read("r/journal.jsonl"), journal);
    child.kill().unwrap();
    child.wait().unwrap();
    // A killed run does not block the next one, which removes what it left.
    cli.write("r/.karat-abc", "half a file");
    cli.write("r/d/.karat-abc", "half a file");
    cli.write("r/predictions/d/.karat-abc", "half a file");
    cli.write("docs/d01.txt", "Bob");
    assert_eq!(run(&cli, &[]).code, Some(0));
    for file in ["r/run.lock", "r/.karat-abc", "r/d/.karat-abc", "r/predictions/d/.karat-abc", "r/journal.jsonl"] {
        assert!(!cli.exists(file), "{file}");
    }
}

#[test]
fn a_damaged_journal_is_set_aside() {
    let cli = project(&["Ada", "slow 60000"], &[], "cache = false\ntimeout = \"300ms\"");
    let mut child = cli.karat(&["run", "--quiet", "--out", "r"]).stderr(Stdio::null()).spawn().unwrap();
    wait_for(|| cli.exists("r/journal.jsonl") && cli.read("r/journal.jsonl").lines().count() == 2);
    child.kill().unwrap();
    child.wait().unwrap();
    let damaged = cli.read("r/journal.jsonl").replacen("karat.journal", "\"", 1);
    for (number, more) in [(1, &["--resume"][..]), (2, &[])] {
        cli.write("r/journal.jsonl", &damaged);
        let ended = run(&cli, more);
        assert_eq!(statuses(&ended), ["ok", "timed_out"]);
        assert!(ended.errors.contains("its first line is damaged"), "{}", ended.errors);
        assert_eq!(cli.read(&format!("r/journal.damaged-{number}.jsonl")), damaged);
    }
}

/// Runs are named by when they are, or by the beginning of their names.
#[test]
fn runs_have_names() {
    let cli = project(&["Ada", "Bob", "slow 500"], &[], "cache = false");
    let karat = |args: &[&str]| {
        let output = cli.karat(args).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        (output.status.code(), text)
    };
    assert_eq!(karat(&["runs"]), (Some(0), "there is no run yet; `karat run` creates one\n".to_owned()));
    assert_eq!(karat(&["run", "--quiet"]).0, Some(0));
    let (code, text) = karat(&["compare", "previous", "latest"]);
    assert!(code == Some(2) && text.contains("there is no run before the latest one"), "{text}");
    let (code, text) = karat(&["compare", "baseline", "latest"]);
    assert!(code == Some(2) && text.contains("there is no accepted baseline"), "{text}");
    assert_eq!(karat(&["accept", "latest"]).0, Some(0));
    cli.write("karat.toml", cli.read("karat.toml") + "timeout = \"100ms\"\n");
    assert_eq!(karat(&["run", "--quiet"]).0, Some(5));
    for (base, candidate) in [("previous", "latest"), ("baseline", "previous")] {
        let (code, text) = karat(&["compare", base, candidate, "--metric", "entities.strict.precision"]);
        assert_eq!(code, Some(0), "{base} {candidate}: {text}");
    }
    // A look at some documents is listed, and is neither `latest` nor in `reports/`.
    let report = cli.read("reports/d/report.md");
    for args in [&["--limit", "1"][..], &["--document", "d01"]] {
        let (code, text) = karat(&[&["run", "--quiet"], args].concat());
        assert!(code == Some(0) && text.contains("only selected documents were run"), "{text}");
    }
    let (code, text) = karat(&["run", "--document", "d1"]);
    assert!(code == Some(2) && text.contains("have no document \"d1\""), "{text}");
    assert_eq!(cli.read("reports/d/report.md"), report);
    let runs: Vec<String> =
        run_folders(&cli).iter().map(|run| run.file_name().unwrap().to_string_lossy().into_owned()).collect();
    let lines = |run: &str| cli.read(&format!(".karat/runs/{run}/predictions/d/mine.jsonl"));
    assert!(lines(&runs[2]).lines().count() == 1 && lines(&runs[2]).contains("d00"));
    assert!(lines(&runs[3]).lines().count() == 1 && lines(&runs[3]).contains("d01"));
    let (_, listed) = karat(&["runs"]);
    let rows: Vec<&str> = listed.lines().skip(1).collect();
    for (row, (run, complete)) in rows.iter().zip(runs.iter().rev().zip([
        "no: selected documents",
        "no: selected documents",
        "no: 1 of 3 not answered",
        "yes",
    ])) {
        assert!(row.contains(run) && row.contains(complete) && row.contains("d, mine: entities.strict.f1"), "{listed}");
    }
    let (code, text) = karat(&["power", &runs[0][..runs[0].len() - 2]]);
    assert!(!text.contains("this is not a run"), "{code:?} {text}");
    let (code, text) = karat(&["power", "2"]);
    assert!(code == Some(2) && text.contains("4 runs have a name that begins with \"2\""), "{text}");
    assert_eq!(karat(&["runs", "prune", "--keep", "1"]), (Some(0), "deleted 3 runs\n".to_owned()));
    assert_eq!(run_folders(&cli).len(), 1);
}

/// Answers in the journal are checked like new ones, and failures are requested again.
#[test]
fn failures_are_requested_again_on_resumption() {
    let cli = project(&["Ada", "crash", "Bob", "slow 60000"], &[], "cache = false\ntimeout = \"60s\"");
    let mut child = cli.karat(&["run", "--quiet", "--out", "r"]).stderr(Stdio::null()).spawn().unwrap();
    wait_for(|| cli.exists("r/journal.jsonl") && cli.read("r/journal.jsonl").lines().count() == 4);
    child.kill().unwrap();
    child.wait().unwrap();
    let journal = cli.read("r/journal.jsonl");
    assert_eq!(journal.matches("\"status\":\"failed\"").count(), 1, "{journal}");
    let mut child = cli.karat(&["run", "--quiet", "--out", "r", "--resume"]).stderr(Stdio::null()).spawn().unwrap();
    wait_for(|| cli.read("r/journal.jsonl").lines().count() == 5);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(cli.read("r/journal.jsonl").matches("\"status\":\"failed\"").count(), 2);
}
