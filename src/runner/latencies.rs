//! A histogram of request durations whose size does not grow with the number of requests.
//!
//! The buckets grow geometrically, as in an HDR histogram, so that a quantile has a relative error
//! of at most 2 % at every scale.

use std::time::Duration;

/// Ratio of the bounds of a bucket.
const STEP: f64 = 1.02;
/// Number of buckets: durations from 1 µs up to about 90 days.
const STEPS: usize = 1500;

/// A histogram of durations. Quantiles are exact to 2 %; the count, the sum and the maximum are
/// exact.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Latencies {
    /// Number of durations in each bucket; empty as long as there are none.
    steps: Vec<u64>,
    count: u64,
    sum: Duration,
    longest: Duration,
}

impl Latencies {
    /// Adds a duration.
    pub fn add(&mut self, took: Duration) {
        if self.steps.is_empty() {
            self.steps = vec![0; STEPS];
        }
        let microseconds = took.as_secs_f64() * 1e6;
        let step = (microseconds.max(1.0).ln() / STEP.ln()) as usize;
        self.steps[step.min(STEPS - 1)] += 1;
        self.count += 1;
        self.sum = self.sum.saturating_add(took);
        self.longest = self.longest.max(took);
    }

    /// Number of durations.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Sum of all durations.
    pub fn sum(&self) -> Duration {
        self.sum
    }

    /// The longest duration; zero if there are none.
    pub fn longest(&self) -> Duration {
        self.longest
    }

    /// The quantile of an order between 0 and 1, to 2 %; zero if there are no durations.
    pub fn within(&self, share: f64) -> Duration {
        let wanted = (share * self.count as f64).ceil().max(1.0) as u64;
        let mut met = 0;
        for (step, count) in self.steps.iter().enumerate() {
            met += count;
            if met >= wanted {
                let microseconds = STEP.powf(step as f64 + 0.5);
                return Duration::from_secs_f64(microseconds / 1e6).min(self.longest);
            }
        }
        Duration::ZERO
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Latencies;

    #[test]
    fn quantiles_are_near() {
        let mut latencies = Latencies::default();
        assert_eq!((latencies.within(0.5), latencies.sum()), (Duration::ZERO, Duration::ZERO));
        (1..=1000).for_each(|milliseconds| latencies.add(Duration::from_millis(milliseconds)));
        for (share, milliseconds) in [(0.5, 500.0), (0.95, 950.0), (0.001, 1.0)] {
            let found = latencies.within(share).as_secs_f64() * 1e3;
            assert!((found / milliseconds - 1.0).abs() < 0.02, "{share}: {found}");
        }
        assert_eq!(latencies.within(1.0).max(latencies.longest()), Duration::from_secs(1));
        assert_eq!((latencies.count(), latencies.sum()), (1000, Duration::from_millis(500_500)));
        latencies.add(Duration::MAX / 4);
        latencies.add(Duration::ZERO);
        assert_eq!(latencies.count(), 1002);
    }
}
