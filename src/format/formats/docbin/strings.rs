//! spaCy's hashes of strings: MurmurHash64A with the seed 1, except for the names of attributes and
//! labels that spaCy numbers.

use rustc_hash::FxHashMap;

/// The names that spaCy numbers, in order, from 1 (`spacy.symbols`, 3.8).
const SYMBOLS: &str = include_str!("symbols.txt");

/// Hashes strings as spaCy does.
pub(super) struct Strings {
    symbols: FxHashMap<&'static str, u64>,
}

impl Strings {
    /// Returns the hashes with spaCy's numbered names.
    pub fn new() -> Self {
        Self { symbols: SYMBOLS.split_whitespace().zip(1..).collect() }
    }

    /// Returns the hash of a string. The empty string is 0.
    pub fn hash(&self, string: &str) -> u64 {
        if string.is_empty() {
            0
        } else {
            self.symbols.get(string).copied().unwrap_or_else(|| murmur(string.as_bytes()))
        }
    }
}

/// MurmurHash64A with the seed 1.
fn murmur(bytes: &[u8]) -> u64 {
    const FACTOR: u64 = 0xC6A4_A793_5BD1_E995;
    const SHIFT: u32 = 47;
    let mut hash = 1 ^ (bytes.len() as u64).wrapping_mul(FACTOR);
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        let mut part = u64::from_le_bytes(chunk.try_into().unwrap_or_default()).wrapping_mul(FACTOR);
        part = (part ^ (part >> SHIFT)).wrapping_mul(FACTOR);
        hash = (hash ^ part).wrapping_mul(FACTOR);
    }
    let rest = chunks.remainder();
    if !rest.is_empty() {
        let rest = rest.iter().rev().fold(0, |sum, byte| (sum << 8) | u64::from(*byte));
        hash = (hash ^ rest).wrapping_mul(FACTOR);
    }
    hash = (hash ^ (hash >> SHIFT)).wrapping_mul(FACTOR);
    hash ^ (hash >> SHIFT)
}

#[cfg(test)]
mod tests {
    use super::Strings;

    /// The values are those of `spacy.strings.get_string_id`.
    #[test]
    fn hashes_are_spacys() {
        let strings = Strings::new();
        for (string, hash) in [
            ("", 0),
            ("IS_ALPHA", 1),
            ("PERSON", 380),
            ("Y", 0xEB64_6556_62A9_8859),
            ("Bern", 0x84EF_087D_F1A0_F0A3),
            ("Jane-Roe's é", 0x3DC4_9826_E8AE_0E55),
        ] {
            assert_eq!(strings.hash(string), hash, "{string}");
        }
    }
}
