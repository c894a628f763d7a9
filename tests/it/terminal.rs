//! Tables, colours and notes on a terminal. `KARAT_TERMINAL_WIDTH` stands for a terminal.

use std::collections::BTreeMap;

use unicode_width::UnicodeWidthStr;

use crate::cli::{Cli, assert_cmd};
use crate::hostile::{STRINGS, files};
use crate::inert::COMMANDS;

/// What a command prints to standard output on a terminal of a width.
fn shown(cli: &Cli, args: &[&str], width: usize) -> String {
    let output = cli.karat(args).env("KARAT_TERMINAL_WIDTH", width.to_string()).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// Fails if a line is wider than the terminal, unless it is a path, which stays in one piece.
fn assert_fits(text: &str, width: usize, command: &[&str]) {
    let is_path = |line: &str| !line.trim().contains(' ') || line.starts_with("accepted: ");
    for line in text.lines().filter(|line| !is_path(line)) {
        assert!(line.width() <= width, "{command:?}: {} > {width}: {line:?}", line.width());
    }
}

const WIDTHS: [usize; 3] = [40, 80, 200];

#[test]
fn every_line_of_every_command_fits() {
    let hostile = files(&STRINGS.iter().map(|(_, string)| (*string).to_owned()).collect::<Vec<_>>());
    let plain = files(&["PERSON".to_owned(), "WORK_OF_ART".to_owned(), "GPE".to_owned()]);
    for width in WIDTHS {
        for (name, command) in COMMANDS {
            // The renderer of findings breaks no line of a document and no path.
            // Hostile names are cut and broken at the least width.
            for cli in [&plain, &hostile].into_iter().take(if width == 40 { 2 } else { 1 }) {
                if name != "check" {
                    assert_fits(&shown(cli, command, width), width, command);
                }
            }
        }
        let meta = crate::meta::files();
        let several = crate::compare_systems::several();
        for (cli, command) in [
            (&meta, &crate::meta::META[..]),
            (&several, &["compare", "--gold", "gold.jsonl", "old.jsonl", "better.jsonl", "new.jsonl"][..]),
            (&several, &["score", "--preset", "help"][..]),
        ] {
            assert_fits(&shown(cli, command, width), width, command);
        }
    }
}

#[test]
fn every_line_of_a_project_fits() {
    let cli = Cli::with_dataset();
    for shard in ["1/2", "2/2"] {
        let out = format!("s{}", &shard[..1]);
        assert!(cli.karat(&["run", "-q", "--shard", shard, "--out", &out]).status().unwrap().success());
    }
    for width in WIDTHS {
        for command in [
            &["run"][..],
            &["merge", "s1", "s2", "--out", "m"],
            &["runs"],
            &["report", "m"],
            &["aa", "--repeats", "2"],
            &["power", "m"],
            &["accept", "m"],
            &["compare", "m", "latest"],
        ] {
            assert_fits(&shown(&cli, command, width), width, command);
        }
    }
}

/// The numbers of three decimals in a text, with how often each occurs.
fn figures(text: &str) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for word in text.split(|char: char| !(char.is_ascii_digit() || char == '.')) {
        if word.split_once('.').is_some_and(|(_, decimals)| decimals.len() >= 3) {
            *counts.entry(word.to_owned()).or_default() += 1;
        }
    }
    counts
}

/// The cells of a line of a table.
fn cells(line: &str) -> Vec<&str> {
    line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect()
}

/// Every figure of the whole table is in the narrow one, but for those in the columns that the line
/// below it names.
#[test]
fn no_figure_is_lost_without_being_named() {
    let cli = files(&["PERSON".to_owned(), "WORK_OF_ART".to_owned()]);
    let mut named = 0;
    for (name, command) in COMMANDS.iter().filter(|(name, _)| !matches!(*name, "check" | "difference")) {
        let whole = cli.run(command).1;
        for width in WIDTHS {
            let text = shown(&cli, command, width);
            let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let left_out: Vec<&str> = joined
                .split("not shown at this width: ")
                .skip(1)
                .flat_map(|rest| rest.split("; --wide").next().unwrap().split(", "))
                .collect();
            named += left_out.len();
            let mut expected: BTreeMap<String, usize> = BTreeMap::new();
            let mut header: Vec<&str> = Vec::new();
            for line in whole.lines() {
                let row = cells(line);
                if row.len() > 2 && figures(line).is_empty() && line.starts_with(' ') {
                    header = row;
                    continue;
                }
                let is_row = row.len() == header.len() && line.starts_with(' ');
                let kept = row.iter().enumerate().filter(|(at, _)| !is_row || !left_out.contains(&header[*at]));
                for (figure, count) in kept.flat_map(|(_, cell)| figures(cell)) {
                    *expected.entry(figure).or_default() += count;
                }
            }
            let found = figures(&text);
            for (figure, count) in expected {
                let shown = found.get(&figure).copied().unwrap_or(0);
                assert!(shown >= count, "{name} at {width}: {figure} {shown} times of {count}:\n{text}\n{whole}");
            }
        }
    }
    assert!(named > 0, "no column was left out at any width");
}

