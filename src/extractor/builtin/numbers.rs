//! Numbers in digits and words, with what they measure: money, percentages, quantities, ranks.

use std::ops::Range;
use std::sync::LazyLock;

use super::mention::{CandidateMention, LabelledPatterns};

/// One or two spaces inside a line, breaking or not, between digits and units.
pub(super) const SPACE: &str = r"[ \u{a0}\u{202f}]{1,2}";
const FIGURE: &str = r"(?:\d{1,3}(?:[,\u{a0}\u{202f}’']\d{3})+|\d+)(?:\.\d+)?";
const UNIT_WORD: &str = "(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|\
     seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)";
const SCALE_WORD: &str = "(?:hundred|thousand|million|billion|trillion|dozen)";
const SCALE: &str = "(?:hundred|thousand|million|billion|trillion|mln|bln|bn|mn|tn)";
const CURRENCY_CODE: &str =
    "(?:USD|EUR|GBP|JPY|CHF|RUB|UAH|CNY|RMB|INR|AUD|CAD|SEK|NOK|DKK|PLN|CZK|HUF|TRY|BRL|MXN|ZAR|KRW|SGD|HKD|NZD)";
const CURRENCY_SIGN: &str = r"(?:US|A|C|CA|AU|NZ|HK|S|R)?[$€£¥₹₽₴₩₪₺]";
const CURRENCY_NAME: &str = "(?:(?:US|American|Australian|Canadian)[ -])?(?:dollars?|euros?|pounds?(?: sterling)?|roubles?|rubles?|yen|yuan|renminbi|\
     (?:Swiss )?francs?|hryvnias?|rupees?|pesos?|zlotys?|kronor|kroner|kronas?|krones?|liras?|shekels?|rand|won|reais|riyals?|dirhams?|\
     dinars?|cents?|pence)";
const MEASURE: &str = "(?:(?:square|cubic|nautical)[ -])?(?:kilomet(?:er|re)s?|met(?:er|re)s?|centimet(?:er|re)s?|millimet(?:er|re)s?|miles?|\
     yards?|feet|foot|inch(?:es)?|km|km²|cm|mm|hectares?|acres?|kilograms?|kilos?|grams?|milligrams?|kg|mg|tons?|tonnes?|pounds|ounces?|\
     lit(?:er|re)s?|gallons?|barrels?|bushels?|degrees?(?: Celsius| Fahrenheit)?|mph|kph|knots?|kilowatts?|megawatts?|gigawatts?|\
     kWh|MWh|TWh|kW|MW|GW|hertz|[kMG]Hz|kilobytes?|megabytes?|gigabytes?|terabytes?|[kMGT]B|calories|joules|volts?|kilotons?|\
     megatons?|light[ -]years?|metric[ -]tons?|miles per hour|kilomet(?:er|re)s per hour|km/h)";

/// Pattern of a number in words: `twenty-five`, `a hundred and ten thousand`.
pub(super) fn number_words() -> String {
    let word = format!("(?:{UNIT_WORD}|{SCALE_WORD})");
    format!("(?i:(?:an? {SCALE_WORD}|{UNIT_WORD})(?:(?:[ -]| and ){word})*)")
}

/// Pattern of a number in digits or words, with its scale: `3.5 million`, `two dozen`, `10-15`.
pub(super) fn number() -> String {
    let words = number_words();
    format!(r"(?:{FIGURE}(?:(?: ?[-–] ?| to ){FIGURE})?(?:(?:{SPACE}|-){SCALE}\b)?|{words})")
}

