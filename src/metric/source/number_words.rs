//! Parses English number words: `twenty-five`, `a hundred and ten thousand`, `four and a half`,
//! `fifteenth`.

use std::ops::Range;

/// A number written in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Worded {
    /// The byte range that it covers.
    pub range: Range<usize>,
    /// Twice its value, so that halves are integers.
    pub twice: u64,
    /// Whether it is often not a number: `one`, `first`, `second`, `third`.
    pub is_weak: bool,
}

const SMALL: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const SCALES: [(&str, u64); 6] = [
    ("dozen", 12),
    ("hundred", 100),
    ("thousand", 1_000),
    ("million", 1_000_000),
    ("billion", 1_000_000_000),
    ("trillion", 1_000_000_000_000),
];
const ORDINALS: [&str; 20] = [
    "",
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
];
const FRACTIONS: [&str; 10] =
    ["half", "halves", "third", "thirds", "quarter", "quarters", "fifths", "sixths", "eighths", "tenths"];

/// The role of a word in a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Small(u64),
    Tens(u64),
    Scale(u64),
    Ordinal(u64),
}

fn role(word: &str) -> Option<Role> {
    let at = |list: &[&str]| list.iter().position(|known| *known == word).map(|at| at as u64);
    at(&SMALL)
        .map(Role::Small)
        .or_else(|| at(&TENS).map(|at| Role::Tens(10 * at + 20)))
        .or_else(|| SCALES.iter().find(|(name, _)| *name == word).map(|(_, scale)| Role::Scale(*scale)))
        .or_else(|| at(&ORDINALS[1..]).map(|at| Role::Ordinal(at + 1)))
        .or_else(|| {
            let tens = word.strip_suffix("ieth")?;
            TENS.iter()
                .position(|known| known.strip_suffix('y') == Some(tens))
                .map(|at| Role::Ordinal(10 * at as u64 + 20))
        })
}

/// Returns the power of ten of a scale word or its abbreviation: 6 for `million`, `mn`, `mln`.
pub(super) fn power(word: &str) -> Option<i32> {
    Some(match word {
        "hundred" => 2,
        "thousand" | "k" => 3,
        "million" | "mn" | "mln" => 6,
        "billion" | "bn" | "bln" => 9,
        "trillion" | "tn" | "tr" => 12,
        _ => return None,
    })
}

/// A lower-cased word of letters.
struct Word {
    range: Range<usize>,
    lower: String,
}

fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (c.is_alphabetic(), start) {
            (true, None) => start = Some(at),
            (false, Some(begun)) => {
                words.push(Word { range: begun..at, lower: text[begun..at].to_lowercase() });
                start = None;
            }
            _ => {}
        }
    }
    words
}

/// Returns the numbers written in words in a text, in order.
pub(super) fn numbers(text: &str) -> Vec<Worded> {
    let words = words(text);
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        match read(text, &words[at..]) {
            Some((number, used)) => {
                found.extend(number);
                at += used;
            }
            None => at += 1,
        }
    }
    found
}

