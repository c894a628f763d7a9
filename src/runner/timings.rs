//! How long an extractor's requests took, summed up.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Account;
use crate::extractor::Usage;

/// What an extractor took for a dataset. Times are in milliseconds; those of a share are exact to 2 %.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Timings {
    /// Requests that were answered, in a second.
    pub documents_per_second: f64,
    /// The median of the requests' latencies.
    pub p50: f64,
    /// What 95 % of them are within.
    pub p95: f64,
    /// The longest.
    pub max: f64,
    /// Answers that a journal or a cache had.
    pub remembered: u32,
    /// Requests that were made again.
    pub retried: u32,
    /// Documents that were answered only at another try.
    pub flaky: Vec<String>,
    /// What the extractor itself says that it took.
    #[serde(skip)]
    pub usage: Option<Usage>,
}

impl Timings {
    /// Sums up an account.
    pub fn of(account: &Account) -> Self {
        let latencies = &account.latencies;
        let seconds = account.elapsed.as_secs_f64();
        let speed = if seconds > 0.0 { latencies.count() as f64 / seconds } else { 0.0 };
        Self {
            documents_per_second: rounded(speed),
            p50: milliseconds(latencies.within(0.5)),
            p95: milliseconds(latencies.within(0.95)),
            max: milliseconds(latencies.longest()),
            remembered: account.remembered,
            retried: account.retried,
            flaky: account.flaky.clone(),
            usage: account.usage,
        }
    }
}

/// To the microsecond.
pub(crate) fn milliseconds(took: Duration) -> f64 {
    rounded(took.as_secs_f64() * 1e3)
}

fn rounded(value: f64) -> f64 {
    (value * 1e3).round() / 1e3
}
