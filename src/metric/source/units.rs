//! Units of numbers, as far as they decide whether two numbers are equal: percent, and currencies.

/// The unit of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum UnitOfMeasure {
    /// No known unit.
    None,
    /// Percent.
    Percent,
    /// A currency by its ISO 4217 code, or `$` if the kind of dollar is unknown.
    Money(&'static str),
}

impl UnitOfMeasure {
    /// Returns whether numbers with these units can be equal: if either is unknown, or if one is
    /// `$` and the other a dollar.
    pub fn agrees(self, other: Self) -> bool {
        let is_dollar = |code: &str| code == "$" || DOLLARS.contains(&code);
        match (self, other) {
            (Self::None, _) | (_, Self::None) => true,
            (Self::Money(a), Self::Money(b)) if a == "$" || b == "$" => is_dollar(a) && is_dollar(b),
            _ => self == other,
        }
    }

    /// Formats the unit as a suffix of a number: ` EUR`, `%`.
    pub fn suffix(self) -> String {
        match self {
            Self::None => String::new(),
            Self::Percent => "%".to_owned(),
            Self::Money(code) => format!(" {code}"),
        }
    }
}

const DOLLARS: &[&str] = &["USD", "AUD", "CAD", "NZD", "HKD", "SGD", "JMD", "NAD", "TWD"];

/// Currency signs, longer ones first.
const SIGNS: &[(&str, &str)] = &[
    ("US$", "USD"),
    ("AU$", "AUD"),
    ("CA$", "CAD"),
    ("HK$", "HKD"),
    ("NZ$", "NZD"),
    ("NT$", "TWD"),
    ("KSh", "KES"),
    ("A$", "AUD"),
    ("C$", "CAD"),
    ("J$", "JMD"),
    ("N$", "NAD"),
    ("R$", "BRL"),
    ("S$", "SGD"),
    ("Rs", "INR"),
    ("$", "$"),
    ("€", "EUR"),
    ("£", "GBP"),
    ("₹", "INR"),
    ("₽", "RUB"),
    ("₴", "UAH"),
    ("₩", "KRW"),
    ("₪", "ILS"),
    ("₺", "TRY"),
    ("₫", "VND"),
    ("₦", "NGN"),
    ("₱", "PHP"),
    ("฿", "THB"),
];

const CODES: &[&str] = &[
    "AED", "AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "GEL", "GHS", "HKD", "HUF", "IDR", "ILS",
    "INR", "JMD", "JPY", "KES", "KRW", "MXN", "MYR", "NAD", "NGN", "NOK", "NZD", "PHP", "PKR", "PLN", "RON", "RUB",
    "SAR", "SEK", "SGD", "THB", "TRY", "TWD", "UAH", "USD", "VND", "ZAR",
];

/// Currency names that no two countries share.
const NAMES: &[(&str, &str)] = &[
    ("dollar", "$"),
    ("euro", "EUR"),
    ("yen", "JPY"),
    ("yuan", "CNY"),
    ("renminbi", "CNY"),
    ("dong", "VND"),
    ("zloty", "PLN"),
    ("zlotys", "PLN"),
    ("koruna", "CZK"),
    ("forint", "HUF"),
    ("hryvnia", "UAH"),
    ("rouble", "RUB"),
    ("ruble", "RUB"),
    ("lari", "GEL"),
    ("ringgit", "MYR"),
    ("rand", "ZAR"),
    ("reais", "BRL"),
    ("baht", "THB"),
    ("shekel", "ILS"),
    ("naira", "NGN"),
    ("cedi", "GHS"),
];

/// Returns the currency that precedes a number starting at a byte offset, and where it begins.
pub(super) fn before(text: &str, start: usize) -> Option<(usize, UnitOfMeasure)> {
    let head = text[..start].strip_suffix([' ', '\u{a0}', '\u{202f}']).unwrap_or(&text[..start]);
    let of = |sign: &str, code: &'static str| {
        let before = head.strip_suffix(sign)?;
        let is_whole = !sign.starts_with(char::is_alphabetic) || !before.ends_with(char::is_alphanumeric);
        is_whole.then_some((before.len(), UnitOfMeasure::Money(code)))
    };
    SIGNS.iter().find_map(|(sign, code)| of(sign, code)).or_else(|| CODES.iter().find_map(|code| of(code, code)))
}

