//! brat's folders as people have them: equivalences with other names, folders of folders, and
//! labels whose text is not the document's.

use serde_json::Value;

use crate::cli::{Cli, assert_cmd};

#[test]
fn an_equivalence_may_have_any_name() {
    let cli = Cli::new();
    cli.write("k13/a.txt", "Ada, the Countess, wrote.");
    cli.write("k13/a.ann", "T1\tPER 0 3\tAda\nT2\tPER 5 17\tthe Countess\n*\tAlias T1 T2\n");
    let convert = ["convert", "k13", "--to", "karat", "--out", "x.jsonl", "--force"];
    assert!(cli.karat(&convert).status().unwrap().success());
    let line: Value = serde_json::from_str(&cli.read("x.jsonl")).unwrap();
    let mentions = &line["coreference"][0]["mentions"];
    let texts: Vec<&str> = mentions.as_array().unwrap().iter().map(|one| one["text"].as_str().unwrap()).collect();
    assert_eq!(texts, ["Ada", "the Countess"]);
    cli.write("k13/a.ann", "T1\tPER 0 3\tAda\nT2\tPER 5 17\tthe Countess\n*\tT1 T2\n*\tAlias\n*\tAlias T9\n");
    assert_cmd!("brat_equivalence_faults", cli.karat(&convert));
}

#[test]
fn folders_of_folders_are_read() {
    let cli = Cli::new();
    for side in ["gold", "pred"] {
        cli.write(&format!("{side}/a.txt"), "Ada");
        cli.write(&format!("{side}/a.ann"), "T1\tPER 0 3\tAda\n");
        cli.write(&format!("{side}/news/2024/a.txt"), "Bo met Ada");
        cli.write(&format!("{side}/news/2024/a.ann"), "T1\tPER 0 2\tBo\nT2\tPER 7 10\tAda\n");
    }
    cli.write("pred/news/2024/a.ann", "T1\tPER 0 2\tBo\n");
    // Annotation passes are no part of the golden files.
    cli.write("gold/passes/other/a.ann", "T1\tORG 0 3\tAda\n");
    let convert = ["convert", "gold", "--to", "karat", "--out", "x.jsonl"];
    assert!(cli.karat(&convert).status().unwrap().success());
    let ids: Vec<Value> = cli.read("x.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(ids.iter().map(|line| line["id"].as_str().unwrap()).collect::<Vec<_>>(), ["a", "news/2024/a"]);
    for more in [&[][..], &["--from", "brat"]] {
        let scores = cli.json(&[&["score", "--gold", "gold", "--pred", "pred"], more].concat());
        assert_eq!(scores["metrics"]["entities.strict.f1"]["value"], 0.8);
    }
}

#[test]
fn labels_with_another_text_are_refused_kept_or_dropped() {
    let cli = Cli::new();
    for side in ["gold", "pred"] {
        cli.write(&format!("{side}/a.txt"), "Ada met Bo in Oslo.");
        cli.write(
            &format!("{side}/a.ann"),
            "T1\tPER 0 3\tAda\nT2\tPER 8 10\tBob\nT3\tGPE 14 18\tOslo\nR1\tKnows Arg1:T1 Arg2:T2\n",
        );
    }
    let score = ["score", "--gold", "gold", "--pred", "pred", "--layer", "entities"];
    let with = |more: &[&'static str]| [&score[..], more].concat();
    assert_cmd!("brat_misfit_refuse", cli.karat(&score));
    assert_cmd!("brat_misfit_keep", cli.karat(&with(&["--misfit", "keep"])));
    assert_cmd!("brat_misfit_drop", cli.karat(&with(&["--misfit", "drop"])));
    // The tool reads no documents. `approx` compares the stored texts.
    for preset in ["brateval-exact-exact", "brateval-approx-exact"] {
        let scores = cli.json(&with(&["--preset", preset]));
        let metric = if preset.contains("approx") { "entities.approx.f1" } else { "entities.strict.f1" };
        assert_eq!(scores["metrics"][metric]["value"], 1.0, "{preset}");
        let output = cli.karat(&with(&["--preset", preset, "--misfit", "refuse"])).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{preset}");
    }
    assert_cmd!(
        "brat_misfit_convert",
        cli.karat(&["convert", "gold", "--to", "karat", "--out", "x.jsonl", "--misfit", "drop"])
    );
    assert!(!cli.read("x.jsonl").contains("Bob") && !cli.read("x.jsonl").contains("Knows"));
    // Offsets past the end of the text mean nothing, whatever the tool does.
    cli.write("pred/a.ann", "T1\tPER 0 99\tAda\n");
    assert_cmd!("brat_misfit_past_end", cli.karat(&with(&["--misfit", "keep"])));
}

/// BRATEval prints a row for the type of a matched prediction, in which nothing counts.
#[test]
fn a_type_of_matched_predictions_has_a_row_of_zeros() {
    let cli = Cli::new();
    cli.write("gold/a.txt", "Ada met Bo.");
    cli.write("gold/a.ann", "T1\tPER 0 3\tAda\nT2\tPER 8 10\tBo\n");
    cli.write("pred/a.txt", "Ada met Bo.");
    cli.write("pred/a.ann", "T1\tORG 0 3\tAda\nT2\tPER 8 10\tBo\n");
    let score = ["score", "--gold", "gold", "--pred", "pred", "--preset", "brateval-exact-inexact"];
    assert_cmd!("brateval_row_of_zeros", cli.karat(&score));
    let scores = cli.json(&score);
    assert_eq!(scores["metrics"]["entities.exact[ORG].f1"]["value"], 0.0, "{scores}");
}
