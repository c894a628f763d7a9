//! Options of a comparison: test, level, margin, and the deciding metrics.

/// A paired significance test of two systems on the same clusters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Test {
    /// Approximate randomisation of the figure itself (Yeh 2000).
    Randomisation,
    /// Wilcoxon signed-rank test on the per-cluster differences of the figure.
    Wilcoxon,
    /// Exact sign test on the clusters whose figures differ: McNemar's test if the figure is pass
    /// or fail.
    Sign,
}

/// The test that gave a p-value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TestUsed {
    /// Approximate randomisation over randomly drawn assignments.
    Randomisation,
    /// Exact randomisation over all assignments.
    ExactRandomisation,
    /// The normal limit of the randomisation test with its exact variance, used for many clusters.
    NormalRandomisation,
    /// Wilcoxon signed-rank test.
    Wilcoxon,
    /// Exact sign test.
    Sign,
}

impl TestUsed {
    /// Returns the name used in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Randomisation => "randomisation",
            Self::ExactRandomisation => "randomisation_exact",
            Self::NormalRandomisation => "randomisation_normal",
            Self::Wilcoxon => "wilcoxon",
            Self::Sign => "sign",
        }
    }
}

/// Settings of a comparison of two systems.
#[derive(Debug, Clone)]
pub struct CompareSettings {
    /// Confidence level of the intervals of differences, between 0 and 1.
    pub confidence: f64,
    /// The test that gives the p-values.
    pub test: Test,
    /// The number of assignments that the randomisation test draws; if there are fewer assignments,
    /// all are enumerated. 0 disables the test. Above 2,000 clusters the p-value comes from the
    /// normal limit and none are drawn.
    pub assignments: u64,
    /// The seed of the random number generator.
    pub seed: u64,
    /// The difference for which the required number of clusters is computed.
    pub margin: f64,
    /// The names of the deciding metrics, whose p-values are adjusted together. If empty, the
    /// headline metric of every layer decides.
    pub metrics: Vec<String>,
}

impl Default for CompareSettings {
    fn default() -> Self {
        Self {
            confidence: 0.95,
            test: Test::Randomisation,
            assignments: 9_999,
            seed: 0,
            margin: 0.01,
            metrics: Vec::new(),
        }
    }
}
