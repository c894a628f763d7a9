//! What a user may ask of a comparison.

/// A test of two systems on the same clusters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Test {
    /// Approximate randomisation of the figure itself (Yeh 2000).
    Randomisation,
    /// Wilcoxon's signed-rank test of the figure's differences by cluster.
    Wilcoxon,
    /// The exact sign test of the clusters whose figure differs: McNemar's, where a figure is pass
    /// or fail.
    Sign,
}

/// The test that gave a p-value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TestUsed {
    /// Approximate randomisation over drawn assignments.
    Randomisation,
    /// Randomisation over all assignments that there are.
    ExactRandomisation,
    /// The normal limit of randomisation, with the exact variance: of many clusters.
    NormalRandomisation,
    /// Wilcoxon's signed-rank test.
    Wilcoxon,
    /// The exact sign test.
    Sign,
}

impl TestUsed {
    /// The name in files.
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

/// How two systems are compared.
#[derive(Debug, Clone)]
pub struct CompareSettings {
    /// Level of the intervals of differences.
    pub confidence: f64,
    /// Which test gives the p-values.
    pub test: Test,
    /// How many assignments the randomisation test draws; all of them, where there are not so many.
    /// With 0 there is no test. Above 2,000 clusters none is drawn: the p-value is that of the
    /// normal limit.
    pub assignments: u64,
    /// Where its random numbers begin.
    pub seed: u64,
    /// The margin that documents are counted for.
    pub margin: f64,
    /// The names of the metrics that decide, whose p-values are adjusted together; the headline of
    /// every layer, where there are none.
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
