//! Runs every command of README.md and of the book, and compares its output with the page.
//!
//! A block of the language `console` has lines that begin with `$ `, each followed by its output.
//! The blocks of a page run as one script of `sh` in a temporary folder, in the order of the page,
//! with the built karat first in PATH. Continuation lines begin with `> `; a line `...` stands for
//! any number of lines. A command that fails is followed by `$ echo $?`, so that the page shows its
//! exit code. HTML comments, which readers do not see, prepare what the commands need:
//!
//! - `<!-- in: PATH ... -->` starts a new folder with copies of these paths of the repository; of a
//!   path that ends with `/`, the content of the folder is copied. `empty` copies nothing.
//! - `<!-- run: COMMAND -->` runs a command that the page does not show.
//! - `<!-- file: PATH -->` writes the next block, of any language, to a file.
//! - `<!-- shows: COMMAND -->` compares the next block with the output of a command.
//!
//! `KARAT_DOCS=update cargo test --test it -- docs_commands` writes the output into the pages, with
//! as many lines around `...` as before; `git diff` shows what changed. A block of commands that
//! cannot be run has the language `sh` and the words `not-run:` with a reason. A snapshot lists
//! these blocks, and the program parses their commands.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

mod page;
mod session;

use page::{Action, Page};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Returns the path and the text of README.md and of every page of the book, in order of the paths.
pub(crate) fn pages() -> Vec<(String, String)> {
    fn add(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                add(&entry, found);
            } else if entry.extension().is_some_and(|extension| extension == "md") {
                found.push(entry);
            }
        }
    }
    let mut found = vec![root().join("README.md")];
    add(&root().join("docs"), &mut found);
    found.sort();
    let read = |path: &Path| fs::read_to_string(path).unwrap().replace("\r\n", "\n");
    let name = |path: &Path| path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
    found.iter().map(|path| (name(path), read(path))).collect()
}

