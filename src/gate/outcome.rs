//! What rules come to.

use std::collections::BTreeMap;
use std::fmt;

use super::OnInconclusive;

/// What one rule comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Every document was answered with the same bytes.
    Identical,
    /// Kept.
    Pass,
    /// These documents cannot tell.
    Inconclusive,
    /// Broken.
    Fail,
}

impl Verdict {
    /// The name in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Identical => "identical",
            Self::Pass => "pass",
            Self::Inconclusive => "inconclusive",
            Self::Fail => "fail",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// One line of a gate: a rule on one figure of one extractor on one dataset, or of one slice of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The figure; of caps, what is capped.
    pub metric: String,
    /// The dataset.
    pub dataset: String,
    /// The extractor; empty where files are judged.
    pub extractor: String,
    /// The slice, as in `meta.kind=interview`.
    pub slice: Option<String>,
    /// What it comes to.
    pub verdict: Verdict,
    /// The difference, candidate less base, with its one-sided bounds at the rule's level; of floors and caps the figure itself.
    pub delta: Option<f64>,
    /// The lower bound.
    pub low: Option<f64>,
    /// The upper bound.
    pub high: Option<f64>,
    /// The margin; of floors and caps the limit.
    pub margin: f64,
    /// How many documents it rests on.
    pub documents: usize,
    /// How many it would take to be sure of a candidate that is as good, four times of five.
    pub documents_needed: Option<usize>,
    /// What a reviewer needs to know, in a sentence.
    pub message: String,
    /// Whether it decides nothing.
    pub informational: bool,
    /// What it does where it cannot tell.
    pub on_inconclusive: OnInconclusive,
}

/// A whole gate.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// In the order of the rules.
    pub findings: Vec<Finding>,
}

impl Outcome {
    /// Of every figure that was judged by slices, the one that changed most for the worse.
    pub fn worst_slices(&self) -> Vec<&Finding> {
        let mut worst: BTreeMap<(&str, &str, &str), &Finding> = BTreeMap::new();
        for finding in self.findings.iter().filter(|finding| finding.slice.is_some() && finding.delta.is_some()) {
            let of = (finding.dataset.as_str(), finding.extractor.as_str(), finding.metric.as_str());
            let other = worst.entry(of).or_insert(finding);
            if finding.delta < other.delta {
                *other = finding;
            }
        }
        worst.into_values().collect()
    }

    /// What all rules that decide come to: fail if any fails, else inconclusive if any is, as its rule declares it; identical
    /// only where nothing else was found.
    pub fn verdict(&self) -> Verdict {
        let deciding = self.findings.iter().filter(|finding| !finding.informational);
        let verdict = |finding: &Finding| match (finding.verdict, finding.on_inconclusive) {
            (Verdict::Inconclusive, OnInconclusive::Fail) => Verdict::Fail,
            (Verdict::Inconclusive, OnInconclusive::Pass) => Verdict::Pass,
            (verdict, _) => verdict,
        };
        deciding.map(verdict).max().unwrap_or(Verdict::Pass)
    }
}

#[cfg(test)]
mod tests {
    use super::{Finding, OnInconclusive, Outcome, Verdict};

    fn finding(verdict: Verdict, informational: bool, on_inconclusive: OnInconclusive) -> Finding {
        Finding {
            metric: String::new(),
            dataset: String::new(),
            extractor: String::new(),
            slice: None,
            verdict,
            delta: None,
            low: None,
            high: None,
            margin: 0.0,
            documents: 0,
            documents_needed: None,
            message: String::new(),
            informational,
            on_inconclusive,
        }
    }

    fn whole(findings: &[(Verdict, bool, OnInconclusive)]) -> Verdict {
        let findings = findings.iter().map(|(verdict, info, on)| finding(*verdict, *info, *on)).collect();
        Outcome { findings }.verdict()
    }

    #[test]
    fn the_worst_verdict_that_decides_is_that_of_the_whole() {
        use OnInconclusive::{Fail, Pass, Warn};
        use Verdict as V;
        assert_eq!(whole(&[(V::Identical, false, Warn)]), V::Identical);
        assert_eq!(whole(&[(V::Identical, false, Warn), (V::Pass, false, Warn)]), V::Pass);
        assert_eq!(whole(&[(V::Inconclusive, false, Warn), (V::Pass, false, Warn)]), V::Inconclusive);
        assert_eq!(whole(&[(V::Inconclusive, false, Pass)]), V::Pass);
        assert_eq!(whole(&[(V::Inconclusive, false, Fail)]), V::Fail);
        assert_eq!(whole(&[(V::Fail, true, Warn), (V::Pass, false, Warn)]), V::Pass);
        assert_eq!(whole(&[(V::Fail, false, Pass), (V::Pass, false, Warn)]), V::Fail);
        assert_eq!(whole(&[]), V::Pass);
    }
}
