//! Extracts dates from texts, as precise as they are written: day, month, year, day of the week,
//! decade.

use std::ops::Range;
use std::sync::LazyLock;

use jiff::civil::{self, Weekday};
use jiff::{Span, ToSpan};
use regex::{Captures, Regex};

/// A date, as precise as it is written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct When {
    /// The byte range that it covers.
    pub range: Range<usize>,
    /// The year, or the first of a decade.
    pub year: Option<i16>,
    month: Option<i8>,
    day: Option<i8>,
    weekday: Option<Weekday>,
    is_decade: bool,
    /// Whether day and month could be exchanged, as in `03/04/2025`.
    could_be_swapped: bool,
    /// Whether it is computed from another date (`yesterday`, `last year`). Such a date is not
    /// checked as a claim of a summary.
    pub is_relative: bool,
    /// Whether it consists only of four digits, which could be a count.
    pub is_bare_year: bool,
}

const MONTHS: &str = "January|February|March|April|May|June|July|August|September|October|November|December|\
     Jan\\.?|Feb\\.?|Mar\\.?|Apr\\.?|Jun\\.?|Jul\\.?|Aug\\.?|Sept?\\.?|Oct\\.?|Nov\\.?|Dec\\.?";
const FULL_MONTHS: &str = "January|February|March|April|May|June|July|August|September|October|November|December";
/// Words after which `March` and `May` are months.
const BEFORE_MONTHS: &[&str] = &[
    "after", "and", "before", "between", "by", "during", "early", "from", "in", "last", "late", "mid", "next", "of",
    "since", "this", "through", "until",
];
const WEEKDAYS: &str = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday";

/// The notations, most specific first; the name of every group begins with the letter of its field.
static DATE: LazyLock<Regex> = LazyLock::new(|| {
    let day = "(?:3[01]|[12][0-9]|0?[1-9])";
    let nth = "(?:st|nd|rd|th)?";
    let year = "(?:1[0-9]{3}|20[0-9]{2})";
    let weekday = format!("(?:(?P<w1>{WEEKDAYS}),? )?");
    let weekday2 = weekday.replace("w1", "w2");
    let more = format!("(?: ?[-–] ?(?P<e1>{day}){nth}| (?:and|to) (?P<e2>{day}){nth})?");
    let more2 = more.replace("e1", "e3").replace("e2", "e4");
    let forms = [
        format!(r"(?P<y1>{year})[-/](?P<m1>0[1-9]|1[0-2])[-/](?P<d1>{day})(?:T[0-9:.Z+-]*)?"),
        format!(r"{weekday}(?P<m2>{MONTHS}) (?P<d2>{day}){nth}{more}(?:,? (?P<y2>{year}))?"),
        format!(r"{weekday2}(?P<d3>{day}){nth}{more2}(?: of)? (?P<m3>{MONTHS})(?:,? (?P<y3>{year}))?"),
        format!(r"(?P<m4>{MONTHS}),? (?:of )?(?P<y4>{year})"),
        r"(?P<a>[0-9]{1,2})[/.](?P<b>[0-9]{1,2})[/.](?P<y5>[0-9]{4})".to_owned(),
        r"(?P<decade>(?:1[0-9]|20)[0-9]0)s".to_owned(),
        format!(r"(?P<y6>{year})(?: ?[-–] ?(?P<z>{year}|[0-9]{{2}}))?"),
        format!("(?P<m5>{FULL_MONTHS})"),
        format!("(?P<w3>{WEEKDAYS})s?"),
        "(?P<relative>(?i:yesterday|today|tomorrow|tonight|(?:last|this|next) (?:year|month)))".to_owned(),
    ];
    Regex::new(&format!(r"(?-u:\b)(?:{})(?-u:\b)", forms.join("|"))).expect("a constant")
});

/// The groups of one match, of all notations.
struct Groups<'c, 't>(&'c Captures<'t>);

impl<'t> Groups<'_, 't> {
    fn first(&self, names: &[&str]) -> Option<&'t str> {
        names.iter().find_map(|name| self.0.name(name)).map(|found| found.as_str())
    }

    fn number<T: std::str::FromStr>(&self, names: &[&str]) -> Option<T> {
        self.first(names)?.parse().ok()
    }
}

