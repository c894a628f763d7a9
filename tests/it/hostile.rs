//! The one table of hostile strings: what extractors and annotators may write and no output of
//! karat may obey. Tests use them as labels, ids, names, fields, values, summaries and messages.

use std::collections::BTreeMap;

use karat::corpus::{Dataset, DatasetInfo};
use karat::document::{Annotations, Document, Entity, KeyPoint, Layer, Record, Reference};
use karat::report::{ExtractorReport, Report};
use karat::score::{Answer, Settings, Status, System, score};
use serde_json::{Value, json};

use crate::cli::Cli;

/// A kind of string, and the string. No string is longer than a line of a snapshot; the long ones
/// are in [`long`].
pub(crate) const STRINGS: [(&str, &str); 22] = [
    ("html", "<img src=x onerror=alert(1)><script>a</script><!-- b -->"),
    ("html_end", "</summary></details></table><h1>x</h1>"),
    ("entities", "&lt;b&gt; &#35;1 &commat;ada"),
    ("emphasis", "**a** _b_ ~~c~~ `d` ``e`` $f$"),
    ("links", "[a](http://evil.example) ![b](http://evil.example/b.png) <http://evil.example>"),
    ("addresses", "https://evil.example www.evil.example ada@evil.example"),
    ("definitions", "[a]: http://evil.example \"b\""),
    ("mentions", "@ada (@org/team) #123 org/repo#1 GH-7 :shipit:"),
    ("cells", r"a | b \| c \\| d\"),
    ("escapes", "\u{1b}[31mred\u{1b}[0m\u{1b}]8;;http://evil.example\u{7}a\u{1b}]8;;\u{7}\u{8}\u{7f}\u{9b}2J"),
    ("lines", "a\n# b\r\n- c\rd\n```\n\n<b>e</b>\n    f\n| g | h |\n| - | - |\n---\n"),
    ("bidi", "\u{202e}evil\u{202c}\u{2066}a\u{2069}\u{200e}\u{200f}\u{61c}"),
    ("separators", "a\u{2028}b\u{2029}c\u{85}d\u{b}e\u{c}f"),
    ("zero_width", "a\u{200b}b\u{feff}c\u{2060}d\u{ad}e\u{e0041}"),
    ("nul", "a\0b"),
    ("formula", "=HYPERLINK(\"http://evil.example\",\"a\")"),
    ("formula_signs", "+1+1"),
    ("formula_at", "@SUM(1)"),
    ("formula_tab", "\t=1+1"),
    ("commands", "::error file=a::b\n::stop-commands::c ##[error]d"),
    ("heading", "# heading"),
    ("blocks", "- 1. > a\n===\n+ b"),
];

/// Returns strings that are too long for a snapshot: a label of 5,000 characters and a line of
/// 1 MB.
pub(crate) fn long() -> [String; 2] {
    ["L".repeat(5000), "<b>\u{1b}".repeat(250_000)]
}

/// Returns one string that has something of every kind, for snapshots.
pub(crate) fn of_every_kind() -> String {
    "=<b>|`*x*` [a](b)\u{1b}[31m\u{202e}\u{200b}\0\n# @ada #12 http://c.d".to_owned()
}

fn record(string: &str) -> Record {
    serde_json::from_value(json!({string: format!("value {string}"), "same": string})).unwrap()
}

/// Returns a document whose id and text have the string, and its gold annotations.
fn gold(string: &str) -> (Document, Annotations) {
    let document = Document::new(string, format!("{string} and more."));
    let all = document.span(0..string.len());
    let point = KeyPoint { id: Some(string.to_owned()), text: string.to_owned(), ..KeyPoint::default() };
    let gold = Annotations {
        entities: Some(vec![Entity::new(all, string)]),
        records: Some(BTreeMap::from([(string.to_owned(), vec![record(string)])])),
        summaries: Some(vec![format!("{string} is in 2 places, said Ada.")]),
        keyphrases: Some(vec![string.to_owned()]),
        key_points: Some(vec![point]),
        ..Annotations::default()
    };
    (document, gold)
}

/// Returns predictions that have errors of several classes.
fn predicted(string: &str) -> Annotations {
    let document = gold(string).0;
    let half = string.floor_char_boundary(string.len() / 2);
    let part = document.span(half..document.text().len());
    Annotations {
        entities: Some(vec![
            Entity::new(part, format!("not {string}")),
            Entity::new(document.span(0..string.len()), "x"),
        ]),
        records: Some(BTreeMap::from([(string.to_owned(), vec![record(&format!("not {string}"))])])),
        summaries: Some(vec![format!("{string} is in 3 places, said Bo.")]),
        keyphrases: Some(vec![format!("not {string}")]),
        ..Annotations::default()
    }
}

/// Returns a report on documents that consist of the strings, which must differ from each other.
/// The last document is not answered.
pub(crate) fn report(strings: &[String]) -> Report {
    let reference = |string: &String| {
        let (document, gold) = gold(string);
        (string.clone(), Reference { document: Some(document), gold, ..Reference::default() })
    };
    let references: BTreeMap<String, Reference> = strings.iter().map(reference).collect();
    let name = strings.concat();
    let info = DatasetInfo { name: Some(name.clone()), description: Some(name.clone()), ..DatasetInfo::default() };
    let dataset = Dataset { name: name.clone(), info, references, ..Dataset::default() };
    let answer = |(at, string): (usize, &String)| {
        let answer = match at + 1 == strings.len() {
            true => Answer::without(Status::Failed, format!("failed {string}")),
            false => Answer::ok(predicted(string)),
        };
        (string.clone(), answer)
    };
    let mut declared: Vec<Layer> = vec![Layer::Entities, Layer::Summaries, Layer::Keyphrases, Layer::KeyPoints];
    declared.extend(strings.iter().map(|string| Layer::Records(string.clone().into())));
    let answers = strings.iter().enumerate().map(answer).collect();
    let declared = declared.into_iter().collect();
    let system = System { name: format!("system {name}"), declared, answers };
    let scores = score(&dataset.references, &system, &Settings { examples: true, ..Settings::default() });
    let mut report = Report::new(&dataset);
    report.extractors.push(ExtractorReport::new(&system, &report.documents, scores));
    report
}

/// Returns a folder with documents that consist of the strings: golden files `gold.jsonl`, and
/// predictions `old.jsonl` and `new.jsonl` that differ.
pub(crate) fn files(strings: &[String]) -> Cli {
    let cli = Cli::new();
    let line = |string: &str, annotations: &Annotations, more: Value| {
        let mut line = serde_json::to_value(annotations).unwrap();
        let fields = line.as_object_mut().unwrap();
        fields.retain(|_, value| !value.is_null());
        fields.insert("id".to_owned(), json!(string));
        fields.extend(more.as_object().unwrap().clone());
        format!("{line}\n")
    };
    let golden = |string: &String| {
        let (document, gold) = gold(string);
        // A few slices: each is compared on its own.
        let kind = if strings.iter().take(2).any(|first| first == string) { string.as_str() } else { "plain" };
        line(string, &gold, json!({"text": document.text(), "meta": {"kind": kind}}))
    };
    let prediction = |string: &String| line(string, &predicted(string), json!({}));
    let repaired = |string: &String| line(string, &Annotations { key_points: None, ..gold(string).1 }, json!({}));
    cli.write("gold.jsonl", strings.iter().map(golden).collect::<String>());
    cli.write("old.jsonl", strings.iter().map(repaired).collect::<String>());
    cli.write("new.jsonl", strings.iter().map(prediction).collect::<String>());
    cli
}
