//! Options of entity metrics.

use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// Options of entity metrics: what is scored beside the default schemes.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SpanOptions {
    /// IoU thresholds, above 0 and up to 1: each adds a scheme with labels and one without.
    #[serde(deserialize_with = "shares")]
    pub iou: Vec<f64>,
    /// The tolerances of each boundary in code points: each adds a scheme.
    #[serde(deserialize_with = "numbers")]
    pub tolerance: Vec<u32>,
    /// The weights of recall relative to precision (beta), above 0: each adds an F.
    #[serde(deserialize_with = "betas")]
    pub beta: Vec<f64>,
    /// Whether coverage is scored, in its four variants.
    pub coverage: bool,
    /// Whether precision, recall and F1 are also averaged over documents, as the HIPE scorer does.
    pub document_macro: bool,
    /// Whether texts are scored without offsets: `entities.text` and `entities.text.unique`. They
    /// are also scored if predictions have no offsets.
    pub text: bool,
    /// Why some metrics are undefined, as the data determine.
    #[serde(skip)]
    pub undefined: UndefinedSpans,
}

/// What the data lack: the metrics that need it are undefined.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UndefinedSpans {
    /// Whether an entity has no offsets and was not to be located: only metrics of texts are
    /// defined.
    pub lacks_offsets: bool,
    /// Whether undefined metrics are left out rather than reported as null, since 0 divided by 0
    /// has a value.
    pub is_left_out: bool,
    /// Whether the text of an entity is unknown: metrics of texts are undefined.
    pub lacks_texts: bool,
}

/// A value, or a list of them.
#[derive(Deserialize)]
#[serde(untagged, expecting = "write a number or a list of numbers")]
enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

impl<T: PartialOrd> OneOrMany<T> {
    /// Returns the values in ascending order, without duplicates.
    fn into_list(self) -> Vec<T> {
        let mut list = match self {
            Self::One(one) => vec![one],
            Self::Many(many) => many,
        };
        tidy(&mut list);
        list
    }
}

fn tidy<T: PartialOrd>(list: &mut Vec<T>) {
    list.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    list.dedup_by(|a, b| a == b);
}

impl SpanOptions {
    /// Checks an IoU threshold.
    ///
    /// # Errors
    /// Fails with a description of valid values.
    pub fn check_iou(share: f64) -> Result<f64, String> {
        let is_share = share > 0.0 && share <= 1.0;
        is_share.then_some(share).ok_or_else(|| format!("`iou` must be above 0 and at most 1, and is {share}"))
    }

    /// Checks a beta.
    ///
    /// # Errors
    /// Fails with a description of valid values.
    pub fn check_beta(beta: f64) -> Result<f64, String> {
        let is_beta = beta > 0.0 && beta.is_finite();
        is_beta.then_some(beta).ok_or_else(|| format!("`beta` must be a number above 0, and is {beta}"))
    }

    /// Adds values to the options, in ascending order and without duplicates.
    pub fn add(&mut self, iou: &[f64], tolerance: &[u32], beta: &[f64]) {
        self.iou.extend(iou);
        self.tolerance.extend(tolerance);
        self.beta.extend(beta);
        tidy(&mut self.iou);
        tidy(&mut self.tolerance);
        tidy(&mut self.beta);
        without_one(&mut self.beta);
    }
}

/// Removes beta 1: F1 is always reported.
fn without_one(betas: &mut Vec<f64>) {
    betas.retain(|beta| (beta - 1.0).abs() > 0.0);
}

fn shares<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<f64>, D::Error> {
    let shares = OneOrMany::deserialize(deserializer)?.into_list();
    shares.into_iter().map(|share| SpanOptions::check_iou(share).map_err(D::Error::custom)).collect()
}

fn numbers<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u32>, D::Error> {
    Ok(OneOrMany::deserialize(deserializer)?.into_list())
}

fn betas<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<f64>, D::Error> {
    let betas = OneOrMany::deserialize(deserializer)?.into_list();
    let checked: Result<Vec<f64>, _> =
        betas.into_iter().map(|beta| SpanOptions::check_beta(beta).map_err(D::Error::custom)).collect();
    checked.map(|mut betas| {
        without_one(&mut betas);
        betas
    })
}