#[test]
fn tables_at_80_and_40_columns() {
    let cli = crate::compare::files();
    for width in [80, 40] {
        for (name, command) in [
            ("score", &["score", "--gold", "gold.jsonl", "--pred", "new.jsonl"][..]),
            ("compare", &["compare", "--gold", "gold.jsonl", "old.jsonl", "new.jsonl", "--slice", "meta.kind"]),
        ] {
            insta::assert_snapshot!(format!("terminal_{name}_{width}"), shown(&cli, command, width));
        }
    }
}

/// `--wide` shows what a pipe gets, and without a terminal nothing depends on `COLUMNS`.
#[test]
fn wide_tables_have_every_column() {
    let cli = crate::compare::files();
    let command = ["compare", "--gold", "gold.jsonl", "old.jsonl", "new.jsonl"];
    let piped = cli.run(&command).1;
    assert_eq!(shown(&cli, &[&command[..], &["--wide"]].concat(), 40), piped);
    assert_ne!(shown(&cli, &command, 40), piped);
    let output = cli.karat(&command).env("COLUMNS", "40").output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), piped);
}

#[test]
fn a_terminal_that_is_too_narrow_is_named() {
    let cli = crate::compare::files();
    let text = shown(&cli, &["compare", "--gold", "gold.jsonl", "old.jsonl", "new.jsonl"], 20);
    let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(joined.contains("a table needs 30 columns, and this terminal has 20"), "{text}");
}

/// Colours mark verdicts by what they mean, not by their sign, and never stand alone.
#[test]
fn verdicts_have_colours() {
    let cli = files(&["PERSON".to_owned(), "GPE".to_owned()]);
    let gate = COMMANDS.iter().find(|(name, _)| *name == "gate").unwrap().1;
    let coloured = |command: &[&str]| {
        let text = cli.run(&[command, &["--color", "always"]].concat()).1;
        let plain = cli.run(&[command, &["--color", "never"]].concat()).1;
        let mut stripped = text.clone();
        for escape in ["\u{1b}[31m", "\u{1b}[32m", "\u{1b}[33m", "\u{1b}[2m", "\u{1b}[0m"] {
            stripped = stripped.replace(escape, "");
        }
        assert_eq!(stripped, plain, "{command:?}");
        assert_eq!(plain, cli.run(command).1, "{command:?}");
        text.replace('\u{1b}', "ESC")
    };
    let text = coloured(gate);
    let verdicts = [("fail", "31"), ("inconclusive", "33"), ("identical", "2"), ("pass", "32")];
    let found = verdicts.iter().filter(|(word, code)| text.contains(&format!("ESC[{code}m{word}")));
    assert!(found.count() > 0, "{text}");
    for (word, code) in verdicts {
        let of_rows = text.lines().filter(|line| line.contains(&format!("m{word}")));
        of_rows.for_each(|line| assert!(line.contains(&format!("ESC[{code}m{word}")), "{line}"));
    }
    let compare = crate::compare_systems::several();
    let args = ["compare", "--gold", "gold.jsonl", "old.jsonl", "better.jsonl", "worse.jsonl", "--color", "always"];
    let text = compare.run(&args).1.replace('\u{1b}', "ESC");
    assert!(text.contains("ESC[31mworseESC[0m"), "{text}");
}

