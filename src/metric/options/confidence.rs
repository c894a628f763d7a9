//! Options of confidence metrics.

use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// Options of confidence metrics.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConfidenceOptions {
    /// The scheme under which a prediction is correct, in layers with several schemes.
    pub scheme: RightUnder,
    /// The number of equal-width bins of the calibration error, 1 to 1000.
    #[serde(deserialize_with = "bins")]
    pub bins: u32,
    /// The coverages, in percent (1 to 100), at which the fraction of correct predictions is
    /// reported.
    #[serde(deserialize_with = "coverages")]
    pub coverages: Vec<u32>,
    /// Whether every label has its own figures, with averages over labels.
    pub labels: bool,
}

/// The scheme under which a prediction is correct; only full credit counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RightUnder {
    /// Boundaries and label.
    #[default]
    Strict,
    /// Boundaries.
    Exact,
    /// Boundaries: `partial` gives full credit to what `exact` does.
    Partial,
    /// Label, with overlapping spans.
    Type,
}

impl RightUnder {
    /// Returns the name of the scheme.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Strict => "strict",
            Self::Exact => "exact",
            Self::Partial => "partial",
            Self::Type => "type",
        }
    }
}

impl Default for ConfidenceOptions {
    fn default() -> Self {
        Self { scheme: RightUnder::default(), bins: 10, coverages: vec![50, 80, 90], labels: false }
    }
}

fn bins<'de, D: Deserializer<'de>>(value: D) -> Result<u32, D::Error> {
    let bins = u32::deserialize(value)?;
    if (1..=1000).contains(&bins) { Ok(bins) } else { Err(D::Error::custom("`bins` must be between 1 and 1000")) }
}

fn coverages<'de, D: Deserializer<'de>>(value: D) -> Result<Vec<u32>, D::Error> {
    let mut coverages = Vec::<u32>::deserialize(value)?;
    coverages.sort_unstable();
    coverages.dedup();
    if coverages.iter().all(|percent| (1..=100).contains(percent)) {
        Ok(coverages)
    } else {
        Err(D::Error::custom("`coverages` must be whole numbers of percent, between 1 and 100"))
    }
}
