//! The help that users read, and the arguments that are refused.

use crate::cli::{Cli, assert_cmd};

#[test]
fn help() {
    let cli = Cli::new();
    assert_cmd!("help", cli.karat(&["--help"]));
    assert_cmd!("help_check", cli.karat(&["check", "--help"]));
    assert_cmd!("help_run", cli.karat(&["run", "--help"]));
    assert_cmd!("help_init", cli.karat(&["init", "--help"]));
    assert_cmd!("help_score", cli.karat(&["score", "--help"]));
    assert_cmd!("help_convert", cli.karat(&["convert", "--help"]));
}

#[test]
fn usage_errors() {
    let cli = Cli::new();
    assert_cmd!("usage_misspelt_command", cli.karat(&["scroe"]));
    assert_cmd!("usage_unknown_layer", cli.karat(&["score", "--gold", "g", "--pred", "p", "--layer", "entites"]));
    assert_cmd!("usage_no_jobs", cli.karat(&["run", "--jobs", "0"]));
}

#[test]
fn completions_for_every_shell() {
    let cli = Cli::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = cli.karat(&["completions", shell]).output().unwrap();
        assert!(output.status.success() && String::from_utf8_lossy(&output.stdout).contains("karat"), "{shell}");
    }
}
