//! Hostile strings in every output: no markup, no command and no control character of an input
//! takes effect.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use karat::report::{RENDERERS, within};
use karat::text::is_hidden;
use proptest::collection::vec;
use proptest::prelude::{Strategy, any, prop, prop_oneof};
use proptest::{prop_assert_eq, proptest};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use regex::Regex;

use crate::cli::{Cli, assert_cmd};
use crate::hostile::{STRINGS, files, long, of_every_kind, report};

fn strings() -> Vec<String> {
    STRINGS.iter().map(|(_, string)| (*string).to_owned()).collect()
}

fn markdown(strings: &[String]) -> String {
    RENDERERS.iter().find(|renderer| renderer.file_name() == "report.md").unwrap().render(&report(strings))
}

/// The commands whose results have labels, ids and names of the files, with their formats.
const COMMANDS: [(&str, &[&str]); 8] = [
    ("score", &["score", "--gold", "gold.jsonl", "--pred", "new.jsonl"]),
    (
        "score_several",
        &["score", "--gold", "gold.jsonl", "--pred", "old.jsonl", "--pred", "new.jsonl", "--baseline", "old.jsonl"],
    ),
    ("difference", &["score", "--gold", "gold.jsonl", "--pred", "new.jsonl", "--explain-difference", "nervaluate"]),
    ("compare", &["compare", "--gold", "gold.jsonl", "old.jsonl", "new.jsonl", "--slice", "meta.kind"]),
    (
        "gate",
        &[
            "gate",
            "--gold",
            "gold.jsonl",
            "--baseline",
            "old.jsonl",
            "--candidate",
            "new.jsonl",
            "--margin",
            "0.1",
            "--metric",
            "entities.strict[*].f1",
            "--slice",
            "meta.kind",
        ],
    ),
    ("agree", &["agree", "gold.jsonl", "new.jsonl", "--out", "worklist.csv"]),
    ("power", &["power", "--gold", "gold.jsonl", "--baseline", "old.jsonl", "--candidate", "new.jsonl"]),
    ("check", &["check", "--golden", "gold.jsonl"]),
];

fn formats(command: &str) -> &'static [&'static str] {
    match command {
        "difference" => &["table", "json"],
        "gate" | "check" => &["table", "json", "csv", "md", "github", "junit"],
        _ => &["table", "json", "csv", "md"],
    }
}

/// Returns the hidden characters other than line breaks in a text.
fn hidden(text: &str) -> String {
    let hidden = text.chars().filter(|char| *char != '\n' && is_hidden(*char));
    hidden.flat_map(char::escape_default).collect()
}

#[test]
fn every_exporter() {
    let cli = files(&[of_every_kind(), "plain".to_owned()]);
    for (name, command) in COMMANDS {
        // Every layer in a table, and one layer where the output is long.
        let short: &[&str] = if matches!(name, "gate" | "power" | "check") { &[] } else { &["--layer", "entities"] };
        for format in formats(name).iter().filter(|format| **format != "json") {
            let whole = (name, *format) == ("compare", "table");
            let args = [command, if whole { &[] } else { short }, &["--format", format]].concat();
            assert_cmd!(format!("inert_{name}_{format}"), cli.karat(&args));
        }
    }
    insta::assert_snapshot!("inert_worklist_csv", cli.read("worklist.csv"));
}

/// What each string becomes in a line of Markdown and in a table for a terminal.
#[test]
fn every_string() {
    let cli = files(&strings());
    let mut shown = String::new();
    let markdown = cli.run(&["check", "--golden", "gold.jsonl", "--format", "md"]).1;
    let table = cli.run(&["agree", "gold.jsonl", "new.jsonl", "--layer", "entities"]).1;
    let labels = |line: &&str| line.contains("entities.strict[") && !line.contains("[not ");
    table.lines().filter(labels).for_each(|line| writeln!(shown, "{line}").unwrap());
    shown.push_str(&markdown);
    insta::assert_snapshot!("inert_strings", shown);
}

