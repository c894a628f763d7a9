//! What a rule can say.

use serde::Deserialize;

use crate::compare::SliceBy;

/// One `[[gate]]` of karat.toml.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Only this dataset; all, where it is left out.
    pub dataset: Option<String>,
    /// Only this extractor; all, where it is left out.
    pub extractor: Option<String>,
    /// The figure that is judged; `[*]` in place of a label is every label by itself.
    pub metric: Option<String>,
    /// The floor.
    pub min: Option<f64>,
    /// Which end of the interval has to reach the floor.
    #[serde(default)]
    pub side: Side,
    /// How much worse than the baseline the candidate may be.
    pub margin: Option<f64>,
    /// One-sided level of bounds, above 0.5 and below 1.
    #[serde(default = "confidence")]
    pub confidence: f64,
    /// Judge every slice of the documents by itself.
    pub slice: Option<SliceBy>,
    /// With fewer documents than these, nothing is decided.
    pub min_documents: Option<usize>,
    /// What an undecided rule does to the whole.
    #[serde(default)]
    pub on_inconclusive: OnInconclusive,
    /// Whether it is shown and decides nothing.
    #[serde(default)]
    pub informational: bool,
    /// The largest share of documents that may fail, 0 to 1.
    pub max_failed: Option<f64>,
    /// The most seconds a document may take on average.
    pub max_seconds: Option<f64>,
    /// The most that a document may cost on average.
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
            side: Side::default(),
            margin: None,
            confidence: confidence(),
            slice: None,
            min_documents: None,
            on_inconclusive: OnInconclusive::default(),
            informational: false,
            max_failed: None,
            max_seconds: None,
            max_cost: None,
        }
    }
}

/// Which end of an interval a floor is judged by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The lower end: the figure is surely above the floor.
    #[default]
    Low,
    /// The figure itself.
    Value,
    /// The upper end: the figure may be above the floor.
    High,
}

/// What an undecided rule does to the whole.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OnInconclusive {
    /// The whole is inconclusive.
    #[default]
    Warn,
    /// The whole fails.
    Fail,
    /// The whole passes, and says so.
    Pass,
}

impl Rule {
    /// What is wrong with it by itself.
    pub fn diagnostic(&self) -> Option<String> {
        let share = |name: &str, value: Option<f64>, most: f64| {
            value
                .filter(|value| !(0.0..=most).contains(value))
                .map(|value| format!("`{name}` is {value}, and lies between 0 and {most}"))
        };
        let asks = [self.min, self.margin, self.max_failed, self.max_seconds, self.max_cost];
        if asks.iter().all(Option::is_none) {
            return Some(
                "the rule asks for nothing: write `margin`, `min`, `max_failed`, `max_seconds` or `max_cost`"
                    .to_owned(),
            );
        }
        if self.metric.is_none() && (self.min.is_some() || self.margin.is_some()) {
            return Some("the rule names no `metric` for its `min` or `margin`".to_owned());
        }
        if self.margin.is_some_and(|margin| !(margin.is_finite() && margin > 0.0)) {
            return Some(
                "`margin` is a number above 0: with none, every second change that changes nothing would fail"
                    .to_owned(),
            );
        }
        if !(self.confidence > 0.5 && self.confidence < 1.0) {
            return Some(format!("`confidence` is {}, and lies above 0.5 and below 1", self.confidence));
        }
        share("max_failed", self.max_failed, 1.0)
            .or_else(|| share("max_seconds", self.max_seconds, f64::MAX))
            .or_else(|| share("max_cost", self.max_cost, f64::MAX))
    }

    /// Whether it is about a dataset and an extractor.
    pub fn is_about(&self, dataset: &str, extractor: &str) -> bool {
        let fits = |wanted: &Option<String>, name: &str| wanted.as_ref().is_none_or(|wanted| wanted == name);
        fits(&self.dataset, dataset) && fits(&self.extractor, extractor)
    }

    /// Whether a figure's name is the one that is judged.
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
    use super::{OnInconclusive, Rule, Side};
    use crate::compare::SliceBy;

    fn rule(text: &str) -> Result<Rule, String> {
        toml::from_str(text).map_err(|error: toml::de::Error| error.message().to_owned())
    }

    #[test]
    fn rules_are_read_with_their_defaults() {
        let found = rule("metric = \"entities.strict.f1\"\nmargin = 0.01").unwrap();
        assert_eq!((found.confidence, found.side, found.on_inconclusive), (0.95, Side::Low, OnInconclusive::Warn));
        assert_eq!(found.diagnostic(), None);
        let found = rule("metric = \"x\"\nmin = 0.8\nside = \"value\"\nslice = \"meta.kind\"").unwrap();
        assert_eq!((found.side, found.slice), (Side::Value, Some(SliceBy::Meta("kind".to_owned()))));
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
