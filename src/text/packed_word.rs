//! Short words packed into integers, so that a lookup needs no further memory access.

/// Longest word that is packed, in bytes.
const SHORT: usize = 15;

/// A word of 1 to 15 bytes as a unique non-zero integer; `None` for other words.
pub(crate) fn packed(word: &str) -> Option<u128> {
    let mut bytes = [0; SHORT + 1];
    bytes.get_mut(..word.len()).filter(|_| (1..=SHORT).contains(&word.len()))?.copy_from_slice(word.as_bytes());
    bytes[SHORT] = word.len() as u8;
    Some(u128::from_le_bytes(bytes))
}

/// The word of a packed integer.
///
/// # Panics
/// May panic if the integer does not come from [`packed`].
pub(crate) fn unpacked(number: u128) -> String {
    let bytes = number.to_le_bytes();
    let word = std::str::from_utf8(&bytes[..usize::from(bytes[SHORT])]).expect("the number of a word");
    word.to_owned()
}

#[cfg(test)]
mod tests {
    use super::{packed, unpacked};

    #[test]
    fn short_words_go_both_ways() {
        for word in ["a", "é", "\0", "fifteen letters"] {
            assert_eq!(unpacked(packed(word).unwrap()), word);
        }
        assert_ne!(packed("a"), packed("a\0"));
        assert_eq!((packed(""), packed("sixteen letters!")), (None, None));
    }
}
