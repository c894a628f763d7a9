//! Everything that a program can do wrong, with a real one that does it. An error costs the
//! document that the program was busy with: the others are answered, whether requests are sent one
//! by one or ahead.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::process::{project, run, statuses};

/// A program that fails on one document of seven, alone and with requests ahead: what that
/// document's message holds.
#[track_caller]
fn costs_one(word: &str, status: &str, message: &str) {
    for table in ["", "in_flight = 4", "in_flight = 4\nworkers = 2", "in_flight = 16\nretries = 1\nbackoff = \"1ms\""] {
        let texts = ["Ada", "x", "Bob y", word, "z", "Cyd", "w Dee"];
        let table = format!("timeout = \"700ms\"\n{table}");
        let ended = run(&project(&texts, &[], &table), &[]);
        let wanted: Vec<&str> = (0..7).map(|at| if at == 3 { status } else { "ok" }).collect();
        assert_eq!(statuses(&ended), wanted, "{word}: {table}: {:?}", ended.ends);
        assert!(ended.ends[3].1.contains(message), "{word}: {}", ended.ends[3].1);
        assert_eq!(ended.code, Some(5));
        assert!(ended.errors.contains("not answered: d, mine, \"d03\""), "{}", ended.errors);
    }
}

#[test]
fn a_crash_mid_way() {
    costs_one(
        "crash",
        "failed",
        "the program was lost: it ended: exit status: 3; the end of its stderr: first / boom on \"d03\"",
    );
}

/// The exception is shown, and the run folder has everything that the program wrote.
#[test]
fn exceptions_are_shown_and_stderr_is_kept() {
    let cli = project(&["noisy", "Ada", "raise"], &[], "");
    let ended = run(&cli, &[]);
    let wanted = "the end of its stderr: model.LoadError: no weights / sys:1: ResourceWarning: unclosed file";
    assert!(ended.ends[2].1.ends_with(wanted), "{:?}", ended.ends);
    let log = cli.read("r/stderr/mine.log");
    assert!(log.starts_with("warning 0\nwarning 1\n") && log.contains("warning 9999\nTraceback (most"), "{log}");
    assert!(log.ends_with("\nsys:1: ResourceWarning: unclosed file\n"), "{log}");
    // A later run in the folder leaves nothing of it.
    cli.write("docs/d00.txt", "Bob");
    cli.write("docs/d02.txt", "Cyd");
    assert_eq!(run(&cli, &[]).code, Some(0));
    assert!(!cli.exists("r/stderr/mine.log"));
}

#[test]
fn a_hang() {
    costs_one("hang", "timed_out", "no answer within 700ms");
}

#[test]
fn a_hang_that_no_signal_ends_but_the_last() {
    costs_one("deaf", "timed_out", "no answer within 700ms");
}

#[test]
fn garbage_is_quoted() {
    costs_one(
        "garbage",
        "failed",
        "sent a line that is not `karat.extractor/1`: expected value: \"Traceback (most recent call last):\"; its \
         stdout is for replies only: print everything else to stderr",
    );
    costs_one("binary", "failed", "sent a line that is not UTF-8");
}

#[test]
fn half_a_line() {
    costs_one("half", "failed", "\"{\\\"type\\\": \\\"result\\\", \\\"seq\\\"");
}

#[test]
fn another_id_or_none() {
    costs_one("unknown_id", "failed", "it answered with the id \"somebody else\"");
    costs_one("no_id", "failed", "it answered without an `id`");
}

#[test]
fn another_number() {
    costs_one("number", "failed", "answered request 999999, which is not an open request");
}

#[test]
fn closed_output() {
    costs_one("closed", "failed", "closed its output and kept running");
}

#[test]
fn an_error_of_its_own() {
    costs_one("sorry", "failed", "not my language");
}

#[test]
fn offsets_that_do_not_fit() {
    costs_one("past", "failed", "entities[0]");
    costs_one("shifted", "failed", "entities[0]");
}

/// A gigabyte in one line is not kept, and what is kept is not more than was allowed.
#[test]
fn a_flood() {
    let begun = Instant::now();
    let cli = project(&["Ada", "flood", "Bob"], &[], "max_output = \"1MB\"\nin_flight = 3");
    let ended = run(&cli, &[]);
    assert_eq!(statuses(&ended), ["ok", "failed", "ok"]);
    assert!(
        ended.ends[1].1.contains("sent more than 1000000 bytes in one line, which begins \"xxx"),
        "{}",
        ended.ends[1].1
    );
    assert!(begun.elapsed() < Duration::from_secs(20));
}

/// Replies that come twice are answers to nothing; the documents behind them are asked again.
#[test]
fn a_reply_that_comes_twice() {
    let ended = run(&project(&["Ada", "twice", "Bob", "Cyd"], &[], ""), &[]);
    // The first of the two was answered correctly; the next request lost the program.
    assert_eq!(statuses(&ended)[1], "ok");
    let lost = ended.ends.iter().filter(|(status, _)| status == "failed").count();
    assert!(lost <= 1, "{:?}", ended.ends);
}

