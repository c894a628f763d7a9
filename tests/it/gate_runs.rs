//! `karat gate` and `karat accept` on runs: incomplete and stale ones, projects without a baseline,
//! base commits, and runs that are worse than the baseline.

use std::process::Command;

use crate::cli::Cli;

const DOCUMENTS: usize = 20;

const RULE: &str = "metric = \"summary.rouge1.f1\"\nmargin = 0.01\n";

/// Answers to all documents that are right, or wrong in the last word.
fn answers(is_right: bool) -> String {
    let line = |at| {
        let verb = if is_right { "sat" } else { "ran" };
        format!("{{\"id\": \"d{at:02}\", \"summary\": \"the cat number {at} {verb}\"}}\n")
    };
    (0..DOCUMENTS).map(line).collect()
}

/// Twenty documents with summaries, the extractor `e` with right answers, and what follows in
/// karat.toml.
fn project(rules: &str) -> Cli {
    let cli = Cli::new();
    let lines = |more: &dyn Fn(usize) -> String| -> String {
        (0..DOCUMENTS).map(|at| format!("{{\"id\": \"d{at:02}\", {}}}\n", more(at))).collect()
    };
    cli.write("docs.jsonl", lines(&|at| format!("\"text\": \"Today the cat number {at} sat down.\"")));
    cli.write("gold.jsonl", lines(&|at| format!("\"summaries\": [\"the cat number {at} sat\"]")));
    cli.write("answers.jsonl", answers(true));
    cli.write(
        "karat.toml",
        format!(
            "[datasets.d]\ndocuments = \"docs.jsonl\"\ngolden = \"gold.jsonl\"\n\
             [extractors.e]\nkind = \"predictions\"\npath = \"answers.jsonl\"\n{rules}"
        ),
    );
    cli
}

fn gated() -> Cli {
    project(&format!("[[gate]]\n{RULE}"))
}

#[track_caller]
fn succeeds(cli: &Cli, args: &[&str]) -> String {
    let (code, out, errors) = cli.run(args);
    assert_eq!(code, 0, "{args:?}: {out}{errors}");
    out + &errors
}

#[track_caller]
fn ends(cli: &Cli, args: &[&str], code: i32, words: &[&str]) {
    let (found, out, errors) = cli.run(args);
    let text = out + &errors;
    assert_eq!(found, code, "{args:?}: {text}");
    for words in words {
        assert!(text.contains(words), "{args:?}: {text}");
    }
}

#[test]
fn a_partial_run_is_neither_judged_nor_accepted() {
    let cli = gated();
    succeeds(&cli, &["run", "--quiet", "--out", "whole"]);
    succeeds(&cli, &["accept", "whole"]);
    let baseline = cli.read("golden/baselines/d/e.jsonl");
    for (selection, why) in [
        (["--limit", "6"], "only selected documents were run"),
        (["--document", "d03"], "only selected documents were run"),
        (["--shard", "1/2"], "it is the shard 1/2 of the documents"),
    ] {
        succeeds(&cli, &[&["run", "--quiet", "--out", "part"][..], &selection].concat());
        for command in ["gate", "accept"] {
            ends(&cli, &[command, "part"], 5, &[&format!("this run is not complete: {why}")]);
        }
    }
    assert_eq!(cli.read("golden/baselines/d/e.jsonl"), baseline);
    // The shard of ten documents is judged and accepted only on request.
    ends(&cli, &["gate", "part", "--allow-incomplete"], 0, &["warning: this run is not complete", "10 documents"]);
    ends(&cli, &["accept", "part", "--allow-incomplete"], 0, &["warning: this run is not complete"]);
    assert_eq!(cli.read("golden/baselines/d/e.jsonl").lines().count(), 10);
}

#[test]
fn an_interrupted_run_is_neither_judged_nor_accepted() {
    let cli = gated();
    succeeds(&cli, &["run", "--quiet", "--out", "a"]);
    succeeds(&cli, &["accept", "a"]);
    cli.write("a/journal.jsonl", "");
    let words = ["this run is not complete: it was interrupted or is in progress", "`karat run --resume` continues it"];
    ends(&cli, &["gate", "a"], 5, &words);
    ends(&cli, &["accept", "a"], 5, &words);
    ends(&cli, &["gate", "a", "--allow-incomplete"], 0, &["identical"]);
}

