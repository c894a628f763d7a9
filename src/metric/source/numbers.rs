//! Extracts numbers in digits and in words, with their units, as comparable values.

use std::cmp::Ordering;
use std::ops::Range;

use super::number_words::{self, power};
use super::units::{self, UnitOfMeasure};
use crate::metric::record::Decimal;

/// A number in a text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct NumberInText {
    /// The byte range that it covers, including sign, scale and unit.
    pub range: Range<usize>,
    /// Its possible values: `5m` is five million or five metres.
    pub values: Vec<NumericValue>,
    /// Its unit.
    pub unit: UnitOfMeasure,
    /// How the exact number may differ from it.
    hedge: Option<Hedge>,
    /// Whether it is often not a number; then it is not checked as a claim of a summary.
    pub is_weak: bool,
}

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NumericValue {
    /// An amount, without its sign.
    Amount(Decimal),
    /// A time of day or a duration, in seconds.
    Clock(u32),
}

/// The side of a rounded number on which the exact one lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hedge {
    Either,
    Above,
    Below,
}

/// Words that mark the following number as rounded.
const HEDGES: &[(&str, Hedge)] = &[
    ("about", Hedge::Either),
    ("approximately", Hedge::Either),
    ("around", Hedge::Either),
    ("close to", Hedge::Either),
    ("roughly", Hedge::Either),
    ("some", Hedge::Either),
    ("above", Hedge::Above),
    ("at least", Hedge::Above),
    ("more than", Hedge::Above),
    ("over", Hedge::Above),
    ("almost", Hedge::Below),
    ("at most", Hedge::Below),
    ("below", Hedge::Below),
    ("fewer than", Hedge::Below),
    ("less than", Hedge::Below),
    ("nearly", Hedge::Below),
    ("under", Hedge::Below),
    ("up to", Hedge::Below),
];

/// Letters that may directly follow digits: units and ordinal suffixes.
const ATTACHED: &[&str] = &[
    "am", "b", "bln", "bn", "c", "cm", "f", "ft", "g", "gb", "ghz", "gw", "gwh", "h", "ha", "hz", "in", "k", "kb",
    "kg", "km", "kph", "kw", "kwh", "l", "lb", "lbs", "m", "mb", "mg", "mhz", "ml", "mln", "mm", "mn", "mph", "mw",
    "mwh", "nd", "oz", "p", "pc", "pm", "pp", "rd", "s", "st", "t", "tb", "th", "tn", "tr", "twh", "x",
];

impl NumberInText {
    /// Returns whether a source's number supports this one: equal amounts with compatible units. A
    /// hedged number may also be the source's, rounded up or down to its own last significant
    /// digit, at most a tenth off.
    pub fn is_in(&self, source: &Self) -> bool {
        let may_be_round = self.unit == source.unit;
        let same = |value: &NumericValue| {
            source.values.iter().any(|other| other == value || may_be_round && self.is_rounded(value, other))
        };
        self.unit.agrees(source.unit) && self.values.iter().any(same)
    }

    fn is_rounded(&self, value: &NumericValue, exact: &NumericValue) -> bool {
        match (value, exact) {
            (NumericValue::Amount(round), NumericValue::Amount(exact)) => self.hedge.is_some_and(|hedge| {
                let is_there = match hedge {
                    Hedge::Either => true,
                    Hedge::Above => round.order(exact) == Ordering::Less,
                    Hedge::Below => round.order(exact) == Ordering::Greater,
                };
                is_there && round.is_rounded(exact)
            }),
            // Morning and afternoon are not distinguished: 7 p.m. equals 19:00.
            (NumericValue::Clock(a), NumericValue::Clock(b)) => a % HALF_DAY == b % HALF_DAY,
            _ => false,
        }
    }

    /// Formats the value: `110000000`, `4200000 EUR`, `9:30`.
    pub fn shown(&self) -> String {
        match self.values.last() {
            Some(NumericValue::Amount(amount)) => format!("{amount}{}", self.unit.suffix()),
            Some(NumericValue::Clock(seconds)) => {
                let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
                let rest = if rest > 0 { format!(":{rest:02}") } else { String::new() };
                format!("{hours}:{minutes:02}{rest}")
            }
            None => String::new(),
        }
    }
}

