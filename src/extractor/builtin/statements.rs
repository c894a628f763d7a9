//! Reported speech as records of the layer `records.statements`: who said what, and when.
//!
//! A record has the fields `speaker` (a full name), `date` (ISO 8601 if the sentence names the day,
//! or null), `cue` and `content` (spans) and `quotes` (the verbatim parts of the content). The
//! method is rule-based quotation attribution (Krestel, Bergler and Witte, “Minding the Source:
//! Automatic Tagging of Reported Speech in Newspaper Articles”, LREC 2008): a reporting verb, its
//! subject, and the adjacent clause.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::contents::{clause_start, content};
use super::dates::{NamedDay, named_days};
use super::quotes::quotations;
use super::reporting::{Cue, Form, cues};
use super::speakers::{Speaker, Speakers};
use super::{BaselineExtractor, rules};
use crate::document::{Annotations, Document, Layer, Record, Value};
use crate::text::readable;
use crate::text::sentence;
use crate::text::words::words;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StatementsOptions {
    /// Whether `he` and `she` are resolved to the last speaker or the last person named.
    pronouns: bool,
    /// Whether organisations and places can be speakers, and not only persons.
    organisations: bool,
}

impl Default for StatementsOptions {
    fn default() -> Self {
        Self { pronouns: true, organisations: true }
    }
}

pub struct Statements(StatementsOptions);

/// A cue with its speaker.
struct Statement {
    cue: Cue,
    speaker: Speaker,
    /// Whether the subject is that of the preceding clause.
    is_shared: bool,
}

impl BaselineExtractor for Statements {
    type Options = StatementsOptions;

    const NAME: &'static str = "statements";
    const ABOUT: &'static str = "who said what and when, from reporting verbs and quotation marks";
    const REVISION: u32 = 1;
    const LAYERS: &'static [Layer] = &[Layer::records("statements")];

    fn new(options: StatementsOptions) -> Result<Self, String> {
        Ok(Self(options))
    }

    fn annotate(&self, document: &Document) -> Annotations {
        let text = readable(document.text());
        let mentions = rules::mentions(document.text());
        let StatementsOptions { pronouns, organisations } = self.0;
        let speakers = Speakers::new(&text, &mentions, pronouns, organisations);
        let quotes = quotations(&text);
        let year = named_days(&text).iter().find_map(|day| day.year);
        let mut records = Vec::new();
        let mut last: Option<String> = None;
        for unit in units(&text, &quotes) {
            let statements = statements(&speakers, &unit, last.as_deref());
            let person = statements.iter().rev().find(|statement| statement.speaker.is_person);
            last = person.map(|statement| statement.speaker.name.clone());
            let days = if statements.is_empty() { Vec::new() } else { named_days(&text[unit.clone()]) };
            let found = contents(&text, &unit, &statements);
            for (statement, range) in &found {
                // A statement inside the content of another one takes no date from the outer one.
                let cue = statement.cue.range.start;
                let outer = found.iter().map(|(_, outer)| outer).filter(|outer| outer.contains(&cue));
                let scope = outer.min_by_key(|outer| outer.len()).unwrap_or(&unit);
                let date = date(&days, unit.start, scope, statement, range, year);
                records.push(record(document, statement, range.clone(), date.as_deref(), &quotes));
            }
        }
        Annotations { records: Some(BTreeMap::from([("statements".to_owned(), records)])), ..Annotations::default() }
    }
}

/// Longest unit, in bytes. A longer text without a sentence boundary is a table or a list, and the
/// search in it would be slow.
const LONGEST: usize = 10_000;

/// Sentences, joined if one quotation spans several of them.
fn units(text: &str, quotes: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut units: Vec<Range<usize>> = Vec::new();
    for sentence in sentence::split(text) {
        let at = quotes.partition_point(|quote| quote.end < sentence.start);
        let runs_on = quotes.get(at).is_some_and(|quote| quote.start < sentence.start);
        match units.last_mut() {
            Some(unit) if runs_on && sentence.end - unit.start <= LONGEST => unit.end = sentence.end,
            _ => units.push(sentence),
        }
    }
    units.retain(|unit| unit.len() <= LONGEST);
    units
}

