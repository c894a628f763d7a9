//! Dates and times as English news prints them.

use std::sync::LazyLock;

use regex::Regex;

use super::mention::{CandidateMention, LabelledPatterns};
use super::numbers::number_words;

const MONTH: &str = "(?:January|February|March|April|May|June|July|August|September|October|November|December|\
     Jan\\.?|Feb\\.?|Mar\\.?|Apr\\.?|Jun\\.?|Jul\\.?|Aug\\.?|Sept?\\.?|Oct\\.?|Nov\\.?|Dec\\.?)";
/// Months whose full name is not also another English word.
const SURE_MONTH: &str = "(?:January|February|April|June|July|August|September|October|November|December)";
const WEEKDAY: &str = "(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)";
const DAY: &str = "(?:3[01]|[12][0-9]|0?[1-9])(?:st|nd|rd|th)?";
const YEAR: &str = "(?:1[0-9]{3}|20[0-9]{2})";
const PART: &str = "(?i:(?:early|late|mid)[ -])";
const SEASON: &str = "(?:spring|summer|autumn|fall|winter|Spring|Summer|Autumn|Winter)";
const PERIOD: &str = "(?:days?|weeks?|weekends?|fortnights?|months?|quarters?|years?|decades?|centur(?:y|ies)|millenni(?:um|a)|semesters?)";
const SHORT_PERIOD: &str = "(?:seconds?|minutes?|hours?|mornings?|afternoons?|evenings?|nights?)";

/// The rules, the more specific first; each captures its mention as the group `m`.
static RULES: LazyLock<LabelledPatterns> = LazyLock::new(|| {
    let words = number_words();
    let count = format!(r"(?:\d+(?:[.,]\d+)?(?: ?[-–] ?\d+| to \d+)?|{words}(?: or {words}| to {words})?)");
    let several = format!("(?:{count}|(?i:an?|several|a few|few|many|a couple of|half an?|a dozen|decades of))");
    let days = format!(r"{DAY}(?: ?[-–] ?{DAY}| and {DAY}| to {DAY})?");
    let ordinal = "(?:[0-9]{1,2}(?:st|nd|rd|th)|(?i:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|\
         twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|twenty-first))";
    let relative = "(?i:last|next|this|past|previous|coming|following|each|every|recent|earlier this|later this|early next|late last|early this|late this)";
    let clock = r"\d{1,2}[:.]\d{2}(?::\d{2})?";
    let zone = "(?: (?:GMT|UTC|CET|CEST|EST|EDT|PST|PDT|BST|MSK|ET|local time|Moscow time))?";
    let half = r"(?:a\.m\.|p\.m\.|am\b|pm\b|AM\b|PM\b)";
    let rules = [
        ("DATE", format!(r"\b(?P<m>(?:{WEEKDAY},? )?{PART}?{MONTH} {days}(?:,? {YEAR}(?:\b))?)\b")),
        ("DATE", format!(r"\b(?P<m>(?:{WEEKDAY},? )?(?:the )?{days}(?: of)? {MONTH}(?:,? {YEAR})?)(?:\b|$)")),
        ("DATE", format!(r"\b(?P<m>{PART}?{MONTH},? (?:of )?{YEAR})\b")),
        ("DATE", r"\b(?P<m>[0-9]{4}-[0-9]{2}-[0-9]{2})\b".to_owned()),
        ("DATE", r"\b(?P<m>[0-9]{1,2}[/.][0-9]{1,2}[/.](?:[0-9]{4}|[0-9]{2})|[0-9]{4}/[0-9]{2}/[0-9]{2})\b".to_owned()),
        ("DATE", format!(r"\b(?P<m>(?:Q[1-4]|[1-4]Q|H[12]|FY) ?(?:of )?(?:{YEAR}|FY[0-9]{{2}}))\b")),
        ("DATE", format!(r"\b(?P<m>(?i:fiscal(?: year)?) {YEAR})\b")),
        (
            "DATE",
            format!(
                r"\b(?P<m>(?i:first|second|third|fourth|last) (?:quarter|half)(?: of (?:{YEAR}|this year|last year|next year))?)\b"
            ),
        ),
        ("DATE", format!(r"\b(?P<m>{PART}?{ordinal}[ -]century(?: (?:BC|AD|BCE|CE))?)\b")),
        ("DATE", format!(r"\b(?P<m>{PART}?(?:{YEAR}|[’'][0-9]0)s)\b")),
        ("DATE", format!(r"\b(?P<m>{PART}?{SEASON}(?: of)? {YEAR})\b")),
        ("DATE", format!(r"\b(?P<m>(?i:{relative}) (?:{several} )?(?:{PERIOD}|{SEASON}|{WEEKDAY}|{MONTH}))\b")),
        ("DATE", format!(r"\b(?P<m>{several}[ -]{PERIOD}(?:[ -](?i:ago|earlier|later|old))?)\b")),
        ("DATE", r"\b(?P<m>(?:days|weeks|months|years|decades) (?:ago|earlier|later))\b".to_owned()),
        ("TIME", r"\b(?P<m>(?:minutes|hours) (?:ago|earlier|later))\b".to_owned()),
        ("DATE", r"\b(?P<m>[0-9]{1,3}-year-olds?)\b".to_owned()),
        ("DATE", r"\p{Lu}\p{L}+, (?P<m>[1-9][0-9]),".to_owned()),
        ("DATE", format!(r"\b(?P<m>{PART}{YEAR})\b")),
        ("DATE", format!(r"\b(?P<m>{YEAR}(?: ?[-–] ?(?:{YEAR}|[0-9]{{2}}))?)\b")),
        ("DATE", format!(r"\b(?P<m>{PART}?{SURE_MONTH})\b")),
        (
            "DATE",
            format!(
                r"\b(?i:in|since|until|by|from|of|last|next|this|through|and|between|before|after|during) (?P<m>{PART}?(?:March|May))\b"
            ),
        ),
        ("DATE", format!(r"\b(?P<m>{WEEKDAY}s?)\b")),
        ("DATE", r"\b(?P<m>(?i:today|yesterday|tomorrow))\b".to_owned()),
        ("TIME", format!(r"\b(?P<m>{clock}(?: ?{half})?{zone})")),
        ("TIME", format!(r"\b(?P<m>[0-9]{{1,2}} ?{half}{zone})")),
        (
            "TIME",
            format!(
                r"\b(?P<m>(?:{WEEKDAY}|(?i:this|yesterday|tomorrow|last|every|each|that)) (?:morning|afternoon|evening|night))\b"
            ),
        ),
        ("TIME", format!(r"\b(?P<m>{several}[ -]{SHORT_PERIOD}(?:[ -](?:ago|earlier|later))?)\b")),
        ("TIME", r"\b(?P<m>(?i:tonight|midnight|noon|overnight))\b".to_owned()),
    ];
    LabelledPatterns::new(rules)
});