/// Tables, Markdown, annotations and notes have no control character, whether or not they are
/// printed to a terminal; JSON and CSV have every text as it is.
#[test]
fn no_control_character_reaches_a_reader() {
    let cli = files(&strings());
    for (name, command) in COMMANDS {
        for format in formats(name) {
            let (code, output, notes) = cli.run(&[command, &["--format", format]].concat());
            assert!([0, 2, 100].contains(&code), "{name} {format}: {code} {notes}");
            assert!(!output.is_empty(), "{name} {format}: {notes}");
            assert_eq!(hidden(&notes), "", "{name} {format}");
            if !matches!(*format, "csv" | "json") {
                assert_eq!(hidden(&output), "", "{name} {format}");
            }
            let is_command = |line: &&str| line.trim_start().starts_with("::");
            let commands: Vec<&str> = output.lines().chain(notes.lines()).filter(is_command).collect();
            let is_karats =
                |line: &&str| ["::error ", "::warning ", "::notice "].iter().any(|start| line.starts_with(start));
            assert!(
                matches!(*format, "csv") || *format == "github" || commands.is_empty(),
                "{name} {format}: {commands:?}"
            );
            assert!(matches!(*format, "csv") || commands.iter().all(is_karats), "{name} {format}: {commands:?}");
        }
    }
    let labels = cli.run(&["score", "--gold", "gold.jsonl", "--pred", "new.jsonl", "--format", "csv"]).1;
    let mut rows = csv::Reader::from_reader(labels.as_bytes());
    let labels: Vec<String> = rows.records().map(|row| row.unwrap()[3].to_owned()).collect();
    for string in strings() {
        assert!(labels.contains(&string), "{string:?}");
    }
}

/// A document, a label and an id of 1 MB.
#[test]
fn a_line_of_a_megabyte_is_cut() {
    let [_, line] = long();
    let cli = Cli::new();
    let document = serde_json::json!({"id": line, "text": line, "keyphrases": [], "entities": [{"start": 0, "end": 9, "label": line}]});
    let found = serde_json::json!({"id": line, "entities": [{"start": 0, "end": 4, "label": "x"}]});
    cli.write("gold.jsonl", format!("{document}\n"));
    cli.write("found.jsonl", format!("{found}\n"));
    for format in ["table", "md"] {
        let (code, output, notes) =
            cli.run(&["score", "--gold", "gold.jsonl", "--pred", "found.jsonl", "--format", format]);
        assert_eq!((code, hidden(&output), hidden(&notes)), (0, String::new(), String::new()));
        assert!(output.chars().count() < 30_000, "{format}: {}", output.chars().count());
    }
}

#[test]
fn long_labels_are_cut_in_tables_and_whole_in_data() {
    let [label, _] = long();
    let cli = files(std::slice::from_ref(&label));
    let longest = |output: &str| output.lines().map(|line| line.chars().count()).max().unwrap_or(0);
    for (name, command) in COMMANDS {
        for format in formats(name) {
            let output = cli.run(&[command, &["--format", format]].concat()).1;
            match *format {
                "table" | "md" => assert!(longest(&output) < 3000, "{name} {format}: {}", longest(&output)),
                "json" | "csv" if matches!(name, "score" | "gate" | "agree") => {
                    assert!(output.contains(&label), "{name} {format}");
                }
                _ => {}
            }
        }
    }
}

/// Runs karat with a terminal as its output. The terminal begins lines with a carriage return.
#[cfg(target_os = "linux")]
fn on_terminal(cli: &Cli, args: &[&str]) -> String {
    let quoted: Vec<String> = args.iter().map(|arg| format!("'{arg}'")).collect();
    let command = format!("{} {}", env!("CARGO_BIN_EXE_karat"), quoted.join(" "));
    let mut script = std::process::Command::new("script");
    script.args(["-qec", &command, "/dev/null"]).current_dir(cli.path()).env("NO_COLOR", "1");
    let output = script.stdin(std::process::Stdio::null()).output().unwrap();
    String::from_utf8_lossy(&output.stdout).replace("\r\n", "\n")
}

#[cfg(target_os = "linux")]
#[test]
fn data_on_a_terminal_has_no_control_character() {
    let cli = files(&strings());
    for (name, command) in COMMANDS.into_iter().filter(|(name, _)| matches!(*name, "score" | "agree" | "check")) {
        for format in formats(name) {
            let output = on_terminal(&cli, &[command, &["--format", format]].concat());
            assert!(!output.is_empty(), "{name} {format}");
            assert_eq!(hidden(&output), "", "{name} {format}");
        }
    }
    let score = ["score", "--gold", "gold.jsonl", "--pred", "new.jsonl", "--format", "json", "--per-document"];
    let shown: serde_json::Value = serde_json::from_str(&on_terminal(&cli, &score)).unwrap();
    assert_eq!(shown, serde_json::from_str::<serde_json::Value>(&cli.run(&score).1).unwrap());
    let document = serde_json::json!({"id": "a", "text": "\u{202e}evil", "keyphrases": ["\u{9b}"]});
    cli.write("plain.jsonl", format!("{document}\n"));
    let converted = on_terminal(&cli, &["convert", "plain.jsonl", "--to", "karat", "--out", "-"]);
    assert_eq!(hidden(&converted), "");
    assert!(converted.contains(r"\u{202e}evil"), "{converted}");
}

