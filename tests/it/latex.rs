//! `--format latex`: tables for papers.

use crate::cli::{Cli, assert_cmd};

/// Every row of a table has a cell for each column, and signatures are comments before it. The
/// snapshots of `inert` have whole tables of `score` and `gate`.
#[test]
fn every_row_has_every_cell() {
    let cli = crate::compare_systems::several();
    let compare = ["compare", "--gold", "gold.jsonl", "old.jsonl", "worse.jsonl"];
    let several = ["score", "--gold", "gold.jsonl", "--pred", "old.jsonl", "--pred", "worse.jsonl"];
    for command in [
        &["score", "--gold", "gold.jsonl", "--pred", "new.jsonl"][..],
        &several[..],
        &[&several[..], &["--baseline", "old.jsonl"]].concat()[..],
        &compare[..],
        &[&compare[..], &["new.jsonl"]].concat()[..],
    ] {
        let (code, latex, error) = cli.run(&[command, &["--format", "latex"]].concat());
        assert_eq!(code, 0, "{command:?}: {error}");
        assert!(latex.contains("\n% signature of entities.strict: "), "{latex}");
        let (mut columns, mut rows) = (0, 0);
        for line in latex.lines() {
            if let Some((_, aligned)) = line.split_once("\\begin{tabular}{") {
                columns = aligned.trim_end_matches('}').len();
            } else if line.ends_with(" \\\\") {
                assert_eq!(line.split(" & ").count(), columns, "{line}");
                rows += 1;
            }
        }
        assert!(rows > 1, "{latex}");
    }
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