/// Nouns that show that a preceding year-like number is a count.
const COUNTED: &[&str] = &[
    "people",
    "troops",
    "soldiers",
    "men",
    "women",
    "children",
    "civilians",
    "homes",
    "houses",
    "dead",
    "wounded",
    "killed",
    "jobs",
    "workers",
    "employees",
    "deaths",
    "cases",
    "drones",
    "missiles",
    "tanks",
    "vehicles",
    "members",
    "students",
    "words",
    "copies",
    "points",
    "votes",
    "euros",
    "dollars",
    "pounds",
    "companies",
    "or",
    "more",
];

/// All matches of dates and times in a text that was masked by [`crate::text::readable`]; they may
/// overlap.
pub(super) fn mentions(text: &str) -> Vec<CandidateMention> {
    let mut mentions = RULES.find(text);
    mentions.retain_mut(|mention| {
        let surface = &text[mention.range.clone()];
        let is_date = !is_count(text, surface, mention.range.end);
        mention.range.start += surface.strip_prefix("the ").map_or(0, |_| "the ".len());
        is_date
    });
    mentions
}

/// Whether a match is a count and not a date: a year-like number before a counted noun, or a short
/// number with a decimal point.
fn is_count(text: &str, surface: &str, end: usize) -> bool {
    if surface.contains('.')
        && !surface.contains("m.")
        && surface.len() <= 5
        && surface.bytes().all(|byte| !byte.is_ascii_alphabetic())
    {
        return true;
    }
    if surface.len() != 4 || !surface.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let next = text[end..].trim_start().split(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
    text[end..].starts_with(' ') && COUNTED.contains(&next)
}

/// A day that a text names by month, day and optionally year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NamedDay {
    /// Byte range of the name.
    pub range: std::ops::Range<usize>,
    month: i8,
    day: i8,
    /// The year, if the text gives it.
    pub year: Option<i16>,
}

impl NamedDay {
    /// The day as ISO 8601. `year` is used if the text gives no year. `None` if both are absent or
    /// the day does not exist.
    pub fn iso(&self, year: Option<i16>) -> Option<String> {
        jiff::civil::Date::new(self.year.or(year)?, self.month, self.day).ok().map(|date| date.to_string())
    }
}

static NAMED_DAY: LazyLock<Regex> = LazyLock::new(|| {
    let day = "(?:3[01]|[12][0-9]|0?[1-9])";
    let rule = format!(
        r"\b(?:(?P<m1>{MONTH}) (?P<d1>{day})(?:st|nd|rd|th)?(?:,? (?P<y1>{YEAR}))?|(?P<d2>{day})(?:st|nd|rd|th)?(?: of)? (?P<m2>{MONTH})(?:,? (?P<y2>{YEAR}))?|(?P<y3>{YEAR})-(?P<m3>[0-9]{{2}})-(?P<d3>[0-9]{{2}}))\b"
    );
    Regex::new(&rule).expect("a constant")
});

/// The days that a text names, in order.
pub(super) fn named_days(text: &str) -> Vec<NamedDay> {
    let days = NAMED_DAY.captures_iter(text).filter_map(|captures| {
        let group = |names: [&str; 3]| names.iter().find_map(|name| captures.name(name)).map(|found| found.as_str());
        let year = group(["y1", "y2", "y3"]).and_then(|year| year.parse().ok());
        let month = group(["m1", "m2", "m3"])?;
        let day = group(["d1", "d2", "d3"])?.parse().ok()?;
        let month = month.parse().ok().or_else(|| month_number(month))?;
        Some(NamedDay { range: captures.get(0)?.range(), month, day, year })
    });
    days.collect()
}

fn month_number(name: &str) -> Option<i8> {
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let found = months.iter().position(|month| name.starts_with(month))?;
    i8::try_from(found + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::named_days;

    #[test]
    fn days_become_iso_dates() {
        let days = named_days("On August 20, 2025 and 3 Sept; 2024-02-29, then May 31st, Feb. 30.");
        let iso: Vec<_> = days.iter().map(|day| day.iso(Some(2025))).collect();
        let expected = [Some("2025-08-20"), Some("2025-09-03"), Some("2024-02-29"), Some("2025-05-31"), None];
        assert_eq!(iso, expected.map(|date| date.map(str::to_owned)));
        assert_eq!(days[1].iso(None), None);
    }
}
