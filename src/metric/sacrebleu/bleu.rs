//! BLEU (K. Papineni et al., "Bleu: a method for automatic evaluation of machine translation", ACL
//! 2002).

use super::suffixes::Sorting;
use super::{VERSION, bytes};
use crate::metric::options::{BleuOptions, Smoothing};
use crate::metric::signature::{NREFS, Signature};
use crate::text::Vocabulary;

/// The logarithm used for 0, so low that its exponential is 0 for any number of averaged orders.
const LOG_OF_NOTHING: f64 = -9_999_999_999.0;

impl BleuOptions {
    /// Returns the counts of one summary: its length; the length of the closest reference (the
    /// shorter one of ties); by order, its n-grams shared with the references, each clipped to the
    /// maximum in a single reference; and by order, its n-grams. Lengths are in tokens.
    pub fn count(&self, references: &[&str], hypothesis: &str) -> Vec<f64> {
        let order = self.max_ngram_order;
        let mut vocabulary = Vocabulary::for_bytes(bytes(references, hypothesis));
        let hypothesis = self.tokens(hypothesis, &mut vocabulary);
        let references: Vec<Vec<u32>> = references.iter().map(|text| self.tokens(text, &mut vocabulary)).collect();
        let length = hypothesis.len();
        let closest = references.iter().map(Vec::len).min_by_key(|other| (length.abs_diff(*other), *other));
        let mut sums = vec![0.0; 2 + 2 * order];
        sums[0] = length as f64;
        sums[1] = closest.unwrap_or(0) as f64;
        let sorting = Sorting::new(order, vocabulary.len() as u32);
        let sorted = sorting.sort(&hypothesis);
        match references.as_slice() {
            [reference] => {
                let totals = sorting.totals(&sorted, &sorting.sort(reference));
                sums[2..].iter_mut().zip(totals).for_each(|(sum, total)| *sum = total as f64);
            }
            references => {
                // By order and first occurrence of an n-gram, its maximum count in a reference.
                let mut most = vec![0_u32; order * length];
                for reference in references {
                    sorting.shared(&sorted, &sorting.sort(reference), |order, first, count| {
                        let most = &mut most[order * length + first];
                        *most = count.max(*most);
                    });
                }
                for (sum, most) in sums[2..].iter_mut().zip(most.chunks(length.max(1))) {
                    *sum = f64::from(most.iter().sum::<u32>());
                }
            }
        }
        for (less, total) in sums[2 + order..].iter_mut().enumerate() {
            *total = length.saturating_sub(less) as f64;
        }
        sums
    }

    /// Returns BLEU for counts or their sums over many summaries, 0 to 100.
    pub fn score(&self, sums: &[f64]) -> f64 {
        let order = self.max_ngram_order;
        let &[length, reference, ref counts @ ..] = sums else { return 0.0 };
        if counts.len() != 2 * order || counts[..order].iter().all(|correct| *correct == 0.0) {
            return 0.0;
        }
        let penalty = match (length < reference, length > 0.0) {
            (false, _) => 1.0,
            (true, true) => (1.0 - reference / length).exp(),
            (true, false) => 0.0,
        };
        let value = self.smooth_value().unwrap_or(0.0);
        let mut precisions = vec![0.0; order];
        let (mut halves, mut effective) = (1.0, order);
        for (less, precision) in precisions.iter_mut().enumerate() {
            let added = if self.smooth_method == Smoothing::AddK && less > 0 { value } else { 0.0 };
            let (correct, total) = (counts[less] + added, counts[order + less] + added);
            if total == 0.0 {
                break;
            }
            if self.effective_order {
                effective = less + 1;
            }
            *precision = match self.smooth_method {
                _ if correct != 0.0 => 100.0 * correct / total,
                Smoothing::Exp => {
                    halves *= 2.0;
                    100.0 / (halves * total)
                }
                Smoothing::Floor => 100.0 * value / total,
                Smoothing::None | Smoothing::AddK => 0.0,
            };
        }
        let log = |precision: &f64| if *precision == 0.0 { LOG_OF_NOTHING } else { precision.ln() };
        penalty * (precisions[..effective].iter().map(log).sum::<f64>() / effective as f64).exp()
    }

