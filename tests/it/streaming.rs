//! Runs whose documents are read as they come: the same predictions and figures as where they are
//! loaded.

use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::cli::{Cli, assert_cmd};
use crate::process::{flaky, run, statuses};

/// Files of lines with documents of these texts; every capitalised word is golden but for those of
/// each third document.
fn files(texts: &[String], is_sorted: bool, table: &str) -> Cli {
    let cli = Cli::new();
    let id = |at: usize| if is_sorted { format!("d{at:04}") } else { format!("d{:04}", (at * 7) % texts.len()) };
    let lines = |line: &dyn Fn(usize, &String) -> Value| -> String {
        texts.iter().enumerate().map(|(at, text)| format!("{}\n", line(at, text))).collect()
    };
    cli.write("docs.jsonl", lines(&|at, text| json!({"id": id(at), "text": text, "meta": {"kind": "line"}})));
    let gold = |at: usize, text: &String| {
        let start = text.find("Ada").unwrap_or(0);
        let entities =
            if at.is_multiple_of(3) { json!([]) } else { json!([{"start": start, "end": start + 3, "label": "NAME"}]) };
        json!({"id": id(at), "entities": entities})
    };
    cli.write("gold.jsonl", lines(&gold));
    cli.write(
        "karat.toml",
        format!(
            "[datasets.d]\ndocuments = \"docs.jsonl\"\ngolden = \"gold.jsonl\"\n\n[extractors.mine]\nkind = \"process\"\n\
             command = [{:?}]\ncache = false\n{table}\n\n[extractors.capitalised]\nkind = \"builtin\"\n",
            flaky()
        ),
    );
    cli
}

fn texts(documents: usize) -> Vec<String> {
    let text = |at: usize| match at % 50 {
        7 => "crash".to_owned(),
        9 => "sorry Ada".to_owned(),
        _ => format!("It was Ada who met Bob{at} in {} places", at % 5),
    };
    (0..documents).map(text).collect()
}

#[test]
fn streamed_and_loaded_are_the_same() {
    for (is_sorted, table) in [(true, "in_flight = 16"), (false, "in_flight = 3\nworkers = 2"), (true, "")] {
        let cli = files(&texts(200), is_sorted, table);
        let loaded = run(&cli, &[]);
        let [predictions, scores] = ["r/predictions/d/mine.jsonl", "r/d/scores.csv"].map(|file| cli.read(file));
        let streamed = run(&cli, &["--stream"]);
        assert_eq!((loaded.code, streamed.code), (Some(5), Some(5)), "{}", streamed.errors);
        let now = cli.read("r/predictions/d/mine.jsonl");
        // In the order of the file; loaded, in that of the ids.
        let mut lines: Vec<&str> = now.lines().collect();
        assert_eq!(lines.is_sorted(), is_sorted);
        lines.sort_unstable();
        assert!(lines.join("\n") + "\n" == predictions);
        assert_eq!(cli.read("r/d/scores.csv"), scores);
        for name in ["mine", "capitalised"] {
            for key in ["documents", "ok", "failed", "timed_out", "layers", "introduction"] {
                let [one, other] = [&loaded, &streamed].map(|run| &run.manifest["extractors"][name][key]);
                assert_eq!(one, other, "{name} {key}");
            }
        }
        let report = cli.read("r/d/report.md");
        assert!(report.contains("200 documents, 2 extractors") && report.contains("192 of 200"), "{report}");
        assert!(!cli.exists("r/journal.jsonl") && !cli.exists("r/predictions/d/mine.jsonl.partial"));
    }
}