#[test]
fn cells_that_a_spreadsheet_would_compute() {
    let cli = files(&strings());
    let command = ["score", "--gold", "gold.jsonl", "--pred", "new.jsonl", "--format", "csv"];
    let exact = cli.run(&command).1;
    let safe = cli.run(&[&command[..], &["--csv-safe"]].concat()).1;
    let read = |text: &str| -> Vec<csv::StringRecord> {
        csv::Reader::from_reader(text.as_bytes()).records().map(Result::unwrap).collect()
    };
    let mut protected = 0;
    for (exact, safe) in read(&exact).iter().zip(&read(&safe)) {
        for (exact, safe) in exact.iter().zip(safe) {
            assert!(safe == exact || safe.strip_prefix('\'') == Some(exact), "{exact:?} {safe:?}");
            assert!(!safe.starts_with(['=', '@', '\t', '\r', '+', '-']) || safe.parse::<f64>().is_ok(), "{safe:?}");
            protected += usize::from(safe != exact);
        }
    }
    assert!(protected > 0);
    let agree = ["agree", "gold.jsonl", "new.jsonl", "--out", "worklist.csv", "--csv-safe"];
    assert_eq!(cli.run(&agree).0, 0);
    assert!(
        cli.read("worklist.csv").contains(",\"'=HYPERLINK(") && !cli.read("worklist.csv").contains(",\"=HYPERLINK(")
    );
}

/// The files of a run, and its notes about failures.
#[test]
fn reports_of_a_run() {
    let cli = Cli::with_dataset();
    let label = of_every_kind();
    cli.write(
        "golden/a.json",
        serde_json::json!({"id": "a", "entities": [{"start": 0, "end": 3, "label": label}]}).to_string(),
    );
    let (code, output, notes) = cli.run(&["run", "--csv-safe"]);
    assert_eq!((code, hidden(&output), hidden(&notes)), (0, String::new(), String::new()), "{notes}");
    let alignment = cli.read("reports/d/alignment.csv");
    assert!(alignment.contains("\"'=<b>|`*x*`") || alignment.contains(",'=<b>|`*x*`"), "{alignment}");
    assert_eq!(hidden(&cli.read("reports/d/report.md")), "");
    for command in [&["runs"][..], &["run", "--format", "md"], &["aa", "--repeats", "2"]] {
        let (code, output, notes) = cli.run(command);
        assert_eq!((code, hidden(&output), hidden(&notes)), (0, String::new(), String::new()), "{command:?} {notes}");
    }
}

/// Names in karat.toml, and the labels and ids of runs that are merged, accepted, judged and
/// compared.
#[test]
fn what_follows_a_run() {
    let cli = files(&[of_every_kind(), "plain".to_owned()]);
    let config = |dataset: &str, extractor: &str| {
        let [dataset, extractor] = [dataset, extractor].map(serde_json::Value::from);
        format!(
            "[datasets.{dataset}]\ndocuments = \"gold.jsonl\"\ngolden = \"gold.jsonl\"\n\n[extractors.{extractor}]\n\
             kind = \"predictions\"\npath = \"new.jsonl\"\n\n[[gate]]\nmetric = \"entities.strict.f1\"\nmargin = 0.1\n"
        )
    };
    cli.write("karat.toml", config("d", &of_every_kind()));
    let (code, _, notes) = cli.run(&["run"]);
    assert_eq!((code, &*hidden(&notes)), (2, ""));
    assert!(notes.contains(r"\u{202e}\u{200b}\0\n# @ada #12") && notes.contains("cannot be a file name"), "{notes}");
    cli.write("karat.toml", config("d", "e"));
    let commands: [&[&str]; 8] = [
        &["run", "--out", "r"],
        &["run", "--shard", "1/2", "--out", "s1"],
        &["run", "--shard", "2/2", "--out", "s2"],
        &["merge", "s1", "s2", "--out", "m"],
        &["accept", "r"],
        &["gate", "r"],
        &["compare", "baseline", "r"],
        &["runs"],
    ];
    for command in commands {
        let (code, output, notes) = cli.run(command);
        assert_eq!((code, &*hidden(&output), &*hidden(&notes)), (0, "", ""), "{command:?}: {notes}");
    }
    let report = cli.read("m/d/report.md");
    assert!(report.contains(r"\u{202e}"), "{report}");
    assert_eq!(hidden(&report), "");
}