/// Neither a label nor an id of a file colours anything, whatever it contains.
#[test]
fn no_escape_sequence_comes_from_data() {
    let cli = files(&STRINGS.iter().map(|(_, string)| (*string).to_owned()).collect::<Vec<_>>());
    for (name, command) in COMMANDS.iter().filter(|(name, _)| *name != "check") {
        let output = cli
            .karat(&[command, &["--color", "always"][..]].concat())
            .env("KARAT_TERMINAL_WIDTH", "60")
            .env("FORCE_HYPERLINK", "1")
            .output()
            .unwrap();
        let mut text = String::from_utf8(output.stdout).unwrap();
        for escape in ["\u{1b}[31m", "\u{1b}[32m", "\u{1b}[33m", "\u{1b}[2m", "\u{1b}[0m"] {
            text = text.replace(escape, "");
        }
        let hidden: Vec<char> = text.chars().filter(|char| *char != '\n' && karat::text::is_hidden(*char)).collect();
        assert!(hidden.is_empty(), "{name}: {hidden:?}");
    }
}

/// On a terminal, a run ends with its differences from the baseline, the use of the cache, the time
/// and the next commands; the reports have none of these.
#[test]
fn a_run_ends_with_what_matters() {
    let cli = Cli::with_dataset();
    assert!(cli.karat(&["run", "-q", "--out", "a"]).status().unwrap().success());
    let report = cli.read("a/d/report.md");
    let first = shown(&cli, &["run", "--out", "a"], 80);
    assert!(!first.contains("against the baseline"), "{first}");
    assert!(first.contains("next: `karat view a` shows the report\n"), "{first}");
    let project = shown(&cli, &["run"], 200);
    assert!(project.contains("next: `karat view` shows the report; `karat accept latest` makes this run"), "{project}");
    assert!(first.contains("0 answers from the cache, ") && first.contains("took "), "{first}");
    assert_eq!(cli.read("a/d/report.md"), report);
    assert!(cli.karat(&["accept", "a"]).status().unwrap().success());
    let second = shown(&cli, &["run", "--out", "b"], 80);
    assert!(second.contains("against the baseline: "), "{second}");
    assert!(second.contains("identical"), "{second}");
    let piped = cli.run(&["run", "--out", "b"]).1;
    assert!(!piped.contains("next:") && !piped.contains("took") && !piped.contains("against"), "{piped}");
    // A terminal that supports links gets the address of the report, and others its path.
    let output =
        cli.karat(&["run", "--out", "b"]).env("KARAT_TERMINAL_WIDTH", "80").env("FORCE_HYPERLINK", "1").output();
    let text = String::from_utf8(output.unwrap().stdout).unwrap();
    assert!(text.contains("\u{1b}]8;;file:///") && text.contains("b/d/report.md\u{1b}]8;;\u{1b}\\"), "{text:?}");
    assert!(second.contains("report: b/d/report.md\n"), "{second}");
}

#[test]
fn quiet_and_verbose_mean_the_same_everywhere() {
    let cli = crate::agree::files();
    let command = ["agree", "a.jsonl", "b.jsonl"];
    let (_, table, notes) = cli.run(&command);
    assert!(notes.contains("note: "), "{notes}");
    // What is left out is said under -q, too.
    let quiet = cli.run(&[&command[..], &["-q"]].concat());
    assert_eq!(quiet, (0, table.clone(), notes));
    let (_, same, details) = cli.run(&[&command[..], &["-v"]].concat());
    assert_eq!(same, table);
    assert!(details.contains("detail: a.jsonl: read as karat, detected from content\n"), "{details}");
    let (code, _, error) = cli.run(&["agree", "a.jsonl", "absent.jsonl", "-q"]);
    assert_eq!(code, 2);
    assert!(error.starts_with("error: "), "{error}");
    assert_cmd!("terminal_quiet_verbose", cli.karat(&["agree", "a.jsonl", "b.jsonl", "-q", "-v"]));
}

#[test]
fn verbose_explains_a_run() {
    let cli = Cli::with_dataset();
    let details = |args: &[&str]| {
        let (_, _, notes) = cli.run(args);
        notes.lines().filter(|line| line.starts_with("detail: ")).map(str::to_owned).collect::<Vec<_>>().join("\n")
    };
    let first = details(&["run", "-v", "--out", "a"]);
    for part in [
        "detail: the configuration is karat.toml",
        "detail: d, lead: 2 requested, 0 from earlier runs, 0 retries, in ",
        "detail: d, lead: no baseline at golden/baselines/",
        "detail: scoring the answers took ",
    ] {
        assert!(first.contains(part), "{part}\n{first}");
    }
    assert!(!first.contains("d, lead, a:"), "{first}");
    let second = details(&["run", "-vv", "--out", "a"]);
    assert!(second.contains("detail: d, lead, a: requested: ok after "), "{second}");
}