/// The rules, the more specific label first; each captures its mention as the group `m`.
static RULES: LazyLock<LabelledPatterns> = LazyLock::new(|| {
    let number = number();
    let words = number_words();
    let scale = format!(r"(?:(?:{SPACE}|-)?(?:{SCALE}|[kKmMbB]|tr)\b)?");
    let amount = format!(r"{FIGURE}{scale}(?:(?: ?[-–] ?| to )(?:{CURRENCY_SIGN})? ?{FIGURE}{scale})?");
    let ordinal_words = "(?i:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|\
         fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|hundredth|thousandth|\
         (?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)-(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth))";
    let vague = "(?i:tens of thousands|hundreds of thousands|hundreds of millions|tens of millions|dozens|hundreds|thousands|\
         millions|billions|trillions)";
    let rules = [
        ("MONEY", format!(r"(?P<m>{CURRENCY_SIGN} ?{amount})")),
        ("MONEY", format!(r"\b(?P<m>{CURRENCY_CODE} ?{amount})")),
        ("MONEY", format!(r"\b(?P<m>{number}(?:{SPACE}|-)?(?:{CURRENCY_CODE}|{CURRENCY_NAME}))\b")),
        ("MONEY", format!(r"\b(?P<m>{FIGURE} ?[€£₽₴])")),
        ("MONEY", format!(r"\b(?P<m>{vague} of {CURRENCY_NAME})\b")),
        ("PERCENT", format!(r"\b(?P<m>{FIGURE} ?%?(?: ?[-–] ?| to ){FIGURE} ?%)")),
        ("PERCENT", format!(r"\b(?P<m>{number}(?:{SPACE})?(?:%|‰))")),
        ("PERCENT", format!(r"\b(?P<m>{number}[ -](?:percentage points?|per cent|percent))\b")),
        ("QUANTITY", format!(r"\b(?P<m>(?:{number}|{vague} of)(?:{SPACE}|-)?{MEASURE}(?:²|³|\b))")),
        ("QUANTITY", format!(r"\b(?P<m>{number} ?°(?: ?[CF]\b)?)")),
        ("ORDINAL", format!(r"\b(?P<m>\d+(?:st|nd|rd|th)|{ordinal_words})\b")),
        ("CARDINAL", format!(r"\b(?P<m>{vague})\b")),
        ("CARDINAL", format!(r"\b(?P<m>{number})\b")),
        ("CARDINAL", format!(r"\b(?P<m>{words})\b")),
    ];
    LabelledPatterns::new(rules)
});

/// All matches of numbers in a text that was masked by [`crate::text::readable`]; they may overlap.
pub(super) fn mentions(text: &str) -> Vec<CandidateMention> {
    let mut mentions = RULES.find(text);
    mentions.retain(|mention| !is_no_count(text, &mention.range, mention.label));
    mentions
}

/// Whether a match is not a count: `one` as a pronoun, `third` in `third party`, and the numbers of
/// list items, footnotes and sections.
fn is_no_count(text: &str, range: &Range<usize>, label: &str) -> bool {
    let surface = &text[range.clone()];
    let before = text[..range.start].trim_end_matches(' ');
    let behind = &text[range.end..];
    if label == "CARDINAL" && surface.eq_ignore_ascii_case("one") {
        let last = before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or("").to_lowercase();
        let is_pronoun =
            ["no", "any", "every", "some", "each", "the", "this", "that", "another", "which", "new", "big"];
        let counts = behind.strip_prefix(' ').is_some_and(|rest| rest.starts_with(char::is_lowercase));
        return is_pronoun.contains(&last.as_str()) || !counts;
    }
    if label == "ORDINAL" && surface.eq_ignore_ascii_case("third") {
        return [" part", " countr", "-part", "-countr"].iter().any(|outsider| behind.starts_with(outsider));
    }
    if label == "CARDINAL" && surface.bytes().all(|byte| byte.is_ascii_digit()) {
        let opens_line = before.is_empty() || before.ends_with('\n');
        let is_bullet = opens_line && behind.starts_with(['.', ')']);
        let is_mark = before.ends_with(['[', '#', '§', '№']) || (before.ends_with('(') && behind.starts_with(')'));
        return is_bullet || is_mark;
    }
    false
}
