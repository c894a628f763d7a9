//! How long requests took, in a table that does not grow with them.

use std::time::Duration;

/// A duration and the next that is told from it differ by this factor.
const STEP: f64 = 1.02;
/// Durations up to some thirty days, in steps from a microsecond.
const STEPS: usize = 1500;

/// Durations by size. Quantiles are exact to 2 %, the sum and the longest to the last digit.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Latencies {
    /// How many fall into each step; empty where there is none.
    steps: Vec<u64>,
    count: u64,
    sum: Duration,
    longest: Duration,
}

impl Latencies {
    /// Adds one.
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

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// All together.
    pub fn sum(&self) -> Duration {
        self.sum
    }

    /// The longest.
    pub fn longest(&self) -> Duration {
        self.longest
    }

    /// What a share of them, 0 to 1, is within; nothing where there is none.
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