const HALF_DAY: u32 = 12 * 3600;

/// Returns the numbers of a text prepared by [`crate::text::readable`], in order; none overlaps
/// `taken`.
pub(super) fn numbers(text: &str, taken: &[Range<usize>]) -> Vec<NumberInText> {
    let mut numbers = figures(text);
    numbers.extend(number_words::numbers(text).into_iter().filter_map(|worded| {
        let amount = Decimal::plain(&(worded.twice as f64 / 2.0).to_string())?;
        let (end, unit) = units::behind(text, worded.range.end).unwrap_or((worded.range.end, UnitOfMeasure::None));
        Some(NumberInText {
            hedge: hedge(&text[..worded.range.start]),
            range: worded.range.start..end,
            values: vec![NumericValue::Amount(amount)],
            unit,
            is_weak: worded.is_weak,
        })
    }));
    let is_free = |range: &Range<usize>| taken.iter().all(|other| other.end <= range.start || range.end <= other.start);
    numbers.retain(|number| is_free(&number.range));
    numbers.sort_by_key(|number| (number.range.start, number.range.end));
    // In `110 million`, the word is not a number of its own.
    let mut end = 0;
    numbers.retain(|number| {
        let is_new = number.range.start >= end;
        end = end.max(number.range.end);
        is_new
    });
    numbers
}

fn figures(text: &str) -> Vec<NumberInText> {
    let bytes = text.as_bytes();
    let mut numbers = Vec::new();
    let mut at = 0;
    while let Some(found) = bytes[at..].iter().position(u8::is_ascii_digit) {
        let start = at + found;
        let token = digits_and_marks(text, start);
        numbers.extend(figure(text, start, token));
        at = token.max(start + 1);
    }
    numbers
}

/// Returns the end of the digits that start at a byte offset, including separators.
fn digits_and_marks(text: &str, start: usize) -> usize {
    let mut end = start;
    let mut chars = text[start..].char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let is_mark = matches!(c, '.' | ',' | ':' | '\'' | '’' | '\u{a0}' | '\u{202f}' | '\u{2009}');
        let digit_follows = chars.peek().is_some_and(|(_, next)| next.is_ascii_digit());
        if !(c.is_ascii_digit() || is_mark && digit_follows) {
            break;
        }
        end = start + at + c.len_utf8();
    }
    end
}

fn figure(text: &str, start: usize, end: usize) -> Option<NumberInText> {
    let token = &text[start..end];
    if is_part_of_name(&text[..start]) || (text[..start].ends_with('[') && text[end..].starts_with(']')) {
        return None;
    }
    let (mut to, mut power_of_ten, mut alternative) = (end, 0, None);
    let attached: &str = &text[end..end + text[end..].find(|c: char| !c.is_alphanumeric()).unwrap_or(text.len() - end)];
    let lower = attached.to_lowercase();
    if !lower.is_empty() {
        // `5G` and `4K` are names, `$5M` is none.
        let is_high = attached.len() == 1 && attached != lower && units::before(text, start).is_none();
        if is_high || !ATTACHED.contains(&lower.as_str()) {
            return None;
        }
        to += attached.len();
        match lower.as_str() {
            "m" => alternative = Some(6),
            "b" => alternative = Some(9),
            other => power_of_ten = power(other).unwrap_or(0),
        }
    }
    let half = half_of_day(&text[to..], &lower);
    if token.contains(':') || half.is_some() {
        return clock(text, start, end, half.unwrap_or(0));
    }
    let amount = amount(token)?;
    if lower.is_empty()
        && let Some((behind, scale)) = scale_behind(text, to)
    {
        (to, power_of_ten) = (behind, scale);
    }
    let money = units::before(text, start);
    let from = money.map_or(start, |(from, _)| from);
    let (to, unit) = match (money, units::behind(text, to)) {
        (Some((_, unit)), _) => (to, unit),
        (None, Some((behind, unit))) => (behind, unit),
        (None, None) => (to, UnitOfMeasure::None),
    };
    let mut values = vec![NumericValue::Amount(amount.scaled(power_of_ten))];
    if let Some(power) = alternative {
        let scaled = NumericValue::Amount(amount.scaled(power));
        // `€5m` are no metres.
        if matches!(unit, UnitOfMeasure::Money(_)) { values = vec![scaled] } else { values.insert(0, scaled) }
    }
    Some(NumberInText { range: from..to, values, unit, hedge: hedge(&text[..from]), is_weak: false })
}

