//! Counter-based random numbers. The numbers of a resample depend only on the seed and the index of
//! the resample, so that threads may draw resamples in any order and get the same results.

use rand_pcg::Pcg64;
use rand_pcg::rand_core::Rng;

/// The use of random numbers; each use has its own part of the sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RandomUse {
    /// Bootstrap resamples.
    Bootstrap,
    /// Permutations of a test.
    Permutation,
}

/// The default stream constant of PCG's reference implementation.
const STREAM: u128 = 0x0a02_bdbf_7bb3_c0a7_ac28_fa16_a64a_bf96;
/// Offset of the numbers for permutations: far from those for resamples in both directions, and
/// odd, because states of an LCG at a distance of a power of two have equal low bits.
const PERMUTATIONS: u128 = 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835;

/// The random numbers of one resample: a section of the PCG XSL RR 128/64 sequence of the seed.
#[derive(Debug, Clone)]
pub struct Draws(Pcg64);

impl Draws {
    /// The numbers of the resample with index `number`. Each resample may draw at most `draws`
    /// numbers.
    pub fn new(seed: u64, purpose: RandomUse, number: u64, draws: usize) -> Self {
        let start = match purpose {
            RandomUse::Bootstrap => 0,
            RandomUse::Permutation => PERMUTATIONS,
        };
        let mut generator = Pcg64::new(u128::from(seed), STREAM);
        generator.advance(start.wrapping_add(u128::from(number) * draws as u128));
        Self(generator)
    }

    /// An integer from 0 to `bound - 1`, for one draw. Its bias is below `bound` / 2^64.
    pub fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.0.next_u64()) * bound as u128) >> 64) as usize
    }

    /// 64 random bits, for one draw.
    pub fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }
}

#[cfg(test)]
mod tests {
    use super::{Draws, RandomUse};

    #[test]
    fn a_resample_needs_no_other_before_it() {
        let mut all = Draws::new(7, RandomUse::Bootstrap, 0, 3);
        let in_a_row: Vec<u64> = (0..9).map(|_| all.bits()).collect();
        for number in [2, 0, 1] {
            let mut draws = Draws::new(7, RandomUse::Bootstrap, number, 3);
            let from = 3 * number as usize;
            assert_eq!((0..3).map(|_| draws.bits()).collect::<Vec<_>>(), in_a_row[from..from + 3]);
        }
    }

    #[test]
    fn seed_and_purpose_matter() {
        let first = |seed, purpose| Draws::new(seed, purpose, 0, 1).bits();
        let drawn = [
            first(1, RandomUse::Bootstrap),
            first(2, RandomUse::Bootstrap),
            first(1, RandomUse::Permutation),
            first(2, RandomUse::Permutation),
        ];
        for (at, one) in drawn.iter().enumerate() {
            assert!(!drawn[..at].contains(one), "{drawn:?}");
        }
    }

    #[test]
    fn numbers_below_a_bound_are_about_even() {
        let mut counts = [0_u32; 6];
        let mut draws = Draws::new(1, RandomUse::Bootstrap, 0, 60_000);
        (0..60_000).for_each(|_| counts[draws.below(6)] += 1);
        assert!(counts.iter().all(|count| (9_600..10_400).contains(count)), "{counts:?}");
    }
}