fn statements(speakers: &Speakers<'_>, unit: &Range<usize>, last: Option<&str>) -> Vec<Statement> {
    let text = speakers.text;
    let mut statements: Vec<Statement> = Vec::new();
    for cue in cues(text, &words(text, unit.clone())) {
        let own = speakers.speaker(unit, &cue, last);
        let is_shared = own.is_none();
        let before = text[unit.start..cue.range.start].trim_end();
        let speaker = own.or_else(|| {
            let joins = match cue.form {
                Form::Finite => [" and", " but", ", then", " also"].iter().any(|joiner| before.ends_with(joiner)),
                Form::Participle => before.ends_with(',') || before.ends_with(" while") || before.ends_with(", thus"),
                Form::Base | Form::According => false,
            };
            let previous = statements.last().map(|statement| statement.speaker.clone());
            joins.then(|| previous.or_else(|| speakers.shared(unit, &cue))).flatten()
        });
        statements.extend(speaker.map(|speaker| Statement {
            cue,
            speaker: Speaker { is_behind: speaker.is_behind && !is_shared, ..speaker },
            is_shared,
        }));
    }
    statements
}

/// The statements that have a content, with its byte range.
fn contents<'a>(text: &str, unit: &Range<usize>, statements: &'a [Statement]) -> Vec<(&'a Statement, Range<usize>)> {
    let starts: Vec<Option<usize>> = statements
        .iter()
        .map(|statement| clause_start(text, unit, &statement.cue, &statement.speaker, statement.is_shared))
        .collect();
    let mut found = Vec::new();
    let mut floor = unit.start;
    for (at, statement) in statements.iter().enumerate() {
        let behind = statement.cue.range.end.max(statement.speaker.range.end);
        let next = starts[at + 1..].iter().flatten().copied().find(|&start| start >= behind);
        let limit = next.unwrap_or(unit.end);
        if let Some(range) = content(
            text,
            floor.min(statement.cue.range.start),
            limit,
            &statement.cue,
            &statement.speaker,
            statement.is_shared,
        ) {
            floor = floor.max(range.end.min(limit));
            found.push((statement, range));
        }
    }
    found
}

/// The date that is named within the scope of a statement and outside its content, nearest to the
/// cue.
fn date(
    days: &[NamedDay],
    unit: usize,
    scope: &Range<usize>,
    statement: &Statement,
    content: &Range<usize>,
    year: Option<i16>,
) -> Option<String> {
    let range = |day: &NamedDay| unit + day.range.start..unit + day.range.end;
    let is_outside = |day: &&NamedDay| range(day).end <= content.start || range(day).start >= content.end;
    let is_within = |day: &&NamedDay| scope.start <= range(day).start && range(day).end <= scope.end;
    let outside = days.iter().filter(is_outside).filter(is_within);
    let nearest = outside.min_by_key(|day| range(day).start.abs_diff(statement.cue.range.start))?;
    nearest.iso(year)
}

fn record(
    document: &Document,
    statement: &Statement,
    content: Range<usize>,
    date: Option<&str>,
    quotes: &[Range<usize>],
) -> Record {
    let from = quotes.partition_point(|quote| quote.start < content.start);
    let inside = quotes[from..].iter().take_while(|quote| quote.start < content.end);
    let verbatim = inside.map(|quote| {
        let quoted = document.text()[quote.clone()].trim_end_matches([',', '.']);
        quoted.split_whitespace().collect::<Vec<_>>().join(" ")
    });
    let quotes: Vec<Value> = verbatim.map(Value::String).collect();
    Record::from_iter([
        ("speaker".to_owned(), statement.speaker.name.as_str().into()),
        ("date".to_owned(), date.map_or(Value::Null, Value::from)),
        ("cue".to_owned(), json!(document.span(statement.cue.range.clone())).into()),
        ("content".to_owned(), json!(document.span(content)).into()),
        ("quotes".to_owned(), Value::Array(quotes)),
    ])
}

