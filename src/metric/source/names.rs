//! Extracts names (sequences of capitalised words) and looks them up in a text, in any of their
//! forms.

use std::ops::Range;

use rustc_hash::{FxHashMap, FxHashSet};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::demonyms::{country_of, country_of_pair};
use crate::text::capitalised_runs::{CapitalisedRun, runs};
use crate::text::words::{GENERIC_CAPITALS, is_acronym, is_stop_word, words};

/// Lower-case words that may occur inside a name.
const CONNECTORS: &[&str] = &[
    "of", "for", "al", "bin", "bint", "da", "das", "de", "del", "den", "der", "di", "do", "dos", "du", "el", "ibn",
    "la", "le", "ter", "van", "von", "y", "zu",
];

/// A name in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ProperName {
    /// The byte range that it covers.
    pub range: Range<usize>,
    /// Its folded words without connectors; never empty.
    tokens: Vec<String>,
    /// Whether its first word begins a sentence, where capitalisation has no meaning.
    is_initial: bool,
    /// Whether it is a single word in capitals.
    is_acronym: bool,
}

/// Folds a word to lower case without accents, dots and apostrophes, for comparison.
fn fold(word: &str) -> String {
    let plain = word.nfkd().filter(|c| !is_combining_mark(*c) && !matches!(c, '.' | '\'' | '’'));
    let lower = plain.flat_map(char::to_lowercase);
    lower
        .map(|c| match c {
            'ł' => 'l',
            'ø' => 'o',
            'đ' => 'd',
            'ı' => 'i',
            '‐' | '‑' => '-',
            c => c,
        })
        .collect()
}

/// Returns the names of a text prepared by [`crate::text::readable`], in order, except dates
/// (`taken`). A single word that begins a sentence is a name only if it is an acronym, or is also
/// capitalised inside a sentence, in this text or in `elsewhere`. A text that capitalises most of
/// its words has no detectable names.
pub(super) fn names(text: &str, taken: &[Range<usize>], elsewhere: &NameIndex) -> Vec<ProperName> {
    if is_title_case(text) {
        return Vec::new();
    }
    let runs = runs(text, CONNECTORS);
    let inside: FxHashSet<String> = runs
        .iter()
        .flat_map(|run| run.words.iter().skip(usize::from(run.is_initial)))
        .map(|word| fold(&text[word.clone()]))
        .collect();
    let mut names = Vec::new();
    for run in &runs {
        for piece in without(run, taken) {
            let name = name(text, piece, run);
            let sole = (name.tokens.len() == 1).then(|| name.tokens.first()).flatten();
            let surface = &text[name.range.clone()];
            let is_bare = sole.is_some_and(|token| {
                let is_known = inside.contains(token) || elsewhere.is_capital_inside(token);
                name.is_initial && !is_acronym(surface) && !is_known
            });
            let is_generic = GENERIC_CAPITALS.contains(&surface)
                || (sole.is_some() && is_stop_word(surface) && !is_acronym(surface));
            let has_letters = name.tokens.iter().any(|token| token.chars().any(char::is_alphabetic));
            let is_title = name.tokens.iter().all(|token| TITLES.contains(&token.as_str()));
            if !is_bare && !is_generic && !is_title && has_letters {
                names.push(name);
            }
        }
    }
    names
}

/// Returns the words of a sequence, split at those that belong to dates.
fn without<'r>(run: &'r CapitalisedRun, taken: &[Range<usize>]) -> Vec<&'r [Range<usize>]> {
    let is_taken = |word: &Range<usize>| taken.iter().any(|date| date.start < word.end && word.start < date.end);
    run.words.split(is_taken).filter(|piece| !piece.is_empty()).collect()
}

fn name(text: &str, piece: &[Range<usize>], run: &CapitalisedRun) -> ProperName {
    let is_connector = |word: &Range<usize>| CONNECTORS.contains(&&text[word.clone()]);
    let first = piece.iter().position(|word| !is_connector(word)).unwrap_or(0);
    let last = piece.iter().rposition(|word| !is_connector(word)).unwrap_or(piece.len() - 1);
    let words = &piece[first..=last];
    ProperName {
        range: words[0].start..words[words.len() - 1].end,
        tokens: words.iter().filter(|word| !is_connector(word)).map(|word| fold(&text[word.clone()])).collect(),
        is_initial: run.is_initial && words[0].start == run.words[0].start,
        is_acronym: words.len() == 1 && is_acronym(&text[words[0].clone()]),
    }
}