/// Returns whether digits belong to a name: `F-16`, `COVID-19`, `B2`, `#5`.
fn is_part_of_name(before: &str) -> bool {
    let mut chars = before.chars().rev();
    match (chars.next(), chars.next()) {
        (Some('-' | '‐' | '‑' | '/'), Some(c)) => c.is_alphabetic(),
        (Some('_' | '@' | '|'), _) => true,
        (Some(c), _) if c.is_alphanumeric() => {
            // The letters of a currency may directly precede digits: `Rs500`, `NOK412`.
            units::before(before, before.len()).is_none()
        }
        _ => false,
    }
}

/// Parses digits with thousands separators, a point, or a decimal comma; `None` for anything but a
/// single number, such as `1.2.3`.
fn amount(token: &str) -> Option<Decimal> {
    let (whole, part) = match token.rsplit_once(['.', ',']) {
        Some((whole, part)) if token[whole.len()..].starts_with('.') => (whole, part),
        // A decimal comma is followed by one or two digits, and preceded by no other comma.
        Some((whole, part)) if part.len() < 3 && !whole.contains(',') => (whole, part),
        _ => (token, ""),
    };
    let is_mark = |c: char| !c.is_ascii_digit();
    let groups: Vec<&str> = whole.split(is_mark).collect();
    let are_groups = groups.len() == 1 || (groups[0].len() <= 3 && groups[1..].iter().all(|group| group.len() == 3));
    if whole.contains(['.', ':']) || !are_groups {
        return None;
    }
    Decimal::plain(&format!("{}.{part}0", groups.concat()))
}

/// Returns the scale after digits: `million` of `110 million` and of `40-million-zloty`.
fn scale_behind(text: &str, end: usize) -> Option<(usize, i32)> {
    let rest = &text[end..];
    let gap = rest.chars().next().filter(|c| matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '-' | '\n'))?.len_utf8();
    let word = &rest[gap..];
    let length = word.find(|c: char| !c.is_alphabetic()).unwrap_or(word.len());
    let lower = word[..length].to_lowercase();
    let power = power(&lower).filter(|_| lower != "k" && lower != "tr")?;
    Some((end + gap + length, power))
}

/// Returns 12 for p.m. and 24 for a.m., if a time is followed by either.
fn half_of_day(behind: &str, attached: &str) -> Option<u32> {
    let tail = behind.strip_prefix([' ', '\u{a0}']).unwrap_or(behind);
    let is = |mark: &str, dotted: &str| {
        attached == mark
            || tail.starts_with(dotted)
            || tail.strip_prefix(mark).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
    };
    if is("pm", "p.m.") {
        return Some(12);
    }
    is("am", "a.m.").then_some(24)
}

fn clock(text: &str, start: usize, end: usize, half: u32) -> Option<NumberInText> {
    let parts: Vec<u32> = text[start..end].split([':', '.']).map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let seconds = match parts[..] {
        [hours] => hours.checked_mul(3600)?,
        [hours, minutes] if minutes < 60 => hours.checked_mul(3600)?.checked_add(minutes * 60)?,
        [hours, minutes, rest] if minutes < 60 && rest < 60 => {
            hours.checked_mul(3600)?.checked_add(minutes * 60 + rest)?
        }
        _ => return None,
    };
    let later = if half == 12 && seconds < HALF_DAY { HALF_DAY } else { 0 };
    let values = vec![NumericValue::Clock(seconds + later)];
    Some(NumberInText { range: start..end, values, unit: UnitOfMeasure::None, hedge: None, is_weak: false })
}

