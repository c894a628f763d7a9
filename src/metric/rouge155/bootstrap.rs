//! The bootstrap of ROUGE-1.5.5, which always draws the same samples, and the averages and
//! intervals computed from them.

use super::hits::round;

/// The random number generator `drand48` of POSIX, which Perl uses on every platform.
struct Drand48(u64);

impl Drand48 {
    fn seeded(seed: u32) -> Self {
        Self((u64::from(seed) << 16) + 0x330e)
    }

    /// Returns the next number, from 0 to below 1.
    fn next(&mut self) -> f64 {
        const BITS: u32 = 48;
        self.0 = (self.0.wrapping_mul(0x5_deec_e66d).wrapping_add(0xb)) & ((1 << BITS) - 1);
        self.0 as f64 / (1_u64 << BITS) as f64
    }
}

/// The statistics that the program prints for a column of figures, with five decimals.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct BootstrapEstimate {
    /// "Average": the mean over samples.
    pub(super) average: f64,
    pub(super) low: f64,
    pub(super) high: f64,
}

/// Draws `resamples` samples, each of as many rows as there are, with seed i for sample i, and sums
/// each. `finish` computes the figures of a sample from its sums. Returns, for every column, the
/// average and the interval at `confidence` percent.
///
/// `rows` contains `width` numbers per row, concatenated. The program sorts a column before it
/// takes the mean, which determines the last bits, and interpolates both bounds of the interval
/// with the fraction of the upper one.
pub(super) fn estimates(
    rows: &[f64],
    width: usize,
    resamples: u32,
    confidence: f64,
    finish: impl Fn(&mut [f64]),
) -> Vec<BootstrapEstimate> {
    let count = rows.len() / width;
    let mut columns = vec![Vec::with_capacity(resamples as usize); width];
    let mut sums = vec![0.0; width];
    for seed in 0..resamples {
        let mut random = Drand48::seeded(seed);
        sums.fill(0.0);
        for _ in 0..count {
            let row = (random.next() * count as f64) as usize;
            for (sum, value) in sums.iter_mut().zip(&rows[row * width..]) {
                *sum += value;
            }
        }
        finish(&mut sums);
        for (column, value) in columns.iter_mut().zip(&sums) {
            column.push(*value);
        }
    }
    columns.iter_mut().map(|column| estimate(column, confidence)).collect()
}

fn estimate(samples: &mut [f64], confidence: f64) -> BootstrapEstimate {
    samples.sort_unstable_by(f64::total_cmp);
    let count = samples.len() as f64;
    let cut = count * ((100.0 - confidence) / 2.0) / 100.0;
    let (low, high) = (cut as usize, (count - cut - 1.0).max(0.0) as usize);
    let fraction = count - cut - 1.0 - high as f64;
    // Beyond the last sample, Perl reads undef, which counts as 0.
    let at = |place: usize| samples.get(place).copied().unwrap_or(0.0);
    let bound = |place: usize| round(at(place) + (at(place + 1) - at(place)) * fraction);
    BootstrapEstimate { average: round(samples.iter().sum::<f64>() / count), low: bound(low), high: bound(high) }
}

#[cfg(test)]
mod tests {
    use super::{BootstrapEstimate, Drand48, estimates};

    /// Printed by perl 5.36 for `srand(7); print rand, " ", rand` with 17 digits, and likewise for
    /// seed 0.
    #[test]
    fn random_numbers_are_those_of_perl() {
        for (seed, first, second) in PERL {
            let mut random = Drand48::seeded(seed);
            assert_eq!((random.next(), random.next()), (first, second));
        }
    }

    const PERL: [(u32, f64, f64); 3] = [
        (0, 0.17082803610628972, 0.749_901_980_484_963_8),
        (7, 0.2664441967654092, 0.682_035_230_190_621_2),
        (999, 0.10233439302919933, 0.635_775_759_906_636),
    ];

    fn mean(count: usize) -> impl Fn(&mut [f64]) {
        move |sums| sums.iter_mut().for_each(|sum| *sum /= count as f64)
    }

    #[test]
    fn one_row_is_its_own_average() {
        let found = estimates(&[0.3, 0.5], 2, 1000, 95.0, mean(1));
        assert_eq!(found.iter().map(|column| column.average).collect::<Vec<_>>(), [0.3, 0.5]);
        assert_eq!(found[0], BootstrapEstimate { average: 0.3, low: 0.3, high: 0.3 });
    }

    #[test]
    fn averages_and_bounds_are_those_of_perl() {
        for (confidence, resamples, average, low, high) in PRINTED {
            let found = estimates(&ROWS, 1, resamples, confidence, mean(ROWS.len()));
            assert_eq!(found, [BootstrapEstimate { average, low, high }], "-c {confidence} -r {resamples}");
        }
    }

    /// The recall of ROUGE-1 for five documents, and what ROUGE-1.5.5.pl prints for -c and -r.
    const ROWS: [f64; 5] = [0.2, 0.33333, 1.0, 0.0, 0.66667];
    const PRINTED: [(f64, u32, f64, f64, f64); 5] = [
        (95.0, 1000, 0.44292, 0.14667, 0.73334),
        (90.0, 1000, 0.44292, 0.18667, 0.70667),
        (100.0, 10, 0.50133, 0.32, 0.70667),
        (0.0, 1, 0.41333, 0.62, 0.62),
        (97.5, 77, 0.44329, 0.10817, 0.70767),
    ];
}