/// Returns the dates of a text prepared by [`crate::text::readable`], in order, as written.
pub(super) fn dates(text: &str) -> Vec<When> {
    let mut dates = Vec::new();
    for captures in DATE.captures_iter(text) {
        let range = captures.get(0).map_or(0..0, |whole| whole.range());
        if captures.name("m5").is_some() && is_other_word(text, &range) {
            continue;
        }
        if is_part(text, &range) {
            continue;
        }
        let groups = Groups(&captures);
        let year = groups.number(&["y1", "y2", "y3", "y4", "y5", "y6"]);
        let month = groups.first(&["m1", "m2", "m3", "m4", "m5"]).and_then(month);
        let stated = When { range: range.clone(), year, month, ..When::default() };
        if let Some(first) = groups.number(&["decade"]) {
            dates.push(When { year: Some(first), is_decade: true, ..stated });
        } else if let (Some(a), Some(b)) = (groups.number(&["a"]), groups.number(&["b"])) {
            dates.extend(in_figures(a, b, stated));
        } else if let Some(word) = groups.first(&["relative"]) {
            dates.push(When { is_relative: true, range: range.clone(), ..relative(word) });
        } else {
            let day = groups.number(&["d1", "d2", "d3"]);
            let weekday = groups.first(&["w1", "w2", "w3"]).and_then(weekday);
            let is_bare_year = groups.first(&["y6"]).is_some() && groups.first(&["z"]).is_none();
            // A range with an abbreviated end: 2014-22.
            let to = groups.first(&["z"]).zip(groups.first(&["y6"]));
            let to = to.and_then(|(end, start)| [&start[..4 - end.len()], end].concat().parse().ok());
            dates.extend(to.map(|year| When { year: Some(year), ..stated.clone() }));
            let last = groups.number::<i8>(&["e1", "e2", "e3", "e4"]);
            dates.extend(last.map(|day| When { day: Some(day), ..stated.clone() }));
            dates.push(When { day, weekday, is_bare_year, ..stated });
        }
    }
    dates.retain(When::is_possible);
    dates
}

/// Returns whether a match is part of a longer number or word.
fn is_part(text: &str, range: &Range<usize>) -> bool {
    let mut before = text[..range.start].chars().rev();
    let mut behind = text[range.end..].chars();
    let is_figure = |mark: Option<char>, next: Option<char>| {
        matches!(mark, Some('.' | ',' | ':' | '/' | '$' | '€' | '£')) && next.is_some_and(|c| c.is_ascii_digit())
    };
    let (last, second) = (before.next(), before.next());
    let is_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '|');
    is_word(last)
        || matches!(last, Some('$' | '€' | '£' | '#'))
        || is_figure(last, second)
        || is_word(behind.clone().next())
        || is_figure(behind.next(), behind.next())
}

/// Returns whether `March` or `May` is more likely another word than a month.
fn is_other_word(text: &str, range: &Range<usize>) -> bool {
    let before = text[..range.start].trim_end_matches([' ', '-']);
    let word = before.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default().to_lowercase();
    matches!(&text[range.clone()], "March" | "May") && !BEFORE_MONTHS.contains(&word.as_str())
}

fn month(name: &str) -> Option<i8> {
    if let Ok(number) = name.parse() {
        return Some(number);
    }
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    months.iter().position(|month| name.starts_with(month)).map(|at| at as i8 + 1)
}

fn weekday(name: &str) -> Option<Weekday> {
    let days = [
        Weekday::Monday,
        Weekday::Tuesday,
        Weekday::Wednesday,
        Weekday::Thursday,
        Weekday::Friday,
        Weekday::Saturday,
        Weekday::Sunday,
    ];
    WEEKDAYS.split('|').position(|day| day == name).map(|at| days[at])
}

/// Parses `20/08/2025` in the order that gives a valid date; if both do, in either.
fn in_figures(a: i8, b: i8, stated: When) -> Option<When> {
    let first = When { day: Some(a), month: Some(b), ..stated };
    let second = When { day: Some(b), month: Some(a), ..first.clone() };
    match (first.is_possible(), second.is_possible()) {
        (true, true) => Some(When { could_be_swapped: a != b, ..first }),
        (true, false) => Some(first),
        (false, _) => Some(second),
    }
}

/// Returns a date relative to the day of writing as its distance: days in `day`, months in `month`,
/// years in `year`.
fn relative(word: &str) -> When {
    let lower = word.to_lowercase();
    let step = match lower.split(' ').next() {
        Some("last" | "yesterday") => -1,
        Some("next" | "tomorrow") => 1,
        _ => 0,
    };
    match lower.split(' ').nth(1) {
        Some("year") => When { year: Some(step), ..When::default() },
        Some("month") => When { month: Some(step as i8), ..When::default() },
        _ => When { day: Some(step as i8), ..When::default() },
    }
}

impl When {
    /// Returns a date with only a year.
    pub fn of_year(year: i16) -> Self {
        Self { year: Some(year), ..Self::default() }
    }