#[cfg(test)]
mod tests {
    use super::{Statements, StatementsOptions};
    use crate::document::{Document, Record, Value, json};
    use crate::extractor::builtin::BaselineExtractor;

    fn records(text: &str, options: StatementsOptions) -> Vec<Record> {
        let annotations = Statements::new(options).unwrap().annotate(&Document::new("d", text));
        annotations.records_of("statements").unwrap().to_vec()
    }

    /// Checks the speaker, cue and content of each record.
    fn check(text: &str, expected: &[(&str, &str, &str)]) {
        let found = records(text, StatementsOptions::default());
        let fields: Vec<_> = found
            .iter()
            .map(|record| {
                let text = |name: &str| record[name]["text"].as_str().unwrap_or_default();
                (record["speaker"].as_str().unwrap_or_default(), text("cue"), text("content"))
            })
            .collect();
        assert_eq!(fields, expected, "{text}");
    }

    #[test]
    fn verb_behind_and_before_its_speaker() {
        check(
            "Anna Kowalska said on Monday that the port is closed.[1] “It will open soon,” said Mayor Éric Blanc. \
             Trade will suffer, Kowalska warned.",
            &[
                ("Anna Kowalska", "said", "the port is closed"),
                ("Éric Blanc", "said", "It will open soon"),
                ("Anna Kowalska", "warned", "Trade will suffer"),
            ],
        );
    }

    #[test]
    fn several_cues_in_a_sentence() {
        check(
            "Anna Kowalska, head of the Port Authority, has stated that the quay sank, adding that divers are at work, and \
             Boris Black claimed that Anna Kowalska knew.",
            &[
                ("Anna Kowalska", "stated", "the quay sank"),
                ("Anna Kowalska", "adding", "divers are at work"),
                ("Boris Black", "claimed", "Anna Kowalska knew"),
            ],
        );
    }

    #[test]
    fn according_to_both_ways_and_bodies_without_article() {
        check(
            "According to Boris Black, the quay sank. The price will double, according to the World Bank. The Kremlin is \
             demanding a new treaty.",
            &[
                ("Boris Black", "According to", "the quay sank"),
                ("World Bank", "according to", "The price will double"),
                ("Kremlin", "demanding", "a new treaty"),
            ],
        );
    }

    #[test]
    fn dates_and_quotes() {
        let text = "August 20, 2025\n\nOn August 19, Anna Kowalska told reporters that the quay “sank like a stone,” but not why. \
            She said the 3 May plan is void. Boris Black “never” slept.";
        let found = records(text, StatementsOptions::default());
        assert_eq!(found.len(), 2);
        assert_eq!((&found[0]["date"], &found[0]["quotes"]), (&"2025-08-19".into(), &json!(["sank like a stone"])));
        assert_eq!(found[1]["speaker"], "Anna Kowalska");
        assert!(found[1]["date"].is_null() && found[1]["quotes"] == json!([]));
        assert_eq!(records(text, StatementsOptions { pronouns: false, ..StatementsOptions::default() }).len(), 1);
    }

    #[test]
    fn the_day_of_the_outer_act_is_not_that_of_the_inner_one() {
        let text = "On 3 March 2021, Anna Kowalska said that Boris Black had confirmed the sale.";
        let dates: Vec<_> =
            records(text, StatementsOptions::default()).iter().map(|record| record["date"].clone()).collect();
        assert_eq!(dates, [json!("2021-03-03"), Value::Null]);
    }

    #[test]
    fn no_statement_without_speaker_or_content() {
        check("Officials said that rain fell. Putin was told that it fell. Rain, it is said, fell.", &[]);
        check("", &[]);
        check("“”. … said\r\n—!", &[]);
        check("«Да», — сказал Иван.", &[]);
    }

    #[test]
    fn straight_quotes_over_two_sentences() {
        check(
            "\"The quay sank. We will mend it,\" Anna Kowalska told Reuters.",
            &[("Anna Kowalska", "told", "The quay sank. We will mend it")],
        );
    }
}