/// Returns the unit that follows a number ending at a byte offset, and where it ends.
pub(super) fn behind(text: &str, end: usize) -> Option<(usize, UnitOfMeasure)> {
    let rest = &text[end..];
    let gap = rest.chars().next().filter(|c| matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '-')).map_or(0, char::len_utf8);
    let tail = &rest[gap..];
    if tail.starts_with('%') {
        return Some((end + gap + 1, UnitOfMeasure::Percent));
    }
    if gap == 0 && tail.starts_with("pc") && !tail[2..].starts_with(char::is_alphanumeric) {
        return Some((end + 2, UnitOfMeasure::Percent));
    }
    for (sign, code) in SIGNS.iter().filter(|(sign, _)| !sign.is_ascii()) {
        if tail.starts_with(sign) {
            return Some((end + gap + sign.len(), UnitOfMeasure::Money(code)));
        }
    }
    let (first, second) = first_words(tail);
    let to = |at: usize| end + gap + if at == 0 { first.len() } else { first.len() + 1 + second.len() };
    match (first, second) {
        ("percent" | "percentage", _) => Some((to(0), UnitOfMeasure::Percent)),
        ("per", "cent") => Some((to(1), UnitOfMeasure::Percent)),
        _ if first.is_empty() => None,
        _ => {
            let code = CODES.iter().find(|code| **code == first).map(|code| (0, *code));
            let nation = |name: &str| match name {
                "US" | "American" => Some("USD"),
                "Australian" => Some("AUD"),
                "Canadian" => Some("CAD"),
                _ => None,
            };
            let national = nation(first).filter(|_| is_named(second, "dollar")).map(|code| (1, code));
            let named = NAMES.iter().find(|(name, _)| is_named(first, name)).map(|(_, code)| (0, *code));
            code.or(national).or(named).map(|(at, code)| (to(at), UnitOfMeasure::Money(code)))
        }
    }
}

fn is_named(word: &str, name: &str) -> bool {
    word.eq_ignore_ascii_case(name)
        || word.len() == name.len() + 1
            && word.ends_with('s')
            && word.get(..name.len()).is_some_and(|w| w.eq_ignore_ascii_case(name))
}

/// Returns the first word of a text and the one after it; empty if there is none.
fn first_words(text: &str) -> (&str, &str) {
    let word = |text: &'_ str| text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
    let (first, rest) = text.split_at(word(text));
    let second = rest.strip_prefix(' ').map_or("", |rest| &rest[..word(rest)]);
    (first, second)
}

#[cfg(test)]
mod tests {
    use super::{UnitOfMeasure, before, behind};

    #[test]
    fn signs_codes_and_names() {
        assert_eq!(before("for A$1", 6), Some((4, UnitOfMeasure::Money("AUD"))));
        assert_eq!(before("NOK 412", 4), Some((0, UnitOfMeasure::Money("NOK"))));
        assert_eq!(before("KSh 1", 4), Some((0, UnitOfMeasure::Money("KES"))));
        assert_eq!(before("MOKSh 1", 6), None);
        assert_eq!(behind("40 zlotys", 2), Some((9, UnitOfMeasure::Money("PLN"))));
        assert_eq!(behind("40-zloty", 2), Some((8, UnitOfMeasure::Money("PLN"))));
        assert_eq!(behind("4 US dollars", 1), Some((12, UnitOfMeasure::Money("USD"))));
        assert_eq!(behind("4 per cent", 1), Some((10, UnitOfMeasure::Percent)));
        assert_eq!(behind("4 %", 1), Some((3, UnitOfMeasure::Percent)));
        assert_eq!(behind("4 people", 1), None);
        assert_eq!(behind("4.", 1), None);
    }

    #[test]
    fn dollars_agree_and_euros_do_not() {
        assert!(
            UnitOfMeasure::Money("$").agrees(UnitOfMeasure::Money("AUD"))
                && UnitOfMeasure::None.agrees(UnitOfMeasure::Percent)
        );
        assert!(
            !UnitOfMeasure::Money("USD").agrees(UnitOfMeasure::Money("AUD"))
                && !UnitOfMeasure::Money("$").agrees(UnitOfMeasure::Money("EUR"))
        );
    }
}
