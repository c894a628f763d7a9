//! What programs that behave well are given, and what a run makes of it.

use serde_json::json;

use crate::cli::assert_cmd;
use crate::process::{flaky, project, project_with, run, statuses};

#[test]
fn what_it_took_stands_in_the_manifest() {
    let ended = run(&project(&["paid Ada", "slow 50", "paid", "noisy"], &[], "in_flight = 2"), &[]);
    assert_eq!((ended.code, statuses(&ended)), (Some(0), vec!["ok"; 4]), "{}", ended.errors);
    let mine = &ended.manifest["extractors"]["mine"];
    assert_eq!(mine["usage"]["d"], json!({"tokens_in": 200, "tokens_out": 20, "cost": 0.5}));
    assert_eq!(mine["introduction"], "flaky 1");
    let timings = &mine["timings"]["d"];
    assert!(timings["max"].as_f64().unwrap() >= 50.0 && timings["p50"].as_f64().unwrap() > 0.0, "{timings}");
    assert!(timings["documents_per_second"].as_f64().unwrap() > 0.0);
    assert!(mine["fingerprints"]["d"].as_str().unwrap().starts_with("process:"));
}

#[test]
fn offsets_in_another_unit_are_converted() {
    let cli = project(&["utf16 🙂 Ada"], &[], "");
    let ended = run(&cli, &[]);
    assert_eq!(ended.code, Some(0), "{:?}", ended.ends);
    assert!(cli.read("r/predictions/d/mine.jsonl").contains("\"start\":6,\"end\":7"));
}

/// The same bytes, however the work is shared out.
#[test]
fn workers_and_requests_ahead_change_nothing() {
    let texts: Vec<String> = (0..40).map(|at| format!("Ada {} Bob{at} x", "y ".repeat(at))).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let of = |table: &str| {
        let cli = project(&texts, &[], table);
        assert_eq!(run(&cli, &[]).code, Some(0));
        ["predictions/d/mine.jsonl", "d/report.md", "d/scores.csv"].map(|file| cli.read(&format!("r/{file}")))
    };
    let one = of("");
    for table in ["in_flight = 16", "workers = 3", "workers = 4\nin_flight = 5"] {
        assert!(of(table) == one, "{table}");
    }
}

#[test]
fn the_fingerprint_follows_what_output_depends_on() {
    let cli = project(&["Ada"], &[], "files = [\"model.bin\"]\nenv_names = [\"KARAT_TEST_MODEL\"]");
    cli.write("model.bin", "1");
    let print = |value: &str| {
        let mut command = cli.karat(&["run", "--quiet", "--out", "r"]);
        assert!(command.env("KARAT_TEST_MODEL", value).status().unwrap().success());
        let manifest: serde_json::Value = serde_json::from_str(&cli.read("r/run.json")).unwrap();
        manifest["extractors"]["mine"]["fingerprints"]["d"].as_str().unwrap().to_owned()
    };
    let first = print("a");
    assert_eq!(print("a"), first);
    assert_ne!(print("b"), first);
    cli.write("model.bin", "2");
    assert_ne!(print("a"), first);
}

/// Simple scripts: the text on standard input or in a file, the answer on standard output or in a
/// file.
#[cfg(unix)]
#[test]
fn scripts_that_are_started_once_a_document() {
    let answer = r#"{"entities": [{"start": 0, "end": 3, "label": "NAME"}]}"#;
    let scripts = [
        (format!("cat > /dev/null; echo '{answer}'"), vec![]),
        (format!("grep -q Ada \"$1\" && echo '{answer}'"), vec!["{input}"]),
        (format!("grep -q '\"id\":\"d00\"' \"$1\" && echo '{answer}' > \"$2\""), vec!["{document}", "{output}"]),
    ];
    for (script, places) in scripts {
        let cli = project(&["Ada says"], &[], "mode = \"once\"\nlayers = [\"entities\"]");
        let command: Vec<&str> = ["sh", "-c", &script, "sh"].into_iter().chain(places).collect();
        let config = cli.read("karat.toml").replace(&format!("[{:?}]", flaky()), &format!("{command:?}"));
        cli.write("karat.toml", config);
        let ended = run(&cli, &[]);
        assert_eq!(ended.code, Some(0), "{script}: {:?}", ended.ends);
        assert!(cli.read("r/predictions/d/mine.jsonl").contains("\"end\":3"));
    }
}

#[cfg(unix)]
#[test]
fn scripts_that_fail() {
    let scripts = [
        ("exit 9", "ended: exit status: 9"),
        ("echo oops >&2; exit 1", "the end of its stderr: oops"),
        ("echo nonsense", "its output is not JSON"),
        ("echo '[]'", "its output is not an object: \"[]\""),
        ("sleep 30 & sleep 30", "no answer within 300ms"),
        ("yes '{}'", "sent more than 100000 bytes"),
        ("echo '{\"error\": \"too hard\"}'", "too hard"),
        ("echo '{\"id\": \"x\"}'", "it answered with the id \"x\""),
    ];
    for (script, why) in scripts {
        let table = "mode = \"once\"\nlayers = [\"entities\"]\ntimeout = \"300ms\"\nmax_output = \"100KB\"";
        let cli = project(&["Ada"], &[], table);
        let config =
            cli.read("karat.toml").replace(&format!("[{:?}]", flaky()), &format!("{:?}", ["sh", "-c", script]));
        cli.write("karat.toml", config);
        let ended = run(&cli, &[]);
        assert_eq!(ended.code, Some(5), "{script}");
        assert!(ended.ends[0].1.contains(why), "{script}: {}", ended.ends[0].1);
    }
}

