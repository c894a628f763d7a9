//! Words as numbers: equal words, equal numbers.

use rustc_hash::FxHashMap;

use super::packed_word::packed;

/// Gives every distinct word a number, from 0 up.
///
/// Short words are numbers in a table, so that a new one costs no allocation of its own; it is made for texts of a few hundred
/// words, of which most are new.
#[derive(Debug)]
pub struct Vocabulary {
    /// Packed words, 0 where nothing is. The length is a power of two, at least twice the number of words.
    words: Vec<u128>,
    /// The number of the word in each place.
    numbers: Vec<u32>,
    /// The others.
    long: FxHashMap<Box<str>, u32>,
    /// How many numbers were given, and to how many packed words.
    len: u32,
    packed: usize,
}

impl Vocabulary {
    /// With room for the words of texts of so many bytes: more of them fit too.
    pub fn for_bytes(bytes: usize) -> Self {
        // Twice as many places as words of four letters and a space.
        let places = (2 * bytes / 5).clamp(64, 1 << 20).next_power_of_two();
        Self { words: vec![0; places], numbers: vec![0; places], long: FxHashMap::default(), len: 0, packed: 0 }
    }

    /// How many numbers were given.
    pub fn len(&self) -> usize {
        self.len as usize
    }

    /// Whether none was given.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// A word's number: a new one where it was not met before.
    ///
    /// # Panics
    /// On 2^32 distinct words.
    pub fn number(&mut self, word: &str) -> u32 {
        let Some(key) = packed(word) else {
            let known = self.long.get(word).copied();
            return known.unwrap_or_else(|| {
                let number = self.next();
                self.long.insert(word.into(), number);
                number
            });
        };
        let place = self.place(key);
        if self.words[place] == key {
            return self.numbers[place];
        }
        let number = self.next();
        (self.words[place], self.numbers[place]) = (key, number);
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

    /// Where a packed word is, or would be.
    fn place(&self, key: u128) -> usize {
        let mask = self.words.len() - 1;
        let mut place = hash(key) & mask;
        while self.words[place] != 0 && self.words[place] != key {
            place = (place + 1) & mask;
        }
        place
    }

    fn grow(&mut self) {
        let places = 2 * self.words.len();
        let words = std::mem::replace(&mut self.words, vec![0; places]);
        let numbers = std::mem::replace(&mut self.numbers, vec![0; places]);
        for (word, number) in words.into_iter().zip(numbers).filter(|(word, _)| *word != 0) {
            let place = self.place(word);
            (self.words[place], self.numbers[place]) = (word, number);
        }
    }
}

/// Multiplies both halves by odd numbers and folds, so that all bits reach the low ones.
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
