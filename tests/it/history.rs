//! `karat history`: what runs record, what is shown of it, and what may be wrong with the database.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::cli::{CONFIG, Cli, assert_cmd};

/// Runs karat, which must succeed, and returns its standard output and its standard error.
fn succeed(cli: &Cli, args: &[&str]) -> (String, String) {
    let (code, out, errors) = cli.run(args);
    assert_eq!(code, 0, "{args:?}: {out}{errors}");
    (out, errors)
}

fn git(cli: &Cli, args: &[&str]) {
    let mut command = Command::new("git");
    command.current_dir(cli.path()).args(["-c", "user.name=karat", "-c", "user.email=karat@localhost"]).args(args);
    let answer = command.output().unwrap();
    assert!(answer.status.success(), "{args:?}: {}", String::from_utf8_lossy(&answer.stderr));
}

/// Commits everything at a time of its own.
fn commit(cli: &Cli, date: &str) {
    git(cli, &["add", "."]);
    let mut command = Command::new("git");
    command.current_dir(cli.path()).env("GIT_COMMITTER_DATE", date);
    command.args(["-c", "user.name=karat", "-c", "user.email=karat@localhost", "commit", "--quiet", "-m", "reports"]);
    assert!(command.status().unwrap().success());
}

/// The runs of the history, the oldest first, with everything.
fn exported(cli: &Cli) -> Vec<Value> {
    let (text, _) = succeed(cli, &["history", "export", "json"]);
    let mut value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["schema"], "karat.history/1");
    value["runs"].as_array_mut().unwrap().split_off(0)
}

fn database(cli: &Cli) -> Connection {
    Connection::open(cli.path().join(".karat/history.db")).unwrap()
}

fn version(cli: &Cli) -> i64 {
    database(cli).pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
}

/// The records of four runs of all documents and one of a part of them, at times of their own. The
/// third run has another signature, and the fourth other golden labels and an unanswered document.
fn records() -> Value {
    let figure = |metric: &str, value: f64, signature: &str, answered: u32| {
        json!({
            "metric": metric, "value": value, "low": value - 0.1, "high": value + 0.1, "gold": 20, "documents": 10,
            "answered": answered, "signature": signature, "headline": metric == "entities.strict.f1",
        })
    };
    let run = |day: u32, values: [f64; 2], signature: &str, golden: &str, answered: u32, gap: Option<&str>| {
        let result = |extractor: &str, value: f64| {
            json!({
                "dataset": "d", "extractor": extractor,
                "statuses": {
                    "documents": 10, "ok": answered, "failed": 10 - answered, "timed_out": 0, "skipped": 0, "missing": 0,
                },
                "documents": "sha256:d", "golden": golden,
                "figures": [
                    figure("entities.strict.precision", value, signature, answered),
                    figure("entities.strict.f1", value - 0.05, signature, answered),
                    {
                        "metric": "entities.strict.f1", "label": "PER", "value": value - 0.15, "low": null,
                        "high": null, "gold": 4, "documents": 10, "answered": answered, "signature": signature,
                    },
                ],
            })
        };
        json!({
            "run": format!("2026010{day}T080000.000Z-0a1b2c3d"), "source": "run",
            "started": format!("2026-01-0{day}T08:00:00.000Z"), "ended": format!("2026-01-0{day}T08:00:09.000Z"),
            "karat": "0.1.0", "commit": format!("{day}").repeat(40), "branch": "main", "dirty": day == 4,
            "profile": null, "gap": gap, "configuration_sha256": "c", "manifest_sha256": "m",
            "results": [result("rules", values[0]), result("model", values[1])],
        })
    };
    let (one, other) = ("spans|beta:1|empty:null", "spans|beta:1|empty:0");
    json!({"schema": "karat.history/1", "runs": [
        run(1, [0.5, 0.7], one, "sha256:1", 10, None),
        run(2, [0.55, 0.68], one, "sha256:1", 10, None),
        run(3, [0.6, 0.72], other, "sha256:1", 10, None),
        run(4, [0.65, 0.74], other, "sha256:2", 9, None),
        run(5, [0.9, 0.9], other, "sha256:2", 4, Some("selected documents")),
    ]})
}

fn with_records() -> Cli {
    let cli = Cli::new();
    cli.write("karat.toml", CONFIG);
    cli.write("records.json", records().to_string());
    let (out, _) = succeed(&cli, &["history", "import", "records.json"]);
    assert_eq!(out, "added 5 runs to the history; it already had 0\n");
    cli
}

#[test]
fn what_is_recorded_is_shown() {
    let cli = with_records();
    assert_cmd!("history_list", cli.karat(&["history", "list"]));
    assert_cmd!(
        "history_list_md",
        cli.karat(&["history", "list", "--limit", "2", "--extractor", "rules", "--format", "md"])
    );
    assert_cmd!("history_show", cli.karat(&["history", "show", "previous", "--metric", "entities.strict.precision"]));
    assert_cmd!("history_trend", cli.karat(&["history", "trend", "entities.strict.f1"]));
    let label =
        ["history", "trend", "entities.strict[PER].f1", "--extractor", "model", "--limit", "3", "--format", "csv"];
    assert_cmd!("history_trend_label", cli.karat(&label));
    assert_cmd!("history_diff", cli.karat(&["history", "diff", "20260101", "20260102"]));
    let unequal = ["history", "diff", "20260102", "20260104", "--extractor", "model", "--metric", "entities.strict"];
    assert_cmd!("history_diff_unequal", cli.karat(&unequal));
    let list = cli.json(&["history", "list", "--dataset", "d", "--extractor", "model", "--limit", "1"]);
    assert_eq!(list["runs"][0]["results"][0]["headlines"], json!({"entities.strict.f1": 0.85}));
    let show = cli.json(&["history", "show", "20260104"]);
    assert_eq!((&show["schema"], &show["dirty"]), (&json!("karat.history_run/1"), &json!(true)));
    assert_eq!(show["results"][0]["figures"].as_array().unwrap().len(), 3);
}

