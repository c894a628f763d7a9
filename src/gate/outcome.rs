//! Outcomes of gate rules and of a whole gate.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{OnInconclusive, Rule, SequenceBounds};

/// The outcome of a rule or of a whole gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum GateVerdict {
    /// Both systems gave byte-identical answers for every document.
    Identical,
    /// The rule holds.
    Pass,
    /// The documents are too few or too varied to decide.
    Inconclusive,
    /// The rule is violated.
    Fail,
}

impl GateVerdict {
    /// Returns the name used in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Identical => "identical",
            Self::Pass => "pass",
            Self::Inconclusive => "inconclusive",
            Self::Fail => "fail",
        }
    }
}

impl fmt::Display for GateVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The test that gave the bounds of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GateTest {
    /// Student's t with G - 1 degrees of freedom.
    T,
    /// The exact sign-flip test, for at most 13 clusters and if all clusters moved alike.
    SignFlip,
    /// A confidence sequence on a growing random sample of the documents.
    Sequence,
}

impl GateTest {
    /// Returns the name used in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::T => "t",
            Self::SignFlip => "sign_flip",
            Self::Sequence => "sequence",
        }
    }
}

/// One finding of a gate: a rule applied to one figure of one extractor on one dataset, or on one
/// slice of it.
#[derive(Debug, Clone, PartialEq)]
pub struct GateFinding {
    /// The name of the figure; for caps, the capped quantity.
    pub metric: String,
    /// The name of the dataset.
    pub dataset: String,
    /// The name of the extractor; empty if prediction files are judged.
    pub extractor: String,
    /// The slice, such as `meta.kind=interview`; `None` for all documents.
    pub slice: Option<String>,
    /// The verdict of the rule.
    pub verdict: GateVerdict,
    /// The difference, candidate minus base; for floors and caps, the figure itself.
    pub delta: Option<f64>,
    /// The one-sided lower bound at the confidence level of the rule.
    pub low: Option<f64>,
    /// The one-sided upper bound at the confidence level of the rule.
    pub high: Option<f64>,
    /// The margin; for floors and caps, the limit.
    pub margin: f64,
    /// The number of documents that the finding is based on.
    pub documents: usize,
    /// The number of documents with which a candidate as good as the base passes with a probability
    /// of 80 %.
    pub documents_needed: Option<usize>,
    /// The test that gave the bounds of a difference; `None` for caps, and for floors and ceilings
    /// unless a confidence sequence judges them.
    pub test: Option<GateTest>,
    /// The confidence sequence behind the bounds, if they are those of a random sample.
    pub sequence: Option<SequenceBounds>,
    /// A one-sentence explanation for the reviewer.
    pub message: String,
    /// Whether the finding is only informational and does not affect the verdict of the gate.
    pub informational: bool,
    /// How an inconclusive finding affects the verdict of the gate.
    pub on_inconclusive: OnInconclusive,
}

impl GateFinding {
    /// Creates a finding of a rule on a figure of an extractor on a dataset, with a verdict and the
    /// reason for it, but without numbers.
    pub fn new(
        rule: &Rule,
        (metric, dataset, extractor): (&str, &str, &str),
        verdict: GateVerdict,
        message: String,
    ) -> Self {
        Self {
            metric: metric.to_owned(),
            dataset: dataset.to_owned(),
            extractor: extractor.to_owned(),
            slice: None,
            verdict,
            delta: None,
            low: None,
            high: None,
            margin: 0.0,
            documents: 0,
            documents_needed: None,
            test: None,
            sequence: None,
            message,
            informational: rule.informational,
            on_inconclusive: rule.on_inconclusive,
        }
    }
}

/// What a gate judged, and against what.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct GateBasis {
    /// The run, as a phrase for a reviewer.
    pub run: String,
    /// The base of the run, as a phrase for a reviewer.
    pub base: String,
    /// The baselines that differ between the base commit and the working tree.
    pub moved: Vec<MovedBaseline>,
    /// The random sample of a run that stops once the rules are decided.
    pub sample: Option<GateSample>,
}

/// A random sample of the documents on which rules were judged by a confidence sequence.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateSample {
    /// The seed of the order of the documents.
    pub seed: u64,
    /// The sizes of the samples by dataset.
    pub datasets: BTreeMap<String, SampleSize>,
}

/// The size of a sample.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleSize {
    /// The number of documents of the sample.
    pub documents: usize,
    /// The number of all documents.
    pub of: usize,
}

impl GateSample {
    /// Whether the samples are all documents.
    pub fn is_whole(&self) -> bool {
        self.datasets.values().all(|size| size.documents >= size.of)
    }

    /// Returns sentences about the sample of a dataset for a report; `None` if there is no such
    /// sample.
    pub fn of_dataset(&self, dataset: &str, findings: &[GateFinding]) -> Option<String> {
        let SampleSize { documents, of } = self.datasets.get(dataset)?;
        let seed = self.seed;
        let mut text = if documents < of {
            format!(
                "The run stopped after {documents} of {of} documents, once the rules of the gate were decided: the figures \
                 are of a random sample, in the order of seed {seed}. Only the bounds of the gate allow for the stop; other \
                 intervals and p-values do not."
            )
        } else {
            format!(
                "The run went through all {of} documents in the order of seed {seed}, since fewer did not decide the rules \
                 of the gate."
            )
        };
        for finding in findings.iter().filter(|finding| finding.dataset == dataset) {
            let GateFinding { metric, extractor, verdict, message, .. } = finding;
            let slice = finding.slice.as_ref().map(|slice| format!(", {slice}")).unwrap_or_default();
            text.push_str(&format!("\n{verdict}: {extractor}, {metric}{slice}: {message}."));
        }
        Some(text)
    }
}