/// Returns whether most words of four or more letters are capitalised: a headline, or a text in
/// capitals.
fn is_title_case(text: &str) -> bool {
    let long: Vec<&str> = words(text, 0..text.len())
        .into_iter()
        .map(|word| &text[word.range])
        .filter(|word| word.chars().count() > 3)
        .collect();
    let high = long.iter().filter(|word| word.starts_with(char::is_uppercase)).count();
    long.len() >= 8 && 10 * high > 7 * long.len()
}

impl ProperName {
    /// Returns the folded words, for lists.
    pub fn shown(&self) -> String {
        self.tokens.join(" ")
    }
}

/// The index of a source for the lookup of names.
#[derive(Debug, Default)]
pub(super) struct NameIndex {
    /// Every folded word, every part of a compound, and the country that a word refers to, with the
    /// byte range of its first occurrence.
    tokens: FxHashMap<String, Range<usize>>,
    /// Words in capitals.
    acronyms: FxHashSet<String>,
    /// Capitalised words that do not begin a sentence.
    inside: FxHashSet<String>,
    /// Words that follow another word of their name.
    behind: FxHashSet<String>,
    /// The initials of sequences of capitalised words, with and without connectors.
    initials: FxHashMap<String, Range<usize>>,
}

impl NameIndex {
    /// Indexes a text prepared by [`crate::text::readable`].
    pub fn new(text: &str) -> Self {
        let mut source = Self::default();
        let mut before: Option<String> = None;
        for word in words(text, 0..text.len()) {
            let surface = &text[word.range.clone()];
            let token = fold(surface);
            if is_acronym(surface) {
                source.acronyms.insert(token.clone());
            }
            let pair = before.as_deref().and_then(|before| country_of_pair(before, &token));
            let parts = token.split('-').flat_map(|part| [part, country_of(part)]);
            for key in parts.chain([token.as_str()]).chain(pair).filter(|key| !key.is_empty()) {
                if !source.tokens.contains_key(key) {
                    source.tokens.insert(key.to_owned(), word.range.clone());
                }
            }
            before = Some(token);
        }
        for run in runs(text, CONNECTORS) {
            for word in run.words.iter().skip(usize::from(run.is_initial)) {
                source.inside.insert(fold(&text[word.clone()]));
            }
            for pair in run.words.windows(2).skip(usize::from(run.is_initial)) {
                let before = &text[pair[0].clone()];
                if !CONNECTORS.contains(&before) && !TITLES.contains(&fold(before).as_str()) {
                    source.behind.insert(fold(&text[pair[1].clone()]));
                }
            }
            source.add_initials(text, &run);
        }
        source
    }

    /// Adds the initials of every part of a sequence: `EU` of `the European Union's`, `IAEA` of
    /// `International Atomic Energy Agency`.
    fn add_initials(&mut self, text: &str, run: &CapitalisedRun) {
        let initial = |word: &Range<usize>| fold(text[word.clone()].get(..1).unwrap_or_default());
        for from in 0..run.words.len() {
            let (mut all, mut high) = (String::new(), String::new());
            // Longer acronyms are not looked up.
            for word in run.words[from..].iter().take(MOST_INITIALS) {
                all.push_str(&initial(word));
                if CONNECTORS.contains(&&text[word.clone()]) {
                    continue;
                }
                high.push_str(&initial(word));
                let range = run.words[from].start..word.end;
                for initials in [&all, &high].into_iter().filter(|initials| initials.len() > 1) {
                    self.initials.entry(initials.clone()).or_insert_with(|| range.clone());
                }
            }
        }
    }

    fn is_capital_inside(&self, token: &str) -> bool {
        self.inside.contains(token)
    }

    /// Returns where the source has a word of a name: the word itself, its country, its plural or
    /// singular, or, for a compound, all parts.
    fn token(&self, token: &str) -> Option<&Range<usize>> {
        let exact = |token: &str| self.tokens.get(token).or_else(|| self.tokens.get(country_of(token)));
        exact(token).or_else(|| exact(token.strip_suffix('s')?)).or_else(|| exact(&format!("{token}s"))).or_else(|| {
            let parts: Option<Vec<_>> = token.split('-').map(exact).collect();
            parts.filter(|parts| parts.len() > 1)?.last().copied()
        })
    }

