//! Parses dates in common notations, if they are unambiguous.

use std::sync::LazyLock;

use jiff::civil;
use regex::Regex;

/// A day, a month or a year, as precise as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Date {
    year: i16,
    month: Option<i8>,
    day: Option<i8>,
}

impl Date {
    fn new(year: i16, month: Option<i8>, day: Option<i8>) -> Option<Self> {
        civil::Date::new(year, month.unwrap_or(1), day.unwrap_or(1)).ok()?;
        Some(Self { year, month, day })
    }

    /// Parses `2025-08-20` with other separators, without any, or followed by a time; `20 August
    /// 2025`, `August 20, 2025` and their abbreviations; `20/08/2025` if only one order is a valid
    /// date, or by `day_first`; `August 2025`, `2025-08`, `2025`.
    pub fn written(text: &str, day_first: Option<bool>) -> Option<Self> {
        let text = text.trim();
        let number = |text: &str| text.parse::<i16>().ok();
        let small = |text: &str| text.parse::<i8>().ok();
        if let Some(found) = YEAR_FIRST.captures(text) {
            let part = |name: &str| found.name(name).map(|part| part.as_str());
            return Self::new(number(part("y")?)?, part("m").and_then(small), part("d").and_then(small));
        }
        if let Some(found) = NAMED.captures(text) {
            let part = |name: &str| found.name(name).map(|part| part.as_str());
            let month = month(part("m").or_else(|| part("n")).or_else(|| part("o"))?)?;
            let day = part("d").or_else(|| part("e")).map(small);
            let year = part("y").or_else(|| part("z")).or_else(|| part("x"))?;
            return match day {
                Some(day) => Self::new(number(year)?, Some(month), Some(day?)),
                None => Self::new(number(year)?, Some(month), None),
            };
        }
        let found = NUMERIC.captures(text)?;
        let (a, b, year) = (small(&found[1])?, small(&found[2])?, number(&found[3])?);
        let readings = [(Some(true), a, b), (Some(false), b, a)];
        let mut dates = readings
            .into_iter()
            .filter(|(first, ..)| day_first.is_none() || *first == day_first)
            .filter_map(|(_, day, month)| Self::new(year, Some(month), Some(day)));
        let date = dates.next()?;
        dates.all(|other| other == date).then_some(date)
    }
}

static YEAR_FIRST: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"^(?:(?<y>\d{4})(?:[-/.](?<m>\d{1,2})(?:[-/.](?<d>\d{1,2})(?:[T ]\d{1,2}:\d{2}[^ ]*)?)?)?)$";
    Regex::new(pattern).expect("a valid pattern")
});

static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?ix)^(?:(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?\.?,?\s+)?(?:
        (?<d>\d{1,2})(?:st|nd|rd|th)?[\s.-]+(?:of\s+)?(?<m>[a-z]{3,9})\.?,?[\s-]+(?<y>\d{4})
        | (?<n>[a-z]{3,9})\.?\s+(?<e>\d{1,2})(?:st|nd|rd|th)?,?\s+(?<z>\d{4})
        | (?<o>[a-z]{3,9})\.?,?\s+(?<x>\d{4})
    )$";
    Regex::new(pattern).expect("a valid pattern")
});

static NUMERIC: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$").expect("a valid pattern"));

/// Parses an English month, in full or as an abbreviation of at least three letters.
fn month(name: &str) -> Option<i8> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let name = name.to_ascii_lowercase();
    let at = MONTHS.iter().position(|month| name.len() >= 3 && month.starts_with(&name))?;
    Some(at as i8 + 1)
}

#[cfg(test)]
mod tests {
    use super::Date;

    fn date(text: &str) -> Option<Date> {
        Date::written(text, None)
    }

    #[test]
    fn one_day_in_many_guises() {
        let day = date("2025-08-20");
        assert!(day.is_some());
        for text in [
            "August 20, 2025",
            "Aug. 20 2025",
            "20 August 2025",
            "20th of august, 2025",
            "Wednesday, August 20th, 2025",
            "20-Aug-2025",
            "2025/8/20",
            "2025.08.20",
            "2025-08-20T10:00:00Z",
            "20/08/2025",
            "08/20/2025",
            "20.8.2025",
        ] {
            assert_eq!(date(text), day, "{text}");
        }
        assert_eq!(date("Sept 1, 2025"), date("2025-09-01"));
        assert_eq!(date("August 2025"), date("2025-08"));
        assert_ne!(date("August 2025"), date("2025-08-01"));
        assert_ne!(date("2025"), date("2025-01"));
    }

    #[test]
    fn ambiguous_days_need_an_order() {
        assert_eq!(date("03/04/2025"), None);
        assert_eq!(date("04/04/2025"), date("2025-04-04"));
        assert_eq!(Date::written("03/04/2025", Some(true)), date("2025-04-03"));
        assert_eq!(Date::written("03/04/2025", Some(false)), date("2025-03-04"));
        for text in
            ["2025-02-30", "2025-13-01", "20/08/25", "Foo 20, 2025", "soon", "", "32 May 2025", "2025-08-20 or so"]
        {
            assert_eq!(date(text), None, "{text}");
        }
    }
}