/// Names of dimensions and metrics in files of ratings, and the answers of a program.
#[cfg(unix)]
#[test]
fn ratings_and_programs() {
    let cli = Cli::new();
    let name = of_every_kind();
    let quoted = format!("\"{}\"", name.replace('"', "\"\""));
    let rows = |of: fn(usize, usize) -> usize| -> String {
        (0..4)
            .flat_map(|system| (0..3).map(move |document| format!("s{system},d{document},{}\n", of(system, document))))
            .collect()
    };
    cli.write("scores.csv", format!("system,document,{quoted}\n{}", rows(|system, document| system * 2 + document)));
    cli.write(
        "ratings.csv",
        format!("system,document,{quoted}\n{}", rows(|system, document| system + document * document)),
    );
    for format in ["table", "md", "csv"] {
        let args =
            ["meta", "--scores", "scores.csv", "--ratings", "ratings.csv", "--resamples", "40", "--format", format];
        assert_cmd!(format!("inert_meta_{format}"), cli.karat(&args));
    }
    let hello = r#"{"protocol": "karat/1", "type": "hello", "name": "x", "layers": ["entities"]}"#;
    let script = format!(
        "printf '\\033[31mred\\033[0m \\033]8;;x\\007 \\r\\n::stop::\\n' >&2; echo '{hello}'; printf '\\033[2J\\302\\2332J\\n'"
    );
    for format in ["table", "md", "csv"] {
        let args = ["plugin", "check", "--timeout", "5s", "--format", format, "--", "sh", "-c", &script];
        let (code, output, notes) = cli.run(&args);
        assert_eq!(code, 2);
        assert_eq!(hidden(&notes), "", "{format}");
        assert!(format == "csv" || hidden(&output).is_empty(), "{format}: {output:?}");
    }
}

/// A lone surrogate can be written in JSON and is no text: it is refused, and the message is inert.
#[test]
fn lone_surrogates_are_refused() {
    let cli = files(&["plain".to_owned()]);
    cli.write("bad.jsonl", "{\"id\": \"plain\", \"keyphrases\": [\"\\ud800 \u{1b}[31m \u{202e}\"]}\n");
    let (code, _, notes) = cli.run(&["score", "--gold", "gold.jsonl", "--pred", "bad.jsonl"]);
    assert_eq!((code, hidden(&notes)), (2, String::new()), "{notes}");
}

/// Returns the number of elements of each kind that the parser finds in a page. Panics if there is
/// a link, an image, math, or HTML that is not karat's. Its links lead to headings of the page and
/// to the report beside it.
fn parsed(markdown: &str) -> BTreeMap<&'static str, usize> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_MATH
        | Options::ENABLE_GFM
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_WIKILINKS
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    let mut counts = BTreeMap::new();
    for event in Parser::new_ext(markdown, options) {
        let kind = match event {
            Event::Start(Tag::Heading { .. }) => "heading",
            Event::Start(Tag::Table(_)) => "table",
            Event::Start(Tag::TableRow) => "row",
            Event::Start(Tag::Item) => "item",
            Event::Start(Tag::BlockQuote(_)) => "quote",
            Event::Start(Tag::CodeBlock(_)) => "code",
            Event::Start(
                Tag::Strong | Tag::Emphasis | Tag::Paragraph | Tag::List(_) | Tag::TableHead | Tag::TableCell,
            )
            | Event::Text(_)
            | Event::Code(_)
            | Event::End(_)
            | Event::SoftBreak => continue,
            Event::Start(Tag::Link { dest_url, .. }) => {
                let is_within = |anchor: &str| anchor.chars().all(|char| char.is_alphanumeric() || "-_".contains(char));
                assert!(&*dest_url == "report.html" || dest_url.strip_prefix('#').is_some_and(is_within), "{dest_url}");
                continue;
            }
            other => panic!("{other:?} in {markdown}"),
        };
        *counts.entry(kind).or_default() += 1;
    }
    counts
}

