//! How the recorded figures of two runs differ. It is no test: the history has no documents, and
//! without them no difference can be told from chance.

use std::collections::{BTreeMap, BTreeSet};

use super::trend::{signature_differences, state_change};
use super::{RecordedFigure, RecordedRun, rounded};

/// The differences between two runs.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RunDifference {
    /// The ids of the runs, the earlier argument first.
    pub runs: [String; 2],
    /// The figures that both runs have.
    pub rows: Vec<DifferenceRow>,
    /// What keeps figures from being comparable, one sentence each.
    pub warnings: Vec<String>,
    /// The numbers of figures that only the first and only the second run has.
    pub alone: [usize; 2],
    /// Whether the folders of both runs exist, so that `karat compare` can test the difference. The
    /// caller sets it, since records do not show it.
    pub has_folders: bool,
}

/// A figure of two runs.
#[derive(Debug, Clone, PartialEq)]
pub struct DifferenceRow {
    /// The name of the dataset.
    pub dataset: String,
    /// The name of the extractor.
    pub extractor: String,
    /// The figure of either run.
    pub figures: [RecordedFigure; 2],
    /// How the signatures relate.
    pub signature: SignatureRelation,
}

/// How the signatures of two figures relate. Only figures with equal signatures are comparable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignatureRelation {
    /// Both were computed the same way.
    Equal,
    /// The fields in which the signatures differ.
    Differs(String),
    /// At least one run does not record its signature.
    Unknown,
}

impl SignatureRelation {
    /// Compares two rendered signatures.
    fn of(one: Option<&str>, other: Option<&str>) -> Self {
        match (one, other) {
            (Some(one), Some(other)) => signature_differences(one, other).map_or(Self::Equal, Self::Differs),
            _ => Self::Unknown,
        }
    }

    /// Returns why the figures are not comparable; `None` if they are.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Equal => None,
            Self::Differs(fields) => Some(fields),
            Self::Unknown => Some("unknown: not recorded"),
        }
    }
}

impl DifferenceRow {
    /// Returns the second value minus the first one; `None` if one is undefined, or unless the
    /// figures are known to be computed the same way.
    pub fn difference(&self) -> Option<f64> {
        let [one, other] = &self.figures;
        match (one.value, other.value) {
            (Some(one), Some(other)) if self.signature == SignatureRelation::Equal => Some(rounded(other - one)),
            _ => None,
        }
    }

    /// Returns whether both values are the same and are known to be computed the same way.
    pub fn is_equal(&self) -> bool {
        let [one, other] = &self.figures;
        self.signature == SignatureRelation::Equal && one.value == other.value
    }
}

/// Compares the figures of two runs that satisfy `is_wanted` by their dataset, extractor and
/// metric.
pub fn difference(runs: [&RecordedRun; 2], is_wanted: impl Fn(&str, &str, &RecordedFigure) -> bool) -> RunDifference {
    let [one, other] = runs;
    let mut found = RunDifference { runs: [one.run.clone(), other.run.clone()], ..RunDifference::default() };
    for run in runs {
        if let Some(gap) = &run.gap {
            found.warnings.push(format!("{} is a run of a part of the documents ({gap})", run.run));
        }
        let unanswered = run.results.iter().filter_map(|result| {
            let statuses = result.statuses.filter(|statuses| statuses.ok < statuses.documents)?;
            Some((result, statuses))
        });
        for (result, statuses) in unanswered {
            let (missing, all) = (statuses.documents - statuses.ok, statuses.documents);
            let of = format!("{}, {}", result.dataset, result.extractor);
            found.warnings.push(format!("{of}: {missing} of {all} documents of {} were not answered", run.run));
        }
    }
    if one.profile != other.profile {
        let name = |run: &RecordedRun| run.profile.clone().map_or("no profile".to_owned(), |name| format!("{name:?}"));
        found.warnings.push(format!("the profiles differ: {}, {}", name(one), name(other)));
    }
    let mut states = BTreeSet::new();
    for result in &one.results {
        let key = (&result.dataset, &result.extractor);
        let Some(matching) = other.results.iter().find(|other| (&other.dataset, &other.extractor) == key) else {
            found.alone[0] += result.figures.iter().filter(|figure| is_wanted(key.0, key.1, figure)).count();
            continue;
        };
        let changes = [
            state_change("golden files", result.golden.as_deref(), matching.golden.as_deref()),
            state_change("documents", result.documents.as_deref(), matching.documents.as_deref()),
        ];
        for change in changes.into_iter().flatten() {
            states.insert(format!("{}: {change}", result.dataset));
        }
        let of_name = |figure: &RecordedFigure| (figure.metric.clone(), figure.label.clone());
        let mut rest: BTreeMap<_, &RecordedFigure> =
            matching.figures.iter().map(|figure| (of_name(figure), figure)).collect();
        for figure in result.figures.iter().filter(|figure| is_wanted(key.0, key.1, figure)) {
            let Some(pair) = rest.remove(&of_name(figure)) else {
                found.alone[0] += 1;
                continue;
            };
            let signature = SignatureRelation::of(figure.signature.as_deref(), pair.signature.as_deref());
            found.rows.push(DifferenceRow {
                dataset: result.dataset.clone(),
                extractor: result.extractor.clone(),
                figures: [figure.clone(), pair.clone()],
                signature,
            });
        }
        found.alone[1] += rest.values().filter(|figure| is_wanted(key.0, key.1, figure)).count();
    }
    let has = |dataset: &str, extractor: &str| {
        one.results.iter().any(|result| result.dataset == dataset && result.extractor == extractor)
    };
    for result in other.results.iter().filter(|result| !has(&result.dataset, &result.extractor)) {
        let figures = result.figures.iter();
        found.alone[1] += figures.filter(|figure| is_wanted(&result.dataset, &result.extractor, figure)).count();
    }
    found.warnings.extend(states);
    found.warnings.extend(unequal_signatures(&found.rows));
    found
}

/// Returns a sentence for each different way in which signatures differ.
fn unequal_signatures(rows: &[DifferenceRow]) -> Vec<String> {
    let mut alike: BTreeMap<(&str, &str, Option<&str>), Vec<String>> = BTreeMap::new();
    for row in rows {
        let differences = match &row.signature {
            SignatureRelation::Equal => continue,
            SignatureRelation::Differs(fields) => Some(fields.as_str()),
            SignatureRelation::Unknown => None,
        };
        alike.entry((&row.dataset, &row.extractor, differences)).or_default().push(row.figures[0].name());
    }
    let sentence = |((dataset, extractor, differences), metrics): ((&str, &str, Option<&str>), Vec<String>)| {
        let more = match metrics.len() - 1 {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let of = format!("{dataset}, {extractor}");
        match differences {
            Some(differences) => format!("{of}: `{}`{more} differ in {differences}", metrics[0]),
            None => format!("{of}: the records do not show whether `{}`{more} were computed the same way", metrics[0]),
        }
    };
    alike.into_iter().map(sentence).collect()
}
