//! Options of BLEU, chrF, TER, METEOR and the word error rate. The first three have the options of
//! sacreBLEU 2.6.0, under the names of its Python classes.

use serde::Deserialize;
use serde::de::{Deserializer, Error};

use super::summaries::by_name;
use crate::text::Tokenizer;

/// The smoothing of BLEU: the precision of an n-gram order without a match.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Smoothing {
    /// 0, and so the whole figure is 0.
    None,
    /// `smooth_value` matches.
    Floor,
    /// Adds `smooth_value` to matches and n-grams of every order above 1.
    AddK,
    /// One half of a match for the first such order, a quarter for the next, and so on.
    #[default]
    Exp,
}

/// `[summaries.bleu]`.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BleuOptions {
    /// Ignore case.
    pub lowercase: bool,
    /// The tokenizer.
    #[serde(deserialize_with = "by_name")]
    pub tokenize: Tokenizer,
    /// The smoothing of n-gram orders without a match.
    pub smooth_method: Smoothing,
    /// The smoothing value; by default 0.1 for `floor` and 1 for `add-k`. Other methods have none.
    #[serde(deserialize_with = "not_negative")]
    pub smooth_value: Option<f64>,
    /// The highest order of n-grams, 1 or more.
    #[serde(deserialize_with = "order")]
    pub max_ngram_order: usize,
    /// Omit the orders for which the summaries are too short. The figures of single documents
    /// always do.
    pub effective_order: bool,
}

impl Default for BleuOptions {
    fn default() -> Self {
        Self {
            lowercase: false,
            tokenize: Tokenizer::V13a,
            smooth_method: Smoothing::Exp,
            smooth_value: None,
            max_ngram_order: 4,
            effective_order: false,
        }
    }
}

impl BleuOptions {
    /// Returns the value of the smoothing method, if it has one.
    pub fn smooth_value(&self) -> Option<f64> {
        match self.smooth_method {
            Smoothing::None | Smoothing::Exp => None,
            Smoothing::Floor => Some(self.smooth_value.unwrap_or(0.1)),
            Smoothing::AddK => Some(self.smooth_value.unwrap_or(1.0)),
        }
    }
}

/// `[summaries.chrf]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ChrfOptions {
    /// The highest order of n-grams of characters, 1 or more.
    #[serde(deserialize_with = "order")]
    pub char_order: usize,
    /// The highest order of word n-grams in chrF++; chrF has none.
    pub word_order: usize,
    /// The weight of recall relative to precision.
    pub beta: u32,
    /// Ignore case.
    pub lowercase: bool,
    /// Keep white space in n-grams of characters.
    pub whitespace: bool,
    /// Average the F of all orders, with undefined ratios replaced by 1e-16, as in chrF++.py;
    /// otherwise compute one F from averages over the orders that both sides have.
    pub eps_smoothing: bool,
}

impl Default for ChrfOptions {
    fn default() -> Self {
        Self { char_order: 6, word_order: 2, beta: 2, lowercase: false, whitespace: false, eps_smoothing: false }
    }
}

/// `[summaries.ter]`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TerOptions {
    /// Separate punctuation, unescape characters, join lines.
    pub normalized: bool,
    /// Drop punctuation.
    pub no_punct: bool,
    /// Apply `normalized` and `no_punct` to CJK characters, too.
    pub asian_support: bool,
    /// Compare case-sensitively.
    pub case_sensitive: bool,
}

/// `[summaries.meteor]`.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MeteorOptions {
    /// The tokenizer, whose words are then lower-cased.
    #[serde(deserialize_with = "by_name")]
    pub tokenize: Tokenizer,
    /// The weight of precision in the harmonic mean, 0 to 1; recall has the rest.
    #[serde(deserialize_with = "share")]
    pub alpha: f64,
    /// The exponent of the fragmentation penalty.
    #[serde(deserialize_with = "weight")]
    pub beta: f64,
    /// The largest fragmentation penalty, 0 to 1.
    #[serde(deserialize_with = "share")]
    pub gamma: f64,
}

impl Default for MeteorOptions {
    fn default() -> Self {
        Self { tokenize: Tokenizer::V13a, alpha: 0.9, beta: 3.0, gamma: 0.5 }
    }
}

/// `[summaries.edit_distance]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EditDistanceOptions {
    /// The tokenizer.
    #[serde(deserialize_with = "by_name")]
    pub tokenize: Tokenizer,
}

impl Default for EditDistanceOptions {
    fn default() -> Self {
        Self { tokenize: Tokenizer::Unicode }
    }
}

fn order<'de, D: Deserializer<'de>>(value: D) -> Result<usize, D::Error> {
    match usize::deserialize(value)? {
        order @ 1..=100 => Ok(order),
        order => Err(D::Error::custom(format!("the order of n-grams is 1 to 100, not {order}"))),
    }
}

fn weight<'de, D: Deserializer<'de>>(value: D) -> Result<f64, D::Error> {
    let value = f64::deserialize(value)?;
    if value.is_finite() && value >= 0.0 { Ok(value) } else { Err(D::Error::custom(format!("{value} is below 0"))) }
}

fn not_negative<'de, D: Deserializer<'de>>(value: D) -> Result<Option<f64>, D::Error> {
    weight(value).map(Some)
}

fn share<'de, D: Deserializer<'de>>(value: D) -> Result<f64, D::Error> {
    let value = f64::deserialize(value)?;
    if (0.0..=1.0).contains(&value) { Ok(value) } else { Err(D::Error::custom(format!("{value} is not in 0 to 1"))) }
}
