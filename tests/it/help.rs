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
    assert_cmd!("help_completions", cli.karat(&["completions", "--help"]));
    assert_cmd!("help_schema", cli.karat(&["schema", "--help"]));
}

#[test]
fn usage_errors() {
    let cli = Cli::new();
    assert_cmd!("usage_misspelt_command", cli.karat(&["scroe"]));
    assert_cmd!("usage_unknown_layer", cli.karat(&["score", "--gold", "g", "--pred", "p", "--layer", "entites"]));
    assert_cmd!("usage_no_jobs", cli.karat(&["run", "--jobs", "0"]));
}

/// `--OPTION help` needs nothing else that the command requires, and prints a line for each value.
#[test]
fn values_of_options() {
    let cli = Cli::with_dataset();
    for (args, values) in [
        (&["convert", "--to", "help"][..], &["karat", "brat", "label-studio"][..]),
        (&["convert", "x.json", "--from", "help"], &["karat", "doccano"]),
        (&["score", "--preset=help"], &["nervaluate", "seqeval", "rouge155"]),
        (&["score", "--metric", "help"], &["entities.strict", "summary.rouge1", "key_points"]),
        (&["compare", "a", "b", "--metric", "help"], &["entities.strict"]),
        (&["agree", "--layer", "help"], &["entities", "records.NAME"]),
        (&["score", "--tokenizer", "help"], &["rouge_score", "unicode"]),
        (&["score", "--stemmer", "help"], &["porter", "german"]),
        (&["score", "--offset-unit", "help"], &["code_point", "utf16"]),
        (&["convert", "--offset-unit", "help"], &["code_point", "utf16"]),
        (&["convert", "--tags", "help"], &["io", "bilou"]),
        (&["init", "--template", "help"], &["entities", "records"]),
        (&["plugin", "new", "--lang", "help"], &["python", "rust"]),
        (&["run", "--format", "help"], &["table", "json"]),
        (&["run", "--dataset", "help"], &["d"]),
        (&["run", "--extractor", "help"], &["lead", "patterns"]),
        (&["gate", "--slice", "help"], &["length", "meta.FIELD"]),
        (&["schema", "help"], &["karat.toml", "scores"]),
        (&["completions", "help"], &["bash", "zsh"]),
    ] {
        let (code, listed, errors) = cli.run(args);
        assert_eq!((code, errors.as_str()), (0, ""), "{args:?}");
        let names: Vec<&str> = listed.lines().filter_map(|line| line.split_whitespace().next()).collect();
        assert!(values.iter().all(|value| names.contains(value)), "{args:?}: {listed}");
    }
    assert_cmd!("values_of_template", cli.karat(&["init", "--template", "help"]));
    // A dataset of this name is a dataset.
    cli.write("karat.toml", cli.read("karat.toml").replace("[datasets.d]", "[datasets.help]"));
    assert!(cli.run(&["check", "--dataset", "help"]).1.contains("2 documents"));
}

/// Names that are misspelt, and names of other tools.
#[test]
fn hints() {
    let cli = Cli::with_dataset();
    for (args, hint) in [
        (&["evaluate"][..], "`karat score` does this"),
        (&["diff", "a", "b"], "`karat compare` does this"),
        (&["test"], "`karat gate` does this"),
        (&["scroe"], "'score'"),
        (&["score", "--references", "g"], "`--gold` is the option for this"),
        (&["run", "--extracter", "lead"], "'--extractor'"),
        (&["score", "--preset", "nervalute"], "did you mean `nervaluate`? `--preset help` lists them all"),
        (&["convert", "x", "--out", "y", "--to", "docano"], "did you mean `doccano`? `--from help` lists them all"),
        (&["score", "--layer", "entites"], "did you mean `entities`? `--layer help` lists them all"),
        (&["score", "--tokenizer", "unicod"], "did you mean `unicode`?"),
        (&["score", "--stemmer", "portr"], "did you mean `porter`?"),
        (&["run", "--format", "jsn"], "'json'"),
        (&["run", "--dataset", "dd"], "`d`"),
        (&["check", "--dataset", "dd"], "`d`"),
        (&["run", "--extractor", "led"], "did you mean `lead`?"),
        (&["schema", "scors"], "did you mean `scores`?"),
        (&["score", "--gold", "golden", "--pred", "golden", "--metric", "entities.strct"], "did you mean `entities."),
    ] {
        let (code, _, errors) = cli.run(args);
        assert!(code == 2 && errors.contains(hint), "{args:?}: {errors}");
    }
}

#[test]
fn without_a_configuration() {
    let cli = Cli::new();
    let (code, _, errors) = cli.run(&["run"]);
    assert!(code == 2 && errors.contains("`karat init` writes a karat.toml"), "{errors}");
}

/// `check --dataset` selects as the argument does.
#[test]
fn check_takes_its_datasets_as_an_option() {
    let cli = Cli::with_dataset();
    assert_eq!(cli.run(&["check", "--dataset", "d"]), cli.run(&["check", "d"]));
    assert_eq!(cli.run(&["check", "--dataset", "e"]).0, 2);
}

/// One page for each command, in the format of `man`.
#[test]
fn manual_pages() {
    let cli = Cli::new();
    let (code, printed, errors) = cli.run(&["man", "--out", "pages"]);
    assert_eq!((code, errors.as_str()), (0, ""));
    let mut pages: Vec<String> = std::fs::read_dir(cli.path().join("pages"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    pages.sort();
    assert!(printed.contains(&format!("wrote {} pages", pages.len())), "{printed}");
    for page in ["karat.1", "karat-score.1", "karat-runs-prune.1", "karat-plugin-check.1", "karat-man.1"] {
        assert!(pages.iter().any(|known| known == page), "{page}: {pages:?}");
    }
    for page in &pages {
        let text = cli.read(&format!("pages/{page}"));
        let command = page.trim_end_matches(".1");
        let sections: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix(".SH ")).collect();
        assert!(text.contains(&format!(".TH {command} 1 ")), "{page}: {text}");
        assert_eq!(sections[..2], ["NAME", "SYNOPSIS"], "{page}");
        assert!(text.contains("Examples:") && sections.contains(&"DESCRIPTION"), "{page}");
        // A line that begins with a full stop or an apostrophe is a request of roff.
        for request in text.lines().filter(|line| line.starts_with(['.', '\''])) {
            let name = request.trim_start_matches('.').split(' ').next().unwrap();
            let known = ["TH", "SH", "TP", "br", "ie", "el", "RS", "RE", "PP", "SS", "IP"];
            assert!(known.contains(&name), "{page}: {request}");
        }
    }
    assert_eq!(cli.run(&["man"]).1, cli.read("pages/karat.1"));
}
