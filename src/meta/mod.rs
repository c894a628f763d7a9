//! Meta-evaluation: how well the scores of metrics agree with human ratings of the same summaries.

mod evaluate;
mod grid;
mod join;
mod level;
mod load;
mod permutation;
mod result;
mod sample;
mod settings;

pub use evaluate::{MOST_METRICS, evaluate};
pub use grid::Grid;
pub use join::{MissingScores, Numbers, RatedScores, join};
pub use level::{Correlated, Level, correlate};
pub use load::{Loaded, Named, load};
pub use permutation::{Permutation, Permuted};
pub use result::{Dimension, MetricComparison, MetricCorrelation};
pub use sample::{Over, Sample};
pub use settings::{Compare, MetaSettings};
