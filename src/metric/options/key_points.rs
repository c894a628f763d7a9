//! How key points are scored.

use serde::{Deserialize, Deserializer};

/// How key points are scored.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "Written")]
pub struct KeyPointOptions {
    /// The share of content words that carries a key point: above 0 and up to 1.
    pub threshold: f64,
    /// The share that carries it in part: above 0 and below `threshold`. Nothing is carried in part where it is left out.
    pub partial: Option<f64>,
    /// The least weight of a vital key point; those below are okay.
    pub vital: u32,
    /// How many references the weights count, where they do: a key point's weight is then the number of reference summaries
    /// that carry it, and the modified pyramid's size their mean number of units.
    pub references: Option<u32>,
    /// An external judge: a program with its arguments. Empty, where key points are matched.
    pub judge: Vec<String>,
    /// Seconds that the judge has for one verdict.
    pub judge_timeout: f64,
    /// Where the verdicts come from that stand in the predictions, as signatures have it: `file:HASH`, `judge:NAME`. `None`,
    /// where key points are matched.
    pub given: Option<String>,
}

impl Default for KeyPointOptions {
    fn default() -> Self {
        Self {
            threshold: 0.7,
            partial: None,
            vital: 3,
            references: None,
            judge: Vec::new(),
            judge_timeout: 60.0,
            given: None,
        }
    }
}

/// As a file has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Written {
    threshold: f64,
    partial: Option<f64>,
    vital: u32,
    references: Option<u32>,
    #[serde(deserialize_with = "judge")]
    judge: Vec<String>,
    judge_timeout: f64,
}

impl Default for Written {
    fn default() -> Self {
        let options = KeyPointOptions::default();
        Self {
            threshold: options.threshold,
            partial: None,
            vital: options.vital,
            references: None,
            judge: Vec::new(),
            judge_timeout: options.judge_timeout,
        }
    }
}

impl TryFrom<Written> for KeyPointOptions {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let Written { threshold, partial, vital, references, judge, judge_timeout } = written;
        if !(threshold > 0.0 && threshold <= 1.0) {
            return Err(format!("`threshold` must be above 0 and at most 1, and is {threshold}"));
        }
        if let Some(partial) = partial.filter(|partial| !(*partial > 0.0 && *partial < threshold)) {
            return Err(format!("`partial` must be above 0 and below `threshold` ({threshold}), and is {partial}"));
        }
        if references == Some(0) {
            return Err("`references` must be 1 or more".to_owned());
        }
        let judge_timeout = Self::check_timeout(judge_timeout)?;
        Ok(Self { threshold, partial, vital, references, judge, judge_timeout, given: None })
    }
}

impl KeyPointOptions {
    /// Whether a deadline in seconds makes sense, and if not why.
    ///
    /// # Errors
    /// With what it must be.
    pub fn check_timeout(seconds: f64) -> Result<f64, String> {
        const LONGEST: f64 = 86_400.0;
        let is_deadline = seconds > 0.0 && seconds <= LONGEST;
        is_deadline
            .then_some(seconds)
            .ok_or_else(|| format!("`judge_timeout` must be above 0 and at most {LONGEST} seconds, and is {seconds}"))
    }
}

/// A list of words, the first of which is the program.
fn judge<'de, D: Deserializer<'de>>(value: D) -> Result<Vec<String>, D::Error> {
    let words = Vec::<String>::deserialize(value)?;
    if words.first().is_some_and(|program| program.trim().is_empty()) {
        return Err(serde::de::Error::custom("`judge` must begin with a program"));
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::KeyPointOptions;

    fn read(text: &str) -> Result<KeyPointOptions, String> {
        toml::from_str(text).map_err(|error| error.message().to_owned())
    }

    #[test]
    fn thresholds_are_shares_in_order() {
        assert_eq!(read("").unwrap(), KeyPointOptions::default());
        assert_eq!(read("threshold = 0.6\npartial = 0.4").unwrap().partial, Some(0.4));
        assert!(read("threshold = 1.2").unwrap_err().contains("at most 1"));
        assert!(read("partial = 0.7").unwrap_err().contains("below `threshold` (0.7)"));
        assert!(read("references = 0").unwrap_err().contains("1 or more"));
        assert!(read("judge_timeout = 0").unwrap_err().contains("above 0"));
        assert!(read("judge = [\"\"]").unwrap_err().contains("a program"));
        assert!(read("treshold = 1").unwrap_err().contains("unknown field"));
    }
}
