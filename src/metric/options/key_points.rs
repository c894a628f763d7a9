//! Options of key point metrics.

use serde::{Deserialize, Deserializer};

use crate::stats::correction::Method;

/// Options of key point metrics.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "Written")]
pub struct KeyPointOptions {
    /// The fraction of content words from which a key point is supported, above 0 and up to 1.
    pub threshold: f64,
    /// The fraction from which it is partially supported, above 0 and below `threshold`; `None` for
    /// no partial support.
    pub partial: Option<f64>,
    /// The smallest weight of a vital key point; those below are okay.
    pub vital: u32,
    /// The number of reference summaries, if weights count them: the weight of a key point is then
    /// the number of references that support it, and the size of the modified pyramid their mean
    /// number of units.
    pub references: Option<u32>,
    /// The command of an external judge: program and arguments; empty if key points are matched.
    pub judge: Vec<String>,
    /// The timeout of the judge for one judgement, in seconds.
    pub judge_timeout: f64,
    /// The source of judgements given in the predictions, as in signatures: `file:HASH`,
    /// `judge:NAME`; `None` if key points are matched.
    pub given: Option<String>,
    /// How hand-made verdicts correct the figures; `None` if they do not.
    pub correct: Option<Method>,
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
            correct: Some(Method::PpiPlusPlus),
        }
    }
}

/// The options as written in a file.
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
    correct: Option<String>,
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
            correct: None,
        }
    }
}

impl TryFrom<Written> for KeyPointOptions {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let Written { threshold, partial, vital, references, judge, judge_timeout, correct } = written;
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
        let correct = match correct.as_deref() {
            None => Self::default().correct,
            Some("none") => None,
            Some(name) => Some(name.parse::<Method>()?),
        };
        Ok(Self { threshold, partial, vital, references, judge, judge_timeout, given: None, correct })
    }
}

impl KeyPointOptions {
    /// Checks a timeout in seconds.
    ///
    /// # Errors
    /// Fails with a description of valid values.
    pub fn check_timeout(seconds: f64) -> Result<f64, String> {
        const LONGEST: f64 = 86_400.0;
        let is_deadline = seconds > 0.0 && seconds <= LONGEST;
        is_deadline
            .then_some(seconds)
            .ok_or_else(|| format!("`judge_timeout` must be above 0 and at most {LONGEST} seconds, and is {seconds}"))
    }
}

/// Deserializes a command: a list of words, the first of which is the program.
fn judge<'de, D: Deserializer<'de>>(value: D) -> Result<Vec<String>, D::Error> {
    let words = Vec::<String>::deserialize(value)?;
    if words.first().is_some_and(|program| program.trim().is_empty()) {
        return Err(serde::de::Error::custom("`judge` must begin with a program"));
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::{KeyPointOptions, Method};

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
        assert_eq!(read("correct = \"none\"").unwrap().correct, None);
        assert_eq!(read("correct = \"rogan-gladen\"").unwrap().correct, Some(Method::RoganGladen));
        assert!(read("correct = \"ppi+\"").unwrap_err().contains("use `ppi`, `ppi++` or `rogan-gladen`"));
        assert!(read("judge_timeout = 0").unwrap_err().contains("above 0"));
        assert!(read("judge = [\"\"]").unwrap_err().contains("a program"));
        assert!(read("treshold = 1").unwrap_err().contains("unknown field"));
    }
}