    fn is_possible(&self) -> bool {
        // A leap year stands in for an unknown year.
        self.is_relative
            || civil::Date::new(self.year.unwrap_or(2000), self.month.unwrap_or(1), self.day.unwrap_or(1)).is_ok()
    }

    fn day_of(&self) -> Option<civil::Date> {
        civil::Date::new(self.year?, self.month?, self.day?).ok()
    }

    fn on(date: civil::Date, range: &Range<usize>) -> Self {
        let (year, month, day) = (Some(date.year()), Some(date.month()), Some(date.day()));
        Self { range: range.clone(), year, month, day, ..Self::default() }
    }

    /// Returns whether this date follows from `other` in a source: everything it specifies must be
    /// specified or implied there.
    fn follows_from(&self, other: &Self, years: &[i16]) -> bool {
        let day_of_week = other.weekday.or_else(|| other.day_of().map(civil::Date::weekday));
        if self.weekday.is_some() && self.day.is_none() {
            return self.weekday == day_of_week;
        }
        let decade = |year: i16| year / 10 * 10;
        let same_year = match (self.year, other.year) {
            (Some(a), Some(b)) if self.is_decade => a == decade(b),
            (Some(a), Some(b)) => a == b && !other.is_decade,
            (None, _) => self.month.is_some(),
            // If the source gives no year with this date, the year must occur elsewhere in it.
            (Some(year), None) => other.month.is_some() && years.contains(&year),
        };
        let agrees = |month: Option<i8>, day: Option<i8>| {
            self.month.is_none_or(|stated| month == Some(stated)) && self.day.is_none_or(|stated| day == Some(stated))
        };
        let either =
            |other: &Self| agrees(other.month, other.day) || other.could_be_swapped && agrees(other.day, other.month);
        let swapped = Self { month: self.day, day: self.month, could_be_swapped: false, ..self.clone() };
        same_year && (either(other) || self.could_be_swapped && swapped.follows_from(other, years))
    }

    /// Formats the date as in ISO 8601, with `--` for an unknown year: `2025-08-20`, `--08-20`,
    /// `2025-08`, `1990s`, `Monday`.
    pub fn shown(&self) -> String {
        let year = self.year.map_or_else(|| "-".to_owned(), |year| format!("{year:04}"));
        match (self.month, self.day, self.weekday) {
            (Some(month), Some(day), _) => format!("{year}-{month:02}-{day:02}"),
            (Some(month), None, _) => format!("{year}-{month:02}"),
            (None, _, Some(day)) if self.year.is_none() => format!("{day:?}"),
            _ => format!("{year}{}", if self.is_decade { "s" } else { "" }),
        }
    }
}

/// The dates of a source, with those implied by them and by the day of writing.
#[derive(Debug)]
pub(super) struct Calendar {
    stated: Vec<When>,
    /// The day of writing, as far as it is known.
    written: Option<When>,
    years: Vec<i16>,
}

impl Calendar {
    /// Collects the dates of a source and the `date` of its metadata. Without that, the first
    /// complete date in the text is taken as the day of writing.
    pub fn new(mut stated: Vec<When>, published: Option<&str>) -> Self {
        let written = published.and_then(|date| dates(date).into_iter().next());
        let written = written.or_else(|| stated.iter().find(|date| date.day_of().is_some()).cloned());
        let years =
            stated.iter().chain(&written).filter(|date| !date.is_relative).filter_map(|date| date.year).collect();
        let mut calendar = Self { stated: Vec::new(), written, years };
        let day = calendar.written.as_ref().and_then(When::day_of);
        let mut more = Vec::new();
        for date in &mut stated {
            if date.is_relative {
                more.extend(calendar.worked_out(date));
            } else if let (Some(weekday), None, Some(today)) = (date.weekday, date.day, day) {
                // A weekday in news is the last such day or the next one.
                more.extend(
                    (-6..=7)
                        .filter_map(|days: i64| Some(When::on(today.checked_add(days.days()).ok()?, &date.range)))
                        .filter(|near| near.day_of().is_some_and(|near| near.weekday() == weekday)),
                );
            } else {
                *date = calendar.completed(date);
            }
        }
        stated.retain(|date| !date.is_relative);
        stated.extend(more);
        // The day of writing is itself a date of the source, without a location in the text.
        stated.extend(
            calendar.written.as_ref().filter(|_| published.is_some()).map(|date| When { range: 0..0, ..date.clone() }),
        );
        calendar.stated = stated;
        calendar
    }

