//! How one figure developed over the runs of a project.
//!
//! A series is cut where the figure was computed differently, where the golden files or the
//! documents changed, and where that is not known. The points on both sides of a cut are not
//! comparable, so renderers draw no line across it.

use std::collections::BTreeMap;

use super::RecordedRun;
use crate::metric::Signature;
use crate::metric::signature::list_differences;

/// One figure over the runs of a project.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Trend {
    /// The name of the figure, with its label in square brackets.
    pub metric: String,
    /// The series by dataset and extractor.
    pub series: Vec<Series>,
    /// The number of runs of only a part of the documents, which are left out.
    pub partial: usize,
    /// The number of older points that a limit left out.
    pub older: usize,
}

/// The figure of one extractor on one dataset, the oldest run first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Series {
    /// The name of the dataset, with the profile after an `@`.
    pub dataset: String,
    /// The name of the extractor.
    pub extractor: String,
    /// The points, of which there is at least one.
    pub points: Vec<Point>,
    /// The changes after which points are not comparable with those before.
    pub changes: Vec<Change>,
}

/// The figure of one run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Point {
    /// The run, without its results.
    pub run: RecordedRun,
    /// The value; `None` if it is undefined.
    pub value: Option<f64>,
    /// The confidence interval.
    pub interval: Option<(f64, f64)>,
    /// The number of gold items.
    pub gold: Option<u64>,
    /// The number of scored documents.
    pub documents: Option<u64>,
    /// The number of answered documents among them.
    pub answered: Option<u64>,
    /// How the figure was computed.
    pub signature: Option<String>,
    golden: Option<String>,
    texts: Option<String>,
}

/// A change between two points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The index of the first point after the change.
    pub at: usize,
    /// What changed, one phrase each; at least one.
    pub reasons: Vec<String>,
}

/// Computes the trend of a figure from the runs that have it, the newest first. Each result has at
/// most this one figure. `limit` is the largest number of points of a series; 0 is no limit.
pub fn trend(metric: String, runs: &[RecordedRun], limit: usize) -> Trend {
    let mut by_name: BTreeMap<(String, String), Vec<Point>> = BTreeMap::new();
    let mut partial = 0;
    for run in runs.iter().rev() {
        let with_figure = run.results.iter().filter_map(|result| Some((result, result.figures.first()?)));
        let with_figure: Vec<_> = with_figure.collect();
        if run.gap.is_some() {
            partial += usize::from(!with_figure.is_empty());
            continue;
        }
        for (result, figure) in with_figure {
            let point = Point {
                run: RecordedRun { results: Vec::new(), ..run.clone() },
                value: figure.value,
                interval: figure.low.zip(figure.high),
                gold: figure.gold,
                documents: figure.documents,
                answered: figure.answered,
                signature: figure.signature.clone(),
                golden: result.golden.clone(),
                texts: result.documents.clone(),
            };
            let key = (run.dataset_with_profile(&result.dataset), result.extractor.clone());
            by_name.entry(key).or_default().push(point);
        }
    }
    let mut older = 0;
    let series = by_name.into_iter().map(|((dataset, extractor), mut points)| {
        if limit > 0 && points.len() > limit {
            older += points.len() - limit;
            points.drain(..points.len() - limit);
        }
        let changes = points.windows(2).enumerate().filter_map(|(at, pair)| {
            let reasons = reasons(&pair[0], &pair[1]);
            (!reasons.is_empty()).then_some(Change { at: at + 1, reasons })
        });
        let changes = changes.collect();
        Series { dataset, extractor, points, changes }
    });
    let series = series.collect();
    Trend { metric, series, partial, older }
}

/// Returns why two points are not comparable, one phrase each.
fn reasons(one: &Point, other: &Point) -> Vec<String> {
    let mut reasons = Vec::new();
    match (&one.signature, &other.signature) {
        (None, None) => reasons.push("the signature is recorded on neither side".to_owned()),
        (Some(one), Some(other)) => {
            if let Some(differences) = signature_differences(one, other) {
                reasons.push(format!("the signature differs in {differences}"));
            }
        }
        _ => reasons.push("the signature is recorded on one side only".to_owned()),
    }
    reasons.extend(state_change("golden files", one.golden.as_deref(), other.golden.as_deref()));
    reasons.extend(state_change("documents", one.texts.as_deref(), other.texts.as_deref()));
    reasons
}

/// Lists the fields in which two rendered signatures differ; `None` if they are equal.
pub(super) fn signature_differences(one: &str, other: &str) -> Option<String> {
    let [Ok(one), Ok(other)] = [one, other].map(str::parse::<Signature>);
    let differences = one.differences(&other);
    (!differences.is_empty()).then(|| list_differences(&differences))
}

