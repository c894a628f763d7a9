//! `--format junit` and `--write`: the structure of JUnit XML, held against the rules of its schema
//! as Jenkins and GitLab read it, and what the cases say about verdicts and exit codes.

use std::collections::{BTreeMap, BTreeSet};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::check;
use crate::cli::{Cli, assert_cmd};
use crate::compare::files;

/// An element with its attributes, its children and its text.
#[derive(Debug, Default)]
struct Element {
    name: String,
    attributes: BTreeMap<String, String>,
    children: Vec<Element>,
    text: String,
}

impl Element {
    fn of(start: &BytesStart<'_>) -> Self {
        let name = start.name().as_ref().to_owned();
        let mut attributes = BTreeMap::new();
        for attribute in start.attributes() {
            let attribute = attribute.unwrap();
            let key = attribute.key.as_ref().to_owned();
            let value = quick_xml::escape::unescape(&attribute.value).unwrap().into_owned();
            assert!(attributes.insert(key, value).is_none(), "an attribute twice");
        }
        Self { name, attributes, ..Self::default() }
    }

    fn attribute(&self, name: &str) -> &str {
        self.attributes.get(name).unwrap_or_else(|| panic!("no {name} in {self:?}"))
    }

    fn count(&self, name: &str) -> usize {
        self.attribute(name).parse().unwrap()
    }

    fn named<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e Element> {
        self.children.iter().filter(move |child| child.name == name)
    }
}

fn parse(xml: &str) -> Element {
    let mut reader = Reader::from_str(xml);
    let mut open = vec![Element::default()];
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => open.push(Element::of(&start)),
            Event::Empty(start) => open.last_mut().unwrap().children.push(Element::of(&start)),
            Event::End(_) => {
                let closed = open.pop().unwrap();
                open.last_mut().unwrap().children.push(closed);
            }
            Event::Text(text) => open.last_mut().unwrap().text.push_str(&text),
            Event::GeneralRef(_) => open.last_mut().unwrap().text.push('&'),
            Event::Decl(_) => {}
            Event::Eof => break,
            other => panic!("JUnit XML has no {other:?}"),
        }
    }
    let mut root = open.pop().unwrap();
    assert!(open.is_empty() && root.children.len() == 1 && root.text.trim().is_empty());
    root.children.pop().unwrap()
}

/// Asserts that attributes are allowed, and that the required ones are present. Times, hosts and
/// ids are allowed by the schema, but would differ between equal runs.
fn check_attributes(element: &Element, required: &[&str]) {
    let names: BTreeSet<&str> = element.attributes.keys().map(String::as_str).collect();
    assert_eq!(names, required.iter().copied().collect(), "{}", element.name);
}

fn is_of(children: &[Element], order: &[&str]) -> bool {
    let ranks: Option<Vec<usize>> =
        children.iter().map(|child| order.iter().position(|name| *name == child.name)).collect();
    ranks.is_some_and(|ranks| ranks.is_sorted())
}

