//! Properties of all commands, by clap's reflection, so that a new command is covered without
//! being named here.

use std::collections::BTreeMap;
use std::ffi::OsString;

use clap::builder::ValueParser;
use clap::{Arg, ArgAction, Command};

use super::super::value_sets::{HELP, ValueSet, requested};
use super::built;

/// Returns all commands with their names on the command line, without `help`.
fn commands() -> Vec<(Vec<String>, Command)> {
    fn add(found: &mut Vec<(Vec<String>, Command)>, path: &[String], command: &Command) {
        found.push((path.to_vec(), command.clone()));
        for below in command.get_subcommands().filter(|below| below.get_name() != HELP) {
            let path = [path, &[below.get_name().to_owned()]].concat();
            add(found, &path, below);
        }
    }
    let mut found = Vec::new();
    add(&mut found, &[], &built());
    found
}

/// Returns the command lines in the examples of a help text, without comments, redirections and
/// the commands behind a pipe.
fn examples(help: &str) -> Vec<String> {
    let Some((_, after)) = help.split_once("Examples:\n") else { return Vec::new() };
    let lines = after.lines().take_while(|line| !line.trim().is_empty()).map(str::trim_start);
    let commands = lines.flat_map(|line| line.split("  ").next().unwrap_or_default().split("; "));
    commands.map(|line| line.split(['>', '|']).next().unwrap_or_default().trim().to_owned()).collect()
}

#[test]
fn every_command_has_examples_that_parse() {
    for (path, command) in commands() {
        let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        let found = examples(&help.replace("<id>", "20260101T000000.000Z-01234567"));
        assert!(!found.is_empty(), "`karat {}` has no `Examples:` in its help", path.join(" "));
        for line in found {
            let words = shlex::split(&line).unwrap_or_else(|| panic!("{line}: quotes do not match"));
            assert_eq!(words[0], "karat", "{line}");
            let raw: Vec<OsString> = words[1..].iter().map(OsString::from).collect();
            if requested(&built(), &raw).is_none()
                && let Err(error) = built().try_get_matches_from(&words)
            {
                panic!("an example of `karat {}` is refused: {line}\n{error}", path.join(" "));
            }
        }
    }
}

#[test]
fn examples_are_cut_out_of_help_texts() {
    let help = "Examples:\n  karat a --b 'c d'   a comment\n  karat e > f; karat g | less\n\nNo example:\n  karat h";
    assert_eq!(examples(help), ["karat a --b 'c d'", "karat e", "karat g"]);
}

/// What an option is, apart from its help.
#[derive(Debug, PartialEq)]
struct Form {
    value: String,
    names: Vec<String>,
    defaults: Vec<OsString>,
    is_repeatable: bool,
}

impl Form {
    fn of(arg: &Arg) -> Self {
        let parser: &ValueParser = arg.get_value_parser();
        Self {
            value: format!("{:?}", parser.type_id()),
            names: arg.get_value_names().unwrap_or_default().iter().map(ToString::to_string).collect(),
            defaults: arg.get_default_values().iter().map(Into::into).collect(),
            is_repeatable: matches!(arg.get_action(), ArgAction::Append),
        }
    }
}

/// Options that are not the same in all commands, each with the reason.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("bootstrap", "`score` takes the number of resamples; `meta` has two things that can be resampled"),
    ("byte-order-mark", "`score` reads two sides, and takes a value for each"),
    ("cluster", "`score` reads no karat.toml, which chooses the default elsewhere"),
    ("deny", "`check` can deny warnings, `convert` losses"),
    ("extractor", "`plugin check` checks one; other commands select several"),
    ("format", "`history trend` draws a chart, which has formats of its own"),
    ("gold", "`score` reads several files of one reference each"),
    ("format", "`history trend` also draws"),
    ("limit", "`history` limits what is shown, and has a default; `run` limits documents"),
    ("limit", "`history` shows only the newest rows by default; `run` has no limit"),
    ("line-ends", "`score` reads two sides, and takes a value for each"),
    ("margin", "a rule of `gate` without a margin has another limit; other commands need a margin"),
    ("misfit", "the default of `score` depends on the preset"),
    ("missing", "documents lack a prediction, an annotator, or a rating"),
    ("normalise", "`score` reads two sides, and takes a value for each"),
    ("offset-unit", "`score` reads two sides, and takes a value for each"),
    ("out", "a run is a folder, a worklist is a file, and a conversion may be either"),
    ("scores", "`meta` reads figures of systems, which a file may not name"),
    ("slice", "a rule of `gate` judges one kind of slices; `compare` shows several"),
];