/// Returns a phrase unless two states of files are known to be equal: if they differ, if they are
/// of different kinds, or if a side does not record its state.
pub(super) fn state_change(what: &str, one: Option<&str>, other: Option<&str>) -> Option<String> {
    let kind = |state: &str| state.split(':').next().unwrap_or_default().to_owned();
    match (one, other) {
        (Some(one), Some(other)) if kind(one) == kind(other) => (one != other).then(|| format!("the {what} changed")),
        _ => Some(format!("the records do not show whether the {what} changed")),
    }
}

impl Series {
    /// Returns the values in order.
    pub fn values(&self) -> Vec<Option<f64>> {
        self.points.iter().map(|point| point.value).collect()
    }

    /// Returns the indices of the first points after changes.
    pub fn cuts(&self) -> Vec<usize> {
        self.changes.iter().map(|change| change.at).collect()
    }

    /// Returns the lowest and the highest defined value.
    pub fn extremes(&self) -> (Option<f64>, Option<f64>) {
        let defined = || self.points.iter().filter_map(|point| point.value);
        (defined().reduce(f64::min), defined().reduce(f64::max))
    }

    /// Returns the number of points that rest on fewer documents than were scored.
    pub fn incomplete(&self) -> usize {
        self.points.iter().filter(|point| point.rests_on_fewer()).count()
    }

    /// Returns the ranges of points between changes.
    pub fn segments(&self) -> Vec<std::ops::Range<usize>> {
        let ends = self.cuts().into_iter().chain([self.points.len()]);
        let mut start = 0;
        ends.map(|end| std::mem::replace(&mut start, end)..end).collect()
    }
}

impl Point {
    /// Returns whether some of the scored documents were not answered.
    pub fn rests_on_fewer(&self) -> bool {
        matches!((self.answered, self.documents), (Some(answered), Some(documents)) if answered < documents)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{RecordedFigure, RecordedResult};
    use super::{RecordedRun, trend};

    fn run(at: u32, signature: Option<&str>, golden: Option<&str>, gap: Option<&str>) -> RecordedRun {
        let documents = Some("sha256:d");
        let figure = RecordedFigure {
            metric: "m.f1".to_owned(),
            value: Some(f64::from(at) / 10.0),
            signature: signature.map(str::to_owned),
            ..RecordedFigure::default()
        };
        let result = RecordedResult {
            dataset: "d".to_owned(),
            extractor: "x".to_owned(),
            documents: documents.map(str::to_owned),
            golden: golden.map(str::to_owned),
            figures: vec![figure],
            ..RecordedResult::default()
        };
        RecordedRun {
            run: format!("r{at}"),
            gap: gap.map(str::to_owned),
            results: vec![result],
            ..RecordedRun::default()
        }
    }

    #[test]
    fn a_series_is_cut_where_points_are_not_comparable() {
        let (a, b) = (Some("spans|beta:1"), Some("spans|beta:2"));
        let runs = [
            run(7, b, Some("sha256:2"), Some("shard 1/2")),
            run(6, b, Some("sha256:2"), None),
            run(5, b, Some("sha256:1"), None),
            run(4, b, Some("git:1"), None),
            run(3, a, Some("git:1"), None),
            run(2, a, Some("git:1"), None),
            run(1, None, Some("git:1"), None),
        ];
        let trend = trend("m.f1".to_owned(), &runs, 0);
        assert_eq!((trend.partial, trend.older, trend.series.len()), (1, 0, 1));
        let series = &trend.series[0];
        assert_eq!(series.values(), [0.1, 0.2, 0.3, 0.4, 0.5, 0.6].map(Some));
        assert_eq!(series.segments(), [0..1, 1..3, 3..4, 4..5, 5..6]);
        let reasons: Vec<&str> = series.changes.iter().flat_map(|change| &change.reasons).map(String::as_str).collect();
        assert_eq!(
            reasons,
            [
                "the signature is recorded on one side only",
                "the signature differs in beta: 1, 2",
                "the records do not show whether the golden files changed",
                "the golden files changed",
            ]
        );
    }

    #[test]
    fn points_without_records_of_their_origin_are_not_joined() {
        let mut runs = [run(2, None, None, None), run(1, None, None, None)];
        runs.iter_mut().for_each(|run| run.results[0].documents = None);
        let reasons = [
            "the signature is recorded on neither side",
            "the records do not show whether the golden files changed",
            "the records do not show whether the documents changed",
        ];
        assert_eq!(trend("m.f1".to_owned(), &runs, 0).series[0].changes[0].reasons, reasons);
    }

    #[test]
    fn a_limit_keeps_the_newest_points() {
        let runs = [run(3, None, None, None), run(2, None, None, None), run(1, None, None, None)];
        let trend = trend("m.f1".to_owned(), &runs, 2);
        assert_eq!((trend.older, trend.series[0].values()), (1, vec![Some(0.2), Some(0.3)]));
        assert_eq!(trend.series[0].extremes(), (Some(0.2), Some(0.3)));
    }
}
