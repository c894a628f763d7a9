//! Chance-corrected agreement on ratings from standard input.
//!
//! One JSON list a table: units, each a list of one number or null an annotator. One JSON object a
//! table comes back, with the coefficients; Cohen's and Scott's are those of the first two
//! annotators.
//!
//! ```sh
//! echo '[[1, 1], [2, 3], [3, 3], [1, null]]' | cargo run --example agreement
//! ```

use std::io::{self, BufRead, Write};

use karat::stats::agreement::{Scale, cohen_kappa, fleiss_kappa, gwet_ac1, krippendorff_alpha, scott_pi};
use serde_json::json;

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let ratings: Vec<Vec<Option<f64>>> = serde_json::from_str(&line?)?;
        let alpha = |scale| krippendorff_alpha(&ratings, scale);
        let coefficients = json!({
            "cohen_kappa": cohen_kappa(&ratings, 0, 1),
            "scott_pi": scott_pi(&ratings, 0, 1),
            "fleiss_kappa": fleiss_kappa(&ratings),
            "ac1": gwet_ac1(&ratings),
            "alpha_nominal": alpha(Scale::Nominal),
            "alpha_ordinal": alpha(Scale::Ordinal),
            "alpha_interval": alpha(Scale::Interval),
            "alpha_ratio": alpha(Scale::Ratio),
        });
        writeln!(out, "{coefficients}")?;
    }
    Ok(())
}
