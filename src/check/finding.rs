//! What a lint is and what it finds.

use std::fmt;

use crate::corpus::DatasetInfo;
use crate::document::Step;
use crate::error::Diagnostic;

use super::Case;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The golden file is wrong: scores on it mean nothing, or something else.
    Error,
    /// The golden file is doubtful: someone should look.
    Warning,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

/// What a finding points at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A value of the document's golden file.
    Golden(Vec<Step>),
    /// A stretch of the document's text, in code points.
    Text(u32, u32),
    /// A value of `dataset.toml`.
    Info(Vec<Step>),
    /// What the fault already says.
    Known,
}

/// Something wrong or doubtful.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub level: Level,
    /// The lint's code.
    pub code: &'static str,
    /// Where it is.
    pub place: Place,
    /// What is wrong, with which document, and what to do; file and line once it is located.
    pub diagnostic: Diagnostic,
}

/// What lints see of a dataset.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// `dataset.toml`.
    pub info: &'a DatasetInfo,
    /// The documents with a golden file, by id.
    pub cases: &'a [Case<'a>],
    /// The ids of all documents; `None` where some could not be read.
    pub ids: Option<&'a [String]>,
}

/// A lint.
#[derive(Debug, Clone, Copy)]
pub struct Lint {
    /// Its name in messages and files.
    pub code: &'static str,
    /// The level of its findings.
    pub level: Level,
    /// What it finds, in a line.
    pub what: &'static str,
    pub(super) check: fn(&View<'_>) -> Vec<Finding>,
}

impl Lint {
    pub(super) fn finding(&self, place: Place, diagnostic: Diagnostic) -> Finding {
        Finding { level: self.level, code: self.code, place, diagnostic }
    }

    /// A finding about a value of a golden file.
    pub(super) fn at(&self, case: &Case<'_>, path: Vec<Step>, diagnostic: Diagnostic) -> Finding {
        self.finding(Place::Golden(path), diagnostic.of_document(case.id))
    }
}
