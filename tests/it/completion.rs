//! Completion in shells: what karat answers to the scripts of `karat completions`.

use std::process::Command;

use crate::cli::Cli;

/// A project with two datasets, a process that must not be started, and two runs.
fn project() -> Cli {
    let cli = Cli::new();
    cli.write(
        "karat.toml",
        "[datasets.letters]\ndocuments = \"docs\"\ngolden = \"golden\"\n\
         [datasets.news]\ndocuments = \"docs\"\ngolden = \"golden\"\n\
         [extractors.mine]\nkind = \"process\"\ncommand = [\"sh\", \"-c\", \"touch started\"]\n\
         [profiles.ci]\ndatasets = [\"news\"]\n",
    );
    for run in ["20260101T000000.000Z-01234567", "20260102T000000.000Z-89abcdef"] {
        cli.write(&format!(".karat/runs/{run}/run.json"), "{}");
    }
    cli
}

/// What karat answers to a shell that completes the last of these words.
fn answer(cli: &Cli, shell: &str, words: &[&str]) -> Vec<String> {
    let mut command = cli.karat(&[&["--", "karat"], words].concat());
    command.env("COMPLETE", shell).env("_CLAP_COMPLETE_INDEX", words.len().to_string()).env("_CLAP_IFS", "\n");
    let output = command.output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{shell}: {words:?}");
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

/// The names that karat answers, without their descriptions.
fn names(cli: &Cli, words: &[&str]) -> Vec<String> {
    let with_help = answer(cli, "fish", words);
    with_help.iter().map(|line| line.split('\t').next().unwrap().to_owned()).collect()
}

#[test]
fn every_shell_gets_the_values() {
    let cli = project();
    for (shell, wanted) in [
        ("bash", "nervaluate"),
        ("elvish", "nervaluate"),
        ("zsh", "nervaluate:"),
        ("fish", "nervaluate\t"),
        ("powershell", "nervaluate\t"),
    ] {
        let found = answer(&cli, shell, &["score", "--preset", "ner"]);
        assert_eq!(found.len(), 1, "{shell}: {found:?}");
        assert!(found[0].starts_with(wanted), "{shell}: {found:?}");
    }
}

#[test]
fn values_of_every_kind() {
    let cli = project();
    assert_eq!(names(&cli, &["run", "--dataset", ""]), ["letters", "news"]);
    assert_eq!(names(&cli, &["run", "--dataset", "le"]), ["letters"]);
    assert_eq!(names(&cli, &["compare", "a", "b", "--extractor", ""]), ["mine"]);
    assert_eq!(names(&cli, &["run", "--profile", ""]), ["ci"]);
    assert_eq!(names(&cli, &["convert", "x", "--to", "brat"]), ["brat"]);
    assert_eq!(names(&cli, &["score", "--metric", "entities.str"]), ["entities.strict"]);
    assert_eq!(names(&cli, &["score", "--layer", "key_p"]), ["key_points"]);
    assert_eq!(names(&cli, &["schema", "karat."]), ["karat.toml"]);
    assert_eq!(names(&cli, &["init", "--template", "rec"]), ["records"]);
    assert_eq!(names(&cli, &["completions", "z"]), ["zsh"]);
    assert_eq!(names(&cli, &["comp"]), ["compare", "completions"]);
    assert!(names(&cli, &["run", "--prof"]).contains(&"--profile".to_owned()));
    let runs = names(&cli, &["report", ""]);
    let newest_first = ["latest", "previous", "20260102T000000.000Z-89abcdef", "20260101T000000.000Z-01234567"];
    assert_eq!(runs[..4], newest_first);
    cli.write("golden/baselines/news/mine.json", "{}");
    assert!(names(&cli, &["compare", ""]).contains(&"baseline".to_owned()));
    assert!(!cli.exists("started"), "completion started an extractor");
}

/// A shell that completes shows no errors: a broken project has no names.
#[test]
fn errors_are_silent() {
    let cli = Cli::new();
    assert!(names(&cli, &["run", "--dataset", ""]).is_empty());
    cli.write("karat.toml", "[datasets.letters\n");
    assert!(names(&cli, &["run", "--dataset", ""]).is_empty());
    // A value that is wrong does not hide names.
    cli.write("karat.toml", "[datasets.letters]\ndocuments = 3\n[datasets.\"a\\u001bb\"]\n");
    assert_eq!(names(&cli, &["run", "--dataset", ""]), ["letters"]);
}

#[test]
fn scripts_register_karat() {
    let cli = Cli::new();
    for (shell, wanted) in [
        ("bash", "complete -o nospace -o bashdefault -o nosort -F _clap_complete_karat karat"),
        ("zsh", "#compdef karat"),
        ("fish", "complete --keep-order --exclusive --command karat"),
        ("elvish", "set edit:completion:arg-completer[karat]"),
        ("powershell", "Register-ArgumentCompleter -Native -CommandName karat"),
    ] {
        let (code, script, errors) = cli.run(&["completions", shell]);
        assert_eq!((code, errors.as_str()), (0, ""), "{shell}");
        assert!(script.contains(wanted) && script.contains("COMPLETE"), "{shell}: {script}");
    }
}

/// Runs a script in a shell with karat in its path. Returns `None` if this machine lacks the shell.
#[cfg(unix)]
fn in_shell(cli: &Cli, shell: &str, script: &str) -> Option<String> {
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_karat")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let output = Command::new(shell).args(["-c", script]).current_dir(cli.path()).env("PATH", path).output().ok()?;
    assert!(output.status.success(), "{shell}: {}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}

#[cfg(unix)]
#[test]
fn bash_completes_by_the_script() {
    let cli = project();
    let script = "source <(karat completions bash)\n\
                  COMP_WORDS=(karat run --dataset '') COMP_CWORD=3 COMP_TYPE=9\n\
                  _clap_complete_karat karat '' --dataset\n\
                  printf '%s\\n' \"${COMPREPLY[@]}\"\n";
    if let Some(found) = in_shell(&cli, "bash", script) {
        assert_eq!(found, "letters\nnews\n");
    }
}

#[cfg(unix)]
#[test]
fn fish_completes_by_the_script() {
    let cli = project();
    let script = "karat completions fish | source; complete --do-complete 'karat run --dataset le'";
    if let Some(found) = in_shell(&cli, "fish", script) {
        assert_eq!(found, "letters\tdocs\n");
    }
}