/// Parses a number at the beginning of `words`; returns it and its number of words. A fraction
/// (`two thirds`) takes words but is not a number.
fn read(text: &str, words: &[Word]) -> Option<(Option<Worded>, usize)> {
    let follows = |at: usize| {
        let gap = words.get(at).map(|word| &text[words[at - 1].range.end..word.range.start]);
        matches!(gap, Some(" " | "-" | "‐" | "‑" | "\u{a0}"))
    };
    let word = |at: usize| if at == 0 || follows(at) { words.get(at).map(|word| word.lower.as_str()) } else { None };
    let scale = |at: usize| word(at).and_then(role).filter(|role| matches!(role, Role::Scale(_)));
    let mut at = 0;
    // Of `a hundred`, `half a million`.
    let mut twice = 2;
    let is_article = |at: usize| matches!(word(at), Some("a" | "an"));
    if word(0) == Some("half") && is_article(1) && scale(2).is_some() {
        (at, twice) = (2, 1);
    } else if is_article(0) && scale(1).is_some() {
        at = 1;
    } else if matches!(word(0).and_then(role)?, Role::Scale(_)) {
        // `hundred` by itself, as in `per hundred`.
        return None;
    }
    let begun = at;
    let (mut total, mut group) = (0_u64, 0_u64);
    let mut last: Option<Role> = None;
    let mut least_scale = u64::MAX;
    while let Some(role) = word(at).and_then(role) {
        let fits = match (last, role) {
            (None | Some(Role::Scale(_)), Role::Small(_) | Role::Tens(_)) => true,
            (Some(Role::Tens(_)), Role::Small(n)) => (1..10).contains(&n),
            (Some(Role::Tens(_)), Role::Ordinal(n)) => n < 10,
            (None, Role::Ordinal(_)) => true,
            (None, Role::Scale(_)) => at == begun && begun > 0,
            (Some(Role::Small(_) | Role::Tens(_)), Role::Scale(_)) => true,
            (Some(Role::Scale(before)), Role::Scale(next)) => next > before && (before == 100 || before == 12),
            _ => false,
        };
        if !fits {
            break;
        }
        match role {
            Role::Small(n) | Role::Tens(n) | Role::Ordinal(n) => group += n,
            Role::Scale(scale) if scale <= 100 => group = group.max(1) * scale,
            Role::Scale(scale) => {
                if scale >= least_scale {
                    break;
                }
                least_scale = scale;
                total += group.max(1) * scale;
                group = 0;
            }
        }
        last = Some(role);
        at += 1;
        if matches!(role, Role::Ordinal(_)) {
            break;
        }
        // `a hundred and ten`.
        let goes_on = |at: usize| {
            word(at).and_then(self::role).is_some_and(|next| matches!(next, Role::Small(_) | Role::Tens(_)))
        };
        if matches!(role, Role::Scale(_)) && word(at) == Some("and") && goes_on(at + 1) {
            at += 1;
        }
    }
    last?;
    let mut value = twice * (total + group);
    if word(at) == Some("and") && is_article(at + 1) && word(at + 2) == Some("half") {
        value += 1;
        at += 3;
        if let Some(Role::Scale(scale)) = scale(at) {
            value = value.saturating_mul(scale);
            at += 1;
        }
    }
    let is_ordinal = matches!(last, Some(Role::Ordinal(_)));
    let is_fraction = at - begun == 1
        && !is_ordinal
        && word(at).is_some_and(|next| FRACTIONS.contains(&next))
        && matches!(last, Some(Role::Small(_)));
    if is_fraction {
        return Some((None, at + 1));
    }
    let range = words[0].range.start..words[at - 1].range.end;
    let is_weak = at == 1 && (value == 2 || (is_ordinal && value <= 6));
    Some((Some(Worded { range, twice: value, is_weak }), at))
}

#[cfg(test)]
mod tests {
    use super::numbers;

    fn read(text: &str) -> Vec<(&str, f64)> {
        numbers(text).into_iter().map(|n| (&text[n.range], n.twice as f64 / 2.0)).collect()
    }

    #[test]
    fn words_become_numbers() {
        for (text, value) in [
            ("twelve", 12.0),
            ("Twenty-five", 25.0),
            ("a hundred and ten thousand", 110_000.0),
            ("two hundred and fifty", 250.0),
            ("three million two hundred thousand and one", 3_200_001.0),
            ("half a million", 500_000.0),
            ("four and a half", 4.5),
            ("two and a half billion", 2_500_000_000.0),
            ("two dozen", 24.0),
            ("a dozen", 12.0),
            ("fifteenth", 15.0),
            ("twenty-first", 21.0),
            ("thirtieth", 30.0),
            ("one hundred million", 100_000_000.0),
        ] {
            assert_eq!(read(text), [(text, value)]);
        }
    }

    #[test]
    fn what_is_two_numbers_or_none() {
        assert_eq!(
            read("two three, seventy eleven"),
            [("two", 2.0), ("three", 3.0), ("seventy", 70.0), ("eleven", 11.0)]
        );
        assert_eq!(read("five and six"), [("five", 5.0), ("six", 6.0)]);
        assert!(read("hundreds, a millionth, two-thirds, one third, the dozens, often, tenor").is_empty());
        assert!(numbers("one second").iter().all(|number| number.is_weak));
    }
}