#[test]
fn unanswered_documents_make_a_run_incomplete() {
    let cli = gated();
    succeeds(&cli, &["run", "--quiet", "--out", "a"]);
    succeeds(&cli, &["accept", "a"]);
    let config = cli.read("karat.toml");
    let answered: String = answers(true).lines().skip(5).map(|line| format!("{line}\n")).collect();
    cli.write("answers.jsonl", answered);
    assert_eq!(cli.run(&["run", "--quiet", "--out", "b"]).0, 5);
    let words = ["d, e: 5 of 20 documents were not answered (5 missing)", "--allow-incomplete"];
    ends(&cli, &["gate", "b"], 5, &words);
    ends(&cli, &["accept", "b"], 5, &words);
    ends(&cli, &["gate", "b", "--allow-incomplete"], 100, &["warning: d, e: 5 of 20 documents were not answered"]);
    // Failures within `max_failed` do not make it incomplete for the gate.
    let allowing = |most: &str| cli.write("karat.toml", format!("{config}max_failed = {most}\n"));
    allowing("0.25");
    ends(&cli, &["gate", "b"], 100, &["failed documents"]);
    ends(&cli, &["accept", "b"], 5, &words);
    allowing("0.2");
    ends(&cli, &["gate", "b"], 5, &words);
    // A rule that decides nothing allows nothing.
    allowing("0.5\ninformational = true");
    ends(&cli, &["gate", "b"], 5, &words);
    // Documents that were added since the run are missing from it.
    cli.write("karat.toml", config);
    let added = |file: &str, line: &str| cli.write(file, cli.read(file) + line + "\n");
    added("docs.jsonl", r#"{"id": "d20", "text": "A dog sat."}"#);
    added("gold.jsonl", r#"{"id": "d20", "summaries": ["a dog sat"]}"#);
    ends(&cli, &["gate", "a"], 5, &["d, e: 1 documents of the dataset are not in this run"]);
    ends(&cli, &["gate", "a", "--allow-incomplete"], 0, &["identical"]);
    ends(&cli, &["accept", "a"], 5, &["d, e: 1 documents of the dataset are not in this run"]);
    ends(&cli, &["accept", "a", "--allow-incomplete"], 0, &["both systems gave the same answers"]);
}

#[test]
fn a_stale_run_is_refused_unless_it_is_named() {
    let cli = gated();
    succeeds(&cli, &["run", "--quiet"]);
    succeeds(&cli, &["accept", "latest"]);
    // Hashes decide, and not times.
    cli.write("answers.jsonl", answers(true));
    cli.write("docs.jsonl", cli.read("docs.jsonl"));
    let said = succeeds(&cli, &["gate"]);
    assert!(said.contains("note: judging the run .karat"), "{said}");
    assert!(said.contains(" against the accepted baselines in golden/baselines\n"), "{said}");
    assert!(!said.contains("stale"), "{said}");
    cli.write("answers.jsonl", answers(false));
    ends(
        &cli,
        &["gate"],
        2,
        &["this run is stale: the extractor \"e\" changed since", "run `karat run` first, or `--allow-stale`"],
    );
    for command in [&["gate", "--allow-stale"][..], &["gate", "latest"]] {
        ends(&cli, command, 0, &["is a stale run: the extractor \"e\" changed since", "identical"]);
    }
    cli.write("answers.jsonl", answers(true));
    let documents = cli.read("docs.jsonl");
    cli.write("docs.jsonl", documents.replace("\"Today the cat number 3 sat", "\"Today the hat number 3 sat"));
    ends(&cli, &["gate"], 2, &["this run is stale: the documents of d changed since"]);
    ends(&cli, &["accept", "latest"], 2, &["the documents of d changed since this run", "run `karat run` first"]);
    // Metadata are part of a document.
    cli.write("docs.jsonl", documents.replacen("\"text\"", "\"meta\": {\"kind\": \"x\"}, \"text\"", 1));
    ends(&cli, &["gate"], 2, &["this run is stale: the documents of d changed since"]);
    cli.write("docs.jsonl", &documents);
    // A new extractor is not in the run.
    let config = cli.read("karat.toml");
    cli.write("karat.toml", format!("[extractors.lead]\nkind = \"builtin\"\n{config}"));
    ends(&cli, &["gate"], 2, &["the extractor \"lead\" (not in the run on d)"]);
    cli.write("karat.toml", config);
    // Golden files are read anew for both sides.
    cli.write("gold.jsonl", cli.read("gold.jsonl").replace("number 3 sat", "number 3 lay"));
    ends(
        &cli,
        &["gate"],
        0,
        &["the golden files of d changed since the run; both sides are scored with the current ones"],
    );
}

/// A program is compared by its files and is not started.
#[cfg(unix)]
#[test]
fn a_program_that_changed_is_named_and_one_that_is_absent_is_a_note() {
    let cli = gated();
    let script = "cat > /dev/null\necho '{\"summary\": \"the cat number 3 sat\"}'\n";
    cli.write("tool/extract.sh", script);
    let config = cli.read("karat.toml").replace(
        "kind = \"predictions\"\npath = \"answers.jsonl\"",
        "kind = \"process\"\ncommand = [\"sh\", \"tool/extract.sh\"]\nmode = \"once\"\nlayers = [\"summaries\"]\n\
         env_names = [\"KARAT_TEST_MODEL\"]",
    );
    cli.write("karat.toml", &config);
    let karat = |args: &[&str], model: Option<&str>| {
        let mut command = cli.karat(args);
        command.env_remove("KARAT_TEST_MODEL").envs(model.map(|model| ("KARAT_TEST_MODEL", model)));
        let output = command.output().unwrap();
        let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
        (output.status.code().unwrap(), text)
    };
    let (code, text) = karat(&["run", "--quiet"], Some("large-one"));
    assert_eq!(code, 0, "{text}");
    assert_eq!(karat(&["accept", "latest"], Some("large-one")).0, 0);
    let (code, text) = karat(&["gate"], Some("large-one"));
    assert!(code == 0 && !text.contains("stale") && !text.contains("cannot be compared"), "{text}");
    let (code, text) = karat(&["gate"], Some("small-one"));
    assert!(code == 2 && text.contains("the extractor \"e\" (`variable KARAT_TEST_MODEL`) changed since"), "{text}");
    let (code, text) = karat(&["gate"], None);
    let unknown = "the extractor \"e\" (`variable KARAT_TEST_MODEL`) cannot be compared with the run on this machine";
    assert!(code == 0 && text.contains(unknown), "{text}");
    cli.write("tool/extract.sh", format!("# edited\ntouch started\n{script}"));
    let (code, text) = karat(&["gate"], Some("large-one"));
    assert!(code == 2 && text.contains("the extractor \"e\" (`file tool/extract.sh`) changed since"), "{text}");
    assert!(!cli.exists("started"));
}

#[test]
fn what_happens_without_a_baseline_is_configured() {
    let cli = project("");
    let config = cli.read("karat.toml");
    let rules = |gate: &str, rule: &str| {
        cli.write("karat.toml", format!("{config}[gate]\n{gate}\n[[gate.rules]]\n{RULE}{rule}\n"));
    };
    succeeds(&cli, &["run", "--quiet", "--out", "a"]);
    rules("", "");
    ends(&cli, &["gate", "a"], 2, &["d, e: there is no baseline", "`if_no_baseline` in [gate]"]);
    rules("if_no_baseline = \"pass\"", "");
    ends(&cli, &["gate", "a"], 0, &["there is no baseline, which `if_no_baseline` allows"]);
    rules("if_no_baseline = \"fail\"", "");
    ends(&cli, &["gate", "a"], 100, &["there is no baseline, which `if_no_baseline` refuses"]);
    // A rule overrides the table.
    rules("if_no_baseline = \"fail\"", "if_no_baseline = \"pass\"");
    ends(&cli, &["gate", "a"], 0, &["allows"]);
    // A misspelt metric is still found.
    cli.write("karat.toml", cli.read("karat.toml").replace("rouge1.f1", "rouge1.fl"));
    ends(&cli, &["gate", "a"], 2, &["a rule names the unknown metric `summary.rouge1.fl`"]);
    rules("if_no_baseline = \"accept\"", "");
    // A run that fails the gate otherwise does not become the baseline.
    let floor = "[[gate.rules]]\nmetric = \"summary.rouge1.f1\"\n";
    cli.write("karat.toml", cli.read("karat.toml") + floor + "max = 0.5\n");
    ends(&cli, &["gate", "a"], 100, &["this run does not become it, since the gate fails"]);
    assert!(!cli.exists("golden/baselines/d/e.jsonl"));
    rules("if_no_baseline = \"accept\"", "");
    // A floor needs no baseline.
    cli.write("karat.toml", cli.read("karat.toml") + floor + "min = 0.5\n");
    let accepted = "note: accepted as the first baseline, to be committed: golden/baselines/d/e.jsonl\n";
    let said = succeeds(&cli, &["gate", "a"]);
    assert!(said.replace('\\', "/").contains(accepted), "{said}");
    ends(&cli, &["gate", "a"], 0, &["identical"]);
    ends(&cli, &["accept", "a"], 0, &["both systems gave the same answers"]);
}

#[test]
fn only_a_complete_run_is_accepted_without_a_baseline() {
    let cli = project(&format!("[gate]\nif_no_baseline = \"accept\"\n[[gate.rules]]\n{RULE}max_failed = 0.5\n"));
    cli.write("answers.jsonl", answers(true).lines().skip(5).map(|line| format!("{line}\n")).collect::<String>());
    assert_eq!(cli.run(&["run", "--quiet", "--out", "a"]).0, 5);
    for more in [&[][..], &["--allow-incomplete"]] {
        ends(&cli, &[&["gate", "a"], more].concat(), 5, &["d, e: 5 of 20 documents were not answered"]);
    }
    assert!(!cli.exists("golden/baselines/d/e.jsonl"));
}

#[test]
fn answers_to_other_texts_are_not_accepted_as_the_first_baseline() {
    let cli = project(&format!("[gate]\nif_no_baseline = \"accept\"\n[[gate.rules]]\n{RULE}"));
    succeeds(&cli, &["run", "--quiet", "--out", "a"]);
    let documents = cli.read("docs.jsonl");
    cli.write("docs.jsonl", documents.replace("\"Today the cat number 3 sat", "\"Today the hat number 3 sat"));
    ends(&cli, &["gate", "a"], 2, &["the documents of d changed since this run"]);
    assert!(!cli.exists("golden/baselines/d/e.jsonl"));
    cli.write("docs.jsonl", documents);
    ends(&cli, &["gate", "a"], 0, &["accepted as the first baseline"]);
}

#[test]
fn the_table_and_the_list_of_rules_are_told_apart() {
    let cli = project("[gate]\nif_no_baseline = \"maybe\"\n");
    ends(&cli, &["gate"], 2, &["[gate] `if_no_baseline` must be \"pass\", \"fail\" or \"accept\""]);
    let cli = project("[gate]\nif_no_baselin = \"pass\"\n");
    ends(&cli, &["gate"], 2, &["if_no_baselin", "did you mean `if_no_baseline`?"]);
    let cli = project(&format!("[gate]\nif_no_baseline = \"pass\"\n[[gate]]\n{RULE}"));
    ends(&cli, &["gate"], 2, &["beside [gate], rules are written as [[gate.rules]]"]);
}

/// Runs git in the folder of a project, or below it.
fn git(cli: &Cli, arguments: &[&str]) {
    let mut command = Command::new("git");
    command.current_dir(cli.path()).args(["-c", "user.name=karat", "-c", "user.email=karat@localhost"]);
    // A baseline is compared by its bytes.
    command.args(["-c", "core.autocrlf=false"]);
    let answer = command.args(["-c", "protocol.file.allow=always"]).args(arguments).output().unwrap();
    assert!(answer.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&answer.stderr));
}

/// A repository whose branch `main` has a baseline, and a branch `change` at the same commit.
fn repository(cli: &Cli) {
    succeeds(cli, &["run", "--quiet", "--out", "a"]);
    succeeds(cli, &["accept", "a"]);
    commit_all(cli);
    git(cli, &["checkout", "--quiet", "-b", "change"]);
}

fn commit_all(cli: &Cli) {
    if !cli.exists(".git") {
        git(cli, &["init", "--quiet", "--initial-branch=main"]);
        cli.write(".gitignore", ".karat\na\nclone\nreports\n");
    }
    git(cli, &["add", "."]);
    git(cli, &["commit", "--quiet", "--allow-empty", "-m", "a commit"]);
}

#[test]
fn a_change_cannot_move_its_own_baseline_unseen() {
    let cli = gated();
    repository(&cli);
    // A change that makes every answer worse, and accepts the worse run.
    cli.write("answers.jsonl", answers(false));
    succeeds(&cli, &["run", "--quiet"]);
    succeeds(&cli, &["accept", "latest", "--allow-worse"]);
    commit_all(&cli);
    ends(&cli, &["gate"], 0, &["identical"]);
    let moved = "this change also moves the baseline of d, e, which later changes are judged against: \
                 summary.rouge1.f1 1.000 -> 0.800";
    let warning = format!("warning: {moved}");
    let judging = ["note: judging the run .karat", " against the baselines of main (commit "];
    ends(&cli, &["gate", "--base", "main"], 100, &[&warning, judging[0], judging[1], "fell by 0.200"]);
    let of = |format: &str| cli.run(&["gate", "latest", "--base", "main", "--format", format]).1;
    let judged: serde_json::Value = serde_json::from_str(&of("json")).unwrap();
    let judged = &judged["judged"];
    assert_eq!(judged["moved_baselines"][0]["how"], "changed", "{judged}");
    assert!(judged["base"].as_str().unwrap().starts_with("the baselines of main (commit "), "{judged}");
    let page = of("md");
    assert!(page.contains("**Warning: this change also moves the baseline of d, e"), "{page}");
    let commands = of("github");
    assert!(commands.contains("::warning title=d%2C e%3A baseline changed::this change also moves"), "{commands}");
    // A baseline that is taken away is named as well.
    succeeds(&cli, &["accept", "--remove", "d/e"]);
    ends(&cli, &["gate", "--base", "main"], 100, &["warning: this change also removes the baseline of d, e"]);
}

#[test]
fn a_baseline_that_the_base_moved_is_not_blamed_on_the_change() {
    let cli = gated();
    repository(&cli);
    git(&cli, &["checkout", "--quiet", "main"]);
    cli.write("answers.jsonl", answers(false));
    succeeds(&cli, &["run", "--quiet", "--out", "a"]);
    succeeds(&cli, &["accept", "a", "--allow-worse"]);
    commit_all(&cli);
    git(&cli, &["checkout", "--quiet", "change"]);
    succeeds(&cli, &["run", "--quiet"]);
    let said = succeeds(&cli, &["gate", "--base", "main"]);
    assert!(said.contains("(d, e) moved after this branch began: merge it, or rebase"), "{said}");
    assert!(!said.contains("warning"), "{said}");
}

/// The base answered the text before the correction.
#[test]
fn documents_that_a_change_corrects_are_left_out() {
    let cli = gated();
    repository(&cli);
    let documents = cli.read("docs.jsonl");
    cli.write("docs.jsonl", documents.replace("Today the cat number 3 sat", "Later the cat number 3 sat"));
    succeeds(&cli, &["run", "--quiet"]);
    let said = succeeds(&cli, &["gate", "--base", "main"]);
    assert!(said.contains("warning: d, e: left out, since their texts differ from those in main (commit "), "{said}");
    assert!(said.contains("): \"d03\"\n"), "{said}");
    assert!(said.contains("19 documents"), "{said}");
    // Without a base commit, the baseline is refused: it has to be accepted anew.
    assert_eq!(cli.run(&["gate"]).0, 2);
}

/// Without a run of the current state, the working tree is run.
#[test]
fn a_stale_run_is_not_compared_with_a_commit() {
    let cli = gated();
    repository(&cli);
    succeeds(&cli, &["run", "--quiet"]);
    cli.write("answers.jsonl", answers(false));
    ends(&cli, &["gate", "--base", "main"], 100, &["note: judging a new run of the working tree (commit "]);
    ends(&cli, &["gate", "latest", "--base", "main"], 0, &["is a stale run", "identical"]);
}

#[cfg(unix)]
#[test]
fn a_shallow_clone_fetches_the_base() {
    let cli = gated();
    repository(&cli);
    cli.write("answers.jsonl", answers(false));
    commit_all(&cli);
    let origin = format!("file://{}", cli.path().display());
    git(&cli, &["clone", "--quiet", "--depth=1", "--branch=change", &origin, "clone"]);
    let karat = |arguments: &[&str]| {
        let output = cli.karat(arguments).current_dir(cli.path().join("clone")).output().unwrap();
        let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
        (output.status.code().unwrap(), text)
    };
    assert_eq!(karat(&["run", "--quiet"]).0, 0);
    for base in ["origin/main", "main"] {
        let (code, text) = karat(&["gate", "--base", base]);
        assert_eq!(code, 100, "{text}");
        assert!(text.contains(&format!("against the baselines of {base} (commit ")), "{text}");
    }
    let (code, text) = karat(&["gate", "--base", "origin/nowhere"]);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("this shallow clone lacks \"origin/nowhere\""), "{text}");
    assert!(text.contains("`fetch-depth: 0` of actions/checkout"), "{text}");
}

