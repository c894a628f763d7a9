//! `karat init`: what it finds in a folder, what it writes, and what it leaves alone.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::cli::{Cli, assert_cmd};

/// Returns the paths of all files in a folder, with `/` and in order, hidden ones included, without
/// those of runs, reports and baselines.
fn written(cli: &Cli) -> BTreeSet<String> {
    fn add(folder: &Path, prefix: &str, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                add(&entry.path(), &format!("{name}/"), found);
            } else if !LEFT_OUT.iter().any(|folder| name.starts_with(folder)) {
                found.insert(name);
            }
        }
    }
    let mut found = BTreeSet::new();
    add(cli.path(), "", &mut found);
    found
}

const LEFT_OUT: [&str; 3] = [".karat/", "reports/", "golden/baselines/"];

/// Returns a figure of each extractor in the reports, over all labels.
fn figures(cli: &Cli, dataset: &str, metric: &str) -> Vec<(String, f64)> {
    let scores = cli.read(&format!("reports/{dataset}/scores.csv"));
    let mut rows = scores.lines().map(|line| line.split(',').collect::<Vec<_>>());
    assert_eq!(rows.next().unwrap()[..5], ["dataset", "extractor", "metric", "label", "value"]);
    rows.filter(|row| row[2..4] == [metric, ""]).map(|row| (row[1].to_owned(), row[4].parse().unwrap())).collect()
}

#[test]
fn each_template_runs_in_an_empty_folder() {
    for (template, metric, extractors) in [
        ("entities", "entities.strict.f1", &["rules", "patterns"][..]),
        ("summaries", "summary.rouge1.f1", &["lead", "textrank"]),
        ("records", "records.statements.f1", &["statements"]),
    ] {
        let cli = Cli::new();
        let (code, printed, notes) = cli.run(&["init", "--template", template]);
        assert_eq!((code, notes.as_str()), (0, ""), "{printed}");
        let files = written(&cli);
        let listed = printed.lines().filter_map(|line| line.strip_prefix("wrote "));
        let listed = listed.filter(|path| !path.starts_with(".karat"));
        assert_eq!(listed.map(|path| path.replace('\\', "/")).collect::<BTreeSet<_>>(), files);
        for file in ["karat.toml", ".gitignore", ".github/workflows/karat.yml", "datasets/example/dataset.toml"] {
            assert!(files.contains(file), "{file}");
        }
        let found = figures(&cli, "example", metric);
        assert_eq!(found.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), extractors);
        assert!(found.iter().all(|(_, value)| *value > 0.0 && *value < 1.0), "{found:?}");
        assert_eq!(cli.run(&["check"]).1, format!("0 errors, 0 warnings in {} documents\n", files.len() / 2 - 2));
        // The run is the baseline, with which the next one is compared.
        let (code, verdicts, _) = cli.run(&["gate"]);
        let identical = verdicts.lines().filter(|line| line.starts_with(" identical "));
        assert_eq!((code, identical.count()), (0, extractors.len()), "{verdicts}");
        // Nothing changes once a karat.toml is there.
        let config = cli.read("karat.toml");
        assert_eq!(cli.run(&["init", "--template", template]).0, 2);
        assert_eq!((cli.read("karat.toml"), written(&cli)), (config, files));
    }
    let cli = Cli::new();
    assert_cmd!("init_empty_folder", cli.karat(&["init"]));
    assert_cmd!("init_again", cli.karat(&["init"]));
    assert_cmd!("init_of_a_file", cli.karat(&["init", "karat.toml"]));
    insta::assert_snapshot!("init_workflow", cli.read(".github/workflows/karat.yml"));
}

const TEXTS: [(&str, &str); 2] = [("a", "Ada met Bob in Oslo.\n"), ("b", "Nobody came to Bonn.\n")];

/// A folder with golden files of brat, which contain the documents, and predictions of karat.
fn of_brat() -> Cli {
    let cli = Cli::new();
    for (id, text) in TEXTS {
        cli.write(&format!("labels/{id}.txt"), text);
    }
    cli.write("labels/a.ann", "T1\tPERSON 0 3\tAda\nT2\tPERSON 8 11\tBob\nT3\tGPE 15 19\tOslo\n");
    cli.write("labels/b.ann", "T1\tGPE 15 19\tBonn\n");
    cli.write(
        "predictions/ours.jsonl",
        r#"{"id": "a", "entities": [{"start": 0, "end": 3, "label": "PERSON"}, {"start": 15, "end": 19, "label": "GPE"}]}
{"id": "b", "entities": []}
"#,
    );
    cli
}

