//! Gate rules as configured in `[[gate]]` tables of karat.toml.

use serde::Deserialize;

use crate::compare::SliceBy;

/// One `[[gate]]` table of karat.toml.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The dataset that the rule applies to; `None` for all.
    pub dataset: Option<String>,
    /// The extractor that the rule applies to; `None` for all.
    pub extractor: Option<String>,
    /// The name of the judged figure; `[*]` instead of a label judges every label separately.
    pub metric: Option<String>,
    /// The floor: the smallest acceptable value of the figure.
    pub min: Option<f64>,
    /// The ceiling: the largest acceptable value of the figure.
    pub max: Option<f64>,
    /// Which bound of the confidence interval must reach the floor. For a ceiling the bounds are
    /// exchanged.
    #[serde(default)]
    pub side: Bound,
    /// The largest acceptable deterioration from the baseline, in the units of the figure.
    pub margin: Option<f64>,
    /// The one-sided confidence level of the bounds, above 0.5 and below 1.
    #[serde(default = "confidence")]
    pub confidence: f64,
    /// Judges every slice of the documents separately.
    pub slice: Option<SliceBy>,
    /// The number of documents below which the rule is inconclusive.
    pub min_documents: Option<usize>,
    /// How an inconclusive finding affects the gate. Few documents often leave a change that did
    /// nothing inconclusive, so that this must not stop a merge by default.
    #[serde(default)]
    pub on_inconclusive: OnInconclusive,
    /// What happens if there is no baseline for the margin; `None` is an error.
    pub if_no_baseline: Option<IfNoBaseline>,
    /// Whether the finding is only reported and does not affect the verdict of the gate.
    #[serde(default)]
    pub informational: bool,
    /// The largest acceptable fraction of failed documents, 0 to 1.
    pub max_failed: Option<f64>,
    /// The largest acceptable average time per document, in seconds.
    pub max_seconds: Option<f64>,
    /// The largest acceptable average cost per document, in the currency of the extractor's prices.
    pub max_cost: Option<f64>,
}

fn confidence() -> f64 {
    0.95
}

impl Default for Rule {
    fn default() -> Self {
        Self {
            dataset: None,
            extractor: None,
            metric: None,
            min: None,
            max: None,
            side: Bound::default(),
            margin: None,
            confidence: confidence(),
            slice: None,
            min_documents: None,
            on_inconclusive: OnInconclusive::default(),
            if_no_baseline: None,
            informational: false,
            max_failed: None,
            max_seconds: None,
            max_cost: None,
        }
    }
}

/// The bound of a confidence interval that a floor is compared with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Bound {
    /// The lower bound: passing means that the figure is above the floor with confidence.
    #[default]
    Low,
    /// The point estimate.
    Value,
    /// The upper bound: passing means that the figure may be above the floor.
    High,
}

/// How an inconclusive finding affects the verdict of the gate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OnInconclusive {
    /// The gate is inconclusive, which is a warning; `pass` is another name for it.
    #[default]
    #[serde(alias = "pass")]
    Warn,
    /// The gate fails.
    Fail,
    /// The gate is inconclusive, which has an exit code of its own.
    Neutral,
}

/// What a rule with a margin makes of an extractor without a baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum IfNoBaseline {
    /// The rule passes.
    Pass,
    /// The rule fails.
    Fail,
    /// The rule passes, and a complete run becomes the baseline unless the gate fails.
    Accept,
}

