//! BLEU, chrF, chrF++ and TER as sacreBLEU 2.6.0 computes them (M. Post, "A Call for Clarity in
//! Reporting BLEU Scores", WMT 2018), METEOR without synonyms, and the word error rate.

mod bleu;
mod chrf;
mod meteor;
mod suffixes;
mod ter;
mod word_errors;

/// The reproduced release, as in signatures.
pub const VERSION: &str = "2.6.0";

/// Returns the total length of the texts in bytes.
fn bytes(references: &[&str], hypothesis: &str) -> usize {
    references.iter().map(|text| text.len()).sum::<usize>() + hypothesis.len()
}