/// Returns the number of elements of each kind that karat wrote, by the lines of a page. Panics if
/// a heading or a list item is not one of karat's.
fn written(markdown: &str) -> BTreeMap<&'static str, usize> {
    const HEADINGS: &str = "^(# .*|## (Verdicts|Entities|Records: .*|Key points|Summaries|Keyphrases|Worst documents|\
        Worked errors|Worked summaries|Warnings|Signatures|.* against .*)|### (Not answered|By .*|Confusion of labels|\
        Verdicts|system .* on .*|Labels|Slices, worst first|What changed|Empty summaries))$";
    const ITEMS: &str = r"^(\d+\. \*\*|- (summary|reference|words|facts|key points|signature|system)\b)";
    let (headings, items) = (Regex::new(HEADINGS).unwrap(), Regex::new(ITEMS).unwrap());
    let mut counts = BTreeMap::new();
    let (mut columns, mut is_code) = (None, false);
    for line in markdown.lines() {
        // The only indented code is below a heading; elsewhere indentation continues a list.
        let begins_code = line.starts_with("    ") && !is_code && !line.trim_start().starts_with("> ");
        is_code = line.starts_with("    ") && (is_code || begins_code);
        let bars = line.replace("\\\\", "").replace("\\|", "").matches('|').count();
        let kind = match line {
            _ if begins_code => "code",
            _ if is_code => continue,
            _ if line.starts_with('#') => {
                assert!(headings.is_match(line), "{line}");
                "heading"
            }
            _ if line.starts_with('|') && columns.is_none() => {
                columns = Some(bars);
                "table"
            }
            _ if line.starts_with('|') => {
                assert_eq!(columns, Some(bars), "{line}");
                // The line below the headings; a cell of an input may be dashes, but not every
                // cell.
                if line.chars().all(|char| "|-: ".contains(char)) {
                    continue;
                }
                "row"
            }
            _ if line.trim_start().starts_with("> ") => "quote",
            _ if line.starts_with("- ")
                || line.starts_with(|char: char| char.is_ascii_digit()) && items.is_match(line) =>
            {
                assert!(items.is_match(line), "{line}");
                "item"
            }
            _ => {
                columns = None;
                continue;
            }
        };
        if !line.starts_with('|') {
            columns = None;
        }
        *counts.entry(kind).or_default() += 1;
    }
    counts
}

/// Returns the text of a page without its code, with a line for each text that GitHub searches on
/// its own for mentions.
fn text_of(markdown: &str) -> String {
    let mut text = String::new();
    let mut is_code = false;
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => is_code = true,
            Event::End(TagEnd::CodeBlock) => is_code = false,
            Event::Text(part) if !is_code => text.push_str(&part),
            _ => text.push('\n'),
        }
    }
    text
}

/// What GitHub turns into a mention, a reference or a link.
const FOUND: &str = r"(?i)(^|[^a-z0-9_])@[a-z0-9]|#[0-9]|\bgh-[0-9]|[a-z]://|\bwww\.[a-z0-9]|[a-z0-9._-]@[a-z0-9_-]+\.[a-z0-9]|:shipit:";

#[test]
fn every_string_in_markdown_is_text() {
    let found = Regex::new(FOUND).unwrap();
    for string in strings() {
        let page = markdown(&[string.clone(), "two".to_owned()]);
        assert_eq!(parsed(&page), written(&page), "{string:?}");
        assert_eq!(found.find(&text_of(&page)).map(|found| found.as_str().to_owned()), None, "{string:?}");
    }
    let cli = files(&strings());
    let compare = cli.run(&["compare", "--gold", "gold.jsonl", "old.jsonl", "new.jsonl", "--format", "md"]).1;
    assert_eq!(parsed(&compare), written(&compare));
    for (name, command) in COMMANDS.iter().filter(|(name, _)| *name != "difference") {
        let page = cli.run(&[command, &["--format", "md", "--max-chars", "0"][..]].concat()).1;
        parsed(&page);
        assert_eq!(found.find(&text_of(&page)).map(|found| found.as_str().to_owned()), None, "{name}");
    }
}

