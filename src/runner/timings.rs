//! Summary of the request durations of an extractor.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Account;
use crate::extractor::Usage;

/// Durations and counts of an extractor on a dataset. Times are in milliseconds; quantiles are
/// exact to 2 %.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Timings {
    /// Requests of this run answered per second.
    pub documents_per_second: f64,
    /// Median latency, in milliseconds.
    pub p50: f64,
    /// The 95th percentile of the latency, in milliseconds.
    pub p95: f64,
    /// Longest latency, in milliseconds.
    pub max: f64,
    /// Number of answers from a journal or a cache.
    #[serde(rename = "remembered")]
    pub cached: u32,
    /// Number of retries.
    pub retried: u32,
    /// Ids of the documents that were answered after at least one retry.
    pub flaky: Vec<String>,
    /// Tokens and cost as the extractor reported them.
    #[serde(skip)]
    pub usage: Option<Usage>,
}

impl Timings {
    /// Summarises the totals of an extractor on a dataset.
    pub fn of(account: &Account) -> Self {
        let latencies = &account.latencies;
        let seconds = account.elapsed.as_secs_f64();
        let speed = if seconds > 0.0 { account.requested as f64 / seconds } else { 0.0 };
        Self {
            documents_per_second: rounded(speed),
            p50: milliseconds(latencies.within(0.5)),
            p95: milliseconds(latencies.within(0.95)),
            max: milliseconds(latencies.longest()),
            cached: account.cached,
            retried: account.retried,
            flaky: account.flaky.clone(),
            usage: account.usage,
        }
    }
}

/// A duration in milliseconds, rounded to the microsecond.
pub(crate) fn milliseconds(took: Duration) -> f64 {
    rounded(took.as_secs_f64() * 1e3)
}

fn rounded(value: f64) -> f64 {
    (value * 1e3).round() / 1e3
}
