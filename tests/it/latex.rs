//! `--format latex`: tables for papers.

use crate::cli::{Cli, assert_cmd};

#[test]
fn tables_for_papers() {
    let cli = crate::compare_systems::several();
    let args = |command: &[&'static str]| [command, &["--format", "latex"]].concat();
    let run = |args: &[&str]| cli.karat(args);
    assert_cmd!("latex_score", run(&args(&["score", "--gold", "gold.jsonl", "--pred", "new.jsonl"])));
    let several =
        ["score", "--gold", "gold.jsonl", "--pred", "old.jsonl", "--pred", "new.jsonl", "--pred", "worse.jsonl"];
    let several = args(&[&several[..], &["--baseline", "old.jsonl"]].concat());
    assert_cmd!("latex_several", run(&several));
    let compare = ["compare", "--gold", "gold.jsonl", "old.jsonl", "worse.jsonl"];
    assert_cmd!("latex_compare", run(&args(&compare)));
    let systems = [&compare[..], &["new.jsonl", "--metric", "entities.strict.f1"]].concat();
    assert_cmd!("latex_systems", run(&args(&systems)));
}

#[test]
fn runs_agreement_and_correlations() {
    let cli = Cli::with_dataset();
    assert_cmd!("latex_run", cli.karat(&["run", "--format", "latex", "--out", "r"]));
    let meta = crate::meta::files();
    assert_cmd!("latex_meta", meta.karat(&[&crate::meta::META[..], &["--format", "latex"]].concat()));
    assert_cmd!("latex_agree", crate::agree::files().karat(&["agree", "a.jsonl", "b.jsonl", "--format", "latex"]));
    let (code, _, error) = cli.run(&["check", "--format", "latex"]);
    assert_eq!(code, 2, "{error}");
}
