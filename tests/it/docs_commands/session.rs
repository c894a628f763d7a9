//! Runs the script of a page, and compares what its commands print with the page.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command as Process, Stdio};
use std::sync::LazyLock;

use regex::Regex;

use super::page::{Action, Command, Page};

/// A command whose output is not that of the page.
pub(crate) struct Error {
    pub(crate) line: usize,
    pub(crate) message: String,
    /// Whether an update of the page does not solve it.
    pub(crate) fatal: bool,
}

/// What a page's script did.
pub(crate) struct Outcome {
    pub(crate) commands: usize,
    pub(crate) errors: Vec<Error>,
    /// The text of the page with the output of the commands.
    pub(crate) updated: String,
}

/// Separates the outputs of commands.
const MARK: char = '\u{1e}';

pub(crate) fn run(page: &Page, root: &Path) -> Outcome {
    let mut outcome = Outcome { commands: 0, errors: Vec::new(), updated: page.text.clone() };
    if !page.actions.iter().any(|action| matches!(action, Action::Command(_))) {
        return outcome;
    }
    let folder = tempfile::tempdir().unwrap();
    let base = folder.path().canonicalize().unwrap();
    let script = write_script(page, root, &base);
    let printed = shell(&base, &script);
    let mut segments = printed.split(MARK);
    let mut replaced: Vec<(&Command, Vec<String>)> = Vec::new();
    for action in &page.actions {
        let (line, message) = match action {
            Action::Run(line, command) => (*line, command.as_str()),
            Action::Command(command) => (command.line, command.script.as_str()),
            _ => continue,
        };
        let (Some(output), Some(status)) = (segments.next(), segments.next()) else {
            let message = format!("the script ends here: {message}\n{printed}");
            outcome.errors.push(Error { line, message, fatal: true });
            return outcome;
        };
        // The texts end with the line that shows the status.
        let output = output.strip_prefix('\n').unwrap_or(output);
        let Action::Command(command) = action else {
            if status != "0" {
                let message = format!("`{message}` exits with {status}:\n{output}");
                outcome.errors.push(Error { line, message, fatal: true });
            }
            continue;
        };
        outcome.commands += 1;
        if status != "0" && !command.may_fail {
            let message = format!("`{message}` exits with {status}; the page has to show it by `$ echo $?`:\n{output}");
            outcome.errors.push(Error { line, message, fatal: true });
        }
        let output = output.replace(&base.display().to_string(), "/home/you");
        let output: Vec<String> = output.trim_end().lines().map(|line| line.trim_end().to_owned()).collect();
        if !matches(&command.output, &output) {
            let message = format!("`{message}` prints:\n{}", output.join("\n"));
            outcome.errors.push(Error { line, message, fatal: false });
            replaced.push((command, elided(&command.output, output)));
        }
    }
    let mut lines: Vec<String> = page.text.lines().map(str::to_owned).collect();
    for (command, output) in replaced.into_iter().rev() {
        lines.splice(command.range.clone(), output);
    }
    outcome.updated = lines.join("\n") + "\n";
    outcome
}

/// Writes what the script copies into a folder, and returns the script.
fn write_script(page: &Page, root: &Path, base: &Path) -> String {
    let mut script = "exec 2>&1\n".to_owned();
    let quoted = |path: &Path| format!("'{}'", path.display());
    for (number, action) in page.actions.iter().enumerate() {
        match action {
            Action::In(paths) => {
                let folder = base.join(number.to_string());
                fs::create_dir(&folder).unwrap();
                writeln!(script, "cd {}", quoted(&folder)).unwrap();
                for path in paths {
                    let (from, parent) = match path.strip_suffix('/') {
                        Some(path) => (root.join(path).join("."), folder.clone()),
                        None => (root.join(path), folder.join(path).parent().unwrap().to_owned()),
                    };
                    let (from, parent) = (quoted(&from), quoted(&parent));
                    writeln!(script, "mkdir -p {parent} && cp -R {from} {parent}").unwrap();
                }
            }
            Action::File(path, content) => {
                let stored = base.join(format!("file-{number}"));
                fs::write(&stored, content).unwrap();
                writeln!(script, "mkdir -p \"$(dirname '{path}')\" && cp {} '{path}'", quoted(&stored)).unwrap();
            }
            Action::Run(_, command) | Action::Command(Command { script: command, .. }) => {
                writeln!(script, "{command}\n_status=$?; printf '\\036%d\\036\\n' \"$_status\"; (exit \"$_status\")")
                    .unwrap();
            }
        }
    }
    script
}

