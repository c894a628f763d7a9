//! Extracts the facts of a summary that can be verified in its source: numbers, dates and names.

use std::fmt;
use std::ops::Range;

use super::dates::{self, Calendar, When};
use super::names::{self, NameIndex};
use super::numbers::{self, NumberInText};
use super::units::UnitOfMeasure;
use crate::document::{Document, Value};
use crate::text::{Offsets, readable};

/// The kind of a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FactKind {
    /// A number, with its scale, and with its unit if that is percent or a currency.
    Number,
    /// A date, as precise as it is written.
    Date,
    /// A name.
    Name,
}

impl FactKind {
    /// Every kind, in the order of the reports.
    pub const ALL: [Self; 3] = [Self::Number, Self::Date, Self::Name];

    /// Returns the name used in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Date => "date",
            Self::Name => "name",
        }
    }
}

impl fmt::Display for FactKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A fact of a summary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// The kind of fact.
    pub kind: FactKind,
    /// The text in the summary.
    pub text: String,
    /// The offset of the first code point in the summary.
    pub start: u32,
    /// The offset after the last code point in the summary.
    pub end: u32,
    /// The normalised value: `110000000`, `2025-08-20`, `sergey lavrov`.
    pub value: String,
    /// Whether the source does not contain it.
    pub invented: bool,
    /// The code points of the source that contain it; `None` if the source does not contain it, or
    /// only in its metadata.
    pub source: Option<(u32, u32)>,
}

impl Fact {
    /// Removes the text and the value.
    pub fn withhold_texts(&mut self) {
        self.text.clear();
        self.value.clear();
    }
}

/// The version of the rules in signatures; it changes whenever the rules do.
pub const RULE: &str = "karat-facts-1";

/// The metadata field with the date of writing.
const DATE: &str = "date";

/// A source text prepared for lookup, once for any number of summaries.
#[derive(Debug)]
pub struct FactSource<'d> {
    document: &'d Document,
    calendar: Calendar,
    counted: Vec<NumberInText>,
    named: NameIndex,
}

impl<'d> FactSource<'d> {
    /// Extracts the dates, numbers and names of a document.
    pub fn new(document: &'d Document) -> Self {
        let text = readable(document.text());
        let stated = dates::dates(&text);
        let taken: Vec<Range<usize>> = stated.iter().map(|date| date.range.clone()).collect();
        let counted = numbers::numbers(&text, &taken);
        let published = document.meta().get(DATE).and_then(Value::as_str);
        Self { document, calendar: Calendar::new(stated, published), counted, named: NameIndex::new(&text) }
    }

    /// Returns the facts of a summary, in order, each looked up in the source.
    pub fn facts(&self, summary: &str) -> Vec<Fact> {
        let text = readable(summary);
        let dates = dates::dates(&text);
        let taken: Vec<Range<usize>> = dates.iter().map(|date| date.range.clone()).collect();
        let numbers = numbers::numbers(&text, &taken);
        // The letters of a currency are not a name.
        let claimed: Vec<Range<usize>> =
            taken.into_iter().chain(numbers.iter().map(|number| number.range.clone())).collect();
        let offsets = Offsets::new(summary);
        let fact = |kind, range: Range<usize>, value: String, found: Option<Range<usize>>| Fact {
            kind,
            text: summary[range.clone()].to_owned(),
            start: offsets.code_point(summary, range.start),
            end: offsets.code_point(summary, range.end),
            value,
            invented: found.is_none(),
            source: found.filter(|place| !place.is_empty()).map(|place| {
                let span = self.document.span(place);
                (span.start, span.end)
            }),
        };
        let mut facts = Vec::new();
        for date in dates.iter().filter(|date| !date.is_relative) {
            let date = self.calendar.completed(date);
            facts.push(fact(FactKind::Date, date.range.clone(), date.shown(), self.find_date(&date, &text)));
        }
        for number in numbers.iter().filter(|number| !number.is_weak) {
            facts.push(fact(FactKind::Number, number.range.clone(), number.shown(), self.find_number(number)));
        }
        for name in names::names(&text, &claimed, &self.named) {
            facts.push(fact(FactKind::Name, name.range.clone(), name.shown(), self.named.find(&name).cloned()));
        }
        facts.sort_by_key(|fact| (fact.start, fact.end, fact.kind));
        facts
    }

    /// Looks up a date; four digits that look like a year may also be a number.
    fn find_date(&self, date: &When, text: &str) -> Option<Range<usize>> {
        let counted = || {
            let digits = text[date.range.clone()].trim();
            let number = numbers::numbers(digits, &[]).into_iter().next().filter(|_| date.is_bare_year)?;
            self.counted.iter().find(|other| number.is_in(other)).map(|other| other.range.clone())
        };
        self.calendar.find(date).map(|stated| stated.range.clone()).or_else(counted)
    }

