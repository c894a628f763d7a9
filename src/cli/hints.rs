//! Hints for commands and options that karat does not have: what they are called in other tools,
//! and what is called so here. clap itself proposes names that are merely misspelt.

use std::ffi::OsString;

use clap::Command;
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};

/// Commands of other tools, each with a command line of karat that does the same.
const COMMANDS: [(&str, &str); 38] = [
    ("evaluate", "score"),
    ("evaluation", "score"),
    ("grade", "score"),
    ("metric", "score --metric help"),
    ("metrics", "score --metric help"),
    ("preset", "score --preset help"),
    ("presets", "score --preset help"),
    ("format", "convert --to help"),
    ("formats", "convert --to help"),
    ("eval", "run"),
    ("bench", "run"),
    ("benchmark", "run"),
    ("extract", "run"),
    ("predict", "run"),
    ("test", "gate"),
    ("assert", "gate"),
    ("ci", "gate"),
    ("diff", "compare"),
    ("significance", "compare"),
    ("leaderboard", "compare"),
    ("serve", "view"),
    ("show", "view"),
    ("open", "view"),
    ("ui", "view"),
    ("annotate", "view"),
    ("lint", "check"),
    ("validate", "check"),
    ("setup", "init"),
    ("create", "init"),
    ("list", "runs"),
    ("approve", "accept"),
    ("baseline", "accept"),
    ("iaa", "agree"),
    ("kappa", "agree"),
    ("aggregate", "summarize"),
    ("combine", "summarize"),
    ("correlate", "meta"),
    ("samples", "power"),
];

/// Options of other tools, each with the option of karat.
const OPTIONS: [(&str, &str); 22] = [
    ("--reference", "--gold"),
    ("--references", "--gold"),
    ("--ref", "--gold"),
    ("--refs", "--gold"),
    ("--target", "--gold"),
    ("--truth", "--gold"),
    ("--hypothesis", "--pred"),
    ("--hypotheses", "--pred"),
    ("--hyp", "--pred"),
    ("--prediction", "--pred"),
    ("--predictions", "--pred"),
    ("--candidate", "--pred"),
    ("--sys", "--pred"),
    ("--measure", "--metric"),
    ("--system", "--extractor"),
    ("--model", "--extractor"),
    ("--threads", "--jobs"),
    ("--workers", "--jobs"),
    ("--concurrency", "--jobs"),
    ("--output", "--out"),
    ("--output-dir", "--out"),
    ("--output-format", "--format"),
];

/// Adds to a usage error what another tool's command or option is called in karat.
pub(super) fn add(mut error: Error, command: &Command, raw: &[OsString]) -> Error {
    let named = |kind: ContextKind| match error.get(kind) {
        Some(ContextValue::String(name)) => Some(name.clone()),
        _ => None,
    };
    match error.kind() {
        ErrorKind::InvalidSubcommand => {
            let name = named(ContextKind::InvalidSubcommand).unwrap_or_default();
            let found = COMMANDS.iter().find(|(other, _)| *other == name);
            // Similar names of commands would only distract.
            if let Some((_, own)) = found.filter(|_| chosen(command, raw).get_name() == command.get_name()) {
                error.remove(ContextKind::SuggestedSubcommand);
                suggest(&mut error, format!("`karat {own}` does this"));
            }
        }
        ErrorKind::UnknownArgument => {
            let name = named(ContextKind::InvalidArg).unwrap_or_default();
            let long = |option: &str| option.trim_start_matches('-').to_owned();
            let chosen = chosen(command, raw);
            let has = |own: &str| chosen.get_arguments().any(|arg| arg.get_long() == Some(&long(own)));
            if let Some((_, own)) = OPTIONS.iter().find(|(other, own)| *other == name && has(own)) {
                error.remove(ContextKind::SuggestedArg);
                suggest(&mut error, format!("`{own}` is the option for this"));
            }
        }
        _ => {}
    }
    error
}

fn suggest(error: &mut Error, hint: String) {
    error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![hint.into()]));
}

/// Returns the subcommand that the arguments choose, or the command itself.
fn chosen<'c>(command: &'c Command, raw: &[OsString]) -> &'c Command {
    let mut chosen = command;
    for word in raw.iter().filter_map(|word| word.to_str()) {
        chosen = chosen.find_subcommand(word).unwrap_or(chosen);
    }
    chosen
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::ffi::OsString;

    use super::super::command;
    use super::{COMMANDS, OPTIONS, add};

    fn message(words: &[&str]) -> String {
        let raw: Vec<OsString> = words.iter().map(OsString::from).collect();
        let command = command::built();
        let error = command.clone().try_get_matches_from([&["karat".into()][..], &raw].concat()).unwrap_err();
        add(error, &command, &raw).to_string()
    }

    #[test]
    fn names_of_other_tools_lead_to_commands_that_exist() {
        let command = command::built();
        let own: BTreeSet<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
        for (other, wanted) in COMMANDS {
            let name = wanted.split(' ').next().unwrap();
            assert!(own.contains(name) && !own.contains(other), "{other}: {wanted}");
            assert!(message(&[other]).contains(&format!("tip: `karat {wanted}` does this")), "{}", message(&[other]));
        }
        let known: BTreeSet<String> = command
            .get_subcommands()
            .flat_map(clap::Command::get_arguments)
            .filter_map(|arg| arg.get_long().map(|long| format!("--{long}")))
            .collect();
        assert!(OPTIONS.iter().all(|(_, own)| known.contains(*own)));
    }

    #[test]
    fn options_of_other_tools_and_misspelt_ones() {
        assert!(message(&["score", "--references", "x"]).contains("tip: `--gold` is the option for this"));
        assert!(message(&["run", "--threads", "2"]).contains("tip: `--jobs` is the option for this"));
        assert!(message(&["run", "--references", "x"]).lines().all(|line| !line.contains("--gold")));
        assert!(message(&["score", "--metrc", "x"]).contains("'--metric'"));
        assert!(message(&["compar"]).contains("'compare'"));
    }
}
