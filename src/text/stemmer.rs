//! Stemmers by name.
//!
//! Porter's stemmer is that of NLTK ([`porter`]), which rouge-score 0.1.2 uses, or that of
//! ROUGE-1.5.5 ([`porter_perl`]). The stemmers of Snowball (<https://snowballstem.org>), from the
//! crate rust-stemmers, cover other languages and Porter's second English stemmer.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use rust_stemmers::{Algorithm, Stemmer as Snowball};

use super::{porter, porter_perl};

/// A stemmer. Its name ([`fmt::Display`]) is part of signatures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Stemmer {
    /// Tokens are not changed.
    #[default]
    None,
    /// NLTK's Porter stemmer, on tokens of more than three characters, as in rouge-score 0.1.2.
    Porter,
    /// The Porter stemmer of ROUGE-1.5.5, on ASCII tokens of more than three characters.
    PorterPerl,
    /// A Snowball stemmer, on every token.
    Snowball(Language),
}

/// A language with a Snowball stemmer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Language(Algorithm);

/// The languages, by name.
const LANGUAGES: [(&str, Algorithm); 18] = [
    ("arabic", Algorithm::Arabic),
    ("danish", Algorithm::Danish),
    ("dutch", Algorithm::Dutch),
    ("english", Algorithm::English),
    ("finnish", Algorithm::Finnish),
    ("french", Algorithm::French),
    ("german", Algorithm::German),
    ("greek", Algorithm::Greek),
    ("hungarian", Algorithm::Hungarian),
    ("italian", Algorithm::Italian),
    ("norwegian", Algorithm::Norwegian),
    ("portuguese", Algorithm::Portuguese),
    ("romanian", Algorithm::Romanian),
    ("russian", Algorithm::Russian),
    ("spanish", Algorithm::Spanish),
    ("swedish", Algorithm::Swedish),
    ("tamil", Algorithm::Tamil),
    ("turkish", Algorithm::Turkish),
];

/// The error for an unknown stemmer name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a stemmer (choose from {names})", names = Stemmer::names().join(", "))]
pub struct ParseStemmerError(pub String);

impl Stemmer {
    /// The names of all stemmers.
    pub fn names() -> Vec<&'static str> {
        ["none", "porter", "porter-perl"].into_iter().chain(LANGUAGES.map(|(name, _)| name)).collect()
    }

    /// The stem of a lower-case token.
    pub fn stem(self, token: &str) -> Cow<'_, str> {
        match self {
            Self::None => Cow::Borrowed(token),
            Self::Porter => porter_of_long(token),
            Self::PorterPerl => perl_of_long(token),
            Self::Snowball(Language(algorithm)) => Snowball::create(algorithm).stem(token),
        }
    }
}

/// The Porter stem of a token of more than three characters; shorter ones are not changed.
fn porter_of_long(token: &str) -> Cow<'_, str> {
    if token.chars().nth(3).is_some() { Cow::Owned(porter::stem(token)) } else { Cow::Borrowed(token) }
}

fn perl_of_long(token: &str) -> Cow<'_, str> {
    if token.len() <= 3 || !token.is_ascii() {
        return Cow::Borrowed(token);
    }
    String::from_utf8(porter_perl::stem(token.as_bytes())).map_or(Cow::Borrowed(token), Cow::Owned)
}

impl fmt::Display for Stemmer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("no"),
            Self::Porter => f.write_str("porter-nltk"),
            Self::PorterPerl => f.write_str("porter-perl"),
            Self::Snowball(Language(algorithm)) => {
                let name = LANGUAGES.iter().find(|(_, known)| known == algorithm).map_or("", |(name, _)| name);
                write!(f, "snowball-{name}")
            }
        }
    }
}

impl FromStr for Stemmer {
    type Err = ParseStemmerError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "none" => Ok(Self::None),
            "porter" => Ok(Self::Porter),
            "porter-perl" => Ok(Self::PorterPerl),
            _ => LANGUAGES
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, algorithm)| Self::Snowball(Language(*algorithm)))
                .ok_or_else(|| ParseStemmerError(name.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{LANGUAGES, Stemmer};

    #[test]
    fn every_name_has_its_stemmer() {
        for name in Stemmer::names() {
            let stemmer: Stemmer = name.parse().unwrap();
            assert!(stemmer.to_string().contains(if name == "none" { "no" } else { name }), "{name}");
        }
        assert!("klingon".parse::<Stemmer>().unwrap_err().to_string().contains("turkish"));
    }

    #[test]
    fn languages_stem_in_their_own_way() {
        let stem = |name: &str, word: &str| name.parse::<Stemmer>().unwrap().stem(word).into_owned();
        // Pairs from Snowball's own vocabularies.
        assert_eq!(stem("german", "aufeinanderfolgenden"), "aufeinanderfolg");
        assert_eq!(stem("english", "consistency"), "consist");
        assert_eq!(stem("russian", "важнейшими"), "важн");
        assert_eq!(stem("french", "continuellement"), "continuel");
        assert_eq!(stem("porter", "dying"), "die");
        assert_eq!(stem("porter", "gas"), "gas");
        assert_eq!(stem("porter-perl", "says"), "sai");
        assert_eq!(stem("porter-perl", "gas"), "gas");
        assert_eq!(stem("none", "dying"), "dying");
    }

    proptest! {
        #[test]
        fn no_stemmer_falls_over_a_word(word in "\\PC{0,12}|[a-zäöüßéèç]{0,12}|[а-я]{0,12}|[α-ω]{0,12}|[ا-ي]{0,12}|[அ-ஹ]{0,12}") {
            let word = word.to_lowercase();
            for (name, _) in LANGUAGES {
                let _stem = name.parse::<Stemmer>().unwrap().stem(&word);
            }
        }
    }
}
