//! What a user may ask of a comparison.

/// How two systems are compared.
#[derive(Debug, Clone)]
pub struct CompareSettings {
    /// Level of the intervals of differences.
    pub confidence: f64,
    /// How many assignments the randomisation test draws; all of them, where there are not so many. With 0 there is no test.
    pub assignments: u64,
    /// Where its random numbers begin.
    pub seed: u64,
    /// The margin that documents are counted for.
    pub margin: f64,
    /// The names of the metrics that decide, whose p-values are adjusted together; the headline of every layer, where there
    /// are none.
    pub metrics: Vec<String>,
}

impl Default for CompareSettings {
    fn default() -> Self {
        Self { confidence: 0.95, assignments: 9_999, seed: 0, margin: 0.01, metrics: Vec::new() }
    }
}
