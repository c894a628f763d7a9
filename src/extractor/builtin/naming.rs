//! Label evidence inside a name: the head noun of an organisation, a first name, the shape of an
//! acronym.

use rustc_hash::FxHashSet;
use std::sync::LazyLock;

use crate::text::words::{GENERIC_CAPITALS, entries, is_acronym};

static FIRST_NAMES: LazyLock<FxHashSet<&str>> = LazyLock::new(|| entries(include_str!("lexicon/first_names.txt")));
static TITLES: LazyLock<FxHashSet<&str>> = LazyLock::new(|| entries(include_str!("lexicon/titles.txt")));

/// Head nouns by label, in order of preference.
static HEADS: LazyLock<[(&str, FxHashSet<&str>); 6]> = LazyLock::new(|| {
    [
        ("ORG", entries(include_str!("lexicon/org_heads.txt"))),
        ("LAW", entries(include_str!("lexicon/law_heads.txt"))),
        ("EVENT", entries(include_str!("lexicon/event_heads.txt"))),
        ("LOC", entries(include_str!("lexicon/loc_heads.txt"))),
        ("FAC", entries(include_str!("lexicon/fac_heads.txt"))),
        ("GPE", entries(include_str!("lexicon/gpe_heads.txt"))),
    ]
});

/// First words that determine the label of a place, a facility or an event.
const LEADERS: &[(&str, &str)] = &[
    ("Mount", "LOC"),
    ("Mt.", "LOC"),
    ("Lake", "LOC"),
    ("Cape", "LOC"),
    ("Fort", "FAC"),
    ("Camp", "FAC"),
    ("Air Base", "FAC"),
    ("Joint Base", "FAC"),
    ("Naval Base", "FAC"),
    ("Naval Station", "FAC"),
    ("Operation", "EVENT"),
    ("Hurricane", "EVENT"),
    ("Typhoon", "EVENT"),
    ("Cyclone", "EVENT"),
    ("Storm", "EVENT"),
];

/// Head nouns that are also surnames; after a first name they count as surnames.
const SURNAMES: &[&str] = &["Bar", "Church", "Force", "House", "Mail", "Post", "Price", "Star", "Watch"];

/// Particles inside personal names.
pub(super) const PARTICLES: &[&str] = &[
    "al", "bin", "bint", "da", "das", "de", "del", "den", "der", "di", "do", "dos", "du", "el", "ibn", "la", "le",
    "ter", "van", "von", "y", "zu",
];

/// Whether a word is a common first name.
pub(super) fn is_first_name(word: &str) -> bool {
    FIRST_NAMES.contains(word) || word.split_once('-').is_some_and(|(first, _)| FIRST_NAMES.contains(first))
}

/// Number of initial words that form a title: 2 for `Prime Minister Modi`, 0 for none.
pub(super) fn title_length(words: &[&str]) -> usize {
    let longest = words.len().min(4);
    (1..=longest).rev().find(|&length| TITLES.contains(words[..length].join(" ").trim_end_matches('.'))).unwrap_or(0)
}

/// Whether a word is a head noun of any label, so that `of` may follow it inside a name.
pub(super) fn is_head(word: &str) -> bool {
    HEADS.iter().any(|(_, heads)| heads.contains(word))
}

/// Whether a word is a head noun of organisations.
pub(super) fn is_org_head(word: &str) -> bool {
    HEADS[0].1.contains(word)
}

/// The label that the words of a name give without any context.
pub(super) fn label_by_form(words: &[&str]) -> Option<&'static str> {
    let (first, last) = (*words.first()?, *words.last()?);
    if words.len() == 1 {
        return single(first);
    }
    if is_person(words) {
        return Some("PERSON");
    }
    if words.iter().all(|word| is_acronym(word)) && words.iter().any(|word| word.len() > 4) {
        return None;
    }
    let leads = |leader: &str| first == leader || leader.split(' ').eq(words.iter().copied().take(2));
    if let Some((_, label)) = LEADERS.iter().find(|(leader, _)| leads(leader)) {
        return Some(label);
    }
    let of = words.iter().position(|word| matches!(*word, "of" | "for"));
    let head = of.map_or(last, |at| words[at - 1]);
    kind(head).or_else(|| kind(last)).or_else(|| is_first_name(first).then_some("PERSON"))
}