    /// Returns a date with its year inferred as the one closest to the day of writing.
    pub fn completed(&self, date: &When) -> When {
        let (Some(month), None, Some(written)) = (date.month, date.year, &self.written) else { return date.clone() };
        let Some(year) = written.year else { return date.clone() };
        let at = |year| civil::Date::new(year, month, date.day.unwrap_or(15)).ok();
        let nearest = written.day_of().and_then(|today| {
            let distance = |year: &i16| at(*year).map(|date| (date - today).get_days().abs());
            [year, year - 1, year + 1].into_iter().filter(|year| at(*year).is_some()).min_by_key(|year| distance(year))
        });
        When { year: Some(nearest.unwrap_or(year)), ..date.clone() }
    }

    fn worked_out(&self, date: &When) -> Option<When> {
        let written = self.written.as_ref()?;
        let year = written.year?;
        let stated = When { range: date.range.clone(), ..When::default() };
        if let Some(step) = date.year {
            return Some(When { year: Some(year + step), ..stated });
        }
        let moved = |step: Span| written.day_of()?.checked_add(step).ok();
        match (date.month, date.day) {
            (Some(step), _) => {
                let first =
                    civil::Date::new(year, written.month?, 1).ok()?.checked_add(i64::from(step).months()).ok()?;
                Some(When { year: Some(first.year()), month: Some(first.month()), ..stated })
            }
            (None, Some(step)) => moved(i64::from(step).days()).map(|day| When::on(day, &date.range)),
            (None, None) => None,
        }
    }

    /// Returns the date of the source that a summary's date follows from.
    pub fn find(&self, date: &When) -> Option<&When> {
        self.stated.iter().find(|stated| date.follows_from(stated, &self.years))
    }
}

#[cfg(test)]
mod tests {
    use super::{Calendar, When, dates};

    fn shown(text: &str) -> Vec<String> {
        dates(text).iter().map(When::shown).collect()
    }

    fn is_in(summary: &str, source: &str, published: Option<&str>) -> bool {
        let calendar = Calendar::new(dates(source), published);
        let found = dates(summary);
        assert!(!found.is_empty(), "{summary}");
        found.iter().all(|date| calendar.find(&calendar.completed(date)).is_some())
    }

    #[test]
    fn dates_in_many_forms() {
        let text = "On August 20, 2025, Aug. 20, 20th of August 2025, 2025-08-20, 20/08/2025, August 2025, in May, Monday, the 1990s, \
            2014–22, August 19-20; but may, march, 1,914, $2000 and 30 February.";
        assert_eq!(
            shown(text),
            [
                "2025-08-20",
                "--08-20",
                "2025-08-20",
                "2025-08-20",
                "2025-08-20",
                "2025-08",
                "--05",
                "Monday",
                "1990s",
                "2022",
                "2014",
                "--08-20",
                "--08-19",
            ]
        );
    }

    #[test]
    fn the_year_comes_from_the_day_of_writing() {
        assert!(is_in("2025-08-20", "He spoke on August 20.", Some("2025-08-21")));
        assert!(is_in("20 August 2025", "August 21, 2025. He spoke on Aug. 20.", None));
        assert!(!is_in("20 August 2024", "August 21, 2025. He spoke on Aug. 20.", None));
        assert!(is_in("30 December 2024", "He spoke on December 30.", Some("2025-01-02")));
        assert!(!is_in("20 August 2025", "He spoke on August 20.", None));
        assert!(is_in("August 20", "He spoke on August 20.", None));
    }

    #[test]
    fn a_date_may_be_less_specific_only() {
        let source = "It began on Wednesday, 20 August 2025.";
        for summary in ["2025", "August 2025", "August", "20 August", "Wednesday"] {
            assert!(is_in(summary, source, None), "{summary}");
        }
        for summary in ["2024", "July", "21 August", "Thursday", "20 August 2026"] {
            assert!(!is_in(summary, source, None), "{summary}");
        }
        assert!(!is_in("20 August 2025", "It began in August 2025.", None));
        assert!(!is_in("2025", "He died in March 2022.", None) && is_in("in March", "He died in March 2022.", None));
        assert!(is_in("1990s", "in 1994", None) && !is_in("1994", "in the 1990s", None));
        assert!(is_in("2025-04-03", "on 03/04/2025", None) && is_in("2025-03-04", "on 03/04/2025", None));
    }

    #[test]
    fn relative_dates_of_the_source_are_worked_out() {
        let published = Some("2025-08-21");
        assert!(is_in("20 August 2025", "He spoke yesterday.", published));
        assert!(
            is_in("20 August", "He spoke on Wednesday.", published)
                && !is_in("19 August", "He spoke on Wednesday.", published)
        );
        assert!(
            is_in("in 2024", "sales of last year", published) && is_in("July 2025", "sales of last month", published)
        );
    }
}