#[test]
fn golden_files_and_predictions_of_different_formats() {
    let cli = of_brat();
    assert_cmd!("init_brat", cli.karat(&["init"]));
    insta::assert_snapshot!("init_brat_config", cli.read("karat.toml"));
    assert_eq!(figures(&cli, "main", "entities.strict.f1"), [("ours".to_owned(), 0.666_667)]);

    // The texts are in the golden file only, and the names of two systems are those of their files.
    let cli = Cli::new();
    cli.write("gold.json", LABEL_STUDIO);
    cli.write("package.json", "{\"name\": \"x\"}");
    cli.write("pred_a.jsonl", "{\"id\": \"1\", \"entities\": [{\"start\": 0, \"end\": 3, \"label\": \"PERSON\"}]}\n{\"id\": \"2\", \"entities\": []}\n");
    cli.write("pred_b.conll", "-DOCSTART- O\n\nAda B-PERSON\nmet O\nBob. O\n\n-DOCSTART- O\n\nIn O\nOslo B-GPE\n. O\n");
    let (code, printed, notes) = cli.run(&["init", "--no-ci"]);
    assert_eq!(code, 0, "{printed}{notes}");
    assert!(notes.contains("documents.jsonl has the texts that gold.json contains"), "{notes}");
    assert!(
        notes.contains("not used, since they are neither documents nor labels that karat reads: package.json"),
        "{notes}"
    );
    assert!(cli.exists("documents.jsonl") && !cli.exists(".github"));
    assert_eq!(figures(&cli, "main", "entities.strict.f1")[0], ("pred_a".to_owned(), 0.666_667));
}

const LABEL_STUDIO: &str = r#"[{"id": 1, "data": {"text": "Ada met Bob."}, "annotations": [{"result": [
  {"from_name": "label", "to_name": "text", "type": "labels", "value": {"start": 0, "end": 3, "text": "Ada", "labels": ["PERSON"]}}]}]},
 {"id": 2, "data": {"text": "In Oslo."}, "annotations": [{"result": [
  {"from_name": "label", "to_name": "text", "type": "labels", "value": {"start": 3, "end": 7, "text": "Oslo", "labels": ["GPE"]}}]}]}]"#;

#[test]
fn names_that_do_not_say_which_file_is_golden() {
    let cli = Cli::new();
    for (file, label) in [("a.jsonl", "PERSON"), ("b.jsonl", "NAME")] {
        let line = format!(
            "{{\"id\": \"1\", \"text\": \"Ada met Bob.\", \"entities\": [{{\"start\": 0, \"end\": 3, \"label\": \"{label}\"}}]}}\n"
        );
        cli.write(file, line);
    }
    assert_cmd!("init_ambiguous", cli.karat(&["init", "--no-ci"]));
    let config = cli.read("karat.toml");
    assert!(config.contains("golden = \"a.jsonl\"") && config.contains("path = \"b.jsonl\""), "{config}");
}

/// Golden files of other documents are datasets of their own, and each file of predictions is for
/// the dataset that it answers.
#[test]
fn several_datasets() {
    let cli = Cli::new();
    let line = |id: &str, text: &str, end: usize| {
        format!(
            "{{\"id\": \"{id}\", \"text\": \"{text}\", \"entities\": [{{\"start\": 0, \"end\": {end}, \"label\": \"PERSON\"}}]}}\n"
        )
    };
    // Both files have a document 1, each with a text of its own.
    cli.write("gold/train.jsonl", line("1", "Ada met Bob.", 3));
    cli.write("gold/dev.jsonl", line("1", "Bob met Ada.", 3));
    cli.write("news/docs/n.txt", "Cleo and Dan met.");
    cli.write("news/gold/n.json", line("n", "Cleo and Dan met.", 4));
    cli.write("é/gold.jsonl", line("e", "Eve left.", 3));
    cli.write("second/gold.jsonl", line("n", "Cleo and Dan met.", 8));
    let (code, printed, notes) = cli.run(&["init", "--no-ci", "--no-run", "--dry-run"]);
    assert_eq!(code, 0, "{printed}{notes}");
    cli.write("news/pred.jsonl", line("n", "Cleo and Dan met.", 4));
    cli.write("pred/ours.jsonl", line("1", "Bob met Ada.", 2));
    assert_cmd!("init_several_datasets", cli.karat(&["init", "--no-ci"]));
    insta::assert_snapshot!("init_several_datasets_config", cli.read("karat.toml"));
}

