//! Exit codes. Scripts rely on them, so changing one is a breaking change. The list is shown in
//! `karat --help` and in the help of the commands that return a code of their own.

use clap::Command;

/// Success; for `karat gate`, the gate passes.
pub const PASS: u8 = 0;
/// An internal error of karat.
pub const INTERNAL: u8 = 1;
/// The command, the configuration or the data is invalid.
pub const INPUT: u8 = 2;
/// A gate is inconclusive, and a rule wants to tell this from a pass by the exit code.
pub const INCONCLUSIVE: u8 = 3;
/// The selection is empty.
pub const NOTHING_SELECTED: u8 = 4;
/// A run is incomplete: a document was not answered or not run.
pub const INCOMPLETE: u8 = 5;
/// A gate failed.
pub const GATE_FAILED: u8 = 100;

/// An exit code with its meaning.
pub(super) struct ExitCode {
    code: u8,
    about: &'static str,
    /// The commands that return it; empty for all commands.
    commands: &'static [&'static str],
}

/// All exit codes, as the help and the README list them.
pub(super) const CODES: [ExitCode; 7] = [
    ExitCode { code: PASS, about: "success; of `karat gate`: the gate passes", commands: &[] },
    ExitCode { code: INTERNAL, about: "internal error", commands: &[] },
    ExitCode { code: INPUT, about: "usage, configuration or data", commands: &[] },
    ExitCode {
        code: INCONCLUSIVE,
        about: "an inconclusive gate, with `on_inconclusive = \"neutral\"`",
        commands: &["gate"],
    },
    ExitCode {
        code: NOTHING_SELECTED,
        about: "nothing selected",
        commands: &[
            "check",
            "run",
            "report",
            "view",
            "merge",
            "score",
            "summarize",
            "compare",
            "gate",
            "accept",
            "power",
            "aa",
            "agree",
            "meta",
            "rank",
        ],
    },
    ExitCode {
        code: INCOMPLETE,
        about: "incomplete run: not every document was run and answered",
        commands: &["init", "run", "report", "merge", "gate", "accept", "aa"],
    },
    ExitCode { code: GATE_FAILED, about: "a failed gate", commands: &["gate"] },
];

/// Returns the section of the help that lists exit codes: those of a command, or all if `command`
/// is `None`. Returns an empty text for a command that returns only the codes of all commands.
fn section(command: Option<&str>) -> String {
    let is_own = |code: &ExitCode| command.is_none_or(|command| code.commands.contains(&command));
    if !CODES.iter().any(is_own) {
        return String::new();
    }
    let listed = CODES.iter().filter(|code| code.commands.is_empty() || is_own(code));
    let lines: Vec<String> = listed.map(|code| format!("  {:>3}  {}", code.code, code.about)).collect();
    format!("Exit codes:\n{}", lines.join("\n"))
}

/// Returns the command with its exit codes at the end of its help, and at the end of that of its
/// subcommands.
pub(super) fn with_codes(command: Command) -> Command {
    with_section(command, &section(None)).mut_subcommands(|below| {
        let own = section(Some(below.get_name()));
        with_section(below, &own)
    })
}

fn with_section(command: Command, section: &str) -> Command {
    if section.is_empty() {
        return command;
    }
    let before = command.get_after_help().map(|help| format!("{help}\n\n")).unwrap_or_default();
    command.after_help(format!("{before}{section}"))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::super::command;
    use super::{CODES, section};

    fn documents(folder: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.flat_map(|path| if path.is_dir() { documents(&path) } else { vec![path] }).collect()
    }

    /// Every table of exit codes in the documents has the codes of the program, each with its
    /// meaning.
    #[test]
    fn documents_list_the_same_codes() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let files = documents(&root.join("docs")).into_iter().chain([root.join("README.md")]);
        let wanted: Vec<String> = CODES.iter().map(|code| format!("| {} | {} |", code.code, code.about)).collect();
        let mut tables = 0;
        for file in files.filter(|file| file.extension().is_some_and(|extension| extension == "md")) {
            let text = fs::read_to_string(&file).unwrap();
            for (at, _) in text.match_indices("| code | meaning |\n") {
                let rows: Vec<&str> = text[at..].lines().skip(2).take_while(|line| line.starts_with('|')).collect();
                assert_eq!(rows, wanted, "{}", file.display());
                tables += 1;
            }
        }
        assert!(tables > 0, "no document has a table of exit codes with the header `code`, `meaning`");
    }

    #[test]
    fn codes_belong_to_commands() {
        let command = command::built();
        for name in CODES.iter().flat_map(|code| code.commands) {
            let below = command.find_subcommand(name).unwrap_or_else(|| panic!("there is no command `{name}`"));
            assert!(below.get_after_help().unwrap().to_string().contains(&section(Some(name))), "{name}");
        }
        let whole = command.get_after_help().unwrap().to_string();
        assert!(CODES.iter().all(|code| whole.contains(&format!("{:>3}  {}\n", code.code, code.about))
            || whole.ends_with(&format!("{:>3}  {}", code.code, code.about))));
        assert_eq!(section(Some("convert")), "");
    }
}
