//! Tokenizers by name.
//!
//! [`Tokenizer::RougeScore`] reproduces the Python package rouge-score 0.1.2 exactly, so that
//! figures are comparable with published ones; it keeps a to z and 0 to 9 and drops everything
//! else. [`Tokenizer::V13a`], [`Tokenizer::Intl`], [`Tokenizer::Zh`], [`Tokenizer::Char`] and
//! [`Tokenizer::None`] are those of sacreBLEU, with its names. [`Tokenizer::Rouge155`] is that of
//! the Perl program ROUGE-1.5.5, which lower-cases only A to Z. [`Tokenizer::Unicode`] splits text
//! of any script into words (UAX 29, after NFKC and case folding); the content words of content
//! units are based on it.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use unicode_normalization::{UnicodeNormalization, is_nfkc};
use unicode_segmentation::UnicodeSegmentation;

use super::{Stemmer, alphanumeric, chinese, mteval, porter, space, stopwords};

/// A tokenizer. Its name ([`fmt::Display`]) is part of signatures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tokenizer {
    /// The default tokenizer of rouge-score 0.1.2: runs of a to z and 0 to 9 in the lower-cased
    /// text.
    #[default]
    RougeScore,
    /// The tokenizer of ROUGE-1.5.5: runs of a to z and 0 to 9 in the text with A to Z lower-cased.
    Rouge155,
    /// The tokenizer of mteval-v13a.pl, as in sacreBLEU 2.6.0: ASCII punctuation is separated
    /// except between digits.
    V13a,
    /// The international tokenizer of mteval-v14.pl, as in sacreBLEU 2.6.0: punctuation and symbols
    /// of every script are separated.
    Intl,
    /// The Chinese tokenizer of sacreBLEU 2.6.0: every Chinese character is a token, and ASCII
    /// punctuation is separated except between digits.
    Zh,
    /// Every character except white space.
    Char,
    /// Splitting at white space.
    None,
    /// UAX 29 words that contain a letter or a digit, in the NFKC-normalised, case-folded text.
    Unicode,
}

/// The error for an unknown tokenizer name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a tokenizer (choose from {names})", names = names())]
pub struct ParseTokenizerError(pub String);

fn names() -> String {
    Tokenizer::ALL.map(|tokenizer| format!("`{tokenizer}`")).join(", ")
}

impl fmt::Display for Tokenizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::RougeScore => "rouge_score",
            Self::Rouge155 => "rouge155",
            Self::V13a => "13a",
            Self::Intl => "intl",
            Self::Zh => "zh",
            Self::Char => "char",
            Self::None => "none",
            Self::Unicode => "unicode",
        })
    }
}

impl FromStr for Tokenizer {
    type Err = ParseTokenizerError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.into_iter().find(|tokenizer| tokenizer.to_string() == name);
        // The former name of `unicode`.
        let known = known.or((name == "words").then_some(Self::Unicode));
        known.ok_or_else(|| ParseTokenizerError(name.to_owned()))
    }
}

impl Tokenizer {
    /// Every tokenizer.
    pub const ALL: [Self; 8] =
        [Self::RougeScore, Self::Rouge155, Self::V13a, Self::Intl, Self::Zh, Self::Char, Self::None, Self::Unicode];

    /// The stems of the tokens, in text order; none is empty.
    pub fn tokens(self, text: &str, stemmer: Stemmer) -> Vec<String> {
        let mut tokens = Vec::new();
        self.each(text, |token| tokens.push(stemmer.stem(token).into_owned()));
        tokens
    }

    /// Calls `take` with every token, unstemmed and in text order. A line break always ends a
    /// token, so the tokens of a text are those of its lines; the exception is `13a`, which joins a
    /// word that a dash divides at the end of a line.
    pub fn each(self, text: &str, mut take: impl FnMut(&str)) {
        match self {
            Self::RougeScore => alphanumeric::each_run(text, take),
            Self::Rouge155 => each_ascii_run(text, take),
            Self::V13a => mteval::each_13a(text, take),
            Self::Intl => mteval::each_intl(text, take),
            Self::Zh => chinese::each(text, take),
            Self::Char => {
                let ends = text.char_indices().filter(|(_, c)| !space::is_space(*c));
                ends.for_each(|(at, c)| take(&text[at..at + c.len_utf8()]));
            }
            Self::None => space::split(text).for_each(take),
            Self::Unicode => fold(text).unicode_words().for_each(take),
        }
    }

    /// Whether a text that is not blank has no tokens. A score of 0 on it is no evidence about its
    /// quality, so the user should be warned.
    pub fn empties(self, text: &str) -> bool {
        let has_tokens = match self {
            Self::RougeScore => alphanumeric::has_run(text),
            _ => {
                let mut tokens = 0_usize;
                self.each(text, |_| tokens += 1);
                tokens > 0
            }
        };
        !has_tokens && !text.trim().is_empty()
    }
}

/// The stemmed content words of an English text, in text order and with repetitions: UAX 29 words,
/// folded as in [`Tokenizer::Unicode`], without a possessive 's, without [stop words](stopwords),
/// and Porter-stemmed.
pub fn content_stems(text: &str) -> Vec<String> {
    let mut stems = Vec::new();
    Tokenizer::Unicode.each(text, |word| {
        let word = word.replace('’', "'");
        let bare = word.strip_suffix("'s").unwrap_or(&word);
        if !bare.is_empty() && !stopwords::is_stopword(&word) && !stopwords::is_stopword(bare) {
            stems.push(porter::stem(bare));
        }
    });
    stems
}

/// Lower-cases A to Z, and splits at everything other than a to z and 0 to 9.
fn each_ascii_run(text: &str, take: impl FnMut(&str)) {
    let lower = text.to_ascii_lowercase();
    lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|token| !token.is_empty()).for_each(take);
}