/// Checks a report against the rules of the schema, and returns its root.
fn validated(xml: &str) -> Element {
    assert!(xml.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n") && xml.ends_with("</testsuites>\n"));
    assert!(!xml.chars().any(|char| char.is_control() && char != '\n'));
    let root = parse(xml);
    assert_eq!(root.name, "testsuites");
    check_attributes(&root, &["name", "tests", "failures", "errors"]);
    let mut names = BTreeSet::new();
    for suite in &root.children {
        assert_eq!(suite.name, "testsuite");
        check_attributes(suite, &["name", "tests", "skipped", "failures", "errors"]);
        assert!(names.insert(suite.attribute("name")), "two suites of one name");
        assert!(is_of(&suite.children, &["properties", "testcase", "system-out", "system-err"]));
        assert!(suite.named("properties").count() <= 1);
        for property in suite.named("properties").flat_map(|properties| &properties.children) {
            assert_eq!(property.name, "property");
            check_attributes(property, &["name", "value"]);
        }
        let cases: Vec<&Element> = suite.named("testcase").collect();
        assert!(!cases.is_empty(), "servers report a suite without cases as an error");
        let mut of_suite = BTreeSet::new();
        for case in &cases {
            check_attributes(case, &["name", "classname"]);
            assert!(of_suite.insert(case.attribute("name")), "two cases of one name: {case:?}");
            assert!(is_of(&case.children, &["skipped", "error", "failure", "system-out", "system-err"]));
            let outcomes: Vec<&Element> =
                case.children.iter().filter(|child| !child.name.starts_with("system-")).collect();
            assert!(outcomes.len() <= 1);
            for outcome in outcomes {
                let required: &[&str] = if outcome.name == "skipped" { &["message"] } else { &["message", "type"] };
                check_attributes(outcome, required);
            }
        }
        let of_kind = |kind: &str| cases.iter().filter(|case| case.named(kind).count() > 0).count();
        assert_eq!(suite.count("tests"), cases.len());
        for (attribute, kind) in [("skipped", "skipped"), ("failures", "failure"), ("errors", "error")] {
            assert_eq!(suite.count(attribute), of_kind(kind));
        }
    }
    for attribute in ["tests", "failures", "errors"] {
        assert_eq!(root.count(attribute), sum(&root, attribute));
    }
    root
}

fn sum(root: &Element, attribute: &str) -> usize {
    root.children.iter().map(|suite| suite.count(attribute)).sum()
}

/// Tests, skipped cases, failures and errors.
fn counts(root: &Element) -> [usize; 4] {
    ["tests", "skipped", "failures", "errors"].map(|name| sum(root, name))
}

const MARGIN: [&str; 4] = ["--metric", "entities.strict.f1", "--margin", "0.01"];

#[test]
fn a_case_fails_if_the_gate_fails() {
    let cli = files();
    let gate = |baseline: &str, candidate: &str, more: &[&str]| {
        let of_files = ["gate", "--gold", "gold.jsonl", "--baseline", baseline, "--candidate", candidate];
        let (code, out, _) = cli.run(&[&of_files[..], &MARGIN, &["--format", "junit"], more].concat());
        (code, counts(&validated(&out)))
    };
    assert_eq!(gate("old.jsonl", "old.jsonl", &[]), (0, [1, 0, 0, 0]));
    assert_eq!(gate("new.jsonl", "better.jsonl", &[]), (0, [1, 0, 0, 0]));
    assert_eq!(gate("better.jsonl", "new.jsonl", &[]), (100, [1, 0, 1, 0]));
    assert_eq!(gate("better.jsonl", "old.jsonl", &[]), (0, [1, 0, 0, 0]));
    assert_eq!(gate("better.jsonl", "old.jsonl", &["--on-inconclusive", "fail"]), (100, [1, 0, 1, 0]));
    assert_eq!(gate("better.jsonl", "old.jsonl", &["--on-inconclusive", "neutral"]), (3, [1, 1, 0, 0]));
    // Two rules on one figure are two cases.
    assert_eq!(gate("better.jsonl", "new.jsonl", &["--metric", "entities.strict.f1"]).1[0], 2);
    let slices = ["--metric", "entities.strict.recall", "--slice", "meta.kind"];
    let of_files = ["gate", "--gold", "gold.jsonl", "--baseline", "better.jsonl", "--candidate", "new.jsonl"];
    let command = [&of_files[..], &slices, &["--margin", "0.01", "--format", "junit"]].concat();
    validated(&cli.run(&command).1);
    assert_cmd!("junit_gate", cli.karat(&command));
}

/// A run of a file of predictions, of which one document failed and one was skipped.
fn unanswered() -> Cli {
    let cli = Cli::new();
    let [mut documents, mut gold, mut predictions] = [const { String::new() }; 3];
    for id in ["a", "b", "c", "d"] {
        documents.push_str(&format!("{{\"id\": \"{id}\", \"text\": \"Ada left.\"}}\n"));
        let entities = r#""entities": [{"start": 0, "end": 3, "label": "PERSON"}]"#;
        gold.push_str(&format!("{{\"id\": \"{id}\", {entities}}}\n"));
        let answer = match id {
            "b" => {
                let error = format!("\u{1b}[31mKeyError: ]]> </failure> & {}", "x".repeat(100_000));
                serde_json::json!({"id": id, "status": "failed", "error": error}).to_string()
            }
            "c" => format!("{{\"id\": \"{id}\", \"status\": \"skipped\"}}"),
            _ => format!("{{\"id\": \"{id}\", {entities}}}"),
        };
        predictions.push_str(&format!("{answer}\n"));
    }
    cli.write("docs.jsonl", documents);
    cli.write("gold.jsonl", gold);
    cli.write("pred.jsonl", predictions);
    let config = "[datasets.d]\ndocuments = \"docs.jsonl\"\ngolden = \"gold.jsonl\"\n\n[extractors.ours]\n\
                  kind = \"predictions\"\npath = \"pred.jsonl\"\n\n[extractors.patterns]\nkind = \"builtin\"\n";
    cli.write("karat.toml", config);
    cli
}

#[test]
fn a_document_without_an_answer_is_a_case() {
    let cli = unanswered();
    let (code, out, _) = cli.run(&["run", "--format", "junit"]);
    let root = validated(&out);
    assert_eq!((code, counts(&root)), (5, [4, 1, 0, 1]));
    let suites: Vec<&str> = root.children.iter().map(|suite| suite.attribute("name")).collect();
    assert_eq!(suites, ["d.ours", "d.patterns"]);
    let failed = root.children[0].named("testcase").find(|case| case.attribute("name") == "b").unwrap();
    let error = failed.named("error").next().unwrap();
    assert_eq!(error.attribute("type"), "failed");
    assert!(error.attribute("message").starts_with("\\u{1b}[31mKeyError: ]]> </failure> & xxx"));
    assert!(error.attribute("message").chars().count() <= 600);
    let value = |at: usize| root.children[at].children[0].children[0].attribute("value").to_owned();
    assert_eq!([value(0), value(1)], ["0.666667", "0.000000"]);
    let (code, of_one_thread, _) = cli.run(&["run", "--format", "junit", "--jobs", "1"]);
    assert_eq!((code, &of_one_thread), (5, &out));
}

#[test]
fn a_streamed_run_has_the_same_report() {
    let cli = unanswered();
    let config = cli.read("karat.toml");
    cli.write(
        "karat.toml",
        config.split("[extractors.ours]").next().unwrap().to_owned() + "[extractors.patterns]\nkind = \"builtin\"\n",
    );
    let (code, loaded, _) = cli.run(&["run", "--format", "junit"]);
    assert_eq!((code, counts(&validated(&loaded))), (0, [1, 0, 0, 0]));
    assert_eq!(cli.run(&["run", "--stream", "--format", "junit"]).1, loaded);
}

#[test]
fn findings_are_cases() {
    let cli = check::clean();
    let junit = |more: &[&str]| {
        let (code, out, _) = cli.run(&[&["check", "--format", "junit"], more].concat());
        (code, counts(&validated(&out)))
    };
    assert_eq!(junit(&[]), (0, [1, 0, 0, 0]));
    // A label twice is an error; the full stop in a span is a warning.
    let bo = r#"{"start": 0, "end": 2, "label": "PERSON"}"#;
    check::golden(&cli, &format!("{bo}, {bo}, {{\"start\": 8, \"end\": 13, \"label\": \"GPE\"}}"), "");
    let (code, [tests, _, failures, _]) = junit(&[]);
    assert_eq!((code, failures), (2, 1));
    assert!(tests > 1);
    assert_eq!(junit(&["--deny", "warnings"]), (2, [tests, 0, tests, 0]));
    assert_cmd!("junit_check", cli.karat(&["check", "--format", "junit"]));
}

#[test]
fn a_result_is_written_in_several_formats() {
    let cli = unanswered();
    let write: Vec<String> =
        ["json", "csv", "md", "github", "junit"].iter().map(|format| format!("{format}=out/r.{format}")).collect();
    let write: Vec<&str> = write.iter().flat_map(|file| ["--write", file]).collect();
    assert_eq!(cli.run(&[&["run", "--quiet"], &write[..]].concat()).0, 5);
    for format in ["json", "csv", "github", "junit"] {
        let (code, out, _) = cli.run(&["run", "--format", format]);
        assert_eq!((code, out), (5, cli.read(&format!("out/r.{format}"))), "{format}");
    }
    assert!(cli.read("out/r.md").starts_with("# "));
    let commands = cli.read("out/r.github");
    assert!(commands.starts_with("::error title=d%2C ours%3A failed::\"b\": \\u{1b}[31mKeyError"), "{commands}");
    assert!(commands.contains("::warning title=d%2C ours%3A skipped::\"c\": "), "{commands}");
    assert!(commands.ends_with("d, ours: 2 of 4 answered, entities.strict.f1 0.667\nd, patterns: 4 of 4 answered, entities.strict.f1 0.000\n"), "{commands}");
    let wrong = |argument: &str| {
        let (code, _, error) = cli.run(&["check", "--write", argument]);
        assert_eq!(code, 2);
        error
    };
    assert!(wrong("table=t.txt").contains("no file has the format \"table\"; formats: json, csv, md, github, junit"));
    assert!(wrong("karat.xml").contains("write FORMAT=FILE"));
    assert!(wrong("junit=karat.toml/x.xml").contains("karat.toml"));
    assert!(wrong("json=-").contains("`-` is no file"));
    let (code, _, error) = cli.run(&["run", "--write", "json=x", "--write", "csv=x"]);
    assert!(code == 2 && error.contains("`--write` names x twice") && !cli.exists("x"), "{error}");
    // A part of the documents does not look like all of them.
    let (_, xml, _) = cli.run(&["run", "--limit", "1", "--format", "junit"]);
    assert!(xml.contains("<skipped message=\"This is a partial run: only selected documents were run.\""), "{xml}");
    let part = "This is a partial run: only selected documents were run.";
    assert!(cli.run(&["run", "--limit", "1", "--out", "part", "--format", "md"]).1.contains(part));
    assert!(cli.run(&["report", "part", "--format", "md"]).1.contains(part));
}

/// Annotations and Markdown for GitHub stay below its limits, whatever the number of documents.
#[test]
fn what_goes_to_github_is_short() {
    let cli = unanswered();
    let lines = |line: &dyn Fn(usize) -> String| (0..3000).map(|at| line(at) + "\n").collect::<String>();
    cli.write("docs.jsonl", lines(&|at| format!("{{\"id\": \"d{at}\", \"text\": \"Ada left.\"}}")));
    cli.write("gold.jsonl", lines(&|at| format!("{{\"id\": \"d{at}\", \"entities\": []}}")));
    cli.write(
        "pred.jsonl",
        lines(&|at| {
            format!("{{\"id\": \"d{at}\", \"status\": \"failed\", \"error\": \"no {at} é{}\"}}", "x".repeat(500))
        }),
    );
    assert_eq!(
        cli.run(&["run", "--quiet", "--write", "github=a.txt", "--write", "md=a.md", "--write", "junit=a.xml"]).0,
        5
    );
    for file in ["a.txt", "a.md"] {
        let text = cli.read(file);
        assert!(text.chars().count() <= 65_536 && text.len() <= 1 << 20, "{file}");
    }
    assert!(cli.read("a.txt").starts_with("::notice title=karat::left out to stay within 65536 characters: "));
    // A server shows what is in the file: nothing is left out.
    assert_eq!(counts(&validated(&cli.read("a.xml"))), [3001, 0, 0, 3000]);
}
