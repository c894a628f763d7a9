//! Whether higher or lower values of a figure are better.

use super::{CONFIDENCE, MetricName};

/// Returns whether lower values are better: for error rates and fabrication rates.
pub fn is_better_lower(name: &MetricName) -> bool {
    const ERRORS: [&str; 5] = ["ter", "edit_distance", "invented_numbers", "invented_dates", "invented_names"];
    const STATISTICS: [&str; 5] = ["fabrication", "ece", "mce", "brier", "aurc"];
    let is_error = ERRORS.contains(&&*name.metric) || name.metric.starts_with("repetition");
    is_error || STATISTICS.contains(&&*name.stat) && (name.metric == CONFIDENCE || name.stat == "fabrication")
}
