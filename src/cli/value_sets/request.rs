//! `--OPTION help`: finds the request in the raw arguments, before they are parsed, since a list
//! needs none of the arguments that the command requires.

use std::ffi::OsString;

use clap::{Arg, Command};

use super::sets::of_possible;
use super::{HELP, Value, ValueList, ValueSet};

/// Returns the list that the raw arguments, without the name of the program, request; `None` if
/// they request none. `command` must be built.
pub(in crate::cli) fn requested(command: &Command, raw: &[OsString]) -> Option<ValueList> {
    let mut command = command;
    let mut has_position = false;
    let mut at = 0;
    while let Some(word) = raw.get(at) {
        at += 1;
        let word = word.to_str().unwrap_or_default();
        if word == "--" {
            return None;
        }
        if let Some(option) = word.strip_prefix("--") {
            let (name, value) = option.split_once('=').map_or((option, None), |(name, value)| (name, Some(value)));
            let Some(arg) = command.get_arguments().find(|arg| has_long(arg, name)) else { continue };
            if !arg.get_action().takes_values() {
                continue;
            }
            if value.or_else(|| raw.get(at)?.to_str()) == Some(HELP)
                && let Some(list) = list(arg, &format!("--{name}"))
            {
                return Some(list);
            }
            if value.is_none() {
                at += arg.get_num_args().map_or(1, |count| count.min_values().max(1));
            }
        } else if word.starts_with('-') && word.len() > 1 {
            let short = word.chars().nth(1);
            let arg = command.get_arguments().find(|arg| arg.get_short() == short);
            // `-j4` contains its value.
            let takes_next = word.chars().count() == 2 && arg.is_some_and(|arg| arg.get_action().takes_values());
            at += usize::from(takes_next);
        } else if let Some(below) = command.find_subcommand(word).filter(|_| !has_position) {
            command = below;
        } else {
            let arg = command.get_positionals().next()?;
            // The words behind a program are its own.
            if arg.is_trailing_var_arg_set() {
                return None;
            }
            let is_first = !std::mem::replace(&mut has_position, true);
            let is_of_karat = ValueSet::of(arg).is_none_or(|set| !set.is_of_project());
            if is_first && is_of_karat && word == HELP {
                let name = arg.get_value_names().and_then(<[_]>::first).map_or("", |name| name.as_str());
                return list(arg, name);
            }
        }
    }
    None
}

fn has_long(arg: &Arg, name: &str) -> bool {
    arg.get_long() == Some(name) || arg.get_all_aliases().is_some_and(|aliases| aliases.contains(&name))
}

/// Returns the values of an argument; `None` if it has no set of values, or if `help` is one of
/// them.
fn list(arg: &Arg, option: &str) -> Option<ValueList> {
    let (header, values) = if let Some(set) = ValueSet::of(arg) {
        (set.header(), set.values())
    } else {
        let possible = arg.get_possible_values();
        let values: Vec<Value> = possible.iter().filter(|value| !value.is_hide_set()).map(of_possible).collect();
        if values.is_empty() {
            return None;
        }
        (["value", "meaning"], values)
    };
    let is_value = values.iter().any(|value| value.name == HELP);
    (!is_value).then(|| ValueList { option: option.to_owned(), header, values })
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::super::super::command;
    use super::requested;

    fn option(words: &[&str]) -> Option<String> {
        let raw: Vec<OsString> = words.iter().map(OsString::from).collect();
        requested(&command::built(), &raw).map(|list| list.option)
    }

    #[test]
    fn requests_need_no_other_arguments() {
        assert_eq!(option(&["score", "--preset", "help"]).as_deref(), Some("--preset"));
        assert_eq!(option(&["--color", "never", "score", "--preset=help"]).as_deref(), Some("--preset"));
        assert_eq!(option(&["convert", "in.json", "--to", "help"]).as_deref(), Some("--to"));
        assert_eq!(option(&["plugin", "new", "--lang", "help"]).as_deref(), Some("--lang"));
        assert_eq!(option(&["completions", "help"]).as_deref(), Some("SHELL"));
        assert_eq!(option(&["run", "-j", "2", "--format", "help"]).as_deref(), Some("--format"));
    }

    #[test]
    fn values_that_are_no_requests() {
        for words in [
            &["score", "--gold", "help"][..],
            &["score", "--gold", "--preset", "help"],
            &["score", "--judge", "x --preset help"],
            &["plugin", "check", "--", "x", "--format", "help"],
            &["plugin", "check", "x", "--format", "help"],
            &["report", "help"],
            &["run", "--shard", "help"],
            &["help", "run"],
        ] {
            assert_eq!(option(words), None, "{words:?}");
        }
    }
}