    /// Returns sacreBLEU's signature, preceded by the name of the score. sacreBLEU omits the n-gram
    /// order; here it is appended unless it is 4.
    pub fn signature(&self) -> Signature {
        let case = if self.lowercase { "lc" } else { "mixed" };
        let effective = if self.effective_order { "yes" } else { "no" };
        let smoothing = match self.smooth_method {
            Smoothing::None => "none",
            Smoothing::Floor => "floor",
            Smoothing::AddK => "add-k",
            Smoothing::Exp => "exp",
        };
        let value = self.smooth_value().map(|value| format!("[{value:.2}]")).unwrap_or_default();
        let signature = Signature::of("BLEU")
            .open(NREFS, "?")
            .with("case", case)
            .with("eff", effective)
            .with("tok", self.tokenize.to_string())
            .with("smooth", format!("{smoothing}{value}"))
            .with("version", VERSION);
        match self.max_ngram_order {
            4 => signature,
            order => signature.with("order", order.to_string()),
        }
    }

    fn tokens(&self, text: &str, vocabulary: &mut Vocabulary) -> Vec<u32> {
        let mut tokens = Vec::with_capacity(text.len() / 4);
        let take = |token: &str| tokens.push(vocabulary.number(token) + 1);
        if self.lowercase {
            self.tokenize.each(&text.to_lowercase(), take);
        } else {
            self.tokenize.each(text, take);
        }
        tokens
    }
}

#[cfg(test)]
mod tests {
    use crate::metric::options::{BleuOptions, Smoothing};

    fn assert_near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
    }

    fn sentence(options: BleuOptions, references: &[&str], hypothesis: &str) -> f64 {
        let options = BleuOptions { effective_order: true, ..options };
        options.score(&options.count(references, hypothesis))
    }

    const MAT: &str = "The cat sat on the mat.";
    const SITTING: &str = "A cat was sitting on the mat.";

    /// Expected values printed by sacreBLEU 2.6.0.
    #[test]
    fn probes() {
        let options = BleuOptions::default();
        assert_near(sentence(options, &[SITTING], MAT), 37.684_991_644_924_18);
        assert_near(sentence(options, &["the cat sat on the mat"], "the cat sat"), 36.787_944_117_144_25);
        assert_eq!(options.score(&options.count(&["the cat sat on the mat"], "the cat sat")), 0.0);
        assert_eq!(sentence(options, &[MAT], ""), 0.0);
        assert_eq!(sentence(options, &[""], ""), 0.0);
        let with = |smooth_method, smooth_value| BleuOptions { smooth_method, smooth_value, ..options };
        assert_near(
            sentence(with(Smoothing::Floor, None), &[MAT, SITTING], "the cat on mat. It"),
            9.189_343_000_084_483,
        );
        assert_near(
            sentence(with(Smoothing::AddK, Some(0.5)), &[MAT, SITTING], "the cat on mat. It"),
            20.745_278_995_316_39,
        );
        assert_eq!(sentence(with(Smoothing::None, None), &[MAT, SITTING], "the cat on mat. It"), 0.0);
    }

    #[test]
    fn the_closest_reference_is_the_shorter_of_two() {
        let counts = BleuOptions::default().count(&["a b c d e", "a b c", "a"], "a b x y");
        assert_eq!(counts[..2], [4.0, 3.0]);
        assert_eq!(counts[2..6], [2.0, 1.0, 0.0, 0.0]);
        assert_eq!(counts[6..], [4.0, 3.0, 2.0, 1.0]);
    }

    #[test]
    fn every_reference_may_lend_its_n_grams() {
        let counts = BleuOptions::default().count(&["a a b", "a b b b"], "a a a b b b");
        assert_eq!(counts[2..6], [5.0, 4.0, 3.0, 1.0]);
    }

    #[test]
    fn signatures_are_those_of_sacrebleu() {
        let options = BleuOptions::default();
        assert_eq!(options.signature().to_string(), "BLEU|nrefs:?|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0");
        let other = BleuOptions { smooth_method: Smoothing::AddK, lowercase: true, max_ngram_order: 2, ..options };
        assert_eq!(
            other.signature().to_string(),
            "BLEU|nrefs:?|case:lc|eff:no|tok:13a|smooth:add-k[1.00]|version:2.6.0|order:2"
        );
    }
}