/// Options whose help must begin with the same sentence in all commands; what follows says what is
/// particular to a command.
const SAME_HELP: [&str; 8] = ["config", "dataset", "extractor", "format", "jobs", "layer", "metric", "seed"];

/// Commands in which one of these options means something else, each with the reason.
const OTHER_HELP: &[(&str, &str, &str)] = &[
    ("plugin check", "extractor", "it names the one program to check instead of selecting some"),
    ("compare", "metric", "it chooses which figures decide; all are shown"),
    ("gate", "metric", "it stands in for the rules of karat.toml"),
];

/// Returns the options of all commands by name, without those that every command has.
fn options() -> BTreeMap<String, Vec<(String, Arg)>> {
    let mut found: BTreeMap<String, Vec<(String, Arg)>> = BTreeMap::new();
    for (path, command) in commands().into_iter().filter(|(path, _)| !path.is_empty()) {
        for arg in command.get_arguments().filter(|arg| !arg.is_global_set()) {
            let Some(long) = arg.get_long().filter(|long| *long != HELP) else { continue };
            found.entry(long.to_owned()).or_default().push((path.join(" "), arg.clone()));
        }
    }
    found
}

#[test]
fn options_of_one_name_are_the_same_everywhere() {
    let mut violations = Vec::new();
    for (name, uses) in options() {
        let different = |(path, arg): &(String, Arg)| Form::of(arg) != Form::of(&uses[0].1) && !path.is_empty();
        let is_excepted = EXCEPTIONS.iter().any(|(excepted, _)| *excepted == name);
        match uses.iter().find(|other| different(other)) {
            Some((path, arg)) if !is_excepted => violations.push(format!(
                "--{name}: {} {:?}; {path} {:?}",
                uses[0].0,
                Form::of(&uses[0].1),
                Form::of(arg)
            )),
            None if is_excepted => violations.push(format!("--{name} needs no exception")),
            _ => {}
        }
    }
    assert!(violations.is_empty(), "\n{}", violations.join("\n"));
}

#[test]
fn common_options_begin_their_help_alike() {
    let options = options();
    let sentence = |arg: &Arg| {
        let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
        help.split(". ").next().unwrap_or_default().to_owned()
    };
    let mut violations = Vec::new();
    for name in SAME_HELP {
        let is_excepted = |path: &str| OTHER_HELP.iter().any(|(other, option, _)| *other == path && *option == name);
        let uses: Vec<_> = options[name].iter().filter(|(path, _)| !is_excepted(path)).collect();
        assert!(uses.len() > 1, "--{name}");
        for (path, arg) in &uses {
            if sentence(arg) != sentence(&uses[0].1) {
                violations.push(format!(
                    "--{name}: {}: {}; {path}: {}",
                    uses[0].0,
                    sentence(&uses[0].1),
                    sentence(arg)
                ));
            }
        }
    }
    assert!(violations.is_empty(), "\n{}", violations.join("\n"));
    assert!(options["seed"].iter().all(|(_, arg)| arg.get_default_values() == ["0"]));
}

/// `--OPTION help` lists the values of every option that has a set of them, in every command.
#[test]
fn every_option_with_a_set_of_values_lists_them() {
    let line = built();
    let mut lists = 0;
    for (path, command) in commands() {
        for arg in command.get_arguments().filter(|arg| arg.get_action().takes_values()) {
            let has_set = ValueSet::of(arg).is_some() || !arg.get_possible_values().is_empty();
            let Some(long) = arg.get_long().filter(|_| has_set) else { continue };
            let option = format!("--{long}");
            let words = path.iter().map(String::as_str).chain([option.as_str(), HELP]);
            let raw: Vec<OsString> = words.map(OsString::from).collect();
            assert!(requested(&line, &raw).is_some(), "karat {} --{long} help", path.join(" "));
            lists += 1;
        }
    }
    assert!(lists > 50, "{lists}");
}
