//! Completion in the shell: gives every argument with a set of values a completer, and answers the
//! scripts of `karat completions`.
//!
//! The script of a shell starts karat with the words of the line and the variable `COMPLETE`, so
//! that names of the project are completed and a script stays valid when commands are added. Only
//! karat.toml and the names of run folders are read; no extractor is started.

use std::ffi::OsStr;
use std::path::Path;

use clap::Command;
use clap_complete::CompleteEnv;
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate, PathCompleter, ValueCompleter};

use super::super::{call, command};
use super::ValueSet;

/// Returns a command whose arguments, and those of its subcommands, complete their values.
pub(in crate::cli) fn with_completers(command: Command) -> Command {
    let command = command.mut_args(|arg| match ValueSet::of(&arg) {
        Some(set) => arg.add(ArgValueCompleter::new(move |current: &OsStr| candidates(set, current))),
        None => arg,
    });
    command.mut_subcommands(with_completers)
}

/// Answers a shell that asks for candidates. Returns `false` if none asks: the program is then
/// started by a user.
pub(in crate::cli) fn answer_shell() -> bool {
    let completer = CompleteEnv::with_factory(command::build).bin("karat");
    completer.try_complete(call::words(), Some(Path::new("."))).unwrap_or_else(|error| error.exit())
}

fn candidates(set: ValueSet, current: &OsStr) -> Vec<CompletionCandidate> {
    let Some(begun) = current.to_str() else { return Vec::new() };
    let fitting = set.values().into_iter().filter(|value| value.name.starts_with(begun));
    let mut found: Vec<CompletionCandidate> = fitting
        .map(|value| {
            let about = (!value.about.is_empty()).then(|| value.about.replace(char::is_control, " ").into());
            CompletionCandidate::new(value.name).help(about)
        })
        .collect();
    if set.takes_paths() {
        found.extend(PathCompleter::any().complete(current));
    }
    found
}
