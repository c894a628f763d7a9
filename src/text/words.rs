//! Words with their byte ranges, and their properties: capitalisation, acronyms, function words.

use rustc_hash::FxHashSet;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

static WORD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x)
        (?:\p{Lu}\.){2,}(?:\p{Lu}\b)?                                         # U.S., J.R.R.
      | \p{N}+(?:[.,]\p{N}+)+                                                 # 1,000.5
      | [\p{L}\p{N}][\p{L}\p{M}\p{N}]*(?:[-‐‑'’&][\p{L}\p{N}][\p{L}\p{M}\p{N}]*)*",
    )
    .expect("a constant")
});

static STOP_WORDS: LazyLock<FxHashSet<&'static str>> = LazyLock::new(|| entries(include_str!("function_words.txt")));

/// Prefixes of hyphenated words that are no words of their own, whose capital letter is no evidence
/// for a name.
const PREFIXES: &[&str] = &[
    "anti", "co", "counter", "cross", "e", "ex", "inter", "mid", "multi", "non", "post", "pre", "pro", "re", "self",
    "semi", "sub", "trans", "un", "well",
];
/// Capitalised abbreviations that are not names.
pub const GENERIC_CAPITALS: &[&str] = &[
    "AD", "AI", "AM", "BC", "BCE", "CE", "CEO", "CFO", "COO", "CV", "DIY", "DNA", "DVD", "FAQ", "GDP", "GMT", "GNP",
    "GPS", "HIV", "ID", "II", "III", "IQ", "IT", "IV", "IX", "LGBT", "LNG", "MEP", "MP", "MPs", "NGO", "OK", "PC",
    "PDF", "PM", "PR", "RNA", "SMS", "SUV", "TV", "UFO", "URL", "UTC", "UV", "VAT", "VI", "VII", "VIII", "VIP", "XI",
    "XII", "BREAKING", "UPDATE",
];

/// Lower-case parts that belong to the following name.
const PARTICLES: &[&str] = &["al", "an", "ar", "as", "ash", "at", "d", "ed", "el", "es", "ez", "l", "ul"];

/// The entries of a lexicon file with one entry per line.
pub fn entries(file: &'static str) -> FxHashSet<&'static str> {
    file.lines().collect()
}

/// A word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Its byte range, without a possessive 's; an initial includes its period.
    pub range: Range<usize>,
    /// Whether a possessive 's was removed.
    pub is_possessive: bool,
}

/// The words in a byte range of a text.
pub fn words(text: &str, within: Range<usize>) -> Vec<Word> {
    let piece = &text[within.clone()];
    WORD.find_iter(piece).map(|found| word(text, found.start() + within.start..found.end() + within.start)).collect()
}

fn word(text: &str, range: Range<usize>) -> Word {
    let surface = &text[range.clone()];
    for ending in ["'s", "’s", "'S", "’S"] {
        if let Some(stem) = surface.strip_suffix(ending)
            && !stem.is_empty()
        {
            return Word { range: range.start..range.start + stem.len(), is_possessive: true };
        }
    }
    let mut chars = surface.chars();
    let is_letter = chars.next().is_some_and(char::is_uppercase) && chars.next().is_none();
    let is_initial = is_letter && text[range.end..].starts_with(". ");
    Word { range: range.start..range.end + usize::from(is_initial), is_possessive: false }
}

/// Whether a word, in any case, is a function word: an article, pronoun, auxiliary or discourse
/// adverb. The first part of a contraction (`It'll`) decides.
pub fn is_stop_word(word: &str) -> bool {
    let first = word.split(['\'', '’']).next().unwrap_or(word);
    STOP_WORDS.contains(first.to_lowercase().as_str())
}