/// The base of a project's first pull request has no karat.toml.
#[test]
fn the_first_pull_request_has_no_base() {
    let cli = gated();
    let config = cli.read("karat.toml");
    std::fs::remove_file(cli.path().join("karat.toml")).unwrap();
    commit_all(&cli);
    git(&cli, &["checkout", "--quiet", "-b", "change"]);
    cli.write("karat.toml", &config);
    succeeds(&cli, &["run", "--quiet"]);
    ends(&cli, &["gate", "--base", "main"], 2, &["d, e: there is no baseline in main (commit "]);
    cli.write("karat.toml", config.replace("[[gate]]", "[[gate]]\nif_no_baseline = \"accept\""));
    succeeds(&cli, &["run", "--quiet"]);
    ends(&cli, &["gate", "--base", "main"], 0, &["note: accepted as the first baseline"]);
    // The accepted one is not written again.
    ends(&cli, &["gate", "--base", "main"], 0, &["note: this change adds the baseline of d, e"]);
}

#[test]
fn a_worse_run_is_accepted_on_request_only() {
    let rules = format!("[[gate]]\n{RULE}");
    for rules in [rules.as_str(), "", "[[gate]]\nmetric = \"summary.rouge1.f1\"\nmin = 0.1\n"] {
        let cli = project(rules);
        succeeds(&cli, &["run", "--quiet", "--out", "a"]);
        succeeds(&cli, &["accept", "a"]);
        let baseline = cli.read("golden/baselines/d/e.jsonl");
        cli.write("answers.jsonl", answers(false));
        succeeds(&cli, &["run", "--quiet", "--out", "b"]);
        let words =
            "this run is worse than the accepted baseline: d, e: summary.rouge1.f1: F1 of all 20 documents fell";
        ends(&cli, &["accept", "b"], 2, &[words, "`--allow-worse` accepts it"]);
        assert_eq!(cli.read("golden/baselines/d/e.jsonl"), baseline);
        ends(&cli, &["accept", "b", "--dry-run"], 0, &["only --allow-worse accepts it", "nothing was written"]);
        succeeds(&cli, &["accept", "b", "--allow-worse"]);
        assert_ne!(cli.read("golden/baselines/d/e.jsonl"), baseline);
        // A better run needs no permission.
        succeeds(&cli, &["accept", "a"]);
    }
    // A rule about another figure decides alone.
    let cli = project("[[gate]]\nmetric = \"summary.rouge2.f1\"\nmargin = 0.9\ninformational = true\n");
    succeeds(&cli, &["run", "--quiet", "--out", "a"]);
    succeeds(&cli, &["accept", "a"]);
    cli.write("answers.jsonl", answers(false));
    succeeds(&cli, &["run", "--quiet", "--out", "b"]);
    ends(&cli, &["accept", "b"], 2, &["summary.rouge1.f1"]);
}