    /// Returns where the source has a name: all its words, in any order and case; its initials, or
    /// the words it abbreviates; or its country. A title may be missing if other words are found,
    /// and so may a word that begins a sentence (`Substitute Anna Bell`), unless the source has
    /// another word in its position.
    pub fn find(&self, name: &ProperName) -> Option<&Range<usize>> {
        if let [token] = name.tokens.as_slice() {
            return self.token(token).or_else(|| self.initials.get(token).filter(|_| name.is_acronym));
        }
        if let [first, second] = name.tokens.as_slice()
            && let Some(country) = country_of_pair(first, second)
        {
            return self.tokens.get(country);
        }
        let initials: String = name.tokens.iter().filter_map(|token| token.chars().next()).collect();
        if self.acronyms.contains(&initials) {
            return self.tokens.get(&initials);
        }
        let is_opening = name.is_initial && !self.behind.contains(&name.tokens[1]);
        let needed = name.tokens.iter().skip(usize::from(is_opening)).filter(|token| !TITLES.contains(&token.as_str()));
        let found: Option<Vec<_>> = needed.map(|token| self.token(token)).collect();
        found?.last().copied()
    }
}

/// The number of words of the longest acronym that is looked up.
const MOST_INITIALS: usize = 8;

/// Titles that a summary may add or write differently.
const TITLES: &[&str] = &[
    "president",
    "minister",
    "prime",
    "premier",
    "deputy",
    "vice",
    "secretary",
    "foreign",
    "chancellor",
    "chairman",
    "chairwoman",
    "chair",
    "director",
    "general",
    "governor",
    "senator",
    "judge",
    "justice",
    "king",
    "queen",
    "prince",
    "princess",
    "pope",
    "captain",
    "colonel",
    "professor",
    "dr",
    "mr",
    "mrs",
    "ms",
    "sir",
    "dame",
    "lord",
    "lady",
    "mayor",
    "ambassador",
    "chief",
    "executive",
    "former",
    "acting",
    "coach",
];

#[cfg(test)]
mod tests {
    use super::{NameIndex, names};

    fn found(text: &str) -> Vec<&str> {
        names(text, &[], &NameIndex::default()).into_iter().map(|name| &text[name.range]).collect()
    }

    /// Returns whether the single name of a summary is in a source.
    fn is_in(summary: &str, source: &str) -> bool {
        let source = NameIndex::new(source);
        let names = names(summary, &[], &source);
        assert_eq!(names.len(), 1, "{names:?}");
        source.find(&names[0]).is_some()
    }

    #[test]
    fn names_are_runs_of_capitals_and_no_openings() {
        assert_eq!(
            found("Ministers met Éva Żak of the Bank of England. Prosecutors left. NATO stayed; the CEO too."),
            ["Éva Żak", "Bank of England", "NATO"]
        );
        assert_eq!(found("Then the Prime Minister of Italy left."), ["Prime Minister of Italy"]);
        assert!(found("Then the Prime Minister left.").is_empty());
        assert_eq!(found("Lavrov spoke. Then Lavrov left."), ["Lavrov", "Lavrov"]);
        assert!(found("PRESIDENT MEETS MINISTER OF DEFENCE ABOUT FIVE SHIPS OVER THERE TODAY").is_empty());
    }

    #[test]
    fn one_name_in_many_forms() {
        let source = "The Polish Foreign Minister Anna Żak-Nowak and Anna Żak met the European Union's envoy and a Portuguese official of NASA in Łódź,             in the United States.";
        for name in [
            "Żak",
            "Nowak",
            "Zak-Nowak",
            "Anna Żak",
            "President Żak",
            "the EU",
            "Portugal",
            "Poles",
            "Lodz",
            "Americans",
            "the US",
        ] {
            assert!(is_in(&format!("they saw {name}"), source), "{name}");
        }
        assert!(is_in("they saw the National Aeronautics Space Administration", source));
        assert!(is_in("Substitute Anna Żak scored", source) && !is_in("Eva Żak scored", source));
    }

    #[test]
    fn other_names_are_not_there() {
        let source = "Polish Foreign Minister Anna Żak-Nowak met a Portuguese official of NASA in Łódź.";
        for name in ["Pfm", "Eva Żak", "Anna Kowal", "Spain", "ESA", "Bank of Portugal", "the Spanish", "Krakow"] {
            assert!(!is_in(&format!("they saw {name}"), source), "{name}");
        }
    }
}
