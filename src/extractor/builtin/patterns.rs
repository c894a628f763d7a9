//! Entities that regular expressions can recognise: dates, times, money, percentages, quantities,
//! ordinals and cardinals.
//!
//! Quotations also have a recognisable form, but no OntoNotes label. They become the records of a
//! separate layer, `records.quotations`, each with the single field `quote`. A dataset whose golden
//! files lack the layer does not score it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::BaselineExtractor;
use super::mention::{CandidateMention, check_exclude, entities, longest};
use super::{dates, numbers, quotes};
use crate::document::{Annotations, Document, Layer, Record};
use crate::text::readable;

const LABELS: &[&str] = &["DATE", "TIME", "MONEY", "PERCENT", "QUANTITY", "ORDINAL", "CARDINAL"];

/// The mentions in a text that was masked by [`readable`], without overlaps and in order.
pub(super) fn mentions(text: &str) -> Vec<CandidateMention> {
    let mut all = dates::mentions(text);
    all.extend(numbers::mentions(text));
    longest(all)
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PatternsOptions {
    /// Labels to leave out.
    exclude: Vec<String>,
    /// Minimum number of words of a quotation, to leave out scare quotes and titles.
    min_quote_words: usize,
}

impl Default for PatternsOptions {
    fn default() -> Self {
        Self { exclude: Vec::new(), min_quote_words: 1 }
    }
}

pub struct Patterns(PatternsOptions);

impl BaselineExtractor for Patterns {
    type Options = PatternsOptions;

    const NAME: &'static str = "patterns";
    const ABOUT: &'static str =
        "dates, times, money, percentages, quantities and numbers by their form; quotations as records";
    const REVISION: u32 = 1;
    const LAYERS: &'static [Layer] = &[Layer::Entities, Layer::records("quotations")];

    fn new(options: PatternsOptions) -> Result<Self, String> {
        check_exclude(&options.exclude, LABELS)?;
        Ok(Self(options))
    }

    fn annotate(&self, document: &Document) -> Annotations {
        let text = document.text();
        let mut found = mentions(&readable(text));
        found.retain(|mention| !self.0.exclude.iter().any(|label| label == mention.label));
        let quotations = quotes::quotations(text)
            .into_iter()
            .filter(|range| text[range.clone()].split_whitespace().count() >= self.0.min_quote_words)
            .map(|range| Record::from_iter([("quote".to_owned(), json!(document.span(range)).into())]))
            .collect();
        Annotations {
            entities: Some(entities(document, &found)),
            records: Some(BTreeMap::from([("quotations".to_owned(), quotations)])),
            ..Annotations::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Patterns, PatternsOptions};
    use crate::document::{Annotations, Document};
    use crate::extractor::builtin::BaselineExtractor;

    fn annotate(text: &str) -> Annotations {
        Patterns::new(PatternsOptions::default()).unwrap().annotate(&Document::new("d", text))
    }

    fn of(label: &str, text: &str) -> Vec<String> {
        let entities = annotate(text).entities.unwrap();
        entities.into_iter().filter(|entity| entity.label == label).map(|entity| entity.text.unwrap()).collect()
    }

    #[test]
    fn dates_in_many_forms() {
        let text = "On August 20, 2025, the 3rd of May, 20 August 2025, 2025-08-20, 20/08/2025, in February 2025, Monday, \
            the 1990s, last week, a week, each year, Q3 2024, in 2022, mid-July, two years ago, the past three months, \
            the 19th century, 2014–2022, summer of 2023, a 45-year-old, Wednesday, 5 March and the first half of 2024.";
        let expected = [
            "August 20, 2025",
            "3rd of May",
            "20 August 2025",
            "2025-08-20",
            "20/08/2025",
            "February 2025",
            "Monday",
            "1990s",
            "last week",
            "a week",
            "each year",
            "Q3 2024",
            "2022",
            "mid-July",
            "two years ago",
            "past three months",
            "19th century",
            "2014–2022",
            "summer of 2023",
            "45-year-old",
            "Wednesday, 5 March",
            "first half of 2024",
        ];
        assert_eq!(of("DATE", text), expected);
    }

    #[test]
    fn times_and_amounts() {
        let text = "At 10:30 a.m. GMT, Monday evening and two hours later $3.5 million, €20, USD 5bn, 10 million euros, £1-2bn \
            and US$4 were 5%, 5-10%, ten per cent or 3.2 percentage points of 20 km, 5,000 tonnes, 30-mile and 12 °C.";
        assert_eq!(of("TIME", text), ["10:30 a.m. GMT", "Monday evening", "two hours later"]);
        assert_eq!(of("MONEY", text), ["$3.5 million", "€20", "USD 5bn", "10 million euros", "£1-2bn", "US$4"]);
        assert_eq!(of("PERCENT", text), ["5%", "5-10%", "ten per cent", "3.2 percentage points"]);
        assert_eq!(of("QUANTITY", text), ["20 km", "5,000 tonnes", "30-mile", "12 °C"]);
    }

    #[test]
    fn counts_and_ranks_but_no_names_marks_or_pronouns() {
        let text = "Some 110 million of 1,914.5 and twenty-five, a hundred and ten, millions;[12] F-16, COVID-19, no one, \
            one of three, v1.2.3, the 3rd and second. 2000 people came.\n1. Item";
        let expected =
            ["110 million", "1,914.5", "twenty-five", "a hundred and ten", "millions", "one", "three", "2000"];
        assert_eq!(of("CARDINAL", text), expected);
        assert_eq!(of("ORDINAL", text), ["3rd", "second"]);
        assert_eq!(of("DATE", text), [""; 0]);
    }

    #[test]
    fn quotations_are_records_of_their_own_layer() {
        let annotations = annotate("Он сказал: «Да». “Yes, we can,” he said.");
        let records = annotations.records_of("quotations").unwrap();
        let quotes: Vec<_> = records.iter().map(|record| record["quote"]["text"].as_str().unwrap()).collect();
        assert_eq!(quotes, ["Да", "Yes, we can,"]);
        assert_eq!(records[0]["quote"]["start"].as_u64(), Some(12));
    }

    #[test]
    fn nothing_in_nothing_out() {
        for text in ["", "…—?!\r\n“”", "%$€ °"] {
            let annotations = annotate(text);
            assert_eq!(annotations.entities.as_deref(), Some(&[][..]));
            assert_eq!(annotations.records_of("quotations"), Some(&[][..]));
        }
    }
}