#[cfg(unix)]
#[test]
fn every_command_prints_what_the_page_shows() {
    let update = std::env::var("KARAT_DOCS").is_ok_and(|value| value == "update");
    let pages: Vec<Page> = pages().iter().map(|(name, text)| Page::read(name, text)).collect();
    let outcomes: Vec<session::Outcome> = std::thread::scope(|scope| {
        let started: Vec<_> = pages.iter().map(|page| scope.spawn(|| session::run(page, &root()))).collect();
        started.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let mut errors = String::new();
    let mut commands = 0;
    for (page, outcome) in pages.iter().zip(outcomes) {
        commands += outcome.commands;
        if update && outcome.updated != page.text {
            fs::write(root().join(&page.name), &outcome.updated).unwrap();
        }
        for error in outcome.errors.iter().filter(|error| !update || error.fatal) {
            writeln!(errors, "{}:{}: {}", page.name, error.line, error.message).unwrap();
        }
    }
    assert!(
        errors.is_empty(),
        "{errors}\nKARAT_DOCS=update writes the output of the commands into the pages; review it by `git diff`"
    );
    assert!(commands >= 110, "only {commands} commands were found on the pages");
}

/// A block of commands is run, or gives a reason why not, which the snapshot lists.
#[test]
fn blocks_that_are_not_run_give_a_reason() {
    let mut listed = String::new();
    for (name, text) in pages() {
        for block in Page::read(&name, &text).blocks() {
            let (language, rest) = block.info.split_once(' ').unwrap_or((&block.info, ""));
            let at = format!("{name}:{}", block.line);
            match language {
                "console" | "text" | "json" | "toml" | "yaml" | "csv" | "rust" | "python" | "javascript" | "xml"
                | "dockerfile" | "groovy" | "latex" | "sql" => {
                    assert!(rest.is_empty(), "{at}: the info string {:?} has a second word", block.info);
                }
                "sh" if block.file => assert!(rest.is_empty(), "{at}: a file has no second word"),
                "sh" => {
                    let reason = rest.strip_prefix("not-run: ").unwrap_or_else(|| {
                        panic!("{at}: commands stand in a `console` block, or give a reason: `sh not-run: REASON`")
                    });
                    writeln!(listed, "{name}: {reason}").unwrap();
                    block.content.lines().for_each(|line| writeln!(listed, "    {line}").unwrap());
                }
                other => panic!("{at}: unknown language {other:?} of a block"),
            }
            let karat = |line: &str| line.starts_with("karat ") && !line.starts_with("karat = ");
            let prompt = |line: &str| line.starts_with("$ ") || karat(line);
            assert!(
                matches!(language, "console" | "sh") || block.file || !block.content.lines().any(prompt),
                "{at}: commands stand in a `console` block"
            );
        }
    }
    insta::assert_snapshot!("docs_commands_not_run", listed);
}

/// The program accepts the options of every command that is only mentioned or cannot be run.
#[cfg(unix)]
#[test]
fn the_program_parses_every_command() {
    let mut commands = Vec::new();
    for (name, text) in pages() {
        let page = Page::read(&name, &text);
        for block in page.blocks().filter(|block| block.info.starts_with("sh not-run")) {
            let lines = block.content.lines().filter(|line| line.starts_with("karat "));
            commands.extend(lines.map(|line| (format!("{name}:{}", block.line), line.to_owned())));
        }
        commands.extend(page.inline().into_iter().map(|(line, code)| (format!("{name}:{line}"), code)));
    }
    assert!(commands.len() > 50, "only {} commands were found", commands.len());
    let errors: Vec<String> = std::thread::scope(|scope| {
        let chunks = commands.chunks(commands.len().div_ceil(4));
        let started: Vec<_> = chunks.map(|chunk| scope.spawn(|| session::parse_errors(chunk))).collect();
        started.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}

/// Examples of configuration are TOML, and examples of JSON are JSON, one value or one a line.
#[test]
fn examples_of_data_are_well_formed() {
    for (name, text) in pages() {
        for block in Page::read(&name, &text).blocks() {
            let at = format!("{name}:{}", block.line);
            match block.info.as_str() {
                "toml" => {
                    if let Err(error) = block.content.parse::<toml::Table>() {
                        panic!("{at}: {error}");
                    }
                }
                "json" => {
                    for value in serde_json::Deserializer::from_str(&block.content).into_iter::<serde_json::Value>() {
                        value.unwrap_or_else(|error| panic!("{at}: {error}"));
                    }
                }
                _ => {}
            }
        }
    }
}

/// README.md lists every exit code of src/cli/exit.rs once, and no other, in at most 200 lines.
#[test]
fn the_readme_is_short_and_lists_every_exit_code() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    assert!(readme.lines().count() <= 200, "{} lines", readme.lines().count());
    let source = fs::read_to_string(root().join("src/cli/exit.rs")).unwrap();
    let codes: Vec<&str> = source
        .lines()
        .filter_map(|line| line.strip_prefix("pub const ")?.split_once(": u8 = ")?.1.strip_suffix(';'))
        .collect();
    let (_, section) = readme.split_once("\n## Exit codes\n").unwrap();
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| ")?.split(' ').next());
    let listed: Vec<&str> = rows.filter(|cell| cell.parse::<u8>().is_ok()).collect();
    assert!(codes.len() >= 7, "{codes:?}");
    assert_eq!(listed, codes);
}

#[test]
fn what_a_page_may_contain() {
    let page = Page::read(
        "x.md",
        "<!-- in: a b/ -->\n```console\n$ one \\\n> two\nout\n...\n$ three\n```\n<!-- file: f -->\n```toml\nx = 1\n```\n",
    );
    let [Action::In(paths), Action::Command(first), Action::Command(second), Action::File(file, content)] =
        &page.actions[..]
    else {
        panic!("{:?}", page.actions)
    };
    assert_eq!(paths, &["a", "b/"]);
    assert_eq!(
        (first.script.as_str(), first.output.as_slice()),
        ("one \\\ntwo", &["out".to_owned(), "...".to_owned()][..])
    );
    assert_eq!((second.script.as_str(), second.line, second.output.len()), ("three", 7, 0));
    assert_eq!((file.as_str(), content.as_str()), ("f", "x = 1\n"));

    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let matches = |shown: &str, printed: &str| session::matches(&lines(shown), &lines(printed));
    assert!(matches("a\n...\nd", "a\nb\nc\nd") && matches("a\n...\nd", "a\nd") && matches("...", ""));
    assert!(!matches("a\n...\nd", "a\nb\nc") && !matches("a", "a\nb") && !matches("a\n...", "b"));
    assert!(matches("run 20260101T000000.000Z-00000000", "run 20261130T121314.567Z-0a1b2c3d"));
    assert!(!matches("F1 0.5", "F1 0.6"));

    let elided = |shown: &str, printed: &str| session::elided(&lines(shown), lines(printed)).join(" ");
    assert_eq!(elided("a\n...\nz", "b\nc\nd\ny"), "b ... y");
    assert_eq!(elided("a\nz", "b\nc\nd"), "b c d");
    assert_eq!(elided("a\n...\nz", "b\nc"), "b c");
}
