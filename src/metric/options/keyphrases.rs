//! How keyphrases are scored.

use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// How keyphrases are scored.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KeyphraseOptions {
    /// The cut-offs, in order, each once: 5, 10, and what is asked for beside them.
    #[serde(deserialize_with = "cut_offs")]
    pub k: Vec<u32>,
    /// What precision at k divides by.
    pub precision: PrecisionAt,
}

/// What precision at k divides by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PrecisionAt {
    /// k, or the predictions where these are fewer (as Yuan et al. 2020 have it).
    #[default]
    Min,
    /// k always: a list that is too short is filled up with wrong phrases (Chen et al. 2020, Ye et al. 2021).
    Pad,
}

impl PrecisionAt {
    /// The words in signatures.
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
        return Err(D::Error::custom(format!("`k` lies between 1 and {MOST}, and is {wrong}")));
    }
    asked.extend(USUAL);
    asked.sort_unstable();
    asked.dedup();
    Ok(asked)
}
