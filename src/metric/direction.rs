//! Which way is better.

use super::{CONFIDENCE, MetricName};

/// Whether a figure is better the lower it is: errors, and what is made up.
pub fn is_better_lower(name: &MetricName) -> bool {
    const ERRORS: [&str; 5] = ["ter", "edit_distance", "invented_numbers", "invented_dates", "invented_names"];
    const STATISTICS: [&str; 5] = ["fabrication", "ece", "mce", "brier", "aurc"];
    let is_error = ERRORS.contains(&&*name.metric) || name.metric.starts_with("repetition");
    is_error || STATISTICS.contains(&&*name.stat) && (name.metric == CONFIDENCE || name.stat == "fabrication")
}