/// Figures that rest on the texts: golden lines need not bring these, nor stand in the order of the
/// documents.
#[test]
fn texts_come_from_the_file_of_documents() {
    let cli = Cli::new();
    let text =
        |at: usize| format!("Ada met Bob{at} in Oslo.\n“It was a long way,” Bob{at} told us. {}", "é".repeat(at));
    let lines = |line: &dyn Fn(usize) -> Value| -> String { (0..90).map(|at| format!("{}\n", line(at))).collect() };
    cli.write("docs.jsonl", format!("\u{feff}\n{}", lines(&|at| json!({"id": format!("{at:02}"), "text": text(at)}))));
    let gold = |at: usize| {
        let at = (7 * at + 3) % 90;
        json!({
            "id": format!("{at:02}"),
            "entities": [{"start": 0, "end": 3, "label": "PERSON"}],
            "summaries": [format!("Ada met Bob{at} in {}.", if at.is_multiple_of(2) { "Oslo" } else { "Rome" })],
            "records": {"statements": [{"speaker": format!("Bob{at}"), "quotes": ["It was a long way"]}]},
        })
    };
    cli.write("gold.jsonl", lines(&gold));
    let extractors =
        ["rules", "statements", "textrank"].map(|name| format!("[extractors.{name}]\nkind = \"builtin\"\n"));
    let dataset = "[datasets.d]\ndocuments = \"docs.jsonl\"\ngolden = \"gold.jsonl\"\n";
    cli.write("karat.toml", format!("{dataset}{}", extractors.concat()));
    let run = |more: &[&str]| {
        let output = cli.karat(&["run", "--quiet", "--out", "r"]).args(more).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let mut scores = Vec::new();
    for more in [&["--jobs", "1"][..], &["--stream", "--jobs", "1"], &["--stream", "--jobs", "3"]] {
        assert_eq!(run(more), (Some(0), String::new()), "{more:?}");
        scores.push(cli.read("r/d/scores.csv"));
    }
    assert!(scores[0].contains("summary.coverage"), "{}", scores[0]);
    assert_eq!(scores[1], scores[0]);
    assert_eq!(scores[2], scores[0]);
    // What lies outside its text is refused on both ways.
    cli.write("gold.jsonl", cli.read("gold.jsonl").replace("\"end\":3", "\"end\":3000"));
    for more in [&[][..], &["--stream"]] {
        let (code, errors) = run(more);
        assert_eq!(code, Some(2), "{more:?}");
        assert!(errors.contains("gold.jsonl:1:"), "{errors}");
    }
}

/// Killed on the way, a streamed run goes on behind its last whole line.
#[test]
fn a_streamed_run_goes_on() {
    let slow: Vec<String> = (0..60).map(|at| format!("slow 4 Ada{at}")).collect();
    let cli = files(&slow, true, "");
    let undisturbed = run(&cli, &["--stream"]);
    assert_eq!((undisturbed.code, statuses(&undisturbed).len()), (Some(0), 60));
    let files = ["r/predictions/d/mine.jsonl", "r/d/scores.csv", "r/d/report.md"];
    let wanted = files.map(|file| cli.read(file));
    let partial =
        || cli.exists("r/predictions/d/mine.jsonl.partial").then(|| cli.read("r/predictions/d/mine.jsonl.partial"));
    let mut lines = 0;
    for at in 0..4 {
        let more: &[&str] = if at == 0 { &[] } else { &["--resume"] };
        let command = [&["run", "--quiet", "--out", "r", "--stream"][..], more].concat();
        let mut child = cli.karat(&command).stderr(Stdio::null()).spawn().unwrap();
        let begun = Instant::now();
        while partial().map_or(0, |text| text.lines().count()) < 10 * (at + 1)
            && begun.elapsed() < Duration::from_secs(20)
        {
            sleep(Duration::from_millis(2));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let text = partial().unwrap();
        assert!(text.lines().count() >= lines, "{} of {lines}", text.lines().count());
        lines = text.lines().count();
        // Half a line is cut off.
        cli.write("r/predictions/d/mine.jsonl.partial", text + "{\"id\": \"half");
    }
    let last = run(&cli, &["--stream", "--resume"]);
    assert_eq!(last.code, Some(0), "{}", last.errors);
    assert!(files.map(|file| cli.read(file)) == wanted);
    assert_eq!(last.manifest["extractors"]["mine"]["ok"], 60);
}

/// What an earlier run left in the folder is no part of this one, though it is killed before it
/// comes to it.
#[test]
fn earlier_predictions_are_not_gone_on_with() {
    let slow: Vec<String> = (0..40).map(|at| format!("slow 5 Ada{at}")).collect();
    let cli = files(&slow, true, "");
    assert_eq!(run(&cli, &["--stream"]).code, Some(0));
    // As if another extractor of that name had left it.
    let stale = cli.read("r/predictions/d/capitalised.jsonl").replace("Ada", "Eve");
    let fresh = cli.read("r/predictions/d/capitalised.jsonl");
    cli.write("r/predictions/d/capitalised.jsonl", stale);
    let mut child = cli.karat(&["run", "--quiet", "--out", "r", "--stream"]).stderr(Stdio::null()).spawn().unwrap();
    let begun = Instant::now();
    while !cli.exists("r/predictions/d/mine.jsonl.partial") && begun.elapsed() < Duration::from_secs(20) {
        sleep(Duration::from_millis(2));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(run(&cli, &["--stream", "--resume"]).code, Some(0));
    assert!(cli.read("r/predictions/d/capitalised.jsonl") == fresh);
}

/// Without --out, a streamed run goes on with the one that was interrupted last, and no other run
/// does.
#[test]
fn a_streamed_run_goes_on_in_its_folder() {
    let slow: Vec<String> = (0..60).map(|at| format!("slow 5 Ada{at}")).collect();
    let cli = files(&slow, true, "");
    let mut child = cli.karat(&["run", "--quiet", "--stream"]).stderr(Stdio::null()).spawn().unwrap();
    let runs = || -> Vec<std::path::PathBuf> {
        let entries = std::fs::read_dir(cli.path().join(".karat/runs")).into_iter().flatten();
        entries.map(|entry| entry.unwrap().path()).collect()
    };
    let begun = Instant::now();
    let lines = || {
        runs()
            .first()
            .and_then(|run| std::fs::read_to_string(run.join("predictions/d/mine.jsonl.partial")).ok())
            .map_or(0, |text| text.lines().count())
    };
    while lines() < 10 && begun.elapsed() < Duration::from_secs(20) {
        sleep(Duration::from_millis(2));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    // Another kind of run starts from the beginning.
    assert_eq!(cli.karat(&["run", "--quiet", "--resume"]).status().unwrap().code(), Some(0));
    assert_eq!(runs().len(), 2);
    assert_eq!(cli.karat(&["run", "--quiet", "--stream", "--resume"]).status().unwrap().code(), Some(0));
    assert_eq!(runs().len(), 2);
    assert!(runs().iter().all(|run| run.join("run.json").is_file() && !run.join("journal.jsonl").exists()));
}

/// A folder of documents and a folder of golden files: the same predictions, figures and reports as
/// where they are loaded.
#[test]
fn folders_are_streamed() {
    let cli = files(&texts(120), true, "in_flight = 16");
    // Ids whose order is not that of the names of files, golden files with line breaks, and some
    // documents in a file of lines.
    let id = |at: usize| if at.is_multiple_of(4) { format!("d{}", at / 4) } else { format!("d{}-{at}", at / 4) };
    let mut lines = String::from("\u{feff}");
    for (at, (document, gold)) in cli.read("docs.jsonl").lines().zip(cli.read("gold.jsonl").lines()).enumerate() {
        let [document, mut gold] = [document, gold].map(|line| serde_json::from_str::<Value>(line).unwrap());
        let text = document["text"].as_str().unwrap();
        if at.is_multiple_of(10) {
            lines.push_str(&format!("{}\n\n", json!({"id": id(at), "text": text})));
        } else {
            cli.write(&format!("docs/{}.txt", id(at)), format!("{text}\r\n"));
        }
        gold["id"] = json!(id(at));
        cli.write(&format!("golden/{}.json", id(at)), format!("{gold:#}\n"));
    }
    cli.write("docs/more.jsonl", lines);
    cli.write("dataset.toml", "name = \"Of folders\"\n");
    let config = cli.read("karat.toml").replace("docs.jsonl", "docs").replace("gold.jsonl", "golden");
    cli.write("karat.toml", config);
    let written = ["r/predictions/d/mine.jsonl", "r/predictions/d/capitalised.jsonl", "r/d/scores.csv"];
    let loaded = run(&cli, &[]);
    let wanted = written.map(|file| cli.read(file));
    let title = cli.read("r/d/report.md").lines().next().unwrap().to_owned();
    let streamed = run(&cli, &["--stream"]);
    assert_eq!((loaded.code, streamed.code), (Some(5), Some(5)), "{}", streamed.errors);
    assert!(written.map(|file| cli.read(file)) == wanted);
    assert_eq!(cli.read("r/d/report.md").lines().next(), Some(title.as_str()));
    assert_eq!(title, "# Of folders");
    let hashes = |run: &crate::process::Ended| run.manifest["datasets"]["d"].clone();
    assert_eq!(hashes(&loaded), hashes(&streamed));
    // Errors are located in the files of the folder.
    let gold = cli.read("golden/d1-5.json");
    cli.write("golden/d1-5.json", gold.replace("\"start\": ", "\"start\": 99"));
    assert_cmd!("stream_folder_offset", cli.karat(&["run", "--stream", "--quiet", "--out", "r"]));
    cli.write("golden/d1-5.json", "{\n\"id\": 5.5}");
    cli.write("golden/copy.json", cli.read("golden/d2.json"));
    assert_cmd!("stream_folder_errors", cli.karat(&["run", "--stream", "--quiet", "--out", "r"]));
    cli.write("golden/d1-5.json", gold);
    std::fs::rename(cli.path().join("golden/copy.json"), cli.path().join("golden/d2.json")).unwrap();
    std::fs::remove_file(cli.path().join("golden/d3.json")).unwrap();
    cli.write("golden/x.json", "{\"id\": \"x\", \"entities\": []}");
    assert_cmd!("stream_folder_unpaired", cli.karat(&["run", "--stream", "--quiet", "--out", "r"]));
}

#[test]
fn unstreamable_inputs_are_reported() {
    let cli = files(&texts(3), true, "repeats = 2");
    let config = cli.read("karat.toml");
    assert_cmd!("stream_repeats", cli.karat(&["run", "--stream"]));
    cli.write("docs/a.txt", "x");
    cli.write(
        "karat.toml",
        config.replace("repeats = 2", "").replace("docs.jsonl", "docs").replace("gold.jsonl", "gold"),
    );
    assert_cmd!("stream_folders", cli.karat(&["run", "--stream"]));
    cli.write("karat.toml", config.replace("repeats = 2", ""));
    cli.write("docs.jsonl", cli.read("docs.jsonl") + "{\"id\": \"x\"}\n");
    assert_cmd!("stream_no_text", cli.karat(&["run", "--stream", "--out", "r"]));
    let doubled: Vec<String> = texts(3);
    let cli = files(&doubled, true, "");
    cli.write("docs.jsonl", cli.read("docs.jsonl").replace("d0002", "d0001"));
    assert_cmd!("stream_doubled", cli.karat(&["run", "--stream", "--out", "r"]));
}
