//! Runs that are interrupted, and answers that are kept.

use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::cli::{Cli, assert_cmd};
use crate::process::{flaky, project, run, statuses};

/// Documents that take a little while, and one that fails.
fn slow(documents: usize, table: &str) -> Cli {
    let texts: Vec<String> = (0..documents)
        .map(|at| if at == 7 { "crash".to_owned() } else { format!("slow {} Ada Bob{at}", 3 + at % 4) })
        .collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    project(&texts, &[], table)
}

/// What a run leaves that has no times in it.
fn lasting(cli: &Cli) -> Vec<(String, String)> {
    let files = ["predictions/d/mine.jsonl", "d/report.md", "d/scores.csv", "d/documents.csv", "d/alignment.csv"];
    files.iter().map(|file| ((*file).to_owned(), cli.read(&format!("r/{file}")))).collect()
}

/// A pseudo-random number below `most`, the same in every test run.
fn number(at: u64, most: u64) -> u64 {
    (at.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 33) % most
}

/// A run that is killed fifty times, at any moment, never loses an answer, and ends with the bytes
/// of an undisturbed run.
#[test]
fn killed_at_fifty_moments() {
    const DOCUMENTS: usize = 48;
    let undisturbed = slow(DOCUMENTS, "cache = false");
    assert_eq!(run(&undisturbed, &[]).code, Some(5));
    let wanted = lasting(&undisturbed);
    // How long a run takes here, so that kills fall before the first answer, among the reports, and
    // everywhere between.
    let begun = Instant::now();
    run(&slow(DOCUMENTS, "cache = false\nin_flight = 4\nworkers = 2"), &[]);
    let mut whole = u64::try_from(begun.elapsed().as_micros()).unwrap();
    let killed = slow(DOCUMENTS, "cache = false\nin_flight = 4\nworkers = 2");
    let answers = || {
        let lines = killed.exists("r/journal.jsonl").then(|| killed.read("r/journal.jsonl"));
        lines.map(|lines| lines.lines().filter(|line| line.ends_with('}')).count())
    };
    let (mut before, mut most, mut kills, mut at) = (0, 0, 0, 0);
    // On a machine that has become slower since, runs are killed later until one gets far.
    while kills < 50 || (most <= DOCUMENTS / 2 && at < 200) {
        whole += if kills < 50 { 0 } else { whole / 4 };
        let mut child =
            killed.karat(&["run", "--quiet", "--out", "r", "--resume"]).stderr(Stdio::null()).spawn().unwrap();
        // From before the first answer to the reports.
        sleep(Duration::from_micros(number(at, whole)));
        at += 1;
        let _ = child.kill();
        let is_killed = child.wait().unwrap().code().is_none();
        kills += usize::from(is_killed);
        match answers() {
            Some(now) => {
                assert!(now >= before, "{now} of {before} answers are left");
                (before, most) = (now, most.max(now));
            }
            // It came to its end, or was killed before it began: the next one is a new run.
            None => {
                assert!(is_killed || lasting(&killed) == wanted);
                before = 0;
            }
        }
    }
    assert!(most > DOCUMENTS / 2, "no run got far: {most}");
    assert_eq!(run(&killed, &["--resume"]).code, Some(5));
    assert!(lasting(&killed) == wanted);
    assert!(!killed.exists("r/journal.jsonl"));
}