#[test]
fn what_is_not_there_is_refused_by_name() {
    let cli = with_records();
    let refused = |args: &[&str], code: i32, words: &str| {
        let (found, out, errors) = cli.run(&[&["history"], args].concat());
        assert!(found == code && errors.contains(words), "{args:?}: {found} {out}{errors}");
    };
    refused(&["show", "2026010"], 2, "the ids of 5 runs begin with \"2026010\"");
    refused(&["show", "2025"], 2, "the history has no run \"2025\"");
    refused(&["show", "latest", "--dataset", "e"], 4, "has no result of the dataset \"e\"");
    refused(&["show", "--extractor", "rulse"], 4, "did you mean `rules`?");
    refused(&["show", "--metric", "entities.strict.f2"], 4, "did you mean `entities.strict.f1`?");
    refused(&["show", "--metric", "length"], 4, "has no figure \"length\"");
    for format in ["table", "json"] {
        refused(&["list", "--dataset", "e", "--format", format], 4, "the history has no result of the dataset \"e\"");
    }
    for command in [&["list"][..], &["show"], &["diff", "previous", "latest"]] {
        refused(&[command, &["--format", "latex"]].concat(), 2, "[possible values: table, json, csv, md]");
    }
    refused(&["trend", "entities.strict.f"], 4, "did you mean `entities.strict.f1`?");
    refused(&["trend", "entities.strict.f1[ORG]"], 4, "with other labels");
    refused(&["diff", "latest", "previous", "--metric", "summary"], 4, "share no such figure");
    refused(&["prune"], 2, "--keep <N>");
    refused(&["import"], 2, "<FILE|--git <PATH>>");
    refused(&["import", "records.json", "--git", "reports"], 2, "cannot be used with");
    cli.write("other.json", r#"{"schema": "karat.history_list/1", "runs": []}"#);
    refused(&["import", "other.json"], 2, "its schema is \"karat.history_list/1\"");
    cli.write("twice.json", records().to_string().replace("20260102T", "20260101T"));
    refused(&["import", "twice.json"], 2, "is empty or occurs twice");
    cli.write("time.json", records().to_string().replace("2026-01-02T08:00:00.000Z", "yesterday"));
    refused(&["import", "time.json"], 2, "began at \"yesterday\", which is no time");
    cli.write("unknown.json", records().to_string().replace("\"branch\"", "\"twig\""));
    refused(&["import", "unknown.json"], 2, "unknown field `twig`");
    let empty = Cli::new();
    empty.write("karat.toml", CONFIG);
    assert_cmd!("history_list_none", empty.karat(&["history", "list"]));
    assert_cmd!("history_trend_none", empty.karat(&["history", "trend", "entities.strict.f1"]));
    assert!(!empty.exists(".karat"), "looking at a history creates none");
}

#[test]
fn an_export_is_imported_as_it_was() {
    let cli = with_records();
    let (first, _) = succeed(&cli, &["history", "export", "json"]);
    let other = Cli::with_dataset();
    succeed(&other, &["run", "--quiet"]);
    other.write("export.json", &first);
    let (out, _) = succeed(&other, &["history", "import", "export.json"]);
    assert_eq!(out, "added 5 runs to the history; it already had 0\n");
    let (out, _) = succeed(&other, &["history", "import", "export.json"]);
    assert_eq!(out, "added 0 runs to the history; it already had 5\n");
    // The run of that project is newer than the imported ones.
    assert_eq!(exported(&other)[..5], exported(&cli)[..]);
    assert_eq!(exported(&other).len(), 6);
    // All that a run records survives the journey, too.
    succeed(&other, &["history", "export", "json", "--out", "all.json"]);
    let third = Cli::new();
    third.write("karat.toml", CONFIG);
    third.write("all.json", other.read("all.json"));
    succeed(&third, &["history", "import", "all.json"]);
    assert_eq!(succeed(&third, &["history", "export", "json"]).0, other.read("all.json"));
    // A record of the same id with other figures is named, and changes nothing.
    third.write("other.json", first.replace("0.65", "0.66"));
    let (out, errors) = succeed(&third, &["history", "import", "other.json"]);
    assert!(out.contains("left out 2 runs of which the history has another record"), "{out}");
    assert!(errors.contains("the history has another record of the run 20260102T080000.000Z-0a1b2c3d"), "{errors}");
    assert_eq!(succeed(&third, &["history", "export", "json"]).0, other.read("all.json"));
    let csv = succeed(&cli, &["history", "export", "csv"]).0;
    assert_eq!(csv.lines().count(), 1 + 5 * 2 * 3);
    assert!(csv.lines().all(|line| line.split(',').count() == 29), "{csv}");
}

#[test]
fn old_runs_are_pruned() {
    let cli = with_records();
    let runs = |cli: &Cli| -> Vec<String> {
        exported(cli).iter().map(|run| run["run"].as_str().unwrap()[..8].to_owned()).collect()
    };
    let (out, _) = succeed(&cli, &["history", "prune", "--keep", "3", "--dry-run"]);
    assert_eq!(
        out,
        "20260102T080000.000Z-0a1b2c3d\n20260101T080000.000Z-0a1b2c3d\n2 runs would be deleted from the history, 3 kept\n"
    );
    assert_eq!(runs(&cli).len(), 5);
    assert_eq!(succeed(&cli, &["history", "prune", "--keep", "3"]).0, "deleted 2 runs from the history, kept 3\n");
    assert_eq!(runs(&cli), ["20260103", "20260104", "20260105"]);
    let names = || database(&cli).query_row("SELECT count(*) FROM names", [], |row| row.get::<_, i64>(0)).unwrap();
    // Two metrics, a label and one signature; the other one is needed no more.
    assert_eq!(names(), 4);
    // The records are of January 2026, and a run of now is not.
    for (file, text) in [("docs/a.txt", "Ada."), ("golden/a.json", r#"{"id": "a", "entities": []}"#)] {
        cli.write(file, text);
    }
    succeed(&cli, &["run", "--quiet"]);
    assert_eq!(
        succeed(&cli, &["history", "prune", "--older-than", "1"]).0,
        "deleted 3 runs from the history, kept 1\n"
    );
    assert_eq!(succeed(&cli, &["history", "prune", "--keep", "0"]).0, "deleted 1 run from the history, kept 0\n");
    assert_eq!(names(), 0);
}

#[test]
fn runs_are_recorded() {
    let cli = Cli::with_dataset();
    git(&cli, &["init", "--quiet", "--initial-branch=main"]);
    commit(&cli, "2026-01-01T00:00:00Z");
    succeed(&cli, &["run", "--quiet"]);
    let runs = exported(&cli);
    assert_eq!(runs.len(), 1);
    let manifest: Value = {
        let folder = fs::read_dir(cli.path().join(".karat/runs")).unwrap().next().unwrap().unwrap();
        assert_eq!(runs[0]["run"], folder.file_name().to_str().unwrap());
        serde_json::from_slice(&fs::read(folder.path().join("run.json")).unwrap()).unwrap()
    };
    for (recorded, written) in
        [("started", "started"), ("ended", "ended"), ("commit", "git_commit"), ("karat", "karat")]
    {
        assert!(manifest[written].is_string(), "{written}");
        assert_eq!(runs[0][recorded], manifest[written], "{recorded}");
    }
    assert_eq!(runs[0]["configuration_sha256"], manifest["configuration_sha256"]);
    assert_eq!((&runs[0]["branch"], &runs[0]["dirty"], &runs[0]["gap"]), (&json!("main"), &json!(false), &json!(null)));
    let result = &runs[0]["results"][0];
    assert_eq!(result["golden"], format!("sha256:{}", manifest["datasets"]["d"]["golden_sha256"].as_str().unwrap()));
    assert_eq!(result["statuses"]["ok"], 2);
    // Every figure of the report is recorded, with the same digits.
    let scores = cli.read("reports/d/scores.csv");
    let mut reader = csv::Reader::from_reader(scores.as_bytes());
    let header = reader.headers().unwrap().clone();
    let at = |name: &str| header.iter().position(|column| column == name).unwrap();
    let columns = ["extractor", "metric", "label", "value", "low", "high", "gold", "documents", "signature"].map(at);
    let of_report: BTreeSet<Vec<String>> =
        reader.records().map(|row| columns.map(|at| row.as_ref().unwrap()[at].to_owned()).to_vec()).collect();
    let exported_csv = succeed(&cli, &["history", "export", "csv"]).0;
    let mut reader = csv::Reader::from_reader(exported_csv.as_bytes());
    let header = reader.headers().unwrap().clone();
    let at = |name: &str| header.iter().position(|column| column == name).unwrap();
    let columns =
        ["extractor", "metric", "label", "value", "low", "high", "gold", "documents_scored", "signature"].map(at);
    let recorded: BTreeSet<Vec<String>> =
        reader.records().map(|row| columns.map(|at| row.as_ref().unwrap()[at].to_owned()).to_vec()).collect();
    assert!(of_report.len() > 20, "{scores}");
    assert_eq!(recorded, of_report);
    // The reports that the run wrote do not make the tree dirty; another file does.
    git(&cli, &["add", "reports"]);
    succeed(&cli, &["run", "--quiet"]);
    cli.write("golden/b.json", "{\"id\": \"b\", \"entities\": [ ]}");
    succeed(&cli, &["run", "--quiet", "--limit", "1"]);
    let runs = exported(&cli);
    assert_eq!([&runs[1]["dirty"], &runs[2]["dirty"]], [&json!(false), &json!(true)]);
    assert_eq!(runs[2]["gap"], "selected documents");
    let list = cli.json(&["history", "list"]);
    assert_eq!(list["runs"].as_array().unwrap().len(), 3);
    assert_eq!(cli.json(&["history", "show", "latest"])["run"], runs[1]["run"]);
    // Deleting runs leaves the history alone.
    succeed(&cli, &["runs", "prune", "--keep", "0"]);
    assert_eq!(exported(&cli), runs);
}

#[test]
fn streamed_and_merged_runs_are_recorded() {
    let cli = Cli::with_dataset();
    succeed(&cli, &["run", "--quiet", "--stream", "--out", "streamed"]);
    succeed(&cli, &["run", "--quiet", "--shard", "1/2", "--out", "s1"]);
    succeed(&cli, &["run", "--quiet", "--shard", "2/2", "--out", "s2"]);
    succeed(&cli, &["merge", "s1", "s2", "--quiet", "--out", "merged"]);
    let runs = exported(&cli);
    let of = |name: &str| -> Vec<Value> { runs.iter().map(|run| run[name].clone()).collect() };
    assert_eq!(of("source"), ["run", "run", "run", "merge"]);
    assert_eq!(of("gap"), [json!(null), json!("shard 1/2"), json!("shard 2/2"), json!(null)]);
    assert_eq!(of("branch"), [json!(null), json!(null), json!(null), json!(null)]);
    for at in [0, 3] {
        let result = &runs[at]["results"][0];
        assert_eq!(result["statuses"]["ok"], 2, "{at}");
        let has_f1 = |figure: &Value| figure["metric"] == "entities.strict.f1" && figure["value"].is_f64();
        assert!(result["figures"].as_array().unwrap().iter().any(has_f1), "{at}: {result}");
    }
    // The manifest's hash is that of the file.
    let hash = karat::format::sha256(cli.read("merged/run.json"));
    assert_eq!(runs[3]["manifest_sha256"], hash);
}

#[test]
fn no_text_is_recorded() {
    let cli = Cli::with_dataset();
    cli.write("karat.toml", CONFIG.replace("golden = \"golden\"", "golden = \"golden\"\ntext = false"));
    succeed(&cli, &["run", "--quiet"]);
    let bytes = fs::read(cli.path().join(".karat/history.db")).unwrap();
    let has = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(has("entities.strict.f1") && has("patterns"));
    for text in ["all is well", "Oslo", "3 May 2024", "Ada is fine", "Nothing happened"] {
        assert!(!has(text), "{text}");
    }
}

#[test]
fn concurrent_runs_lose_no_record() {
    let cli = Cli::with_dataset();
    let names: Vec<String> = (0..8).map(|at| format!("r{at}")).collect();
    let start = |name: &String| {
        let mut command = cli.karat(&["run", "--quiet", "--out", name]);
        command.stderr(std::process::Stdio::piped()).spawn().unwrap()
    };
    let children: Vec<_> = names.iter().map(start).collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && !errors.contains("warning: .karat"), "{errors}");
    }
    let runs = exported(&cli);
    let ids: BTreeSet<&str> = runs.iter().map(|run| run["run"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 8);
    let figures = |run: &Value| run["results"][0]["figures"].clone();
    assert!(runs.iter().all(|run| figures(run) == figures(&runs[0]) && figures(run).as_array().unwrap().len() > 10));
}

#[test]
fn a_damaged_database_is_set_aside() {
    let cli = Cli::with_dataset();
    succeed(&cli, &["run", "--quiet"]);
    let whole = fs::read(cli.path().join(".karat/history.db")).unwrap();
    let mut half = whole.clone();
    // The first page is that of the schema, which remains.
    half[4096..].fill(0xff);
    for (number, damaged) in (1..).zip([b"this is no database, but a text".repeat(200), half]) {
        cli.write(".karat/history.db", &damaged);
        cli.write(".karat/history.db-journal", "");
        if number == 1 {
            let (code, _, errors) = cli.run(&["history", "list"]);
            assert!(code == 2 && errors.contains("the history is damaged: file is not a database"), "{errors}");
        }
        let (_, errors) = succeed(&cli, &["run", "--quiet"]);
        let what = "warning: .karat/history.db was damaged and is now .karat/history.db.corrupt-";
        assert!(errors.contains(&format!("{what}{number}; a new history begins\n")), "{errors}");
        assert_eq!(fs::read(cli.path().join(format!(".karat/history.db.corrupt-{number}"))).unwrap(), damaged);
        assert_eq!(exported(&cli).len(), 1);
    }
    // The first one was not overwritten.
    assert!(fs::read(cli.path().join(".karat/history.db.corrupt-1")).unwrap().starts_with(b"this is no database"));
}

/// The schema and most tables of a database with a damaged page can be read.
#[test]
fn a_database_with_one_damaged_page_is_set_aside() {
    let cli = Cli::with_dataset();
    let many = |start: u32| {
        let mut value = records();
        let run = value["runs"][0].clone();
        let runs = (start..start + 40).map(|at| {
            let mut run = run.clone();
            run["run"] = json!(format!("r{at}"));
            run
        });
        value["runs"] = runs.collect();
        value.to_string()
    };
    cli.write("many.json", many(0));
    cli.write("more.json", many(100));
    for (number, part) in [(1, 3), (2, 2)] {
        let _ = fs::remove_file(cli.path().join(".karat/history.db"));
        succeed(&cli, &["history", "import", "many.json"]);
        let whole = fs::read(cli.path().join(".karat/history.db")).unwrap();
        let pages = whole.len() / 4096;
        assert!(pages >= 8, "{pages}");
        let mut damaged = whole;
        let at = pages / part * 4096;
        damaged[at..at + 4096].fill(0xff);
        let what = "warning: .karat/history.db was damaged and is now .karat/history.db.corrupt-";
        for (more, args, records) in [(0, &["run", "--quiet"][..], 1), (1, &["history", "import", "more.json"], 40)] {
            cli.write(".karat/history.db", &damaged);
            let (_, errors) = succeed(&cli, args);
            let moved = 2 * number - 1 + more;
            assert_eq!(errors.matches("warning: .karat").count(), 1, "{errors}");
            assert!(errors.contains(&format!("{what}{moved}; a new history begins\n")), "{errors}");
            assert_eq!(fs::read(cli.path().join(format!(".karat/history.db.corrupt-{moved}"))).unwrap(), damaged);
            assert_eq!(exported(&cli).len(), records);
        }
    }
}

#[test]
fn a_newer_or_foreign_database_is_left_alone() {
    let cli = Cli::with_dataset();
    succeed(&cli, &["run", "--quiet"]);
    database(&cli).execute_batch("PRAGMA user_version = 99").unwrap();
    let before = fs::read(cli.path().join(".karat/history.db")).unwrap();
    assert_cmd!("history_newer", cli.karat(&["history", "list"]));
    let (_, errors) = succeed(&cli, &["run", "--quiet"]);
    let what =
        "warning: .karat/history.db: this run is not recorded in the history: the history has the schema version 99";
    assert!(errors.contains(what), "{errors}");
    assert_eq!(errors.lines().filter(|line| line.starts_with("warning: .karat")).count(), 1, "{errors}");
    assert_eq!(fs::read(cli.path().join(".karat/history.db")).unwrap(), before);
    fs::remove_file(cli.path().join(".karat/history.db")).unwrap();
    database(&cli).execute_batch("CREATE TABLE theirs (x)").unwrap();
    cli.write("records.json", records().to_string());
    let (code, _, errors) = cli.run(&["history", "import", "records.json"]);
    assert!(code == 2 && errors.contains("this is the database of another program"), "{errors}");
    let (_, errors) = succeed(&cli, &["run", "--quiet"]);
    assert!(errors.contains("this is the database of another program"), "{errors}");
}

#[test]
fn a_locked_database_stops_no_run() {
    let cli = Cli::with_dataset();
    succeed(&cli, &["run", "--quiet"]);
    let lock = database(&cli);
    lock.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let (_, errors) = succeed(&cli, &["run", "--quiet"]);
    assert!(errors.contains("is not recorded in the history: another process holds the lock"), "{errors}");
    lock.execute_batch("COMMIT").unwrap();
    assert_eq!(exported(&cli).len(), 1);
}

#[test]
fn a_database_that_cannot_be_written_stops_no_run() {
    let cli = Cli::with_dataset();
    fs::create_dir_all(cli.path().join(".karat/history.db")).unwrap();
    let (_, errors) = succeed(&cli, &["run", "--quiet"]);
    assert!(errors.contains("is not recorded in the history: cannot open or write the history"), "{errors}");
    assert!(cli.exists("reports/d/scores.csv"));
}

/// The permissions of a file do not bind the superuser, so that the run is recorded there.
#[cfg(unix)]
#[test]
fn a_read_only_database_stops_no_run() {
    use std::os::unix::fs::PermissionsExt;
    let cli = Cli::with_dataset();
    succeed(&cli, &["run", "--quiet", "--out", "a"]);
    let set = |mode: u32, path: &Path| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    let (folder, file) = (cli.path().join(".karat"), cli.path().join(".karat/history.db"));
    set(0o444, &file);
    set(0o555, &folder);
    let binds = fs::OpenOptions::new().write(true).open(&file).is_err();
    let (_, errors) = succeed(&cli, &["run", "--quiet", "--out", "b"]);
    let recorded = exported(&cli).len();
    set(0o755, &folder);
    let is_warned = errors.contains("is not recorded in the history: cannot open or write the history");
    assert_eq!((is_warned, recorded), if binds { (true, 1) } else { (false, 2) }, "{errors}");
}

#[test]
fn a_database_of_the_first_version_is_migrated() {
    let cli = with_records();
    let before = exported(&cli);
    // The tables of version 1, with the content that this version wrote.
    database(&cli).execute_batch("DROP INDEX runs_by_time; PRAGMA user_version = 1").unwrap();
    assert_eq!(version(&cli), 1);
    assert_eq!(exported(&cli), before);
    assert_eq!(version(&cli), 2);
    let sql = "SELECT count(*) FROM sqlite_master WHERE name = 'runs_by_time'";
    assert_eq!(database(&cli).query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap(), 1);
}

const COLUMNS: &str = "dataset,extractor,metric,label,value,low,high,value_answered,ceiling,gold,predicted,correct,\
                       incorrect,partial,missed,spurious,undefined_labels,documents,documents_answered,signature\n";

fn scores(f1: &str, beta: u32) -> String {
    format!("{COLUMNS}d,rules,entities.strict.f1,,{f1},0.1,0.9,{f1},,9,9,,,,,,,4,4,spans|beta:{beta}\n")
}

#[test]
fn committed_reports_are_imported() {
    let cli = Cli::new();
    cli.write("karat.toml", CONFIG);
    git(&cli, &["init", "--quiet", "--initial-branch=main"]);
    cli.write("golden/a.json", "{}");
    cli.write("docs/a.txt", "Ada.");
    // An older layout, without the ceiling and the signature.
    cli.write("reports/d/scores.csv", "dataset,extractor,metric,label,value\nd,rules,entities.strict.f1,,0.5\n");
    commit(&cli, "2026-02-01T10:00:00+02:00");
    cli.write("reports/d/scores.csv", scores("0.6", 1));
    cli.write("reports/d@full/scores.csv", scores("0.61", 1));
    commit(&cli, "2026-02-02T08:00:00Z");
    cli.write("golden/a.json", "{ }");
    cli.write("reports/d/scores.csv", scores("0.7", 1));
    cli.write("reports/e/scores.csv", "version https://git-lfs.example/spec\noid 1\n");
    commit(&cli, "2026-02-03T08:00:00Z");
    // A commit that changes no report, and a report that is not committed, are no runs.
    cli.write("README", "x");
    commit(&cli, "2026-02-04T08:00:00Z");
    cli.write("reports/d/scores.csv", scores("0.9", 1));
    let (out, errors) = succeed(&cli, &["history", "import", "--git", "reports/"]);
    assert_eq!(out, "added 4 runs to the history; it already had 0\nleft out 1 file that cannot be read\n");
    let what = "warning: reports/e/scores.csv of the commit ";
    assert!(errors.contains(what) && errors.contains("cannot be read: it has no column `dataset`"), "{errors}");
    let first = exported(&cli);
    let of = |name: &str| -> Vec<Value> { first.iter().map(|run| run[name].clone()).collect() };
    assert_eq!(
        of("started"),
        [
            "2026-02-01T08:00:00.000Z",
            "2026-02-02T08:00:00.000Z",
            "2026-02-02T08:00:00.000Z",
            "2026-02-03T08:00:00.000Z"
        ]
    );
    assert_eq!(of("profile"), [json!(null), json!(null), json!("full"), json!(null)]);
    assert!(first.iter().all(|run| run["source"] == "git" && run["commit"].as_str().unwrap().len() == 40));
    let (out, _) = succeed(&cli, &["history", "import", "--git", "reports/", "--ref", "HEAD"]);
    assert!(out.starts_with("added 0 runs to the history; it already had 4\n"), "{out}");
    assert_eq!(exported(&cli), first);
    let trend = cli.json(&["history", "trend", "entities.strict.f1", "--dataset", "d"]);
    let series = &trend["series"][0];
    let values: Vec<f64> =
        series["points"].as_array().unwrap().iter().map(|point| point["value"].as_f64().unwrap()).collect();
    assert_eq!(values, [0.5, 0.6, 0.7]);
    assert_eq!(
        series["changes"],
        json!([
            {"before_point": 1, "reasons": ["the signature is recorded on one side only"]},
            {"before_point": 2, "reasons": ["the golden files changed"]},
        ])
    );
    assert_eq!(trend["series"][1]["dataset"], "d@full");
    assert_eq!(trend["series"].as_array().unwrap().len(), 2);
    let (code, _, errors) = cli.run(&["history", "import", "--git", "docs"]);
    assert!(code == 2 && errors.contains("no commit up to HEAD changed a `scores.csv` below docs"), "{errors}");
    let (code, _, errors) = cli.run(&["history", "import", "--git", "reports", "--ref", "absent"]);
    assert!(code == 2 && errors.contains("absent"), "{errors}");
}

#[test]
fn imported_reports_are_joined_only_if_nothing_else_changed() {
    let cli = Cli::new();
    cli.write("karat.toml", CONFIG);
    git(&cli, &["init", "--quiet", "--initial-branch=main"]);
    cli.write("golden/a.json", "{}");
    cli.write("docs/a.txt", "Ada.");
    cli.write("reports/d/scores.csv", scores("0.5", 1));
    commit(&cli, "2026-02-01T08:00:00Z");
    cli.write("reports/d/scores.csv", scores("0.6", 1));
    commit(&cli, "2026-02-02T08:00:00Z");
    cli.write("docs/a.txt", "Ada and Bob.");
    cli.write("reports/d/scores.csv", scores("0.7", 1));
    commit(&cli, "2026-02-03T08:00:00Z");
    // The configuration has another name from here on, so that the paths are unknown.
    git(&cli, &["mv", "karat.toml", "other.toml"]);
    for (day, f1) in [(4, "0.8"), (5, "0.9")] {
        cli.write("reports/d/scores.csv", scores(f1, 1));
        commit(&cli, &format!("2026-02-0{day}T08:00:00Z"));
    }
    succeed(&cli, &["history", "import", "--git", "reports/"]);
    let runs = exported(&cli);
    let states = |at: usize| ["documents", "golden"].map(|key| runs[at]["results"][0][key].clone());
    assert!(states(0).iter().all(|state| state.as_str().unwrap().starts_with("git:")), "{runs:?}");
    assert_eq!(states(0), states(1));
    assert!(states(1)[0] != states(2)[0] && states(1)[1] == states(2)[1]);
    assert_eq!(states(4), [json!(null), json!(null)]);
    let unknown =
        ["golden files", "documents"].map(|what| format!("the records do not show whether the {what} changed"));
    let trend = cli.json(&["history", "trend", "entities.strict.f1"]);
    assert_eq!(
        trend["series"][0]["changes"],
        json!([
            {"before_point": 2, "reasons": ["the documents changed"]},
            {"before_point": 3, "reasons": unknown},
            {"before_point": 4, "reasons": unknown},
        ])
    );
}

#[test]
fn paths_and_settings_of_git_hide_no_report() {
    let cli = Cli::new();
    git(&cli, &["init", "--quiet", "--initial-branch=main"]);
    cli.write("project/karat.toml", CONFIG);
    for folder in ["d", "a \"b\"", "a\\b", "[c]", "ä", "line\nbreak", "\nfirst"] {
        let name = serde_json::to_string(folder).unwrap().replace(['"', '\\'], "_");
        cli.write(
            &format!("project/reports*/{folder}/scores.csv"),
            scores("0.5", 1).replace("d,rules", &format!("{name},rules")),
        );
    }
    commit(&cli, "2026-02-01T08:00:00Z");
    git(&cli, &["config", "diff.relative", "true"]);
    git(&cli, &["config", "log.showSignature", "true"]);
    let mut command = cli.karat(&["history", "import", "--git", "reports*"]);
    let answer = command.current_dir(cli.path().join("project")).output().unwrap();
    let errors = String::from_utf8_lossy(&answer.stderr).into_owned();
    assert!(answer.status.success() && errors.is_empty(), "{errors}");
    let mut command = cli.karat(&["history", "export", "json"]);
    let answer = command.current_dir(cli.path().join("project")).output().unwrap();
    let value: Value = serde_json::from_slice(&answer.stdout).unwrap();
    assert_eq!(value["runs"][0]["results"].as_array().unwrap().len(), 7, "{value}");
}

#[test]
fn what_is_not_recorded_is_unknown() {
    let cli = Cli::new();
    cli.write("karat.toml", CONFIG);
    let mut value = records();
    for run in value["runs"].as_array_mut().unwrap() {
        for result in run["results"].as_array_mut().unwrap() {
            (result["statuses"], result["golden"]) = (json!(null), json!(null));
            for figure in result["figures"].as_array_mut().unwrap() {
                (figure["signature"], figure["answered"]) = (json!(null), json!(null));
            }
        }
    }
    // Only the counts of the model are known.
    for figure in value["runs"][1]["results"][1]["figures"].as_array_mut().unwrap() {
        figure["answered"] = json!(10);
    }
    cli.write("records.json", value.to_string());
    succeed(&cli, &["history", "import", "records.json"]);
    let (list, _) = succeed(&cli, &["history", "list"]);
    assert!(list.contains("d, rules: entities.strict.f1 0.500 (complete: unknown)\n"), "{list}");
    assert!(list.contains("d, model: entities.strict.f1 0.630\n"), "{list}");
    let (show, _) = succeed(&cli, &["history", "show", "20260102"]);
    assert!(show.contains("d, rules (complete: unknown)\n") && show.contains("d, model (complete: yes)\n"), "{show}");
    let diff = ["history", "diff", "20260101", "20260102", "--extractor", "rules"];
    let (text, _) = succeed(&cli, &diff);
    assert!(text.contains("0 of 3 shared figures are equal") && text.contains("unknown signature"), "{text}");
    let golden = "d: the records do not show whether the golden files changed";
    let signature =
        "d, rules: the records do not show whether `entities.strict.precision` and 2 more were computed the same way";
    let figures = cli.json(&diff);
    assert_eq!(figures["warnings"], json!([golden, signature]));
    assert_eq!(figures["figures"][0]["difference"], json!(null));
    // CSV has no place for warnings.
    let (csv, errors) = succeed(&cli, &[&diff[..], &["--format", "csv"]].concat());
    assert!(csv.starts_with("dataset,") && csv.lines().count() == 4, "{csv}");
    assert_eq!(errors, format!("warning: {golden}\nwarning: {signature}\n"));
}

#[test]
fn compare_is_recommended_only_for_runs_with_folders() {
    let cli = Cli::with_dataset();
    succeed(&cli, &["run", "--quiet"]);
    succeed(&cli, &["run", "--quiet"]);
    let diff = ["history", "diff", "previous", "latest"];
    let (text, _) = succeed(&cli, &diff);
    let command = text.split('`').nth(1).unwrap().to_owned();
    let args: Vec<&str> = command.split(' ').skip(1).collect();
    assert_eq!(args[0], "compare", "{text}");
    succeed(&cli, &args);
    succeed(&cli, &["runs", "prune", "--keep", "1"]);
    let (text, _) = succeed(&cli, &diff);
    let words = "and no test; `karat compare` needs the folders of both runs, which do not exist here\n";
    assert!(text.ends_with(words), "{text}");
}

#[test]
fn a_dataset_with_its_profile_is_chosen() {
    let cli = Cli::new();
    cli.write("karat.toml", CONFIG);
    let mut value = records();
    value["runs"][0]["profile"] = json!("full");
    value["runs"][1]["profile"] = json!("full");
    cli.write("records.json", value.to_string());
    succeed(&cli, &["history", "import", "records.json"]);
    let runs = |name: &str| cli.json(&["history", "list", "--dataset", name])["runs"].as_array().unwrap().len();
    assert_eq!((runs("d@full"), runs("d")), (2, 5));
    succeed(&cli, &["history", "show", "20260101", "--dataset", "d@full"]);
    succeed(&cli, &["history", "diff", "20260101", "20260102", "--dataset", "d@full"]);
    let trend = cli.json(&["history", "trend", "entities.strict.f1", "--dataset", "d@full"]);
    assert_eq!(trend["series"][0]["points"].as_array().unwrap().len(), 2);
    let (code, _, errors) = cli.run(&["history", "show", "20260101", "--dataset", "d@fulll"]);
    assert!(code == 4 && errors.contains("did you mean `d@full`?"), "{errors}");
}

#[test]
fn a_list_fits_a_terminal() {
    let cli = with_records();
    let mut command = cli.karat(&["history", "list"]);
    let answer = command.env("KARAT_TERMINAL_WIDTH", "80").output().unwrap();
    let text = String::from_utf8_lossy(&answer.stdout).into_owned();
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    let first: Vec<&str> = text.lines().take(3).collect();
    let head = " 20260105T080000.000Z-0a1b2c3d  2026-01-05 08:00  55555555";
    assert!(first[0].starts_with(head), "{text}");
    assert_eq!(first[2], "   d, rules: entities.strict.f1 0.850", "{text}");
    assert!(text.lines().count() <= 5 * 4, "{text}");
    // A wide terminal has rows.
    let mut command = cli.karat(&["history", "list"]);
    let answer = command.env("KARAT_TERMINAL_WIDTH", "140").output().unwrap();
    assert!(String::from_utf8_lossy(&answer.stdout).starts_with(" run "), "{text}");
}

#[test]
fn values_that_no_scale_shows_are_not_drawn() {
    let cli = Cli::new();
    cli.write("karat.toml", CONFIG);
    let mut value = records();
    value["runs"][1]["results"][0]["figures"][1]["value"] = json!(1e308);
    value["runs"][0]["results"][0]["figures"][1]["low"] = json!(-1e308);
    cli.write("records.json", value.to_string());
    succeed(&cli, &["history", "import", "records.json"]);
    for format in ["svg", "html"] {
        let args = ["history", "trend", "entities.strict.f1", "--format", format];
        let (svg, _) = succeed(&cli, &args);
        assert!(!svg.contains("NaN") && !svg.contains("inf\""), "{svg}");
        assert!(svg.contains(">2 points with a value or an interval beyond ±1e12 are not drawn<"), "{svg}");
        assert_eq!(svg.matches("<circle").count(), 6, "{svg}");
    }
    let (table, errors) = succeed(&cli, &["history", "trend", "entities.strict.f1", "--limit", "3"]);
    assert!(table.contains("1 run of a part of the documents is left out\n"), "{table}");
    assert!(errors.contains("note: 2 older points are not shown"), "{errors}");
    let one = ["history", "trend", "entities.strict.f1", "--limit", "3", "--extractor", "rules"];
    assert!(succeed(&cli, &one).1.contains("note: 1 older point is not shown"));
}

#[test]
fn recorded_ids_are_completed() {
    let cli = with_records();
    for words in [&["show", ""][..], &["diff", "latest", ""]] {
        let mut command = cli.karat(&[&["--", "karat", "history"], words].concat());
        let index = (words.len() + 1).to_string();
        command.env("COMPLETE", "fish").env("_CLAP_COMPLETE_INDEX", index).env("_CLAP_IFS", "\n");
        let output = command.output().unwrap();
        let found = String::from_utf8(output.stdout).unwrap();
        assert!(found.contains("latest\t") && found.contains("20260105T080000.000Z-0a1b2c3d\t"), "{words:?}: {found}");
    }
}

/// Names may look like markup, and like commands to a terminal.
const HOSTILE: &str = "m\u{1b}[31m<b>&\"'|`*\u{202e}";

#[test]
fn a_drawing_is_self_contained_and_inert() {
    let cli = Cli::new();
    cli.write("karat.toml", CONFIG);
    let hostile = serde_json::to_string(HOSTILE).unwrap();
    let hostile = hostile.trim_matches('"');
    cli.write("records.json", records().to_string().replace("\"model\"", &format!("\"{hostile}\"")));
    succeed(&cli, &["history", "import", "records.json"]);
    for format in ["svg", "html", "table", "md"] {
        let args = ["history", "trend", "entities.strict.f1", "--format", format];
        let (text, _) = succeed(&cli, &args);
        assert_eq!(text, succeed(&cli, &args).0, "{format}");
        assert!(!text.contains(['\u{1b}', '\u{202e}']), "{format}");
        if format == "svg" || format == "html" {
            assert!(text.contains("m\\u{1b}[31m&lt;b&gt;&amp;") && !text.contains("<b>"), "{text}");
            assert!(text.matches("http://").count() == 1 && !text.contains("https://"), "{text}");
            assert!(text.contains("prefers-color-scheme:dark"));
        }
    }
    let (svg, _) = succeed(&cli, &["history", "trend", "entities.strict.f1", "--format", "svg"]);
    let mut reader = quick_xml::Reader::from_str(&svg);
    let (mut lines, mut circles, mut bands) = (0, 0, 0);
    loop {
        match reader.read_event().unwrap() {
            quick_xml::events::Event::Eof => break,
            quick_xml::events::Event::Empty(tag) if tag.name().as_ref() == "polyline" => lines += 1,
            quick_xml::events::Event::Empty(tag) if tag.name().as_ref() == "polygon" => bands += 1,
            quick_xml::events::Event::Start(tag) if tag.name().as_ref() == "circle" => circles += 1,
            _ => {}
        }
    }
    // Of four runs only the first two are comparable: one line and one band for each extractor.
    assert_eq!((lines, bands, circles), (2, 2, 8));
    assert_eq!(svg.matches("class=\"point part\"").count(), 2);
    assert!(svg.contains(
        "1: from 2026-01-03 08:00 (20260103T080000.000Z-0a1b2c3d) on, the signature differs in empty: null, 0"
    ));
    assert!(svg.contains("2: from 2026-01-04 08:00 (20260104T080000.000Z-0a1b2c3d) on, the golden files changed"));
    for args in [&["history", "list"][..], &["history", "show", "latest"], &["history", "diff", "previous", "latest"]] {
        let (text, _) = succeed(&cli, args);
        assert!(text.contains("m\\u{1b}[31m") && !text.contains(['\u{1b}', '\u{202e}']), "{text}");
    }
}