#[test]
fn documents_without_golden_files() {
    let cli = Cli::new();
    for (id, text) in TEXTS {
        cli.write(&format!("texts/{id}.txt"), text);
    }
    assert_cmd!("init_documents_only", cli.karat(&["init"]));
    // No label is invented: the document counts as unlabelled until its file names a layer.
    assert_eq!(cli.read("golden/a.json"), "{\"id\": \"a\"}\n");
    cli.write("golden/a.json", r#"{"id": "a", "entities": [{"start": 0, "end": 3, "label": "PERSON"}]}"#);
    assert_eq!(cli.run(&["run"]).0, 0);
    assert_eq!(figures(&cli, "main", "entities.strict.f1").len(), 1);
}

#[test]
fn golden_files_of_some_documents() {
    let cli = Cli::new();
    for (id, text) in TEXTS {
        cli.write(&format!("docs/{id}.txt"), text);
    }
    cli.write("gold/a.json", r#"{"id": "a", "entities": [{"start": 0, "end": 3, "label": "PERSON"}]}"#);
    let (code, printed, notes) = cli.run(&["init"]);
    assert_eq!(code, 0, "{printed}{notes}");
    assert!(notes.contains("1 of 2 documents are labelled"), "{notes}");
    assert_eq!(cli.read("documents.jsonl").lines().count(), 1);
}

/// A golden file with an error is no reason to pass it over: the run reports the error.
#[test]
fn golden_files_with_errors() {
    let cli = Cli::new();
    cli.write("docs/a.txt", "Ada met Bob.");
    cli.write("gold/a.json", r#"{"id": "a", "entities": [{"start": 0, "end": 4, "label": "PERSON", "text": "Ada"}]}"#);
    assert_cmd!("init_golden_error", cli.karat(&["init"]));
    assert!(cli.exists("karat.toml"));
}

#[test]
fn folders_with_nothing_usable() {
    let cli = Cli::new();
    cli.write("src/main.py", "print()");
    cli.write("package.json", "{\"name\": \"x\"}");
    cli.write("README.txt", "No document.");
    assert_cmd!("init_nothing_usable", cli.karat(&["init"]));
    assert_eq!(written(&cli).len(), 3);
    cli.write("pred/a.jsonl", "{\"id\": \"a\", \"entities\": []}\n");
    assert_cmd!("init_predictions_only", cli.karat(&["init"]));

    // Texts without documents are compared without a configuration.
    let cli = Cli::new();
    cli.write("refs.txt", "the cat sat\nit rains\n");
    cli.write("my hyp.txt", "the cat\nit rained\n");
    let (code, _, notes) = cli.run(&["init"]);
    assert_eq!(code, 2);
    let command = "karat score --gold refs.txt --pred 'my hyp.txt'";
    assert!(notes.contains(&format!("`{command}`")), "{notes}");
    assert_eq!(cli.run(&["score", "--gold", "refs.txt", "--pred", "my hyp.txt"]).0, 0);
}

#[test]
fn a_dry_run_writes_nothing() {
    let cli = of_brat();
    let before = written(&cli);
    assert_cmd!("init_dry_run", cli.karat(&["init", "--dry-run", "--lang", "node"]));
    assert!(!cli.exists(".karat") && !cli.exists("reports"));
    assert_eq!(written(&cli), before);
    assert_eq!(cli.run(&["init", "new/folder", "--dry-run"]).0, 0);
    assert!(!cli.exists("new"));
}

#[test]
fn existing_files_are_kept() {
    let cli = of_brat();
    cli.write(".gitignore", "mine\n");
    let (code, printed, _) = cli.run(&["init", "--no-run"]);
    assert_eq!((code, cli.read(".gitignore").as_str()), (0, "mine\n"));
    assert!(printed.contains("kept, as it exists: .gitignore\n") && printed.contains("karat run"), "{printed}");
    assert!(!cli.exists(".karat/runs"));
}

/// GitHub reads workflows only from the top folder of a repository.
#[test]
fn no_workflow_below_the_top_of_a_repository() {
    let cli = Cli::new();
    fs::create_dir(cli.path().join(".git")).unwrap();
    let (_, printed, notes) = cli.run(&["init", "below", "--no-run"]);
    assert!(notes.contains("no workflow is written") && !printed.contains("workflow"), "{notes}{printed}");
    assert_eq!(cli.run(&["init", "--template", "records", "--no-run"]).0, 0);
    assert!(cli.exists(".github/workflows/karat.yml") && !cli.exists("below/.github"));
}

#[test]
fn an_extractor_in_each_language() {
    for (language, program, file) in [
        ("python", "\"python3\", \"extractors/mine/extractor.py\"", "extractor.py"),
        ("node", "\"node\", \"extractors/mine/extractor.mjs\"", "extractor.mjs"),
        ("shell", "\"sh\", \"extractors/mine/extractor.sh\"", "extractor.sh"),
        ("rust", "\"extractors/mine/target/release/mine\"", "src/main.rs"),
    ] {
        let cli = Cli::new();
        let (code, printed, _) = cli.run(&["init", "--lang", language, "--no-run"]);
        assert_eq!(code, 0, "{printed}");
        assert!(cli.read("karat.toml").contains(&format!("command = [{program}]")), "{}", cli.read("karat.toml"));
        // The label is one that the golden files have, so that the first figure is above 0.
        let source = cli.read(&format!("extractors/mine/{file}"));
        assert!(source.contains("\"GPE\"") && !source.contains("\"NAME\"") && !source.contains("{{"));
        assert_eq!(cli.read(".github/workflows/karat.yml").contains("cargo build"), language == "rust");
        // The configuration is valid, and a program that is not built yet is not run.
        let (code, table, _) =
            cli.run(if language == "rust" { &["run"][..] } else { &["run", "--extractor", "rules"] });
        assert!(code == 0 && !table.contains("mine"), "{table}");
    }
    let runs =
        |program: &str| Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success());
    if cfg!(unix) && runs("jq") {
        let cli = Cli::new();
        let (code, printed, notes) = cli.run(&["init", "project", "--lang", "shell"]);
        assert_eq!(code, 0, "{printed}{notes}");
        let scores = cli.read("project/reports/example/scores.csv");
        let row = scores.lines().find(|line| line.starts_with("example,mine,entities.strict.f1,,")).unwrap();
        let value: f64 = row.split(',').nth(4).unwrap().parse().unwrap();
        assert!(value > 0.0 && value < 1.0, "{row}");
        assert!(printed.contains("cd project\n"), "{printed}");
    }
}

/// Every path in the code of a starter's README exists from the folder where it says to run, or is
/// what its build makes; its table is the one that `karat init` writes.
#[test]
fn commands_of_the_starters_can_be_pasted() {
    for language in ["python", "node", "shell", "rust"] {
        let cli = Cli::with_dataset();
        assert_eq!(cli.run(&["plugin", "new", "--lang", language, "extractors/my-ner"]).0, 0);
        let readme = cli.read("extractors/my-ner/README.md");
        let blocks: Vec<&str> = readme.split("```").skip(1).step_by(2).collect();
        assert_eq!(blocks.len(), 3, "{readme}");
        let mut paths = BTreeSet::new();
        for block in &blocks {
            let words = block.split(|char: char| char.is_whitespace() || "\"'[],{}|".contains(char));
            paths.extend(words.filter(|word| word.contains("my-ner/") && !word.starts_with("{")));
        }
        assert!(!paths.is_empty());
        for path in paths {
            let is_built = path.contains("/target/") || path.ends_with("Cargo.lock");
            assert!(path.starts_with("extractors/my-ner/") && (is_built || cli.exists(path)), "{language}: {path}");
        }
        // The table fits below the configuration as it is, and its program is started.
        let table = blocks.iter().find_map(|block| block.strip_prefix("toml\n")).unwrap();
        let config = cli.read("karat.toml");
        cli.write("karat.toml", format!("{config}\n{table}"));
        assert_eq!(cli.run(&["run", "--extractor", "lead"]).0, 0);
        if language == "shell" && cfg!(unix) && Command::new("jq").arg("--version").output().is_ok() {
            // `karat plugin check` takes too long for a test: 1 MB of text is much for jq.
            let commands = blocks.iter().filter_map(|block| block.strip_prefix("sh\n"));
            for command in commands.flat_map(str::lines).filter(|command| !command.starts_with("karat plugin")) {
                let output = Command::new("sh").args(["-c", command]).current_dir(cli.path()).output().unwrap();
                let reply = String::from_utf8_lossy(&output.stdout);
                assert!(output.status.success() && reply.contains("\"entities\":[{"), "{command}: {reply}");
            }
            assert_eq!(cli.run(&["run", "--extractor", "my-ner"]).0, 0);
        }
    }
    // A path with a space is one word of a command.
    let cli = Cli::with_dataset();
    assert_eq!(cli.run(&["plugin", "new", "--lang", "shell", "my programs/ner"]).0, 0);
    let readme = cli.read("my programs/ner/README.md");
    assert!(readme.contains("sh 'my programs/ner'/extractor.sh"), "{readme}");
    assert!(readme.contains("command = [\"sh\", \"my programs/ner/extractor.sh\"]"), "{readme}");
    // In another folder than that of karat.toml, the paths still start from the latter.
    let cli = Cli::with_dataset();
    fs::create_dir(cli.path().join("extractors")).unwrap();
    let mut command = cli.karat(&["plugin", "new", "--lang", "python", "ner"]);
    assert!(command.current_dir(cli.path().join("extractors")).output().unwrap().status.success());
    assert!(cli.read("extractors/ner/README.md").contains("command = [\"python3\", \"extractors/ner/extractor.py\"]"));
}