/// A text that is too long is no reason to try again.
#[cfg(unix)]
#[test]
fn texts_that_are_too_long_for_a_script() {
    let table = "kind = \"process\"\ncommand = [\"cat\"]\nmode = \"once\"\nlayers = [\"entities\"]\nretries = 3\n\
                 backoff = \"20s\"\nmax_text = \"1KB\"";
    let begun = std::time::Instant::now();
    let ended = run(&project_with(&[&"x".repeat(2000)], table), &[]);
    let wanted = "the text has 2000 bytes, and the extractor takes at most 1000 (`max_text`)";
    assert_eq!(ended.ends, [("failed".to_owned(), wanted.to_owned())]);
    assert!(begun.elapsed() < std::time::Duration::from_secs(15), "{:?}", begun.elapsed());
}

/// A script's output file is a file, whatever the script makes of it; and one that closes its
/// output is waited for.
#[cfg(unix)]
#[test]
fn output_files_of_scripts() {
    let answer = "{}";
    let scripts = [
        ("mkfifo \"$1\"".to_owned(), Some("wrote no output file")),
        ("ln -s /dev/zero \"$1\"".to_owned(), Some("wrote no output file")),
        ("true".to_owned(), Some("wrote no output file")),
        ("head -c 200000 /dev/zero > \"$1\"".to_owned(), Some("wrote more than 100000 bytes")),
        (format!("exec >&-; sleep 1.5; echo '{answer}' > \"$1\""), None),
    ];
    for (script, why) in scripts {
        let cli = project(&["Ada"], &[], "layers = [\"entities\"]\nmode = \"once\"\nmax_output = \"100KB\"");
        let command = ["sh", "-c", &script, "sh", "{output}"];
        let config = cli.read("karat.toml").replace(&format!("[{:?}]", flaky()), &format!("{command:?}"));
        cli.write("karat.toml", config);
        let ended = run(&cli, &[]);
        assert_eq!(ended.code, Some(if why.is_some() { 5 } else { 0 }), "{script}: {:?}", ended.ends);
        assert!(ended.ends[0].1.contains(why.unwrap_or_default()), "{script}: {}", ended.ends[0].1);
    }
}

#[test]
fn tables_with_diagnostics() {
    let cli =
        project(&["Ada"], &[], "worker = 2\ntimeout = \"soon\"\nretries = -1\nin_flight = 0\nmax_output = \"big\"");
    cli.write("karat.toml", cli.read("karat.toml").replace(&flaky(), "flaky"));
    assert_cmd!("process_invalid_table", cli.karat(&["run"]));
    cli.write("karat.toml", cli.read("karat.toml").split("command").next().unwrap());
    assert_cmd!("process_no_command", cli.karat(&["run"]));
    let text = cli.read("karat.toml") + "command = [\"cat\", \"{input}\"]\n";
    cli.write("karat.toml", text);
    assert_cmd!("process_once_without_layers", cli.karat(&["run"]));
}

#[test]
fn unknown_labels_are_noted() {
    let cli = project(&["Ada", "label", "Bob", "label"], &[], "");
    cli.write("golden/d00.json", r#"{"id": "d00", "entities": [{"start": 0, "end": 3, "label": "NAME"}]}"#);
    let ended = run(&cli, &[]);
    assert_eq!(ended.code, Some(0));
    let notes = &ended.manifest["extractors"]["mine"]["notes"]["d"];
    let note = json!(["no golden file has the label `UNHEARD`"]);
    assert_eq!(notes, &json!({"d01": note, "d03": note}));
    assert!(
        ended.errors.contains("note: d, mine, \"d01\": no golden file has the label `UNHEARD`"),
        "{}",
        ended.errors
    );
}

/// Reports hold no times, unless they are asked for.
#[test]
fn reports_show_what_it_took_on_request() {
    let cli = project(&["paid Ada", "crash", "paid Bob"], &[], "cache = false");
    run(&cli, &[]);
    let plain = cli.read("r/d/report.md");
    assert!(!plain.contains("## Timings"));
    run(&cli, &["--timings"]);
    let with = cli.read("r/d/report.md");
    let row = with.lines().skip_while(|line| *line != "## Timings").find(|line| line.starts_with("| mine")).unwrap();
    let cells: Vec<&str> = row.split('|').map(str::trim).collect();
    assert_eq!(cells[6..14], ["0", "0", "1", "0", "0", "200", "20", "0.5000"], "{row}");
    assert!(cells[2].parse::<f64>().unwrap() > 0.0 && cells[5].parse::<f64>().unwrap() > 0.0);
    let (before, after) = with.split_once("## Timings").unwrap();
    let (_, after) = after.split_once("\n## ").unwrap();
    assert_eq!(format!("{before}## {after}"), plain);
}
