//! The types of the linter: a [`Lint`] reads a [`View`] of a dataset and returns [`Finding`]s.

use std::fmt;

use crate::corpus::DatasetInfo;
use crate::document::Step;
use crate::error::Diagnostic;

use super::GoldenCase;

/// The severity of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The golden file is wrong: scores on it are meaningless or misleading.
    Error,
    /// The golden file is doubtful and should be reviewed.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

/// The location of a finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum FindingLocation {
    /// A value of the document's golden file.
    Golden(Vec<Step>),
    /// A span of the document's text: start and end, in code points.
    Text(u32, u32),
    /// A value of `dataset.toml`.
    Info(Vec<Step>),
    /// The location that the diagnostic already has.
    Known,
}

/// An error or a doubt about a dataset, reported by a lint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The severity.
    pub level: Severity,
    /// The code of the lint.
    pub code: &'static str,
    /// The location.
    pub location: FindingLocation,
    /// The place in the document's text that is concerned, in code points, if there is one.
    pub span: Option<(u32, u32)>,
    /// What is wrong, with which document, and what to do. File and line are set once the finding
    /// is located.
    pub diagnostic: Diagnostic,
}

/// A dataset, as lints see it.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// `dataset.toml`.
    pub info: &'a DatasetInfo,
    /// The documents with a golden file, in the order of their ids.
    pub cases: &'a [GoldenCase<'a>],
    /// The ids of all documents; `None` if some could not be read.
    pub ids: Option<&'a [String]>,
}

/// A check of golden files, with its code and severity.
#[derive(Debug, Clone, Copy)]
pub struct Lint {
    /// The name of the lint in messages and files.
    pub code: &'static str,
    /// The severity of its findings.
    pub level: Severity,
    /// What it finds, in one line.
    pub what: &'static str,
    pub(super) check: fn(&View<'_>) -> Vec<Finding>,
}

impl Lint {
    pub(super) fn finding(&self, location: FindingLocation, diagnostic: Diagnostic) -> Finding {
        let span = match location {
            FindingLocation::Text(start, end) => Some((start, end)),
            _ => None,
        };
        Finding { level: self.level, code: self.code, location, span, diagnostic }
    }

    /// Creates a finding about a value of a golden file.
    pub(super) fn at(&self, case: &GoldenCase<'_>, path: Vec<Step>, diagnostic: Diagnostic) -> Finding {
        let span = match path.as_slice() {
            [Step::Key(layer), Step::Index(at), ..] if layer == "entities" => {
                let entity = case.gold.entities.as_deref().unwrap_or_default().get(*at);
                entity.filter(|entity| entity.is_located()).map(|entity| (entity.start, entity.end))
            }
            _ => None,
        };
        Finding { span, ..self.finding(FindingLocation::Golden(path), diagnostic.of_document(case.id)) }
    }
}