fn single(word: &str) -> Option<&'static str> {
    if GENERIC_CAPITALS.contains(&word) {
        return None;
    }
    if let Some((letters, digits)) = word.split_once('-') {
        let is_model = letters.len() <= 3 && digits.starts_with(|c: char| c.is_ascii_digit());
        if is_model {
            return Some("PRODUCT");
        }
    }
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    (is_acronym(word)
        && (2..=6).contains(&letters)
        && word.chars().all(|c| c.is_alphabetic() || matches!(c, '.' | '&')))
    .then_some("ORG")
}

/// Whether the words are a first name or an initial, followed by a surname.
fn is_person(words: &[&str]) -> bool {
    let (first, last) = (words[0], words[words.len() - 1]);
    let is_initial = |word: &str| word.chars().count() == 2 && word.ends_with('.');
    let has_particle = words.iter().any(|word| PARTICLES.contains(word));
    if words.len() > 5 || words.iter().any(|word| matches!(*word, "of" | "for" | "and" | "the")) {
        return false;
    }
    if is_initial(first) || (has_particle && !is_head(last)) {
        return true;
    }
    let is_surname = !is_head(last) || (words.len() == 2 && (SURNAMES.contains(&last) || !is_org_head(last)));
    is_first_name(first) && is_surname && !is_acronym(last)
}

fn kind(head: &str) -> Option<&'static str> {
    HEADS.iter().find(|(_, heads)| heads.contains(head)).map(|(label, _)| *label)
}

#[cfg(test)]
mod tests {
    use super::{label_by_form, title_length};

    fn label(name: &str) -> Option<&'static str> {
        label_by_form(&name.split(' ').collect::<Vec<_>>())
    }

    #[test]
    fn the_head_noun_gives_the_label() {
        assert_eq!(label("Acme Holdings Inc"), Some("ORG"));
        assert_eq!(label("Ministry of Health and Sport"), Some("ORG"));
        assert_eq!(label("Ruritanian Mountains"), Some("LOC"));
        assert_eq!(label("Lake Placid"), Some("LOC"));
        assert_eq!(label("Treaty of Ruritania"), Some("LAW"));
        assert_eq!(label("Operation Overlord"), Some("EVENT"));
        assert_eq!(label("Strelsau Airport"), Some("FAC"));
        assert_eq!(label("Republic of Ruritania"), Some("GPE"));
        assert_eq!(label("Strelsau"), None);
    }

    #[test]
    fn first_names_initials_and_particles_make_persons() {
        for name in [
            "Anna Müller",
            "George W. Bush",
            "J. Smith",
            "Walther von der Vogelweide",
            "Jean-Luc Picard",
            "Robin Church",
        ] {
            assert_eq!(label(name), Some("PERSON"), "{name}");
        }
        assert_eq!(label("Robert Smith Foundation"), Some("ORG"));
    }

    #[test]
    fn acronyms_models_and_what_names_nothing() {
        assert_eq!(label("XYZ"), Some("ORG"));
        assert_eq!(label("F-16"), Some("PRODUCT"));
        assert_eq!(label("GDP"), None);
        assert_eq!(label("COVID-19"), None);
        assert_eq!(label("BREAKING NEWS"), None);
    }

    #[test]
    fn the_longest_title_counts() {
        assert_eq!(title_length(&["Prime", "Minister", "Smith"]), 2);
        assert_eq!(title_length(&["Gen.", "Smith"]), 1);
        assert_eq!(title_length(&["Smith"]), 0);
    }
}