    /// Looks up a number, which may also be a year in the source.
    fn find_number(&self, number: &NumberInText) -> Option<Range<usize>> {
        let year = || {
            let year = number.shown().parse().ok().filter(|_| number.unit == UnitOfMeasure::None)?;
            self.calendar
                .find(&When::of_year(year))
                .filter(|stated| stated.is_bare_year)
                .map(|stated| stated.range.clone())
        };
        self.counted.iter().find(|other| number.is_in(other)).map(|other| other.range.clone()).or_else(year)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::{Fact, FactKind, FactSource};
    use crate::document::Document;

    fn invented(summary: &str, source: &str) -> Vec<String> {
        let source = Document::new("d", source);
        let facts = FactSource::new(&source).facts(summary);
        facts.into_iter().filter(|fact| fact.invented).map(|fact| fact.text).collect()
    }

    #[test]
    fn facts_have_values_and_places() {
        let meta = BTreeMap::from([("date".to_owned(), "2025-08-21".into())]);
        let source = Document::with_meta("d", "In Łódź, Lavrov said on August 20 that 110 million fled.", meta);
        let found = FactSource::new(&source).facts("Łódź: 110,000,000 left, said Lavrov on 2025-08-20.");
        let seen: Vec<_> =
            found.iter().map(|fact| (fact.kind, &*fact.text, &*fact.value, fact.start, fact.source)).collect();
        assert_eq!(
            seen,
            [
                (FactKind::Name, "Łódź", "lodz", 0, Some((3, 7))),
                (FactKind::Number, "110,000,000", "110000000", 6, Some((39, 50))),
                (FactKind::Name, "Lavrov", "lavrov", 29, Some((9, 15))),
                (FactKind::Date, "2025-08-20", "2025-08-20", 39, Some((24, 33))),
            ]
        );
        assert!(found.iter().all(|fact: &Fact| !fact.invented));
    }

    #[test]
    fn what_the_source_lacks_is_invented() {
        let source = "On 20 August 2025 the 12 ministers of Estonia and Norway met Sergey Lavrov about €4.2 million.";
        let summary = "Twelve ministers from Estonia and Latvia met Sergey Ivanov on 21 August 2025 about $4.2 million and 35 ships.";
        assert_eq!(invented(summary, source), ["Latvia", "Sergey Ivanov", "21 August 2025", "$4.2 million", "35"]);
        assert!(invented(source, source).is_empty());
        assert!(invented("", source).is_empty());
        assert_eq!(invented("Of 2000 men, in 1999.", "2,000 men"), ["1999"]);
        assert!(invented("It has 2,016 rooms.", "Built for 2016 guests").is_empty());
    }

    const PIECES: &[&str] = &[
        "On Monday",
        "3 March 2025",
        "in May",
        "30 February",
        "2014–22",
        "the 1990s",
        "03/04/2025",
        "2025-08-20",
        "yesterday",
        "next year",
        "€4.2 million",
        "12,5 %",
        "1.2.3",
        "1,914.5",
        "about 110 million",
        "half a million",
        "one",
        "twenty-first",
        "two thirds",
        "F-16",
        "[12]",
        "10:30",
        "7 p.m.",
        "9.75 a.m.",
        "5m",
        "R$ 3bn",
        "US$",
        "Éva Żak-Nowak’s",
        "U.S.",
        "NATO",
        "the Bank of England",
        "ITALIANS",
        "Al-Assad",
        "d’Estaing",
        "the United States",
        "iPhone 15",
        "COVID-19",
        "㎏ ½ ٣",
        "\u{130}stanbul",
        "王小明",
        "🙂",
        "Ⅷ",
        "…",
        "\r\n",
        "and",
        "minister",
        "of",
    ];

    proptest! {
        /// No fact of a text is missing from the text itself.
        #[test]
        fn a_text_invents_nothing_of_its_own(
            pieces in prop::collection::vec((prop::sample::select(PIECES), prop::sample::select(&[" ", ". ", ", ", "\n", ""][..])), 0..20),
        ) {
            let text: String = pieces.into_iter().flat_map(|(piece, gap)| [piece, gap]).collect();
            let document = Document::new("d", text.as_str());
            for fact in FactSource::new(&document).facts(&text) {
                prop_assert!(!fact.invented, "{fact:?}");
                let at = |start: u32, end: u32| text.chars().skip(start as usize).take((end - start) as usize).collect::<String>();
                prop_assert_eq!(&fact.text, &at(fact.start, fact.end));
                prop_assert!(fact.source.is_none_or(|(start, end)| start < end && end <= document.len()));
            }
        }

        #[test]
        fn any_text_can_be_read(summary in any::<String>(), source in any::<String>()) {
            let document = Document::new("d", source.as_str());
            FactSource::new(&document).facts(&summary);
        }
    }
}