#[test]
fn a_program_that_exits_after_its_answer_is_restarted() {
    for table in ["", "in_flight = 8", "workers = 3"] {
        let ended = run(&project(&["leaver A", "B", "leaver C", "leaver", "E"], &[], table), &[]);
        let failed = ended.ends.iter().filter(|(status, _)| status != "ok").count();
        assert!(failed <= 2, "{table}: {:?}", ended.ends);
        if table == "in_flight = 8" {
            // Pending requests that may not have caused the exit are sent again one at a time.
            assert_eq!(statuses(&ended)[1], "ok");
        }
    }
}

#[test]
fn replies_in_any_order() {
    let texts = ["Ada", "Bob", "x", "Cyd Dee", "", "Eve", "y", "Fay"];
    let in_order = project(&texts, &[], "in_flight = 4");
    let backwards = project(&texts, &["--hold", "4"], "in_flight = 4");
    let (one, other) = (run(&in_order, &[]), run(&backwards, &[]));
    assert_eq!((one.code, other.code), (Some(0), Some(0)));
    let file = "r/predictions/d/mine.jsonl";
    assert_eq!(in_order.read(file), backwards.read(file));
}

/// Nothing is left running, not even what a program left behind.
#[cfg(unix)]
#[test]
fn grandchildren_are_killed() {
    let cli = project(&["Ada", "parent", "Bob"], &["--log", "log"], "cwd = \".\"");
    let ended = run(&cli, &[]);
    assert_eq!(statuses(&ended), ["ok", "failed", "ok"]);
    assert!(ended.ends[1].1.contains("exit status: 4"), "{}", ended.ends[1].1);
    let log = cli.read("log");
    let number = log.lines().find_map(|line| line.strip_prefix("grandchild ")).unwrap();
    let is_running = || {
        Command::new("sh")
            .args([
                "-c",
                &format!("kill -0 {number} 2>/dev/null && ! grep -q '^State:.Z' /proc/{number}/status 2>/dev/null"),
            ])
            .status()
            .unwrap()
            .success()
    };
    let begun = Instant::now();
    while is_running() && begun.elapsed() < Duration::from_secs(5) {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(!is_running());
}

/// A program that cannot be started answers no document: every document has the reason as its
/// message, and the run has its manifest.
#[test]
fn a_start_that_fails() {
    let cases = [
        ("crash", "exit status: 7, before it sent `hello`; the end of its stderr: no model here"),
        ("hang", "did not send `hello` within 700ms"),
        ("garbage", "sent a line that is not `karat.extractor/1`: expected value: \"loading model ...\""),
        ("protocol", "speaks \"karat.extractor/9\", and karat `karat.extractor/1`"),
        ("layers", "named an unknown layer"),
    ];
    for (start, why) in cases {
        let cli = project(
            &["Ada", "Bob", "Cyd"],
            &["--start", start, "--log", "log"],
            "start_timeout = \"700ms\"\nworkers = 2",
        );
        let ended = run(&cli, &[]);
        assert_eq!((ended.code, statuses(&ended)), (Some(5), vec!["failed"; 3]), "{start}");
        for (_, message) in &ended.ends {
            assert!(message.contains(why), "{start}: {message}");
        }
        assert_eq!(ended.manifest["extractors"]["mine"]["failed"], 3);
        // The start is not tried for every document.
        assert!(cli.read("log").lines().count() <= 2, "{start}");
    }
    let cli = project(&["Ada"], &[], "");
    cli.write("karat.toml", cli.read("karat.toml").replace("flaky", "no-such-program"));
    let ended = run(&cli, &[]);
    assert!(ended.ends[0].1.contains("cannot be started"), "{:?}", ended.ends);
}

#[test]
fn failures_are_tried_again_where_that_is_asked_for() {
    let texts = ["Ada", "once B", "once C", "Dee"];
    // Where both were sent ahead, the first to fail took the blame from itself: it was asked again
    // without a charge.
    for (in_flight, failing) in [("in_flight = 1", 2), ("in_flight = 4", 1)] {
        let never = project(&texts, &["--log", "log"], in_flight);
        let ended = run(&never, &[]);
        let failed = statuses(&ended).iter().filter(|status| **status == "failed").count();
        assert_eq!((ended.code, failed), (Some(5), failing), "{in_flight}");
        let again = project(&texts, &["--log", "log"], &format!("{in_flight}\nretries = 2\nbackoff = \"5ms\""));
        let ended = run(&again, &[]);
        assert_eq!((ended.code, statuses(&ended)), (Some(0), vec!["ok"; 4]), "{in_flight}");
        let timings = &ended.manifest["extractors"]["mine"]["timings"]["d"];
        if in_flight == "in_flight = 1" {
            assert_eq!((timings["retried"].as_u64(), &timings["flaky"]), (Some(2), &serde_json::json!(["d01", "d02"])));
        }
    }
}
