//! The coefficients by name.

use super::{kendall, pearson, spearman};

/// A coefficient of correlation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Coefficient {
    /// Pearson's r: how near to a line.
    Pearson,
    /// Spearman's rho: Pearson's r of the ranks.
    Spearman,
    /// Kendall's tau-b: how many pairs are in the same order.
    Kendall,
}

impl Coefficient {
    /// All of them, in the order of reports.
    pub const ALL: [Self; 3] = [Self::Pearson, Self::Spearman, Self::Kendall];

    /// Its name in files and options.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pearson => "pearson",
            Self::Spearman => "spearman",
            Self::Kendall => "kendall",
        }
    }

    /// Its name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Pearson => "Pearson's r",
            Self::Spearman => "Spearman's rho",
            Self::Kendall => "Kendall's tau-b",
        }
    }

    /// The coefficient of pairs, given as two lists of one length; see the module for where it is undefined.
    pub fn of(self, x: &[f64], y: &[f64]) -> Option<f64> {
        match self {
            Self::Pearson => pearson(x, y),
            Self::Spearman => spearman(x, y),
            Self::Kendall => kendall(x, y),
        }
    }
}