/// What was answered before the kill is not asked again.
#[test]
fn answers_before_a_kill_are_kept() {
    let texts = ["Ada", "Bob", "Cyd", "slow 60000", "Dee", "Eve"];
    let cli = project(&texts, &[], "cache = false");
    let mut child = cli.karat(&["run", "--quiet", "--out", "r"]).spawn().unwrap();
    let begun = Instant::now();
    let lines = || if cli.exists("r/journal.jsonl") { cli.read("r/journal.jsonl").lines().count() } else { 0 };
    while lines() < 4 && begun.elapsed() < Duration::from_secs(30) {
        sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(lines(), 4, "the header and three answers");
    // Somebody who is killed may leave half a line.
    let journal = cli.read("r/journal.jsonl");
    cli.write("r/journal.jsonl", format!("{journal}{{\"key\":\"half"));
    cli.write("docs/d03.txt", "slow 60000");
    let config = cli.read("karat.toml").replace("cache = false", "cache = false\ntimeout = \"300ms\"");
    cli.write("karat.toml", config);
    let ended = run(&cli, &["--resume"]);
    assert_eq!(statuses(&ended), ["ok", "ok", "ok", "timed_out", "ok", "ok"]);
    assert_eq!(ended.manifest["extractors"]["mine"]["timings"]["d"]["remembered"], 3);
}

#[test]
fn another_run_is_not_gone_on_with() {
    let cli = project(&["Ada", "slow 60000"], &[], "");
    let mut child = cli.karat(&["run", "--quiet", "--out", "r"]).spawn().unwrap();
    let begun = Instant::now();
    while !(cli.exists("r/journal.jsonl") && cli.read("r/journal.jsonl").lines().count() == 2)
        && begun.elapsed() < Duration::from_secs(30)
    {
        sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    cli.write("docs/d01.txt", "Bob");
    assert_cmd!("resume_another_run", cli.karat(&["run", "--out", "r", "--resume"]));
    // Without --resume, a new run is started.
    assert_eq!(run(&cli, &[]).code, Some(0));
    assert_cmd!("resume_nothing", cli.karat(&["run", "--quiet", "--out", "r", "--resume"]));
}

/// Ctrl-C: what was asked is waited for, the rest is skipped, and everything is written.
#[cfg(unix)]
#[test]
fn an_interrupt_ends_cleanly() {
    let texts: Vec<String> = (0..200).map(|at| format!("slow 20 Ada{at}")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let cli = project(&texts, &[], "cache = false");
    let mut child = cli.karat(&["run", "--quiet"]).spawn().unwrap();
    let begun = Instant::now();
    let journal = || {
        std::fs::read_dir(cli.path().join(".karat/runs")).ok()?.next()?.ok().map(|run| run.path().join("journal.jsonl"))
    };
    let lines = || journal().and_then(|path| std::fs::read_to_string(path).ok()).map_or(0, |text| text.lines().count());
    while lines() < 5 && begun.elapsed() < Duration::from_secs(30) {
        sleep(Duration::from_millis(5));
    }
    std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(5));
    assert!(!cli.exists("reports/d/report.md"));
    let report = std::fs::read_to_string(journal().unwrap().parent().unwrap().join("d/report.md")).unwrap();
    assert!(report.contains("incomplete") && report.contains("the run was stopped before the document was sent"));
    let run = journal().unwrap().parent().unwrap().to_owned();
    let manifest = |run: &std::path::Path| -> Value {
        serde_json::from_str(&std::fs::read_to_string(run.join("run.json")).unwrap()).unwrap()
    };
    let mine = manifest(&run)["extractors"]["mine"].clone();
    assert!(mine["ok"].as_u64().unwrap() >= 4 && mine["skipped"].as_u64().unwrap() > 0, "{mine}");
    // And it goes on in the same folder.
    let output = cli.karat(&["run", "--quiet", "--resume"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let after = manifest(&run)["extractors"]["mine"].clone();
    assert_eq!(after["ok"], 200);
    assert!(after["timings"]["d"]["remembered"].as_u64().unwrap() >= 4);
}

fn asked(cli: &Cli) -> u64 {
    let manifest: Value = serde_json::from_str(&cli.read("r/run.json")).unwrap();
    let mine = &manifest["extractors"]["mine"];
    mine["documents"].as_u64().unwrap() - mine["timings"]["d"]["remembered"].as_u64().unwrap()
}

#[test]
fn answers_are_kept_for_later_runs() {
    let cli = project(&["Ada", "Bob", "sorry", "Cyd"], &[], "files = [\"model.bin\"]\nenv = {MODE = \"a\"}");
    cli.write("model.bin", "1");
    assert_eq!(run(&cli, &[]).code, Some(5));
    let first = lasting(&cli);
    assert_eq!(asked(&cli), 4);
    // Failures are asked again.
    run(&cli, &[]);
    assert_eq!((asked(&cli), lasting(&cli) == first), (1, true));
    run(&cli, &["--no-cache"]);
    assert_eq!(asked(&cli), 4);
    cli.write("docs/d01.txt", "Bobby");
    run(&cli, &[]);
    assert_eq!(asked(&cli), 2);
    cli.write("model.bin", "2");
    run(&cli, &[]);
    assert_eq!(asked(&cli), 4);
    // What was, is known still.
    cli.write("model.bin", "1");
    run(&cli, &[]);
    assert_eq!(asked(&cli), 1);
    // Another name of the same program is another extractor.
    cli.write("karat.toml", cli.read("karat.toml").replace("MODE = \"a\"", "MODE = \"b\""));
    run(&cli, &[]);
    assert_eq!(asked(&cli), 4);
}

#[test]
fn repeats_are_kept_apart() {
    let cli = project(&["Ada", "Bob"], &[], "repeats = 2");
    run(&cli, &[]);
    let manifest: Value = serde_json::from_str(&cli.read("r/run.json")).unwrap();
    assert_eq!(manifest["extractors"]["mine"]["timings"]["d"]["remembered"], 0);
    cli.write("karat.toml", cli.read("karat.toml").replace("repeats = 2", "repeats = 3"));
    run(&cli, &[]);
    let manifest: Value = serde_json::from_str(&cli.read("r/run.json")).unwrap();
    assert_eq!(manifest["extractors"]["mine"]["timings"]["d"]["remembered"], 4);
}

#[test]
fn changes_are_reported() {
    let cli = project(&["Ada", "Bob"], &[], "files = [\"model.bin\"]\nenv = {MODE = \"a\"}");
    cli.write("model.bin", "1");
    let explain =
        |id: &str| String::from_utf8(cli.karat(&["run", "--explain-cache", id]).output().unwrap().stdout).unwrap();
    assert_eq!(explain("d00"), "d, mine: it is requested, since it never was\n");
    run(&cli, &[]);
    assert_eq!(explain("d00"), "d, mine: its answer is in the cache\n");
    cli.write("docs/d00.txt", "Ada L");
    assert_eq!(explain("d00"), "d, mine: it is requested, since its text or metadata changed\n");
    assert_eq!(explain("d01"), "d, mine: its answer is in the cache\n");
    cli.write("model.bin", "2");
    cli.write("karat.toml", cli.read("karat.toml").replace("MODE = \"a\"", "MODE = \"b\""));
    assert_eq!(
        explain("d01"),
        "d, mine: it is requested, since the extractor changed: `file model.bin`, `variable MODE`\n"
    );
    cli.write("karat.toml", cli.read("karat.toml") + "cache = false\n");
    assert_eq!(explain("d01"), "d, mine: it is requested every time: `cache = false`\n");
    assert_cmd!("explain_cache_unknown", cli.karat(&["run", "--explain-cache", "d0l"]));
}

/// A cache that was written over or cut is as none, line by line.
#[test]
fn a_broken_cache_costs_no_more_than_what_is_broken() {
    let cli = project(&["Ada", "Bob", "Cyd"], &[], "");
    run(&cli, &[]);
    let first = lasting(&cli);
    let folder = cli.path().join(".karat/cache/mine");
    let file = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|end| end == "jsonl"))
        .unwrap();
    let text = std::fs::read_to_string(&file).unwrap();
    let mut lines: Vec<&str> = text.lines().collect();
    lines[1] = "{\"key\": 3}";
    std::fs::write(&file, lines.join("\n")).unwrap();
    run(&cli, &[]);
    assert_eq!((asked(&cli), lasting(&cli) == first), (1, true));
    run(&cli, &[]);
    assert_eq!(asked(&cli), 0);
}

/// What a program fills is known where nothing is asked of it, too: layers that it does not fill
/// are not scored as missed.
#[test]
fn a_run_that_asks_nothing_scores_the_same() {
    let cli = project(&["Ada", "Bob"], &[], "");
    cli.write("golden/d00.json", r#"{"id": "d00", "entities": [], "summaries": ["Ada came."]}"#);
    let first = run(&cli, &[]);
    let (scores, layers) = (lasting(&cli), first.manifest["extractors"]["mine"]["layers"].clone());
    let second = run(&cli, &[]);
    assert_eq!((asked(&cli), lasting(&cli) == scores), (0, true));
    assert_eq!(second.manifest["extractors"]["mine"]["layers"], layers);
    assert_eq!(second.manifest["extractors"]["mine"]["introduction"], "flaky 1");
}

/// A program's handshake is part of its fingerprint.
#[test]
fn another_version_is_requested_again() {
    let cli = project(&["Ada", "Bob"], &["--version", "$VERSION"], "");
    let config = cli.read("karat.toml");
    cli.write("version", "1");
    // The same command, which reads its version from a file.
    let script = format!("exec {} --version \"$(cat version)\"", flaky());
    let start = config.find("command = ").unwrap();
    let end = start + config[start..].find('\n').unwrap();
    cli.write("karat.toml", config.replace(&config[start..end], &format!("command = {:?}", ["sh", "-c", &script])));
    run(&cli, &[]);
    run(&cli, &[]);
    assert_eq!(asked(&cli), 0);
    cli.write("version", "2");
    run(&cli, &[]);
    assert_eq!(asked(&cli), 2);
}

/// Notes are about the golden files of today.
#[test]
fn notes_are_not_cached() {
    let cli = project(&["label", "Bob"], &[], "");
    cli.write("golden/d01.json", r#"{"id": "d01", "entities": [{"start": 0, "end": 3, "label": "NAME"}]}"#);
    let notes =
        |run: &crate::process::Ended| run.manifest["extractors"]["mine"]["notes"]["d"]["d00"][0].as_str().is_some();
    assert!(notes(&run(&cli, &[])));
    cli.write("golden/d01.json", r#"{"id": "d01", "entities": [{"start": 0, "end": 3, "label": "UNHEARD"}]}"#);
    assert!(!notes(&run(&cli, &[])));
    assert_eq!(asked(&cli), 0);
}
