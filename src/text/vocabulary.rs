//! Interning: equal words get equal numbers.

use rustc_hash::FxHashMap;

use super::packed_word::packed;

/// Assigns a number to every distinct word, from 0 up.
///
/// Short words are stored in an open-addressing table of packed integers, so that a new one costs
/// no allocation. The table is designed for texts of a few hundred words, of which most are
/// distinct.
#[derive(Debug)]
pub struct Vocabulary {
    /// Packed words, 0 in empty cells. The length is a power of two and at least twice the number
    /// of words.
    words: Vec<u128>,
    /// The number of the word in each cell.
    numbers: Vec<u32>,
    /// Words that are too long to pack.
    long: FxHashMap<Box<str>, u32>,
    /// Number of distinct words.
    len: u32,
    /// Number of distinct words that are packed.
    packed: usize,
}

impl Vocabulary {
    /// Creates a vocabulary with capacity for a text of `bytes` bytes. It grows if needed.
    pub fn for_bytes(bytes: usize) -> Self {
        // Twice as many cells as words of four letters and a space.
        let cells = (2 * bytes / 5).clamp(64, 1 << 20).next_power_of_two();
        Self { words: vec![0; cells], numbers: vec![0; cells], long: FxHashMap::default(), len: 0, packed: 0 }
    }

    /// Number of distinct words.
    pub fn len(&self) -> usize {
        self.len as usize
    }

    /// Whether there are no words.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The number of a word; a new word gets the next number.
    ///
    /// # Panics
    /// Panics at 2^32 distinct words.
    pub fn number(&mut self, word: &str) -> u32 {
        let Some(key) = packed(word) else {
            let known = self.long.get(word).copied();
            return known.unwrap_or_else(|| {
                let number = self.next();
                self.long.insert(word.into(), number);
                number
            });
        };
        let cell = self.cell(key);
        if self.words[cell] == key {
            return self.numbers[cell];
        }
        let number = self.next();
        (self.words[cell], self.numbers[cell]) = (key, number);
        self.packed += 1;
        if 2 * (self.packed + 1) > self.words.len() {
            self.grow();
        }
        number
    }

    fn next(&mut self) -> u32 {
        self.len = self.len.checked_add(1).expect("texts have fewer than 2^32 distinct words");
        self.len - 1
    }

    /// The cell of a packed word, or the empty cell where it belongs.
    fn cell(&self, key: u128) -> usize {
        let mask = self.words.len() - 1;
        let mut cell = hash(key) & mask;
        while self.words[cell] != 0 && self.words[cell] != key {
            cell = (cell + 1) & mask;
        }
        cell
    }

    fn grow(&mut self) {
        let cells = 2 * self.words.len();
        let words = std::mem::replace(&mut self.words, vec![0; cells]);
        let numbers = std::mem::replace(&mut self.numbers, vec![0; cells]);
        for (word, number) in words.into_iter().zip(numbers).filter(|(word, _)| *word != 0) {
            let cell = self.cell(word);
            (self.words[cell], self.numbers[cell]) = (word, number);
        }
    }
}

/// Multiplies the two halves, each xored with an odd constant, and folds the product, so that all
/// bits affect the low ones.
fn hash(key: u128) -> usize {
    let (low, high) = (key as u64, (key >> 64) as u64);
    let mixed = u128::from(low ^ 0x9e37_79b9_7f4a_7c15) * u128::from(high ^ 0xd1b5_4a32_d192_ed03);
    (mixed as u64 ^ (mixed >> 64) as u64) as usize
}

#[cfg(test)]
mod tests {
    use super::Vocabulary;

    #[test]
    fn equal_words_have_equal_numbers() {
        let mut vocabulary = Vocabulary::for_bytes(0);
        let words: Vec<String> = (0..2_000).map(|at| format!("{}", at % 1_000)).collect();
        let numbers: Vec<u32> = words.iter().map(|word| vocabulary.number(word)).collect();
        assert_eq!(numbers, (0..2_000).map(|at| at % 1_000).collect::<Vec<u32>>());
        assert_eq!((vocabulary.len(), vocabulary.is_empty()), (1_000, false));
        assert_eq!((vocabulary.number(""), vocabulary.number("x")), (1_000, 1_001));
        let long = ["a word of more than fifteen bytes", "another word of more than fifteen bytes"];
        assert_eq!(long.map(|word| vocabulary.number(word)), [1_002, 1_003]);
        assert_eq!(long.map(|word| vocabulary.number(word)), [1_002, 1_003]);
        assert_eq!((vocabulary.number(""), vocabulary.number("7")), (1_000, 7));
    }
}