impl Rule {
    /// Returns a diagnostic if the rule is invalid by itself, independent of any data.
    pub fn diagnostic(&self) -> Option<String> {
        let share = |name: &str, value: Option<f64>, most: f64| {
            value
                .filter(|value| !(0.0..=most).contains(value))
                .map(|value| format!("`{name}` is {value}, but must be between 0 and {most}"))
        };
        let asks = [self.min, self.max, self.margin, self.max_failed, self.max_seconds, self.max_cost];
        if asks.iter().all(Option::is_none) {
            return Some(
                "the rule sets no bound: write `margin`, `min`, `max`, `max_failed`, `max_seconds` or `max_cost`"
                    .to_owned(),
            );
        }
        if self.metric.is_none() && (self.is_about_values() || self.margin.is_some()) {
            return Some("the rule names no `metric` for its `min`, `max` or `margin`".to_owned());
        }
        if self.margin.is_some_and(|margin| !(margin.is_finite() && margin > 0.0)) {
            return Some("`margin` must be above 0: with 0, half of all neutral changes would fail".to_owned());
        }
        if !(self.confidence > 0.5 && self.confidence < 1.0) {
            return Some(format!("`confidence` is {}, but must be above 0.5 and below 1", self.confidence));
        }
        share("max_failed", self.max_failed, 1.0)
            .or_else(|| share("max_seconds", self.max_seconds, f64::MAX))
            .or_else(|| share("max_cost", self.max_cost, f64::MAX))
    }

    /// Returns whether the rule judges the value of a figure, by a floor or a ceiling.
    pub fn is_about_values(&self) -> bool {
        self.min.is_some() || self.max.is_some()
    }

    /// Returns whether the rule accepts that some documents of a run were not answered.
    pub fn allows_failures(&self, unanswered: usize, documents: usize) -> bool {
        self.max_failed.is_some_and(|most| documents > 0 && unanswered as f64 / documents as f64 <= most)
    }

    /// Returns whether the rule applies to this dataset and extractor.
    pub fn is_about(&self, dataset: &str, extractor: &str) -> bool {
        let fits = |wanted: &Option<String>, name: &str| wanted.as_ref().is_none_or(|wanted| wanted == name);
        fits(&self.dataset, dataset) && fits(&self.extractor, extractor)
    }

    /// Returns whether the rule judges the figure with this name.
    pub fn judges(&self, name: &str, label: Option<&str>) -> bool {
        let Some(metric) = &self.metric else { return false };
        match label {
            Some(label) if metric.contains("[*]") => *name == metric.replace("[*]", &format!("[{label}]")),
            _ => name == metric,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Bound, OnInconclusive, Rule};
    use crate::compare::SliceBy;

    fn rule(text: &str) -> Result<Rule, String> {
        toml::from_str(text).map_err(|error: toml::de::Error| error.message().to_owned())
    }

    #[test]
    fn rules_are_read_with_their_defaults() {
        let found = rule("metric = \"entities.strict.f1\"\nmargin = 0.01").unwrap();
        assert_eq!((found.confidence, found.side, found.on_inconclusive), (0.95, Bound::Low, OnInconclusive::Warn));
        assert_eq!(found.diagnostic(), None);
        let found = rule("metric = \"x\"\nmin = 0.8\nside = \"value\"\nslice = \"meta.kind\"").unwrap();
        assert_eq!((found.side, found.slice), (Bound::Value, Some(SliceBy::Meta("kind".to_owned()))));
    }

    #[test]
    fn rules_that_make_no_sense_are_refused() {
        assert!(rule("margn = 1").unwrap_err().contains("unknown field"));
        assert!(rule("slice = \"kind\"").unwrap_err().contains("meta.FIELD"));
        for text in [
            "metric = \"x\"",
            "margin = 0.01",
            "metric = \"x\"\nmargin = 0.0",
            "max_failed = 2.0",
            "metric = \"x\"\nmin = 0.5\nconfidence = 0.3",
        ] {
            assert!(rule(text).unwrap().diagnostic().is_some(), "{text}");
        }
    }

    #[test]
    fn a_star_is_every_label() {
        let found = rule("metric = \"entities.strict[*].f1\"\nmargin = 0.1").unwrap();
        assert!(found.judges("entities.strict[A].f1", Some("A")));
        assert!(!found.judges("entities.strict.f1", None) && !found.judges("entities.exact[A].f1", Some("A")));
    }
}
