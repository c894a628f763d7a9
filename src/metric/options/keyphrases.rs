//! Options of keyphrase metrics.

use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// Options of keyphrase metrics.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KeyphraseOptions {
    /// The cut-offs in ascending order, without duplicates: 5, 10, and those requested.
    #[serde(deserialize_with = "cut_offs")]
    pub k: Vec<u32>,
    /// The divisor of precision at k.
    pub precision: PrecisionAt,
}

/// The divisor of precision at k.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PrecisionAt {
    /// min(k, number of predictions), as in Yuan et al. 2020.
    #[default]
    Min,
    /// Always k: a list that is too short is padded with wrong phrases (Chen et al. 2020, Ye et al.
    /// 2021).
    Pad,
}

impl PrecisionAt {
    /// Returns the name used in signatures.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Min => "min(k,predictions)",
            Self::Pad => "padded",
        }
    }
}

const USUAL: [u32; 2] = [5, 10];

impl Default for KeyphraseOptions {
    fn default() -> Self {
        Self { k: USUAL.into(), precision: PrecisionAt::default() }
    }
}

fn cut_offs<'de, D: Deserializer<'de>>(value: D) -> Result<Vec<u32>, D::Error> {
    const MOST: u32 = 10_000;
    let mut asked = Vec::<u32>::deserialize(value)?;
    if let Some(wrong) = asked.iter().find(|k| !(1..=MOST).contains(*k)) {
        return Err(D::Error::custom(format!("`k` must be between 1 and {MOST}, and is {wrong}")));
    }
    asked.extend(USUAL);
    asked.sort_unstable();
    asked.dedup();
    Ok(asked)
}
