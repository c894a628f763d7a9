//! How entities are scored.

use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// How entities are scored: what is scored beside the schemes that always are.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SpanOptions {
    /// Least shares of overlap (IoU), above 0 and up to 1: one more scheme each, with and without labels.
    #[serde(deserialize_with = "shares")]
    pub iou: Vec<f64>,
    /// Code points by which each edge may be off: one more scheme each.
    #[serde(deserialize_with = "numbers")]
    pub tolerance: Vec<u32>,
    /// How much more recall weighs than precision, above 0: one more F each.
    #[serde(deserialize_with = "betas")]
    pub beta: Vec<f64>,
    /// Whether coverage is scored, too, by its four strategies.
    pub coverage: bool,
}

/// A value, or a list of them.
#[derive(Deserialize)]
#[serde(untagged, expecting = "write a number or a list of numbers")]
enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

impl<T: PartialOrd> OneOrMany<T> {
    /// In order, each once.
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
    /// Whether a least share of overlap makes sense, and if not why.
    ///
    /// # Errors
    /// With what it must be.
    pub fn check_iou(share: f64) -> Result<f64, String> {
        let is_share = share > 0.0 && share <= 1.0;
        is_share.then_some(share).ok_or_else(|| format!("`iou` must be above 0 and at most 1, and is {share}"))
    }

    /// Whether a beta makes sense, and if not why.
    ///
    /// # Errors
    /// With what it must be.
    pub fn check_beta(beta: f64) -> Result<f64, String> {
        let is_beta = beta > 0.0 && beta.is_finite();
        is_beta.then_some(beta).ok_or_else(|| format!("`beta` must be a number above 0, and is {beta}"))
    }

    /// Adds choices to those that are there; each stands once, in order.
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

/// F1 is always there.
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