/// Applies NFKC, full case folding and NFKC again.
fn fold(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            Cow::Owned(text.to_ascii_lowercase())
        } else {
            Cow::Borrowed(text)
        };
    }
    let folded: String = text.nfkc().flat_map(fold_char).collect();
    Cow::Owned(if is_nfkc(&folded) { folded } else { folded.nfkc().collect() })
}

/// Full case folding through the upper case. It merges the same characters as Unicode's
/// CaseFolding.txt; the dotless i, whose upper case is that of another letter, is excluded there
/// and here.
fn fold_char(c: char) -> impl Iterator<Item = char> {
    let keep = (c == 'ı').then_some(c);
    let fold = (c != 'ı').then(|| c.to_lowercase().flat_map(char::to_uppercase).flat_map(char::to_lowercase));
    keep.into_iter().chain(fold.into_iter().flatten())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Tokenizer, content_stems};
    use crate::text::Stemmer;

    fn rouge(text: &str) -> String {
        Tokenizer::RougeScore.tokens(text, Stemmer::None).join(" ")
    }

    fn words(text: &str) -> String {
        Tokenizer::Unicode.tokens(text, Stemmer::None).join(" ")
    }

    #[test]
    fn rouge_score_keeps_ascii_letters_and_digits_only() {
        assert_eq!(
            rouge("Café naïve COVID-19 U.S. don't 3.14 1,000 İstanbul ﬁne ２０"),
            "caf na ve covid 19 u s don t 3 14 1 000 i stanbul ne"
        );
        assert_eq!(rouge("ΟΔΟΣ a_b\u{0}c 20\u{212a}m"), "a b c 20km");
        assert_eq!(rouge("日本語 …"), "");
    }

    /// The two characters that the tokenizer handles specially are the only ones.
    #[test]
    fn only_two_characters_lower_to_ascii_from_outside() {
        let outside = ('\u{80}'..=char::MAX).filter(|c| c.to_lowercase().any(|lower| lower.is_ascii_alphanumeric()));
        assert_eq!(outside.collect::<String>(), "\u{130}\u{212a}");
    }

    #[test]
    fn rouge155_lowers_ascii_and_nothing_else() {
        let tokens = |text| Tokenizer::Rouge155.tokens(text, Stemmer::None).join(" ");
        assert_eq!(
            tokens("Café naïve COVID-19 U.S. don't 3.14 1,000 İstanbul ﬁne ２０ 20\u{212a}m"),
            "caf na ve covid 19 u s don t 3 14 1 000 stanbul ne 20 m"
        );
    }

    #[test]
    fn rouge_score_stems_tokens_of_more_than_three_letters() {
        assert_eq!(
            Tokenizer::RougeScore.tokens("Dying dogs was was's 2000s", Stemmer::Porter),
            ["die", "dog", "was", "was", "s", "2000"]
        );
    }

    #[test]
    fn words_of_every_script() {
        assert_eq!(words("Straße STRASSE ｶﾞ ２０ Ⅷ ﬁne"), "strasse strasse ガ 20 viii fine");
        assert_eq!(words("ὈΔΥΣΣΕΎΣ ὀδυσσεύς"), "ὀδυσσεύσ ὀδυσσεύσ");
        assert_eq!(words("Россия, 日本 हिन्दी العربية"), "россия 日 本 हिन्दी العربية");
        assert_eq!(words("Don’t 3.14 U.S. — !? 🙂"), "don’t 3.14 u.s");
        assert_eq!(words("cafe\u{301} CAFÉ Iı"), "café café iı");
    }

    #[test]
    fn content_words_are_stemmed_and_without_stop_words() {
        assert_eq!(
            content_stems("The dogs’ owner’s dog was NOT running; it’s Russia's."),
            ["dog", "owner", "dog", "not", "run", "russia"]
        );
        assert!(content_stems("It is what it is, isn’t").len() == 1);
    }

    #[test]
    fn reports_texts_without_tokens() {
        assert!(Tokenizer::RougeScore.empties("日本語"));
        assert!(Tokenizer::Unicode.empties("…"));
        assert!(!Tokenizer::RougeScore.empties(" \n\u{3000}"));
        assert!(!Tokenizer::RougeScore.empties("日本語 1"));
        assert!(!Tokenizer::Unicode.empties("日本語"));
    }

    #[test]
    fn names_go_both_ways() {
        for tokenizer in Tokenizer::ALL {
            assert_eq!(tokenizer.to_string().parse(), Ok(tokenizer));
        }
        assert_eq!("words".parse(), Ok(Tokenizer::Unicode));
        let error = "Words".parse::<Tokenizer>().unwrap_err();
        assert!(error.to_string().ends_with("`13a`, `intl`, `zh`, `char`, `none`, `unicode`)"), "{error}");
    }

    proptest! {
        #[test]
        fn rouge_score_follows_its_definition(text in any::<String>()) {
            let lower = text.to_lowercase();
            let expected = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|token| !token.is_empty());
            prop_assert_eq!(Tokenizer::RougeScore.tokens(&text, Stemmer::None), expected.collect::<Vec<_>>());
        }

        #[test]
        fn lines_have_the_tokens_of_their_text(text in any::<String>(), more in any::<String>()) {
            for tokenizer in [Tokenizer::RougeScore, Tokenizer::Unicode] {
                let mut by_line = tokenizer.tokens(&text, Stemmer::Porter);
                by_line.extend(tokenizer.tokens(&more, Stemmer::Porter));
                prop_assert_eq!(tokenizer.tokens(&format!("{text}\n{more}"), Stemmer::Porter), by_line);
            }
        }
    }
}