/// Returns strings that are made of pieces of the hostile ones and of any characters.
fn hostile() -> impl Strategy<Value = String> {
    let pieces: Vec<String> =
        STRINGS.iter().flat_map(|(_, string)| string.split_inclusive(' ')).map(str::to_owned).collect();
    let marks = "\\`*_{}[]<>()#+-.!|~$&:;@=\"'\n\r\t 0aB/^".chars().map(String::from).collect::<Vec<_>>();
    let part = prop_oneof![
        4 => prop::sample::select(marks),
        2 => prop::sample::select(pieces),
        1 => any::<char>().prop_map(String::from),
    ];
    vec(part, 1..12).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 64, ..Default::default() })]

    /// Whatever the labels, ids, names, values, texts and messages are, the page has only the
    /// elements that karat wrote, and GitHub finds nothing in it.
    #[test]
    fn markdown_is_inert(string in hostile()) {
        let page = markdown(&[string, "two".to_owned()]);
        prop_assert_eq!(parsed(&page), written(&page));
        prop_assert_eq!(hidden(&page), "");
        let text = text_of(&page);
        prop_assert_eq!(Regex::new(FOUND).unwrap().find(&text).map(|found| found.as_str()), None);
    }
}

/// A page of any size keeps its verdicts, its tables and its limit.
#[test]
fn long_pages_shed_sections() {
    let report: Vec<String> = (0..40).map(|at| format!("document {at}")).collect();
    let page = markdown(&report);
    let all = page.chars().count();
    for most in [1000, 2000, 5000, 10_000, 20_000, all] {
        let short = within(&page, most, "X.");
        assert!(short.chars().count() <= most, "{most}");
        parsed(&short);
        let is_known = |line: &str| line.starts_with("> Left out") || page.lines().any(|other| other == line);
        assert!(short.lines().all(is_known));
        assert!(short.starts_with("# ") && (most == 1000 || short.contains("\n## Verdicts\n")), "{most}");
    }
}

#[test]
fn the_size_of_what_is_printed() {
    let strings: Vec<String> = (0..120).map(|at| format!("label-{at}")).collect();
    let cli = files(&strings);
    let chars = |args: &[&str]| {
        let (_, output, notes) = cli.run(args);
        assert!(!output.is_empty(), "{notes}");
        (output.chars().count(), output)
    };
    let score = ["score", "--gold", "gold.jsonl", "--pred", "new.jsonl", "--format", "md"];
    let (whole, page) = chars(&[&score[..], &["--max-chars", "0"]].concat());
    assert!(whole > 65_536 && !page.contains("Left out"), "{whole}");
    let (by_default, page) = chars(&score);
    assert!(by_default <= 65_536 && page.ends_with(". `--max-chars 0` prints everything.\n"), "{by_default}");
    let (small, page) = chars(&[&score[..], &["--max-chars", "3000"]].concat());
    assert!(small <= 3000 && page.contains("## Verdicts"));
    let gate = |most, format| [COMMANDS[4].1, &["--max-chars", most, "--format", format]].concat();
    for format in ["github", "md"] {
        let (small, output) = chars(&gate("4000", format));
        assert!(small <= 4000 && output.to_lowercase().contains("gate: "), "{format}: {output}");
    }
    assert_cmd!("inert_max_chars_github", cli.karat(&gate("1000", "github")));
    assert_cmd!("inert_max_chars_too_few", cli.karat(&["score", "--gold", "g", "--pred", "p", "--max-chars", "10"]));
}

/// Messages of errors and findings, whose lines the renderer indents, are no commands to the runner
/// of GitHub Actions.
#[test]
fn findings_are_no_workflow_commands() {
    let cli = Cli::new();
    let entity = serde_json::json!({"start": 0, "end": 3, "label": "P\n::add-mask::x ##[add-mask]y"});
    cli.write(
        "golden.jsonl",
        format!("{}\n", serde_json::json!({"id": "a", "text": "Ada met Bo.", "entities": [entity, entity]})),
    );
    cli.write("bad.jsonl", "{\"id\": \"a\", \"text\": \"x\", \"entities\": [{\"##[add-mask]z\": 1}]}\n");
    for file in ["golden.jsonl", "bad.jsonl"] {
        for command in [&["check", "--golden", file][..], &["score", "--gold", file, "--pred", file]] {
            let (_, output, notes) = cli.run(command);
            for line in output.lines().chain(notes.lines()) {
                assert!(!line.trim_start().starts_with("::") && !line.contains("##["), "{command:?}: {line:?}");
            }
        }
    }
}