impl fmt::Display for GateSample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = |(dataset, size): (&String, &SampleSize)| {
            format!("{} of {} documents of {dataset}", size.documents, size.of)
        };
        let sizes: Vec<String> = self.datasets.iter().map(size).collect();
        write!(f, "{} in random order (seed {})", sizes.join(", "), self.seed)
    }
}

/// How the working tree's baselines differ from those of the base commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BaselineMove {
    /// The base commit has no such baseline.
    Added,
    /// The accepted predictions differ.
    Changed,
    /// The working tree has no such baseline.
    Removed,
}

impl BaselineMove {
    /// Returns the name used in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Removed => "removed",
        }
    }
}

/// A baseline that the change under review moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovedBaseline {
    /// The name of the dataset.
    pub dataset: String,
    /// The name of the extractor.
    pub extractor: String,
    /// How it differs.
    pub how: BaselineMove,
    /// The headline figures under both baselines, if they could be computed.
    pub figures: String,
}

impl MovedBaseline {
    /// Returns whether later changes are judged against something else than before.
    pub fn is_moved(&self) -> bool {
        self.how != BaselineMove::Added
    }

    /// Returns a sentence for the reviewer.
    pub fn message(&self) -> String {
        let Self { dataset, extractor, how, figures } = self;
        let figures = if figures.is_empty() { String::new() } else { format!(": {figures}") };
        match how {
            BaselineMove::Added => format!("this change adds the baseline of {dataset}, {extractor}"),
            BaselineMove::Changed => {
                format!(
                    "this change also moves the baseline of {dataset}, {extractor}, which later changes are judged \
                     against{figures}"
                )
            }
            BaselineMove::Removed => {
                format!("this change also removes the baseline of {dataset}, {extractor}: nothing judges it later")
            }
        }
    }
}

/// The findings of a whole gate.
#[derive(Debug, Clone, PartialEq)]
pub struct GateOutcome {
    /// What was judged; `None` for files of predictions.
    pub basis: Option<GateBasis>,
    /// The findings, in the order of the rules.
    pub findings: Vec<GateFinding>,
}

impl From<Vec<GateFinding>> for GateOutcome {
    fn from(findings: Vec<GateFinding>) -> Self {
        Self { basis: None, findings }
    }
}

impl GateOutcome {
    /// Returns, for every figure that was judged by slices, the slice that changed most for the
    /// worse.
    pub fn worst_slices(&self) -> Vec<&GateFinding> {
        let mut worst: BTreeMap<(&str, &str, &str), &GateFinding> = BTreeMap::new();
        for finding in self.findings.iter().filter(|finding| finding.slice.is_some() && finding.delta.is_some()) {
            let of = (finding.dataset.as_str(), finding.extractor.as_str(), finding.metric.as_str());
            let other = worst.entry(of).or_insert(finding);
            if finding.delta < other.delta {
                *other = finding;
            }
        }
        worst.into_values().collect()
    }

    /// Returns the combined verdict of all deciding findings: fail if any fails, otherwise
    /// inconclusive if any is (a failure if `on_inconclusive` of its rule says so), and identical
    /// only if all are.
    pub fn verdict(&self) -> GateVerdict {
        let deciding = self.findings.iter().filter(|finding| !finding.informational);
        let verdict = |finding: &GateFinding| match (finding.verdict, finding.on_inconclusive) {
            (GateVerdict::Inconclusive, OnInconclusive::Fail) => GateVerdict::Fail,
            (verdict, _) => verdict,
        };
        deciding.map(verdict).max().unwrap_or(GateVerdict::Pass)
    }
}

impl GateOutcome {
    /// Returns whether an inconclusive finding is neither a failure nor only a warning.
    pub fn is_neutral(&self) -> bool {
        let is_neutral = |finding: &GateFinding| {
            let is_inconclusive = finding.verdict == GateVerdict::Inconclusive;
            is_inconclusive && !finding.informational && finding.on_inconclusive == OnInconclusive::Neutral
        };
        self.findings.iter().any(is_neutral)
    }
}

#[cfg(test)]
mod tests {
    use super::{GateFinding, GateOutcome, GateVerdict, OnInconclusive, Rule};

    fn finding(verdict: GateVerdict, informational: bool, on_inconclusive: OnInconclusive) -> GateFinding {
        let rule = Rule { informational, on_inconclusive, ..Rule::default() };
        GateFinding::new(&rule, ("", "", ""), verdict, String::new())
    }

    fn whole(findings: &[(GateVerdict, bool, OnInconclusive)]) -> GateVerdict {
        let findings: Vec<_> = findings.iter().map(|(verdict, info, on)| finding(*verdict, *info, *on)).collect();
        GateOutcome::from(findings).verdict()
    }

    #[test]
    fn the_worst_verdict_that_decides_is_that_of_the_whole() {
        use GateVerdict as V;
        use OnInconclusive::{Fail, Neutral, Warn};
        assert_eq!(whole(&[(V::Identical, false, Warn)]), V::Identical);
        assert_eq!(whole(&[(V::Identical, false, Warn), (V::Pass, false, Warn)]), V::Pass);
        assert_eq!(whole(&[(V::Inconclusive, false, Warn), (V::Pass, false, Warn)]), V::Inconclusive);
        assert_eq!(whole(&[(V::Inconclusive, false, Neutral)]), V::Inconclusive);
        assert_eq!(whole(&[(V::Inconclusive, false, Fail)]), V::Fail);
        assert_eq!(whole(&[(V::Fail, true, Warn), (V::Pass, false, Warn)]), V::Pass);
        assert_eq!(whole(&[(V::Fail, false, Neutral), (V::Pass, false, Warn)]), V::Fail);
        assert_eq!(whole(&[]), V::Pass);
    }
}
