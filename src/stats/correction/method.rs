//! The methods of correction, by their names in options.

use std::fmt;
use std::str::FromStr;

/// How the figures of a judge are corrected by hand-made labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Prediction-powered inference with the judge's verdicts at their full weight.
    Ppi,
    /// Prediction-powered inference with the weight of the least variance.
    PpiPlusPlus,
    /// By the sensitivity and specificity of the judge.
    RoganGladen,
}

impl Method {
    /// All methods.
    pub const ALL: [Self; 3] = [Self::Ppi, Self::PpiPlusPlus, Self::RoganGladen];

    /// Returns the name in options and output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ppi => "ppi",
            Self::PpiPlusPlus => "ppi++",
            Self::RoganGladen => "rogan-gladen",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Method {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|method| method.as_str() == name);
        found.ok_or_else(|| format!("`{name}` is not a method of correction: use `ppi`, `ppi++` or `rogan-gladen`"))
    }
}