/// The part of a word that can be a name, as a byte range: `Iran` in `Iran-backed`, `Russian` in
/// `pro-Russian`, all of `al-Assad`, `Inter-American` and `iPhone`.
pub fn capital_part(word: &str) -> Option<Range<usize>> {
    let parts: Vec<(usize, &str)> = parts(word);
    let (_, first) = parts.first()?;
    let prefix = first.to_lowercase();
    let starts_high = first.starts_with(char::is_uppercase);
    let has_capital = |part: &str| part.starts_with(char::is_uppercase);
    if !starts_high && !parts.iter().any(|(_, part)| has_capital(part)) {
        let is_camel = first.chars().nth(1).is_some_and(char::is_uppercase) && first.starts_with(char::is_lowercase);
        return is_camel.then_some(0..word.len());
    }
    let last_high =
        parts.iter().rposition(|(_, part)| part.starts_with(|c: char| c.is_uppercase() || c.is_numeric()))?;
    let end = parts[last_high].0 + parts[last_high].1.len();
    if starts_high {
        let is_bare_prefix = last_high == 0 && PREFIXES.contains(&prefix.as_str());
        return Some(0..if is_bare_prefix { word.len() } else { end });
    }
    let from = parts.iter().position(|(_, part)| has_capital(part))?;
    let from = if from > 0 && PARTICLES.contains(&parts[from - 1].1) { from - 1 } else { from };
    Some(parts[from].0..end)
}

/// The parts between hyphens, and after the apostrophe of `d'Estaing`, with their byte offsets.
fn parts(word: &str) -> Vec<(usize, &str)> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, c) in word.char_indices() {
        let cuts = match c {
            '-' | '‐' | '‑' => true,
            '\'' | '’' => parts.is_empty() && matches!(&word[..at], "d" | "l"),
            _ => false,
        };
        if cuts {
            parts.push((start, &word[start..at]));
            start = at + c.len_utf8();
        }
    }
    parts.push((start, &word[start..]));
    parts
}

/// Whether a word has at least two letters or digits, at least one capital and no lower-case
/// letter: `NATO`, `U.S.`, `G20`.
pub fn is_acronym(word: &str) -> bool {
    let capitals = word.chars().filter(|c| c.is_uppercase()).count();
    let strokes = word.chars().filter(|c| c.is_alphanumeric()).count();
    strokes >= 2 && capitals >= 1 && !word.chars().any(char::is_lowercase)
}

#[cfg(test)]
mod tests {
    use super::{capital_part, is_acronym, is_stop_word, words};

    fn surfaces(text: &str) -> Vec<&str> {
        words(text, 0..text.len()).into_iter().map(|word| &text[word.range]).collect()
    }

    #[test]
    fn keeps_names_whole_and_cuts_the_possessive() {
        assert_eq!(
            surfaces("J. O’Brien’s U.S. trip, AT&T 1,000.5 naïve Київ; plan B."),
            ["J.", "O’Brien", "U.S.", "trip", "AT&T", "1,000.5", "naïve", "Київ", "plan", "B"]
        );
    }

    #[test]
    fn finds_the_name_in_a_compound() {
        let part = |word: &'static str| capital_part(word).map(|range| &word[range]);
        assert_eq!(part("Iran-backed"), Some("Iran"));
        assert_eq!(part("pro-Russian"), Some("Russian"));
        assert_eq!(part("al-Assad"), Some("al-Assad"));
        assert_eq!(part("d’Estaing"), Some("d’Estaing"));
        assert_eq!(part("Port-au-Prince"), Some("Port-au-Prince"));
        assert_eq!(part("Co-operation"), Some("Co-operation"));
        assert_eq!(part("F-16"), Some("F-16"));
        assert_eq!(part("iPhone"), Some("iPhone"));
        assert_eq!(part("Émile"), Some("Émile"));
        assert_eq!(part("5G"), None);
        assert_eq!(part("well-known"), None);
    }

    #[test]
    fn recognises_acronyms_and_stop_words() {
        assert!(is_acronym("NATO") && is_acronym("U.S.") && is_acronym("G20"));
        assert!(!is_acronym("A") && !is_acronym("Nato") && !is_acronym("2022"));
        assert!(is_stop_word("The") && is_stop_word("It’ll") && !is_stop_word("Moscow"));
    }
}