fn hedge(before: &str) -> Option<Hedge> {
    let before = before.trim_end();
    let before = before.strip_suffix(" a").unwrap_or(before);
    let ends = |hedge: &str| {
        let from = before.len().checked_sub(hedge.len());
        let last = from.and_then(|from| Some((before.get(..from)?, before.get(from..)?)));
        last.is_some_and(|(head, last)| last.eq_ignore_ascii_case(hedge) && !head.ends_with(char::is_alphanumeric))
    };
    HEDGES.iter().find(|(words, _)| ends(words)).map(|(_, hedge)| *hedge)
}

#[cfg(test)]
mod tests {
    use super::{NumberInText, numbers};

    fn shown(text: &str) -> Vec<String> {
        numbers(text, &[]).iter().map(NumberInText::shown).collect()
    }

    fn is_in(summary: &str, source: &str) -> bool {
        let found = numbers(summary, &[]);
        assert_eq!(found.len(), 1, "{summary}: {found:?}");
        numbers(source, &[]).iter().any(|number| found[0].is_in(number))
    }

    #[test]
    fn one_value_in_many_guises() {
        for text in [
            "110 million",
            "110,000,000",
            "110m",
            "110mn",
            "a hundred and ten million",
            "110 000 000",
            "0.11bn",
            "110-million",
        ] {
            let text = text.replace("110 000 000", "110\u{a0}000\u{202f}000").replace('\u{202f}', "\u{a0}");
            assert!(is_in(&text, "some 110 million people"), "{text}");
        }
        assert_eq!(
            shown("€4.2 million, US$1.5bn, 40-million-zloty, 35 per cent, 3,5 %, NOK 412, £3.6m"),
            ["4200000 EUR", "1500000000 USD", "40000000 PLN", "35%", "3.5%", "412 NOK", "3600000 GBP"]
        );
        assert!(
            is_in("twelve hospitals", "12 hospitals")
                && is_in("the 15th", "fifteenth place")
                && is_in("4.5 years", "four and a half years")
        );
        assert!(is_in("7 p.m.", "19:00") && is_in("9:30", "9.30 a.m.") && !is_in("9:30", "9:31"));
    }

    #[test]
    fn other_values_and_other_units_are_not_the_same() {
        assert!(!is_in("111 million", "110 million") && !is_in("110", "110 million") && !is_in("1.1", "11"));
        assert!(
            !is_in("€5", "$5") && !is_in("5%", "€5") && is_in("5%", "between 5 and 10 per cent") && is_in("$5", "A$5")
        );
    }

    #[test]
    fn hedged_numbers_may_be_round() {
        assert!(is_in("more than 8,000", "8,140 participants") && is_in("about 110 million", "110.4 million"));
        assert!(!is_in("more than 9,000", "8,412 people") && is_in("nearly 9,000", "8,912 people"));
        assert!(!is_in("8,000", "8,140 participants") && !is_in("about 9,000", "7,900") && !is_in("about 1", "1.4"));
    }

    #[test]
    fn figures_in_names_notes_and_versions_are_none() {
        assert!(
            shown("F-16, COVID-19, B2, v1.2.3, note[12], 1.2.3, 5G, 4x4, hundreds of millions").is_empty(),
            "{:?}",
            shown("F-16, COVID-19, B2, v1.2.3, note[12], 1.2.3, 5G, 4x4, hundreds of millions")
        );
        assert_eq!(shown("3-2 in 2:21:48, a 19-year-old"), ["3", "2", "2:21:48", "19"]);
    }

    #[test]
    fn ranges_cover_sign_scale_and_unit() {
        let text = "Of US$1.5 billion, 35 per cent.";
        let found: Vec<&str> = numbers(text, &[]).into_iter().map(|number| &text[number.range]).collect();
        assert_eq!(found, ["US$1.5 billion", "35 per cent"]);
    }
}