/// Returns what a script prints, without the progress that long commands report on a busy machine.
fn shell(base: &Path, script: &str) -> String {
    let home = base.join("home");
    fs::create_dir(&home).unwrap();
    let file = base.join("script.sh");
    fs::write(&file, script).unwrap();
    let output = process("sh").arg(&file).current_dir(&home).env("HOME", &home).output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    printed.split_inclusive('\n').filter(|line| !line.starts_with("progress: ")).collect()
}

/// Returns a command whose output depends on nothing but its arguments and its folder.
fn process(program: &str) -> Process {
    let karat = Path::new(env!("CARGO_BIN_EXE_karat")).parent().unwrap().to_owned();
    let path = std::env::var_os("PATH").unwrap();
    let path = std::env::join_paths([karat].into_iter().chain(std::env::split_paths(&path))).unwrap();
    let mut command = Process::new(program);
    command.env_clear().env("PATH", path).env("LC_ALL", "C").stdin(Stdio::null());
    for (name, value) in [("AUTHOR", "you"), ("COMMITTER", "you")] {
        command.env(format!("GIT_{name}_NAME"), value).env(format!("GIT_{name}_EMAIL"), "you@example.org");
        command.env(format!("GIT_{name}_DATE"), "2026-01-01T00:00:00Z");
    }
    command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_COUNT", "1");
    command.env("GIT_CONFIG_KEY_0", "init.defaultBranch").env("GIT_CONFIG_VALUE_0", "main");
    command
}

/// Replaces what differs from run to run: ids of runs, times and commits.
fn without_variables(line: &str) -> String {
    static VARIABLE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"\d{8}T\d{6}\.\d{3}Z-[0-9a-f]{8}|\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?Z?|\bcommit [0-9a-f]{7,40}\b|\b\d+(\.\d+)? (ms|s)\b",
        )
        .unwrap()
    });
    VARIABLE.replace_all(line.trim_end(), "[varies]").into_owned()
}

/// Whether printed lines are those of a page, in which `...` stands for any number of lines.
pub(crate) fn matches(shown: &[String], printed: &[String]) -> bool {
    match shown.split_first() {
        None => printed.is_empty(),
        Some((first, rest)) if first == "..." => (0..=printed.len()).any(|at| matches(rest, &printed[at..])),
        Some((first, rest)) => printed.split_first().is_some_and(|(line, printed)| {
            without_variables(first) == without_variables(line) && matches(rest, printed)
        }),
    }
}

/// Returns what a page shows of an output: if it leaves out lines once, as many lines as before in
/// front of these and behind them.
pub(crate) fn elided(shown: &[String], mut printed: Vec<String>) -> Vec<String> {
    let mut left_out = (0..).zip(shown).filter(|(_, line)| *line == "...").map(|(at, _): (usize, _)| at);
    let (Some(head), None) = (left_out.next(), left_out.next()) else { return printed };
    let tail = shown.len() - head - 1;
    if printed.len() > head + tail {
        printed.splice(head..printed.len() - tail, ["...".to_owned()]);
    }
    printed
}

/// Returns the commands that the program does not parse. With `--help` after them nothing is run,
/// but what stands before it has to be known.
pub(crate) fn parse_errors(commands: &[(String, String)]) -> Vec<String> {
    let mut errors = Vec::new();
    for (at, command) in commands {
        let code = command.split(" #").next().unwrap().trim_end();
        let code = code.split(" || ").next().unwrap().split(" > ").next().unwrap();
        let Some(words) = shlex::split(code) else {
            errors.push(format!("{at}: `{command}` is not a command"));
            continue;
        };
        // What follows these commands is a program with arguments of its own.
        if words[1..].starts_with(&["plugin".to_owned(), "check".to_owned()]) {
            continue;
        }
        let output = process(env!("CARGO_BIN_EXE_karat")).args(&words[1..]).arg("--help").output().unwrap();
        let message = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() && !is_mention(&message) {
            errors.push(format!("{at}: `{command}`: {message}"));
        }
    }
    errors
}

/// Whether the program refuses a command only because it is a mention in a sentence: an option
/// without its value, or a word in capitals in place of a value.
fn is_mention(message: &str) -> bool {
    static MENTION: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new("^error: (invalid value '[A-Z/]+' for|unrecognized subcommand '[A-Z]+'|a value is required for)")
            .unwrap()
    });
    MENTION.is_match(message)
}
